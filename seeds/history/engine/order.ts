/** Work orders made, moved and recalled by the same tables as in the product. */
import type { TimedClock } from '../../../src/clocks/rules.ts';
import {
  answersTo,
  firstClocks,
  isOpen,
  isVoid,
  mustDesignate,
  type OrderAct,
  type Status as OrderStatus,
  acts as orderActs,
  canFollow as orderCanFollow,
  actRule as orderRule,
  statusAfter as orderStatusAfter,
  type Role,
  stepClock,
} from '../../../src/orders/rules.ts';
import type { Unit } from '../../directory.ts';
import { type Case, note, type Order, system, type Who } from './case.ts';
import { partClock, resume, running, start, stop, stopPromises } from './clocks.ts';

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
    designated: role === 'lead' && mustDesignate(c.orders),
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
  const due: Partial<Record<string, Date>> = {};
  for (const kind of firstClocks[role]) {
    if (kind === 'contact' && !(c.contact_wanted && c.caller)) continue;
    const set = kind === 'handle' && parent && due_on ? partClock(c, parent, due_on, now) : null;
    if (set) c.clocks.push({ ...set, order, paused_at: null, paused_spans: [], stopped_at: null });
    const { due_at } = set ?? start(c, order, kind, timed, now);
    due[kind] = due_at;
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
    input: {
      unit_id: unit.id,
      role,
      parent_id: parent?.id ?? null,
      instruction,
      due_at: order.due_at,
      acknowledge_due_at: due['acknowledge'],
      contact_due_at: due['contact'] ?? null,
    },
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
  const due_before = order.due_at;
  // As the product does: what is asked is void once the order leaves the hands it was asked in; what stood still does so no longer.
  for (const asked of c.asked) {
    if (asked.order !== order) continue;
    if (status === 'in_progress' && to !== 'in_progress' && asked.decision === null)
      Object.assign(asked, { decision: 'void', decided_at: now });
    if (status === 'suspended' && asked.decision === 'granted' && asked.of === 'suspension') asked.resumed_at ??= now;
  }
  turnOrderClocks(c, order, act, to, now);
  Object.assign(order, changes, { status: to, ended_at: isVoid(to) || to === 'accepted' ? now : null });
  const told = order.due_at.getTime() === due_before.getTime() ? input : { ...input, due_at: order.due_at };
  note(c, now, rule.system ? system : who, { act, from_status: status, to_status: to, work_order_id: order.id, input: told });
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
    if (kind === 'handle') order.due_at = clock.due_at;
  }
  if (to !== order.status)
    order.step_due_at = shown === undefined ? null : shown === 'handle' ? order.due_at : (step ?? order.step_due_at);
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
