import { opendir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { incomingDir } from '../../core/incoming.ts';
import type { World } from '../../core/world.ts';
import { listAttached, listWaiting } from '../store.ts';
import { undrawnDir } from './vault.ts';

const incoming_ms = 24 * 3_600_000;
const unattached_ms = 7 * 24 * 3_600_000;
const at_once = 500;

/** Removes what arrived and was looked at or attached by nobody for a day, and contents that nothing has been attached by for a week. */
export async function purgeFiles(world: World, now: Date): Promise<{ incoming: number; unattached: number }> {
  const originals = await listOlder(undrawnDir(world.files_dir), now.getTime() - incoming_ms);
  const waiting = await listWaiting(
    world.db,
    originals.map((file) => path.basename(file)),
  );
  const left = [
    ...(await listOlder(incomingDir(world.files_dir), now.getTime() - incoming_ms)),
    ...originals.filter((file) => !waiting.has(path.basename(file))),
  ];
  for (const file of left) await rm(file, { force: true });

  let unattached = 0;
  for (const folder of await listFolders(world.files_dir)) {
    for (const below of await listFolders(folder)) {
      const old = await listOlder(below, now.getTime() - unattached_ms);
      for (let from = 0; from < old.length; from += at_once)
        unattached += await removeUnattached(world, old.slice(from, from + at_once), now);
    }
  }
  return { incoming: left.length, unattached };
}

async function removeUnattached({ db }: World, files: readonly string[], now: Date): Promise<number> {
  const attached = await listAttached(
    db,
    files.map((file) => path.basename(file)),
  );
  let removed = 0;
  for (const file of files.filter((one) => !attached.has(path.basename(one)))) {
    // Somebody may have sent the same content again since the folder was read; that made it young.
    if (!(await isOlder(file, now.getTime() - unattached_ms))) continue;
    await rm(file, { force: true });
    removed += 1;
  }
  return removed;
}

async function listFolders(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const entry of await opendir(folder))
    if (entry.isDirectory() && /^[0-9a-f]{2}$/.test(entry.name)) names.push(path.join(folder, entry.name));
  return names.sort();
}

async function listOlder(folder: string, than_ms: number): Promise<string[]> {
  const old: string[] = [];
  const entries = await opendir(folder).catch(() => null);
  if (entries === null) return old;
  for await (const entry of entries) {
    const file = path.join(folder, entry.name);
    if (entry.isFile() && (await isOlder(file, than_ms))) old.push(file);
  }
  return old;
}

const isOlder = async (file: string, than_ms: number): Promise<boolean> => {
  const found = await stat(file).catch(() => null);
  return found !== null && found.mtimeMs < than_ms;
};
