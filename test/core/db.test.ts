import { expect, inject } from 'vitest';
import { checkChineseText, checkServer, connect } from '../../src/core/db.ts';
import { migrate } from '../../src/core/migrations.ts';
import { databaseUrl } from '../support/setup.ts';
import { freshDb, test } from '../support/world.ts';

test('days are strings, counts are numbers, instants are dates', async ({ db }) => {
  const { rows } = await db.raw(
    `select date '2026-11-23' as day, array[date '2026-11-23', null] as days, 5::int8 as count, array[5::int8, null] as counts,
            timestamptz '2026-11-23 10:00+08' as at, 98.92::numeric as share`,
  );
  expect(rows).toEqual([
    {
      day: '2026-11-23',
      days: ['2026-11-23', null],
      count: 5,
      counts: [5, null],
      at: new Date('2026-11-23T02:00:00Z'),
      share: '98.92',
    },
  ]);
});

test('a statement that takes too long is given up', async () => {
  const { anotherDb } = await freshDb();
  const hasty = anotherDb({ statement_timeout: 100 });
  await expect(hasty.raw('select pg_sleep(5)')).rejects.toThrow(/statement timeout/);
  expect((await hasty.raw('select 1 as one')).rows).toEqual([{ one: 1 }]);
});

test('a server out of reach is named by the variable that leads to it', async () => {
  const nowhere = connect('postgresql://somebody@127.0.0.1:1/city');
  await expect(checkServer(nowhere)).rejects.toThrow(/check DATABASE_URL/);
  await nowhere.destroy();
});

test('a database whose characters are plain bytes is refused, since search would find nothing in it', async () => {
  const { db, url } = await freshDb();
  await checkChineseText(db);
  const name = `${new URL(url.replace('@/', '@h/')).pathname.slice(1)}_c`;
  await db.raw(`create database "${name}" template template0 encoding 'UTF8' locale_provider libc locale 'C'`);
  const plain = connect(databaseUrl(inject('server_url'), name), { max: 1 });
  try {
    await plain.raw('create extension pg_trgm');
    await expect(checkChineseText(plain)).rejects.toThrow(/cannot search Chinese text/);
  } finally {
    await plain.destroy();
    await db.raw(`drop database "${name}" with (force)`);
  }
});

test('of processes that start at once on a new database one migrates and the others wait', async () => {
  const { db, url } = await freshDb();
  await db.raw('drop schema public cascade; create schema public');
  const done = await Promise.all([migrate(url), migrate(url), migrate(url)]);
  const lengths = done.map((names) => names.length).sort((a, b) => a - b);
  expect(lengths.slice(0, 2)).toEqual([0, 0]);
  expect(lengths[2]).toBeGreaterThan(0);
});

test('a lock that a killed migration left does not stop the next', async () => {
  const { db, url } = await freshDb();
  await db.raw('update knex_migrations_lock set is_locked = 1');
  expect(await migrate(url)).toEqual([]);
});
