import { describe, expect, test } from 'vitest';
import { openScreen, without_chromium } from '../support/chromium.ts';

describe.skipIf(without_chromium)('pages that stay open', { timeout: 240_000 }, () => {
  test('a new appeal appears on the dispatcher’s screen by itself, and what is being typed there stays', async () => {
    const { as, stage, address } = await openScreen();
    const first = await stage.register('hotline', { content: '小区后门路灯不亮，晚上看不清路。' });
    await stage.act('review', first, 'accept', { kind: 'help', category_code: '0304', priority: 'general' });
    const desk = await as('dispatch');
    await desk.goto(`${address}/desks/dispatch`);
    const instruction = desk.locator('#preview textarea[name="instruction"]');
    await instruction.fill('请先到现场看一看');
    await desk.waitForTimeout(500);

    const second = await stage.register('hotline', { content: '楼道堆放杂物堵住消防通道。' });
    await stage.act('review', second, 'accept', { kind: 'help', category_code: '0304', priority: 'urgent' });
    await desk.locator('#queue-list', { hasText: second }).waitFor({ timeout: 15_000 });
    expect(await instruction.inputValue()).toBe('请先到现场看一看');
    expect(await desk.locator('.nav [data-count="dispatch"]').textContent()).toBe('2');
    expect(await desk.locator('[data-row][aria-selected="true"]').count()).toBe(1);

    await stage.act('dispatch2', second, 'dispatch', { lead_unit_id: stage.units.works.id, instruction: '请处理' });
    await desk.locator('#queue-list', { hasText: second }).waitFor({ state: 'detached', timeout: 15_000 });
    expect(await instruction.inputValue()).toBe('请先到现场看一看');
  });

  test('an open case shows what others did; with something typed it only says so', async () => {
    const { as, stage, address } = await openScreen();
    const number = await stage.dispatched();
    const clerk = await as('housing_clerk');
    await clerk.goto(`${address}/appeals/${number}`);
    await clerk.waitForTimeout(500);
    await stage.order('housing_leader', number, 'acknowledge', {});
    await clerk.locator('main', { hasText: '签收' }).waitFor();
    await clerk.locator('form[action$="/submit"] textarea[name="result"]').waitFor({ state: 'attached', timeout: 15_000 });

    const result = clerk.locator('form[action$="/submit"] textarea[name="result"]');
    await result.fill('已更换灯具');
    await stage.order('housing_leader', number, 'progress', { progress: '已到现场' });
    await clerk.locator('#news').waitFor({ state: 'visible', timeout: 15_000 });
    expect(await result.inputValue()).toBe('已更换灯具');
    await clerk.locator('[data-news]').click();
    await clerk.locator('main', { hasText: '已到现场' }).waitFor({ timeout: 15_000 });
  });
});
