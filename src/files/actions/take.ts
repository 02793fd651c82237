import { type FileHandle, open, rm } from 'node:fs/promises';
import { fileTypeFromFile } from 'file-type';
import sharp from 'sharp';
import { isDiskFull } from '../../core/incoming.ts';
import type { World } from '../../core/world.ts';
import {
  before_field,
  type FileKind,
  type FileProblem,
  hasVideo,
  kindOf,
  kindRules,
  megabyte,
  nameFor,
  pictureRules,
  plainName,
  problemOf,
  type Received,
} from '../rules.ts';
import type { StoredFile } from '../store.ts';
import { keepBytes, keepFile, keepOriginal } from './vault.ts';

sharp.cache(false);
// One thread a picture: the rest of the machine answers those who send none.
sharp.concurrency(1);

export type Stored =
  | { readonly ok: true; readonly files: readonly StoredFile[] }
  | {
      readonly ok: false;
      readonly refused: readonly { readonly name: string; readonly code: FileProblem }[];
      /** Those that were good: kept already, not attached to anything. */
      readonly files: readonly StoredFile[];
      readonly disk_full: boolean;
    };

/**
 * Looks into what arrived and keeps it: pictures written anew (turned upright, without place, camera or anything else that rode
 * along), sound and PDF as they are. All of them, or the reason for each that was not taken. What arrived is gone afterwards. When many
 * send pictures at once, some are looked into and kept as they came, to be drawn after the answer (`drawWaiting`) and served then.
 */
export async function storeFiles(world: Pick<World, 'files_dir' | 'clock'>, received: readonly Received[]): Promise<Stored> {
  const files: StoredFile[] = [];
  const refused: { name: string; code: FileProblem }[] = [];
  let disk_full = false;
  for (const one of received) {
    try {
      const taken = await take(world, one);
      if (typeof taken === 'string') refused.push({ name: plainName(one.name), code: taken });
      else files.push(one.field === before_field ? { ...taken, before: true } : taken);
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      disk_full = true;
    } finally {
      await rm(one.path, { force: true });
    }
  }
  return refused.length === 0 && !disk_full ? { ok: true, files } : { ok: false, refused, files, disk_full };
}

// Decoding takes memory by the pixel: one at a time in each process, however many people send pictures at once.
let last: Promise<unknown> = Promise.resolve();
let in_turn = 0;
export async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  in_turn += 1;
  const mine = last.then(work, work);
  last = mine.catch(() => undefined);
  return mine.finally(() => {
    in_turn -= 1;
  });
}

async function take(
  world: Pick<World, 'files_dir' | 'clock'>,
  { path, name, bytes, too_large }: Received,
): Promise<StoredFile | FileProblem> {
  if (too_large) return 'file_too_big';
  if (bytes === 0) return 'file_empty';
  const detected = (await fileTypeFromFile(path).catch(() => undefined))?.mime;
  const found = detected === undefined ? undefined : kindOf(detected);
  if (!found) return problemOf(detected);
  if (bytes > kindRules[found.kind].max_mb * megabyte) return 'file_too_big';
  return takers[found.kind](world, { path, name, bytes, media_type: found.media_type });
}

interface Found {
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
  readonly media_type: string;
}
type Taker = (world: Pick<World, 'files_dir' | 'clock'>, found: Found) => Promise<StoredFile | FileProblem>;

const takers: Record<FileKind, Taker> = {
  image: async (world, found) => {
    const problem = await lookInto(found.path);
    if (problem !== null) return problem;
    // While another is at it, whoever sends one is answered first, and it is drawn by the timetable.
    return in_turn === 0 ? inTurn(() => draw(world, found)) : putOff(world, found);
  },
  audio: async (world, found) => {
    // At most 10 MB, looked through as a whole: a container says at its end what is in it as often as at its start.
    const whole = () => readPart(found.path, 0, found.bytes);
    if (await inTurn(async () => hasVideo(await whole(), found.media_type))) return 'file_is_video';
    return asItIs(world, 'audio', found);
  },
  pdf: async (world, found) => {
    const end = await readPart(found.path, Math.max(0, found.bytes - 65_536), 65_536);
    return end.includes('startxref') ? asItIs(world, 'pdf', found) : 'file_broken';
  },
};

