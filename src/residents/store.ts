import { type Db, hot } from '../core/db.ts';
import type { AttachmentRow } from '../files/store.ts';

export interface EvaluationLinkRow {
  readonly token_hash: string;
  readonly appeal_id: number;
  readonly round: number;
  readonly made_at: Date;
  readonly expires_at: Date;
  readonly used_at: Date | null;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    evaluation_links: EvaluationLinkRow;
  }
}

/** Whoever looks after a grid today, as its plate says; full-time members first. */
export interface Caretaker {
  readonly name: string;
  readonly work_phone: string | null;
  readonly services: string;
}

export async function listCaretakers(db: Db, grid_id: number, today: string): Promise<Caretaker[]> {
  return hot<Caretaker>(
    db,
    `select p.name, p.work_phone, m.services from linked_members m join people p on p.id = m.person_id
     where m.grid_id = :grid_id and m.valid_from <= :today and (m.valid_to is null or m.valid_to >= :today)
     order by m.kind = 'fulltime' desc, m.person_id limit 4`,
    { grid_id, today },
  );
}

/** What a page needs to know of a report that has arrived: whether it is this one. */
export async function findReported(db: Db, number: string): Promise<{ content: string; code_hash: string | null } | undefined> {
  return db('appeals').where({ number }).first('content', 'code_hash');
}

/** An appeal as its own appellant reads it: nothing of who works on it. */
export interface OwnAppeal {
  readonly id: number;
  readonly number: string;
  readonly status: string;
  readonly round: number;
  readonly title: string;
  readonly content: string;
  readonly address: string;
  readonly received_at: Date;
  readonly closed_at: Date | null;
  readonly finished_at: Date | null;
  readonly due_at: Date | null;
  readonly step_due_at: Date | null;
  readonly answer: string | null;
  readonly level: string | null;
  readonly emergency_line: string | null;
  readonly place_unit_id: number;
}
const own = [
  'id',
  'number',
  'status',
  'round',
  'title',
  'content',
  'address',
  'received_at',
  'closed_at',
  'finished_at',
  'due_at',
  'step_due_at',
  'answer',
  'level',
  'emergency_line',
  'place_unit_id',
] as const;

export async function findOwnAppeal(db: Db, by: { number: string } | { id: number }): Promise<OwnAppeal | undefined> {
  return db('appeals')
    .where(by)
    .first(...own);
}

/**
 * The files of a case that its appellant may see: what he sent himself, and once he has been answered what the lead showed of its result
 * (`before` and `after`), if that was approved. What staff keep among themselves is not among them.
 */
export async function listShownFiles(db: Db, appeal_id: number): Promise<AttachmentRow[]> {
  return hot<AttachmentRow>(
    db,
    `select f.* from attachments f join appeals a on a.id = f.appeal_id where a.id = :appeal_id and (
       (f.uploaded_by is null and f.purpose in ('report', 'supplement'))
       or (a.answer is not null and f.purpose in ('before', 'after') and exists (
         select 1 from trail t join work_orders o on o.id = t.work_order_id and o.role = 'lead'
         where t.subject_kind = 'appeal' and t.subject_id = a.id and t.seq = f.trail_seq and t.act = 'submit' and 'approve' = (
           select d.act from trail d where d.subject_kind = 'appeal' and d.subject_id = a.id and d.work_order_id = o.id and d.seq > t.seq
             and d.act in ('approve', 'send_back') order by d.seq limit 1))))
     order by f.id`,
    { appeal_id },
  );
}

/** The round an appeal is in, its row locked until the transaction ends. */
export async function holdRound(trx: Db, id: number): Promise<{ number: string; round: number } | undefined> {
  return trx('appeals').where({ id }).forUpdate().first('number', 'round');
}

/** Takes a counted try back: it was a right one. */
export async function takeBackTry(db: Db, key: string): Promise<void> {
  await hot(db, 'update rate_limits set points = points - 1 where key = :key and points > 0', { key });
}

/** The link of a round, made when it is first sent; a later sending changes nothing. */
export async function insertEvaluationLink(db: Db, link: Omit<EvaluationLinkRow, 'used_at'>): Promise<void> {
  await db('evaluation_links').insert(link).onConflict(['appeal_id', 'round']).ignore();
}

export async function findEvaluationLink(db: Db, token_hash: string): Promise<EvaluationLinkRow | undefined> {
  return db('evaluation_links').where({ token_hash }).first();
}

/** Uses a link: true for one of those who try at once, and never again. */
export async function useEvaluationLink(trx: Db, token_hash: string, now: Date): Promise<boolean> {
  return (
    (await trx('evaluation_links')
      .where({ token_hash })
      .whereNull('used_at')
      .where('expires_at', '>', now)
      .update({ used_at: now })) > 0
  );
}

/** Links that nobody can use any more. */
export async function removeEvaluationLinks(db: Db, expired_before: Date): Promise<number> {
  return db('evaluation_links').where('expires_at', '<', expired_before).delete();
}
