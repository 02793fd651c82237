/** What a holder makes of an order. */
import { isDelicate } from '../../../src/appeals/rules.ts';
import { roundTheClock } from '../../../src/catalog/rules.ts';
import { closeOfNthWorkingDay, dueAt } from '../../../src/core/calendar.ts';
import { addDays, dayOf, startOfDay } from '../../../src/core/clock.ts';
import { isOpen, mayStillReturn } from '../../../src/orders/rules.ts';
import { words } from '../../../src/words/words.ts';
import type { Unit } from '../../directory.ts';
import * as said from '../../texts/handling.ts';
import { thanks } from '../../texts/replies.ts';
import { moveAppeal } from '../engine/appeal.ts';
import { type Case, type Order, system } from '../engine/case.ts';
import { promise, running } from '../engine/clocks.ts';
import { finishIfDone } from '../engine/followers.ts';
import { moveOrder, recallEverything } from '../engine/order.ts';
import { askTime, decideTime, resumeOrder } from '../engine/time.ts';
import { awake, nextOffice, type Process, plus, spawn, within } from '../simulate.ts';
import { endings } from './callback.ts';
import { release, sendAgain } from './review.ts';
import { approverOf, atCity, deal, give, holderOf, landingOf, type Row, type Telling, text, work } from './telling.ts';

const goesUp = (order: Order): boolean =>
  order.role === 'lead' && ['grid', 'community', 'town'].includes(order.unit.kind) && order.made_by_unit.kind !== 'city';
const below = (c: Case, unit: Unit): Unit[] =>
  c.place.line.filter((one) => one.path !== unit.path && one.path.startsWith(unit.path));
const mayReturn = (_: Telling, c: Case, order: Order): boolean =>
  ['town', 'department'].includes(order.unit.kind) &&
  order.role === 'lead' &&
  order.made_by_unit.kind === 'city' &&
  c.priority !== 'emergency' &&
  !order.designated &&
  c.returns.every((one) => one.order.unit !== order.unit);

const mayWait = (_: Telling, c: Case, order: Order): boolean =>
  order.role === 'lead' && order.unit.kind === 'department' && (c.priority === 'general' || c.priority === 'complex');

export const turns: readonly Row<[Order]>[] = [
  { name: 'plain', weight: 100, play: plain },
  { name: 'sent back', weight: 5, play: sentBack },
  { name: 'returned', weight: 3.2, when: mayReturn, play: (told, c, order) => returned(told, c, order, 'uphold_return') },
  { name: 'kept', weight: 1.6, when: mayReturn, play: (told, c, order) => returned(told, c, order, 'reject_return') },
  {
    name: 'reassigned',
    weight: 0.8,
    when: (_, __, order) => order.role === 'lead' && order.made_by_unit.kind === 'city',
    play: reassigned,
  },
  {
    name: 'recalled',
    weight: 0.5,
    when: (_, __, order) => order.role === 'lead' && order.made_by_unit.kind === 'city',
    play: recalled,
  },
  {
    name: 'passed down',
    weight: 70,
    when: (told, c, order) =>
      ['town', 'community'].includes(order.unit.kind) &&
      handTo(told, c, order) !== null &&
      (c.priority === 'general' || c.priority === 'complex'),
    play: passedDown,
  },
  {
    name: 'escalated',
    weight: 14,
    when: (_, c, order) => goesUp(order) && c.kind !== 'praise' && c.about === null,
    play: escalated,
  },
  { name: 'extended', weight: 1.2, when: mayWait, play: extended },
  { name: 'suspended', weight: 0.5, when: mayWait, play: suspended },
  {
    name: 'terminated',
    weight: 0.4,
    when: (_, c, order) =>
      order.role === 'lead' && ['town', 'department'].includes(order.unit.kind) && c.caller !== null && c.priority === 'general',
    play: terminated,
  },
];

export const officeOf = (order: Order): boolean => !roundTheClock[order.priority];

function* acknowledge(told: Telling, c: Case, order: Order): Process {
  if (order.status !== 'pending_ack') return;
  const { due_at } = running(c, order, 'acknowledge')!;
  // An office that opens on Monday still has somebody on call for what is due on Saturday.
  const soon = plus(told.now, (order.due_at.getTime() - told.now.getTime()) / 200_000);
  const due = !officeOf(order) && soon < due_at && soon > told.now ? soon : due_at;
  yield within(told, due, { office: officeOf(order), on_time: 0.985, high: 0.85 });
  moveOrder(c, order, 'acknowledge', holderOf(told, order), told.now, {}, { acknowledged_at: told.now });
}

