import { expect } from 'vitest';
import { actNames as appealActs } from '../../src/appeals/rules.ts';
import { type AppealRow, findAppeal, getAppeal, holdAppeal, readableSql } from '../../src/appeals/store.ts';
import type { Db } from '../../src/core/db.ts';
import { performOnAppeal, performOnOrder, register } from '../../src/orders/actions/perform.ts';
import { actNames as orderActs } from '../../src/orders/rules.ts';
import type { WorkOrderRow } from '../../src/orders/store.ts';
import { type Actor, administratorPosts, cityPosts } from '../../src/people/rules.ts';
import type { PersonName } from '../support/cast.ts';
import { makeStage, type Stage } from '../support/make.ts';
import { test } from '../support/world.ts';

/** Appeals in many places, states and kinds: called in, scanned, escalated, returned, reassigned, forwarded, confidential, about somebody. */
async function many(stage: Stage): Promise<string[]> {
  const { units, world } = stage;
  const scanned = (place: keyof Stage['units'], given = {}) =>
    register(
      world,
      { author: 'appellant', now: world.clock() },
      {
        channel: 'qr_code',
        kind: 'help',
        priority: 'general',
        category_code: '0304',
        content: '门坏了',
        place_unit_id: units[place].id,
        phone: '10000000002',
        ...given,
      },
    );
  const called = async (
    place: keyof Stage['units'],
    lead: keyof Stage['units'] | null,
    given = {},
    co: (keyof Stage['units'])[] = [],
  ) => {
    const number = await stage.register('hotline', { place_unit_id: units[place].id, ...given });
    if (lead === null) return number;
    await stage.act('review', number, 'accept', {
      kind: (await stage.appeal(number)).kind,
      category_code: '0304',
      priority: 'general',
    });
    await stage.act('dispatch', number, 'dispatch', {
      lead_unit_id: units[lead].id,
      co_unit_ids: co.map((unit) => units[unit].id),
      instruction: '办',
    });
    return number;
  };
  const up = { tried: '试过', needed: '需要' };
  const back = { reason: '不是', category_code: '0208' };

  const places = ['city', 'quanshan', 'huayuan', 'grid1', 'market', 'grid3', 'xinzhuang', 'park'] as const;
  const numbers: string[] = [];
  for (const place of places) numbers.push(await called(place, null));
  for (const about of ['city', 'quanshan', 'huayuan', 'grid1', 'housing'] as const)
    numbers.push(await called('grid1', null, { about_unit_id: units[about].id, kind: 'complaint' }));
  for (const given of [{ confidential: true }, { kind: 'report' }] as const)
    numbers.push(
      await called('grid1', null, given),
      await called('huayuan', 'housing', given),
      await called('grid3', 'quanshan', given, ['works']),
    );
  numbers.push(
    await scanned('grid1'),
    await scanned('park'),
    await called('park', 'grid1'),
    await called('grid2', 'housing', {}, ['heating', 'jincheng']),
  );
  numbers.push(
    await called('city', 'quanshan', { about_unit_id: units.works.id }, ['works']),
    await called('grid1', 'housing', { about_unit_id: units.quanshan.id }, ['quanshan']),
  );

  const climbed = await scanned('grid2');
  await stage.order('member2', climbed, 'escalate', up);
  const at_city = await scanned('grid3');
  await stage.order('member3', at_city, 'escalate', up);
  await stage.order('jincheng_clerk', at_city, 'escalate', up);
  await stage.order('quanshan_clerk', at_city, 'escalate', up);

  const [returned, part_returned, reassigned, recalled, secret_moved, forwarded] = [
    await called('xinzhuang', 'housing'),
    await called('xinzhuang', 'housing', {}, ['works']),
    await called('xinzhuang', 'housing'),
    await called('xinzhuang', 'housing'),
    await called('xinzhuang', 'housing', { confidential: true }),
    await called('park', 'quanshan'),
  ];
  await stage.order('housing_clerk', returned, 'request_return', back);
  await stage.order('dispatch', returned, 'uphold_return', { ruling: '同意' });
  await stage.order('works_clerk', part_returned, 'request_return', back);
  await stage.order('dispatch', part_returned, 'uphold_return', { ruling: '同意' });
  await stage.order('dispatch', reassigned, 'reassign', { unit_id: units.heating.id, reason: '换' });
  await stage.order('dispatch', recalled, 'recall', { reason: '误' });
  await stage.order('dispatch', secret_moved, 'reassign', { unit_id: units.heating.id, reason: '换' });
  await stage.order('quanshan_clerk', forwarded, 'acknowledge', {});
  await stage.order('quanshan_clerk', forwarded, 'forward', { unit_id: units.grid3.id, instruction: '看', due_on: '2026-11-25' });

  const [closed, withdrawn, merged] = [
    await stage.finished(),
    await stage.dispatched(),
    await stage.dispatched({ confidential: true }),
  ];
  await stage.act('callback', closed, 'close', { level: 'basic', contacted: true, solved: true });
  await stage.act('hotline', withdrawn, 'withdraw', { reason: '好了' });
  await stage.act('dispatch', merged, 'merge', { target: returned });
  return [
    ...numbers,
    climbed,
    at_city,
    returned,
    part_returned,
    reassigned,
    recalled,
    secret_moved,
    forwarded,
    closed,
    withdrawn,
    merged,
  ];
}

