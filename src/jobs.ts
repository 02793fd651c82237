import { retrain } from './analysis/actions.ts';
import { purgeSubmissions } from './appeals/actions/purge.ts';
import { assess } from './assessment/actions/assess.ts';
import { closeMonths } from './assessment/actions/close.ts';
import { drawMissed } from './callbacks/actions.ts';
import { applyDueParameters } from './catalog/actions/parameters.ts';
import { dayOf } from './core/clock.ts';
import { type Job, purgeRuns, type Schedule, startSchedule } from './core/schedule.ts';
import type { World } from './core/world.ts';
import { drawWaiting } from './files/actions/draw.ts';
import { purgeFiles } from './files/actions/purge.ts';
import { lookForGaming, purgeMarks } from './integrity/actions.ts';
import { scoreMembers } from './member_scores/actions/score.ts';
import { smsPort } from './messages/actions/ports.ts';
import { sendOutbox } from './messages/actions/send.ts';
import { nightly } from './orders/actions/nightly.ts';
import { saveMoves } from './orders/actions/recompute.ts';
import { sweep } from './people/actions.ts';
import { draftLatest } from './reports/actions/bulletins.ts';
import { rollUp } from './reports/actions/roll.ts';
import { evaluationLink, purgeLinks } from './residents/actions/links.ts';
import { turnShifts } from './shifts/actions.ts';
import { climbLadder } from './supervision/actions/climb.ts';
import { watchClocks } from './supervision/actions/watch.ts';
import { purgePlans } from './supervision/store/cards.ts';
import { anchorTrail } from './trail/actions/anchor.ts';
import { verifyTrail } from './trail/actions/verify.ts';
import { purgeVisits } from './visits/actions/purge.ts';
import { turnSubstitutes } from './visits/actions/substitute.ts';
import { consultOverdue } from './whistles/actions/perform.ts';

const daily = (due: Date): string => dayOf(due);
const hourly = (due: Date): string => due.toISOString().slice(0, 13);
const eachMinute = (due: Date): string => due.toISOString().slice(0, 16);

/** The timetable: name, when (Asia/Shanghai), what one run is called, which action. */
export const jobs: readonly Job[] = [
  {
    name: 'send-outbox',
    cron: '* * * * *',
    slot: eachMinute,
    run: (world, now) => sendOutbox(world, now, smsPort(world), evaluationLink),
  },
  { name: 'draw-pictures', cron: '* * * * *', slot: eachMinute, run: (world) => drawWaiting(world) },
  { name: 'apply-parameters', cron: '* * * * *', slot: eachMinute, run: ({ db }, now) => applyDueParameters(db, now, saveMoves) },
  { name: 'whistles', cron: '* * * * *', slot: eachMinute, run: ({ db }, now) => consultOverdue(db, now) },
  { name: 'watch-clocks', cron: '* * * * *', slot: eachMinute, run: ({ db }, now) => watchClocks(db, now) },
  { name: 'climb-ladder', cron: '*/5 * * * *', slot: eachMinute, run: ({ db }, now) => climbLadder(db, now) },
  { name: 'lapse', cron: '10 * * * *', slot: hourly, run: ({ db }, now) => nightly.lapse(db, now) },
  { name: 'resume', cron: '30 8 * * *', slot: daily, run: ({ db }, now) => nightly.resume(db, now) },
  { name: 'turn-substitutes', cron: '1 0 * * *', slot: daily, run: (world, now) => turnSubstitutes(world, now) },
  { name: 'turn-shifts', cron: '*/5 * * * *', slot: eachMinute, run: ({ db }, now) => turnShifts(db, now) },
  { name: 'assess', cron: '* * * * *', slot: eachMinute, run: ({ db }, now) => assess(db, now) },
  { name: 'close-month', cron: '0 6 * * *', slot: daily, apart: true, run: ({ db }, now) => closeMonths(db, now) },
  { name: 'look-for-gaming', cron: '30 4 * * 1', slot: daily, apart: true, run: (world, now) => lookForGaming(world, now) },
  { name: 'score-members', cron: '0 5 1 * *', slot: daily, apart: true, run: ({ db }, now) => scoreMembers(db, now) },
  { name: 'roll-up', cron: '* * * * *', slot: eachMinute, run: ({ db }, now) => rollUp(db, now) },
  { name: 'draft-bulletin', cron: '0 7 * * *', slot: daily, run: ({ db }, now) => draftLatest(db, now) },
  { name: 'close-unreached', cron: '20 1 * * *', slot: daily, run: ({ db }, now) => nightly.close_unreached(db, now) },
  { name: 'draw-recalls', cron: '15 0 * * *', slot: daily, run: (world, now) => drawMissed(world, now) },
  { name: 'archive', cron: '40 1 * * *', slot: daily, run: ({ db }, now) => nightly.archive(db, now) },
  { name: 'purge', cron: '0 2 * * *', slot: daily, run: purge },
  { name: 'retrain', cron: '30 2 * * *', slot: daily, apart: true, run: (world, now) => retrain(world, now) },
  { name: 'verify-trail', cron: '0 3 * * *', slot: daily, apart: true, run: (world) => verifyTrail(world) },
  { name: 'anchor-trail', cron: '30 3 * * *', slot: daily, run: (world, now) => anchorTrail(world, now) },
];

async function purge(world: World, now: Date): Promise<object> {
  const { db } = world;
  return {
    ...(await sweep(world, now)),
    submissions: await purgeSubmissions(db, now),
    files: await purgeFiles(world, now),
    links: await purgeLinks(world, now),
    ...(await purgeVisits(db, now)),
    ...(await purgeMarks(db, now)),
    card_plans: await purgePlans(db),
    runs: await purgeRuns(db, now),
  };
}

export const startJobs = (world: World): Schedule => startSchedule(world, jobs);
