import type { Db } from '../../core/db.ts';
import type { MemberKind, TermName } from '../rules.ts';

/** A member in a month, counted; without the targets, which are parameters. */
export interface CountedMonth {
  readonly person_id: number;
  readonly kind: MemberKind;
  readonly grid_id: number;
  readonly days: number;
  readonly households: number;
  readonly checked: number;
  readonly errors: number;
  readonly submitted: number;
  readonly valid: number;
  readonly due: number;
  readonly on_time: number;
  readonly reviews: number;
  readonly stars: number;
  /** Hundredths of a point. */
  readonly bonus: number;
  readonly penalty: number;
}

/** A month in the database's terms. `now`: what is due later than that is not counted yet. */
export interface Span {
  readonly month: string;
  /** Its first day, and the first day after it. */
  readonly from: string;
  readonly until: string;
  readonly now: Date;
}

const starts = `(:from::date::timestamp at time zone 'Asia/Shanghai')`;
const ends = `(:until::date::timestamp at time zone 'Asia/Shanghai')`;
const dayOf = (at: string) => `(${at} at time zone 'Asia/Shanghai')::date`;

/** Archived, an appeal is what it was archived as. */
const withdrawn = `(a.status = 'withdrawn' or a.status = 'archived' and coalesce((select t.from_status from trail t
  where t.subject_kind = 'appeal' and t.subject_id = a.id and t.act = 'archive' order by t.seq desc limit 1) = 'withdrawn', false))`;
/** Declined and withdrawn reports are not valid, nor those that only repeat another one of his own. */
const valid = `a.decline_reason is null and not ${withdrawn}
  and not exists (select 1 from appeals t where t.id = a.merged_into_id and t.registered_by = a.registered_by)`;
/** The grid is judged by the orders it kept; those taken away from it or handed up are somebody else’s. */
const orders = `o.status not in ('returned', 'recalled', 'reassigned', 'escalated') and o.due_at >= ${starts} and o.due_at < ${ends} and o.due_at <= :now`;
const orderOnTime = `(o.first_submitted_at is not null and o.first_submitted_at <= o.due_at and not exists (select 1 from clocks c
  where c.appeal_id = o.appeal_id and c.work_order_id = o.id and c.kind = 'acknowledge' and coalesce(c.stopped_at, :now) > c.due_at))`;
const followUps = `f.due_at >= ${starts} and f.due_at < ${ends} and f.due_at <= :now and (f.done_at is not null or w.closed_at is null)`;
const followUpOnTime = `(f.done_at is not null and f.done_at <= f.due_at)`;
/** He answers for a grid on the days he held his own post there; a substitute does not answer for another’s grid. */
const held = `p.post = 'linked_member' and not exists (select 1 from substitutes s where s.post_id = p.id)`;
const inPost = (at: string) => `p.valid_from <= ${dayOf(at)} and (p.valid_to is null or p.valid_to >= ${dayOf(at)})`;

