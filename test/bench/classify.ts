/**
 * How well the category suggester does on messages it was not made for: cross-validation on labelled messages of another city.
 *   npm run bench -- classify --labelled FILE [--taxonomy FILE] [--unlabelled FILE]…
 * The files are CSV with the columns of the public "smart government" contest (2020); nothing of them is kept.
 */
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { type Document, type Lexicon, suggest, train } from '../../src/analysis/rules/classify.ts';
import { addLocalNames, segment } from '../../src/core/text.ts';
import { lexicon } from '../../src/words/zh/lexicon.ts';

type Row = Record<string, string>;

interface Message {
  readonly words: readonly string[];
  readonly label: string;
}

/** Our categories under the fifteen top classes that petition offices use; where two prefixes fit, the longer counts. */
const top_class_of: Readonly<Record<string, string>> = {
  '01': '城乡建设',
  '02': '城乡建设',
  '0209': '科技与信息产业',
  '03': '城乡建设',
  '0303': '商贸旅游',
  '04': '交通运输',
  '0402': '城乡建设',
  '0404': '城乡建设',
  '05': '环境保护',
  '0506': '城乡建设',
  '06': '城乡建设',
  '0607': '农村农业',
  '07': '政法',
  '0702': '环境保护',
  '0801': '劳动和社会保障',
  '0802': '劳动和社会保障',
  '0803': '劳动和社会保障',
  '08': '民政',
  '0901': '教育文体',
  '0902': '教育文体',
  '0903': '教育文体',
  '0904': '卫生计生',
  '0905': '卫生计生',
  '0906': '教育文体 商贸旅游',
  '10': '商贸旅游',
  '1002': '卫生计生',
  '11': '农村农业',
  '1101': '国土资源 城乡建设',
  '1102': '城乡建设',
  '1105': '国土资源',
  '12': '党务政务',
  '1202': '经济管理',
  '1203': '经济管理',
  '1204': '纪检监察',
  '1206': '民政',
};

export function classesOf(code: string): string[] {
  return (top_class_of[code] ?? top_class_of[code.slice(0, 2)] ?? '').split(' ');
}

/** Which of the labels a model of any classes would choose: classes that the labels do not have are passed over. */
type Chooser = (words: readonly string[]) => Choice;

/** The label and the probability that was claimed for it among the labels. */
interface Choice {
  readonly label: string;
  readonly claimed: number;
}

function chooserOf(
  documents: readonly Document[],
  prior: Lexicon,
  labels: readonly string[],
  toLabels: (category: string) => string[],
): Chooser {
  const model = train(documents, prior);
  return (words) => best(labels, chances(suggest(model, words, model.categories.length), toLabels));
}

function chances(suggestions: ReturnType<typeof suggest>, toLabels: (category: string) => string[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { category, score } of suggestions) {
    const into = toLabels(category);
    for (const label of into) sums.set(label, (sums.get(label) ?? 0) + score / into.length);
  }
  return sums;
}

function best(labels: readonly string[], sums: ReadonlyMap<string, number>): Choice {
  const label = labels.reduce((a, b) => ((sums.get(b) ?? 0) > (sums.get(a) ?? 0) ? b : a));
  const all = labels.reduce((sum, one) => sum + (sums.get(one) ?? 0), 0);
  return { label, claimed: all > 0 ? sums.get(label)! / all : 1 / labels.length };
}

/** Multinomial naive Bayes with add-one smoothing over the words of the training rows: the field's plain baseline. */
function naiveBayes(documents: readonly Message[], labels: readonly string[]): Chooser {
  const counts = new Map(labels.map((label) => [label, { rows: 0, words: 0, of: new Map<string, number>() }]));
  const all = new Set<string>();
  for (const { words, label } of documents) {
    const count = counts.get(label)!;
    count.rows++;
    for (const word of words) {
      count.words++;
      count.of.set(word, (count.of.get(word) ?? 0) + 1);
      all.add(word);
    }
  }
  return (words) => {
    const scores = new Map<string, number>();
    for (const [label, { rows, words: total, of }] of counts) {
      let score = Math.log(rows / documents.length);
      for (const word of words) if (all.has(word)) score += Math.log(((of.get(word) ?? 0) + 1) / (total + all.size));
      scores.set(label, score);
    }
    const most = Math.max(...scores.values());
    return best(labels, new Map([...scores].map(([label, score]) => [label, Math.exp(score - most)])));
  };
}