const decoder = { limitInputPixels: pictureRules.max_pixels, failOn: 'error', sequentialRead: true } as const;
/** What the error of a picture means for whoever sent it; what is wrong with our own disk is thrown on. */
function meant(error: unknown): FileProblem {
  if (typeof (error as NodeJS.ErrnoException).code === 'string') throw error;
  return /pixel limit/i.test(String(error)) ? 'file_too_many_pixels' : 'file_broken';
}

/** What can be known of a picture without decoding it. */
async function lookInto(path: string): Promise<FileProblem | null> {
  try {
    const { width, height, isProgressive } = await sharp(path, { ...decoder, limitInputPixels: false }).metadata();
    const most = isProgressive ? pictureRules.max_pixels_in_passes : pictureRules.max_pixels;
    return width * height > most ? 'file_too_many_pixels' : null;
  } catch (error) {
    return meant(error);
  }
}

/** Writes a picture anew, and a small one beside it. */
export async function draw(
  { files_dir, clock }: Pick<World, 'files_dir' | 'clock'>,
  { path, name }: Pick<Found, 'path' | 'name'>,
): Promise<StoredFile | FileProblem> {
  const { side, thumb, quality } = pictureRules;
  try {
    const { hasAlpha } = await sharp(path, decoder).metadata();
    const media_type = hasAlpha ? 'image/webp' : 'image/jpeg';
    const upright = sharp(path, decoder).autoOrient().resize(side, side, { fit: 'inside', withoutEnlargement: true });
    const { data, info } = await (hasAlpha ? upright.webp({ quality }) : upright.jpeg({ quality })).toBuffer({
      resolveWithObject: true,
    });
    const small = await sharp(data)
      .resize(thumb, thumb, { fit: 'inside', withoutEnlargement: true })
      .webp({ quality: 70 })
      .toBuffer();
    const now = clock();
    const [sha256, thumb_sha256] = [await keepBytes(files_dir, data, now), await keepBytes(files_dir, small, now)];
    return {
      kind: 'image',
      media_type,
      name: nameFor(name, media_type),
      bytes: data.length,
      sha256,
      thumb_sha256,
      width: info.width,
      height: info.height,
      dhash: await differenceHash(data),
    };
  } catch (error) {
    return meant(error);
  }
}

async function putOff({ files_dir }: Pick<World, 'files_dir'>, { path, name, bytes, media_type }: Found): Promise<StoredFile> {
  const original = await keepOriginal(files_dir, path);
  const unknown = { sha256: null, thumb_sha256: null, width: null, height: null };
  return { kind: 'image', media_type, name: plainName(name), bytes, ...unknown, undrawn: 'waiting', original };
}

// A plain wall is not lighter on one side for what compression makes of it.
const faint = 4;
/**
 * What a picture shows, in 64 bits: each says whether a point of it in 9 × 8 is darker than the one to its right. Size, quality and small
 * changes leave all but a few of them as they are. When it was taken is not known: that went with everything else the camera wrote.
 */
export async function differenceHash(picture: Buffer): Promise<string> {
  const points = await sharp(picture).flatten().greyscale().resize(9, 8, { fit: 'fill' }).toFormat('raw').toBuffer();
  let bits = 0n;
  for (let row = 0; row < 8; row++)
    for (let column = 0; column < 8; column++)
      bits = (bits << 1n) | (points[row * 9 + column]! + faint < points[row * 9 + column + 1]! ? 1n : 0n);
  return bits.toString(16).padStart(16, '0');
}

async function asItIs(
  { files_dir, clock }: Pick<World, 'files_dir' | 'clock'>,
  kind: FileKind,
  { path, name, bytes, media_type }: Found,
): Promise<StoredFile> {
  const sha256 = await keepFile(files_dir, path, clock());
  return { kind, media_type, name: nameFor(name, media_type), bytes, sha256, thumb_sha256: null, width: null, height: null };
}

async function readPart(path: string, from: number, length: number): Promise<Buffer> {
  const handle: FileHandle = await open(path, 'r');
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, from).finally(() => handle.close());
  return buffer.subarray(0, bytesRead);
}
