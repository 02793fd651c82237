import type { Channel, Level, Status } from '../../appeals/rules.ts';
import type { Priority } from '../../catalog/rules.ts';
import { type Db, hot } from '../../core/db.ts';
import { approvers, type Status as OrderStatus, type Role } from '../../orders/rules.ts';
import type { Actor } from '../../people/rules.ts';
import { readsEverything } from '../../policy.ts';
import type { Color } from '../../supervision/rules.ts';
import { standing } from '../../supervision/store/cards.ts';
import { unitKinds } from '../../units/rules.ts';
import type { Tab } from '../rules.ts';

/** One line of a queue: an appeal, or an order of it. */
export interface QueueRow {
  readonly number: string;
  readonly title: string;
  readonly status: Status;
  readonly priority: Priority;
  readonly channel: Channel;
  readonly category_code: string | null;
  readonly place_unit_id: number;
  readonly address: string;
  readonly received_at: Date;
  readonly round: number;
  readonly level: Level | null;
  readonly confidential: boolean;
  readonly repeat_of_id: number | null;
  readonly lead_unit_id: number | null;
  readonly key_id: number;
  readonly order_id: number | null;
  readonly order_status: OrderStatus | null;
  readonly role: Role | null;
  readonly unit_id: number | null;
  readonly started_at: Date | null;
  readonly due_at: Date | null;
  readonly returns: number;
  readonly card: Color | null;
  readonly urges: number;
}

export interface After {
  readonly due_at: Date;
  readonly key_id: number;
}
export interface QueueFilter {
  readonly channel: Channel | null;
  readonly town_id: number | null;
  readonly category: string | null;
}

const appealColumns = `a.number, a.title, a.status, a.priority, a.channel, a.category_code, a.place_unit_id, a.address, a.received_at, a.round, a.level, a.confidential,
  a.repeat_of_id, a.lead_unit_id`;
/** The highest card that stands on a clock of the line, and how often it was urged. */
const pressed = (clocks: string, urges: string) =>
  `(select k.color from clocks c join alert_cards k on k.clock_id = c.id where ${clocks} and ${standing}
     order by array_position(array['reminder', 'yellow', 'red'], k.color) desc limit 1) as card,
   (select count(*)::int from urges g where ${urges}) as urges`;
const ofAppeal = (due: string, started: string) =>
  `${appealColumns}, a.id as key_id, null::bigint as order_id, null as order_status, null as role, null::bigint as unit_id, ${started} as started_at, ${due} as due_at,
   (select count(*)::int from work_orders x where x.appeal_id = a.id and x.status = 'returned') as returns, ${pressed('c.appeal_id = a.id', 'g.appeal_id = a.id')}`;
const ofOrder = (due: string) =>
  `${appealColumns}, o.id as key_id, o.id as order_id, o.status as order_status, o.role, o.unit_id, o.created_at as started_at, ${due} as due_at, 0 as returns,
   ${pressed('c.appeal_id = o.appeal_id and c.work_order_id = o.id', 'g.work_order_id = o.id')}`;

const open = `('pending_ack', 'in_progress', 'return_requested', 'suspended', 'submitted')`;

/** Called in this round, and nothing to be done about it before a later hour, or not by a call at all. */
const calledInVain = `exists (select 1 from callbacks c where c.appeal_id = a.id and c.round = a.round and (c.again_at > :now or c.outcome = 'refused'))`;

interface Queue {
  readonly of: 'appeal' | 'order';
  /** Due column in SQL. */
  readonly due: string;
  /** What stands in the queue; predicates of partial indexes are literals, never bound. */
  readonly where: string;
  readonly started?: string;
}

const appealsIn = (status: string): Queue => ({ of: 'appeal', due: 'a.step_due_at', where: `a.status = '${status}'` });
const ordersIn = (status: string, extra = ''): Queue => ({
  of: 'order',
  due: 'o.step_due_at',
  where: `o.unit_id = :unit_id and o.status = '${status}' ${extra}`,
});

