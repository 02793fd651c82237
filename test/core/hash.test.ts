import { expect, test } from 'vitest';
import { canonical, hmac, sha256, token } from '../../src/core/hash.ts';

test('a hash is the standard SHA-256 of the UTF-8 bytes', () => {
  expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(sha256('招')).toBe(sha256(Buffer.from('招')));
  expect(hmac('key', 'The quick brown fox jumps over the lazy dog')).toBe(
    'f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8',
  );
});

test('equal values have equal text, in whatever order their keys were written', () => {
  const day = new Date('2026-11-23T02:00:00Z');
  expect(canonical({ b: [1, { y: null, x: '花' }], a: day, c: undefined })).toBe(
    '{"a":"2026-11-23T02:00:00.000Z","b":[1,{"x":"花","y":null}]}',
  );
  expect(canonical({ a: 1, b: 2 })).toBe(canonical({ b: 2, a: 1 }));
  expect(canonical({ 10: 'x', 9: 'y' })).toBe(canonical({ 9: 'y', 10: 'x' }));
});

test.each([[Number.NaN], [Number.POSITIVE_INFINITY], [10n], [new Map()], [() => 1], [Symbol('x')]])(
  '%s is refused, not lost',
  (value) => {
    expect(() => canonical({ value })).toThrow(TypeError);
  },
);

test('a token is 128 random bits, safe in an address', () => {
  const tokens = new Set(Array.from({ length: 1000 }, () => token()));
  expect(tokens.size).toBe(1000);
  for (const one of tokens) expect(one).toMatch(/^[\w-]{22}$/);
});
