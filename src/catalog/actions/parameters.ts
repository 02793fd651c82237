import type { Limit, Season } from '../../core/calendar.ts';
import { makeCalendar } from '../../core/calendar.ts';
import type { Db } from '../../core/db.ts';
import { notFound, wrongFields } from '../../core/errors.ts';
import { type Changing, mustBe, recordChange } from '../../trail/actions/change.ts';
import { forgetRulebook } from '../actions.ts';
import { daysOfYear, type ParameterKey, parameterDefaults, parameterRules } from '../rules.ts';
import { changeDay, countRunningClocks, holdDay, insertDays, listYears } from '../store/calendar.ts';
import { holdParameter, removeParameter, saveParameter } from '../store/keeping.ts';
import { mustMay } from './keeping.ts';

export type ParameterValue = string | number | Limit | readonly Season[];

/** What a form of a parameter was made from: its value now, stored or by default. */
export const currentOf = (key: ParameterKey, row: { readonly value: unknown } | undefined): { value: unknown } => ({
  value: row ? row.value : parameterDefaults[key],
});

/** A new value, or null for the default. Whatever is computed from now on goes by it; what runs keeps what it began with. */
export async function editParameter(
  db: Db,
  doing: Changing,
  key: ParameterKey,
  version: string,
  value: ParameterValue | null,
): Promise<boolean> {
  mustMay(doing, 'parameter.edit');
  const rule = parameterRules[key];
  if (rule.kind === 'counted') throw notFound();
  const changed = await db.transaction(async (trx) => {
    const row = await holdParameter(trx, key);
    const current = currentOf(key, row);
    mustBe(current, version);
    const next = value ?? parameterDefaults[key];
    if (key === 'calendar.seasons') mustBeSeasons(next as readonly Season[]);
    if (key === 'grid.households_min' || key === 'grid.households_max') await mustBeRange(trx, key, next as number);
    if (value === null) await removeParameter(trx, key);
    else await saveParameter(trx, key, value, doing.author.person_id, doing.now);
    const different = await recordChange(trx, doing, 'parameter.edit', `parameter:${key}`, current, { value: next });
    if (different && key === 'calendar.seasons') await bumpCalendar(trx, doing);
    return different;
  });
  forgetRulebook(db);
  return changed;
}

function mustBeSeasons(seasons: readonly Season[]): void {
  try {
    makeCalendar({ version: 1, days: new Map(), seasons });
  } catch (error) {
    if (error instanceof RangeError) throw wrongFields({ value: 'not_office_hours' });
    throw error;
  }
}

async function mustBeRange(trx: Db, key: 'grid.households_min' | 'grid.households_max', value: number): Promise<void> {
  const other = key === 'grid.households_min' ? 'grid.households_max' : 'grid.households_min';
  const edge = currentOf(other, await holdParameter(trx, other)).value as number;
  if (key === 'grid.households_min' && value > edge) throw wrongFields({ value: `too_large:${edge}` });
  if (key === 'grid.households_max' && value < edge) throw wrongFields({ value: `too_small:${edge}` });
}

/** The next version of the calendar: every clock says with which it was computed. Returns it. */
async function bumpCalendar(trx: Db, { author, now }: Changing): Promise<number> {
  const row = await holdParameter(trx, 'calendar.version');
  const version = Number(currentOf('calendar.version', row).value) + 1;
  await saveParameter(trx, 'calendar.version', version, author.person_id, now);
  return version;
}

/** Makes a day a working day or a day off. Returns how many running clocks were computed with an earlier calendar and keep their due times. */
export async function editDay(
  db: Db,
  doing: Changing,
  day: string,
  version: string,
  { working, name }: { readonly working: boolean; readonly name: string },
): Promise<{ changed: boolean; outdated: number }> {
  mustMay(doing, 'parameter.edit');
  const done = await db.transaction(async (trx) => {
    const row = await holdDay(trx, day);
    if (!row) throw notFound();
    mustBe(row, version);
    await changeDay(trx, day, { working, name });
    const before = { [day]: { working: row.working, name: row.name } };
    const after = { [day]: { working, name } };
    const changed = await recordChange(trx, doing, 'calendar.edit', `calendar:${day.slice(0, 4)}`, before, after);
    // A new name alone moves no deadline.
    if (row.working === working) return { changed, outdated: 0 };
    const { outdated } = await countRunningClocks(trx, await bumpCalendar(trx, doing));
    return { changed, outdated };
  });
  forgetRulebook(db);
  return done;
}

export interface DayException {
  readonly day: string;
  readonly working: boolean;
  readonly name: string;
}

/** Loads the year after the last one: weekends off, and the exceptions of the State Council's notice. */
export async function loadYear(
  db: Db,
  doing: Changing,
  year: number,
  exceptions: readonly DayException[],
): Promise<{ outdated: number }> {
  mustMay(doing, 'parameter.edit');
  const done = await db.transaction(async (trx) => {
    await holdParameter(trx, 'calendar.version');
    const years = await listYears(trx);
    if (years.length > 0 && year !== years.at(-1)! + 1) throw wrongFields({ year: `not_next_year:${years.at(-1)! + 1}` });
    const special = new Map(exceptions.map((one) => [one.day, one]));
    const stray = exceptions.findIndex(({ day }) => !day.startsWith(`${year}-`));
    if (stray >= 0) throw wrongFields({ days: 'other_year' });
    await insertDays(
      trx,
      daysOfYear(year).map(({ day, working }) => ({
        day,
        working: special.get(day)?.working ?? working,
        name: special.get(day)?.name ?? '',
      })),
    );
    const version = await bumpCalendar(trx, doing);
    await recordChange(trx, doing, 'calendar.load', `calendar:${year}`, null, { year, days: exceptions.length });
    return countRunningClocks(trx, version);
  });
  forgetRulebook(db);
  return done;
}
