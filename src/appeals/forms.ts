import { z } from 'zod';
import { priorities } from '../catalog/rules.ts';
import { day, flag, id, many, moment, optionalId, optionalPhone, optionalText, pick, reader, text } from '../web/form.ts';
import {
  callbackOutcomes,
  channels,
  contactWays,
  declineReasons,
  emergencyLines,
  type Field,
  type Fields,
  kinds,
  levels,
  outcomes,
  textLimits,
} from './rules.ts';

const note = () => text(textLimits.note);
const yesOrNo = () =>
  reader<boolean>((word) => (word === 'yes' ? { value: true } : word === 'no' ? { value: false } : { error: 'required' }));
const code = () =>
  reader<string>((word) => (/^\d{4}$/.test(word) ? { value: word } : { error: word === '' ? 'required' : 'not_an_option' }));
const number = () =>
  reader<string>((word) => (/^\d{8}-\d{4,}$/.test(word) ? { value: word } : { error: word === '' ? 'required' : 'not_found' }));
/** A place from the search field: `unit:12`, or `building:7`, which the page resolves to its grid. */
const unitPlace = () =>
  reader<number>((word) =>
    /^(unit:)?[1-9]\d{0,14}$/.test(word)
      ? { value: Number(word.replace('unit:', '')) }
      : { error: word === '' ? 'required' : 'not_found' },
  );

/** How each field of an act is read. */
const readers: { readonly [F in Exclude<Field, 'files'>]: z.ZodType<Fields[F]> } = {
  answer: note(),
  line: pick(emergencyLines),
  transferred_at: moment(),
  question: note(),
  supplement: note(),
  decline_reason: pick(declineReasons),
  other_way: note(),
  kind: pick(kinds),
  category_code: code(),
  priority: pick(priorities),
  about_unit_id: id(),
  place_unit_id: unitPlace(),
  target: number(),
  reason: note(),
  lead_unit_id: id(),
  co_unit_ids: many(id(), 0, 12) as never,
  instruction: note(),
  callback_outcome: pick(callbackOutcomes),
  again_at: moment(),
  contacted: yesOrNo(),
  solved: yesOrNo(),
  level: pick(levels),
  remark: note(),
  new_fact: note(),
  comment: note(),
  how: pick(contactWays),
  result_of_contact: note(),
  progress: note(),
  unit_id: id(),
  tried: note(),
  needed: note(),
  ruling: note(),
  outcome: pick(outcomes),
  result: note(),
  promised_on: day(),
  request: note(),
  due_on: day(),
  extend_to: day(),
  review_on: day(),
  suggested_unit_id: id(),
  demand: note(),
  skip_reason: note(),
};

/** The form of an act from its row of the table: what it needs must be there, what it takes may be left empty. */
export function actSchema(
  rule: { readonly needs: readonly Field[]; readonly takes?: readonly Field[] | undefined },
  body: unknown,
): z.ZodObject {
  const given = (body ?? {}) as Record<string, unknown>;
  const fields = [...rule.needs, ...(rule.takes ?? []).filter((field) => !isEmpty(given[field]))].filter(
    (field) => field !== 'files',
  );
  const promises = rule.takes?.includes('promised_on') && given['outcome'] === 'promised' && !fields.includes('promised_on');
  const calls = rule.takes?.includes('again_at') && given['callback_outcome'] === 'later' && !fields.includes('again_at');
  const needed = [...(promises ? (['promised_on'] as const) : []), ...(calls ? (['again_at'] as const) : [])];
  return z.object(Object.fromEntries([...fields, ...needed].map((field) => [field, readers[field]])));
}

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === '' || (Array.isArray(value) && value.every((one) => one === ''));

/** A place as the combobox sends it. */
const place = () =>
  reader<string>((word) =>
    /^(unit|building):[1-9]\d{0,14}$/.test(word) ? { value: word } : { error: word === '' ? 'required' : 'not_found' },
  );

export const registrationForm = z.object({
  phone: optionalPhone(),
  name: optionalText(textLimits.name),
  content: text(textLimits.content, 2),
  title: optionalText(textLimits.title),
  place: place(),
  address: optionalText(textLimits.address),
  channel: pick(channels),
  kind: pick(kinds),
  category_code: reader<string | null>((word) =>
    word === '' ? { value: null } : /^\d{4}$/.test(word) ? { value: word } : { error: 'not_an_option' },
  ),
  priority: pick(priorities),
  confidential: flag(),
  no_contact: flag(),
  about_unit_id: optionalId(),
  repeat_of: optionalText(20),
  next_step: pick(['review', 'answer', 'transfer']),
  answer: optionalText(textLimits.note),
  line: reader<string | null>((word) => ({ value: word === '' ? null : word })),
  once: optionalText(64),
});

export const revealForm = z.object({ reason: text(200, 2) });
