import { effects } from '../../appeals/actions/acts.ts';
import type { Doing } from '../../appeals/actions/case.ts';
import { firstArrival, saveCase } from '../../appeals/actions/case.ts';
import { createAppeal, type Registration } from '../../appeals/actions/register.ts';
import { type AppealAct, type Input as AppealInput, isDelicate, landing } from '../../appeals/rules.ts';
import { findSubmission, recordSubmission } from '../../appeals/store.ts';
import { rulebookWithin } from '../../catalog/actions.ts';
import { dayOf } from '../../core/clock.ts';
import type { Db } from '../../core/db.ts';
import { notFound } from '../../core/errors.ts';
import type { World } from '../../core/world.ts';
import type { StoredFile } from '../../files/store.ts';
import { tiers } from '../../units/rules.ts';
import { findLanding, findUnit, getCity } from '../../units/store.ts';
import type { OrderAct, Input as OrderInput } from '../rules.ts';
import { getOrder, holdingOrders, makeOrder, withOrders } from './case.ts';
import { appealEffects } from './on_appeal.ts';
import { ladderEffects } from './on_ladder.ts';
import { orderEffects } from './on_order.ts';
import { timeEffects } from './on_time.ts';

type AnyEffect = (held: never, ...rest: never[]) => Promise<void>;
const onAppeal: Partial<Record<AppealAct, AnyEffect>> = { ...effects, ...appealEffects };
const onOrder: Partial<Record<OrderAct, AnyEffect>> = { ...orderEffects, ...timeEffects, ...ladderEffects };

/** Does one act on an appeal, whole or not at all. */
export async function performOnAppeal<A extends AppealAct>(
  db: Db,
  doing: Doing,
  number: string,
  act: A,
  input: AppealInput<A>,
  files: readonly StoredFile[] = [],
): Promise<void> {
  const effect = onAppeal[act] as
    | ((held: object, input: AppealInput<A>, files: readonly StoredFile[]) => Promise<void>)
    | undefined;
  if (!effect) throw notFound();
  await withOrders(db, doing, number, (held) => effect(held, input, files));
}

/** Does one act on a work order of an appeal, whole or not at all. */
export async function performOnOrder<A extends OrderAct>(
  db: Db,
  doing: Doing,
  number: string,
  order_id: number,
  act: A,
  input: OrderInput<A>,
  files: readonly StoredFile[] = [],
): Promise<void> {
  const effect = onOrder[act] as
    | ((held: object, order: object, input: OrderInput<A>, files: readonly StoredFile[]) => Promise<void>)
    | undefined;
  if (!effect) throw notFound();
  await withOrders(db, doing, number, (held) => effect(held, getOrder(held, order_id), input, files));
}

/** What the agent does with a call in the same breath: nothing, a direct answer, or the record of a transfer to an emergency line. */
export type Then =
  | { readonly act: 'answer'; readonly input: AppealInput<'answer'> }
  | { readonly act: 'transfer'; readonly input: AppealInput<'transfer'> }
  | null;

/**
 * Registers an appeal and lands it: on the city's review desk, with the lowest tier of its place that has somebody on duty, or with
 * the unit that took it. Confidential appeals, reports, and those about the place's own people go to the city's review whatever the
 * channel. Returns its number; the second arrival of a form gets the number of the first.
 */
export async function register(world: World, doing: Doing, given: Registration, then: Then = null): Promise<string> {
  const { db } = world;
  return db.transaction(async (trx) => {
    const book = await rulebookWithin(trx, db);
    if (!(await firstArrival(trx, doing))) return (await findSubmission(trx, doing.once!))?.location ?? '';
    const { now, author } = doing;
    const place = await findUnit(trx, given.place_unit_id);
    if (!place) throw notFound();
    const about = given.about_unit_id ? await findUnit(trx, given.about_unit_id) : undefined;
    const how = landing[given.channel];
    const own = typeof author === 'object' ? await findUnit(trx, author.unit_id) : undefined;
    const first = how === 'place' ? await findLanding(trx, place.path, tiers, dayOf(now)) : how === 'own' ? own : undefined;
    const delicate =
      first &&
      isDelicate({ confidential: given.confidential ?? false, kind: given.kind, about_path: about?.path ?? null }, first.path);
    const unit = first && !delicate ? first : await getCity(trx);
    const atCity = unit.kind === 'city';
    const held = await holdingOrders(
      await createAppeal(world, trx, doing, given, atCity ? 'pending_review' : 'in_handling', book),
    );
    if (!atCity) await makeOrder(held, { unit, role: 'lead', instruction: '', made_by_unit_id: unit.id }, true);
    if (then?.act === 'answer') await effects.answer(held, then.input);
    if (then?.act === 'transfer') await effects.transfer(held, then.input);
    await saveCase(held);
    if (doing.once !== undefined) await recordSubmission(trx, doing.once, held.appeal.number);
    return held.appeal.number;
  });
}
