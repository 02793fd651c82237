import { type Db, hot } from '../../core/db.ts';
import { emptyHead, type TrailEntry } from '../../trail/rules.ts';
import { recordTrail } from '../../trail/store.ts';
import type { UnitKind } from '../../units/rules.ts';
import { decimalOrNull, hundredthsOf } from '../rules/exact.ts';
import { firstDay, nextPeriod, type Period, periodSubject } from '../rules/periods.ts';
import {
  type Bases,
  type GroupScope,
  groupOf,
  type Mode,
  type Scheme,
  type SchemeKey,
  type SchemeKind,
  type Score,
  type State,
  type Tally,
} from '../rules/score.ts';

export interface SchemeRow {
  readonly id: number;
  readonly key: SchemeKey;
  readonly kind: SchemeKind;
  readonly version: number;
  readonly weight_first: string;
  readonly weight_second: string;
  readonly weight_third: string;
  readonly basic_value: string;
  readonly min_rated: number;
  readonly mode: Mode | null;
  readonly k: string;
  readonly cap: string;
  readonly group_scope: GroupScope;
  readonly valid_from: Period;
  readonly reason: string;
  readonly proposed_by: number | null;
  readonly proposed_at: Date | null;
  readonly confirmed_by: number | null;
  readonly confirmed_at: Date | null;
  readonly dropped_at: Date | null;
}
export interface PeriodRow {
  readonly period: Period;
  readonly revision: number;
  readonly closed_at: Date;
  readonly reason: string;
  readonly parameters: readonly object[];
  readonly bases: Readonly<Record<string, Readonly<Record<string, string | null>>>>;
  readonly checksum: string;
  readonly trail_seq: number;
}
export interface UnitCountRow extends Tally {
  readonly period: Period;
  readonly revision: number;
}
export interface UnitScoreRow {
  readonly period: Period;
  readonly revision: number;
  readonly scheme_id: number;
  readonly unit_id: number;
  readonly grouped: Score['group'];
  readonly state: State;
  readonly first: string | null;
  readonly second: string | null;
  readonly third: string | null;
  readonly satisfaction: string | null;
  readonly score: string | null;
  readonly gap: string | null;
  readonly points: string | null;
  readonly deduction: string;
  readonly rank: number | null;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    assessment_schemes: SchemeRow;
    assessment_periods: PeriodRow;
    unit_counts: UnitCountRow;
    unit_scores: UnitScoreRow;
  }
}

/** A unit that is assessed: a town or a department. */
export interface AssessedUnit {
  readonly id: number;
  readonly kind: UnitKind;
  readonly unit_group: string;
  readonly path: string;
  readonly name_zh: string;
  readonly name_en: string;
  readonly short_zh: string;
  readonly sort: number;
  readonly valid_from: string;
  readonly valid_to: string | null;
}

export async function listAssessedUnits(db: Db): Promise<AssessedUnit[]> {
  return hot<AssessedUnit>(
    db,
    `select id, kind, unit_group, path, name_zh, name_en, short_zh, sort, valid_from, valid_to from units
     where kind in ('town', 'department') order by kind desc, sort, id`,
  );
}

/** Whether a unit stood on some day of the month. */
export const stoodIn = (unit: Pick<AssessedUnit, 'valid_from' | 'valid_to'>, period: Period): boolean =>
  unit.valid_from < firstDay(nextPeriod(period)) && (unit.valid_to === null || unit.valid_to >= firstDay(period));

export const groupsById = (units: readonly AssessedUnit[]): Map<number, Score['group']> =>
  new Map(units.map((unit) => [unit.id, groupOf(unit)]));

export const schemeOf = (row: SchemeRow): Scheme => ({
  id: row.id,
  key: row.key,
  kind: row.kind,
  version: row.version,
  weights: [hundredthsOf(row.weight_first), hundredthsOf(row.weight_second), hundredthsOf(row.weight_third)],
  basic_value: hundredthsOf(row.basic_value),
  min_rated: row.min_rated,
  mode: row.mode,
  k: hundredthsOf(row.k),
  cap: hundredthsOf(row.cap),
  group_scope: row.group_scope,
});

/** The versions in force in a month: of each scheme the latest that is confirmed and valid by then. */
export async function listSchemesFor(db: Db, period: Period): Promise<Scheme[]> {
  const rows = await hot<SchemeRow>(
    db,
    `select distinct on (key) * from assessment_schemes
     where valid_from <= :period and (version = 1 or confirmed_at is not null) order by key desc, valid_from desc`,
    { period },
  );
  return rows.map(schemeOf);
}
export async function listSchemesById(db: Db, ids: readonly number[]): Promise<Scheme[]> {
  return (
    await db('assessment_schemes')
      .whereIn('id', [...ids])
      .orderBy('key', 'desc')
  ).map(schemeOf);
}

