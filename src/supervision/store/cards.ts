import type { ClockKind } from '../../clocks/rules.ts';
import type { Limit } from '../../core/calendar.ts';
import { type Db, hot } from '../../core/db.ts';
import type { Actor } from '../../people/rules.ts';
import { readsEverything } from '../../policy.ts';
import { type Color, ownerOf } from '../rules.ts';

export interface CardPlanRow {
  readonly clock_id: number;
  readonly due_at: Date;
  readonly remind_at: Date;
  readonly yellow_at: Date;
  readonly next_at: Date | null;
}
export interface AlertCardRow {
  readonly id: number;
  readonly clock_id: number;
  readonly color: Color;
  readonly due_at: Date;
  readonly unit_id: number;
  readonly issued_at: Date;
  readonly told_at: Date | null;
}
declare module 'knex/types/tables.js' {
  interface Tables {
    card_plans: CardPlanRow;
    alert_cards: AlertCardRow;
  }
}

/** A running clock without a plan for its due time. */
export interface Unplanned {
  readonly id: number;
  readonly started_at: Date;
  readonly due_at: Date;
  readonly limit_value: number;
  readonly limit_unit: Limit['unit'];
  readonly paused_spans: readonly { readonly to: string }[];
  /** It was planned for another due time: somebody has moved it. */
  readonly moved: boolean;
}

export async function listUnplanned(db: Db, after: number, limit: number): Promise<Unplanned[]> {
  return hot<Unplanned>(
    db,
    `select c.id, c.started_at, c.due_at, c.limit_value, c.limit_unit, c.paused_spans, p.clock_id is not null as moved
     from clocks c left join card_plans p on p.clock_id = c.id
     where c.stopped_at is null and c.paused_at is null and c.id > :after and (p.clock_id is null or p.due_at <> c.due_at)
     order by c.id limit :limit`,
    { after, limit },
  );
}

/** Clocks stand still for nobody: a plan takes no lock that an act would wait for. */
export async function savePlans(db: Db, plans: readonly Omit<CardPlanRow, 'next_at'>[]): Promise<void> {
  if (plans.length === 0) return;
  await hot(
    db,
    `insert into card_plans as p (clock_id, due_at, remind_at, yellow_at, next_at)
     select clock_id, due_at, remind_at, yellow_at, least(remind_at, yellow_at, due_at)
     from jsonb_to_recordset(:plans::jsonb) as n(clock_id bigint, due_at timestamptz, remind_at timestamptz, yellow_at timestamptz)
     order by clock_id
     on conflict (clock_id) do update set due_at = excluded.due_at, remind_at = excluded.remind_at, yellow_at = excluded.yellow_at, next_at = excluded.next_at
       where p.due_at <> excluded.due_at`,
    { plans: JSON.stringify(plans) },
  );
}

/**
 * Issues what has come due of at most `limit` plans, in one statement and so whole or not at all; of several who sweep at once each takes
 * other rows. A clock that stopped or pauses leaves the plan, one that was moved waits for its new one.
 */
export async function issueDue(db: Db, now: Date, limit: number): Promise<{ looked_at: number; issued: number }> {
  const [row] = await hot<{ looked_at: number; issued: number }>(
    db,
    `with due as materialized (
       select * from card_plans where next_at is not null and next_at <= :now order by next_at limit :limit for update skip locked
     ), known as materialized (
       select p.*, c.stopped_at is null and c.paused_at is null as runs, c.due_at = p.due_at as stands,
         case :owners::jsonb ->> c.kind
           when 'city' then (select id from units where kind = 'city')
           when 'maker' then o.made_by_unit_id
           when 'approver' then case when u.kind in ('community', 'grid') then u.parent_id else o.unit_id end
           else coalesce(o.unit_id, w.unit_id) end as unit_id
       from due p join clocks c on c.id = p.clock_id
       left join work_orders o on o.id = c.work_order_id left join units u on u.id = o.unit_id left join whistle_units w on w.id = c.whistle_unit_id
     ), issued as (
       insert into alert_cards (clock_id, color, due_at, unit_id, issued_at)
       select k.clock_id, v.color, k.due_at, k.unit_id, :now
       from known k cross join lateral (values ('reminder', k.remind_at), ('yellow', k.yellow_at), ('red', k.due_at)) v(color, at)
       where k.runs and k.stands and v.at between k.next_at and :now
       on conflict do nothing returning 1
     ), left_out as (
       delete from card_plans p using known k where p.clock_id = k.clock_id and not k.runs
     ), turned as (
       update card_plans p set next_at = case when k.stands then
           (select min(at) from (values (k.remind_at), (k.yellow_at), (k.due_at)) v(at) where at > :now) end
       from known k where p.clock_id = k.clock_id and k.runs
     )
     select (select count(*)::int from due) as looked_at, (select count(*)::int from issued) as issued`,
    { now, limit, owners: JSON.stringify(ownerOf) },
  );
  return row!;
}

export interface ToldPosts {
  readonly kind: ClockKind;
  readonly unit_kind: string;
  readonly posts: readonly string[];
}

/**
 * One line in the inbox of each person whose post has new cards, with their counts. While it is quiet only emergencies and units that work
 * around the clock are told; the others find it in the morning. Returns how many people.
 */
