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

interface Rule {
  readonly who: RegExp;
  /** An import, or a piece of text; $1 is what `who` caught. */
  readonly not: RegExp;
  readonly why: string;
  /** A file and what it would hold if it broke the rule, so that a rule that catches nothing is noticed. */
  readonly broken: readonly [file: string, by: string];
}

function breaks({ who, not }: Rule, file: string, by: string): string | undefined {
  const caught = who.exec(file);
  return caught ? new RegExp(not.source.replaceAll('$1', caught[1] ?? ''), not.flags).exec(by)?.[0].trim() : undefined;
}

const imports: Rule[] = [
  {
    who: /^src\/core\//,
    not: /^src\/(?!core\/)|^seeds\/|^(express|ejs)\b/,
    why: 'core is the bottom: it knows neither the domain nor HTTP',
    broken: ['src/core/db.ts', 'src/units/rules.ts'],
  },
  {
    who: /^src\/words\//,
    not: /^(?!src\/words\/)/,
    why: 'words are words',
    broken: ['src/words/zh/units.ts', 'src/units/rules.ts'],
  },
  {
    who: /^src\/\w+\/rules(\.ts|\/)/,
    not: /^(knex|pg|express|node:)|^src\/(web\/|core\/(db|config|world|log|schedule|migrations|embedded)\b|\w+\/(store|actions|forms|routes)\b)/,
    why: 'rules are pure',
    broken: ['src/orders/rules/acts.ts', 'src/orders/store.ts'],
  },
  {
    who: /^src\/policy\.ts/,
    not: /^(knex|pg|express|node:)|^src\/(web\/|\w+\/(store|actions|forms|routes)\b)/,
    why: 'the policy is a table over rules',
    broken: ['src/policy.ts', 'src/people/store.ts'],
  },
  {
    who: /^src\/\w+\/store(\.ts|\/)/,
    not: /^express\b|^src\/(web\/|\w+\/(actions|forms|routes)\b)/,
    why: 'SQL knows nothing of HTTP, nor of acts',
    broken: ['src/units/store/tree.ts', 'src/units/actions.ts'],
  },
  {
    who: /^src\/\w+\/actions(\.ts|\/)/,
    not: /^express\b|^src\/(web\/|\w+\/(forms|routes)\b)/,
    why: 'actions run without a request: jobs and tests call them',
    broken: ['src/orders/actions/nightly.ts', 'express'],
  },
  {
    who: /^src\/(\w+)\/forms(\.ts|\/)/,
    not: /^(knex|pg)\b|^src\/(?!$1\/)\w+\/(actions|routes)\b/,
    why: 'forms turn text into values',
    broken: ['src/orders/forms.ts', 'src/appeals/actions/case.ts'],
  },
  {
    who: /^src\/\w+\/routes(\.ts|\/)/,
    not: /^(knex|pg)\b/,
    why: 'routes read through stores',
    broken: ['src/units/routes.ts', 'pg'],
  },
  {
    who: /^src\/web\//,
    not: /^(knex|pg)\b|^src\/(?!core\/|web\/|words\/|views\.ts)/,
    why: 'web is plumbing and knows no feature',
    broken: ['src/web/render.ts', 'src/policy.ts'],
  },
  {
    who: /^src\/(?!app\.ts|server\.ts|commands\.ts|jobs\.ts)/,
    not: /^src\/(app|server|commands|jobs)\.ts/,
    why: 'the top is imported by nobody',
    broken: ['src/units/routes.ts', 'src/app.ts'],
  },
  {
    who: /^src\/(?!server\.ts|commands\.ts)/,
    not: /^seeds\//,
    why: 'the product does not need the demo city',
    broken: ['src/units/store/tree.ts', 'seeds/city.ts'],
  },
  {
    who: /^migrations\//,
    not: /^(?!knex$)/,
    why: 'a migration is history: it must not change with the code',
    broken: ['migrations/20261124000100_units.ts', 'src/units/rules.ts'],
  },
  {
    who: /^src\/(?!server\.ts|core\/|people\/|web\/session\.ts)/,
    not: /^(connect-pg-simple|node-cron|node:http|node:child_process)/,
    why: 'what runs is started in one place',
    broken: ['src/jobs.ts', 'node-cron'],
  },
];

/** The order in which features may know each other when the program runs: an earlier one never imports a later. */
const features = [
  'people',
  'trail',
  'units',
  'messages',
  'catalog',
  'files',
  'clocks',
  'accounts',
  'shifts',
  'grids',
  'appeals',
  'orders',
  'whistles',
  'supervision',
  'callbacks',
  'members',
  'plates',
  'visits',
  'party',
  'assessment',
  'member_scores',
  'integrity',
  'reports',
  'analysis',
  'desks',
  'residents',
  'phone',
  'audit',
  'help',
  'exchange',
];
// The rules of units and the catalogue come before the trail, which names their changes; its pages come after them.
const pages = /^src\/\w+\/(forms|routes)(\.ts|\/)/;
const featureOf = (file: string) => /^src\/(\w+)\//.exec(file)?.[1] ?? '';

