import type { Status as AppealStatus } from '../../appeals/rules.ts';
import { dayOf } from '../../core/clock.ts';
import { conflict, forbidden, notFound } from '../../core/errors.ts';
import type { Actor, Post } from '../../people/rules.ts';
import { idsOf } from '../../units/rules.ts';
import { findUnit, type UnitRow } from '../../units/store.ts';
import { holderPosts, isOpen } from '../rules.ts';
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
  event:
    | 'return_rejected'
    | 'sent_back'
    | 'approved'
    | 'rework'
    | 'order_recalled'
    | 'request_granted'
    | 'request_denied'
    | 'resumed',
): void {
  held.notices.push({ event, unit_id: order.unit_id, posts: holderPosts[order.unit_kind], work_order_id: order.id });
}

/** At the city's desk, by where the appeal stands. */
const cityDesk: Partial<Record<AppealStatus, Post>> = {
  pending_review: 'review_officer',
  awaiting_details: 'review_officer',
  pending_dispatch: 'dispatch_officer',
  pending_callback: 'callback_officer',
  answered: 'callback_officer',
};

/** The appellant has added something: a word to every holder of an open order, or to the desk of the city where the appeal lies. */
export function tellWhoHasIt(held: OrderCase): void {
  const { status, place_path } = held.appeal;
  for (const order of held.orders.filter((one) => isOpen(one.status)))
    held.notices.push({ event: 'comment', unit_id: order.unit_id, posts: holderPosts[order.unit_kind], work_order_id: order.id });
  const post = cityDesk[status];
  if (post) held.notices.push({ event: 'comment', unit_id: idsOf(place_path)[0]!, posts: [post], work_order_id: null });
}

/** A word to those whom the order answers to. */
export function tellMaker(
  held: OrderCase,
  order: HeldOrder,
  event: 'return_requested' | 'termination_requested' | 'extension_requested',
  posts: readonly ('dispatch_officer' | 'supervision_officer' | 'town_clerk' | 'community_clerk')[],
): void {
  held.notices.push({ event, unit_id: order.made_by_unit_id, posts, work_order_id: order.id });
}
