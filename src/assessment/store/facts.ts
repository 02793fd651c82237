import { type Db, hot } from '../../core/db.ts';
import type { Period } from '../rules/periods.ts';
import type { Why } from '../rules/requests.ts';

export interface AssessmentOrderRow {
  readonly order_id: number;
  readonly appeal_id: number;
  readonly unit_id: number;
  readonly period: Period;
  readonly role: string;
  readonly due_at: Date;
  readonly completed_at: Date | null;
  readonly timely: boolean | null;
  readonly reworks: number;
  readonly why: Why | null;
}
export interface AssessmentRatingRow {
  readonly evaluation_id: number;
  readonly appeal_id: number;
  readonly order_id: number | null;
  readonly unit_id: number;
  readonly period: Period;
  readonly level: 'satisfied' | 'basic' | 'dissatisfied';
  readonly contacted: boolean | null;
  readonly solved: boolean | null;
  readonly rated_at: Date;
  readonly why: 'superseded' | 'excluded' | null;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    assessment_orders: AssessmentOrderRow;
    assessment_ratings: AssessmentRatingRow;
    assessment_progress: { readonly one: true; readonly assessed_at: Date | null };
  }
}

/** Up to when the trail was followed; whoever reads it here holds it, and is alone at assessing until the transaction ends. */
export async function holdProgress(trx: Db): Promise<Date | null> {
  return (await trx('assessment_progress').forUpdate().first())!.assessed_at;
}
export async function findProgress(db: Db): Promise<Date | null> {
  return (await db('assessment_progress').first())!.assessed_at;
}
export async function saveProgress(trx: Db, assessed_at: Date): Promise<void> {
  await trx('assessment_progress').update({ assessed_at });
}

/** The first month that is not closed; '' while none has been. */
export async function findFirstOpen(db: Db): Promise<Period> {
  const { rows } = await db.raw<{ rows: { first: Period | null }[] }>(
    `select to_char(to_date(max(period), 'YYYY-MM') + interval '1 month', 'YYYY-MM') as first from assessment_periods`,
  );
  return rows[0]!.first ?? '';
}

/** Appeals with something new in their trail, and those counted for a unit that has changed. */
export async function listChanged(db: Db, since: Date, first_open: Period): Promise<number[]> {
  const { rows } = await db.raw<{ rows: { id: number }[] }>(
    `select distinct subject_id as id from trail where subject_kind = 'appeal' and happened_at >= :since
     union
     select o.appeal_id from trail t join trail_inputs i using (subject_kind, subject_id, seq)
     join units u on i.input ->> 'thing' = 'unit:' || u.id join assessment_orders o on o.unit_id = u.id and o.period >= :first_open
     where t.subject_kind = 'system' and t.happened_at >= :since`,
    { since, first_open },
  );
  return rows.map(({ id }) => id);
}
export async function listAppealIds(db: Db, after: number, limit: number): Promise<number[]> {
  return (await db('appeals').where('id', '>', after).orderBy('id').limit(limit).select('id')).map(({ id }) => id);
}

/** These appeals, and all that are merged with them. */
export async function withCluster(db: Db, ids: readonly number[]): Promise<number[]> {
  const { rows } = await db.raw<{ rows: { id: number }[] }>(
    `with recursive cluster as (
       select unnest(:ids::bigint[]) as id
       union
       select n.id from cluster c join lateral (
         select a.merged_into_id as id from appeals a where a.id = c.id and a.merged_into_id is not null
         union all select f.id from appeals f where f.merged_into_id = c.id) n on true
     ) select id from cluster`,
    { ids: [...ids] },
  );
  return rows.map(({ id }) => id);
}

/** A month and a unit whose counts are to be made anew. */
export interface Dirty {
  readonly period: Period;
  readonly unit_id: number;
}

// Every unit with the town or department that answers for it, and, by the day, the one that took over from it.
const answering = `
  holders as materialized (
    select h.id, h.kind, (select u.id from units u
      where u.id = any(string_to_array(trim(both '/' from h.path), '/')::bigint[]) and u.kind in ('town', 'department')
      order by length(u.path) desc limit 1) as unit_id
    from units h
  ), lines as (
    select u.id as unit_id, u.id as at_unit, '-infinity'::date as since,
      case when u.successor_id is null then 'infinity'::date else u.valid_to end as until, u.successor_id as next
    from units u where u.kind in ('town', 'department')
    union all
    select l.unit_id, s.id, l.until + 1, case when s.successor_id is null then 'infinity'::date else s.valid_to end, s.successor_id
    from lines l join units s on s.id = l.next
  )`;
const dayIn = (at: string) => `(${at} at time zone 'Asia/Shanghai')::date`;
const monthIn = (at: string) => `to_char(${at} at time zone 'Asia/Shanghai', 'YYYY-MM')`;
const excluded = `exists (select 1 from assessment_exclusions x where x.order_id = o.id and x.confirmation = 'confirmed')`;

