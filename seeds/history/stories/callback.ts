/** How it ends with the appellant. */
import type { Level } from '../../../src/appeals/rules.ts';
import { dueAt } from '../../../src/core/calendar.ts';
import { isOpen } from '../../../src/orders/rules.ts';
import * as said from '../../texts/handling.ts';
import { moveAppeal, rate } from '../engine/appeal.ts';
import { appellant, type Case, note, system, type Who } from '../engine/case.ts';
import { running, stopPromises } from '../engine/clocks.ts';
import { closeFollowers, finishIfDone, reworkFollowers } from '../engine/followers.ts';
import { moveOrder } from '../engine/order.ts';
import { awake, daysLater, nextOffice, nightAfter, type Process, plus, spawn, within } from '../simulate.ts';
import { officeOf, progress, report } from './handling.ts';
import { broughtUpAgain } from './review.ts';
import { approverOf, atCity, jobs, type Row, type Telling, text } from './telling.ts';

export const endings: readonly Row<[]>[] = [
  { name: 'by phone', weight: 68, when: (_, c) => c.caller !== null, play: ratedByPhone },
  { name: 'on the page', weight: 12, play: ratedOnThePage },
  { name: 'never reached', weight: 12, play: (told, c) => closeUnreached(told, c, told.now) },
  { name: 'unhappy once', weight: 0, when: (_, c) => c.caller !== null, play: unhappyOnce },
  { name: 'unhappy twice', weight: 0, when: (_, c) => c.caller !== null, play: unhappyTwice },
  { name: 'brought up again', weight: 0.5, when: (_, c) => c.caller !== null, play: againLater },
];

/** The callback officer's hours are the office's; the limit is two working days. */
function callAt(told: Telling, c: Case): Date {
  const due =
    running(c, null, 'callback')?.due_at ?? dueAt(told.calendar, told.now, told.book.parameters['limit.callback']).due_at;
  return within(told, due, { office: true, on_time: 0.96, low: 0.05, high: 0.9 });
}

function* unanswered(told: Telling, c: Case, tries: number): Process {
  for (let n = 0; n < tries; n++) {
    yield n === 1 ? nextOffice(told, daysLater(told.now, 1), 200) : callAt(told, c);
    const callback_outcome = told.random.chance(0.85) ? 'no_answer' : told.random.chance(0.7) ? 'later' : 'refused';
    const remark = text(told, said.callbackNotes[callback_outcome]);
    const who = atCity(told, 'callback_officer');
    moveAppeal(c, 'attempt', who, told.now, { callback_outcome, remark });
    c.callbacks.push({ round: c.round, called_by: who.person_id!, called_at: told.now, outcome: callback_outcome, note: remark });
  }
}

const happyLevel = (told: Telling): Level => (told.random.chance(0.87) ? 'satisfied' : 'basic');

export function close(told: Telling, c: Case, who: Who, level: Level, solved: boolean, remark: string): void {
  moveAppeal(
    c,
    'close',
    who,
    told.now,
    { level, contacted: true, solved, ...(remark !== '' && { remark }) },
    { closed_at: told.now },
  );
  if (solved) stopPromises(c, told.now);
  closeFollowers(c, told.now);
}

export function* ratedByPhone(told: Telling, c: Case): Process {
  if (told.random.chance(0.16)) yield* unanswered(told, c, 1);
  yield callAt(told, c);
  const level = happyLevel(told);
  const solved = level === 'satisfied' || told.random.chance(0.9);
  const remark = text(told, said.callbackNotes[level]);
  const who = atCity(told, 'callback_officer');
  yield* askFollowers(told, c);
  rate(c, who, told.now, level, true, solved, remark);
  close(told, c, who, level, solved, remark);
}

export function* ratedOnThePage(told: Telling, c: Case): Process {
  yield awake(told, plus(told.now, told.random.between(20, 2200)), daysLater(told.now, 3));
  const level = happyLevel(told);
  const solved = level === 'satisfied' || told.random.chance(0.85);
  const remark = told.random.chance(0.4) ? text(told, said.callbackNotes[level]) : '';
  rate(c, appellant, told.now, level, true, solved, remark);
  moveAppeal(c, 'rate', appellant, told.now, { level, contacted: true, solved, ...(remark !== '' && { remark }) });
  if (told.random.chance(0.3)) {
    yield nightAfter(c.finished_at!, told.book.parameters['callback.self_evaluation_days'], jobs.close);
    moveAppeal(c, 'close_unreached', system, told.now, {}, { closed_at: told.now });
    closeFollowers(c, told.now);
  } else {
    yield callAt(told, c);
    close(told, c, atCity(told, 'callback_officer'), level, solved, '');
  }
}

