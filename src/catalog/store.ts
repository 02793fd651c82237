import type { Limit } from '../core/calendar.ts';
import { type Db, hot } from '../core/db.ts';
import type { UnitKind } from '../units/rules.ts';
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

export async function listCategories(db: Db): Promise<CategoryRow[]> {
  return db('categories').orderBy('code');
}

export async function listCalendarDays(db: Db, from = '0001-01-01', to = '9999-12-31'): Promise<CalendarDayRow[]> {
  return db('calendar_days').whereBetween('day', [from, to]).orderBy('day');
}

export interface UnitSuggestion {
  readonly unit_id: number;
  readonly name_zh: string;
  readonly name_en: string;
  readonly kind: UnitKind;
  readonly role: 'lead' | 'co';
  /** Why: a rule of the catalogue (narrower areas first), the category's own lead, the town of the place, or who closed most of the kind. */
  readonly why: 'catalogue' | 'category' | 'area' | 'history';
  readonly rule_id: number | null;
  readonly share: number | null;
}

/**
 * Who should lead and who should help, by category and place: the catalogue's rules for the narrowest area first, then the category's
 * lead department, the town of the place, and the units that led most of the last thousand appeals of this category.
 */
export async function listUnitSuggestions(
  db: Db,
  category_code: string | null,
  place_path: string,
  today: string,
): Promise<UnitSuggestion[]> {
  return hot<UnitSuggestion>(
    db,
    `with recent as materialized (
       select lead_unit_id from appeals where category_code = :category_code and lead_unit_id is not null order by id desc limit 1000
     ), history as (
       select lead_unit_id as unit_id, round(100.0 * count(*) / sum(count(*)) over ())::int as share
       from recent join units led on led.id = lead_unit_id and (led.kind = 'department' or starts_with(:place_path, led.path))
       group by lead_unit_id order by count(*) desc limit 3
     ), found as (
       select r.unit_id, r.role, 'catalogue' as why, r.id as rule_id, 1 as rank, -length(a.path) as nearness
       from dispatch_rules r join units a on a.id = r.area_id
       where r.category_code = :category_code and starts_with(:place_path, a.path)
         and r.valid_from <= :today and (r.valid_to is null or r.valid_to >= :today)
       union all
       select lead_unit_id, 'lead', 'category', null, 2, 0 from categories where code = :category_code and lead_unit_id is not null
       union all
       select unit_id, 'lead', 'history', null, 3, -share from history
       union all
       select id, 'lead', 'area', null, 4, 0 from units where kind = 'town' and starts_with(:place_path, path)
     ), best as (
       select distinct on (unit_id) * from found order by unit_id, rank, nearness
     )
     select b.unit_id, u.name_zh, u.name_en, u.kind, b.role, b.why, b.rule_id, h.share
     from best b join units u on u.id = b.unit_id left join history h on h.unit_id = b.unit_id
     where u.valid_to is null or u.valid_to >= :today
     order by b.rank, b.nearness limit 6`,
    { category_code, place_path, today },
  );
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
