import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Db } from '../src/core/db.ts';

export type Value = string | number | boolean | Date | object | null;

/** Rows by table, waiting to go into the database by COPY. */
export interface Copier {
  add(table: string, values: readonly Value[]): void;
  /** Sends what is waiting, in the tables' order; what is added meanwhile waits for the next time. */
  send(): Promise<void>;
}

const special = /[\\\t\n\r]/;
const escapes: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function written(value: Value): string {
  if (value === null) return '\\N';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? 't' : 'f';
  if (value instanceof Date) return value.toISOString();
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return special.test(text) ? text.replace(/[\\\t\n\r]/g, (letter) => escapes[letter]!) : text;
}

/** COPY into the given tables (table → columns) over the one connection of a transaction. */
export async function makeCopier(trx: Db, tables: Readonly<Record<string, readonly string[]>>): Promise<Copier> {
  const client = (await trx.client.acquireConnection()) as PoolClient;
  let waiting: Record<string, string[]> = {};
  return {
    add(table, values) {
      let line = '';
      for (let i = 0; i < values.length; i++) line += (i === 0 ? '' : '\t') + written(values[i]!);
      (waiting[table] ??= []).push(`${line}\n`);
    },
    async send() {
      const batch = waiting;
      waiting = {};
      for (const [table, columns] of Object.entries(tables)) {
        const lines = batch[table];
        if (!lines) continue;
        await pipeline(Readable.from(chunks(lines)), client.query(copyFrom(`copy ${table} (${columns.join(', ')}) from stdin`)));
      }
    },
  };
}

function* chunks(lines: readonly string[]): Generator<Buffer> {
  for (let i = 0; i < lines.length; i += 400) yield Buffer.from(lines.slice(i, i + 400).join(''));
}

/**
 * Takes the plain indexes and the foreign keys of the tables away for a bulk load and returns what puts them back as they were. Inside a
 * transaction nobody sees the tables without them.
 */
export async function withoutIndexes(trx: Db, tables: readonly string[]): Promise<() => Promise<void>> {
  const { rows } = await trx.raw<{ rows: { away: string; back: string }[] }>(
    `select format('alter table %s drop constraint %I', conrelid::regclass, conname) as away,
       format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) as back
     from pg_constraint where contype = 'f' and conrelid = any(array(select t::regclass from unnest(:tables::text[]) t)) and conparentid = 0
     union all
     select format('drop index %s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid)
     from pg_index i where i.indrelid = any(array(select t::regclass from unnest(:tables::text[]) t)) and not i.indisunique
       and not exists (select 1 from pg_constraint c where c.conindid = i.indexrelid)`,
    { tables: [...tables] },
  );
  for (const { away } of rows) await trx.raw(away);
  return async () => {
    // Indexes first: the foreign keys' check is then a merge of two sorted lists.
    for (const { back } of [...rows].reverse()) await trx.raw(back);
  };
}

/** Lets each table's numbers go on after the highest one given. */
export async function setSequences(trx: Db, tables: readonly string[]): Promise<void> {
  for (const table of tables) {
    await trx.raw(`select setval(pg_get_serial_sequence('${table}', 'id'), (select coalesce(max(id), 0) + 1 from ${table}), false)`);
  }
}
