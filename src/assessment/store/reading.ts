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
  readonly unit_id: number;
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
  readonly corrected: readonly string[];
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
  /** null: of every unit. */
  readonly unit_id: number | null;
  readonly period: Period;
  readonly list: ListName;
}

/**
 * One page of the orders or evaluations behind a figure. The page is cut from the facts first: of a month of a whole city only its lines
 * are looked up.
 */
export async function listFacts(
  db: Db,
  actor: Actor,
  { unit_id, period, list }: ListWanted,
  now: Date,
  turn: Turn,
  size: number,
): Promise<Turned<FactLine>> {
  const rating = isOfRatings(list);
  const facts = db(`${rating ? 'assessment_ratings' : 'assessment_orders'} as f` as 'assessment_orders as f')
    .where({ 'f.period': period, ...(unit_id === null ? {} : { 'f.unit_id': unit_id }) })
    .whereRaw(`(${within[list]})`, within[list].includes(':now') ? { now } : {})
    .select('f.appeal_id', 'f.order_id', 'f.unit_id', 'f.why')
    .select(
      db.raw(
        rating
          ? `null as role, null as due_at, null as completed_at, null as timely, f.level, f.rated_at, f.contacted, f.solved`
          : `f.role, f.due_at, f.completed_at, f.timely, null as level, null as rated_at, null as contacted, null as solved`,
      ),
    );
  type Fact = Omit<FactLine, 'number' | 'title' | 'readable' | 'corrected'> & { readonly appeal_id: number };
  const page = await turnPage<Fact>(facts, `lpad(f.${rating ? 'evaluation_id' : 'order_id'}::text, 12, '0')`, turn, size);
  const { sql, bindings } = readableSql(actor);
  const [appeals, objections] = await Promise.all([
    hot<{ id: number; number: string; title: string; readable: boolean }>(
      db,
      `select a.id, a.number, a.title, (${sql}) as readable from appeals a where a.id = any(:ids)`,
      { ids: page.rows.map(({ appeal_id }) => appeal_id), ...bindings },
    ),
    db('assessment_objections')
      .where({ confirmation: 'confirmed' })
      .whereIn(
        'order_id',
        page.rows.map(({ order_id }) => order_id).filter((id) => id !== null),
      )
      .select('order_id', 'claim'),
  ]);
  const by_id = new Map(appeals.map((one) => [one.id, one]));
  return {
    ...page,
    rows: page.rows.map(({ appeal_id, ...fact }) => {
      const { number, title, readable } = by_id.get(appeal_id)!;
      const corrected = objections.filter(({ order_id }) => order_id === fact.order_id).map(({ claim }) => claim);
      return { ...fact, number, title, readable, corrected };
    }),
  };
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
