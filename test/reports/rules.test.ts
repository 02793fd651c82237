import { expect, test } from 'vitest';
import { hiddenOf, holdsNumber, keptOf, listsOf, smallest_public, type UnitLine } from '../../src/reports/rules/bulletins.ts';
import { columnsOf, lengthsOf, plot } from '../../src/reports/rules/charts.ts';
import { daysOf, lastDay, mondayOf, monthBefore, pairOf, within } from '../../src/reports/rules/dimensions.ts';

test('a number below three is kept from the public, and so is one by which it could be reckoned', () => {
  expect([...hiddenOf([10, 2, 7, 0])].sort()).toEqual([1, 2]);
  expect([...hiddenOf([10, 2, 1])].sort()).toEqual([1, 2]);
  expect([...hiddenOf([10, 3, 0])]).toEqual([]);
  expect([...hiddenOf([2])]).toEqual([0]);
});

/** Every list of so many numbers up to a largest one. */
const lists = (length: number, most: number): number[][] =>
  length === 0 ? [[]] : lists(length - 1, most).flatMap((rest) => Array.from({ length: most + 1 }, (_, n) => [...rest, n]));
/** What different truths look alike to the public: by what it reads, all of them. */
function alike<T>(truths: readonly T[], read: (truth: T) => string): T[][] {
  const found = new Map<string, T[]>();
  for (const truth of truths) {
    const what = read(truth);
    if (!found.get(what)?.push(truth)) found.set(what, [truth]);
  }
  return [...found.values()];
}

test('whatever numbers there are, who reads those that are published, and their sum, can reckon none of the others', () => {
  const read = (numbers: readonly number[]) => {
    const hidden = hiddenOf(numbers);
    const all = numbers.every((n, i) => n === 0 || hidden.has(i));
    return `${all && hidden.size > 0 ? 'no block' : numbers.map((n, i) => (hidden.has(i) ? '*' : n))} of ${numbers.reduce((sum, n) => sum + n, 0)}`;
  };
  for (const group of alike(lists(4, 6), read))
    for (const [i] of group[0]!.entries())
      if (group[0]![i]! > 0 && group[0]![i]! < smallest_public && hiddenOf(group[0]!).has(i))
        expect([group[0], i, new Set(group.map((numbers) => numbers[i])).size > 1]).toEqual([group[0], i, true]);
});

test('nor the late ones of a unit, from its rates, its score and how many are late in all', () => {
  interface Truth {
    readonly unit: readonly [n: number, timely: number, late: number, satisfied: number];
    readonly other_late: number;
  }
  const truths: Truth[] = [];
  for (let n = 3; n <= 6; n++)
    for (const [timely, late, satisfied] of lists(3, n))
      for (let other_late = 0; other_late <= 8; other_late++) truths.push({ unit: [n, timely!, late!, satisfied!], other_late });
  const lineOf = (unit_id: number, [n, timely, late, satisfied]: Truth['unit']): UnitLine => {
    const terms = [timely / n, (n - late) / n, satisfied / n].map((share) => Math.round(share * 10_000));
    const score = Math.round(0.2 * terms[0]! + 0.3 * terms[1]! + 0.5 * terms[2]!);
    return { unit_id, n, rated: n, late, reworks: 0, returned: 0, terms, satisfaction: terms[2]!, score } as never as UnitLine;
  };
  const linesOf = ({ unit, other_late }: Truth) => [lineOf(1, unit), lineOf(2, [40, 40, other_late, 40])];
  const read = (truth: Truth) => {
    const lines = linesOf(truth);
    const kept = keptOf(lines);
    const told = lines.map((one) =>
      (['n', 'terms', 'score', 'satisfaction', 'late'] as const).map((name) =>
        kept.get(one.unit_id)!.has(name) ? '*' : one[name],
      ),
    );
    return JSON.stringify([told, lines.reduce((sum, { late }) => sum + late, 0)]);
  };
  for (const group of alike(truths, read)) {
    // At the edge of what is tried one more late elsewhere is not tried.
    const truth = group.find(({ other_late }) => other_late < 8);
    if (!truth) continue;
    const { unit } = truth;
    if (!keptOf(linesOf(truth)).get(1)!.has('late') || unit[2] === 0 || unit[2] >= smallest_public) continue;
    expect([truth, new Set(group.map((one) => one.unit[2])).size > 1]).toEqual([truth, true]);
  }
});

test('a text with a telephone or identity number is found out, years and counts are not', () => {
  for (const text of ['拨打 13800001111', '１３８００００１１１１', '138-0000-1111', '电话 0535 8213000'])
    expect([text, holdsNumber(text)]).toEqual([text, true]);
  for (const text of ['2026年10月，共 2,220 件', '3号楼 2 单元 101', '两小时'])
    expect([text, holdsNumber(text)]).toEqual([text, false]);
});

test('red and black list never name the same unit, and nobody who is not ranked', () => {
  const unit = (unit_id: number, rank: number | null) => ({ unit_id, group: 'towns', rank, score: 9000 }) as unknown as UnitLine;
  const ids = (list: UnitLine[]) => list.map(({ unit_id }) => unit_id);
  const { red, black } = listsOf([unit(1, 1), unit(2, 2), unit(3, 3), unit(4, null)], 'towns');
  expect([ids(red), ids(black)]).toEqual([[1], [3, 2]]);
  expect(listsOf([unit(4, null)], 'towns')).toEqual({ red: [], black: [] });
});

test('columns and bars begin at zero and are as long as their share of the longest', () => {
  expect(lengthsOf([10, 5, 0])).toEqual([100, 50, 0]);
  const [high, half, none] = columnsOf([10, 5, 0]);
  expect(high!.height).toBe(plot.height - plot.top - plot.foot);
  expect(half!.height).toBe(high!.height / 2);
  expect(none!.height).toBe(0);
  expect(new Set([high, half, none].map((one) => one!.y + one!.height)).size).toBe(1);
});

test('spans of time are whole days, and a cell of a week at the edge of a month stays within it', () => {
  expect(daysOf('week', mondayOf('2026-11-29'))).toEqual({ from: '2026-11-23', to: '2026-11-29' });
  expect(daysOf('month', '2028-02')).toEqual({ from: '2028-02-01', to: '2028-02-29' });
  expect(lastDay('2026-12')).toBe('2026-12-31');
  expect(monthBefore('2026-01')).toBe('2025-12');
  expect(monthBefore('2026-11', 12)).toBe('2025-11');
  expect(within({ from: '2026-11-01', to: '2026-11-30' }, { from: '2026-10-26', to: '2026-11-01' })).toEqual({
    from: '2026-11-01',
    to: '2026-11-01',
  });
  expect(pairOf('town', 'unit')).toEqual({ dims: 'unit*town', turned: true });
});
