import { decimal, type Fraction, fraction, type Hundredths, percentage, plus, rounded, times } from './exact.ts';

export const schemeKeys = ['city', 'beijing'] as const;
export type SchemeKey = (typeof schemeKeys)[number];
export const schemeKinds = { city: 'composite', beijing: 'three_rates' } as const satisfies Record<SchemeKey, string>;
export type SchemeKind = (typeof schemeKinds)[SchemeKey];
export const modes = ['full_point', 'started_point', 'proportional'] as const;
export type Mode = (typeof modes)[number];
export const groupScopes = ['all', 'group'] as const;
export type GroupScope = (typeof groupScopes)[number];
export const groups = ['towns', 'departments', 'utilities'] as const;
export type Group = (typeof groups)[number];

/** In which table a unit stands. */
export const groupOf = (unit: { readonly kind: string; readonly unit_group: string }): Group =>
  unit.kind === 'town' ? 'towns' : unit.unit_group === 'public_utility' ? 'utilities' : 'departments';

/** What one unit did in one period: everything a score is made of. */
export interface Tally {
  readonly unit_id: number;
  /** Orders that count, and how many of them were leads. */
  readonly n: number;
  readonly leads: number;
  readonly timely: number;
  readonly on_time: number;
  readonly satisfied: number;
  readonly basic: number;
  readonly dissatisfied: number;
  /** Of the rated: those who said whether the unit called and whether it is solved. */
  readonly asked: number;
  readonly contacted: number;
  readonly solved: number;
  readonly reworks: number;
  readonly returned: number;
}
export const countNames = [
  'n',
  'leads',
  'timely',
  'on_time',
  'satisfied',
  'basic',
  'dissatisfied',
  'asked',
  'contacted',
  'solved',
  'reworks',
  'returned',
] as const satisfies readonly (keyof Tally)[];
export const emptyTally = (unit_id: number): Tally => ({
  unit_id,
  n: 0,
  leads: 0,
  timely: 0,
  on_time: 0,
  satisfied: 0,
  basic: 0,
  dissatisfied: 0,
  asked: 0,
  contacted: 0,
  solved: 0,
  reworks: 0,
  returned: 0,
});
export const addTally = (a: Tally, b: Tally): Tally => ({
  unit_id: a.unit_id,
  ...(Object.fromEntries(countNames.map((name) => [name, a[name] + b[name]])) as Omit<Tally, 'unit_id'>),
});
export const ratedOf = (counts: Tally): number => counts.satisfied + counts.basic + counts.dissatisfied;

/** A version of a way to score; weights, values and points in hundredths. */
export interface Scheme {
  readonly id: number;
  readonly key: SchemeKey;
  readonly kind: SchemeKind;
  readonly version: number;
  readonly weights: readonly [Hundredths, Hundredths, Hundredths];
  readonly basic_value: Hundredths;
  readonly min_rated: number;
  readonly mode: Mode | null;
  readonly k: Hundredths;
  readonly cap: Hundredths;
  readonly group_scope: GroupScope;
}

/** One of the three terms of a score, with the numbers it is made of. */
export interface Term {
  readonly top: Hundredths;
  readonly bottom: number;
}
export const termNames = {
  composite: ['timely', 'completion', 'evaluation'],
  three_rates: ['response', 'resolution', 'satisfaction'],
} as const satisfies Record<SchemeKind, readonly string[]>;
export type TermName = (typeof termNames)[SchemeKind][number];

/** What if: unrated counted as satisfied; a mean of so many votes of the city's mind added to each unit's. */
export interface WhatIf {
  readonly unrated_satisfied?: boolean;
  readonly smoothing?: number;
}

type Terms = readonly [Term | null, Term | null, Term | null];
const share = (top: number, bottom: number): Term | null => (bottom === 0 ? null : { top: top * 100, bottom });
const asFraction = ({ top, bottom }: Term): Fraction => fraction(top, BigInt(bottom) * 100n);

