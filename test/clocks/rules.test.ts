import { describe, expect, test } from 'vitest';
import { type Category, type Priority, parameterDefaults, type Rulebook } from '../../src/catalog/rules.ts';
import { clockKinds, isLate, resumeClock, spentPercent, startClock, type TimedClock } from '../../src/clocks/rules.ts';
import { type Limit, makeCalendar, office_seasons } from '../../src/core/calendar.ts';

const days = new Map<string, boolean>();
for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2027, 0, 1); at += 86_400_000) {
  const day = new Date(at);
  days.set(day.toISOString().slice(0, 10), day.getUTCDay() % 6 !== 0);
}
const calendar = makeCalendar({ version: 3, days, seasons: office_seasons });
const category: Category = {
  code: '0204',
  parent_code: '02',
  name_zh: '停水',
  name_en: 'Water cut',
  lead_unit_id: null,
  priority: 'general',
  acknowledge_limit: null,
  contact_limit: null,
  handle_limit: { value: 8, unit: 'office_minutes' },
  milestones: [],
};
const book = {
  parameters: parameterDefaults,
  calendar,
  categories: new Map([[category.code, category]]),
  units: new Map(),
} as unknown as Rulebook;

const monday = new Date('2026-11-23T10:00:00+08:00');
const start = (
  kind: TimedClock,
  priority: Priority,
  now = monday,
  more: { category_code?: string; unit_round_the_clock?: boolean; rework?: boolean } = {},
) => startClock(kind, book, { priority, category_code: null, ...more }, now);
const due = (...given: Parameters<typeof start>): string =>
  new Date(start(...given).due_at.getTime() + 8 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');

describe('limits by priority, from a Monday morning at ten', () => {
  // Emergency and urgent run around the clock; the others in office hours, but for the contact, which is plain hours.
  test.each([
    ['emergency', '2026-11-23 10:15', '2026-11-23 10:30', '2026-11-23 12:00'],
    ['urgent', '2026-11-23 10:30', '2026-11-23 12:00', '2026-11-24 10:00'],
    ['general', '2026-11-23 16:00', '2026-11-24 10:00', '2026-11-30 17:30'],
    ['complex', '2026-11-23 16:00', '2026-11-24 10:00', '2026-12-14 17:30'],
    ['inquiry', '2026-11-23 12:00', '2026-11-24 11:00', '2026-11-24 17:30'],
  ] as const)('%s: acknowledge, contact, handle', (priority, acknowledge, contact, handle) => {
    expect([due('acknowledge', priority), due('contact', priority), due('handle', priority)]).toEqual([
      acknowledge,
      contact,
      handle,
    ]);
  });

  test('a category sets a limit only where its own cell is filled', () => {
    expect(due('handle', 'general', monday, { category_code: '0204' })).toBe('2026-11-23 10:08');
    expect(due('acknowledge', 'general', monday, { category_code: '0204' })).toBe('2026-11-23 16:00');
    expect(due('handle', 'general', monday, { category_code: '0999' })).toBe('2026-11-30 17:30');
  });

  test('a rework has three working days whatever the priority or category', () => {
    for (const priority of ['emergency', 'general', 'complex'] as const)
      expect(due('handle', priority, monday, { rework: true, category_code: '0204' })).toBe('2026-11-26 17:30');
  });
});

describe('the other clocks', () => {
  test('review and dispatch have half an hour around the clock, an emergency is dispatched in five minutes', () => {
    const night = new Date('2026-11-28T23:50:00+08:00');
    expect(due('review', 'general', night)).toBe('2026-11-29 00:20');
    expect(due('dispatch', 'general', night)).toBe('2026-11-29 00:20');
    expect(due('dispatch', 'emergency', night)).toBe('2026-11-28 23:55');
  });
  test('a ruling and an approval have one working day, two hours for orders around the clock', () => {
    for (const kind of ['ruling', 'approve'] as const) {
      expect(due(kind, 'general')).toBe('2026-11-24 17:30');
      expect(due(kind, 'complex')).toBe('2026-11-24 17:30');
      expect(due(kind, 'inquiry')).toBe('2026-11-24 17:30');
      expect(due(kind, 'urgent')).toBe('2026-11-23 12:00');
      expect(due(kind, 'emergency')).toBe('2026-11-23 12:00');
    }
  });
  test('a callback has two working days', () => {
    expect(due('callback', 'emergency')).toBe('2026-11-25 17:30');
  });
  test('the kinds are those of the process', () => {
    expect(clockKinds).toEqual([
      'review',
      'dispatch',
      'acknowledge',
      'contact',
      'handle',
      'ruling',
      'decision',
      'approve',
      'promise',
      'callback',
      'check_in',
      'whistle_acknowledge',
      'supervision_reply',
      'milestone',
    ]);
  });
});

describe('acknowledging at night', () => {
  const friday_night = new Date('2026-11-27T22:00:00+08:00');
  test('units that work around the clock are held to it at once', () => {
    expect(due('acknowledge', 'urgent', friday_night, { unit_round_the_clock: true })).toBe('2026-11-27 22:30');
  });
  test('for the others it counts from the next opening, on Monday', () => {
    expect(due('acknowledge', 'urgent', friday_night, { unit_round_the_clock: false })).toBe('2026-11-30 09:00');
    expect(due('acknowledge', 'emergency', friday_night, { unit_round_the_clock: false })).toBe('2026-11-30 08:45');
  });
  test('handling an emergency waits for nobody', () => {
    expect(due('handle', 'emergency', friday_night, { unit_round_the_clock: false })).toBe('2026-11-28 00:00');
  });
});

test('a started clock is a whole row: limit, unit, calendar version', () => {
  expect(start('handle', 'general')).toEqual({
    kind: 'handle',
    started_at: monday,
    due_at: new Date('2026-11-30T09:30:00Z'),
    limit_value: 5,
    limit_unit: 'working_days',
    calendar_version: 3,
    provisional: false,
  });
});

test('past the last loaded year days are counted from Monday to Friday, and the clock says that it is provisional', () => {
  const clock = start('handle', 'complex', new Date('2026-12-28T10:00:00+08:00'));
  expect(clock).toMatchObject({ provisional: true, due_at: new Date('2027-01-18T17:30:00+08:00') });
  expect(start('handle', 'general').provisional).toBe(false);
});

describe('a clock that goes on', () => {
  const resume = (due_at: string, limit_unit: Limit['unit'], stopped: string, now: string) =>
    resumeClock(
      calendar,
      { due_at: new Date(due_at), limit_unit, provisional: false, paused_spans: [] },
      new Date(stopped),
      new Date(now),
    );
  test('in plain minutes has as many left as when it stopped', () => {
    expect(
      resume('2026-11-23T10:30:00+08:00', 'minutes', '2026-11-23T10:10:00+08:00', '2026-11-25T08:00:00+08:00').due_at,
    ).toEqual(new Date('2026-11-25T08:20:00+08:00'));
  });
  test('in working time has the same office minutes left, laid out anew', () => {
    // Stopped on Monday at three in the afternoon with one day and two and a half hours to go; goes on after a Friday noon.
    const resumed = resume('2026-11-24T17:30:00+08:00', 'working_days', '2026-11-23T15:00:00+08:00', '2026-11-27T15:00:00+08:00');
    expect(resumed.due_at).toEqual(new Date('2026-11-30T17:30:00+08:00'));
  });
  test('keeps what it was late when it stopped', () => {
    const late = new Date('2026-11-23T10:30:00+08:00');
    expect(resume(late.toISOString(), 'working_days', '2026-11-24T10:00:00+08:00', '2026-11-26T10:00:00+08:00').due_at).toEqual(
      late,
    );
  });
  test('remembers the span, the calendar it was laid out with, and whether that was provisional', () => {
    expect(
      resume('2026-12-31T17:30:00+08:00', 'office_minutes', '2026-12-31T10:00:00+08:00', '2027-01-04T08:30:00+08:00'),
    ).toEqual({
      due_at: new Date('2027-01-04T16:00:00+08:00'),
      provisional: true,
      calendar_version: 3,
      paused_spans: [{ from: '2026-12-31T02:00:00.000Z', to: '2027-01-04T00:30:00.000Z' }],
    });
    const first = { from: 'a', to: 'b' };
    const again = resumeClock(
      calendar,
      { due_at: new Date('2026-11-23T11:00:00Z'), limit_unit: 'minutes', provisional: true, paused_spans: [first] },
      monday,
      monday,
    );
    expect(again).toMatchObject({
      provisional: true,
      paused_spans: [first, { from: monday.toISOString(), to: monday.toISOString() }],
    });
  });
});

test('late follows from the due time and the moment it is asked', () => {
  expect(isLate(monday, monday)).toBe(false);
  expect(isLate(monday, new Date(monday.getTime() + 1))).toBe(true);
  expect(isLate(null, monday)).toBe(false);
});

test('how much of the time is spent stays between nothing and all', () => {
  const to = new Date('2026-11-23T12:00:00+08:00');
  const at = (iso: string) => spentPercent(monday, to, new Date(iso));
  expect([
    at('2026-11-23T09:00:00+08:00'),
    at('2026-11-23T11:00:00+08:00'),
    at('2026-11-23T11:30:00+08:00'),
    at('2026-11-24T11:00:00+08:00'),
  ]).toEqual([0, 50, 75, 100]);
  expect(spentPercent(monday, monday, monday)).toBe(100);
});
