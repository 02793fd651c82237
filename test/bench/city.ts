/** The databases and the product's process that are measured. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { teachTerms } from '../../src/analysis/actions.ts';
import { systemClock } from '../../src/core/clock.ts';
import { readConfig, root } from '../../src/core/config.ts';
import { connect } from '../../src/core/db.ts';
import { startEmbedded } from '../../src/core/embedded/embedded.ts';
import { makeLog } from '../../src/core/log.ts';
import { migrate } from '../../src/core/migrations.ts';
import type { World } from '../../src/core/world.ts';
import { jobs } from '../../src/jobs.ts';
import type { Actor } from '../../src/people/rules.ts';

// The data is invented and goes with the run: one key for all runs lets a kept database be used again.
const data_key = '0'.repeat(64);

const secrets = (data_dir: string): Record<string, string> => ({
  DATA_DIR: data_dir,
  DATA_KEY: data_key,
  SESSION_SECRET: randomBytes(32).toString('base64url'),
  DEMO: 'true',
});

/** Who reads what is measured without a page: a leader of the city. */
export const reader: Actor = {
  person_id: 0,
  name: '',
  post_id: 0,
  post: 'city_leader',
  unit_id: 1,
  unit_kind: 'city',
  unit_path: '/1/',
  unit_name: '',
};

export interface City {
  readonly appeals: number;
  readonly url: string;
  readonly world: World;
  /** Megabytes on disk. */
  readonly size_mb: number;
  stop(): Promise<void>;
}

/** A database with so many appeals: kept in `keep` and found there again, or in a folder of the run's own. */
export async function openCity(appeals: number, keep: string | null, say: (line: string) => void): Promise<City> {
  const data_dir = keep === null ? mkdtempSync(path.join(os.tmpdir(), 'zhaojiban-bench-')) : path.join(keep, String(appeals));
  mkdirSync(data_dir, { recursive: true });
  const embedded = await startEmbedded({ data_dir });
  const loaded = path.join(data_dir, 'loaded');
  const config = readConfig({ ...secrets(data_dir), NODE_ENV: 'test' });
  try {
    if (!existsSync(loaded)) {
      const began = performance.now();
      say(`Loading ${appeals.toLocaleString('en')} appeals …`);
      await makeDatabase(embedded.url, 'city');
      await migrate(urlOf(embedded.url, 'city'));
      await loadApart(urlOf(embedded.url, 'city'), data_dir, appeals);
      writeFileSync(loaded, `${Math.round((performance.now() - began) / 1000)}\n`);
    }
    await migrate(urlOf(embedded.url, 'city'));
    say(`${appeals.toLocaleString('en')} appeals, loaded in ${readFileSync(loaded, 'utf8').trim()} s.`);
  } catch (error) {
    await embedded.stop();
    throw error;
  }
  const url = urlOf(embedded.url, 'city');
  const db = connect(url, { statement_timeout: 0, name: 'zhaojiban bench' });
  teachTerms();
  const { rows } = await db.raw('select pg_database_size(current_database()) as bytes');
  return {
    appeals,
    url,
    size_mb: Math.round(rows[0].bytes / 1_048_576),
    world: { db, clock: systemClock, config, log: makeLog('silent'), files_dir: path.join(data_dir, 'files') },
    async stop() {
      await db.destroy();
      await embedded.stop();
      if (keep === null) rmSync(data_dir, { recursive: true, force: true });
    },
  };
}

const urlOf = (server_url: string, database: string): string =>
  server_url.replace('/postgres?', `/${database}?`).replace(/\/postgres$/, `/${database}`);

async function makeDatabase(server_url: string, name: string, template = 'template0'): Promise<void> {
  const server = connect(server_url, { max: 1, statement_timeout: 0 });
  try {
    await server.raw(`drop database if exists ${name} with (force)`);
    await server.raw(`create database ${name} template ${template} strategy file_copy`);
  } finally {
    await server.destroy();
  }
}

/** A copy of the city in which measured acts may leave their marks; `used` gets it, and it goes afterwards. */
export async function withCopy<T>(city: City, used: (copy: City) => Promise<T>): Promise<T> {
  const server_url = city.url.replace('/city', '/postgres');
  const settled = connect(server_url, { max: 1, statement_timeout: 0 });
  await settled
    .raw(`select pg_terminate_backend(pid) from pg_stat_activity where datname = 'city'`)
    .finally(() => settled.destroy());
  await makeDatabase(server_url, 'run', 'city');
  const url = urlOf(server_url, 'run');
  const db = connect(url, { statement_timeout: 0, name: 'zhaojiban bench' });
  try {
    await db.raw('checkpoint');
    return await used({ ...city, url, world: { ...city.world, db } });
  } finally {
    await db.destroy();
    const server = connect(server_url, { max: 1, statement_timeout: 0 });
    await server.raw('drop database if exists run with (force)').finally(() => server.destroy());
  }
}

