import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isAlive } from '../src/core/embedded/owner.ts';

const root = path.resolve(import.meta.dirname, '..');
let data_dir: string;
let port: number;
const children: ChildProcess[] = [];

beforeEach(async () => {
  data_dir = fs.mkdtempSync(path.join(os.tmpdir(), 'zhaojiban-'));
  fs.chmodSync(data_dir, 0o755);
  const probe = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  port = (probe.address() as net.AddressInfo).port;
  await new Promise((resolve) => probe.close(resolve));
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  fs.rmSync(data_dir, { recursive: true, force: true });
});

interface Process {
  readonly child: ChildProcess;
  said(): string;
  readonly ended: Promise<number | null>;
}

function run(args: readonly string[], env: Record<string, string> = {}): Process {
  const child = spawn(process.execPath, [path.join(root, 'src/launch.mjs'), ...args], {
    cwd: os.tmpdir(),
    env: { PATH: process.env['PATH'], HOME: os.homedir(), DATA_DIR: data_dir, PORT: String(port), DEMO: 'false', ...env },
  });
  children.push(child);
  let text = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk: Buffer) => (text += chunk));
  return { child, said: () => text, ended: new Promise((resolve) => child.on('exit', resolve)) };
}

async function untilReady(server: Process): Promise<void> {
  for (let waited = 0; waited < 90_000 && !/Ready after/.test(server.said()); waited += 100) {
    if (server.child.exitCode !== null || server.child.signalCode !== null) break;
    await sleep(100);
  }
  expect(server.said()).toContain(`http://localhost:${port}`);
}

const get = async (address: string) => (await fetch(`http://127.0.0.1:${port}${address}`)).status;
const database = () => Number(fs.readFileSync(path.join(data_dir, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);

describe('npm start', { timeout: 240_000 }, () => {
  test('serves, refuses a second copy, lets commands join, and stops cleanly when told twice', async () => {
    const server = run(['start'], { LOG_LEVEL: 'info' });
    await untilReady(server);
    expect([await get('/healthz'), await get('/readyz')]).toEqual([200, 200]);

    const second = run(['start']);
    expect(await second.ended).toBe(1);
    expect(second.said().trim()).toMatch(/^.* is in use: the application is already running there \(process \d+\)\..*$/);

    const migrate = run(['migrate']);
    expect(await migrate.ended).toBe(0);
    expect(migrate.said()).toContain('The database is up to date.');

    // Nothing was ever verified here, so it is due; it runs in a process of its own.
    for (let waited = 0; waited < 60_000 && !/"job":"verify-trail".*"ok":true/.test(server.said()); waited += 200)
      await sleep(200);
    expect(server.said()).toMatch(/"job":"verify-trail".*"subjects":0/);

    const pid = database();
    // An open connection must not hold it up.
    const idle = net.connect(port, '127.0.0.1');
    await new Promise((resolve) => idle.once('connect', resolve));
    const began = performance.now();
    server.child.kill('SIGINT');
    server.child.kill('SIGINT');
    expect(await server.ended).toBe(0);
    idle.destroy();
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(isAlive(pid)).toBe(false);
  });

  test('comes back after it was killed', async () => {
    const killed = run(['start']);
    await untilReady(killed);
    killed.child.kill('SIGKILL');
    await killed.ended;
    const again = run(['start']);
    await untilReady(again);
    again.child.kill('SIGTERM');
    expect(await again.ended).toBe(0);
  });

  test('a port that is taken is refused by the name of the variable, and leaves nothing running', async () => {
    const other = net.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port: taken } = other.address() as net.AddressInfo;
    const server = run(['start'], { PORT: String(taken) });
    expect(await server.ended).toBe(1);
    expect(server.said()).toContain(`PORT ${taken} is already in use`);
    await new Promise((resolve) => other.close(resolve));
    expect(fs.existsSync(path.join(data_dir, 'postgres/postmaster.pid')) && isAlive(database())).toBe(false);
  });

  test('production without its secrets is refused in one sentence for each', async () => {
    const server = run(['start'], { NODE_ENV: 'production' });
    expect(await server.ended).toBe(1);
    expect(server.said().trim().split('\n')).toEqual(
      ['PUBLIC_URL', 'SESSION_SECRET', 'DATA_KEY'].map((name) => `${name} must be set in production.`),
    );
  });

  test('an unknown command is answered with the known ones', async () => {
    const unknown = run(['dance']);
    expect(await unknown.ended).toBe(1);
    expect(unknown.said()).toMatch(/There is no command "dance"\. There are: start, dev, test/);
  });
});
