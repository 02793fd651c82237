import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { openScreen, without_chromium } from '../support/chromium.ts';
import type { Stage } from '../support/make.ts';
import { expectReadable } from '../support/readable.ts';

const shot = async (name = 'shot.jpg') => ({
  name,
  mimeType: 'image/jpeg',
  buffer: await sharp({ create: { width: 64, height: 48, channels: 3, background: '#446688' } })
    .jpeg()
    .toBuffer(),
});
const reports = async ({ world: { db } }: Stage) =>
  db('appeals').whereIn('channel', ['app_snapshot', 'app_voice']).orderBy('id').select('*');
const open = (page: Page, path: string) => page.goto(new URL(path, page.url()).href);
const waiting = (page: Page, n: number) =>
  page.waitForFunction((count) => {
    const badge = document.querySelector('[data-kept]');
    return count === 0 ? badge?.hasAttribute('hidden') : badge?.firstElementChild?.textContent === String(count);
  }, n);
const write = async (page: Page, text: string) => {
  await page.fill('#r-content', text);
  await page.click('form[data-report] button[type=submit]');
};
const holds = (page: Page, text: string) =>
  page.waitForFunction((wanted) => document.querySelector<HTMLTextAreaElement>('#r-content')?.value === wanted, text);
/** The app as it is from the second opening on: its worker looks after the page. */
async function installed(page: Page): Promise<void> {
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.waitForFunction(
    async () => (await caches.match('/phone')) !== undefined && (await caches.match('/phone/report')) !== undefined,
  );
  await page.reload();
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
}

