import type { Db } from '../../core/db.ts';
import { type Turn, type Turned, turnPage } from '../../core/keyset.ts';
import type { Situation } from '../rules.ts';

/** Nobody is named here. What is said of health stands sealed in `watch_health`; of discontent there is no place nearer than the building. */
export interface WatchRow {
  readonly id: number;
  readonly situation: Situation;
  readonly grid_id: number;
  readonly building_id: number | null;
  readonly room: string;
  readonly event: string;
  readonly need: string;
  readonly noted_by: number;
  readonly noted_at: Date;
  readonly closed_by: number | null;
  readonly closed_at: Date | null;
  readonly outcome: string;
  readonly demo: boolean;
}
export interface WatchHealthRow {
  readonly watch_id: number;
  readonly text_sealed: string;
}
export interface FollowUpRow {
  readonly id: number;
  readonly watch_id: number;
  readonly step: string;
  readonly due_at: Date;
  readonly done_at: Date | null;
  readonly done_by: number | null;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    watch_records: WatchRow;
    watch_health: WatchHealthRow;
    watch_follow_ups: FollowUpRow;
  }
}

export interface WatchFacts extends WatchRow {
  readonly building: string | null;
  readonly grid_path: string;
  readonly grid_zh: string;
  readonly grid_en: string;
  readonly noted_name: string;
  readonly closed_name: string | null;
  /** Whether what was said of health is still kept. */
  readonly sealed: boolean;
}

export async function findWatch(db: Db, id: number): Promise<WatchFacts | undefined> {
  const { rows } = await db.raw<{ rows: WatchFacts[] }>(
    `select w.*, b.estate || b.name as building, u.path as grid_path, u.name_zh as grid_zh, u.name_en as grid_en, p.name as noted_name,
       c.name as closed_name, exists (select 1 from watch_health h where h.watch_id = w.id) as sealed
     from watch_records w join units u on u.id = w.grid_id join people p on p.id = w.noted_by left join people c on c.id = w.closed_by
     left join buildings b on b.id = w.building_id where w.id = :id`,
    { id },
  );
  return rows[0];
}
export async function holdWatch(trx: Db, id: number): Promise<WatchRow | undefined> {
  return trx('watch_records').where({ id }).forUpdate().first();
}

export interface WatchLine extends Pick<WatchFacts, 'id' | 'situation' | 'building' | 'grid_zh' | 'grid_en' | 'event' | 'demo'> {
  readonly noted_at: Date;
  readonly closed_at: Date | null;
  /** The next thing to be done; none when everything is. */
  readonly step: string | null;
  readonly due_at: Date | null;
}

export interface WatchFilter {
  readonly situation: Situation | null;
  readonly closed: boolean;
}

/** The register at or below a unit: open records by what is due first, closed ones from the latest back. */
export async function listWatch(
  db: Db,
  under_path: string,
  { situation, closed }: WatchFilter,
  turn: Turn,
  size: number,
): Promise<Turned<WatchLine>> {
  const query = db('watch_records as w')
    .join('units as u', 'u.id', 'w.grid_id')
    .leftJoin('buildings as b', 'b.id', 'w.building_id')
    .joinRaw(
      `left join lateral (select f.step, f.due_at from watch_follow_ups f where f.watch_id = w.id and f.done_at is null order by f.due_at, f.id limit 1) f on true`,
    )
    .select('w.id', 'w.situation', 'w.event', 'w.demo', 'w.noted_at', 'w.closed_at', 'f.step', 'f.due_at')
    .select(db.raw('b.estate || b.name as building'), 'u.name_zh as grid_zh', 'u.name_en as grid_en')
    .whereRaw('starts_with(u.path, ?)', [under_path])
    .whereRaw(closed ? 'w.closed_at is not null' : 'w.closed_at is null');
  if (situation) query.where('w.situation', situation);
  const key = closed
    ? `lpad((99999999999 - extract(epoch from w.closed_at)::bigint)::text, 12, '0')`
    : `lpad(coalesce(extract(epoch from f.due_at)::bigint, 99999999999)::text, 12, '0')`;
  return turnPage<WatchLine>(query, `${key} || lpad(w.id::text, 15, '0')`, turn, size);
}

/** Open records of each situation, and follow-ups that are late. */
export async function countWatch(
  db: Db,
  under_path: string,
  now: Date,
): Promise<{ open: Partial<Record<Situation, number>>; late: number }> {
  const { rows } = await db.raw<{ rows: { situation: Situation; n: number; late: number }[] }>(
    `select w.situation, count(*)::int as n,
       count(*) filter (where exists (select 1 from watch_follow_ups f where f.watch_id = w.id and f.done_at is null and f.due_at < :now))::int as late
     from watch_records w join units u on u.id = w.grid_id where w.closed_at is null and starts_with(u.path, :under_path) group by w.situation`,
    { under_path, now },
  );
  return {
    open: Object.fromEntries(rows.map(({ situation, n }) => [situation, n])),
    late: rows.reduce((sum, { late }) => sum + late, 0),
  };
}

export type NewWatch = Pick<
  WatchRow,
  'situation' | 'grid_id' | 'building_id' | 'room' | 'event' | 'need' | 'noted_by' | 'noted_at'
>;
export async function insertWatch(trx: Db, row: NewWatch): Promise<number> {
  const [made] = await trx('watch_records').insert(row).returning('id');
  return made!.id;
}
export async function changeWatch(trx: Db, id: number, changes: Partial<Omit<WatchRow, 'id'>>): Promise<void> {
  await trx('watch_records').where({ id }).update(changes);
}

export async function saveHealth(trx: Db, watch_id: number, text_sealed: string): Promise<void> {
  await trx('watch_health').insert({ watch_id, text_sealed }).onConflict('watch_id').merge();
}
export async function findHealth(db: Db, watch_id: number): Promise<string | undefined> {
  return (await db('watch_health').where({ watch_id }).first())?.text_sealed;
}

export async function insertFollowUps(
  trx: Db,
  rows: readonly Pick<FollowUpRow, 'watch_id' | 'step' | 'due_at'>[],
): Promise<void> {
  await trx('watch_follow_ups').insert([...rows]);
}
export async function listFollowUps(db: Db, watch_id: number): Promise<(FollowUpRow & { done_name: string | null })[]> {
  return db('watch_follow_ups as f')
    .leftJoin('people as p', 'p.id', 'f.done_by')
    .where({ watch_id })
    .select('f.*', 'p.name as done_name')
    .orderBy(['f.due_at', 'f.id']);
}
export async function findFollowUp(trx: Db, watch_id: number, id: number): Promise<FollowUpRow | undefined> {
  return trx('watch_follow_ups').where({ id, watch_id }).first();
}
export async function markDone(trx: Db, id: number, done_by: number, done_at: Date): Promise<void> {
  await trx('watch_follow_ups').where({ id }).update({ done_by, done_at });
}

/** Takes away discontent noted before one moment, and what was said of health in records closed before another. */
export async function forgetWatch(
  db: Db,
  discontent_before: Date,
  health_before: Date,
): Promise<{ discontent: number; health: number }> {
  const discontent = await db('watch_records')
    .where({ situation: 'discontent' })
    .where('noted_at', '<', discontent_before)
    .delete();
  const health = await db('watch_health')
    .whereIn('watch_id', db('watch_records').where('closed_at', '<', health_before).select('id'))
    .delete();
  return { discontent, health };
}
