import { dayOf } from '../../core/clock.ts';
import { conflict, forbidden, notFound } from '../../core/errors.ts';
import type { Actor } from '../../people/rules.ts';
import { findUnit, type UnitRow } from '../../units/store.ts';
import { holderPosts } from '../rules.ts';
import type { HeldOrder } from '../store.ts';
import type { OrderCase } from './case.ts';

/** Who acts, where only somebody in a post may. */
export const actorOf = (held: OrderCase): Actor => {
  if (typeof held.author !== 'object') throw forbidden();
  return held.author;
};

/** A unit that still exists today. */
export async function getUnit(held: OrderCase, id: number): Promise<UnitRow> {
  const unit = await findUnit(held.trx, id);
  if (!unit || (unit.valid_to !== null && unit.valid_to < dayOf(held.now))) throw notFound();
  return unit;
}

/** The unit complained about, and everything below it, cannot lead. */
export function mustNotBeAbout(held: OrderCase, unit: UnitRow): void {
  if (held.appeal.about_path !== null && unit.path.startsWith(held.appeal.about_path)) throw conflict('about_unit_leads');
}

/** A word to the people of the unit that holds the order. */
export function tellHolder(
  held: OrderCase,
  order: HeldOrder,
  event: 'return_rejected' | 'sent_back' | 'approved' | 'rework' | 'order_recalled',
): void {
  held.notices.push({ event, unit_id: order.unit_id, posts: holderPosts[order.unit_kind], work_order_id: order.id });
}

/** A word to those whom the order answers to. */
export function tellMaker(
  held: OrderCase,
  order: HeldOrder,
  event: 'return_requested' | 'termination_requested',
  posts: readonly ('dispatch_officer' | 'supervision_officer' | 'town_clerk' | 'community_clerk')[],
): void {
  held.notices.push({ event, unit_id: order.made_by_unit_id, posts, work_order_id: order.id });
}
