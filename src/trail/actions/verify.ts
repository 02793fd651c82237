import type { Db } from '../../core/db.ts';
import { notFound } from '../../core/errors.ts';
import type { World } from '../../core/world.ts';
import { type Broken, emptyHead, follow, type SubjectKind, type TrailHead, type Verdict, verify } from '../rules.ts';
import { findAppealHead, listChains, listOrphans, listOwnHeads, listTrail, listTrailAfter } from '../store.ts';
import { type AnchorReport, verifyAnchors } from './anchor.ts';

/** Whether the trail of one appeal is whole. */
export async function verifyAppeal(db: Db, appeal_id: number): Promise<Verdict> {
  const rows = await listTrail(db, 'appeal', appeal_id);
  const head = await findAppealHead(db, appeal_id);
  if (!head) throw notFound();
  return verify(rows, head);
}

export interface BrokenChain {
  readonly subject_kind: SubjectKind;
  readonly subject_id: number;
  readonly seq: number;
  readonly why: Broken['why'] | 'orphan';
}
export interface TrailReport {
  readonly ok: boolean;
  readonly subjects: number;
  readonly rows: number;
  /** The first hundred. */
  readonly broken: readonly BrokenChain[];
  readonly broken_count: number;
  readonly anchors: AnchorReport;
}

// Between two batches other requests get their turn: one takes some 30 ms.
const appeals_at_once = 200;
const rows_at_once = 2000;
const most_named = 100;

/** Walks every chain there is, and holds them against the last anchor, which alone sees that the newest rows of a chain were cut off. */
export async function verifyTrail(world: World): Promise<TrailReport> {
  const { db } = world;
  const found = { subjects: 0, rows: 0, broken_count: 0 };
  const broken: BrokenChain[] = [];
  const report = (one: BrokenChain) => {
    found.broken_count += 1;
    if (broken.length < most_named) broken.push(one);
  };

  // While one batch is walked the database gathers the next.
  let coming = listChains(db, 0, appeals_at_once);
  for (let chains = await coming; chains.length > 0; chains = await coming) {
    coming = listChains(db, chains.at(-1)!.subject_id, appeals_at_once);
    coming.catch(() => undefined);
    for (const { subject_id, head, rows } of chains) {
      const verdict = verify(rows, head);
      found.subjects += 1;
      if (verdict.ok) found.rows += verdict.rows;
      else report({ subject_kind: 'appeal', subject_id, seq: verdict.seq, why: verdict.why });
    }
  }
  for (const head of await listOwnHeads(db)) {
    const { subject_kind, subject_id } = head;
    const verdict = await verifyOwn(db, head);
    found.subjects += 1;
    if (verdict.ok) found.rows += verdict.rows;
    else report({ subject_kind, subject_id, seq: verdict.seq, why: verdict.why });
  }
  for (const orphan of await listOrphans(db)) report({ ...orphan, seq: 0, why: 'orphan' });

  const anchors = await verifyAnchors(world);
  const ok = found.broken_count === 0 && anchors.ok;
  if (!ok)
    world.log.error({ broken: broken.slice(0, 10), broken_count: found.broken_count, anchors }, 'the trail was tampered with');
  return { ok, ...found, broken, anchors };
}

/** Whether the chain of everything that is no appeal's is whole: accounts, units, rules. */
export async function verifySystem(db: Db): Promise<Verdict> {
  const head = (await listOwnHeads(db)).find(({ subject_kind }) => subject_kind === 'system');
  return head ? verifyOwn(db, head) : { ok: true, rows: 0 };
}

type OwnHead = Awaited<ReturnType<typeof listOwnHeads>>[number];
const verifyOwn = (db: Db, head: OwnHead): Promise<Verdict> | Verdict =>
  head.last === (head.seq || null) ? verifyLong(db, head) : { ok: false, seq: head.last ?? 0, why: 'head' };

/** A chain too long to be read at once. What is added to it meanwhile is left out. */
async function verifyLong(db: Db, head: TrailHead & { subject_kind: SubjectKind; subject_id: number }): Promise<Verdict> {
  let at = emptyHead;
  while (at.seq < head.seq) {
    const rows = await listTrailAfter(db, head, at.seq, Math.min(rows_at_once, head.seq - at.seq));
    if (rows.length === 0) return { ok: false, seq: at.seq + 1, why: 'gap' };
    const next = follow(at, rows);
    if ('ok' in next) return next;
    at = next;
  }
  return at.hash === head.hash ? { ok: true, rows: at.seq } : { ok: false, seq: at.seq, why: 'head' };
}
