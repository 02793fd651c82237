/**
 * Chinese words. What is stored for searching and learning, and what is looked for, is cut by the same function, because
 * two cuts of the same sentence find each other only then.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Jieba } from '@node-rs/jieba';
import type { pinyin as Pinyin } from 'pinyin-pro';

const require = createRequire(import.meta.url);

let cutter: Jieba | undefined;
let stop_words: ReadonlySet<string> = new Set();
const local_names = new Set<string>();

// The dictionary costs 40 MB and 0.2 s, pinyin 25 MB: paid by the processes that cut or spell, at the first text.
function loadedCutter(): Jieba {
  if (cutter) return cutter;
  const dict = readFileSync(require.resolve('@node-rs/jieba/dict.txt'));
  stop_words = stopWordsOf(dict.toString('utf8'));
  cutter = Jieba.withDict(dict);
  if (local_names.size > 0) teach(cutter, local_names);
  return cutter;
}

/** What the dictionary itself tags as particle, interjection, preposition, conjunction or pronoun, and is common. */
function stopWordsOf(lines: string): ReadonlySet<string> {
  const common = 1_000;
  const found = new Set<string>();
  for (const [, word, count] of lines.matchAll(/^(\S+) (\d+) (?:u.?|y|e|p|c|r)$/gm))
    if (Number(count) >= common) found.add(word!);
  return found;
}

/** Adds words the dictionary lacks (streets, estates, units, the trade's own terms), so that each stays in one piece. */
export function addLocalNames(names: Iterable<string>): void {
  const fresh = [...names].map(plain).filter((name) => name.length > 1 && !/\s/.test(name) && !local_names.has(name));
  for (const name of fresh) local_names.add(name);
  if (cutter && fresh.length > 0) teach(cutter, fresh);
}

function teach(to: Jieba, names: Iterable<string>): void {
  // Frequent enough to win against any two ordinary words it is made of.
  to.loadDict(Buffer.from([...names].map((name) => `${name} 1000 n\n`).join('')));
}

function plain(text: string): string {
  return text.normalize('NFKC').toLowerCase().trim();
}

const has_letter = /[\p{L}\p{N}]/u;
// A run of seven digits or more is a telephone or identity number and has no business in a search index.
const long_number = /^\d{7,}/;

function kept(pieces: readonly string[]): string[] {
  return pieces.filter((piece) => has_letter.test(piece) && !stop_words.has(piece) && !long_number.test(piece));
}

/**
 * The words of a text in their order, lower case, without punctuation and stop words; a long word follows the shorter words it
 * contains. Unknown words fall apart into characters rather than being guessed at, since a guess depends on its neighbours.
 */
export function segment(text: string): string[] {
  const cut = loadedCutter();
  return kept(cut.cutForSearch(plain(text), false));
}

/** The words of a text joined by one space, for to_tsvector('simple', …) and trigrams. */
export function wordsOf(text: string): string {
  return segment(text).join(' ');
}

/** The fewest words that together make up what somebody looks for; each of them is found in the `wordsOf` of a text that holds it. */
export function searchTerms(text: string): string[] {
  const cut = loadedCutter();
  return [...new Set(kept(cut.cut(plain(text), false)))];
}

let spell: typeof Pinyin | undefined;

/** A name as it is written, spelled, and by its initials ("huayuanshequ hysq"), for finding it with any keyboard. */
export function pinyinKeys(name: string): string {
  spell ??= (require('pinyin-pro') as { pinyin: typeof Pinyin }).pinyin;
  const written = plain(name).replace(/\s+/g, '');
  const spelled = spell(written, { toneType: 'none', separator: '', nonZh: 'consecutive', v: true });
  const initials = spell(written, { toneType: 'none', separator: '', nonZh: 'consecutive', v: true, pattern: 'first' });
  return [...new Set([written, spelled, initials])].join(' ');
}
