import type { Priority } from '../catalog/rules.ts';
import { dayOf } from '../core/clock.ts';
import { type Db, hot } from '../core/db.ts';
import { notFound } from '../core/errors.ts';
import type { Actor } from '../people/rules.ts';
import { readsEverything } from '../policy.ts';
import type { Channel, DeclineReason, Kind, Level, Status } from './rules.ts';

export interface AppealRow {
  readonly id: number;
  readonly number: string;
  readonly status: Status;
  readonly round: number;
  readonly channel: Channel;
  readonly kind: Kind;
  readonly priority: Priority;
  readonly category_code: string | null;
  readonly title: string;
  readonly content: string;
  readonly words: string;
  readonly search: string;
  readonly place_unit_id: number;
  readonly building_id: number | null;
  readonly address: string;
  readonly appellant_id: number | null;
  readonly confidential: boolean;
  readonly contact_wanted: boolean;
  readonly about_unit_id: number | null;
  readonly registered_by: number | null;
  readonly registered_unit_id: number;
  readonly received_at: Date;
  readonly accepted_at: Date | null;
  readonly dispatched_at: Date | null;
  readonly finished_at: Date | null;
  readonly closed_at: Date | null;
  readonly archived_at: Date | null;
  readonly due_at: Date | null;
  readonly step_due_at: Date | null;
  readonly lead_unit_id: number | null;
  readonly answer: string | null;
  readonly emergency_line: string | null;
  readonly decline_reason: DeclineReason | null;
  readonly merged_into_id: number | null;
  readonly repeat_of_id: number | null;
  readonly level: Level | null;
  readonly dissatisfied_rounds: number;
  readonly countersigned_by: number | null;
  readonly code_hash: string | null;
  readonly import_key: string | null;
  readonly trail_seq: number;
  readonly trail_hash: string;
  readonly version: number;
}
export interface AppellantRow {
  readonly id: number;
  readonly name_masked: string;
  readonly name_sealed: string | null;
  readonly phone_masked: string;
  readonly phone_sealed: string | null;
  readonly phone_hash: string | null;
  readonly lang: 'zh' | 'en';
  readonly erased_at: Date | null;
}
export interface ScopeRow {
  readonly unit_id: number;
  readonly appeal_id: number;
  readonly reads: boolean;
}
export interface EvaluationRow {
  readonly id: number;
  readonly appeal_id: number;
  readonly round: number;
  readonly source: 'callback' | 'page';
  readonly level: Level;
  readonly contacted: boolean | null;
  readonly solved: boolean | null;
  readonly remark: string;
  readonly recorded_by: number | null;
  readonly evaluated_at: Date;
}
export interface CallbackRow {
  readonly id: number;
  readonly appeal_id: number;
  readonly round: number;
  readonly called_by: number;
  readonly called_at: Date;
  readonly outcome: 'reached' | 'no_answer' | 'later' | 'refused';
  readonly note: string;
  /** When to try next; none where it is not tried again. */
  readonly again_at: Date | null;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    appeals: AppealRow;
    appellants: AppellantRow;
    appeal_scopes: ScopeRow;
    evaluations: EvaluationRow;
    callbacks: CallbackRow;
    day_numbers: { readonly day: string; readonly last: number };
    submissions: {
      readonly key: string;
      readonly person_id: number | null;
      readonly location: string | null;
      readonly created_at: Date;
    };
  }
}

/** An appeal with what every rule about it asks: where its place lies, and whether the actor may read it. */
export interface HeldAppeal extends AppealRow {
  readonly place_path: string;
  readonly about_path: string | null;
  readonly readable: boolean;
}

/** True in SQL where the actor may read appeal `a`. The list, the page and every act use this one sentence. */
export function readableSql(actor: Actor): { sql: string; bindings: Record<string, number> } {
  if (readsEverything(actor)) return { sql: 'true', bindings: {} };
  return {
    sql: 'exists (select 1 from appeal_scopes s where s.unit_id = :reader_unit_id and s.appeal_id = a.id and s.reads)',
    bindings: { reader_unit_id: actor.unit_id },
  };
}

const held = `select a.*, u.path as place_path, about.path as about_path`;
// What is said about the city as a whole keeps no unit of it away: about_path stays null.
const from = `from appeals a join units u on u.id = a.place_unit_id left join units about on about.id = a.about_unit_id and about.kind <> 'city'`;

/** Locks the appeal's row until the transaction ends, so that of two people who act at once one waits and then sees. */
export async function holdAppeal(trx: Db, number: string, actor: Actor | null): Promise<HeldAppeal | undefined> {
  const { sql, bindings } = actor ? readableSql(actor) : { sql: 'true', bindings: {} };
  const [row] = await hot<HeldAppeal>(trx, `${held}, ${sql} as readable ${from} where a.number = :number for update of a`, {
    number,
    ...bindings,
  });
  return row;
}

