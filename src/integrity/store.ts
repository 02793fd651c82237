import type { Db } from '../core/db.ts';
import { type FindingKind, thresholds, type Verdict } from './rules.ts';

export interface EvaluationFlagRow {
  readonly evaluation_id: number;
  readonly staff_phone: boolean;
  readonly own_case: boolean;
  readonly workplace_network: boolean;
  readonly network_mark: string | null;
  readonly made_at: Date;
}
export interface FindingRow {
  readonly id: number;
  readonly week: string;
  readonly kind: FindingKind;
  /** What it is about, so that the same is found once a week. */
  readonly subject: string;
  readonly unit_id: number | null;
  readonly severity: number;
  /** Numbers of the appeals that show it. */
  readonly appeals: readonly string[];
  readonly numbers: Readonly<Record<string, number>>;
  readonly found_at: Date;
  readonly verdict: Verdict | null;
  readonly reason: string | null;
  readonly judged_by: number | null;
  readonly judged_at: Date | null;
  readonly confirmed_by: number | null;
  readonly confirmed_at: Date | null;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    evaluation_flags: EvaluationFlagRow;
    integrity_findings: FindingRow;
  }
}

/** The numbers of our own people, as they stand in the register. */
export async function listWorkPhones(db: Db): Promise<{ person_id: number; work_phone: string }[]> {
  return db('people').whereNotNull('work_phone').whereNot('work_phone', '').select('id as person_id', 'work_phone') as never;
}

/** The evaluation of a round with the hash of its appellant's number. */
export async function findRated(
  db: Db,
  appeal_id: number,
  round: number,
): Promise<{ evaluation_id: number; phone_hash: string | null } | undefined> {
  return db('evaluations as e')
    .join('appeals as a', 'a.id', 'e.appeal_id')
    .leftJoin('appellants as p', 'p.id', 'a.appellant_id')
    .where({ 'e.appeal_id': appeal_id, 'e.round': round })
    .first('e.id as evaluation_id', 'p.phone_hash');
}

/** Whether enough people of ours have lately signed in from a network. */
export async function isWorkplace(db: Db, network: string, since: Date): Promise<boolean> {
  const { rows } = await db.raw<{ rows: { n: number }[] }>(
    `select count(distinct person_id)::int as n from sign_ins where network = :network and outcome = 'ok' and happened_at >= :since`,
    { network, since },
  );
  return rows[0]!.n >= thresholds.workplace_people;
}

/** Which of these people hold or held a post at a unit with an order on the appeal. */
export async function anyHandled(db: Db, appeal_id: number, people: readonly number[]): Promise<boolean> {
  if (people.length === 0) return false;
  const { rows } = await db.raw<{ rows: unknown[] }>(
    `select 1 from work_orders o join posts p on p.unit_id = o.unit_id where o.appeal_id = :appeal_id and p.person_id = any(:people::bigint[]) limit 1`,
    { appeal_id, people: [...people] } as never,
  );
  return rows.length > 0;
}
export async function insertFlags(db: Db, row: EvaluationFlagRow): Promise<void> {
  await db('evaluation_flags').insert(row).onConflict('evaluation_id').ignore();
}
/** Takes away the marks made before a moment, and the rows that flag nothing. */
export async function forgetMarks(db: Db, before: Date): Promise<number> {
  const gone = await db('evaluation_flags')
    .where('made_at', '<', before)
    .where({ staff_phone: false, own_case: false, workplace_network: false })
    .delete();
  return (
    gone +
    (await db('evaluation_flags').where('made_at', '<', before).whereNotNull('network_mark').update({ network_mark: null }))
  );
}

/** Something that looks wrong: about what, at which unit, shown by which appeals, with which figures. */
export type Found = Pick<FindingRow, 'kind' | 'subject' | 'unit_id' | 'appeals' | 'numbers'>;
interface Span {
  readonly from: Date;
  readonly until: Date;
}
const appeals = `jsonb_agg(distinct a.number order by a.number)`;
const inWeek = (at: string) => `${at} >= :from and ${at} < :until`;

