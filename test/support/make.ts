import type { Doing } from '../../src/appeals/actions/case.ts';
import type { Registration } from '../../src/appeals/actions/register.ts';
import type { AppealAct, Input as AppealInput } from '../../src/appeals/rules.ts';
import type { AppealRow } from '../../src/appeals/store.ts';
import type { ClockKind } from '../../src/clocks/rules.ts';
import { type ClockRow, listClocks } from '../../src/clocks/store.ts';
import type { World } from '../../src/core/world.ts';
import { performOnAppeal, performOnOrder, register } from '../../src/orders/actions/perform.ts';
import type { OrderAct, Input as OrderInput } from '../../src/orders/rules.ts';
import type { WorkOrderRow } from '../../src/orders/store.ts';
import { listTrail } from '../../src/trail/store.ts';
import { type Cast, makeCast, type PersonName } from './cast.ts';

/** Everything is made by acting, so nothing stands in a test that could not stand in the product. */
export interface Stage extends Cast {
  readonly world: World;
  doing(who: PersonName): Doing;
  register(who: PersonName, given?: Partial<Registration>): Promise<string>;
  act<A extends AppealAct>(who: PersonName, number: string, act: A, input: AppealInput<A>): Promise<void>;
  order<A extends OrderAct>(who: PersonName, number: string, act: A, input: OrderInput<A>, order_id?: number): Promise<void>;
  appeal(number: string): Promise<AppealRow>;
  orders(number: string): Promise<WorkOrderRow[]>;
  /** What the appellant does on his own page. */
  appellant<A extends AppealAct>(number: string, act: A, input: AppealInput<A>): Promise<void>;
  /** The newest order of a unit on the appeal. */
  orderOf(number: string, unit: keyof Cast['units']): Promise<WorkOrderRow>;
  /** The newest clock of a kind, of the appeal itself or of one of its orders. */
  clock(number: string, kind: ClockKind, work_order_id?: number | null): Promise<ClockRow | undefined>;
  running(number: string): Promise<string[]>;
  acts(number: string): Promise<string[]>;
  /** What the appellant was told, in order. */
  told(number: string): Promise<string[]>;
  /** What a person of the cast finds in his inbox about the appeal. */
  inbox(who: PersonName, number: string): Promise<string[]>;
  /** A hotline appeal, accepted and dispatched to the housing bureau. */
  dispatched(given?: Partial<Registration>): Promise<string>;
  /** The same, handled, approved and waiting for its callback. */
  finished(given?: Partial<Registration>): Promise<string>;
}

export async function makeStage(world: World): Promise<Stage> {
  const { db } = world;
  const cast = await makeCast(db);
  const doing = (who: PersonName): Doing => ({ author: cast.people[who], now: world.clock() });
  const appeal = async (number: string) => (await db('appeals').where({ number }).first())!;
  const orders = async (number: string) =>
    db('work_orders')
      .where({ appeal_id: (await appeal(number)).id })
      .orderBy('id');
  const stage: Stage = {
    ...cast,
    world,
    doing,
    appeal,
    orders,
    appellant: (number, act, input) => performOnAppeal(db, { author: 'appellant', now: world.clock() }, number, act, input),
    orderOf: async (number, unit) => (await orders(number)).findLast((order) => order.unit_id === cast.units[unit].id)!,
    clock: async (number, kind, work_order_id = null) =>
      (await listClocks(db, (await appeal(number)).id)).findLast(
        (clock) => clock.kind === kind && clock.work_order_id === work_order_id,
      ),
    running: async (number) =>
      (await listClocks(db, (await appeal(number)).id))
        .filter((clock) => clock.stopped_at === null && clock.paused_at === null)
        .map((clock) => clock.kind)
        .sort(),
    acts: async (number) => (await listTrail(db, 'appeal', (await appeal(number)).id)).map((row) => row.act),
    told: async (number) =>
      (
        await db('outbox')
          .where({ appeal_id: (await appeal(number)).id })
          .orderBy('id')
      ).map((row) => row.event),
    inbox: async (who, number) =>
      (
        await db('messages')
          .where({ person_id: cast.people[who].person_id, appeal_id: (await appeal(number)).id })
          .orderBy('id')
      ).map((row) => row.event),
    register: (who, given = {}) =>
      register(world, doing(who), {
        channel: 'hotline',
        kind: 'help',
        priority: 'general',
        category_code: '0304',
        content: '楼道墙皮脱落，下雨就渗水，希望尽快维修。',
        place_unit_id: cast.units.grid1.id,
        name: '王小明',
        phone: '10000000001',
        ...given,
      }),
    act: (who, number, act, input) => performOnAppeal(db, doing(who), number, act, input),
    order: async (who, number, act, input, order_id) =>
      performOnOrder(db, doing(who), number, order_id ?? (await orders(number)).at(-1)!.id, act, input),
    dispatched: async (given) => {
      const number = await stage.register('hotline', given);
      const { category_code, kind, priority } = await appeal(number);
      await stage.act('review', number, 'accept', { kind, category_code: category_code!, priority });
      await stage.act('dispatch', number, 'dispatch', { lead_unit_id: cast.units.housing.id, instruction: '请核实处理' });
      return number;
    },
    finished: async (given) => {
      const number = await stage.dispatched(given);
      await stage.order('housing_clerk', number, 'acknowledge', {});
      await stage.order('housing_clerk', number, 'submit', { result: '已维修', outcome: 'solved' });
      await stage.order('housing_leader', number, 'approve', {});
      return number;
    },
  };
  return stage;
}
