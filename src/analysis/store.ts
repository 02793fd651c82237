import type { Status } from '../appeals/rules.ts';
import { addMinutes } from '../core/clock.ts';
import { type Db, hot } from '../core/db.ts';
import type { Model } from './rules/classify.ts';
import { type Candidate, type DuplicateReason, judgeCandidate, likeness } from './rules/duplicates.ts';

export interface CategoryModelRow {
  readonly id: number;
  readonly trained_at: Date;
  readonly documents: number;
  readonly model: Model;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    category_models: CategoryModelRow;
  }
}

/** The newest model, if the city has trained one. */
export async function findModel(db: Db): Promise<CategoryModelRow | undefined> {
  return db('category_models').orderBy('id', 'desc').first();
}

export async function findModelId(db: Db): Promise<number | undefined> {
  return (await db('category_models').select('id').orderBy('id', 'desc').first())?.id;
}

/**
 * Keeps the last dozen, so that a bad one can be looked into. What was learnt again from the same documents is the newest still: a training
 * that is repeated pushes no older model out.
 */
export async function recordModel(db: Db, trained: Omit<CategoryModelRow, 'id'>): Promise<number> {
  const model = JSON.stringify(trained.model);
  return db.transaction(async (trx) => {
    const same = await trx.raw<{ rows: { id: number }[] }>(
      `select id from (select id, model from category_models order by id desc limit 1) as newest where model = :model::jsonb`,
      { model },
    );
    if (same.rows[0]) return same.rows[0].id;
    const [row] = await trx('category_models')
      .insert({ ...trained, model: model as never })
      .returning('id');
    await trx('category_models')
      .where('id', '<=', row!.id)
      .whereNotIn('id', trx('category_models').select('id').orderBy('id', 'desc').limit(12))
      .delete();
    return row!.id;
  });
}

/** Categories that may still be given to an appeal. */
export async function listUsableCategories(db: Db): Promise<string[]> {
  return db('categories').whereNotNull('parent_code').whereNull('valid_to').orderBy('code').pluck('code');
}

/** The newest closed appeals of every category, as many of each at most, so that no category drowns the others. */
export async function listClosedWords(db: Db, per_category: number): Promise<{ category_code: string; words: string }[]> {
  const { rows } = await db.raw<{ rows: { category_code: string; words: string }[] }>(
    `select c.code as category_code, a.words
     from categories c cross join lateral (
       select a.id, a.words from appeals a
       where a.category_code = c.code and a.status in ('closed', 'archived') and a.words <> '' order by a.id desc limit :per_category
     ) a
     where c.parent_code is not null
     order by c.code, a.id desc`,
    { per_category },
  );
  return rows;
}

export interface DuplicateQuery {
  readonly phone_hash?: string | null | undefined;
  readonly building_id?: number | null | undefined;
  readonly place_unit_id?: number | null | undefined;
  readonly category_code?: string | null | undefined;
  /** `segment` of what has been typed so far. */
  readonly words: readonly string[];
  readonly now: Date;
  /** The appeal itself, when it is already registered. */
  readonly except_id?: number | undefined;
  /** True in SQL where the asker may read appeal `a`; all, when left out. */
  readonly readable?: { readonly sql: string; readonly bindings: Readonly<Record<string, number>> } | undefined;
  readonly repeat_days?: number | undefined;
  readonly cluster_days?: number | undefined;
  readonly limit?: number | undefined;
}

export interface LikelyDuplicate {
  readonly id: number;
  readonly number: string;
  readonly title: string;
  readonly status: Status;
  readonly category_code: string | null;
  readonly received_at: Date;
  /** The strongest first; `same_phone` within 90 days, `same_place_and_category` within 7. */
  readonly reasons: readonly DuplicateReason[];
  /** How likely it is the same matter, 0 to 1. */
  readonly score: number;
}

interface CandidateRow extends Omit<LikelyDuplicate, 'reasons' | 'score'> {
  readonly words: string;
  readonly same_phone: boolean;
  readonly same_building: boolean;
  readonly same_place: boolean;
}

/**
 * Earlier appeals that may be the same matter, the likeliest first. Candidates come from three indexes only (the caller's number,
 * the building, the place by time), a bounded number from each, whatever the history's size; their words are compared here.
 */
export async function listLikelyDuplicates(db: Db, query: DuplicateQuery): Promise<LikelyDuplicate[]> {
  const { now, words, repeat_days = 90, cluster_days = 7, limit = 8 } = query;
  const { sql: readable, bindings } = query.readable ?? { sql: 'true', bindings: {} };
  const since = addMinutes(now, -repeat_days * 1440);
  const recently = addMinutes(now, -cluster_days * 1440);
  const arms = [
    query.phone_hash &&
      `(select a.id from appellants p join appeals a on a.appellant_id = p.id
        where p.phone_hash = :phone_hash and a.received_at between :since and :now order by a.id desc limit 15)`,
    query.building_id &&
      // Left to itself the planner reads a summary of all times beside the building's own index.
      `(select a.id from appeals a where a.building_id = :building_id and a.received_at + interval '0' between :since and :now order by a.id desc limit 15)`,
    query.place_unit_id &&
      `(select a.id from appeals a
        where a.place_unit_id = :place_unit_id and a.received_at between :recently and :now order by a.received_at desc limit 20)`,
  ].filter((arm) => !!arm);
  if (arms.length === 0) return [];
  const rows = await hot<CandidateRow>(
    db,
    `with candidates as (${arms.join(' union ')})
     select a.id, a.number, a.title, a.status, a.category_code, a.received_at, a.words,
       coalesce(p.phone_hash = :phone_hash, false) as same_phone, coalesce(a.building_id = :building_id, false) as same_building,
       coalesce(a.place_unit_id = :place_unit_id, false) as same_place
     from candidates join appeals a using (id) left join appellants p on p.id = a.appellant_id
     where a.status <> 'merged' and a.id is distinct from :except_id::bigint and (${readable})`,
    {
      ...bindings,
      since,
      recently,
      now,
      phone_hash: query.phone_hash ?? null,
      building_id: query.building_id ?? null,
      place_unit_id: query.place_unit_id ?? null,
      except_id: query.except_id ?? null,
    },
  );
  return rows
    .map(({ words: theirs, same_phone, same_building, same_place, ...row }) => {
      const candidate: Candidate = {
        same_phone,
        same_building,
        same_place,
        same_category: row.category_code !== null && row.category_code === (query.category_code ?? null),
        recent: row.received_at >= recently,
        likeness: likeness(words, theirs.split(' ')),
      };
      return { ...row, ...judgeCandidate(candidate) };
    })
    .filter(({ reasons }) => reasons.length > 0)
    .sort((a, b) => b.score - a.score || b.id - a.id)
    .slice(0, limit);
}
