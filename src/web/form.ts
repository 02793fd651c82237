import { z } from 'zod';
import type { ErrorCode } from '../words/words.ts';

/** What was typed, by field: enough to fill the form again. */
export type Typed = Readonly<Record<string, string | readonly string[]>>;

/** A form as a page shows it; `id` keeps the fields of two forms on one page apart. */
export interface FormState {
  readonly id?: string | undefined;
  readonly errors: Readonly<Record<string, ErrorCode>>;
  readonly typed: Typed;
}

export type Read<T> = { readonly ok: true; readonly value: T } | ({ readonly ok: false } & FormState);

/** A form nobody has sent yet, with what it starts from. */
export function blankForm(
  typed: Readonly<Record<string, string | number | readonly string[] | null | undefined>> = {},
  id?: string,
): FormState {
  const kept = Object.entries(typed).flatMap(([name, value]) =>
    value === null || value === undefined ? [] : [[name, typeof value === 'number' ? String(value) : value] as const],
  );
  return { id, errors: {}, typed: Object.fromEntries(kept) };
}

/**
 * Reads a flat body: the values, or an error code for each bad field with everything that was typed.
 * Only names of the schema are looked at; a missing one counts as empty, a repeated one is refused unless its schema is an array.
 */
export function readForm<S extends z.ZodObject>(body: unknown, schema: S, id?: string): Read<z.output<S>> {
  const given = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const input: Record<string, string | string[]> = {};
  const typed: Record<string, string | string[]> = {};
  const errors: Record<string, ErrorCode> = {};
  for (const [name, field] of Object.entries(schema.shape)) {
    const texts = textsOf(Object.hasOwn(given, name) ? given[name] : undefined);
    const clean = texts.map((text) => text.replace(/\p{Surrogate}|\0/gu, ''));
    if (clean.some((text, i) => text !== texts[i])) errors[name] = 'bad_text';
    else if (!isMany(field) && texts.length > 1) errors[name] = 'invalid';
    const several = clean.filter((text) => text !== '');
    input[name] = isMany(field) ? several : (clean[0] ?? '');
    if (clean.length > 0) typed[name] = isMany(field) ? several : (clean[0] ?? '');
  }
  const read = schema.safeParse(input);
  if (!read.success) {
    for (const issue of read.error.issues) {
      const name = String(issue.path[0] ?? 'form');
      if (!Object.hasOwn(errors, name)) errors[name] = isCode(issue.message) ? issue.message : 'invalid';
    }
  }
  return read.success && Object.keys(errors).length === 0 ? { ok: true, value: read.data } : { ok: false, id, errors, typed };
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

function isMany(field: unknown): boolean {
  if (field instanceof z.ZodArray) return true;
  if (field instanceof z.ZodPipe) return isMany(field.def.in);
  return field instanceof z.ZodOptional || field instanceof z.ZodDefault ? isMany(field.def.innerType) : false;
}

const isCode = (message: string): message is ErrorCode => /^[a-z_]+(:-?\d+)?$/.test(message);

type Reading<T> = { value: T } | { error: ErrorCode };

/** A field from a rule: the value of a trimmed text, or why not. */
export function reader<T>(rule: (text: string) => Reading<T>) {
  return z.string().transform((raw, context): T => {
    const read = rule(raw.trim());
    if ('value' in read) return read.value;
    context.addIssue({ code: 'custom', message: read.error });
    return z.NEVER;
  });
}

/** The same field, where leaving it empty means null. */
function orNull<T>(rule: (text: string) => Reading<T>) {
  return reader<T | null>((text) => (text === '' ? { value: null } : rule(text)));
}

const textRule =
  (most: number, least: number) =>
  (raw: string): Reading<string> => {
    const text = raw.replace(/\r\n?/g, '\n');
    const length = [...text].length;
    if (length === 0) return { error: 'required' };
    if (length < least) return { error: `too_short:${least}` };
    return length > most ? { error: `too_long:${most}` } : { value: text };
  };

const phoneRule = (text: string): Reading<string> => {
  if (text === '') return { error: 'required' };
  const digits = text
    .normalize('NFKC')
    .replace(/[\s()-]/g, '')
    .replace(/^(\+|00)86/, '');
  return /^(1\d{10}|0\d{9,11}|[2-9]\d{6,7}|\d{3,6})$/.test(digits) ? { value: digits } : { error: 'not_a_phone' };
};

const dayRule = (text: string): Reading<string> => {
  if (text === '') return { error: 'required' };
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  const real = !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
  return real ? { value: text } : { error: 'not_a_day' };
};

const momentRule = (text: string): Reading<Date> => {
  if (text === '') return { error: 'required' };
  const [, on = '', hour = '', minute = ''] = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}):(\d{2})$/.exec(text) ?? [];
  const read = dayRule(on);
  if ('error' in read || Number(hour) > 23 || Number(minute) > 59) return { error: 'not_a_moment' };
  return { value: new Date(Date.parse(`${on}T${hour}:${minute}:00+08:00`)) };
};

