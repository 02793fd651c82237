import { describe, expect, test } from 'vitest';
import { parameterDefaults } from '../../src/catalog/rules.ts';
import { makeCalendar, office_seasons } from '../../src/core/calendar.ts';
import {
  type Act,
  actNames,
  answerOf,
  canFollow,
  dueFor,
  kinds,
  mayAnswer,
  needsDecision,
  type Status,
  statusAfter,
  statuses,
} from '../../src/whistles/rules.ts';

/** Written by hand from the process (section 4): what may be done in each status, and where it leads. */
const allowed: Record<Status, Partial<Record<Act, Status>>> = {
  draft: { draft: 'draft', propose: 'pending_approval', withdraw: 'withdrawn' },
  pending_approval: { issue: 'issued', reject: 'rejected', withdraw: 'withdrawn' },
  issued: {
    acknowledge: 'checking_in',
    check_in: 'checking_in',
    refuse: 'checking_in',
    consult: 'in_consultation',
    withdraw: 'withdrawn',
  },
  checking_in: { acknowledge: 'checking_in', check_in: 'checking_in', refuse: 'checking_in', consult: 'in_consultation' },
  in_consultation: {
    acknowledge: 'in_consultation',
    check_in: 'in_consultation',
    record_minutes: 'in_consultation',
    add_part: 'in_consultation',
    report_part: 'in_consultation',
    finish_part: 'in_consultation',
    judge: 'in_consultation',
    resolve: 'resolved',
  },
  resolved: { rate: 'rated', judge: 'resolved' },
  rated: { judge: 'rated', end: 'ended' },
  ended: {},
  rejected: {},
  withdrawn: {},
};

describe('every status × every act', () => {
  for (const status of statuses)
    test(`${status}: ${Object.keys(allowed[status]).join(', ') || 'nothing'}`, () => {
      for (const act of actNames) {
        const to = allowed[status][act];
        expect([act, canFollow(status, act)]).toEqual([act, to !== undefined]);
        if (to === undefined) expect(() => statusAfter(status, act)).toThrow();
        else expect(statusAfter(status, act)).toBe(to);
      }
    });
});

test('hard and project whistles need a decision, the others do not', () => {
  expect(kinds.filter(needsDecision)).toEqual(['hard', 'project']);
});

const at = (time: string) => new Date(`2026-11-${time}:00+08:00`);

describe('an answer', () => {
  const called = { acknowledged_at: null, checked_in_at: null, refused_at: null, check_in_due_at: at('23T12:00') };
  test('is what the unit did, and absence what the clock says of what it did not do', () => {
    expect(answerOf(called, at('23T12:00'))).toBe('waiting');
    expect(answerOf({ ...called, acknowledged_at: at('23T10:00') }, at('23T11:00'))).toBe('acknowledged');
    expect(answerOf({ ...called, acknowledged_at: at('23T10:00') }, at('23T12:01'))).toBe('absent');
    expect(answerOf({ ...called, checked_in_at: at('23T13:00') }, at('23T14:00'))).toBe('checked_in');
    expect(answerOf({ ...called, refused_at: at('23T11:00') }, at('23T14:00'))).toBe('refused');
    expect(answerOf({ ...called, check_in_due_at: null }, at('23T14:00'))).toBe('waiting');
  });
  test('is given once: nobody acknowledges or checks in twice, or refuses what he came to', () => {
    expect((['acknowledge', 'check_in', 'refuse'] as const).map((act) => mayAnswer(act, called))).toEqual([true, true, true]);
    const acknowledged = { ...called, acknowledged_at: at('23T10:00') };
    expect((['acknowledge', 'check_in', 'refuse'] as const).map((act) => mayAnswer(act, acknowledged))).toEqual([
      false,
      true,
      true,
    ]);
    for (const over of [{ checked_in_at: at('23T10:00') }, { refused_at: at('23T10:00') }])
      for (const act of ['acknowledge', 'check_in', 'refuse'] as const)
        expect(mayAnswer(act, { ...called, ...over })).toBe(false);
  });
});

describe('the time to answer', () => {
  const book = {
    parameters: parameterDefaults,
    calendar: makeCalendar({ version: 1, days: new Map(), seasons: office_seasons }),
  };
  test('an emergency is heard at night; everything else in office time', () => {
    const night = at('23T22:00');
    expect(dueFor(book, 'emergency', 'whistle_acknowledge', night).due_at).toEqual(at('23T22:10'));
    expect(dueFor(book, 'emergency', 'check_in', night).due_at).toEqual(at('23T22:30'));
    expect(dueFor(book, 'routine', 'whistle_acknowledge', night).due_at).toEqual(at('24T09:30'));
    expect(dueFor(book, 'routine', 'check_in', night).due_at).toEqual(at('26T17:30'));
    expect(dueFor(book, 'project', 'check_in', night).due_at).toEqual(at('30T17:30'));
  });
  test('a limit that a city sets in plain minutes counts from the next opening, but for an emergency', () => {
    const limit = { value: 30, unit: 'minutes' } as const;
    const set = { ...book, parameters: { ...parameterDefaults, 'whistle.routine.acknowledge': limit } };
    expect(dueFor(set, 'routine', 'whistle_acknowledge', at('23T22:00')).due_at).toEqual(at('24T09:00'));
  });
});
