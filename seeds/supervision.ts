import { addDays, dayOf } from '../src/core/clock.ts';
import type { Db } from '../src/core/db.ts';
import { getOrder, withOrders } from '../src/orders/actions/case.ts';
import { superviseByRule } from '../src/orders/actions/on_ladder.ts';
import { performOnOrder } from '../src/orders/actions/perform.ts';
import type { Actor, Post } from '../src/people/rules.ts';
import { listActors } from '../src/people/store.ts';
import { climbLadder } from '../src/supervision/actions/climb.ts';
import { performOnSupervision } from '../src/supervision/actions/orders.ts';
import { watchClocks } from '../src/supervision/actions/watch.ts';
import type { Act, ActInputs } from '../src/supervision/rules.ts';
import { insertNote, insertPromise, keepPromise } from '../src/supervision/store/tracking.ts';
import { ladderTexts as texts } from './texts/ladder.ts';

/** How far the shown cases have climbed: one case a line, each beginning with an urge. */
const climbs: readonly (readonly (Act | 'order')[])[] = [
  [],
  ['order'],
  ['order', 'read_supervision'],
  ['order', 'read_supervision', 'reply_supervision'],
  ['order', 'read_supervision', 'reply_supervision', 'accept_reply'],
  ['order', 'reply_supervision', 'send_back_reply'],
  ['order', 'read_supervision', 'list_supervision'],
  ['order', 'reply_supervision', 'accept_reply', 'list_supervision', 'summon'],
  ['order', 'read_supervision', 'list_supervision', 'summon', 'record_talk'],
];
const least_hours = 8;
const shown_items = 8;

interface Late {
  readonly number: string;
  readonly work_order_id: number;
  readonly unit_id: number;
  /** From then on nothing else has happened. */
  readonly since: Date;
}

/** Cards of what runs, and cases on every rung of the ladder: climbed by the product's own acts, at times that lie behind. */
export async function loadSupervision(db: Db, now: Date): Promise<{ cards: number; supervised: number; tracked: number }> {
  const { issued } = await watchClocks(db, now);
  await db.raw(
    `update alert_cards k set issued_at = case k.color when 'reminder' then p.remind_at when 'yellow' then p.yellow_at else p.due_at end
     from card_plans p where p.clock_id = k.clock_id and p.due_at = k.due_at`,
  );
  const officer = await actorAt(db, now, 'supervision_officer', null);
  const late = await listLate(db, now);
  for (const [index, climb] of climbs.entries()) {
    const one = late[index];
    if (one) await climbOne(db, one, climb, officer, now);
  }
  const { supervised, tracked } = await climbLadder(db, now);
  await fillLedger(db, officer, now);
  return { cards: issued, supervised, tracked };
}

async function listLate(db: Db, now: Date): Promise<Late[]> {
  const { rows } = await db.raw<{ rows: Late[] }>(
    `select a.number, o.id as work_order_id, o.unit_id, greatest(c.due_at, max(t.happened_at)) as since
     from clocks c join work_orders o on o.id = c.work_order_id join appeals a on a.id = o.appeal_id join trail t on t.subject_kind = 'appeal' and t.subject_id = a.id
     where c.kind = 'handle' and c.stopped_at is null and c.paused_at is null and c.due_at < :now and o.role = 'lead' and o.status = 'in_progress'
       and exists (select 1 from posts p where p.unit_id = o.unit_id and p.valid_to is null)
       and not exists (select 1 from supervision_orders s where s.work_order_id = o.id and s.ended_at is null)
     group by a.number, o.id, o.unit_id, c.due_at
     having greatest(c.due_at, max(t.happened_at)) < :before order by o.id limit :limit`,
    { now, before: new Date(now.getTime() - least_hours * 3_600_000), limit: climbs.length },
  );
  return rows;
}

