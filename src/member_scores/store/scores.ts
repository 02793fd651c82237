import type { Db } from '../../core/db.ts';
import type { MarkKind, MemberKind, Terms } from '../rules.ts';

export interface MonthlyScoreRow {
  readonly id: number;
  readonly person_id: number;
  readonly month: string;
  readonly revision: number;
  readonly kind: MemberKind;
  readonly grid_id: number;
  readonly days: number;
  readonly terms: Terms;
  /** Numeric columns come as text. */
  readonly bonus: string;
  readonly penalty: string;
  readonly score: string;
  readonly checksum: string;
  readonly reason: string;
  readonly drafted_at: Date;
  readonly proposed_by: number | null;
  readonly proposed_at: Date | null;
  readonly confirmed_by: number | null;
  readonly confirmed_at: Date | null;
}
export interface SpotCheckRow {
  readonly id: number;
  readonly person_id: number;
  readonly month: string;
  readonly checked: number;
  readonly errors: number;
  readonly note: string;
  readonly checked_by: number;
  readonly checked_at: Date;
}
export interface MarkRow {
  readonly id: number;
  readonly person_id: number;
  readonly month: string;
  readonly kind: MarkKind;
  readonly points: string;
  readonly reason: string;
  readonly proposed_by: number;
  readonly proposed_at: Date;
  readonly confirmed_by: number | null;
  readonly confirmed_at: Date | null;
  readonly dropped_by: number | null;
  readonly dropped_at: Date | null;
}
export interface ObjectionRow {
  readonly id: number;
  readonly score_id: number;
  readonly grounds: string;
  readonly filed_by: number;
  readonly filed_at: Date;
  readonly decision: 'upheld' | 'rejected' | null;
  readonly ruling: string | null;
  readonly decided_by: number | null;
  readonly decided_at: Date | null;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    member_monthly_scores: MonthlyScoreRow;
    member_spot_checks: SpotCheckRow;
    member_marks: MarkRow;
    member_score_objections: ObjectionRow;
  }
}

/** A score with the names of its member, grid and the two who scored. */
export interface ScoreFacts extends MonthlyScoreRow {
  readonly name: string;
  readonly demo: boolean;
  readonly grid_zh: string;
  readonly grid_en: string;
  readonly path: string;
  readonly proposed_name: string | null;
  readonly confirmed_name: string | null;
}

const facts = (db: Db) =>
  db('member_monthly_scores as s')
    .join('people as p', 'p.id', 's.person_id')
    .join('units as u', 'u.id', 's.grid_id')
    .leftJoin('people as b', 'b.id', 's.proposed_by')
    .leftJoin('people as c', 'c.id', 's.confirmed_by')
    .select('s.*', 'p.name', 'p.demo', 'u.name_zh as grid_zh', 'u.name_en as grid_en', 'u.path')
    .select('b.name as proposed_name', 'c.name as confirmed_name');

/** The last revision of each member's month at or below a unit, grid by grid, full-time members first. */
export async function listMonth(db: Db, under_path: string, month: string): Promise<ScoreFacts[]> {
  return facts(db)
    .where('s.month', month)
    .whereRaw('starts_with(u.path, ?)', [under_path])
    .whereRaw(
      'not exists (select 1 from member_monthly_scores n where n.person_id = s.person_id and n.month = s.month and n.revision > s.revision)',
    )
    .orderByRaw(`u.path collate "C", s.kind desc, s.person_id`);
}

export async function findScore(db: Db, id: number): Promise<ScoreFacts | undefined> {
  return facts(db).where('s.id', id).first();
}

/** Every revision of a member's month, and of all his months. */
export async function listRevisions(db: Db, person_id: number, month: string): Promise<ScoreFacts[]> {
  return facts(db).where({ 's.person_id': person_id, 's.month': month }).orderBy('s.revision');
}
export async function listOwnScores(db: Db, person_id: number): Promise<ScoreFacts[]> {
  return facts(db)
    .where('s.person_id', person_id)
    .whereNotNull('s.confirmed_at')
    .whereRaw(
      'not exists (select 1 from member_monthly_scores n where n.person_id = s.person_id and n.month = s.month and n.revision > s.revision and n.confirmed_at is not null)',
    )
    .orderBy('s.month', 'desc')
    .limit(36);
}

export interface YearRow {
  readonly person_id: number;
  readonly name: string;
  readonly kind: MemberKind;
  readonly grid_zh: string;
  readonly grid_en: string;
  readonly path: string;
  readonly parent_id: number;
  readonly demo: boolean;
  readonly months: readonly { readonly month: string; readonly score: string; readonly days: number }[];
}

/** The confirmed months of a year of the members at or below a unit: the last confirmed revision of each. */
export async function listYear(db: Db, under_path: string, year: string): Promise<YearRow[]> {
  const { rows } = await db.raw<{ rows: YearRow[] }>(
    `with last as (
       select distinct on (s.person_id, s.month) s.* from member_monthly_scores s
       where s.month between :year || '-01' and :year || '-12' and s.confirmed_at is not null order by s.person_id, s.month, s.revision desc
     ), member as (select distinct on (person_id) person_id, kind, grid_id from last order by person_id, month desc)
     select m.person_id, p.name, m.kind, u.name_zh as grid_zh, u.name_en as grid_en, u.path, u.parent_id, p.demo,
       (select jsonb_agg(jsonb_build_object('month', l.month, 'score', l.score::text, 'days', l.days) order by l.month) from last l where l.person_id = m.person_id) as months
     from member m join people p on p.id = m.person_id join units u on u.id = m.grid_id where starts_with(u.path, :under_path)
     order by u.path collate "C", m.kind desc, m.person_id`,
    { under_path, year },
  );
  return rows;
}

