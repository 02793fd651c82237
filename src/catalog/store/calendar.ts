import type { Db } from '../../core/db.ts';
import type { CalendarDayRow } from '../store.ts';

export async function findDay(db: Db, day: string): Promise<CalendarDayRow | undefined> {
  return db('calendar_days').where({ day }).first();
}
export async function holdDay(trx: Db, day: string): Promise<CalendarDayRow | undefined> {
  return trx('calendar_days').where({ day }).forUpdate().first();
}
export async function changeDay(trx: Db, day: string, changes: Omit<CalendarDayRow, 'day'>): Promise<void> {
  await trx('calendar_days').where({ day }).update(changes);
}
export async function insertDays(trx: Db, days: readonly CalendarDayRow[]): Promise<void> {
  await trx('calendar_days').insert([...days]);
}
export async function listYears(db: Db): Promise<number[]> {
  const { rows } = await db.raw<{ rows: { year: number }[] }>(
    'select distinct extract(year from day)::int as year from calendar_days order by 1',
  );
  return rows.map(({ year }) => year);
}

export interface RunningClocks {
  /** Computed with another version of the calendar than the one in force: late when it was edited, and left so. */
  readonly outdated: number;
  /** Due past the last loaded year: Monday to Friday was assumed. */
  readonly provisional: number;
}

/** The running clocks that depend on the calendar; plain minutes do not. */
export async function countRunningClocks(db: Db, version: number): Promise<RunningClocks> {
  const { rows } = await db.raw<{ rows: RunningClocks[] }>(
    `select count(*) filter (where calendar_version <> :version)::int as outdated, count(*) filter (where provisional)::int as provisional
     from clocks where stopped_at is null and (limit_unit <> 'minutes' or provisional)`,
    { version },
  );
  return rows[0]!;
}
