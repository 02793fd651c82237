import type { Db } from '../../core/db.ts';
import { hundredthsOf } from '../rules/exact.ts';
import { monthsOf, type Period, quarterOf } from '../rules/periods.ts';
import {
  type Assessed,
  type Bases,
  emptyTally,
  type Scheme,
  type SchemeKey,
  type Score,
  scoreAll,
  scoreCarried,
  type WhatIf,
} from '../rules/score.ts';
import {
  type AssessedUnit,
  groupsById,
  listAssessedUnits,
  listClosed,
  listCounts,
  listSchemesById,
  listSchemesFor,
  listScores,
  type PeriodRow,
  stoodIn,
  type UnitScoreRow,
} from '../store/periods.ts';

/** The figures of a month: frozen where it is closed, else as it stands now. */
export interface Table {
  readonly period: Period;
  readonly closed: PeriodRow | null;
  readonly scheme: Scheme;
  readonly units: ReadonlyMap<number, AssessedUnit>;
  readonly bases: Bases;
  readonly scores: readonly Score[];
  /** Ratings of answers that no unit stands behind: they count for the city alone. */
  readonly city: Assessed['counts'];
}

export async function readTable(db: Db, period: Period, key: SchemeKey, closed: PeriodRow | undefined): Promise<Table> {
  const all = await listAssessedUnits(db);
  const units = new Map(all.map((unit) => [unit.id, unit]));
  const counts = await listCounts(db, period, closed?.revision ?? 0);
  const city = counts.find(({ unit_id }) => !units.has(unit_id)) ?? emptyTally(0);
  const schemes = closed
    ? await listSchemesById(
        db,
        closed.parameters.map((one) => (one as { id: number }).id),
      )
    : await listSchemesFor(db, period);
  const scheme = schemes.find((one) => one.key === key)!;
  const at = { period, closed: closed ?? null, scheme, units, city };
  if (!closed) return { ...at, ...scoreAll(assessedOf(all, counts, period), scheme) };
  const by_id = new Map(counts.map((one) => [one.unit_id, one]));
  const rows = (await listScores(db, period, closed.revision)).filter(({ scheme_id }) => scheme_id === scheme.id);
  const bases = Object.fromEntries(Object.entries(closed.bases[key] ?? {}).map(([scope, base]) => [scope, orNull(base)]));
  return { ...at, bases, scores: rows.map((row) => scoreOf(row, by_id.get(row.unit_id)!)) };
}

const orNull = (text: string | null): number | null => (text === null ? null : hundredthsOf(text));
const scoreOf = (row: UnitScoreRow, counts: Assessed['counts']): Score => ({
  unit_id: row.unit_id,
  group: row.grouped,
  counts,
  state: row.state,
  terms: [orNull(row.first), orNull(row.second), orNull(row.third)],
  satisfaction: orNull(row.satisfaction),
  score: orNull(row.score),
  gap: orNull(row.gap),
  points: orNull(row.points),
  deduction: hundredthsOf(row.deduction),
  rank: row.rank,
});

/** Every unit that stands in the month, also those that nothing is counted for. */
function assessedOf(all: readonly AssessedUnit[], counts: readonly Assessed['counts'][], period: Period): Assessed[] {
  const groups = groupsById(all);
  const found = new Map(counts.map((one) => [one.unit_id, one]));
  return all
    .filter((unit) => found.has(unit.id) || stoodIn(unit, period))
    .map(({ id }) => ({ counts: found.get(id) ?? emptyTally(id), group: groups.get(id)! }));
}

/** The same counts under another question, of a closed month under its own scheme. */
export const askWhatIf = (table: Table, changes: Partial<Scheme>, what_if: WhatIf = {}) =>
  scoreAll(table.scores, { ...table.scheme, ...changes }, what_if);

/** Small samples of a quarter or a year, tried again over its closed months. */
export async function readSpan(db: Db, span: string, key: SchemeKey) {
  const closed = new Map((await listClosed(db)).map((row) => [row.period, row]));
  const months = monthsOf(span).filter((period) => closed.has(period));
  const tables = await Promise.all(months.map((period) => readTable(db, period, key, closed.get(period))));
  const last = tables.at(-1);
  if (!last) return null;
  const everything = tables.flatMap(({ scores }) => scores);
  const parts =
    span.length > 4
      ? tables.map(({ scores }) => scores)
      : [...new Set(months.map(quarterOf))].map((quarter) => {
          const of = tables.filter(({ period }) => quarterOf(period) === quarter).map(({ scores }) => scores);
          return scoreCarried(of, of.flat(), last.scheme).scores;
        });
  return { months, scheme: last.scheme, units: last.units, ...scoreCarried(parts, everything, last.scheme) };
}
