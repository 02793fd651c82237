import { readableSql } from '../../appeals/store.ts';
import type { Db } from '../../core/db.ts';
import { hot } from '../../core/db.ts';
import { type Turn, type Turned, turnPage } from '../../core/keyset.ts';
import type { Actor } from '../../people/rules.ts';
import type { Period } from '../rules/periods.ts';
import { isOfRatings, type ListName, type Why } from '../rules/requests.ts';

/** An order, or an evaluation of one, as a score is opened to it. */
export interface FactLine {
  readonly order_id: number | null;
  readonly number: string;
  readonly title: string;
  readonly readable: boolean;
  readonly role: string | null;
  readonly due_at: Date | null;
  readonly completed_at: Date | null;
  readonly timely: boolean | null;
  readonly why: Why | 'superseded' | null;
  readonly level: 'satisfied' | 'basic' | 'dissatisfied' | null;
  readonly rated_at: Date | null;
  readonly contacted: boolean | null;
  readonly solved: boolean | null;
  /** What an upheld objection has put right. */
  readonly corrected: readonly string[] | null;
}

const counts = `f.why is null and (f.completed_at is not null or f.due_at <= :now)`;
const upheld = (claim: string) =>
  `exists (select 1 from assessment_objections x where x.order_id = f.order_id and x.claim = '${claim}' and x.confirmation = 'confirmed')`;
const left = `not ${upheld('exclude')}`;
const timely = `(f.timely is true or ${upheld('timely')})`;
const in_time = `(coalesce(f.completed_at <= f.due_at, false) or ${upheld('on_time')})`;
const valid = `f.why is null and ${left}`;
const answered = `${valid} and f.contacted is not null and f.solved is not null`;

/** Which facts a list holds: together the lists of a term are exactly what the term counts. */
const within: Record<ListName, string> = {
  all: 'true',
  timely: `${counts} and ${left} and ${timely}`,
  not_timely: `${counts} and ${left} and not ${timely}`,
  on_time: `${counts} and ${left} and ${in_time}`,
  late: `${counts} and ${left} and not ${in_time}`,
  not_counted: `not (${counts}) or ${upheld('exclude')}`,
  satisfied: `${valid} and f.level = 'satisfied'`,
  basic: `${valid} and f.level = 'basic'`,
  dissatisfied: `${valid} and f.level = 'dissatisfied'`,
  contacted: `${answered} and f.contacted`,
  not_contacted: `${answered} and not f.contacted`,
  solved: `${answered} and f.solved`,
  not_solved: `${answered} and not f.solved`,
};

export interface ListWanted {
  readonly unit_id: number;
  readonly period: Period;
  readonly list: ListName;
}

/** One page of the orders or evaluations behind a figure. */
export async function listFacts(
  db: Db,
  actor: Actor,
  wanted: ListWanted,
  now: Date,
  turn: Turn,
  size: number,
): Promise<Turned<FactLine>> {
  const rating = isOfRatings(wanted.list);
  const { sql, bindings } = readableSql(actor);
  const query = db(`${rating ? 'assessment_ratings' : 'assessment_orders'} as f` as 'assessment_orders as f')
    .join('appeals as a', 'a.id', 'f.appeal_id')
    .where({ 'f.unit_id': wanted.unit_id, 'f.period': wanted.period })
    .whereRaw(`(${within[wanted.list]})`, within[wanted.list].includes(':now') ? { now } : {})
    .select('a.number', 'a.title', 'f.order_id', 'f.why')
    .select(
      db.raw(`(${sql}) as readable`, bindings),
      db.raw(
        `(select array_agg(x.claim) from assessment_objections x where x.order_id = f.order_id and x.confirmation = 'confirmed') as corrected`,
      ),
      db.raw(
        rating
          ? `null as role, null as due_at, null as completed_at, null as timely, f.level, f.rated_at, f.contacted, f.solved`
          : `f.role, f.due_at, f.completed_at, f.timely, null as level, null as rated_at, null as contacted, null as solved`,
      ),
    );
  return turnPage<FactLine>(query, `lpad(f.${rating ? 'evaluation_id' : 'order_id'}::text, 12, '0')`, turn, size);
}

export type Risk = 'late' | 'due_soon' | 'unrated' | 'rework';
export interface RiskLine {
  readonly risk: Risk;
  readonly number: string;
  readonly title: string;
  readonly due_at: Date | null;
}

/** What would change the score: of each kind the most pressing cases of a unit. */
export async function listRisks(
  db: Db,
  actor: Actor,
  unit_id: number,
  since: Period,
  now: Date,
  soon: Date,
): Promise<RiskLine[]> {
  const { sql, bindings } = readableSql(actor);
  const one = (risk: Risk, due_at: string, where: string, order: string) =>
    `(select '${risk}' as risk, a.number, a.title, ${due_at} as due_at
      from assessment_orders f join appeals a on a.id = f.appeal_id join work_orders o on o.id = f.order_id
      where f.unit_id = :unit_id and f.period >= :since and f.why is null and ${where} and ${sql} order by ${order} limit 10)`;
  return hot<RiskLine>(
    db,
    [
      one('rework', 'o.due_at', `f.reworks > 0 and o.status in ('in_progress', 'return_requested', 'submitted')`, 'o.due_at'),
      one('late', 'f.due_at', `f.completed_at is null and f.due_at <= :now`, 'f.due_at'),
      one('due_soon', 'f.due_at', `f.completed_at is null and f.due_at > :now and f.due_at <= :soon`, 'f.due_at'),
      one(
        'unrated',
        'null::timestamptz',
        `f.role = 'lead' and a.status = 'pending_callback' and a.level is null`,
        'a.step_due_at',
      ),
    ].join(' union all '),
    { unit_id, since, now, soon, ...bindings },
  );
}
