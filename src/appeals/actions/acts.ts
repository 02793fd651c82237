import { addMinutes } from '../../core/clock.ts';
import { conflict, forbidden } from '../../core/errors.ts';
import type { StoredFile } from '../../files/store.ts';
import type { Actor } from '../../people/rules.ts';
import { findUnit } from '../../units/store.ts';
import { type AppealAct, type Input, type Level, needsCountersign } from '../rules.ts';
import { changeAppealRow, findEvaluation, insertEvaluation, recordCallback, refreshScopes } from '../store.ts';
import { callAgainAt, mustMayCall } from './calls.ts';
import { attach, type Case, changeCase, moveAppeal } from './case.ts';

export type Effect<I> = (held: Case, input: I, files: readonly StoredFile[]) => Promise<void>;

/** Acts on an appeal that touch no work order; those that do are in orders/actions. */
export const effects = {
  answer: async (held, input) => {
    await moveAppeal(held, 'answer', input, { answer: input.answer, finished_at: held.now });
    held.told.push({ event: 'answered', params: { answer: input.answer } });
  },
  transfer: async (held, input) => {
    await moveAppeal(held, 'transfer', input, { emergency_line: input.line, finished_at: held.now });
  },
  request_details: async (held, input) => {
    await moveAppeal(held, 'request_details', input);
    held.told.push({ event: 'details_wanted', params: { question: input.question } });
  },
  supply_details: async (held, input, files) => {
    await moveAppeal(held, 'supply_details', input);
    await attach(held, files, 'supplement');
  },
  decline: async (held, input) => {
    await moveAppeal(held, 'decline', input, {
      decline_reason: input.decline_reason,
      answer: input.other_way,
      closed_at: held.now,
    });
    held.told.push({ event: 'declined', params: { reason: input.decline_reason, other_way: input.other_way } });
  },
  accept: async (held, input) => {
    await moveAppeal(held, 'accept', input, {
      kind: input.kind,
      category_code: input.category_code,
      priority: input.priority,
      accepted_at: held.now,
      ...(input.about_unit_id !== undefined && { about_unit_id: input.about_unit_id }),
    });
    await relocate(held, input.place_unit_id);
    held.told.push({ event: 'accepted', params: {} });
  },
  attempt: async (held, input) => {
    await mustMayCall(held);
    const again_at = await callAgainAt(held, input.callback_outcome, input.again_at);
    await moveAppeal(held, 'attempt', input);
    await recordCallback(held.trx, {
      appeal_id: held.appeal.id,
      round: held.appeal.round,
      called_by: (held.author as Actor).person_id,
      called_at: held.now,
      outcome: input.callback_outcome,
      note: input.remark ?? '',
      again_at,
    });
  },
  close: async (held, input) => {
    await closeRated(held, input);
  },
  reopen: async (held, input) => {
    const { author, appeal, now, book } = held;
    const ended_at = appeal.closed_at ?? appeal.finished_at ?? appeal.received_at;
    if (author === 'appellant' && now > addMinutes(ended_at, book.parameters['reopen.within_days'] * 1440))
      throw conflict('reopen_too_late');
    await moveAppeal(held, 'reopen', input, {
      round: appeal.round + 1,
      closed_at: null,
      archived_at: null,
      finished_at: null,
      merged_into_id: null,
      decline_reason: null,
      emergency_line: null,
      lead_unit_id: null,
      level: null,
      countersigned_by: null,
    });
  },
  correct: async (held, input) => {
    // The holder corrects what it is and how urgent; where it is decides who reads it, and stays with the city.
    if (input.place_unit_id !== undefined && typeof held.author === 'object' && held.author.unit_kind !== 'city')
      throw forbidden();
    await moveAppeal(held, 'correct', input, { category_code: input.category_code, priority: input.priority });
    await relocate(held, input.place_unit_id);
  },
  comment: async (held, input, files) => {
    await moveAppeal(held, 'comment', input);
    await attach(held, files, 'supplement');
  },
} as const satisfies { [A in AppealAct]?: Effect<Input<A>> };

/** Moves an appeal to another place, kind or unit complained about, and with it who may read it. */
async function relocate(held: Case, place_unit_id: number | undefined): Promise<void> {
  const place = place_unit_id === undefined ? undefined : await findUnit(held.trx, place_unit_id);
  if (place) changeCase(held, { place_unit_id: place.id });
  const { place_unit_id: at, about_unit_id, kind } = held.appeal;
  await changeAppealRow(held.trx, held.appeal.id, { place_unit_id: at, about_unit_id, kind });
  await refreshScopes(held.trx, held.appeal.id);
}

interface Rating {
  readonly level: Level;
  readonly contacted: boolean | undefined;
  readonly solved: boolean | undefined;
  readonly remark?: string | undefined;
}

/** Records the evaluation of this round, unless the appellant has given his already: the first one is final. */
export async function rate(held: Case, given: Rating): Promise<Level> {
  const { appeal, trx, now, author } = held;
  // What the appellant has said himself needs no call.
  if (typeof author === 'object' && !(await findEvaluation(trx, appeal.id, appeal.round))) await mustMayCall(held);
  const made = await insertEvaluation(trx, {
    appeal_id: appeal.id,
    round: appeal.round,
    source: author === 'appellant' ? 'page' : 'callback',
    level: given.level,
    contacted: given.contacted ?? null,
    solved: given.solved ?? null,
    remark: given.remark ?? '',
    recorded_by: typeof author === 'object' ? author.person_id : null,
    evaluated_at: now,
  });
  const level = made?.level ?? (await findEvaluation(trx, appeal.id, appeal.round))!.level;
  const first_time = made !== undefined && level === 'dissatisfied';
  changeCase(held, { level, ...(first_time && { dissatisfied_rounds: appeal.dissatisfied_rounds + 1, countersigned_by: null }) });
  if (made && typeof author === 'object') {
    await recordCallback(trx, {
      appeal_id: appeal.id,
      round: appeal.round,
      called_by: author.person_id,
      called_at: now,
      outcome: 'reached',
      note: given.remark ?? '',
      again_at: null,
    });
  }
  return level;
}

/** As `rate`, for an act that does nothing else: a second evaluation of a round is refused. */
export async function rateOnce(held: Case, given: Rating): Promise<Level> {
  if (await findEvaluation(held.trx, held.appeal.id, held.appeal.round)) throw conflict('rated_already');
  return rate(held, given);
}

/**
 * Closes a rated appeal. A first dissatisfaction is reworked, not closed; from the second on the rating is kept and the supervision
 * officer is asked to countersign before it may be closed.
 */
export async function closeRated(held: Case, input: Input<'close'>): Promise<void> {
  const level = await rate(held, input);
  if (level === 'dissatisfied') {
    if (held.appeal.dissatisfied_rounds < 2) throw conflict('rework_first');
    if (needsCountersign(held.appeal)) {
      await moveAppeal(held, 'rate', { ...input, level });
      held.notices.push({
        event: 'supervision',
        unit_id: Number(held.appeal.place_path.split('/')[1]),
        posts: ['supervision_officer'],
        work_order_id: null,
      });
      return;
    }
  }
  await moveAppeal(held, 'close', { ...input, level }, { closed_at: held.now });
  held.told.push({ event: 'closed', params: {} });
}
