import {
  type Case,
  changeCase,
  type Doing,
  moveAppeal,
  mustMay,
  note,
  stopClock,
  withAppeal,
} from '../../appeals/actions/case.ts';
import { isDelicate, ownFindChannels } from '../../appeals/rules.ts';
import { refreshScopes } from '../../appeals/store.ts';
import type { Priority } from '../../catalog/rules.ts';
import { type NewClock, resumeClock, startClock, startMilestones, type TimedClock } from '../../clocks/rules.ts';
import { changeClock, listRunningClocks } from '../../clocks/store.ts';
import { dayOf } from '../../core/clock.ts';
import type { Db } from '../../core/db.ts';
import { conflict, forbidden, notFound } from '../../core/errors.ts';
import type { UnitRow } from '../../units/store.ts';
import {
  actRule,
  acts,
  answersTo,
  approvers,
  approversOfLastResort,
  canFollow,
  firstClocks,
  holderPosts,
  isFinished,
  isVoid,
  mustDesignate,
  type OrderAct,
  openParts,
  type Role,
  type Status,
  statusAfter,
  stepClock,
  withParts,
} from '../rules.ts';
import { endSupervision } from '../store/ladder.ts';
import {
  changeOrderRow,
  countOthers,
  endSuspension,
  findAssignee,
  type HeldOrder,
  holdOrders,
  insertOrder,
  listFollowers,
  voidRequests,
  voidTerminations,
  type WorkOrderRow,
} from '../store.ts';
import { answerFollowers } from './followers.ts';

/** A case with its orders: whoever makes or ends an order holds all of them. */
export interface OrderCase extends Case {
  orders: HeldOrder[];
}

export async function withOrders(db: Db, doing: Doing, number: string, work: (held: OrderCase) => Promise<void>): Promise<void> {
  await withAppeal(db, doing, number, async (held) => {
    await work(await holdingOrders(held));
  });
}

export async function holdingOrders(held: Case): Promise<OrderCase> {
  return Object.assign(held, { orders: await holdOrders(held.trx, held.appeal.id) });
}

export function getOrder(held: OrderCase, id: number): HeldOrder {
  const order = held.orders.find((one) => one.id === id);
  if (!order) throw notFound();
  return order;
}

export interface OrderWanted {
  readonly unit: Pick<UnitRow, 'id' | 'kind' | 'path' | 'parent_id' | 'round_the_clock'>;
  readonly role: Role;
  readonly parent_id?: number;
  readonly instruction: string;
  readonly made_by_unit_id: number;
  readonly priority?: Priority;
  /** The handling clock, where whoever makes the order sets its limit. */
  readonly limit?: NewClock;
}

/** Makes a work order with its clocks, tells the unit, and lets it read the case. */
export async function makeOrder(held: OrderCase, wanted: OrderWanted, system = false): Promise<HeldOrder> {
  const { trx, appeal, now, book, author } = held;
  const { unit, role } = wanted;
  if (holderPosts[unit.kind].length === 0) throw conflict('no_handler');
  if (unit.kind === 'grid' && isDelicate(appeal, unit.path)) throw conflict('not_for_members');
  const timed = {
    priority: wanted.priority ?? appeal.priority,
    category_code: appeal.category_code,
    unit_round_the_clock: unit.round_the_clock,
  };
  const clocks = firstClocks[role]
    .filter((kind) => kind !== 'contact' || (appeal.contact_wanted && appeal.appellant_id !== null))
    .map((kind) => (kind === 'handle' && wanted.limit ? wanted.limit : startClock(kind, book, timed, now)));
  if (role === 'lead') clocks.push(...startMilestones(book, appeal.category_code, now));
  const dueOf = (kind: string) => clocks.find((clock) => clock.kind === kind)!.due_at;
  const designated = role === 'lead' && mustDesignate(held.orders);
  const row = await insertOrder(trx, {
    appeal_id: appeal.id,
    parent_id: wanted.parent_id ?? null,
    role,
    unit_id: unit.id,
    status: 'pending_ack',
    round: appeal.round,
    priority: timed.priority,
    instruction: wanted.instruction,
    made_by: typeof author === 'object' && !system ? author.person_id : null,
    made_by_unit_id: answersTo(role, unit.path, wanted.made_by_unit_id),
    created_at: now,
    assignee_id: unit.kind === 'grid' ? await findAssignee(trx, unit.id, dayOf(now)) : null,
    due_at: dueOf('handle'),
    step_due_at: dueOf('acknowledge'),
    designated,
  });
  const order: HeldOrder = {
    ...row,
    unit_kind: unit.kind,
    unit_path: unit.path,
    unit_parent_id: unit.parent_id,
    unit_round_the_clock: unit.round_the_clock,
  };
  held.orders.push(order);
  held.starts.push(...clocks.map((clock) => ({ ...clock, work_order_id: order.id })));
  held.notices.push({ event: 'order_made', unit_id: unit.id, posts: holderPosts[unit.kind], work_order_id: order.id });
  if (role === 'lead') changeCase(held, { lead_unit_id: unit.id, due_at: appeal.due_at ?? order.due_at });
  note(
    held,
    {
      act: 'make',
      from_status: null,
      to_status: 'pending_ack',
      work_order_id: order.id,
      // The trail alone must tell what was due when: scores are counted again from it.
      input: {
        unit_id: unit.id,
        role,
        parent_id: order.parent_id,
        instruction: wanted.instruction,
        due_at: order.due_at,
        acknowledge_due_at: dueOf('acknowledge'),
        contact_due_at: clocks.find(({ kind }) => kind === 'contact')?.due_at ?? null,
        ...(designated ? { designated } : {}),
      },
    },
    system,
  );
  await refreshScopes(trx, appeal.id);
  return order;
}

