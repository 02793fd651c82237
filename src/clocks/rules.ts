import { limitOf, type Priority, type Rulebook, roundTheClock } from '../catalog/rules.ts';
import { addOfficeMinutes, type Calendar, dueAt, type Limit, nextOpening, officeMinutesBetween } from '../core/calendar.ts';

export const clockKinds = [
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
] as const;
export type ClockKind = (typeof clockKinds)[number];

export interface Clock {
  readonly kind: ClockKind;
  readonly appeal_id: number;
  readonly work_order_id: number | null;
  readonly started_at: Date;
  readonly due_at: Date;
  readonly paused_at: Date | null;
  readonly paused_spans: readonly { readonly from: string; readonly to: string }[];
  readonly stopped_at: Date | null;
  readonly limit_value: number;
  readonly limit_unit: Limit['unit'];
  readonly calendar_version: number;
  readonly provisional: boolean;
}

/** What a limit is asked for: the subject's priority, category, and whether the unit works around the clock. */
export interface Timed {
  readonly priority: Priority;
  readonly category_code: string | null;
  readonly unit_round_the_clock?: boolean;
  readonly rework?: boolean;
}

type LimitFor = (book: Rulebook, of: Timed) => Limit;
const twice =
  (plain: 'limit.ruling' | 'limit.approve'): LimitFor =>
  (book, of) =>
    book.parameters[roundTheClock[of.priority] ? (`${plain}.round_the_clock` as const) : plain];

/** How long each clock runs (process, section 5). Whistle and supervision clocks arrive with their features. */
export const clockLimits = {
  review: (book) => book.parameters['limit.review'],
  dispatch: (book, of) => book.parameters[of.priority === 'emergency' ? 'limit.dispatch.emergency' : 'limit.dispatch'],
  acknowledge: (book, of) => limitOf(book, 'acknowledge', of.priority, of.category_code),
  contact: (book, of) => limitOf(book, 'contact', of.priority, of.category_code),
  handle: (book, of) => (of.rework ? book.parameters['limit.rework'] : limitOf(book, 'handle', of.priority, of.category_code)),
  ruling: twice('limit.ruling'),
  approve: twice('limit.approve'),
  callback: (book) => book.parameters['limit.callback'],
} as const satisfies Partial<Record<ClockKind, LimitFor>>;
export type TimedClock = keyof typeof clockLimits;

/** A new clock, not yet stored. */
export type NewClock = Omit<Clock, 'appeal_id' | 'work_order_id' | 'paused_at' | 'paused_spans' | 'stopped_at'>;

/**
 * Starts a clock at `now`. An acknowledgement in plain minutes by a unit that keeps office hours counts from its next opening.
 */
export function startClock(kind: TimedClock, book: Rulebook, of: Timed, now: Date): NewClock {
  const limit = clockLimits[kind](book, of);
  const waits = kind === 'acknowledge' && limit.unit === 'minutes' && of.unit_round_the_clock === false;
  const from = waits ? nextOpening(book.calendar, now) : now;
  return {
    kind,
    started_at: now,
    limit_value: limit.value,
    limit_unit: limit.unit,
    calendar_version: book.calendar.version,
    ...dueAt(book.calendar, from, limit),
  };
}

/** A clock that ran until `stopped` and goes on at `now`: what was left of it is laid out anew. Already late stays late. */
export function resumeClock(
  calendar: Calendar,
  clock: Pick<Clock, 'due_at' | 'limit_unit' | 'provisional' | 'paused_spans'>,
  stopped: Date,
  now: Date,
): Pick<Clock, 'due_at' | 'provisional' | 'paused_spans' | 'calendar_version'> {
  const { due_at, provisional } = laidOutAnew(calendar, clock, stopped, now);
  const span = { from: stopped.toISOString(), to: now.toISOString() };
  return { due_at, provisional, paused_spans: [...clock.paused_spans, span], calendar_version: calendar.version };
}

function laidOutAnew(
  calendar: Calendar,
  { due_at, limit_unit, provisional }: Pick<Clock, 'due_at' | 'limit_unit' | 'provisional'>,
  stopped: Date,
  now: Date,
): Pick<Clock, 'due_at' | 'provisional'> {
  if (due_at <= stopped) return { due_at, provisional };
  if (limit_unit === 'minutes') return { due_at: new Date(due_at.getTime() + now.getTime() - stopped.getTime()), provisional };
  return addOfficeMinutes(calendar, now, officeMinutesBetween(calendar, stopped, due_at));
}

/** Late is never stored: it follows from the due time and the moment it is asked. */
export function isLate(due_at: Date | null, now: Date): boolean {
  return due_at !== null && now > due_at;
}

/** How much of the allowed time is spent, 0 to 100, for the bar. */
export function spentPercent(started_at: Date, due_at: Date, now: Date): number {
  const whole = due_at.getTime() - started_at.getTime();
  if (whole <= 0) return 100;
  return Math.min(100, Math.max(0, Math.round(((now.getTime() - started_at.getTime()) / whole) * 100)));
}
