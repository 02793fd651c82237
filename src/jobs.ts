import { dayOf } from './core/clock.ts';
import { type Job, type Schedule, startSchedule } from './core/schedule.ts';
import type { World } from './core/world.ts';

const daily = (due: Date): string => dayOf(due);
const hourly = (due: Date): string => due.toISOString().slice(0, 13);
const eachMinute = (due: Date): string => due.toISOString().slice(0, 16);
void [daily, hourly, eachMinute];

/** The timetable: name, when (Asia/Shanghai), what one run is called, which action. */
export const jobs: readonly Job[] = [];

export const startJobs = (world: World): Schedule => startSchedule(world, jobs);
