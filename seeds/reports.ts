import { endOf } from '../src/assessment/rules/periods.ts';
import { listClosed } from '../src/assessment/store/periods.ts';
import { rulebook } from '../src/catalog/actions.ts';
import { closeOfNthWorkingDay } from '../src/core/calendar.ts';
import { addDays, addMinutes, dayOf } from '../src/core/clock.ts';
import type { Db } from '../src/core/db.ts';
import type { Actor, Post } from '../src/people/rules.ts';
import { listActors } from '../src/people/store.ts';
import { approveBulletin, draftBulletin, editedPart, publishBulletin } from '../src/reports/actions/bulletins.ts';
import { rollUp } from '../src/reports/actions/roll.ts';
import { approveStory, storyPart, writeStory } from '../src/reports/actions/stories.ts';
import { findBulletin, findStory } from '../src/reports/store/bulletins.ts';
import { versionOf } from '../src/trail/actions/change.ts';
import { stories } from './texts/stories.ts';

const published_on_working_day = 5;

/** The cells of the reports, a published bulletin of every closed month, and typical cases: by the product's own actions. */
export async function loadReports(db: Db, now: Date): Promise<{ bulletins: number }> {
  await rollUp(db, now);
  const assessor = await cityActor(db, 'analysis_assessor', now);
  const leader = await cityActor(db, 'city_leader', now);
  const { calendar } = await rulebook(db);
  const closed = (await listClosed(db)).reverse();
  let bulletins = 0;
  for (const { period } of closed) {
    const last = new Date(endOf(period).getTime() - 1);
    const at = closeOfNthWorkingDay(calendar, last, published_on_working_day).due_at;
    if (at > now) continue;
    const id = await draftBulletin(db, period, addMinutes(at, -600));
    const row = (await findBulletin(db, id))!;
    await approveBulletin(db, { author: leader, now: addMinutes(at, -60) }, id, versionOf(editedPart(row)));
    await publishBulletin(db, { author: assessor, now: addMinutes(at, -30) }, id);
    bulletins++;
  }
  for (const [i, story] of stories.entries()) {
    const written = new Date(`${addDays(dayOf(now), -60 + i * 20)}T10:00:00+08:00`);
    const id = await writeStory(db, { author: assessor, now: written }, story);
    const row = (await findStory(db, id))!;
    await approveStory(db, { author: leader, now: addMinutes(written, 1440) }, id, versionOf(storyPart(row)));
  }
  return { bulletins };
}

async function cityActor(db: Db, post: Post, now: Date): Promise<Actor> {
  const found = await db('posts').where({ post }).whereNull('valid_to').orderBy('id').first();
  return (await listActors(db, found!.person_id, dayOf(now))).find((one) => one.post === post)!;
}
