import { decimal, type Fraction, fraction, type Hundredths, plus, rounded, times } from '../assessment/rules/exact.ts';
import { type Calendar, closeOfNthWorkingDay } from '../core/calendar.ts';

/** The five terms of a member's month and what each weighs. */
export const termWeights = { visits: 25, information: 15, reports: 20, tasks: 20, reviews: 20 } as const;
export type TermName = keyof typeof termWeights;
export const termNames = Object.keys(termWeights) as TermName[];
export const isTerm = (text: unknown): text is TermName => typeof text === 'string' && Object.hasOwn(termWeights, text);

export type MemberKind = 'fulltime' | 'assistant';

/** What a month of a member was made of, as counts: every figure can be opened to what it counts. */
export interface MonthFacts {
  readonly kind: MemberKind;
  /** Days of the month in which he was in post. */
  readonly days: number;
  readonly households: number;
  readonly households_target: number;
  readonly checked: number;
  readonly errors: number;
  readonly submitted: number;
  readonly valid: number;
  readonly reports_target: number;
  readonly due: number;
  readonly on_time: number;
  readonly reviews: number;
  /** The sum of the stars, so that no mean is rounded on the way. */
  readonly stars: number;
}

export const least_days = 10;
export const least_reviews = 3;
export const least_months = 6;
export const most_bonus: Hundredths = 500;
export const objection_working_days = 5;

/** Bonus is given up to five points; a penalty costs what its kind costs. */
export const markKinds = {
  early_warning: { sign: 1, points: null },
  emergency_help: { sign: 1, points: null },
  false_report: { sign: -1, points: 500 },
  false_visit: { sign: -1, points: 500 },
  complaint: { sign: -1, points: 200 },
  data_leak: { sign: -1, points: 2000 },
} as const satisfies Record<string, { sign: 1 | -1; points: Hundredths | null }>;
export type MarkKind = keyof typeof markKinds;
export const markNames = Object.keys(markKinds) as MarkKind[];

/** One term as it is kept: what was counted, and what it brought; no points where there was nothing to judge it by. */
export interface Term {
  readonly weight: number;
  /** The two counts a reader sees: 92 of 100 households, 2 wrong of 40, 11 valid of 12, 18 of 20 tasks, 69 stars of 15 reviews. */
  readonly count: number;
  readonly of: number;
  readonly target: number | null;
  /** Of the term's weight, at two decimals, half up; the score itself is rounded once, from the exact sum. */
  readonly points: string | null;
}
export type Terms = Readonly<Record<TermName, Term>>;

const capped = (top: number, bottom: number): Fraction =>
  bottom === 0 || top >= bottom ? fraction(1, 1) : fraction(top, bottom);

/** Each term as a share of one; none where it falls away with its weight. */
function shares(facts: MonthFacts): Record<TermName, Fraction | null> {
  const { checked, errors, submitted, valid, due, on_time, reviews, stars } = facts;
  return {
    visits: capped(facts.households, facts.households_target),
    information: checked === 0 ? null : fraction(checked - errors, checked),
    // Nothing reported is nothing valid: it does not fall away.
    reports: submitted === 0 ? fraction(0, 1) : times(capped(valid, facts.reports_target), fraction(valid, submitted)),
    tasks: due === 0 ? null : fraction(on_time, due),
    reviews: reviews < least_reviews ? null : fraction(stars - reviews, reviews * 4),
  };
}

export interface MonthScore {
  readonly terms: Terms;
  readonly bonus: Hundredths;
  readonly penalty: Hundredths;
  readonly score: Hundredths;
}

/** M = clamp(100 · Σ(w·x) / Σ(w of the terms there are) + bonus − penalty, 0, 100), exact until it is rounded once, half up. */
export function scoreMonth(facts: MonthFacts, bonus_given: Hundredths, penalty: Hundredths): MonthScore {
  const found = shares(facts);
  const bonus = Math.min(bonus_given, most_bonus);
  let sum = fraction(0, 1);
  let weights = 0;
  for (const name of termNames) {
    const share = found[name];
    if (!share) continue;
    sum = plus(sum, times(share, fraction(termWeights[name], 1)));
    weights += termWeights[name];
  }
  const base = times(sum, fraction(100, weights));
  const whole = plus(base, fraction(bonus - penalty, 100));
  const score = whole.top < 0n ? 0 : Math.min(rounded(whole), 10_000);
  const counts: Record<TermName, readonly [number, number, number | null]> = {
    visits: [facts.households, facts.households_target, facts.households_target],
    information: [facts.errors, facts.checked, null],
    reports: [facts.valid, facts.submitted, facts.reports_target],
    tasks: [facts.on_time, facts.due, null],
    reviews: [facts.stars, facts.reviews, null],
  };
  const term = (name: TermName): Term => {
    const share = found[name];
    const [count, of, target] = counts[name];
    const points = share && decimal(rounded(times(share, fraction(termWeights[name], 1))));
    return { weight: termWeights[name], count, of, target, points };
  };
  return { terms: Object.fromEntries(termNames.map((name) => [name, term(name)])) as never, bonus, penalty, score };
}

export interface ScoredMonth {
  readonly score: Hundredths;
  readonly days: number;
}
export interface Year {
  readonly months: number;
  /** The sum of the months, as the year's total. */
  readonly total: Hundredths;
  /** The mean by days in post, half up; none without a month. */
  readonly mean: Hundredths | null;
}

export function yearOf(months: readonly ScoredMonth[]): Year {
  const days = months.reduce((sum, one) => sum + one.days, 0);
  const weighted = months.reduce((sum, one) => sum + one.score * one.days, 0);
  return {
    months: months.length,
    total: months.reduce((sum, one) => sum + one.score, 0),
    mean: days === 0 ? null : rounded(fraction(weighted, days * 100)),
  };
}

/** Ranks by the mean, best first: equals share one and the next is skipped (1, 2, 2, 4); who has too few months has none. */
export function ranked<T extends Year>(rows: readonly T[]): Map<T, number> {
  const sorted = rows.filter((one) => one.months >= least_months && one.mean !== null).sort((a, b) => b.mean! - a.mean!);
  const ranks = new Map<T, number>();
  sorted.forEach((one, at) => {
    const before = sorted[at - 1];
    ranks.set(one, before && before.mean === one.mean ? ranks.get(before)! : at + 1);
  });
  return ranks;
}

/** A member may object until the close of office on the fifth working day after the street confirmed. */
export const objectableUntil = (calendar: Calendar, confirmed_at: Date): Date =>
  closeOfNthWorkingDay(calendar, confirmed_at, objection_working_days).due_at;

export type ScoreState = 'drafted' | 'proposed' | 'confirmed';
export const stateOf = (row: { proposed_at: Date | null; confirmed_at: Date | null }): ScoreState =>
  row.confirmed_at ? 'confirmed' : row.proposed_at ? 'proposed' : 'drafted';
