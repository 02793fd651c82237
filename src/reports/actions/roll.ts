import type { Db } from '../../core/db.ts';
import { followedSince, holdRolled, listTouched, rollAll, rollSome, saveRolled } from '../store/cells.ts';

const batch = 2000;

/** Brings the cells of the reports up to now: only what has something new in its trail since the last look is counted again. */
export async function rollUp(db: Db, now: Date): Promise<{ appeals: number }> {
  return db.transaction(async (trx) => {
    const rolled = await holdRolled(trx);
    let appeals: number;
    if (rolled === null) appeals = await rollAll(trx);
    else {
      const ids = await listTouched(trx, await followedSince(trx));
      for (let at = 0; at < ids.length; at += batch) await rollSome(trx, ids.slice(at, at + batch));
      appeals = ids.length;
    }
    await saveRolled(trx, now);
    return { appeals };
  });
}
