import { type Db, hot } from '../core/db.ts';
import type { Actor } from '../people/rules.ts';
import type { AppellantEvent, Notice, StaffEvent } from './rules.ts';

export interface MessageRow {
  readonly id: number;
  readonly person_id: number;
  readonly event: StaffEvent;
  readonly appeal_id: number | null;
  readonly work_order_id: number | null;
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
}

declare module 'knex/types/tables.js' {
  interface Tables {
    messages: MessageRow;
    outbox: OutboxRow;
  }
}

/** One message to everybody who holds one of the posts at the unit now. */
export async function insertNotices(
  trx: Db,
  appeal_id: number,
  notices: readonly Notice[],
  except: number | null,
  now: Date,
  today: string,
): Promise<void> {
  if (notices.length === 0) return;
  await hot(
    trx,
    `insert into messages (person_id, event, appeal_id, work_order_id, created_at)
     select distinct p.person_id, n.event, :appeal_id::bigint, n.work_order_id, :now::timestamptz
     from jsonb_to_recordset(:notices::jsonb) as n(event text, unit_id bigint, posts jsonb, work_order_id bigint)
     join posts p on p.unit_id = n.unit_id and jsonb_exists(n.posts, p.post)
     where p.valid_from <= :today and (p.valid_to is null or p.valid_to >= :today) and p.person_id is distinct from :except`,
    { appeal_id, notices: JSON.stringify(notices), now, today, except },
  );
}

export async function insertOutbox(
  trx: Db,
  appeal_id: number,
  appellant_id: number,
  events: readonly { event: AppellantEvent; params: object }[],
  now: Date,
): Promise<void> {
  if (events.length === 0) return;
  await trx('outbox').insert(
    events.map(({ event, params }) => ({
      event,
      params: JSON.stringify(params) as unknown as object,
      appeal_id,
      appellant_id,
      port: 'sms' as const,
      created_at: now,
      next_at: now,
    })),
  );
}

/** True in SQL where the actor may read appeal `a`; handed in by the feature that knows appeals. */
export type Readable = (actor: Actor) => { sql: string; bindings: Record<string, number> };

export interface InboxRow extends Pick<MessageRow, 'id' | 'event' | 'created_at' | 'read_at'> {
  readonly number: string | null;
  /** Null where the reader may not, or may no longer, read the appeal. */
  readonly title: string | null;
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
    `select m.id, m.event, m.created_at, m.read_at, a.number, a.title
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

/** Marks one message of the person read; its appeal's number, or undefined when there is no such message of his. */
export async function markRead(db: Db, person_id: number, id: number, now: Date): Promise<{ number: string | null } | undefined> {
  const { rows } = await db.raw<{ rows: { number: string | null }[] }>(
    `with one as (
       update messages set read_at = coalesce(read_at, :now) where id = :id and person_id = :person_id returning appeal_id
     ) select a.number from one left join appeals a on a.id = one.appeal_id`,
    { person_id, id, now },
  );
  return rows[0];
}

/** Marks read what the person has seen: everything up to the newest message of his page, and none that came since. */
export async function markAllRead(db: Db, person_id: number, until: number, now: Date): Promise<number> {
  return db('messages').where({ person_id }).where('id', '<=', until).whereNull('read_at').update({ read_at: now });
}

/** A message on its way out, with what its port needs. */
export interface Outgoing extends Pick<OutboxRow, 'id' | 'event' | 'params' | 'attempts' | 'appeal_id'> {
  readonly number: string | null;
  readonly phone_sealed: string | null;
  readonly sending_at: Date;
}

/** Takes messages that are due; of several senders each takes others. From here until it is settled nobody sends them again. */
export async function claimOutbox(db: Db, now: Date, limit: number): Promise<Outgoing[]> {
  const { rows } = await db.raw<{ rows: Outgoing[] }>(
    `with due as (
       select id from outbox where sent_at is null and failed_at is null and sending_at is null and next_at <= :now and port = 'sms'
       order by next_at, id limit :limit for update skip locked
     ), claimed as (
       update outbox o set sending_at = :now, attempts = attempts + 1 from due where o.id = due.id returning o.*
     )
     select c.id, c.event, c.params, c.attempts, c.appeal_id, c.sending_at, a.number, p.phone_sealed
     from claimed c left join appeals a on a.id = c.appeal_id left join appellants p on p.id = c.appellant_id order by c.id`,
    { now, limit },
  );
  return rows;
}

/** Whatever else was thought of it meanwhile: it went out. */
export async function settleSent(db: Db, id: number, now: Date): Promise<void> {
  await db('outbox').where({ id }).update({ sent_at: now, failed_at: null, error: null });
}

/** It did not go out: it is due again later, or (no `next_at`) waits for a person. */
export async function settleFailed(db: Db, message: Outgoing, next_at: Date | null, error: string, now: Date): Promise<void> {
  const after = next_at ? { sending_at: null, next_at, error } : { failed_at: now, error };
  await db('outbox')
    .where({ id: message.id, sending_at: message.sending_at })
    .whereNull('sent_at')
    .whereNull('failed_at')
    .update(after);
}

/** Messages whose sender was lost between taking and settling: nobody knows whether they went out, so a person decides. */
export async function failStuck(db: Db, taken_before: Date, now: Date): Promise<number> {
  return db('outbox')
    .whereNotNull('sending_at')
    .where('sending_at', '<', taken_before)
    .whereNull('sent_at')
    .whereNull('failed_at')
    .update({ failed_at: now, error: 'unsettled' });
}
