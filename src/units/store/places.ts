import type { Db } from '../../core/db.ts';
import { literal } from '../../core/keyset.ts';
import type { Lang } from '../../words/words.ts';
import { idsOf, searchWords, type UnitKind, unitName } from '../rules.ts';
import { findUnit, listPath, type UnitRow } from '../store.ts';

/** One line under a search field. */
export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly note: string;
}

interface Found {
  readonly what: 'unit' | 'building';
  readonly id: number;
  readonly label: string;
  readonly note: string;
}

const most = 12;
const patternsOf = (words: readonly string[]) => words.map((word) => `%${literal(word)}%`);
/** How well a search column answers the first word: a whole key of it, the beginning of one, or somewhere inside. */
const rankOf = (column: string) =>
  `case when ' ' || ${column} || ' ' like '% ' || :first || ' %' then 0 when ' ' || ${column} like '% ' || :first || '%' then 1 else 2 end`;
const valid = (row: string) => `${row}.valid_from <= :today and (${row}.valid_to is null or ${row}.valid_to >= :today)`;
/** The names above a path, the city and the unit itself left out. */
const above = (path: string) =>
  `coalesce((select string_agg(case when :lang = 'zh' then a.name_zh else a.name_en end, ' › ' order by length(a.path)) from units a
     where a.id = any(string_to_array(trim(both '/b' from ${path}), '/')::bigint[]) and a.path <> ${path} and a.kind <> 'city'), '')`;

/**
 * Places by what somebody types, in Chinese, pinyin or initials: a whole key before a beginning before a middle, then areas before
 * buildings before grids.
 */
export async function listPlaces(db: Db, typed: string, today: string, lang: Lang): Promise<Choice[]> {
  const words = searchWords(typed);
  if (words.length === 0) return [];
  const { rows } = await db.raw<{ rows: Found[] }>(
    `with found as (
       select 'unit' as what, u.id, u.path, case when :lang = 'zh' then u.name_zh else u.name_en end as label, ${rankOf('u.search')} as rank,
         case when u.kind = 'grid' then 2 else 0 end as place, u.sort::text as order_text
       from units u where u.kind <> 'department' and u.search like all(:patterns) and ${valid('u')}
       union all
       select 'building', b.id, g.path || 'b/', b.estate || b.name, ${rankOf('b.search')}, 1, b.code
       from buildings b join units g on g.id = b.grid_id where b.search like all(:patterns) and ${valid('b')}
     ), best as (
       select * from found order by rank, place, length(path), path collate "C", length(order_text), order_text, id limit ${most}
     )
     select what, id, label, ${above('best.path')} as note from best order by rank, place, length(path), path collate "C", length(order_text), order_text, id`,
    { patterns: patternsOf(words), first: literal(words[0]!), today, lang },
  );
  return rows.map(({ what, id, label, note }) => ({ value: `${what}:${id}`, label, note }));
}

/** A place as a form names it, with everything above it, the city first. */
export interface Place {
  readonly value: string;
  readonly label: string;
  readonly building_id: number | null;
  readonly place_unit_id: number;
  readonly address: string;
  readonly above: readonly UnitRow[];
}

/** The place behind `building:12` or `unit:34`; nothing where that is malformed, unknown, no area, or ended. */
export async function findPlace(db: Db, value: string, today: string, lang: Lang = 'zh'): Promise<Place | undefined> {
  const [, what, digits] = /^(building|unit):([1-9]\d{0,14})$/.exec(value) ?? [];
  if (!what) return undefined;
  const id = Number(digits);
  const building = what === 'building' ? await db('buildings').where({ id }).first() : undefined;
  if (what === 'building' && !building) return undefined;
  const unit = await findUnit(db, building?.grid_id ?? id);
  if (!unit || unit.kind === 'department') return undefined;
  const ended = (row: { valid_to: string | null }) => row.valid_to !== null && row.valid_to < today;
  if (building ? ended(building) : ended(unit)) return undefined;
  return {
    value,
    label: building ? building.estate + building.name : unitName(unit, lang),
    building_id: building?.id ?? null,
    place_unit_id: unit.id,
    address: building?.address ?? '',
    above: await listPath(db, unit.path),
  };
}

export interface UnitQuestion {
  readonly q: string;
  /** Empty: every kind. */
  readonly kinds?: readonly UnitKind[] | undefined;
  /** Only units at or below this path. */
  readonly under_path?: string | undefined;
  readonly groups?: readonly string[] | undefined;
}

