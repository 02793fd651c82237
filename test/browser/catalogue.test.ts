import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { dayOf } from '../../src/core/clock.ts';
import { openScreen, without_chromium } from '../support/chromium.ts';
import { expectReadable } from '../support/readable.ts';
import { add, inForce, offer } from '../support/rules.ts';

const go = (page: Page, path: string) => page.goto(new URL(path, page.url()).href);

describe.skipIf(without_chromium)('the dispatch catalogue in a real browser', () => {
  test('a rule is changed from its line, simulated and handed over; another looks at it and activates it', async () => {
    const { stage, as } = await openScreen();
    await inForce(stage, [{ unit: 'works' }]);
    const number = await stage.dispatched({ category_code: '0208' });
    const page = await as('dispatch', { at: '/dispatch-rules' });
    await page.click('a[href*="/dispatch-rules/new?rule="]');
    await page.waitForSelector('textarea[name=reason]');
    await page.fill('input[role=combobox][id*=unit_id]', '热力');
    await page.click('[role=option]:has-text("市热力有限公司")');
    await page.fill('textarea[name=reason]', '管网移交');
    await page.click('form[action*="/dispatch-rules/new"] button[type=submit]:not([formaction])');
    await page.waitForURL(/\/dispatch-rules\/changes\/\d+$/);
    const set = new URL(page.url()).pathname;
    await page.selectOption('select[name=month]', dayOf(stage.world.clock()).slice(0, 7));
    await page.click('form.filter button[type=submit]');
    await page.waitForSelector(`a[href="/appeals/${number}"]`);
    expect(await page.textContent('main')).toContain('1 件会改由别的单位主办');
    await page.fill('form[action$="/offer"] textarea[name=reason]', '管网移交');
    await page.click('form[action$="/offer"] button[type=submit]');
    await page.waitForSelector('form[action$="/take-back"]');
    const second = await as('supervision', { at: set });
    await second.click('form[action$="/activate"] button');
    await second.waitForSelector('.flashes .notice');
    expect(await second.textContent('main')).toContain('已启用');
  }, 120_000);

  test.each([
    { width: 1440, lang: 'zh' },
    { width: 360, lang: 'en' },
  ] as const)(
    'its pages and the desk of returns hold at $width px in $lang',
    async ({ width, lang }) => {
      const { stage, as } = await openScreen();
      await inForce(stage, [{ unit: 'works' }]);
      const number = await stage.dispatched({ category_code: '0208' });
      const asked = { reason: '不归我单位', category_code: '0208' };
      for (const [who, suggested] of [
        ['housing_clerk', 'works'],
        ['works_clerk', 'heating'],
      ] as const) {
        await stage.order(who, number, 'request_return', { ...asked, suggested_unit_id: stage.units[suggested].id });
        await stage.order('dispatch', number, 'uphold_return', { ruling: '同意，请按建议办理' });
        if (suggested === 'works')
          await stage.act('dispatch', number, 'dispatch', { lead_unit_id: stage.units.works.id, instruction: '请办理' });
      }
      const waiting = await stage.dispatched({ category_code: '0208' });
      await add(stage, { unit: 'housing', area: 'quanshan' });
      const id = await add(stage, { unit: 'heating', note: '仅限主干道' });
      const page = await as('dispatch', { width, lang });
      const { rows } = await stage.world.db.raw<{ rows: { id: number }[] }>('select max(id) as id from work_order_returns');
      const month = dayOf(stage.world.clock()).slice(0, 7);
      const paths = [
        '/dispatch-rules',
        `/dispatch-rules/new?return=${rows[0]!.id}`,
        '/dispatch-rules/changes',
        `/dispatch-rules/changes/${id}?month=${month}`,
        `/desks/dispatch?case=${number}`,
        `/appeals/${number}`,
      ];
      for (const path of paths) {
        await go(page, path);
        await expectReadable(page);
      }
      await offer(stage, id);
      await expectReadable(await as('dispatch2', { width, lang, at: `/dispatch-rules/changes/${id}?month=${month}` }));
      const clerk = await as('housing_clerk', { width, lang, at: `/appeals/${waiting}` });
      await clerk.click('details.act:has(form[action$="/request_return"]) summary');
      await expectReadable(clerk);
    },
    120_000,
  );
});
