import { z } from 'zod';
import { codeField, listFilter } from '../units/forms.ts';
import type { EditField, Groups } from '../views.ts';
import { day, flag, id, optionalDay, optionalId, optionalText, pick, text } from '../web/form.ts';
import type { Words } from '../words/words.ts';

export const partyFilter = z.object({ ...listFilter, area_id: optionalId(), organization_id: optionalId(), ended: flag() });

const ordered = (value: { valid_from: string; valid_to: string | null }, context: z.RefinementCtx) => {
  if (value.valid_to !== null && value.valid_to < value.valid_from)
    context.addIssue({ code: 'custom', message: 'before_start', path: ['valid_to'] });
};

const organizationShape = {
  version: optionalText(64),
  code: codeField(),
  name: text(60),
  community_id: id(),
  secretary: optionalText(30),
  valid_from: day(),
};
export const newOrganizationForm = z.object(organizationShape);
export const organizationForm = z.object({ ...organizationShape, valid_to: optionalDay() }).superRefine(ordered);

const memberShape = { version: optionalText(64), name: text(30), joined_on: day(), valid_from: day() };
export const newPartyMemberForm = z.object(memberShape);
export const partyMemberForm = z.object({ ...memberShape, valid_to: optionalDay() }).superRefine(ordered);

export const branchKinds = ['branch', 'group'] as const;
export const branchForm = z.object({
  version: optionalText(64),
  kind: pick(branchKinds),
  name: text(60),
  secretary: optionalText(30),
});

export const partyViews = ['organizations', 'members', 'branches'] as const;

const dates = (creating: boolean, t: Words): EditField[] => [
  { name: 'valid_from', label: t.units.valid_from, kind: 'date', required: true },
  ...(creating ? [] : [{ name: 'valid_to', label: t.units.valid_to, kind: 'date' as const }]),
];

export const organizationFields = (communities: Groups, creating: boolean, t: Words): EditField[][] => [
  [
    { name: 'name', label: t.party.organization, required: true },
    { name: 'code', label: t.units.code, required: true },
  ],
  [
    { name: 'community_id', label: t.party.community, kind: 'select', groups: communities, required: true },
    { name: 'secretary', label: t.party.secretary },
  ],
  dates(creating, t),
];

export const partyMemberFields = (creating: boolean, t: Words): EditField[][] => [
  [
    { name: 'name', label: t.units.person, required: true },
    { name: 'joined_on', label: t.party.joined_on, kind: 'date', required: true },
  ],
  dates(creating, t),
];

export const branchFields = (t: Words): EditField[][] => [
  [
    {
      name: 'kind',
      label: t.party.branch_kind,
      kind: 'radios',
      inline: true,
      required: true,
      options: branchKinds.map((value) => ({ value, label: t.grids.branch_kinds[value] })),
    },
  ],
  [
    { name: 'name', label: t.units.name, required: true },
    { name: 'secretary', label: t.party.secretary },
  ],
];
