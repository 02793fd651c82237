import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect } from 'vitest';
import type { Db } from '../../src/core/db.ts';
import type { World } from '../../src/core/world.ts';
import { anchorTrail, verifyAnchors } from '../../src/trail/actions/anchor.ts';
import { verifyAppeal, verifyTrail } from '../../src/trail/actions/verify.ts';
import { recordSystemTrail } from '../../src/trail/store.ts';
import { makeStage, type Stage } from '../support/make.ts';
import { test } from '../support/world.ts';

/** A world whose anchors lie in a folder of the test's own. */
async function anchored(world: World): Promise<World & { readonly anchors: string }> {
  const data_dir = await mkdtemp(path.join(world.config.data_dir, 'anchors-'));
  return { ...world, config: { ...world.config, data_dir }, anchors: path.join(data_dir, 'anchors') };
}

/** What only somebody with the whole database in his hands can do. */
async function tamper(db: Db, sql: string, bindings: Record<string, unknown> = {}): Promise<void> {
  await db.raw('set local session_replication_role = replica');
  await db.raw(sql, bindings as never);
  await db.raw('set local session_replication_role = origin');
}

async function twoCases(world: World): Promise<{ stage: Stage; ids: [number, number] }> {
  const stage = await makeStage(world);
  const [a, b] = [await stage.finished(), await stage.dispatched()];
  return { stage, ids: [(await stage.appeal(a)).id, (await stage.appeal(b)).id] };
}

test('a trail that was only added to is whole, and says how long it is', async ({ world, db }) => {
  const { ids, stage } = await twoCases(world);
  for (let i = 0; i < 5; i++) {
    await recordSystemTrail(db, {
      act: 'unit.edit',
      from_status: null,
      to_status: null,
      work_order_id: null,
      person_id: stage.people.sys.person_id,
      post: 'sys_admin',
      unit_id: null,
      happened_at: world.clock(),
      input: { i },
    });
  }
  expect(await verifyAppeal(db, ids[0])).toEqual({ ok: true, rows: 8 });
  expect(await verifyTrail(await anchored(world))).toEqual({
    ok: true,
    subjects: 3,
    rows: 8 + 4 + 5,
    broken: [],
    broken_count: 0,
    anchors: { ok: true, day: null, broken: [] },
  });
});

describe('the database refuses', () => {
  for (const [what, sql] of [
    ['to change a row', `update trail set act = 'x'`],
    ['to remove a row', 'delete from trail'],
    ['to empty the table', 'truncate trail'],
    ['to change an anchor', `update trail_anchors set hash = 'x'`],
    ['to remove an anchor', 'delete from trail_anchors'],
  ] as const) {
    test(what, async ({ world, db }) => {
      await twoCases(world);
      await anchorTrail(await anchored(world), world.clock());
      await expect(db.transaction((trx) => trx.raw(sql))).rejects.toThrow('the trail is append-only');
    });
  }
});

describe('found by walking the chains', () => {
  const broken: readonly [string, string | readonly string[], number, string][] = [
    ['a changed row', `update trail set act = 'close' where subject_id = :id and seq = 3`, 3, 'link'],
    [
      'a changed time',
      `update trail set happened_at = happened_at - interval '1 hour' where subject_id = :id and seq = 2`,
      2,
      'link',
    ],
    ['another person', `update trail set person_id = (select max(id) from people) where subject_id = :id and seq = 2`, 2, 'link'],
    [
      'two rows swapped',
      [
        'update trail set seq = 102 where subject_id = :id and seq = 2',
        'update trail set seq = 2 where subject_id = :id and seq = 3',
        'update trail set seq = 3 where subject_id = :id and seq = 102',
      ],
      2,
      'link',
    ],
    ['a removed row', 'delete from trail where subject_id = :id and seq = 2', 2, 'gap'],
    ['a cut tail', 'delete from trail where subject_id = :id and seq > 5', 5, 'head'],
    ['a changed input', `update trail_inputs set input = '{"level":"satisfied"}' where subject_id = :id and seq = 2`, 2, 'input'],
    ['a changed input hash', `update trail set input_hash = repeat('0', 64) where subject_id = :id and seq = 2`, 2, 'link'],
    ['an emptied chain', 'delete from trail where subject_id = :id', 0, 'head'],
  ];
  for (const [what, sql, seq, why] of broken) {
    test(what, async ({ world, db }) => {
      const { ids } = await twoCases(world);
      for (const one of [sql].flat()) await tamper(db, one, { id: ids[0] });
      expect(await verifyAppeal(db, ids[0])).toEqual({ ok: false, seq, why });
      const report = await verifyTrail(await anchored(world));
      expect(report).toMatchObject({
        ok: false,
        broken: [{ subject_kind: 'appeal', subject_id: ids[0], seq, why }],
        broken_count: 1,
      });
    });
  }

  test('rows of two appeals exchanged', async ({ world, db }) => {
    const { ids } = await twoCases(world);
    for (const [from, to] of [
      [ids[0], 0],
      [ids[1], ids[0]],
      [0, ids[1]],
    ]) {
      await tamper(db, 'update trail set subject_id = :to where subject_id = :from and seq = 2', { from, to });
    }
    const { broken } = await verifyTrail(await anchored(world));
    expect(broken.map((one) => [one.subject_id, one.seq, one.why])).toEqual(ids.map((id) => [id, 2, 'link']));
  });

  test('a chain whose subject was removed, and a head of the system that was set back', async ({ world, db }) => {
    const { ids, stage } = await twoCases(world);
    const entry = {
      act: 'unit.edit',
      from_status: null,
      to_status: null,
      work_order_id: null,
      person_id: stage.people.sys.person_id,
      post: 'sys_admin',
      unit_id: null,
      happened_at: world.clock(),
      input: {},
    } as const;
    await recordSystemTrail(db, entry);
    const [head] = await db('trail_heads');
    await recordSystemTrail(db, entry);
    await tamper(db, 'update trail_heads set seq = :seq, hash = :hash', { seq: head!.seq, hash: head!.hash });
    await tamper(db, 'delete from appeals where id = :id', { id: ids[1] });
    expect((await verifyTrail(await anchored(world))).broken).toEqual([
      { subject_kind: 'system', subject_id: 0, seq: 2, why: 'head' },
      { subject_kind: 'appeal', subject_id: ids[1], seq: 0, why: 'orphan' },
    ]);
  });
});

