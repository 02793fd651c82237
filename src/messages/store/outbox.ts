import { addMinutes } from '../../core/clock.ts';
import { type Db, hot } from '../../core/db.ts';
import type { Lang } from '../../words/words.ts';
import { stuck_minutes } from '../rules.ts';
import type { OutboxRow } from '../store.ts';

/** A message on its way out, with what its port needs. */
export interface Outgoing extends Pick<OutboxRow, 'id' | 'event' | 'port' | 'params' | 'attempts' | 'appeal_id' | 'created_at'> {
  readonly number: string | null;
  readonly phone_sealed: string | null;
  readonly lang: Lang;
  readonly sending_at: Date;
}

/** Takes messages that are due; of several senders each takes others. From here until it is settled nobody sends them again. */
export async function claimOutbox(db: Db, now: Date, limit: number): Promise<Outgoing[]> {
  const { rows } = await db.raw<{ rows: Outgoing[] }>(
    `with due as (
       select id from outbox where sent_at is null and failed_at is null and sending_at is null and next_at <= :now
       order by next_at, id limit :limit for update skip locked
     ), claimed as (
       update outbox o set sending_at = :now, attempts = attempts + 1 from due where o.id = due.id returning o.*
     )
     select c.id, c.event, c.port, c.params, c.attempts, c.appeal_id, c.created_at, c.sending_at, a.number, p.phone_sealed, coalesce(p.lang, 'zh') as lang
     from claimed c left join appeals a on a.id = c.appeal_id left join appellants p on p.id = c.appellant_id order by c.id`,
    { now, limit },
  );
  return rows;
}

/** Whatever else was thought of it meanwhile: it went out. */
export async function settleSent(db: Db, id: number, now: Date): Promise<void> {
  await db('outbox')
    .where({ id })
    .update({ sent_at: now, failed_at: null, error: null, settled_at: null, settled_by: null, settled_note: null });
}

/** It did not go out: it is due again later, or (no `next_at`) waits for a person. */
export async function settleFailed(
  db: Db,
  message: Pick<Outgoing, 'id' | 'sending_at'>,
  next_at: Date | null,
  error: string,
  now: Date,
): Promise<void> {
  const after = next_at ? { sending_at: null, next_at, error } : { failed_at: now, error };
  await db('outbox')
    .where({ id: message.id, sending_at: message.sending_at })
    .whereNull('sent_at')
    .whereNull('failed_at')
    .update(after);
}

/** There is no number to send it to (any more): nobody need look at it. */
export async function settleNoPhone(db: Db, message: Pick<Outgoing, 'id' | 'sending_at'>, now: Date): Promise<void> {
  await db('outbox')
    .where({ id: message.id, sending_at: message.sending_at })
    .whereNull('sent_at')
    .whereNull('failed_at')
    .update({ failed_at: now, settled_at: now, error: 'no_phone' });
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

/** Says whether somebody listens beside the appellants. When nobody does any more, what waited for him is settled. */
export async function keepReceiver(db: Db, listens: boolean, now: Date): Promise<void> {
  const kept = await db('outbox_receivers').where({ port: 'webhook' }).first('port');
  if (listens === (kept !== undefined)) return;
  if (listens) await db('outbox_receivers').insert({ port: 'webhook', since: now }).onConflict('port').ignore();
  else {
    await db('outbox_receivers').where({ port: 'webhook' }).delete();
    await db('outbox')
      .where({ port: 'webhook' })
      .whereNull('sent_at')
      .whereNull('settled_at')
      .update({ failed_at: now, settled_at: now, error: 'no_receiver' });
  }
}
declare module 'knex/types/tables.js' {
  interface Tables {
    outbox_receivers: { readonly port: 'webhook'; readonly since: Date };
  }
}

/** A message that waits for a person. Neither its text nor a name: the masked number alone. */
export interface FailedRow extends Pick<OutboxRow, 'id' | 'event' | 'port' | 'attempts' | 'error' | 'created_at'> {
  readonly failed_at: Date;
  readonly number: string | null;
  readonly phone_masked: string | null;
}
const waits = 'o.failed_at is not null and o.sent_at is null and o.settled_at is null';

export async function listFailed(db: Db, most: number): Promise<FailedRow[]> {
  const { rows } = await db.raw<{ rows: FailedRow[] }>(
    `select o.id, o.event, o.port, o.attempts, o.error, o.created_at, o.failed_at, a.number, p.phone_masked
     from outbox o left join appeals a on a.id = o.appeal_id left join appellants p on p.id = o.appellant_id
     where ${waits} order by o.failed_at, o.id limit :most`,
    { most },
  );
  return rows;
}

/** How many wait for a person, and how many have been due, or under way, longer than sending can take. */
export async function countStuck(db: Db, now: Date): Promise<{ failed: number; late: number }> {
  const [row] = await hot<{ failed: number; late: number }>(
    db,
    `select (select count(*)::int from outbox o where ${waits}) as failed,
       (select count(*)::int from outbox where sent_at is null and failed_at is null and next_at < :late and coalesce(sending_at, next_at) < :late) as late`,
    { late: addMinutes(now, -stuck_minutes) },
  );
  return row!;
}

/** A failed message, held; undefined when it does not wait for a person (any more). */
export async function holdFailed(trx: Db, id: number): Promise<OutboxRow | undefined> {
  const { rows } = await trx.raw<{ rows: OutboxRow[] }>(`select * from outbox o where o.id = :id and ${waits} for update`, {
    id,
  });
  return rows[0];
}
export async function changeOutbox(trx: Db, id: number, changes: Partial<Omit<OutboxRow, 'id'>>): Promise<void> {
  await trx('outbox').where({ id }).update(changes);
}
