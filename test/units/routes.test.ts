import { describe, expect } from 'vitest';
import { createApp } from '../../src/app.ts';
import { browse, signIn } from '../support/browser.ts';
import { makeStage } from '../support/make.ts';
import { test } from '../support/world.ts';

describe('pages of units', () => {
  test('everybody who works sees the tree, a search and a unit; nobody without an account does', async ({ world }) => {
    const stage = await makeStage(world);
    const app = createApp(world);
    for (const who of ['dispatch', 'huayuan_clerk', 'member1', 'housing_clerk', 'sys']) {
      const browser = await signIn(app, who);
      const tree = await browser.get('/units');
      expect(tree.text, who).toContain('花园社区第1网格');
      expect((await browser.get('/units?view=departments')).text).toContain('市热力有限公司');
      expect((await browser.get('/units?q=花园')).text).toContain('花园市场专属网格');
      const unit = await browser.get(`/units/${stage.units.quanshan.id}`);
      expect([unit.status, unit.text]).toEqual([200, expect.stringContaining('quanshan_leader')]);
      expect(unit.html.includes('/edit"')).toBe(who === 'sys');
    }
    expect((await browse(app).raw('/units')).headers['location']).toBe('/sign-in?next=%2Funits');
    for (const who of ['sec', 'audit']) expect((await (await signIn(app, who)).raw('/units')).status, who).toBe(404);
  });

  test('what is unknown or malformed is not found', async ({ world }) => {
    await makeStage(world);
    const browser = await signIn(createApp(world), 'sys');
    for (const path of [
      '/units/0',
      '/units/abc',
      '/units/99999999',
      '/units/1%27',
      '/units/new',
      '/units/new?parent_id=1&kind=moon',
    ]) {
      expect((await browser.raw(path)).status, path).toBe(404);
    }
    expect((await browser.raw('/units?kind=moon&q=%00&after=x')).status).toBe(200);
  });

  test('the administrator adds a community and is told what is missing', async ({ world }) => {
    const { units } = await makeStage(world);
    const browser = await signIn(createApp(world), 'sys');
    const action = `/units/new?parent_id=${units.quanshan.id}&kind=community`;
    const form = await browser.get(action);
    const refused = await form.send(action, { name_zh: '新社区', name_en: '', short_zh: '新', code: 'a b' });
    expect([refused.status, refused.text]).toEqual([422, expect.stringContaining('此项必填')]);
    expect(refused.form(action).fields.get('name_zh')?.given).toEqual(['新社区']);
    const made = await refused.send(action, { name_en: 'New Community', code: 'new-1' });
    expect([made.status, made.text]).toEqual([200, expect.stringContaining('已新增：新社区')]);
    expect(made.text).toContain('新增了单位');
  });

  test('a form opened before somebody else saved comes back with what was typed, and may be saved again', async ({ world }) => {
    const { units } = await makeStage(world);
    const app = createApp(world);
    const browser = await signIn(app, 'sys');
    const action = `/units/${units.housing.id}/edit`;
    const mine = await browser.get(action);
    await (await browser.get(action)).send(action, { short_zh: '住建' });
    const refused = await mine.send(action, { short_zh: '住建局', name_en: '' });
    expect(refused.status).toBe(422);
    const told = await refused.send(action, { name_en: 'Housing' });
    expect([told.status, told.text]).toEqual([409, expect.stringContaining('他人修改了这项内容')]);
    expect(told.form(action).fields.get('short_zh')?.given).toEqual(['住建局']);
    expect((await told.send(action)).text).toContain('住建局');
  });

  test('ending says why not, then who takes over; and it can be taken back', async ({ world }) => {
    const stage = await makeStage(world);
    await stage.dispatched();
    const { housing, works } = stage.units;
    const browser = await signIn(createApp(world), 'sys');
    const busy = await (await browser.get(`/units/${housing.id}/end`)).send(`/units/${housing.id}/end`);
    expect([busy.status, busy.text]).toEqual([422, expect.stringContaining('还有 1 件在办工单')]);
    const action = `/units/${works.id}/end`;
    const unclear = await (await browser.get(action)).send(action, { successor_id_text: '市' });
    expect([unclear.status, unclear.text]).toEqual([422, expect.stringContaining('请从列出的选项中选择')]);
    const ended = await unclear.send(action, { successor_id_text: '市', successor_id: housing.id, valid_to: '2026-11-20' });
    expect(ended.text).toContain('由市住房和城乡建设局承接');
    expect((await browser.get('/units?ended=1')).text).toContain('市市政公用事业服务中心');
    const resumed = await ended.send(`/units/${works.id}/resume`);
    expect(resumed.text).toContain('已恢复启用');
  });

  test('a town clerk cannot keep units', async ({ world }) => {
    const { units } = await makeStage(world);
    const browser = await signIn(createApp(world), 'quanshan_clerk');
    for (const path of [`/units/${units.huayuan.id}/edit`, `/units/${units.huayuan.id}/end`]) {
      expect((await browser.raw(path)).status, path).toBe(404);
      expect((await browser.post(path, { name_zh: 'x' })).status, path).toBe(404);
    }
  });

  test('the search fields answer in JSON whoever is signed in', async ({ world }) => {
    const { units } = await makeStage(world);
    const app = createApp(world);
    const browser = await signIn(app, 'member1');
    expect((await browser.raw('/places?q=花园社区')).body[0]).toEqual({
      value: `unit:${units.huayuan.id}`,
      label: '花园社区',
      note: '泉山街道',
    });
    expect((await browser.raw('/units.json?q=市&kind=department,town')).body).toHaveLength(3);
    expect((await browser.raw(`/units.json?q=花园&kind=grid&under=${units.jincheng.id}`)).body).toEqual([]);
    expect((await browser.raw('/places')).body).toEqual([]);
    expect((await browse(app).raw('/places?q=h')).status).toBe(303);
  });
});
