import { z } from 'zod';
import type { BuildingRow } from '../people/store.ts';
import { codeField, listFilter } from '../units/forms.ts';
import { venueTypes } from '../units/rules.ts';
import type { GridRow } from '../units/store.ts';
import type { EditField, Option } from '../views.ts';
import {
  blankForm,
  day,
  type FormState,
  flag,
  id,
  integer,
  optionalDay,
  optionalId,
  optionalPick,
  optionalText,
  reader,
  text,
} from '../web/form.ts';
import type { Words } from '../words/words.ts';
import { gridChecks } from './rules.ts';

export const gridFilter = z.object({
  ...listFilter,
  kind: optionalPick(['base', 'exclusive']),
  venue_type: optionalPick(venueTypes),
  area_id: optionalId(),
  check: optionalPick(gridChecks),
});
export const buildingFilter = z.object({
  ...listFilter,
  area_id: optionalId(),
  estate: optionalText(60),
  stray: flag(),
  ended: flag(),
});

/** A size with at most two decimals; kept as text, because the column is exact. */
const decimal = (most: number) =>
  reader<string>((typed) => {
    const plain = typed.normalize('NFKC');
    if (plain === '') return { error: 'required' };
    if (!/^\d{1,8}(\.\d{1,2})?$/.test(plain)) return { error: 'not_a_decimal' };
    return Number(plain) > most ? { error: `too_large:${most}` } : { value: Number(plain).toFixed(2) };
  });

export const gridForm = z.object({
  version: optionalText(64),
  households: integer(0, 100_000),
  area_hectares: decimal(1_000_000),
  help_point: optionalText(80),
  venue_type: optionalPick(venueTypes),
});

const buildingShape = {
  version: optionalText(64),
  grid_id: id(),
  code: codeField(),
  estate: text(60),
  name: text(40),
  address: text(120),
  storeys: integer(1, 120),
  households: integer(0, 5000),
  valid_from: day(),
};
export const newBuildingForm = z.object(buildingShape);
export const buildingForm = z.object({ ...buildingShape, valid_to: optionalDay() }).superRefine((value, context) => {
  if (value.valid_to !== null && value.valid_to < value.valid_from)
    context.addIssue({ code: 'custom', message: 'before_start', path: ['valid_to'] });
});

export function gridFields(grid: GridRow, t: Words): EditField[][] {
  return [
    [
      { name: 'households', label: t.units.households, inputmode: 'numeric', required: true },
      { name: 'area_hectares', label: t.grids.area_hectares, inputmode: 'text', required: true },
    ],
    ...(grid.kind === 'exclusive'
      ? [
          [
            {
              name: 'venue_type',
              label: t.units.venue_type,
              kind: 'select' as const,
              required: true,
              options: venueTypes.map((value) => ({ value, label: t.domain.venue_types[value] })),
            },
          ],
        ]
      : []),
    [{ name: 'help_point', label: t.grids.help_point, hint: t.grids.help_point_hint }],
  ];
}

export const formOfGrid = (grid: GridRow): FormState =>
  blankForm({
    households: grid.households,
    area_hectares: grid.area_hectares,
    help_point: grid.help_point,
    venue_type: grid.venue_type,
  });

type Groups = readonly { label: string; options: readonly Option[] }[];

export function buildingFields(grids: Groups, creating: boolean, t: Words): EditField[][] {
  return [
    [
      { name: 'estate', label: t.grids.estate, required: true },
      { name: 'name', label: t.grids.building_name, required: true },
    ],
    [{ name: 'address', label: t.grids.address, required: true }],
    [{ name: 'grid_id', label: t.grids.grid, kind: 'select', groups: grids, hint: t.grids.grid_hint, required: true }],
    [
      { name: 'code', label: t.units.code, required: true },
      { name: 'storeys', label: t.grids.storeys, inputmode: 'numeric', required: true },
      { name: 'households', label: t.units.households, inputmode: 'numeric', required: true },
    ],
    [
      { name: 'valid_from', label: t.units.valid_from, kind: 'date', required: true },
      ...(creating ? [] : [{ name: 'valid_to', label: t.grids.building_valid_to, kind: 'date' as const }]),
    ],
  ];
}

export const formOfBuilding = (building: BuildingRow): FormState => {
  const { grid_id, code, estate, name, address, storeys, households, valid_from, valid_to } = building;
  return blankForm({ grid_id, code, estate, name, address, storeys, households, valid_from, valid_to });
};
