import { attach } from '../../appeals/actions/case.ts';
import { roundTheClock } from '../../catalog/rules.ts';
import type { NewClock } from '../../clocks/rules.ts';
import { closeOfNthWorkingDay, dueAt, officeMinutesBetween } from '../../core/calendar.ts';
import { dayOf, startOfDay } from '../../core/clock.ts';
import { conflict, forbidden } from '../../core/errors.ts';
import type { StoredFile } from '../../files/store.ts';
import { tiers } from '../../units/rules.ts';
import { findLanding, getCity, type UnitRow } from '../../units/store.ts';
import { holderPosts, type Input, mayStillReturn, mustDesignate, type OrderAct, openParts } from '../rules.ts';
import {
  findOpenReturn,
  findOpenTermination,
  type HeldOrder,
  hasReturned,
  insertReturn,
  insertTermination,
  ruleReturn,
} from '../store.ts';
import { approvingUnits, backToCity, finishIfDone, makeOrder, moveOrder, type OrderCase, recallParts } from './case.ts';
import { actorOf, getUnit, mustNotBeAbout, tellHolder, tellMaker } from './holder.ts';

type OrderEffect<I> = (held: OrderCase, order: HeldOrder, input: I, files: readonly StoredFile[]) => Promise<void>;

/** Acts on a work order. */
export const orderEffects = {
  acknowledge: async (held, order) => {
    await moveOrder(held, order, 'acknowledge', {}, { acknowledged_at: held.now });
  },
  contact: async (held, order, input) => {
    if (actorOf(held).unit_id !== order.unit_id && !held.appeal.confidential) throw forbidden();
    await moveOrder(held, order, 'contact', input, { contacted_at: order.contacted_at ?? held.now });
  },
  progress: async (held, order, input, files) => {
    await moveOrder(held, order, 'progress', input);
    await attach(held, files, 'progress');
  },
  forward: async (held, order, input) => {
    const unit = await getUnit(held, input.unit_id);
    if (unit.path === order.unit_path || !unit.path.startsWith(order.unit_path)) throw conflict('not_below');
    mustNotBeAbout(held, unit);
    if (openParts(held.orders, order.id).some((part) => part.unit_id === unit.id)) throw conflict('forwarded_before');
    await moveOrder(held, order, 'forward', input);
    const limit = partClock(held, order, input.due_on);
    await makeOrder(held, {
      unit,
      role: 'part',
      parent_id: order.id,
      instruction: input.instruction,
      made_by_unit_id: order.unit_id,
      priority: order.priority,
      limit,
    });
  },
  escalate: async (held, order, input) => {
    await moveOrder(held, order, 'escalate', input);
    const above = order.unit_path.slice(0, order.unit_path.lastIndexOf('/', order.unit_path.length - 2) + 1);
    const next =
      held.appeal.priority === 'emergency' ? await getCity(held.trx) : await findLanding(held.trx, above, tiers, dayOf(held.now));
    if (next.kind === 'city') return backToCity(held);
    mustNotBeAbout(held, next);
    await makeOrder(held, { unit: next, role: 'lead', instruction: input.needed, made_by_unit_id: order.unit_id });
    held.notices.push({ event: 'escalated', unit_id: next.id, posts: holderPosts[next.kind], work_order_id: order.id });
  },
  request_return: async (held, order, input) => {
    const window = dueAt(held.book.calendar, order.created_at, held.book.parameters['return.window']).due_at;
    const verdict = mayStillReturn(order, window, held.now);
    if (verdict === 'designated') throw conflict(mustDesignate(held.orders) ? 'third_return' : 'designated');
    if (await hasReturned(held.trx, held.appeal.id, order.unit_id)) throw conflict('returned_before');
    if (verdict !== 'yes') throw conflict('return_too_late');
    const suggested = input.suggested_unit_id === undefined ? null : await getUnit(held, input.suggested_unit_id);
    if (suggested) mustBeAnother(held, order, suggested);
    await moveOrder(held, order, 'request_return', input, { acknowledged_at: order.acknowledged_at ?? held.now });
    await insertReturn(held.trx, {
      work_order_id: order.id,
      reason: input.reason,
      category_code: input.category_code,
      suggested_unit_id: suggested?.id ?? null,
      requested_by: actorOf(held).person_id,
      requested_at: held.now,
    });
    tellMaker(held, order, 'return_requested', ['dispatch_officer', 'town_clerk', 'community_clerk']);
  },
  uphold_return: async (held, order, input) => {
    await rule(held, order, 'upheld', input.ruling);
    await recallParts(held, order, input.ruling);
    await moveOrder(held, order, 'uphold_return', input);
    tellHolder(held, order, 'order_recalled');
    if (order.role === 'lead') await backToCity(held);
    else await finishIfDone(held);
  },
  reject_return: async (held, order, input) => {
    await rule(held, order, 'rejected', input.ruling);
    await moveOrder(held, order, 'reject_return', input, { designated: true });
    tellHolder(held, order, 'return_rejected');
  },
  recall: async (held, order, input) => {
    await recallParts(held, order, input.reason);
    await moveOrder(held, order, 'recall', input);
    tellHolder(held, order, 'order_recalled');
    if (order.role === 'lead') await backToCity(held);
    else await finishIfDone(held);
  },
  reassign: async (held, order, input) => {
    const unit = await getUnit(held, input.unit_id);
    if (unit.id === order.unit_id) throw conflict('same_unit');
    if (order.role === 'lead') mustNotBeAbout(held, unit);
    await recallParts(held, order, input.reason);
    await moveOrder(held, order, 'reassign', input);
    tellHolder(held, order, 'order_recalled');
    const part = order.parent_id === null ? {} : { parent_id: order.parent_id };
    await makeOrder(held, {
      unit,
      role: order.role,
      instruction: order.instruction || input.reason,
      made_by_unit_id: actorOf(held).unit_id,
      ...part,
    });
  },
  request_termination: async (held, order, input) => {
    if (await findOpenTermination(held.trx, held.appeal.id)) throw conflict('already_asked');
    await moveOrder(held, order, 'request_termination', input);
    await insertTermination(held.trx, {
      appeal_id: held.appeal.id,
      work_order_id: order.id,
      ground: input.decline_reason,
      request: input.request,
      requested_by: actorOf(held).person_id,
      requested_at: held.now,
    });
    held.notices.push({
      event: 'termination_requested',
      unit_id: (await getCity(held.trx)).id,
      posts: ['supervision_officer'],
      work_order_id: order.id,
    });
  },
  submit: async (held, order, input, files) => {
    if (input.outcome === 'promised' && (input.promised_on ?? '') < dayOf(held.now)) throw conflict('no_promised_day');
    const after = await moveOrder(held, order, 'submit', input, {
      result: input.result,
      outcome: input.outcome,
      promised_on: input.outcome === 'promised' ? (input.promised_on ?? null) : null,
      submitted_at: held.now,
      first_submitted_at: order.first_submitted_at ?? held.now,
      submitted_by: actorOf(held).person_id,
      approved_by: null,
    });
    if (after.promised_on !== null) held.starts.push({ ...promiseClock(held, after.promised_on), work_order_id: order.id });
    await attach(held, files, 'after');
    for (const { unit_id, posts } of await approvingUnits(held.trx, after, dayOf(held.now))) {
      held.notices.push({ event: 'submitted', unit_id, posts: posts as never, work_order_id: order.id });
    }
  },
  approve: async (held, order, input) => {
    await moveOrder(held, order, 'approve', input, { approved_by: actorOf(held).person_id });
    tellHolder(held, order, 'approved');
    await finishIfDone(held);
  },
  send_back: async (held, order, input) => {
    await moveOrder(held, order, 'send_back', input, {
      submitted_at: null,
      submitted_by: null,
      outcome: null,
      promised_on: null,
    });
    tellHolder(held, order, 'sent_back');
  },
} as const satisfies { [A in OrderAct]?: OrderEffect<Input<A>> };

