import type { Db } from '../../core/db.ts';
import { words_from_reviews } from '../rules.ts';

export interface MemberReviewRow {
  readonly id: number;
  readonly person_id: number;
  readonly grid_id: number;
  readonly month: string;
  readonly stars: number;
  readonly words: string;
  readonly voucher: string;
  readonly demo: boolean;
  readonly unpublished_at: Date | null;
  readonly unpublished_by: number | null;
  readonly unpublished_why: string | null;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    member_reviews: MemberReviewRow;
  }
}

/** False where this household has reviewed this member in this month already. */
export async function insertReview(
  db: Db,
  review: Pick<MemberReviewRow, 'person_id' | 'grid_id' | 'month' | 'stars' | 'words' | 'voucher'>,
): Promise<boolean> {
  const rows = await db('member_reviews').insert(review).onConflict('voucher').ignore().returning('id');
  return rows.length > 0;
}

/** How residents reviewed a member in a month ('YYYY-MM'): the words may be unpublished, the stars count. */
export async function memberReviews(db: Db, person_id: number, month: string): Promise<{ count: number; mean: number | null }> {
  const { rows } = await db.raw(
    'select count(*)::int as count, avg(stars)::float8 as mean from member_reviews where person_id = :person_id and month = :month',
    { person_id, month },
  );
  return rows[0];
}

export interface OwnMonth {
  readonly month: string;
  readonly count: number;
  readonly mean: number;
  /** Of five stars, four, … one: how many gave so many. */
  readonly spread: readonly number[];
  /** What was written, in no order of time; empty below so many reviews. */
  readonly words: readonly string[];
}

/** What a member may know of his reviews, month by month. */
export async function listOwnReviews(db: Db, person_id: number): Promise<OwnMonth[]> {
  const { rows } = await db.raw<{ rows: OwnMonth[] }>(
    `select month, count(*)::int as count, avg(stars)::float8 as mean,
       array[count(*) filter (where stars = 5), count(*) filter (where stars = 4), count(*) filter (where stars = 3), count(*) filter (where stars = 2),
         count(*) filter (where stars = 1)]::int[] as spread,
       case when count(*) >= :least then coalesce(array_agg(words order by words) filter (where words <> '' and unpublished_at is null), '{}') else '{}' end as words
     from member_reviews where person_id = :person_id group by month order by month desc limit 24`,
    { person_id, least: words_from_reviews },
  );
  return rows;
}

export interface ReviewedMember {
  readonly person_id: number;
  readonly name: string;
  readonly demo: boolean;
  readonly grid_zh: string;
  readonly grid_en: string;
  readonly path: string;
  readonly count: number;
  readonly mean: number | null;
  readonly low: number;
}

/** The members who serve at or below a unit, with their reviews of a month; who was reviewed worst first, who was not last. */
export async function listReviewedMembers(db: Db, under_path: string, month: string, today: string): Promise<ReviewedMember[]> {
  const { rows } = await db.raw<{ rows: ReviewedMember[] }>(
    `select m.person_id, p.name, p.demo, u.name_zh as grid_zh, u.name_en as grid_en, u.path, coalesce(r.count, 0) as count, r.mean, coalesce(r.low, 0) as low
     from linked_members m join people p on p.id = m.person_id join units u on u.id = m.grid_id
       left join (select person_id, count(*)::int as count, avg(stars)::float8 as mean, (count(*) filter (where stars <= 2))::int as low
         from member_reviews where month = :month group by person_id) r on r.person_id = m.person_id
     where starts_with(u.path, :under_path) and m.valid_from <= :today and (m.valid_to is null or m.valid_to >= :today)
     order by r.mean nulls last, u.path collate "C", m.kind desc, m.person_id`,
    { under_path, month, today },
  );
  return rows;
}

/** A review as the community reads it: of no household. */
export interface ReadReview {
  readonly id: number;
  readonly person_id: number;
  readonly month: string;
  readonly stars: number;
  readonly words: string;
  readonly unpublished_at: Date | null;
  readonly unpublished_why: string | null;
  /** Of the grid in which it was given. */
  readonly path: string;
}
const read = (db: Db) =>
  db('member_reviews as r')
    .join('units as u', 'u.id', 'r.grid_id')
    .select('r.id', 'r.person_id', 'r.month', 'r.stars', 'r.words', 'r.unpublished_at', 'r.unpublished_why', 'u.path');

/** A member's reviews of a month from grids at or below a unit, in no order of time. */
export async function listReviews(db: Db, person_id: number, month: string, under_path: string): Promise<ReadReview[]> {
  return read(db).where({ person_id, month }).whereRaw('starts_with(u.path, ?)', [under_path]).orderBy(['r.stars', 'r.voucher']);
}

export async function findReview(db: Db, id: number): Promise<ReadReview | undefined> {
  return read(db).where('r.id', id).first();
}

/** The same, held until the transaction ends. */
export async function holdReview(trx: Db, id: number): Promise<ReadReview | undefined> {
  return read(trx).where('r.id', id).forUpdate('r').first();
}

export async function unpublishReviewRow(
  trx: Db,
  id: number,
  row: Pick<MemberReviewRow, 'unpublished_at' | 'unpublished_by' | 'unpublished_why'>,
): Promise<void> {
  await trx('member_reviews').where({ id }).update(row);
}
