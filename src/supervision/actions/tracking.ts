import { isEnded } from '../../appeals/rules.ts';
import { findAppeal, readableSql } from '../../appeals/store.ts';
import { dayOf } from '../../core/clock.ts';
import type { Db } from '../../core/db.ts';
import { conflict, forbidden, notFound, wrongFields } from '../../core/errors.ts';
import { openKeyTracking } from '../../orders/store/ladder.ts';
import { may } from '../../policy.ts';
import { type Changing, recordChange } from '../../trail/actions/change.ts';
import { findUnit } from '../../units/store.ts';
import { findTracked, holdTracked, insertNote, insertPromise, keepPromise, solveTracked } from '../store/tracking.ts';

/** Puts an appeal on the ledger by hand, with a reason. */
export async function track(db: Db, doing: Changing, number: string, note: string): Promise<void> {
  if (!may(doing.author, 'tracking.edit', { readable: true })) throw forbidden();
  await db.transaction(async (trx) => {
    const appeal = await findAppeal(trx, number, doing.author);
    if (!appeal) throw wrongFields({ number: 'not_found' });
    if (isEnded(appeal.status)) throw wrongFields({ number: 'ended_already' });
    const { person_id } = doing.author;
    if (!(await openKeyTracking(trx, appeal.id, 'by_hand', doing.now, { note, opened_by: person_id })))
      throw wrongFields({ number: 'tracked_already' });
    await recordChange(trx, doing, 'tracking.open', `tracking:${number}`, null, { number, note });
  });
}

/** What a unit promised at the meeting, until when, and who said so. */
export async function notePromise(
  db: Db,
  doing: Changing,
  item_id: number,
  given: { readonly unit_id: number; readonly promise: string; readonly promised_by: string; readonly due_on: string },
): Promise<void> {
  await onOpenItem(db, doing, item_id, async (trx) => {
    if (given.due_on < dayOf(doing.now)) throw wrongFields({ due_on: 'in_the_past' });
    if (!(await findUnit(trx, given.unit_id))) throw wrongFields({ unit_id: 'not_found' });
    const id = await insertPromise(trx, { item_id, ...given, noted_by: doing.author.person_id, noted_at: doing.now });
    await recordChange(trx, doing, 'tracking.promise', `tracking:${item_id}`, null, { promise_id: id, ...given });
  });
}

export async function markKept(db: Db, doing: Changing, item_id: number, promise_id: number): Promise<void> {
  await onOpenItem(db, doing, item_id, async (trx) => {
    if (!(await keepPromise(trx, item_id, promise_id, doing.author.person_id, doing.now))) throw notFound();
    await recordChange(trx, doing, 'tracking.kept', `tracking:${item_id}`, null, { promise_id });
  });
}

export async function noteMeeting(
  db: Db,
  doing: Changing,
  item_id: number,
  given: { readonly met_on: string; readonly note: string },
): Promise<void> {
  await onOpenItem(db, doing, item_id, async (trx) => {
    if (given.met_on > dayOf(doing.now)) throw wrongFields({ met_on: 'in_the_future' });
    await insertNote(trx, { item_id, ...given, noted_by: doing.author.person_id, noted_at: doing.now });
    await recordChange(trx, doing, 'tracking.note', `tracking:${item_id}`, null, given);
  });
}

/** Takes it off the ledger before its appeal ends, with a reason. */
export async function solve(db: Db, doing: Changing, item_id: number, reason: string): Promise<void> {
  await onOpenItem(db, doing, item_id, async (trx) => {
    const { person_id } = doing.author;
    await solveTracked(trx, item_id, { solved_at: doing.now, solved_by: person_id, solved_for: reason });
    await recordChange(trx, doing, 'tracking.solve', `tracking:${item_id}`, null, { reason });
  });
}

async function onOpenItem(db: Db, doing: Changing, id: number, work: (trx: Db) => Promise<void>): Promise<void> {
  if (!may(doing.author, 'tracking.edit', { readable: true })) throw forbidden();
  await db.transaction(async (trx) => {
    if (!(await findTracked(trx, id, doing.author, readableSql, dayOf(doing.now)))) throw notFound();
    const item = await holdTracked(trx, id);
    if (item?.solved_at !== null) throw conflict('solved_already');
    await work(trx);
  });
}
