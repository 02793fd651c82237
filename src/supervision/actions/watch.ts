import { rulebook } from '../../catalog/actions.ts';
import { type ClockKind, clockKinds } from '../../clocks/rules.ts';
import { dayOf, minuteOfDay } from '../../core/clock.ts';
import type { Db } from '../../core/db.ts';
import { unitKinds } from '../../units/rules.ts';
import { cardTimes, isQuiet, toldPosts } from '../rules.ts';
import { issueDue, listUnplanned, savePlans, type ToldPosts, tellCards } from '../store/cards.ts';

export const batch_size = 1000;
// A batch holds rows of the plan alone, which no act waits for; fewer batches look up fewer times what is due first.
const issued_at_once = 5000;

const told: readonly ToldPosts[] = clockKinds.flatMap((kind: ClockKind) =>
  unitKinds.map((unit_kind) => ({ kind, unit_kind, posts: toldPosts(kind, unit_kind) })),
);

/**
 * Reminder, yellow card and red card of every running clock, each once for its due time, and a word to those whose time it is. Small
 * batches that stand by themselves: it may be stopped anywhere, repeated, and run by several at once.
 */
export async function watchClocks(db: Db, now: Date): Promise<{ planned: number; issued: number; told: number }> {
  const { calendar, parameters } = await rulebook(db);
  let planned = 0;
  for (let after = 0; ; ) {
    const clocks = await listUnplanned(db, after, batch_size);
    await savePlans(
      db,
      clocks.map(({ id, started_at, due_at, limit_value, limit_unit, paused_spans, moved }) => {
        const went_on = paused_spans.at(-1)?.to;
        const from = moved ? now : went_on === undefined ? started_at : new Date(went_on);
        return { clock_id: id, due_at, ...cardTimes(calendar, { value: limit_value, unit: limit_unit }, from, due_at) };
      }),
    );
    planned += clocks.length;
    if (clocks.length < batch_size) break;
    after = clocks.at(-1)!.id;
  }
  let issued = 0;
  for (;;) {
    const batch = await issueDue(db, now, issued_at_once);
    issued += batch.issued;
    if (batch.looked_at < issued_at_once) break;
  }
  const quiet = isQuiet(parameters['cards.quiet_from'], parameters['cards.quiet_until'], minuteOfDay(now));
  return { planned, issued, told: await tellCards(db, told, quiet, now, dayOf(now)) };
}
