import { rulebook } from '../../catalog/actions.ts';
import { closeOfNthWorkingDay } from '../../core/calendar.ts';
import type { Db } from '../../core/db.ts';
import { getOrder, withOrders } from '../../orders/actions/case.ts';
import { superviseByRule } from '../../orders/actions/on_ladder.ts';
import { type Automatic, automatic, three } from '../rules.ts';
import { endTracking, holds, listCandidates, trackByRules } from '../store/ladder.ts';

const most_a_run = 500;

/**
 * Climbs the ladder where its rules say so, one appeal at a time under its lock, and keeps the ledger of key tracking in step. One that
 * cannot be done keeps no other back.
 */
export async function climbLadder(db: Db, now: Date): Promise<{ supervised: number; tracked: number; solved: number }> {
  let supervised = 0;
  const failed: string[] = [];
  for (const rule of Object.keys(automatic) as Automatic[]) {
    for (const { number, work_order_id } of await listCandidates(db, rule, now, three, most_a_run)) {
      try {
        await withOrders(db, { author: 'system', now }, number, async (held) => {
          if (!(await holds(held.trx, rule, work_order_id, now, three))) return;
          await superviseByRule(held, getOrder(held, work_order_id), rule, automatic[rule].rung === 'listed');
          supervised++;
        });
      } catch (error) {
        failed.push(`${number}: ${error instanceof Error ? error.message : error}`);
      }
    }
  }
  const { calendar, parameters } = await rulebook(db);
  const received_before = closeOfNthWorkingDay(calendar, now, -parameters['key_tracking.open_days']).due_at;
  const tracked = await trackByRules(db, received_before, three, now);
  const solved = await endTracking(db, now);
  if (failed.length > 0) throw new Error(`${supervised} done, ${failed.length} not: ${failed.slice(0, 5).join('; ')}`);
  return { supervised, tracked, solved };
}