/** The only way a work order's status changes: permitted, lawful, no part left open under it, clocks turned, recorded. */
export async function moveOrder(
  held: OrderCase,
  order: HeldOrder,
  act: OrderAct,
  input: object,
  changes: Partial<WorkOrderRow> = {},
): Promise<HeldOrder> {
  const rule = actRule(act);
  if (!rule.system) {
    // An appellant on his page holds no post: nothing about an order is his.
    if (held.author === 'appellant') throw forbidden();
    mustMay(held, `order.${act}`, {
      holder_unit_id: order.unit_id,
      maker_unit_id: order.made_by_unit_id,
      approves: rule.from.includes('submitted') && (await approves(held, order)),
    });
  }
  if (!canFollow(order, act)) throw conflict('moved_on', { status: order.status });
  if (rule.over === 'no_open_part' && openParts(held.orders, order.id).length > 0) throw conflict('part_open');
  const to = statusAfter(order.status, act);
  const turned = await turnOrderClocks(held, order, act, to);
  const after: HeldOrder = { ...order, ...turned, ...changes, status: to };
  await changeOrderRow(held.trx, order.id, {
    ...turned,
    ...changes,
    status: to,
    ...(isVoid(to) || to === 'accepted' ? { ended_at: held.now } : { ended_at: null }),
  });
  held.orders = held.orders.map((one) => (one.id === order.id ? after : one));
  if (order.status === 'in_progress' && to !== 'in_progress') {
    await voidRequests(held.trx, order.id, held.now);
    if (order.role === 'lead') await voidTerminations(held.trx, order, held.now);
  }
  if (order.status === 'suspended') await endSuspension(held.trx, order.id, held.now);
  if (to === 'accepted' || isVoid(to)) await endSupervision(held.trx, order.id, held.now);
  if (to === 'returned' || (isVoid(to) && held.appeal.confidential)) await refreshScopes(held.trx, held.appeal.id);
  const moved = after.due_at.getTime() !== order.due_at.getTime();
  const told = moved ? { ...input, due_at: after.due_at } : input;
  note(held, { act, from_status: order.status, to_status: to, work_order_id: order.id, input: told }, rule.system);
  return after;
}

async function turnOrderClocks(held: OrderCase, order: HeldOrder, act: OrderAct, to: Status): Promise<Partial<WorkOrderRow>> {
  const { trx, book, now, appeal } = held;
  const rule = actRule(act);
  const timed = {
    priority: order.priority,
    category_code: appeal.category_code,
    unit_round_the_clock: order.unit_round_the_clock,
    rework: act === 'rework',
  };
  for (const kind of rule.stops ?? []) stopClock(held, order.id, kind);
  const started = (rule.starts ?? []).map((kind) => ({
    ...startClock(kind as TimedClock, book, timed, now),
    work_order_id: order.id,
  }));
  held.starts.push(...started);
  let due_at = started.find((clock) => clock.kind === 'handle')?.due_at ?? order.due_at;
  const turned = [...(rule.pauses ?? []), ...(rule.resumes ?? [])];
  for (const clock of turned.length > 0 ? await listRunningClocks(trx, appeal.id, order.id, turned) : []) {
    if (rule.pauses?.includes(clock.kind)) await changeClock(trx, clock.id, { paused_at: now });
    else if (clock.paused_at) {
      const resumed = resumeClock(book.calendar, clock, clock.paused_at, now);
      await changeClock(trx, clock.id, { ...resumed, paused_at: null });
      if (clock.kind === 'handle') due_at = resumed.due_at;
    }
  }
  const shown = stepClock[to];
  const step = started.find((clock) => clock.kind === shown)?.due_at;
  if (to === order.status) return {};
  return { due_at, step_due_at: shown === undefined ? null : shown === 'handle' ? due_at : (step ?? order.step_due_at) };
}