/** The terms of a score, each null where there is nothing to count. Of `composite`: timely, completion, evaluation. */
export function termsOf(counts: Tally, scheme: Pick<Scheme, 'kind' | 'basic_value'>, what_if: WhatIf = {}): Terms {
  const unrated = what_if.unrated_satisfied ? Math.max(0, counts.leads - ratedOf(counts)) : 0;
  const rated = ratedOf(counts) + unrated;
  const satisfied = counts.satisfied + unrated;
  if (scheme.kind === 'three_rates')
    return [share(counts.contacted, counts.asked), share(counts.solved, counts.asked), share(satisfied + counts.basic, rated)];
  const values = rated === 0 ? null : { top: satisfied * 100 + counts.basic * scheme.basic_value, bottom: rated };
  return [share(counts.timely, counts.n), share(counts.on_time, counts.n), values];
}

/** The weighted mean of the terms there are, in hundredths of a point; null without any. */
function mean(terms: readonly (Fraction | null)[], weights: readonly number[]): Hundredths | null {
  let sum = fraction(0, 1);
  let weight = 0;
  terms.forEach((term, i) => {
    if (!term) return;
    sum = plus(sum, times(term, fraction(weights[i]!, 1)));
    weight += weights[i]!;
  });
  return weight === 0 ? null : percentage(times(sum, fraction(1, weight)));
}

/**
 * `scored`; `small`: fewer valid evaluations than the scheme asks for; `unrated`: none; `none`: no orders. Only the scored are ranked
 * and may lose points; the others are tried again with the quarter, then with the year.
 */
export type State = 'scored' | 'small' | 'unrated' | 'none';

export interface Score {
  readonly unit_id: number;
  readonly group: Group;
  readonly counts: Tally;
  readonly state: State;
  readonly terms: readonly [Hundredths | null, Hundredths | null, Hundredths | null];
  /** (satisfied + basic) / rated. */
  readonly satisfaction: Hundredths | null;
  readonly score: Hundredths | null;
  readonly gap: Hundredths | null;
  readonly points: Hundredths | null;
  readonly deduction: Hundredths;
  readonly rank: number | null;
}
export type Bases = Readonly<Partial<Record<Group | 'all', Hundredths | null>>>;
export interface Scored {
  readonly bases: Bases;
  readonly scores: readonly Score[];
}

export interface Assessed {
  readonly counts: Tally;
  readonly group: Group;
}

/** Points lost for a gap, in hundredths. */
export function pointsOf(gap: Hundredths, mode: Mode): Hundredths {
  if (mode === 'proportional') return gap;
  return (mode === 'full_point' ? Math.floor(gap / 100) : Math.ceil(gap / 100)) * 100;
}
const deductionOf = (points: Hundredths, { k, cap }: Scheme): Hundredths => Math.min(cap, rounded(fraction(points * k, 10_000)));

function stateOf(counts: Tally, score: Hundredths | null, scheme: Scheme): State {
  if (score === null || (scheme.kind === 'composite' && counts.n === 0)) return 'none';
  if (ratedOf(counts) === 0) return 'unrated';
  return ratedOf(counts) < scheme.min_rated ? 'small' : 'scored';
}

/** The mean of the published scores, each weighed with its orders; null where nobody had any. */
function baseOf(rows: readonly { counts: Tally; score: Hundredths | null }[]): Hundredths | null {
  let sum = 0n;
  let n = 0n;
  for (const { counts, score } of rows) {
    if (score === null || counts.n === 0) continue;
    sum += BigInt(score) * BigInt(counts.n);
    n += BigInt(counts.n);
  }
  return n === 0n ? null : rounded(fraction(sum, n * 100n));
}

const smoothed = (term: Term, mean_value: Fraction, votes: number): Fraction =>
  times(plus(fraction(term.top, 100), times(mean_value, fraction(votes, 1))), fraction(1, term.bottom + votes));

