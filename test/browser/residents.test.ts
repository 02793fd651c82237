import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { plainJpeg, wav } from '../files/samples.ts';
import { hangPlate } from '../residents/street.ts';
import { openScreen, without_chromium } from '../support/chromium.ts';
import { expectReadable } from '../support/readable.ts';

const receiptOf = async (page: Page) => {
  const [number = '', code = ''] = await page.locator('.receipt dd').allTextContents();
  return { number, code };
};
const press = (page: Page, url: RegExp, selector: string) => Promise.all([page.waitForURL(url), page.click(selector)]);
const send = 'form[data-resend] button[type=submit]';

describe.skipIf(without_chromium)('a resident at a plate, at 360 px', () => {
  test.each([true, false])(
    'reports with photo and voice, the member does it, and the dissatisfied resident has it done again (JavaScript: %s)',
    async (javaScript) => {
      const { stage, address, as, passer } = await openScreen();
      const plate = await hangPlate(stage.world);
      const page = await passer({ width: 360, javaScript });
      await page.goto(address + plate.path);
      await page.fill('#q-content', '单元门口井盖松动，车压过去响');
      await page.setInputFiles('#q-files', { name: '井盖.jpg', mimeType: 'image/jpeg', buffer: await plainJpeg() });
      await page.setInputFiles('#q-voice', { name: '说.wav', mimeType: 'audio/wav', buffer: wav() });
      await press(page, /\/report\/sent\//, send);
      const { number, code } = await receiptOf(page);
      expect((await stage.world.db('attachments')).map((one) => one.kind).sort()).toEqual(['audio', 'image']);

      const member = await as('member1', { width: 360 });
      await member.goto(`${address}/desks/handling`);
      expect(await member.textContent('main')).toContain('单元门口井盖松动');
      await stage.order('member1', number, 'acknowledge', {});
      await stage.order('member1', number, 'submit', { result: '已加垫片', outcome: 'solved' });
      await stage.order('huayuan_clerk', number, 'approve', {});

      await page.goto(`${address}/progress`);
      await page.fill('#p-number', number);
      await page.fill('#p-code', code);
      await press(page, /\/progress\/case/, 'form[action="/progress"] button');
      expect(await page.textContent('main')).toContain('您的网格签收');
      for (const field of ['solved=no', 'contacted=no', 'level=dissatisfied']) {
        const [name, value] = field.split('=');
        await page.check(`[name=${name}][value=${value}]`);
      }
      await page.fill('#evaluate-remark', '还是响');
      await press(page, /done=rated_bad/, 'form[action="/progress/case/evaluate"] button');
      expect(await stage.appeal(number)).toMatchObject({ status: 'in_handling', round: 2 });
    },
    90_000,
  );

  test('records his voice in the page, and the photo travels smaller than it was taken', async () => {
    const { stage, address, passer } = await openScreen();
    const plate = await hangPlate(stage.world);
    const page = await passer({ width: 360 });
    await page.goto(address + plate.path);
    await page.click('[data-recorder-start]');
    await page.waitForSelector('[data-recorder-stop]:not([hidden])');
    await page.click('[data-recorder-stop]');
    await page.waitForSelector('[data-recorder] .files__one');
    const noise = Buffer.alloc(3200 * 2400 * 3, 0).map((_, i) => (i * 7919) % 251);
    const { default: sharp } = await import('sharp');
    const photo = await sharp(noise, { raw: { width: 3200, height: 2400, channels: 3 } })
      .jpeg({ quality: 92 })
      .toBuffer();
    await page.setInputFiles('#q-files', { name: '大.jpg', mimeType: 'image/jpeg', buffer: photo });
    const sent = page.waitForRequest((request) => request.method() === 'POST');
    await press(page, /\/report\/sent\//, send);
    expect((await (await sent).sizes()).requestBodySize).toBeLessThan(photo.length);
    const kept = await stage.world.db('attachments').orderBy('kind');
    expect(kept.map((one) => one.kind)).toEqual(['audio', 'image']);
    expect(kept[1]).toMatchObject({ width: 2000, height: 1500 });
    expect((await stage.world.db('appeals').first())!.content).toContain('录音');
  }, 90_000);

  test('loses the connection, presses again, and has reported once', async () => {
    const { stage, address, passer } = await openScreen();
    const plate = await hangPlate(stage.world);
    const page = await passer({ width: 360 });
    await page.goto(address + plate.path);
    await page.fill('#q-content', '路灯不亮');
    // It arrives, but its answer and every further try are lost on the way.
    let arrived = false;
    let lost = true;
    await page.route(`**${plate.path}`, async (route) => {
      if (route.request().method() !== 'POST' || !lost) return route.continue();
      if (!arrived) await route.fetch({ maxRedirects: 0 });
      arrived = true;
      await route.abort();
    });
    await page.click(send);
    await page.waitForFunction(() => document.querySelector('[data-resend-said]')?.textContent?.includes('没有网络'));
    expect(await stage.world.db('appeals').count({ n: '*' })).toEqual([{ n: 1 }]);
    // He loads the page anew: his words are there, and so is the key they were sent under.
    await page.goto(address + plate.path);
    lost = false;
    expect(await page.inputValue('#q-content')).toBe('路灯不亮');
    await press(page, /\/report\/sent\//, send);
    expect((await receiptOf(page)).number).toBe((await stage.world.db('appeals').first())!.number);
    expect(await stage.world.db('appeals').count({ n: '*' })).toEqual([{ n: 1 }]);
  }, 60_000);

  test('offline waits, and sends by itself when the network is back', async () => {
    const { stage, address, passer } = await openScreen();
    const plate = await hangPlate(stage.world);
    const page = await passer({ width: 360 });
    await page.goto(address + plate.path);
    await page.fill('#q-content', '路灯不亮');
    await page.context().setOffline(true);
    await page.click(send);
    await page.waitForFunction(() => document.querySelector('[data-resend-said]')?.textContent?.includes('没有网络'));
    await Promise.all([page.waitForURL(/\/report\/sent\//), page.context().setOffline(false)]);
    expect(await stage.world.db('appeals').count({ n: '*' })).toEqual([{ n: 1 }]);
  }, 60_000);

  test('where something fails on the way, the form stays as it was and says so', async () => {
    const { stage, address, passer } = await openScreen();
    const plate = await hangPlate(stage.world);
    const page = await passer({ width: 360 });
    await page.goto(address + plate.path);
    await page.fill('#q-content', '路灯不亮');
    let broken = true;
    await page.route(`**${plate.path}`, (route) =>
      broken && route.request().method() === 'POST'
        ? route.fulfill({ status: 500, contentType: 'text/html', body: '<main><h1>系统出错了</h1></main>' })
        : route.continue(),
    );
    await page.click(send);
    await page.waitForFunction(() => document.querySelector('[data-resend-said]')?.textContent?.includes('系统出错了'));
    expect(await page.inputValue('#q-content')).toBe('路灯不亮');
    broken = false;
    await press(page, /\/report\/sent\//, send);
  }, 60_000);

  test('past a limit the browser does the work by itself, and nothing is typed twice', async () => {
    const { stage, address, passer } = await openScreen();
    const plate = await hangPlate(stage.world);
    await stage.world.db('rate_limits').insert({
      key: `report:plate:${plate.id}`,
      points: 1000,
      expire: stage.world.clock().getTime() + 3_600_000,
    });
    const page = await passer({ width: 360 });
    await page.goto(address + plate.path);
    await page.fill('#q-content', '路灯不亮');
    await page.setInputFiles('#q-files', { name: '灯.jpg', mimeType: 'image/jpeg', buffer: await plainJpeg() });
    await page.click(send);
    await page.locator('[data-proof] [role=status]', { hasText: '已通过验证' }).waitFor();
    await press(page, /\/report\/sent\//, send);
    expect(await stage.world.db('attachments').count({ n: '*' })).toEqual([{ n: 1 }]);
  }, 60_000);

  test('a page with everything it needs weighs less than 60 KB', async () => {
    const { stage, address, passer } = await openScreen();
    const plate = await hangPlate(stage.world);
    const page = await passer({ width: 360 });
    const weights = new Map<string, number>();
    page.on('response', async (response) => {
      const body = await response.body().catch(() => Buffer.alloc(0));
      weights.set(response.url(), gzipSync(body).length);
    });
    for (const path of [plate.path, '/report', '/progress']) {
      weights.clear();
      await page.goto(address + path, { waitUntil: 'networkidle' });
      const whole = [...weights.values()].reduce((sum, one) => sum + one, 0);
      expect([path, whole < 60 * 1024, whole]).toEqual([path, true, whole]);
      await page.context().clearCookies();
    }
  }, 60_000);

  test.each([
    [360, 'zh', false],
    [1440, 'en', false],
    [360, 'zh', true],
  ] as const)(
    'every page holds WCAG 2.2 AA and never scrolls sideways, at %i px (%s, large type: %s)',
    async (width, lang, elder) => {
      const { stage, address, passer } = await openScreen();
      const plate = await hangPlate(stage.world);
      const page = await passer({ width, lang });
      await page.goto(`${address}${plate.path}?lang=${lang}`);
      if (elder) await page.goto(`${address}${plate.path}?elder=1`);
      await expectReadable(page, 'plate');
      await page.click(send);
      await page.waitForSelector('[data-refused]');
      await expectReadable(page, 'refused');
      await page.fill('#q-content', '单元门口井盖松动');
      await press(page, /\/report\/sent\//, send);
      await expectReadable(page, 'sent');
      const { number } = await receiptOf(page);
      await stage.order('member1', number, 'acknowledge', {});
      await stage.order('member1', number, 'submit', { result: '已加垫片', outcome: 'solved' });
      await stage.order('huayuan_clerk', number, 'approve', {});
      await press(page, /\/progress\/case/, 'form[action="/progress"] button');
      await expectReadable(page, 'case');
      for (const path of ['/report', '/progress', '/q/aaaaaaaaaaaaaaaa.bbbbbbbb', `/e/${'A'.repeat(24)}`]) {
        await page.goto(address + path);
        await expectReadable(page, path);
      }
    },
    120_000,
  );
});
