/**
 * Words → category. A softmax regression over words that starts from what a lexicon says (the prior) and is moved from there by
 * the documents as far as they are at odds with it: without any document it is the lexicon, with many it is the city's own practice,
 * and words that no document contradicts keep their meaning. Naive Bayes was tried first and measured worse (test/bench/README.md).
 */

/** Category → words that point to it → how much each counts; 1 is usual. */
export type Lexicon = Readonly<Record<string, Readonly<Record<string, number>>>>;

export interface Document {
  readonly words: readonly string[];
  readonly category: string;
  /** 1 when not given; less for a document whose category is only supposed. */
  readonly weight?: number;
}

/** Plain JSON. `words` holds for every known word its rarity, then pairs of category position and weight. */
export interface Model {
  readonly categories: readonly string[];
  readonly bias: readonly number[];
  readonly words: Readonly<Record<string, readonly number[]>>;
}

export interface Suggestion {
  readonly category: string;
  /** Probability, 0 to 1. */
  readonly score: number;
  /** The words of the text that speak for it, the strongest first. */
  readonly reasons: readonly { readonly word: string; readonly weight: number }[];
}

// Chosen on messages of another city, see test/bench/README.md. `certainty`: the logarithm of odds that one word is worth when it
// stands under a single category of the lexicon. Few epochs with shrinking steps: what no document contradicts stays as given.
const certainty = 7;
const epochs = 5;
const first_step = 2;
const max_words = 20_000;

/** Deterministic: the same documents in the same order give the same model. Ten thousand documents take about half a second. */
export function train(documents: Iterable<Document>, prior: Lexicon): Model {
  const docs = [...documents];
  const categories = [...new Set([...Object.keys(prior), ...docs.map((doc) => doc.category)])].sort();
  const { words, rarity } = vocabularyOf(docs, prior);
  const weights = priorWeights(categories, words, prior);
  const bias = new Float64Array(categories.length);
  learn(docs, categories, words, rarity, weights, bias);
  return { categories, bias: [...bias].map(rounded), words: stored(words, rarity, weights, categories.length) };
}

interface Vocabulary {
  /** Word → row of the weights. */
  readonly words: ReadonlyMap<string, number>;
  readonly rarity: Float64Array;
}

