import { z } from 'zod';
import { day, id, many, optionalDay, optionalId, optionalPick, pick, reader, text } from '../web/form.ts';
import { dutyDeskNames } from './rules.ts';

export const rosterFilter = z.object({ desk: optionalPick(dutyDeskNames), unit: optionalId(), week: optionalDay() });

const of = { desk: pick(dutyDeskNames), unit: id() };
export const assignForm = z.object({
  ...of,
  week: day(),
  how: pick(['assign', 'remove']),
  post_id: id(),
  cells: many(text(16), 1, 40),
});
export const copyForm = z.object({ ...of, week: day() });
export const swapForm = z.object({ give_id: id(), take_id: id() });

const most_numbers = 20;
/** Numbers of appeals, with anything between them. */
const numbers = () =>
  reader<readonly string[]>((typed) => {
    const found = typed
      .normalize('NFKC')
      .split(/[\s,;，；、]+/)
      .filter(Boolean);
    if (found.some((one) => !/^\d{8}-\d{4,6}$/.test(one))) return { error: 'not_numbers' };
    return found.length > most_numbers ? { error: `too_many:${most_numbers}` } : { value: [...new Set(found)] };
  });
export const noteForm = z.object({ ...of, body: text(2000), appeals: numbers() });
