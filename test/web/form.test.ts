import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import * as form from '../../src/web/form.ts';

const read = <S extends z.ZodObject>(schema: S, body: unknown) => form.readForm(body, schema);
const one = (schema: z.ZodType, value: unknown) => {
  const result = read(z.object({ f: schema as z.ZodType<unknown, string> }), { f: value });
  return result.ok ? (result.value as { f: unknown }).f : result.errors['f'];
};

test.each([
  ['text is trimmed and its line breaks are plain', form.text(10), '  a\r\nb ', 'a\nb'],
  ['text counts characters, not code units', form.text(2), '😀😀', '😀😀'],
  ['text over its length names the limit', form.text(2), 'abc', 'too_long:2'],
  ['text under its length names the least', form.text(9, 3), 'ab', 'too_short:3'],
  ['blanks are empty', form.text(9), '   ', 'required'],
  ['what may be empty is null', form.optionalText(9), '', null],
  ['a mobile may be written with blanks, dashes and +86', form.phone(), '+86 138-0000 0001', '13800000001'],
  ['full-width digits are digits', form.phone(), '１３８００００００１１', '13800000011'],
  ['a landline keeps its area code', form.phone(), '(0535) 8211234', '05358211234'],
  ['words are no phone', form.phone(), 'abc', 'not_a_phone'],
  ['a day must exist', form.day(), '2026-02-30', 'not_a_day'],
  ['a leap day exists', form.day(), '2028-02-29', '2028-02-29'],
  ['a moment is told in the city', form.moment(), '2026-11-23T09:41', new Date('2026-11-23T01:41:00Z')],
  ['there is no 24:10', form.moment(), '2026-11-23T24:10', 'not_a_moment'],
  ['an integer has its bounds', form.integer(1, 5), '6', 'too_large:5'],
  ['1e3 is no integer', form.integer(), '1e3', 'not_a_number'],
  ['an absent number is missing, not zero', form.integer(), undefined, 'required'],
  ['only listed values are taken', form.pick(['a', 'b']), 'c', 'not_an_option'],
  ['nothing picked', form.pick(['a', 'b']), '', 'required'],
  ['an unticked box is absent', form.flag(), undefined, false],
  ['a ticked box', form.flag(), '1', true],
  ['an id is a positive number', form.id(), '0', 'not_found'],
  ['an id that is no number was not found', form.id(), 'x', 'not_found'],
  ['several values in the order sent', form.many(form.id()), ['3', '1'], [3, 1]],
  ['one value of a list', form.many(form.id()), '3', [3]],
  ['none of a list that needs one', form.many(form.id(), 1), undefined, 'required'],
  ['a field sent twice is refused', form.text(9), ['a', 'b'], 'invalid'],
  ['an object is no text', form.text(9), { a: 1 }, 'required'],
  ['NUL is refused', form.text(9), 'a\0b', 'bad_text'],
  ['half a character is refused', form.text(9), 'a\ud800', 'bad_text'],
] as const)('%s', (_promise, schema, value, expected) => {
  expect(one(schema, value)).toEqual(expected);
});

describe('a refused form', () => {
  const schema = z.object({ name: form.text(3), tags: form.many(form.text(5)), until: form.optionalDay() });

  test('keeps everything typed and blames only the bad fields', () => {
    expect(read(schema, { name: 'abcd', tags: ['x', 'y'], until: '2026-01-01', other: 'ignored' })).toEqual({
      ok: false,
      id: undefined,
      errors: { name: 'too_long:3' },
      typed: { name: 'abcd', tags: ['x', 'y'], until: '2026-01-01' },
    });
  });

  test('may be wrong in how its fields go together', () => {
    const both = schema.superRefine((value, context) => {
      if (value.until !== null && value.name === 'x')
        context.addIssue({ code: 'custom', path: ['until'], message: 'before_start' });
    });
    expect(read(both, { name: 'x', until: '2026-01-01' })).toMatchObject({ ok: false, errors: { until: 'before_start' } });
  });

  test('is told of nothing but codes of ours', () => {
    expect(read(z.object({ f: z.string().max(1) }), { f: 'ab' })).toMatchObject({ errors: { f: 'invalid' } });
  });
});

test.each([undefined, null, 'text', 5, []])('a body of %j is an empty form', (body) => {
  expect(read(z.object({ f: form.text(9) }), body)).toMatchObject({ ok: false, errors: { f: 'required' } });
});

test('fields of Object.prototype are not values', () => {
  expect(read(z.object({ constructor: form.text(9) }), {})).toMatchObject({ ok: false, errors: { constructor: 'required' } });
});

test('a blank form starts from values and leaves out what is not known', () => {
  expect(form.blankForm({ a: 'x', b: 3, c: null, d: ['1', '2'] }, 'f')).toEqual({
    id: 'f',
    errors: {},
    typed: { a: 'x', b: '3', d: ['1', '2'] },
  });
});
