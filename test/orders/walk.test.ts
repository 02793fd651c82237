import { expect } from 'vitest';
import type { Author } from '../../src/appeals/actions/case.ts';
import {
  type AppealAct,
  actNames as appealActs,
  statusAfter as appealAfter,
  canFollow as appealCanFollow,
  actRule as appealRule,
  appellantActs,
  isEnded,
  type Status,
} from '../../src/appeals/rules.ts';
import { dayOf } from '../../src/core/clock.ts';
import { Refusal } from '../../src/core/errors.ts';
import { nightly } from '../../src/orders/actions/nightly.ts';
import { performOnAppeal, performOnOrder, register } from '../../src/orders/actions/perform.ts';
import {
  isOpen,
  isVoid,
  type OrderAct,
  type Status as OrderStatus,
  actNames as orderActs,
  statusAfter as orderAfter,
  canFollow as orderCanFollow,
  actRule as orderRule,
} from '../../src/orders/rules.ts';
import type { WorkOrderRow } from '../../src/orders/store.ts';
import { mayEver, type Permission } from '../../src/policy.ts';
import { verify } from '../../src/trail/rules.ts';
import { listTrail } from '../../src/trail/store.ts';
import type { UnitKind } from '../../src/units/rules.ts';
import { makeStage, type Stage } from '../support/make.ts';
import { type TestClock, test } from '../support/world.ts';

/** The same numbers for the same seed (mulberry32). */
function dice(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    below: (n: number) => Math.floor(next() * n),
    pick: <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!,
  };
}
type Dice = ReturnType<typeof dice>;

/** Some lawful-looking input for whatever is asked; the rules decide whether it stands. */
function inputFor(
  fields: readonly string[],
  stage: Stage,
  numbers: readonly string[],
  clock: TestClock,
  { pick, next }: Dice,
): Record<string, unknown> {
  const unit = () => pick(Object.values(stage.units)).id;
  const some: Record<string, () => unknown> = {
    kind: () => pick(['help', 'complaint', 'report', 'inquiry']),
    category_code: () => pick(['0202', '0203', '0208', '0304']),
    priority: () => pick(['general', 'urgent', 'emergency', 'complex', 'inquiry']),
    about_unit_id: () => (next() < 0.08 ? unit() : undefined),
    place_unit_id: () => undefined,
    target: () => pick(numbers),
    lead_unit_id: () => (next() < 0.5 ? stage.units.quanshan.id : unit()),
    unit_id: unit,
    co_unit_ids: () => (next() < 0.5 ? [unit(), unit()] : []),
    line: () => pick(['110', '119']),
    transferred_at: () => clock(),
    decline_reason: () => pick(['unlawful', 'other_procedure']),
    callback_outcome: () => pick(['no_answer', 'later']),
    contacted: () => next() < 0.5,
    solved: () => next() < 0.5,
    level: () => pick(['satisfied', 'basic', 'dissatisfied', 'dissatisfied']),
    how: () => pick(['phone', 'visit']),
    outcome: () => pick(['solved', 'explained', 'promised']),
    promised_on: () => '2027-06-30',
    extend_to: () => dayOf(new Date(clock().getTime() + (2 + 8 * next()) * 86_400_000)),
    review_on: () => dayOf(new Date(clock().getTime() + (1 + 3 * next()) * 86_400_000)),
    due_on: () => dayOf(new Date(clock().getTime() + 3 * 86_400_000)),
  };
  return Object.fromEntries(
    fields
      .filter((field) => field !== 'files')
      .map((field) => [field, some[field]?.() ?? (field.endsWith('_id') ? undefined : '随机')]),
  );
}

/** Ends and detours that would otherwise leave little work to be seen. */
const seldom: readonly string[] = [
  'withdraw',
  'transfer',
  'answer',
  'decline',
  'comment',
  'correct',
  'merge',
  'unmerge',
  'request_details',
  'reopen',
  'contact',
  'progress',
  'reassign',
];

