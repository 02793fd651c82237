import type { Db } from '../../core/db.ts';
import { literal, type Turn, type Turned, turnPage } from '../../core/keyset.ts';
import { searchWords } from '../../units/rules.ts';
import type { Priority } from '../rules.ts';
import type { CategoryRow, DispatchRuleRow, InstructionTemplateRow, ParameterRow } from '../store.ts';

export interface CategoryFilter {
  readonly q: string | null;
  readonly priority: Priority | null;
  readonly ended: boolean;
}

/** Categories with the groups of what was found; a group found by its own name brings all of its own. */
export async function searchCategories(db: Db, filter: CategoryFilter, today: string): Promise<CategoryRow[]> {
  const query = db('categories as c').select('c.*').orderBy('c.code');
  for (const word of searchWords(filter.q ?? '')) {
    query.whereRaw(
      `(c.search like :some or c.code like :start or lower(c.name_en) like :some or exists (select 1 from categories p where p.code = c.parent_code and p.search like :some)
        or exists (select 1 from units u where u.id = c.lead_unit_id and u.search like :some))`,
      { some: `%${literal(word)}%`, start: `${literal(word)}%` },
    );
  }
  if (filter.priority) query.where('c.priority', filter.priority);
  if (filter.ended) query.where('c.valid_to', '<', today);
  else query.where((still) => still.whereNull('c.valid_to').orWhere('c.valid_to', '>=', today));
  const found = await query;
  const missing = found.flatMap(({ parent_code }) =>
    parent_code && !found.some(({ code }) => code === parent_code) ? [parent_code] : [],
  );
  const groups = missing.length > 0 ? await db('categories').whereIn('code', missing) : [];
  return [...found, ...groups].sort((a, b) => (a.code < b.code ? -1 : 1));
}

export async function holdCategory(trx: Db, code: string): Promise<CategoryRow | undefined> {
  return trx('categories').where({ code }).forUpdate().first();
}
export async function countSubcategories(db: Db, code: string, day: string): Promise<number> {
  const rows = await db('categories')
    .where({ parent_code: code })
    .where((still) => still.whereNull('valid_to').orWhere('valid_to', '>', day))
    .select('code');
  return rows.length;
}
type Stored<T extends { acknowledge_limit: unknown }> = Omit<
  T,
  'acknowledge_limit' | 'contact_limit' | 'handle_limit' | 'milestones'
> &
  Record<'acknowledge_limit' | 'contact_limit' | 'handle_limit', string | null> & { readonly milestones: string };
export async function insertCategory(trx: Db, row: Stored<CategoryRow>): Promise<void> {
  await trx('categories').insert(row as never);
}
export async function changeCategory(trx: Db, code: string, changes: Partial<Stored<CategoryRow>>): Promise<void> {
  await trx('categories')
    .where({ code })
    .update(changes as never);
}

export interface RuleFacts extends DispatchRuleRow {
  readonly category_zh: string;
  readonly category_en: string;
  readonly area_zh: string;
  readonly area_en: string;
  readonly unit_zh: string;
  readonly unit_en: string;
}
export interface RuleFilter {
  readonly q: string | null;
  readonly category_code: string | null;
  readonly area_id: number | null;
  readonly unit_id: number | null;
  readonly ended: boolean;
}

const ruleFacts = (db: Db) =>
  db('dispatch_rules as r')
    .join('categories as c', 'c.code', 'r.category_code')
    .join('units as a', 'a.id', 'r.area_id')
    .join('units as u', 'u.id', 'r.unit_id')
    .select(
      'r.*',
      'c.name_zh as category_zh',
      'c.name_en as category_en',
      'a.name_zh as area_zh',
      'a.name_en as area_en',
      'u.name_zh as unit_zh',
      'u.name_en as unit_en',
    );

export async function listRules(db: Db, filter: RuleFilter, today: string, turn: Turn, size: number): Promise<Turned<RuleFacts>> {
  const query = ruleFacts(db);
  for (const word of searchWords(filter.q ?? '')) {
    query.whereRaw('(c.search like :some or c.code like :start or u.search like :some or a.search like :some)', {
      some: `%${literal(word)}%`,
      start: `${literal(word)}%`,
    });
  }
  if (filter.category_code) query.where('r.category_code', 'like', `${literal(filter.category_code)}%`);
  if (filter.area_id !== null) query.where('r.area_id', filter.area_id);
  if (filter.unit_id !== null) query.where('r.unit_id', filter.unit_id);
  if (filter.ended) query.where('r.valid_to', '<', today);
  else query.where((still) => still.whereNull('r.valid_to').orWhere('r.valid_to', '>=', today));
  // Category by category, the widest area first, who leads before who helps.
  return turnPage<RuleFacts>(
    query,
    `r.category_code || ' ' || lpad(length(a.path)::text, 3, '0') || ' ' || a.code || ' ' || case r.role when 'lead' then 0 else 1 end || lpad(r.id::text, 12, '0')`,
    turn,
    size,
  );
}

export async function findRule(db: Db, id: number): Promise<RuleFacts | undefined> {
  return ruleFacts(db).where('r.id', id).first();
}
export async function listTemplates(db: Db): Promise<InstructionTemplateRow[]> {
  return db('instruction_templates').orderByRaw('valid_to is not null, category_code nulls first, sort, id');
}
export async function findTemplate(db: Db, id: number): Promise<InstructionTemplateRow | undefined> {
  return db('instruction_templates').where({ id }).first();
}
export async function holdTemplate(trx: Db, id: number): Promise<InstructionTemplateRow | undefined> {
  return trx('instruction_templates').where({ id }).forUpdate().first();
}
export async function insertTemplate(trx: Db, row: Omit<InstructionTemplateRow, 'id'>): Promise<number> {
  const [made] = await trx('instruction_templates').insert(row).returning('id');
  return made!.id;
}
export async function changeTemplate(trx: Db, id: number, changes: Partial<InstructionTemplateRow>): Promise<void> {
  await trx('instruction_templates').where({ id }).update(changes);
}

/** One parameter at a time is written; whoever writes waits for the one before, also where no row stands yet. */
export async function holdParameter(trx: Db, key: string): Promise<ParameterRow | undefined> {
  await trx.raw('select pg_advisory_xact_lock(hashtextextended(:key, 0))', { key: `parameter ${key}` });
  return trx('parameters').where({ key }).first();
}
export async function saveParameter(
  trx: Db,
  key: string,
  value: unknown,
  updated_by: number,
  updated_at: Date,
  change_id: number | null,
): Promise<void> {
  await trx('parameters')
    .insert({ key, value: JSON.stringify(value), updated_at, updated_by, change_id })
    .onConflict('key')
    .merge();
}
export async function removeParameter(trx: Db, key: string): Promise<void> {
  await trx('parameters').where({ key }).delete();
}
export async function listParameterPeople(db: Db): Promise<(ParameterRow & { person: string | null })[]> {
  return db('parameters as p').leftJoin('people as n', 'n.id', 'p.updated_by').select('p.*', 'n.name as person');
}
