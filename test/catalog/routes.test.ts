import { describe, expect } from 'vitest';
import { createApp } from '../../src/app.ts';
import { daysOfYear } from '../../src/catalog/rules.ts';
import { signIn } from '../support/browser.ts';
import { makeStage } from '../support/make.ts';
import { add, inForce, offer } from '../support/rules.ts';
import { test } from '../support/world.ts';

describe('pages of the catalogue', () => {
  test('a category shows its limits and where each comes from; a dispatcher gives it one of its own', async ({ world }) => {
    const { units } = await makeStage(world);
    const browser = await signIn(createApp(world), 'dispatch');
    expect((await browser.get('/categories')).text).toContain('0208 路灯不亮');
    expect((await browser.get('/categories/0208')).text).toContain('5 个工作日 按“一般”');
    const action = '/categories/0208/edit';
    const unnamed = await (await browser.get(action)).send(action, { handle_value: 3, name_en: '' });
    expect([unnamed.status, unnamed.text]).toEqual([422, expect.stringContaining('英文名称 此项必填')]);
    const refused = await unnamed.send(action, { name_en: 'Street lamp out' });
    expect([refused.status, refused.text]).toEqual([422, expect.stringContaining('计时单位 此项必填')]);
    expect(refused.form(action).fields.get('handle_value')?.given).toEqual(['3']);
    const saved = await refused.send(action, { handle_unit: 'hours', lead_unit_id: units.heating.id });
    expect(saved.text).toContain('3 小时 本分类自定的时限');
    expect(saved.text).toContain('办理时限 无 → 3 小时');
  });

  test('who only reads sees no way to edit and finds none', async ({ world }) => {
    await makeStage(world);
    const browser = await signIn(createApp(world), 'huayuan_clerk');
    for (const path of [
      '/categories',
      '/categories/0208',
      '/categories/02',
      '/dispatch-rules',
      '/dispatch-rules/templates',
      '/calendar',
    ]) {
      const page = await browser.get(path);
      expect([
        path,
        page.status,
        /href="\/(categories|dispatch-rules|calendar|parameters)[^"]*\/(edit|new|load)/.test(page.html),
      ]).toEqual([path, 200, false]);
    }
    for (const path of [
      '/categories/0208/edit',
      '/categories/new',
      '/dispatch-rules/new',
      '/dispatch-rules/templates/new',
      '/calendar/load',
      '/parameters',
      '/parameters/limit.review/edit',
    ]) {
      expect([path, (await browser.raw(path)).status]).toEqual([path, 404]);
      if (path !== '/parameters') expect([path, (await browser.post(path, {})).status]).toEqual([path, 404]);
    }
    for (const path of [
      '/categories/x',
      '/categories/9999',
      '/categories/020',
      '/dispatch-rules/1/edit',
      '/dispatch-rules/new?rule=1',
    ])
      expect((await browser.raw(path)).status, path).toBe(404);
  });

  test('the explaining box says who is suggested for a category at a place, and why', async ({ world }) => {
    const stage = await makeStage(world);
    const { units } = stage;
    const browser = await signIn(createApp(world), 'dispatch');
    await inForce(stage, [{ unit: 'heating', area: 'quanshan' }]);
    const explained = await browser.get(`/dispatch-rules?for=0208&place=unit:${units.grid1.id}&place_text=花园社区第1网格`);
    expect(explained.text).toMatch(
      /主办 市热力有限公司 派单目录 · 派单目录第 \d+ 条 主办 市市政公用事业服务中心 分类主责 主办 泉山街道 属地/,
    );
    expect((await browser.get('/dispatch-rules?for=0208&place_text=花园')).text).toContain('请从列出的选项中选择');
    expect((await browser.get('/dispatch-rules?for=0208&place_text=科技园')).text).toContain('主办 辛庄镇 属地');
    expect((await browser.get('/dispatch-rules?for=0208&place=building:9&place_text=zzz')).text).toContain('没有找到');
  });

  test('a change is proposed, simulated, handed over and activated by a second person, each on his own page', async ({
    world,
    clock,
  }) => {
    const stage = await makeStage(world);
    await inForce(stage, [{ unit: 'works' }]);
    clock.set('2026-10-20T10:00:00+08:00');
    const number = await stage.dispatched({ category_code: '0208' });
    clock.set('2026-11-23T10:00:00+08:00');
    const app = createApp(world);
    const mine = await signIn(app, 'dispatch');
    const rule = (await world.db('dispatch_rules').first())!;
    const from = `/dispatch-rules/new?rule=${rule.id}`;
    expect((await mine.get('/dispatch-rules')).html).toContain(`href="${from}"`);
    const form = await mine.get(from);
    const refused = await form.send(from, { unit_id: '', unit_id_text: '热力', reason: '' });
    expect([refused.status, refused.text]).toEqual([422, expect.stringContaining('理由 此项必填')]);
    const draft = await refused.send(from, { unit_id: '', unit_id_text: '热力', reason: '供热管网移交' });
    expect(draft.text).toContain('已加入变更草稿');
    expect(draft.text).toMatch(/0208 路灯不亮 招远市 市热力有限公司 主办 代替 市市政公用事业服务中心 供热管网移交/);
    expect(draft.text).toContain('2026年10月分派的这几类诉求共 1 件，按变更后的目录，1 件会改由别的单位主办');
    expect(draft.html).toContain(`href="/appeals/${number}"`);
    expect((await mine.get(`${draft.path}?month=2026-09`)).text).toContain('2026年9月分派的这几类诉求共 0 件，主办单位都不变');
    const set = draft.path;
    const early = await draft.send(`${set}/offer`, { reason: '供热管网移交', valid_from: '2026-11-22' });
    expect([early.status, early.text]).toEqual([422, expect.stringContaining('从哪天起 不能早于当前时间')]);
    const offered = await early.send(`${set}/offer`, { valid_from: '2026-12-01' });
    expect(offered.text).toContain('待启用');
    expect(offered.html).not.toMatch(/\/(activate|reject|offer|remove)/);
    const waits = async (who: 'dispatch' | 'dispatch2' | 'housing_clerk') =>
      (await (await signIn(app, who)).get('/dispatch-rules')).text.includes('目录变更 1');
    expect([await waits('dispatch'), await waits('dispatch2'), await waits('housing_clerk')]).toEqual([false, true, false]);
    const theirs = await (await signIn(app, 'supervision')).get(set);
    const unsaid = await theirs.send(`${set}/reject`, { ruling: '' });
    expect([unsaid.status, unsaid.text]).toEqual([422, expect.stringContaining('否决理由 此项必填')]);
    const activated = await theirs.send(`${set}/activate`);
    expect(activated.text).toMatch(/已启用.*因此停用的规则 0208 路灯不亮 · 招远市 → 市市政公用事业服务中心/);
    expect((await mine.get('/dispatch-rules/changes')).text).toMatch(/目录变更第 \d+ 号 供热管网移交 1 条 2026-12-01/);
  });

  test('the end of a rule is proposed from its form, for a reason', async ({ world }) => {
    const stage = await makeStage(world);
    await inForce(stage, [{ unit: 'heating' }]);
    const mine = await signIn(createApp(world), 'dispatch');
    const rule = (await world.db('dispatch_rules').first())!;
    const form = await mine.get(`/dispatch-rules/new?rule=${rule.id}`);
    const refused = await form.send(`/dispatch-rules/${rule.id}/end`, { reason: '' });
    expect([refused.status, refused.text]).toEqual([422, expect.stringContaining('理由 此项必填')]);
    const draft = await refused.send(`/dispatch-rules/${rule.id}/end`, { reason: '职责已移交' });
    expect(draft.text).toMatch(/停用 0208 路灯不亮 招远市 市热力有限公司 主办 职责已移交/);
  });

  test('a draft and the simulator are for those who propose and activate; what was handed over is for all who read the catalogue', async ({
    world,
  }) => {
    const stage = await makeStage(world);
    const id = await add(stage, { unit: 'heating' });
    const app = createApp(world);
    const clerk = await signIn(app, 'housing_clerk');
    const page = `/dispatch-rules/changes/${id}`;
    expect((await clerk.raw(page)).status).toBe(404);
    expect((await clerk.get('/dispatch-rules/changes')).text).toContain('还没有变更');
    await offer(stage, id);
    const seen = await clerk.get(page);
    expect([seen.status, seen.text.includes('试算'), /<form[^>]*changes/.test(seen.html)]).toEqual([200, false, false]);
    for (const act of ['offer', 'reject', 'activate', 'drop', 'take-back', 'remove/1'])
      expect([act, (await clerk.post(`${page}/${act}`, {})).status]).toEqual([act, 404]);
    expect((await (await signIn(app, 'sys')).get(page)).text).not.toContain('试算');
    expect((await (await signIn(app, 'supervision')).get(page)).text).toContain('试算');
    for (const path of ['/dispatch-rules/changes/999999', '/dispatch-rules/changes/x'])
      expect((await clerk.raw(path)).status).toBe(404);
  });

  test('the list of the simulator turns page by page, and shows one way alone', async ({ world, clock }) => {
    const stage = await makeStage(world);
    clock.set('2026-10-20T10:00:00+08:00');
    const number = await stage.dispatched({ category_code: '0208' });
    const row = { ...(await stage.appeal(number)) } as Record<string, unknown>;
    for (const own of ['id', 'search']) delete row[own];
    await world
      .db('appeals')
      .insert(Array.from({ length: 30 }, (_, i) => ({ ...row, number: `20261020-9${String(i).padStart(3, '0')}` })) as never);
    clock.set('2026-11-23T10:00:00+08:00');
    const set = `/dispatch-rules/changes/${await add(stage, { unit: 'heating' })}`;
    const browser = await signIn(createApp(world), 'dispatch');
    const first = await browser.get(set);
    const numbers = (html: string) => [...html.matchAll(/href="\/appeals\/([\d-]+)"/g)].map(([, found]) => found!);
    const next = /href="([^"]*before=\d+)"/.exec(first.html)![1]!.replaceAll('&amp;', '&');
    const second = await browser.get(next);
    expect([numbers(first.html).length, numbers(second.html).length]).toEqual([20, 11]);
    expect(new Set([...numbers(first.html), ...numbers(second.html)]).size).toBe(31);
    const { works, heating } = stage.units;
    expect(numbers((await browser.get(`${set}?from=${works.id}&to=${heating.id}`)).html)).toHaveLength(20);
  });

  test('instruction templates are kept beside it', async ({ world }) => {
    await makeStage(world);
    const browser = await signIn(createApp(world), 'dispatch');
    const empty = await browser.get('/dispatch-rules/templates');
    expect(empty.text).toContain('还没有指令模板');
    const form = await browser.get('/dispatch-rules/templates/new');
    expect((await form.send('/dispatch-rules/templates/new', { body: '' })).status).toBe(422);
    const list = await form.send('/dispatch-rules/templates/new', { body: '请核实处理。', category_code: '0208' });
    expect(list.text).toContain('请核实处理。 0208 路灯不亮');
    const template = (await world.db('instruction_templates').first())!;
    const action = `/dispatch-rules/templates/${template.id}/edit`;
    expect((await (await browser.get(action)).send(action, { ended: true })).text).toContain('已停用');
  });

  test('the calendar warns before its last year ends and when deadlines run past it', async ({ world, db, clock }) => {
    const stage = await makeStage(world);
    await db('calendar_days').insert(daysOfYear(2026).map((day) => ({ ...day, name: '' })));
    clock.set('2026-10-20T10:00:00+08:00');
    expect((await (await signIn(createApp(world), 'dispatch')).get('/calendar')).text).not.toContain('还剩');
    clock.set('2026-12-28T10:00:00+08:00');
    await stage.dispatched();
    const { text } = await (await signIn(createApp(world), 'dispatch')).get('/calendar');
    expect(text).toContain('日历只载入到 2026 年底，还剩 3 天');
    expect(text).toMatch(/已有 \d+ 个在走的时限到期日超出日历/);
    clock.set('2027-01-02T10:00:00+08:00');
    expect((await (await signIn(createApp(world), 'dispatch')).get('/calendar?year=2026')).text).toContain('已经用完');
  });

  test('the administrator changes a day and loads a year; a broken line is named', async ({ world, db }) => {
    await makeStage(world);
    await db('calendar_days').insert(daysOfYear(2026).map((day) => ({ ...day, name: '' })));
    const browser = await signIn(createApp(world), 'sys');
    const day = await browser.get('/calendar/2026-12-01');
    expect((await day.send('/calendar/2026-12-01', { working: '0', name: '停电检修' })).text).toContain('日历已修改并生成新版本');
    expect((await browser.get('/calendar')).text).toContain('停电检修');
    for (const path of ['/calendar/2026-13-01', '/calendar/2026-02-30', '/calendar/2031-01-01', '/calendar/x'])
      expect((await browser.raw(path)).status, path).toBe(404);
    const form = await browser.get('/calendar/load');
    const refused = await form.send('/calendar/load', { days: '2027-01-01 休 元旦\n2027-01-xx 休' });
    expect([refused.status, refused.text]).toEqual([422, expect.stringContaining('第 2 行无法识别')]);
    expect(refused.form('/calendar/load').fields.get('days')?.given[0]).toContain('2027-01-xx');
    const loaded = await refused.send('/calendar/load', { days: '2027-01-01 休 元旦' });
    expect(loaded.text).toContain('2027 年已载入');
    expect(loaded.text).toContain('元旦');
  });

  test('parameters show their default and unit, are proposed by the administrator alone and confirmed by another', async ({
    world,
  }) => {
    await makeStage(world);
    const app = createApp(world);
    const reader = await signIn(app, 'supervision');
    expect((await reader.get('/parameters')).text).toContain('复核时限 登记后多久必须复核。 30 分钟');
    expect((await reader.raw('/parameters/limit.review/edit')).status).toBe(404);
    const browser = await signIn(app, 'sys');
    const action = '/parameters/limit.review/edit';
    const refused = await (await browser.get(action)).send(action, { value: 3000, unit: 'hours', reason: '试' });
    expect([refused.status, refused.text]).toEqual([422, expect.stringContaining('不能大于 2160')]);
    const proposed = await refused.send(action, { value: 2 });
    expect(proposed.text).toContain('待确认');
    expect((await browser.get('/parameters')).text).toContain('30 分钟 2 小时');
    const confirming = await signIn(app, 'sec');
    const confirm = async (page: { html: string }) => {
      const [, change] = /action="(\/parameters\/changes\/\d+)\/withdraw"/.exec(page.html)!;
      await (await confirming.get(change!)).send(`${change}/confirm`);
    };
    await confirm(proposed);
    expect((await browser.get('/parameters')).text).toContain('2 小时 已改 30 分钟');
    await confirm(await (await browser.get(action)).send('/parameters/limit.review/reset', { reason: '恢复' }));
    expect((await browser.get('/parameters')).text).not.toContain('已改');
    expect(
      (await (await browser.get('/parameters/callback.attempts/edit')).send('/parameters/callback.attempts/edit', { value: 0 }))
        .text,
    ).toContain('不能小于 1');
    expect(
      (await (await browser.get('/parameters/city.hotline/edit')).send('/parameters/city.hotline/edit', { value: '<b>' })).status,
    ).toBe(422);
    const seasons = '/parameters/calendar.seasons/edit';
    expect((await (await browser.get(seasons)).send(seasons, { value: '06-01 08:30', reason: '试' })).status).toBe(422);
    expect(
      (await (await browser.get(seasons)).send(seasons, { value: '01-01 09:00-12:00 14:00-17:00', reason: '试' })).text,
    ).toContain('01-01 09:00-12:00 14:00-17:00');
    for (const path of ['/parameters/calendar.version/edit', '/parameters/nope/edit', '/parameters/toString/edit'])
      expect((await browser.raw(path)).status, path).toBe(404);
  });
});
