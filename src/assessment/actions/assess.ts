import { addMinutes } from '../../core/clock.ts';
import type { Db } from '../../core/db.ts';
import {
  countAnew,
  type Dirty,
  findFirstOpen,
  holdProgress,
  listAppealIds,
  listChanged,
  listFallenDue,
  refreshFacts,
  saveProgress,
  withCluster,
} from '../store/facts.ts';

// An act is told at the moment its request came in and is seen when it commits: a look goes back a little further.
const overlap_minutes = 15;
const batch = 10_000;

/**
 * Brings the counts of the open months up to now: of whatever has something new in its trail since the last look, and of what has fallen
 * due by itself. Nothing is written while people act, and nothing that did not change is read.
 */
export async function assess(db: Db, now: Date): Promise<{ appeals: number; counts: number }> {
  return db.transaction((trx) => assessWithin(trx, now));
}

export async function assessWithin(trx: Db, now: Date): Promise<{ appeals: number; counts: number }> {
  const seen = await holdProgress(trx);
  const first_open = await findFirstOpen(trx);
  const dirty = new Map<string, Dirty>();
  const add = (found: readonly Dirty[]) => {
    for (const one of found) dirty.set(`${one.period} ${one.unit_id}`, one);
  };
  let appeals = 0;
  if (seen === null) {
    for (let ids = await listAppealIds(trx, 0, batch); ids.length > 0; ids = await listAppealIds(trx, ids.at(-1)!, batch)) {
      add(await refreshFacts(trx, ids, first_open, now));
      appeals += ids.length;
    }
  } else {
    const ids = await withCluster(trx, await listChanged(trx, addMinutes(seen, -overlap_minutes), first_open));
    for (let at = 0; at < ids.length; at += batch) add(await refreshFacts(trx, ids.slice(at, at + batch), first_open, now));
    add(await listFallenDue(trx, addMinutes(seen, -overlap_minutes), first_open, now));
    appeals = ids.length;
  }
  await countAnew(trx, [...dirty.values()], 0, now);
  await saveProgress(trx, now);
  return { appeals, counts: dirty.size };
}

/** The same for single appeals, at once: after an exclusion has been confirmed. */
export async function assessAppeals(trx: Db, ids: readonly number[], now: Date): Promise<void> {
  await holdProgress(trx);
  const dirty = await refreshFacts(trx, await withCluster(trx, ids), await findFirstOpen(trx), now);
  await countAnew(trx, dirty, 0, now);
}
