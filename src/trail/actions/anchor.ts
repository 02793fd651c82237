import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { dayOf } from '../../core/clock.ts';
import type { Db } from '../../core/db.ts';
import type { World } from '../../core/world.ts';
import type { SubjectKind } from '../rules.ts';
import {
  holdAnchors,
  insertAnchor,
  listAnchors,
  listAppealHeads,
  listLost,
  listOwnHeads,
  type TrailAnchorRow,
  type TrailHeadRow,
} from '../store.ts';

/*
 * A chain shows every change of a row but not that its newest rows are missing. So once a day the head of every chain is written down
 * outside the database: `anchors/DAY.heads.gz` holds them, `anchors/DAY.txt` their hash over the hash of the day before, small enough to be
 * printed or sent elsewhere. Whoever cuts a chain in the database would have to change that file, too, and all copies of it.
 */
const anchorsDir = ({ config }: World): string => path.join(config.data_dir, 'anchors');
const note = (world: World, day: string): string => path.join(anchorsDir(world), `${day}.txt`);
const headsFile = (world: World, day: string): string => path.join(anchorsDir(world), `${day}.heads.gz`);

const at_once = 5000;
const heads_kept = 7;

async function* allHeads(db: Db): AsyncGenerator<readonly TrailHeadRow[]> {
  yield await listOwnHeads(db);
  let batch: TrailHeadRow[];
  for (let after = 0; ; after = batch.at(-1)!.subject_id) {
    batch = await listAppealHeads(db, after, at_once);
    if (batch.length === 0) return;
    yield batch;
  }
}

const lineOf = ({ subject_kind, subject_id, seq, hash }: TrailHeadRow): string =>
  `${subject_kind} ${subject_id} ${seq} ${hash}\n`;

/** Anchors the trail for the day, unless that was done. Refuses a trail that no longer holds what the last anchor saw. */
export async function anchorTrail(
  world: World,
  now: Date,
): Promise<{ day: string; subjects: number; rows: number; hash: string; anchored: boolean }> {
  const day = dayOf(now);
  return world.db.transaction(async (trx) => {
    await holdAnchors(trx);
    const before = await listAnchors(trx);
    const known = before.find((anchor) => anchor.day === day);
    if (known) return { day, subjects: known.subjects, rows: known.rows, hash: known.hash, anchored: false };
    const held = await verifyAnchors({ ...world, db: trx });
    if (!held.ok)
      throw new Error(`the trail is not what was anchored on ${held.day}: ${JSON.stringify(held.broken.slice(0, 5))}`);

    await mkdir(anchorsDir(world), { recursive: true, mode: 0o700 });
    const previous = before.at(-1)?.hash ?? '';
    const hash = createHash('sha256').update(`${previous}\n`);
    const seen = { subjects: 0, rows: 0 };
    const draft = `${headsFile(world, day)}.draft`;
    const lines = async function* () {
      for await (const heads of allHeads(trx)) {
        const text = heads.map(lineOf).join('');
        hash.update(text);
        seen.subjects += heads.length;
        seen.rows += heads.reduce((sum, head) => sum + head.seq, 0);
        yield text;
      }
    };
    await pipeline(lines, createGzip(), createWriteStream(draft, { mode: 0o600 }));
    await keep(draft, headsFile(world, day));
    const anchor: TrailAnchorRow = { day, ...seen, hash: hash.digest('hex'), anchored_at: now };
    // The file comes first: a row without its file would look like a file that was taken away.
    await writeFile(`${note(world, day)}.draft`, noteOf(anchor, previous), { mode: 0o600 });
    await keep(`${note(world, day)}.draft`, note(world, day));
    await insertAnchor(trx, anchor);
    await forgetOldHeads(world, day);
    return { day, ...seen, hash: anchor.hash, anchored: true };
  });
}

function noteOf({ day, subjects, rows, hash, anchored_at }: TrailAnchorRow, previous: string): string {
  const lines = { day, anchored_at: anchored_at.toISOString(), subjects, rows, previous: previous || '-', hash };
  return Object.entries(lines)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('');
}

async function keep(draft: string, file: string): Promise<void> {
  const handle = await open(draft, 'r+');
  await handle.sync().finally(() => handle.close());
  await rename(draft, file);
}

async function forgetOldHeads(world: World, day: string): Promise<void> {
  const files = (await readdir(anchorsDir(world)))
    .filter((file) => file.endsWith('.heads.gz') && file <= `${day}.heads.gz`)
    .sort();
  for (const file of files.slice(0, -heads_kept)) await rm(path.join(anchorsDir(world), file), { force: true });
}

export type BrokenAnchor =
  | { readonly why: 'cut'; readonly subject_kind: SubjectKind; readonly subject_id: number; readonly seq: number }
  | { readonly why: 'file_missing' | 'file_changed' | 'heads_missing' | 'heads_changed'; readonly day: string };
export interface AnchorReport {
  readonly ok: boolean;
  /** The last anchor; null before the first. */
  readonly day: string | null;
  /** The first hundred. */
  readonly broken: readonly BrokenAnchor[];
}

/** Holds every anchor against its file, and every chain against the last anchor: none may be shorter or other than it was then. */
export async function verifyAnchors(world: World): Promise<AnchorReport> {
  const anchors = await listAnchors(world.db);
  const last = anchors.at(-1);
  if (!last) return { ok: true, day: null, broken: [] };
  const broken: BrokenAnchor[] = [];
  let previous = '';
  for (const anchor of anchors) {
    const text = await readFile(note(world, anchor.day), 'utf8').catch(() => null);
    if (text === null) broken.push({ why: 'file_missing', day: anchor.day });
    else if (text !== noteOf(anchor, previous)) broken.push({ why: 'file_changed', day: anchor.day });
    previous = anchor.hash;
  }
  broken.push(...(await compareHeads(world, last, anchors.at(-2)?.hash ?? '')));
  return { ok: broken.length === 0, day: last.day, broken: broken.slice(0, 100) };
}

async function compareHeads(world: World, last: TrailAnchorRow, previous: string): Promise<BrokenAnchor[]> {
  const file = headsFile(world, last.day);
  const hash = createHash('sha256').update(`${previous}\n`);
  const broken: BrokenAnchor[] = [];
  const compare = async (lines: readonly string[]) => {
    hash.update(lines.map((line) => `${line}\n`).join(''));
    const lost = await listLost(world.db, lines.map(headOf));
    broken.push(...lost.map((one) => ({ why: 'cut' as const, ...one })));
  };
  try {
    await pipeline(createReadStream(file), createGunzip(), async (chunks: AsyncIterable<Buffer>) => {
      let lines: string[] = [];
      let rest = '';
      for await (const chunk of chunks) {
        const pieces = (rest + chunk.toString('latin1')).split('\n');
        rest = pieces.pop()!;
        lines.push(...pieces);
        if (lines.length < at_once) continue;
        await compare(lines);
        lines = [];
      }
      if (rest !== '') lines.push(rest);
      await compare(lines);
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [{ why: 'heads_missing', day: last.day }];
    if (!code?.startsWith('Z_')) throw error;
    return [{ why: 'heads_changed', day: last.day }];
  }
  return hash.digest('hex') === last.hash ? broken : [{ why: 'heads_changed', day: last.day }, ...broken];
}

function headOf(line: string): TrailHeadRow {
  const [subject_kind, subject_id, seq, hash = ''] = line.split(' ');
  return { subject_kind: subject_kind as SubjectKind, subject_id: Number(subject_id), seq: Number(seq) || 0, hash };
}
