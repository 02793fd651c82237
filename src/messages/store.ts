import { type Db, hot } from '../core/db.ts';
import type { Actor } from '../people/rules.ts';
import type { Lang } from '../words/words.ts';
import type { AppellantEvent, Notice, StaffEvent } from './rules.ts';

export interface MessageRow {
  readonly id: number;
  readonly person_id: number;
  readonly event: StaffEvent;
  readonly appeal_id: number | null;
  readonly work_order_id: number | null;
  readonly whistle_id: number | null;
  readonly params: object;
  readonly created_at: Date;
  readonly read_at: Date | null;
}
export interface OutboxRow {
  readonly id: number;
  readonly event: AppellantEvent;
  readonly appeal_id: number | null;
  readonly port: 'sms' | 'webhook';
  readonly appellant_id: number | null;
  readonly params: object;
  readonly created_at: Date;
  readonly attempts: number;
  readonly next_at: Date;
  readonly sending_at: Date | null;
  readonly sent_at: Date | null;
  readonly failed_at: Date | null;
  readonly error: string | null;
  readonly settled_at: Date | null;
  readonly settled_by: number | null;
  readonly settled_note: string | null;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    messages: MessageRow;
    outbox: OutboxRow;
  }
}

/** One message to everybody on duty in one of the posts at the unit now; where nobody is, to all who hold one. */
export async function insertNotices(
  trx: Db,
  appeal_id: number | null,
  notices: readonly Notice[],
  except: number | null,
  now: Date,
  today: string,
): Promise<void> {
  if (notices.length === 0) return;
  await hot(
    trx,
    `insert into messages (person_id, event, appeal_id, work_order_id, whistle_id, params, created_at)
     select distinct p.person_id, n.event, :appeal_id::bigint, n.work_order_id, n.whistle_id, coalesce(n.params, '{}'), :now::timestamptz
     from jsonb_to_recordset(:notices::jsonb) as n(event text, unit_id bigint, posts jsonb, work_order_id bigint, whistle_id bigint, params jsonb)
     join posts p on p.unit_id = n.unit_id and jsonb_exists(n.posts, p.post)
     where p.valid_from <= :today and (p.valid_to is null or p.valid_to >= :today) and p.person_id is distinct from :except
       and (p.on_duty or not exists (
         select 1 from posts o where o.unit_id = n.unit_id and jsonb_exists(n.posts, o.post) and o.on_duty
           and o.valid_from <= :today and (o.valid_to is null or o.valid_to >= :today) and o.person_id is distinct from :except))`,
    { appeal_id, notices: JSON.stringify(notices), now, today, except },
  );
}

/** A message to one person. */
export async function insertMessage(
  trx: Db,
  row: Pick<MessageRow, 'person_id' | 'event' | 'created_at'> & { readonly params?: object },
): Promise<void> {
  await trx('messages').insert(row);
}

/** A text for the appellant who has a number, and a notice for whoever listens beside him, if anybody does. */
export async function insertOutbox(
  trx: Db,
  appeal_id: number,
  appellant_id: number | null,
  events: readonly { event: AppellantEvent; params: object }[],
  now: Date,
): Promise<void> {
  if (events.length === 0) return;
  await hot(
    trx,
    `insert into outbox (event, params, appeal_id, appellant_id, port, created_at, next_at)
     select e.event, case when r.port = 'sms' then e.params else '{}' end, :appeal_id::bigint, r.appellant_id, r.port, :now::timestamptz, :now::timestamptz
     from jsonb_to_recordset(:events::jsonb) as e(event text, params jsonb), (
       select 'sms' as port, id as appellant_id from appellants where id = :appellant_id::bigint and phone_sealed is not null
       union all select port, null from outbox_receivers
     ) r`,
    { appeal_id, appellant_id, events: JSON.stringify(events), now },
  );
}

/** True in SQL where the actor may read appeal `a`; handed in by the feature that knows appeals. */
export type Readable = (actor: Actor) => { sql: string; bindings: Record<string, number> };

export interface InboxRow extends Pick<MessageRow, 'id' | 'event' | 'params' | 'created_at' | 'read_at' | 'whistle_id'> {
  readonly number: string | null;
  /** Null where the reader may not, or may no longer, read the appeal. */
  readonly title: string | null;
  /** The city's own texts that held when it was written; null where there were none. */
  readonly own: Readonly<Partial<Record<Lang, string>>> | null;
}

/** The latest messages of the person who acts, older than `before` when given. */
export async function listMessages(
  db: Db,
  actor: Actor,
  readable: Readable,
  { before, unread, limit }: { before: number | null; unread: boolean; limit: number },
): Promise<InboxRow[]> {
  const { sql, bindings } = readable(actor);
  const { rows } = await db.raw<{ rows: InboxRow[] }>(
    `select m.id, m.event, m.params, m.created_at, m.read_at, m.whistle_id, a.number, a.title,
       (select jsonb_object_agg(x.lang, x.body) from (
          select distinct on (lang) lang, body from message_texts where event = m.event and made_at <= m.created_at order by lang, id desc
        ) x where x.body is not null) as own
     from messages m left join appeals a on a.id = m.appeal_id and ${sql}
     where m.person_id = :person_id ${before === null ? '' : 'and m.id < :before'} ${unread ? 'and m.read_at is null' : ''}
     order by m.id desc limit :limit`,
    { person_id: actor.person_id, before: before ?? 0, limit, ...bindings },
  );
  return rows;
}

export const most_unread = 100;
/** How many messages a person has not read, counted no further than `most`. */
export async function countUnread(db: Db, person_id: number, most: number): Promise<number> {
  const rows = await hot<{ n: number }>(
    db,
    `select count(*)::int as n from (select 1 from messages where person_id = :person_id and read_at is null limit :most) as unread`,
    { person_id, most },
  );
  return rows[0]!.n;
}

type ReadMessage = Pick<InboxRow, 'event' | 'params' | 'number' | 'whistle_id'>;
/** Marks one message of the person read; what it is about, or undefined when there is no such message of his. */
export async function markRead(db: Db, person_id: number, id: number, now: Date): Promise<ReadMessage | undefined> {
  const { rows } = await db.raw<{ rows: ReadMessage[] }>(
    `with one as (
       update messages set read_at = coalesce(read_at, :now) where id = :id and person_id = :person_id returning event, params, appeal_id, whistle_id
     ) select one.event, one.params, a.number, one.whistle_id from one left join appeals a on a.id = one.appeal_id`,
    { person_id, id, now },
  );
  return rows[0];
}

/** Marks read what the person has seen: everything up to the newest message of his page, and none that came since. */
export async function markAllRead(db: Db, person_id: number, until: number, now: Date): Promise<number> {
  return db('messages').where({ person_id }).where('id', '<=', until).whereNull('read_at').update({ read_at: now });
}