/** Whose submissions wait for this actor: by the approvers' table, his own unit's or those of units right below. */
function approvable(actor: Actor): string {
  const kinds = (at: 'own' | 'above') =>
    unitKinds
      .filter((kind) => approvers[kind].at === at && approvers[kind].posts.includes(actor.post))
      .map((kind) => `'${kind}'`);
  const own = kinds('own');
  const above = kinds('above');
  const parts = [
    ...(own.length > 0 ? [`(o.unit_id = :unit_id and u.kind in (${own.join()}))`] : []),
    ...(above.length > 0 ? [`(u.parent_id = :unit_id and u.kind in (${above.join()}))`] : []),
  ];
  return parts.length > 0 ? `(${parts.join(' or ')})` : 'false';
}

const reviewDay = `(select (s.review_on + time '17:30') at time zone 'Asia/Shanghai' from work_order_suspensions s
  where s.work_order_id = o.id and s.decision = 'granted' and s.resumed_at is null)`;

const queues: { readonly [T in Tab]: (actor: Actor) => Queue } = {
  pending_review: () => appealsIn('pending_review'),
  awaiting_details: () => ({ ...appealsIn('awaiting_details'), due: 'a.received_at' }),
  pending_dispatch: () => ({ ...appealsIn('pending_dispatch'), started: 'coalesce(a.accepted_at, a.received_at)' }),
  grid_emergency: () => ({
    of: 'order',
    due: 'o.step_due_at',
    where: `o.status in ${open} and o.role = 'lead' and o.priority = 'emergency' and u.kind in ('grid', 'community', 'town') and a.accepted_at is null`,
  }),
  unacknowledged: () => ({
    of: 'order',
    due: 'o.step_due_at',
    where: `o.status = 'pending_ack' and o.made_by_unit_id = :unit_id`,
  }),
  returns: () => ({ of: 'order', due: 'o.step_due_at', where: `o.status = 'return_requested' and o.made_by_unit_id = :unit_id` }),
  due_soon: () => ({ of: 'appeal', due: 'a.due_at', where: `a.status = 'in_handling' and a.due_at between :now and :soon` }),
  overdue: () => ({ of: 'appeal', due: 'a.due_at', where: `a.status = 'in_handling' and a.due_at < :now` }),
  // Asked once for each unit and submitter: a thousand orders wait where a hundred units are.
  last_resort: () => ({
    of: 'order',
    due: 'o.step_due_at',
    where: `o.status = 'submitted' and o.submitted_by <> :person_id and (o.unit_id, o.submitted_by) in (
      select x.unit_id, x.submitted_by from (select distinct unit_id, submitted_by from work_orders where status = 'submitted') x join units y on y.id = x.unit_id
      where not exists (
        select 1 from posts p join accounts c on c.person_id = p.person_id and c.disabled_at is null
        where p.unit_id = any(string_to_array(trim(both '/' from y.path), '/')::bigint[]) and p.post in ('department_leader', 'town_leader', 'town_clerk', 'community_secretary', 'community_clerk')
          and p.person_id <> x.submitted_by and p.valid_to is null))`,
  }),
  pending_ack: () => ordersIn('pending_ack'),
  in_progress: () => ordersIn('in_progress'),
  return_requested: () => ordersIn('return_requested'),
  submitted: () => ordersIn('submitted'),
  suspended: (actor) => ({
    of: 'order',
    due: reviewDay,
    where: `o.status = 'suspended' ${readsEverything(actor) ? '' : 'and o.unit_id = :unit_id'}`,
  }),
  requests: (actor) => ({
    of: 'order',
    due: `(select c.due_at from clocks c where c.appeal_id = o.appeal_id and c.work_order_id = o.id and c.kind = 'decision' and c.stopped_at is null)`,
    where: `o.status = 'in_progress' and (o.made_by_unit_id = :unit_id and o.id in (select work_order_id from work_order_extensions where decision is null)
      ${actor.post === 'supervision_officer' ? 'or o.id in (select work_order_id from work_order_suspensions where decision is null)' : ''})`,
  }),
  parts: () => ({
    of: 'order',
    due: 'o.due_at',
    where: `o.status in ${open} and o.role = 'part' and o.made_by_unit_id = :unit_id`,
  }),
  awaiting_approval: (actor) => ({
    of: 'order',
    due: 'o.step_due_at',
    where: `o.status = 'submitted' and o.submitted_by is distinct from :person_id and ${approvable(actor)}`,
  }),
  pending_callback: () => ({
    ...appealsIn('pending_callback'),
    where: `a.status = 'pending_callback' and (a.level is not null or not ${calledInVain})`,
    started: 'coalesce(a.finished_at, a.received_at)',
  }),
  call_later: () => ({
    ...appealsIn('pending_callback'),
    where: `a.status = 'pending_callback' and a.level is null and ${calledInVain}`,
    due: `(select max(c.again_at) from callbacks c where c.appeal_id = a.id and c.round = a.round)`,
  }),
  answered: () => ({ of: 'appeal', due: 'a.finished_at', where: `a.status = 'answered' and a.emergency_line is null` }),
  followers: () => ({
    of: 'appeal',
    due: 'm.step_due_at',
    where: `a.status = 'merged' and a.level is null and m.status in ('pending_callback', 'answered')`,
  }),
  countersign: () => ({
    ...appealsIn('pending_callback'),
    where: `a.status = 'pending_callback' and coalesce(a.level, 'dissatisfied') = 'dissatisfied' and a.dissatisfied_rounds >= 2 and a.countersigned_by is null`,
  }),
  terminations: () => ({
    of: 'appeal',
    due: 'a.due_at',
    where: `a.status = 'in_handling' and exists (select 1 from terminations n where n.appeal_id = a.id and n.confirmed_at is null and n.rejected_at is null)`,
  }),
  red_cards: () => ({
    of: 'appeal',
    due: 'a.due_at',
    where: `a.id in (select c.appeal_id from clocks c join alert_cards k on k.clock_id = c.id and k.color = 'red' where ${standing} and c.due_at <= :now)`,
  }),
  replies: () => ({ of: 'order', due: 's.due_at', where: 's.ended_at is null and s.accepted_at is null' }),
  listed: () => ({ of: 'order', due: 's.listed_at', where: `s.ended_at is null and s.level in ('listed', 'talk')` }),
  talks: () => ({
    of: 'order',
    due: '(select t.talk_at from supervision_talks t where t.supervision_order_id = s.id and t.minuted_at is null)',
    where: 'exists (select 1 from supervision_talks t where t.supervision_order_id = s.id and t.minuted_at is null)',
  }),
  tracked: () => ({ of: 'appeal', due: 'k.opened_at', where: 'k.solved_at is null' }),
};

