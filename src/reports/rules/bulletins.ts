import type { Group, State } from '../../assessment/rules/score.ts';

/** What a name is in both languages, kept with the figures: a published bulletin does not change when a unit is renamed. */
export interface Named {
  readonly zh: string;
  readonly en: string;
}
export interface Share {
  readonly key: string;
  readonly name: Named;
  readonly n: number;
}
export interface UnitLine {
  readonly unit_id: number;
  readonly name: Named;
  readonly group: Group;
  readonly state: State;
  readonly n: number;
  readonly rated: number;
  readonly late: number;
  readonly reworks: number;
  readonly returned: number;
  /** Supervision orders issued to it in the month; not told by bulletins of before they were counted here. */
  readonly supervised?: number;
  /** Hundredths, as published by the assessment. */
  readonly terms: readonly (number | null)[];
  readonly satisfaction: number | null;
  readonly score: number | null;
  readonly gap: number | null;
  readonly deduction: number;
  readonly rank: number | null;
}
/** The figures of a bulletin, frozen with it. */
export interface BulletinFigures {
  readonly period: string;
  readonly received: number;
  readonly received_before: number | null;
  readonly received_year: number | null;
  readonly ended: number;
  readonly ended_in_grid: number;
  readonly satisfied: number;
  readonly basic: number;
  readonly dissatisfied: number;
  readonly n: number;
  readonly on_time: number;
  readonly base: number | null;
  readonly channels: readonly Share[];
  readonly tiers: readonly Share[];
  readonly categories: readonly Share[];
  readonly towns: readonly Share[];
  readonly units: readonly UnitLine[];
}

/** Below this a number of the public version could lead to a person. */
export const smallest_public = 3;

export const list_length = 5;
/** The best and the last of those ranked, each group by itself; inside only. */
export function listsOf(units: readonly UnitLine[], group: Group): { red: UnitLine[]; black: UnitLine[] } {
  const ranked = units.filter((one) => one.group === group && one.rank !== null).sort((a, b) => a.rank! - b.rank!);
  const red = ranked.slice(0, Math.min(list_length, Math.floor(ranked.length / 2)));
  const black = ranked.slice(Math.max(red.length, ranked.length - list_length)).reverse();
  return { red, black };
}

export type BulletinState = 'draft' | 'approved' | 'published';
export const stateOf = (row: { approved_at: Date | null; published_at: Date | null }): BulletinState =>
  row.published_at ? 'published' : row.approved_at ? 'approved' : 'draft';

/** Whether a text holds a number that could be a telephone or an identity card: seven digits and more. */
export const holdsNumber = (text: string): boolean => /(?:[0-9０-９][\s-]?){7,}/.test(text);

const small = (n: number): boolean => n > 0 && n < smallest_public;

/**
 * Which of some numbers that add up to a known sum are kept from the public: those below three; where these are all alike, one alone or
 * several, also the smallest of the others, or they could be reckoned; and all of them where there is no other.
 */
export function hiddenOf(numbers: readonly number[]): ReadonlySet<number> {
  const hidden = new Set(numbers.flatMap((n, i) => (small(n) ? [i] : [])));
  if (new Set([...hidden].map((i) => numbers[i])).size === 1) {
    const next = Math.min(...numbers.filter((n) => n >= smallest_public));
    // Of equals none may be told: which of them was chosen would say something.
    for (const [i, n] of numbers.entries()) if (n === next || next === Infinity) hidden.add(i);
  }
  return hidden;
}

/** Of a unit's line what can be kept from the public. What it lost and its rank always stand. */
export const keepable = ['n', 'terms', 'score', 'satisfaction', 'reworks', 'late', 'returned', 'supervised'] as const;
export type Keepable = (typeof keepable)[number];

/**
 * What the public does not read of each unit: small numbers, and whatever they could be reckoned from. How many orders and how many late
 * ones there are in all stands in the text; from a score and two of its terms the third can be had, and from that with the orders the late
 * ones; a rate of one or two ratings is what one or two people said.
 */
export function keptOf(units: readonly UnitLine[]): ReadonlyMap<number, ReadonlySet<Keepable>> {
  const rows = hiddenOf(units.map(({ n }) => n));
  const told = units.filter((_, i) => !rows.has(i));
  const late = hiddenOf(told.map((one) => one.late));
  return new Map([
    ...[...rows].map((i) => [units[i]!.unit_id, new Set(keepable)] as const),
    ...told.map((one, i) => {
      const kept = new Set<Keepable>((['reworks', 'returned', 'supervised'] as const).filter((name) => small(one[name] ?? 0)));
      if (late.has(i)) for (const name of ['late', 'terms', 'score'] as const) kept.add(name);
      if (one.rated < smallest_public) for (const name of ['terms', 'score', 'satisfaction'] as const) kept.add(name);
      return [one.unit_id, kept] as const;
    }),
  ]);
}
