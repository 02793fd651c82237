import { readableSql } from '../../appeals/store.ts';
import { nextPeriod } from '../../assessment/rules/periods.ts';
import { startOfDay } from '../../core/clock.ts';
import type { Db } from '../../core/db.ts';
import type { Actor } from '../../people/rules.ts';
import type { BulletinFigures } from '../rules/bulletins.ts';

export interface BulletinRow {
  readonly id: number;
  readonly period: string;
  readonly revision: number;
  readonly text_zh: string;
  readonly text_en: string;
  readonly figures: BulletinFigures;
  readonly lists: boolean;
  readonly drafted_at: Date;
  readonly edited_by: number | null;
  readonly edited_at: Date | null;
  readonly approved_by: number | null;
  readonly approved_at: Date | null;
  readonly published_by: number | null;
  readonly published_at: Date | null;
  readonly reason: string;
}
export interface StoryRow {
  readonly id: number;
  readonly appeal_id: number | null;
  readonly category_code: string | null;
  readonly title: string;
  readonly problem: string;
  readonly handling: string;
  readonly lesson: string;
  readonly written_by: number;
  readonly written_at: Date;
  readonly approved_by: number | null;
  readonly approved_at: Date | null;
  readonly withdrawn_by: number | null;
  readonly withdrawn_at: Date | null;
}
declare module 'knex/types/tables.js' {
  interface Tables {
    bulletins: BulletinRow;
    case_stories: StoryRow;
  }
}

export async function insertBulletin(
  trx: Db,
  given: Pick<BulletinRow, 'period' | 'revision' | 'text_zh' | 'text_en' | 'figures' | 'drafted_at' | 'reason' | 'lists'>,
): Promise<number> {
  const [row] = await trx('bulletins')
    .insert({ ...given, figures: JSON.stringify(given.figures) } as never)
    .returning('id');
  return row!.id;
}
export const holdBulletin = async (trx: Db, id: number): Promise<BulletinRow | undefined> =>
  trx('bulletins').where({ id }).forUpdate().first();
export const findBulletin = async (db: Db, id: number): Promise<BulletinRow | undefined> => db('bulletins').where({ id }).first();
export async function changeBulletin(trx: Db, id: number, changes: Partial<BulletinRow>): Promise<void> {
  await trx('bulletins').where({ id }).update(changes);
}
/** Every revision, the newest months first; drafts only where asked for. */
export async function listBulletins(db: Db, drafts: boolean): Promise<Omit<BulletinRow, 'figures'>[]> {
  const query = db('bulletins')
    .select('id', 'period', 'revision', 'lists', 'drafted_at', 'edited_by', 'edited_at', 'approved_by', 'approved_at')
    .select('published_by', 'published_at', 'reason', 'text_zh', 'text_en')
    .orderBy([
      { column: 'period', order: 'desc' },
      { column: 'revision', order: 'desc' },
    ])
    .limit(120);
  return drafts ? query : query.whereNotNull('published_at');
}
export const listRevisions = async (db: Db, period: string): Promise<BulletinRow[]> =>
  db('bulletins').where({ period }).orderBy('revision');
/** What stands published of a month: its latest published revision. */
export const findPublished = async (db: Db, period: string): Promise<BulletinRow | undefined> =>
  db('bulletins').where({ period }).whereNotNull('published_at').orderBy('revision', 'desc').first();
export async function listPublishedPeriods(db: Db): Promise<{ period: string; published_at: Date }[]> {
  return db('bulletins')
    .whereNotNull('published_at')
    .groupBy('period')
    .select('period')
    .max({ published_at: 'published_at' })
    .orderBy('period', 'desc')
    .limit(60) as never;
}

/** How many supervision orders each town or department was issued in a month, itself or whoever is below it. */
export async function countSupervised(db: Db, period: string): Promise<ReadonlyMap<number, number>> {
  const { rows } = await db.raw<{ rows: { unit_id: number; n: number }[] }>(
    `select l.unit_id, count(*)::int as n from supervision_orders s join units h on h.id = s.unit_id
     cross join lateral (
       select u.id as unit_id from units u where u.kind in ('town', 'department')
         and u.id = any(string_to_array(trim(both '/' from h.path), '/')::bigint[]) order by length(u.path) desc limit 1) l
     where s.issued_at >= :from and s.issued_at < :until group by 1`,
    { from: startOfDay(`${period}-01`), until: startOfDay(`${nextPeriod(period)}-01`) },
  );
  return new Map(rows.map(({ unit_id, n }) => [unit_id, n]));
}

export async function insertStory(
  trx: Db,
  given: Pick<
    StoryRow,
    'appeal_id' | 'category_code' | 'title' | 'problem' | 'handling' | 'lesson' | 'written_by' | 'written_at'
  >,
): Promise<number> {
  const [row] = await trx('case_stories')
    .insert(given as StoryRow)
    .returning('id');
  return row!.id;
}
export const holdStory = async (trx: Db, id: number): Promise<StoryRow | undefined> =>
  trx('case_stories').where({ id }).forUpdate().first();
export const findStory = async (db: Db, id: number): Promise<StoryRow | undefined> => db('case_stories').where({ id }).first();
/** The number of the appeal that a story is made of, for whoever may read it. */
export async function findSource(db: Db, { appeal_id }: Pick<StoryRow, 'appeal_id'>, actor: Actor): Promise<string | null> {
  if (appeal_id === null) return null;
  const { sql, bindings } = readableSql(actor);
  const { rows } = await db.raw<{ rows: { number: string }[] }>(
    `select a.number from appeals a where a.id = :appeal_id and ${sql}`,
    { appeal_id, ...bindings },
  );
  return rows[0]?.number ?? null;
}
export async function changeStory(trx: Db, id: number, changes: Partial<StoryRow>): Promise<void> {
  await trx('case_stories').where({ id }).update(changes);
}
export async function listStories(db: Db, published: boolean): Promise<StoryRow[]> {
  const query = db('case_stories').orderBy('id', 'desc').limit(60);
  return published ? query.whereNotNull('approved_at').whereNull('withdrawn_at') : query;
}

export async function listNames(db: Db, person_ids: readonly (number | null)[]): Promise<ReadonlyMap<number, string>> {
  const ids = person_ids.filter((id) => id !== null);
  return new Map((await db('people').whereIn('id', ids).select('id', 'name')).map(({ id, name }) => [id, name]));
}
