import { expect, test } from 'vitest';
import { hiddenOf, holdsNumber, listsOf, type UnitLine } from '../../src/reports/rules/bulletins.ts';
import { columnsOf, lengthsOf, plot } from '../../src/reports/rules/charts.ts';
import { daysOf, lastDay, mondayOf, monthBefore, pairOf, within } from '../../src/reports/rules/dimensions.ts';

test('a number below three is kept from the public, and so is one by which it could be reckoned', () => {
  expect([...hiddenOf([10, 2, 7, 0])].sort()).toEqual([1, 2]);
  expect([...hiddenOf([10, 2, 1])].sort()).toEqual([1, 2]);
  expect([...hiddenOf([10, 3, 0])]).toEqual([]);
  expect([...hiddenOf([2])]).toEqual([0]);
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