/** The members who served in a month for at least so many days, with everything that counts, in one statement. */
export async function countMonths(
  db: Db,
  span: Span,
  least_days: number,
  people: readonly number[] | null,
): Promise<CountedMonth[]> {
  const { rows } = await db.raw<{ rows: CountedMonth[] }>(
    `with serving as (
       select m.person_id, m.kind, m.grid_id, least(coalesce(m.valid_to, :until::date - 1), :until::date - 1) - greatest(m.valid_from, :from::date) + 1 as days
       from linked_members m where m.valid_from < :until and (m.valid_to is null or m.valid_to >= :from)
         and (:everybody or m.person_id = any(:people::bigint[]))
     ), visited as (
       select person_id, count(distinct (grid_id, building_id, room))::int as households from visits
       where status = 'finished' and finished_at >= ${starts} and finished_at < ${ends} group by person_id
     ), looked as (
       select person_id, sum(checked)::int as checked, sum(errors)::int as errors from member_spot_checks where month = :month group by person_id
     ), reported as (
       select a.registered_by as person_id, count(*)::int as submitted, (count(*) filter (where ${valid}))::int as valid from appeals a
       where a.received_at >= ${starts} and a.received_at < ${ends} and a.registered_by in (select person_id from serving) group by a.registered_by
     ), tasks as (
       select person_id, count(*)::int as due, (count(*) filter (where on_time))::int as on_time from (
         select p.person_id, ${orderOnTime} as on_time from posts p join work_orders o on o.unit_id = p.unit_id and ${inPost('o.due_at')}
         where ${held} and ${orders}
         union all
         select p.person_id, ${followUpOnTime} from posts p join watch_records w on w.grid_id = p.unit_id
           join watch_follow_ups f on f.watch_id = w.id and ${inPost('f.due_at')} where ${held} and ${followUps}
       ) t group by person_id
     ), reviewed as (
       select person_id, count(*)::int as reviews, sum(stars)::int as stars from member_reviews where month = :month group by person_id
     ), marked as (
       select person_id, coalesce(sum(points * 100) filter (where kind in ('early_warning', 'emergency_help')), 0)::int as bonus,
         coalesce(sum(points * 100) filter (where kind not in ('early_warning', 'emergency_help')), 0)::int as penalty
       from member_marks where month = :month and confirmed_at is not null group by person_id
     )
     select s.person_id, s.kind, s.grid_id, s.days, coalesce(v.households, 0) as households, coalesce(l.checked, 0) as checked,
       coalesce(l.errors, 0) as errors, coalesce(r.submitted, 0) as submitted, coalesce(r.valid, 0) as valid, coalesce(t.due, 0) as due,
       coalesce(t.on_time, 0) as on_time, coalesce(e.reviews, 0) as reviews, coalesce(e.stars, 0) as stars, coalesce(k.bonus, 0) as bonus,
       coalesce(k.penalty, 0) as penalty
     from serving s left join visited v using (person_id) left join looked l using (person_id) left join reported r using (person_id)
       left join tasks t using (person_id) left join reviewed e using (person_id) left join marked k using (person_id)
     where s.days >= :least_days order by s.person_id`,
    { ...span, least_days, everybody: people === null, people: [...(people ?? [])] } as never,
  );
  return rows;
}

/** One thing that a term counts. What the reader may not open has no number. */
export interface CountedThing {
  readonly at: Date | null;
  readonly text: string;
  readonly number: string | null;
  readonly watch_id: number | null;
  readonly counts: boolean;
}

const things: Record<Exclude<TermName, 'reviews'>, (readable: string) => string> = {
  visits:
    () => `select min(v.finished_at) as at, coalesce(b.estate || b.name || ' ', '') || v.room as text, null as number, null::bigint as watch_id, true as counts
    from visits v left join buildings b on b.id = v.building_id where v.person_id = :person_id and v.status = 'finished'
      and v.finished_at >= ${starts} and v.finished_at < ${ends} group by v.grid_id, v.building_id, v.room, b.estate, b.name order by 1, 2 limit :most`,
  information:
    () => `select checked_at as at, errors || ' / ' || checked || coalesce(nullif(' ' || note, ' '), '') as text, null as number, null::bigint as watch_id,
    errors = 0 as counts from member_spot_checks where person_id = :person_id and month = :month order by checked_at limit :most`,
  reports: (
    readable,
  ) => `select a.received_at as at, case when ${readable} then a.title else '' end as text, case when ${readable} then a.number end as number,
    null::bigint as watch_id, ${valid} as counts from appeals a where a.registered_by = :person_id and a.received_at >= ${starts} and a.received_at < ${ends}
    order by a.received_at limit :most`,
  tasks: (
    readable,
  ) => `select o.due_at as at, case when ${readable} then a.title else '' end as text, case when ${readable} then a.number end as number,
    null::bigint as watch_id, ${orderOnTime} as counts from posts p join work_orders o on o.unit_id = p.unit_id and ${inPost('o.due_at')} join appeals a on a.id = o.appeal_id
    where p.person_id = :person_id and ${held} and ${orders}
    union all select f.due_at, f.step, null, w.id, ${followUpOnTime} from posts p join watch_records w on w.grid_id = p.unit_id
      join watch_follow_ups f on f.watch_id = w.id and ${inPost('f.due_at')} where p.person_id = :person_id and ${held} and ${followUps}
    order by 1 limit :most`,
};

/** What a term of a month counts, one by one. Of reviews there is nothing to list: they are of no household. */
export async function listCounted(
  db: Db,
  term: Exclude<TermName, 'reviews'>,
  person_id: number,
  span: Span,
  readable: { sql: string; bindings: Record<string, number> },
  most: number,
): Promise<CountedThing[]> {
  const { rows } = await db.raw<{ rows: CountedThing[] }>(things[term](readable.sql), {
    ...span,
    ...readable.bindings,
    person_id,
    most,
  } as never);
  return rows;
}
