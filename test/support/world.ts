import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { inject, onTestFinished, test as plain } from 'vitest';
import type { Clock } from '../../src/core/clock.ts';
import { type Config, readConfig } from '../../src/core/config.ts';
import { type ConnectOptions, connect, type Db } from '../../src/core/db.ts';
import { makeLog } from '../../src/core/log.ts';
import type { World } from '../../src/core/world.ts';
import { databaseUrl } from './setup.ts';

/** A clock that stands still until it is told otherwise. */
export interface TestClock extends Clock {
  set(iso: string): Date;
  addMinutes(minutes: number): Date;
}

/** A Monday morning in office hours, whose neighbours are plain working days. */
export const test_now = '2026-11-23T10:00:00+08:00';

export function makeClock(iso = test_now): TestClock {
  let now = new Date(iso);
  const clock: Clock = () => new Date(now);
  return Object.assign(clock, {
    set: (to: string) => (now = new Date(to)),
    addMinutes: (minutes: number) => (now = new Date(now.getTime() + minutes * 60_000)),
  });
}

interface Kept {
  pool?: Promise<Db>;
  fresh?: number;
}
// Kept for the whole life of a worker process, whatever happens to the modules.
const global = globalThis as { test_world?: Kept };
global.test_world ??= {};
const kept = global.test_world;
const worker = process.env['VITEST_POOL_ID'] ?? '1';

async function onServer(sql: string): Promise<void> {
  const root = connect(inject('server_url'), { max: 1, statement_timeout: 0 });
  try {
    await root.raw(sql);
  } finally {
    await root.destroy();
  }
}

async function clone(name: string, options?: ConnectOptions, of: string = inject('template')): Promise<Db> {
  await onServer(`drop database if exists "${name}" with (force)`);
  await onServer(`create database "${name}" template "${of}" strategy file_copy`);
  return connect(databaseUrl(inject('server_url'), name), options);
}

/** The configuration of tests: secrets that never change, nothing on the network. */
export function testConfig(env: Record<string, string> = {}): Config {
  return readConfig({
    NODE_ENV: 'test',
    PUBLIC_URL: 'http://localhost:8080',
    DATA_DIR: inject('run_dir'),
    SESSION_SECRET: 'a-secret-that-is-only-used-in-tests',
    DATA_KEY: '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff',
    ...env,
  });
}

export function makeWorld(db: Db, clock: Clock = makeClock(), config: Config = testConfig()): World {
  const files_dir = path.join(config.data_dir, `files-${worker}`);
  mkdirSync(files_dir, { recursive: true });
  return { db, clock, config, log: makeLog('silent'), files_dir };
}

export interface Fixtures {
  db: Db;
  clock: TestClock;
  world: World;
}

/** A test inside a transaction that never commits. */
export const test = plain.extend<Fixtures>({
  db: async ({}, use) => {
    kept.pool ??= clone(`worker_${worker}`, { max: 4 });
    const trx = await (await kept.pool).transaction();
    try {
      await use(trx);
    } finally {
      await trx.rollback();
    }
  },
  clock: async ({}, use) => {
    await use(makeClock());
  },
  world: async ({ db, clock }, use) => {
    await use(makeWorld(db, clock));
  },
});

export interface FreshDb {
  readonly db: Db;
  readonly clock: TestClock;
  readonly world: World;
  readonly url: string;
  /** Another pool on the same database, as another process would have. */
  anotherDb(options?: ConnectOptions): Db;
  /** A database that holds the same, under a clock that tells the same time; nobody may be at work on this one meanwhile. */
  copy(): Promise<FreshDb>;
}

/** A database of the test's own, for races and whatever needs real commits; it is gone when the test ends. */
export async function freshDb(options?: ConnectOptions, of?: string): Promise<FreshDb> {
  kept.fresh = (kept.fresh ?? 0) + 1;
  const name = `fresh_${worker}_${kept.fresh}`;
  const pools = [await clone(name, options, of)];
  onTestFinished(async () => {
    for (const pool of pools) await pool.destroy();
    await onServer(`drop database if exists "${name}" with (force)`);
  });
  const clock = makeClock();
  const url = databaseUrl(inject('server_url'), name);
  return {
    db: pools[0]!,
    clock,
    world: makeWorld(pools[0]!, clock),
    url,
    anotherDb: (more) => {
      const pool = connect(url, more);
      pools.push(pool);
      return pool;
    },
    async copy() {
      for (const pool of pools) await pool.destroy();
      const twin = await freshDb(options, name);
      for (const pool of pools) pool.initialize();
      twin.clock.set(clock().toISOString());
      return twin;
    },
  };
}
