import { rulebookWithin } from '../../catalog/actions.ts';
import type { Rulebook } from '../../catalog/rules.ts';
import { type ClockKind, resumeClock, startClock, type TimedClock } from '../../clocks/rules.ts';
import {
  type ClockToStart,
  type ClockToStop,
  changeClock,
  findRunningClock,
  insertClocks,
  stopClocks,
} from '../../clocks/store.ts';
import { dayOf } from '../../core/clock.ts';
import type { Db } from '../../core/db.ts';
import { conflict, forbidden, notFound } from '../../core/errors.ts';
import { insertAttachments, type Purpose, type StoredFile } from '../../files/store.ts';
import { type AppellantEvent, asksEvaluation, type Notice } from '../../messages/rules.ts';
import { insertNotices, insertOutbox } from '../../messages/store.ts';
import type { Actor } from '../../people/rules.ts';
import { may, type Permission, type Standing } from '../../policy.ts';
import type { TrailEntry, TrailPost } from '../../trail/rules.ts';
import { recordTrail } from '../../trail/store.ts';
import { type AppealAct, actRule, appellantActs, canFollow, clockOf, type Status, statusAfter } from '../rules.ts';
import {
  type AppealRow,
  changeAppealRow,
  claimSubmission,
  findSubmission,
  type HeldAppeal,
  holdAppeal,
  recordSubmission,
} from '../store.ts';

/** Who acts: somebody in a post, the appellant on his own page, or a job. */
export type Author = Actor | 'appellant' | 'system';

/**
 * One appeal under lock, and everything an act is about to write. Acts change it in memory; `withAppeal` writes appeal, trail, clocks
 * and messages together at the end, in the transaction that holds the lock.
 */
export interface Case {
  readonly trx: Db;
  readonly author: Author;
  readonly now: Date;
  readonly book: Rulebook;
  appeal: HeldAppeal;
  changes: Partial<AppealRow>;
  readonly entries: TrailEntry[];
  readonly stops: ClockToStop[];
  readonly starts: ClockToStart[];
  readonly notices: Notice[];
  readonly told: { event: AppellantEvent; params: object }[];
}

export interface Doing {
  readonly author: Author;
  readonly now: Date;
  /** One per form shown: a second arrival of the same form has no second effect. */
  readonly once?: string | undefined;
}

/** Runs `work` on the locked appeal and writes all of its effects in one transaction, or none. */
export async function withAppeal(db: Db, doing: Doing, number: string, work: (held: Case) => Promise<void>): Promise<void> {
  await db.transaction(async (trx) => {
    const book = await rulebookWithin(trx, db);
    if (!(await firstArrival(trx, doing))) return;
    const held = await openCase(trx, book, doing, number);
    await work(held);
    await saveCase(held);
  });
}

/** False for the second arrival of a form, which then has nothing left to do. */
export async function firstArrival(trx: Db, doing: Doing): Promise<boolean> {
  const person_id = typeof doing.author === 'object' ? doing.author.person_id : null;
  return doing.once === undefined || claimSubmission(trx, doing.once, person_id, doing.now);
}

export async function openCase(trx: Db, book: Rulebook, doing: Doing, number: string): Promise<Case> {
  const appeal = await holdAppeal(trx, number, typeof doing.author === 'object' ? doing.author : null);
  if (!appeal?.readable) throw notFound();
  return newCase(trx, book, doing, appeal);
}

export function newCase(trx: Db, book: Rulebook, { author, now }: Doing, appeal: HeldAppeal): Case {
  return { trx, author, now, book, appeal, changes: {}, entries: [], stops: [], starts: [], notices: [], told: [] };
}

export async function saveCase(held: Case): Promise<void> {
  const { trx, appeal, now } = held;
  const head = await recordTrail(trx, 'appeal', appeal.id, { seq: appeal.trail_seq, hash: appeal.trail_hash }, held.entries);
  await changeAppealRow(trx, appeal.id, {
    ...held.changes,
    trail_seq: head.seq,
    trail_hash: head.hash,
    version: appeal.version + 1,
  });
  await stopClocks(trx, appeal.id, held.stops, now);
  await insertClocks(trx, appeal.id, held.starts);
  const acting = typeof held.author === 'object' ? held.author.person_id : null;
  await insertNotices(trx, appeal.id, held.notices, acting, now, dayOf(now));
  const told = held.told.map((one) =>
    asksEvaluation(one.event) ? { ...one, params: { ...one.params, round: appeal.round } } : one,
  );
  await insertOutbox(trx, appeal.id, appeal.appellant_id, told, now);
}

