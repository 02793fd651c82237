import { describe, expect, test } from 'vitest';
import { type Candidate, isRepeat, judgeCandidate, likeness, type Matter } from '../../src/analysis/rules/duplicates.ts';
import { segment } from '../../src/core/text.ts';

describe('likeness of two texts', () => {
  const told = segment('12号楼门口的井盖破了,晚上没有灯,老人差点摔倒');

  test('the same matter in other words is more alike than another matter at the same place', () => {
    const again = likeness(told, segment('12号楼楼下井盖破损,老人路过差点摔倒'));
    const other = likeness(told, segment('12号楼的暖气不热,家里只有十四度'));
    expect(again).toBeGreaterThan(0.3);
    expect(other).toBeLessThan(0.15);
  });

  test('is 1 for the same text, 0 for none, and does not depend on the order', () => {
    expect(likeness(told, told)).toBe(1);
    expect(likeness(told, [])).toBe(0);
    const other = segment('井盖破了');
    expect(likeness(told, other)).toBe(likeness(other, told));
  });

  test('one word alone is no likeness', () => {
    expect(likeness(['井盖'], ['井盖'])).toBeLessThan(0.7);
    expect(likeness(['3', '号', '楼'], ['3', '号', '楼'])).toBe(0);
  });
});

describe('reasons', () => {
  const none: Candidate = {
    same_phone: false,
    same_building: false,
    same_place: false,
    same_category: false,
    recent: false,
    likeness: 0,
  };

  test('the same number is one by itself', () => {
    expect(judgeCandidate({ ...none, same_phone: true })).toEqual({ reasons: ['same_phone'], score: 0.4 });
  });

  test('the same building is one only about the same category or in similar words', () => {
    expect(judgeCandidate({ ...none, same_building: true }).reasons).toEqual([]);
    expect(judgeCandidate({ ...none, same_building: true, likeness: 0.3 }).reasons).toEqual(['same_building']);
    expect(judgeCandidate({ ...none, same_building: true, same_category: true }).reasons).toEqual(['same_building']);
  });

  test('the same category at the same place is one only within the days of a cluster', () => {
    expect(judgeCandidate({ ...none, same_place: true, same_category: true }).reasons).toEqual([]);
    expect(judgeCandidate({ ...none, same_place: true, same_category: true, recent: true }).reasons).toEqual([
      'same_place_and_category',
    ]);
  });

  test('each further reason makes it likelier, never certain by reasons alone', () => {
    const one = judgeCandidate({ ...none, same_phone: true });
    const all = judgeCandidate({
      same_phone: true,
      same_building: true,
      same_place: true,
      same_category: true,
      recent: true,
      likeness: 0.8,
    });
    expect(all.reasons).toEqual(['same_phone', 'same_place_and_category', 'same_building', 'similar_words']);
    expect(all.score).toBeGreaterThan(one.score);
    expect(all.score).toBeLessThan(1);
  });
});

describe('a repeat', () => {
  const matter: Matter = {
    phone_hash: 'a',
    category_code: '0202',
    place_unit_id: 7,
    building_id: 1,
    received_at: new Date('2026-11-23T02:00:00Z'),
  };
  const earlier = (days: number): Matter => ({
    ...matter,
    received_at: new Date(matter.received_at.getTime() - days * 86_400_000),
  });

  test('is the same caller, category and building within ninety days', () => {
    expect(isRepeat(matter, earlier(90))).toBe(true);
    expect(isRepeat(matter, earlier(91))).toBe(false);
    expect(isRepeat(earlier(1), matter)).toBe(false);
  });

  test.each([
    ['another caller', { phone_hash: 'b' }],
    ['an unknown caller', { phone_hash: null }],
    ['another category', { category_code: '0201' }],
    ['no category yet', { category_code: null }],
    ['another building', { building_id: 2 }],
  ])('is not one with %s', (_, other) => {
    expect(isRepeat(matter, { ...earlier(3), ...other })).toBe(false);
  });

  test('goes by the grid where a building is not known', () => {
    expect(isRepeat(matter, { ...earlier(3), building_id: null })).toBe(true);
    expect(isRepeat(matter, { ...earlier(3), building_id: null, place_unit_id: 8 })).toBe(false);
  });

  test('two unknown callers are not the same one', () => {
    expect(isRepeat({ ...matter, phone_hash: null }, { ...earlier(3), phone_hash: null })).toBe(false);
  });
});