describe('who may import whom', () => {
  test.each(modules)('%s', (file) => {
    const broken = importsOf(file).flatMap(({ target }) =>
      imports.filter((rule) => breaks(rule, file, target)).map(({ why }) => `${target}: ${why}`),
    );
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
      // The stories of the demo city tell each other on.
      if (file.startsWith('seeds/')) return;
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

const sql = /\.raw[<(]|\b(db|trx)(<[^(]*>)?\('/;
const contents: Rule[] = [
  {
    who: /^(?!src\/core\/config\.ts).*\.ts$/,
    not: /\bprocess\.env\b/,
    why: 'the environment is read in one place',
    broken: ['src/server.ts', 'const port = process.env.PORT;'],
  },
  {
    who: /^src\/(?!core\/clock\.ts)/,
    not: /\bnew Date\(\)|\bDate\.now\(/,
    why: 'the time comes from the world, so that a test can move it',
    broken: ['src/units/actions.ts', 'const now = new Date();'],
  },
  {
    who: /^src\/(?!web\/render\.ts)/,
    not: /\bres\.render\(/,
    why: 'show() types what a template is given',
    broken: ['src/units/routes.ts', "res.render('units/list', {});"],
  },
  {
    who: /^(src|views)\//,
    not: /\.toLocale(Date|Time)?String\(/,
    why: 'it costs 70 µs with a time zone; one formatter is kept',
    broken: ['views/units/list.ejs', '<%= at.toLocaleString() %>'],
  },
  {
    who: /^src\/\w+\/(routes|forms|rules|actions)(\.ts|\/)|^src\/web\/(?!session)/,
    not: sql,
    why: 'SQL is in the stores',
    broken: ['src/units/routes.ts', "await db('units').first();"],
  },
  {
    who: /^src\/(?!appeals\/)/,
    not: /\bupdate appeals\b|\('appeals'\)[^;]*?\.update\(|\bchangeAppealRow\b/,
    why: 'an appeal changes in one function',
    broken: ['src/orders/store.ts', "await trx('appeals').where({ id }).update({ status });"],
  },
  {
    who: /^src\/(?!core\/errors\.ts)/,
    not: /^\s*(export )?(default )?(abstract )?class\s/m,
    why: 'no classes but Refusal',
    broken: ['src/units/store/tree.ts', 'export class Tree {'],
  },
  {
    who: /^src\/|^seeds\//,
    not: /^\s*(export )?(const )?enum\s|^export default\b/m,
    why: 'names are exported; values are tables',
    broken: ['src/units/rules.ts', 'export default {'],
  },
  {
    who: /^src\/(?!words\/)|^views\//,
    not: /[\u3400-\u9fff]/,
    why: 'what is read by people stands in words/',
    broken: ['views/units/list.ejs', '<h1>网格</h1>'],
  },
  {
    who: /^views\//,
    not: /<%-(?!\s*(include\(|body\b|icon\(|\w*svg\b))/i,
    why: 'only our own markup is printed raw',
    broken: ['views/units/list.ejs', '<%- row.name %>'],
  },
  {
    who: /^views\//,
    not: /\blocals\./,
    why: 'a local that is not declared is a mistake, not nothing',
    broken: ['views/units/list.ejs', '<%= locals.title %>'],
  },
  {
    who: /^views\//,
    not: /\b(may|mayEver)\(/,
    why: 'a template never asks the policy',
    broken: ['views/units/list.ejs', "<% if (may(me, 'unit.change')) { %>"],
  },
  {
    who: /^views\//,
    not: /\sstyle=|\son[a-z]+=/,
    why: 'the content security policy forbids it',
    broken: ['views/units/list.ejs', '<a onclick="go()">'],
  },
];

const withoutComments = (text: string) => text.replace(/^\s*(\/\/|\/?\*).*$/gm, '');

describe('what is written where', () => {
  test.each([...sources.keys()])('%s', (file) => {
    const text = withoutComments(sources.get(file)!);
    const broken = contents.flatMap((rule) => {
      const found = breaks(rule, file, text);
      return found === undefined ? [] : [`${found}: ${rule.why}`];
    });
    expect(broken).toEqual([]);
  });
});

test.each([...imports, ...contents])('the rule is seen when it is broken: $why', (rule) => {
  expect(breaks(rule, ...rule.broken)).toBeDefined();
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
