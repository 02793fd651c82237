import { type Db, hot } from '../core/db.ts';
import type { Clock, ClockKind, NewClock } from './rules.ts';

export interface ClockRow extends Clock {
  readonly id: number;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    clocks: ClockRow;
  }
}

export type ClockToStart = NewClock & { readonly work_order_id: number | null; readonly stopped_at?: Date };
export interface ClockToStop {
  readonly work_order_id: number | null;
  readonly kind: ClockKind;
}

export async function insertClocks(trx: Db, appeal_id: number, clocks: readonly ClockToStart[]): Promise<void> {
  if (clocks.length > 0) await trx('clocks').insert(clocks.map((clock) => ({ ...clock, appeal_id }) as ClockRow));
}

/** Stops what runs of the named clocks. A paused clock stopped when it was paused. */
export async function stopClocks(trx: Db, appeal_id: number, stops: readonly ClockToStop[], now: Date): Promise<void> {
  if (stops.length === 0) return;
  await hot(
    trx,
    `update clocks c set stopped_at = coalesce(c.paused_at, :now), paused_at = null
     from jsonb_to_recordset(:stops::jsonb) as s(work_order_id bigint, kind text)
     where c.appeal_id = :appeal_id and c.kind = s.kind and c.work_order_id is not distinct from s.work_order_id and c.stopped_at is null`,
    { appeal_id, stops: JSON.stringify(stops), now },
  );
}

export async function findRunningClock(
  db: Db,
  appeal_id: number,
  work_order_id: number | null,
  kind: ClockKind,
): Promise<ClockRow | undefined> {
  return (await listRunningClocks(db, appeal_id, work_order_id, [kind]))[0];
}

/** The running clocks of these kinds; of milestones there may be several, the next one first. */
export async function listRunningClocks(
  db: Db,
  appeal_id: number,
  work_order_id: number | null,
  kinds: readonly ClockKind[],
): Promise<ClockRow[]> {
  return db('clocks')
    .where({ appeal_id })
    .whereIn('kind', [...kinds])
    .whereRaw('work_order_id is not distinct from ?', [work_order_id])
    .whereNull('stopped_at')
    .orderBy(['step', 'id']);
}

export async function changeClock(trx: Db, id: number, changes: Partial<ClockRow>): Promise<void> {
  const { paused_spans, ...rest } = changes;
  // pg would write an array of its own kind for a list; the column holds JSON.
  const spans = paused_spans && { paused_spans: JSON.stringify(paused_spans) as unknown as ClockRow['paused_spans'] };
  await trx('clocks')
    .where({ id })
    .update({ ...rest, ...spans });
}

export async function listClocks(db: Db, appeal_id: number): Promise<ClockRow[]> {
  return db('clocks').where({ appeal_id }).orderBy('id');
}
