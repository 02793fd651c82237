import { firstArrival } from '../../appeals/actions/case.ts';
import { rulebookWithin } from '../../catalog/actions.ts';
import type { Rulebook } from '../../catalog/rules.ts';
import { dayOf } from '../../core/clock.ts';
import type { Db } from '../../core/db.ts';
import { conflict, forbidden, notFound } from '../../core/errors.ts';
import type { Notice, StaffEvent } from '../../messages/rules.ts';
import { insertNotices } from '../../messages/store.ts';
import type { Actor, Post } from '../../people/rules.ts';
import { may } from '../../policy.ts';
import type { TrailEntry } from '../../trail/rules.ts';
import { recordTrail } from '../../trail/store.ts';
import { type Act, actRule, canFollow, statusAfter } from '../rules.ts';
import { type CalledRow, changeWhistle, type HeldWhistle, holdWhistle, listCalled, type WhistleRow } from '../store.ts';

export interface Doing {
  /** Somebody in a post, or the product by the clock. */
  readonly author: Actor | 'system';
  readonly now: Date;
  /** One per form shown: a second arrival of the same form has no second effect. */
  readonly once?: string | undefined;
}

/** One whistle under lock, and what an act is about to write of it. */
export interface Held {
  readonly trx: Db;
  readonly author: Actor | 'system';
  readonly now: Date;
  readonly book: Rulebook;
  whistle: HeldWhistle;
  called: CalledRow[];
  changes: Partial<WhistleRow>;
  readonly entries: TrailEntry[];
  readonly notices: Notice[];
}

/** Runs `work` on the locked whistle and writes its row, trail and messages in one transaction, or none. */
export async function withWhistle(db: Db, doing: Doing, id: number, work: (held: Held) => Promise<void>): Promise<void> {
  await db.transaction(async (trx) => {
    const book = await rulebookWithin(trx, db);
    if (!(await firstArrival(trx, doing))) return;
    const actor = doing.author === 'system' ? null : doing.author;
    const whistle = await holdWhistle(trx, id, actor);
    if (!whistle || (actor && !may(actor, 'whistle.read', { readable: true }))) throw notFound();
    const held = holding(trx, book, doing, whistle, await listCalled(trx, id));
    await work(held);
    await save(held);
  });
}

export function holding(trx: Db, book: Rulebook, { author, now }: Doing, whistle: HeldWhistle, called: CalledRow[]): Held {
  return { trx, author, now, book, whistle, called, changes: {}, entries: [], notices: [] };
}

export async function save({ trx, author, now, whistle, changes, entries, notices }: Held): Promise<void> {
  const head = await recordTrail(trx, 'whistle', whistle.id, { seq: whistle.trail_seq, hash: whistle.trail_hash }, entries);
  await changeWhistle(trx, whistle.id, { ...changes, trail_seq: head.seq, trail_hash: head.hash });
  await insertNotices(trx, null, notices, author === 'system' ? null : author.person_id, now, dayOf(now));
}

/** The only way a whistle's status changes: permitted, lawful from where it stands, and recorded. */
export function move(held: Held, act: Act, input: object, changes: Partial<WhistleRow> = {}): void {
  const { author, now, whistle, called } = held;
  const system = actRule(act).by === 'system';
  if (author !== 'system') {
    const standing = { caller_unit_id: whistle.unit_id, called_unit_ids: called.map(({ unit_id }) => unit_id) };
    if (!system && !may(author, `whistle.${act}`, standing)) throw forbidden();
  } else if (!system) throw forbidden();
  if (!canFollow(whistle.status, act)) throw conflict('moved_on', { status: whistle.status });
  const to = statusAfter(whistle.status, act);
  held.entries.push({
    act,
    from_status: whistle.status,
    to_status: to,
    work_order_id: null,
    ...(system || author === 'system'
      ? { person_id: null, post: 'system', unit_id: null }
      : { person_id: author.person_id, post: author.post, unit_id: author.unit_id }),
    happened_at: now,
    input,
  });
  held.changes = { ...held.changes, ...changes, status: to };
  held.whistle = { ...held.whistle, ...changes, status: to };
}

/** The called unit the author acts for. */
export function ownCalled({ author, called }: Held): CalledRow {
  const own = author === 'system' ? undefined : called.find(({ unit_id }) => unit_id === author.unit_id);
  if (!own) throw forbidden();
  return own;
}

export const atCalled = ['town_clerk', 'town_leader', 'department_clerk', 'department_leader'] as const satisfies readonly Post[];
export const atCaller = [
  'community_clerk',
  'community_secretary',
  'town_clerk',
  'town_leader',
] as const satisfies readonly Post[];

export function tell(held: Held, event: StaffEvent, unit_ids: readonly number[], posts: readonly Post[]): void {
  for (const unit_id of unit_ids) held.notices.push({ event, unit_id, posts, work_order_id: null, whistle_id: held.whistle.id });
}
export const calledUnits = ({ called }: Held): number[] => called.map(({ unit_id }) => unit_id);
