import type { Db } from '../../core/db.ts';
import { type Turn, type Turned, turnPage } from '../../core/keyset.ts';
import { nextMonth, type Position, type VisitStatus } from '../rules.ts';

export interface VisitRow {
  readonly id: number;
  readonly person_id: number;
  readonly grid_id: number;
  readonly building_id: number | null;
  readonly room: string;
  readonly planned_on: string;
  readonly status: VisitStatus;
  readonly checked_in_at: Date | null;
  /** A position was given at check-in; the position itself is taken away after some days. */
  readonly located: boolean;
  /** Numeric columns come as text. */
  readonly latitude: string | null;
  readonly longitude: string | null;
  readonly accuracy_metres: number | null;
  readonly talk: string;
  readonly needs: string;
  readonly finished_at: Date | null;
  readonly demo: boolean;
  readonly made_at: Date;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    visits: VisitRow;
  }
}

/** A visit with the names of its member and place. */
export interface VisitFacts extends VisitRow {
  readonly member: string;
  readonly building: string | null;
  readonly grid_path: string;
  readonly grid_zh: string;
  readonly grid_en: string;
}

const facts = (db: Db) =>
  db('visits as v')
    .join('people as p', 'p.id', 'v.person_id')
    .join('units as u', 'u.id', 'v.grid_id')
    .leftJoin('buildings as b', 'b.id', 'v.building_id')
    .select('v.*', 'p.name as member', db.raw('b.estate || b.name as building'), 'u.path as grid_path')
    .select('u.name_zh as grid_zh', 'u.name_en as grid_en');

export interface VisitFilter {
  readonly person_id: number | null;
  readonly grid_id: number | null;
  /** What lies ahead or is under way, instead of what is over. */
  readonly open: boolean;
}

/** Visits at or below a unit: those ahead by their day, those that are over from the latest back. */
export async function listVisits(
  db: Db,
  under_path: string,
  { person_id, grid_id, open }: VisitFilter,
  turn: Turn,
  size: number,
): Promise<Turned<VisitFacts>> {
  const query = facts(db)
    .whereRaw('starts_with(u.path, ?)', [under_path])
    .whereIn('v.status', open ? ['planned', 'checked_in'] : ['finished', 'dropped']);
  if (person_id !== null) query.where('v.person_id', person_id);
  if (grid_id !== null) query.where('v.grid_id', grid_id);
  const days = open ? `to_char(v.planned_on, 'YYYY-MM-DD')` : `lpad((99999 - (v.planned_on - date '1970-01-01'))::text, 5, '0')`;
  return turnPage<VisitFacts>(query, `${days} || lpad(v.id::text, 15, '0')`, turn, size);
}

export async function findVisit(db: Db, id: number): Promise<VisitFacts | undefined> {
  return facts(db).where('v.id', id).first();
}
export async function holdVisit(trx: Db, id: number): Promise<VisitRow | undefined> {
  return trx('visits').where({ id }).forUpdate().first();
}

export type NewVisit = Pick<VisitRow, 'person_id' | 'grid_id' | 'building_id' | 'room' | 'planned_on' | 'made_at'>;

/** Plans a visit; the same one planned again is the one there was. */
export async function insertVisit(trx: Db, visit: NewVisit): Promise<{ id: number; made: boolean }> {
  const [made] = await trx('visits').insert(visit).onConflict(trx.raw(once)).ignore().returning('id');
  if (made) return { id: made.id, made: true };
  const { person_id, grid_id, building_id, room, planned_on } = visit;
  const known = await trx('visits')
    .where({ person_id, grid_id, building_id, room, planned_on })
    .whereNot('status', 'dropped')
    .first('id');
  return { id: known!.id, made: false };
}
const once = `(person_id, grid_id, coalesce(building_id, 0), room, planned_on) where status <> 'dropped'`;

export async function changeVisit(trx: Db, id: number, changes: Partial<Omit<VisitRow, 'id'>>): Promise<void> {
  await trx('visits').where({ id }).update(changes);
}
export async function saveCheckIn(trx: Db, id: number, position: Position | null, now: Date): Promise<void> {
  await trx('visits')
    .where({ id })
    .update({ status: 'checked_in', checked_in_at: now, located: position !== null, ...position } as never);
}

/** Takes away where members were at check-ins before that moment; that there was a position stays. */
export async function forgetPositions(db: Db, before: Date): Promise<number> {
  return db('visits')
    .whereNotNull('latitude')
    .where('checked_in_at', '<', before)
    .update({ latitude: null, longitude: null, accuracy_metres: null });
}

export interface MonthOfMember {
  /** Different households, however often each was visited. */
  readonly households_visited: number;
  readonly visits: number;
  readonly duties: number;
}

/** What a member did in a month 'YYYY-MM': what the monthly score is made of. Only finished visits count. */
export async function memberMonth(db: Db, person_id: number, month: string): Promise<MonthOfMember> {
  const { rows } = await db.raw<{ rows: MonthOfMember[] }>(
    `select count(distinct (v.grid_id, v.building_id, v.room))::int as households_visited, count(*)::int as visits,
       (select count(*)::int from duty_entries d where d.person_id = :person_id and d.done_on >= :from and d.done_on < :until) as duties
     from visits v where v.person_id = :person_id and v.status = 'finished'
       and v.finished_at >= :from::date::timestamp at time zone 'Asia/Shanghai' and v.finished_at < :until::date::timestamp at time zone 'Asia/Shanghai'`,
    { person_id, from: `${month}-01`, until: nextMonth(month) },
  );
  return rows[0]!;
}
