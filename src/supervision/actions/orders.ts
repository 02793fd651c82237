import { type Doing, mustMay, note, stopClock } from '../../appeals/actions/case.ts';
import { readableSql } from '../../appeals/store.ts';
import { startClock } from '../../clocks/rules.ts';
import type { Db } from '../../core/db.ts';
import { conflict, forbidden, notFound, wrongFields } from '../../core/errors.ts';
import type { StaffEvent } from '../../messages/rules.ts';
import { getOrder, type OrderCase, withOrders } from '../../orders/actions/case.ts';
import { actorOf } from '../../orders/actions/holder.ts';
import { holderPosts } from '../../orders/rules.ts';
import { changeSupervision, openKeyTracking } from '../../orders/store/ladder.ts';
import type { HeldOrder } from '../../orders/store.ts';
import { idsOf } from '../../units/rules.ts';
import { type Act, type ActInputs, acts, skipsToTalk, stageOf } from '../rules.ts';
import {
  findOpenReply,
  findOpenTalk,
  findSupervision,
  holdSupervision,
  insertReply,
  insertTalk,
  judgeReply,
  recordMinutes,
  type Supervision,
} from '../store/orders.ts';

type Effect<A extends Act> = (held: OrderCase, supervision: Supervision, order: HeldOrder, input: ActInputs[A]) => Promise<void>;

/** What each act does; that it may be done now was asked before. */
const effects: { readonly [A in Act]: Effect<A> } = {
  read_supervision: async (held, { id }) => {
    await changeSupervision(held.trx, id, { read_at: held.now, read_by: actorOf(held).person_id });
  },
  reply_supervision: async (held, { id, read_at, read_by }, order, { reply }) => {
    const { person_id } = actorOf(held);
    await insertReply(held.trx, { supervision_order_id: id, reply, replied_by: person_id, replied_at: held.now });
    await changeSupervision(held.trx, id, {
      reply,
      replied_by: person_id,
      replied_at: held.now,
      read_at: read_at ?? held.now,
      read_by: read_by ?? person_id,
    });
    stopClock(held, order.id, 'supervision_reply');
    held.notices.push({
      event: 'supervision_replied',
      unit_id: idsOf(held.appeal.place_path)[0]!,
      posts: ['supervision_officer'],
      work_order_id: order.id,
    });
  },
  accept_reply: async (held, supervision, order, { ruling }) => {
    await judge(held, supervision, 'accepted', ruling);
    await changeSupervision(held.trx, supervision.id, { accepted_at: held.now });
    tell(held, order, 'reply_accepted');
  },
  send_back_reply: async (held, supervision, order, { ruling }) => {
    await judge(held, supervision, 'sent_back', ruling);
    const timed = { priority: order.priority, category_code: held.appeal.category_code };
    const clock = startClock('supervision_reply', held.book, timed, held.now);
    held.starts.push({ ...clock, work_order_id: order.id });
    await changeSupervision(held.trx, supervision.id, { due_at: clock.due_at, replied_at: null, replied_by: null, reply: null });
    tell(held, order, 'reply_sent_back');
  },
  list_supervision: async (held, { id }, order, { reason }) => {
    await changeSupervision(held.trx, id, {
      level: 'listed',
      listed_at: held.now,
      listed_by: actorOf(held).person_id,
      listed_for: reason,
    });
    await openKeyTracking(held.trx, held.appeal.id, 'listed', held.now);
    tell(held, order, 'listed');
  },
  summon: async (held, { id, level }, order, { talk_at, place, reason, skip_reason }) => {
    const { person_id, post } = actorOf(held);
    if (skipsToTalk(level)) {
      if (post !== 'supervision_officer') throw forbidden('rung_skipped');
      if (skip_reason === null) throw wrongFields({ skip_reason: 'required' });
    }
    if (talk_at <= held.now) throw wrongFields({ talk_at: 'in_the_past' });
    await insertTalk(held.trx, { supervision_order_id: id, talk_at, place, reason, called_by: person_id, called_at: held.now });
    await changeSupervision(held.trx, id, { level: 'talk', ...(skipsToTalk(level) && { skip_reason }) });
    tell(held, order, 'summoned');
  },
  record_talk: async (held, { id }, _order, { attended, minutes }) => {
    const talk = await findOpenTalk(held.trx, id);
    if (!talk) throw conflict('moved_on');
    if (talk.talk_at > held.now) throw conflict('talk_to_come');
    await recordMinutes(held.trx, talk.id, { attended, minutes, minuted_by: actorOf(held).person_id, minuted_at: held.now });
  },
};

/** Does one act on a supervision order under the lock of its appeal, with a row in the appeal's trail; or says why not. */
export async function performOnSupervision<A extends Act>(
  db: Db,
  doing: Doing,
  number: string,
  act: A,
  input: ActInputs[A],
): Promise<void> {
  if (typeof doing.author !== 'object') throw forbidden();
  const found = await findSupervision(db, number, doing.author, readableSql);
  if (!found) throw notFound();
  await withOrders(db, doing, found.appeal_number, async (held) => {
    const supervision = await holdSupervision(held.trx, found.id);
    const order = getOrder(held, supervision.work_order_id);
    mustMay(held, acts[act].permission, { holder_unit_id: order.unit_id });
    if (!acts[act].when(stageOf(supervision), supervision)) throw conflict('moved_on', { status: held.appeal.status });
    await effects[act](held, supervision, order, input);
    note(held, { act, from_status: null, to_status: null, work_order_id: order.id, input: { supervision: number, ...input } });
  });
}

async function judge(
  held: OrderCase,
  { id }: Supervision,
  decision: 'accepted' | 'sent_back',
  ruling: string | null,
): Promise<void> {
  const open = await findOpenReply(held.trx, id);
  const { person_id } = actorOf(held);
  if (!open) throw conflict('moved_on');
  if (open.replied_by === person_id) throw forbidden('own_request');
  await judgeReply(held.trx, open.id, { decision, ruling, decided_by: person_id, decided_at: held.now });
}

function tell(held: OrderCase, order: HeldOrder, event: StaffEvent): void {
  held.notices.push({ event, unit_id: order.unit_id, posts: holderPosts[order.unit_kind], work_order_id: order.id });
}
