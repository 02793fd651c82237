/**
 * The acts of the product, done in memory: the same tables decide what may follow, which clocks turn and what is recorded, only the
 * database is missing. Whatever the tables forbid throws, so a story that breaks a rule cannot be told.
 */
import {
  type AppealAct,
  canFollow as appealCanFollow,
  actRule as appealRule,
  statusAfter as appealStatusAfter,
  type CallbackOutcome,
  type Channel,
  clockOf,
  type DeclineReason,
  type EmergencyLine,
  type Kind,
  type Level,
  type Outcome,
  ownFindChannels,
  type Status,
} from '../../src/appeals/rules.ts';
import type { Priority, Rulebook } from '../../src/catalog/rules.ts';
import { roundTheClock } from '../../src/catalog/rules.ts';
import { type Clock, type ClockKind, type NewClock, resumeClock, startClock, type TimedClock } from '../../src/clocks/rules.ts';
import { closeOfNthWorkingDay, officeMinutesBetween } from '../../src/core/calendar.ts';
import { startOfDay } from '../../src/core/clock.ts';
import {
  answersTo,
  firstClocks,
  isFinished,
  isOpen,
  isVoid,
  type OrderAct,
  type Status as OrderStatus,
  acts as orderActs,
  canFollow as orderCanFollow,
  actRule as orderRule,
  statusAfter as orderStatusAfter,
  type Role,
  stepClock,
} from '../../src/orders/rules.ts';
import type { TrailEntry, TrailPost } from '../../src/trail/rules.ts';
import type { Building, Unit } from '../directory.ts';

export interface Who {
  readonly person_id: number | null;
  readonly post: TrailPost;
  readonly unit_id: number | null;
}
export const system: Who = { person_id: null, post: 'system', unit_id: null };
export const appellant: Who = { person_id: null, post: 'appellant', unit_id: null };

export interface RunClock extends NewClock {
  due_at: Date;
  provisional: boolean;
  calendar_version: number;
  order: Order | null;
  paused_at: Date | null;
  paused_spans: Clock['paused_spans'];
  stopped_at: Date | null;
}

export interface Order {
  readonly id: number;
  readonly parent: Order | null;
  readonly role: Role;
  readonly unit: Unit;
  status: OrderStatus;
  round: number;
  readonly priority: Priority;
  readonly instruction: string;
  readonly made_by: number | null;
  /** Where it came from: the desk, the unit that passed it on, or the unit itself where the appeal landed there. */
  readonly made_by_unit: Unit;
  /** The column: to whom the order answers. */
  readonly made_by_unit_id: number;
  readonly assignee_id: number | null;
  designated: boolean;
  outcome: Outcome | null;
  result: string | null;
  promised_on: string | null;
  readonly created_at: Date;
  acknowledged_at: Date | null;
  contacted_at: Date | null;
  first_submitted_at: Date | null;
  submitted_at: Date | null;
  submitted_by: number | null;
  approved_by: number | null;
  ended_at: Date | null;
  due_at: Date;
  step_due_at: Date | null;
}

/** The columns of an appeal that acts change. */
export interface Fields {
  round: number;
  kind: Kind;
  priority: Priority;
  category_code: string;
  accepted_at: Date | null;
  dispatched_at: Date | null;
  finished_at: Date | null;
  closed_at: Date | null;
  archived_at: Date | null;
  due_at: Date | null;
  step_due_at: Date | null;
  lead_unit_id: number | null;
  answer: string | null;
  emergency_line: EmergencyLine | null;
  decline_reason: DeclineReason | null;
  merged_into_id: number | null;
  level: Level | null;
  dissatisfied_rounds: number;
  countersigned_by: number | null;
}

export interface Caller {
  readonly serial: number;
  readonly name: string;
  readonly phone: string;
}

/** What arrived; fixed from the first moment. */
export interface Given {
  readonly id: number;
  readonly number: string;
  readonly channel: Channel;
  readonly kind: Kind;
  readonly priority: Priority;
  readonly category_code: string;
  readonly title: string;
  readonly content: string;
  readonly place: Unit;
  readonly building: Building | null;
  readonly address: string;
  readonly caller: Caller | null;
  readonly confidential: boolean;
  readonly contact_wanted: boolean;
  readonly about: Unit | null;
  readonly repeat_of_id: number | null;
  readonly received_at: Date;
}

