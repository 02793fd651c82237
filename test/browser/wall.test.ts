import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { rulebook } from '../../src/catalog/actions.ts';
import { addMinutes, dayOf } from '../../src/core/clock.ts';
import { assign, findRoster } from '../../src/shifts/actions.ts';
import { keyOf, slotsBetween } from '../../src/shifts/rules.ts';
import { draft, perform } from '../../src/whistles/actions/perform.ts';
import { openScreen, type Screen, without_chromium } from '../support/chromium.ts';
import { expectReadable } from '../support/readable.ts';

const figure = (page: Page, label: string) => page.locator('.wall__figure', { hasText: label }).locator('dd');
const shows = async (page: Page, label: string, value: string) =>
  page
    .locator('.wall__figure', { hasText: label })
    .locator('dd', { hasText: new RegExp(`^${value}$`) })
    .waitFor({ timeout: 15_000 });

async function whistle({ stage }: Screen): Promise<void> {
  const { world, people, units } = stage;
  const now = world.clock();
  const said = {
    reason: '主管爆裂',
    tried: '已设警示',
    request: '抢修',
    meeting_place: '现场',
    ends_on: null,
    appeal: null,
  } as const;
  const calling = {
    kind: 'emergency',
    subject: 'project',
    title: '主供热管道爆裂',
    unit_ids: [units.heating.id],
    ...said,
  } as const;
  const id = await draft(world.db, { author: people.quanshan_clerk, now }, calling, true);
  await perform(world.db, { author: people.quanshan_leader, now }, id, 'issue', { decision_number: null });
}

/** A morning on which everything on the wall has something to show: work on every tier, late and nearly late, a whistle, people on shift. */
async function fullMorning(screen: Screen): Promise<void> {
  const { stage } = screen;
  const { db, clock } = stage.world;
  for (let n = 0; n < 14; n++) await stage.dispatched({ phone: `1000000010${n % 10}` });
  await stage.register('member1', { channel: 'app_snapshot' });
  await stage.register('hotline');
  await db.raw(
    `update clocks set started_at = started_at - interval '60 days', due_at = due_at - interval '60 days' where id % 3 = 0`,
  );
  await db.raw(`update appeals set due_at = due_at - interval '60 days' where id % 3 = 0`);
  await whistle(screen);
  const roster = await findRoster(db, 'hotline', stage.units.city.id);
  const now = clock();
  const shift = keyOf(slotsBetween('hotline', await rulebook(db), now, addMinutes(now, 1), dayOf)[0]!);
  for (const who of ['hotline', 'hotline2'] as const)
    await assign(db, { author: stage.people.supervision, now }, roster, 'assign', stage.people[who].post_id, [shift]);
}

describe.skipIf(without_chromium)('the wall screen', { timeout: 240_000 }, () => {
  test('shows by itself what comes in, in every window, and its page is not loaded anew for it', async () => {
    const screen = await openScreen();
    const { as, stage } = screen;
    const walls = [await as('leader', { at: '/wall', width: 1920 }), await as('leader', { at: '/wall', lang: 'en' })] as const;
    const [zh, en] = walls;
    for (const page of walls) await page.evaluate('window.stays = true');
    expect([await figure(zh, '今日受理').textContent(), await figure(en, 'Whistles').textContent()]).toEqual(['0', '0']);
    const number = await stage.dispatched();
    await shows(zh, '今日受理', '1');
    await zh.locator('.wall__due', { hasText: number }).waitFor();
    await whistle(screen);
    await shows(zh, '吹哨进行中', '1');
    await shows(en, 'Whistles', '1');
    for (const page of walls) expect(await page.evaluate('window.stays')).toBe(true);
  });

  test('asks for its page again and again, so that its session lives, and leads to the sign-in where that has ended', async () => {
    const { as, stage } = await openScreen();
    const wall = await as('leader', { at: '/wall' });
    await wall.clock.install();
    await wall.reload();
    await Promise.all([
      wall.waitForResponse((answer) => answer.url().endsWith('/wall') && answer.ok()),
      wall.clock.runFor(600_000),
    ]);
    expect(new URL(wall.url()).pathname).toBe('/wall');
    await stage.world.db('sessions').delete();
    await Promise.all([wall.waitForURL(/\/sign-in/), wall.clock.runFor(600_000)]);
  });

  test.each(['zh', 'en'] as const)(
    'is read from across the room at 1920 px and on a desk, and holds what a full morning brings, in %s',
    async (lang) => {
      const screen = await openScreen();
      await fullMorning(screen);
      const wall = await screen.as('leader', { at: '/wall', width: 1920, lang });
      for (const part of ['.wall__left', 'b.wall__names', '.wall__figure--late'])
        expect(await wall.locator(part).count()).toBeGreaterThan(0);
      // Nobody scrolls a wall: it stands on one screen, whole.
      for (const [width, height] of [
        [1920, 1080],
        [1440, 900],
      ] as const) {
        await wall.setViewportSize({ width, height });
        const down = await wall.evaluate<number>('document.documentElement.scrollHeight - document.documentElement.clientHeight');
        expect.soft([width, down]).toEqual([width, 0]);
      }
      await wall.setViewportSize({ width: 1920, height: 1080 });
      await expectReadable(wall);
    },
  );
});