/** Whom an objector may name: a unit that could lead, and not his own. */
function mustBeAnother(held: OrderCase, order: HeldOrder, suggested: UnitRow): void {
  if (suggested.id === order.unit_id) throw conflict('same_unit');
  if (holderPosts[suggested.kind].length === 0) throw conflict('no_handler');
  mustNotBeAbout(held, suggested);
}

async function rule(held: OrderCase, order: HeldOrder, decision: 'upheld' | 'rejected', ruling: string): Promise<void> {
  const asked = await findOpenReturn(held.trx, order.id);
  if (!asked) throw conflict('moved_on', { status: order.status });
  const actor = actorOf(held);
  if (asked.requested_by === actor.person_id) throw forbidden('own_request');
  await ruleReturn(held.trx, asked.id, { decision, ruling, ruled_by: actor.person_id, ruled_at: held.now });
}

/** The limit of a part, set by whoever forwards it: the close of that day, but never beyond what is left of the order it is part of. */
function partClock(held: OrderCase, whole: HeldOrder, due_on: string): NewClock {
  const { now, book } = held;
  const close = closeOfNthWorkingDay(book.calendar, startOfDay(due_on), 0);
  const due_at = whole.due_at > now && whole.due_at < close.due_at ? whole.due_at : close.due_at;
  if (due_at <= now) throw conflict('limit_is_past');
  const limit = roundTheClock[whole.priority]
    ? { limit_value: Math.round((due_at.getTime() - now.getTime()) / 60_000), limit_unit: 'minutes' as const }
    : { limit_value: officeMinutesBetween(book.calendar, now, due_at), limit_unit: 'office_minutes' as const };
  return {
    kind: 'handle',
    started_at: now,
    due_at,
    ...limit,
    calendar_version: book.calendar.version,
    provisional: close.provisional,
    named: true,
  };
}

/** A promise made to an appellant is kept as a clock that ends with the promised day. */
function promiseClock(held: OrderCase, promised_on: string): NewClock {
  const due_at = new Date(`${promised_on}T17:30:00+08:00`);
  const days = Math.max(1, Math.round((due_at.getTime() - held.now.getTime()) / 86_400_000));
  return {
    kind: 'promise' as const,
    started_at: held.now,
    due_at,
    limit_value: days * 1440,
    limit_unit: 'minutes' as const,
    calendar_version: held.book.calendar.version,
    provisional: false,
    named: true,
  };
}