export async function findAppeal(db: Db, number: string, actor: Actor): Promise<HeldAppeal | undefined> {
  const { sql, bindings } = readableSql(actor);
  const [row] = await hot<HeldAppeal>(db, `${held}, true as readable ${from} where a.number = :number and ${sql}`, {
    number,
    ...bindings,
  });
  return row;
}

export async function getAppeal(db: Db, number: string, actor: Actor): Promise<HeldAppeal> {
  const appeal = await findAppeal(db, number, actor);
  if (!appeal) throw notFound();
  return appeal;
}

export async function changeAppealRow(trx: Db, id: number, changes: Partial<AppealRow>): Promise<void> {
  await trx('appeals').where({ id }).update(changes);
}

/** What an edit of calendar or limits needs of an appeal, and writes back. */
export type AppealTimes = Pick<AppealRow, 'id' | 'status' | 'due_at' | 'step_due_at' | 'trail_seq' | 'trail_hash'>;

/** Locks many appeals, in one order for everybody who does. */
export async function holdTimes(trx: Db, ids: readonly number[]): Promise<AppealTimes[]> {
  return trx('appeals')
    .whereIn('id', [...ids])
    .orderBy('id')
    .forUpdate()
    .select('id', 'status', 'due_at', 'step_due_at', 'trail_seq', 'trail_hash');
}
export async function changeTimes(trx: Db, appeals: readonly AppealTimes[]): Promise<void> {
  await trx.raw(
    `update appeals a set due_at = t.due_at, step_due_at = t.step_due_at, trail_seq = t.trail_seq, trail_hash = t.trail_hash, version = a.version + 1
     from jsonb_to_recordset(:rows::jsonb) as t(id bigint, due_at timestamptz, step_due_at timestamptz, trail_seq int, trail_hash text) where a.id = t.id`,
    { rows: JSON.stringify(appeals) },
  );
}

/** The next number of the day, without gaps: the row of the day is locked until the registration commits. */
export async function nextNumber(trx: Db, day: string): Promise<string> {
  const rows = await hot<{ last: number }>(
    trx,
    `insert into day_numbers (day, last) values (:day, 1) on conflict (day) do update set last = day_numbers.last + 1 returning last`,
    { day },
  );
  return `${day.replaceAll('-', '')}-${String(rows[0]!.last).padStart(4, '0')}`;
}

export async function insertAppellant(trx: Db, appellant: Omit<AppellantRow, 'id' | 'erased_at'>): Promise<number> {
  const [row] = await trx('appellants').insert(appellant).returning('id');
  return row!.id;
}

export async function insertAppeal(trx: Db, appeal: Omit<Partial<AppealRow>, 'id' | 'search'>): Promise<AppealRow> {
  const [row] = await trx('appeals')
    .insert(appeal as AppealRow)
    .returning('*');
  return row!;
}

/**
 * Writes anew which units reach an appeal: everything at or above its place, and at or above each holder of an order that was not
 * returned. Of a confidential appeal only the present holders themselves may read it; a unit complained about never reads by its place,
 * nor a grid a report (it would come to the phone of the member).
 */
export async function refreshScopes(trx: Db, appeal_id: number): Promise<void> {
  await hot(
    trx,
    `with a as (
       select a.id, a.kind, a.confidential, p.path as place_path, about.path as about_path
       from appeals a join units p on p.id = a.place_unit_id
       left join units about on about.id = a.about_unit_id and about.kind <> 'city' where a.id = :appeal_id
     ), reached as (
       select u.id as unit_id, not a.confidential and (a.about_path is null or not starts_with(u.path, a.about_path))
         and (a.kind <> 'report' or u.kind <> 'grid') as reads
       from a join units u on u.id = any(string_to_array(trim(both '/' from a.place_path), '/')::bigint[])
       union all
       select u.id, h.id = u.id or (not a.confidential and (a.about_path is null or not starts_with(u.path, a.about_path)))
       from a join work_orders o on o.appeal_id = a.id and o.status <> 'returned'
         and not (a.confidential and o.status in ('recalled', 'reassigned', 'escalated')) join units h on h.id = o.unit_id
       join units u on u.id = any(string_to_array(trim(both '/' from h.path), '/')::bigint[])
     ), wanted as (
       select unit_id, bool_or(reads) as reads from reached join units u on u.id = unit_id and u.kind <> 'city' group by unit_id
     ), gone as (
       delete from appeal_scopes s where s.appeal_id = :appeal_id and s.unit_id not in (select unit_id from wanted)
     )
     insert into appeal_scopes (unit_id, appeal_id, reads) select unit_id, :appeal_id, reads from wanted
     on conflict (unit_id, appeal_id) do update set reads = excluded.reads where appeal_scopes.reads <> excluded.reads`,
    { appeal_id },
  );
}

