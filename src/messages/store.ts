import type { Db } from '../core/db.ts';
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
  await trx.raw(
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
