import type { Db } from '../../core/db.ts';
import type { SupervisionReason, TrackingReason } from '../rules.ts';

export interface SupervisionOrderRow {
  readonly id: number;
  readonly number: string;
  readonly appeal_id: number;
  readonly work_order_id: number;
  readonly unit_id: number;
  readonly round: number;
  readonly reason: SupervisionReason;
  /** Grounds that came up while it was open. */
  readonly further: readonly SupervisionReason[];
  readonly demand: string;
  readonly skip_reason: string | null;
  readonly level: 'order' | 'listed' | 'talk';
  readonly issued_at: Date;
  readonly issued_by: number | null;
  readonly due_at: Date;
  readonly read_at: Date | null;
  readonly read_by: number | null;
  readonly replied_at: Date | null;
  readonly replied_by: number | null;
  readonly reply: string | null;
  readonly accepted_at: Date | null;
  readonly listed_at: Date | null;
  readonly listed_by: number | null;
  readonly listed_for: string | null;
  readonly ended_at: Date | null;
}
export interface KeyTrackingItemRow {
  readonly id: number;
  readonly appeal_id: number;
  readonly reason: TrackingReason;
  readonly note: string | null;
  readonly opened_at: Date;
  readonly opened_by: number | null;
  readonly solved_at: Date | null;
  readonly solved_by: number | null;
  readonly solved_for: string | null;
}
export interface UrgeRow {
  readonly id: number;
  readonly appeal_id: number;
  readonly work_order_id: number;
  readonly unit_id: number;
  readonly remark: string;
  readonly urged_by: number;
  readonly urged_at: Date;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    supervision_orders: SupervisionOrderRow;
    key_tracking_items: KeyTrackingItemRow;
    urges: UrgeRow;
  }
}

export async function insertUrge(trx: Db, urge: Omit<UrgeRow, 'id'>): Promise<void> {
  await trx('urges').insert(urge);
}

export async function isUrged(db: Db, work_order_id: number): Promise<boolean> {
  return (await db('urges').where({ work_order_id }).first('id')) !== undefined;
}

/** The supervision order that is open on a work order: there is one at most. */
export async function findOpenSupervision(db: Db, work_order_id: number): Promise<SupervisionOrderRow | undefined> {
  return db('supervision_orders').where({ work_order_id }).whereNull('ended_at').first();
}

/** Numbers it within its year, without a gap, and stores it. */
export async function insertSupervision(
  trx: Db,
  year: number,
  order: Pick<
    SupervisionOrderRow,
    | 'appeal_id'
    | 'work_order_id'
    | 'unit_id'
    | 'round'
    | 'reason'
    | 'demand'
    | 'skip_reason'
    | 'issued_at'
    | 'issued_by'
    | 'due_at'
  > &
    Partial<Pick<SupervisionOrderRow, 'level' | 'listed_at' | 'listed_for'>>,
): Promise<SupervisionOrderRow> {
  const { rows } = await trx.raw<{ rows: { last: number }[] }>(
    `insert into supervision_numbers (year, last) values (:year, 1)
     on conflict (year) do update set last = supervision_numbers.last + 1 returning last`,
    { year },
  );
  const number = `DB-${year}-${String(rows[0]!.last).padStart(4, '0')}`;
  const [row] = await trx('supervision_orders')
    .insert({ ...order, number } as SupervisionOrderRow)
    .returning('*');
  return row!;
}

export async function changeSupervision(
  trx: Db,
  id: number,
  changes: Partial<Omit<SupervisionOrderRow, 'further'>>,
): Promise<void> {
  await trx('supervision_orders').where({ id }).update(changes);
}

export async function addGround(trx: Db, id: number, reason: SupervisionReason): Promise<void> {
  await trx.raw('update supervision_orders set further = array_append(further, :reason) where id = :id', { id, reason });
}

/** With its work order a supervision order has come to its end. */
export async function endSupervision(trx: Db, work_order_id: number, ended_at: Date): Promise<void> {
  await trx('supervision_orders').where({ work_order_id }).whereNull('ended_at').update({ ended_at });
}

/** Puts an appeal on the ledger of key tracking, unless it stands there. */
export async function openKeyTracking(
  trx: Db,
  appeal_id: number,
  reason: TrackingReason,
  opened_at: Date,
  by: { readonly note: string; readonly opened_by: number } | null = null,
): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: unknown[] }>(
    `insert into key_tracking_items (appeal_id, reason, opened_at, note, opened_by) values (:appeal_id, :reason, :opened_at, :note, :opened_by)
     on conflict (appeal_id) where solved_at is null do nothing returning 1`,
    { appeal_id, reason, opened_at, note: by?.note ?? null, opened_by: by?.opened_by ?? null },
  );
  return rows.length > 0;
}
