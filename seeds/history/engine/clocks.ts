/** Clocks started, stopped and paused as the product does. */
import { roundTheClock } from '../../../src/catalog/rules.ts';
import {
  type Clock,
  type ClockKind,
  type NewClock,
  resumeClock,
  startClock,
  type TimedClock,
} from '../../../src/clocks/rules.ts';
import { closeOfNthWorkingDay, officeMinutesBetween } from '../../../src/core/calendar.ts';
import { startOfDay } from '../../../src/core/clock.ts';
import type { Case, Order, RunClock } from './case.ts';

const noSpans: Clock['paused_spans'] = [];

export function running(c: Case, order: Order | null, kind: ClockKind): RunClock | undefined {
  return c.clocks.findLast((clock) => clock.order === order && clock.kind === kind && clock.stopped_at === null);
}
export function start(c: Case, order: Order | null, kind: TimedClock, of: Parameters<typeof startClock>[2], now: Date): RunClock {
  const { started_at, limit_value, limit_unit, calendar_version, due_at, provisional } = startClock(kind, c.book, of, now);
  const clock: RunClock = {
    kind,
    started_at,
    limit_value,
    limit_unit,
    calendar_version,
    due_at,
    provisional,
    order,
    paused_at: null,
    paused_spans: noSpans,
    stopped_at: null,
  };
  c.clocks.push(clock);
  return clock;
}
export function stop(c: Case, order: Order | null, kind: ClockKind, now: Date): void {
  const clock = running(c, order, kind);
  if (!clock) return;
  clock.stopped_at = clock.paused_at ?? now;
  clock.paused_at = null;
}
export function resume(c: Case, clock: RunClock, now: Date): void {
  if (!clock.paused_at) return;
  Object.assign(clock, resumeClock(c.book.calendar, clock, clock.paused_at, now), { paused_at: null });
}

/** The limit of a part: the close of that day, but never beyond what is left of the order it is part of. */
export function partClock(c: Case, whole: Order, due_on: string, now: Date): NewClock {
  const { calendar } = c.book;
  const close = closeOfNthWorkingDay(calendar, startOfDay(due_on), 0);
  const due_at = whole.due_at > now && whole.due_at < close.due_at ? whole.due_at : close.due_at;
  if (due_at <= now) throw new Error(`a part that is due in the past (${c.number})`);
  const limit = roundTheClock[whole.priority]
    ? { limit_value: Math.round((due_at.getTime() - now.getTime()) / 60_000), limit_unit: 'minutes' as const }
    : { limit_value: officeMinutesBetween(calendar, now, due_at), limit_unit: 'office_minutes' as const };
  return {
    kind: 'handle',
    started_at: now,
    due_at,
    ...limit,
    calendar_version: calendar.version,
    provisional: close.provisional,
    named: true,
  };
}

/** Submits with a promised day as a clock of its own. */
export function promise(c: Case, order: Order, now: Date): void {
  const due_at = new Date(`${order.promised_on}T17:30:00+08:00`);
  const days = Math.max(1, Math.round((due_at.getTime() - now.getTime()) / 86_400_000));
  c.clocks.push({
    kind: 'promise',
    started_at: now,
    due_at,
    limit_value: days * 1440,
    limit_unit: 'minutes',
    calendar_version: c.book.calendar.version,
    provisional: false,
    named: true,
    order,
    paused_at: null,
    paused_spans: [],
    stopped_at: null,
  });
}

export function stopPromises(c: Case, now: Date): void {
  for (const order of c.orders) if (order.promised_on !== null) stop(c, order, 'promise', now);
}
