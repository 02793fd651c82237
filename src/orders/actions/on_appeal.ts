import { closeRated, effects, rate, rateOnce } from '../../appeals/actions/acts.ts';
import { type Case, changeCase, moveAppeal, note, openCase, saveCase } from '../../appeals/actions/case.ts';
import { type AppealAct, type Input, mayCountersign, takesOthers } from '../../appeals/rules.ts';
import { conflict, forbidden } from '../../core/errors.ts';
import type { StoredFile } from '../../files/store.ts';
import { isOpen } from '../rules.ts';
import { openKeyTracking } from '../store/ladder.ts';
import { changeTermination, findOpenTermination } from '../store.ts';
import { holdingOrders, makeOrder, moveOrder, type OrderCase, recallEverything, stopPromises } from './case.ts';
import { answerFollowers, closeFollowers, openTarget, releaseFollowers, reworkFollowers, unmerge } from './followers.ts';
import { actorOf, getUnit, mustNotBeAbout, tellHolder, tellWhoHasIt } from './holder.ts';
import { superviseByRule } from './on_ladder.ts';

type AppealEffect<I> = (held: OrderCase, input: I, files: readonly StoredFile[]) => Promise<void>;

/** Acts on an appeal that make or end work orders. */
export const appealEffects = {
  dispatch: async (held, input) => {
    const lead = await getUnit(held, input.lead_unit_id);
    mustNotBeAbout(held, lead);
    const actor = actorOf(held);
    await moveAppeal(held, 'dispatch', input, { dispatched_at: held.now });
    await makeOrder(held, { unit: lead, role: 'lead', instruction: input.instruction, made_by_unit_id: actor.unit_id });
    held.told.push({ event: 'handed_on', params: { unit: lead.name_zh, unit_en: lead.name_en } });
    const standing = new Set(
      held.orders.filter((order) => isOpen(order.status) && order.role !== 'part').map((order) => order.unit_id),
    );
    for (const id of new Set(input.co_unit_ids ?? [])) {
      if (standing.has(id)) continue;
      await makeOrder(held, {
        unit: await getUnit(held, id),
        role: 'co',
        instruction: input.instruction,
        made_by_unit_id: actor.unit_id,
      });
    }
  },
  merge: async (held, input) => {
    const { trx, appeal, book, author, now } = held;
    const target = await openCase(trx, book, { author, now }, input.target);
    if (target.appeal.id === appeal.id || !takesOthers(target.appeal.status)) throw conflict('cannot_merge');
    await recallEverything(held, `→ ${target.appeal.number}`);
    await moveAppeal(held, 'merge', input, { merged_into_id: target.appeal.id });
    held.told.push({ event: 'merged', params: { number: target.appeal.number } });
    note(target, {
      act: 'merged_here',
      from_status: target.appeal.status,
      to_status: target.appeal.status,
      work_order_id: null,
      input: { number: appeal.number },
    });
    await saveCase(target);
    const { status, answer, finished_at } = target.appeal;
    if (status !== 'pending_callback') return;
    await moveAppeal(held, 'answer_merged', {}, { answer, finished_at });
    held.told.push({ event: 'finished', params: {} });
  },
  unmerge: async (held, input) => {
    await unmerge(held, input);
  },
  answer: async (held, input) => {
    await effects.answer(held, input);
    await answerFollowers(held, 'answered');
  },
  transfer: async (held, input) => {
    await effects.transfer(held, input);
    await releaseFollowers(held);
  },
  decline: async (held, input) => {
    await effects.decline(held, input);
    await releaseFollowers(held);
  },
  rework: async (held, input) => {
    await reworkRated(held, input.reason, { contacted: input.contacted, solved: input.solved });
  },
  rework_answer: async (held, input) => {
    await reworkRated(held, input.reason, {});
  },
  rate: async (held, input) => {
    const target = await openTarget(held);
    if (target.appeal.status !== 'pending_callback' && target.appeal.status !== 'answered')
      throw conflict('target_not_done', { number: target.appeal.number });
    const level = await rateOnce(held, input);
    await moveAppeal(held, 'rate', { ...input, level });
    if (level !== 'dissatisfied') return;
    if (target === held) return reworkRound(held, input.remark ?? '');
    // The work has one count of dissatisfied rounds, whoever of its appellants it is.
    if (target.appeal.level !== 'dissatisfied')
      changeCase(target, { dissatisfied_rounds: target.appeal.dissatisfied_rounds + 1 });
    await reworkRound(await holdingOrders(target), input.remark ?? '', held);
    await saveCase(target);
  },
  close: async (held, input) => {
    await closeRated(held, input);
    if (held.appeal.status !== 'closed') return;
    if (input.solved) stopPromises(held);
    await closeFollowers(held);
  },
  countersign: async (held, input) => {
    if (!mayCountersign(held.appeal)) throw conflict('nothing_to_countersign');
    await moveAppeal(held, 'countersign', input, { countersigned_by: actorOf(held).person_id });
    await openKeyTracking(held.trx, held.appeal.id, 'second_dissatisfaction', held.now);
  },
  propose_termination: async (held, input) => {
    const request = await findOpenTermination(held.trx, held.appeal.id);
    if (!request || request.proposed_by !== null) throw conflict('no_termination_request');
    await moveAppeal(held, 'propose_termination', input);
    await changeTermination(held.trx, request.id, {
      proposed_by: actorOf(held).person_id,
      proposed_at: held.now,
      ground: input.decline_reason,
    });
  },
  terminate: async (held, input) => {
    const actor = actorOf(held);
    const request = await findOpenTermination(held.trx, held.appeal.id);
    if (!request || request.proposed_by === null) throw conflict('no_termination_request');
    if (request.proposed_by === actor.person_id || request.requested_by === actor.person_id) throw forbidden('second_person');
    await changeTermination(held.trx, request.id, { confirmed_by: actor.person_id, confirmed_at: held.now });
    await recallEverything(held, 'terminate');
    await moveAppeal(held, 'terminate', input, {
      decline_reason: request.ground as never,
      answer: input.other_way,
      closed_at: held.now,
    });
    held.told.push({ event: 'terminated', params: { other_way: input.other_way } });
    await releaseFollowers(held);
  },
  comment: async (held, input, files) => {
    await effects.comment(held, input, files);
    // Among staff a comment is found on the case; what the appellant adds must reach whoever has it now.
    if (held.author === 'appellant') tellWhoHasIt(held);
  },
  withdraw: async (held, input) => {
    await recallEverything(held, 'withdraw');
    await moveAppeal(held, 'withdraw', input, { closed_at: held.now });
    held.told.push({ event: 'withdrawn', params: {} });
    await releaseFollowers(held);
  },
} as const satisfies { [A in AppealAct]?: AppealEffect<Input<A>> };

