/** More time, and time that stands still: asked by the holder, decided by somebody else, as in the product. */
import { laidOutAnew } from '../../../src/clocks/rules.ts';
import { closeOfNthWorkingDay } from '../../../src/core/calendar.ts';
import { startOfDay } from '../../../src/core/clock.ts';
import type { Asked, Case, Order, Who } from './case.ts';
import { running } from './clocks.ts';
import { moveOrder } from './order.ts';

/** `on`: the new due day, or the day of review. */
export function askTime(c: Case, order: Order, of: Asked['of'], who: Who, now: Date, reason: string, on: string): Asked {
  moveOrder(c, order, `request_${of}`, who, now, { [of === 'extension' ? 'extend_to' : 'review_on']: on, reason });
  const asked: Asked = {
    of,
    order,
    round: order.round,
    reason,
    on,
    requested_by: who.person_id!,
    requested_at: now,
    decision: null,
    ruling: null,
    decided_by: null,
    decided_at: null,
    due_before: order.due_at,
    due_after: null,
    appeal_due_at: null,
    resumed_at: null,
  };
  c.asked.push(asked);
  return asked;
}

export function decideTime(c: Case, asked: Asked, granted: boolean, who: Who, now: Date, ruling: string): void {
  const { of, order, on } = asked;
  const decision = granted ? 'granted' : 'denied';
  Object.assign(asked, { decision, ruling, decided_by: who.person_id, decided_at: now });
  if (!granted) moveOrder(c, order, `deny_${of}`, who, now, { ruling });
  else if (of === 'suspension') {
    if (order.role === 'lead' && c.due_at !== null && c.due_at > now) asked.appeal_due_at = c.due_at;
    moveOrder(c, order, 'grant_suspension', who, now, { ruling, review_on: on });
    if (asked.appeal_due_at) c.due_at = null;
  } else extend(c, asked, who, now, ruling);
}

function extend(c: Case, asked: Asked, who: Who, now: Date, ruling: string): void {
  const { order, on } = asked;
  const { due_at, provisional } = closeOfNthWorkingDay(c.book.calendar, startOfDay(on), 0);
  const moved = { due_before: order.due_at, due_after: due_at };
  Object.assign(running(c, order, 'handle')!, { due_at, provisional, named: true });
  Object.assign(asked, moved);
  moveOrder(c, order, 'grant_extension', who, now, { ruling, due_on: on, ...moved }, { due_at, step_due_at: due_at });
  if (order.role === 'lead' && (c.due_at === null || c.due_at < due_at)) c.due_at = due_at;
}

export function resumeOrder(c: Case, asked: Asked, who: Who, now: Date, reason: string): void {
  const { limit_unit, provisional } = running(c, asked.order, 'handle')!;
  moveOrder(c, asked.order, 'resume', who, now, { reason });
  if (asked.appeal_due_at)
    c.due_at = laidOutAnew(
      c.book.calendar,
      { due_at: asked.appeal_due_at, limit_unit, provisional },
      asked.decided_at!,
      now,
    ).due_at;
}