async function listed(db: Db, actor: Actor): Promise<Set<string>> {
  const { sql, bindings } = readableSql(actor);
  const { rows } = await db.raw<{ rows: { number: string }[] }>(`select a.number from appeals a where ${sql}`, bindings);
  return new Set(rows.map(({ number }) => number));
}

/** Section 6 in other words than the product's: said of one person and one case, with paths in hand. */
function shouldRead(stage: Stage, actor: Actor, appeal: AppealRow, all: readonly WorkOrderRow[]): boolean {
  if (administratorPosts.includes(actor.post)) return false;
  if (cityPosts.includes(actor.post)) return true;
  const path = (id: number) => Object.values(stage.units).find((unit) => unit.id === id)!.path;
  const mine = actor.unit_path;
  const orders = all.filter(({ status }) => status !== 'returned');
  if (appeal.confidential)
    return orders.some(
      ({ unit_id, status }) => unit_id === actor.unit_id && !['recalled', 'reassigned', 'escalated'].includes(status),
    );
  if (orders.some(({ unit_id }) => unit_id === actor.unit_id)) return true;
  const complained =
    appeal.about_unit_id !== null && appeal.about_unit_id !== stage.units.city.id && mine.startsWith(path(appeal.about_unit_id));
  if (complained) return false;
  const lies_here = path(appeal.place_unit_id).startsWith(mine) && !(appeal.kind === 'report' && actor.unit_kind === 'grid');
  return lies_here || orders.some(({ unit_id }) => path(unit_id).startsWith(mine));
}

test('in the list ⇔ may be opened ⇔ may be acted on ⇔ the process says so: every person of the cast × every appeal', async ({
  db,
  world,
}) => {
  const stage = await makeStage(world);
  const numbers = await many(stage);
  const appeals = await Promise.all(
    numbers.map(async (number) => ({ appeal: await stage.appeal(number), orders: await stage.orders(number) })),
  );
  const seen = new Set<string>();
  for (const [name, actor] of Object.entries(stage.people)) {
    const list = await listed(db, actor);
    for (const [index, { appeal, orders }] of appeals.entries()) {
      const { number } = appeal;
      const expected = shouldRead(stage, actor, appeal, orders);
      const found = (await findAppeal(db, number, actor)) !== undefined;
      // An act asks the same sentence under its lock: looking at some of them is enough.
      const held = index % 4 === 0 ? (await holdAppeal(db, number, actor))?.readable : expected;
      expect({ name, number, list: list.has(number), found, held }, `${name} ${number}`).toEqual({
        name,
        number,
        list: expected,
        found: expected,
        held: expected,
      });
      if (expected) seen.add(name);
    }
  }
  const blind = Object.keys(stage.people).filter((name) => !seen.has(name));
  expect(blind).toEqual(['sys', 'sec', 'audit']);
  expect(new Set(appeals.map(({ appeal }) => appeal.status)).size).toBeGreaterThanOrEqual(6);
}, 60_000);

test('what may not be read looks like what does not exist', async ({ db, world }) => {
  const stage = await makeStage(world);
  const number = await stage.register('hotline', { place_unit_id: stage.units.park.id });
  const refusal = async (one: string) =>
    getAppeal(db, one, stage.people.member1).catch(({ status, code, detail, message }) => ({ status, code, detail, message }));
  expect(await refusal(number)).toEqual(await refusal('20261123-9999'));
});

test('the administrators can do nothing to an appeal or an order, and learn not even that it exists', async ({ db, world }) => {
  const stage = await makeStage(world);
  const number = await stage.dispatched();
  const before = [await stage.appeal(number), await stage.orders(number)];
  for (const who of ['sys', 'sec', 'audit'] as const satisfies readonly PersonName[]) {
    for (const act of appealActs)
      await expect(performOnAppeal(db, stage.doing(who), number, act, {} as never), `${who} ${act}`).rejects.toMatchObject({
        status: 404,
      });
    for (const act of orderActs)
      await expect(
        performOnOrder(db, stage.doing(who), number, (before[1] as { id: number }[])[0]!.id, act, {} as never),
        `${who} ${act}`,
      ).rejects.toMatchObject({ status: 404 });
  }
  expect([await stage.appeal(number), await stage.orders(number)]).toEqual(before);
});
