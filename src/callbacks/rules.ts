import type { CallbackOutcome, Level } from '../appeals/rules.ts';

/** How many of so many are drawn at this share: rounded half up, and one where there is any at all. */
export const shareOf = (count: number, percent: number): number =>
  count === 0 || percent === 0 ? 0 : Math.max(1, Math.floor((count * percent * 2 + 100) / 200));

/**
 * Who is drawn of a day: those whose keyed mark comes first. With the seed, which is shown once the draw is made, anybody draws the same
 * again; before, nobody can know.
 */
export function draw(numbers: readonly string[], percent: number, mark: (number: string) => string): string[] {
  const marked = numbers.map((number) => [mark(number), number] as const).sort(([a], [b]) => (a < b ? -1 : 1));
  return marked.slice(0, shareOf(numbers.length, percent)).map(([, number]) => number);
}

/** What an appellant was asked, at the first call and at the second. */
export interface Answers {
  readonly level: Level;
  readonly contacted: boolean | null;
  readonly solved: boolean | null;
}
export const answerNames = ['level', 'contacted', 'solved'] as const;

/** In what the second call differs from the first; what was not asked at the first differs in nothing. */
export const differences = (first: Answers, second: Answers): (keyof Answers)[] =>
  answerNames.filter((name) => first[name] !== null && first[name] !== second[name]);

/** A recall that nobody has answered is tried again by whoever may; refused it is over. */
export const isOpenRecall = (outcome: CallbackOutcome | null): boolean => outcome !== 'reached' && outcome !== 'refused';