const integerRule =
  (least: number, most: number) =>
  (text: string): Reading<number> => {
    if (text === '') return { error: 'required' };
    const digits = text.normalize('NFKC');
    const n = /^-?\d{1,15}$/.test(digits) ? Number(digits) : Number.NaN;
    if (Number.isNaN(n)) return { error: 'not_a_number' };
    if (n < least) return { error: `too_small:${least}` };
    return n > most ? { error: `too_large:${most}` } : { value: n };
  };

const pickRule =
  <const T extends string>(list: readonly T[]) =>
  (text: string): Reading<T> => {
    const found = list.find((one) => one === text);
    if (found !== undefined) return { value: found };
    return { error: text === '' ? 'required' : 'not_an_option' };
  };

/** Text of at most `most` characters, trimmed, with plain line breaks. */
export const text = (most: number, least = 1) => reader(textRule(most, least));
export const optionalText = (most: number) => orNull(textRule(most, 1));
/** A mainland mobile, a landline with or without its area code, or a short service number; kept as digits alone. */
export const phone = () => reader(phoneRule);
export const optionalPhone = () => orNull(phoneRule);
/** One of a fixed list. */
export const pick = <const T extends string>(list: readonly T[]) => reader(pickRule(list));
export const optionalPick = <const T extends string>(list: readonly T[]) => orNull(pickRule(list));
/** A calendar day that exists. */
export const day = () => reader(dayRule);
export const optionalDay = () => orNull(dayRule);
/** Day and time in the city's zone, as a datetime-local field sends it. */
export const moment = () => reader(momentRule);
export const optionalMoment = () => orNull(momentRule);
export const integer = (least = 0, most = Number.MAX_SAFE_INTEGER) => reader(integerRule(least, most));
export const optionalInteger = (least = 0, most = Number.MAX_SAFE_INTEGER) => orNull(integerRule(least, most));
/** A row's number, chosen from a list or a search field. */
export const id = () =>
  reader((text) => {
    const read = integerRule(1, Number.MAX_SAFE_INTEGER)(text);
    return 'value' in read || text === '' ? read : { error: 'not_found' };
  });
export const optionalId = () =>
  orNull((text) => (/^[1-9]\d{0,14}$/.test(text) ? { value: Number(text) } : { error: 'not_found' }));
/** A checkbox: absent is false. */
export const flag = () => reader<boolean>((text) => ({ value: text !== '' && text !== '0' && text !== 'false' }));
export const uuid = () =>
  reader((text) =>
    /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text)
      ? { value: text.toLowerCase() }
      : { error: 'invalid' },
  );
/** A field that may be repeated (checkboxes, several units): a list, in the order sent. */
export const many = <S extends z.ZodType<unknown, string>>(one: S, least = 0, most = 200) =>
  z
    .array(one)
    .min(least, { error: least === 1 ? 'required' : `too_few:${least}` })
    .max(most, { error: `too_many:${most}` });
