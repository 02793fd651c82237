/**
 * How cases go. Three tables (what the city's review makes of an appeal, what a holder makes of an order, how it ends with the
 * appellant) are dealt by weight; each row plays its part on the clock of simulate.ts by the acts of engine.ts.
 */
import { type Channel, isDelicate, landing, type Level, takesOthers } from '../../src/appeals/rules.ts';
import type { Priority, Rulebook } from '../../src/catalog/rules.ts';
import { roundTheClock } from '../../src/catalog/rules.ts';
import { closeOfNthWorkingDay, dueAt } from '../../src/core/calendar.ts';
import { addDays, dayOf } from '../../src/core/clock.ts';
import { approvers, isOpen, mayStillReturn } from '../../src/orders/rules.ts';
import type { Post } from '../../src/people/rules.ts';
import type { Directory, Unit } from '../directory.ts';
import * as said from '../texts/handling.ts';
import { type Replies, thanks } from '../texts/replies.ts';
import { fill, type Slots } from '../texts/slots.ts';
import type { Topic } from '../texts/topic.ts';
import {
  answerFollowers, appellant, backToCity, type Case, closeFollowers, finishIfDone, type Given, makeOrder, moveAppeal, moveOrder, note, openCase,
  type Order, promise, rate, recallEverything, releaseFollowers, reworkFollowers, running, stopPromises, system, type Who,
} from './engine.ts';
import { awake, daysLater, hourAfter, nextOffice, nightAfter, plus, type Process, type Sim, spawn, within } from './simulate.ts';

/** How well a unit works: its share of orders done in time, and how often its appellants are unhappy (1 is usual). */
export interface Habit {
  readonly on_time: number;
  readonly unhappy: number;
}

/** What one case of the history is told with. */
export interface Telling extends Sim {
  readonly directory: Directory;
  readonly book: Rulebook;
  readonly topics: Readonly<Record<string, Topic>>;
  readonly slots: Slots;
  readonly replies: Replies;
  /** The dispatch catalogue: who leads and who helps for a category at a place. */
  catalogue(category_code: string, place: Unit): { lead: Unit; co: readonly Unit[] };
  habit(unit: Unit): Habit;
  nextOrder(): number;
  /** The parts chosen beforehand, by row name; absent means by weight. */
  readonly fate: { readonly intake?: string; readonly turn?: string; readonly ending?: string };
}

interface Row<T extends unknown[]> {
  readonly name: string;
  readonly weight: number;
  readonly when?: (told: Telling, c: Case, ...rest: T) => boolean;
  readonly play: (told: Telling, c: Case, ...rest: T) => Process;
}

function deal<T extends unknown[]>(rows: readonly Row<T>[], told: Telling, chosen: string | undefined, c: Case, ...rest: T): Process {
  const fitting = rows.filter((row) => row.when?.(told, c, ...rest) ?? true);
  const wanted = fitting.find((row) => row.name === chosen);
  let at = told.random.next() * fitting.reduce((sum, row) => sum + row.weight, 0);
  const found = wanted ?? fitting.find((row) => (at -= row.weight) < 0) ?? fitting[0]!;
  return found.play(told, c, ...rest);
}

/** When the jobs run: minute of the day, of the hour for the lapse. */
const jobs = { close: 80, archive: 100, lapse: 10 } as const;

const text = (told: Telling, from: readonly string[]): string => fill(told.random.pick(from), told.random, told.slots);
const topicOf = (told: Telling, c: Case): Topic => told.topics[c.category_code]!;

function whoAt(told: Telling, unit: Unit, post: Post, except: number | null = null): Who | null {
  const people = (unit.staff[post] ?? []).filter((id) => id !== except);
  return people.length === 0 ? null : { person_id: told.random.pick(people), post, unit_id: unit.id };
}
const atCity = (told: Telling, post: Post, except: number | null = null): Who => whoAt(told, told.directory.city, post, except)!;

/** Who works on an order for its unit: clerks mostly, in the grid whom it is for. */
function holderOf(told: Telling, order: Order): Who {
  const { unit } = order;
  if (unit.kind === 'grid') {
    const who = told.random.chance(0.85) && order.assignee_id !== null ? order.assignee_id : told.random.pick(unit.staff.linked_member!);
    return { person_id: who, post: 'linked_member', unit_id: unit.id };
  }
  return whoAt(told, unit, `${unit.kind as 'town' | 'community' | 'department'}_clerk`)!;
}