interface Result {
  readonly macro_f1: number;
  readonly accuracy: number;
  /** Mean of the claimed probabilities: near the accuracy when the claims can be believed. */
  readonly claimed: number;
  readonly confusion: readonly (readonly number[])[];
}

function measure(labels: readonly string[], truth: readonly string[], found: readonly Choice[]): Result {
  const confusion = labels.map(() => labels.map(() => 0));
  truth.forEach((label, i) => {
    confusion[labels.indexOf(label)]![labels.indexOf(found[i]!.label)]!++;
  });
  const f1 = labels.map((_, k) => {
    const hit = confusion[k]![k]!;
    const row = confusion[k]!.reduce((a, b) => a + b);
    const column = confusion.reduce((sum, line) => sum + line[k]!, 0);
    return (2 * hit) / (row + column || 1);
  });
  const hits = confusion.reduce((sum, line, k) => sum + line[k]!, 0);
  const claimed = found.reduce((sum, choice) => sum + choice.claimed, 0) / found.length;
  return { macro_f1: f1.reduce((a, b) => a + b) / labels.length, accuracy: hits / truth.length, claimed, confusion };
}

/** Each round deals the messages of every label into five hands by another shuffle; every message is judged once by a model that has not seen it. */
function crossValidate(
  messages: readonly Message[],
  labels: readonly string[],
  rounds: number,
  make: (training: Message[]) => Chooser,
): Result[] {
  const hands = 5;
  return Array.from({ length: rounds }, (_, round) => {
    const hand = new Map<Message, number>();
    let chance = round + 1;
    for (const label of labels) {
      const own = messages.filter((message) => message.label === label);
      for (let i = own.length - 1; i > 0; i--) {
        chance = (Math.imul(chance, 1664525) + 1013904223) >>> 0;
        const j = Math.floor((chance / 2 ** 32) * (i + 1));
        [own[i], own[j]] = [own[j]!, own[i]!];
      }
      own.forEach((message, i) => {
        hand.set(message, (i + labels.indexOf(label)) % hands);
      });
    }
    const found = new Map<Message, Choice>();
    for (let k = 0; k < hands; k++) {
      const choose = make(messages.filter((message) => hand.get(message) !== k));
      for (const message of messages) if (hand.get(message) === k) found.set(message, choose(message.words));
    }
    return measure(
      labels,
      messages.map((message) => message.label),
      messages.map((message) => found.get(message)!),
    );
  });
}

function read(file: string): Row[] {
  return parse(readFileSync(file), { bom: true, columns: true, relax_quotes: true }) as Row[];
}

/** A subject says in a line what the text says in hundreds of characters: its words count twice. */
function wordsOfRow(row: Row): string[] {
  const subject = segment(row['留言主题'] ?? '');
  return [...subject, ...subject, ...segment(row['留言详情'] ?? '')];
}

const empty_words = new Set(['管理', '其他', '其它', '问题', '服务', '工作', '制度', '建设', '事业', '行为', '发展', '政策']);

/** The lexicon by official class; a word of the taxonomy, where one is given, counts two more. */
function priorByClass(taxonomy: readonly Row[]): Lexicon {
  const prior: Record<string, Record<string, number>> = {};
  for (const [code, words] of Object.entries(lexicon))
    for (const label of classesOf(code)) prior[label] = { ...prior[label], ...words };
  const official = new Map<string, Set<string>>();
  for (const row of taxonomy) {
    const words = segment(`${row['二级分类']} ${row['三级分类']}`).filter((word) => word.length > 1 && !empty_words.has(word));
    official.set(row['一级分类']!, new Set([...(official.get(row['一级分类']!) ?? []), ...words]));
  }
  for (const [label, words] of official) for (const word of words) prior[label]![word] = (prior[label]![word] ?? 0) + 2;
  return prior;
}

