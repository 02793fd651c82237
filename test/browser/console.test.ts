import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { PersonName } from '../support/cast.ts';
import { openScreen, without_chromium } from '../support/chromium.ts';
import { expectReadable } from '../support/readable.ts';

describe.skipIf(without_chromium)('in a real browser', () => {
  test('a dispatcher works the console by keys alone: walks, previews, dispatches, and the next case is open', async () => {
    const { stage, as } = await openScreen();
    const numbers: string[] = [];
    for (const content of ['楼道墙皮脱落，雨天渗水', '楼顶漏雨，卧室天花板发霉']) {
      const number = await stage.register('hotline', { content });
      await stage.act('review', number, 'accept', { kind: 'help', category_code: '0304', priority: 'general' });
      numbers.push(number);
    }
    const page = await as('dispatch');
    await page.waitForSelector('[data-row]');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.waitForFunction(
      (number) => document.querySelector('#preview .preview__head .code')?.textContent === number,
      numbers[1]!,
    );
    await page.keyboard.press('k');
    await page.waitForFunction(
      (number) => document.querySelector('#preview .preview__head .code')?.textContent === number,
      numbers[0]!,
    );
    await page.waitForURL((url) => url.href.includes(numbers[0]!));
    await page.waitForSelector(`#preview form[action="/appeals/${numbers[0]}/dispatch"]`);
    await page.press(`#preview form[action="/appeals/${numbers[0]}/dispatch"] button[type=submit]`, 'Enter');
    await page.waitForFunction((number) => !document.querySelector('[data-rows]')?.textContent?.includes(number), numbers[0]!);
    expect((await stage.appeal(numbers[0]!)).status).toBe('in_handling');
    expect(await page.textContent('#preview')).toContain(numbers[1]!);
    expect(page.url()).toContain('/desks/dispatch');
  }, 60_000);

  test('while a call is typed in, history, likely duplicates and the category appear beside it, and the place is found by initials', async () => {
    const { stage, as } = await openScreen();
    await stage.register('hotline', { content: '12号楼供暖温度不足，家里冷', category_code: '0202', phone: '10000000009' });
    const page = await as('hotline');
    await page.fill('#r-phone', '100 0000 0009');
    await page.fill('#r-content', '家里暖气不热，室温只有十四度，供暖公司没人管');
    await page.waitForFunction(() => document.querySelector('#assist')?.textContent?.includes('12号楼供暖温度不足'));
    expect(await page.textContent('#assist')).toContain('供暖不热');
    await page.fill('#r-place', 'hyxq');
    await page.waitForSelector('[role=option]');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    expect(await page.inputValue('input[name=place]')).toMatch(/^(building|unit):\d+$/);
    await page.click('#assist [data-fill="r-category_code"]');
    expect(await page.inputValue('#r-category_code')).toBe('0202');
    await Promise.all([page.waitForURL(/done=/), page.click('form.register button[type=submit]')]);
    expect(await page.textContent('.flashes')).toContain('已登记');
  }, 60_000);

  test('without JavaScript a member reports, and the community takes it up', async () => {
    const { stage, as } = await openScreen();
    const page = await as('member1', { width: 360, javaScript: false });
    await page.goto(new URL('/appeals/new', page.url()).href);
    await page.fill('#r-content', '单元门口井盖松动，车压过去响');
    await Promise.all([page.waitForURL(/\/appeals\/\d{8}-\d{4}/), page.click('form.register button[type=submit]')]);
    const number = /\d{8}-\d{4}/.exec(page.url())![0];
    expect((await stage.orders(number))[0]).toMatchObject({ unit_id: stage.units.grid1.id, status: 'pending_ack' });
  }, 60_000);

  const pages: readonly (readonly [PersonName, string])[] = [
    ['hotline', '/appeals/new'],
    ['dispatch', '/desks/dispatch'],
    ['dispatch', 'case'],
    ['dispatch', '/categories'],
    ['housing_leader', '/desks/approval'],
    ['leader', '/appeals'],
    ['quanshan_clerk', '/units'],
    ['member1', '/desks/handling'],
    ['sys', '/accounts'],
    ['audit', '/audit'],
  ];
  test.each([
    [1440, 'zh'],
    [360, 'en'],
  ] as const)(
    'every kind of page holds WCAG 2.2 AA and never scrolls sideways, at %i px (%s)',
    async (width, lang) => {
      const { stage, as } = await openScreen();
      const number = await stage.dispatched({ content: '楼道墙皮脱落，雨天渗水' });
      await stage.register('member1', { channel: 'app_snapshot', content: '垃圾桶满了没人清' });
      await stage.finished();
      const seats = new Map<PersonName, Page>();
      for (const [who, path] of pages) {
        const page = seats.get(who) ?? (await as(who, { width, lang, at: '/help' }));
        seats.set(who, page);
        await page.goto(new URL(path === 'case' ? `/appeals/${number}` : path, page.url()).href);
        await expectReadable(page);
      }
    },
    240_000,
  );
});