function vocabularyOf(docs: readonly Document[], prior: Lexicon): Vocabulary {
  const counts = new Map<string, number>();
  for (const doc of docs) for (const word of new Set(doc.words)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const told = new Set(Object.values(prior).flatMap(Object.keys));
  const learnt = [...counts].filter(([word, count]) => count > 1 && word.length > 1 && !told.has(word) && !/^\d/.test(word));
  if (learnt.length > max_words) learnt.sort((a, b) => b[1] - a[1]).length = max_words;
  const all = [...told, ...learnt.map(([word]) => word)];
  // Below one in five hundred a word's rarity is chance, or it has only not been needed yet.
  const rare = docs.length / 500;
  const rarity = all.map((word) => 1 + Math.log((docs.length + 1) / (Math.max(rare, counts.get(word) ?? 0) + 1)));
  return { words: new Map(all.map((word, i) => [word, i])), rarity: Float64Array.from(rarity) };
}

function priorWeights(categories: readonly string[], words: ReadonlyMap<string, number>, prior: Lexicon): Float32Array {
  const size = categories.length;
  const weights = new Float32Array(words.size * size);
  const spread = new Map<string, number>();
  for (const word of Object.values(prior).flatMap(Object.keys)) spread.set(word, (spread.get(word) ?? 0) + 1);
  categories.forEach((category, c) => {
    for (const [word, counts] of Object.entries(prior[category] ?? {})) {
      // Under one category of eighty a word says much, under ten of them little.
      const says = Math.log((size + 1) / spread.get(word)!) / Math.log(size + 1);
      weights[words.get(word)! * size + c] = certainty * says * counts;
    }
  });
  return weights;
}

interface Vector {
  readonly rows: Int32Array;
  readonly values: Float64Array;
}

/** The known words of a text, weighed by rarity, of length 1: a long message speaks no louder than a short one. */
function vectorOf(
  text: readonly string[],
  rarityOf: (word: string) => readonly [row: number, rarity: number] | undefined,
): Vector {
  const counts = new Map<number, [count: number, rarity: number]>();
  for (const word of text) {
    const known = rarityOf(word);
    if (!known) continue;
    const seen = counts.get(known[0]);
    if (seen) seen[0]++;
    else counts.set(known[0], [1, known[1]]);
  }
  const values = Float64Array.from(counts.values(), ([count, rarity]) => (1 + Math.log(count)) * rarity);
  const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  return { rows: Int32Array.from(counts.keys()), values: values.map((value) => value / length) };
}

/** Stochastic gradient descent on the log-loss, from the prior on. */
function learn(
  docs: readonly Document[],
  categories: readonly string[],
  words: ReadonlyMap<string, number>,
  rarity: Float64Array,
  weights: Float32Array,
  bias: Float64Array,
): void {
  const size = categories.length;
  const position = new Map(categories.map((category, c) => [category, c]));
  const samples = docs.map((doc) => ({
    ...vectorOf(doc.words, (word) => {
      const row = words.get(word);
      return row === undefined ? undefined : [row, rarity[row]!];
    }),
    target: position.get(doc.category)!,
    weight: doc.weight ?? 1,
  }));
  const scores = new Float64Array(size);
  const order = samples.map((_, i) => i);
  let chance = 1;
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (let i = order.length - 1; i > 0; i--) {
      chance = (Math.imul(chance, 1664525) + 1013904223) >>> 0;
      const j = chance % (i + 1);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    for (const index of order) {
      const { rows, values, target, weight } = samples[index]!;
      scores.set(bias);
      for (let k = 0; k < rows.length; k++) {
        const start = rows[k]! * size;
        const value = values[k]!;
        for (let c = 0; c < size; c++) scores[c]! += value * weights[start + c]!;
      }
      toProbabilities(scores);
      const step = (weight * first_step) / (1 + epoch);
      for (let c = 0; c < size; c++) {
        const error = scores[c]! - (c === target ? 1 : 0);
        // What is nearly right needs no step; skipping it makes the whole several times faster.
        if (Math.abs(error) < 3e-3) continue;
        bias[c]! -= 0.01 * step * error;
        for (let k = 0; k < rows.length; k++) weights[rows[k]! * size + c]! -= step * error * values[k]!;
      }
    }
  }
}

function toProbabilities(scores: Float64Array): void {
  let most = Number.NEGATIVE_INFINITY;
  for (const score of scores) if (score > most) most = score;
  let sum = 0;
  for (let c = 0; c < scores.length; c++) {
    scores[c] = Math.exp(scores[c]! - most);
    sum += scores[c]!;
  }
  for (let c = 0; c < scores.length; c++) scores[c]! /= sum;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

function stored(words: ReadonlyMap<string, number>, rarity: Float64Array, weights: Float32Array, size: number): Model['words'] {
  const all: Record<string, readonly number[]> = {};
  for (const [word, row] of words) {
    const entry = [rounded(rarity[row]!)];
    for (let c = 0; c < size; c++) {
      const weight = rounded(weights[row * size + c]!);
      if (Math.abs(weight) >= 0.1) entry.push(c, weight);
    }
    if (entry.length > 1) all[word] = entry;
  }
  return all;
}

/**
 * The likeliest categories of a text among those allowed, each with the words that speak for it. Empty when the model knows none of its
 * words.
 */
export function suggest(model: Model, text: readonly string[], n = 3, among?: ReadonlySet<string>): Suggestion[] {
  const known: (readonly number[])[] = [];
  const names: string[] = [];
  const seen = new Map<string, number>();
  const { rows, values } = vectorOf(text, (word) => {
    // The text is anybody's: "constructor" is a word like any other.
    if (!Object.hasOwn(model.words, word)) return undefined;
    let row = seen.get(word);
    if (row === undefined) {
      row = known.push(model.words[word]!) - 1;
      names.push(word);
      seen.set(word, row);
    }
    return [row, known[row]![0]!];
  });
  if (rows.length === 0) return [];
  const scores = Float64Array.from(model.bias);
  rows.forEach((row, k) => {
    const entry = known[row]!;
    for (let i = 1; i < entry.length; i += 2) scores[entry[i]!]! += values[k]! * entry[i + 1]!;
  });
  toProbabilities(scores);
  return [...scores.keys()]
    .filter((c) => !among || among.has(model.categories[c]!))
    .sort((a, b) => scores[b]! - scores[a]!)
    .slice(0, n)
    .map((c) => ({ category: model.categories[c]!, score: scores[c]!, reasons: reasonsFor(c, rows, values, known, names) }));
}

function reasonsFor(
  c: number,
  rows: Int32Array,
  values: Float64Array,
  known: readonly (readonly number[])[],
  names: readonly string[],
) {
  const reasons: { word: string; weight: number }[] = [];
  rows.forEach((row, k) => {
    const entry = known[row]!;
    for (let i = 1; i < entry.length; i += 2) {
      if (entry[i] === c && entry[i + 1]! > 0) reasons.push({ word: names[row]!, weight: rounded(values[k]! * entry[i + 1]!) });
    }
  });
  reasons.sort((a, b) => b.weight - a.weight);
  // A long word has brought its parts along; naming it is enough.
  return reasons
    .filter(
      ({ word }, i) => !reasons.some((other, j) => j !== i && other.word.includes(word) && other.weight * 2 > reasons[i]!.weight),
    )
    .slice(0, 5);
}
