import type { Status } from '../../appeals/rules.ts';
import { type Db, hot } from '../../core/db.ts';
import type { Readable } from '../../messages/store.ts';
import type { KeyTrackingItemRow } from '../../orders/store/ladder.ts';
import type { Actor } from '../../people/rules.ts';

export interface PromiseRow {
  readonly id: number;
  readonly item_id: number;
  readonly unit_id: number;
  readonly promise: string;
  readonly promised_by: string;
  readonly due_on: string;
  readonly noted_by: number;
  readonly noted_at: Date;
  readonly kept_at: Date | null;
  readonly kept_by: number | null;
}
export interface MeetingNoteRow {
  readonly id: number;
  readonly item_id: number;
  readonly met_on: string;
  readonly note: string;
  readonly noted_by: number;
  readonly noted_at: Date;
}
declare module 'knex/types/tables.js' {
  interface Tables {
    key_tracking_promises: PromiseRow;
    key_tracking_notes: MeetingNoteRow;
  }
}

export interface Tracked extends KeyTrackingItemRow {
  readonly number: string;
  readonly title: string;
  readonly status: Status;
  readonly received_at: Date;
  readonly lead_unit_id: number | null;
  readonly promises: number;
  readonly broken: number;
  /** The nearest day somebody promised something for. */
  readonly next_on: string | null;
}

const columns = `t.*, a.number, a.title, a.status, a.received_at, a.lead_unit_id,
  (select count(*)::int from key_tracking_promises p where p.item_id = t.id) as promises,
  (select count(*)::int from key_tracking_promises p where p.item_id = t.id and p.kept_at is null and p.due_on < :today) as broken,
  (select min(p.due_on)::text from key_tracking_promises p where p.item_id = t.id and p.kept_at is null) as next_on`;
const from = 'from key_tracking_items t join appeals a on a.id = t.appeal_id';
const wheres = {
  open: 't.solved_at is null',
  broken: `t.solved_at is null and exists (select 1 from key_tracking_promises p where p.item_id = t.id and p.kept_at is null and p.due_on < :today)`,
  solved: 't.solved_at is not null',
} as const;
export type TrackedList = keyof typeof wheres;
export const trackedLists = Object.keys(wheres) as TrackedList[];

/** What stands on the ledger, longest tracked first. */
export async function listTracked(
  db: Db,
  actor: Actor,
  readable: Readable,
  list: TrackedList,
  today: string,
  after: number,
  limit: number,
): Promise<Tracked[]> {
  const { sql, bindings } = readable(actor);
  return hot<Tracked>(
    db,
    `select ${columns} ${from} where ${wheres[list]} and ${sql} and t.id > :after order by t.id limit :limit`,
    { today, after, limit, ...bindings },
  );
}

export async function countTracked(
  db: Db,
  actor: Actor,
  readable: Readable,
  today: string,
): Promise<Record<TrackedList, number>> {
  const { sql, bindings } = readable(actor);
  const [row] = await hot<Record<TrackedList, number>>(
    db,
    `select ${trackedLists.map((list) => `(select count(*)::int ${from} where ${wheres[list]} and ${sql}) as ${list}`).join(', ')}, :today::date as today`,
    { today, ...bindings },
  );
  return row!;
}

export async function findTracked(
  db: Db,
  id: number,
  actor: Actor,
  readable: Readable,
  today: string,
): Promise<Tracked | undefined> {
  const { sql, bindings } = readable(actor);
  const [row] = await hot<Tracked>(db, `select ${columns} ${from} where t.id = :id and ${sql}`, { id, today, ...bindings });
  return row;
}

export async function holdTracked(trx: Db, id: number): Promise<KeyTrackingItemRow | undefined> {
  return trx('key_tracking_items').where({ id }).forUpdate().first();
}

export async function solveTracked(
  trx: Db,
  id: number,
  changes: Pick<KeyTrackingItemRow, 'solved_at' | 'solved_by' | 'solved_for'>,
): Promise<void> {
  await trx('key_tracking_items').where({ id }).update(changes);
}

export async function insertPromise(trx: Db, row: Omit<PromiseRow, 'id' | 'kept_at' | 'kept_by'>): Promise<number> {
  const [made] = await trx('key_tracking_promises')
    .insert(row as PromiseRow)
    .returning('id');
  return made!.id;
}
export async function keepPromise(trx: Db, item_id: number, id: number, kept_by: number, kept_at: Date): Promise<boolean> {
  return (await trx('key_tracking_promises').where({ id, item_id }).whereNull('kept_at').update({ kept_by, kept_at })) > 0;
}
export async function insertNote(trx: Db, row: Omit<MeetingNoteRow, 'id'>): Promise<void> {
  await trx('key_tracking_notes').insert(row as MeetingNoteRow);
}

export interface TrackedFile {
  readonly promises: (PromiseRow & { noter: string })[];
  readonly notes: (MeetingNoteRow & { noter: string })[];
}
export async function readTracked(db: Db, ids: readonly number[]): Promise<TrackedFile> {
  const [promises, notes] = await Promise.all([
    db('key_tracking_promises as p')
      .join('people as n', 'n.id', 'p.noted_by')
      .whereIn('p.item_id', [...ids])
      .orderBy(['p.due_on', 'p.id'])
      .select('p.*', 'n.name as noter'),
    db('key_tracking_notes as k')
      .join('people as n', 'n.id', 'k.noted_by')
      .whereIn('k.item_id', [...ids])
      .orderBy([
        { column: 'k.met_on', order: 'desc' },
        { column: 'k.id', order: 'desc' },
      ])
      .select('k.*', 'n.name as noter'),
  ]);
  return { promises, notes };
}
export async function findName(db: Db, id: number): Promise<string> {
  return (await db('people').where({ id }).first('name'))!.name;
}
