import { describe, test } from 'vitest';
import { drawRecalls } from '../../src/callbacks/actions.ts';
import { dayOf } from '../../src/core/clock.ts';
import { lookForGaming } from '../../src/integrity/actions.ts';
import { lastMonth, scoreMembers, settleMonth } from '../../src/member_scores/actions/score.ts';
import { listMonth } from '../../src/member_scores/store/scores.ts';
import type { PersonName } from '../support/cast.ts';
import { openScreen, without_chromium } from '../support/chromium.ts';
import { expectReadable } from '../support/readable.ts';

describe.skipIf(without_chromium)('scores, second calls and findings in a real browser', () => {
  test.each([
    [1440, 'zh'],
    [360, 'en'],
  ] as const)(
    'at %i px in %s they fit and are accessible',
    async (width, lang) => {
      const { stage, as, address } = await openScreen();
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
      const look = async (who: PersonName, paths: readonly string[]) => {
        const page = await as(who, { width, lang, at: '/help' });
        for (const path of paths) {
          await page.goto(address + path);
          await expectReadable(page);
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
    },
    240_000,
  );
});
