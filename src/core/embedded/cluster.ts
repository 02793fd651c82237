import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { search_path } from '../config.ts';
import { cannotStart } from '../errors.ts';
import { type Account, makePrivateDir } from './account.ts';
import { type Binaries, program } from './binaries.ts';
import { isAlive } from './owner.ts';

/** One database cluster on disk and what is needed to run it. */
export interface Cluster {
  readonly dir: string;
  /** Null on Windows, where a port of the loopback takes its place. */
  readonly socket_dir: string | null;
  readonly binaries: Binaries;
  readonly account: Account;
  /** False for tests: nothing is flushed, a crash of the machine loses it. */
  readonly durable: boolean;
  readonly log: (line: string) => void;
}

export const socket_port = 5432;
export const superuser = 'zhaojiban';
const patience_ms = 30_000;

const identity = ({ uid, gid }: Account) => (uid === undefined ? {} : { uid, gid: gid! });
const environment = {
  PATH: search_path,
  LC_ALL: 'C',
  TZ: 'UTC',
  ...(process.platform === 'win32' ? { SystemRoot: String.raw`C:\Windows` } : {}),
};

/** Makes the cluster if there is none. It gets its name only when it is whole, so that a killed start leaves nothing half made. */
export async function makeCluster(cluster: Cluster): Promise<void> {
  const { dir, binaries, account, durable } = cluster;
  const version_file = path.join(dir, 'PG_VERSION');
  if (fs.existsSync(version_file)) {
    const made_by = Number(fs.readFileSync(version_file, 'utf8'));
    if (made_by === binaries.major) return;
    throw cannotStart(
      `${dir} was made by PostgreSQL ${made_by}, but version ${binaries.major} was found. Dump and reload it, or set DATA_DIR.`,
    );
  }
  const draft = `${dir}.new`;
  fs.rmSync(draft, { recursive: true, force: true });
  makePrivateDir(draft, account);
  // pg_trgm knows letters by the database's character type; the order of texts is by code point, which the builtin provider keeps.
  const locale = process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8';
  const provider = binaries.major >= 17 ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : [];
  const options = [
    '-U',
    superuser,
    '-A',
    'trust',
    '-E',
    'UTF8',
    `--locale=${locale}`,
    ...provider,
    ...(durable ? [] : ['--no-sync']),
  ];
  await new Promise<void>((resolve, reject) => {
    const child = spawn(program(binaries, 'initdb'), ['-D', draft, ...options], {
      ...identity(account),
      env: environment,
      cwd: draft,
    });
    let said = '';
    child.stderr.on('data', (chunk) => (said += chunk));
    child.stdout.resume();
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(cannotStart(`The database could not be made (initdb ${code}): ${said}`)),
    );
  });
  fs.rmSync(dir, { recursive: true, force: true });
  fs.renameSync(draft, dir);
}

const pidFile = (dir: string) => path.join(dir, 'postmaster.pid');

function pidLines(dir: string): string[] {
  try {
    return fs.readFileSync(pidFile(dir), 'utf8').split('\n');
  } catch {
    return [];
  }
}

/** The port in use, from the running server's own note. */
export function portOf(cluster: Pick<Cluster, 'dir' | 'socket_dir'>): number {
  return cluster.socket_dir === null ? Number(pidLines(cluster.dir)[3] ?? 0) : socket_port;
}

/** Ends a server whose application was killed, and removes what a dead one left. Only the claim's holder may call it. */
export async function clearAway({ dir, socket_dir, log }: Cluster): Promise<void> {
  const pid = Number(pidLines(dir)[0] ?? 0);
  if (pid > 0 && isAlive(pid) && isServerOf(pid, dir)) {
    log(`stopping the database that a killed process left behind (process ${pid})`);
    for (const [signal, wait_ms] of [
      ['SIGINT', 5000],
      ['SIGQUIT', 5000],
    ] as const) {
      process.kill(pid, signal);
      for (let waited = 0; waited < wait_ms && isAlive(pid); waited += 50) await sleep(50);
      if (!isAlive(pid)) break;
    }
    if (isAlive(pid)) throw cannotStart(`Another process (${pid}) is using ${dir} and does not end.`);
  }
  // Postgres takes a number that now belongs to another program for a living server and would not start.
  fs.rmSync(pidFile(dir), { force: true });
  if (socket_dir)
    for (const end of ['', '.lock']) fs.rmSync(path.join(socket_dir, `.s.PGSQL.${socket_port}${end}`), { force: true });
}

