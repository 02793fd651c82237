import { expect } from 'vitest';
import { demoAccounts, loadDemo } from '../../seeds/demo.ts';
import { refreshScopes } from '../../src/appeals/store.ts';
import { open } from '../../src/core/seal.ts';
import { wordsOf } from '../../src/core/text.ts';
import { performOnAppeal, performOnOrder } from '../../src/orders/actions/perform.ts';
import { demo_password } from '../../src/people/rules.ts';
import { listActors } from '../../src/people/store.ts';
import { verify } from '../../src/trail/rules.ts';
import { listTrail } from '../../src/trail/store.ts';
import { freshDb, test } from '../support/world.ts';

const count = 800;

test('the demo loads into an empty database as the product itself would have written it, and goes on from there', {
  timeout: 300_000,
}, async () => {
  const { db, world } = await freshDb({ statement_timeout: 0 });
  const said: string[] = [];
  const indexes = async () =>
    (
      await db.raw<{ rows: { n: string }[] }>(
        `select indexdef as n from pg_indexes where schemaname = 'public' union all select conname || pg_get_constraintdef(oid) from pg_constraint order by n`,
      )
    ).rows;
  const before = await indexes();
  await loadDemo(world, { appeals: count, progress: (line) => said.push(line) });
  expect(said.length).toBeGreaterThan(1);
  expect(await indexes(), 'every index and constraint is back').toEqual(before);

  const now = world.clock();
  const appeals = await db('appeals').orderBy('id');
  expect(appeals).toHaveLength(count);

  for (const appeal of appeals.filter((_, i) => i % 10 === 0)) {
    const rows = await listTrail(db, 'appeal', appeal.id);
    expect(verify(rows, { seq: appeal.trail_seq, hash: appeal.trail_hash }), appeal.number).toEqual({
      ok: true,
      rows: rows.length,
    });
  }

  const scopes = async () =>
    (await db.raw('select unit_id, appeal_id, reads from appeal_scopes where appeal_id % 20 = 0 order by appeal_id, unit_id'))
      .rows;
  const written = await scopes();
  for (const { id } of appeals.filter(({ id }) => id % 20 === 0)) await refreshScopes(db, id);
  expect(await scopes(), 'the same units reach each appeal').toEqual(written);
  for (const { title, content, address, words } of appeals.slice(0, 60))
    expect(words).toBe(wordsOf(`${title} ${content} ${address}`));

  const { rows: callers } = await db.raw<{ rows: { phone_sealed: string; phone_masked: string }[] }>(
    'select phone_sealed, phone_masked from appellants limit 50',
  );
  for (const { phone_sealed, phone_masked } of callers) {
    const phone = open(world.config.data_key, phone_sealed);
    expect(phone).toMatch(/^154\d{8}$/);
    expect(phone_masked).toBe(`154****${phone.slice(-4)}`);
  }

  const { rows: days } = await db.raw<{ rows: { n: number }[] }>(
    `select count(*)::int as n from day_numbers d where last <> (select count(*) from appeals a where a.number like to_char(d.day, 'YYYYMMDD') || '-%')`,
  );
  expect(days[0]!.n, 'numbers go on where the history ends').toBe(0);

  const accounts = await demoAccounts(db);
  expect(accounts.map((account) => account.username)).toEqual([
    'hotline1',
    'review1',
    'dispatch1',
    'supervision1',
    'callback1',
    'analysis1',
    'cityleader1',
    'quanshan.clerk',
    'quanshan.leader',
    'huayuan.clerk',
    'huayuan.secretary',
    'huayuan.member1',
    'municipal-works.clerk',
    'municipal-works.leader',
    'sysadmin',
    'secadmin',
    'auditadmin',
  ]);
  expect(new Set(accounts.map((account) => account.password))).toEqual(new Set([demo_password]));

  const actorOf = async (username: string) =>
    (await listActors(db, (await db('accounts').where({ username }).first())!.person_id, '2026-11-23'))[0]!;
  const held = async (unit: string, status: string) =>
    (
      await db.raw<{ rows: { n: number }[] }>(
        'select count(*)::int as n from work_orders o join units u on u.id = o.unit_id where u.code = :unit and o.status = :status',
        { unit, status },
      )
    ).rows[0]!.n;
  for (const unit of ['37068500200101', '370685002001', '370685002', 'municipal_works']) {
    for (const status of ['pending_ack', 'in_progress', 'submitted'])
      expect(await held(unit, status), `${unit} ${status}`).toBeGreaterThan(0);
  }
  const standing = (status: string) => appeals.filter((appeal) => appeal.status === status).length;
  expect([
    standing('pending_review') >= 8,
    standing('awaiting_details') >= 3,
    standing('pending_dispatch') >= 6,
    standing('pending_callback') >= 5,
  ]).toEqual([true, true, true, true]);
  expect(await db('messages').whereNull('read_at')).not.toEqual([]);

  const next = appeals.find((appeal) => appeal.status === 'pending_review' && appeal.about_unit_id === null)!;
  const review = await actorOf('review1');
  await performOnAppeal(db, { author: review, now }, next.number, 'accept', {
    kind: next.kind,
    category_code: next.category_code!,
    priority: next.priority,
  });
  const dispatcher = await actorOf('dispatch1');
  const clerk = await actorOf('municipal-works.clerk');
  await performOnAppeal(db, { author: dispatcher, now }, next.number, 'dispatch', {
    lead_unit_id: clerk.unit_id,
    instruction: '请核实处理',
  });
  const order = (await db('work_orders').where({ appeal_id: next.id }).first())!;
  await performOnOrder(db, { author: clerk, now }, next.number, order.id, 'acknowledge', {});
  const after = (await db('appeals').where({ id: next.id }).first())!;
  expect(verify(await listTrail(db, 'appeal', next.id), { seq: after.trail_seq, hash: after.trail_hash }).ok).toBe(true);

  await expect(loadDemo(world, { appeals: 10 })).rejects.toThrow();
});