export function changeCase(held: Case, changes: Partial<AppealRow>): void {
  held.changes = { ...held.changes, ...changes };
  held.appeal = { ...held.appeal, ...changes };
}

/** Refuses what the policy does not grant; the product itself and the appellant on his own page are not people in posts. */
export function mustMay(held: Case, permission: Permission, standing: Standing = {}): void {
  const { readable, lead_unit_id } = held.appeal;
  if (typeof held.author === 'object' && !may(held.author, permission, { readable, holder_unit_id: lead_unit_id, ...standing }))
    throw forbidden();
}

/** One row of the trail, in the author's name or the product's own. */
export function note(
  held: Case,
  entry: Pick<TrailEntry, 'act' | 'from_status' | 'to_status' | 'work_order_id' | 'input'>,
  system = false,
): void {
  const author = system ? 'system' : held.author;
  const who: { person_id: number | null; post: TrailPost; unit_id: number | null } =
    typeof author === 'object'
      ? { person_id: author.person_id, post: author.post, unit_id: author.unit_id }
      : { person_id: null, post: author, unit_id: null };
  held.entries.push({ ...entry, ...who, happened_at: held.now });
}

/** The only way an appeal's status changes: permitted, lawful from where it stands, its clocks turned over, and recorded. */
export async function moveAppeal(held: Case, act: AppealAct, input: object, changes: Partial<AppealRow> = {}): Promise<void> {
  const from = held.appeal.status;
  const rule = actRule(act);
  if (!rule.system) mustMay(held, `appeal.${act}`);
  if (held.author === 'appellant' && !rule.system && !appellantActs.includes(act)) throw forbidden();
  if (!canFollow(from, act)) throw conflict('moved_on', { status: from });
  const to = statusAfter(from, act);
  changeCase(held, changes);
  if (to !== from) await turnClocks(held, from, to);
  changeCase(held, { status: to });
  note(held, { act, from_status: from, to_status: to, work_order_id: null, input }, rule.system);
}

/** Stops a clock when the case is saved, be it one that this very case starts: an answer in the same breath as the call. */
export function stopClock(held: Case, work_order_id: number | null, kind: ClockKind): void {
  const started = held.starts.findIndex((clock) => clock.work_order_id === work_order_id && clock.kind === kind);
  if (started < 0) held.stops.push({ work_order_id, kind });
  else held.starts[started] = { ...held.starts[started]!, stopped_at: held.now };
}

async function turnClocks(held: Case, from: Status, to: Status): Promise<void> {
  const { appeal, trx, book, now } = held;
  const before = clockOf[from];
  const after = clockOf[to];
  if (before && after && before.kind === after.kind) {
    const clock = await findRunningClock(trx, appeal.id, null, before.kind);
    if (!clock) return;
    if (after.paused) {
      await changeClock(trx, clock.id, { paused_at: now });
      changeCase(held, { step_due_at: null });
    } else if (clock.paused_at) {
      const resumed = resumeClock(book.calendar, clock, clock.paused_at, now);
      await changeClock(trx, clock.id, { ...resumed, paused_at: null });
      changeCase(held, { step_due_at: resumed.due_at });
    }
    return;
  }
  if (before) stopClock(held, null, before.kind);
  if (after) {
    const clock = startClock(after.kind as TimedClock, book, appeal, now);
    held.starts.push({ ...clock, work_order_id: null });
    changeCase(held, { step_due_at: clock.due_at });
  } else changeCase(held, { step_due_at: null });
}

export { findSubmission, recordSubmission };

/** Attaches files to the act noted last. */
export async function attach(held: Case, files: readonly StoredFile[], purpose: Purpose): Promise<void> {
  await insertAttachments(held.trx, files, {
    appeal_id: held.appeal.id,
    trail_seq: held.appeal.trail_seq + held.entries.length,
    purpose,
    uploaded_by: typeof held.author === 'object' ? held.author.person_id : null,
    uploaded_at: held.now,
  });
}