/** One try: somebody of the cast does something to one of the appeals. Returns the act when it was done. */
async function step(stage: Stage, numbers: string[], clock: TestClock, random: Dice): Promise<string | null> {
  const { db } = stage.world;
  const roll = random.next();
  if (numbers.length < 3 || (numbers.length < 14 && roll < 0.06)) {
    const place_unit_id = random.pick(Object.values(stage.units).filter(({ kind }) => kind !== 'department')).id;
    const from = {
      kind: random.pick(['help', 'help', 'complaint', 'report'] as const),
      priority: random.pick(['general', 'urgent'] as const),
      category_code: '0304',
      content: '随机诉求',
      place_unit_id,
      confidential: random.next() < 0.1,
    };
    const [channel, author] = random.pick([
      ['hotline', 'hotline'],
      ['qr_code', null],
      ['app_snapshot', 'member1'],
      ['walk_in', 'huayuan_clerk'],
      ['proactive_patrol', 'member2'],
    ] as const);
    const phone = random.next() < 0.8 ? '10000000001' : '';
    numbers.push(
      await register(
        stage.world,
        { author: author ? stage.people[author] : 'appellant', now: clock() },
        { ...from, channel, phone },
      ),
    );
    return 'register';
  }
  if (roll < 0.1) return (await random.pick(Object.values(nightly))(db, clock())) > 0 ? 'nightly' : null;
  clock.addMinutes(random.below(240));
  const number = random.pick(numbers);
  const appeal = await stage.appeal(number);
  const orders = await stage.orders(number);
  const unitKind = (id: number) => Object.values(stage.units).find((unit) => unit.id === id)!.kind as UnitKind;
  const options: { act: string; order: WorkOrderRow | null }[] = [
    ...appealActs
      .filter((act) => !appealRule(act).system && appealCanFollow(appeal.status, act))
      .map((act) => ({ act, order: null })),
    ...orders.flatMap((order) =>
      orderActs
        .filter((act) => !orderRule(act).system && orderCanFollow({ ...order, unit_kind: unitKind(order.unit_id) }, act))
        .map((act) => ({ act, order })),
    ),
    // An order at work is worked on more often than its appeal is withdrawn.
    ...orders
      .filter(({ status }) => isOpen(status))
      .flatMap((order) =>
        (['acknowledge', 'submit', 'approve'] as const)
          .filter((act) => orderCanFollow({ ...order, unit_kind: unitKind(order.unit_id) }, act))
          .flatMap((act) => [
            { act, order },
            { act, order },
            { act, order },
          ]),
      ),
  ].filter(({ act }) => !seldom.includes(act) || random.next() < 0.15);
  if (options.length === 0) return null;
  const { act, order } = random.pick(options);
  const rule = order ? orderRule(act as OrderAct) : appealRule(act as AppealAct);
  const given = inputFor([...rule.needs, ...(rule.takes ?? [])], stage, numbers, clock, random) as never;
  if (order && act === 'forward') {
    const above = Object.values(stage.units).find(({ id }) => id === order.unit_id)!;
    Object.assign(given, {
      unit_id: random.pick(Object.values(stage.units).filter(({ path }) => path.startsWith(above.path) && path !== above.path))
        .id,
    });
  }
  // Whoever of the cast may: asked in an order of the dice.
  const permission = `${order ? 'order' : 'appeal'}.${act}` as Permission;
  const allowed: Author[] = Object.values(stage.people).filter((one) => mayEver(one, permission));
  if (!order && appellantActs.includes(act as AppealAct)) allowed.push('appellant');
  const from = random.below(allowed.length);
  for (const author of [...allowed.slice(from), ...allowed.slice(0, from)]) {
    try {
      if (order) await performOnOrder(db, { author, now: clock() }, number, order.id, act as OrderAct, given);
      else await performOnAppeal(db, { author, now: clock() }, number, act as AppealAct, given);
      return act;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.status === 409) return null;
    }
  }
  return null;
}

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
