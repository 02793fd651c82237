import { describe, expect, test } from 'vitest';
import { assess } from '../../src/assessment/actions/assess.ts';
import { rollUp } from '../../src/reports/actions/roll.ts';
import { openScreen, without_chromium } from '../support/chromium.ts';
import type { Stage } from '../support/make.ts';
import { expectReadable } from '../support/readable.ts';

/** Ten orders of this month: those of the works center all went well, the housing bureau's satisfied nobody wholly. */
async function makeMonth(stage: Stage): Promise<void> {
  const { db, clock } = stage.world;
  for (const [unit, clerk, leader, level] of [
    ['housing', 'housing_clerk', 'housing_leader', 'basic'],
    ['works', 'works_clerk', 'works_leader', 'satisfied'],
  ] as const) {
    for (let n = 0; n < 5; n++) {
      const number = await stage.register('hotline');
      await stage.act('review', number, 'accept', { kind: 'help', category_code: '0208', priority: 'urgent' });
      await stage.act('dispatch', number, 'dispatch', { lead_unit_id: stage.units[unit].id, instruction: '请核实处理' });
      await stage.order(clerk, number, 'acknowledge', {});
      await stage.order(clerk, number, 'contact', { how: 'phone', result_of_contact: '已联系' });
      await stage.order(clerk, number, 'submit', { result: '已维修', outcome: 'solved' });
      await stage.order(leader, number, 'approve', {});
      await stage.act('callback', number, 'close', { level, contacted: true, solved: true });
    }
  }
  // Whatever day it is today, the orders fall due in this month.
  await db('clocks').update({ due_at: clock() });
  await assess(db, clock());
  await rollUp(db, clock());
}

describe.skipIf(without_chromium)('the reports in a real browser', () => {
  test('a leader asks why a unit lost points and stands before the very case after three clicks', async () => {
    const { stage, as } = await openScreen();
    await makeMonth(stage);
    const page = await as('leader');
    expect(new URL(page.url()).pathname).toBe('/reports');
    const click = async (name: string, title: string) => {
      const here = page.url();
      await Promise.all([page.waitForURL((url) => url.href !== here), page.getByRole('link', { name }).first().click()]);
      await page.waitForFunction((text) => document.querySelector('h1')?.textContent?.includes(text), title);
    };
    await click('市住房和城乡建设局', '市住房和城乡建设局');
    await click('基本满意 5', '基本满意');
    await click('楼道墙皮脱落', '楼道墙皮脱落');
    expect(new URL(page.url()).pathname).toMatch(/^\/appeals\/\d{8}-\d{4}$/);
  }, 120_000);

  test.each([
    [1440, 'zh'],
    [360, 'en'],
  ] as const)(
    'they are readable for everybody, at %i px in %s',
    async (width, lang) => {
      const { stage, as, address } = await openScreen();
      await makeMonth(stage);
      const page = await as('leader', { width, lang });
      for (const path of [
        '/reports',
        '/reports/pivot?rows=unit&columns=channel',
        '/reports/times',
        '/bulletins',
        '/case-stories',
        '/exports',
        '/bulletins/public',
      ]) {
        await page.goto(`${address}${path}`);
        await expectReadable(page);
      }
    },
    180_000,
  );
});