/** Trains, lets the model name what it is sure of among unlabelled messages, and trains again on both. */
function selfTrained(training: readonly Message[], prior: Lexicon, unlabelled: readonly (readonly string[])[]): Document[] {
  const documents: Document[] = training.map(({ words, label }) => ({ words, category: label }));
  if (unlabelled.length === 0) return documents;
  const model = train(documents, prior);
  const supposed = unlabelled.flatMap((words) => {
    const [first] = suggest(model, words, 1);
    return first && first.score > 0.6 ? [{ words, category: first.category, weight: 0.3 }] : [];
  });
  return [...documents, ...supposed];
}

export function run(args: readonly string[]): void {
  const files = (option: string) => args.flatMap((arg, i) => (arg === option && args[i + 1] ? [args[i + 1]!] : []));
  const [labelled] = files('--labelled');
  if (!labelled) throw new Error('Which messages? --labelled FILE');
  addLocalNames(Object.values(lexicon).flatMap(Object.keys));

  const messages = read(labelled).map((row) => ({ words: wordsOfRow(row), label: row['一级分类']! }));
  const labels = [...new Set(messages.map((message) => message.label))].sort();
  const known = new Set(messages.map((message) => message.words.join(' ')));
  const unlabelled = files('--unlabelled')
    .flatMap(read)
    .map(wordsOfRow)
    .filter((words) => !known.has(words.join(' ')));
  const taxonomy = files('--taxonomy').flatMap(read);
  const prior = priorByClass(taxonomy);
  console.log(
    `${messages.length} labelled messages in ${labels.length} classes, ${unlabelled.length} unlabelled, ${taxonomy.length} lines of taxonomy`,
  );

  const own = (label: string) => [label];
  const judgeAll = (choose: Chooser): Result[] => [
    measure(
      labels,
      messages.map((m) => m.label),
      messages.map((m) => choose(m.words)),
    ),
  ];
  const rounds = 5;
  const documentsOf = (training: readonly Message[]): Document[] =>
    training.map(({ words, label }) => ({ words, category: label }));
  const results: [string, Result[]][] = [
    [
      'naive Bayes on the training rows alone',
      crossValidate(messages, labels, rounds, (training) => naiveBayes(training, labels)),
    ],
    ['(a) our lexicon by its 80 categories, no training rows', judgeAll(chooserOf([], lexicon, labels, classesOf))],
    ['(a) our lexicon by class, no training rows', judgeAll(chooserOf([], priorByClass([]), labels, own))],
    [
      '(b) our lexicon + training rows',
      crossValidate(messages, labels, rounds, (training) => chooserOf(documentsOf(training), priorByClass([]), labels, own)),
    ],
  ];
  if (taxonomy.length > 0) {
    results.push(['(a) lexicon and taxonomy, no training rows', judgeAll(chooserOf([], prior, labels, own))]);
    results.push([
      '(b) lexicon and taxonomy + training rows',
      crossValidate(messages, labels, rounds, (training) => chooserOf(documentsOf(training), prior, labels, own)),
    ]);
  }
  if (unlabelled.length > 0) {
    results.push([
      '(b) the same + self-training on the unlabelled',
      crossValidate(messages, labels, 2, (training) => chooserOf(selfTrained(training, prior, unlabelled), prior, labels, own)),
    ]);
  }
  for (const [name, rounds_of] of results) {
    const mean = (value: (result: Result) => number) =>
      (rounds_of.reduce((sum, result) => sum + value(result), 0) / rounds_of.length).toFixed(3);
    const range = rounds_of.length > 1 ? ` (${rounds_of.map((result) => result.macro_f1.toFixed(2)).join(' ')})` : '';
    console.log(
      `macro-F1 ${mean((r) => r.macro_f1)}  accuracy ${mean((r) => r.accuracy)}  claimed ${mean((r) => r.claimed)}  ${name}${range}`,
    );
  }
  const [, last] = results.at(-1)!;
  console.log('\nrows: labelled, columns: found, last line above, first round');
  labels.forEach((label, k) => {
    console.log(last[0]!.confusion[k]!.map((n) => String(n).padStart(4)).join('') + `  ${label}`);
  });
}

if (process.argv[1] === import.meta.filename) run(process.argv.slice(2));
