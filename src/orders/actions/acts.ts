import { attach, moveAppeal, note, openCase, saveCase } from '../../appeals/actions/case.ts';
import { closeRated, rate } from '../../appeals/actions/acts.ts';
import { refreshScopes } from '../../appeals/store.ts';
import type { AppealAct, Input as AppealInput } from '../../appeals/rules.ts';
import { dueAt } from '../../core/calendar.ts';
import { dayOf } from '../../core/clock.ts';
import { conflict, forbidden, notFound } from '../../core/errors.ts';
import type { StoredFile } from '../../files/store.ts';
import type { Actor } from '../../people/rules.ts';
import { tiers } from '../../units/rules.ts';
import { findLanding, findUnit, getCity, type UnitRow } from '../../units/store.ts';
import { holderPosts, type Input, isOpen, mayStillReturn, type OrderAct } from '../rules.ts';
import {
  changeTermination, countReturns, findNumber, findOpenReturn, findOpenTermination, type HeldOrder, insertReturn, insertSupervisionOrder,
  insertTermination, listFollowers, openKeyTracking, ruleReturn,
} from '../store.ts';
import { approvingUnits, backToCity, finishIfDone, holdingOrders, makeOrder, moveOrder, type OrderCase, recallEverything, recallParts } from './case.ts';

type AppealEffect<I> = (held: OrderCase, input: I, files: readonly StoredFile[]) => Promise<void>;
type OrderEffect<I> = (held: OrderCase, order: HeldOrder, input: I, files: readonly StoredFile[]) => Promise<void>;

const actorOf = (held: OrderCase): Actor => {
  if (typeof held.author !== 'object') throw forbidden();
  return held.author;
};

async function getUnit(held: OrderCase, id: number): Promise<UnitRow> {
  const unit = await findUnit(held.trx, id);
  if (!unit || (unit.valid_to !== null && unit.valid_to < dayOf(held.now))) throw notFound();
  return unit;
}

/** The unit complained about, and everything below it, cannot lead. */
function mustNotBeAbout(held: OrderCase, unit: UnitRow): void {
  if (held.appeal.about_path !== null && unit.path.startsWith(held.appeal.about_path)) throw conflict('about_unit_leads');
}

function tellHolder(held: OrderCase, order: HeldOrder, event: 'return_rejected' | 'sent_back' | 'approved' | 'rework' | 'order_recalled'): void {
  held.notices.push({ event, unit_id: order.unit_id, posts: holderPosts[order.unit_kind], work_order_id: order.id });
}

function tellMaker(held: OrderCase, order: HeldOrder, event: 'return_requested' | 'termination_requested', posts: readonly ('dispatch_officer' | 'supervision_officer' | 'town_clerk' | 'community_clerk')[]): void {
  held.notices.push({ event, unit_id: order.made_by_unit_id, posts, work_order_id: order.id });
}