function* contact(told: Telling, c: Case, order: Order): Process {
  const clock = running(c, order, 'contact');
  if (!clock) return;
  const at = within(told, clock.due_at, { office: clock.limit_unit !== 'minutes', on_time: 0.985, high: 0.9 });
  yield officeOf(order) ? awake(told, at, clock.due_at) : at;
  const how = c.confidential ? 'relay' : told.random.chance(0.7) ? 'phone' : told.random.chance(0.8) ? 'visit' : 'message';
  const who = c.confidential ? atCity(told, 'hotline_agent') : holderOf(told, order);
  moveOrder(
    c,
    order,
    'contact',
    who,
    told.now,
    { how, result_of_contact: text(told, said.contact[how]) },
    { contacted_at: told.now },
  );
}

export function* progress(told: Telling, c: Case, order: Order): Process {
  for (
    let n = officeOf(order) && told.random.chance(0.45) ? told.random.between(1, order.priority === 'complex' ? 3 : 2) : 0;
    n > 0;
    n--
  ) {
    yield within(told, order.due_at, { office: true, on_time: 1, low: 0.1, high: 0.35 });
    moveOrder(c, order, 'progress', holderOf(told, order), told.now, { progress: text(told, said.progress) });
  }
}

/** Does the work and reports it, in time as often as the unit's habit has it. */
export function* report(told: Telling, c: Case, order: Order, on_time = told.habit(order.unit).on_time): Process {
  yield within(told, order.due_at, { office: officeOf(order), on_time, low: 0.2, high: 0.97 });
  const { solved, explained, answer } = told.replies;
  const asked = c.kind === 'inquiry' || c.kind === 'praise';
  const outcome = asked
    ? 'explained'
    : told.random.chance(0.87)
      ? 'solved'
      : told.random.chance(0.75)
        ? 'explained'
        : order.role === 'lead' && told.random.chance(0.7)
          ? 'promised'
          : 'impossible';
  const texts = {
    solved,
    explained: c.kind === 'praise' ? thanks : asked && answer !== null ? [answer] : explained,
    promised: said.promised,
    impossible: said.impossible,
  };
  const result = text(told, texts[outcome]);
  const promised_on = outcome === 'promised' ? addDays(dayOf(told.now), told.random.between(10, 60)) : null;
  const who = holderOf(told, order);
  moveOrder(
    c,
    order,
    'submit',
    who,
    told.now,
    { result, outcome, ...(promised_on && { promised_on }) },
    {
      result,
      outcome,
      promised_on,
      submitted_at: told.now,
      first_submitted_at: order.first_submitted_at ?? told.now,
      submitted_by: who.person_id,
      approved_by: null,
    },
  );
  if (promised_on) promise(c, order, told.now);
}

function* approval(told: Telling, c: Case, order: Order): Process {
  yield within(told, running(c, order, 'approve')!.due_at, { office: officeOf(order), on_time: 0.97, high: 0.8 });
  const who = approverOf(told, order);
  const remark = told.random.pick(said.approveRemarks);
  moveOrder(c, order, 'approve', who, told.now, remark === '' ? {} : { remark }, { approved_by: who.person_id });
  finished(told, c);
}

function finished(told: Telling, c: Case): void {
  if (finishIfDone(c, told.now) && c.status === 'pending_callback')
    spawn(told, deal(endings, told, told.fate.ending, c), told.now, () => c.status === 'pending_callback');
}

function* begin(told: Telling, c: Case, order: Order): Process {
  yield* acknowledge(told, c, order);
  yield* contact(told, c, order);
  yield* progress(told, c, order);
}

function* plain(told: Telling, c: Case, order: Order): Process {
  yield* begin(told, c, order);
  yield* report(told, c, order);
  yield* approval(told, c, order);
}

function* sentBack(told: Telling, c: Case, order: Order): Process {
  yield* begin(told, c, order);
  yield* report(told, c, order, 1);
  yield within(told, running(c, order, 'approve')!.due_at, { office: officeOf(order), on_time: 0.97 });
  moveOrder(
    c,
    order,
    'send_back',
    approverOf(told, order),
    told.now,
    { reason: text(told, said.sendBackReasons) },
    { submitted_at: null, submitted_by: null, outcome: null, promised_on: null },
  );
  yield* report(told, c, order, 0.9);
  yield* approval(told, c, order);
}

