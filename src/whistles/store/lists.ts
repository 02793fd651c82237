import { type Db, hot } from '../../core/db.ts';
import { type Turn, type Turned, turnPage } from '../../core/keyset.ts';
import type { Actor } from '../../people/rules.ts';
import { may } from '../../policy.ts';
import type { Kind, Status } from '../rules.ts';
import { readableWhistle } from '../store.ts';

export const tabs = ['called', 'calling', 'approval', 'running', 'over'] as const;
export type Tab = (typeof tabs)[number];

const closed = `w.status in ('ended', 'rejected', 'withdrawn')`;
const calls =
  'w.issued_at is not null and exists (select 1 from whistle_units x where x.whistle_id = w.id and x.unit_id = :own_unit_id)';
/** What each tab holds, of what the reader may read. */
const within: Record<Tab, string> = {
  called: `not (${closed}) and ${calls}`,
  calling: `not (${closed}) and w.unit_id = :own_unit_id`,
  approval: `w.status = 'pending_approval' and w.unit_id = :own_unit_id`,
  running: `not (${closed}) and w.issued_at is not null`,
  over: closed,
};

export interface WhistleLine {
  readonly id: number;
  readonly status: Status;
  readonly kind: Kind;
  readonly title: string;
  readonly unit_id: number;
  readonly drafted_at: Date;
  readonly issued_at: Date | null;
  readonly ends_on: string | null;
  readonly demo: boolean;
  readonly answered: number;
  readonly unit_ids: readonly number[];
  /** When the slowest must be there; null where nobody is awaited. */
  readonly due_at: Date | null;
}

/** One page of a tab, from the latest back; what is awaited first stands on top of running lists. */
export async function listWhistles(db: Db, actor: Actor, tab: Tab, turn: Turn, size: number): Promise<Turned<WhistleLine>> {
  const { sql, bindings } = readableWhistle(actor);
  const query = db('whistles as w')
    .join('units as c', 'c.id', 'w.unit_id')
    .joinRaw(
      `cross join lateral (
         select count(i.whistle_unit_id) + count(u.refused_at) as answered, array_agg(u.unit_id order by u.id) as unit_ids,
           min(k.due_at) filter (where k.stopped_at is null) as due_at
         from whistle_units u left join whistle_check_ins i on i.whistle_unit_id = u.id
         left join clocks k on k.whistle_unit_id = u.id and k.kind = 'check_in' where u.whistle_id = w.id) n`,
    )
    .select('w.id', 'w.status', 'w.kind', 'w.title', 'w.unit_id', 'w.drafted_at', 'w.issued_at', 'w.ends_on', 'w.demo')
    .select('n.answered', 'n.unit_ids', 'n.due_at')
    .whereRaw(`${sql} and ${within[tab]}`, { ...bindings, own_unit_id: actor.unit_id });
  return turnPage<WhistleLine>(query, `lpad((999999999999 - w.id)::text, 12, '0')`, turn, size);
}

/** How much stands on each tab, up to a thousand. */
export async function countWhistles(db: Db, actor: Actor): Promise<Record<Tab, number>> {
  const { sql, bindings } = readableWhistle(actor);
  const counted = tabs.filter((tab) => tab !== 'over');
  const [row] = await hot<Record<Tab, number>>(
    db,
    `select ${counted.map((tab) => `count(*) filter (where ${within[tab]})::int as ${tab}`).join(', ')}
     from whistles w join units c on c.id = w.unit_id where not (${closed}) and ${sql}`,
    { ...bindings, own_unit_id: actor.unit_id },
  );
  return { ...row!, over: 0 };
}

/** What the actor himself should do now: answer and report where his unit is called, approve, rate and end where it calls. */
export async function countWaiting(db: Db, actor: Actor, now: Date): Promise<{ count: number; hot: boolean }> {
  const calling = may(actor, 'whistle.rate', { caller_unit_id: actor.unit_id });
  const approving = may(actor, 'whistle.issue', { caller_unit_id: actor.unit_id });
  const called = may(actor, 'whistle.check_in', { called_unit_ids: [actor.unit_id] });
  const [row] = await hot<{ answering: number; late: number; reporting: number; own: number }>(
    db,
    `select
       (select count(*)::int from whistle_units u join whistles w on w.id = u.whistle_id join clocks k on k.whistle_unit_id = u.id and k.kind = 'check_in'
        where :called and u.unit_id = :unit_id and w.status in ('issued', 'checking_in', 'in_consultation') and k.stopped_at is null) as answering,
       (select count(*)::int from whistle_units u join whistles w on w.id = u.whistle_id join clocks k on k.whistle_unit_id = u.id and k.kind = 'check_in'
        where :called and u.unit_id = :unit_id and w.status in ('issued', 'checking_in', 'in_consultation') and k.stopped_at is null and k.due_at < :now) as late,
       (select count(*)::int from whistle_units u join whistle_parts p on p.whistle_unit_id = u.id
        where :called and u.unit_id = :unit_id and p.reported_at is null) as reporting,
       (select count(*)::int from whistles w where w.unit_id = :unit_id and ((:approving and w.status = 'pending_approval')
        or (:calling and w.status in ('resolved', 'rated')))) as own`,
    { unit_id: actor.unit_id, called, approving, calling, now },
  );
  const { answering, late, reporting, own } = row!;
  return { count: answering + reporting + own, hot: late > 0 };
}

/** The whistles of an appeal that the actor may read. */
export async function listOfAppeal(
  db: Db,
  appeal_id: number,
  actor: Actor,
): Promise<{ id: number; title: string; status: Status }[]> {
  const { sql, bindings } = readableWhistle(actor);
  return hot(
    db,
    `select w.id, w.title, w.status from whistles w join units c on c.id = w.unit_id where w.appeal_id = :appeal_id and ${sql} order by w.id`,
    { appeal_id, ...bindings },
  );
}
