import type { Parameters } from '../../catalog/rules.ts';
import { addDays, addMinutes, dayOf, startOfDay } from '../../core/clock.ts';
import { conflict, forbidden } from '../../core/errors.ts';
import type { CallbackOutcome } from '../rules.ts';
import { countAttempts, handled } from '../store.ts';
import type { Case } from './case.ts';

type CallingHours = Pick<Parameters, 'callback.from_hour' | 'callback.until_hour'>;
const hour = (day: string, hours: number): Date => addMinutes(startOfDay(day), hours * 60);

/** Whether people are called at this time of the city’s day. */
export function isCallingHour(at: Date, parameters: CallingHours): boolean {
  const day = dayOf(at);
  return at >= hour(day, parameters['callback.from_hour']) && at < hour(day, parameters['callback.until_hour']);
}

/** The first moment from `at` on at which people are called. */
export function nextCallingHour(at: Date, parameters: CallingHours): Date {
  const day = dayOf(at);
  if (at < hour(day, parameters['callback.from_hour'])) return hour(day, parameters['callback.from_hour']);
  return isCallingHour(at, parameters) ? at : hour(addDays(day, 1), parameters['callback.from_hour']);
}

/** When to try again after nobody was reached, `calls` times on `days`: later the same day, the next once today was tried often enough. */
export function tryAgainAt(now: Date, calls: number, days: readonly string[], parameters: Parameters): Date | null {
  const today = dayOf(now);
  const enough = calls >= parameters['callback.attempts'];
  if (enough && days.length >= parameters['callback.days']) return null;
  const left = parameters['callback.attempts'] - calls;
  const days_left = parameters['callback.days'] - days.length;
  // The calls that are left must still fall on as many days as are wanted.
  const tomorrow = enough || (days_left > 0 && left <= days_left);
  return nextCallingHour(
    tomorrow ? hour(addDays(today, 1), parameters['callback.from_hour']) : addMinutes(now, parameters['callback.retry_minutes']),
    parameters,
  );
}

/** Refuses a call at an hour at which nobody is called, emergencies excepted, and one by whoever is or was of a unit that handled it. */
export async function mustMayCall({ trx, author, appeal, now, book }: Case): Promise<void> {
  if (typeof author !== 'object') return;
  if (await handled(trx, appeal.id, author.person_id)) throw forbidden('own_unit_calls');
  if (appeal.priority !== 'emergency' && !isCallingHour(now, book.parameters)) throw conflict('outside_calling_hours');
}

/** When an appellant who was not reached shows up again: as he asked, else by the parameters; never when he refused. */
export async function callAgainAt(
  { trx, appeal, now, book }: Case,
  outcome: CallbackOutcome,
  asked: Date | undefined,
): Promise<Date | null> {
  if (outcome === 'refused' || outcome === 'reached') return null;
  if (outcome === 'later' && asked) return asked;
  const before = await countAttempts(trx, appeal.id, appeal.round);
  return tryAgainAt(now, before.calls + 1, [...new Set([...before.days, dayOf(now)])], book.parameters);
}
