import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { type SharedName, sharedNames, type Views } from '../src/views.ts';
import { callPath } from '../src/web/call_path.ts';
import { blankForm } from '../src/web/form.ts';
import { formats } from '../src/web/format.ts';
import { registerViews, renderPart, sharedFor } from '../src/web/render.ts';
import { problemsOf } from './web/html.ts';

const names = readdirSync('views', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ejs'))
  .map((file) => file.slice(0, -4).split(path.sep).join('/'));
const sources = new Map(names.map((name) => [name, readFileSync(`views/${name}.ejs`, 'utf8')]));

registerViews({ set() {}, enable() {}, engine() {} } as never);

test('every template is declared in src/views.ts, and nothing else is', () => {
  const declared = [...readFileSync('src/views.ts', 'utf8').matchAll(/^ {2}(?:'([\w/]+)'|(layout|public)): /gm)].map(
    ([, quoted, plain]) => quoted ?? plain,
  );
  expect(declared.toSorted()).toEqual(names.toSorted());
});

test.each(names)('%s names in its header what it uses', (name) => {
  const [header = '', ...lines] = (sources.get(name) ?? '').split('\n');
  const locals = header
    .replace(/^<%#\s*locals:\s*|\s*-?%>$/g, '')
    .split(/\s*,\s*/)
    .filter(Boolean);
  const body = lines.join('\n');
  expect(
    locals
      .map((local) => local.replace(/^.*:\s*/, ''))
      .filter((local) => !new RegExp(`(?<![\\w$.])${local}(?![\\w$])`).test(body)),
  ).toEqual([]);
  const code = [...body.matchAll(/<%(?!#)[=-]?([\s\S]*?)[-_]?%>/g)].map(([, inside]) => inside).join('\n');
  const shared = [...sharedNames].filter((one: SharedName) => new RegExp(`(?<![\\w$.'"])${one}[.(]`).test(code));
  expect(
    shared.filter(
      (one) => !locals.includes(one) && !new RegExp(`(const|let) [^=]*\\b${one}\\b|\\(?\\b${one}\\b\\)? =>`).test(code),
    ),
  ).toEqual([]);
});

test.each(names)('%s prints raw only what is markup of ours', (name) => {
  const raw = [...(sources.get(name) ?? '').matchAll(/<%-\s*([\s\S]*?)\s*-?%>/g)].map(([, inside = '']) => inside);
  expect(raw.filter((inside) => !/^(include\('\/|body$|icon\(|svg\b)/.test(inside))).toEqual([]);
});

test.each(names)('%s keeps to the content security policy', (name) => {
  const source = sources.get(name) ?? '';
  expect(source.match(/\sstyle="|<style|<script(?![^>]*\ssrc=)|\son[a-z]+="|javascript:/g)).toBeNull();
  expect(source.match(/\blocals\./g)).toBeNull();
});

// What a template or script may put into a class attribute: words, and words with a hole where a value goes in ('tag--*').
function classesOf(source: string): string[] {
  const attributes = [...source.matchAll(/\bclass="((?:<%[\s\S]*?%>|[^"])*)"/g)].map(([, value = '']) => value);
  return attributes
    .flatMap((value) =>
      value
        .replace(/<%=[\s\S]*?%>/g, '*')
        .replace(/<%[\s\S]*?%>/g, '')
        .split(/\s+/),
    )
    .filter(Boolean);
}

const scripts = readdirSync('public/js').map((file) => readFileSync(`public/js/${file}`, 'utf8'));
const used = new Set([
  ...[...sources.values()].flatMap(classesOf),
  'icon',
  'icon--filled',
  ...scripts.flatMap((script) =>
    [...script.matchAll(/className = '([^']+)'|classList\.\w+\('([^']+)'/g)].flatMap(([, a, b]) => (a ?? b ?? '').split(' ')),
  ),
]);
const styled = new Set(
  readdirSync('public/css').flatMap((file) => {
    const sheet = readFileSync(`public/css/${file}`, 'utf8')
      .replace(/\/\*[\s\S]*?\*\//g, '')
      .replace(/"[^"]*"/g, '');
    return [...sheet.matchAll(/\.([a-z][\w-]*)/g)].map(([, name = '']) => name);
  }),
);
const fits = (pattern: string, name: string) => new RegExp(`^${pattern.replaceAll('*', '[\\w-]+')}$`).test(name);

test('every class that is used has a style', () => {
  expect([...used].filter((one) => ![...styled].some((name) => fits(one, name))).toSorted()).toEqual([]);
});

test('every class that has a style is used', () => {
  const ofTurbo = new Set(['turbo-progress-bar']);
  expect([...styled].filter((name) => !ofTurbo.has(name) && ![...used].some((one) => fits(one, name))).toSorted()).toEqual([]);
});

const now = new Date('2026-11-23T11:03:00+08:00');
const started = new Date('2026-11-23T09:41:00+08:00');
const due = formats.zh.left(new Date('2026-11-23T11:41:00+08:00'), now, started);
const refused = {
  errors: { content: 'too_long:500' as const, unit: 'required' as const, files: 'file_too_large:10' as const },
  typed: { content: '<b>"x"</b>' },
};
const option = [
  { value: 1, label: 'A', note: 'n' },
  { value: 2, label: 'B', disabled: true },
];
const around: Views['layout'] = {
  page: { title: 'T', nav: 'a', crumbs: [{ href: '/', label: 'c' }] },
  body: '<h1>T</h1>',
  nav: [{ label: 'G', items: [{ key: 'appeals', href: '/a', label: 'A', icon: 'list', count: 3, hot: true }] }],
  figures: [{ label: 'F', value: 3, href: '/f' }],
  seat: { unit: 'U', post: 'P', others: [{ id: 1, label: 'O' }] },
  unread: 2,
  flashes: [{ text: 'done', tone: 'go' }],
  demo: true,
  elder: false,
  other_language: '/?lang=en',
  other_size: '/?elder=1',
};

/** Locals that walk through every branch of the parts; the pages of the features are walked by their own tests. */
const samples: {
  [V in keyof Views as V extends `parts/${string}` | 'layout' | 'public' | `failures/${string}` ? V : never]: Views[V][];
} = {
  layout: [around, { ...around, nav: [], seat: null, unread: 0, demo: false }],
  public: [around, { ...around, elder: true, demo: false }],
  'failures/refused': [
    {
      status: 409,
      title: 't',
      text: 'x',
      detail: 'd',
      ways: [{ href: '/', label: 'w' }],
      typed: [{ label: 'l', text: 'x' }],
      request_id: 'r',
    },
  ],
  'parts/frame': [{ title: 't', body: '<p>b</p>' }],
  'parts/field': [
    ...(['text', 'tel', 'number', 'date', 'password', 'textarea', 'select', 'radios', 'checks', 'check'] as const).flatMap(
      (kind) => [
        { form: blankForm({ content: '1' }), name: 'content', label: 'L', kind, options: option, hint: 'h', required: true },
        {
          form: refused,
          name: 'content',
          label: 'L',
          kind,
          options: option,
          quiet: true,
          groups: kind === 'select' ? [{ label: 'g', options: option }] : undefined,
        },
      ],
    ),
  ],
  'parts/errors': [
    { form: refused, labels: { content: 'L' } },
    { form: blankForm(), labels: {} },
  ],
  'parts/status': (['new', 'go', 'warn', 'late', 'done'] as const).map((tone) => ({ tone, text: 's' })),
  'parts/priority': (['inquiry', 'general', 'urgent', 'emergency', 'complex'] as const).map((priority) => ({
    priority,
    text: 'p',
  })),
  'parts/due': [{ due }, { due, by: true }, { due: { ...due, spent: null } }],
  'parts/figures': [{ figures: [{ label: 'F', value: 1 }] }],
  'parts/notice': [{ tone: 'warn', text: 'x', title: 't', href: '/', label: 'l' }],
  'parts/button': [
    { label: 'B', icon_name: 'check', key: 'd', look: 'primary', name: 'n', value: 'v', action: '/a' },
    { label: 'B', why: 'w', why_id: 'i' },
  ],
  'parts/pager': [{ newer: '/n', older: '/o', text: 't' }, {}],
  'parts/empty': [{ title: 't', text: 'x', href: '/', label: 'l' }],
  'parts/tabs': [
    {
      label: 'l',
      tabs: [
        { href: '/', label: 'a', count: 2, hot: true, current: true },
        { href: '/b', label: 'b' },
      ],
    },
  ],
  'parts/chips': [{ label: 'l', chips: [{ href: '/', label: 'a', icon_name: 'phone', count: 2, current: true }] }],
  'parts/kpis': [
    {
      figures: [
        { label: 'a', value: 1, href: '/', note: 'n', trend: 'up', tone: 'go' },
        { label: 'b', value: '2' },
      ],
    },
  ],
  'parts/facts': [{ facts: [{ term: 't', text: 'x', href: '/', note: 'n' }] }],
  'parts/pictures': [{ pictures: [{ href: '/f', thumb: '/t', alt: 'a', caption: 'c' }] }],
  'parts/timeline': [
    {
      entries: [
        {
          at: now,
          tone: 'go',
          who: 'w',
          act: 'a',
          text: 'x',
          note: 'n',
          took: 't',
          tag: { tone: 'late', text: 'r' },
          pictures: [{ href: '/f', thumb: '/t', alt: 'a' }],
        },
        { at: started, tone: 'done', who: 'w', act: 'a' },
      ],
    },
  ],
  'parts/call_path': [
    {
      path: callPath(
        [
          { tier: 'grid', at: started, label: 'a', who: 'w', state: 'past' },
          { tier: 'city', at: now, label: 'b', state: 'now' },
          { tier: 'town', at: null, label: 'c', state: 'waiting' },
        ],
        'zh',
      ),
    },
  ],
  'parts/steps': [
    {
      steps: [
        { label: 'a', state: 'past', note: 'n' },
        { label: 'b', state: 'now' },
        { label: 'c', state: 'waiting' },
      ],
    },
  ],
  'parts/progress': [{ label: 'l', done: 3, total: 10 }],
  'parts/files': [
    {
      form: refused,
      name: 'files',
      label: 'l',
      accept: 'image/png',
      kinds: 'PNG',
      max_files: 3,
      max_mb: 10,
      capture: true,
      hint: 'h',
      required: true,
    },
  ],
  'parts/combobox': [
    {
      form: refused,
      name: 'unit',
      label: 'l',
      url: '/units',
      hint: 'h',
      required: true,
      placeholder: 'p',
      choices: option,
      key: 'u',
    },
    { form: blankForm(), name: 'unit', label: 'l', url: '/units', chosen: option, multiple: true },
    { form: blankForm(), name: 'unit', label: 'l', url: '/units', chosen: option },
  ],
  'parts/tabbar': [
    { items: [{ key: 'a', href: '/a', label: 'A', icon: 'list', count: 3, hot: true, kept_by: 7 }], current: 'a', menu: true },
    { items: [{ key: 'a', href: '/a', label: 'A', icon: 'list' }], current: undefined },
  ],
  'parts/keys': [{}],
};

const cases = Object.entries(samples).flatMap(([view, given]) => given.map((locals, i) => [view, i, locals] as const));

test.each(cases)('%s (%i) is valid, accessible markup in both languages', (view, _i, locals) => {
  for (const lang of ['zh', 'en'] as const) {
    const shared = sharedFor({ lang, me: { name: 'N' }, now, nonce: 'n' });
    expect(problemsOf(renderPart(view as 'parts/pager', shared, locals as never))).toEqual([]);
  }
});

test('a list entry of the person signed in can only be escaped text', () => {
  const html = renderPart('parts/notice', sharedFor({ lang: 'zh', me: null, now }), {
    tone: 'go',
    text: '<img src=x onerror=alert(1)>',
  });
  expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
});
