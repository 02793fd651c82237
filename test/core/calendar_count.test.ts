import { describe, expect, test } from 'vitest';
import { type Clock, laidOutAnew, resumeClock } from '../../src/clocks/rules.ts';
import {
  addOfficeMinutes,
  closeOfNthWorkingDay,
  dueAt,
  makeCalendar,
  nextOpening,
  officeMinutesBetween,
} from '../../src/core/calendar.ts';

/**
 * Working time counted a second time, and as naively as it can be: every minute of three years is looked at by itself, on the wall of
 * Asia/Shanghai. Nothing here knows seasons as spans, day numbers or arithmetic over days; it only steps on by a minute or a day.
 */

const minute = 60_000;
const day = 86_400_000;
const first = Date.parse('2024-12-20T00:00:00+08:00');
const last = Date.parse('2028-02-01T00:00:00+08:00');

/** Holidays and make-up days in the manner of the yearly notices, 2025 to 2027. */
const off =
  `2025-01-01 2025-01-28 2025-01-29 2025-01-30 2025-01-31 2025-02-03 2025-02-04 2025-04-04 2025-05-01 2025-05-02 2025-05-05 2025-06-02
  2025-10-01 2025-10-02 2025-10-03 2025-10-06 2025-10-07 2025-10-08 2026-01-01 2026-01-02 2026-02-16 2026-02-17 2026-02-18 2026-02-19
  2026-02-20 2026-02-23 2026-04-06 2026-05-01 2026-05-04 2026-05-05 2026-06-19 2026-09-25 2026-10-01 2026-10-02 2026-10-05 2026-10-06
  2026-10-07 2027-01-01 2027-02-05 2027-02-08 2027-02-09 2027-02-10 2027-02-11 2027-04-05 2027-05-03 2027-05-04 2027-06-09 2027-09-15
  2027-10-01 2027-10-04 2027-10-05 2027-10-06 2027-10-07`.split(/\s+/);
const makeup =
  `2025-01-26 2025-02-08 2025-04-27 2025-09-28 2025-10-11 2026-01-04 2026-02-14 2026-02-28 2026-05-09 2026-09-20 2026-10-10 2027-02-20
  2027-05-08 2027-09-26 2027-10-09`.split(/\s+/);

const wall = (at: number) => new Date(at + 8 * 3_600_000).toISOString();
const dayOf = (at: number) => wall(at).slice(0, 10);
const isWorked = (on: string): boolean =>
  makeup.includes(on) || (!off.includes(on) && ![0, 6].includes(new Date(`${on}T00:00:00Z`).getUTCDay()));
/** Whether the office is open in the minute that begins now: half past eight to twelve; from half past one in summer, from two in winter. */
function isOpen(at: number): boolean {
  const [on, time] = [dayOf(at), wall(at).slice(11, 16)];
  if (!isWorked(on)) return false;
  const summer = on.slice(5) >= '06-01' && on.slice(5) < '10-08';
  return (time >= '08:30' && time < '12:00') || (time >= (summer ? '13:30' : '14:00') && time < '17:30');
}

/** Every office minute of the three years and what is around them, in order: a list to be counted along. */
const open: number[] = [];
for (let on = first; on < last; on += day)
  if (isWorked(dayOf(on))) for (let at = on; at < on + day; at += minute) if (isOpen(at)) open.push(at);

