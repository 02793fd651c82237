import { type Case, moveAppeal, openCase, saveCase } from '../../appeals/actions/case.ts';
import { getNumber, listFollowers } from '../store.ts';

/**
 * Does the same to everybody merged into an appeal, and into those: each under its own lock and with its own trail. `open`: one of them
 * that the caller holds already, and saves himself.
 */
export async function eachFollower(held: Case, work: (follower: Case) => Promise<void>, open?: Case): Promise<void> {
  for (const { id, number } of await listFollowers(held.trx, held.appeal.id)) {
    const mine = open?.appeal.id === id ? open : undefined;
    const follower = mine ?? (await openAsSystem(held, number));
    await work(follower);
    if (!mine) await saveCase(follower);
    await eachFollower(follower, work, open);
  }
}

/** The appeal whose work counts for a merged one: its target, or that one's, to the end. Held in the name of whoever acts. */
export async function openTarget(held: Case): Promise<Case> {
  let target = held;
  while (target.appeal.status === 'merged') {
    const number = await getNumber(held.trx, target.appeal.merged_into_id!);
    target = await openCase(held.trx, held.book, { author: held.author, now: held.now }, number);
  }
  return target;
}

/** Each appellant who follows gets the answer of the work, as its own appeal's. */
export async function answerFollowers(held: Case, event: 'finished' | 'answered'): Promise<void> {
  const { answer, finished_at } = held.appeal;
  await eachFollower(held, async (follower) => {
    await moveAppeal(follower, 'answer_merged', {}, { answer, finished_at });
    follower.told.push({ event, params: event === 'answered' ? { answer } : {} });
  });
}

/** A further round of the work is a further round for all who follow it. */
export async function reworkFollowers(held: Case, open?: Case): Promise<void> {
  await eachFollower(
    held,
    (one) => moveAppeal(one, 'rework_merged', {}, { round: one.appeal.round + 1, finished_at: null, level: null }),
    open,
  );
}

/** Merged appeals close with their target. */
export async function closeFollowers(held: Case): Promise<void> {
  const { finished_at, answer } = held.appeal;
  await eachFollower(held, async (follower) => {
    await moveAppeal(follower, 'close_merged', {}, { closed_at: held.now, finished_at, answer });
    follower.told.push({ event: 'closed', params: {} });
  });
}

/** Where the target ends without work done, those who followed it are looked at again: nothing is silently cancelled. */
export async function releaseFollowers(held: Case): Promise<void> {
  for (const { number } of await listFollowers(held.trx, held.appeal.id)) {
    const follower = await openAsSystem(held, number);
    await unmerge(follower, { reason: `${held.appeal.number} ${held.appeal.status}` });
    await saveCase(follower);
  }
}

/** Back on its own: without the target's lead and answer, and in a new round where this one has been rated. */
export async function unmerge(held: Case, input: { reason: string }): Promise<void> {
  const { round, level } = held.appeal;
  await moveAppeal(held, 'unmerge', input, {
    merged_into_id: null,
    lead_unit_id: null,
    finished_at: null,
    answer: null,
    level: null,
    round: level === null ? round : round + 1,
  });
}

const openAsSystem = (held: Case, number: string): Promise<Case> =>
  openCase(held.trx, held.book, { author: 'system', now: held.now }, number);