export async function listCounts(db: Db, period: Period, revision: number): Promise<Tally[]> {
  return hot<UnitCountRow>(
    db,
    `select c.* from unit_counts c join units u on u.id = c.unit_id where c.period = :period and c.revision = :revision order by c.unit_id`,
    { period, revision },
  );
}
/** The counts of several months, of each its latest revision, or as it stands. */
export async function listCountsOf(db: Db, periods: readonly Period[]): Promise<UnitCountRow[]> {
  return hot<UnitCountRow>(
    db,
    `select c.* from unit_counts c
     where c.period = any(:periods) and c.revision = (select max(revision) from unit_counts l where l.period = c.period)
     order by c.period, c.unit_id`,
    { periods: [...periods] },
  );
}
/** Months that have counts and are not closed, the earliest first. */
export async function listOpenPeriods(db: Db): Promise<Period[]> {
  const rows = await hot<{ period: Period }>(db, `select distinct period from unit_counts where revision = 0 order by period`);
  return rows.map(({ period }) => period);
}
/** Every closed month with its latest revision, the newest first. */
export async function listClosed(db: Db): Promise<PeriodRow[]> {
  return hot<PeriodRow>(db, `select distinct on (period) * from assessment_periods order by period desc, revision desc`);
}
export async function listRevisions(db: Db, period: Period): Promise<PeriodRow[]> {
  return db('assessment_periods').where({ period }).orderBy('revision');
}
/** Every unit's published figures of a month as they were frozen. */
export async function listScores(db: Db, period: Period, revision: number): Promise<UnitScoreRow[]> {
  return db('unit_scores').where({ period, revision }).orderBy(['scheme_id', 'unit_id']);
}

/** What the whole city counted, over all months: of closed ones the latest revision. */
export async function sumRatings(db: Db): Promise<{ satisfied: number; basic: number; dissatisfied: number }> {
  const [row] = await hot<{ satisfied: number; basic: number; dissatisfied: number }>(
    db,
    `select coalesce(sum(satisfied), 0)::int8 as satisfied, coalesce(sum(basic), 0)::int8 as basic, coalesce(sum(dissatisfied), 0)::int8 as dissatisfied
     from unit_counts c where revision = (select max(revision) from unit_counts l where l.period = c.period)`,
  );
  return row!;
}
/** Appeals taken in, of one month or of all: each has one number of its day. */
export async function countReceived(db: Db, period: Period | null): Promise<number> {
  const [row] = await hot<{ n: number }>(
    db,
    `select coalesce(sum(last), 0)::int8 as n from day_numbers where :period::text is null or to_char(day, 'YYYY-MM') = :period`,
    { period },
  );
  return row!.n;
}

export async function insertScores(
  trx: Db,
  at: { readonly period: Period; readonly revision: number },
  scheme: Scheme,
  scores: readonly Score[],
): Promise<void> {
  const rows = scores.map((one) => ({
    ...at,
    scheme_id: scheme.id,
    unit_id: one.unit_id,
    grouped: one.group,
    state: one.state,
    first: decimalOrNull(one.terms[0]),
    second: decimalOrNull(one.terms[1]),
    third: decimalOrNull(one.terms[2]),
    satisfaction: decimalOrNull(one.satisfaction),
    score: decimalOrNull(one.score),
    gap: decimalOrNull(one.gap),
    points: decimalOrNull(one.points),
    deduction: decimalOrNull(one.deduction)!,
    rank: one.rank,
  }));
  if (rows.length > 0) await trx('unit_scores').insert(rows);
}

export async function insertPeriod(trx: Db, row: PeriodRow): Promise<void> {
  await trx('assessment_periods').insert({
    ...row,
    parameters: JSON.stringify(row.parameters) as never,
    bases: JSON.stringify(row.bases) as never,
  });
}

/** Appends to the trail of a period, whose head is held; returns the number of the row. */
export async function recordPeriodTrail(trx: Db, period: Period, entry: TrailEntry): Promise<number> {
  const subject = { subject_kind: 'period', subject_id: periodSubject(period) } as const;
  await trx('trail_heads')
    .insert({ ...subject, ...emptyHead })
    .onConflict(['subject_kind', 'subject_id'])
    .ignore();
  const { seq, hash } = (await trx('trail_heads').where(subject).forUpdate().first())!;
  const next = await recordTrail(trx, 'period', subject.subject_id, { seq, hash }, [entry]);
  await trx('trail_heads')
    .where(subject)
    .update({ ...next });
  return next.seq;
}

export type { Bases };
