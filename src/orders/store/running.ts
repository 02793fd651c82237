import type { Priority } from '../../catalog/rules.ts';
import type { Clock } from '../../clocks/rules.ts';
import type { ClockRow } from '../../clocks/store.ts';
import { type Db, hot } from '../../core/db.ts';
import type { Role, Status } from '../rules.ts';

/** A running clock with what its limit is asked for. */
export interface RunningRow extends ClockRow {
  readonly number: string;
  readonly priority: Priority;
  readonly category_code: string | null;
  readonly unit_id: number | null;
  readonly unit_round_the_clock: boolean | null;
  readonly order_status: Status | null;
  readonly role: Role | null;
  /** The second handling clock of an order and any after it: a rework's. */
  readonly rework: boolean;
}

const running = `select c.*, a.number, coalesce(o.priority, a.priority) as priority, a.category_code, o.unit_id,
    u.round_the_clock as unit_round_the_clock, o.status as order_status, o.role,
    c.kind = 'handle' and exists (
      select 1 from clocks e where e.appeal_id = c.appeal_id and e.work_order_id = c.work_order_id and e.kind = 'handle' and e.id < c.id
    ) as rework
  from clocks c join appeals a on a.id = c.appeal_id left join work_orders o on o.id = c.work_order_id left join units u on u.id = o.unit_id
  where c.stopped_at is null`;

/** The next running clocks after `after`. */
export async function listRunning(db: Db, after: number, limit: number): Promise<RunningRow[]> {
  return hot<RunningRow>(db, `${running} and c.id > :after order by c.id limit :limit`, { after, limit });
}
/** Those of them that still run. */
export async function listStillRunning(db: Db, ids: readonly number[]): Promise<RunningRow[]> {
  return hot<RunningRow>(db, `${running} and c.id = any(:ids) order by c.id`, { ids: [...ids] });
}

export type ClockMove = Pick<Clock, 'due_at' | 'provisional' | 'limit_value' | 'limit_unit'> & { readonly id: number };
export interface OrderMove {
  readonly id: number;
  readonly due_at: Date | null;
  readonly step_due_at: Date | null;
}

/** Writes new due times, and the copies that orders hold of them; null leaves a copy as it is. */
export async function moveClocks(trx: Db, clocks: readonly ClockMove[], orders: readonly OrderMove[]): Promise<void> {
  await trx.raw(
    `update clocks c set due_at = m.due_at, provisional = m.provisional, limit_value = m.limit_value, limit_unit = m.limit_unit
     from jsonb_to_recordset(:rows::jsonb) as m(id bigint, due_at timestamptz, provisional boolean, limit_value int, limit_unit text) where c.id = m.id`,
    { rows: JSON.stringify(clocks) },
  );
  await trx.raw(
    `update work_orders o set due_at = coalesce(m.due_at, o.due_at), step_due_at = coalesce(m.step_due_at, o.step_due_at)
     from jsonb_to_recordset(:rows::jsonb) as m(id bigint, due_at timestamptz, step_due_at timestamptz) where o.id = m.id`,
    { rows: JSON.stringify(orders) },
  );
}

/** Where a lead stands suspended, the appeal's time is kept with its suspension. */
export async function moveSuspended(trx: Db, moves: readonly { work_order_id: number; from: Date; to: Date }[]): Promise<void> {
  await trx.raw(
    `update work_order_suspensions s set appeal_due_at = m."to"
     from jsonb_to_recordset(:rows::jsonb) as m(work_order_id bigint, "from" timestamptz, "to" timestamptz)
     where s.work_order_id = m.work_order_id and s.resumed_at is null and s.appeal_due_at = m."from"`,
    { rows: JSON.stringify(moves) },
  );
}

/** From now on these clocks count by this version of the calendar. */
export async function stampCalendar(trx: Db, ids: readonly number[], version: number): Promise<void> {
  await trx('clocks')
    .whereIn('id', [...ids])
    .update({ calendar_version: version });
}
