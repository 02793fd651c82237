import { makeCalendar, type Season } from '../core/calendar.ts';
import type { Db } from '../core/db.ts';
import { listUnitNames } from '../units/store.ts';
import { type Category, type ParameterKey, type Parameters, parameterDefaults, type Rulebook } from './rules.ts';
import { listCalendarDays, listCategories, listParameters } from './store.ts';

const held = new WeakMap<Db, { readonly until: number; readonly book: Promise<Rulebook> }>();
const hold_ms = 5000;

/** The rulebook in force. Read at most every 5 seconds by each process: an edit takes effect everywhere within that. */
export function rulebook(db: Db): Promise<Rulebook> {
  const known = held.get(db);
  if (known && known.until > performance.now()) return known.book;
  const book = readRulebook(db);
  held.set(db, { until: performance.now() + hold_ms, book });
  book.catch(() => held.delete(db));
  return book;
}

/** After an edit in this process the next reader sees it at once. */
export function forgetRulebook(db: Db): void {
  held.delete(db);
}

/** The rulebook as this transaction sees it. */
export async function readRulebook(db: Db): Promise<Rulebook> {
  const [rows, days, categories, units] = await Promise.all([
    listParameters(db),
    listCalendarDays(db),
    listCategories(db),
    listUnitNames(db),
  ]);
  const stored = Object.fromEntries(rows.map(({ key, value }) => [key, value])) as Partial<Record<ParameterKey, never>>;
  const parameters: Parameters = { ...parameterDefaults, ...stored };
  return {
    parameters,
    calendar: makeCalendar({
      version: parameters['calendar.version'],
      days: new Map(days.map(({ day, working }) => [day, working])),
      seasons: parameters['calendar.seasons'] as readonly Season[],
    }),
    categories: new Map(categories.map((category): [string, Category] => [category.code, category])),
    units: new Map(units.map((unit) => [unit.id, unit])),
  };
}
