import { addMinutes } from '../../core/clock.ts';
import type { Db } from '../../core/db.ts';
import { removeSubmissions } from '../store.ts';

const kept_minutes = 7 * 1440;

/** A job: keys of forms that nobody will send a second time any more. */
export async function purgeSubmissions(db: Db, now: Date): Promise<number> {
  return removeSubmissions(db, addMinutes(now, -kept_minutes));
}
