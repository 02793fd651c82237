import { z } from 'zod';
import { listFilter } from '../units/forms.ts';
import { optionalDay, optionalText } from '../web/form.ts';

const { q: _, ...turn } = listFilter;
export const auditFilter = z.object({
  ...turn,
  person: optionalText(40),
  act: optionalText(60),
  from: optionalDay(),
  until: optionalDay(),
});
