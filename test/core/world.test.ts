import { describe, expect } from 'vitest';
import { freshDb, test } from '../support/world.ts';

describe('the support of the tests itself', () => {
  test('what a test writes …', async ({ db }) => {
    await db.raw('create table left_over (id int)');
    await db.transaction(async (trx) => trx.raw('insert into left_over values (1)'));
    expect((await db('left_over' as never).count()) as unknown).toEqual([{ count: 1 }]);
  });

  test('… is gone in the next', async ({ db }) => {
    expect((await db.raw(`select to_regclass('left_over') as found`)).rows).toEqual([{ found: null }]);
  });

  test('the clock stands still until it is moved', async ({ world, clock }) => {
    expect(world.clock()).toEqual(new Date('2026-11-23T02:00:00Z'));
    clock.set('2026-11-24T09:00:00+08:00');
    clock.addMinutes(90);
    expect(world.clock()).toEqual(new Date('2026-11-24T02:30:00Z'));
  });

  test('a database of its own commits and is seen by another pool', async () => {
    const { db, anotherDb } = await freshDb();
    await db.raw('create table shared (id int)');
    expect((await anotherDb().raw(`select to_regclass('shared') is not null as found`)).rows).toEqual([{ found: true }]);
  });
});
