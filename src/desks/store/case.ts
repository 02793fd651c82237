import type { CallbackRow, EvaluationRow } from '../../appeals/store.ts';
import type { ClockKind } from '../../clocks/rules.ts';
import type { ClockRow } from '../../clocks/store.ts';
import { type Db, hot } from '../../core/db.ts';
import type { AttachmentRow } from '../../files/store.ts';
import type { WorkOrderExtensionRow, WorkOrderReturnRow, WorkOrderRow, WorkOrderSuspensionRow } from '../../orders/store.ts';
import type { Color, Level } from '../../supervision/rules.ts';
import { standing } from '../../supervision/store/cards.ts';
import type { TrailRow } from '../../trail/rules.ts';

export interface TrailLine extends TrailRow {
  readonly input: Record<string, unknown> | null;
  readonly person_name: string | null;
}

/** Everything a case page shows beside the appeal itself, in one round trip. */
export interface CaseFile {
  readonly trail: TrailLine[];
  readonly orders: WorkOrderRow[];
  readonly clocks: ClockRow[];
  readonly extensions: WorkOrderExtensionRow[];
  readonly suspensions: WorkOrderSuspensionRow[];
  readonly returns: WorkOrderReturnRow[];
  readonly cards: { color: Color; kind: ClockKind; work_order_id: number | null; issued_at: Date; stands: boolean }[];
  readonly urges: { work_order_id: number; name: string; urged_at: Date }[];
  readonly supervisions: { number: string; level: Level; ended: boolean }[];
  readonly attachments: AttachmentRow[];
  readonly evaluations: EvaluationRow[];
  readonly callbacks: CallbackRow[];
  readonly followers: { number: string; title: string; level: string | null }[];
  readonly merged_into: { number: string; title: string } | null;
  readonly repeat_of: { number: string; title: string } | null;
  readonly appellant: { name_masked: string; phone_masked: string } | null;
  readonly building: { estate: string; name: string } | null;
  readonly member: { name: string; work_phone: string | null } | null;
  readonly registered_by: string | null;
  readonly phone_hash: string | null;
  /** How many callers the reader has revealed to himself since. */
  readonly reveals: number;
}

const dates: ReadonlySet<string> = new Set([
  'happened_at',
  'created_at',
  'acknowledged_at',
  'contacted_at',
  'first_submitted_at',
  'submitted_at',
  'ended_at',
  'due_at',
  'step_due_at',
  'started_at',
  'paused_at',
  'stopped_at',
  'uploaded_at',
  'evaluated_at',
  'called_at',
  'requested_at',
  'decided_at',
  'ruled_at',
  'due_before',
  'due_after',
  'resumed_at',
  'issued_at',
  'urged_at',
]);
const revive = <T extends object>(row: T): T =>
  Object.fromEntries(
    Object.entries(row).map(([key, value]) => [key, dates.has(key) && typeof value === 'string' ? new Date(value) : value]),
  ) as T;

