/**
 * Working time. Minutes and days are counted as integers on the clock of Asia/Shanghai, which has been UTC+8
 * without summer time since 1992, so a million deadlines need no time-zone library.
 */

/** Office hours from this day of the year ('MM-DD') until the next season begins; minutes after midnight. */
export interface Season {
  from: string;
  am: readonly [number, number];
  pm: readonly [number, number];
}

export interface Calendar {
  version: number;
  /** The last year of which every day is loaded; 0 when there is none. */
  last_year: number;
  isWorkingDay(day: string): boolean;
  /** The spans of office time of a day, [start, end) in minutes after midnight; none on a day off. */
  hours(day: string): readonly Span[];
  /** For the functions below: the same two questions by day number (days since 1970-01-01). */
  spansOf(day_number: number): readonly Span[];
  isLoaded(day_number: number): boolean;
}

export interface Limit {
  value: number;
  unit: 'minutes' | 'office_minutes' | 'working_days';
}

/** Provisional: it touches days that no calendar is loaded for; Monday to Friday were assumed to be working days. */
export interface Due {
  due_at: Date;
  provisional: boolean;
}

type Span = readonly [number, number];

const minute_ms = 60_000;
const day_ms = 86_400_000;
const zone_ms = 8 * 60 * minute_ms;
const no_spans: readonly Span[] = [];

/** Winter hours as published for Yantai (2021, from 8 October); the shorter noon break of summer is our assumption. */
export const office_seasons: readonly Season[] = [
  { from: '06-01', am: [8 * 60 + 30, 12 * 60], pm: [13 * 60 + 30, 17 * 60 + 30] },
  { from: '10-08', am: [8 * 60 + 30, 12 * 60], pm: [14 * 60, 17 * 60 + 30] },
];

/**
 * A calendar out of the days of the editable table (day → is it a working day) and the office hours by season.
 * A day missing from the table counts as working from Monday to Friday and makes what is computed over it provisional.
 */
export function makeCalendar(source: {
  version: number;
  days: ReadonlyMap<string, boolean>;
  seasons: readonly Season[];
}): Calendar {
  const seasons = [...source.seasons].sort((a, b) => (a.from < b.from ? -1 : 1));
  for (const season of seasons) {
    const edges = [0, ...season.am, ...season.pm, 24 * 60];
    const ordered = edges.every((edge, i) => i === 0 || edge >= edges[i - 1]!);
    const open = season.am[1] - season.am[0] + season.pm[1] - season.pm[0];
    if (!/^\d\d-\d\d$/.test(season.from) || !ordered || open <= 0) {
      throw new RangeError(`office hours from ${season.from} are not in order`);
    }
  }
  if (seasons.length === 0) throw new RangeError('a calendar needs office hours');
  const spans: readonly (readonly Span[])[] = seasons.map((s) => [s.am, s.pm].filter(([start, end]) => end > start));

  const numbers = [...source.days.keys()].map(dayNumber);
  const first = numbers.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const size = numbers.length === 0 ? 0 : numbers.reduce((a, b) => Math.max(a, b)) - first + 1;
  // One cell per day: 0 not loaded, 1 off, 2 + season.
  const cells = new Uint8Array(size);
  const years = new Map<string, number>();
  for (const [day, working] of source.days) {
    cells[dayNumber(day) - first] = working ? 2 + seasonOn(day.slice(5)) : 1;
    years.set(day.slice(0, 4), (years.get(day.slice(0, 4)) ?? 0) + 1);
  }
  const full_years = [...years].filter(([year, count]) => count === daysIn(Number(year))).map(([year]) => Number(year));

  function seasonOn(month_day: string): number {
    const next = seasons.findIndex((season) => season.from > month_day);
    return (next < 1 ? seasons.length : next) - 1;
  }

  function spansOf(day_number: number): readonly Span[] {
    const cell = cells[day_number - first] ?? 0;
    if (cell > 1) return spans[cell - 2]!;
    if (cell === 1 || isWeekend(day_number)) return no_spans;
    return spans[seasonOn(dayString(day_number).slice(5))]!;
  }

  return {
    version: source.version,
    last_year: Math.max(0, ...full_years),
    isWorkingDay: (day) => spansOf(dayNumber(day)).length > 0,
    hours: (day) => spansOf(dayNumber(day)),
    spansOf,
    isLoaded: (day_number) => (cells[day_number - first] ?? 0) !== 0,
  };
}

