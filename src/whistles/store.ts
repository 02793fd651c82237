import { type Db, hot } from '../core/db.ts';
import { openStatuses } from '../orders/rules.ts';
import type { Actor } from '../people/rules.ts';
import { readsEverything } from '../policy.ts';
import type { Called, Kind, Status, Subject, WhistleClock } from './rules.ts';

export interface WhistleRow {
  readonly id: number;
  readonly status: Status;
  readonly kind: Kind;
  readonly subject: Subject;
  readonly appeal_id: number | null;
  readonly unit_id: number;
  readonly title: string;
  readonly reason: string;
  readonly tried: string;
  readonly request: string;
  readonly meeting_place: string;
  readonly ends_on: string | null;
  readonly drafted_by: number;
  readonly drafted_at: Date;
  readonly issued_by: number | null;
  readonly issued_at: Date | null;
  readonly decision_number: string | null;
  readonly consulting_at: Date | null;
  readonly resolved_at: Date | null;
  readonly outcome: string | null;
  readonly rated_at: Date | null;
  readonly ended_at: Date | null;
  readonly closing_reason: string | null;
  readonly demo: boolean;
  readonly trail_seq: number;
  readonly trail_hash: string;
}
export interface WhistleUnitRow {
  readonly id: number;
  readonly whistle_id: number;
  readonly unit_id: number;
  readonly acknowledged_by: number | null;
  readonly acknowledged_at: Date | null;
  readonly refused_by: number | null;
  readonly refused_at: Date | null;
  readonly refusal: string | null;
  readonly timeliness: number | null;
  readonly cooperation: number | null;
  readonly result: number | null;
  readonly rated_by: number | null;
  readonly necessity: number | null;
  readonly own_duty: boolean | null;
  readonly judgement: string | null;
  readonly judged_by: number | null;
  readonly judged_at: Date | null;
}
export interface CheckInRow {
  readonly whistle_unit_id: number;
  readonly person_id: number;
  readonly attendee: string;
  readonly checked_in_at: Date;
  readonly online: boolean;
  readonly place: string | null;
}
export interface ConsultationRow {
  readonly id: number;
  readonly whistle_id: number;
  readonly held_at: Date;
  readonly place: string;
  readonly outsiders: string;
  readonly minutes: string;
  readonly recorded_by: number;
  readonly recorded_at: Date;
}
export interface PartRow {
  readonly id: number;
  readonly whistle_id: number;
  readonly whistle_unit_id: number;
  readonly title: string;
  readonly due_on: string;
  readonly made_by: number;
  readonly made_at: Date;
  readonly report: string | null;
  readonly reported_by: number | null;
  readonly reported_at: Date | null;
  readonly finished_by: number | null;
  readonly finished_at: Date | null;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    whistles: WhistleRow;
    whistle_units: WhistleUnitRow;
    whistle_check_ins: CheckInRow;
    consultations: ConsultationRow;
    whistle_parts: PartRow;
  }
}

/** A whistle with where its caller stands in the tree. */
export interface HeldWhistle extends WhistleRow {
  readonly caller_path: string;
}
/** A called unit with its check-in and its two clocks. */
export interface CalledRow
  extends WhistleUnitRow,
    Called,
    Pick<{ [K in keyof CheckInRow]: CheckInRow[K] | null }, 'attendee' | 'online' | 'place'> {
  readonly acknowledge_due_at: Date | null;
}

/**
 * True in SQL where the actor may read whistle `w` of caller `c`: the command centre reads all, a unit what is called by itself or below
 * it, and a called unit what it was called to. List, page and act share it.
 */
export function readableWhistle(actor: Actor): { sql: string; bindings: Record<string, number | string> } {
  if (readsEverything(actor)) return { sql: 'true', bindings: {} };
  return {
    sql: `(starts_with(c.path, :reader_path) or (w.issued_at is not null and exists (
      select 1 from whistle_units r where r.whistle_id = w.id and r.unit_id = :reader_unit_id)))`,
    bindings: { reader_path: actor.unit_path, reader_unit_id: actor.unit_id },
  };
}

const held = `select w.*, c.path as caller_path from whistles w join units c on c.id = w.unit_id`;

