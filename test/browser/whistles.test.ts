import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { consultOverdue, draft, perform } from '../../src/whistles/actions/perform.ts';
import { openScreen, type Screen, without_chromium } from '../support/chromium.ts';
import { expectReadable } from '../support/readable.ts';

const press = (page: Page, selector: string, to: RegExp) => Promise.all([page.waitForURL(to), page.click(selector)]);

async function emergency({ stage }: Screen): Promise<number> {
  const { units, people, world } = stage;
  const now = world.clock();
  const id = await draft(
    world.db,
    { author: people.quanshan_clerk, now },
    {
      kind: 'emergency',
      subject: 'project',
      appeal: null,
      title: '主供热管道爆裂，三个小区停热',
      reason: '主管爆裂，路面结冰。',
      tried: '已设警示，安置独居老人。',
      request: '抢修、除冰、交通管制。',
      meeting_place: '现场指挥点',
      ends_on: null,
      unit_ids: [units.housing.id, units.heating.id, units.works.id],
    },
    true,
  );
  await perform(world.db, { author: people.quanshan_leader, now }, id, 'issue', { decision_number: null });
  return id;
}

describe.skipIf(without_chromium)('a whistle in a real browser', { timeout: 240_000 }, () => {
  test('three departments are called, one stays away: from the whistle to the rating, with the board live in two windows', async () => {
    const screen = await openScreen();
    const { as, stage, address } = screen;
    const { db, clock } = stage.world;
    const clerk = await as('quanshan_clerk');
    await clerk.goto(`${address}/whistles`);
    await press(clerk, 'a[href="/whistles/new"]', /\/whistles\/new$/);
    await clerk.check('input[name=subject][value=project]');
    await clerk.check('input[name=kind][value=emergency]');
    for (const [name, text] of [
      ['title', '主供热管道爆裂'],
      ['meeting_place', '现场指挥点'],
    ] as const)
      await clerk.fill(`input[name=${name}]`, text);
    for (const name of ['reason', 'tried', 'request']) await clerk.fill(`textarea[name=${name}]`, '主管爆裂，路面结冰');
    const { housing, heating, works } = stage.units;
    for (const { id } of [housing, heating, works]) await clerk.check(`input[name=unit_ids][value="${id}"]`);
    await press(clerk, 'button[name=next][value=propose]', /\/whistles\/\d+$/);
    const here = clerk.url();
    const id = Number(here.split('/').at(-1));

    const leader = await as('quanshan_leader');
    await leader.goto(here);
    await leader.click('form[action$="/issue"] button[type=submit]');
    await leader.locator('#whistle-board', { hasText: '已答复 0 / 3' }).waitFor();

    const on_phone = await as('housing_clerk', { width: 360 });
    await on_phone.goto(here);
    const watching = await as('works_leader');
    await watching.goto(here);
    // He is writing: his window is not drawn anew, and the board changes all the same.
    await watching.locator('form[action$="/refuse"] textarea').evaluate((area: HTMLTextAreaElement) => {
      area.closest('details')!.open = true;
      area.value = '正在写';
    });
    await clerk.waitForTimeout(500);
    // One tap on the phone.
    await on_phone.click('form[action$="/check_in"] button[value=on_site]');
    await on_phone.locator('#whistle-board', { hasText: 'housing_clerk · 现场指挥点' }).waitFor();
    for (const page of [clerk, watching])
      await page.locator('#whistle-board', { hasText: '已答复 1 / 3' }).waitFor({ timeout: 15_000 });
    expect(await watching.locator('form[action$="/refuse"] textarea').inputValue()).toBe('正在写');

    const caller = await as('heating_clerk', { javaScript: false });
    await caller.goto(here);
    await caller.click('form[action$="/check_in"] button[value=online]');
    await caller.locator('#whistle-board', { hasText: '已答复 2 / 3' }).waitFor();
    // Half an hour passes, and works has not come.
    await db.raw(`update clocks set started_at = started_at - interval '40 minutes', due_at = due_at - interval '40 minutes'
      where whistle_unit_id in (select id from whistle_units where whistle_id = ${id}) and stopped_at is null`);
    expect(await consultOverdue(db, clock())).toEqual({ consulting: 1 });
    for (const page of [clerk, watching]) await page.locator('#whistle-board', { hasText: '缺席' }).waitFor({ timeout: 15_000 });

    await clerk.locator('form[action$="/resolve"] textarea').waitFor({ state: 'attached', timeout: 15_000 });
    await clerk.click('details:has(form[action$="/resolve"]) summary');
    await clerk.fill('form[action$="/resolve"] textarea', '已抢修，恢复供热。');
    await clerk.click('form[action$="/resolve"] button[type=submit]');
    for (const unit of [housing, heating, works])
      for (const mark of ['timeliness', 'cooperation', 'result'])
        await clerk.selectOption(`select[name=${mark}_${unit.id}]`, unit === works ? '0' : '5');
    await clerk.click('form[action$="/rate"] button[type=submit]');
    await clerk.locator('main', { hasText: '评价已提交' }).waitFor();
    expect((await db('whistles').where({ id }).first())?.status).toBe('rated');
    expect(await clerk.locator('main').textContent()).toContain('校验通过');
  });

  test.each([
    [1440, 'zh'],
    [360, 'en'],
  ] as const)('list, form, whistle and scores are readable, at %i px in %s', async (width, lang) => {
    const screen = await openScreen();
    const id = await emergency(screen);
    const caller = await screen.as('quanshan_clerk', { width, lang });
    for (const path of ['/whistles', '/whistles/new', `/whistles/${id}`, '/whistles/scores']) {
      await caller.goto(screen.address + path);
      await expectReadable(caller);
    }
    await expectReadable(await screen.as('housing_clerk', { width, lang, at: `/whistles/${id}` }), 'called');
  });
});
