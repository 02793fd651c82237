import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Views } from '../../src/views.ts';
import { serveAssets } from '../../src/web/assets.ts';
import { callPath } from '../../src/web/call_path.ts';
import { blankForm } from '../../src/web/form.ts';
import { formats } from '../../src/web/format.ts';
import { registerViews, renderPart, sharedFor } from '../../src/web/render.ts';
import { faultsOf } from '../support/readable.ts';
import { chromiumPath, openChromium } from './chromium.ts';

const now = new Date('2026-11-23T11:03:00+08:00');
const started = new Date('2026-11-23T09:41:00+08:00');
const shared = sharedFor({ lang: 'zh', me: { name: '孙晓梅' }, now, nonce: 'n' });
const part = <V extends keyof Views>(view: V, locals: Views[V]) => renderPart(view, shared, locals);
const around = (body: string): Views['layout'] => ({
  page: { title: '试', nav: 'a' },
  body,
  nav: [{ label: '工作', items: ['a', 'b', 'appeals'].map((key) => ({ key, href: `/${key}`, label: key, icon: 'list' })) }],
  figures: [],
  seat: { unit: '市指挥中心', post: '分派岗', others: [] },
  unread: 0,
  flashes: [],
  demo: true,
  elder: false,
  other_language: '/?lang=en',
  other_size: '/?elder=1',
});
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-n'; img-src 'self' blob:; connect-src 'self'; form-action 'self'; base-uri 'none'";

const desk = `<h1>台</h1>
<form method="post" action="/act" data-draft="act"><label>内容 <input name="content"></label><label><input type="checkbox" name="agreed" value="1"> 同意</label>
${part('parts/combobox', { form: blankForm(), name: 'unit', label: '单位', url: '/units', key: 'u' })}
${part('parts/combobox', { form: blankForm(), name: 'co', label: '协办', url: '/units', multiple: true })}
${part('parts/files', { form: blankForm(), name: 'files', label: '照片', accept: 'image/png', kinds: 'PNG', max_files: 2, max_mb: 1 })}
${part('parts/button', { label: '分派', key: 'd', look: 'primary' })}</form>
<div class="list"><table data-rows><tbody>${[1, 2, 3].map((n) => `<tr class="list__row" data-row><td><a class="button" data-row-preview data-turbo-frame="preview" href="/preview/${n}">${n}</a> <a class="button" data-row-open href="/b?n=${n}">打开 ${n}</a></td></tr>`).join('')}</tbody></table></div>
<turbo-frame id="preview"></turbo-frame>`;

const gallery = [
  part('parts/due', { due: formats.zh.left(new Date('2026-11-23T11:41:00+08:00'), now, started), by: true }),
  ...(['new', 'go', 'warn', 'late', 'done'] as const).flatMap((tone) => [
    part('parts/status', { tone, text: '状态' }),
    part('parts/notice', { tone, text: '说明' }),
  ]),
  part('parts/tabs', {
    label: '队列',
    tabs: [
      { href: '/', label: '甲', count: 3, current: true },
      { href: '/', label: '乙', count: 4, hot: true },
    ],
  }),
  part('parts/chips', {
    label: '渠道',
    chips: [
      { href: '/', label: '热线', count: 3, current: true },
      { href: '/', label: '一码通', count: 3 },
    ],
  }),
  part('parts/kpis', { figures: [{ label: '满意度', value: '98.92%', note: '0.24', trend: 'up', tone: 'go' }] }),
  part('parts/steps', {
    steps: [
      { label: '受理', state: 'past' },
      { label: '流转', state: 'now' },
      { label: '归档', state: 'waiting' },
    ],
  }),
  part('parts/timeline', { entries: [{ at: now, tone: 'go', who: '王建军', act: '签收', took: '用时 11 分钟' }] }),
  part('parts/call_path', {
    path: callPath(
      [
        { tier: 'grid', at: started, label: '随手拍', state: 'past' },
        { tier: 'city', at: now, label: '受理', state: 'now' },
      ],
      'zh',
    ),
  }),
  part('parts/field', { form: { errors: { a: 'required' }, typed: {} }, name: 'a', label: '内容', hint: '说明', required: true }),
  part('parts/progress', { label: '导出', done: 3, total: 10 }),
].join('\n');

// a browser on a busy machine takes its time
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