const supervised = 'join supervision_orders s on s.work_order_id = o.id';
const joins: Partial<Record<Tab, string>> = {
  followers: 'join appeals m on m.id = a.merged_into_id',
  tracked: 'join key_tracking_items k on k.appeal_id = a.id',
  replies: supervised,
  listed: supervised,
  talks: supervised,
};

const soon_ms = 24 * 3_600_000;

interface Asked {
  readonly sql: string;
  readonly bare: string | null;
  readonly bindings: Record<string, never>;
  readonly due: string;
  readonly key: string;
  readonly columns: string;
}

const ofOrders = 'join appeals a on a.id = o.appeal_id join units u on u.id = o.unit_id';

function asked(tab: Tab, actor: Actor, filter: QueueFilter | null, now: Date): Asked {
  const queue = queues[tab](actor);
  const from = queue.of === 'appeal' ? `appeals a ${joins[tab] ?? ''}` : `work_orders o ${ofOrders} ${joins[tab] ?? ''}`;
  const filters = [
    queue.where,
    ...(filter?.channel ? ['a.channel = :channel'] : []),
    ...(filter?.town_id ? ['exists (select 1 from appeal_scopes s where s.unit_id = :town_id and s.appeal_id = a.id)'] : []),
    ...(filter?.category ? ['starts_with(a.category_code, :category)'] : []),
  ];
  return {
    sql: `from ${from} where ${filters.join(' and ')}`,
    // Every order has its appeal and its unit: to be counted it needs neither.
    bare:
      queue.of === 'order' && !joins[tab] && filters.every((one) => !/\b[au]\./.test(one))
        ? `from work_orders o where ${filters.join(' and ')}`
        : null,
    bindings: {
      unit_id: actor.unit_id,
      person_id: actor.person_id,
      now,
      soon: new Date(now.getTime() + soon_ms),
      channel: filter?.channel ?? null,
      town_id: filter?.town_id ?? null,
      category: filter?.category ?? null,
    } as never,
    due: queue.due,
    key: queue.of === 'appeal' ? 'a.id' : 'o.id',
    columns: queue.of === 'appeal' ? ofAppeal(queue.due, queue.started ?? 'a.received_at') : ofOrder(queue.due),
  };
}

