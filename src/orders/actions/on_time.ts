import { attach, changeCase } from '../../appeals/actions/case.ts';
import { laidOutAnew } from '../../clocks/rules.ts';
import { changeClock, findRunningClock } from '../../clocks/store.ts';
import { closeOfNthWorkingDay } from '../../core/calendar.ts';
import { addDays, dayOf, startOfDay } from '../../core/clock.ts';
import { conflict, forbidden } from '../../core/errors.ts';
import type { StoredFile } from '../../files/store.ts';
import { getCity } from '../../units/store.ts';
import { type Input, mayExtend, type OrderAct } from '../rules.ts';
import {
  changeExtension,
  changeSuspension,
  findOpenExtension,
  findOpenSuspension,
  findSuspension,
  type HeldOrder,
  insertExtension,
  insertSuspension,
  wasExtended,
} from '../store.ts';
import { moveOrder, type OrderCase } from './case.ts';
import { eachFollower } from './followers.ts';
import { actorOf, tellHolder, tellMaker } from './holder.ts';

type OrderEffect<I> = (held: OrderCase, order: HeldOrder, input: I, files: readonly StoredFile[]) => Promise<void>;

/** Acts that move an order's time, and the milestones on its way. Whoever asks never decides. */
export const timeEffects = {
  reach_milestone: async (held, order, input, files) => {
    const next = await findRunningClock(held.trx, held.appeal.id, order.id, 'milestone');
    if (!next) throw conflict('no_milestone');
    const { step, step_zh, step_en } = next;
    await moveOrder(held, order, 'reach_milestone', { ...input, step, step_zh, step_en });
    await changeClock(held.trx, next.id, { stopped_at: held.now });
    await attach(held, files, 'progress');
  },
  request_extension: async (held, order, input) => {
    const { trx, book, now } = held;
    const whole = held.orders.find((one) => one.id === order.parent_id);
    const verdict = mayExtend(
      order,
      {
        due_at: closeOf(held, input.extend_to).due_at,
        latest: closeOfNthWorkingDay(book.calendar, order.due_at, book.parameters['extension.working_days']).due_at,
        whole_due_at: whole?.due_at ?? null,
        before: await wasExtended(trx, order.id, order.round),
      },
      now,
    );
    if (verdict !== 'yes') throw conflict(verdict);
    await mustBeQuiet(held, order);
    await moveOrder(held, order, 'request_extension', input);
    await insertExtension(trx, {
      work_order_id: order.id,
      round: order.round,
      reason: input.reason,
      due_on: input.extend_to,
      requested_by: actorOf(held).person_id,
      requested_at: now,
      due_before: order.due_at,
    });
    tellMaker(held, order, 'extension_requested', ['supervision_officer', 'town_clerk', 'community_clerk']);
  },
  grant_extension: async (held, order, input) => {
    const { trx, appeal } = held;
    const asked = await findOpenExtension(trx, order.id);
    const ruled = ruling(held, asked, input.ruling);
    const { due_at, provisional } = closeOf(held, ruled.asked.due_on);
    if (due_at <= order.due_at) throw conflict('extension_not_later');
    const clock = await findRunningClock(trx, appeal.id, order.id, 'handle');
    await changeClock(trx, clock!.id, { due_at, provisional, named: true });
    const moved = { ...input, due_on: ruled.asked.due_on, due_before: order.due_at, due_after: due_at };
    await moveOrder(held, order, 'grant_extension', moved, { due_at, step_due_at: due_at });
    await changeExtension(trx, ruled.asked.id, {
      ...ruled.decision,
      decision: 'granted',
      due_before: order.due_at,
      due_after: due_at,
    });
    tellHolder(held, order, 'request_granted');
    if (order.role !== 'lead') return;
    changeCase(held, { due_at: appeal.due_at !== null && appeal.due_at > due_at ? appeal.due_at : due_at });
    const told = { event: 'extended' as const, params: { due_on: ruled.asked.due_on, reason: ruled.asked.reason } };
    held.told.push(told);
    await eachFollower(held, async (follower) => {
      follower.told.push(told);
    });
  },
  deny_extension: async (held, order, input) => {
    const { asked, decision } = ruling(held, await findOpenExtension(held.trx, order.id), input.ruling);
    await moveOrder(held, order, 'deny_extension', input);
    await changeExtension(held.trx, asked.id, { ...decision, decision: 'denied' });
    tellHolder(held, order, 'request_denied');
  },
  request_suspension: async (held, order, input) => {
    const { trx, book, now } = held;
    const today = dayOf(now);
    if (input.review_on <= today || input.review_on > addDays(today, book.parameters['suspension.days']))
      throw conflict('no_review_day');
    await mustBeQuiet(held, order);
    await moveOrder(held, order, 'request_suspension', input);
    await insertSuspension(trx, {
      work_order_id: order.id,
      reason: input.reason,
      review_on: input.review_on,
      requested_by: actorOf(held).person_id,
      requested_at: now,
    });
    held.notices.push({
      event: 'suspension_requested',
      unit_id: (await getCity(trx)).id,
      posts: ['supervision_officer'],
      work_order_id: order.id,
    });
  },
  grant_suspension: async (held, order, input) => {
    const { trx, appeal, now } = held;
    const { asked, decision } = ruling(held, await findOpenSuspension(trx, order.id), input.ruling);
    // What is late stays so in every list; what is not stands still with its lead order.
    const stands = order.role === 'lead' && appeal.due_at !== null && appeal.due_at > now ? appeal.due_at : null;
    await changeSuspension(trx, asked.id, { ...decision, decision: 'granted', appeal_due_at: stands });
    await moveOrder(held, order, 'grant_suspension', { ...input, review_on: asked.review_on });
    if (stands) changeCase(held, { due_at: null });
    tellHolder(held, order, 'request_granted');
  },
  deny_suspension: async (held, order, input) => {
    const { asked, decision } = ruling(held, await findOpenSuspension(held.trx, order.id), input.ruling);
    await moveOrder(held, order, 'deny_suspension', input);
    await changeSuspension(held.trx, asked.id, { ...decision, decision: 'denied' });
    tellHolder(held, order, 'request_denied');
  },
  resume: async (held, order, input) => resumeOrder(held, order, input),
} as const satisfies { [A in OrderAct]?: OrderEffect<Input<A>> };

