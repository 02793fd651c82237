import type { Input } from '../../appeals/rules.ts';
import { rulebook, rulebookWithin } from '../../catalog/actions.ts';
import { addMinutes } from '../../core/clock.ts';
import type { Db } from '../../core/db.ts';
import { conflict } from '../../core/errors.ts';
import { sha256 } from '../../core/hash.ts';
import type { World } from '../../core/world.ts';
import type { LinkFor } from '../../messages/actions/send.ts';
import { asksEvaluation } from '../../messages/rules.ts';
import { performOnAppeal } from '../../orders/actions/perform.ts';
import { findEvaluationLink, holdRound, insertEvaluationLink, removeEvaluationLinks, useEvaluationLink } from '../store.ts';
import { evaluationToken } from './keys.ts';

/** The link for a text that asks for an evaluation: of the round that the text tells of, good for the days of the parameter. */
export const evaluationLink: LinkFor = async (world, { event, appeal_id, params }, now) => {
  const { round } = params as { round?: unknown };
  if (!asksEvaluation(event) || appeal_id === null || typeof round !== 'number') return null;
  const token = evaluationToken(world, appeal_id, round);
  const { parameters } = await rulebook(world.db);
  const expires_at = addMinutes(now, parameters['callback.link_days'] * 1440);
  await insertEvaluationLink(world.db, { token_hash: sha256(token), appeal_id, round, made_at: now, expires_at });
  return new URL(`/e/${token}`, world.config.public_url).href;
};

/** Where a link leads now: to an appeal to be rated, or why not. Looking uses nothing up. */
export type Led =
  | { readonly open: true; readonly appeal_id: number; readonly round: number }
  | { readonly open: false; readonly why: 'unknown' | 'used' | 'expired' };

export async function readLink(db: Db, token: string, now: Date): Promise<Led> {
  const link = await findEvaluationLink(db, sha256(token));
  if (!link) return { open: false, why: 'unknown' };
  if (link.used_at !== null) return { open: false, why: 'used' };
  if (link.expires_at <= now) return { open: false, why: 'expired' };
  return { open: true, appeal_id: link.appeal_id, round: link.round };
}

/** Rates the round that a link is bound to and uses the link up, both or neither; of two who send at once the first counts. */
export async function rateByLink(db: Db, token: string, input: Input<'rate'>, now: Date): Promise<void> {
  await db.transaction(async (trx) => {
    // As every act: the rulebook before the appeal, which is the order of an edit that moves clocks.
    await rulebookWithin(trx, db);
    const link = await findEvaluationLink(trx, sha256(token));
    const held = link && (await holdRound(trx, link.appeal_id));
    if (!link || !held || held.round !== link.round || !(await useEvaluationLink(trx, link.token_hash, now)))
      throw conflict('link_over');
    await performOnAppeal(trx, { author: 'appellant', now }, held.number, 'rate', input);
  });
}

/** A job: links long over. */
export const purgeLinks = (world: Pick<World, 'db'>, now: Date): Promise<number> =>
  removeEvaluationLinks(world.db, addMinutes(now, -90 * 1440));
