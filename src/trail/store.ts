import type { Db } from '../core/db.ts';
import { chain, emptyHead, type SubjectKind, type TrailEntry, type TrailHead, type TrailRow } from './rules.ts';

export interface TrailInputRow {
  readonly subject_kind: SubjectKind;
  readonly subject_id: number;
  readonly seq: number;
  readonly input: object;
}
export interface TrailHeadRow extends TrailHead {
  readonly subject_kind: SubjectKind;
  readonly subject_id: number;
}
export interface TrailAnchorRow {
  readonly day: string;
  readonly subjects: number;
  readonly rows: number;
  readonly hash: string;
  readonly anchored_at: Date;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    trail: TrailRow;
    trail_inputs: TrailInputRow;
    trail_heads: TrailHeadRow;
    trail_anchors: TrailAnchorRow;
  }
}

/** Appends to a chain whose head the caller holds under lock; returns the new head, which the caller stores with the subject. */
export async function recordTrail(
  trx: Db,
  subject_kind: SubjectKind,
  subject_id: number,
  head: TrailHead,
  entries: readonly TrailEntry[],
): Promise<TrailHead> {
  if (entries.length === 0) return head;
  const laid = chain(subject_kind, subject_id, head, entries);
  await trx.raw(
    `with given as (
       select * from jsonb_to_recordset(:rows::jsonb) as r(subject_kind text, subject_id bigint, seq int, act text, from_status text, to_status text,
         work_order_id bigint, person_id bigint, post text, unit_id bigint, happened_at timestamptz, input_hash text, hash text, input jsonb)
     ), links as (
       insert into trail (subject_kind, subject_id, seq, act, from_status, to_status, work_order_id, person_id, post, unit_id, happened_at, input_hash, hash)
       select subject_kind, subject_id, seq, act, from_status, to_status, work_order_id, person_id, post, unit_id, happened_at, input_hash, hash from given
     )
     insert into trail_inputs (subject_kind, subject_id, seq, input) select subject_kind, subject_id, seq, input from given`,
    { rows: JSON.stringify(laid.rows) },
  );
  return laid.head;
}

/** The chain of everything that is no appeal's: accounts, units, catalogue, parameters. One writer at a time, by the lock on its head. */
export async function recordSystemTrail(trx: Db, entry: TrailEntry): Promise<void> {
  const subject = { subject_kind: 'system', subject_id: 0 } as const;
  await trx('trail_heads')
    .insert({ ...subject, ...emptyHead })
    .onConflict(['subject_kind', 'subject_id'])
    .ignore();
  const head = await trx('trail_heads').where(subject).forUpdate().first();
  const next = await recordTrail(trx, 'system', 0, { seq: head!.seq, hash: head!.hash }, [entry]);
  await trx('trail_heads')
    .where(subject)
    .update({ ...next });
}

/** The rows of one chain in order, each with its input (null once erased). */
export async function listTrail(
  db: Db,
  subject_kind: SubjectKind,
  subject_id: number,
): Promise<(TrailRow & { input: object | null })[]> {
  const { rows } = await db.raw<{ rows: (TrailRow & { input: object | null })[] }>(
    `select t.*, i.input from trail t left join trail_inputs i using (subject_kind, subject_id, seq)
     where t.subject_kind = :subject_kind and t.subject_id = :subject_id order by t.seq`,
    { subject_kind, subject_id },
  );
  return rows;
}

/** A change of something that is no appeal's, as `recordChange` wrote it. */
export interface ChangeRow {
  readonly seq: number;
  readonly act: string;
  readonly happened_at: Date;
  readonly post: TrailRow['post'];
  readonly person: string | null;
  readonly unit_id: number | null;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
}

/** The latest changes of one thing ('unit:12'), the newest first. */
export async function listChanges(db: Db, thing: string, most = 20): Promise<ChangeRow[]> {
  const { rows } = await db.raw<{ rows: ChangeRow[] }>(
    `select t.seq, t.act, t.happened_at, t.post, p.name as person, t.unit_id, i.input -> 'before' as before, i.input -> 'after' as after
     from trail_inputs i join trail t using (subject_kind, subject_id, seq) left join people p on p.id = t.person_id
     where i.subject_kind = 'system' and i.input ->> 'thing' = :thing order by i.seq desc limit :most`,
    { thing, most },
  );
  return rows;
}
