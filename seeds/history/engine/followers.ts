/** What the end of the work means for the appeal, and for those merged into it. */
import { ownFindChannels } from '../../../src/appeals/rules.ts';
import { isFinished } from '../../../src/orders/rules.ts';
import { moveAppeal } from './appeal.ts';
import { type Case, system } from './case.ts';

/** True when the appeal is now finished: nothing that counts is left open. */
export function finishIfDone(c: Case, now: Date): boolean {
  if (c.status !== 'in_handling' || !isFinished(c.orders)) return false;
  const lead = c.orders.findLast((order) => order.role === 'lead' && order.status === 'accepted');
  const done = { finished_at: now, answer: lead?.result ?? c.answer };
  const waiting = c.followers.some((follower) => follower.status === 'merged');
  if (c.caller === null && ownFindChannels.includes(c.channel) && !waiting) {
    moveAppeal(c, 'finish_own', system, now, {}, { ...done, closed_at: now });
  } else {
    moveAppeal(c, 'finish', system, now, {}, done);
    answerFollowers(c, now);
  }
  return true;
}

const merged = (c: Case): Case[] => c.followers.filter((follower) => follower.status === 'merged');
/** Each appellant who follows gets the answer of the work as his own. */
export function answerFollowers(c: Case, now: Date): void {
  const { answer, finished_at } = c;
  for (const follower of merged(c)) moveAppeal(follower, 'answer_merged', system, now, {}, { answer, finished_at });
}
export function reworkFollowers(c: Case, now: Date): void {
  for (const follower of merged(c))
    moveAppeal(follower, 'rework_merged', system, now, {}, { round: follower.round + 1, finished_at: null, level: null });
}
export function closeFollowers(c: Case, now: Date): void {
  for (const follower of merged(c)) {
    moveAppeal(follower, 'close_merged', system, now, {}, { closed_at: now, finished_at: c.finished_at, answer: c.answer });
  }
}
/** Where the target ends without work done, those who followed it are looked at again. */
export function releaseFollowers(c: Case, now: Date): Case[] {
  const released = merged(c);
  for (const follower of released) {
    const { round, level } = follower;
    moveAppeal(
      follower,
      'unmerge',
      system,
      now,
      { reason: `${c.number} ${c.status}` },
      {
        merged_into_id: null,
        lead_unit_id: null,
        finished_at: null,
        answer: null,
        level: null,
        round: level === null ? round : round + 1,
      },
    );
  }
  return released;
}
