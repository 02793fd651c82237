import { dayOf } from './core/clock.ts';
import { type Job, type Schedule, startSchedule } from './core/schedule.ts';
import type { World } from './core/world.ts';
import { nightly } from './orders/actions/nightly.ts';

const daily = (due: Date): string => dayOf(due);
const hourly = (due: Date): string => due.toISOString().slice(0, 13);
const eachMinute = (due: Date): string => due.toISOString().slice(0, 16);
void [eachMinute];

/** The timetable: name, when (Asia/Shanghai), what one run is called, which action. */
export const jobs: readonly Job[] = [
  { name: 'lapse', cron: '10 * * * *', slot: hourly, run: ({ db }, now) => nightly.lapse(db, now) },
  { name: 'close-unreached', cron: '20 1 * * *', slot: daily, run: ({ db }, now) => nightly.close_unreached(db, now) },
  { name: 'archive', cron: '40 1 * * *', slot: daily, run: ({ db }, now) => nightly.archive(db, now) },
];

export const startJobs = (world: World): Schedule => startSchedule(world, jobs);
