import express, { type Express } from 'express';
import request from 'supertest';
import { expect, test } from 'vitest';
import { assetHref, serveAssets } from '../../src/web/assets.ts';
import { callPath, type PathStep } from '../../src/web/call_path.ts';
import { easeReading } from '../../src/web/elder.ts';
import { flash } from '../../src/web/flash.ts';
import { icon } from '../../src/web/icons.ts';
import { escapeHtml, registerViews, renderPart, sharedFor, show } from '../../src/web/render.ts';
import { sameOrigin } from '../../src/web/same_origin.ts';
import { problemsOf } from './html.ts';

const now = new Date('2026-11-23T11:03:00+08:00');

function appWith(mount: (app: Express) => void, session: object = {}): Express {
  const app = express();
  registerViews(app);
  app.use((req, res, next) => {
    Object.assign(req, { session });
    Object.assign(res.locals, { lang: 'zh', now, me: { name: '孙晓梅' }, nonce: 'n' });
    next();
  });
  mount(app);
  return app;
}

const page = appWith((app) => {
  app.get('/p', (_req, res) => show(res, 'parts/notice', { title: '标题', nav: 'x' }, { tone: 'go', text: '<正文>' }));
});

test('a page stands in its layout, valid and escaped', async () => {
  const res = await request(page).get('/p?q=1');
  expect(res.text).toContain('<title>标题 · 招即办</title>');
  expect(res.text).toContain('&lt;正文&gt;');
  expect(res.text).toContain('href="/p?q=1&amp;lang=en"');
  expect(problemsOf(res.text)).toEqual([]);
});

test('a turbo-frame gets the view without the layout', async () => {
  const res = await request(page).get('/p').set('Turbo-Frame', 'preview');
  expect(res.text).not.toContain('topbar');
  expect(res.headers['vary']).toContain('Turbo-Frame');
});

test('what goes wrong in a template is an error of the request, with template and line', async () => {
  const app = appWith((app) => {
    app.get('/p', (_req, res) => show(res, 'parts/due', { title: 't' }, { due: null as never }));
    app.use(((error: Error, _req, res, _next) => res.status(500).send(error.message)) as express.ErrorRequestHandler);
  });
  const res = await request(app).get('/p');
  expect(res.status).toBe(500);
  expect(res.text).toMatch(/^views\/parts\/due\.ejs:2: /);
});

test('what is said once is said once', async () => {
  const session = {};
  const app = appWith((app) => {
    app.post('/p', (req, res) => {
      flash(req, 'common.fix_errors', [3], 'warn');
      res.redirect(303, '/p');
    });
    app.get('/p', (_req, res) => show(res, 'parts/pager', { title: 't' }, {}));
  }, session);
  await request(app).post('/p');
  expect((await request(app).get('/p').set('Turbo-Frame', 'x')).text).not.toContain('有 3 处');
  expect((await request(app).get('/p')).text).toContain('有 3 处');
  expect((await request(app).get('/p')).text).not.toContain('有 3 处');
});

test('an address that begins with two slashes never becomes a link to another host', async () => {
  const res = await request(page).get('//evil.example/p');
  expect(res.text).not.toContain('href="//');
});

test('only texts that need it are changed by escaping', () => {
  expect(['a', '<&>"\'', 0, null, undefined].map(escapeHtml)).toEqual(['a', '&lt;&amp;&gt;&#34;&#39;', '0', '', '']);
});

test('a part does not see the locals of the page around it', () => {
  const shared = sharedFor({ lang: 'zh', me: null, now });
  const entries = [{ at: now, tone: 'go' as const, who: 'w', act: 'a', tag: { tone: 'late' as const, text: 'x' } }];
  expect(renderPart('parts/timeline', shared, { entries })).toContain('tag--late');
});

test('an icon is inlined and an unknown one is refused', () => {
  expect(icon('check')).toBe('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M5 12l5 5l10 -10" /></svg>');
  expect(icon('star-filled')).toContain('icon--filled');
  expect(() => icon('no-such-thing')).toThrow('no such icon');
  expect(() => icon('../check')).toThrow('not a name');
});