function* returned(told: Telling, c: Case, order: Order, act: 'uphold_return' | 'reject_return'): Process {
  if (told.random.chance(0.5)) yield* acknowledge(told, c, order);
  yield within(told, order.due_at, { office: officeOf(order), on_time: 1, low: 0.03, high: 0.25 });
  const window = dueAt(told.calendar, order.created_at, told.book.parameters['return.window']).due_at;
  if (mayStillReturn(order, window, told.now) !== 'yes') {
    yield* plain(told, c, order);
    return;
  }
  const who = holderOf(told, order);
  const town = c.place.line.find((unit) => unit.kind === 'town');
  const named = town && town !== order.unit && town !== c.about ? town : null;
  const input = {
    reason: text(told, said.returnReasons),
    category_code: c.category_code,
    ...(named && { suggested_unit_id: named.id }),
  };
  moveOrder(c, order, 'request_return', who, told.now, input, { acknowledged_at: order.acknowledged_at ?? told.now });
  const asked: Case['returns'][number] = {
    order,
    reason: input.reason,
    category_code: input.category_code,
    suggested_unit_id: named?.id ?? null,
    requested_by: who.person_id!,
    requested_at: told.now,
    decision: null,
    ruling: null,
    ruled_by: null,
    ruled_at: null,
  };
  c.returns.push(asked);
  yield within(told, running(c, order, 'ruling')!.due_at, { office: officeOf(order), on_time: 0.97, high: 0.8 });
  const judge = atCity(told, 'dispatch_officer');
  const decision = act === 'uphold_return' ? 'upheld' : 'rejected';
  const ruling = text(told, said.rulings[decision]);
  Object.assign(asked, { decision, ruling, ruled_by: judge.person_id, ruled_at: told.now });
  moveOrder(c, order, act, judge, told.now, { ruling }, act === 'reject_return' ? { designated: true } : {});
  if (act === 'uphold_return') sendAgain(told, c, order.unit);
  else yield* plain(told, c, order);
}

function* reassigned(told: Telling, c: Case, order: Order): Process {
  yield* acknowledge(told, c, order);
  yield within(told, order.due_at, { office: officeOf(order), on_time: 1, low: 0.05, high: 0.3 });
  const town = c.place.line.find((unit) => unit.kind === 'town');
  const unit =
    town && town !== order.unit && town !== c.about
      ? town
      : told.directory.byCode.get(order.unit.code === 'gov_office' ? 'petition' : 'gov_office')!;
  const who = atCity(told, 'dispatch_officer');
  moveOrder(c, order, 'reassign', who, told.now, { unit_id: unit.id, reason: text(told, said.reassignReasons) });
  work(told, c, give(told, c, unit, 'lead', told.directory.city, who, order.instruction), 'plain');
}

function* recalled(told: Telling, c: Case, order: Order): Process {
  yield plus(told.now, told.random.between(2, 12));
  if (order.status !== 'pending_ack') return;
  moveOrder(c, order, 'recall', atCity(told, 'dispatch_officer'), told.now, { reason: text(told, said.recallReasons) });
  sendAgain(told, c, order.unit);
}

/** To whom a town or community passes a part: the community of the place, or the grid with somebody in it. */
function handTo(_told: Telling, c: Case, order: Order): Unit | null {
  if (c.about !== null) return null;
  const lower = below(c, order.unit).filter(
    (unit) => Object.keys(unit.staff).length > 0 && (unit.kind !== 'grid' || !isDelicate({ ...c, about_path: null }, unit.path)),
  );
  return lower[0] ?? null;
}

function* passedDown(told: Telling, c: Case, order: Order): Process {
  yield* acknowledge(told, c, order);
  yield* contact(told, c, order);
  const unit = handTo(told, c, order)!;
  const instruction = text(told, said.forwardInstructions);
  yield nextOffice(told, told.now, 40);
  const who = holderOf(told, order);
  // Most of the time that is left, and never a day that is over: an order already late is passed on for the next working day.
  const close = closeOfNthWorkingDay(told.calendar, told.now, 1).due_at;
  const last = closeOfNthWorkingDay(told.calendar, order.due_at, -1).due_at;
  const due_on = dayOf(last > close ? last : close);
  moveOrder(c, order, 'forward', who, told.now, { unit_id: unit.id, instruction, due_on });
  const part = give(told, c, unit, 'part', order.unit, who, instruction, { parent: order, due_on });
  yield* plain(told, c, part);
  if (isOpen(part.status)) return;
  yield nextOffice(told, told.now, 150);
  const on_time = told.now < order.due_at ? 1 : 0;
  yield* report(told, c, order, on_time);
  yield* approval(told, c, order);
}

