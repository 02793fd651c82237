import { describe, expect } from 'vitest';
import type { Db } from '../../src/core/db.ts';
import { watchClocks } from '../../src/supervision/actions/watch.ts';
import { countPressure, issueDue, purgePlans } from '../../src/supervision/store/cards.ts';
import { makeStage, type Stage } from '../support/make.ts';
import { freshDb, makeClock, makeWorld, test } from '../support/world.ts';

const cardsOf = async (db: Db, stage: Stage, number: string, kind: string) =>
  (
    await db('alert_cards as k')
      .join('clocks as c', 'c.id', 'k.clock_id')
      .where({ 'c.appeal_id': (await stage.appeal(number)).id, 'c.kind': kind })
      .orderBy('k.id')
      .select('k.color', 'k.due_at', 'k.unit_id')
  ).map(({ color, due_at, unit_id }) => ({ color, due_at, unit_id }));
const colorsOf = async (...given: Parameters<typeof cardsOf>) => (await cardsOf(...given)).map(({ color }) => color);

describe('a running clock', () => {
  test('gets reminder, yellow card and red card, each once, however often it is looked at', async ({ db, world, clock }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    const seen: string[][] = [];
    for (const now of [
      '2026-11-23T10:05',
      '2026-11-26T09:00',
      '2026-12-01T17:31',
      '2026-12-07T17:31',
      '2026-12-14T17:31',
      '2026-12-30T09:00',
    ]) {
      clock.set(`${now}+08:00`);
      await watchClocks(db, clock());
      await watchClocks(db, clock());
      seen.push(await colorsOf(db, stage, number, 'handle'));
    }
    expect(seen[0]).toEqual([]);
    expect(seen.at(-1)).toEqual(['reminder', 'yellow', 'red']);
    const { id, due_at } = (await stage.clock(number, 'handle', (await stage.orderOf(number, 'housing')).id))!;
    expect(await cardsOf(db, stage, number, 'handle')).toEqual(
      ['reminder', 'yellow', 'red'].map((color) => ({ color, due_at, unit_id: stage.units.housing.id })),
    );
    expect(await db('card_plans').where({ clock_id: id }).first()).toMatchObject({ next_at: null });
  });

  test('that is moved gets new cards for its new due time', async ({ db, world, clock }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    clock.set('2027-03-01T10:00+08:00');
    await watchClocks(db, clock());
    const order = await stage.orderOf(number, 'housing');
    const due_at = new Date('2027-03-20T17:30+08:00');
    await db('clocks').where({ work_order_id: order.id, kind: 'handle' }).update({ due_at });
    await watchClocks(db, clock());
    expect(await colorsOf(db, stage, number, 'handle')).toEqual(['reminder', 'yellow', 'red']);
    clock.set('2027-03-21T10:00+08:00');
    await watchClocks(db, clock());
    const cards = await cardsOf(db, stage, number, 'handle');
    expect(cards.filter((one) => one.due_at.getTime() === due_at.getTime()).map(({ color }) => color)).toEqual([
      'reminder',
      'yellow',
      'red',
    ]);
    expect(cards).toHaveLength(6);
  });

  test('that pauses or has stopped gets none', async ({ db, world, clock }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    await stage.order('housing_clerk', number, 'acknowledge', {});
    await watchClocks(db, clock());
    await stage.order('housing_clerk', number, 'submit', { result: '已维修', outcome: 'solved' });
    clock.set('2027-03-01T10:00+08:00');
    await watchClocks(db, clock());
    expect(await colorsOf(db, stage, number, 'handle')).toEqual([]);
    expect(await colorsOf(db, stage, number, 'acknowledge')).toEqual([]);
    expect(await colorsOf(db, stage, number, 'approve')).toEqual(['reminder', 'yellow', 'red']);
    await stage.order('housing_leader', number, 'approve', {});
    expect(await purgePlans(db)).toBeGreaterThan(0);
  });

  test('of the city is the desk’s time: review, dispatch, callback', async ({ db, world, clock }) => {
    const stage = await makeStage(world);
    const number = await stage.register('hotline');
    clock.addMinutes(31);
    await watchClocks(db, clock());
    expect((await cardsOf(db, stage, number, 'review')).map(({ unit_id }) => unit_id)).toEqual(
      Array(3).fill(stage.units.city.id),
    );
  });
});

