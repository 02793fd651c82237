import { sayLimit } from '../catalog/forms.ts';
import type { Milestone } from '../catalog/rules.ts';
import type { Limit } from '../core/calendar.ts';
import { type UnitName, unitName } from '../units/rules.ts';
import type { Lang, Words } from '../words/words.ts';
import type { ChangeRow } from './store.ts';

/** A change in words. */
export interface ToldChange {
  readonly at: Date;
  readonly who: string;
  readonly act: string;
  readonly fields: readonly { readonly label: string; readonly before: string | null; readonly after: string }[];
}

/** Which table of the domain's words names the codes of a field. */
const coded = {
  kind: 'unit_kinds',
  unit_group: 'unit_groups',
  grid_kind: 'unit_groups',
  venue_type: 'venue_types',
  priority: 'priorities',
  role: 'roles',
  post: 'posts',
} as const satisfies Record<string, keyof Words['domain']>;

/** Changes as people read them: fields by their labels, codes by their words, units by their names. */
export function tellChanges(
  rows: readonly ChangeRow[],
  t: Words,
  lang: Lang,
  units: ReadonlyMap<number, UnitName>,
): ToldChange[] {
  const labels: Readonly<Record<string, string>> = t.changes.fields;
  const acts: Readonly<Record<string, string>> = t.changes.acts;
  const say = (name: string, value: unknown): string => {
    if (value === null || value === undefined || value === '') return t.common.none;
    if (typeof value === 'boolean') return value ? t.common.yes : t.common.no;
    if (typeof value === 'number' && name.endsWith('_id')) {
      const unit = units.get(value);
      return unit ? unitName(unit, lang) : String(value);
    }
    if (typeof value === 'string') {
      const table: Readonly<Record<string, string>> =
        name in coded ? t.domain[coded[name as keyof typeof coded]] : t.changes.values;
      return table[value] ?? value;
    }
    if (name === 'milestones' && Array.isArray(value))
      return (
        (value as Milestone[]).map((one) => `${unitName(one, lang)} ${sayLimit(one, t)}`).join(t.common.comma) || t.common.none
      );
    if (isLimit(value)) return sayLimit(value, t);
    if (isDay(value))
      return `${value.working ? t.catalog.calendar.working_day : t.catalog.calendar.day_off} ${value.name}`.trim();
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  };
  return rows.map((row) => ({
    at: row.happened_at,
    who: row.person ? `${t.domain.posts[row.post]} ${row.person}` : t.domain.posts[row.post],
    act: acts[row.act] ?? row.act,
    fields: Object.keys(row.after ?? row.before ?? {})
      .filter((name) => row.before || (row.after?.[name] !== null && row.after?.[name] !== ''))
      .map((name) => ({
        label: labels[name] ?? name,
        before: row.before ? say(name, row.before[name]) : null,
        after: say(name, row.after?.[name]),
      })),
  }));
}

function isLimit(value: unknown): value is Limit {
  return typeof value === 'object' && value !== null && 'unit' in value && 'value' in value;
}

function isDay(value: unknown): value is { working: boolean; name: string } {
  return typeof value === 'object' && value !== null && 'working' in value && 'name' in value;
}
