import type { Db } from '../../core/db.ts';
import type { DutyDesk } from '../rules.ts';
import type { ShiftAssignmentRow } from '../store.ts';

export interface ShiftSwapRow {
  readonly id: number;
  readonly give_id: number;
  readonly take_id: number;
  readonly asked_by: number;
  readonly asked_of: number;
  readonly asked_at: Date;
  readonly answer: 'accepted' | 'refused' | 'withdrawn' | 'void' | null;
  readonly answered_at: Date | null;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    shift_swaps: ShiftSwapRow;
  }
}

/** An assignment with whose it is and when. */
export interface OwnedShift extends ShiftAssignmentRow {
  readonly person_id: number;
  readonly name: string;
  readonly desk: DutyDesk;
  readonly unit_id: number;
  readonly on_day: string;
  readonly part: number;
  readonly starts_at: Date;
  readonly ends_at: Date;
}
const owned = `select a.*, p.person_id, n.name, s.desk, s.unit_id, s.on_day, s.part, s.starts_at, s.ends_at
  from shift_assignments a join duty_shifts s on s.id = a.shift_id join posts p on p.id = a.post_id join people n on n.id = p.person_id`;

/** What is to come of one desk at one unit, whosesoever it is. */
export async function listComing(db: Db, desk: DutyDesk, unit_id: number, now: Date, until: Date): Promise<OwnedShift[]> {
  const { rows } = await db.raw<{ rows: OwnedShift[] }>(
    `${owned} where s.desk = :desk and s.unit_id = :unit_id and s.starts_at > :now and s.starts_at < :until order by s.starts_at, a.id`,
    { desk, unit_id, now, until },
  );
  return rows;
}

/** Assignments, locked in the order of their numbers. */
export async function holdAssignments(trx: Db, ids: readonly number[]): Promise<Map<number, OwnedShift>> {
  const { rows } = await trx.raw<{ rows: OwnedShift[] }>(`${owned} where a.id = any(:ids) order by a.id for update of a`, {
    ids: [...ids],
  });
  return new Map(rows.map((row) => [row.id, row]));
}

export async function insertSwap(
  trx: Db,
  row: Pick<ShiftSwapRow, 'give_id' | 'take_id' | 'asked_by' | 'asked_of' | 'asked_at'>,
): Promise<number | null> {
  const { rows } = await trx.raw<{ rows: { id: number }[] }>(
    `insert into shift_swaps (give_id, take_id, asked_by, asked_of, asked_at) values (:give_id, :take_id, :asked_by, :asked_of, :asked_at)
     on conflict (give_id) where answer is null do nothing returning id`,
    { ...row },
  );
  return rows[0]?.id ?? null;
}
export async function holdSwap(trx: Db, id: number): Promise<ShiftSwapRow | undefined> {
  return trx('shift_swaps').where({ id }).forUpdate().first();
}
export async function answerSwap(trx: Db, id: number, answer: NonNullable<ShiftSwapRow['answer']>, now: Date): Promise<void> {
  await trx('shift_swaps').where({ id }).update({ answer, answered_at: now });
}
/** Each takes the other's shift; false where one of them is on the other's already. */
export async function exchange(trx: Db, one: OwnedShift, other: OwnedShift): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: unknown[] }>(
    `select 1 from shift_assignments where (shift_id = :mine and post_id = :his_post) or (shift_id = :his and post_id = :my_post)`,
    { mine: one.shift_id, his: other.shift_id, my_post: one.post_id, his_post: other.post_id },
  );
  if (rows.length > 0) return false;
  await trx('shift_assignments').where({ id: one.id }).update({ post_id: other.post_id });
  await trx('shift_assignments').where({ id: other.id }).update({ post_id: one.post_id });
  return true;
}

export interface ToldSwap extends ShiftSwapRow {
  readonly asker: string;
  readonly other: string;
  readonly give_starts: Date;
  readonly give_ends: Date;
  readonly take_starts: Date;
  readonly take_ends: Date;
}
/** Open questions that a person asked or was asked, of shifts still to come. */
export async function listOpenSwaps(db: Db, person_id: number, now: Date): Promise<ToldSwap[]> {
  const { rows } = await db.raw<{ rows: ToldSwap[] }>(
    `select w.*, q.name as asker, o.name as other, gs.starts_at as give_starts, gs.ends_at as give_ends, ts.starts_at as take_starts, ts.ends_at as take_ends
     from shift_swaps w join people q on q.id = w.asked_by join people o on o.id = w.asked_of
     join shift_assignments g on g.id = w.give_id join duty_shifts gs on gs.id = g.shift_id
     join shift_assignments t on t.id = w.take_id join duty_shifts ts on ts.id = t.shift_id
     where w.answer is null and :person_id in (w.asked_by, w.asked_of) and least(gs.starts_at, ts.starts_at) > :now order by w.id`,
    { person_id, now },
  );
  return rows;
}