function approverOf(told: Telling, order: Order): Who {
  const { at, posts } = approvers[order.unit.kind];
  const upwards = (at === 'own' ? order.unit.line : order.unit.line.slice(0, -1)).toReversed();
  for (const unit of upwards) {
    const able = posts.flatMap((post) => whoAt(told, unit, post, order.submitted_by) ?? []);
    if (able.length > 0) return able[0]!;
  }
  return atCity(told, 'dispatch_officer', order.submitted_by);
}

/** The lowest unit on a way up at which somebody is on duty. */
function landingOf(told: Telling, line: readonly Unit[]): Unit {
  return line.findLast((unit) => unit.kind === 'city' || Object.values(unit.staff).some((people) => people.some((id) => told.directory.on_duty.has(id))))!;
}

function assigneeOf(told: Telling, unit: Unit): number | null {
  return unit.kind === 'grid' ? (unit.staff.linked_member?.find((id) => told.directory.on_duty.has(id)) ?? null) : null;
}

function give(told: Telling, c: Case, unit: Unit, role: 'lead' | 'co' | 'part', made_by_unit: Unit, who: Who, instruction: string, part?: { parent: Order; due_on: string }): Order {
  return makeOrder(c, { id: told.nextOrder(), unit, role, instruction, made_by_unit, assignee_id: assigneeOf(told, unit), ...part }, who, told.now);
}

function work(told: Telling, c: Case, order: Order, turn?: string): void {
  spawn(told, deal(turns, told, turn, c, order), told.now, () => isOpen(order.status));
}

// ── Arrival ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

const ownPosts: Partial<Record<Channel, readonly Post[]>> = {
  walk_in: ['community_clerk', 'town_clerk'],
  superior_assigned: ['town_clerk'],
  proactive_patrol: ['linked_member', 'community_clerk', 'town_clerk'],
  app_snapshot: ['linked_member'],
  app_voice: ['linked_member'],
};

function registrar(told: Telling, given: Given): Who {
  if (given.channel === 'hotline') return atCity(told, 'hotline_agent');
  for (const post of ownPosts[given.channel] ?? []) {
    for (const unit of given.place.line.toReversed()) {
      const who = whoAt(told, unit, post) ?? (post === 'linked_member' && unit.kind === 'community' ? whoAt(told, told.random.pick(told.directory.gridsOf.get(unit.id)!), post) : null);
      if (who) return who;
    }
  }
  return appellant;
}

/** Registers the appeal and sends it on its way. */
export function arrive(told: Telling, given: Given): Case {
  const who = registrar(told, given);
  const how = landing[given.channel];
  const first = how === 'place' ? landingOf(told, given.place.line) : how === 'own' ? told.directory.units[who.unit_id! - 1]! : told.directory.city;
  const unit = isDelicate({ ...given, about_path: given.about?.path ?? null }, first.path) ? told.directory.city : first;
  const c = openCase(told.book, given, unit.kind === 'city' ? 'pending_review' : 'in_handling', who, told.now);
  if (unit.kind === 'city') spawn(told, deal(intakes, told, told.fate.intake, c), told.now, () => c.status === 'pending_review' || c.status === 'awaiting_details' || c.status === 'pending_dispatch');
  else work(told, c, give(told, c, unit, 'lead', unit, system, ''), told.fate.turn);
  if (c.caller && told.random.chance(0.012)) spawn(told, withdraw(told, c), plus(told.now, told.random.between(60, 5000)));
  if (told.random.chance(0.02)) spawn(told, remark(told, c), plus(told.now, told.random.between(30, 3000)));
  spawn(told, shelve(told, c), daysLater(told.now, 30));
  return c;
}

function* withdraw(told: Telling, c: Case): Process {
  if (!['pending_review', 'pending_dispatch', 'in_handling'].includes(c.status)) return;
  const who = told.random.chance(0.6) ? atCity(told, 'hotline_agent') : appellant;
  recallEverything(c, who, told.now, 'withdraw');
  moveAppeal(c, 'withdraw', who, told.now, { reason: text(told, said.withdrawReasons) }, { closed_at: told.now });
  release(told, c);
}

/** Those who followed an appeal that ended without work done go to review on their own. */
function release(told: Telling, c: Case): void {
  for (const one of releaseFollowers(c, told.now)) spawn(told, dispatched(told, one), told.now, () => one.status === 'pending_review' || one.status === 'pending_dispatch');
}

