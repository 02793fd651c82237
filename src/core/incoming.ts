import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';

/** Where files lie while they arrive and are looked at; on the disk of the store, so that keeping one is a rename. */
export const incomingDir = (files_dir: string): string => path.join(files_dir, 'incoming');

/** A path nobody uses yet. */
export async function newIncoming(files_dir: string): Promise<string> {
  const folder = incomingDir(files_dir);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return path.join(folder, randomUUID());
}

/** The disk, or our share of it, is full. */
export const isDiskFull = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(String((error as { code?: unknown })?.code));
