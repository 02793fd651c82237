import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cannotStart } from '../errors.ts';
import { type Account, accountFor, isReachable, makePrivateDir } from './account.ts';
import { findBinaries } from './binaries.ts';
import {
  type Cluster,
  clearAway,
  makeCluster,
  portOf,
  runServer,
  type Server,
  socket_port,
  stopServer,
  superuser,
} from './cluster.ts';
import { claim, findOwner, release } from './owner.ts';

export interface EmbeddedOptions {
  /** The application's data folder; the cluster is a folder in it. */
  readonly data_dir: string;
  readonly name?: string;
  /** False for tests: faster, and lost when the machine crashes. */
  readonly durable?: boolean;
  /** Uses a running copy's database instead of refusing: for commands beside a running server. */
  readonly join?: boolean;
  readonly log?: (line: string) => void;
}

export interface Embedded {
  readonly url: string;
  /** The server's process, 0 while it is away or when a running copy's database was joined. */
  pid(): number;
  /** Politely for so many milliseconds, then at once; what was committed stays in either case. */
  stop(patience?: number): Promise<void>;
}

interface Layout {
  readonly account: Account;
  /** Holds cluster, claim and, where needed, a copy of the programs. */
  readonly place: string;
  readonly dir: string;
  readonly socket_dir: string | null;
  readonly claim_file: string;
}

// As root below a folder that nobody else may enter, such as /root, the database account needs a place it can walk to.
const public_place = '/var/lib/zhaojiban';
// sun_path holds 107 bytes: the folder, a slash and ".s.PGSQL.5432.lock".
const longest_socket_dir = 85;

function layoutOf(data_dir: string, name: string): Layout {
  const resolved = fs.realpathSync(data_dir);
  const short = createHash('sha256').update(resolved).digest('hex').slice(0, 16);
  const account = accountFor(resolved);
  const place = isReachable(resolved, account) ? resolved : path.join(public_place, short);
  const dir = path.join(place, name);
  const socket_dir =
    process.platform === 'win32'
      ? null
      : Buffer.byteLength(dir) <= longest_socket_dir
        ? dir
        : path.join(os.tmpdir(), `zhaojiban-${short}-${name}`.slice(0, 60));
  return { account, place, dir, socket_dir, claim_file: path.join(place, `${name}.owner`) };
}

/** Where the embedded database of a data folder is found while it runs. */
export function embeddedUrl(data_dir: string, name = 'postgres'): string {
  return urlOf(layoutOf(data_dir, name));
}

function urlOf(layout: Layout): string {
  return layout.socket_dir
    ? `postgresql://${superuser}@/postgres?host=${encodeURIComponent(layout.socket_dir)}&port=${socket_port}`
    : `postgresql://${superuser}@127.0.0.1:${portOf(layout)}/postgres`;
}

/** A real PostgreSQL that belongs to this process: made on first use, brought back when it dies, ended with `stop()`. */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { data_dir, name = 'postgres', durable = true, join = false, log = () => {} } = options;
  const layout = layoutOf(data_dir, name);
  try {
    fs.mkdirSync(layout.place, { recursive: true, mode: 0o755 });
    fs.accessSync(layout.place, fs.constants.W_OK | fs.constants.X_OK);
    if (fs.existsSync(layout.dir)) fs.accessSync(layout.dir, fs.constants.W_OK | fs.constants.X_OK);
  } catch (error) {
    throw cannotStart(
      `The database folder ${layout.dir} belongs to another account (${(error as Error).message}). ` +
        'Start as the account that made it, or set DATA_DIR or DATABASE_URL.',
    );
  }
  if (join && findOwner(layout.claim_file) !== undefined) return joined(layout);

  claim(layout.claim_file, layout.dir);
  try {
    const binaries = findBinaries(layout.account, layout.place);
    const cluster: Cluster = { dir: layout.dir, socket_dir: layout.socket_dir, binaries, account: layout.account, durable, log };
    await clearAway(cluster);
    await makeCluster(cluster);
    if (cluster.socket_dir && cluster.socket_dir !== cluster.dir) makePrivateDir(cluster.socket_dir, cluster.account);
    return await supervise(cluster, layout);
  } catch (error) {
    release(layout.claim_file);
    throw error;
  }
}

async function joined(layout: Layout): Promise<Embedded> {
  // The owner may be starting just now.
  for (let tries = 0; tries < 100 && !isReady(layout); tries++) await sleep(100);
  if (!isReady(layout)) throw cannotStart(`The running copy's database in ${layout.dir} does not answer.`);
  return { url: urlOf(layout), pid: () => 0, stop: async () => {} };
}

function isReady({ dir }: Layout): boolean {
  try {
    return fs.readFileSync(path.join(dir, 'postmaster.pid'), 'utf8').split('\n')[7]?.trim() === 'ready';
  } catch {
    return false;
  }
}

const most_failures = 20;

async function supervise(cluster: Cluster, layout: Layout): Promise<Embedded> {
  let server: Server | undefined = await runServer(cluster);
  let stopping = false;
  let failures = 0;

  async function keepAlive(running: Server): Promise<void> {
    await running.ended;
    server = undefined;
    while (!stopping && failures < most_failures) {
      cluster.log('the database ended unexpectedly and is started again');
      try {
        await clearAway(cluster);
        server = await runServer(cluster);
        failures = 0;
        if (stopping) return stopServer(server);
        return keepAlive(server);
      } catch (error) {
        failures += 1;
        cluster.log(String(error));
        await sleep(500);
      }
    }
  }
  const watching = keepAlive(server);
  watching.catch((error: unknown) => cluster.log(String(error)));

  const onExit = () => void server?.child.kill('SIGINT');
  process.once('exit', onExit);
  return {
    url: urlOf(layout),
    pid: () => server?.child.pid ?? 0,
    async stop(patience) {
      stopping = true;
      if (server) await stopServer(server, patience);
      await watching;
      process.off('exit', onExit);
      release(layout.claim_file);
    },
  };
}
