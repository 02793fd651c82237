import { describe, expect, test } from 'vitest';
import { positionOf } from '../../src/visits/forms.ts';
import {
  againDays,
  canFollow,
  followUps,
  followUpsOf,
  nextMonth,
  periodStart,
  roomOf,
  situations,
  type VisitAct,
  visitActs,
  visitStatuses,
} from '../../src/visits/rules.ts';
import { words } from '../../src/words/words.ts';

describe('visits', () => {
  test('every state × every act: planned, at the door, recorded; what is over stays over', () => {
    const table = Object.fromEntries(
      visitStatuses.map((status) => [
        status,
        (Object.keys(visitActs) as VisitAct[]).filter((act) => canFollow(status, act)).join(' '),
      ]),
    );
    expect(table).toEqual({ planned: 'check_in drop', checked_in: 'finish', finished: '', dropped: '' });
  });

  test('one household is one place however it was typed', () => {
    expect(new Set([' 3单元 502', '3单元502', '３单元５０２'].map(roomOf))).toEqual(new Set(['3单元502']));
  });

  test('a position is whole or none, and no nearer than a metre', () => {
    expect(positionOf({ latitude: 37.3641234567, longitude: 120.3991234567, accuracy: 11.2 })).toEqual({
      latitude: 37.36412,
      longitude: 120.39912,
      accuracy_metres: 12,
    });
    expect(positionOf({ latitude: 37.3, longitude: null, accuracy: 3 })).toBeNull();
  });

  test('months and quarters begin and end where they should', () => {
    expect(['2026-11-23', '2026-01-01', '2026-12-31'].map((day) => periodStart('quarter', day))).toEqual([
      '2026-10-01',
      '2026-01-01',
      '2026-10-01',
    ]);
    expect(periodStart('month', '2026-11-23')).toBe('2026-11-01');
    expect([nextMonth('2026-12'), nextMonth('2026-09')]).toEqual(['2027-01-01', '2026-10-01']);
  });
});

describe('the four situations', () => {
  test('each brings its follow-ups, and only the weekly visit to the ill comes again', () => {
    for (const situation of situations) expect(followUpsOf(situation)).toHaveLength(3);
    const again = situations.flatMap((one) =>
      followUpsOf(one)
        .filter(({ step }) => againDays(one, step))
        .map(({ step }) => step),
    );
    expect(again).toEqual(['revisit']);
    expect(followUps.bedridden[0].limit).toEqual({ value: 1440, unit: 'minutes' });
    expect(followUps.discontent[0].limit).toEqual({ value: 2880, unit: 'minutes' });
    expect(followUps.dispute[0].limit).toEqual({ value: 3, unit: 'working_days' });
  });

  test('each step has its word, and no word is left over', () => {
    const steps = situations.flatMap((one) => followUpsOf(one).map(({ step }) => step));
    expect(Object.keys(words.zh.visits.follow_ups).sort()).toEqual(steps.sort());
  });
});
