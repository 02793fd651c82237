import { expect } from 'vitest';
import {
  type AppealAct,
  statusAfter as appealAfter,
  canFollow as appealCanFollow,
  isEnded,
  type Status,
} from '../../src/appeals/rules.ts';
import {
  isOpen,
  isVoid,
  type OrderAct,
  type Status as OrderStatus,
  statusAfter as orderAfter,
  actRule as orderRule,
} from '../../src/orders/rules.ts';
import type { WorkOrderRow } from '../../src/orders/store.ts';
import { verify } from '../../src/trail/rules.ts';
import { listTrail } from '../../src/trail/store.ts';
import { makeStage, type Stage } from '../support/make.ts';
import { dice, step } from '../support/walk.ts';
import { test } from '../support/world.ts';

/** What must be true of every appeal at every moment. */
async function mustHold(stage: Stage, number: string): Promise<void> {
  const { db } = stage.world;
  const [appeal, orders] = [await stage.appeal(number), await stage.orders(number)];
  const clocks = await db('clocks').where({ appeal_id: appeal.id }).whereNull('stopped_at');
  const say = (what: string) => `${number} (${appeal.status}): ${what}`;
  const live = orders.filter(({ role, status }) => role === 'lead' && isOpen(status));
  const open = orders.filter(({ status }) => isOpen(status));
  const status_of = new Map(orders.map(({ id, status }) => [id, status]));

  expect(live.length, say('at most one live lead')).toBeLessThanOrEqual(1);
  if (appeal.status !== 'in_handling')
    expect(
      open.every(({ role }) => role !== 'lead') && (open.length === 0 || appeal.status === 'pending_dispatch'),
      say('open orders only in handling, or of helpers while a new lead is sought'),
    ).toBe(true);
  if (appeal.status === 'in_handling') {
    expect(appeal.due_at === null, say('due, unless its lead stands still')).toBe(
      live[0]?.status === 'suspended' && appeal.due_at === null,
    );
    expect(appeal.lead_unit_id, say('a lead, at work or done')).toBe(
      orders.findLast(({ role, status }) => role === 'lead' && !isVoid(status))?.unit_id,
    );
    expect(open.length, say('somebody is still at work')).toBeGreaterThan(0);
  }
  for (const order of open)
    if (order.parent_id !== null)
      expect(
        isOpen(status_of.get(order.parent_id)!) && status_of.get(order.parent_id) !== 'submitted',
        say('no open part under what is done'),
      ).toBe(true);

  const promises = appeal.status === 'closed' || appeal.status === 'archived';
  if (isEnded(appeal.status))
    expect(
      clocks.filter(({ kind }) => !(promises && kind === 'promise')),
      say('nothing runs on'),
    ).toEqual([]);
  for (const clock of clocks) {
    const status = clock.work_order_id === null ? null : status_of.get(clock.work_order_id)!;
    if (status !== null && !isOpen(status)) expect(clock.kind, say(`a clock on an order ${status}`)).toBe('promise');
  }
  const expected: Partial<Record<Status, string>> = {
    pending_review: 'review',
    awaiting_details: 'review',
    pending_dispatch: 'dispatch',
    pending_callback: 'callback',
  };
  expect(
    clocks.filter(({ work_order_id }) => work_order_id === null).map(({ kind }) => kind),
    say('its own clock'),
  ).toEqual(expected[appeal.status] ? [expected[appeal.status]] : []);
  const own = clocks.find(({ work_order_id, paused_at }) => work_order_id === null && paused_at === null);
  expect(appeal.step_due_at, say('the copy of its due time')).toEqual(own?.due_at ?? null);
  for (const order of open) {
    const handle = clocks.find(({ kind, work_order_id }) => kind === 'handle' && work_order_id === order.id);
    expect(handle?.due_at, say('the copy of an order’s due time')).toEqual(order.due_at);
    const shown = { pending_ack: 'acknowledge', in_progress: 'handle', return_requested: 'ruling', submitted: 'approve' }[
      order.status as string
    ];
    expect(order.step_due_at, say(`the step of an order ${order.status}`)).toEqual(
      clocks.find(({ kind, work_order_id }) => kind === shown && work_order_id === order.id)?.due_at ?? null,
    );
    const asked = [
      ...(await db('work_order_extensions').where({ work_order_id: order.id }).whereNull('decision')),
      ...(await db('work_order_suspensions').where({ work_order_id: order.id }).whereNull('decision')),
    ];
    expect(
      clocks.filter(({ kind, work_order_id }) => kind === 'decision' && work_order_id === order.id).length,
      say('a decision clock for each question'),
    ).toBe(asked.length);
    expect(handle?.paused_at !== null, say('stands while it is suspended or waits for approval')).toBe(
      order.status === 'suspended' || order.status === 'submitted',
    );
  }

  const trail = await listTrail(db, 'appeal', appeal.id);
  expect(verify(trail, { seq: appeal.trail_seq, hash: appeal.trail_hash }), say('the trail')).toEqual({
    ok: true,
    rows: trail.length,
  });
  replay(trail, appeal.status, orders, say);
}

/** Walks the trail by the tables of rules alone: it must arrive where the rows stand. */
function replay(
  trail: Awaited<ReturnType<typeof listTrail>>,
  arrived: Status,
  orders: readonly WorkOrderRow[],
  say: (what: string) => string,
): void {
  let at: Status | null = null;
  const of = new Map<number, OrderStatus>();
  for (const { act, from_status, to_status, work_order_id, seq } of trail) {
    const row = say(`row ${seq}, ${act}`);
    if (act === 'supervise') continue;
    if (work_order_id === null) {
      expect(from_status, row).toBe(at);
      if (act === 'register') at = to_status as Status;
      else if (act !== 'merged_here') {
        expect(appealCanFollow(at!, act as AppealAct), row).toBe(true);
        at = appealAfter(at!, act as AppealAct);
      }
      expect(to_status, row).toBe(at);
    } else {
      expect(from_status, row).toBe(of.get(work_order_id) ?? null);
      if (act === 'make') of.set(work_order_id, 'pending_ack');
      else {
        expect((orderRule(act as OrderAct).from as readonly string[]).includes(of.get(work_order_id)!), row).toBe(true);
        of.set(work_order_id, orderAfter(of.get(work_order_id)!, act as OrderAct));
      }
      expect(to_status, row).toBe(of.get(work_order_id));
    }
  }
  expect(at, say('replayed')).toBe(arrived);
  for (const order of orders) expect(of.get(order.id), say(`order ${order.id} replayed`)).toBe(order.status);
}

test.for([11, 22])(
  'whatever lawful people do, in whatever order, what must hold holds (seed %i)',
  { timeout: 60_000 },
  async (seed, { world, clock }) => {
    const stage = await makeStage(world);
    const random = dice(seed);
    const numbers: string[] = [];
    const done = new Map<string, number>();
    for (let n = 0; n < 160; n++) {
      const act = await step(stage, numbers, clock, random);
      if (act === null) continue;
      done.set(act, (done.get(act) ?? 0) + 1);
      if (n % 20 === 0) for (const number of numbers) await mustHold(stage, number);
    }
    for (const number of numbers) await mustHold(stage, number);
    expect(done.size, [...done].join(' ')).toBeGreaterThan(15);
  },
);