/** Acts on an appeal that make or end work orders. */
export const appealEffects = {
  dispatch: async (held, input) => {
    const lead = await getUnit(held, input.lead_unit_id);
    mustNotBeAbout(held, lead);
    const actor = actorOf(held);
    await moveAppeal(held, 'dispatch', input, { dispatched_at: held.now });
    await makeOrder(held, { unit: lead, role: 'lead', instruction: input.instruction, made_by_unit_id: actor.unit_id });
    const standing = new Set(held.orders.filter((order) => isOpen(order.status) && order.role !== 'part').map((order) => order.unit_id));
    for (const id of new Set(input.co_unit_ids ?? [])) {
      if (standing.has(id)) continue;
      await makeOrder(held, { unit: await getUnit(held, id), role: 'co', instruction: input.instruction, made_by_unit_id: actor.unit_id });
    }
  },
  merge: async (held, input) => {
    const { trx, appeal, book, author, now } = held;
    const target = await openCase(trx, book, { author, now }, input.target);
    const closed: readonly string[] = ['merged', 'closed', 'archived', 'declined', 'withdrawn', 'answered'];
    if (target.appeal.id === appeal.id || closed.includes(target.appeal.status)) throw conflict('cannot_merge');
    await recallEverything(held, `→ ${target.appeal.number}`);
    await moveAppeal(held, 'merge', input, { merged_into_id: target.appeal.id });
    held.told.push({ event: 'merged', params: { number: target.appeal.number } });
    note(target, { act: 'merged_here', from_status: target.appeal.status, to_status: target.appeal.status, work_order_id: null, input: { number: appeal.number } });
    await saveCase(target);
  },
  unmerge: async (held, input) => {
    await moveAppeal(held, 'unmerge', input, { merged_into_id: null });
  },
  rework: async (held, input) => {
    await rate(held, { level: 'dissatisfied', remark: input.reason, contacted: input.contacted, solved: input.solved });
    await reworkRound(held, input.reason);
  },
  rate: async (held, input) => {
    const { appeal, trx, book, author, now } = held;
    const number = appeal.merged_into_id === null ? undefined : await findNumber(trx, appeal.merged_into_id);
    if (!number || appeal.status !== 'merged') throw conflict('moved_on', { status: appeal.status });
    const target = await openCase(trx, book, { author, now }, number);
    if (target.appeal.status !== 'pending_callback') throw conflict('target_not_done', { number });
    const level = await rate(held, input);
    await moveAppeal(held, 'rate', { ...input, level });
    if (level === 'dissatisfied') {
      await reworkRound(await holdingOrders(target), input.remark ?? '');
      await saveCase(target);
    }
  },
  close: async (held, input) => {
    await closeRated(held, input);
    if (held.appeal.status === 'closed') await closeFollowers(held);
  },
  countersign: async (held, input) => {
    await moveAppeal(held, 'countersign', input, { countersigned_by: actorOf(held).person_id });
    await openKeyTracking(held.trx, held.appeal.id, 'second_dissatisfaction', held.now);
  },
  propose_termination: async (held, input) => {
    const request = await findOpenTermination(held.trx, held.appeal.id);
    if (!request || request.proposed_by !== null) throw conflict('no_termination_request');
    await moveAppeal(held, 'propose_termination', input);
    await changeTermination(held.trx, request.id, { proposed_by: actorOf(held).person_id, proposed_at: held.now, ground: input.decline_reason });
  },
  terminate: async (held, input) => {
    const actor = actorOf(held);
    const request = await findOpenTermination(held.trx, held.appeal.id);
    if (!request || request.proposed_by === null) throw conflict('no_termination_request');
    if (request.proposed_by === actor.person_id || request.requested_by === actor.person_id) throw forbidden('second_person');
    await recallEverything(held, 'terminate');
    await moveAppeal(held, 'terminate', input, { decline_reason: request.ground as never, answer: input.other_way, closed_at: held.now });
    await changeTermination(held.trx, request.id, { confirmed_by: actor.person_id, confirmed_at: held.now });
    held.told.push({ event: 'terminated', params: { other_way: input.other_way } });
  },
  withdraw: async (held, input) => {
    await recallEverything(held, 'withdraw');
    await moveAppeal(held, 'withdraw', input, { closed_at: held.now });
    held.told.push({ event: 'withdrawn', params: {} });
  },
} as const satisfies { [A in AppealAct]?: AppealEffect<AppealInput<A>> };

/** A further round: the lead order goes back to work under the rework limit; a second dissatisfaction also brings a supervision order. */
async function reworkRound(held: OrderCase, reason: string): Promise<void> {
  const lead = held.orders.findLast((order) => order.role === 'lead' && order.status === 'accepted');
  if (!lead) throw conflict('no_lead');
  const round = held.appeal.round + 1;
  await moveAppeal(held, 'rework', { reason }, { round, finished_at: null, level: null, countersigned_by: null });
  await moveOrder(held, lead, 'rework', { reason }, { round, submitted_at: null, submitted_by: null, approved_by: null, outcome: null, promised_on: null });
  tellHolder(held, lead, 'rework');
  if (held.appeal.dissatisfied_rounds >= 2) {
    await insertSupervisionOrder(held.trx, { appeal_id: held.appeal.id, work_order_id: lead.id, reason: 'second_dissatisfaction', issued_at: held.now });
    note(held, { act: 'supervise', from_status: null, to_status: null, work_order_id: lead.id, input: { reason: 'second_dissatisfaction' } }, true);
  }
}

