import { expect, test } from 'vitest';
import { buildingSearch, idsOf, isValidOn, noCounts, rollUp, searchWords, unitName, unitSearch } from '../../src/units/rules.ts';

test('a unit is found by both its names, spelled, by initials, and by its English one', () => {
  const keys = unitSearch({ name_zh: '花园社区', short_zh: '花园', name_en: 'Huayuan Community' }).split(' ');
  for (const key of ['花园社区', 'huayuanshequ', 'hysq', '花园', 'huayuan', 'hy', 'community']) expect(keys).toContain(key);
});

test('a building is found by estate and number, and by its address', () => {
  const keys = buildingSearch({ estate: '北苑嘉园', name: '3号楼', address: '罗峰街道府前路268号' });
  for (const key of ['北苑嘉园3号楼', 'byjy3hl', 'fuqianlu']) expect(keys).toContain(key);
});

test('what is typed is cut into words in the script of the search columns', () => {
  expect(searchWords("  花园  ＨYSQ xi'an ")).toEqual(['花园', 'hysq', 'xian']);
  expect(searchWords('   ')).toEqual([]);
});

test('the last valid day counts, the day before the first does not', () => {
  const dates = { valid_from: '2026-01-02', valid_to: '2026-03-31' };
  expect(['2026-01-01', '2026-01-02', '2026-03-31', '2026-04-01'].map((day) => isValidOn(dates, day))).toEqual([
    false,
    true,
    true,
    false,
  ]);
  expect(isValidOn({ ...dates, valid_to: null }, '2099-01-01')).toBe(true);
});

test('every area sums up what stands in and below it', () => {
  const grid = { ...noCounts, base_grids: 1, households: 350, buildings: 9, members: 5 };
  const sums = rollUp([
    { path: '/1/', counts: noCounts },
    { path: '/1/2/', counts: noCounts },
    { path: '/1/2/3/', counts: grid },
    { path: '/1/2/4/', counts: { ...grid, households: 300 } },
    { path: '/1/5/', counts: { ...noCounts, exclusive_grids: 1 } },
  ]);
  expect(sums.get(1)).toEqual({ base_grids: 2, exclusive_grids: 1, households: 650, buildings: 18, members: 10 });
  expect(sums.get(2)?.households).toBe(650);
  expect(sums.get(3)?.households).toBe(350);
  expect(idsOf('/1/2/3/')).toEqual([1, 2, 3]);
});

test('a name follows the language', () => {
  expect([
    unitName({ name_zh: '泉山街道', name_en: 'Quanshan' }, 'zh'),
    unitName({ name_zh: '泉山街道', name_en: 'Quanshan' }, 'en'),
  ]).toEqual(['泉山街道', 'Quanshan']);
});
