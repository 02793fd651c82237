import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const list = (dir: string, ending: RegExp) =>
  readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .map((file) => path.join(dir, file).split(path.sep).join('/'))
    .filter((file) => ending.test(file) && !file.startsWith('test/.'));

const sources = new Map(
  [
    ...list('src', /\.ts$/),
    ...list('seeds', /\.ts$/),
    ...list('migrations', /\.ts$/),
    ...list('views', /\.ejs$/),
    'knexfile.ts',
  ].map((file) => [file, readFileSync(file, 'utf8')]),
);
const modules = [...sources.keys()].filter((file) => file.endsWith('.ts'));

interface Import {
  /** A path from the project's folder, or the name of a package. */
  readonly target: string;
  /** Gone when the program runs. */
  readonly type: boolean;
}

function importsOf(file: string): Import[] {
  const found = sources
    .get(file)!
    .matchAll(
      /^(?:import|export)\s+(?<type>type\s)?[^;'"]*?\bfrom\s+'(?<from>[^']+)'|^import\s+'(?<bare>[^']+)'|\bimport\('(?<lazy>[^']+)'\)/gm,
    );
  return [...found].map(({ groups = {} }) => {
    const target = groups['from'] ?? groups['bare'] ?? groups['lazy']!;
    return {
      target: target.startsWith('.') ? path.posix.join(path.posix.dirname(file), target) : target,
      type: groups['type'] !== undefined,
    };
  });
}

/** [which files, what they must not import, why]; $1 in the second is what the first caught. */
const forbidden: [who: RegExp, what: RegExp, why: string][] = [
  [/^src\/core\//, /^src\/(?!core\/)|^seeds\/|^(express|ejs)\b/, 'core is the bottom: it knows neither the domain nor HTTP'],
  [/^src\/words\//, /^(?!src\/words\/)/, 'words are words'],
  [/^src\/\w+\/rules(\.ts|\/)/, /^(knex|pg|express|node:)/, 'rules are pure'],
  [
    /^src\/\w+\/rules(\.ts|\/)/,
    /^src\/(web\/|core\/(db|config|world|log|schedule|migrations|embedded)\b|\w+\/(store|actions|forms|routes)\b)/,
    'rules are pure',
  ],
  [
    /^src\/policy\.ts/,
    /^(knex|pg|express|node:)|^src\/(web\/|\w+\/(store|actions|forms|routes)\b)/,
    'the policy is a table over rules',
  ],
  [
    /^src\/\w+\/store(\.ts|\/)/,
    /^express\b|^src\/(web\/|\w+\/(actions|forms|routes)\b)/,
    'SQL knows nothing of HTTP, nor who asks',
  ],
  [
    /^src\/\w+\/actions(\.ts|\/)/,
    /^express\b|^src\/(web\/|\w+\/(forms|routes)\b)/,
    'actions run without a request: jobs and tests call them',
  ],
  [/^src\/(\w+)\/forms(\.ts|\/)/, /^(knex|pg)\b|^src\/(?!$1\/)\w+\/(actions|routes)\b/, 'forms turn text into values'],
  [/^src\/\w+\/routes(\.ts|\/)/, /^(knex|pg)\b/, 'routes read through stores'],
  [/^src\/web\//, /^(knex|pg)\b|^src\/(?!core\/|web\/|words\/|views\.ts)/, 'web is plumbing and knows no feature'],
  [/^src\/(?!app\.ts|server\.ts|commands\.ts|jobs\.ts)/, /^src\/(app|server|commands|jobs)\.ts/, 'the top is imported by nobody'],
  [/^src\/(?!server\.ts|commands\.ts)/, /^seeds\//, 'the product does not need the demo city'],
  [/^migrations\//, /^(?!knex$)/, 'a migration is history: it must not change with the code'],
  [
    /^src\/(?!server\.ts|core\/|people\/|web\/session\.ts)/,
    /^(connect-pg-simple|node-cron|node:http|node:child_process)/,
    'what runs is started in one place',
  ],
];

/** The order in which features may know each other when the program runs: an earlier one never imports a later. */
const features = [
  'people',
  'trail',
  'units',
  'catalog',
  'files',
  'messages',
  'clocks',
  'accounts',
  'grids',
  'appeals',
  'orders',
  'whistles',
  'supervision',
  'callbacks',
  'members',
  'party',
  'assessment',
  'reports',
  'analysis',
  'desks',
  'audit',
  'help',
  'residents',
  'exchange',
];
// The rules of units and the catalogue come before the trail, which names their changes; its pages come after them.
const pages = /^src\/\w+\/(forms|routes)(\.ts|\/)/;
const featureOf = (file: string) => /^src\/(\w+)\//.exec(file)?.[1] ?? '';

describe('who may import whom', () => {
  test.each(modules)('%s', (file) => {
    const broken = forbidden.flatMap(([who, what, why]) => {
      const caught = who.exec(file);
      if (!caught) return [];
      const pattern = new RegExp(what.source.replaceAll('$1', caught[1] ?? ''));
      return importsOf(file).flatMap(({ target }) => (pattern.test(target) ? [`${target}: ${why}`] : []));
    });
    expect(broken).toEqual([]);
  });

  test('an earlier feature never needs a later one', () => {
    const broken = modules.flatMap((file) => {
      const own = features.indexOf(featureOf(file));
      if (own < 0 || pages.test(file)) return [];
      return importsOf(file)
        .filter(({ target, type }) => !type && features.indexOf(featureOf(target)) > own)
        .map(({ target }) => `${file} imports ${target}`);
    });
    expect(broken).toEqual([]);
  });

  test('every folder of src is a feature in that order, or core, web or words', () => {
    const folders = new Set(modules.map(featureOf).filter(Boolean));
    for (const known of [...features, 'core', 'web', 'words']) folders.delete(known);
    expect([...folders]).toEqual([]);
  });

  test('no module reaches itself through what it imports', () => {
    const state = new Map<string, 'open' | 'done'>();
    const circles: string[] = [];
    const visit = (file: string, way: readonly string[]) => {
      if (state.get(file) === 'done') return;
      if (state.get(file) === 'open') {
        circles.push([...way.slice(way.indexOf(file)), file].join(' → '));
        return;
      }
      state.set(file, 'open');
      for (const { target, type } of importsOf(file)) if (!type && sources.has(target)) visit(target, [...way, file]);
      state.set(file, 'done');
    };
    for (const file of modules) visit(file, []);
    expect(circles).toEqual([]);
  });
});

/** [which files, what they must not contain, why] */
const unwanted: [who: RegExp, what: RegExp, why: string][] = [
  [/^(?!src\/core\/config\.ts).*\.ts$/, /\bprocess\.env\b/, 'the environment is read in one place'],
  [/^src\/(?!core\/clock\.ts)/, /\bnew Date\(\)|\bDate\.now\(/, 'the time comes from the world, so that a test can move it'],
  [/^src\/(?!web\/render\.ts)/, /\bres\.render\(/, 'show() types what a template is given'],
  [/^(src|views)\//, /\.toLocale(Date|Time)?String\(/, 'it costs 70 µs with a time zone; one formatter is kept'],
  [
    /^src\/\w+\/(routes|forms|rules)(\.ts|\/)|^src\/web\/(?!session)/,
    /\.raw[<(]|\b(db|trx)(<[^(]*>)?\('/,
    'SQL is in the stores',
  ],
  [/^src\/\w+\/actions(\.ts|\/)/, /\.raw[<(]|\b(db|trx)(<[^(]*>)?\('/, 'SQL is in the stores'],
  [/^src\/(?!appeals\/store)/, /\bupdate appeals\b|\('appeals'\)[^;]*?\.update\(/, 'an appeal changes in one function'],
  [/^src\/(?!core\/errors\.ts)/, /^\s*(export )?(default )?(abstract )?class\s/m, 'no classes but Refusal'],
  [/^src\/|^seeds\//, /^\s*(export )?(const )?enum\s|^export default\b/m, 'names are exported; values are tables'],
  [/^src\/(?!words\/)|^views\//, /[\u3400-\u9fff]/, 'what is read by people stands in words/'],
  [/^views\//, /<%-(?!\s*(include\(|body\b|icon\(|\w*svg\b))/i, 'only our own markup is printed raw'],
  [/^views\//, /\blocals\./, 'a local that is not declared is a mistake, not nothing'],
  [/^views\//, /\b(may|mayEver)\(/, 'a template never asks the policy'],
  [/^views\//, /\sstyle=|\son[a-z]+=/, 'the content security policy forbids it'],
];

describe('what is written where', () => {
  test.each([...sources.keys()])('%s', (file) => {
    const text = sources.get(file)!.replace(/^\s*(\/\/|\/?\*).*$/gm, '');
    const broken = unwanted.flatMap(([who, what, why]) => {
      const found = who.test(file) ? what.exec(text) : null;
      return found ? [`${found[0].trim()}: ${why}`] : [];
    });
    expect(broken).toEqual([]);
  });
});

describe('names of files', () => {
  const allowed: [RegExp, RegExp][] = [
    [/^src\/.*\.ts$/, /^src\/([a-z_]+\/)*[a-z_]+\.ts$/],
    [/^views\//, /^views\/([a-z_]+\/)*[a-z_]+\.ejs$/],
    [/^migrations\//, /^migrations\/\d{14}_[a-z_]+\.ts$/],
    [/^seeds\//, /^seeds\/([a-z_]+\/)*[a-z_]+\.ts$/],
  ];

  test('are lower case with underscores, and migrations begin with their time', () => {
    expect([...sources.keys()].filter((file) => allowed.some(([who, how]) => who.test(file) && !how.test(file)))).toEqual([]);
  });

  test('say what is in them', () => {
    const empty = /\/(utils?|helpers?|common|index|services?|managers?|misc|types)(\.\w+|\/)/i;
    // words/…/common.ts holds what every page says.
    expect([...sources.keys()].filter((file) => empty.test(file) && !file.startsWith('src/words/'))).toEqual([]);
  });

  test('of a feature are rules, store, actions, forms and routes', () => {
    const parts = /^src\/\w+\/(rules|store|actions|forms|routes)(\.ts|\/)/;
    const others = modules.filter((file) => features.includes(featureOf(file)) && !parts.test(file));
    expect(others).toEqual([]);
  });
});
