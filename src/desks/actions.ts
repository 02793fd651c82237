import { dayOf } from '../core/clock.ts';
import type { Db } from '../core/db.ts';
import type { Actor } from '../people/rules.ts';
import { mayEver, readsEverything } from '../policy.ts';
import { countWaiting } from '../whistles/store/lists.ts';
import { type Desk, deskNames, deskPermission, type Tab } from './rules.ts';
import { countSince } from './store/ledger.ts';
import { countQueues } from './store/queue.ts';

/** Which tabs of a desk count as waiting work, and which of them is hot. */
const badges: Record<Desk, { readonly tabs: readonly Tab[]; readonly hot?: Tab }> = {
  review: { tabs: ['pending_review'] },
  dispatch: { tabs: ['pending_dispatch', 'returns'], hot: 'returns' },
  handling: { tabs: ['pending_ack', 'in_progress'] },
  approval: { tabs: ['awaiting_approval'] },
  callback: { tabs: ['pending_callback'] },
  supervision: { tabs: ['overdue', 'countersign'], hot: 'overdue' },
};

export interface Waiting {
  readonly desks: Partial<Record<Desk | 'whistles', { readonly count: number; readonly hot: boolean }>>;
  readonly today: number | null;
  readonly overdue: number | null;
}

const held = new WeakMap<Db, Map<string, { until: number; waiting: Promise<Waiting> }>>();
const hold_ms = 10_000;

/** What waits behind the menu of this post at this unit, from the partial indexes alone; counted at most every 10 seconds unless asked for `afresh`. */
export function waitingFor(db: Db, actor: Actor, now: Date, how: 'held' | 'afresh' = 'held'): Promise<Waiting> {
  const known = held.get(db) ?? new Map();
  held.set(db, known);
  const key = `${actor.post}:${actor.unit_id}:${actor.post === 'dispatch_officer' ? actor.person_id : ''}`;
  const kept = known.get(key);
  if (how === 'held' && kept && kept.until > performance.now()) return kept.waiting;
  const waiting = count(db, actor, now);
  known.set(key, { until: performance.now() + hold_ms, waiting });
  waiting.catch(() => known.delete(key));
  return waiting;
}

async function count(db: Db, actor: Actor, now: Date): Promise<Waiting> {
  const mine = deskNames.filter((one) => mayEver(actor, deskPermission(one)));
  const all = readsEverything(actor);
  const tabs = new Set<Tab>([...mine.flatMap((desk) => badges[desk].tabs), ...(all ? (['overdue'] as const) : [])]);
  const calls = mayEver(actor, 'whistle.check_in') || mayEver(actor, 'whistle.rate');
  const [found, today, whistles] = await Promise.all([
    tabs.size > 0 ? countQueues(db, [...tabs], actor, now) : null,
    all ? countSince(db, dayOf(now)) : null,
    calls ? countWaiting(db, actor, now) : null,
  ]);
  const of = (tab: Tab) => found?.[tab] ?? 0;
  const desks = Object.fromEntries(
    mine.map((desk) => [
      desk,
      {
        count: badges[desk].tabs.reduce((sum, tab) => sum + of(tab), 0),
        hot: badges[desk].hot !== undefined && of(badges[desk].hot) > 0,
      },
    ]),
  );
  return { desks: { ...desks, ...(whistles && { whistles }) }, today, overdue: all ? of('overdue') : null };
}
