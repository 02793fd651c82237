import type { Outcome } from '../appeals/rules.ts';
import type { Priority } from '../catalog/rules.ts';
import { type Db, hot } from '../core/db.ts';
import type { UnitKind } from '../units/rules.ts';
import type { Role, Status } from './rules.ts';

export interface WorkOrderRow {
  readonly id: number;
  readonly appeal_id: number;
  readonly parent_id: number | null;
  readonly role: Role;
  readonly unit_id: number;
  readonly status: Status;
  readonly round: number;
  readonly priority: Priority;
  readonly instruction: string;
  readonly made_by: number | null;
  readonly made_by_unit_id: number;
  readonly assignee_id: number | null;
  readonly designated: boolean;
  readonly outcome: Outcome | null;
  readonly result: string | null;
  readonly promised_on: string | null;
  readonly created_at: Date;
  readonly acknowledged_at: Date | null;
  readonly contacted_at: Date | null;
  readonly first_submitted_at: Date | null;
  readonly submitted_at: Date | null;
  readonly submitted_by: number | null;
  readonly approved_by: number | null;
  readonly ended_at: Date | null;
  readonly due_at: Date;
  readonly step_due_at: Date | null;
}
export interface WorkOrderReturnRow {
  readonly id: number;
  readonly work_order_id: number;
  readonly reason: string;
  readonly category_code: string | null;
  /** Copied from the order by the database. */
  readonly appeal_id: number;
  readonly unit_id: number;
  readonly suggested_unit_id: number | null;
  readonly requested_by: number;
  readonly requested_at: Date;
  readonly decision: 'upheld' | 'rejected' | null;
  readonly ruling: string | null;
  readonly ruled_by: number | null;
  readonly ruled_at: Date | null;
}
interface Decided {
  readonly id: number;
  readonly work_order_id: number;
  readonly reason: string;
  readonly requested_by: number;
  readonly requested_at: Date;
  readonly decision: 'granted' | 'denied' | 'void' | null;
  readonly ruling: string | null;
  readonly decided_by: number | null;
  readonly decided_at: Date | null;
}
export interface WorkOrderExtensionRow extends Decided {
  readonly round: number;
  readonly due_on: string;
  readonly due_before: Date;
  readonly due_after: Date | null;
}
export interface WorkOrderSuspensionRow extends Decided {
  readonly review_on: string;
  readonly appeal_due_at: Date | null;
  readonly resumed_at: Date | null;
}
export interface TerminationRow {
  readonly id: number;
  readonly appeal_id: number;
  readonly work_order_id: number;
  readonly ground: string;
  readonly request: string;
  readonly requested_by: number;
  readonly requested_at: Date;
  readonly proposed_by: number | null;
  readonly proposed_at: Date | null;
  readonly confirmed_by: number | null;
  readonly confirmed_at: Date | null;
  readonly rejected_at: Date | null;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    work_orders: WorkOrderRow;
    work_order_returns: WorkOrderReturnRow;
    work_order_extensions: WorkOrderExtensionRow;
    work_order_suspensions: WorkOrderSuspensionRow;
    terminations: TerminationRow;
  }
}

/** An order with what every rule about it asks of its holder. */
export interface HeldOrder extends WorkOrderRow {
  readonly unit_kind: UnitKind;
  readonly unit_path: string;
  readonly unit_parent_id: number | null;
  readonly unit_round_the_clock: boolean;
}

/** All orders of an appeal, locked in order of their making; the appeal's own row is locked before. */
export async function holdOrders(trx: Db, appeal_id: number): Promise<HeldOrder[]> {
  return hot<HeldOrder>(
    trx,
    `select o.*, u.kind as unit_kind, u.path as unit_path, u.parent_id as unit_parent_id, u.round_the_clock as unit_round_the_clock
     from work_orders o join units u on u.id = o.unit_id where o.appeal_id = :appeal_id order by o.id for update of o`,
    { appeal_id },
  );
}