test.each([
  ['POST', { 'sec-fetch-site': 'same-origin' }, 200],
  ['POST', { 'sec-fetch-site': 'cross-site', origin: 'http://our.example' }, 403],
  ['POST', { 'sec-fetch-site': 'same-site' }, 403],
  ['POST', { origin: 'http://our.example' }, 200],
  ['POST', { origin: 'http://our.example.evil.example' }, 403],
  ['POST', { origin: 'null' }, 403],
  ['POST', {}, 403],
  ['GET', { 'sec-fetch-site': 'cross-site' }, 200],
] as const)('%s with %j is answered %i', async (method, headers, status) => {
  const app = express();
  app.use(sameOrigin(['http://our.example/']));
  app.all('/p', (_req, res) => res.send('ok'));
  app.use(((error: { status: number }, _req, res, _next) => res.sendStatus(error.status)) as express.ErrorRequestHandler);
  expect((await request(app)[method === 'GET' ? 'get' : 'post']('/p').set(headers)).status).toBe(status);
});

const assets = express().use('/assets', serveAssets);

test('a file of public/ keeps its address until it changes, compressed', async () => {
  const sheet = await request(assets).get(assetHref('css/app.css')).set('Accept-Encoding', 'gzip');
  expect(sheet.headers).toMatchObject({
    'content-encoding': 'gzip',
    'content-type': 'text/css; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
  });
  expect(sheet.text.indexOf('@layer tokens, base')).toBeLessThan(sheet.text.indexOf(':root'));
  const old = await request(assets).get('/assets/000000000000/js/app.js');
  expect([old.status, old.headers['cache-control']]).toEqual([200, 'no-cache']);
  expect(
    (await request(assets).get('/assets/000000000000/vendor/turbo.js').set('Accept-Encoding', 'br')).headers['content-encoding'],
  ).toBe('br');
  expect((await request(assets).get('/assets/000000000000/../package.json')).status).toBe(404);
  expect(() => assetHref('css/none.css')).toThrow('no such file');
});

test('what a resident downloads stays under 60 KB', async () => {
  const size = async (path: string) =>
    Number((await request(assets).get(assetHref(path)).set('Accept-Encoding', 'br')).headers['content-length']);
  const scripts = ['public', 'ready', 'copy', 'draft', 'files', 'focus', 'once'].map((name) => `js/${name}.js`);
  const sizes = await Promise.all(['css/app.css', 'img/mark.svg', ...scripts].map(size));
  expect(sizes.reduce((sum, n) => sum + n, 0)).toBeLessThan(24_000);
});

test('large type is kept in a cookie and leads back to the page', async () => {
  const app = appWith((app) => {
    app.use(easeReading);
    app.get('/p', (_req, res) => show(res, 'parts/pager', { title: 't', layout: 'public' }, {}));
  });
  const res = await request(app).get('/p?elder=1&q=x');
  expect([res.status, res.headers['location']]).toEqual([303, '/p?q=x']);
  expect((await request(app).get('/p').set('Cookie', 'elder=1')).text).toContain('data-elder');
});

const step = (tier: PathStep['tier'], state: PathStep['state'] = 'past'): PathStep => ({
  tier,
  state,
  label: '上报',
  who: '泉山街道',
  at: state === 'waiting' ? null : now,
});

test('a call path climbs from the grid to the city, and what waits hangs off the last stop reached', () => {
  const path = callPath(
    [step('grid'), step('community'), step('city', 'now'), step('town', 'waiting'), step('city', 'waiting')],
    'zh',
  );
  const heights = path.stops.map(({ y }) => y);
  expect(heights[0]).toBeGreaterThan(heights[1] ?? 0);
  expect(heights[2]).toBe(path.lanes[0]?.y);
  expect(path.lines.map(({ waiting }) => waiting)).toEqual([false, false, true, true]);
  const from = (line: { d: string } | undefined) => line?.d.match(/^M(\d+)/)?.[1];
  expect(from(path.lines[3])).toBe(String(path.stops[2]?.x));
});

test('an empty call path is only its lanes, and many stops make it wider, not tighter', () => {
  expect(callPath([], 'en')).toMatchObject({ stops: [], lines: [] });
  expect(
    callPath(
      Array.from({ length: 20 }, () => step('town')),
      'zh',
    ).width,
  ).toBeGreaterThan(2000);
});
