import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { drawRecalls } from '../../src/callbacks/actions.ts';
import { dayOf } from '../../src/core/clock.ts';
import { lookForGaming } from '../../src/integrity/actions.ts';
import { lastMonth, scoreMembers, settleMonth } from '../../src/member_scores/actions/score.ts';
import { listMonth } from '../../src/member_scores/store/scores.ts';
import type { PersonName } from '../support/cast.ts';
import { openScreen, without_chromium } from '../support/chromium.ts';

const go = (page: Page, path: string) => page.goto(new URL(path, page.url()).href);
const sideways = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

describe.skipIf(without_chromium)('scores, second calls and findings in a real browser', () => {
  test.each([
    [360, 'zh'],
    [1440, 'en'],
    [360, 'en'],
    [1440, 'zh'],
  ] as const)(
    'at %i px in %s they fit and are accessible',
    async (width, lang) => {
      const { stage, as } = await openScreen();
      const { world } = stage;
      const now = world.clock();
      const month = lastMonth(now);
      await scoreMembers(world.db, now, month);
      for (const [who, act] of [
        ['huayuan_secretary', 'propose'],
        ['quanshan_leader', 'confirm'],
      ] as const)
        await settleMonth(world.db, { author: stage.people[who], now }, month, act);
      const own = (await listMonth(world.db, '/', month)).find(({ person_id }) => person_id === stage.people.member1.person_id)!;
      await drawRecalls(world, now, dayOf(now));
      await lookForGaming(world, now);
      const faults: string[] = [];
      const look = async (who: PersonName, paths: readonly string[]) => {
        const page = await as(who, { width });
        for (const path of paths) {
          await go(page, `${path}${path.includes('?') ? '&' : '?'}lang=${lang}`);
          if ((await sideways(page)) > 0) faults.push(`${path} scrolls sideways`);
          const { violations } = await new AxeBuilder({ page }).analyze();
          faults.push(...violations.map(({ id, nodes }) => `${path} ${id} ${nodes[0]!.html.slice(0, 120)}`));
        }
      };
      await look('quanshan_clerk', [
        `/member-scores?month=${month}`,
        '/member-scores/year',
        '/member-scores/marks',
        '/member-scores/checks/new',
        `/member-scores/${own.id}`,
        `/member-scores/${own.id}/terms/tasks`,
      ]);
      await look('member1', ['/member-scores/mine', `/member-scores/${own.id}`]);
      await look('callback', ['/recalls', '/callbacks/script?kind=complaint', '/desks/callback']);
      await look('assessor', ['/integrity', '/recalls?tab=different']);
      expect(faults).toEqual([]);
    },
    240_000,
  );
});