/** The first evaluation of a round is final: a second one changes nothing and gets undefined. */
export async function insertEvaluation(trx: Db, evaluation: Omit<EvaluationRow, 'id'>): Promise<EvaluationRow | undefined> {
  const [row] = await trx('evaluations').insert(evaluation).onConflict(['appeal_id', 'round']).ignore().returning('*');
  return row;
}

export async function findEvaluation(db: Db, appeal_id: number, round: number): Promise<EvaluationRow | undefined> {
  return db('evaluations').where({ appeal_id, round }).first();
}

/** How often somebody has been called in a round without being reached, and on how many days of the city. */
export async function countAttempts(
  db: Db,
  appeal_id: number,
  round: number,
): Promise<{ calls: number; days: readonly string[] }> {
  const rows = await db('callbacks').where({ appeal_id, round }).whereNot('outcome', 'reached').select('called_at');
  return { calls: rows.length, days: [...new Set(rows.map(({ called_at }) => dayOf(called_at)))] };
}

/** Whether a person holds or ever held a post at a unit with an order on the appeal. */
export async function handled(db: Db, appeal_id: number, person_id: number): Promise<boolean> {
  const rows = await hot(
    db,
    `select 1 from work_orders o join posts p on p.unit_id = o.unit_id where o.appeal_id = :appeal_id and p.person_id = :person_id limit 1`,
    { appeal_id, person_id },
  );
  return rows.length > 0;
}

export async function recordCallback(trx: Db, callback: Omit<CallbackRow, 'id'>): Promise<void> {
  await trx('callbacks').insert(callback);
}

/** True for the first arrival of a form; the second waits for the first to commit and then sees its answer. */
export async function claimSubmission(trx: Db, key: string, person_id: number | null, now: Date): Promise<boolean> {
  const claimed = await hot(
    trx,
    'insert into submissions (key, person_id, created_at) values (:key, :person_id, :now) on conflict (key) do nothing returning key',
    { key, person_id, now },
  );
  return claimed.length > 0;
}
export async function findSubmission(db: Db, key: string): Promise<{ location: string | null } | undefined> {
  return db('submissions').where({ key }).first('location');
}
export async function recordSubmission(trx: Db, key: string, location: string): Promise<void> {
  await trx('submissions').where({ key }).update({ location });
}

/** Appeals whose appellant has been asked for details, with the moment of the question: since then the review clock stands. */
export async function listUnsupplied(db: Db): Promise<{ number: string; asked_at: Date }[]> {
  const { rows } = await db.raw<{ rows: { number: string; asked_at: Date }[] }>(
    `select a.number, c.paused_at as asked_at from appeals a
     join clocks c on c.appeal_id = a.id and c.kind = 'review' and c.stopped_at is null and c.paused_at is not null
     where a.status = 'awaiting_details' order by a.id`,
  );
  return rows;
}

/**
 * Appeals done before `finished_before` that the callback will not close: without a number to call, called in vain often enough in this
 * round (and not all on one day), rated content on the page, or only passed on to an emergency line. Who was dissatisfied is never closed
 * by time, and after a second dissatisfaction nothing is without the countersign.
 */
export async function listUnreached(
  db: Db,
  finished_before: Date,
  attempts: number,
  days: number,
): Promise<{ number: string }[]> {
  const { rows } = await db.raw<{ rows: { number: string }[] }>(
    `select a.number from appeals a left join appellants p on p.id = a.appellant_id
     where a.status in ('pending_callback', 'answered') and a.finished_at <= :finished_before and a.level is distinct from 'dissatisfied'
       and (a.dissatisfied_rounds < 2 or a.countersigned_by is not null)
       and (a.level is not null or p.phone_hash is null or a.emergency_line is not null
         or (select (count(*) >= :attempts and count(distinct (c.called_at at time zone 'Asia/Shanghai')::date) >= :days) or bool_or(c.outcome = 'refused')
             from callbacks c where c.appeal_id = a.id and c.round = a.round))
     order by a.id`,
    { finished_before, attempts, days },
  );
  return rows;
}

/** The next appeals after `after` that ended before `closed_before`. */
export async function listLongEnded(
  db: Db,
  closed_before: Date,
  after: number,
  limit: number,
): Promise<{ id: number; number: string }[]> {
  const { rows } = await db.raw<{ rows: { id: number; number: string }[] }>(
    `select id, number from appeals where status in ('closed', 'declined', 'withdrawn') and closed_at <= :closed_before and id > :after
     order by id limit :limit`,
    { closed_before, after, limit },
  );
  return rows;
}

/** Forgets which forms were sent before; their second arrival is long over. */
export async function removeSubmissions(db: Db, before: Date): Promise<number> {
  return db('submissions').where('created_at', '<', before).delete();
}

/** How often an appeal has been changed. */
export async function findVersion(db: Db, id: number): Promise<number> {
  return (await db('appeals').where({ id }).first('version'))!.version;
}
