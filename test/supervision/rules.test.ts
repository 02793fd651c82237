import { describe, expect } from 'vitest';
import { rulebook } from '../../src/catalog/actions.ts';
import { clockKinds } from '../../src/clocks/rules.ts';
import {
  actNames,
  acts,
  cardTimes,
  isQuiet,
  type Level,
  ownerOf,
  type Stage,
  stageOf,
  toldPosts,
} from '../../src/supervision/rules.ts';
import { test } from '../support/world.ts';

const at = (text: string) => new Date(`${text}+08:00`);

describe('when a clock gets its cards', () => {
  test('working days: a reminder at half of the office time, yellow at the close of the working day before', async ({ db }) => {
    const { calendar } = await rulebook(db);
    const times = cardTimes(calendar, { value: 5, unit: 'working_days' }, at('2026-11-23T10:00'), at('2026-11-30T17:30'));
    expect(times.yellow_at).toEqual(at('2026-11-27T17:30'));
    expect(times.remind_at > at('2026-11-25T08:00') && times.remind_at < at('2026-11-27T09:00')).toBe(true);
  });
  test('one working day, and hours: yellow at 75 % of the time', async ({ db }) => {
    const { calendar } = await rulebook(db);
    const plain = cardTimes(calendar, { value: 120, unit: 'minutes' }, at('2026-11-21T22:00'), at('2026-11-22T00:00'));
    expect(plain).toEqual({ remind_at: at('2026-11-21T23:00'), yellow_at: at('2026-11-21T23:30') });
    const day = cardTimes(calendar, { value: 1, unit: 'working_days' }, at('2026-11-23T10:00'), at('2026-11-24T17:30'));
    expect(day.remind_at < day.yellow_at && day.yellow_at < at('2026-11-24T17:30')).toBe(true);
    expect(day.yellow_at >= at('2026-11-24T08:30')).toBe(true);
  });
  test('never after the due time, not even for a clock whose time was over before it was counted', async ({ db }) => {
    const { calendar } = await rulebook(db);
    const due = at('2026-11-23T09:00');
    for (const unit of ['minutes', 'office_minutes', 'working_days'] as const) {
      const { remind_at, yellow_at } = cardTimes(calendar, { value: 3, unit }, at('2026-11-23T10:00'), due);
      expect(remind_at <= due && yellow_at <= due).toBe(true);
    }
  });
});

test('quiet hours reach over midnight, and may be none', () => {
  const quiet = (text: string) => isQuiet('22:00', '07:00', Number(text.slice(0, 2)) * 60 + Number(text.slice(3)));
  expect(['21:59', '22:00', '03:00', '06:59', '07:00', '12:00'].map(quiet)).toEqual([false, true, true, true, false, false]);
  expect(isQuiet('12:00', '14:00', 13 * 60)).toBe(true);
  expect(isQuiet('00:00', '00:00', 0)).toBe(false);
});

test('every kind of clock is somebody’s time, and somebody is told of it', () => {
  for (const kind of clockKinds) {
    const units = ownerOf[kind] === 'city' ? (['city'] as const) : (['town', 'community', 'grid', 'department'] as const);
    for (const unit of units) expect([kind, unit, toldPosts(kind, unit).length > 0]).toEqual([kind, unit, true]);
  }
  for (const kind of ['ruling', 'decision', 'approve'] as const) expect(toldPosts(kind, 'city')).not.toEqual([]);
});

/** Written by hand from the ladder: at each stage, on each rung, with a talk to come or without, what may be done. */
const may: Record<Stage, string> = {
  to_read: 'read_supervision reply_supervision',
  to_reply: 'reply_supervision',
  to_judge: 'accept_reply send_back_reply',
  accepted: '',
  ended: '',
};
test('each act has its stages and rungs', () => {
  for (const stage of Object.keys(may) as Stage[])
    for (const level of ['order', 'listed', 'talk'] as Level[])
      for (const talk_open of [false, true]) {
        const expected = [
          ...may[stage].split(' ').filter(Boolean),
          ...(stage !== 'ended' && level === 'order' ? ['list_supervision'] : []),
          ...(stage !== 'ended' && !talk_open ? ['summon'] : []),
          ...(talk_open ? ['record_talk'] : []),
        ];
        expect([stage, level, talk_open, actNames.filter((act) => acts[act].when(stage, { level, talk_open }))]).toEqual([
          stage,
          level,
          talk_open,
          expected,
        ]);
      }
});

test('the stage follows from the receipts', () => {
  const blank = { read_at: null, accepted_at: null, ended_at: null, judging: false };
  const day = new Date(0);
  expect(stageOf(blank)).toBe('to_read');
  expect(stageOf({ ...blank, read_at: day })).toBe('to_reply');
  expect(stageOf({ ...blank, read_at: day, judging: true })).toBe('to_judge');
  expect(stageOf({ ...blank, read_at: day, accepted_at: day })).toBe('accepted');
  expect(stageOf({ ...blank, accepted_at: day, ended_at: day })).toBe('ended');
});