describe.skipIf(!chromiumPath)('in a browser, under the strict content security policy', () => {
  let server: Server;
  let browser: Browser;
  let page: Page;
  let base: string;
  let acts: number;
  const complaints: string[] = [];

  beforeAll(async () => {
    const app = express();
    registerViews(app);
    app.use('/assets', serveAssets);
    app.use((_req, res, next) => {
      res.set('Content-Security-Policy', policy);
      next();
    });
    app.get('/a', (_req, res) => res.send(part('layout', around(desk))));
    app.get('/b', (_req, res) => res.send(part('layout', around('<h1>别处</h1>'))));
    app.get('/gallery', (_req, res) => res.send(part('layout', around(`<h1>部件</h1>${gallery}`))));
    app.get('/public', (_req, res) => res.send(part('public', { ...around(`<h1>部件</h1>${gallery}`), elder: true })));
    app.get('/preview/:n', (req, res) => res.send(`<turbo-frame id="preview"><p id="shown">${req.params.n}</p></turbo-frame>`));
    app.get('/units', (_req, res) =>
      res.json([
        { value: 1, label: '住建局', note: '部门' },
        { value: 2, label: '供电公司' },
      ]),
    );
    // Nothing on these pages changes by itself: 204 tells a page not to ask again.
    app.get('/live', (_req, res) => void res.status(204).end());
    app.post('/act', (_req, res) => {
      acts += 1;
      setTimeout(() => res.redirect(303, '/b'), 300);
    });
    server = createServer(app).listen(0);
    base = `http://localhost:${(server.address() as AddressInfo).port}`;
    browser = await openChromium();
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });
  beforeEach(async () => {
    acts = 0;
    complaints.length = 0;
    page = await browser.newPage({ viewport: { width: 1440, height: 900 }, bypassCSP: false });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(`${base}/a`);
    await page.waitForSelector('#f-unit[role=combobox]');
  });
  afterEach(async () => {
    await page.close();
    expect(complaints).toEqual([]);
  });

  test('j and k walk the list and show each row, Enter opens it', async () => {
    await page.keyboard.press('j');
    await page.waitForSelector('#shown:text("1")');
    for (const key of ['j', 'j', 'k']) await page.keyboard.press(key);
    await page.waitForSelector('#shown:text("2")');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/b\?n=2/);
  });

  test('keys do nothing while somebody types', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type('dju?');
    expect(await page.inputValue('#search')).toBe('dju?');
    expect(acts).toBe(0);
  });

  test('? lists the keys of this page, each with the word of its button', async () => {
    await page.keyboard.press('?');
    expect((await page.textContent('#keys'))?.replace(/\s+/g, '')).toContain('D分派');
    await page.keyboard.press('Escape');
    expect(await page.isVisible('#keys')).toBe(false);
  });

  test('a unit is found and chosen by keys alone, also on a page that Turbo kept', async () => {
    await page.click('a.nav__item[href="/b"]');
    await page.waitForURL(/\/b/);
    await page.goBack();
    await page.waitForSelector('#f-unit[role=combobox]');
    await page.keyboard.press('u');
    await page.keyboard.type('gd');
    await page.waitForSelector('.combo__option');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    expect([await page.inputValue('#f-unit'), await page.inputValue('[data-combobox-value]')]).toEqual(['供电公司', '2']);
    await page.keyboard.type('x');
    expect(await page.inputValue('[data-combobox-value]')).toBe('');
  });

  test('several units are collected and taken out again', async () => {
    for (const down of [0, 1]) {
      await page.fill('#f-co', 'x');
      await page.waitForSelector('[data-multiple] .combo__option');
      for (let i = 0; i < down; i++) await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
    }
    const chosen = () =>
      page.$$eval('[data-multiple] input[type=hidden]', (inputs) =>
        inputs.map((input) => (input as unknown as { value: string }).value),
      );
    expect(await chosen()).toEqual(['1', '2']);
    await page.keyboard.press('Backspace');
    expect(await chosen()).toEqual(['1']);
  });

  test('what was typed is there again after a wrong turn, and gone after it was accepted', async () => {
    await page.fill('[name=content]', '水管漏水');
    await page.check('[name=agreed]');
    await page.waitForTimeout(350);
    await page.goto(`${base}/b`);
    await page.goto(`${base}/a`);
    expect([await page.inputValue('[name=content]'), await page.isChecked('[name=agreed]')]).toEqual(['水管漏水', true]);
    await page.click('.button--primary');
    await page.waitForURL(/\/b/);
    await page.goto(`${base}/a`);
    expect(await page.inputValue('[name=content]')).toBe('');
  });

  test('pressing twice sends once', async () => {
    await page.evaluate("const b = document.querySelector('.button--primary'); b.click(); b.click(); b.form.requestSubmit();");
    await page.waitForURL(/\/b/);
    expect(acts).toBe(1);
  });

  test('a file that is too large or of the wrong kind is refused before it is sent', async () => {
    const said = () => page.textContent('#f-files-error');
    await page.setInputFiles('#f-files', { name: 'a.png', mimeType: 'image/png', buffer: Buffer.alloc(2_000_000) });
    expect(await said()).toContain('1 MB');
    await page.setInputFiles('#f-files', { name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('x') });
    expect(await said()).toContain('不支持');
    await page.setInputFiles('#f-files', { name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('x') });
    expect([await said(), await page.locator('.files__one').count()]).toEqual(['', 1]);
    await page.click('.files__one button');
    expect(await page.evaluate("document.querySelector('#f-files').files.length")).toBe(0);
  });

  test.each([360, 1440])('at %i px nothing is wider than the page and every part passes axe', async (width) => {
    const context = await browser.newContext({
      viewport: { width, height: 800 },
      isMobile: width < 500,
      hasTouch: width < 500,
      bypassCSP: true,
    });
    const tab = await context.newPage();
    for (const path of width < 500 ? ['/a', '/public'] : ['/gallery']) {
      await tab.goto(base + path);
      expect(await tab.evaluate('document.documentElement.scrollWidth - screen.width')).toBeLessThanOrEqual(0);
      expect(await faultsOf(tab)).toEqual([]);
    }
    await context.close();
  });

  test('on a phone the menu opens from the bar at the bottom and closes beside it', async () => {
    const phone = await browser.newPage({ viewport: { width: 360, height: 720 }, isMobile: true, hasTouch: true });
    await phone.goto(`${base}/b`);
    expect(await phone.isVisible('#nav')).toBe(false);
    await phone.tap('.tabbar button');
    expect(await phone.isVisible('#nav')).toBe(true);
    await phone.touchscreen.tap(180, 100);
    expect(await phone.isVisible('#nav')).toBe(false);
    await phone.close();
  });
});