/**
 * Makes anew what these appeals count for, in open months. An order counts in the month of its effective due time (that of the
 * first round's handling clock, extended, stopped and laid out anew as it was), an evaluation in the month in which it arrived, and
 * neither in a closed one. Returns which counts that touches.
 */
export async function refreshFacts(trx: Db, ids: readonly number[], first_open: Period, now: Date): Promise<Dirty[]> {
  const given = { ids: [...ids], first_open, now };
  const orders = await hot<Dirty>(
    trx,
    `with recursive ${answering}, gone as (
       delete from assessment_orders where appeal_id = any(:ids) and period >= :first_open returning period, unit_id
     ), ticks as (
       select work_order_id as id, count(*) filter (where kind = 'handle') as rounds,
         (array_agg(due_at order by id) filter (where kind = 'handle'))[1] as due_at,
         (array_agg(stopped_at order by id) filter (where kind = 'handle'))[1] as stopped_at,
         (array_agg(paused_at order by id) filter (where kind = 'handle'))[1] as paused_at,
         min(due_at) filter (where kind = 'acknowledge') as acknowledge_due_at,
         min(due_at) filter (where kind = 'contact') as contact_due_at
       from clocks where appeal_id = any(:ids) and work_order_id is not null group by work_order_id
     ), drawn as (
       select o.*, k.due_at as first_due_at, k.rounds - 1 as reworks, k.acknowledge_due_at, k.contact_due_at, h.unit_id as answers,
         coalesce(k.stopped_at, case when o.status = 'submitted' then k.paused_at end) as completed_at,
         array_agg(h.unit_id) filter (where o.role = 'lead' and o.status not in ('returned', 'recalled', 'reassigned', 'escalated'))
           over (partition by o.appeal_id) as leads
       from work_orders o join ticks k on k.id = o.id and k.due_at is not null join holders h on h.id = o.unit_id and h.unit_id is not null
       where o.appeal_id = any(:ids)
     ), told as (
       select o.id, o.appeal_id, l.at_unit as unit_id, greatest(${monthIn('o.first_due_at')} collate "C", :first_open) as period, o.role,
         o.first_due_at as due_at, case when v.why is null then o.completed_at end as completed_at,
         case when o.acknowledged_at is not null then o.acknowledged_at <= o.acknowledge_due_at when o.acknowledge_due_at < :now then false end
         and case when o.contact_due_at is null then true when o.contacted_at is not null then o.contacted_at <= o.contact_due_at
           when o.completed_at is not null or o.contact_due_at < :now then false end as timely,
         o.reworks, v.why
       from drawn o join lines l on l.unit_id = o.answers and ${dayIn('o.first_due_at')} between l.since and l.until
       join appeals a on a.id = o.appeal_id left join drawn whole on whole.id = o.parent_id
       cross join lateral (select case
         when o.status in ('returned', 'recalled', 'reassigned', 'escalated', 'suspended') then o.status
         when a.merged_into_id is not null then 'merged'
         when ${excluded} then 'excluded'
         when o.role <> 'lead' and (o.answers = any(o.leads) or o.answers = whole.answers) then 'inside'
         end as why) v
       where not exists (select 1 from assessment_orders f where f.order_id = o.id and f.period < :first_open)
     ), made as (
       insert into assessment_orders (order_id, appeal_id, unit_id, period, role, due_at, completed_at, timely, reworks, why)
       select id, appeal_id, unit_id, period, role, due_at, completed_at, timely, reworks, why from told
       on conflict (order_id) do update set unit_id = excluded.unit_id, period = excluded.period, due_at = excluded.due_at,
         completed_at = excluded.completed_at, timely = excluded.timely, reworks = excluded.reworks, why = excluded.why
       returning period, unit_id
     )
     select period, unit_id from gone union select period, unit_id from made`,
    given,
  );
  const ratings = await hot<Dirty>(
    trx,
    `with recursive ${answering}, gone as (
       delete from assessment_ratings where appeal_id = any(:ids) and period >= :first_open returning period, unit_id
     ), roots as (
       select a.id, a.id as at, a.merged_into_id as next from appeals a where a.id = any(:ids)
       union all
       select r.id, n.id, n.merged_into_id from roots r join appeals n on n.id = r.next
     ), told as (
       select e.*, o.id as order_id, coalesce(l.at_unit, city.id) as unit_id,
         greatest(${monthIn('e.evaluated_at')} collate "C", :first_open) as period,
         case when e.round <> a.round then 'superseded' when ${excluded} then 'excluded' end as why
       from evaluations e join appeals a on a.id = e.appeal_id join roots r on r.id = a.id and r.next is null
       join units city on city.kind = 'city'
       left join lateral (select o.id, o.unit_id from work_orders o
         where o.appeal_id = r.at and o.role = 'lead' and o.status not in ('returned', 'recalled', 'reassigned', 'escalated')
           and o.first_submitted_at <= e.evaluated_at and (r.at <> e.appeal_id or e.round <= o.round)
         order by o.id desc limit 1) o on true
       left join holders h on h.id = o.unit_id
       left join lines l on l.unit_id = h.unit_id and ${dayIn('e.evaluated_at')} between l.since and l.until
       where e.appeal_id = any(:ids) and not exists (select 1 from assessment_ratings f where f.evaluation_id = e.id and f.period < :first_open)
     ), made as (
       insert into assessment_ratings (evaluation_id, appeal_id, order_id, unit_id, period, level, contacted, solved, rated_at, why)
       select id, appeal_id, order_id, unit_id, period, level, contacted, solved, evaluated_at, why from told
       on conflict (evaluation_id) do update set order_id = excluded.order_id, unit_id = excluded.unit_id, period = excluded.period,
         why = excluded.why
       returning period, unit_id
     )
     select period, unit_id from gone union select period, unit_id from made`,
    given,
  );
  return [...orders, ...ratings];
}

