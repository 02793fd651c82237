import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, utimes } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { newIncoming } from '../../core/incoming.ts';

/** Where content lies: files are named by what is in them, two folders deep. */
export const pathOf = (files_dir: string, sha256: string): string =>
  path.join(files_dir, sha256.slice(0, 2), sha256.slice(2, 4), sha256);

/** Where pictures lie as they were sent that are still to be written anew: by a random name, outside what can be served. */
export const undrawnDir = (files_dir: string): string => path.join(files_dir, 'undrawn');
export const originalPath = (files_dir: string, original: string): string => path.join(undrawnDir(files_dir), original);

/** Whether the content is there; its age then counts from now, so that the purge leaves it alone. */
export const touch = (files_dir: string, sha256: string, now: Date): Promise<boolean> =>
  isTouched(pathOf(files_dir, sha256), now);
/** The same of an original. */
export const touchOriginal = (files_dir: string, original: string, now: Date): Promise<boolean> =>
  isTouched(originalPath(files_dir, original), now);

const isTouched = (file: string, now: Date): Promise<boolean> =>
  utimes(file, now, now).then(
    () => true,
    () => false,
  );

/** Keeps bytes; the same bytes are kept once. When this returns they are on the disk, whole. */
export async function keepBytes(files_dir: string, bytes: Buffer, now: Date): Promise<string> {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (await touch(files_dir, sha256, now)) return sha256;
  const draft = await newIncoming(files_dir);
  try {
    const handle = await open(draft, 'wx', 0o600);
    await handle.writeFile(bytes).finally(() => handle.close());
    await moveIn(draft, pathOf(files_dir, sha256));
  } finally {
    await rm(draft, { force: true });
  }
  return sha256;
}

/** Keeps a file that has arrived, by moving it. */
export async function keepFile(files_dir: string, file: string, now: Date): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  const sha256 = hash.digest('hex');
  if (!(await touch(files_dir, sha256, now))) await moveIn(file, pathOf(files_dir, sha256));
  return sha256;
}

/** Keeps a picture as it was sent, by moving it; its name. When this returns it is on the disk, whole. */
export async function keepOriginal(files_dir: string, file: string): Promise<string> {
  const original = randomUUID();
  await moveIn(file, originalPath(files_dir, original));
  return original;
}

async function moveIn(file: string, to: string): Promise<void> {
  const folder = path.dirname(to);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await synced(file, 'r+');
  await rename(file, to);
  // The name survives a power cut only when its folder is written too; Windows cannot and need not open folders.
  await synced(folder, 'r').catch(() => undefined);
}

async function synced(file: string, flags: string): Promise<void> {
  const handle: FileHandle = await open(file, flags);
  await handle.sync().finally(() => handle.close());
}
