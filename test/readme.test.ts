import { readdirSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type AppealAct, actNames as appealActs, actRule as appealRule } from '../src/appeals/rules.ts';
import { type OrderAct, actNames as orderActs, actRule as orderRule } from '../src/orders/rules.ts';
import { administratorPosts, type Post, postNames } from '../src/people/rules.ts';
import { type Permission, ruleOf } from '../src/policy.ts';
import { actNames as whistleActs, actRule as whistleRule } from '../src/whistles/rules.ts';
import { words } from '../src/words/words.ts';

const readme = readFileSync('README.md', 'utf8');
const chinese = readFileSync('README.zh-CN.md', 'utf8');

/** The lines between `<!-- NAME -->` and `<!-- end -->`. */
function block(name: string): string {
  const found = new RegExp(`<!-- ${name} -->\n([\\s\\S]*?)\n<!-- end -->`).exec(readme);
  if (!found) throw new Error(`README.md has no <!-- ${name} -->`);
  return found[1]!.trim();
}

interface Row {
  readonly from: readonly string[];
  readonly to: string;
  readonly needs: readonly string[];
  readonly takes?: readonly string[];
  readonly system?: true;
}
/** Both posts of a tier under one name. */
const pairs: readonly [string, Post, Post][] = [
  ['community', 'community_clerk', 'community_secretary'],
  ['town', 'town_clerk', 'town_leader'],
  ['department', 'department_clerk', 'department_leader'],
];
function whoOf(granted: readonly Post[]): string {
  if (postNames.every((post) => granted.includes(post) || administratorPosts.includes(post))) return 'all who work on appeals';
  const whole = pairs.filter(([, ...both]) => both.every((post) => granted.includes(post)));
  const single = granted.filter((post) => !whole.some(([, ...both]) => both.includes(post)));
  return [...single.map((post) => `\`${post}\``), ...whole.map(([tier]) => tier)].join(', ');
}
const code = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ');

function actsTable(acts: readonly [act: string, name: string, permission: Permission, row: Row][]): string {
  return [
    '| act | | from | to | needs | may take | who |',
    '|---|---|---|---|---|---|---|',
    ...acts.map(([act, name, permission, row]) => {
      const who = row.system ? 'the product' : whoOf(ruleOf(permission).posts);
      return `| \`${act}\` | ${name} | ${code(row.from)} | ${row.to === 'same' ? '–' : code([row.to])} | ${code(row.needs)} | ${code(row.takes ?? [])} | ${who} |`;
    }),
  ]
    .join('\n')
    .replaceAll('|  |', '| |')
    .replaceAll('|  |', '| |');
}

function diagram(starts: readonly [status: string, how: string][], rows: readonly [act: string, row: Row][]): string {
  const ways = new Map<string, string[]>();
  for (const [act, { from, to }] of rows)
    if (to !== 'same') for (const one of from) ways.set(`${one} --> ${to}`, [...(ways.get(`${one} --> ${to}`) ?? []), act]);
  return [
    '```mermaid',
    'stateDiagram-v2',
    ...starts.map(([status, how]) => `  [*] --> ${status}: ${how}`),
    ...[...ways].map(([way, acts]) => `  ${way}: ${acts.join(', ')}`),
    '```',
  ].join('\n');
}

const ofAppeal = appealActs.map((act): [AppealAct, Row] => [act, appealRule(act)]);
const ofOrder = orderActs.map((act): [OrderAct, Row] => [act, orderRule(act)]);

/** A whistle's acts move it in one way from each status: every way is a row of the diagram, what moves nothing is left to the table. */
const ofWhistle = whistleActs.flatMap((act) =>
  Object.entries(whistleRule(act).moves).map(([from, to]): [string, Row] => [
    act,
    { from: [from], to: from === to ? 'same' : to, needs: [] },
  ]),
);
const whistleTable = [
  '| act | | in | who |',
  '|---|---|---|---|',
  ...whistleActs.map((act) => {
    const who =
      whistleRule(act).by === 'system' ? 'the product' : `${whistleRule(act).by}: ${whoOf(ruleOf(`whistle.${act}`).posts)}`;
    return `| \`${act}\` | ${words.zh.whistles.acts[act]} | ${code(Object.keys(whistleRule(act).moves))} | ${who} |`;
  }),
].join('\n');

describe('the tables of the README are those of the code', () => {
  test.each([
    ['acts of an appeal', actsTable(ofAppeal.map(([act, row]) => [act, words.zh.domain.acts[act], `appeal.${act}`, row]))],
    ['acts of an order', actsTable(ofOrder.map(([act, row]) => [act, words.zh.domain.order_acts[act], `order.${act}`, row]))],
    [
      'life of an appeal',
      diagram(
        [
          ['pending_review', 'register'],
          ['in_handling', 'register at a unit'],
        ],
        ofAppeal,
      ),
    ],
    ['acts of a whistle', whistleTable],
    ['life of a whistle', diagram([['draft', 'draft']], ofWhistle)],
    ['life of an order', diagram([['pending_ack', 'dispatch, forward, escalate, reassign, register']], ofOrder)],
  ])('%s', (name, wanted) => {
    expect(block(name)).toBe(wanted);
  });
});

test('every script of package.json is told, in both languages', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  const told = (text: string) =>
    Object.keys(scripts).filter(
      (name) => !text.includes(name === 'start' || name === 'test' ? `npm ${name}` : `npm run ${name}`),
    );
  expect(told(readme)).toEqual([]);
  expect(told(chinese)).toEqual([]);
});

test('every variable of the configuration is told', () => {
  const known = [...readFileSync('src/core/config.ts', 'utf8').matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map(([, name]) => name!);
  const told = [...readme.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name]) => name!);
  expect(told.toSorted()).toEqual([...new Set(known)].toSorted());
});

test('the map names every file and folder of src, and no other', () => {
  const found = readdirSync('src').map((name) => (statSync(`src/${name}`).isDirectory() ? `${name}/` : name));
  const told = block('map')
    .split('\n')
    .flatMap((line) => /^ {2}(\S+)/.exec(line)?.[1] ?? []);
  expect(told.toSorted()).toEqual(found.toSorted());
});

test('every test and file that is named exists', () => {
  const named = [...readme.matchAll(/`((?:test|src|seeds|deploy|migrations|views|public)\/[\w./-]+)`/g)].map(([, file]) => file!);
  expect([...new Set(named)].filter((file) => !statSync(file, { throwIfNoEntry: false }))).toEqual([]);
  expect(named.length).toBeGreaterThan(30);
});

test('buttons and pages of the tours are called so', () => {
  const strings = (value: unknown): string[] =>
    typeof value === 'string'
      ? [value]
      : typeof value === 'object' && value !== null
        ? Object.values(value).flatMap(strings)
        : [];
  const wrong = (text: string, mark: RegExp, lang: 'zh' | 'en') => {
    const known = new Set(strings(words[lang]));
    return [...text.matchAll(mark)].map(([, name]) => name!).filter((name) => !known.has(name));
  };
  expect(wrong(block('tour'), /\*\*([^*]+)\*\*/g, 'en')).toEqual([]);
  expect(wrong(/<!-- tour -->([\s\S]*?)<!-- end -->/.exec(chinese)![1]!, /\*\*([^*]+)\*\*/g, 'zh')).toEqual([]);
});

test('the Chinese README tells how each post works', () => {
  expect(
    Object.entries(words.zh.domain.posts).filter(
      ([post, name]) => post !== 'appellant' && post !== 'system' && !chinese.includes(`| ${name} |`),
    ),
  ).toEqual([]);
});
