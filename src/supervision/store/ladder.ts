import { type Db, hot } from '../../core/db.ts';
import type { Automatic } from '../rules.ts';

export interface Candidate {
  readonly number: string;
  readonly work_order_id: number;
}

const live = `o.role = 'lead' and o.status in ('pending_ack', 'in_progress', 'return_requested', 'suspended', 'submitted')`;

/** Where each rule holds; the second dissatisfaction is acted on at once, and found here only if it was left behind. */
const found: Record<Automatic, string> = {
  // Only after the red card, and not over a limit that stands still: who has submitted waits for others.
  overdue: `clocks c join work_orders o on o.id = c.work_order_id join appeals a on a.id = o.appeal_id
    where c.kind = 'handle' and c.stopped_at is null and c.paused_at is null and c.due_at <= :now and ${live}
      and exists (select 1 from alert_cards k where k.clock_id = c.id and k.color = 'red' and k.due_at = c.due_at)`,
  second_dissatisfaction: `appeals a join work_orders o on o.appeal_id = a.id
    where a.status = 'in_handling' and a.dissatisfied_rounds >= 2 and a.round > 2 and ${live}`,
  three_reworks: `appeals a join work_orders o on o.appeal_id = a.id where a.status = 'in_handling' and a.round > :three and ${live}`,
  no_lead: `(select appeal_id from work_orders where role = 'lead' and status in ('returned', 'reassigned') group by appeal_id having count(*) >= :three) x
    join appeals a on a.id = x.appeal_id and a.status = 'in_handling' join work_orders o on o.appeal_id = a.id where ${live}`,
};

/** Work orders for which a rule holds and that were not supervised for it in this round; at most `limit`. */
export async function listCandidates(db: Db, rule: Automatic, now: Date, three: number, limit: number): Promise<Candidate[]> {
  return hot<Candidate>(
    db,
    `select a.number, o.id as work_order_id from ${found[rule]}
       and not exists (select 1 from supervision_orders s where s.work_order_id = o.id and s.round = a.round and (s.reason = '${rule}' or '${rule}' = any(s.further)))
     order by o.due_at, o.id limit :limit`,
    { now, three, limit },
  );
}

/** Whether it still holds, asked again under the lock. */
export async function holds(trx: Db, rule: Automatic, work_order_id: number, now: Date, three: number): Promise<boolean> {
  const rows = await hot(
    trx,
    `select 1 from ${found[rule]} and o.id = :work_order_id
       and not exists (select 1 from supervision_orders s where s.work_order_id = o.id and s.round = a.round and (s.reason = '${rule}' or '${rule}' = any(s.further))) limit 1`,
    { now, three, work_order_id },
  );
  return rows.length > 0;
}

const open = `a.status in ('pending_review', 'awaiting_details', 'pending_dispatch', 'in_handling')`;

/** Puts on the ledger what its entry rules find; an appeal that somebody holds right now is left to the next time. */
export async function trackByRules(db: Db, received_before: Date, three: number, now: Date): Promise<number> {
  const { rows } = await db.raw<{ rows: unknown[] }>(
    `with found as materialized (
       select a.id, case when a.dissatisfied_rounds >= 2 then 'second_dissatisfaction'
         when (select count(*) from work_orders x where x.appeal_id = a.id and x.role = 'lead' and x.status in ('returned', 'reassigned')) >= :three then 'no_lead'
         else 'long_open' end as reason
       from appeals a
       where ${open} and not exists (select 1 from key_tracking_items t where t.appeal_id = a.id and (t.solved_at is null or t.solved_by is not null))
         and (a.received_at < :received_before or a.dissatisfied_rounds >= 2
           or a.id in (select appeal_id from work_orders where role = 'lead' and status in ('returned', 'reassigned') group by appeal_id having count(*) >= :three))
       order by a.id for key share of a skip locked
     )
     insert into key_tracking_items (appeal_id, reason, opened_at) select id, reason, :now from found
     on conflict (appeal_id) where solved_at is null do nothing returning 1`,
    { received_before, three, now },
  );
  return rows.length;
}

/** What is tracked is solved with its appeal. */
export async function endTracking(db: Db, now: Date): Promise<number> {
  const { rows } = await db.raw<{ rows: unknown[] }>(
    `update key_tracking_items t set solved_at = greatest(coalesce(a.closed_at, :now), t.opened_at) from appeals a
     where a.id = t.appeal_id and t.solved_at is null and a.status in ('declined', 'withdrawn', 'merged', 'closed', 'archived') returning 1`,
    { now },
  );
  return rows.length;
}
