import type { Db } from '../core/db.ts';
import type { Actor } from '../people/rules.ts';

export const purposes = ['report', 'supplement', 'progress', 'before', 'after', 'evidence'] as const;
export type Purpose = (typeof purposes)[number];

/** A file already made safe and stored by its content hash, or a picture that waits for that; not yet attached to an appeal. */
export interface StoredFile {
  readonly kind: 'image' | 'audio' | 'pdf';
  readonly media_type: string;
  readonly name: string;
  readonly bytes: number;
  /** Of what may be served; null as long as that is not made. */
  readonly sha256: string | null;
  readonly thumb_sha256: string | null;
  readonly width: number | null;
  readonly height: number | null;
  /** Of a picture: its difference hash, 16 hexadecimal digits, by which the same picture is known again. */
  readonly dhash?: string | null | undefined;
  /** A picture that is still to be written anew, or cannot be. */
  readonly undrawn?: 'waiting' | 'unreadable' | null | undefined;
  /** Where what was sent lies until then. */
  readonly original?: string | null | undefined;
  /** It shows how things were before the act that brings it. */
  readonly before?: boolean | undefined;
}
export interface AttachmentRow extends Omit<StoredFile, 'before'> {
  readonly id: number;
  readonly appeal_id: number;
  readonly trail_seq: number | null;
  readonly purpose: Purpose;
  readonly uploaded_by: number | null;
  readonly uploaded_at: Date;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    attachments: AttachmentRow;
  }
}

export async function insertAttachments(
  trx: Db,
  files: readonly StoredFile[],
  to: Pick<AttachmentRow, 'appeal_id' | 'trail_seq' | 'purpose' | 'uploaded_by' | 'uploaded_at'>,
): Promise<void> {
  if (files.length > 0)
    await trx('attachments').insert(
      files.map(({ before, ...file }) => ({ ...file, ...to, ...(before && { purpose: 'before' }) }) as AttachmentRow),
    );
}

export async function listAttachments(db: Db, appeal_id: number): Promise<AttachmentRow[]> {
  return db('attachments').where({ appeal_id }).orderBy('id');
}

/** True in SQL where the actor may read appeal `a`; handed in by the feature that knows appeals. */
export type Readable = (actor: Actor) => { sql: string; bindings: Record<string, number> };

/** An attachment of an appeal that the actor may read. */
export async function findAttachment(db: Db, id: number, actor: Actor, readable: Readable): Promise<AttachmentRow | undefined> {
  const { sql, bindings } = readable(actor);
  const { rows } = await db.raw<{ rows: AttachmentRow[] }>(
    `select f.* from attachments f join appeals a on a.id = f.appeal_id where f.id = :id and ${sql}`,
    { id, ...bindings },
  );
  return rows[0];
}

/** The oldest picture still to be written anew that nobody else is at, locked until the transaction ends. */
export async function holdUndrawn(trx: Db): Promise<AttachmentRow | undefined> {
  return trx('attachments').where({ undrawn: 'waiting' }).orderBy('id').forUpdate().skipLocked().first();
}

/** What became of an original, wherever it is attached. */
export async function settleUndrawn(trx: Db, original: string, drawn: StoredFile | 'unreadable'): Promise<void> {
  const now_known = drawn === 'unreadable' ? { undrawn: drawn } : { ...drawn, undrawn: null };
  await trx('attachments')
    .where({ original })
    .update({ ...now_known, original: null });
}

/** Which of these originals still wait. */
export async function listWaiting(db: Db, originals: readonly string[]): Promise<Set<string>> {
  const rows = await db('attachments').whereIn('original', originals).select('original');
  return new Set(rows.map((row) => row.original!));
}

/** Which of these contents something is attached by. */
export async function listAttached(db: Db, hashes: readonly string[]): Promise<Set<string>> {
  const { rows } = await db.raw<{ rows: { sha256: string }[] }>(
    `select sha256 from attachments where sha256 = any(:hashes) union select thumb_sha256 from attachments where thumb_sha256 = any(:hashes)`,
    { hashes: [...hashes] },
  );
  return new Set(rows.map((row) => row.sha256));
}