/** The rows, locked in one order for everybody who does. */
export async function holdScores(trx: Db, ids: readonly number[]): Promise<MonthlyScoreRow[]> {
  return trx('member_monthly_scores')
    .whereIn('id', [...ids])
    .orderBy('id')
    .forUpdate();
}
export async function listOpenIds(db: Db, under_path: string, month: string): Promise<number[]> {
  const rows = await db('member_monthly_scores as s')
    .join('units as u', 'u.id', 's.grid_id')
    .where('s.month', month)
    .whereNull('s.confirmed_at')
    .whereRaw('starts_with(u.path, ?)', [under_path])
    .orderBy('s.id')
    .select('s.id');
  return rows.map(({ id }) => id);
}
/** Who has a revision of the month already, drafted or confirmed. */
export async function listDrafted(db: Db, month: string): Promise<Set<number>> {
  return new Set((await db('member_monthly_scores').where({ month }).distinct('person_id')).map(({ person_id }) => person_id));
}
export async function findOpenScore(db: Db, person_id: number, month: string): Promise<MonthlyScoreRow | undefined> {
  return db('member_monthly_scores').where({ person_id, month }).whereNull('confirmed_at').first();
}
/** True once a month has been confirmed and no revision of it is open: nothing more is entered into it. */
export async function isSettled(db: Db, person_id: number, month: string): Promise<boolean> {
  const row = await db('member_monthly_scores').where({ person_id, month }).orderBy('revision', 'desc').first('confirmed_at');
  return row !== undefined && row.confirmed_at !== null;
}

type NewScore = Omit<MonthlyScoreRow, 'id' | 'proposed_by' | 'proposed_at' | 'confirmed_by' | 'confirmed_at'>;
/** Drafts; who has an open one, or this revision, keeps it. */
export async function insertScores(trx: Db, rows: readonly NewScore[]): Promise<number> {
  let made = 0;
  for (let at = 0; at < rows.length; at += 500) {
    const batch = rows.slice(at, at + 500).map((row) => ({ ...row, terms: JSON.stringify(row.terms) }) as never);
    made += (await trx('member_monthly_scores').insert(batch).onConflict().ignore().returning('id')).length;
  }
  return made;
}
export async function changeScore(trx: Db, id: number, changes: Partial<MonthlyScoreRow>): Promise<void> {
  const { terms, ...rest } = changes;
  await trx('member_monthly_scores')
    .where({ id })
    .update({ ...rest, ...(terms && { terms: JSON.stringify(terms) as never }) });
}

export async function insertSpotCheck(trx: Db, row: Omit<SpotCheckRow, 'id'>): Promise<number> {
  const [made] = await trx('member_spot_checks').insert(row).returning('id');
  return made!.id;
}

export interface MarkFacts extends MarkRow {
  readonly name: string;
  readonly path: string;
  readonly grid_zh: string;
  readonly grid_en: string;
  readonly proposed_name: string;
  readonly confirmed_name: string | null;
}
const marks = (db: Db) =>
  db('member_marks as k')
    .join('people as p', 'p.id', 'k.person_id')
    .join('linked_members as m', 'm.person_id', 'k.person_id')
    .join('units as u', 'u.id', 'm.grid_id')
    .join('people as b', 'b.id', 'k.proposed_by')
    .leftJoin('people as c', 'c.id', 'k.confirmed_by')
    .select('k.*', 'p.name', 'u.path', 'u.name_zh as grid_zh', 'u.name_en as grid_en')
    .select('b.name as proposed_name', 'c.name as confirmed_name');

export async function listMarks(db: Db, under_path: string, month: string): Promise<MarkFacts[]> {
  return marks(db).where('k.month', month).whereRaw('starts_with(u.path, ?)', [under_path]).orderBy('k.id');
}
export async function listMarksOf(db: Db, person_id: number, month: string): Promise<MarkFacts[]> {
  return marks(db).where({ 'k.person_id': person_id, 'k.month': month }).whereNull('k.dropped_at').orderBy('k.id');
}
export async function holdMark(trx: Db, id: number): Promise<MarkFacts | undefined> {
  return marks(trx).where('k.id', id).forUpdate('k').first();
}
export async function insertMark(
  trx: Db,
  row: Pick<MarkRow, 'person_id' | 'month' | 'kind' | 'points' | 'reason' | 'proposed_by' | 'proposed_at'>,
): Promise<number> {
  const [made] = await trx('member_marks').insert(row).returning('id');
  return made!.id;
}
export async function changeMark(trx: Db, id: number, changes: Partial<MarkRow>): Promise<void> {
  await trx('member_marks').where({ id }).update(changes);
}

export interface ObjectionFacts extends ObjectionRow {
  readonly decided_name: string | null;
}
export async function findObjection(db: Db, score_id: number): Promise<ObjectionFacts | undefined> {
  return db('member_score_objections as o')
    .leftJoin('people as p', 'p.id', 'o.decided_by')
    .where({ score_id })
    .select('o.*', 'p.name as decided_name')
    .first();
}
export async function listOpenObjections(db: Db, under_path: string): Promise<(ScoreFacts & { grounds: string })[]> {
  return facts(db)
    .join('member_score_objections as o', 'o.score_id', 's.id')
    .whereNull('o.decision')
    .whereRaw('starts_with(u.path, ?)', [under_path])
    .select('o.grounds')
    .orderBy('o.id');
}
export async function insertObjection(
  trx: Db,
  row: Pick<ObjectionRow, 'score_id' | 'grounds' | 'filed_by' | 'filed_at'>,
): Promise<void> {
  await trx('member_score_objections').insert(row);
}
export async function changeObjection(trx: Db, id: number, changes: Partial<ObjectionRow>): Promise<void> {
  await trx('member_score_objections').where({ id }).update(changes);
}
