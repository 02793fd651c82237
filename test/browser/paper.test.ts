import { describe, expect, test } from 'vitest';
import { assess } from '../../src/assessment/actions/assess.ts';
import { rollUp } from '../../src/reports/actions/roll.ts';
import { openScreen, without_chromium } from '../support/chromium.ts';
import { expectReadable } from '../support/readable.ts';

describe.skipIf(without_chromium)('the reports on paper', () => {
  test.each(['zh', 'en'] as const)(
    'every chart has its table with all its numbers, opened or not, and what its figures open to is readable, in %s',
    async (lang) => {
      const { stage, as, address } = await openScreen();
      const { db, clock } = stage.world;
      const number = await stage.finished();
      await stage.act('callback', number, 'close', { level: 'satisfied', contacted: true, solved: true });
      await db('clocks').update({ due_at: clock() });
      await assess(db, clock());
      await rollUp(db, clock());
      const page = await as('leader', { lang });
      for (const path of ['/reports', '/reports/times']) {
        await page.goto(`${address}${path}`);
        await page.emulateMedia({ media: 'print' });
        const charts = await page.evaluate(() => {
          const seen = (one: Element) => (one as HTMLElement).offsetHeight > 0;
          return [...document.querySelectorAll('.chart:has(svg)')].map((chart) => ({
            title: chart.querySelector('h2')!.textContent,
            // A bar stands in its own row; of columns each has one in the table beneath.
            drawn: chart.querySelectorAll('.chart__column').length || chart.querySelectorAll('tbody svg').length,
            rows: [...chart.querySelectorAll('table')].filter(seen).flatMap((one) => [...one.querySelectorAll('tbody tr')])
              .length,
          }));
        });
        expect([path, charts.length > 0]).toEqual([path, true]);
        for (const { title, drawn, rows } of charts) expect([path, title, rows]).toEqual([path, title, drawn]);
        await page.emulateMedia({ media: 'screen' });
      }
      const window = await as('leader', { width: lang === 'zh' ? 1440 : 360, lang });
      for (const path of ['/assessment/cases?list=on_time', '/assessment/base', '/case-stories', '/help/analysis_assessor']) {
        await window.goto(`${address}${path}`);
        await expectReadable(window);
      }
    },
    300_000,
  );
});