/** Scores units against the base of all of them, or against `bases` of a wider span. Their order does not matter. */
export function scoreAll(units: readonly Assessed[], scheme: Scheme, what_if: WhatIf = {}, bases?: Bases): Scored {
  const city = units.reduce((sum, { counts }) => addTally(sum, counts), emptyTally(0));
  const city_mean = termsOf(city, scheme, what_if)[2];
  const drawn = units.map(({ counts, group }) => {
    const terms = termsOf(counts, scheme, what_if);
    const exact = terms.map((term) => term && asFraction(term)) as (Fraction | null)[];
    if (what_if.smoothing && city_mean)
      exact[2] = smoothed(terms[2] ?? { top: 0, bottom: 0 }, asFraction(city_mean), what_if.smoothing);
    const counted = scheme.kind === 'composite' ? counts.n > 0 : exact.some(Boolean);
    const score = counted ? mean(exact, scheme.weights) : null;
    const rated = ratedOf(counts);
    return {
      unit_id: counts.unit_id,
      group,
      counts,
      state: stateOf(counts, score, scheme),
      terms: exact.map((term) => term && percentage(term)) as unknown as Score['terms'],
      satisfaction: rated === 0 ? null : percentage(fraction(counts.satisfied + counts.basic, rated)),
      score,
    };
  });
  const scopes = scheme.group_scope === 'all' ? (['all'] as const) : groups;
  const found: Bases =
    bases ??
    (scheme.mode === null
      ? {}
      : Object.fromEntries(
          scopes.map((scope) => [scope, baseOf(drawn.filter(({ group }) => scope === 'all' || group === scope))]),
        ));
  const judged = drawn.map((row) => {
    const base = found[scheme.group_scope === 'all' ? 'all' : row.group] ?? null;
    const gap = base === null || row.score === null ? null : Math.max(0, base - row.score);
    const points = gap === null || scheme.mode === null ? null : pointsOf(gap, scheme.mode);
    const deduction = row.state === 'scored' && points !== null ? deductionOf(points, scheme) : 0;
    return { ...row, gap, points, deduction };
  });
  return { bases: found, scores: ranked(judged) };
}

const completion = ({ counts }: { counts: Tally }): Hundredths =>
  counts.n === 0 ? -1 : percentage(fraction(counts.on_time, counts.n));

/** Within each group by score, satisfaction, completion, number of orders; who is equal shares a rank, and the next is left out. */
function ranked(rows: readonly Omit<Score, 'rank'>[]): Score[] {
  const key = (row: Omit<Score, 'rank'>) => [row.score ?? -1, row.satisfaction ?? -1, completion(row), row.counts.n];
  const before = (a: readonly number[], b: readonly number[]) => {
    const i = a.findIndex((value, at) => value !== b[at]);
    return i >= 0 && a[i]! > b[i]!;
  };
  return rows.map((row) => {
    if (row.state !== 'scored') return { ...row, rank: null };
    const rivals = rows.filter((other) => other.state === 'scored' && other.group === row.group);
    return { ...row, rank: 1 + rivals.filter((other) => before(key(other), key(row))).length };
  });
}

/**
 * Small samples tried again over a wider span: of each unit only the months in which it was not scored, against the base of all orders
 * of the span. `parts`: the months of a quarter, or the quarters of a year.
 */
export function scoreCarried(parts: readonly (readonly Score[])[], everything: readonly Assessed[], scheme: Scheme): Scored {
  const carried = new Map<number, Assessed>();
  for (const { unit_id, group, counts, state } of parts.flat()) {
    if (state === 'scored' || (counts.n === 0 && ratedOf(counts) === 0)) continue;
    const sum = carried.get(unit_id)?.counts;
    carried.set(unit_id, { group, counts: sum ? addTally(sum, counts) : counts });
  }
  const { bases } = scoreAll(sumByUnit(everything), scheme);
  return scoreAll([...carried.values()], scheme, {}, bases);
}

export function sumByUnit(units: readonly Assessed[]): Assessed[] {
  const sums = new Map<number, Assessed>();
  for (const { counts, group } of units) {
    const sum = sums.get(counts.unit_id)?.counts;
    sums.set(counts.unit_id, { group, counts: sum ? addTally(sum, counts) : counts });
  }
  return [...sums.values()];
}

/** The parameters of a version as they are frozen with a period, and as the trail tells them. */
export const tellScheme = ({ weights, basic_value, k, cap, ...rest }: Scheme) => ({
  ...rest,
  weights: weights.map(decimal),
  basic_value: decimal(basic_value),
  k: decimal(k),
  cap: decimal(cap),
});
