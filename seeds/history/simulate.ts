import { addOfficeMinutes, type Calendar, nextOpening, officeMinutesBetween } from '../../src/core/calendar.ts';
import { minuteOfDay } from '../../src/core/clock.ts';
import type { Random } from '../random.ts';

/** Something that goes on in time: it yields the moment at which it wants to continue. */
export type Process = Generator<Date, void, void>;

interface Running {
  at: number;
  readonly process: Pick<Process, 'next'>;
  readonly alive: () => boolean;
}

/** One story on a clock that ends now: what would happen later has not happened, and that is the open work. */
export interface Sim {
  readonly random: Random;
  readonly calendar: Calendar;
  readonly until: Date;
  now: Date;
  readonly running: Running[];
  /** True stops the story where it is: somebody's desk wants it so. */
  held: () => boolean;
}

export function makeSim(random: Random, calendar: Calendar, until: Date): Sim {
  return { random, calendar, until, now: until, running: [], held: () => false };
}

/** Lets a process run beside the others from `at` on; it is dropped when it is no longer `alive`. */
export function spawn(sim: Sim, process: Process, at: Date = sim.now, alive: () => boolean = () => true): void {
  sim.running.push({ at: at.getTime(), process, alive });
}

/** Does one thing at its time. */
export function later(sim: Sim, at: Date, act: () => void): void {
  const next = () => {
    act();
    return { done: true as const, value: undefined };
  };
  sim.running.push({ at: at.getTime(), process: { next }, alive: () => true });
}

export function run(sim: Sim): void {
  const { running } = sim;
  while (running.length > 0) {
    let next = running[0]!;
    for (const one of running) if (one.at < next.at) next = one;
    if (next.at > sim.until.getTime()) return;
    sim.now = new Date(next.at);
    const step = next.alive() ? next.process.next() : { done: true as const, value: undefined };
    if (step.done) running.splice(running.indexOf(next), 1);
    else next.at = Math.max(step.value.getTime(), next.at);
    if (sim.held()) return;
  }
}

const minute_ms = 60_000;
export const plus = (at: Date, minutes: number): Date => new Date(at.getTime() + minutes * minute_ms);
export const daysLater = (at: Date, days: number): Date => plus(at, days * 1440);

/** A share of the time allowed, more often early than late. */
function share(random: Random, low: number, high: number): number {
  return low + (high - low) * Math.max(random.next() * random.next(), random.next() * 0.55);
}

/**
 * When somebody does what is due at `due`: in office hours, or around the clock but rarely deep at night. `on_time` is the chance that it
 * is before the due time.
 */
export function within(sim: Sim, due: Date, how: { office: boolean; on_time: number; low?: number; high?: number }): Date {
  const { random, calendar, now } = sim;
  const { low = 0.04, high = 0.96 } = how;
  const late = !random.chance(how.on_time);
  const seconds = random.between(0, 59) / 60;
  if (how.office) {
    const whole = officeMinutesBetween(calendar, now, due);
    if (late || whole < 2)
      return plus(addOfficeMinutes(calendar, late && due > now ? due : now, random.between(20, 1100)).due_at, seconds);
    return plus(addOfficeMinutes(calendar, now, Math.max(1, Math.floor(whole * share(random, low, high)))).due_at, seconds - 1);
  }
  const whole = (due.getTime() - now.getTime()) / minute_ms;
  if (late || whole < 1) return plus(late && due > now ? due : now, 2 + share(random, 0.02, 0.6) * Math.max(40, whole));
  return plus(now, whole * share(random, low, high));
}

/** The same moment when people are up, else the next morning or the evening before, whichever still lies before `due`. */
export function awake(sim: Sim, at: Date, due: Date): Date {
  const minute = minuteOfDay(at);
  if (minute >= 7 * 60 + 30 && minute <= 21 * 60) return at;
  const evening = plus(at, -(minute > 12 * 60 ? minute - 20 * 60 : minute + 4 * 60) - sim.random.between(0, 50));
  if (evening > sim.now) return evening;
  const morning = plus(at, (minute > 12 * 60 ? 32 * 60 - minute : 8 * 60 - minute) + sim.random.between(0, 50));
  return morning < due ? morning : at;
}

/** Soon after, in office hours. */
export function nextOffice(sim: Sim, at: Date, minutes: number): Date {
  return plus(nextOpening(sim.calendar, at), sim.random.between(1, Math.max(2, minutes)));
}

/** When a job that runs every day at `minute` of the day first sees that `days` days have passed. */
export function nightAfter(at: Date, days: number, minute: number): Date {
  const due = daysLater(at, days);
  const into = minuteOfDay(due) - minute;
  return plus(due, into <= 0 ? -into : 1440 - into);
}

/** The same for a job of every hour. */
export function hourAfter(at: Date, minute: number): Date {
  const into = (minuteOfDay(at) % 60) - minute;
  return plus(at, into <= 0 ? -into : 60 - into);
}