/** Merged appeals close with their target. */
export async function closeFollowers(held: OrderCase): Promise<void> {
  for (const { number } of await listFollowers(held.trx, held.appeal.id)) {
    const follower = await openCase(held.trx, held.book, { author: 'system', now: held.now }, number);
    await moveAppeal(follower, 'close_merged', {}, { closed_at: held.now, finished_at: held.appeal.finished_at, answer: held.appeal.answer });
    await saveCase(follower);
  }
}

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
    await moveOrder(held, order, 'forward', input);
    await makeOrder(held, { unit, role: 'part', parent_id: order.id, instruction: input.instruction, made_by_unit_id: order.unit_id, priority: order.priority });
  },
  escalate: async (held, order, input) => {
    await moveOrder(held, order, 'escalate', input);
    const above = order.unit_path.slice(0, order.unit_path.lastIndexOf('/', order.unit_path.length - 2) + 1);
    const next = held.appeal.priority === 'emergency' ? await getCity(held.trx) : await findLanding(held.trx, above, tiers, dayOf(held.now));
    if (next.kind === 'city') return backToCity(held);
    mustNotBeAbout(held, next);
    await makeOrder(held, { unit: next, role: 'lead', instruction: input.needed, made_by_unit_id: order.unit_id });
    held.notices.push({ event: 'escalated', unit_id: next.id, posts: holderPosts[next.kind], work_order_id: order.id });
  },
  request_return: async (held, order, input) => {
    const window = dueAt(held.book.calendar, order.created_at, held.book.parameters['return.window']).due_at;
    const verdict = mayStillReturn(order, window, held.now);
    if (verdict !== 'yes') throw conflict(verdict === 'designated' ? 'designated' : 'return_too_late');
    if ((await countReturns(held.trx, order.id)) > 0) throw conflict('returned_before');
    await moveOrder(held, order, 'request_return', input, { acknowledged_at: order.acknowledged_at ?? held.now });
    await insertReturn(held.trx, { work_order_id: order.id, reason: input.reason, category_code: input.category_code, requested_by: actorOf(held).person_id, requested_at: held.now });
    tellMaker(held, order, 'return_requested', ['dispatch_officer', 'town_clerk', 'community_clerk']);
  },
  uphold_return: async (held, order, input) => {
    await rule(held, order, 'upheld', input.ruling);
    await recallParts(held, order, input.ruling);
    await moveOrder(held, order, 'uphold_return', input);
    tellHolder(held, order, 'order_recalled');
    if (order.role === 'lead') await backToCity(held);
    else await finishIfDone(held);
    await refreshScopes(held.trx, held.appeal.id);
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
    await makeOrder(held, { unit, role: order.role, instruction: order.instruction || input.reason, made_by_unit_id: actorOf(held).unit_id, ...part });
  },
  request_termination: async (held, order, input) => {
    if (await findOpenTermination(held.trx, held.appeal.id)) throw conflict('already_asked');
    await moveOrder(held, order, 'request_termination', input);
    await insertTermination(held.trx, { appeal_id: held.appeal.id, work_order_id: order.id, ground: input.decline_reason, request: input.request, requested_by: actorOf(held).person_id, requested_at: held.now });
    held.notices.push({ event: 'termination_requested', unit_id: (await getCity(held.trx)).id, posts: ['supervision_officer'], work_order_id: order.id });
  },
  submit: async (held, order, input, files) => {
    const after = await moveOrder(held, order, 'submit', input, {
      result: input.result, outcome: input.outcome, promised_on: input.outcome === 'promised' ? (input.promised_on ?? null) : null,
      submitted_at: held.now, first_submitted_at: order.first_submitted_at ?? held.now, submitted_by: actorOf(held).person_id, approved_by: null,
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
    await moveOrder(held, order, 'send_back', input, { submitted_at: null, submitted_by: null, outcome: null, promised_on: null });
    tellHolder(held, order, 'sent_back');
  },
} as const satisfies { [A in OrderAct]?: OrderEffect<Input<A>> };

async function rule(held: OrderCase, order: HeldOrder, decision: 'upheld' | 'rejected', ruling: string): Promise<void> {
  const asked = await findOpenReturn(held.trx, order.id);
  if (!asked) throw conflict('moved_on', { status: order.status });
  const actor = actorOf(held);
  if (asked.requested_by === actor.person_id) throw forbidden('own_request');
  await ruleReturn(held.trx, asked.id, { decision, ruling, ruled_by: actor.person_id, ruled_at: held.now });
}

/** A promise made to an appellant is kept as a clock that ends with the promised day. */
function promiseClock(held: OrderCase, promised_on: string) {
  const due_at = new Date(`${promised_on}T17:30:00+08:00`);
  const days = Math.max(1, Math.round((due_at.getTime() - held.now.getTime()) / 86_400_000));
  return { kind: 'promise' as const, started_at: held.now, due_at, limit_value: days * 1440, limit_unit: 'minutes' as const, calendar_version: held.book.calendar.version, provisional: false };
}

