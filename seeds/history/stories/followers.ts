/** Appeals of others about the same matter. */
import { takesOthers } from '../../../src/appeals/rules.ts';
import { moveAppeal, openCase } from '../engine/appeal.ts';
import { type Case, type Given, note } from '../engine/case.ts';
import { daysLater, type Process, spawn } from '../simulate.ts';
import { registrar, shelve } from './arrival.ts';
import { dispatched, readSoon } from './review.ts';
import { atCity, type Telling } from './telling.ts';

/** Registers an appeal about a matter that is already on its way, and merges it there. */
export function* follow(told: Telling, target: Case, given: Given, keep: (c: Case) => void): Process {
  const who = registrar(told, given);
  const c = openCase(told.book, given, 'pending_review', who, told.now);
  keep(c);
  spawn(told, shelve(told, c), daysLater(told.now, 30));
  yield readSoon(told, c);
  if (!takesOthers(target.status)) {
    spawn(told, dispatched(told, c), told.now, () => c.status === 'pending_review' || c.status === 'pending_dispatch');
    return;
  }
  const officer = atCity(told, 'review_officer');
  moveAppeal(c, 'merge', officer, told.now, { target: target.number }, { merged_into_id: target.id });
  note(target, told.now, officer, {
    act: 'merged_here',
    from_status: target.status,
    to_status: target.status,
    work_order_id: null,
    input: { number: c.number },
  });
  target.followers.push(c);
}
