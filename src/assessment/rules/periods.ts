import { type Calendar, closeOfNthWorkingDay } from '../../core/calendar.ts';
import { dayOf, startOfDay } from '../../core/clock.ts';

/** A month of the city, 'YYYY-MM'. */
export type Period = string;

export const isPeriod = (text: string): boolean => /^\d{4}-(0[1-9]|1[0-2])$/.test(text);
export const periodOf = (at: Date): Period => dayOf(at).slice(0, 7);
export const monthNumber = (period: Period): number => Number(period.slice(0, 4)) * 12 + Number(period.slice(5)) - 1;
export const periodAt = (number: number): Period => `${Math.floor(number / 12)}-${String((number % 12) + 1).padStart(2, '0')}`;
export const nextPeriod = (period: Period): Period => periodAt(monthNumber(period) + 1);
export const firstDay = (period: Period): string => `${period}-01`;
/** The subject under which a period stands in the trail: 202610. */
export const periodSubject = (period: Period): number => Number(period.replace('-', ''));

/** When a month ended, on the city's clock. */
export const endOf = (period: Period): Date => startOfDay(firstDay(nextPeriod(period)));

/** The day on which a month is closed: the n-th working day after it. */
export function closesOn(calendar: Calendar, period: Period, nth: number): string {
  const last = new Date(endOf(period).getTime() - 1);
  return dayOf(closeOfNthWorkingDay(calendar, last, nth).due_at);
}

/** How long a published score may be objected to: until the close of office on the fifth working day. */
export const objectableUntil = (calendar: Calendar, closed_at: Date): Date =>
  closeOfNthWorkingDay(calendar, closed_at, objection_working_days).due_at;
export const objection_working_days = 5;

/** The wider spans in which a small sample is tried again: quarter, then year. */
export const quarterOf = (period: Period): string => `${period.slice(0, 4)}-Q${Math.ceil(Number(period.slice(5)) / 3)}`;
export const isSpan = (text: string): boolean => /^\d{4}(-Q[1-4])?$/.test(text);
export function monthsOf(span: string): Period[] {
  const year = Number(span.slice(0, 4)) * 12;
  const [from, count] = span.length === 4 ? [year, 12] : [year + (Number(span.slice(6)) - 1) * 3, 3];
  return Array.from({ length: count }, (_, i) => periodAt(from + i));
}
