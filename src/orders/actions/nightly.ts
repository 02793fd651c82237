import { type Case, moveAppeal, withAppeal } from '../../appeals/actions/case.ts';
import { canFollow, needsCountersign } from '../../appeals/rules.ts';
import { listLongEnded, listUnreached, listUnsupplied } from '../../appeals/store.ts';
import { rulebook } from '../../catalog/actions.ts';
import { dueAt } from '../../core/calendar.ts';
import { addMinutes, dayOf } from '../../core/clock.ts';
import type { Db } from '../../core/db.ts';
import { words } from '../../words/words.ts';
import { listToReview } from '../store.ts';
import { getOrder, holdingOrders } from './case.ts';
import { closeFollowers, releaseFollowers } from './followers.ts';
import { resumeOrder } from './on_time.ts';

const day_minutes = 1440;
const batch = 500;

/**
 * What time alone does to appeals. Each may be repeated, stopped and run late; each appeal is a transaction of its own, and one that
 * cannot be done keeps no other back. Returns how many.
 */
export const nightly = {
  /** Five working days after the question an appeal that nobody supplied is closed; the appellant may reopen it. */
  lapse: async (db: Db, now: Date): Promise<number> => {
    const { calendar, parameters } = await rulebook(db);
    const over = (await listUnsupplied(db)).filter(
      ({ asked_at }) => dueAt(calendar, asked_at, parameters['limit.details']).due_at < now,
    );
    return each(db, now, over, async (held) => {
      if (!canFollow(held.appeal.status, 'lapse')) return false;
      await moveAppeal(held, 'lapse', {}, { closed_at: now });
      held.told.push({ event: 'lapsed', params: {} });
      await releaseFollowers(held);
      return true;
    });
  },
  /** Unrated after seven days: where nobody can be called, after three recorded attempts, or where the appellant was content on his page. */
  close_unreached: async (db: Db, now: Date): Promise<number> => {
    const { parameters } = await rulebook(db);
    const finished_before = addMinutes(now, -parameters['callback.self_evaluation_days'] * day_minutes);
    return each(
      db,
      now,
      await listUnreached(db, finished_before, parameters['callback.attempts'], parameters['callback.days']),
      async (held) => {
        const { status, finished_at, level } = held.appeal;
        if (!canFollow(status, 'close_unreached') || finished_at === null || finished_at > finished_before) return false;
        if (level === 'dissatisfied' || needsCountersign(held.appeal)) return false;
        await moveAppeal(held, 'close_unreached', {}, { closed_at: now });
        held.told.push({ event: 'closed', params: {} });
        await closeFollowers(held);
        return true;
      },
    );
  },
  /** On its day of review a suspended order goes on, if nobody resumed it. */
  resume: async (db: Db, now: Date): Promise<number> =>
    each(db, now, await listToReview(db, dayOf(now)), async (held, { work_order_id }) => {
      const case_ = await holdingOrders(held);
      const order = getOrder(case_, work_order_id);
      if (order.status !== 'suspended') return false;
      await resumeOrder(case_, order, { reason: words.zh.desks.review_day_came });
      return true;
    }),
  /** Thirty days after its end an appeal is read-only. */
  archive: async (db: Db, now: Date): Promise<number> => {
    const { parameters } = await rulebook(db);
    const closed_before = addMinutes(now, -parameters['archive.after_days'] * day_minutes);
    let done = 0;
    for (let after = 0; ; ) {
      const ended = await listLongEnded(db, closed_before, after, batch);
      if (ended.length === 0) return done;
      after = ended.at(-1)!.id;
      done += await each(db, now, ended, async (held) => {
        const { status, closed_at } = held.appeal;
        if (!canFollow(status, 'archive') || closed_at === null || closed_at > closed_before) return false;
        await moveAppeal(held, 'archive', {}, { archived_at: now });
        return true;
      });
    }
  },
} as const satisfies Record<string, (db: Db, now: Date) => Promise<number>>;

/** `work` looks again under the lock, and says whether there still was something to do. */
async function each<A extends { number: string }>(
  db: Db,
  now: Date,
  appeals: readonly A[],
  work: (held: Case, one: A) => Promise<boolean>,
): Promise<number> {
  let done = 0;
  const failed: string[] = [];
  for (const one of appeals) {
    try {
      await withAppeal(db, { author: 'system', now }, one.number, async (held) => {
        if (await work(held, one)) done++;
      });
    } catch (error) {
      failed.push(`${one.number}: ${error instanceof Error ? error.message : error}`);
    }
  }
  if (failed.length > 0) throw new Error(`${done} done, ${failed.length} not: ${failed.slice(0, 5).join('; ')}`);
  return done;
}