/** What has been tried of these appeals in their present round: calls without reaching anybody, their days, and when to try again. */
export interface Tried {
  readonly calls: number;
  readonly days: number;
  readonly again_at: Date | null;
  readonly self_rated: boolean;
}
export async function listTried(db: Db, appeal_ids: readonly number[]): Promise<Map<number, Tried>> {
  const rows = await hot<Tried & { id: number }>(
    db,
    `select a.id, count(c.id) filter (where c.outcome <> 'reached')::int as calls,
       count(distinct (c.called_at at time zone 'Asia/Shanghai')::date) filter (where c.outcome <> 'reached')::int as days, max(c.again_at) as again_at,
       exists (select 1 from evaluations e where e.appeal_id = a.id and e.round = a.round and e.source = 'page') as self_rated
     from appeals a left join callbacks c on c.appeal_id = a.id and c.round = a.round where a.id = any(:ids::bigint[]) group by a.id`,
    { ids: [...appeal_ids] } as never,
  );
  return new Map(rows.map((row) => [row.id, row]));
}

export const page_rows = 50;

/** One page of a queue, what is due first on top; one row more than a page when there is a next one. */
export async function listQueue(
  db: Db,
  tab: Tab,
  actor: Actor,
  filter: QueueFilter,
  after: After | null,
  now: Date,
): Promise<QueueRow[]> {
  const { sql, bare, bindings, due, key, columns } = asked(tab, actor, filter, now);
  const beyond = after ? `and (coalesce(${due}, 'infinity'), ${key}) > (:after_due, :after_id)` : '';
  const page = `order by ${due} nulls last, ${key} limit ${page_rows + 1}`;
  // A prepared plan does not know how long a queue is: where it can, it takes the page before it joins.
  const found = bare ? `from (select o.* ${bare} ${beyond} ${page}) o ${ofOrders}` : `${sql} ${beyond}`;
  return hot<QueueRow>(db, `select ${columns} ${found} ${page}`, {
    ...bindings,
    after_due: after?.due_at ?? null,
    after_id: after?.key_id ?? null,
  });
}

const cap = 1000;

/** How many stand in each of these queues, at most 1,001: more is shown as "1,000+". All of them in one statement. */
export async function countQueues<T extends Tab>(
  db: Db,
  tabs: readonly T[],
  actor: Actor,
  now: Date,
): Promise<Record<T, number>> {
  const all = tabs.map((tab) => asked(tab, actor, null, now));
  const counts = all.map(
    ({ sql, bare }, i) => `(select count(*)::int from (select 1 ${bare ?? sql} limit ${cap + 1}) capped) as ${tabs[i]}`,
  );
  const [row] = await hot<Record<T, number>>(db, `select ${counts.join(', ')}`, all[0]?.bindings);
  return row!;
}