export interface Case extends Given, Fields {
  kind: Kind;
  priority: Priority;
  category_code: string;
  status: Status;
  registered_by: number | null;
  registered_unit_id: number;
  readonly book: Rulebook;
  readonly orders: Order[];
  readonly clocks: RunClock[];
  readonly entries: TrailEntry[];
  readonly followers: Case[];
  readonly callbacks: { round: number; called_by: number; called_at: Date; outcome: CallbackOutcome; note: string }[];
  readonly evaluations: {
    round: number;
    source: 'callback' | 'page';
    level: Level;
    contacted: boolean | null;
    solved: boolean | null;
    remark: string;
    recorded_by: number | null;
    evaluated_at: Date;
  }[];
  readonly returns: {
    order: Order;
    reason: string;
    category_code: string;
    requested_by: number;
    requested_at: Date;
    decision: 'upheld' | 'rejected' | null;
    ruling: string | null;
    ruled_by: number | null;
    ruled_at: Date | null;
  }[];
  readonly terminations: {
    order: Order;
    ground: DeclineReason;
    request: string;
    requested_by: number;
    requested_at: Date;
    proposed_by: number | null;
    proposed_at: Date | null;
    confirmed_by: number | null;
    confirmed_at: Date | null;
    rejected_at: Date | null;
  }[];
  readonly supervisions: { order: Order; issued_at: Date }[];
  tracked_at: Date | null;
}

export function note(
  c: Case,
  now: Date,
  who: Who,
  entry: Pick<TrailEntry, 'act' | 'from_status' | 'to_status' | 'work_order_id' | 'input'>,
): void {
  const { act, from_status, to_status, work_order_id, input } = entry;
  const { person_id, post, unit_id } = who;
  c.entries.push({ act, from_status, to_status, work_order_id, person_id, post, unit_id, happened_at: now, input });
}

/** Registers an appeal where it lands; one that lands in handling gets its order next. */
export function openCase(book: Rulebook, given: Given, status: 'pending_review' | 'in_handling', who: Who, now: Date): Case {
  const {
    id,
    number,
    channel,
    kind,
    priority,
    category_code,
    title,
    content,
    place,
    building,
    address,
    caller,
    confidential,
    contact_wanted,
    about,
    repeat_of_id,
    received_at,
  } = given;
  // Written out: copying by spread takes as long as all the rest.
  const c: Case = {
    id,
    number,
    channel,
    kind,
    priority,
    category_code,
    title,
    content,
    place,
    building,
    address,
    caller,
    confidential,
    contact_wanted,
    about,
    repeat_of_id,
    received_at,
    book,
    status,
    round: 1,
    registered_by: who.person_id,
    registered_unit_id: who.unit_id ?? given.place.id,
    accepted_at: null,
    dispatched_at: null,
    finished_at: null,
    closed_at: null,
    archived_at: null,
    due_at: null,
    step_due_at: null,
    lead_unit_id: null,
    answer: null,
    emergency_line: null,
    decline_reason: null,
    merged_into_id: null,
    level: null,
    dissatisfied_rounds: 0,
    countersigned_by: null,
    orders: [],
    clocks: [],
    entries: [],
    followers: [],
    callbacks: [],
    evaluations: [],
    returns: [],
    terminations: [],
    supervisions: [],
    tracked_at: null,
  };
  if (status === 'pending_review')
    c.step_due_at = start(c, null, 'review', { priority: c.priority, category_code: c.category_code }, now).due_at;
  note(c, now, who, {
    act: 'register',
    from_status: null,
    to_status: status,
    work_order_id: null,
    input: { channel, kind, priority, category_code, place_unit_id: given.place.id, content },
  });
  return c;
}

const noSpans: Clock['paused_spans'] = [];

