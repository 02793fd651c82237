import { type Db, hot } from '../../core/db.ts';
import type { Readable } from '../../messages/store.ts';
import type { SupervisionOrderRow } from '../../orders/store/ladder.ts';
import type { Actor } from '../../people/rules.ts';
import { readsEverything } from '../../policy.ts';

export interface SupervisionReplyRow {
  readonly id: number;
  readonly supervision_order_id: number;
  readonly reply: string;
  readonly replied_by: number;
  readonly replied_at: Date;
  readonly decision: 'accepted' | 'sent_back' | null;
  readonly ruling: string | null;
  readonly decided_by: number | null;
  readonly decided_at: Date | null;
}
export interface SupervisionTalkRow {
  readonly id: number;
  readonly supervision_order_id: number;
  readonly talk_at: Date;
  readonly place: string;
  readonly reason: string;
  readonly called_by: number;
  readonly called_at: Date;
  readonly attended: string | null;
  readonly minutes: string | null;
  readonly minuted_by: number | null;
  readonly minuted_at: Date | null;
}
declare module 'knex/types/tables.js' {
  interface Tables {
    supervision_replies: SupervisionReplyRow;
    supervision_talks: SupervisionTalkRow;
  }
}

/** What every question about a supervision order asks. */
export interface Supervision extends SupervisionOrderRow {
  readonly appeal_number: string;
  readonly title: string;
  readonly judging: boolean;
  readonly talk_open: boolean;
  readonly sent_back: boolean;
}

const columns = `s.*, a.number as appeal_number, a.title,
  exists (select 1 from supervision_replies r where r.supervision_order_id = s.id and r.decision is null) as judging,
  exists (select 1 from supervision_talks t where t.supervision_order_id = s.id and t.minuted_at is null) as talk_open,
  exists (select 1 from supervision_replies r where r.supervision_order_id = s.id and r.decision = 'sent_back') as sent_back`;

/** True in SQL where the actor may read supervision order `s`: the city all, a unit what is addressed to it or to a unit below it. */
function addressed(actor: Actor, readable: { sql: string; bindings: Record<string, number> }) {
  return readsEverything(actor)
    ? { sql: 'true', bindings: {} }
    : {
        sql: `${readable.sql} and exists (select 1 from units u where u.id = s.unit_id and starts_with(u.path, :own_path))`,
        bindings: { ...readable.bindings, own_path: actor.unit_path },
      };
}

export async function findSupervision(
  db: Db,
  number: string,
  actor: Actor,
  readable: Readable,
): Promise<Supervision | undefined> {
  const { sql, bindings } = addressed(actor, readable(actor));
  const [row] = await hot<Supervision>(
    db,
    `select ${columns} from supervision_orders s join appeals a on a.id = s.appeal_id where s.number = :number and ${sql}`,
    { number, ...bindings },
  );
  return row;
}

export const lists = ['to_reply', 'to_judge', 'listed', 'talks', 'answered', 'ended'] as const;
export type List = (typeof lists)[number];
const judging = `exists (select 1 from supervision_replies r where r.supervision_order_id = s.id and r.decision is null)`;
const wheres: Record<List, string> = {
  to_reply: `s.ended_at is null and s.accepted_at is null and not ${judging}`,
  to_judge: `s.ended_at is null and ${judging}`,
  listed: `s.ended_at is null and s.level in ('listed', 'talk')`,
  talks: `exists (select 1 from supervision_talks t where t.supervision_order_id = s.id and t.minuted_at is null)`,
  answered: `s.ended_at is null and s.accepted_at is not null`,
  ended: `s.ended_at is not null`,
};

/** One page of a list: what is due first on top, what has ended newest first. */
export async function listSupervisions(
  db: Db,
  actor: Actor,
  readable: Readable,
  list: List,
  after: { readonly at: Date; readonly id: number } | null,
  limit: number,
): Promise<Supervision[]> {
  const { sql, bindings } = addressed(actor, readable(actor));
  const [by, way, beyond] = list === 'ended' ? (['s.ended_at', 'desc', '<'] as const) : (['s.due_at', 'asc', '>'] as const);
  return hot<Supervision>(
    db,
    `select ${columns} from supervision_orders s join appeals a on a.id = s.appeal_id
     where ${wheres[list]} and ${sql} ${after ? `and (${by}, s.id) ${beyond} (:after_at, :after_id)` : ''}
     order by ${by} ${way}, s.id ${way} limit :limit`,
    { ...bindings, after_at: after?.at ?? null, after_id: after?.id ?? null, limit },
  );
}