/**
 * Whether the author approves this submission: holds one of the holder's approving posts and is not who submitted it. Where nobody
 * else could, the next tier may, and above all the city's dispatch officer.
 */
export async function approves(held: OrderCase, order: HeldOrder): Promise<boolean> {
  const { author, trx, now } = held;
  if (typeof author !== 'object' || author.person_id === order.submitted_by) return false;
  return (await approvingUnits(trx, order, dayOf(now))).some(
    ({ unit_id, posts }) => unit_id === author.unit_id && posts.includes(author.post),
  );
}

/** The units and posts that may approve an order now: the regular ones, or the next tier where only the submitter could. */
export async function approvingUnits(
  db: Db,
  order: Pick<HeldOrder, 'unit_kind' | 'unit_id' | 'unit_path' | 'submitted_by'>,
  today: string,
): Promise<{ unit_id: number; posts: readonly string[] }[]> {
  const { at, posts } = approvers[order.unit_kind];
  const ids = order.unit_path.split('/').filter(Boolean).map(Number);
  const upwards = ids.slice(0, at === 'own' ? ids.length : ids.length - 1).reverse();
  for (const unit_id of upwards.slice(0, -1)) {
    if ((await countOthers(db, unit_id, posts, order.submitted_by, today)) > 0) return [{ unit_id, posts }];
  }
  return [{ unit_id: ids[0]!, posts: approversOfLastResort }];
}

/** Recalls an order and its parts, deepest first; each gets its own row in the trail. */
export async function recallWithParts(held: OrderCase, order: HeldOrder, reason: string): Promise<void> {
  for (const one of withParts(held.orders, order.id)) {
    if (!acts.recall_open.from.some((status) => status === one.status)) continue;
    await moveOrder(held, one, 'recall_open', { reason });
    held.notices.push({
      event: 'order_recalled',
      unit_id: one.unit_id,
      posts: holderPosts[one.unit_kind],
      work_order_id: one.id,
    });
  }
}

/** Ends the open parts under an order that itself ends in another way. */
export async function recallParts(held: OrderCase, order: HeldOrder, reason: string): Promise<void> {
  for (const part of openParts(held.orders, order.id)) await recallWithParts(held, part, reason);
}

/** Ends all work on an appeal that itself ends or goes elsewhere; what was promised on it is tracked no longer. */
export async function recallEverything(held: OrderCase, reason: string): Promise<void> {
  for (const order of held.orders.filter((one) => one.parent_id === null)) await recallWithParts(held, order, reason);
  stopPromises(held);
}

export function stopPromises(held: OrderCase): void {
  for (const order of held.orders) if (order.promised_on !== null) stopClock(held, order.id, 'promise');
}

/** Finishes the appeal when the last order that counts is accepted; a find of our own that nobody waits for closes at once. */
export async function finishIfDone(held: OrderCase): Promise<void> {
  if (held.appeal.status !== 'in_handling' || !isFinished(held.orders)) return;
  const lead = held.orders.findLast((order) => order.role === 'lead' && order.status === 'accepted');
  const done = { finished_at: held.now, answer: lead?.result ?? held.appeal.answer };
  const { id, appellant_id, channel } = held.appeal;
  if (appellant_id === null && ownFindChannels.includes(channel) && (await listFollowers(held.trx, id)).length === 0) {
    await moveAppeal(held, 'finish_own', {}, { ...done, closed_at: held.now });
  } else {
    await moveAppeal(held, 'finish', {}, done);
    held.told.push({ event: 'finished', params: {} });
    await answerFollowers(held, 'finished');
  }
}

/** Back to the city's desk: to review when it was never accepted there, else to dispatch. */
export async function backToCity(held: OrderCase): Promise<void> {
  const act = held.appeal.accepted_at === null ? 'rereview' : 'redispatch';
  await moveAppeal(held, act, {}, { lead_unit_id: null });
}