test('an erased input is no break: what was typed may go, that it was typed stays', async ({ world, db }) => {
  const { ids } = await twoCases(world);
  await db('trail_inputs').where({ subject_id: ids[0] }).delete();
  expect(await verifyAppeal(db, ids[0])).toEqual({ ok: true, rows: 8 });
  expect(await verifyTrail(await anchored(world))).toMatchObject({ ok: true });
});

describe('the anchor outside the database', () => {
  /** Cuts the newest row of a chain so that the chain itself shows nothing. */
  const cut = (db: Db, id: number) =>
    tamper(
      db,
      `with gone as (delete from trail where subject_kind = 'appeal' and subject_id = :id and seq = (select trail_seq from appeals where id = :id) returning seq)
       update appeals a set trail_seq = gone.seq - 1, trail_hash = (select hash from trail t where t.subject_kind = 'appeal' and t.subject_id = a.id and t.seq = gone.seq - 1)
       from gone where a.id = :id`,
      { id },
    );

  test('sees a tail that was cut without a trace in the chain', async ({ world, db }) => {
    const { ids } = await twoCases(world);
    const it = await anchored(world);
    await anchorTrail(it, world.clock());
    await cut(db, ids[0]);
    expect(await verifyAppeal(db, ids[0])).toEqual({ ok: true, rows: 7 });
    expect(await verifyTrail(it)).toMatchObject({
      ok: false,
      broken_count: 0,
      anchors: { ok: false, broken: [{ why: 'cut', subject_kind: 'appeal', subject_id: ids[0], seq: 8 }] },
    });
  });

  test('refuses to anchor a trail that was cut, so that the next one does not cover it up', async ({ world, db, clock }) => {
    const { ids } = await twoCases(world);
    const it = await anchored(world);
    await anchorTrail(it, clock());
    await cut(db, ids[0]);
    clock.addMinutes(1440);
    await expect(anchorTrail(it, clock())).rejects.toThrow(/not what was anchored on 2026-11-23/);
    expect(await db('trail_anchors')).toHaveLength(1);
  });

  test('is taken once a day, hangs on the one before, and is content with what was added since', async ({ world, db, clock }) => {
    const { stage, ids } = await twoCases(world);
    const it = await anchored(world);
    const first = await anchorTrail(it, clock());
    expect(first).toMatchObject({ day: '2026-11-23', subjects: 2, rows: 12, anchored: true });
    expect(await anchorTrail(it, clock())).toEqual({ ...first, anchored: false });
    clock.addMinutes(1440);
    await stage.act('callback', (await db('appeals').where({ id: ids[0] }).first())!.number, 'close', {
      level: 'satisfied',
      contacted: true,
      solved: true,
    });
    expect(await verifyAnchors(it)).toEqual({ ok: true, day: '2026-11-23', broken: [] });
    const second = await anchorTrail(it, clock());
    expect(second.rows).toBeGreaterThan(12);
    expect(await readFile(path.join(it.anchors, '2026-11-24.txt'), 'utf8')).toContain(
      `previous: ${first.hash}\nhash: ${second.hash}\n`,
    );
    expect(await verifyTrail(it)).toMatchObject({ ok: true, anchors: { ok: true, day: '2026-11-24' } });
  });

  test('whose files were changed or taken away is no longer believed', async ({ world, clock }) => {
    await twoCases(world);
    const it = await anchored(world);
    await anchorTrail(it, clock());
    const [heads, text] = [path.join(it.anchors, '2026-11-23.heads.gz'), path.join(it.anchors, '2026-11-23.txt')];
    const [packed, words] = [await readFile(heads), await readFile(text, 'utf8')];
    const why = async () => (await verifyAnchors(it)).broken.map((one) => one.why);
    await writeFile(text, words.replace('rows: 12', 'rows: 11'));
    expect(await why()).toEqual(['file_changed']);
    await rm(text);
    expect(await why()).toEqual(['file_missing']);
    await writeFile(text, words);
    await writeFile(heads, gzipSync(gunzipSync(packed).toString().split('\n').slice(1).join('\n')));
    expect(await why()).toEqual(['heads_changed']);
    await writeFile(heads, packed.subarray(0, packed.length - 20));
    expect(await why()).toEqual(['heads_changed']);
    await rm(heads);
    expect(await why()).toEqual(['heads_missing']);
    await writeFile(heads, packed);
    expect(await why()).toEqual([]);
  });

  test('keeps the heads of a week and the hash of every day', async ({ world, clock }) => {
    await twoCases(world);
    const it = await anchored(world);
    for (let day = 0; day < 10; day++) {
      await anchorTrail(it, clock());
      clock.addMinutes(1440);
    }
    const files = await readdir(it.anchors);
    expect(files.filter((file) => file.endsWith('.txt'))).toHaveLength(10);
    expect(files.filter((file) => file.endsWith('.heads.gz'))).toHaveLength(7);
    expect(await verifyAnchors(it)).toMatchObject({ ok: true, day: '2026-12-02' });
  });
});
