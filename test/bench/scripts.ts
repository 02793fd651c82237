/** What the bare server does for one request: learned from what the product itself sent to the database. */
import { rulebook } from '../../src/catalog/actions.ts';
import type { Db } from '../../src/core/db.ts';

/** Where a bound value comes from when the statements are run again. */
export type Param =
  | { readonly value: unknown }
  | { readonly input: string }
  | { readonly json: unknown }
  /** A column of an earlier answer: as it is, with a number added, or as the end of an appeal's number. */
  | {
      readonly statement: number;
      readonly row: number;
      readonly column: string;
      readonly plus?: number;
      readonly before?: string;
    };

export interface Statement {
  readonly text: string;
  readonly params: readonly Param[];
}

export interface Script {
  readonly name: string;
  readonly transaction: boolean;
  readonly statements: readonly Statement[];
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Sent {
  readonly text: string;
  readonly values: readonly unknown[];
  rows: readonly Record<string, unknown>[];
}
type Inputs = Readonly<Record<string, string>>;

/** The statements that `work` sends, in their order, with their answers; of an act those of its transaction alone. */
async function record(db: Db, transaction: boolean, work: () => Promise<unknown>): Promise<Sent[]> {
  const sent = new Map<string, Sent>();
  const onQuery = ({
    sql,
    bindings,
    __knexQueryUid,
    __knexTxId,
  }: {
    sql: string;
    bindings?: unknown[];
    __knexQueryUid: string;
    __knexTxId?: string;
  }) => {
    if (!/^(begin|commit|rollback)/i.test(sql) && transaction === (__knexTxId !== undefined))
      sent.set(`${__knexQueryUid} ${sql}`, { text: sql, values: bindings ?? [], rows: [] });
  };
  const onAnswer = (response: unknown, { sql, __knexQueryUid }: { sql: string; __knexQueryUid: string }) => {
    const known = sent.get(`${__knexQueryUid} ${sql}`);
    if (known)
      known.rows = (Array.isArray(response) ? response : ((response as { rows?: never[] } | null)?.rows ?? [])) as Sent['rows'];
  };
  db.on('query', onQuery).on('query-response', onAnswer);
  try {
    await work();
  } finally {
    db.removeListener('query', onQuery).removeListener('query-response', onAnswer);
  }
  return [...sent.values()];
}

const plain = (value: unknown): unknown => (value instanceof Date ? value.toISOString() : value);
const same = (a: unknown, b: unknown): boolean => JSON.stringify(plain(a)) === JSON.stringify(plain(b));

/**
 * Runs the same work twice, for two different inputs. What is bound to the same value both times is constant; what differs is looked
 * for among the inputs and the earlier answers of both runs. What is found nowhere (a hash, a sealed number, the time) stays as it was:
 * the database writes as much.
 */
export async function learn(
  db: Db,
  transaction: boolean,
  cases: readonly [Inputs, Inputs],
  work: (inputs: Inputs) => Promise<unknown>,
): Promise<Statement[]> {
  // A serving process holds it already.
  await rulebook(db);
  const first = await record(db, transaction, () => work(cases[0]));
  const second = await record(db, transaction, () => work(cases[1]));
  if (first.length !== second.length || first.some(({ text }, i) => text !== second[i]!.text)) {
    throw new Error(
      `two runs of the same work differ:\n${first.map(({ text }) => text).join('\n')}\n—\n${second.map(({ text }) => text).join('\n')}`,
    );
  }

  function source(a: unknown, b: unknown, upto: number): Param {
    if (same(a, b)) return { value: plain(a) };
    for (const [input, given] of Object.entries(cases[0])) if (same(a, given) && same(b, cases[1][input])) return { input };
    // A time of the run is bound as it was, though it may happen to stand in an earlier answer too.
    if (a instanceof Date || (typeof a === 'string' && /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(a))) return { value: plain(a) };
    const candidates = first.slice(0, upto).flatMap(({ rows }, statement) =>
      rows.flatMap((cells, row) => {
        const others = second[statement]!.rows[row];
        return others
          ? Object.keys(cells).map((column) => ({ at: { statement, row, column }, x: cells[column], y: others[column] }))
          : [];
      }),
    );
    const exact = candidates.find(({ x, y }) => same(x, a) && same(y, b));
    if (exact) return exact.at;
    if (typeof a === 'string' && typeof b === 'string' && /^\d{8}-\d+$/.test(a)) {
      const last = candidates.find(
        ({ at, x, y }) => at.column === 'last' && Number(a.slice(9)) === x && Number(b.slice(9)) === y,
      );
      if (last) return { ...last.at, before: a.slice(0, 9) };
    }
    if (typeof a === 'number' && typeof b === 'number') {
      const near = [/seq/, /version|round/]
        .flatMap((names) => candidates.filter(({ at }) => names.test(at.column)))
        .find(({ x, y }) => typeof x === 'number' && a - x === b - (y as number) && Math.abs(a - x) < 20);
      if (near) return { ...near.at, plus: a - (near.x as number) };
    }
    return { value: plain(a) };
  }

  function ofJson(a: unknown, b: unknown, upto: number): unknown {
    if (Array.isArray(a) && Array.isArray(b) && a.length === b.length) return a.map((one, i) => ofJson(one, b[i], upto));
    if (typeof a === 'object' && a !== null && typeof b === 'object' && b !== null) {
      return Object.fromEntries(
        Object.entries(a).map(([key, one]) => [key, ofJson(one, (b as Record<string, unknown>)[key], upto)]),
      );
    }
    const found = source(a, b, upto);
    return 'value' in found ? found.value : { param: found };
  }

  return first.map(({ text, values }, i) => ({
    text,
    params: values.map((a, at): Param => {
      const b = second[i]!.values[at];
      if (typeof a !== 'string' || !/^[[{]/.test(a) || typeof b !== 'string' || a === b) return source(a, b, i);
      return { json: ofJson(JSON.parse(a), JSON.parse(b), i) };
    }),
  }));
}