export async function insertOrder(trx: Db, order: Partial<WorkOrderRow>): Promise<WorkOrderRow> {
  const [row] = await trx('work_orders')
    .insert(order as WorkOrderRow)
    .returning('*');
  return row!;
}

export async function changeOrderRow(trx: Db, id: number, changes: Partial<WorkOrderRow>): Promise<void> {
  await trx('work_orders').where({ id }).update(changes);
}

/** How many people other than this one hold one of the posts at the unit now. */
export async function countOthers(
  db: Db,
  unit_id: number,
  posts: readonly string[],
  except: number | null,
  today: string,
): Promise<number> {
  const rows = await hot<{ n: number }>(
    db,
    `select count(distinct p.person_id)::int as n from posts p join accounts c on c.person_id = p.person_id and c.disabled_at is null
     where p.unit_id = :unit_id and p.post = any(:posts) and p.person_id is distinct from :except
       and p.valid_from <= :today and (p.valid_to is null or p.valid_to >= :today)`,
    { unit_id, posts: [...posts], except, today },
  );
  return rows[0]!.n;
}

/** Whom a grid's order is for: its full-time member on duty, else any member on duty, else nobody by name. */
export async function findAssignee(db: Db, grid_id: number, today: string): Promise<number | null> {
  const { rows } = await db.raw<{ rows: { person_id: number }[] }>(
    `select p.person_id from posts p join linked_members m on m.person_id = p.person_id
     where p.unit_id = :grid_id and p.post = 'linked_member' and p.on_duty and p.valid_from <= :today and (p.valid_to is null or p.valid_to >= :today)
     order by m.kind = 'fulltime' desc, p.id limit 1`,
    { grid_id, today },
  );
  return rows[0]?.person_id ?? null;
}

export async function insertReturn(
  trx: Db,
  given: Pick<
    WorkOrderReturnRow,
    'work_order_id' | 'reason' | 'category_code' | 'suggested_unit_id' | 'requested_by' | 'requested_at'
  >,
): Promise<void> {
  await trx('work_order_returns').insert(given as WorkOrderReturnRow);
}
export async function findOpenReturn(trx: Db, work_order_id: number): Promise<WorkOrderReturnRow | undefined> {
  return trx('work_order_returns').where({ work_order_id }).whereNull('decision').first();
}
/** Whether the unit has objected to this appeal before, with whichever of its orders. */
export async function hasReturned(trx: Db, appeal_id: number, unit_id: number): Promise<boolean> {
  return (await trx('work_order_returns').where({ appeal_id, unit_id }).first('id')) !== undefined;
}
export async function ruleReturn(
  trx: Db,
  id: number,
  ruling: Pick<WorkOrderReturnRow, 'decision' | 'ruling' | 'ruled_by' | 'ruled_at'>,
): Promise<void> {
  await trx('work_order_returns').where({ id }).update(ruling);
}