export function running(c: Case, order: Order | null, kind: ClockKind): RunClock | undefined {
  return c.clocks.findLast((clock) => clock.order === order && clock.kind === kind && clock.stopped_at === null);
}
function start(c: Case, order: Order | null, kind: TimedClock, of: Parameters<typeof startClock>[2], now: Date): RunClock {
  const { started_at, limit_value, limit_unit, calendar_version, due_at, provisional } = startClock(kind, c.book, of, now);
  const clock: RunClock = {
    kind,
    started_at,
    limit_value,
    limit_unit,
    calendar_version,
    due_at,
    provisional,
    order,
    paused_at: null,
    paused_spans: noSpans,
    stopped_at: null,
  };
  c.clocks.push(clock);
  return clock;
}
function stop(c: Case, order: Order | null, kind: ClockKind, now: Date): void {
  const clock = running(c, order, kind);
  if (!clock) return;
  clock.stopped_at = clock.paused_at ?? now;
  clock.paused_at = null;
}
function resume(c: Case, clock: RunClock, now: Date): void {
  if (!clock.paused_at) return;
  Object.assign(clock, resumeClock(c.book.calendar, clock, clock.paused_at, now), { paused_at: null });
}

/** The only way an appeal's status changes here, as in the product. */
export function moveAppeal(c: Case, act: AppealAct, who: Who, now: Date, input: object, changes: Partial<Fields> = {}): void {
  const from = c.status;
  if (!appealCanFollow(from, act)) throw new Error(`${act} cannot follow ${from} (${c.number})`);
  const to = appealStatusAfter(from, act);
  Object.assign(c, changes);
  if (to !== from) turnAppealClocks(c, from, to, now);
  c.status = to;
  note(c, now, appealRule(act).system ? system : who, { act, from_status: from, to_status: to, work_order_id: null, input });
}

function turnAppealClocks(c: Case, from: Status, to: Status, now: Date): void {
  const before = clockOf[from];
  const after = clockOf[to];
  if (before && after && before.kind === after.kind) {
    const clock = running(c, null, before.kind)!;
    if (after.paused) clock.paused_at = now;
    else resume(c, clock, now);
    c.step_due_at = after.paused ? null : clock.due_at;
    return;
  }
  if (before) stop(c, null, before.kind, now);
  c.step_due_at = after ? start(c, null, after.kind as TimedClock, c, now).due_at : null;
}

export interface Wanted {
  readonly id: number;
  readonly unit: Unit;
  readonly role: Role;
  readonly parent?: Order;
  readonly instruction: string;
  readonly made_by_unit: Unit;
  readonly assignee_id: number | null;
  /** The last day of a part, set by whoever passes it on. */
  readonly due_on?: string;
}

/** The limit of a part: the close of that day, but never beyond what is left of the order it is part of. */
function partClock(c: Case, whole: Order, due_on: string, now: Date): NewClock {
  const { calendar } = c.book;
  const close = closeOfNthWorkingDay(calendar, startOfDay(due_on), 0);
  const due_at = whole.due_at > now && whole.due_at < close.due_at ? whole.due_at : close.due_at;
  if (due_at <= now) throw new Error(`a part that is due in the past (${c.number})`);
  const limit = roundTheClock[whole.priority]
    ? { limit_value: Math.round((due_at.getTime() - now.getTime()) / 60_000), limit_unit: 'minutes' as const }
    : { limit_value: officeMinutesBetween(calendar, now, due_at), limit_unit: 'office_minutes' as const };
  return {
    kind: 'handle',
    started_at: now,
    due_at,
    ...limit,
    calendar_version: calendar.version,
    provisional: close.provisional,
  };
}

