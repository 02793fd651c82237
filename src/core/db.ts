import knexFactory, { type Knex } from 'knex';
import pg from 'pg';
import { cannotStart } from './errors.ts';

// Arrays have no names in pg's table of types.
const arrays = { text: 1009 as never, int8: 1016 as never, date: 1182 as never };
const texts = pg.types.getTypeParser(arrays.text) as (text: string) => (string | null)[];

pg.types.setTypeParser(pg.types.builtins.DATE, (day) => day);
pg.types.setTypeParser(arrays.date, texts);
pg.types.setTypeParser(pg.types.builtins.INT8, Number);
pg.types.setTypeParser(arrays.int8, (text) => texts(text).map((item) => (item === null ? null : Number(item))));

/** The pool, or a transaction on it: whoever is handed one cannot tell, which is what lets a test roll back. */
export type Db = Knex;

export interface ConnectOptions {
  readonly max?: number;
  /** Milliseconds after which the server gives up a statement; 0 for none (imports, migrations, jobs by hand). */
  readonly statement_timeout?: number;
  readonly name?: string;
}

/** A pool of connections; ended by `db.destroy()`. */
export function connect(url: string, options: ConnectOptions = {}): Db {
  const { max = 10, statement_timeout = 5000, name = 'zhaojiban' } = options;
  return knexFactory({
    client: 'pg',
    connection: {
      connectionString: url,
      application_name: name,
      connectionTimeoutMillis: 5000,
      ...(statement_timeout && {
        statement_timeout,
        // A stalled server never gives up its statements: without a limit on our side requests would hang with it.
        query_timeout: statement_timeout + 1000,
        idle_in_transaction_session_timeout: statement_timeout * 6,
      }),
    },
    pool: { min: 0, max, idleTimeoutMillis: 60_000 },
    // Errors come as rejections; knex would print them as well.
    log: { warn: () => {}, error: () => {} },
    acquireConnectionTimeout: statement_timeout ? Math.max(4000, statement_timeout / 2) : 60_000,
  });
}

const prepared = new Map<string, string>();

/**
 * The rows of a statement that many requests send: prepared under a name of its own, so that each connection parses it once and plans it a
 * few times. Only for texts of which there are few, and whose best plan does not depend on what is bound.
 */
export async function hot<Row>(db: Db, sql: string, bindings: Readonly<Record<string, unknown>> = {}): Promise<Row[]> {
  const name = prepared.get(sql) ?? `hot_${prepared.size}`;
  prepared.set(sql, name);
  const { rows } = await db.raw<{ rows: Row[] }>(sql, bindings as never).options({ name });
  return rows;
}

const oldest_server = 150_000;

/** Refuses a server that is out of reach or older than PostgreSQL 15. */
export async function checkServer(db: Db): Promise<void> {
  const { rows } = await db
    .raw<{ rows: { number: number; name: string }[] }>(
      `select current_setting('server_version_num')::int as number, current_setting('server_version') as name`,
    )
    .catch((error: Error) => {
      throw cannotStart(`The database cannot be reached; check DATABASE_URL. (${error.message || String(error)})`);
    });
  const server = rows[0]!;
  if (server.number < oldest_server) throw cannotStart(`DATABASE_URL leads to PostgreSQL ${server.name}; 15 or newer is needed.`);
}

/** Refuses a database whose character type is plain C: there pg_trgm sees no letters in Chinese text and search finds nothing. */
export async function checkChineseText(db: Db): Promise<void> {
  const { rows } = await db.raw<{ rows: { seen: number; works: boolean }[] }>(
    // Escaped, because no Chinese is written outside words/: "litter bin".
    String.raw`select count(*)::int as seen, cardinality(show_trgm(U&'\5783\573E\6876')) > 0 as works
               from pg_extension where extname = 'pg_trgm'`,
  );
  if (rows[0]?.seen && !rows[0].works) {
    throw cannotStart(
      `The database of DATABASE_URL cannot search Chinese text (its LC_CTYPE is C). ` +
        `Create it anew: create database ... template template0 encoding 'UTF8' locale 'C.UTF-8'.`,
    );
  }
}
