import { describe, expect, test } from 'vitest';
import { assess } from '../../src/assessment/actions/assess.ts';
import { openScreen, without_chromium } from '../support/chromium.ts';
import { expectReadable } from '../support/readable.ts';

/** What is clicked, and the heading it leads to. */
const titles = { 市住房和城乡建设局: '市住房和城乡建设局', '未及时处理 5': '未及时处理', 楼道墙皮脱落: '楼道墙皮脱落' } as const;

describe.skipIf(without_chromium)('the assessment in a real browser', () => {
  test('a score opens to its terms, a term to its orders, an order to its case; readable for everybody, on any width', async () => {
    const { stage, as } = await openScreen();
    const { db, clock } = stage.world;
    for (let n = 0; n < 5; n++) {
      const number = await stage.finished({ priority: 'urgent', category_code: '0208' });
      await stage.act('callback', number, 'close', { level: 'satisfied', contacted: true, solved: true });
    }
    await assess(db, clock());
    const page = await as('leader', { at: '/assessment?group=departments' });
    for (const next of Object.keys(titles) as (keyof typeof titles)[]) {
      await expectReadable(page);
      const here = page.url();
      await Promise.all([page.waitForURL((url) => url.href !== here), page.getByRole('link', { name: next }).first().click()]);
      await page.waitForFunction((title) => document.querySelector('h1')?.textContent?.includes(title), titles[next]);
    }
    expect(new URL(page.url()).pathname).toMatch(/^\/appeals\/\d{8}-\d{4}$/);
  }, 120_000);
});