export async function countSupervisions(db: Db, actor: Actor, readable: Readable): Promise<Record<List, number>> {
  const { sql, bindings } = addressed(actor, readable(actor));
  const [row] = await hot<Record<List, number>>(
    db,
    `select ${lists.map((list) => `(select count(*)::int from (select 1 from supervision_orders s join appeals a on a.id = s.appeal_id where ${wheres[list]} and ${sql} limit 1001) one) as ${list}`).join(', ')}`,
    bindings,
  );
  return row!;
}

/** Locks it; its appeal is locked before. */
export async function holdSupervision(trx: Db, id: number): Promise<Supervision> {
  const [row] = await hot<Supervision>(
    trx,
    `select ${columns} from supervision_orders s join appeals a on a.id = s.appeal_id where s.id = :id for update of s`,
    { id },
  );
  return row!;
}

export interface SupervisionFile {
  readonly replies: (Omit<SupervisionReplyRow, 'replied_by' | 'decided_by'> & { replier: string; decider: string | null })[];
  readonly talks: (SupervisionTalkRow & { caller: string; minuter: string | null })[];
  readonly urges: { remark: string; name: string; urged_at: Date }[];
  readonly names: Record<number, string>;
}

/** Everything that was said on it. */
export async function readSupervisionFile(db: Db, order: Supervision): Promise<SupervisionFile> {
  const people = [order.issued_by, order.read_by, order.replied_by, order.listed_by].filter((id) => id !== null);
  const [replies, talks, urges, named] = await Promise.all([
    db('supervision_replies as r')
      .join('people as p', 'p.id', 'r.replied_by')
      .leftJoin('people as d', 'd.id', 'r.decided_by')
      .where('r.supervision_order_id', order.id)
      .orderBy('r.id')
      .select('r.*', 'p.name as replier', 'd.name as decider'),
    db('supervision_talks as t')
      .join('people as p', 'p.id', 't.called_by')
      .leftJoin('people as m', 'm.id', 't.minuted_by')
      .where('t.supervision_order_id', order.id)
      .orderBy('t.id')
      .select('t.*', 'p.name as caller', 'm.name as minuter'),
    db('urges as g')
      .join('people as p', 'p.id', 'g.urged_by')
      .where('g.work_order_id', order.work_order_id)
      .orderBy('g.id')
      .select('g.remark', 'g.urged_at', 'p.name'),
    people.length > 0 ? db('people').whereIn('id', people).select('id', 'name') : [],
  ]);
  return { replies, talks, urges, names: Object.fromEntries(named.map(({ id, name }) => [id, name])) };
}

export async function insertReply(
  trx: Db,
  reply: Pick<SupervisionReplyRow, 'supervision_order_id' | 'reply' | 'replied_by' | 'replied_at'>,
): Promise<void> {
  await trx('supervision_replies').insert(reply as SupervisionReplyRow);
}
export async function findOpenReply(trx: Db, supervision_order_id: number): Promise<SupervisionReplyRow | undefined> {
  return trx('supervision_replies').where({ supervision_order_id }).whereNull('decision').first();
}
export async function judgeReply(
  trx: Db,
  id: number,
  changes: Pick<SupervisionReplyRow, 'decision' | 'ruling' | 'decided_by' | 'decided_at'>,
): Promise<void> {
  await trx('supervision_replies').where({ id }).update(changes);
}

export async function insertTalk(
  trx: Db,
  talk: Pick<SupervisionTalkRow, 'supervision_order_id' | 'talk_at' | 'place' | 'reason' | 'called_by' | 'called_at'>,
): Promise<void> {
  await trx('supervision_talks').insert(talk as SupervisionTalkRow);
}
export async function findOpenTalk(trx: Db, supervision_order_id: number): Promise<SupervisionTalkRow | undefined> {
  return trx('supervision_talks').where({ supervision_order_id }).whereNull('minuted_at').first();
}
export async function recordMinutes(
  trx: Db,
  id: number,
  changes: Pick<SupervisionTalkRow, 'attended' | 'minutes' | 'minuted_by' | 'minuted_at'>,
): Promise<void> {
  await trx('supervision_talks').where({ id }).update(changes);
}