/** The place in the list of the first office minute that has not begun before `at`. */
function placeOf(at: number): number {
  let [low, high] = [0, open.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (open[middle]! < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
/** What of the office minute that runs at `at` is still to come, in milliseconds. */
function restOf(at: number): number {
  const begun = at - (((at % minute) + minute) % minute);
  return begun !== at && isOpen(begun) ? begun + minute - at : 0;
}
const naive = {
  /** In milliseconds. */
  passed: (a: number, b: number): number => (b <= a ? 0 : (placeOf(b) - placeOf(a)) * minute + restOf(a) - restOf(b)),
  after: (at: number, minutes: number): number => {
    if (minutes <= 0) return at;
    const left = minutes * minute - restOf(at);
    const from = placeOf(at);
    if (left <= 0) return at + minutes * minute;
    const whole = Math.ceil(left / minute);
    return open[from + whole - 1]! + left - (whole - 1) * minute;
  },
  close: (at: number, days: number): number => {
    let on = dayOf(at);
    for (let left = days; left > 0; ) {
      on = dayOf(Date.parse(`${on}T12:00:00+08:00`) + day);
      if (isWorked(on)) left--;
    }
    return Date.parse(isWorked(on) ? `${on}T17:30:00+08:00` : `${on}T24:00:00+08:00`);
  },
  opening: (at: number): number => (restOf(at) > 0 || isOpen(at) ? at : open[placeOf(at)]!),
};

const days = new Map<string, boolean>();
for (let on = Date.parse('2024-01-01T00:00:00+08:00'); on < Date.parse('2029-01-01T00:00:00+08:00'); on += day)
  days.set(dayOf(on), isWorked(dayOf(on)));
const calendar = makeCalendar({
  version: 1,
  days,
  seasons: [
    { from: '06-01', am: [510, 720], pm: [810, 1050] },
    { from: '10-08', am: [510, 720], pm: [840, 1050] },
  ],
});

/** The same numbers for the same seed (mulberry32). */
function dice(seed: number) {
  let state = seed;
  return (n: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * n);
  };
}
const begin = Date.parse('2025-01-01T00:00:00+08:00');
const three_years = Date.parse('2027-11-15T00:00:00+08:00') - begin;
const cases = 1500;
/** A moment of the three years, to the second; every third one on the edge of office hours. */
function moment(roll: (n: number) => number): number {
  const at = begin + roll(three_years / 1000) * 1000;
  if (roll(3) > 0) return at;
  const edge = ['08:30', '12:00', '13:30', '14:00', '17:30', '00:00'][roll(6)]!;
  return Date.parse(`${dayOf(at)}T${edge}:00+08:00`) + (roll(3) - 1) * 1000;
}
const say = (...at: number[]) => at.map((one) => wall(one).slice(0, 19)).join(' / ');

test('the three years hold what their notices say', () => {
  const worked = (year: number) => [...days].filter(([on, working]) => working && on.startsWith(String(year))).length;
  expect([2025, 2026, 2027].map(worked)).toEqual([248, 248, 249]);
});

describe.each([1, 2])('seed %i: working time is what the count says', (seed) => {
  test('so many office minutes after a moment', () => {
    const roll = dice(seed);
    for (let n = 0; n < cases; n++) {
      const [from, minutes] = [moment(roll), roll(4) === 0 ? roll(20) : roll(9000)];
      const { due_at, provisional } = addOfficeMinutes(calendar, new Date(from), minutes);
      expect([say(from), minutes, say(due_at.getTime()), provisional]).toEqual([
        say(from),
        minutes,
        say(naive.after(from, minutes)),
        false,
      ]);
    }
  });

  test('between two moments, and there and back', () => {
    const roll = dice(seed + 10);
    for (let n = 0; n < cases; n++) {
      const from = moment(roll);
      const to = from + roll(40 * day) - roll(3) * day;
      expect([say(from, to), officeMinutesBetween(calendar, new Date(from), new Date(to))]).toEqual([
        say(from, to),
        Math.floor(naive.passed(from, to) / minute),
      ]);
      const minutes = roll(5000);
      const { due_at } = addOfficeMinutes(calendar, new Date(from), minutes);
      expect([say(from), officeMinutesBetween(calendar, new Date(from), due_at)]).toEqual([say(from), minutes]);
    }
  });

  test('the close of the n-th working day, and the next opening', () => {
    const roll = dice(seed + 20);
    for (let n = 0; n < cases; n++) {
      const [from, count] = [moment(roll), roll(25)];
      expect([say(from), count, say(closeOfNthWorkingDay(calendar, new Date(from), count).due_at.getTime())]).toEqual([
        say(from),
        count,
        say(naive.close(from, count)),
      ]);
      expect([say(from), say(nextOpening(calendar, new Date(from)).getTime())]).toEqual([say(from), say(naive.opening(from))]);
    }
  });

  test('a clock that is stopped and goes on, several times, has in all exactly its office time, no second more or less', () => {
    const roll = dice(seed + 30);
    for (let n = 0; n < cases / 3; n++) {
      const started = moment(roll);
      const unit = (['working_days', 'office_minutes', 'minutes'] as const)[roll(3)]!;
      const limit = { value: unit === 'working_days' ? 1 + roll(15) : 30 + roll(4000), unit };
      let clock: Pick<Clock, 'due_at' | 'limit_unit' | 'provisional' | 'paused_spans'> = {
        ...dueAt(calendar, new Date(started), limit),
        limit_unit: unit,
        paused_spans: [],
      };
      const spent = (a: number, b: number) => (unit === 'minutes' ? b - a : naive.passed(a, b));
      const whole = spent(started, clock.due_at.getTime());
      let from = started;
      let worked = 0;
      for (let pauses = 1 + roll(3); pauses > 0; pauses--) {
        const stopped = from + roll(Math.max(1, clock.due_at.getTime() - from));
        const now = stopped + roll(30 * day);
        const before = clock.due_at;
        clock = { ...clock, ...resumeClock(calendar, clock, new Date(stopped), new Date(now)) };
        expect(clock.due_at >= before, say(started, stopped, now)).toBe(true);
        worked += spent(from, stopped);
        from = now;
      }
      expect([say(started), worked + spent(from, clock.due_at.getTime())]).toEqual([say(started), whole]);
      expect(clock.paused_spans.every(({ from: a, to: b }) => a <= b)).toBe(true);
    }
  });

  test('what was late when it was stopped stays late', () => {
    const roll = dice(seed + 40);
    for (let n = 0; n < 200; n++) {
      const due = moment(roll);
      const stopped = due + roll(5 * day);
      const clock = { due_at: new Date(due), limit_unit: 'working_days' as const, provisional: false };
      expect(laidOutAnew(calendar, clock, new Date(stopped), new Date(stopped + roll(9 * day))).due_at).toEqual(clock.due_at);
    }
  });
});