type Request<R extends Decided> = Omit<R, 'id' | 'decision' | 'ruling' | 'decided_by' | 'decided_at'>;
export async function insertExtension(trx: Db, asked: Omit<Request<WorkOrderExtensionRow>, 'due_after'>): Promise<void> {
  await trx('work_order_extensions').insert(asked as WorkOrderExtensionRow);
}
export async function insertSuspension(
  trx: Db,
  asked: Omit<Request<WorkOrderSuspensionRow>, 'appeal_due_at' | 'resumed_at'>,
): Promise<void> {
  await trx('work_order_suspensions').insert(asked as WorkOrderSuspensionRow);
}
export async function findOpenExtension(db: Db, work_order_id: number): Promise<WorkOrderExtensionRow | undefined> {
  return db('work_order_extensions').where({ work_order_id }).whereNull('decision').first();
}
export async function findOpenSuspension(db: Db, work_order_id: number): Promise<WorkOrderSuspensionRow | undefined> {
  return db('work_order_suspensions').where({ work_order_id }).whereNull('decision').first();
}
/** The suspension that an order stands under. */
export async function findSuspension(db: Db, work_order_id: number): Promise<WorkOrderSuspensionRow | undefined> {
  return db('work_order_suspensions').where({ work_order_id, decision: 'granted' }).whereNull('resumed_at').first();
}
/** Whether this round's extension has been asked for; what became void was never answered. */
export async function wasExtended(db: Db, work_order_id: number, round: number): Promise<boolean> {
  const asked = db('work_order_extensions').where({ work_order_id, round });
  return (await asked.whereRaw(`decision is distinct from 'void'`).first('id')) !== undefined;
}
export async function changeExtension(trx: Db, id: number, changes: Partial<WorkOrderExtensionRow>): Promise<void> {
  await trx('work_order_extensions').where({ id }).update(changes);
}
export async function changeSuspension(trx: Db, id: number, changes: Partial<WorkOrderSuspensionRow>): Promise<void> {
  await trx('work_order_suspensions').where({ id }).update(changes);
}
/** What was asked for an order is void once it has left the hands it was asked in. */
export async function voidRequests(trx: Db, work_order_id: number, now: Date): Promise<void> {
  const ended = { decision: 'void', decided_at: now } as const;
  await trx('work_order_extensions').where({ work_order_id }).whereNull('decision').update(ended);
  await trx('work_order_suspensions').where({ work_order_id }).whereNull('decision').update(ended);
}
/** The order goes on, or ends: it is suspended no longer. */
export async function endSuspension(trx: Db, work_order_id: number, now: Date): Promise<void> {
  await trx('work_order_suspensions')
    .where({ work_order_id, decision: 'granted' })
    .whereNull('resumed_at')
    .update({ resumed_at: now });
}
/** Suspended orders whose day of review has come. */
export async function listToReview(db: Db, today: string): Promise<{ number: string; work_order_id: number }[]> {
  return db('work_order_suspensions as s')
    .join('work_orders as o', 'o.id', 's.work_order_id')
    .join('appeals as a', 'a.id', 'o.appeal_id')
    .where({ 's.decision': 'granted', 'o.status': 'suspended' })
    .whereNull('s.resumed_at')
    .where('s.review_on', '<=', today)
    .orderBy('s.id')
    .select('a.number', 's.work_order_id');
}

export async function insertTermination(
  trx: Db,
  given: Pick<TerminationRow, 'appeal_id' | 'work_order_id' | 'ground' | 'request' | 'requested_by' | 'requested_at'>,
): Promise<void> {
  await trx('terminations').insert(given as TerminationRow);
}
export async function findOpenTermination(trx: Db, appeal_id: number): Promise<TerminationRow | undefined> {
  return trx('terminations')
    .where({ appeal_id })
    .whereNull('confirmed_at')
    .whereNull('rejected_at')
    .orderBy('id', 'desc')
    .first();
}
/** A request to end early is void once its order has left the unit's hands: what is asked next is asked anew. */
export async function voidTerminations(trx: Db, { appeal_id, id }: WorkOrderRow, now: Date): Promise<void> {
  await trx('terminations')
    .where({ appeal_id, work_order_id: id })
    .whereNull('confirmed_at')
    .whereNull('rejected_at')
    .update({ rejected_at: now });
}
export async function changeTermination(trx: Db, id: number, changes: Partial<TerminationRow>): Promise<void> {
  await trx('terminations').where({ id }).update(changes);
}

export async function listFollowers(db: Db, appeal_id: number): Promise<{ id: number; number: string }[]> {
  return db('appeals').where({ merged_into_id: appeal_id, status: 'merged' }).orderBy('id').select('id', 'number');
}
export async function getNumber(db: Db, id: number): Promise<string> {
  return (await db('appeals').where({ id }).first('number'))!.number;
}
