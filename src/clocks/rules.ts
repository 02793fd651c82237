import { limitOf, type Priority, type Rulebook, roundTheClock } from '../catalog/rules.ts';
import { addOfficeMinutes, type Calendar, dueAt, type Limit, nextOpening, officeTimeBetween } from '../core/calendar.ts';

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
  'milestone',
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
  /** Due on a day that somebody named to somebody: no edit of calendar or limits moves it. */
  readonly named: boolean;
  /** Which of the category's milestones, and what it is called; null for every other kind. */
  readonly step: number | null;
  readonly step_zh: string | null;
  readonly step_en: string | null;
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
  (plain: 'limit.ruling' | 'limit.decision' | 'limit.approve'): LimitFor =>
  (book, of) =>
    book.parameters[roundTheClock[of.priority] ? (`${plain}.round_the_clock` as const) : plain];

/** How long each clock runs (process, section 5). Whistle clocks come with their feature. */
export const clockLimits = {
  review: (book) => book.parameters['limit.review'],
  dispatch: (book, of) => book.parameters[of.priority === 'emergency' ? 'limit.dispatch.emergency' : 'limit.dispatch'],
  acknowledge: (book, of) => limitOf(book, 'acknowledge', of.priority, of.category_code),
  contact: (book, of) => limitOf(book, 'contact', of.priority, of.category_code),
  handle: (book, of) => (of.rework ? book.parameters['limit.rework'] : limitOf(book, 'handle', of.priority, of.category_code)),
  ruling: twice('limit.ruling'),
  decision: twice('limit.decision'),
  approve: twice('limit.approve'),
  callback: (book) => book.parameters['limit.callback'],
  supervision_reply: (book) => book.parameters['limit.supervision_reply'],
} as const satisfies Partial<Record<ClockKind, LimitFor>>;
export type TimedClock = keyof typeof clockLimits;

/** A new clock, not yet stored. */
export type NewClock = Omit<
  Clock,
  'appeal_id' | 'work_order_id' | 'paused_at' | 'paused_spans' | 'stopped_at' | 'named' | 'step' | 'step_zh' | 'step_en'
> &
  Partial<Pick<Clock, 'named' | 'step' | 'step_zh' | 'step_en'>>;

/**
 * Starts a clock at `now`. An acknowledgement in plain minutes by a unit that keeps office hours counts from its next opening.
 */
export function startClock(kind: TimedClock, book: Rulebook, of: Timed, now: Date): NewClock {
  const limit = clockLimits[kind](book, of);
  return {
    kind,
    started_at: now,
    limit_value: limit.value,
    limit_unit: limit.unit,
    calendar_version: book.calendar.version,
    ...firstDue(book.calendar, { kind, of, started_at: now }, limit),
  };
}

function firstDue(
  calendar: Calendar,
  { kind, of, started_at }: { kind: ClockKind; of: Timed; started_at: Date },
  limit: Limit,
): Pick<Clock, 'due_at' | 'provisional'> {
  const waits = kind === 'acknowledge' && limit.unit === 'minutes' && of.unit_round_the_clock === false;
  return dueAt(calendar, waits ? nextOpening(calendar, started_at) : started_at, limit);
}

/** The milestones of a category as clocks, all counted from the moment its lead order is made. */
export function startMilestones(book: Rulebook, category_code: string | null, now: Date): NewClock[] {
  const milestones = category_code === null ? [] : (book.categories.get(category_code)?.milestones ?? []);
  return milestones.map(({ name_zh, name_en, value, unit }, i) => ({
    kind: 'milestone',
    started_at: now,
    limit_value: value,
    limit_unit: unit,
    calendar_version: book.calendar.version,
    ...dueAt(book.calendar, now, { value, unit }),
    step: i + 1,
    step_zh: name_zh,
    step_en: name_en,
  }));
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

/** What was left at `stopped`, from `now` on. */
export function laidOutAnew(
  calendar: Calendar,
  { due_at, limit_unit, provisional }: Pick<Clock, 'due_at' | 'limit_unit' | 'provisional'>,
  stopped: Date,
  now: Date,
): Pick<Clock, 'due_at' | 'provisional'> {
  if (due_at <= stopped) return { due_at, provisional };
  if (limit_unit === 'minutes') return { due_at: new Date(due_at.getTime() + now.getTime() - stopped.getTime()), provisional };
  return addOfficeMinutes(calendar, now, officeTimeBetween(calendar, stopped, due_at));
}

/** A running clock as an edit of calendar or limits sees it. */
export type RunningClock = Pick<
  Clock,
  'kind' | 'started_at' | 'due_at' | 'paused_spans' | 'limit_value' | 'limit_unit' | 'provisional' | 'named' | 'step'
>;

const isTimed = (kind: ClockKind): kind is TimedClock => Object.hasOwn(clockLimits, kind);

/**
 * When a running clock is due by another rulebook than the one it was computed with, and under which limit. Days that were named stay; a
 * limit that is not the book's for its subject (set by hand, or the category has been corrected since) stays and only its calendar changes.
 */
export function dueUnder(
  before: Rulebook,
  after: Rulebook,
  clock: RunningClock,
  of: Timed,
): Pick<Clock, 'due_at' | 'provisional' | 'limit_value' | 'limit_unit'> {
  const was: Limit = { value: clock.limit_value, unit: clock.limit_unit };
  const { due_at, provisional, limit_value, limit_unit } = clock;
  const same = { due_at, provisional, limit_value, limit_unit };
  if (clock.named) return same;
  const limit =
    isTimed(clock.kind) && isSame(clockLimits[clock.kind](before, of), was) ? clockLimits[clock.kind](after, of) : was;
  const first = { kind: clock.kind, of, started_at: clock.started_at };
  const now = { limit_value: limit.value, limit_unit: limit.unit };
  const last = clock.paused_spans.at(-1);
  if (!last) return { ...firstDue(after.calendar, first, limit), ...now };
  // What was left when it went on, and what the limit itself gained or lost.
  const from = new Date(last.to);
  if (limit.unit === 'minutes' && was.unit === 'minutes')
    return { due_at: new Date(due_at.getTime() + (limit.value - was.value) * 60_000), provisional, ...now };
  if (limit.unit === 'minutes' || was.unit === 'minutes' || due_at <= from) return same;
  const [old, next] = [was, limit].map((one) => firstDue(after.calendar, first, one).due_at) as [Date, Date];
  const gained = officeTimeBetween(after.calendar, old, next) - officeTimeBetween(after.calendar, next, old);
  const left = officeTimeBetween(before.calendar, from, due_at) + gained;
  return { ...addOfficeMinutes(after.calendar, from, left), ...now };
}

const isSame = (a: Limit, b: Limit): boolean => a.value === b.value && a.unit === b.unit;

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
