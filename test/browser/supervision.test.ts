import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { addDays, dayOf } from '../../src/core/clock.ts';
import { noteMeeting, notePromise, track } from '../../src/supervision/actions/tracking.ts';
import { openScreen, type Screen, without_chromium } from '../support/chromium.ts';
import { expectReadable } from '../support/readable.ts';

/** Fills a form of the page, in whatever fold it lies, and sends it. */
async function send(page: Page, action: string, fields: Record<string, string>): Promise<void> {
  const form = page.locator(`form[action$="${action}"]`);
  await form.evaluate((one: HTMLElement) => {
    for (let fold = one.closest('details'); fold; fold = fold.parentElement?.closest('details') ?? null) fold.open = true;
  });
  for (const [name, text] of Object.entries(fields)) await form.locator(`[name="${name}"]`).fill(text);
  await form.locator('button[type=submit]').last().click();
}

/** Of one case everything that the pages tell: an order that is listed and replied to, a promise, a note of a meeting; of another what is open. */
async function supervised({ stage }: Screen): Promise<{ order: string; item: number }> {
  const { db, clock } = stage.world;
  await stage.dispatched({ phone: '10000000002' });
  const number = await stage.dispatched();
  await stage.order('supervision', number, 'urge', { remark: '请抓紧' });
  await stage.order('supervision', number, 'supervise', { demand: '说明迟延的原因，三日内书面回复。' });
  const doing = stage.doing('supervision') as Parameters<typeof notePromise>[1];
  await track(db, doing, number, '群众反映强烈');
  const { id } = (await db('key_tracking_items').first())!;
  const promise = {
    unit_id: stage.units.housing.id,
    promise: '三日内修复',
    promised_by: '王局',
    due_on: addDays(dayOf(clock()), 3),
  };
  await notePromise(db, doing, id, promise);
  await noteMeeting(db, doing, id, { met_on: dayOf(clock()), note: '会上逐项过了' });
  return { order: (await db('supervision_orders').first())!.number, item: id };
}

describe.skipIf(without_chromium)('supervision in a real browser', { timeout: 240_000 }, () => {
  test('an order is issued on the case, replied to on a phone, listed, tracked with a promise, and struck off when it is done', async () => {
    const { as, stage, address } = await openScreen();
    const { clock } = stage.world;
    const number = await stage.dispatched();
    await stage.order('housing_clerk', number, 'acknowledge', {});
    const officer = await as('supervision', { at: `/appeals/${number}` });
    await send(officer, '/urge', { remark: '请抓紧' });
    await officer.locator('main', { hasText: '已催办 1 次' }).waitFor();
    await send(officer, '/supervise', { demand: '说明迟延的原因，三日内书面回复。' });
    const issued = officer.locator('a[href^="/supervision/DB-"]').first();
    await issued.waitFor();
    const here = address + (await issued.getAttribute('href'));

    const clerk = await as('housing_clerk', { width: 360 });
    await clerk.goto(here);
    await send(clerk, '/reply_supervision', { reply: '太短' });
    await clerk.locator('.field__error').first().waitFor();
    expect(await clerk.locator('[name=reply]').inputValue()).toBe('太短');
    await send(clerk, '/reply_supervision', { reply: '配件已到，三个工作日内完成修复。' });
    await clerk.locator('main', { hasText: '配件已到' }).waitFor();

    await officer.goto(here);
    await officer.locator('main', { hasText: '配件已到' }).waitFor();
    await send(officer, '/list_supervision', { reason: '久拖不决' });
    await officer.locator('main', { hasText: '久拖不决' }).waitFor();
    await officer.goto(`${address}/supervision?list=listed`);
    await officer.locator('main', { hasText: number }).waitFor();

    await officer.goto(`${address}/key-tracking`);
    await officer.locator('tr', { hasText: number }).locator('a').click();
    await officer.locator('form[action$="/promise"]').waitFor({ state: 'attached' });
    await officer.locator('summary', { hasText: '登记承诺' }).click();
    await officer.fill('form[action$="/promise"] [role=combobox]', '住房');
    await officer.locator('[role=option]').first().click();
    const day = addDays(dayOf(clock()), 3);
    await send(officer, '/promise', { promise: '三日内修复', promised_by: '王局', due_on: day });
    await officer.locator('main', { hasText: '三日内修复' }).waitFor();

    await officer.goto(`${address}/outstanding?unit=${stage.units.housing.id}`);
    await officer.locator('main', { hasText: number }).waitFor();
    await stage.order('housing_clerk', number, 'submit', { result: '已维修', outcome: 'solved' });
    await stage.order('housing_leader', number, 'approve', {});
    await officer.reload();
    expect(await officer.locator('main').textContent()).not.toContain(number);
  });

  test.each([
    [1440, 'zh'],
    [360, 'en'],
  ] as const)('orders, ledger, meeting list and what is outstanding are readable, at %i px in %s', async (width, lang) => {
    const screen = await openScreen();
    const { order, item } = await supervised(screen);
    const officer = await screen.as('supervision', { width, lang });
    for (const path of [
      '/supervision',
      `/supervision/${order}`,
      '/key-tracking',
      `/key-tracking/${item}`,
      '/key-tracking/new',
      '/key-tracking/meeting',
      '/outstanding',
      '/cards',
    ]) {
      await officer.goto(screen.address + path);
      await expectReadable(officer);
    }
    await expectReadable(await screen.as('housing_clerk', { width, lang, at: `/supervision/${order}` }), 'addressed');
  });
});
