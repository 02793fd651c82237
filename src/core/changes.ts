import pg from 'pg';
import type { Log } from './log.ts';

/** What the database tells all processes when a transaction has changed something that somebody may be looking at: ids alone. */
export interface Change {
  readonly appeal?: number;
  readonly whistle?: number;
  readonly person?: number;
  /** The units whose lists it concerns: those above and around it too. */
  readonly units?: readonly number[];
}
/** `anything`: the line was down, so that anything may have changed meanwhile. */
export type Hear = (change: Change | 'anything') => void;

export interface Changes {
  /** Calls `hear` at every change; what it returns ends that. */
  listen(hear: Hear): () => void;
  stop(): Promise<void>;
}

const channel = 'changes';
const first_wait_ms = 200;
const longest_wait_ms = 5000;
const alive_every_ms = 20_000;

/** One connection that listens, and connects again for as long as it has to. */
export function listenForChanges(url: string, log: Log): Changes {
  const listeners = new Set<Hear>();
  const tell = (change: Change | 'anything') => {
    for (const hear of listeners) hear(change);
  };
  let client: pg.Client | undefined;
  let stopped = false;
  let wait_ms = first_wait_ms;
  let timer: NodeJS.Timeout | undefined;
  let missed = false;

  async function connect(): Promise<void> {
    const mine = new pg.Client({
      connectionString: url,
      application_name: 'zhaojiban changes',
      keepAlive: true,
      connectionTimeoutMillis: 5000,
      query_timeout: 5000,
    });
    client = mine;
    mine.on('error', () => lost(mine));
    mine.on('end', () => lost(mine));
    mine.on('notification', ({ payload }) => payload && tell(JSON.parse(payload)));
    try {
      await mine.connect();
      await mine.query(`listen ${channel}`);
    } catch {
      return lost(mine);
    }
    wait_ms = first_wait_ms;
    if (missed) tell('anything');
    missed = false;
  }

  function lost(which: pg.Client): void {
    if (client !== which || stopped) return;
    client = undefined;
    missed = true;
    which.end().catch(() => undefined);
    log.warn('no news from the database; connecting again');
    timer = setTimeout(connect, wait_ms);
    wait_ms = Math.min(wait_ms * 2, longest_wait_ms);
  }

  // A line that was cut without a word shows only when it is used.
  const alive = setInterval(() => {
    const asked = client;
    asked?.query('select 1').catch(() => lost(asked));
  }, alive_every_ms);
  alive.unref();
  void connect();

  return {
    listen(hear) {
      listeners.add(hear);
      return () => listeners.delete(hear);
    },
    async stop() {
      stopped = true;
      clearInterval(alive);
      clearTimeout(timer);
      await client?.end().catch(() => undefined);
    },
  };
}