/** The order goes on, and with it the appeal's own time: what was left of both is laid out from now. */
export async function resumeOrder(held: OrderCase, order: HeldOrder, input: { reason: string }): Promise<void> {
  const { trx, appeal, book, now } = held;
  const stood = await findSuspension(trx, order.id);
  const clock = await findRunningClock(trx, appeal.id, order.id, 'handle');
  const after = await moveOrder(held, order, 'resume', input);
  if (stood?.appeal_due_at && clock) {
    const left = { due_at: stood.appeal_due_at, limit_unit: clock.limit_unit, provisional: clock.provisional };
    changeCase(held, { due_at: laidOutAnew(book.calendar, left, stood.decided_at!, now).due_at });
  }
  tellHolder(held, after, 'resumed');
}

const closeOf = ({ book }: OrderCase, day: string) => closeOfNthWorkingDay(book.calendar, startOfDay(day), 0);

/** One question at a time: the order's decision clock is the answer's. */
async function mustBeQuiet(held: OrderCase, order: HeldOrder): Promise<void> {
  if ((await findOpenExtension(held.trx, order.id)) || (await findOpenSuspension(held.trx, order.id)))
    throw conflict('request_open');
}

function ruling<R extends { readonly id: number; readonly requested_by: number }>(
  held: OrderCase,
  asked: R | undefined,
  words: string,
): { asked: R; decision: { ruling: string; decided_by: number; decided_at: Date } } {
  if (!asked) throw conflict('no_request');
  const { person_id } = actorOf(held);
  if (asked.requested_by === person_id) throw forbidden('own_request');
  return { asked, decision: { ruling: words, decided_by: person_id, decided_at: held.now } };
}
