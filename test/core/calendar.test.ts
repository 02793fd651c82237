import { describe, expect, test } from 'vitest';
import { calendarRows } from '../../seeds/calendar.ts';
import {
  addOfficeMinutes,
  type Calendar,
  closeOfNthWorkingDay,
  dueAt,
  makeCalendar,
  nextOpening,
  office_seasons,
  officeMinutesBetween,
} from '../../src/core/calendar.ts';

const at = (local: string) => new Date(`${local}+08:00`);
const calendarOf = (first: number, last: number): Calendar =>
  makeCalendar({
    version: 1,
    days: new Map(calendarRows(first, last).map((row) => [row.day, row.working])),
    seasons: office_seasons,
  });
const calendar = calendarOf(2021, 2023);

describe('working days', () => {
  test('five working days from Friday evening before the Dragon Boat holiday end on the second Monday', () => {
    expect(closeOfNthWorkingDay(calendar, at('2021-06-11T17:39:00'), 5)).toEqual({
      due_at: at('2021-06-21T17:30:00'),
      provisional: false,
    });
  });

  test('the day of the start is day 0 whatever the hour and whether or not it is a working day', () => {
    for (const start of ['2021-06-11T00:00:00', '2021-06-11T23:59:59', '2021-06-12T09:00:00', '2021-06-14T23:59:59']) {
      expect(closeOfNthWorkingDay(calendar, at(start), 1).due_at, start).toEqual(at('2021-06-15T17:30:00'));
    }
  });

  test("the day is the city's, not that of UTC", () => {
    expect(closeOfNthWorkingDay(calendar, at('2021-06-15T07:59:00'), 1).due_at).toEqual(at('2021-06-16T17:30:00'));
    expect(closeOfNthWorkingDay(calendar, at('2021-06-16T00:01:00'), 1).due_at).toEqual(at('2021-06-17T17:30:00'));
  });

  test('a make-up Saturday is a working day', () => {
    expect(calendar.isWorkingDay('2021-09-26')).toBe(true);
    expect(closeOfNthWorkingDay(calendar, at('2021-09-24T10:00:00'), 1).due_at).toEqual(at('2021-09-26T17:30:00'));
  });

  test('backwards it finds the close of office before, for a card shown one working day ahead', () => {
    expect(closeOfNthWorkingDay(calendar, at('2021-06-15T17:30:00'), -1).due_at).toEqual(at('2021-06-11T17:30:00'));
  });

  test('an extension counts on from the old due time', () => {
    const due = closeOfNthWorkingDay(calendar, at('2021-06-11T17:39:00'), 5).due_at;
    expect(closeOfNthWorkingDay(calendar, due, 10).due_at).toEqual(
      closeOfNthWorkingDay(calendar, at('2021-06-11T17:39:00'), 15).due_at,
    );
  });
});

describe('office minutes', () => {
  test('the noon break and the night do not count', () => {
    expect(addOfficeMinutes(calendar, at('2021-06-11T11:30:00'), 60).due_at).toEqual(at('2021-06-11T14:00:00'));
    expect(addOfficeMinutes(calendar, at('2021-06-11T17:00:00'), 240).due_at).toEqual(at('2021-06-15T12:00:00'));
  });

  test('a start outside office hours counts from the next opening', () => {
    expect(addOfficeMinutes(calendar, at('2021-06-11T17:39:00'), 120).due_at).toEqual(at('2021-06-15T10:30:00'));
    expect(addOfficeMinutes(calendar, at('2021-06-15T03:00:00'), 120).due_at).toEqual(at('2021-06-15T10:30:00'));
  });

  test('a limit that fits exactly ends at the close, not at the next opening', () => {
    expect(addOfficeMinutes(calendar, at('2021-06-15T08:30:00'), 210).due_at).toEqual(at('2021-06-15T12:00:00'));
  });

  test('the hours change with the season', () => {
    expect(calendar.hours('2021-09-30')).toEqual([
      [510, 720],
      [810, 1050],
    ]);
    expect(calendar.hours('2021-10-08')).toEqual([
      [510, 720],
      [840, 1050],
    ]);
    expect(calendar.hours('2021-01-04')).toEqual(calendar.hours('2021-10-08'));
    expect(calendar.hours('2021-10-01')).toEqual([]);
  });

  test('the next opening is now while the office is open', () => {
    expect(nextOpening(calendar, at('2021-06-15T09:12:00'))).toEqual(at('2021-06-15T09:12:00'));
    expect(nextOpening(calendar, at('2021-06-15T12:00:00'))).toEqual(at('2021-06-15T13:30:00'));
    expect(nextOpening(calendar, at('2021-06-11T17:30:00'))).toEqual(at('2021-06-15T08:30:00'));
  });

  test('what is left of a limit at a pause can be laid out anew', () => {
    const due = closeOfNthWorkingDay(calendar, at('2021-06-11T17:39:00'), 5).due_at;
    const left = officeMinutesBetween(calendar, at('2021-06-17T09:00:00'), due);
    expect(left).toBe(180 + 240 + 2 * 450);
    expect(addOfficeMinutes(calendar, at('2021-07-01T08:30:00'), left).due_at).toEqual(at('2021-07-05T17:00:00'));
  });
});