describe('a digest', () => {
  const digests = (db: Db, stage: Stage, who: 'housing_clerk' | 'heating_clerk' | 'works_clerk') =>
    db('messages').where({ person_id: stage.people[who].person_id, event: 'cards' }).orderBy('id').select('params');

  test('is one line a person and run, with counts', async ({ db, world, clock }) => {
    const stage = await makeStage(world);
    for (let i = 0; i < 3; i++) await stage.dispatched();
    clock.set('2027-03-01T10:00+08:00');
    await watchClocks(db, clock());
    await watchClocks(db, clock());
    // Acknowledge, contact and handle of three orders.
    expect(await digests(db, stage, 'housing_clerk')).toEqual([{ params: { reminder: 9, yellow: 9, red: 9 } }]);
    expect(await digests(db, stage, 'works_clerk')).toEqual([]);
  });

  test('waits for the morning, but not for emergencies nor where work goes on around the clock', async ({ db, world, clock }) => {
    const stage = await makeStage(world);
    await stage.dispatched();
    await stage.dispatched({ priority: 'emergency' });
    clock.set('2027-03-01T23:30+08:00');
    await watchClocks(db, clock());
    const night = await digests(db, stage, 'housing_clerk');
    expect(night).toEqual([{ params: { reminder: 3, yellow: 3, red: 3 } }]);
    clock.set('2027-03-02T07:00+08:00');
    await watchClocks(db, clock());
    expect(await digests(db, stage, 'housing_clerk')).toHaveLength(2);
  });
});

test('cards and urges are counted by unit and span', async ({ db, world, clock }) => {
  const stage = await makeStage(world);
  const number = await stage.dispatched();
  await stage.order('supervision', number, 'urge', { remark: '请抓紧' });
  clock.set('2027-03-01T10:00+08:00');
  await watchClocks(db, clock());
  const of = (rows: Awaited<ReturnType<typeof countPressure>>) => rows.find(({ unit_id }) => unit_id === stage.units.housing.id);
  expect(of(await countPressure(db, new Date('2026-11-01T00:00+08:00'), new Date('2027-04-01T00:00+08:00')))).toMatchObject({
    yellow: 3,
    red: 3,
    urges: 1,
  });
  expect(of(await countPressure(db, new Date('2026-12-01T00:00+08:00'), new Date('2027-01-01T00:00+08:00')))).toBeUndefined();
});

test('three at once, and one killed half-way, leave each card once', { timeout: 60_000 }, async () => {
  const clock = makeClock();
  const { db } = await freshDb();
  const world = makeWorld(db, clock);
  const stage = await makeStage(world);
  for (let i = 0; i < 4; i++) await stage.dispatched();
  await watchClocks(db, clock());
  const late = clock.set('2027-03-01T10:00+08:00');
  // Killed: what its transaction had issued is gone with it, and its rows are free again.
  await expect(
    db.transaction(async (trx) => {
      expect((await issueDue(trx, late, 5)).issued).toBeGreaterThan(0);
      throw new Error('killed');
    }),
  ).rejects.toThrow('killed');
  // Half-way: a first batch stands, the rest was never begun.
  expect((await issueDue(db, late, 2)).looked_at).toBe(2);
  await Promise.all([1, 2, 3].map(() => watchClocks(db, late)));
  const { rows } = await db.raw<{ rows: { n: number }[] }>(
    'select count(*)::int as n from alert_cards group by clock_id, color, due_at',
  );
  expect(new Set(rows.map(({ n }) => n))).toEqual(new Set([1]));
  expect(rows).toHaveLength(4 * 3 * 3);
  const lines = await db('messages').where({ event: 'cards', person_id: stage.people.housing_clerk.person_id });
  expect(lines.reduce((sum, { params }) => sum + (params as { red: number }).red, 0)).toBe(12);
});

test('a sweep waits for no appeal that somebody holds, and holds none up', { timeout: 60_000 }, async () => {
  const clock = makeClock();
  const { db } = await freshDb();
  const stage = await makeStage(makeWorld(db, clock));
  const number = await stage.dispatched();
  const late = clock.set('2027-03-01T10:00+08:00');
  await db.transaction(async (trx) => {
    await trx('appeals').where({ number }).forUpdate().first();
    await trx('work_orders').forUpdate();
    expect((await watchClocks(db, late)).issued).toBe(9);
  });
  await db.transaction(async (sweeping) => {
    await watchClocks(sweeping, clock.set('2027-03-02T10:00+08:00'));
    await stage.order('housing_clerk', number, 'acknowledge', {});
  });
});
