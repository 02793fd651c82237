import { type Db, hot } from '../core/db.ts';
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
  await insertLinks(trx, laid.rows);
  return laid.head;
}

/** Writes rows that were laid onto the chains of any number of subjects, whose heads the caller holds under lock and stores anew. */
export async function insertLinks(trx: Db, rows: ReturnType<typeof chain>['rows']): Promise<void> {
  await hot(
    trx,
    `with given as (
       select * from jsonb_to_recordset(:rows::jsonb) as r(subject_kind text, subject_id bigint, seq int, act text, from_status text, to_status text,
         work_order_id bigint, person_id bigint, post text, unit_id bigint, happened_at timestamptz, input_hash text, hash text, input jsonb)
     ), links as (
       insert into trail (subject_kind, subject_id, seq, act, from_status, to_status, work_order_id, person_id, post, unit_id, happened_at, input_hash, hash)
       select subject_kind, subject_id, seq, act, from_status, to_status, work_order_id, person_id, post, unit_id, happened_at, input_hash, hash from given
     )
     insert into trail_inputs (subject_kind, subject_id, seq, input) select subject_kind, subject_id, seq, input from given`,
    { rows: JSON.stringify(rows) },
  );
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

/** An appeal's head and its whole chain, both of one moment. */
export interface Chain {
  readonly subject_id: number;
  readonly head: TrailHead;
  readonly rows: (TrailRow & { readonly input: object | null })[];
}

type Packed = [
  number,
  string,
  string | null,
  string | null,
  number | null,
  number | null,
  TrailRow['post'],
  number | null,
  string,
  string,
  string,
  object | null,
];

/** The chains of the next appeals after `after`. Each comes as one value of JSON: a driver that reads a million cells is slower. */
export async function listChains(db: Db, after: number, appeals: number): Promise<Chain[]> {
  const { rows } = await db.raw<{ rows: { id: number; trail_seq: number; trail_hash: string; chain: Packed[] | null }[] }>(
    `select a.*, (
       select json_agg(json_build_array(t.seq, t.act, t.from_status, t.to_status, t.work_order_id, t.person_id, t.post, t.unit_id,
         t.happened_at, t.input_hash, t.hash, i.input) order by t.seq)
       from trail t left join trail_inputs i using (subject_kind, subject_id, seq)
       where t.subject_kind = 'appeal' and t.subject_id = a.id
     ) as chain
     from (select id, trail_seq, trail_hash from appeals where id > :after order by id limit :appeals) a order by a.id`,
    { after, appeals },
  );
  return rows.map(({ id, trail_seq, trail_hash, chain }) => ({
    subject_id: id,
    head: { seq: trail_seq, hash: trail_hash },
    rows: (chain ?? []).map(
      ([seq, act, from_status, to_status, work_order_id, person_id, post, unit_id, happened_at, input_hash, hash, input]) => ({
        subject_kind: 'appeal',
        subject_id: id,
        seq,
        act,
        from_status,
        to_status,
        work_order_id,
        person_id,
        post,
        unit_id,
        happened_at: new Date(happened_at),
        input_hash,
        hash,
        input,
      }),
    ),
  }));
}

/** Chains that hang on no appeal, whistle or other subject: their subject was removed. */
export async function listOrphans(db: Db): Promise<{ subject_kind: SubjectKind; subject_id: number }[]> {
  const { rows } = await db.raw<{ rows: { subject_kind: SubjectKind; subject_id: number }[] }>(
    `select distinct t.subject_kind, t.subject_id from trail t
     where case when t.subject_kind = 'appeal' then not exists (select 1 from appeals a where a.id = t.subject_id)
           when t.subject_kind = 'whistle' then not exists (select 1 from whistles w where w.id = t.subject_id)
           else not exists (select 1 from trail_heads h where h.subject_kind = t.subject_kind and h.subject_id = t.subject_id) end`,
  );
  return rows;
}

/** Heads that are no appeal's, in their table or on their whistle, each with the last row that is really there. */
export async function listOwnHeads(db: Db): Promise<(TrailHeadRow & { last: number | null })[]> {
  const { rows } = await db.raw<{ rows: (TrailHeadRow & { last: number | null })[] }>(
    `select h.*, (select max(seq) from trail t where t.subject_kind = h.subject_kind and t.subject_id = h.subject_id) as last
     from (
       select subject_kind, subject_id, seq, hash from trail_heads
       union all select 'whistle', id, trail_seq, trail_hash from whistles
     ) h order by h.subject_kind, h.subject_id`,
  );
  return rows;
}

/** The next rows of one chain, which may be long. */
export async function listTrailAfter(
  db: Db,
  { subject_kind, subject_id }: Pick<TrailHeadRow, 'subject_kind' | 'subject_id'>,
  after: number,
  limit: number,
): Promise<(TrailRow & { input: object | null })[]> {
  const { rows } = await db.raw<{ rows: (TrailRow & { input: object | null })[] }>(
    `select t.*, i.input from trail t left join trail_inputs i using (subject_kind, subject_id, seq)
     where t.subject_kind = :subject_kind and t.subject_id = :subject_id and t.seq > :after order by t.seq limit :limit`,
    { subject_kind, subject_id, after, limit },
  );
  return rows;
}

/** The heads of the next appeals after `after`. */
export async function listAppealHeads(db: Db, after: number, limit: number): Promise<TrailHeadRow[]> {
  const { rows } = await db.raw<{ rows: TrailHeadRow[] }>(
    `select 'appeal' as subject_kind, id as subject_id, trail_seq as seq, trail_hash as hash from appeals where id > :after order by id limit :limit`,
    { after, limit },
  );
  return rows;
}

export async function findAppealHead(db: Db, id: number): Promise<TrailHead | undefined> {
  return db('appeals').where({ id }).first('trail_seq as seq', 'trail_hash as hash');
}

/** Of these heads, taken at another time, those whose row is no longer there as it was. */
export async function listLost(
  db: Db,
  heads: readonly TrailHeadRow[],
): Promise<Pick<TrailHeadRow, 'subject_kind' | 'subject_id' | 'seq'>[]> {
  const { rows } = await db.raw<{ rows: TrailHeadRow[] }>(
    `select h.subject_kind, h.subject_id, h.seq
     from unnest(:kinds::text[], :ids::bigint[], :seqs::int[], :hashes::text[]) as h(subject_kind, subject_id, seq, hash)
     left join trail t using (subject_kind, subject_id, seq) where h.seq > 0 and t.hash is distinct from h.hash order by 1, 2`,
    {
      kinds: heads.map((head) => head.subject_kind),
      ids: heads.map((head) => head.subject_id),
      seqs: heads.map((head) => head.seq),
      hashes: heads.map((head) => head.hash),
    },
  );
  return rows;
}

export async function listAnchors(db: Db): Promise<TrailAnchorRow[]> {
  return db('trail_anchors').orderBy('day');
}
export async function insertAnchor(trx: Db, anchor: TrailAnchorRow): Promise<void> {
  await trx('trail_anchors').insert(anchor);
}
/** One process anchors at a time. */
export async function holdAnchors(trx: Db): Promise<void> {
  await trx.raw(`select pg_advisory_xact_lock(hashtext('trail_anchors'))`);
}