function* remark(told: Telling, c: Case): Process {
  if (c.status !== 'in_handling') return;
  moveAppeal(c, 'comment', atCity(told, told.random.chance(0.6) ? 'dispatch_officer' : 'supervision_officer'), told.now, { comment: text(told, said.comments) });
}

/** The nightly job, looked at as soon as it can be true. */
function* shelve(told: Telling, c: Case): Process {
  while (c.status !== 'archived') {
    const at = c.closed_at === null ? daysLater(told.now, 7) : nightAfter(c.closed_at, told.book.parameters['archive.after_days'], jobs.archive);
    if (at > told.now) yield at;
    else moveAppeal(c, 'archive', system, told.now, {}, { archived_at: told.now });
  }
}

// ── What the city's review makes of it ──────────────────────────────────────────────────────────────────────────────────

const priorityOf = (told: Telling, c: Case): Priority => told.book.categories.get(c.category_code)!.priority!;
const readSoon = (told: Telling, c: Case): Date => within(told, running(c, null, 'review')!.due_at, { office: false, on_time: 0.97, high: 0.8 });

const intakes: readonly Row<[]>[] = [
  { name: 'dispatched', weight: 100, play: dispatched },
  { name: 'answered', weight: 420, when: (told, c) => c.kind === 'inquiry' && told.replies.answer !== null, play: answered },
  { name: 'thanked', weight: 400, when: (_, c) => c.kind === 'praise', play: answered },
  { name: 'transferred', weight: 30, when: (_, c) => c.channel === 'hotline' && ['0603', '0607', '0701', '0704'].includes(c.category_code), play: transferred },
  { name: 'declined', weight: 2.4, when: (_, c) => c.priority !== 'emergency' && c.priority !== 'urgent', play: declined },
  { name: 'details', weight: 3.2, when: (_, c) => c.caller !== null && c.priority !== 'emergency', play: details },
  { name: 'reopened', weight: 0.6, when: (_, c) => c.caller !== null, play: reopened },
];

function* answered(told: Telling, c: Case): Process {
  yield plus(told.now, told.random.between(2, 9));
  const who = c.channel === 'hotline' ? { ...atCity(told, 'hotline_agent'), person_id: c.registered_by } : atCity(told, 'review_officer');
  const answer = text(told, c.kind === 'praise' ? thanks : [told.replies.answer!]);
  moveAppeal(c, 'answer', who, told.now, { answer }, { answer, finished_at: told.now });
  answerFollowers(c, told.now);
  yield* rateAnswer(told, c);
}

function* rateAnswer(told: Telling, c: Case): Process {
  const answered_at = told.now;
  const { ending } = told.fate;
  if (ending === 'on the page' || (ending !== 'never reached' && told.random.chance(0.42))) {
    spawn(told, ratedOnThePage(told, c), told.now, () => c.status === 'answered');
  } else if (ending !== 'never reached' && told.random.chance(0.35) && c.caller) {
    spawn(told, ratedByPhone(told, c), told.now, () => c.status === 'answered');
  } else {
    spawn(told, closeUnreached(told, c, answered_at), told.now, () => c.status === 'answered');
  }
}

function* transferred(told: Telling, c: Case): Process {
  yield plus(told.now, 1);
  const who: Who = { person_id: c.registered_by, post: 'hotline_agent', unit_id: told.directory.city.id };
  const line = c.category_code === '0607' || c.category_code === '0603' ? '119' : '110';
  moveAppeal(c, 'transfer', who, told.now, { line, transferred_at: told.now }, { emergency_line: line, finished_at: told.now });
  release(told, c);
  spawn(told, closeUnreached(told, c, told.now), told.now, () => c.status === 'answered');
}

function* declined(told: Telling, c: Case): Process {
  yield readSoon(told, c);
  const reason = told.random.pick(['other_procedure', 'other_procedure', 'beyond_duties', 'beyond_duties', 'already_concluded', 'secret_or_privacy', 'unlawful'] as const);
  const other_way = text(told, said.declines[reason]);
  moveAppeal(c, 'decline', atCity(told, 'review_officer'), told.now, { decline_reason: reason, other_way }, { decline_reason: reason, answer: other_way, closed_at: told.now });
  release(told, c);
}

