import { z } from 'zod';
import { id, integer, optionalText, pick, reader, text } from '../web/form.ts';
import { markNames } from './rules.ts';

const monthPattern = /^\d{4}-(0[1-9]|1[0-2])$/;
const month = () =>
  reader((typed) => (monthPattern.test(typed) ? { value: typed } : { error: typed === '' ? 'required' : 'not_an_option' }));
const optionalMonth = () => reader<string | null>((typed) => ({ value: monthPattern.test(typed) ? typed : null }));
/** A number of points in hundredths: '1.5' is 150. */
const optionalPoints = () =>
  reader<number | null>((typed) => {
    if (typed === '') return { value: null };
    return /^\d{1,2}(\.\d{1,2})?$/.test(typed) ? { value: Math.round(Number(typed) * 100) } : { error: 'not_a_decimal' };
  });

export const monthFilter = z.object({ month: optionalMonth() });
export const yearFilter = z.object({
  year: reader<string | null>((typed) => ({ value: /^20\d\d$/.test(typed) ? typed : null })),
});
export const monthForm = z.object({ month: month() });
export const spotCheckForm = z.object({
  person_id: id(),
  month: month(),
  checked: integer(1, 1000),
  errors: integer(0, 1000),
  note: optionalText(300),
});
export const markForm = z.object({
  person_id: id(),
  month: month(),
  kind: pick(markNames),
  points: optionalPoints(),
  reason: text(500, 4),
});
export const objectionForm = z.object({ grounds: text(1000, 4) });
export const rulingForm = z.object({ decision: pick(['upheld', 'rejected']), ruling: text(1000, 4) });
