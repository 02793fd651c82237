import type { Db } from '../core/db.ts';
import { dayOf } from '../core/clock.ts';
import type { Actor } from '../people/rules.ts';
import { mayEver, readsEverything } from '../policy.ts';
import { type Desk, deskNames, deskPermission, type Tab } from './rules.ts';
import { countQueue } from './store/queue.ts';
import { countSince } from './store/ledger.ts';

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
  readonly desks: Partial<Record<Desk, { readonly count: number; readonly hot: boolean }>>;
  readonly today: number | null;
  readonly overdue: number | null;
}

const held = new WeakMap<Db, Map<string, { until: number; waiting: Promise<Waiting> }>>();
const hold_ms = 10_000;

/** What waits behind the menu of this post at this unit, from the partial indexes alone; counted at most every 10 seconds. */
export function waitingFor(db: Db, actor: Actor, now: Date): Promise<Waiting> {
  const known = held.get(db) ?? new Map();
  held.set(db, known);
  const key = `${actor.post}:${actor.unit_id}:${actor.post === 'dispatch_officer' ? actor.person_id : ''}`;
  const kept = known.get(key);
  if (kept && kept.until > performance.now()) return kept.waiting;
  const waiting = count(db, actor, now);
  known.set(key, { until: performance.now() + hold_ms, waiting });
  waiting.catch(() => known.delete(key));
  return waiting;
}

async function count(db: Db, actor: Actor, now: Date): Promise<Waiting> {
  const desks: Waiting['desks'] = {};
  for (const desk of deskNames.filter((one) => mayEver(actor, deskPermission(one)))) {
    const { tabs, hot } = badges[desk];
    const found: number[] = [];
    for (const tab of tabs) found.push(await countQueue(db, tab, actor, now));
    desks[desk] = { count: found.reduce((sum, n) => sum + n, 0), hot: hot !== undefined && (found[tabs.indexOf(hot)] ?? 0) > 0 };
  }
  if (!readsEverything(actor)) return { desks, today: null, overdue: null };
  return { desks, today: await countSince(db, dayOf(now)), overdue: await countQueue(db, 'overdue', actor, now) };
}
