import { z } from 'zod';
import type { EditField } from '../views.ts';
import {
  blankForm,
  day,
  type FormState,
  flag,
  integer,
  optionalId,
  optionalPhone,
  optionalPick,
  optionalText,
  reader,
  text,
} from '../web/form.ts';
import type { Words } from '../words/words.ts';
import { type UnitKind, unitGroups, unitKinds, type VenueType, venueTypes } from './rules.ts';
import type { UnitRow } from './store.ts';

export const codeField = () =>
  reader<string>((typed) => {
    if (typed === '') return { error: 'required' };
    return /^[A-Za-z0-9_-]{1,32}$/.test(typed) ? { value: typed } : { error: 'not_a_code' };
  });

/** What every list takes along: the words looked for, and where the reader has turned. */
export const listFilter = { q: optionalText(60), after: optionalText(120), before: optionalText(120) };
export const unitFilter = z.object({
  ...listFilter,
  view: optionalPick(['areas', 'departments']),
  kind: optionalPick(unitKinds),
  ended: flag(),
});

/** Everything of a unit but its place in the tree, which never changes: a unit that moves is ended and has a successor. */
export const unitForm = z.object({
  version: optionalText(64),
  unit_group: optionalText(40),
  venue_type: optionalPick(venueTypes),
  code: codeField(),
  name_zh: text(60),
  name_en: text(120),
  short_zh: text(30),
  duty_phone: optionalPhone(),
  round_the_clock: flag(),
  sort: integer(0, 9999),
  valid_from: day(),
});
export type UnitInput = Omit<z.output<typeof unitForm>, 'version'>;

export const endForm = z.object({
  version: optionalText(64),
  valid_to: day(),
  successor_id: optionalId(),
  successor_id_text: optionalText(120),
});

export function unitFields(kind: UnitKind, creating: boolean, t: Words): EditField[][] {
  const w = t.units;
  const groups: readonly string[] = unitGroups[kind];
  const labels: Readonly<Record<string, string>> = t.domain.unit_groups;
  const group: EditField = {
    name: 'unit_group',
    label: w.group,
    kind: 'select',
    required: true,
    empty: false,
    options: groups.map((value) => ({ value, label: labels[value] ?? value })),
  };
  const venue: EditField = {
    name: 'venue_type',
    label: w.venue_type,
    hint: w.venue_hint,
    kind: 'select',
    empty: t.common.none,
    options: venueTypes.map((value) => ({ value, label: t.domain.venue_types[value] })),
  };
  const showsGroup = groups.length > 1 && (kind !== 'grid' || creating);
  return [
    [
      { name: 'name_zh', label: w.name_zh, required: true },
      { name: 'short_zh', label: w.short_zh, required: true },
    ],
    [
      { name: 'name_en', label: w.name_en, required: true },
      { name: 'code', label: w.code, required: true },
    ],
    [...(showsGroup ? [group] : []), ...(kind === 'grid' && creating ? [venue] : [])],
    [
      { name: 'duty_phone', label: w.duty_phone, kind: 'tel' as const },
      { name: 'sort', label: w.sort, inputmode: 'numeric' as const, required: true },
      { name: 'valid_from', label: w.valid_from, kind: 'date' as const, required: true },
    ],
    [{ name: 'round_the_clock', label: w.round_the_clock, hint: w.round_the_clock_hint, kind: 'check' as const }],
  ].filter((row) => row.length > 0);
}

export function formOfUnit(unit: UnitRow & { readonly venue_type?: VenueType | null }): FormState {
  return blankForm({
    unit_group: unit.unit_group,
    venue_type: unit.venue_type,
    code: unit.code,
    name_zh: unit.name_zh,
    name_en: unit.name_en,
    short_zh: unit.short_zh,
    duty_phone: unit.duty_phone,
    round_the_clock: unit.round_the_clock ? '1' : '',
    sort: unit.sort,
    valid_from: unit.valid_from,
  });
}
