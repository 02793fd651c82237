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

/**
 * Which of some numbers that add up to a known sum are kept from the public: those below three, and where that is one alone also the
 * smallest of the others, or it could be reckoned.
 */
export function hiddenOf(numbers: readonly number[]): ReadonlySet<number> {
  const hidden = new Set(numbers.flatMap((n, i) => (n > 0 && n < smallest_public ? [i] : [])));
  if (hidden.size === 1) {
    const others = numbers.flatMap((n, i) => (n >= smallest_public ? [{ n, i }] : [])).sort((a, b) => a.n - b.n);
    if (others[0]) hidden.add(others[0].i);
  }
  return hidden;
}