async function climbOne(
  db: Db,
  { number, work_order_id, unit_id, since }: Late,
  climb: readonly (Act | 'order')[],
  officer: Actor,
  now: Date,
) {
  const steps = climb.length + 2;
  const at = (step: number) => new Date(since.getTime() + ((now.getTime() - since.getTime()) * step) / steps);
  await performOnOrder(db, { author: officer, now: at(1) }, number, work_order_id, 'urge', { remark: texts.urge });
  const holder = await actorAt(db, now, null, unit_id);
  let order = '';
  for (const [index, act] of climb.entries()) {
    const moment = at(index + 2);
    if (act === 'order') {
      await withOrders(db, { author: 'system', now: moment }, number, (held) =>
        superviseByRule(held, getOrder(held, work_order_id), 'overdue'),
      );
      order = (await db('supervision_orders').where({ work_order_id }).whereNull('ended_at').first())!.number;
      continue;
    }
    const talk_at = new Date(
      climb.includes('record_talk') ? (moment.getTime() + at(index + 3).getTime()) / 2 : now.getTime() + 26 * 3_600_000,
    );
    const inputs: ActInputs = {
      read_supervision: {},
      reply_supervision: { reply: texts.reply },
      accept_reply: { ruling: texts.accepted },
      send_back_reply: { ruling: texts.sent_back },
      list_supervision: { reason: texts.listed },
      summon: { talk_at, place: texts.place, reason: texts.talk, skip_reason: null },
      record_talk: { attended: texts.attended, minutes: texts.minutes },
    };
    const author = act === 'read_supervision' || act === 'reply_supervision' ? holder : officer;
    await performOnSupervision(db, { author, now: moment }, order, act, inputs[act]);
  }
}

/** Who holds a post: anywhere, or any post of a unit that works on orders. */
async function actorAt(db: Db, now: Date, post: Post | null, unit_id: number | null): Promise<Actor> {
  const row = await db('posts')
    .whereNull('valid_to')
    .modify((query) => {
      if (post !== null) query.where({ post });
      if (unit_id !== null) query.where({ unit_id });
    })
    .orderBy('id')
    .first('id', 'person_id');
  const actor = (await listActors(db, row!.person_id, dayOf(now))).find(({ post_id }) => post_id === row!.id);
  return actor!;
}

/** The ledger as after some meetings: promises that run, that were kept and that were broken, and what was said. */
async function fillLedger(db: Db, officer: Actor, now: Date): Promise<void> {
  await db.raw(
    `update key_tracking_items t set opened_at = least(t.opened_at, greatest(a.received_at + interval '21 days', :now::timestamptz - interval '12 days'))
     from appeals a where a.id = t.appeal_id and t.reason = 'long_open' and t.solved_at is null`,
    { now },
  );
  const items = await db('key_tracking_items as t')
    .join('appeals as a', 'a.id', 't.appeal_id')
    .whereNull('t.solved_at')
    .whereNotNull('a.lead_unit_id')
    .orderBy('t.opened_at')
    .limit(shown_items)
    .select('t.id', 't.opened_at', 'a.lead_unit_id');
  const noted_by = officer.person_id;
  for (const [index, { id: item_id, opened_at, lead_unit_id }] of items.entries()) {
    const noted_at = new Date(Math.min(opened_at.getTime() + 3 * 3_600_000, now.getTime()));
    const day = dayOf(noted_at);
    await insertNote(db, { item_id, met_on: day, note: texts.notes[index % texts.notes.length]!, noted_by, noted_at });
    const ends = [addDays(dayOf(now), 5), addDays(day, 3), addDays(day, 2)][index % 3]!;
    const promise = await insertPromise(db, {
      item_id,
      unit_id: lead_unit_id!,
      promise: texts.promises[index % texts.promises.length]!,
      promised_by: texts.promisers[index % texts.promisers.length]!,
      due_on: ends,
      noted_by,
      noted_at,
    });
    if (index % 3 === 2) await keepPromise(db, item_id, promise, noted_by, now);
  }
}