/** Open orders whose time ran out between two looks: late without anybody having done anything. */
export async function listFallenDue(db: Db, since: Date, first_open: Period, now: Date): Promise<Dirty[]> {
  return hot<Dirty>(
    db,
    `select distinct period, unit_id from assessment_orders
     where completed_at is null and why is null and due_at > :since and due_at <= :now and period >= :first_open`,
    { since, first_open, now },
  );
}

/** What counts of a month and its units at a moment, with every objection upheld by then. */
const counted = `
  with wanted as (
    select distinct unnest(:periods::text[]) as period, unnest(:units::bigint[]) as unit_id
  ), upheld as (
    select order_id, bool_or(claim = 'exclude') as out, bool_or(claim = 'timely') as timely, bool_or(claim = 'on_time') as on_time
    from assessment_objections where confirmation = 'confirmed' group by order_id
  ), o as (
    select w.period, w.unit_id, count(*) filter (where c.counts) as n, count(*) filter (where c.counts and f.role = 'lead') as leads,
      count(*) filter (where c.counts and (f.timely or u.timely)) as timely,
      count(*) filter (where c.counts and (f.completed_at <= f.due_at or u.on_time)) as on_time,
      coalesce(sum(f.reworks) filter (where c.counts), 0) as reworks, count(*) filter (where f.why = 'returned') as returned
    from wanted w join assessment_orders f on f.period = w.period and f.unit_id = w.unit_id left join upheld u on u.order_id = f.order_id
    cross join lateral (
      select f.why is null and u.out is not true and (f.completed_at is not null or f.due_at <= :now) as counts) c
    group by w.period, w.unit_id
  ), r as (
    select w.period, w.unit_id, count(*) filter (where f.level = 'satisfied') as satisfied, count(*) filter (where f.level = 'basic') as basic,
      count(*) filter (where f.level = 'dissatisfied') as dissatisfied, count(*) filter (where f.contacted is not null and f.solved is not null) as asked,
      count(*) filter (where f.contacted and f.solved is not null) as contacted, count(*) filter (where f.contacted is not null and f.solved) as solved
    from wanted w join assessment_ratings f on f.period = w.period and f.unit_id = w.unit_id left join upheld u on u.order_id = f.order_id
    where f.why is null and u.out is not true group by w.period, w.unit_id
  )
  insert into unit_counts (period, revision, unit_id, n, leads, timely, on_time, satisfied, basic, dissatisfied, asked, contacted, solved, reworks, returned)
  select w.period, :revision::int, w.unit_id, coalesce(o.n, 0), coalesce(o.leads, 0), coalesce(o.timely, 0), coalesce(o.on_time, 0),
    coalesce(r.satisfied, 0), coalesce(r.basic, 0), coalesce(r.dissatisfied, 0), coalesce(r.asked, 0), coalesce(r.contacted, 0),
    coalesce(r.solved, 0), coalesce(o.reworks, 0), coalesce(o.returned, 0)
  from wanted w left join o using (period, unit_id) left join r using (period, unit_id)`;

/** Tally these months and units anew: as open ones in place, as a revision in rows of its own. */
export async function countAnew(trx: Db, dirty: readonly Dirty[], revision: number, now: Date): Promise<void> {
  if (dirty.length === 0) return;
  const periods = dirty.map(({ period }) => period);
  const units = dirty.map(({ unit_id }) => unit_id);
  if (revision === 0)
    await hot(
      trx,
      `delete from unit_counts c using unnest(:periods::text[], :units::bigint[]) as d(period, unit_id)
       where c.period = d.period and c.unit_id = d.unit_id and c.revision = 0`,
      { periods, units },
    );
  await hot(trx, counted, { periods, units, revision, now });
}

/** A suspended order goes on to the next month; the counts of an open month make room for those of the closed one. */
export async function leaveMonth(trx: Db, period: Period, next: Period): Promise<void> {
  await trx('assessment_orders').where({ period, why: 'suspended' }).update({ period: next });
  await trx('unit_counts').where({ period, revision: 0 }).delete();
}
