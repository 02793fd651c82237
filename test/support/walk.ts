import type { Author } from '../../src/appeals/actions/case.ts';
import {
  type AppealAct,
  actNames as appealActs,
  canFollow as appealCanFollow,
  actRule as appealRule,
  appellantActs,
} from '../../src/appeals/rules.ts';
import { dayOf } from '../../src/core/clock.ts';
import { Refusal } from '../../src/core/errors.ts';
import { nightly } from '../../src/orders/actions/nightly.ts';
import { performOnAppeal, performOnOrder, register } from '../../src/orders/actions/perform.ts';
import {
  isOpen,
  type OrderAct,
  actNames as orderActs,
  canFollow as orderCanFollow,
  actRule as orderRule,
} from '../../src/orders/rules.ts';
import type { WorkOrderRow } from '../../src/orders/store.ts';
import { mayEver, type Permission } from '../../src/policy.ts';
import type { UnitKind } from '../../src/units/rules.ts';
import type { Stage } from './make.ts';
import type { TestClock } from './world.ts';

/** The same numbers for the same seed (mulberry32). */
export function dice(seed: number) {
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
export type Dice = ReturnType<typeof dice>;

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
export async function step(stage: Stage, numbers: string[], clock: TestClock, random: Dice): Promise<string | null> {
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
