import { describe, expect } from 'vitest';
import { createApp } from '../../src/app.ts';
import { signIn } from '../support/browser.ts';
import { makeStage } from '../support/make.ts';
import { test } from '../support/world.ts';

describe('pages of grids and buildings', () => {
  test('a community clerk corrects a grid; a warning says what is unusual', async ({ world }) => {
    const { units } = await makeStage(world);
    const browser = await signIn(createApp(world), 'huayuan_clerk');
    expect((await browser.get('/grids')).text).toContain('花园市场专属网格');
    const action = `/grids/${units.grid1.id}/edit`;
    const refused = await (await browser.get(action)).send(action, { households: '三百', area_hectares: '1.234' });
    expect([refused.status, refused.text]).toEqual([422, expect.stringContaining('请填写整数')]);
    expect(refused.form(action).fields.get('households')?.given).toEqual(['三百']);
    const saved = await refused.send(action, { households: 512, area_hectares: '12.5', help_point: '一楼大厅' });
    expect(saved.text).toContain('现有 512 户，超出通常的 300–400 户');
    expect(saved.text).toContain('户数 350 → 512');
    expect((await browser.get('/grids?check=households')).text).toContain('花园社区第1网格');
  });

  test('a building is added, found by its initials, moved, and ended', async ({ world, clock }) => {
    const { units } = await makeStage(world);
    const browser = await signIn(createApp(world), 'huayuan_clerk');
    const form = await browser.get(`/buildings/new?grid_id=${units.grid1.id}`);
    const made = await form.send('/buildings/new', {
      estate: '新园',
      name: '1号楼',
      address: '泉山路8号',
      code: 'N1',
      storeys: 6,
      households: 40,
    });
    expect(made.text).toContain('已新增：新园1号楼');
    expect((await browser.get('/buildings?q=xy1')).text).toContain('新园1号楼');
    const action = `${made.path}/edit`;
    expect((await browser.get(action)).form(action).fields.get('grid_id')?.values).toEqual([
      '',
      String(units.grid1.id),
      String(units.grid2.id),
    ]);
    const moved = await (await browser.get(action)).send(action, { grid_id: units.grid2.id });
    expect(moved.text).toContain('已划入花园社区第2网格');
    const wrong = await (await browser.get(action)).send(action, { valid_to: '2020-01-01' });
    expect([wrong.status, wrong.text]).toEqual([422, expect.stringContaining('不能早于开始时间')]);
    await wrong.send(action, { valid_to: '2026-11-23' });
    clock.set('2026-11-24T09:00:00+08:00');
    const later = await signIn(createApp(world), 'huayuan_clerk');
    expect((await later.get('/buildings?q=xy1')).text).toContain('没有符合条件的楼栋');
    expect((await later.get('/buildings?q=xy1&ended=1')).text).toContain('新园1号楼');
  });

  test('another community may look and not touch', async ({ world, db }) => {
    const { units } = await makeStage(world);
    const browser = await signIn(createApp(world), 'jincheng_clerk');
    const building = (await db('buildings').where({ code: 'B1' }).first())!;
    for (const path of [`/grids/${units.grid1.id}`, `/buildings/${building.id}`]) {
      const page = await browser.get(path);
      expect([page.status, page.html.includes(`${path}/edit`)]).toEqual([200, false]);
      expect((await browser.raw(`${path}/edit`)).status).toBe(403);
      expect((await browser.post(`${path}/edit`, { households: '1' })).status).toBe(403);
    }
    expect((await (await signIn(createApp(world), 'dispatch')).raw(`/grids/${units.grid1.id}/edit`)).status).toBe(404);
    for (const path of ['/grids/0', `/grids/${units.huayuan.id}`, '/buildings/x', '/buildings/999999'])
      expect((await browser.raw(path)).status, path).toBe(404);
  });

  test('a long list is turned page by page, forth and back', async ({ world, db }) => {
    const { units } = await makeStage(world);
    const rows = Array.from({ length: 120 }, (_, i) => ({
      grid_id: units.grid1.id,
      code: `P${String(i).padStart(3, '0')}`,
      estate: '长园',
      name: `${i}号楼`,
      address: '长园',
      storeys: 6,
      households: 1,
      search: 'changyuan',
      valid_from: '2020-01-01',
    }));
    await db('buildings').insert(rows as never[]);
    const browser = await signIn(createApp(world), 'huayuan_clerk');
    const pages = [await browser.get('/buildings?q=changyuan')];
    for (let i = 0; i < 2; i++) pages.push(await pages.at(-1)!.follow('下一页'));
    expect(pages.map(({ text }) => [...text.matchAll(/长园(\d+)号楼/g)].length)).toEqual([50, 50, 20]);
    expect(pages[2]!.text).not.toContain('下一页');
    const back = await pages[2]!.follow('上一页');
    expect(back.text.match(/P\d{3}/)?.[0]).toBe('P050');
    expect((await back.follow('上一页')).text).not.toContain('上一页');
  });
});