function* escalated(told: Telling, c: Case, order: Order): Process {
  yield* acknowledge(told, c, order);
  if (told.random.chance(0.5)) yield* contact(told, c, order);
  yield within(told, order.due_at, { office: officeOf(order), on_time: 1, low: 0.1, high: 0.5 });
  const level = order.unit.kind as 'grid' | 'community' | 'town';
  const input = { tried: text(told, said.tried[level]), needed: text(told, said.needed[level]) };
  const who = holderOf(told, order);
  moveOrder(c, order, 'escalate', who, told.now, input);
  const next = c.priority === 'emergency' ? told.directory.city : landingOf(told, order.unit.line.slice(0, -1));
  if (next.kind === 'city') sendAgain(told, c, order.unit);
  else work(told, c, give(told, c, next, 'lead', order.unit, who, input.needed));
}

/** Asked before it is due, answered by the supervision desk, and then done. */
function* extended(told: Telling, c: Case, order: Order): Process {
  yield* begin(told, c, order);
  yield within(told, order.due_at, { office: true, on_time: 1, low: 0.5, high: 0.9 });
  if (told.now < order.due_at) {
    const on = dayOf(closeOfNthWorkingDay(told.calendar, order.due_at, told.random.between(2, 8)).due_at);
    const asked = askTime(c, order, 'extension', holderOf(told, order), told.now, text(told, said.extensionReasons), on);
    yield within(told, running(c, order, 'decision')!.due_at, { office: true, on_time: 0.97, high: 0.8 });
    const granted = told.random.chance(0.75);
    const ruling = text(told, said.timeRulings[granted ? 'granted' : 'denied']);
    decideTime(c, asked, granted, atCity(told, 'supervision_officer'), told.now, ruling);
  }
  yield* report(told, c, order);
  yield* approval(told, c, order);
}

/** Stands still until its day of review, or until what it waited for has come. */
function* suspended(told: Telling, c: Case, order: Order): Process {
  yield* begin(told, c, order);
  yield within(told, order.due_at, { office: true, on_time: 1, low: 0.2, high: 0.6 });
  const review_on = addDays(dayOf(told.now), told.random.between(14, 60));
  const asked = askTime(c, order, 'suspension', holderOf(told, order), told.now, text(told, said.suspensionReasons), review_on);
  yield within(told, running(c, order, 'decision')!.due_at, { office: true, on_time: 0.97, high: 0.8 });
  const granted = told.random.chance(0.8);
  const ruling = text(told, said.timeRulings[granted ? 'granted' : 'denied']);
  decideTime(c, asked, granted, atCity(told, 'supervision_officer'), told.now, ruling);
  if (granted) {
    const review = plus(startOfDay(review_on), 8 * 60 + 30);
    const early = told.random.chance(0.4) ? nextOffice(told, plus(told.now, 5 * 1440), 3000) : review;
    yield early < review ? early : review;
    if (early < review) resumeOrder(c, asked, holderOf(told, order), told.now, text(told, said.resumeReasons));
    else resumeOrder(c, asked, system, told.now, words.zh.desks.review_day_came);
  }
  yield* report(told, c, order);
  yield* approval(told, c, order);
}

function* terminated(told: Telling, c: Case, order: Order): Process {
  yield* begin(told, c, order);
  yield within(told, order.due_at, { office: true, on_time: 1, low: 0.2, high: 0.5 });
  const who = holderOf(told, order);
  const ground = 'other_procedure';
  const request = text(told, said.terminationRequests);
  moveOrder(c, order, 'request_termination', who, told.now, { decline_reason: ground, request });
  const asked: Case['terminations'][number] = {
    order,
    ground,
    request,
    requested_by: who.person_id!,
    requested_at: told.now,
    proposed_by: null,
    proposed_at: null,
    confirmed_by: null,
    confirmed_at: null,
    rejected_at: null,
  };
  c.terminations.push(asked);
  yield nextOffice(told, plus(told.now, 60), 300);
  const proposer = atCity(told, 'supervision_officer');
  moveAppeal(c, 'propose_termination', proposer, told.now, { decline_reason: ground, remark: text(told, said.proposeRemarks) });
  Object.assign(asked, { proposed_by: proposer.person_id, proposed_at: told.now });
  yield nextOffice(told, plus(told.now, 60), 300);
  const confirmer = told.random.chance(0.5)
    ? atCity(told, 'supervision_officer', proposer.person_id)
    : atCity(told, 'review_officer');
  const other_way = text(told, said.declines[ground]);
  Object.assign(asked, { confirmed_by: confirmer.person_id, confirmed_at: told.now });
  recallEverything(c, confirmer, told.now, 'terminate');
  moveAppeal(
    c,
    'terminate',
    confirmer,
    told.now,
    { other_way },
    { decline_reason: ground, answer: other_way, closed_at: told.now },
  );
  release(told, c);
}