/** What one statement finds by itself. Those that need a key or a comparison of texts are put together in the action. */
const looks: Readonly<Partial<Record<FindingKind, string>>> = {
  workplace_network: `select coalesce(a.lead_unit_id, 0)::text as subject, a.lead_unit_id as unit_id, ${appeals} as appeals, jsonb_build_object('ratings', count(*)) as numbers
    from evaluation_flags f join evaluations e on e.id = f.evaluation_id join appeals a on a.id = e.appeal_id
    where f.workplace_network and ${inWeek('e.evaluated_at')} group by a.lead_unit_id`,
  quick_calls: `select c.called_by::text as subject, null::bigint as unit_id, ${appeals} as appeals, jsonb_build_object('calls', count(*), 'seconds', :quick_seconds::int) as numbers
    from (select *, called_at - lag(called_at) over (partition by called_by order by called_at, id) as after from callbacks where ${inWeek('called_at')}) c
    join appeals a on a.id = c.appeal_id where c.outcome = 'reached' and c.after < make_interval(secs => :quick_seconds::int)
    group by c.called_by having count(*) >= :quick_calls`,
  no_contact: `select o.unit_id::text as subject, o.unit_id, ${appeals} as appeals, jsonb_build_object('orders', count(*), 'minutes', :no_contact_minutes::int) as numbers
    from work_orders o join appeals a on a.id = o.appeal_id where ${inWeek('o.first_submitted_at')} and o.contacted_at is null and a.appellant_id is not null
      and o.first_submitted_at - o.acknowledged_at < make_interval(mins => :no_contact_minutes::int) group by o.unit_id having count(*) >= :no_contact_orders`,
  late_exclusion: `select x.id::text as subject, x.unit_id, ${appeals} as appeals, jsonb_build_object('requests', count(*)) as numbers from assessment_exclusions x
    join appeals a on a.id = x.appeal_id join evaluations e on e.appeal_id = a.id and e.level = 'dissatisfied' and e.evaluated_at < x.requested_at
    where ${inWeek('x.requested_at')} group by x.id, x.unit_id`,
  recategorised: `select a.id::text as subject, coalesce(t.unit_id, a.lead_unit_id) as unit_id, ${appeals} as appeals, jsonb_build_object('changes', count(distinct t.seq)) as numbers from trail t
    join appeals a on a.id = t.subject_id where t.subject_kind = 'appeal' and t.act = 'correct' and ${inWeek('t.happened_at')}
      and exists (select 1 from evaluations e where e.appeal_id = a.id and e.evaluated_at < t.happened_at) group by a.id, t.unit_id, a.lead_unit_id`,
  withdrawn: `with had as (
      select o.unit_id, count(distinct o.appeal_id)::int as n from work_orders o where o.role = 'lead' and o.created_at >= :four_weeks and o.created_at < :until group by o.unit_id
    ), gone as (
      select o.unit_id, o.appeal_id, t.happened_at from trail t join lateral (select unit_id, appeal_id from work_orders o where o.appeal_id = t.subject_id and o.role = 'lead' order by o.id desc limit 1) o on true
      where t.subject_kind = 'appeal' and t.act = 'withdraw' and t.happened_at >= :four_weeks and t.happened_at < :until
    )
    select g.unit_id::text as subject, g.unit_id, ${appeals} as appeals, jsonb_build_object('withdrawn', count(distinct g.appeal_id), 'of', max(h.n)) as numbers
    from gone g join had h using (unit_id) join appeals a on a.id = g.appeal_id group by g.unit_id
    having count(distinct g.appeal_id) >= :withdrawn and count(distinct g.appeal_id) >= :withdrawn_share::numeric * max(h.n) and bool_or(${inWeek('g.happened_at')})`,
  reused_picture: `select f.id::text as subject, max(p.unit_id) as unit_id, jsonb_agg(distinct n.number) as appeals, jsonb_build_object('pictures', count(distinct g.id) + 1) as numbers
    from attachments f join attachments g on g.appeal_id <> f.appeal_id and g.dhash is not null and g.id < f.id and g.uploaded_at >= :pictures_since
      and bit_count(('x' || f.dhash)::bit(64) # ('x' || g.dhash)::bit(64)) <= :picture_bits
    join appeals n on n.id in (f.appeal_id, g.appeal_id) left join lateral (select unit_id from posts where person_id = f.uploaded_by order by valid_from desc limit 1) p on true
    where ${inWeek('f.uploaded_at')} and f.dhash not in ('0000000000000000', 'ffffffffffffffff') and f.purpose in ('progress', 'after', 'evidence') group by f.id`,
  recall_differs: `select coalesce(r.first_caller, 0) || ' ' || coalesce(a.lead_unit_id, 0) as subject, a.lead_unit_id as unit_id, ${appeals} as appeals,
      jsonb_build_object('recalls', count(*)) as numbers from recalls r join evaluations e on e.id = r.evaluation_id join appeals a on a.id = r.appeal_id
    where ${inWeek('r.called_at')} and r.level = 'dissatisfied' and e.level <> 'dissatisfied' group by r.first_caller, a.lead_unit_id`,
};