/** Rework of one's own: the round is rated dissatisfied, unless the appellant has rated it already, and then only if he was dissatisfied. */
async function reworkRated(
  held: OrderCase,
  reason: string,
  said: { contacted?: boolean | undefined; solved?: boolean | undefined },
): Promise<void> {
  const level = await rate(held, { level: 'dissatisfied', remark: reason, contacted: said.contacted, solved: said.solved });
  if (level !== 'dissatisfied') throw conflict('rated_already');
  await reworkRound(held, reason);
}

/**
 * A further round: an answer goes back to review; a lead order goes back to work under the rework limit, and a second dissatisfaction also
 * brings a supervision order. `open`: the follower who asked for it, held by the caller.
 */
async function reworkRound(held: OrderCase, reason: string, open?: Case): Promise<void> {
  if (held.appeal.status === 'answered') {
    await moveAppeal(
      held,
      'rework_answer',
      { reason },
      { round: held.appeal.round + 1, finished_at: null, level: null, countersigned_by: null, emergency_line: null },
    );
    return reworkFollowers(held, open);
  }
  const lead = held.orders.findLast((order) => order.role === 'lead' && order.status === 'accepted');
  if (!lead) throw conflict('no_lead');
  const round = held.appeal.round + 1;
  await moveAppeal(held, 'rework', { reason }, { round, finished_at: null, level: null, countersigned_by: null });
  await moveOrder(
    held,
    lead,
    'rework',
    { reason },
    { round, submitted_at: null, submitted_by: null, approved_by: null, outcome: null, promised_on: null },
  );
  tellHolder(held, lead, 'rework');
  if (held.appeal.dissatisfied_rounds >= 2) await superviseByRule(held, lead, 'second_dissatisfaction');
  await reworkFollowers(held, open);
}