function* details(told: Telling, c: Case): Process {
  yield readSoon(told, c);
  moveAppeal(c, 'request_details', atCity(told, 'review_officer'), told.now, { question: text(told, said.questions) });
  if (told.random.chance(0.15)) {
    yield hourAfter(dueAt(told.calendar, told.now, told.book.parameters['limit.details']).due_at, jobs.lapse);
    moveAppeal(c, 'lapse', system, told.now, {}, { closed_at: told.now });
    release(told, c);
    return;
  }
  const at = plus(told.now, told.random.between(15, 2600));
  yield awake(told, at, daysLater(at, 1));
  moveAppeal(c, 'supply_details', told.random.chance(0.5) ? appellant : atCity(told, 'hotline_agent'), told.now, { supplement: text(told, said.supplements) });
  yield* dispatched(told, c);
}

/** Declined at first; then the appellant brings a new fact. */
function* reopened(told: Telling, c: Case): Process {
  yield* declined(told, c);
  spawn(told, broughtUpAgain(told, c), daysLater(told.now, told.random.between(2, 20)), () => c.status === 'declined' || c.status === 'pending_review' || c.status === 'pending_dispatch');
}
function* broughtUpAgain(told: Telling, c: Case): Process {
  yield awake(told, told.now, daysLater(told.now, 1));
  reopen(told, c);
  yield* dispatched(told, c);
}
function reopen(told: Telling, c: Case): void {
  const who = told.random.chance(0.5) ? appellant : atCity(told, 'callback_officer');
  moveAppeal(c, 'reopen', who, told.now, { new_fact: text(told, said.newFacts) },
    { round: c.round + 1, closed_at: null, archived_at: null, finished_at: null, merged_into_id: null, decline_reason: null, emergency_line: null,
      lead_unit_id: null, level: null, countersigned_by: null });
}

function* dispatched(told: Telling, c: Case): Process {
  yield readSoon(told, c);
  const input = { kind: c.kind, category_code: c.category_code, priority: priorityOf(told, c) };
  moveAppeal(c, 'accept', atCity(told, 'review_officer'), told.now, input, { ...input, accepted_at: told.now });
  yield* dispatchOf(told, c);
}

function* dispatchOf(told: Telling, c: Case, except: Unit | null = null, turn = told.fate.turn): Process {
  const from = c.round === 1 && c.orders.length === 0;
  yield within(told, running(c, null, 'dispatch')!.due_at, { office: false, on_time: 0.98, high: 0.85 });
  if (told.random.chance(0.01)) {
    moveAppeal(c, 'correct', atCity(told, 'dispatch_officer'), told.now, { category_code: c.category_code, priority: c.priority });
    yield plus(told.now, 1);
  }
  const who = atCity(told, 'dispatch_officer');
  const { lead, co } = told.catalogue(c.category_code, c.place);
  const town = c.place.line.find((unit) => unit.kind === 'town');
  const fallback = town ?? told.directory.byCode.get('gov_office')!;
  const leads = lead === except || lead === c.about || c.orders.some((order) => order.unit === lead && order.status === 'returned') ? fallback : lead;
  const helping = from ? co.filter((unit) => unit !== leads && told.random.chance(unit.kind === 'town' ? 0.06 : 0.3)) : [];
  const instruction = text(told, topicOf(told, c).instructions);
  moveAppeal(c, 'dispatch', who, told.now, { lead_unit_id: leads.id, instruction, ...(helping.length > 0 && { co_unit_ids: helping.map((unit) => unit.id) }) }, { dispatched_at: told.now });
  work(told, c, give(told, c, leads, 'lead', told.directory.city, who, instruction), turn);
  for (const unit of helping) work(told, c, give(told, c, unit, 'co', told.directory.city, who, instruction), 'plain');
}

/** The desk takes up again what came back to it. */
function sendAgain(told: Telling, c: Case, except: Unit): void {
  backToCity(c, told.now);
  const process = c.status === 'pending_review' ? dispatched(told, c) : dispatchOf(told, c, except, 'plain');
  spawn(told, process, told.now, () => c.status === 'pending_review' || c.status === 'pending_dispatch');
}

// ── What a holder makes of an order ─────────────────────────────────────────────────────────────────────────────────────

const goesUp = (order: Order): boolean => order.role === 'lead' && ['grid', 'community', 'town'].includes(order.unit.kind) && order.made_by_unit.kind !== 'city';
const below = (c: Case, unit: Unit): Unit[] => c.place.line.filter((one) => one.path !== unit.path && one.path.startsWith(unit.path));
const mayReturn = (_: Telling, c: Case, order: Order): boolean =>
  ['town', 'department'].includes(order.unit.kind) && order.role === 'lead' && order.made_by_unit.kind === 'city' && c.priority !== 'emergency' && !order.designated;

