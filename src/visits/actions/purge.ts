import { rulebook } from '../../catalog/actions.ts';
import { addMinutes, dayOf, startOfDay } from '../../core/clock.ts';
import type { Db } from '../../core/db.ts';
import { forgetPositions } from '../store/visits.ts';
import { forgetWatch } from '../store/watch.ts';

/** The moment before which something kept for that many days is over. */
const daysAgo = (now: Date, days: number): Date => addMinutes(startOfDay(dayOf(now)), -days * 1440);

/**
 * Takes away what has been kept long enough, by the city's parameters: positions of check-ins, records of discontent, and what was said of
 * health in records that are closed. May be repeated.
 */
export async function purgeVisits(db: Db, now: Date): Promise<{ positions: number; discontent: number; health: number }> {
  const { parameters } = await rulebook(db);
  const positions = await forgetPositions(db, daysAgo(now, parameters['visits.position_days']));
  const watch = await forgetWatch(
    db,
    daysAgo(now, parameters['watch.discontent_days']),
    daysAgo(now, parameters['watch.health_days']),
  );
  return { positions, ...watch };
}
