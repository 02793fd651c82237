import type { Db } from '../../core/db.ts';
import { type Frequency, nextMonth } from '../rules.ts';

export interface DutyRow {
  readonly code: string;
  readonly category_code: string;
  readonly category_zh: string;
  readonly category_en: string;
  readonly name_zh: string;
  readonly name_en: string;
  readonly frequency: Frequency;
  /** Whose matter it is, of the departments whose matters the grids took over. */
  readonly department_id: number | null;
  readonly sort: number;
}
export interface DutyEntryRow {
  readonly id: number;
  readonly duty_code: string;
  readonly person_id: number;
  readonly grid_id: number;
  readonly done_on: string;
  readonly place: string;
  readonly note: string;
  readonly noted_at: Date;
  readonly demo: boolean;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    duties: DutyRow;
    duty_entries: DutyEntryRow;
  }
}

export async function listDuties(db: Db): Promise<DutyRow[]> {
  return db('duties').orderBy('sort');
}

/** What a member did in a grid, from one day to before another. */
export async function listEntries(
  db: Db,
  person_id: number,
  grid_id: number,
  from: string,
  until: string,
): Promise<DutyEntryRow[]> {
  return db('duty_entries')
    .where({ person_id, grid_id })
    .where('done_on', '>=', from)
    .where('done_on', '<', until)
    .orderBy(['done_on', 'duty_code']);
}
/** The member's entries of a day, locked with the person: two forms of one day wait for each other. */
export async function holdEntries(trx: Db, person_id: number, grid_id: number, done_on: string): Promise<DutyEntryRow[]> {
  await trx('people').where({ id: person_id }).forUpdate().first('id');
  return trx('duty_entries').where({ person_id, grid_id, done_on });
}
export async function insertEntries(trx: Db, rows: readonly Omit<DutyEntryRow, 'id' | 'demo'>[]): Promise<void> {
  if (rows.length > 0) await trx('duty_entries').insert([...rows]);
}
export async function removeEntries(trx: Db, ids: readonly number[]): Promise<void> {
  await trx('duty_entries')
    .whereIn('id', [...ids])
    .delete();
}

export interface DutyCount extends DutyRow {
  readonly entries: number;
  readonly members: number;
  readonly department_zh: string | null;
  readonly department_en: string | null;
}

/** How often each duty was done at or below a unit in a month, and by how many members. */
export async function countDuties(db: Db, under_path: string, month: string): Promise<DutyCount[]> {
  const { rows } = await db.raw<{ rows: DutyCount[] }>(
    `with done as (
       select e.duty_code, count(*)::int as entries, count(distinct e.person_id)::int as members
       from duty_entries e join units u on u.id = e.grid_id
       where e.done_on >= :from and e.done_on < :until and starts_with(u.path, :under_path) group by e.duty_code
     )
     select d.*, coalesce(n.entries, 0) as entries, coalesce(n.members, 0) as members, s.name_zh as department_zh, s.name_en as department_en
     from duties d left join done n on n.duty_code = d.code left join units s on s.id = d.department_id order by d.sort`,
    { from: `${month}-01`, until: nextMonth(month), under_path },
  );
  return rows;
}
