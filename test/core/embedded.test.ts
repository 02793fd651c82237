import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Embedded, startEmbedded } from '../../src/core/embedded/embedded.ts';
import { isAlive } from '../../src/core/embedded/owner.ts';

let data_dir: string;
const lines: string[] = [];
const start = (more = {}) => startEmbedded({ data_dir, durable: false, log: (line) => lines.push(line), ...more });

async function ask(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows[0];
  } finally {
    await client.end();
  }
}

async function until(what: () => boolean, patience_ms = 15_000): Promise<void> {
  for (let waited = 0; waited < patience_ms && !what(); waited += 50) await sleep(50);
  expect(what()).toBe(true);
}

const postmaster = () => Number(fs.readFileSync(path.join(data_dir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);

// Not in the run's folder: below a folder that the database's account cannot enter the cluster lies elsewhere.
beforeAll(async () => {
  data_dir = fs.mkdtempSync(path.join(os.tmpdir(), 'zhaojiban-'));
  fs.chmodSync(data_dir, 0o755);
  const first = await start();
  await ask(first.url, 'create table kept as select 42 as answer');
  await first.stop();
}, 60_000);

afterAll(() => fs.rmSync(data_dir, { recursive: true, force: true }));

describe('the embedded database', () => {
  let running: Embedded | undefined;
  afterAll(async () => running?.stop());

  test('is a server of its own that keeps what was written, and is gone when stopped', async () => {
    const embedded = await start();
    const pid = embedded.pid();
    expect(await ask(embedded.url, 'select answer from kept')).toEqual({ answer: 42 });
    expect(isAlive(pid)).toBe(true);
    await embedded.stop();
    expect(isAlive(pid)).toBe(false);
  });

  test('knows letters in Chinese text', async () => {
    running = await start();
    await ask(running.url, 'create extension if not exists pg_trgm');
    expect(await ask(running.url, `select cardinality(show_trgm('垃圾桶')) > 0 as works`)).toEqual({ works: true });
  });

  test('refuses a second copy and says what to do; a command may join it', async () => {
    await expect(start()).rejects.toThrow(new RegExp(`already running there \\(process ${process.pid}\\).*DATA_DIR and PORT`));
    const joined = await start({ join: true });
    expect(await ask(joined.url, 'select answer from kept')).toEqual({ answer: 42 });
    await joined.stop();
    expect(isAlive(running!.pid())).toBe(true);
  });

  test('comes back by itself when its process is killed', async () => {
    const killed = running!.pid();
    process.kill(killed, 'SIGKILL');
    await until(() => ![0, killed].includes(running!.pid()));
    expect(await ask(running!.url, 'select answer from kept')).toEqual({ answer: 42 });
    await running!.stop();
    running = undefined;
  });
});

describe('after a bad end', () => {
  const script = fileURLToPath(new URL('../../src/core/embedded/embedded.ts', import.meta.url));

  /** Another process that starts the database, says so, and is killed. */
  async function startAndKill(): Promise<number> {
    const code = `const { startEmbedded } = await import(${JSON.stringify(script)});
      await startEmbedded({ data_dir: ${JSON.stringify(data_dir)}, durable: false }); console.log('started'); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const pid = postmaster();
    // A signal is on its way for a moment in which the process still lives.
    const dead = once(child, 'exit');
    child.kill('SIGKILL');
    await dead;
    return pid;
  }

  test('a killed application takes its database along', async () => {
    const pid = await startAndKill();
    await until(() => !isAlive(pid));
  });

  test('a start right after the kill takes over', async () => {
    await startAndKill();
    const embedded = await start();
    expect(await ask(embedded.url, 'select answer from kept')).toEqual({ answer: 42 });
    await embedded.stop();
  });

  test('numbers of dead processes that others bear now are not taken for the living', async () => {
    fs.writeFileSync(path.join(data_dir, 'postgres.owner'), `${process.pid} 1`);
    fs.writeFileSync(path.join(data_dir, 'postgres', 'postmaster.pid'), `${process.pid}\n${data_dir}/postgres\n`);
    const embedded = await start();
    expect(await ask(embedded.url, 'select answer from kept')).toEqual({ answer: 42 });
    await embedded.stop();
  });

  test('a cluster that was only half made is made anew', async () => {
    const name = 'half';
    fs.mkdirSync(path.join(data_dir, `${name}.new`, 'base'), { recursive: true });
    const embedded = await start({ name });
    expect(await ask(embedded.url, 'select 1 as one')).toEqual({ one: 1 });
    await embedded.stop();
    expect(fs.existsSync(path.join(data_dir, `${name}.new`))).toBe(false);
  });

  test('a cluster of another version is left alone', async () => {
    const file = path.join(data_dir, 'postgres', 'PG_VERSION');
    const version = fs.readFileSync(file, 'utf8');
    fs.writeFileSync(file, '14\n');
    await expect(start()).rejects.toThrow(/was made by PostgreSQL 14/);
    fs.writeFileSync(file, version);
    expect(fs.existsSync(path.join(data_dir, 'postgres.owner'))).toBe(false);
  });
});