/** The instant at which so many office minutes have passed since `from`; outside office hours nothing passes. */
export function addOfficeMinutes(calendar: Calendar, from: Date, minutes: number): Due {
  const local = from.getTime() + zone_ms;
  const first = Math.floor(local / day_ms);
  if (minutes <= 0) return { due_at: from, provisional: !calendar.isLoaded(first) };
  let left = Math.round(minutes * minute_ms);
  let provisional = false;
  for (let day = first; ; day++) {
    provisional ||= !calendar.isLoaded(day);
    for (const [start, end] of calendar.spansOf(day)) {
      const opens = Math.max(local, day * day_ms + start * minute_ms);
      const open = day * day_ms + end * minute_ms - opens;
      if (open <= 0) continue;
      if (left <= open) return { due_at: new Date(opens + left - zone_ms), provisional };
      left -= open;
    }
  }
}

/**
 * Close of office on the n-th working day strictly after the day of `from`: that day is day 0, whether or not it is a
 * working day. A negative n counts the same way backwards (a card shown one working day before), and n = 0 is the close of day 0
 * itself (its midnight when it is a day off).
 */
export function closeOfNthWorkingDay(calendar: Calendar, from: Date, n: number): Due {
  const step = n < 0 ? -1 : 1;
  let day = Math.floor((from.getTime() + zone_ms) / day_ms);
  let provisional = !calendar.isLoaded(day);
  for (let left = Math.abs(n); left > 0; ) {
    day += step;
    provisional ||= !calendar.isLoaded(day);
    if (calendar.spansOf(day).length > 0) left--;
  }
  const close = calendar.spansOf(day).at(-1)?.[1] ?? 24 * 60;
  return { due_at: new Date(day * day_ms + close * minute_ms - zone_ms), provisional };
}

/** When a limit that starts now is over. Plain minutes run around the clock. */
export function dueAt(calendar: Calendar, from: Date, limit: Limit): Due {
  if (!Number.isFinite(limit.value)) throw new RangeError('a limit needs a number');
  return counted[limit.unit](calendar, from, limit.value);
}

const counted: Record<Limit['unit'], (calendar: Calendar, from: Date, value: number) => Due> = {
  minutes: (_, from, value) => ({ due_at: new Date(from.getTime() + value * minute_ms), provisional: false }),
  office_minutes: addOfficeMinutes,
  working_days: closeOfNthWorkingDay,
};

/** Whole office minutes that pass between two instants; a begun minute does not count, and 0 when b is not after a. */
export const officeMinutesBetween = (calendar: Calendar, a: Date, b: Date): number =>
  Math.floor(officeTimeBetween(calendar, a, b));

/** The same to the millisecond, in minutes: what is laid out anew loses nothing, however often. */
export function officeTimeBetween(calendar: Calendar, a: Date, b: Date): number {
  const from = a.getTime() + zone_ms;
  const to = b.getTime() + zone_ms;
  let passed = 0;
  for (let day = Math.floor(from / day_ms); day * day_ms < to; day++) {
    for (const [start, end] of calendar.spansOf(day)) {
      const open = Math.min(to, day * day_ms + end * minute_ms) - Math.max(from, day * day_ms + start * minute_ms);
      if (open > 0) passed += open;
    }
  }
  return passed / minute_ms;
}

/** The instant itself when the office is open, else the next moment it opens. */
export function nextOpening(calendar: Calendar, from: Date): Date {
  const local = from.getTime() + zone_ms;
  for (let day = Math.floor(local / day_ms); ; day++) {
    for (const [start, end] of calendar.spansOf(day)) {
      if (local < day * day_ms + end * minute_ms) {
        return new Date(Math.max(local, day * day_ms + start * minute_ms) - zone_ms);
      }
    }
  }
}

function dayNumber(day: string): number {
  return Math.round(Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1, Number(day.slice(8, 10))) / day_ms);
}

function dayString(day_number: number): string {
  return new Date(day_number * day_ms).toISOString().slice(0, 10);
}

/** 1970-01-01 was a Thursday. */
function isWeekend(day_number: number): boolean {
  const weekday = (((day_number + 4) % 7) + 7) % 7;
  return weekday === 0 || weekday === 6;
}

function daysIn(year: number): number {
  return (Date.UTC(year + 1, 0, 1) - Date.UTC(year, 0, 1)) / day_ms;
}