export function makeOrder(c: Case, wanted: Wanted, who: Who, now: Date): Order {
  const { unit, role, parent = null, instruction, due_on } = wanted;
  if (unit.kind === 'grid' && (c.confidential || c.kind === 'report'))
    throw new Error(`not for the phone of a member (${c.number})`);
  const order: Order = {
    id: wanted.id,
    unit,
    role,
    instruction,
    made_by_unit: wanted.made_by_unit,
    assignee_id: wanted.assignee_id,
    parent,
    made_by_unit_id: answersTo(role, unit.path, wanted.made_by_unit.id),
    status: 'pending_ack',
    round: c.round,
    priority: parent?.priority ?? c.priority,
    made_by: who.person_id,
    designated: false,
    outcome: null,
    result: null,
    promised_on: null,
    created_at: now,
    acknowledged_at: null,
    contacted_at: null,
    first_submitted_at: null,
    submitted_at: null,
    submitted_by: null,
    approved_by: null,
    ended_at: null,
    due_at: now,
    step_due_at: null,
  };
  const timed = { priority: order.priority, category_code: c.category_code, unit_round_the_clock: unit.round_the_clock };
  for (const kind of firstClocks[role]) {
    if (kind === 'contact' && !(c.contact_wanted && c.caller)) continue;
    const set = kind === 'handle' && parent && due_on ? partClock(c, parent, due_on, now) : null;
    if (set) c.clocks.push({ ...set, order, paused_at: null, paused_spans: [], stopped_at: null });
    const { due_at } = set ?? start(c, order, kind, timed, now);
    if (kind === 'handle') order.due_at = due_at;
    if (kind === 'acknowledge') order.step_due_at = due_at;
  }
  c.orders.push(order);
  if (role === 'lead') Object.assign(c, { lead_unit_id: unit.id, due_at: c.due_at ?? order.due_at });
  note(c, now, who, {
    act: 'make',
    from_status: null,
    to_status: 'pending_ack',
    work_order_id: order.id,
    input: { unit_id: unit.id, role, parent_id: parent?.id ?? null, instruction, due_at: order.due_at },
  });
  return order;
}

/** The only way a work order's status changes here, as in the product. */
export function moveOrder(
  c: Case,
  order: Order,
  act: OrderAct,
  who: Who,
  now: Date,
  input: object,
  changes: Partial<Order> = {},
): void {
  const rule = orderRule(act);
  const { status, role, unit } = order;
  if (!orderCanFollow({ status, role, unit_kind: unit.kind }, act))
    throw new Error(`${act} cannot follow ${status} (${c.number}, ${unit.zh})`);
  if (rule.over === 'no_open_part' && c.orders.some((part) => part.parent === order && isOpen(part.status)))
    throw new Error(`${act} over an open part (${c.number})`);
  const to = orderStatusAfter(status, act);
  if (status === 'in_progress' && to !== 'in_progress' && role === 'lead') {
    for (const asked of c.terminations) if (asked.order === order && asked.confirmed_at === null) asked.rejected_at ??= now;
  }
  turnOrderClocks(c, order, act, to, now);
  Object.assign(order, changes, { status: to, ended_at: isVoid(to) || to === 'accepted' ? now : null });
  note(c, now, rule.system ? system : who, { act, from_status: status, to_status: to, work_order_id: order.id, input });
}

function turnOrderClocks(c: Case, order: Order, act: OrderAct, to: OrderStatus, now: Date): void {
  const rule = orderRule(act);
  for (const kind of rule.stops ?? []) stop(c, order, kind, now);
  const timed = {
    priority: order.priority,
    category_code: c.category_code,
    unit_round_the_clock: order.unit.round_the_clock,
    rework: act === 'rework',
  };
  const shown = stepClock[to];
  let step: Date | undefined;
  for (const kind of rule.starts ?? []) {
    const { due_at } = start(c, order, kind as TimedClock, timed, now);
    if (kind === 'handle') order.due_at = due_at;
    if (kind === shown) step = due_at;
  }
  for (const kind of rule.pauses ?? []) {
    const clock = running(c, order, kind);
    if (clock) clock.paused_at = now;
  }
  for (const kind of rule.resumes ?? []) {
    const clock = running(c, order, kind);
    if (!clock) continue;
    resume(c, clock, now);
    order.due_at = clock.due_at;
  }
  if (to !== order.status)
    order.step_due_at = shown === undefined ? null : shown === 'handle' ? order.due_at : (step ?? order.step_due_at);
}