describe('a limit', () => {
  test('in minutes runs around the clock', () => {
    expect(dueAt(calendar, at('2021-06-12T23:50:00'), { value: 30, unit: 'minutes' })).toEqual({
      due_at: at('2021-06-13T00:20:00'),
      provisional: false,
    });
  });

  test('that is not a number of them is refused', () => {
    expect(() => dueAt(calendar, at('2021-06-12T23:50:00'), { value: Number.NaN, unit: 'office_minutes' })).toThrow(RangeError);
  });

  test('past the last loaded year falls on Monday to Friday and says that it is provisional', () => {
    expect(calendar.last_year).toBe(2023);
    expect(closeOfNthWorkingDay(calendar, at('2023-12-28T10:00:00'), 1)).toEqual({
      due_at: at('2023-12-29T17:30:00'),
      provisional: false,
    });
    expect(closeOfNthWorkingDay(calendar, at('2023-12-28T10:00:00'), 2)).toEqual({
      due_at: at('2024-01-01T17:30:00'),
      provisional: true,
    });
    expect(addOfficeMinutes(calendar, at('2023-12-29T17:00:00'), 60)).toEqual({
      due_at: at('2024-01-01T09:00:00'),
      provisional: true,
    });
  });

  test('is provisional where one day entered by hand is not yet a loaded year', () => {
    const days = new Map([['2024-01-01', false], ...calendarRows(2023, 2023).map((row) => [row.day, row.working] as const)]);
    const edited = makeCalendar({ version: 2, days, seasons: office_seasons });
    expect(edited.last_year).toBe(2023);
    expect(closeOfNthWorkingDay(edited, at('2023-12-29T10:00:00'), 1)).toEqual({
      due_at: at('2024-01-02T17:30:00'),
      provisional: true,
    });
  });
});

test('office hours out of order, or none at all, are refused', () => {
  const days = new Map<string, boolean>();
  expect(() => makeCalendar({ version: 1, days, seasons: [] })).toThrow(RangeError);
  expect(() => makeCalendar({ version: 1, days, seasons: [{ from: '01-01', am: [720, 510], pm: [840, 1050] }] })).toThrow(
    RangeError,
  );
  expect(() => makeCalendar({ version: 1, days, seasons: [{ from: '01-01', am: [510, 510], pm: [840, 840] }] })).toThrow(
    RangeError,
  );
});

describe('over three years it agrees with a count minute by minute', () => {
  // Written apart from the product's: one flag per minute of the three years, read off the wall clock in the city's zone.
  const first = at('2021-01-01T00:00:00').getTime();
  const minutes = (at('2024-01-01T00:00:00').getTime() - first) / 60_000;
  const working = new Map(calendarRows(2021, 2023).map((row) => [row.day, row.working]));
  const wall = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', dateStyle: 'short' });
  const open = new Uint8Array(minutes);
  const dayAt: string[] = [];
  for (let i = 0; i < minutes; i++) {
    if (i % 1440 === 0) dayAt.push(wall.format(new Date(first + i * 60_000)));
    const day = dayAt[dayAt.length - 1]!;
    const hour = (i % 1440) / 60;
    const afternoon = day.slice(5) >= '06-01' && day.slice(5) < '10-08' ? 13.5 : 14;
    if (working.get(day) && ((hour >= 8.5 && hour < 12) || (hour >= afternoon && hour < 17.5))) open[i] = 1;
  }
  let state = 20210611;
  const upTo = (n: number) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  const instant = (i: number) => new Date(first + i * 60_000);

  test('office minutes between two instants', () => {
    for (let round = 0; round < 60; round++) {
      const a = upTo(minutes);
      const b = Math.min(minutes, a + upTo(round % 2 ? 10_000 : minutes));
      let count = 0;
      for (let i = a; i < b; i++) count += open[i]!;
      expect(officeMinutesBetween(calendar, instant(a), instant(b)), `${a} ${b}`).toBe(count);
      expect(officeMinutesBetween(calendar, instant(b), instant(a))).toBe(0);
    }
  });

  test('an instant plus office minutes, and the next opening', () => {
    for (let round = 0; round < 3_000; round++) {
      const a = upTo(minutes - 60_000);
      const n = 1 + upTo(3_000);
      let i = a;
      for (let left = n; left > 0; i++) left -= open[i]!;
      expect(addOfficeMinutes(calendar, instant(a), n).due_at, `${a} + ${n}`).toEqual(instant(i));
      let next = a;
      while (!open[next]) next++;
      expect(nextOpening(calendar, instant(a))).toEqual(instant(next));
    }
  });

  test('the close of the n-th working day', () => {
    for (let round = 0; round < 2_000; round++) {
      const a = upTo(minutes - 90_000);
      const n = 1 + upTo(30);
      let day = Math.floor(a / 1440);
      for (let left = n; left > 0; ) if (working.get(dayAt[++day]!)) left--;
      expect(closeOfNthWorkingDay(calendar, instant(a), n)).toEqual({
        due_at: instant(day * 1440 + 17.5 * 60),
        provisional: false,
      });
    }
  });
});

test('a million deadlines take a moment', () => {
  const start = at('2021-03-01T09:00:00').getTime();
  const began = process.cpuUsage();
  for (let i = 0; i < 100_000; i++) {
    closeOfNthWorkingDay(calendar, new Date(start + ((i * 7_000_000) % 60_000_000_000)), i % 2 ? 5 : 15);
    addOfficeMinutes(calendar, new Date(start + ((i * 7_000_000) % 60_000_000_000)), 240);
  }
  // 200,000 of them, in processor time, since the machine may be busy with other tests.
  const { user, system } = process.cpuUsage(began);
  expect((user + system) / 1000).toBeLessThan(500);
});
