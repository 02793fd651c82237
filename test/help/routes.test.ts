import { describe, expect } from 'vitest';
import { createApp } from '../../src/app.ts';
import { actNames as appealActs } from '../../src/appeals/rules.ts';
import { minutes, parameterDefaults, type Rulebook } from '../../src/catalog/rules.ts';
import { makeCalendar } from '../../src/core/calendar.ts';
import { actsOf, manualOf, othersOf } from '../../src/help/routes/manual.ts';
import { limitLines } from '../../src/help/rules.ts';
import { actNames as orderActs } from '../../src/orders/rules.ts';
import { type Actor, type Post, postNames, posts } from '../../src/people/rules.ts';
import { permissions, ruleOf } from '../../src/policy.ts';
import { renderPart, sharedFor } from '../../src/web/render.ts';
import { type Lang, words } from '../../src/words/words.ts';
import { browse, signIn } from '../support/browser.ts';
import { makeCast } from '../support/cast.ts';
import { test, test_now } from '../support/world.ts';
import { problemsOf } from '../web/html.ts';

const langs: readonly Lang[] = ['zh', 'en'];

const book: Rulebook = {
  parameters: parameterDefaults,
  calendar: makeCalendar({ version: 1, days: new Map(), seasons: parameterDefaults['calendar.seasons'] }),
  categories: new Map(),
  units: new Map(),
};
const shared = (lang: Lang) => sharedFor({ lang, me: null, now: new Date(test_now) });
const sitting = (post: Post): Actor => {
  const { at } = posts[post];
  return { person_id: 1, name: 'N', post_id: 1, post, unit_id: 1, unit_kind: at, unit_path: '/1/', unit_name: 'U' };
};

describe('every post has its page in both languages, valid and with everything the policy grants it', () => {
  test.for(postNames.flatMap((post) => langs.map((lang) => [post, lang] as const)))('%s in %s', ([post, lang]) => {
    const t = words[lang];
    const html = renderPart('help/post', shared(lang), manualOf(post, sitting(post), book, shared(lang)));
    expect(problemsOf(html.replace('<h1>', '<h2>').replace('</h1>', '</h2>'))).toEqual([]);
    const text = html.replaceAll('&#39;', "'").replaceAll('&amp;', '&');
    const named = [
      t.domain.posts[post],
      t.help.pages[post].does,
      ...t.help.pages[post].situations.map((one) => one.text),
      ...actsOf(post).map(({ of, act }) => (of === 'appeal' ? t.domain.acts : t.domain.order_acts)[act as never]),
      ...othersOf(post).map((permission) => t.help.permissions[permission]),
    ];
    expect(named.filter((name) => !text.includes(name))).toEqual([]);
  });
});

describe('nothing of the policy is left out of the handbook', () => {
  test.for(postNames)('%s', (post) => {
    const told = new Set<string>([...actsOf(post).map(({ permission }) => permission), ...othersOf(post)]);
    const granted = permissions.filter((permission) => ruleOf(permission).posts.includes(post));
    expect(granted.filter((permission) => !told.has(permission))).toEqual([]);
    expect(told.size).toBe(granted.length);
  });
});

test('whoever asks for help without naming a post gets his own, and only somebody signed in does', async ({ db, world }) => {
  await makeCast(db);
  const app = createApp(world);
  const page = await (await signIn(app, 'member1')).get('/help?lang=zh');
  expect(page.text).toContain(words.zh.help.pages.linked_member.does);
  expect(page.text).toContain(words.zh.help.yours);
  expect((await browse(app).raw('/help')).headers['location']).toContain('/sign-in');
  expect((await (await signIn(app, 'member1')).get('/help/mayor')).status).toBe(404);
});

test('a desk is linked for those who may enter it and only named for the others', () => {
  const links = (reader: Post) => manualOf('review_officer', sitting(reader), book, shared('en')).desks.map(({ href }) => href);
  expect(links('review_officer')).toEqual(['/desks/review', '/whistles', '/appeals', '/shifts', '/wall']);
  expect(links('linked_member')).toEqual([undefined, undefined, '/appeals', undefined, undefined]);
  expect(links('audit_admin')).toEqual([undefined, undefined, undefined, undefined, undefined]);
});

test('the limits are those in force', () => {
  const limitsWith = (changed: object) =>
    manualOf(
      'review_officer',
      sitting('review_officer'),
      { ...book, parameters: { ...book.parameters, ...changed } },
      shared('en'),
    ).limits.map(({ text }) => text);
  expect(limitsWith({})[0]).toBe('30 min');
  expect(limitsWith({ 'limit.review': minutes(45), 'reveal.daily_limit': 7 })).toEqual(
    expect.arrayContaining(['45 min', '7 times']),
  );
  expect(limitLines.map(({ of }) => of).filter((permission) => ruleOf(permission).posts.length === 0)).toEqual([]);
});

describe('the written part', () => {
  const strings = (value: unknown): string[] =>
    typeof value === 'string'
      ? [value]
      : typeof value === 'object' && value !== null
        ? Object.values(value).flatMap(strings)
        : [];

  test.for(langs)('names buttons, tabs and pages as they are called (%s)', (lang) => {
    const { help, ...others } = words[lang];
    const known = new Set([...strings(others), help.columns.needs]);
    const quoted = strings(help).flatMap((text) => [...text.matchAll(/“([^”]+)”/g)].map(([, name = '']) => name));
    expect([...new Set(quoted)].filter((name) => !known.has(name) && !notNames.includes(name))).toEqual([]);
  });

  test('tells as many situations in one language as in the other, three to eight for each post', () => {
    for (const post of postNames) {
      const { situations } = words.zh.help.pages[post];
      expect(words.en.help.pages[post].situations.length).toBe(situations.length);
      expect(situations.length).toBeGreaterThanOrEqual(3);
      expect(situations.length).toBeLessThanOrEqual(8);
    }
  });

  test('has notes for acts that exist, and a sight for every group', () => {
    const acts: readonly string[] = [...appealActs, ...orderActs];
    for (const lang of langs) {
      expect(Object.keys(words[lang].help.notes).filter((act) => !acts.includes(act))).toEqual([]);
      expect(postNames.filter((post) => !(posts[post].group in words[lang].help.sight))).toEqual([]);
    }
  });
});

/** In quotation marks, but no label: kinds of time. */
const notNames = ['工作', 'Working', 'office'];
