import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { open, seal } from '../../src/core/seal.ts';

const key = randomBytes(32);

test.each(['', '13000000000', '王女士，花园社区 3 号楼', 'x'.repeat(10_000)])('what was sealed is opened again', (text) => {
  expect(open(key, seal(key, text))).toBe(text);
});

test('the same text is sealed differently each time and does not show', () => {
  expect(seal(key, '13000000000')).not.toBe(seal(key, '13000000000'));
  expect(seal(key, '13000000000')).not.toContain('13000000000');
});

test('another key opens nothing, and no character may change', () => {
  const sealed = seal(key, '13000000000');
  expect(() => open(randomBytes(32), sealed)).toThrow();
  for (let at = 0; at < sealed.length - 1; at++) {
    const changed = sealed.slice(0, at) + (sealed[at] === 'A' ? 'B' : 'A') + sealed.slice(at + 1);
    expect(() => open(key, changed)).toThrow();
  }
  for (const cut of ['', 'v1.', sealed.slice(0, 20), sealed.slice(0, -4)]) expect(() => open(key, cut)).toThrow();
});
