import { describe, expect, test } from 'vitest';
import { readExceptions, sayLimit, saySeasons } from '../../src/catalog/forms.ts';
import {
  dayMark,
  daysOfYear,
  effectiveLimit,
  entryOf,
  limitEntryNames,
  limitFrom,
  minutes,
  officeMinutes,
  parameterDefaults,
  parameterKeys,
  parameterRules,
  workingDays,
} from '../../src/catalog/rules.ts';
import { words } from '../../src/words/words.ts';

describe('limits', () => {
  test('people type hours where the clocks run in minutes', () => {
    expect(entryOf(minutes(120))).toEqual({ value: 2, entry: 'hours' });
    expect(entryOf(minutes(90))).toEqual({ value: 90, entry: 'minutes' });
    expect(entryOf(officeMinutes(240))).toEqual({ value: 4, entry: 'office_hours' });
    expect(entryOf(workingDays(5))).toEqual({ value: 5, entry: 'working_days' });
    for (const entry of limitEntryNames) expect(entryOf(limitFrom(7, entry))).toEqual({ value: 7, entry });
    expect(limitFrom(2, 'hours')).toEqual(minutes(120));
  });

  test('they are said as people say them', () => {
    expect([minutes(30), minutes(1440), officeMinutes(240), workingDays(1)].map((limit) => sayLimit(limit, words.zh))).toEqual([
      '30 分钟',
      '24 小时',
      '4 个工作小时',
      '1 个工作日',
    ]);
    expect(sayLimit(workingDays(1), words.en)).toBe('1 working day');
  });

  test('a category’s own limit goes before the priority’s', () => {
    const category = { priority: 'general' as const, acknowledge_limit: null, contact_limit: null, handle_limit: workingDays(3) };
    expect(effectiveLimit(parameterDefaults, category, 'handle')).toEqual({ limit: workingDays(3), own: true });
    expect(effectiveLimit(parameterDefaults, category, 'acknowledge')).toEqual({ limit: officeMinutes(240), own: false });
    expect(effectiveLimit(parameterDefaults, { ...category, priority: null, handle_limit: null }, 'handle')).toBeNull();
  });
});

describe('parameters', () => {
  test('each default is what its rule allows, and each has its words', () => {
    for (const key of parameterKeys) {
      const rule = parameterRules[key];
      const value: unknown = parameterDefaults[key];
      if (rule.kind === 'number')
        expect([key, (value as number) >= rule.min && (value as number) <= rule.max]).toEqual([key, true]);
      if (rule.kind === 'text') expect(value).toMatch(rule.pattern);
      if (rule.kind === 'limit') expect(value).toHaveProperty('unit');
      expect(words.en.catalog.parameters[key].name).not.toBe('');
    }
  });

  test('office hours are typed and shown alike', () => {
    expect(saySeasons(parameterDefaults['calendar.seasons'])).toBe(
      '06-01 08:30-12:00 13:30-17:30\n10-08 08:30-12:00 14:00-17:30',
    );
  });
});

describe('the calendar', () => {
  test('a day is marked where it differs from its weekday', () => {
    expect([
      dayMark('2026-11-23', true),
      dayMark('2026-11-22', false),
      dayMark('2026-10-01', false),
      dayMark('2026-10-10', true),
    ]).toEqual(['workday', 'weekend', 'holiday', 'makeup']);
  });

  test('a new year has all its days, weekends off', () => {
    const days = daysOfYear(2028);
    expect([days.length, days[0], days.at(-1)?.day]).toEqual([366, { day: '2028-01-01', working: false }, '2028-12-31']);
    expect(days.filter(({ working }) => working)).toHaveLength(260);
  });

  test('a notice is read line by line, in either language', () => {
    const marks = { work: ['班', 'work'], off: ['休', 'off'] };
    expect(readExceptions('2027-02-05~2027-02-07 休 春节\n\n2027-02-20 Work 春节调休上班', marks)).toEqual({
      value: [
        ...['2027-02-05', '2027-02-06', '2027-02-07'].map((day) => ({ day, working: false, name: '春节' })),
        { day: '2027-02-20', working: true, name: '春节调休上班' },
      ],
    });
    for (const line of [
      '2027-02-30 休 x',
      '2027-2-5 休',
      '2027-02-05 也许',
      '2027-02-07~2027-02-05 休',
      '2027-01-01~2027-12-31 休',
      'x',
    ]) {
      expect(readExceptions(`2027-01-01 休 元旦\n${line}`, marks), line).toEqual({ bad_line: 2 });
    }
  });
});