export async function findWhistle(db: Db, id: number, actor: Actor): Promise<HeldWhistle | undefined> {
  const { sql, bindings } = readableWhistle(actor);
  return (await hot<HeldWhistle>(db, `${held} where w.id = :id and ${sql}`, { id, ...bindings }))[0];
}
/** Locks a whistle, if the actor may read it; without an actor for the product itself. */
export async function holdWhistle(trx: Db, id: number, actor: Actor | null): Promise<HeldWhistle | undefined> {
  const { sql, bindings } = actor ? readableWhistle(actor) : { sql: 'true', bindings: {} };
  return (await hot<HeldWhistle>(trx, `${held} where w.id = :id and ${sql} for no key update of w`, { id, ...bindings }))[0];
}

export async function insertWhistle(
  trx: Db,
  row: Pick<WhistleRow, 'status' | 'unit_id' | 'drafted_by' | 'drafted_at' | 'appeal_id'> & Drafted,
): Promise<HeldWhistle> {
  const [made] = await trx('whistles').insert(row).returning('id');
  return (await holdWhistle(trx, made!.id, null))!;
}
export type Drafted = Pick<
  WhistleRow,
  'kind' | 'subject' | 'title' | 'reason' | 'tried' | 'request' | 'meeting_place' | 'ends_on'
>;
export async function changeWhistle(trx: Db, id: number, changes: Partial<WhistleRow>): Promise<void> {
  await trx('whistles').where({ id }).update(changes);
}

/** The units that are called, as they stand: who has answered and by when each had to. */
export async function listCalled(db: Db, whistle_id: number): Promise<CalledRow[]> {
  return hot<CalledRow>(
    db,
    `select wu.*, i.attendee, i.checked_in_at, i.online, i.place, a.due_at as acknowledge_due_at, k.due_at as check_in_due_at
     from whistle_units wu join units u on u.id = wu.unit_id left join whistle_check_ins i on i.whistle_unit_id = wu.id
     left join clocks a on a.whistle_unit_id = wu.id and a.kind = 'whistle_acknowledge'
     left join clocks k on k.whistle_unit_id = wu.id and k.kind = 'check_in'
     where wu.whistle_id = :whistle_id order by u.sort, u.id`,
    { whistle_id },
  );
}
/** Calls exactly these units, while nothing has been heard yet. */
export async function setCalled(trx: Db, whistle_id: number, unit_ids: readonly number[]): Promise<void> {
  await trx('whistle_units')
    .where({ whistle_id })
    .whereNotIn('unit_id', [...unit_ids])
    .delete();
  await trx('whistle_units')
    .insert(unit_ids.map((unit_id) => ({ whistle_id, unit_id })))
    .onConflict(['whistle_id', 'unit_id'])
    .ignore();
}
export async function changeCalled(trx: Db, id: number, changes: Partial<WhistleUnitRow>): Promise<void> {
  await trx('whistle_units').where({ id }).update(changes);
}
export async function insertCheckIn(trx: Db, row: CheckInRow): Promise<void> {
  await trx('whistle_check_ins').insert(row);
}

export interface CandidateRow {
  readonly id: number;
  readonly name_zh: string;
  readonly name_en: string;
  readonly short_zh: string;
}
/** Whom a unit may call: the departments, and the town it lies in. */
export async function listCandidates(
  db: Db,
  caller: Pick<Actor, 'unit_id' | 'unit_path'>,
  today: string,
): Promise<CandidateRow[]> {
  const { rows } = await db.raw<{ rows: CandidateRow[] }>(
    `select id, name_zh, name_en, short_zh from units
     where (kind = 'department' or (kind = 'town' and starts_with(:unit_path, path))) and id <> :unit_id
       and valid_from <= :today and (valid_to is null or valid_to >= :today)
     order by kind = 'department', sort, id`,
    { ...caller, today },
  );
  return rows;
}
/** Whether the unit holds an open order of the appeal: it keeps the case and calls others to it. */
export async function holdsOrder(db: Db, appeal_id: number, unit_id: number): Promise<boolean> {
  const found = await db('work_orders')
    .where({ appeal_id, unit_id })
    .whereIn('status', [...openStatuses])
    .first('id');
  return found !== undefined;
}

