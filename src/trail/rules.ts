import { canonical, sha256 } from '../core/hash.ts';
import type { Post } from '../people/rules.ts';

export type SubjectKind = 'appeal' | 'whistle' | 'period' | 'system';
/** Who acted: a post, the appellant himself, or a job of the system. */
export type TrailPost = Post | 'appellant' | 'system';

export interface TrailEntry {
  readonly act: string;
  readonly from_status: string | null;
  readonly to_status: string | null;
  readonly work_order_id: number | null;
  readonly person_id: number | null;
  readonly post: TrailPost;
  readonly unit_id: number | null;
  readonly happened_at: Date;
  readonly input: object;
}

export interface TrailHead {
  readonly seq: number;
  readonly hash: string;
}

export interface TrailRow extends Omit<TrailEntry, 'input'> {
  readonly subject_kind: SubjectKind;
  readonly subject_id: number;
  readonly seq: number;
  readonly input_hash: string;
  readonly hash: string;
}

export const emptyHead: TrailHead = { seq: 0, hash: '' };

/** The link of a chain: SHA-256 over the previous link and every field of the row except the input itself, of which it takes the hash. */
export function linkHash(previous: string, row: Omit<TrailRow, 'hash'>): string {
  const {
    subject_kind,
    subject_id,
    seq,
    act,
    from_status,
    to_status,
    work_order_id,
    person_id,
    post,
    unit_id,
    happened_at,
    input_hash,
  } = row;
  return sha256(
    `${previous}\n${JSON.stringify([subject_kind, subject_id, seq, act, from_status, to_status, work_order_id, person_id, post, unit_id, happened_at.toISOString(), input_hash])}`,
  );
}

/** Lays entries onto a chain in order. */
export function chain(
  subject_kind: SubjectKind,
  subject_id: number,
  head: TrailHead,
  entries: readonly TrailEntry[],
): { rows: (TrailRow & { input: object })[]; head: TrailHead } {
  let { seq, hash } = head;
  const rows = entries.map(({ input, ...entry }) => {
    seq += 1;
    const row = { subject_kind, subject_id, seq, ...entry, input_hash: sha256(canonical(input)) };
    hash = linkHash(hash, row);
    return { ...row, hash, input };
  });
  return { rows, head: { seq, hash } };
}

export interface Broken {
  readonly ok: false;
  readonly seq: number;
  readonly why: 'gap' | 'link' | 'input' | 'head';
}
export type Verdict = { readonly ok: true; readonly rows: number } | Broken;

type Kept = TrailRow & { readonly input: object | null };

/** Follows a chain from `head` over its next rows (in order of seq): the new head, or where it breaks. An erased input is no break. */
export function follow(head: TrailHead, rows: readonly Kept[]): TrailHead | Broken {
  let { seq, hash } = head;
  for (const row of rows) {
    seq += 1;
    if (row.seq !== seq) return { ok: false, seq, why: 'gap' };
    if (linkHash(hash, row) !== row.hash) return { ok: false, seq, why: 'link' };
    if (row.input !== null && sha256(canonical(row.input)) !== row.input_hash) return { ok: false, seq, why: 'input' };
    hash = row.hash;
  }
  return { seq, hash };
}

/** Whether rows (in order of seq) form one unbroken chain that ends in `head`. An erased input is no break. */
export function verify(rows: readonly Kept[], head: TrailHead): Verdict {
  const end = follow(emptyHead, rows);
  if ('ok' in end) return end;
  if (end.seq !== head.seq || end.hash !== head.hash) return { ok: false, seq: end.seq, why: 'head' };
  return { ok: true, rows: end.seq };
}
