import { z } from 'zod';
import { priorities } from '../catalog/rules.ts';
import { day, flag, id, many, moment, optionalId, optionalPhone, optionalText, pick, readForm, reader, type Read, text } from '../web/form.ts';
import { callbackOutcomes, channels, contactWays, declineReasons, emergencyLines, type Field, type Fields, kinds, levels, outcomes, textLimits } from './rules.ts';

const note = () => text(textLimits.note);
const yesOrNo = () => reader<boolean>((word) => (word === 'yes' ? { value: true } : word === 'no' ? { value: false } : { error: 'required' }));
const code = () => reader<string>((word) => (/^\d{4}$/.test(word) ? { value: word } : { error: word === '' ? 'required' : 'not_an_option' }));
const number = () => reader<string>((word) => (/^\d{8}-\d{4,}$/.test(word) ? { value: word } : { error: word === '' ? 'required' : 'not_found' }));
/** A place from the search field: `unit:12`, or `building:7`, which the page resolves to its grid. */
const unitPlace = () => reader<number>((word) => (/^(unit:)?[1-9]\d{0,14}$/.test(word) ? { value: Number(word.replace('unit:', '')) } : { error: word === '' ? 'required' : 'not_found' }));

/** How each field of an act is read. */
const readers: { readonly [F in Exclude<Field, 'files'>]: z.ZodType<Fields[F]> } = {
  answer: note(), line: pick(emergencyLines), transferred_at: moment(), question: note(), supplement: note(), decline_reason: pick(declineReasons), other_way: note(),
  kind: pick(kinds), category_code: code(), priority: pick(priorities), about_unit_id: id(), place_unit_id: unitPlace(), target: number(), reason: note(), lead_unit_id: id(),
  co_unit_ids: many(id(), 0, 12) as never, instruction: note(), callback_outcome: pick(callbackOutcomes), contacted: yesOrNo(), solved: yesOrNo(), level: pick(levels), remark: note(),
  new_fact: note(), comment: note(), how: pick(contactWays), result_of_contact: note(), progress: note(), unit_id: id(), tried: note(), needed: note(), ruling: note(),
  outcome: pick(outcomes), result: note(), promised_on: day(), request: note(),
};

/** Reads the form of an act from its row of the table: what it needs must be there, what it takes may be empty. */
export function readAct(rule: { readonly needs: readonly Field[]; readonly takes?: readonly Field[] | undefined }, body: unknown): Read<Record<string, unknown>> {
  const fields = [...rule.needs, ...(rule.takes ?? [])].filter((field): field is Exclude<Field, 'files'> => field !== 'files');
  const given = (body ?? {}) as Record<string, unknown>;
  const present = fields.filter((field) => rule.needs.includes(field) || !isEmpty(given[field]));
  const schema = z.object(Object.fromEntries(present.map((field) => [field, readers[field]])));
  const read = readForm(body, schema);
  if (!read.ok) return read;
  if (read.value['outcome'] === 'promised' && read.value['promised_on'] === undefined && rule.takes?.includes('promised_on')) {
    return { ok: false, errors: { promised_on: 'required' }, typed: typedOf(given, fields) };
  }
  return read as Read<Record<string, unknown>>;
}

const isEmpty = (value: unknown): boolean => value === undefined || value === '' || (Array.isArray(value) && value.every((one) => one === ''));
const typedOf = (given: Record<string, unknown>, fields: readonly string[]) =>
  Object.fromEntries(fields.flatMap((field) => (typeof given[field] === 'string' || Array.isArray(given[field]) ? [[field, given[field] as string | string[]]] : [])));

/** A place as the combobox sends it. */
const place = () => reader<string>((word) => (/^(unit|building):[1-9]\d{0,14}$/.test(word) ? { value: word } : { error: word === '' ? 'required' : 'not_found' }));

export const registrationForm = z.object({
  phone: optionalPhone(),
  name: optionalText(textLimits.name),
  content: text(textLimits.content, 2),
  title: optionalText(textLimits.title),
  place: place(),
  address: optionalText(textLimits.address),
  channel: pick(channels),
  kind: pick(kinds),
  category_code: reader<string | null>((word) => (word === '' ? { value: null } : /^\d{4}$/.test(word) ? { value: word } : { error: 'not_an_option' })),
  priority: pick(priorities),
  confidential: flag(),
  no_contact: flag(),
  about_unit_id: optionalId(),
  repeat_of: optionalText(20),
  then: pick(['review', 'answer', 'transfer']),
  answer: optionalText(textLimits.note),
  line: reader<string | null>((word) => ({ value: word === '' ? null : word })),
  once: optionalText(64),
});

export const revealForm = z.object({ reason: text(200, 2) });