/** Units by what somebody types, for a search field whose value is the unit's id. */
export async function listUnitChoices(db: Db, question: UnitQuestion, today: string, lang: Lang): Promise<Choice[]> {
  const words = searchWords(question.q);
  if (words.length === 0) return [];
  const { rows } = await db.raw<{ rows: { id: number; label: string; note: string }[] }>(
    `with best as (
       select u.id, u.path, case when :lang = 'zh' then u.name_zh else u.name_en end as label, ${rankOf('u.search')} as rank, length(u.path) as depth, u.sort
       from units u where u.search like all(:patterns) and ${valid('u')}
         and (cardinality(:kinds::text[]) = 0 or u.kind = any(:kinds)) and (cardinality(:groups::text[]) = 0 or u.unit_group = any(:groups))
         and starts_with(u.path, :under_path)
       order by rank, depth, u.sort, u.path collate "C" limit ${most}
     )
     select id, label, ${above('best.path')} as note from best order by rank, depth, sort, path collate "C"`,
    {
      patterns: patternsOf(words),
      first: literal(words[0]!),
      kinds: [...(question.kinds ?? [])],
      groups: [...(question.groups ?? [])],
      under_path: question.under_path ?? '/',
      today,
      lang,
    },
  );
  return rows.map(({ id, label, note }) => ({ value: String(id), label, note }));
}

/** The names of the areas above a path, the city left out: town › community. */
export function pathName(path: string, names: ReadonlyMap<number, { name_zh: string; name_en: string }>, lang: Lang): string {
  return idsOf(path)
    .slice(1, -1)
    .flatMap((id) => names.get(id) ?? [])
    .map((unit) => unitName(unit, lang))
    .join(' › ');
}

export type Picked = { readonly unit: UnitRow | null } | { readonly choices: readonly Choice[] };

/**
 * What a search field for units means. With a script the id is what counts; without one the text may have been changed over an old
 * id, so an id only counts when its unit answers the text. One answer to the text is taken; of several somebody chooses.
 */
export async function pickUnit(
  db: Db,
  given: { readonly id: number | null; readonly text: string | null },
  question: Omit<UnitQuestion, 'q'>,
  today: string,
  lang: Lang,
): Promise<Picked> {
  const text = given.text?.trim() ?? '';
  if (text === '') return { unit: null };
  const fits = (unit: UnitRow) =>
    (unit.valid_to === null || unit.valid_to >= today) &&
    (!question.kinds?.length || question.kinds.includes(unit.kind)) &&
    unit.path.startsWith(question.under_path ?? '/');
  const named = given.id === null ? undefined : await findUnit(db, given.id);
  if (named && fits(named) && (unitName(named, 'zh') === text || unitName(named, 'en') === text)) return { unit: named };
  const choices = await listUnitChoices(db, { ...question, q: text }, today, lang);
  const chosen = choices.find(({ value }) => value === String(given.id)) ?? (choices.length === 1 ? choices[0] : undefined);
  const unit = chosen && (await findUnit(db, Number(chosen.value)));
  return unit ? { unit } : { choices };
}

/** The options of a select, in groups. */
export type UnitGroups = { label: string; options: { value: number; label: string }[] }[];

/** The areas a list can be narrowed to, town by town; a grid only where the list is already narrowed to it. */
export async function listAreaGroups(db: Db, today: string, lang: Lang, chosen?: UnitRow): Promise<UnitGroups> {
  const { rows } = await db.raw<{ rows: UnitRow[] }>(
    `select u.* from units u where u.kind in ('town', 'community') and ${valid('u')} order by u.kind desc, u.sort, u.code collate "C"`,
    { today },
  );
  const groups = new Map<number, UnitGroups[number]>();
  for (const unit of rows) {
    const option = { value: unit.id, label: unitName(unit, lang) };
    const town = unit.kind === 'town' ? unit.id : unit.parent_id!;
    const group = groups.get(town);
    if (group) group.options.push(option);
    else groups.set(town, { label: option.label, options: [option] });
  }
  const label = chosen && unitName(chosen, lang);
  return [...groups.values(), ...(chosen?.kind === 'grid' && label ? [{ label, options: [{ value: chosen.id, label }] }] : [])];
}

/** Base grids to choose one from, by community; only those at or below a path. */
export async function listGridGroups(
  db: Db,
  today: string,
  lang: Lang,
  under_path: string,
  kinds: readonly string[] = ['base'],
): Promise<{ label: string; options: { value: number; label: string }[] }[]> {
  const { rows } = await db.raw<{ rows: (UnitRow & { above_zh: string; above_en: string })[] }>(
    `select u.*, a.name_zh as above_zh, a.name_en as above_en from units u join units a on a.id = u.parent_id
     where u.kind = 'grid' and u.unit_group = any(:kinds) and starts_with(u.path, :under_path) and ${valid('u')} order by a.code collate "C", u.sort, u.id`,
    { today, under_path, kinds: [...kinds] },
  );
  const groups = new Map<string, { value: number; label: string }[]>();
  for (const unit of rows) {
    const label = lang === 'zh' ? unit.above_zh : unit.above_en;
    groups.set(label, [...(groups.get(label) ?? []), { value: unit.id, label: unitName(unit, lang) }]);
  }
  return [...groups].map(([label, options]) => ({ label, options }));
}
