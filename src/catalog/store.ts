import type { Limit } from '../core/calendar.ts';
import { type Db, hot } from '../core/db.ts';
import { type Candidate, chooseUnits, type UnitSuggestion } from './rules/chooser.ts';
import type { Category, Priority } from './rules.ts';

export interface CategoryRow extends Category {
  readonly search: string;
  readonly valid_from: string;
  readonly valid_to: string | null;
}
export interface DispatchRuleRow {
  readonly id: number;
  readonly category_code: string;
  readonly area_id: number;
  readonly unit_id: number;
  readonly role: 'lead' | 'co';
  readonly note: string;
  readonly valid_from: string;
  readonly valid_to: string | null;
  /** The change that made it, null for the first catalogue; and the one that ended it. */
  readonly set_id: number | null;
  readonly ended_by_set_id: number | null;
}
export interface ParameterRow {
  readonly key: string;
  readonly value: unknown;
  readonly updated_at: Date;
  readonly updated_by: number | null;
  /** The version in force; null for what the system counts. */
  readonly change_id: number | null;
}
export interface CalendarDayRow {
  readonly day: string;
  readonly working: boolean;
  readonly name: string;
}
export interface InstructionTemplateRow {
  readonly id: number;
  readonly category_code: string | null;
  readonly body: string;
  readonly sort: number;
  readonly valid_to: string | null;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    categories: CategoryRow;
    dispatch_rules: DispatchRuleRow;
    parameters: ParameterRow;
    calendar_days: CalendarDayRow;
    instruction_templates: InstructionTemplateRow;
  }
}

export async function listParameters(db: Db): Promise<ParameterRow[]> {
  return db('parameters').orderBy('key');
}

// Of every parameter, the calendar's version among them: whatever moves running clocks changes it.
const mark = `select coalesce(md5(string_agg(concat_ws(' ', key, value, updated_at), ',' order by key)), '') as mark from parameters`;
const edits = `hashtextextended('rulebook', 0)`;

/** What tells one state of parameters and calendar from another. */
export async function readMark(db: Db): Promise<string> {
  const { rows } = await db.raw<{ rows: { mark: string }[] }>(mark);
  return rows[0]!.mark;
}
/** The mark, which no edit changes before the transaction has ended. */
export async function holdMark(trx: Db): Promise<string> {
  // Two statements in one message: the second sees what was committed while the first waited.
  const [, { rows }] = await trx.raw<[unknown, { rows: { mark: string }[] }]>(
    `select pg_advisory_xact_lock_shared(${edits}); ${mark}`,
  );
  return rows[0]!.mark;
}
/** An edit of what moves running clocks: whatever starts one is done by now, or waits for the end of this transaction. */
export async function holdEdits(trx: Db): Promise<void> {
  await trx.raw(`select pg_advisory_xact_lock(${edits})`);
}

export async function listCategories(db: Db): Promise<CategoryRow[]> {
  return db('categories').orderBy('code');
}

export async function listCalendarDays(db: Db, from = '0001-01-01', to = '9999-12-31'): Promise<CalendarDayRow[]> {
  return db('calendar_days').whereBetween('day', [from, to]).orderBy('day');
}

/** Every reason why a unit might be chosen for these categories; towns only of the place, where one is named. */
export async function listCandidates(db: Db, codes: readonly string[], place_path: string | null): Promise<Candidate[]> {
  return hot<Candidate>(
    db,
    `with recent as materialized (
       select code, led.lead_unit_id from unnest(:codes::text[]) code
       cross join lateral (select lead_unit_id from appeals where category_code = code and lead_unit_id is not null order by id desc limit 300) led
     ), found as (
       select r.category_code, r.unit_id, r.role, 'catalogue' as why, r.id as rule_id, r.area_id, a.path as area_path, r.valid_from, r.valid_to, 0 as led
       from dispatch_rules r join units a on a.id = r.area_id where r.category_code = any(:codes)
       union all
       select code, lead_unit_id, 'lead', 'category', null, null, null, valid_from, null, 0
       from categories where code = any(:codes) and lead_unit_id is not null
       union all
       select code, lead_unit_id, 'lead', 'history', null, null, null, '0001-01-01', null, count(*)::int from recent group by code, lead_unit_id
       union all
       select null, id, 'lead', 'area', null, null, null, valid_from, null, 0 from units
       where kind = 'town' and (:place_path::text is null or starts_with(:place_path, path))
     )
     select f.*, json_build_object('name_zh', u.name_zh, 'name_en', u.name_en, 'kind', u.kind, 'path', u.path,
       'valid_from', u.valid_from, 'valid_to', u.valid_to) as unit
     from found f join units u on u.id = f.unit_id`,
    { codes: [...codes], place_path },
  );
}

/** Who should lead and who should help, by category and place. */
export async function listUnitSuggestions(
  db: Db,
  category_code: string | null,
  place_path: string,
  today: string,
): Promise<UnitSuggestion[]> {
  return chooseUnits(await listCandidates(db, category_code === null ? [] : [category_code], place_path), place_path, today);
}

export async function listInstructionTemplates(db: Db, category_code: string | null): Promise<InstructionTemplateRow[]> {
  return db('instruction_templates')
    .whereNull('valid_to')
    .where((either) => either.whereNull('category_code').orWhere({ category_code }))
    .orderByRaw('category_code nulls last, sort, id');
}

export async function findCategory(db: Db, code: string): Promise<CategoryRow | undefined> {
  return db('categories').where({ code }).first();
}

export type { Limit, Priority };
