import { type Db, hot } from '../../core/db.ts';
import type { Readable } from '../../messages/store.ts';
import type { Actor } from '../../people/rules.ts';
import { readsEverything } from '../../policy.ts';
import { type Age, ages, type Rung } from '../rules.ts';
import { standing } from './cards.ts';

export type Reached = Rung | 'none';

/** Every open work order that counts for its unit, with its age in days and the rung it has reached. */
function outstanding(actor: Actor, readable: ReturnType<Readable>) {
  const own = readsEverything(actor) ? 'true' : `${readable.sql} and starts_with(u.path, :own_path)`;
  return {
    sql: `select o.id, o.unit_id, o.due_at, o.created_at, o.status, a.number, a.title, a.received_at,
        floor(extract(epoch from :now::timestamptz - a.received_at) / 86400)::int as days,
        case when s.level is not null then s.level when g.work_order_id is not null then 'urge' when k.work_order_id is not null then 'remind' else 'none' end as rung
      from work_orders o join appeals a on a.id = o.appeal_id join units u on u.id = o.unit_id
      left join supervision_orders s on s.work_order_id = o.id and s.ended_at is null
      left join (select distinct work_order_id from urges) g on g.work_order_id = o.id
      left join (select distinct c.work_order_id from clocks c join alert_cards k on k.clock_id = c.id where ${standing}) k on k.work_order_id = o.id
      where o.status in ('pending_ack', 'in_progress', 'return_requested', 'suspended', 'submitted') and o.role <> 'part' and ${own}`,
    bindings: { ...readable.bindings, own_path: actor.unit_path },
  };
}

const aged = ({ from, to }: (typeof ages)[number]) => `days >= ${from}${to === null ? '' : ` and days < ${to}`}`;

export interface OutstandingUnit extends Record<Age | Reached, number> {
  readonly unit_id: number;
  readonly total: number;
}

/** How many are open by unit, and of these how many of each age and rung; the most first. */
export async function countOutstanding(db: Db, actor: Actor, readable: Readable, now: Date): Promise<OutstandingUnit[]> {
  const { sql, bindings } = outstanding(actor, readable(actor));
  const rungs: readonly Reached[] = ['none', 'remind', 'urge', 'order', 'listed', 'talk'];
  return hot<OutstandingUnit>(
    db,
    `select unit_id, count(*)::int as total, ${ages.map((age) => `count(*) filter (where ${aged(age)})::int as ${age.key}`).join(', ')},
       ${rungs.map((rung) => `count(*) filter (where rung = '${rung}')::int as "${rung}"`).join(', ')}
     from (${sql}) open group by unit_id order by total desc, unit_id`,
    { now, ...bindings },
  );
}

export interface OutstandingRow {
  readonly id: number;
  readonly unit_id: number;
  readonly number: string;
  readonly title: string;
  readonly due_at: Date;
  readonly created_at: Date;
  readonly received_at: Date;
  readonly status: 'pending_ack' | 'in_progress' | 'return_requested' | 'suspended' | 'submitted';
  readonly days: number;
  readonly rung: Reached;
}

export async function listOutstanding(
  db: Db,
  actor: Actor,
  readable: Readable,
  filter: { readonly unit: number | null; readonly age: Age | null; readonly rung: Reached | null },
  after: { readonly at: Date; readonly id: number } | null,
  now: Date,
  limit: number,
): Promise<OutstandingRow[]> {
  const { sql, bindings } = outstanding(actor, readable(actor));
  const age = ages.find(({ key }) => key === filter.age);
  const wheres = [
    ...(filter.unit === null ? [] : ['unit_id = :unit']),
    ...(age ? [aged(age)] : []),
    ...(filter.rung === null ? [] : ['rung = :rung']),
    ...(after ? ['(received_at, id) > (:after_at, :after_id)'] : []),
  ];
  return hot<OutstandingRow>(
    db,
    `select * from (${sql}) open ${wheres.length > 0 ? `where ${wheres.join(' and ')}` : ''} order by received_at, id limit :limit`,
    { now, unit: filter.unit, rung: filter.rung, after_at: after?.at ?? null, after_id: after?.id ?? null, limit, ...bindings },
  );
}
