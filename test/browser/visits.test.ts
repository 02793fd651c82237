import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { dayOf } from '../../src/core/clock.ts';
import { nameSubstitute } from '../../src/visits/actions/substitute.ts';
import { noteWatch } from '../../src/visits/actions/watch.ts';
import type { PersonName } from '../support/cast.ts';
import { openScreen, without_chromium } from '../support/chromium.ts';
import { expectReadable } from '../support/readable.ts';

const go = (page: Page, path: string) => page.goto(new URL(path, page.url()).href);
const press = async (page: Page, selector: string, to: RegExp | string) =>
  Promise.all([page.waitForURL(to), page.click(selector)]);

/** Plans a visit on the phone, up to the door. */
async function atTheDoor(page: Page, room: string): Promise<string> {
  await go(page, '/visits');
  await press(page, 'a[href="/visits/new"]', /\/visits\/new/);
  await page.selectOption('select[name=building_id]', { index: 1 });
  await page.fill('input[name=room]', room);
  await press(page, 'form[action="/visits/new"] button[type=submit]', /\/visits\/\d+$/);
  return new URL(page.url()).pathname;
}
async function record(page: Page): Promise<void> {
  await page.fill('textarea[name=talk]', '一切正常');
  await page.click('form[action$="/finish"] button[type=submit]');
  await page.waitForSelector('form[action$="/finish"]', { state: 'detached' });
}

describe.skipIf(without_chromium)('visits in a real browser at 360 px', () => {
  test('from plan to record, with the position of the moment where the member lets it', async () => {
    const { stage, as } = await openScreen();
    const page = await as('member1', { width: 360 });
    await page.context().grantPermissions(['geolocation']);
    await page.context().setGeolocation({ latitude: 37.36412, longitude: 120.39912, accuracy: 11 });
    const path = await atTheDoor(page, '3单元502');
    await page.click('[data-locate-ask]');
    await page.waitForSelector('textarea[name=talk]');
    await record(page);
    expect(await page.textContent('main')).toContain('北纬 37.36412');
    expect(
      await stage.world
        .db('visits')
        .where({ id: Number(path.split('/').at(-1)) })
        .first(),
    ).toMatchObject({
      status: 'finished',
      located: true,
      accuracy_metres: 11,
    });
  }, 60_000);

  test('refused a position the page says so, and the visit goes on without one', async () => {
    const { stage, as } = await openScreen();
    const page = await as('member1', { width: 360 });
    await page.context().clearPermissions();
    const path = await atTheDoor(page, '3单元503');
    await page.click('[data-locate-ask]');
    await page.waitForFunction(() => document.querySelector('[data-locate-said]')?.textContent?.includes('没有取得位置'));
    await page.click('form[action$="/check-in"] button[type=submit]');
    await page.waitForSelector('textarea[name=talk]');
    expect(await page.textContent('main')).toContain('未附位置');
    await record(page);
    expect(
      await stage.world
        .db('visits')
        .where({ id: Number(path.split('/').at(-1)) })
        .first(),
    ).toMatchObject({
      status: 'finished',
      located: false,
      latitude: null,
    });
  }, 60_000);

  test('without JavaScript there is one button to check in with, and all the rest is the same', async () => {
    const { as } = await openScreen();
    const page = await as('member1', { width: 360, javaScript: false });
    await atTheDoor(page, '3单元504');
    expect(await page.isVisible('[data-locate-ask]')).toBe(false);
    await page.click('form[action$="/check-in"] button[type=submit]');
    await page.waitForSelector('textarea[name=talk]');
    await record(page);
    expect(await page.textContent('main')).toContain('已走访');
  }, 60_000);

  test.each([
    [1440, 'zh'],
    [360, 'en'],
  ] as const)(
    'every page holds WCAG 2.2 AA and never scrolls sideways, at %i px (%s)',
    async (width, lang) => {
      const { stage, as } = await openScreen();
      const { world, people, units } = stage;
      const now = world.clock();
      const doing = (who: PersonName) => ({ author: people[who], now });
      await world.db('duties').insert({
        code: 'security_patrol.01',
        category_code: 'security_patrol',
        category_zh: '社区治安巡防',
        category_en: 'Community security patrol',
        name_zh: '日常治安巡逻',
        name_en: 'Routine patrol',
        frequency: 'daily',
        department_id: units.housing.id,
        sort: 1,
      });
      const building_id = (await world.db('buildings').where({ code: 'B1' }).first('id'))!.id;
      const noted = { grid_id: units.grid1.id, building_id, room: '3单元502', event: '漏水', need: null };
      const ill = await noteWatch(world, doing('member1'), { ...noted, situation: 'bedridden', once: 'a' });
      const dispute = await noteWatch(world, doing('member1'), { ...noted, situation: 'dispute', once: 'b' });
      await nameSubstitute(world.db, doing('huayuan_clerk'), {
        absent_person_id: people.member1b.person_id,
        substitute_person_id: people.member2.person_id,
        valid_from: dayOf(now),
        valid_to: dayOf(now),
        reason: '培训',
        asked_himself: true,
      });
      const member = await as('member1', { width, lang });
      const visit = await atTheDoor(member, '1单元101');
      const clerk = await as('huayuan_clerk', { width, lang });
      for (const [page, path] of [
        [member, '/visits'],
        [member, '/visits/new'],
        [member, visit],
        [member, '/visits/coverage'],
        [member, '/watch/new'],
        [member, '/watch/new?situation=emergency_incident'],
        [member, '/duty-log'],
        [member, '/duty-log/month'],
        [clerk, '/field'],
        [clerk, '/watch'],
        [clerk, `/watch/${ill}`],
        [clerk, `/watch/${dispute}`],
        [clerk, '/duty-log/statistics'],
        [clerk, '/substitutes'],
        [clerk, '/substitutes/new'],
      ] as const) {
        await go(page, path);
        await expectReadable(page);
      }
    },
    240_000,
  );
});