export async function tellCards(db: Db, told: readonly ToldPosts[], quiet: boolean, now: Date, today: string): Promise<number> {
  const [row] = await hot<{ people: number }>(
    db,
    `with fresh as materialized (
       select id, clock_id, color, unit_id from alert_cards where told_at is null order by id for update skip locked
     ), ripe as materialized (
       select f.id, f.color, f.unit_id, c.kind, u.kind as unit_kind, o.assignee_id
       from fresh f join clocks c on c.id = f.clock_id join units u on u.id = f.unit_id
       left join work_orders o on o.id = c.work_order_id left join appeals a on a.id = c.appeal_id
       where not :quiet or u.round_the_clock or u.kind = 'city' or coalesce(o.priority, a.priority) = 'emergency'
         or (c.whistle_unit_id is not null and c.limit_unit = 'minutes')
     ), marked as (
       update alert_cards k set told_at = :now from ripe where k.id = ripe.id
     ), people as (
       select p.person_id, count(distinct r.id) filter (where r.color = 'reminder') as reminder,
         count(distinct r.id) filter (where r.color = 'yellow') as yellow, count(distinct r.id) filter (where r.color = 'red') as red
       from ripe r
       join jsonb_to_recordset(:told::jsonb) as w(kind text, unit_kind text, posts jsonb) on w.kind = r.kind and w.unit_kind = r.unit_kind
       join posts p on p.unit_id = r.unit_id and jsonb_exists(w.posts, p.post)
       where p.valid_from <= :today and (p.valid_to is null or p.valid_to >= :today)
       group by p.person_id
     ), sent as (
       insert into messages (person_id, event, params, created_at)
       select person_id, 'cards', jsonb_build_object('reminder', reminder, 'yellow', yellow, 'red', red), :now from people returning 1
     )
     select count(*)::int as people from sent`,
    { told: JSON.stringify(told), quiet, now, today },
  );
  return row!.people;
}

/** Plans of clocks that stopped after their last card; the cards stay. */
export async function purgePlans(db: Db): Promise<number> {
  const { rows } = await db.raw<{ rows: unknown[] }>(
    `delete from card_plans p using clocks c where c.id = p.clock_id and p.next_at is null and c.stopped_at is not null returning 1`,
  );
  return rows.length;
}

/** A card that stands: its clock runs, and to this due time. */
export const standing = `c.stopped_at is null and c.paused_at is null and k.due_at = c.due_at`;

export interface CardLine {
  readonly id: number;
  readonly color: Color;
  readonly kind: ClockKind;
  readonly due_at: Date;
  readonly started_at: Date;
  readonly issued_at: Date;
  readonly unit_id: number;
  readonly number: string;
  readonly title: string;
}

/** The highest standing card of each clock whose time is the actor's unit's (the city sees all), the most pressing first. */
export async function listCards(
  db: Db,
  actor: Actor,
  color: Color | null,
  after: { readonly due_at: Date; readonly id: number } | null,
  limit: number,
): Promise<CardLine[]> {
  return hot<CardLine>(
    db,
    `select * from (
       select distinct on (k.clock_id) k.id, k.color, c.kind, k.due_at, c.started_at, k.issued_at, k.unit_id, a.number, a.title
       from clocks c join alert_cards k on k.clock_id = c.id join appeals a on a.id = c.appeal_id
       where ${standing} ${readsEverything(actor) ? '' : 'and k.unit_id = :unit_id'}
       order by k.clock_id, array_position(array['reminder', 'yellow', 'red'], k.color) desc
     ) shown
     where (:color::text is null or color = :color) ${after ? 'and (due_at, id) > (:after_due, :after_id)' : ''}
     order by due_at, id limit :limit`,
    { unit_id: actor.unit_id, color, after_due: after?.due_at ?? null, after_id: after?.id ?? null, limit },
  );
}

export async function countCards(db: Db, actor: Actor): Promise<Record<Color, number>> {
  const [row] = await hot<Record<Color, number>>(
    db,
    `select count(*) filter (where color = 'reminder')::int as reminder, count(*) filter (where color = 'yellow')::int as yellow,
       count(*) filter (where color = 'red')::int as red
     from (
       select distinct on (k.clock_id) k.color from clocks c join alert_cards k on k.clock_id = c.id
       where ${standing} and c.appeal_id is not null ${readsEverything(actor) ? '' : 'and k.unit_id = :unit_id'}
       order by k.clock_id, array_position(array['reminder', 'yellow', 'red'], k.color) desc
     ) shown`,
    { unit_id: actor.unit_id },
  );
  return row!;
}

export interface Pressure {
  readonly unit_id: number;
  readonly yellow: number;
  readonly red: number;
  readonly urges: number;
}

/** How often each unit got a yellow or red card or was urged in a span of time: what an assessment counts. */
export async function countPressure(db: Db, from: Date, until: Date): Promise<Pressure[]> {
  return hot<Pressure>(
    db,
    `select unit_id, sum(yellow)::int as yellow, sum(red)::int as red, sum(urges)::int as urges from (
       select unit_id, count(*) filter (where color = 'yellow') as yellow, count(*) filter (where color = 'red') as red, 0 as urges
       from alert_cards where issued_at >= :from and issued_at < :until group by unit_id
       union all
       select unit_id, 0, 0, count(*) from urges where urged_at >= :from and urged_at < :until group by unit_id
     ) counted group by unit_id order by unit_id`,
    { from, until },
  );
}
