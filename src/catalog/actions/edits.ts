import type { ClockKind } from '../../clocks/rules.ts';
import type { Db } from '../../core/db.ts';
import type { Rulebook } from '../rules.ts';

/** An edit of calendar or limits, as the clocks that run see it. */
export interface Edit {
  readonly before: Rulebook;
  readonly after: Rulebook;
  readonly now: Date;
  /** What is late already is meant too; else it stays late. */
  readonly late_too: boolean;
  /** What was edited: 'calendar:2026', 'parameter:limit.review'. */
  readonly thing: string;
}

export interface Move {
  readonly number: string;
  readonly unit_id: number | null;
  readonly kind: ClockKind;
  readonly due_before: Date;
  readonly due_after: Date;
  readonly late: boolean;
}

export interface Moves {
  /** On time now, and moved. */
  readonly count: number;
  /** Of these, late at once. */
  readonly lost: number;
  /** Late already, and moved only where that is meant. */
  readonly late: number;
  readonly worst: readonly Move[];
}

/** How running clocks follow an edit. Appeals and orders come after the catalogue, so their part is handed in. */
export type SaveMoves = (trx: Db, edit: Edit) => Promise<number>;
export type PreviewMoves = (db: Db, edit: Edit) => Promise<Moves>;

const undo = Symbol('undo');

/** What would come of it: everything is done, looked at, and undone. */
export async function tried<T>(db: Db, work: (trx: Db) => Promise<T>): Promise<T> {
  let seen: { value: T } | undefined;
  try {
    await db.transaction(async (trx) => {
      seen = { value: await work(trx) };
      throw undo;
    });
  } catch (error) {
    if (error !== undo) throw error;
  }
  return seen!.value;
}