describe.skipIf(without_chromium)('the phone of a linked member, in a real browser', () => {
  test('open, shoot, send: three taps from the start page, and a second one right after', async () => {
    const { stage, as } = await openScreen();
    const page = await as('member1', { width: 360 });
    expect(new URL(page.url()).pathname).toBe('/phone');
    for (const n of [1, 2]) {
      let taps = 0;
      const [camera] = await Promise.all([page.waitForEvent('filechooser'), page.click('[data-shoot]').then(() => taps++)]);
      await camera.setFiles(await shot(`${n}.jpg`)).then(() => taps++);
      await page.click('form[data-report] button[type=submit]').then(() => taps++);
      await page.waitForFunction((said) => document.querySelector('[data-sent]')?.textContent?.includes(said), `000${n}`);
      expect(taps).toBe(3);
    }
    await waiting(page, 0);
    const made = await reports(stage);
    expect(made).toHaveLength(2);
    expect(made[0]).toMatchObject({ channel: 'app_snapshot', place_unit_id: stage.units.grid1.id });
    expect(
      await stage.world.db('attachments').whereIn(
        'appeal_id',
        made.map(({ id }) => id),
      ),
    ).toHaveLength(2);
  }, 60_000);

  test('a voice report is said, stopped and sent', async () => {
    const { stage, as } = await openScreen();
    const page = await as('member1', { width: 360 });
    await page.click('[data-speak]');
    await page.waitForSelector('[data-record][aria-pressed=true]');
    await page.click('[data-record]');
    await page.waitForSelector('[data-attached] audio');
    await page.click('form[data-report] button[type=submit]');
    await waiting(page, 0);
    await page.waitForSelector('[data-sent]:not([hidden])');
    const [made] = await reports(stage);
    expect(made).toMatchObject({ channel: 'app_voice' });
    expect(await stage.world.db('attachments').where({ appeal_id: made!.id })).toMatchObject([{ kind: 'audio' }]);
  }, 60_000);

  test('without a network a report waits in sight, and comes in exactly once when there is one', async () => {
    const { stage, as } = await openScreen();
    const page = await as('member1', { width: 360 });
    await installed(page);
    await page.context().setOffline(true);
    await open(page, '/phone/report');
    const [album] = await Promise.all([page.waitForEvent('filechooser'), page.click('input[data-attach=app_snapshot]')]);
    await album.setFiles(await shot());
    await write(page, '地下室积水');
    await waiting(page, 1);
    await write(page, '配电箱门开着');
    await waiting(page, 2);
    expect(await page.textContent('[data-waiting]')).toContain('地下室积水');
    await open(page, '/phone');
    await waiting(page, 2);
    expect(await page.isVisible('[data-offline]')).toBe(true);
    await page.context().setOffline(false);
    await waiting(page, 0);
    const made = await reports(stage);
    expect(made.map(({ content }) => content)).toEqual(['地下室积水', '配电箱门开着']);
    expect(await stage.world.db('attachments').where({ appeal_id: made[0]!.id })).toHaveLength(1);
  }, 60_000);

  test('an app that was killed while it sent sends again when it is opened, and the appeal is one', async () => {
    const { stage, as } = await openScreen();
    const page = await as('member1', { width: 360 });
    await open(page, '/phone/report');
    const context = page.context();
    // The server takes it; its answer never arrives.
    let lost = 0;
    await context.route('**/phone/report', async (route) => {
      if (route.request().method() !== 'POST') return route.continue();
      await route.fetch();
      lost += 1;
    });
    await write(page, '楼顶广告牌松动');
    await expect.poll(() => lost, { timeout: 10_000 }).toBeGreaterThan(0);
    await page.close();
    await context.unroute('**/phone/report');
    expect(await reports(stage)).toHaveLength(1);
    const again = await context.newPage();
    await again.goto(new URL('/phone', page.url()).href);
    await waiting(again, 0);
    expect(await reports(stage)).toHaveLength(1);
  }, 60_000);

  test('two windows that wake up together send each report once', async () => {
    const { stage, as } = await openScreen();
    const page = await as('member1', { width: 360 });
    const second = await page.context().newPage();
    await installed(page);
    await open(page, '/phone/report');
    await second.goto(page.url());
    await page.context().setOffline(true);
    for (const [n, text] of ['路面塌陷', '树枝压线', '垃圾未清'].entries()) {
      await write(page, text);
      await waiting(page, n + 1);
    }
    await waiting(second, 3);
    const posts: string[] = [];
    page.context().on('request', (request) => request.method() === 'POST' && posts.push(request.url()));
    await page.context().setOffline(false);
    await Promise.all([waiting(page, 0), waiting(second, 0)]);
    expect((await reports(stage)).map(({ content }) => content).sort()).toEqual(['垃圾未清', '树枝压线', '路面塌陷'].sort());
    // The worker may have sent some of them: no window sends what another has.
    expect(posts.filter((url) => url.endsWith('/phone/report')).length).toBeLessThanOrEqual(3);
  }, 60_000);

  test('what was written after the session ended is kept, says so, and goes out after signing in', async () => {
    const { stage, as } = await openScreen();
    const page = await as('member1', { width: 360 });
    await open(page, '/phone/report');
    await stage.world.db('sessions').delete();
    await write(page, '井盖松动');
    await page.waitForSelector('[data-sign-in]:not([hidden])');
    expect(await page.textContent('[data-waiting]')).toContain('登录已过期');
    expect(await reports(stage)).toHaveLength(0);
    await page.click('[data-sign-in]');
    await page.fill('input[name=username]', 'member1');
    await page.fill('input[name=password]', 'cast-password-of-everybody');
    await page.click('form[action="/sign-in"] button[type=submit]');
    await page.waitForURL(/\/phone$/);
    await waiting(page, 0);
    expect(await reports(stage)).toHaveLength(1);
  }, 60_000);

  test('a draft stays until it is opened and sent; what is refused says why and is mended', async () => {
    const { stage, as } = await openScreen();
    const page = await as('member1', { width: 360 });
    await open(page, '/phone/report');
    await page.fill('#r-content', '健身器材');
    await page.click('[data-keep]');
    await waiting(page, 1);
    await page.reload();
    await waiting(page, 1);
    expect(await page.textContent('[data-waiting]')).toContain('草稿');
    expect(await reports(stage)).toHaveLength(0);
    await page.click('[data-waiting] [data-part=edit]');
    await holds(page, '健身器材');
    await write(page, '长'.repeat(4001));
    await page.waitForFunction(() => document.querySelector('[data-waiting]')?.textContent?.includes('4000'));
    await page.click('[data-waiting] [data-part=edit]');
    await holds(page, '长'.repeat(4001));
    await write(page, '健身器材断裂');
    await waiting(page, 0);
    expect((await reports(stage)).map(({ content }) => content)).toEqual(['健身器材断裂']);
  }, 60_000);

  test('what stands in the form when another report is taken up for changing goes among the drafts', async () => {
    const { as } = await openScreen();
    const page = await as('member1', { width: 360, at: '/phone/report' });
    await page.fill('#r-content', '健身器材');
    await page.click('[data-keep]');
    await waiting(page, 1);
    await page.fill('#r-content', '路灯不亮');
    await page.click('[data-waiting] [data-part=edit]');
    await holds(page, '健身器材');
    await waiting(page, 2);
    await page.fill('#r-content', '健身器材断裂');
    // The same once more takes nothing back.
    await page.locator('.waiting__one', { hasText: '健身器材' }).locator('[data-part=edit]').click();
    await page.waitForFunction(() => document.activeElement?.id === 'r-content');
    expect(await page.inputValue('#r-content')).toBe('健身器材断裂');
    await page.locator('.waiting__one', { hasText: '路灯不亮' }).locator('[data-part=edit]').click();
    await holds(page, '路灯不亮');
    await page.locator('[data-waiting]', { hasText: '健身器材断裂' }).waitFor();
  }, 60_000);

  test('what is being changed does not go out meanwhile as it was', async () => {
    const { stage, as } = await openScreen();
    const page = await as('member1', { width: 360 });
    await installed(page);
    await open(page, '/phone/report');
    await page.context().setOffline(true);
    await write(page, '井盖松动');
    await waiting(page, 1);
    await page.click('[data-waiting] [data-part=edit]');
    await holds(page, '井盖松动');
    await page.context().setOffline(false);
    await page.fill('#r-content', '井盖缺失');
    await page.click('form[data-report] button[type=submit]');
    await waiting(page, 0);
    expect((await reports(stage)).map(({ content }) => content)).toEqual(['井盖缺失']);
  }, 60_000);

  test('signing out with reports that wait asks first, and then leaves nothing behind', async () => {
    const { as } = await openScreen();
    const page = await as('member1', { width: 360 });
    await installed(page);
    await open(page, '/phone/report');
    await page.fill('#r-content', '草稿一条');
    await page.click('[data-keep]');
    await waiting(page, 1);
    await open(page, '/phone/me');
    await waiting(page, 1);
    page.once('dialog', (dialog) => dialog.dismiss());
    await page.click('form[action="/sign-out"] button');
    expect(new URL(page.url()).pathname).toBe('/phone/me');
    page.once('dialog', (dialog) => dialog.accept());
    await page.click('form[action="/sign-out"] button');
    await page.waitForURL(/\/sign-in/);
    expect(await page.evaluate(async () => (await caches.match('/phone')) === undefined)).toBe(true);
    expect(await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name))).not.toContain('phone');
  }, 60_000);

  test('without JavaScript the same form sends a photo', async () => {
    const { stage, as } = await openScreen();
    const page = await as('member1', { width: 360, javaScript: false });
    await page.click('a.shoot__tile');
    await page.setInputFiles('input[name=shots]', await shot());
    await Promise.all([page.waitForLoadState(), page.click('form.report button[type=submit]')]);
    await page.waitForSelector('.flashes .notice');
    expect(await page.textContent('.flashes')).toContain('已上报');
    expect(await reports(stage)).toHaveLength(1);
  }, 60_000);

  test('the case of a page without a network is said, not shown as broken', async () => {
    const { as } = await openScreen();
    const page = await as('member1', { width: 360 });
    await installed(page);
    await page.context().setOffline(true);
    await open(page, '/phone/grid');
    expect(await page.textContent('main')).toContain('没有网络');
    await page.click('main a[href="/phone"]');
    await page.waitForSelector('[data-shoot]');
  }, 60_000);

  test.each(['zh', 'en'] as const)(
    'its pages hold WCAG 2.2 AA, never scroll sideways, and every target takes a thumb (%s)',
    async (lang) => {
      const { stage, as } = await openScreen();
      const number = await stage.register('member1', { channel: 'app_snapshot', content: '单元门锁坏了，老人进出不便' });
      await stage.register('member1', { channel: 'app_snapshot', content: '井盖缺失', priority: 'emergency' });
      await stage.order('member1', number, 'acknowledge', {});
      const page = await as('member1', { width: 360, lang });
      for (const path of [
        '/phone',
        `/phone/cases/${number}`,
        '/phone/report',
        '/phone/reports',
        '/phone/grid',
        '/phone/me',
        '/phone/offline',
      ]) {
        await open(page, path);
        if (path === '/phone') await page.evaluate(() => document.querySelector('form[data-report]')!.removeAttribute('hidden'));
        const small = await page.evaluate(() =>
          [
            ...document.querySelectorAll<HTMLElement>(
              '.phone a, .phone button, .phone summary, .phone select, .phone textarea, .phone label.pick',
            ),
          ]
            .filter((one) => !one.closest('p, dd, .skip, small, .foot') && one.offsetParent !== null)
            .map((one) => ({ name: one.outerHTML.slice(0, 90), height: one.getBoundingClientRect().height }))
            .filter(({ height }) => height > 0 && height < 44)
            .map(({ name, height }) => `${Math.round(height)} px: ${name}`),
        );
        expect.soft([path, ...small]).toEqual([path]);
        await expectReadable(page, path);
      }
    },
    120_000,
  );
});