const turns: readonly Row<[Order]>[] = [
  { name: 'plain', weight: 100, play: plain },
  { name: 'sent back', weight: 5, play: sentBack },
  { name: 'returned', weight: 3.2, when: mayReturn, play: (told, c, order) => returned(told, c, order, 'uphold_return') },
  { name: 'kept', weight: 1.6, when: mayReturn, play: (told, c, order) => returned(told, c, order, 'reject_return') },
  { name: 'reassigned', weight: 0.8, when: (_, __, order) => order.role === 'lead' && order.made_by_unit.kind === 'city', play: reassigned },
  { name: 'recalled', weight: 0.5, when: (_, __, order) => order.role === 'lead' && order.made_by_unit.kind === 'city', play: recalled },
  { name: 'passed down', weight: 70, when: (told, c, order) => ['town', 'community'].includes(order.unit.kind) && handTo(told, c, order) !== null && (c.priority === 'general' || c.priority === 'complex'), play: passedDown },
  { name: 'escalated', weight: 14, when: (_, c, order) => goesUp(order) && c.kind !== 'praise' && c.about === null, play: escalated },
  { name: 'terminated', weight: 0.4, when: (_, c, order) => order.role === 'lead' && ['town', 'department'].includes(order.unit.kind) && c.caller !== null && c.priority === 'general', play: terminated },
];

const officeOf = (order: Order): boolean => !roundTheClock[order.priority];

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
  moveOrder(c, order, 'contact', who, told.now, { how, result_of_contact: text(told, said.contact[how]) }, { contacted_at: told.now });
}

function* progress(told: Telling, c: Case, order: Order): Process {
  for (let n = officeOf(order) && told.random.chance(0.45) ? told.random.between(1, order.priority === 'complex' ? 3 : 2) : 0; n > 0; n--) {
    yield within(told, order.due_at, { office: true, on_time: 1, low: 0.1, high: 0.35 });
    moveOrder(c, order, 'progress', holderOf(told, order), told.now, { progress: text(told, said.progress) });
  }
}