/** Reads the case file; the caller has made sure that the appeal may be read. */
export async function readCaseFile(
  db: Db,
  appeal_id: number,
  reader: { readonly person_id: number; readonly since: Date },
): Promise<CaseFile> {
  const [file] = (await hot<CaseFile>(
    db,
    `select
       (select coalesce(json_agg(t order by t.seq), '[]') from (
          select t.*, i.input, p.name as person_name from trail t left join trail_inputs i using (subject_kind, subject_id, seq) left join people p on p.id = t.person_id
          where t.subject_kind = 'appeal' and t.subject_id = a.id) t) as trail,
       (select coalesce(json_agg(o order by o.id), '[]') from work_orders o where o.appeal_id = a.id) as orders,
       (select coalesce(json_agg(c order by c.id), '[]') from clocks c where c.appeal_id = a.id) as clocks,
       (select coalesce(json_agg(x order by x.id), '[]') from work_order_extensions x join work_orders o on o.id = x.work_order_id where o.appeal_id = a.id) as extensions,
       (select coalesce(json_agg(s order by s.id), '[]') from work_order_suspensions s join work_orders o on o.id = s.work_order_id where o.appeal_id = a.id) as suspensions,
       (select coalesce(json_agg(r order by r.id), '[]') from work_order_returns r where r.appeal_id = a.id) as returns,
       (select coalesce(json_agg(json_build_object('color', k.color, 'kind', c.kind, 'work_order_id', c.work_order_id, 'issued_at', k.issued_at, 'stands', ${standing}) order by k.id), '[]')
          from clocks c join alert_cards k on k.clock_id = c.id where c.appeal_id = a.id) as cards,
       (select coalesce(json_agg(json_build_object('work_order_id', g.work_order_id, 'name', p.name, 'urged_at', g.urged_at) order by g.id), '[]') from urges g join people p on p.id = g.urged_by where g.appeal_id = a.id) as urges,
       (select coalesce(json_agg(json_build_object('number', s.number, 'level', s.level, 'ended', s.ended_at is not null) order by s.id), '[]') from supervision_orders s where s.appeal_id = a.id) as supervisions,
       (select coalesce(json_agg(f order by f.id), '[]') from attachments f where f.appeal_id = a.id) as attachments,
       (select coalesce(json_agg(e order by e.round), '[]') from evaluations e where e.appeal_id = a.id) as evaluations,
       (select coalesce(json_agg(c order by c.id), '[]') from callbacks c where c.appeal_id = a.id) as callbacks,
       (select coalesce(json_agg(json_build_object('number', m.number, 'title', m.title, 'level', m.level) order by m.id), '[]') from appeals m where m.merged_into_id = a.id) as followers,
       (select json_build_object('number', m.number, 'title', m.title) from appeals m where m.id = a.merged_into_id) as merged_into,
       (select json_build_object('number', m.number, 'title', m.title) from appeals m where m.id = a.repeat_of_id) as repeat_of,
       (select json_build_object('name_masked', p.name_masked, 'phone_masked', p.phone_masked) from appellants p where p.id = a.appellant_id) as appellant,
       (select json_build_object('estate', b.estate, 'name', b.name) from buildings b where b.id = a.building_id) as building,
       (select json_build_object('name', p.name, 'work_phone', p.work_phone) from linked_members l join people p on p.id = l.person_id
          where l.grid_id = a.place_unit_id and l.valid_to is null order by l.kind = 'fulltime' desc, l.person_id limit 1) as member,
       (select p.name from people p where p.id = a.registered_by) as registered_by,
       (select p.phone_hash from appellants p where p.id = a.appellant_id) as phone_hash,
       (select count(*)::int from reveals r where r.person_id = :person_id and r.revealed_at >= :since) as reveals
     from appeals a where a.id = :appeal_id`,
    { appeal_id, ...reader },
  )) as [CaseFile];
  return {
    ...file,
    trail: file.trail.map(revive),
    orders: file.orders.map(revive),
    clocks: file.clocks.map(revive),
    extensions: file.extensions.map(revive),
    suspensions: file.suspensions.map(revive),
    returns: file.returns.map(revive),
    cards: file.cards.map(revive),
    urges: file.urges.map(revive),
    attachments: file.attachments.map(revive),
    evaluations: file.evaluations.map(revive),
    callbacks: file.callbacks.map(revive),
  };
}

export async function countRevealsSince(db: Db, person_id: number, since: Date): Promise<number> {
  const { rows } = await db.raw<{ rows: { n: number }[] }>(
    'select count(*)::int as n from reveals where person_id = :person_id and revealed_at >= :since',
    { person_id, since },
  );
  return rows[0]!.n;
}

export interface RevealRow {
  readonly id: number;
  readonly appeal_id: number;
  readonly person_id: number;
  readonly post: string;
  readonly unit_id: number;
  readonly reason: string;
  readonly revealed_at: Date;
}
declare module 'knex/types/tables.js' {
  interface Tables {
    reveals: RevealRow;
  }
}

export async function recordReveal(trx: Db, reveal: Omit<RevealRow, 'id'>): Promise<void> {
  await trx('reveals').insert(reveal);
}

export async function findSealed(
  db: Db,
  appellant_id: number,
): Promise<{ name_sealed: string | null; phone_sealed: string | null } | undefined> {
  return db('appellants').where({ id: appellant_id }).first('name_sealed', 'phone_sealed');
}

/** A caller's earlier appeals, newest first, by the keyed hash of the number. */
export async function listByPhone(
  db: Db,
  phone_hash: string,
  limit = 8,
): Promise<
  { number: string; title: string; status: string; received_at: Date; level: string | null; category_code: string | null }[]
> {
  const { rows } = await db.raw<{ rows: never[] }>(
    `select a.number, a.title, a.status, a.received_at, a.level, a.category_code from appellants p join appeals a on a.appellant_id = p.id
     where p.phone_hash = :phone_hash order by a.id desc limit :limit`,
    { phone_hash, limit },
  );
  return rows;
}

/** Who did what last: told to whoever was slower. */
export async function findLastAct(db: Db, appeal_id: number): Promise<(TrailRow & { name: string | null }) | undefined> {
  return db('trail')
    .leftJoin('people', 'people.id', 'trail.person_id')
    .where({ subject_kind: 'appeal', subject_id: appeal_id })
    .orderBy('seq', 'desc')
    .first('trail.*', 'people.name');
}