/** In a process of its own, so that what the generator needs of memory is gone when the measuring begins. */
async function loadApart(url: string, data_dir: string, appeals: number): Promise<void> {
  const child = spawn(process.execPath, [path.join(root, 'src/launch.mjs'), 'seed', '--appeals', String(appeals)], {
    env: { PATH: process.env['PATH'] ?? '', ...secrets(data_dir), DATABASE_URL: url },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const code = await new Promise((resolve) => child.on('exit', resolve));
  if (code !== 0) throw new Error(`loading ended with ${code}`);
}

export interface Served {
  readonly origin: string;
  readonly child: ChildProcess;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts a program that serves on PORT and waits until it answers. */
async function serve(args: readonly string[], env: Record<string, string>, answers: string, log?: string): Promise<Served> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  // BENCH_NODE_ARGS="--cpu-prof --cpu-prof-dir=DIR" leaves a profile of each server.
  const node_args = process.env['BENCH_NODE_ARGS']?.split(' ') ?? [];
  const child = spawn(process.execPath, [...node_args, ...args], {
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '', ...env, PORT: String(port) },
    stdio: ['ignore', log === undefined ? 'ignore' : openSync(log, 'w'), 'inherit'],
  });
  for (let tries = 0; ; tries++) {
    if (child.exitCode !== null) throw new Error(`${args.join(' ')} ended with ${child.exitCode}`);
    if (
      await fetch(`${origin}${answers}`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      break;
    if (tries > 300) throw new Error(`${args.join(' ')} does not answer`);
    await sleep(100);
  }
  const stop = async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  };
  return { origin, child, stop };
}

/** The product as it is run in production, as a process of its own, in a city whose nightly jobs were all run last night. */
export async function serveProduct({ url, world }: City): Promise<Served> {
  const now = world.clock();
  await world
    .db('job_runs')
    .insert(
      jobs.flatMap(({ name: job, slot }) =>
        [now, new Date(now.getTime() - 86_400_000)].map((at) => ({
          job,
          slot: slot(at),
          started_at: at,
          finished_at: at,
          ok: true,
        })),
      ) as never,
    )
    .onConflict()
    .ignore();
  const { data_dir } = world.config;
  const env = {
    ...secrets(data_dir),
    NODE_ENV: 'production',
    DATABASE_URL: url,
    PUBLIC_URL: 'http://127.0.0.1',
    LOG_LEVEL: 'warn',
  };
  return serve([path.join(root, 'src/launch.mjs'), 'start'], env, '/readyz', path.join(data_dir, 'product.log'));
}

/** The bare server; `scripts` is the file that says what it answers. */
export function serveBare({ url }: City, scripts: string): Promise<Served> {
  return serve(['--import', 'tsx', path.join(import.meta.dirname, 'bare.ts'), scripts], { DATABASE_URL: url }, '/ready');
}

/** Resident megabytes of a process now, and at its most where the system tells. */
export function memoryOf({ child }: Served): { now: number; most: number } | null {
  try {
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
    const read = (name: string) => Math.round(Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0) / 1024);
    return { now: read('VmRSS'), most: read('VmHWM') };
  } catch {
    return null;
  }
}

/** Clock ticks of a second in /proc. */
const ticks = 100;

/**
 * Seconds of processor time that a server and its connections have used. Unlike what a clock on the wall says it hardly depends on what
 * else the machine is doing. Null where the system does not tell.
 */
export async function processorTime({ world: { db } }: City, { child }: Served, connections: string): Promise<number | null> {
  const { rows } = await db.raw<{ rows: { pid: number }[] }>(
    'select pid from pg_stat_activity where datname = current_database() and application_name = :connections',
    { connections },
  );
  try {
    const used = [child.pid!, ...rows.map(({ pid }) => pid)].map((pid) => {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      return (Number(fields[11]) + Number(fields[12])) / ticks;
    });
    return used.reduce((sum, one) => sum + one, 0);
  } catch {
    return null;
  }
}
