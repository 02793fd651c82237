import { makeCalendar, type Season } from '../core/calendar.ts';
import type { Db } from '../core/db.ts';
import { listUnitNames } from '../units/store.ts';
import { type Category, type ParameterKey, type Parameters, parameterDefaults, type Rulebook } from './rules.ts';
import { holdMark, listCalendarDays, listCategories, listParameters, readMark } from './store.ts';

interface Held {
  readonly until: number;
  readonly read: Promise<{ readonly mark: string; readonly book: Rulebook }>;
}
const held = new WeakMap<Db, Held>();
const hold_ms = 5000;

function keep(db: Db, read: Held['read']): Held['read'] {
  held.set(db, { until: performance.now() + hold_ms, read });
  read.catch(() => held.delete(db));
  return read;
}
const keptOf = (db: Db): Held['read'] | undefined => {
  const known = held.get(db);
  return known && known.until > performance.now() ? known.read : undefined;
};

/** The rulebook for whatever is shown. Read at most every 5 seconds by each process: an edit is seen everywhere within that. */
export async function rulebook(db: Db): Promise<Rulebook> {
  const { book } = await (keptOf(db) ?? keep(db, readMarked(db)));
  return book;
}
/** The mark comes first: a book that is newer than its mark is read again, one that is older would be kept. */
async function readMarked(db: Db): Promise<{ mark: string; book: Rulebook }> {
  const mark = await readMark(db);
  return { mark, book: await readRulebook(db) };
}

/**
 * The rulebook for what starts clocks, in whichever process: the one in force, which no edit changes before this transaction has ended. Of
 * an act and an edit at once, either the act is done first and the edit moves its clocks, or the act begins by what was edited.
 */
export async function rulebookWithin(trx: Db, db: Db): Promise<Rulebook> {
  const mark = await holdMark(trx);
  const known = await keptOf(db);
  if (known?.mark === mark) return known.book;
  return (
    await keep(
      db,
      readRulebook(trx).then((book) => ({ mark, book })),
    )
  ).book;
}

/** After an edit in this process the next reader sees it at once. */
export function forgetRulebook(db: Db): void {
  held.delete(db);
}

/** The rulebook as this transaction sees it. */
export async function readRulebook(db: Db): Promise<Rulebook> {
  // One after the other: within a transaction they share its connection.
  const rows = await listParameters(db);
  const days = await listCalendarDays(db);
  const categories = await listCategories(db);
  const units = await listUnitNames(db);
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
