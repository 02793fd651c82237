import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { explain, type Lang, words } from '../src/words/words.ts';

const han = /[\u3000-\u303f\u3400-\u9fff\uff01-\uff60]/;
const filesIn = (folder: string, ending: RegExp) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => path.join(folder, file))
    .filter((file) => ending.test(file));

test.each(filesIn('views', /\.ejs$/))('%s takes its Chinese from the words', (file) => {
  expect(
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => han.test(line)),
  ).toEqual([]);
});

const ideograph = /[\u3400-\u9fff]/;

test('outside words/, seeds and tests nothing is written in Chinese', () => {
  const sources = [
    ...filesIn('src', /\.(ts|mjs)$/),
    ...filesIn('migrations', /\.ts$/),
    ...filesIn('public', /\.(js|css|svg)$/),
  ].filter((file) => !file.startsWith(path.join('src', 'words')));
  const found = sources.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line, i) => (ideograph.test(line) ? [`${file}:${i + 1} ${line.trim()}`] : [])),
  );
  expect(found).toEqual([]);
});

/** Stands for whatever a word may be given: counts as two, reads as «2», and all of its fields, items and methods are the same. */
const anything: unknown = new Proxy(() => '', {
  get: (_target, key) => {
    if (key === Symbol.toPrimitive) return () => 2;
    return key === Symbol.iterator ? () => [anything][Symbol.iterator]() : anything;
  },
  apply: () => anything,
});

/** Every word of a language by its path. */
function flat(value: unknown, at: string): [string, string][] {
  if (typeof value === 'string') return [[at, value]];
  if (typeof value === 'function')
    return value === anything ? [[at, String(value)]] : flat(value(anything, anything, anything, anything), at);
  if (Array.isArray(value)) return value.flatMap((one, i) => flat(one, `${at}[${i}]`));
  return Object.entries(value as object).flatMap(([key, one]) => flat(one, at === '' ? key : `${at}.${key}`));
}

const all: Record<Lang, Map<string, string>> = { zh: new Map(flat(words.zh, '')), en: new Map(flat(words.en, '')) };

test('both languages have the same words', () => {
  const keys = (lang: Lang) => new Set([...all[lang].keys()].map((key) => key.replace(/\[\d+\]/g, '[]')));
  const [zh, en] = [keys('zh'), keys('en')];
  expect([...en].filter((key) => !zh.has(key))).toEqual([]);
  expect([...zh].filter((key) => !en.has(key))).toEqual([]);
});

test.each(['zh', 'en'] as const)('no word of %s is empty or says undefined', (lang) => {
  expect([...all[lang]].filter(([, word]) => word.trim() === '' || /undefined|NaN|\[object|=>/.test(word))).toEqual([]);
});

test('English words hold no Chinese, but for the name of the other language', () => {
  expect([...all.en].filter(([key, word]) => han.test(word) && key !== 'layout.other_language')).toEqual([]);
});

test('Chinese sentences use Chinese punctuation', () => {
  expect([...all.zh].filter(([, word]) => /[\u4e00-\u9fff][,;:?!]|[,;:?!][\u4e00-\u9fff]/.test(word))).toEqual([]);
});

test('a refused field is explained with its number', () => {
  expect(explain('zh', 'too_long:500')).toContain('500');
  expect(explain('en', 'required')).toBe(words.en.errors.required);
});