export interface WhistleClockRow {
  readonly whistle_unit_id: number;
  readonly kind: WhistleClock;
  readonly started_at: Date;
  readonly due_at: Date;
  readonly limit_value: number;
  readonly limit_unit: string;
  readonly calendar_version: number;
  readonly provisional: boolean;
}
/** The time that was called out with a whistle stays what it was, like a day that somebody named. */
export async function startWhistleClocks(trx: Db, clocks: readonly WhistleClockRow[]): Promise<void> {
  await trx.raw(
    `insert into clocks (whistle_unit_id, kind, started_at, due_at, limit_value, limit_unit, calendar_version, provisional, named)
     select c.*, true from jsonb_to_recordset(:rows::jsonb) as c(whistle_unit_id bigint, kind text, started_at timestamptz, due_at timestamptz,
       limit_value int, limit_unit text, calendar_version int, provisional boolean)`,
    { rows: JSON.stringify(clocks) },
  );
}
export async function stopWhistleClocks(
  trx: Db,
  whistle_unit_ids: readonly number[],
  kinds: readonly WhistleClock[],
  now: Date,
): Promise<void> {
  await trx.raw(
    `update clocks set stopped_at = :now where whistle_unit_id = any(:ids) and kind = any(:kinds) and stopped_at is null`,
    { ids: [...whistle_unit_ids], kinds: [...kinds], now },
  );
}

/** Whistles still gathering whose check-in time is over. */
export async function listOverdue(db: Db, now: Date): Promise<number[]> {
  const { rows } = await db.raw<{ rows: { id: number }[] }>(
    `select w.id from whistles w where w.status in ('issued', 'checking_in') and not exists (
       select 1 from whistle_units u join clocks c on c.whistle_unit_id = u.id and c.kind = 'check_in'
       where u.whistle_id = w.id and c.stopped_at is null and c.due_at >= :now) order by w.id`,
    { now },
  );
  return rows.map(({ id }) => id);
}

export async function insertConsultation(trx: Db, row: Omit<ConsultationRow, 'id'>): Promise<void> {
  await trx('consultations').insert(row);
}
export async function listConsultations(db: Db, whistle_id: number): Promise<(ConsultationRow & { person: string })[]> {
  return db('consultations as m')
    .join('people as p', 'p.id', 'm.recorded_by')
    .where({ whistle_id })
    .select('m.*', 'p.name as person')
    .orderBy(['m.held_at', 'm.id']);
}

export async function insertPart(
  trx: Db,
  row: Pick<PartRow, 'whistle_id' | 'whistle_unit_id' | 'title' | 'due_on' | 'made_by' | 'made_at'>,
): Promise<void> {
  await trx('whistle_parts').insert(row);
}
export async function listParts(db: Db, whistle_id: number): Promise<(PartRow & { unit_id: number })[]> {
  return db('whistle_parts as p')
    .join('whistle_units as u', 'u.id', 'p.whistle_unit_id')
    .where('p.whistle_id', whistle_id)
    .select('p.*', 'u.unit_id')
    .orderBy(['p.due_on', 'p.id']);
}
export async function changePart(trx: Db, id: number, changes: Partial<PartRow>): Promise<void> {
  await trx('whistle_parts').where({ id }).update(changes);
}

export async function findVersion(db: Db, id: number): Promise<number> {
  return (await db('whistles').where({ id }).first('trail_seq'))?.trail_seq ?? 0;
}
/** Names by person. */
export async function findPeople(db: Db, ids: readonly number[]): Promise<ReadonlyMap<number, string>> {
  const rows = await db('people')
    .whereIn('id', [...ids])
    .select('id', 'name');
  return new Map(rows.map(({ id, name }) => [id, name]));
}
/** The appeal a whistle is about, for whoever may read that as well. */
export async function findSubject(
  db: Db,
  appeal_id: number,
  readable: { readonly sql: string; readonly bindings: Record<string, number> },
): Promise<{ number: string; title: string } | undefined> {
  const rows = await hot<{ number: string; title: string }>(
    db,
    `select a.number, a.title from appeals a where a.id = :appeal_id and ${readable.sql}`,
    { appeal_id, ...readable.bindings },
  );
  return rows[0];
}
