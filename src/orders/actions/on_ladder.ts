import { note } from '../../appeals/actions/case.ts';
import { startClock } from '../../clocks/rules.ts';
import { dayOf } from '../../core/clock.ts';
import { conflict } from '../../core/errors.ts';
import { holderPosts, type Input, type OrderAct, type SupervisionReason } from '../rules.ts';
import {
  addGround,
  changeSupervision,
  findOpenSupervision,
  insertSupervision,
  insertUrge,
  isUrged,
  openKeyTracking,
  type SupervisionOrderRow,
} from '../store/ladder.ts';
import type { HeldOrder } from '../store.ts';
import { moveOrder, type OrderCase } from './case.ts';
import { actorOf } from './holder.ts';

type OrderEffect<I> = (held: OrderCase, order: HeldOrder, input: I) => Promise<void>;

/** The two rungs of the ladder that are acts on a work order: to urge, and to issue a supervision order. */
export const ladderEffects = {
  urge: async (held, order, input) => {
    await moveOrder(held, order, 'urge', input);
    const { person_id } = actorOf(held);
    const { id: work_order_id, unit_id, appeal_id } = order;
    await insertUrge(held.trx, {
      appeal_id,
      work_order_id,
      unit_id,
      remark: input.remark,
      urged_by: person_id,
      urged_at: held.now,
    });
    tell(held, order, 'urged');
  },
  supervise: async (held, order, input) => {
    await moveOrder(held, order, 'supervise', { ...input, reason: 'by_hand' });
    if (await findOpenSupervision(held.trx, order.id)) throw conflict('supervised_already');
    if (!input.skip_reason && !(await isUrged(held.trx, order.id))) throw conflict('rung_skipped');
    await issue(held, order, 'by_hand', { demand: input.demand, skip_reason: input.skip_reason ?? null });
  },
} as const satisfies { [A in OrderAct]?: OrderEffect<Input<A>> };

/**
 * By the product's own rules: a supervision order, or one more ground of the one that is open. `listed`: it begins on that rung or is
 * lifted to it, and the appeal is tracked.
 */
export async function superviseByRule(
  held: OrderCase,
  order: HeldOrder,
  reason: SupervisionReason,
  listed = false,
): Promise<void> {
  const open = await findOpenSupervision(held.trx, order.id);
  note(
    held,
    {
      act: 'supervise',
      from_status: null,
      to_status: null,
      work_order_id: order.id,
      input: { reason, ...(listed && { listed }) },
    },
    true,
  );
  if (open) {
    await addGround(held.trx, open.id, reason);
    if (listed && open.level === 'order')
      await changeSupervision(held.trx, open.id, { level: 'listed', listed_at: held.now, listed_for: reason });
    tell(held, order, 'supervised');
  } else await issue(held, order, reason, { demand: '', skip_reason: null }, listed);
  if (listed) await openKeyTracking(held.trx, held.appeal.id, reason as 'three_reworks', held.now);
}

async function issue(
  held: OrderCase,
  order: HeldOrder,
  reason: SupervisionReason,
  said: Pick<SupervisionOrderRow, 'demand' | 'skip_reason'>,
  listed = false,
): Promise<void> {
  const { trx, appeal, now, book } = held;
  const clock = startClock('supervision_reply', book, { priority: order.priority, category_code: appeal.category_code }, now);
  held.starts.push({ ...clock, work_order_id: order.id });
  await insertSupervision(trx, Number(dayOf(now).slice(0, 4)), {
    appeal_id: appeal.id,
    work_order_id: order.id,
    unit_id: order.unit_id,
    round: appeal.round,
    reason,
    ...said,
    issued_at: now,
    issued_by: reason === 'by_hand' ? actorOf(held).person_id : null,
    due_at: clock.due_at,
    ...(listed && { level: 'listed', listed_at: now, listed_for: reason }),
  });
  tell(held, order, 'supervised');
}

function tell(held: OrderCase, order: HeldOrder, event: 'urged' | 'supervised'): void {
  held.notices.push({ event, unit_id: order.unit_id, posts: holderPosts[order.unit_kind], work_order_id: order.id });
}
