import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { teachTerms } from './analysis/actions.ts';
import { listenForChanges } from './core/changes.ts';
import { systemClock } from './core/clock.ts';
import { type Config, readConfig, root } from './core/config.ts';
import { checkChineseText, checkServer, connect } from './core/db.ts';
import { type Embedded, startEmbedded } from './core/embedded/embedded.ts';
import { cannotStart } from './core/errors.ts';
import { makeLog } from './core/log.ts';
import { migrate } from './core/migrations.ts';
import type { Schedule } from './core/schedule.ts';
import type { World } from './core/world.ts';

// Together within ten seconds, which is what process managers wait before they kill: 3 for what is under way, 1 for each pool, 3.5 for the
// database.
const stop_patience_ms = 9500;
const work_patience_ms = 3000;
const pool_patience_ms = 1000;
const database_patience_ms = 3500;

/** Waits for it, but not for ever: a pool is destroyed only when its last statement ends. */
const within = (ms: number, work: Promise<unknown>) =>
  Promise.race([work, new Promise((resolve) => setTimeout(resolve, ms).unref())]);

const say = (line = '') => console.log(line);
const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

export interface Opened {
  readonly world: World;
  readonly database_url: string;
  readonly embedded: Embedded | null;
  /** The migrations that ran now. */
  readonly migrated: readonly string[];
  close(): Promise<void>;
}

export interface OpenOptions {
  /** For commands: use the database of a running copy, and set statements no limit. */
  readonly command?: boolean;
  /** Called once the database is ours, before anything in it is touched. */
  readonly claimed?: (url: string) => Promise<void>;
}

/** Config, database and log as one world: what the server and every command begin with. */
export async function openWorld(options: OpenOptions = {}): Promise<Opened> {
  const { command = false, claimed } = options;
  const config = readConfig();
  const log = makeLog(config.log_level);
  const embedded = config.database_url
    ? null
    : await startEmbedded({ data_dir: config.data_dir, join: command, log: (line) => log.debug({ postgres: line }) });
  const database_url = config.database_url ?? embedded!.url;
  const db = connect(database_url, command ? { statement_timeout: 0, name: 'zhaojiban command' } : {});
  const close = async () => {
    await within(pool_patience_ms, db.destroy());
    await embedded?.stop(database_patience_ms);
  };
  try {
    await checkServer(db);
    await claimed?.(database_url);
    const migrated = await migrate(database_url);
    await checkChineseText(db);
    // What is stored and what is looked for must be cut alike, in every process.
    teachTerms();
    const files_dir = path.join(config.data_dir, 'files');
    fs.mkdirSync(files_dir, { recursive: true, mode: 0o700 });
    return { world: { db, clock: systemClock, config, log, files_dir }, database_url, embedded, migrated, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The whole process: opens the world, serves, and stops cleanly on SIGTERM and Ctrl-C. */
export async function start(): Promise<void> {
  const began = performance.now();
  let server: http.Server | undefined;
  const opened = await openWorld({
    claimed: async (url) => {
      // Before the demo city is loaded: a taken port would be found out a minute late.
      server = await listen(readConfig());
      await removeHalfADemo(url);
    },
  });
  const { world } = opened;
  let endWork: () => Promise<unknown> = async () => {};
  const ending = new AbortController();
  stopOnSignals(async () => {
    ending.abort();
    await Promise.all([endRequests(server!), endWork()]);
    await opened.close();
  });
  if (opened.migrated.length > 0) say(`Database prepared (${opened.migrated.length} migrations).`);
  if (opened.embedded && world.config.demo) {
    await loadDemoOnce(world, ending.signal);
    if (ending.signal.aborted) return;
  }

  const { createApp } = await import('./app.ts');
  const { startJobs } = await import('./jobs.ts');
  const changes = listenForChanges(opened.database_url, world.log);
  const apart = runApart(ending.signal);
  const app = createApp({ ...world, changes, runApart: apart });
  server!.removeAllListeners('request').on('request', app);

  // A pool of its own: a long job never takes the connection that a page waits for.
  const jobs_db = connect(opened.database_url, { max: 4, statement_timeout: 120_000, name: 'zhaojiban jobs' });
  let schedule: Schedule | undefined;
  endWork = async () => {
    await within(work_patience_ms, Promise.resolve(schedule?.stop()));
    await within(pool_patience_ms, Promise.all([jobs_db.destroy(), changes.stop()]));
  };

  say(`\nReady after ${seconds(began)}: ${world.config.public_url}\n`);
  if (world.config.demo) await sayAccounts(world);
  say('Ctrl-C stops it.');
  // What is counted now the jobs would count as well.
  await settleDemoOnce(world, ending.signal);
  if (!ending.signal.aborted) schedule = startJobs({ ...world, db: jobs_db, runApart: apart });
}

/** A job as a process of its own that ends with us; what it hands back comes as a message. */
const runApart = (signal: AbortSignal) => (job: string) =>
  new Promise<unknown>((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(root, 'src/launch.mjs'), 'job', job], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      signal,
    });
    child.once('message', (message: { result: unknown }) => resolve(message.result));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`job ${job} ended with ${code}`)));
  });

const starting: http.RequestListener = (_req, res) => {
  res.writeHead(503, { 'content-type': 'text/plain; charset=utf-8', 'retry-after': '5' }).end('Starting, please wait.\n');
};

function listen({ host, port }: Config): Promise<http.Server> {
  const limits = { headersTimeout: 10_000, requestTimeout: 180_000, connectionsCheckingInterval: 2000, keepAliveTimeout: 10_000 };
  const server = http.createServer(limits, starting);
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(cannotStart(listenProblem(error, host, port))));
    server.listen(port, host, () => resolve(server));
  });
}

