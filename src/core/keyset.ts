import type { Knex } from 'knex';

/** Where a reader stands in a list: after the last row of the page before, or before the first row of the page after. */
export interface Turn {
  readonly after?: string | null | undefined;
  readonly before?: string | null | undefined;
}

export interface Turned<T> {
  readonly rows: T[];
  /** The turns of the neighbouring pages; null where the list begins and ends. */
  readonly newer: string | null;
  readonly older: string | null;
}

/**
 * One page of a list by its key: an SQL expression of text, unique among the rows, ascending. The cost does not depend on how far
 * the reader has turned.
 */
export async function turnPage<T extends object>(
  query: Knex.QueryBuilder,
  key: string,
  turn: Turn,
  size: number,
): Promise<Turned<T>> {
  const backwards = !turn.after && !!turn.before;
  const edge = turn.after || turn.before;
  const paged = query
    .clone()
    .select(query.client.raw(`(${key}) collate "C" as turn_key`))
    .orderByRaw(`(${key}) collate "C" ${backwards ? 'desc' : 'asc'}`)
    .limit(size + 1);
  if (edge) paged.whereRaw(`(${key}) collate "C" ${backwards ? '<' : '>'} ?`, [edge]);
  const found = (await paged) as (T & { turn_key: string })[];
  const more = found.length > size;
  const rows = found.slice(0, size);
  if (backwards) rows.reverse();
  const first = rows[0]?.turn_key ?? null;
  const last = rows.at(-1)?.turn_key ?? null;
  return {
    rows: rows.map(({ turn_key: _, ...row }) => row as unknown as T),
    newer: (backwards ? more : !!edge) ? first : null,
    older: (backwards ? true : more) ? last : null,
  };
}

/** Text for `like`, with its own wildcards taken literally. */
export const literal = (text: string): string => text.replace(/[\\%_]/g, '\\$&');