/** Does the work and reports it, in time as often as the unit's habit has it. */
function* report(told: Telling, c: Case, order: Order, on_time = told.habit(order.unit).on_time): Process {
  yield within(told, order.due_at, { office: officeOf(order), on_time, low: 0.2, high: 0.97 });
  const { solved, explained, answer } = told.replies;
  const asked = c.kind === 'inquiry' || c.kind === 'praise';
  const outcome = asked ? 'explained' : told.random.chance(0.87) ? 'solved' : told.random.chance(0.75) ? 'explained' : order.role === 'lead' && told.random.chance(0.7) ? 'promised' : 'impossible';
  const texts = { solved, explained: c.kind === 'praise' ? thanks : asked && answer !== null ? [answer] : explained, promised: said.promised, impossible: said.impossible };
  const result = text(told, texts[outcome]);
  const promised_on = outcome === 'promised' ? addDays(dayOf(told.now), told.random.between(10, 60)) : null;
  const who = holderOf(told, order);
  moveOrder(c, order, 'submit', who, told.now, { result, outcome, ...(promised_on && { promised_on }) }, {
    result, outcome, promised_on, submitted_at: told.now, first_submitted_at: order.first_submitted_at ?? told.now, submitted_by: who.person_id, approved_by: null,
  });
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
  if (finishIfDone(c, told.now) && c.status === 'pending_callback') spawn(told, deal(endings, told, told.fate.ending, c), told.now, () => c.status === 'pending_callback');
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
  moveOrder(c, order, 'send_back', approverOf(told, order), told.now, { reason: text(told, said.sendBackReasons) }, { submitted_at: null, submitted_by: null, outcome: null, promised_on: null });
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
  const input = { reason: text(told, said.returnReasons), category_code: c.category_code };
  moveOrder(c, order, 'request_return', who, told.now, input, { acknowledged_at: order.acknowledged_at ?? told.now });
  const asked: Case['returns'][number] = { order, ...input, requested_by: who.person_id!, requested_at: told.now, decision: null, ruling: null, ruled_by: null, ruled_at: null };
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
  const unit = town && town !== order.unit && town !== c.about ? town : told.directory.byCode.get(order.unit.code === 'gov_office' ? 'petition' : 'gov_office')!;
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
function handTo(told: Telling, c: Case, order: Order): Unit | null {
  if (c.about !== null) return null;
  const lower = below(c, order.unit).filter((unit) => Object.keys(unit.staff).length > 0 && (unit.kind !== 'grid' || !isDelicate({ ...c, about_path: null }, unit.path)));
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

function* terminated(told: Telling, c: Case, order: Order): Process {
  yield* begin(told, c, order);
  yield within(told, order.due_at, { office: true, on_time: 1, low: 0.2, high: 0.5 });
  const who = holderOf(told, order);
  const ground = 'other_procedure';
  const request = text(told, said.terminationRequests);
  moveOrder(c, order, 'request_termination', who, told.now, { decline_reason: ground, request });
  const asked: Case['terminations'][number] = { order, ground, request, requested_by: who.person_id!, requested_at: told.now, proposed_by: null, proposed_at: null, confirmed_by: null,
    confirmed_at: null, rejected_at: null };
  c.terminations.push(asked);
  yield nextOffice(told, plus(told.now, 60), 300);
  const proposer = atCity(told, 'supervision_officer');
  moveAppeal(c, 'propose_termination', proposer, told.now, { decline_reason: ground, remark: text(told, said.proposeRemarks) });
  Object.assign(asked, { proposed_by: proposer.person_id, proposed_at: told.now });
  yield nextOffice(told, plus(told.now, 60), 300);
  const confirmer = told.random.chance(0.5) ? atCity(told, 'supervision_officer', proposer.person_id) : atCity(told, 'review_officer');
  const other_way = text(told, said.declines[ground]);
  Object.assign(asked, { confirmed_by: confirmer.person_id, confirmed_at: told.now });
  recallEverything(c, confirmer, told.now, 'terminate');
  moveAppeal(c, 'terminate', confirmer, told.now, { other_way }, { decline_reason: ground, answer: other_way, closed_at: told.now });
  release(told, c);
}

// ── How it ends with the appellant ──────────────────────────────────────────────────────────────────────────────────────

const endings: readonly Row<[]>[] = [
  { name: 'by phone', weight: 68, when: (_, c) => c.caller !== null, play: ratedByPhone },
  { name: 'on the page', weight: 12, play: ratedOnThePage },
  { name: 'never reached', weight: 12, play: (told, c) => closeUnreached(told, c, told.now) },
  { name: 'unhappy once', weight: 0, when: (_, c) => c.caller !== null, play: unhappyOnce },
  { name: 'unhappy twice', weight: 0, when: (_, c) => c.caller !== null, play: unhappyTwice },
  { name: 'brought up again', weight: 0.5, when: (_, c) => c.caller !== null, play: againLater },
];

/** The callback officer's hours are the office's; the limit is two working days. */
function callAt(told: Telling, c: Case): Date {
  const due = running(c, null, 'callback')?.due_at ?? dueAt(told.calendar, told.now, told.book.parameters['limit.callback']).due_at;
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

function close(told: Telling, c: Case, who: Who, level: Level, solved: boolean, remark: string): void {
  moveAppeal(c, 'close', who, told.now, { level, contacted: true, solved, ...(remark !== '' && { remark }) }, { closed_at: told.now });
  if (solved) stopPromises(c, told.now);
  closeFollowers(c, told.now);
}

function* ratedByPhone(told: Telling, c: Case): Process {
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

function* ratedOnThePage(told: Telling, c: Case): Process {
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
function* closeUnreached(told: Telling, c: Case, since: Date): Process {
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
  if (who === appellant) moveAppeal(c, 'rate', who, told.now, { level: 'dissatisfied', contacted, solved: false, remark: reason });
  const lead = c.orders.findLast((order) => order.role === 'lead' && order.status === 'accepted')!;
  const round = c.round + 1;
  moveAppeal(c, 'rework', who, told.now, { reason }, { round, finished_at: null, level: null, countersigned_by: null });
  moveOrder(c, lead, 'rework', system, told.now, { reason }, { round, submitted_at: null, submitted_by: null, approved_by: null, outcome: null, promised_on: null });
  if (c.dissatisfied_rounds >= 2) {
    c.supervisions.push({ order: lead, issued_at: told.now });
    note(c, told.now, system, { act: 'supervise', from_status: null, to_status: null, work_order_id: lead.id, input: { reason: 'second_dissatisfaction' } });
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
  moveAppeal(c, 'countersign', officer, told.now, { remark: text(told, said.countersignRemarks) }, { countersigned_by: officer.person_id });
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

// ── Appeals of others about the same matter ─────────────────────────────────────────────────────────────────────────────

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
  note(target, told.now, officer, { act: 'merged_here', from_status: target.status, to_status: target.status, work_order_id: null, input: { number: c.number } });
  target.followers.push(c);
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