function isServerOf(pid: number, dir: string): boolean {
  try {
    const command = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return command.includes('postgres') && command.includes(dir);
  } catch {
    return true;
  }
}

const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const server = net.createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });

function settingsOf({ socket_dir, binaries, durable }: Cluster): Record<string, string> {
  return {
    listen_addresses: socket_dir ? '' : '127.0.0.1',
    ...(socket_dir && { unix_socket_directories: socket_dir, unix_socket_permissions: '0700' }),
    max_connections: durable ? '60' : '150',
    shared_buffers: '128MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_min_messages: 'warning',
    dynamic_shared_memory_type: process.platform === 'win32' ? 'windows' : 'posix',
    jit: 'off',
    ...(binaries.major >= 18 && { io_method: 'sync' }),
    ...(!durable && {
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      wal_level: 'minimal',
      max_wal_senders: '0',
      autovacuum: 'off',
    }),
  };
}

export interface Server {
  readonly child: ChildProcess;
  /** Resolves when the server has ended, however it came about. */
  readonly ended: Promise<void>;
}

/** Starts the server and waits until it takes connections. */
export async function runServer(cluster: Cluster): Promise<Server> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt(cluster);
    } catch (error) {
      // The children of a killed server need a moment to let go of its shared memory.
      if (tries > 15 || !/still in use|lock file|shared memory/.test(String(error))) throw error;
      await sleep(300);
    }
  }
}

async function attempt(cluster: Cluster): Promise<Server> {
  const { dir, account, binaries, log } = cluster;
  const port = cluster.socket_dir ? socket_port : await freePort();
  const settings = Object.entries(settingsOf(cluster)).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  // In a group of its own: Ctrl-C must reach us first, or it would be gone before the last requests end.
  const child = spawn(program(binaries, 'postgres'), ['-D', dir, '-p', String(port), ...settings], {
    ...identity(account),
    env: environment,
    cwd: dir,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr!.on('data', (chunk: Buffer) => {
    said = (said + chunk).slice(-4000);
    for (const line of String(chunk).split('\n')) if (line) log(line);
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.on('exit', () => resolve());
    child.on('error', reject);
  });

  for (let waited = 0; ; waited += 20) {
    const lines = pidLines(dir);
    if (Number(lines[0]) === child.pid && lines[7]?.trim() === 'ready') break;
    if (child.exitCode !== null || child.signalCode !== null) throw cannotStart(`The database ended while starting: ${said}`);
    if (waited > patience_ms) {
      child.kill('SIGQUIT');
      throw cannotStart(`The database did not start within ${patience_ms / 1000} s: ${said}`);
    }
    await Promise.race([sleep(20), ended]);
  }
  watch(child, account);
  child.unref();
  (child.stderr as unknown as { unref?(): void }).unref?.();
  return { child, ended };
}

// When we are killed our end of its pipe closes, and the shell ends the database, which would else stay for ever.
function watch(child: ChildProcess, account: Account): void {
  if (process.platform === 'win32') return;
  const guard = spawn('/bin/sh', ['-c', 'cat >/dev/null; kill -INT "$1"', 'guard', String(child.pid)], {
    ...identity(account),
    env: environment,
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.on('error', () => {});
  guard.stdin!.on('error', () => {});
  guard.unref();
  (guard.stdin as unknown as { unref?(): void }).unref?.();
  child.on('exit', () => guard.kill('SIGKILL'));
}

/** Ends the server: politely first, then at once; what was committed stays in either case. */
export async function stopServer({ child, ended }: Server, patience = 5000): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  child.kill('SIGINT');
  const late = setTimeout(() => child.kill('SIGQUIT'), patience);
  await ended;
  clearTimeout(late);
}
