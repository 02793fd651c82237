import { expect, test } from 'vitest';
import { hold } from '../../src/core/hold.ts';

test('who asks while an answer is held or being read gets that, each key its own', async () => {
  const held = hold<number>(60_000);
  let n = 0;
  const read = async () => ++n;
  expect(await Promise.all([held.get('a', read), held.get('a', read), held.get('b', read)])).toEqual([1, 1, 2]);
  expect(await held.get('a', read)).toBe(1);
});

test('an answer that is dropped while it is being read is not kept', async () => {
  const held = hold<string>(60_000);
  let give = (_: string) => {};
  const early = held.get('a', () => new Promise((resolve) => (give = resolve)));
  held.drop((key) => key === 'a');
  give('before');
  expect(await early).toBe('before');
  expect(await held.get('a', async () => 'after')).toBe('after');
});

test('neither an old answer nor a failed reading is held', async () => {
  const never = hold<number>(0);
  expect([await never.get('a', async () => 1), await never.get('a', async () => 2)]).toEqual([1, 2]);
  const held = hold<number>(60_000);
  await expect(held.get('a', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
  expect(await held.get('a', async () => 3)).toBe(3);
});