function listenProblem({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  const problems: Record<string, string> = {
    EADDRINUSE: `PORT ${port} is already in use on ${host}. Stop what uses it, or choose another: PORT=${port + 1} npm start.`,
    EACCES: `PORT ${port} may not be opened by this account. Choose one above 1023.`,
    EADDRNOTAVAIL: `HOST ${host} is no address of this machine.`,
    ENOTFOUND: `HOST ${host} is not known.`,
  };
  return problems[code ?? ''] ?? `HOST and PORT (${host}:${port}) cannot be opened: ${message}.`;
}

async function endRequests(server: http.Server): Promise<void> {
  const late = setTimeout(() => server.closeAllConnections(), work_patience_ms);
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeIdleConnections();
  });
  clearTimeout(late);
}

/** One clean stop however often we are told; npm and the terminal both pass Ctrl-C on. */
function stopOnSignals(stop: () => Promise<void>): void {
  let stopping = false;
  const begin = async (reason: string, code: number) => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), stop_patience_ms);
    if (code === 0) say(`\nStopping (${reason}) …`);
    await stop().catch((error: unknown) => {
      console.error(error);
      code = 1;
    });
    process.exit(code);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void begin(signal, 0));
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error) => {
      console.error(error);
      void begin(event, 1);
    });
  }
}

// While it is there the demo city is being loaded; it stays when the process is killed meanwhile.
const loadingMark = (data_dir: string) => path.join(data_dir, 'demo-loading');

async function removeHalfADemo(url: string): Promise<void> {
  const config = readConfig();
  const mark = loadingMark(config.data_dir);
  if (config.database_url || !fs.existsSync(mark)) return;
  say('The demo city was only half loaded and is loaded anew.');
  const db = connect(url, { max: 1, statement_timeout: 0 });
  await db.raw('drop schema public cascade; create schema public').finally(() => db.destroy());
  fs.rmSync(mark);
}

// In a process of its own: what the generator needed of memory would stay with the server for ever.
async function loadDemoOnce(world: World, signal: AbortSignal): Promise<void> {
  if (await holdsACity(world)) return;
  const began = performance.now();
  const mark = loadingMark(world.config.data_dir);
  fs.writeFileSync(mark, '');
  say('Loading the demo city …');
  const code = await seed('--unsettled', signal);
  if (signal.aborted) return;
  if (code !== 0) throw cannotStart('The demo city could not be loaded; the reason is above.');
  fs.writeFileSync(settlingMark(world.config.data_dir), '');
  fs.rmSync(mark);
  say(`The demo city is loaded (${seconds(began)}).`);
}

const settlingMark = (data_dir: string) => path.join(data_dir, 'demo-settling');

/** Beside the pages, which are served already: scores, bulletins and what else is counted from the demo's history. */
async function settleDemoOnce({ config, log }: World, signal: AbortSignal): Promise<void> {
  const mark = settlingMark(config.data_dir);
  if (!fs.existsSync(mark)) return;
  say('Scores and bulletins of the past months are being counted beside it; their pages fill in a minute.');
  const code = await seed('--settle', signal);
  if (signal.aborted) return;
  if (code === 0) fs.rmSync(mark);
  else log.error({ code }, 'the demo could not be settled; it is tried again at the next start');
}

function seed(option: string, signal: AbortSignal): Promise<unknown> {
  const child = spawn(process.execPath, [path.join(root, 'src/launch.mjs'), 'seed', option], {
    stdio: ['ignore', 'inherit', 'inherit'],
    signal,
  });
  return new Promise((resolve) => child.on('exit', resolve).on('error', resolve));
}

export async function holdsACity({ db }: World): Promise<boolean> {
  const { rows } = await db.raw<{ rows: { found: boolean }[] }>('select exists (select from units) as found');
  return rows[0]!.found;
}

/**
 * Loads the demo city, saying what it is at; `appeals` as many as told, else those of the real city. What is counted from its history
 * (`settle`) may come later.
 */
export async function loadDemoInto(world: World, what: 'load' | 'settle' | 'whole', appeals?: number): Promise<void> {
  const { loadDemo, settleDemo } = await import('../seeds/demo.ts');
  const progress = (line: string) => say(`  ${line}`);
  if (what === 'settle') await settleDemo(world, progress);
  else await loadDemo(world, { progress, settled: what === 'whole', ...(appeals !== undefined && { appeals }) });
}

async function sayAccounts(world: World): Promise<void> {
  const { demoAccounts } = await import('../seeds/demo.ts');
  const accounts = await demoAccounts(world.db);
  if (accounts.length === 0) return;
  const width = (pick: (account: (typeof accounts)[number]) => string) =>
    Math.max(...accounts.map((account) => columns(pick(account))));
  const widths = [width((account) => account.username), width((account) => account.password)] as const;
  say('Demo accounts (username, password, post, unit):');
  for (const tier of new Set(accounts.map((account) => account.tier))) {
    say(`\n  ${tier}`);
    for (const { username, password, post, unit } of accounts.filter((account) => account.tier === tier)) {
      say(`    ${padded(username, widths[0])}  ${padded(password, widths[1])}  ${post} · ${unit}`);
    }
  }
  say();
}

// A Chinese character takes two columns of a terminal.
const columns = (text: string) => [...text].reduce((sum, letter) => sum + (letter > '\u2e7f' ? 2 : 1), 0);
const padded = (text: string, width: number) => text + ' '.repeat(Math.max(0, width - columns(text)));