/** Submits with a promised day as a clock of its own. */
export function promise(c: Case, order: Order, now: Date): void {
  const due_at = new Date(`${order.promised_on}T17:30:00+08:00`);
  const days = Math.max(1, Math.round((due_at.getTime() - now.getTime()) / 86_400_000));
  c.clocks.push({
    kind: 'promise',
    started_at: now,
    due_at,
    limit_value: days * 1440,
    limit_unit: 'minutes',
    calendar_version: c.book.calendar.version,
    provisional: false,
    order,
    paused_at: null,
    paused_spans: [],
    stopped_at: null,
  });
}

/** Recalls an order with everything made out of it, deepest first. */
export function recallWithParts(c: Case, order: Order, who: Who, now: Date, reason: string): void {
  for (const part of c.orders.filter((one) => one.parent === order)) recallWithParts(c, part, who, now, reason);
  if (orderActs.recall_open.from.some((status) => status === order.status))
    moveOrder(c, order, 'recall_open', who, now, { reason });
}
export function recallEverything(c: Case, who: Who, now: Date, reason: string): void {
  for (const order of c.orders.filter((one) => one.parent === null)) recallWithParts(c, order, who, now, reason);
  stopPromises(c, now);
}
export function stopPromises(c: Case, now: Date): void {
  for (const order of c.orders) if (order.promised_on !== null) stop(c, order, 'promise', now);
}

/** True when the appeal is now finished: nothing that counts is left open. */
export function finishIfDone(c: Case, now: Date): boolean {
  if (c.status !== 'in_handling' || !isFinished(c.orders)) return false;
  const lead = c.orders.findLast((order) => order.role === 'lead' && order.status === 'accepted');
  const done = { finished_at: now, answer: lead?.result ?? c.answer };
  const waiting = c.followers.some((follower) => follower.status === 'merged');
  if (c.caller === null && ownFindChannels.includes(c.channel) && !waiting) {
    moveAppeal(c, 'finish_own', system, now, {}, { ...done, closed_at: now });
  } else {
    moveAppeal(c, 'finish', system, now, {}, done);
    answerFollowers(c, now);
  }
  return true;
}

const merged = (c: Case): Case[] => c.followers.filter((follower) => follower.status === 'merged');
/** Each appellant who follows gets the answer of the work as his own. */
export function answerFollowers(c: Case, now: Date): void {
  const { answer, finished_at } = c;
  for (const follower of merged(c)) moveAppeal(follower, 'answer_merged', system, now, {}, { answer, finished_at });
}
export function reworkFollowers(c: Case, now: Date): void {
  for (const follower of merged(c))
    moveAppeal(follower, 'rework_merged', system, now, {}, { round: follower.round + 1, finished_at: null, level: null });
}
export function closeFollowers(c: Case, now: Date): void {
  for (const follower of merged(c)) {
    moveAppeal(follower, 'close_merged', system, now, {}, { closed_at: now, finished_at: c.finished_at, answer: c.answer });
  }
}
/** Where the target ends without work done, those who followed it are looked at again. */
export function releaseFollowers(c: Case, now: Date): Case[] {
  const released = merged(c);
  for (const follower of released) {
    const { round, level } = follower;
    moveAppeal(
      follower,
      'unmerge',
      system,
      now,
      { reason: `${c.number} ${c.status}` },
      {
        merged_into_id: null,
        lead_unit_id: null,
        finished_at: null,
        answer: null,
        level: null,
        round: level === null ? round : round + 1,
      },
    );
  }
  return released;
}

export function backToCity(c: Case, now: Date): void {
  moveAppeal(c, c.accepted_at === null ? 'rereview' : 'redispatch', system, now, {}, { lead_unit_id: null });
}

/** The first evaluation of a round is final. */
export function rate(
  c: Case,
  who: Who,
  now: Date,
  level: Level,
  contacted: boolean | null,
  solved: boolean | null,
  remark: string,
): void {
  c.evaluations.push({
    round: c.round,
    source: who === appellant ? 'page' : 'callback',
    level,
    contacted,
    solved,
    remark,
    recorded_by: who.person_id,
    evaluated_at: now,
  });
  c.level = level;
  if (level === 'dissatisfied') c.dissatisfied_rounds++;
  if (who.person_id !== null)
    c.callbacks.push({ round: c.round, called_by: who.person_id, called_at: now, outcome: 'reached', note: remark });
}