export async function lookThrough(db: Db, span: Span): Promise<Found[]> {
  const back = (days: number) => new Date(span.until.getTime() - days * 86_400_000);
  const bindings = {
    ...thresholds,
    ...span,
    four_weeks: back(thresholds.withdrawn_days),
    pictures_since: back(thresholds.picture_days),
  };
  const found: Found[] = [];
  for (const [kind, sql] of Object.entries(looks) as [FindingKind, string][]) {
    const { rows } = await db.raw<{ rows: Omit<Found, 'kind'>[] }>(sql, bindings as never);
    found.push(...rows.map((row) => ({ ...row, kind })));
  }
  return found;
}

/** Evaluations of a span with the hash of the appellant's number, whoever recorded them. */
export interface RatedCall {
  readonly appeal_id: number;
  readonly number: string;
  readonly phone_hash: string;
  readonly lead_unit_id: number | null;
}
export async function listRatedFrom(db: Db, { from, until }: Span, hashes: readonly string[]): Promise<RatedCall[]> {
  const { rows } = await db.raw<{ rows: RatedCall[] }>(
    `select distinct a.id as appeal_id, a.number, p.phone_hash, a.lead_unit_id from evaluations e join appeals a on a.id = e.appeal_id
     join appellants p on p.id = a.appellant_id where e.evaluated_at >= :from and e.evaluated_at < :until and p.phone_hash = any(:hashes::text[])`,
    { from, until, hashes: [...hashes] } as never,
  );
  return rows;
}

/** Reports of our own people in a span and the days before it, with their words: who splits one matter into several shows here. */
export interface OwnReport {
  readonly number: string;
  readonly registered_by: number;
  readonly registered_unit_id: number;
  readonly place_unit_id: number;
  readonly words: string;
  readonly received_at: Date;
}
export async function listOwnReports(db: Db, from: Date, until: Date): Promise<OwnReport[]> {
  const { rows } = await db.raw<{ rows: OwnReport[] }>(
    `select a.number, a.registered_by, a.registered_unit_id, a.place_unit_id, a.words, a.received_at from appeals a
     where a.received_at >= :from and a.received_at < :until and a.channel in ('app_snapshot', 'app_voice', 'proactive_patrol') and a.registered_by is not null
       and exists (select 1 from appeals b where b.registered_by = a.registered_by and b.place_unit_id = a.place_unit_id and b.id <> a.id
         and b.received_at >= :from and b.received_at < :until)
     order by a.registered_by, a.place_unit_id, a.received_at, a.id`,
    { from, until },
  );
  return rows;
}

/** Writes down what was found; the same in the same week once. */
export async function insertFindings(
  trx: Db,
  rows: readonly Omit<FindingRow, 'id' | 'verdict' | 'reason' | 'judged_by' | 'judged_at' | 'confirmed_by' | 'confirmed_at'>[],
): Promise<number> {
  if (rows.length === 0) return 0;
  const made = await trx('integrity_findings')
    .insert(rows.map((row) => ({ ...row, appeals: JSON.stringify(row.appeals), numbers: JSON.stringify(row.numbers) }) as never))
    .onConflict(['week', 'kind', 'subject'])
    .ignore()
    .returning('id');
  return made.length;
}

export interface FindingFacts extends FindingRow {
  readonly judged_name: string | null;
  readonly confirmed_name: string | null;
}
const facts = (db: Db) =>
  db('integrity_findings as f')
    .leftJoin('people as j', 'j.id', 'f.judged_by')
    .leftJoin('people as c', 'c.id', 'f.confirmed_by')
    .select('f.*', 'j.name as judged_name', 'c.name as confirmed_name');
export async function listFindings(db: Db, open: boolean, kind: FindingKind | null, most: number): Promise<FindingFacts[]> {
  const query = facts(db).limit(most);
  if (kind) query.where('f.kind', kind);
  return open
    ? query
        .whereNull('f.confirmed_at')
        .orderBy([{ column: 'f.severity', order: 'desc' }, { column: 'f.week', order: 'desc' }, 'f.id'])
    : query.whereNotNull('f.confirmed_at').orderBy('f.confirmed_at', 'desc');
}
export async function findFinding(db: Db, id: number): Promise<FindingFacts | undefined> {
  return facts(db).where('f.id', id).first();
}
export async function holdFinding(trx: Db, id: number): Promise<FindingRow | undefined> {
  return trx('integrity_findings').where({ id }).forUpdate().first();
}
export async function changeFinding(trx: Db, id: number, changes: Partial<FindingRow>): Promise<void> {
  await trx('integrity_findings').where({ id }).update(changes);
}