/** Seven days and three recorded attempts on two days; without a number only the code page, and seven days. */
export function* closeUnreached(told: Telling, c: Case, since: Date): Process {
  if (c.caller && c.emergency_line === null) yield* unanswered(told, c, told.book.parameters['callback.attempts']);
  const at = nightAfter(since, told.book.parameters['callback.self_evaluation_days'], jobs.close);
  yield at > told.now ? at : nightAfter(told.now, 0, jobs.close);
  moveAppeal(c, 'close_unreached', system, told.now, {}, { closed_at: told.now });
  closeFollowers(c, told.now);
}

/** A dissatisfied appellant: the lead goes back to work for another round. */
function* dissatisfied(told: Telling, c: Case): Process {
  yield callAt(told, c);
  const who = told.random.chance(0.75) ? atCity(told, 'callback_officer') : appellant;
  const reason = text(told, said.callbackNotes.dissatisfied);
  const contacted = told.random.chance(0.85);
  rate(c, who, told.now, 'dissatisfied', contacted, false, reason);
  if (who === appellant)
    moveAppeal(c, 'rate', who, told.now, { level: 'dissatisfied', contacted, solved: false, remark: reason });
  const lead = c.orders.findLast((order) => order.role === 'lead' && order.status === 'accepted')!;
  const round = c.round + 1;
  moveAppeal(c, 'rework', who, told.now, { reason }, { round, finished_at: null, level: null, countersigned_by: null });
  moveOrder(
    c,
    lead,
    'rework',
    system,
    told.now,
    { reason },
    { round, submitted_at: null, submitted_by: null, approved_by: null, outcome: null, promised_on: null },
  );
  if (c.dissatisfied_rounds >= 2) {
    c.supervisions.push({ order: lead, issued_at: told.now });
    note(c, told.now, system, {
      act: 'supervise',
      from_status: null,
      to_status: null,
      work_order_id: lead.id,
      input: { reason: 'second_dissatisfaction' },
    });
  }
  reworkFollowers(c, told.now);
}

function reworkThen(told: Telling, c: Case, ending: (told: Telling, c: Case) => Process): void {
  const lead = c.orders.findLast((order) => order.role === 'lead')!;
  function* again(): Process {
    yield* progress(told, c, lead);
    yield* report(told, c, lead, 0.96);
    yield within(told, running(c, lead, 'approve')!.due_at, { office: officeOf(lead), on_time: 0.98, high: 0.8 });
    const who = approverOf(told, lead);
    moveOrder(c, lead, 'approve', who, told.now, {}, { approved_by: who.person_id });
    if (finishIfDone(c, told.now)) spawn(told, ending(told, c), told.now, () => c.status === 'pending_callback');
  }
  spawn(told, again(), told.now, () => isOpen(lead.status));
}

function* unhappyOnce(told: Telling, c: Case): Process {
  yield* dissatisfied(told, c);
  reworkThen(told, c, told.random.chance(0.9) ? ratedByPhone : (one, two) => closeUnreached(one, two, one.now));
}

/** Dissatisfied again after the rework: kept as it is, countersigned, tracked, and closed so. */
function* unhappyTwice(told: Telling, c: Case): Process {
  yield* dissatisfied(told, c);
  reworkThen(told, c, stillUnhappy);
}
function* stillUnhappy(told: Telling, c: Case): Process {
  yield callAt(told, c);
  const remark = text(told, said.callbackNotes.dissatisfied);
  const who = atCity(told, 'callback_officer');
  const input = { level: 'dissatisfied', contacted: true, solved: false, remark } as const;
  rate(c, who, told.now, 'dissatisfied', true, false, remark);
  moveAppeal(c, 'rate', who, told.now, input);
  yield nextOffice(told, plus(told.now, 90), 400);
  const officer = atCity(told, 'supervision_officer');
  moveAppeal(
    c,
    'countersign',
    officer,
    told.now,
    { remark: text(told, said.countersignRemarks) },
    { countersigned_by: officer.person_id },
  );
  c.tracked_at = told.now;
  yield nextOffice(told, plus(told.now, 30), 240);
  moveAppeal(c, 'close', who, told.now, input, { closed_at: told.now });
  closeFollowers(c, told.now);
}

/** Rated well, but a week later it is the same again. */
function* againLater(told: Telling, c: Case): Process {
  yield* ratedByPhone(told, c);
  const at = daysLater(told.now, told.random.between(5, 25));
  spawn(told, broughtUpAgain(told, c), at, () => ['closed', 'pending_review', 'pending_dispatch'].includes(c.status));
}

/** Each appellant of a merged appeal is asked for himself, before the target closes. */
function* askFollowers(told: Telling, c: Case): Process {
  for (const follower of c.followers) {
    if (follower.status !== 'merged' || follower.caller === null || follower.level !== null || told.random.chance(0.25)) continue;
    const who = atCity(told, 'callback_officer');
    const level = happyLevel(told);
    const remark = text(told, said.callbackNotes[level]);
    rate(follower, who, told.now, level, true, true, remark);
    moveAppeal(follower, 'rate', who, told.now, { level, contacted: true, solved: true, remark });
    yield plus(told.now, told.random.between(3, 9));
  }
}
