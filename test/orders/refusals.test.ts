import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { words } from '../../src/words/words.ts';

test('whatever an act is refused for is said in words of its own, in both languages', () => {
  const src = new URL('../../src/', import.meta.url).pathname;
  const files = ['appeals/actions', 'orders/actions'].flatMap((dir) =>
    readdirSync(path.join(src, dir)).map((file) => readFileSync(path.join(src, dir, file), 'utf8')),
  );
  const codes = new Set(
    files.flatMap((text) =>
      [...text.matchAll(/\b(?:conflict|forbidden)\((.*)/g)].flatMap(([, given]) =>
        [...given!.matchAll(/(?<!=== )'(\w+)'/g)].map(([, code]) => code!),
      ),
    ),
  );
  expect(codes.size).toBeGreaterThan(20);
  for (const lang of ['zh', 'en'] as const)
    expect([...codes].filter((code) => !Object.hasOwn(words[lang].failures, code))).toEqual([]);
});
