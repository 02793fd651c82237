import { z } from 'zod';
import { listFilter } from '../units/forms.ts';
import type { EditField, Groups } from '../views.ts';
import {
  blankForm,
  day,
  type FormState,
  flag,
  id,
  optionalDay,
  optionalId,
  optionalInteger,
  optionalPhone,
  optionalPick,
  optionalText,
  pick,
  text,
} from '../web/form.ts';
import type { Words } from '../words/words.ts';
import type { MemberFacts } from './store.ts';

export const memberKinds = ['fulltime', 'assistant'] as const;

export const memberFilter = z.object({ ...listFilter, area_id: optionalId(), kind: optionalPick(memberKinds), ended: flag() });

const shape = {
  version: optionalText(64),
  grid_id: id(),
  kind: pick(memberKinds),
  batch: optionalInteger(1, 99),
  services: optionalText(300),
  work_phone: optionalPhone(),
  valid_from: day(),
};
export const newMemberForm = z.object({ ...shape, name: text(30) });
export const memberForm = z.object({ ...shape, valid_to: optionalDay() }).superRefine((value, context) => {
  if (value.valid_to !== null && value.valid_to < value.valid_from)
    context.addIssue({ code: 'custom', message: 'before_start', path: ['valid_to'] });
});

export function memberFields(grids: Groups, creating: boolean, t: Words): EditField[][] {
  const w = t.members;
  return [
    [
      ...(creating ? [{ name: 'name', label: t.units.person, required: true }] : []),
      { name: 'work_phone', label: t.units.phone, kind: 'tel' as const },
    ],
    [
      {
        name: 'grid_id',
        label: t.grids.grid,
        kind: 'select',
        groups: grids,
        hint: creating ? undefined : w.grid_hint,
        required: true,
      },
    ],
    [
      {
        name: 'kind',
        label: w.kind,
        kind: 'radios',
        inline: true,
        required: true,
        options: memberKinds.map((value) => ({ value, label: w.kinds[value] })),
      },
      { name: 'batch', label: w.batch, inputmode: 'numeric' },
    ],
    [{ name: 'services', label: w.services, kind: 'textarea', rows: 2, hint: w.services_hint }],
    [
      { name: 'valid_from', label: w.since, kind: 'date', required: true },
      ...(creating ? [] : [{ name: 'valid_to', label: w.until, kind: 'date' as const }]),
    ],
  ];
}

export const formOfMember = ({ grid_id, kind, batch, services, work_phone, valid_from, valid_to }: MemberFacts): FormState =>
  blankForm({ grid_id, kind, batch, services, work_phone, valid_from, valid_to });
