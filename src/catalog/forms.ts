import type { Limit } from '../core/calendar.ts';
import type { Words } from '../words/words.ts';

/** A limit as people say it: 30 minutes, 4 office hours, 5 working days. */
export function sayLimit({ value, unit }: Limit, t: Words): string {
  const say = t.catalog.limits;
  if (unit === 'working_days') return say.working_days(value);
  const hours = value % 60 === 0;
  if (unit === 'office_minutes') return hours ? say.office_hours(value / 60) : say.office_minutes(value);
  return hours ? say.hours(value / 60) : say.minutes(value);
}
