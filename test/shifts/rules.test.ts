import { describe, expect, test } from 'vitest';
import { makeCalendar, office_seasons } from '../../src/core/calendar.ts';
import { addDays, dayOf } from '../../src/core/clock.ts';
import { postNames, posts } from '../../src/people/rules.ts';
import { deskOf, deskRule, dutyDeskNames, mondayOf, slotsBetween, slotsOf, weekOf } from '../../src/shifts/rules.ts';

const book = (a_day = 3, first_hour = 8) => ({
  parameters: { 'shift.a_day': a_day, 'shift.first_hour': first_hour },
  calendar: makeCalendar({ version: 1, days: new Map([['2026-11-24', false]]), seasons: office_seasons }),
});
const told = (slot: { starts_at: Date; ends_at: Date }) => [slot.starts_at, slot.ends_at].map((at) => at.toISOString());

describe('the shifts of a desk', () => {
  test('around the clock leave no minute open, however many a day', () => {
    for (const a_day of [1, 2, 3, 4]) {
      const slots = weekOf('2026-11-23').flatMap((day) => slotsOf('hotline', book(a_day), day));
      expect(slots).toHaveLength(7 * a_day);
      for (const [i, slot] of slots.entries()) if (i > 0) expect(slot.starts_at).toEqual(slots[i - 1]!.ends_at);
      expect(told(slots[0]!)[0]).toBe('2026-11-23T00:00:00.000Z');
      expect(slots.at(-1)!.ends_at.toISOString()).toBe('2026-11-30T00:00:00.000Z');
    }
  });

  test('in office hours are the calendar’s: none on a day off', () => {
    expect(slotsOf('callback', book(), '2026-11-23').map(told)).toEqual([
      ['2026-11-23T00:30:00.000Z', '2026-11-23T09:30:00.000Z'],
    ]);
    expect(slotsOf('callback', book(), '2026-11-24')).toEqual([]);
    expect(slotsOf('analysis', book(), '2026-11-28')).toEqual([]);
  });

  test('on call last from one morning to the next, working day or not', () => {
    expect(slotsOf('community', book(), '2026-11-28').map(told)).toEqual([
      ['2026-11-28T00:00:00.000Z', '2026-11-29T00:00:00.000Z'],
    ]);
  });

  test('between two moments are those that run at one of them, last night’s too', () => {
    const at = new Date('2026-11-23T03:00:00+08:00');
    const [night] = slotsBetween('dispatch', book(), at, new Date(at.getTime() + 1), dayOf);
    expect(night).toMatchObject({ on_day: '2026-11-22', part: 3 });
  });
});

test('a week begins on its Monday, across months and years', () => {
  for (const day of weekOf('2026-12-28')) expect(mondayOf(day)).toBe('2026-12-28');
  expect(mondayOf(addDays('2026-12-28', 7))).toBe('2027-01-04');
});

test('every desk has its posts at such a unit, and no post sits at two', () => {
  for (const desk of dutyDeskNames)
    for (const post of deskRule(desk).posts) expect([post, posts[post].at]).toEqual([post, deskRule(desk).at]);
  const all = dutyDeskNames.flatMap((desk) => deskRule(desk).posts);
  expect(new Set(all).size).toBe(all.length);
  for (const post of postNames) expect(deskOf(post) !== undefined).toBe(all.includes(post));
});
