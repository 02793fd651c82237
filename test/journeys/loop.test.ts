import { expect } from 'vitest';
import { createApp } from '../../src/app.ts';
import { seats } from '../support/browser.ts';
import type { PersonName } from '../support/cast.ts';
import { makeStage } from '../support/make.ts';
import { test } from '../support/world.ts';

async function city(world: Parameters<typeof makeStage>[0]) {
  const stage = await makeStage(world);
  return { ...stage, as: seats(createApp(world)) };
}

test('a phone call goes through review, dispatch, department, approval and callback to its close, each by its own account', async ({
  world,
  clock,
}) => {
  clock.set('2026-11-23T10:00:00+08:00');
  const { as, units, appeal, orders } = await city(world);
  const building = await world.db('buildings').first();

  const form = await (await as('hotline')).get('/appeals/new');
  const registered = await form.send('/appeals', {
    phone: '100 0000 0001',
    name: '王小明',
    content: '楼道墙皮脱落，下雨就渗水，希望尽快维修。',
    place: `building:${building!.id}`,
    kind: 'help',
    category_code: '0304',
    priority: 'general',
  });
  const number = /\d{8}-\d{4}/.exec(registered.text)![0];
  expect(registered.text).toContain(`已登记，编号 ${number}`);

  const review = await (await as('review')).get('/desks/review');
  expect(review.text).toContain('楼道墙皮脱落');
  expect(review.text).toContain('100****0001');
  expect(review.text).not.toContain('10000000001');
  await review.send(`/appeals/${number}/accept`, { kind: 'help', category_code: '0304', priority: 'general' });

  const desk = await (await as('dispatch')).get('/desks/dispatch');
  const after = await desk.send(`/appeals/${number}/dispatch`, { lead_unit_id: units.housing.id, instruction: '请尽快核实维修' });
  expect(after.path).toContain('/desks/dispatch');
  const order = (await orders(number))[0]!;

  clock.set('2026-11-23T10:20:00+08:00');
  await (await (await as('housing_clerk')).get('/desks/handling')).send(`/appeals/${number}/orders/${order.id}/acknowledge`);
  await (await (await as('housing_clerk')).get(`/appeals/${number}`)).send(`/appeals/${number}/orders/${order.id}/contact`, {
    how: 'phone',
    result_of_contact: '已联系，约定明日上门',
  });
  await (await (await as('housing_clerk')).get(`/appeals/${number}`)).send(`/appeals/${number}/orders/${order.id}/progress`, {
    progress: '已安排施工队',
  });
  const submitted = await (await (await as('housing_clerk')).get(`/appeals/${number}`)).send(
    `/appeals/${number}/orders/${order.id}/submit`,
    { result: '已铲除旧墙皮并重新防水粉刷', outcome: 'solved' },
  );
  expect(submitted.text).toContain('已办结待审');

  await (await (await as('housing_leader')).get('/desks/approval')).send(`/appeals/${number}/orders/${order.id}/approve`);
  clock.set('2026-11-24T10:00:00+08:00');
  const calls = await (await as('callback')).get('/desks/callback');
  expect(calls.text).toContain('已铲除旧墙皮');
  await calls.send(`/appeals/${number}/close`, { level: 'satisfied', contacted: 'yes', solved: 'yes' });
  expect(await appeal(number)).toMatchObject({ status: 'closed', level: 'satisfied' });
  const page = await (await as('leader')).get(`/appeals/${number}`);
  for (const said of ['结案', '校验通过', '满意', '已联系，约定明日上门']) expect(page.text).toContain(said);
});

test('what a grid finds climbs to its community, its town and the city, and is handled there', async ({ world }) => {
  const { as, units, appeal, orders } = await city(world);
  const form = await (await as('member1')).get('/appeals/new');
  const page = await form.send('/appeals', {
    content: '小区后门路灯不亮，晚上看不见路，老人容易摔倒。',
    kind: 'help',
    category_code: '0208',
    channel: 'app_snapshot',
  });
  const number = /\d{8}-\d{4}/.exec(page.path)![0];
  const climb = async (who: PersonName) => {
    const id = (await orders(number)).at(-1)!.id;
    await (await (await as(who)).get('/desks/handling')).send(`/appeals/${number}/orders/${id}/escalate`, {
      tried: '现场查看，灯杆线路烧毁',
      needed: '需要专业维修',
    });
  };
  await climb('member1');
  await climb('huayuan_clerk');
  await climb('quanshan_clerk');
  expect((await appeal(number)).status).toBe('pending_review');
  await (await (await as('review')).get('/desks/review')).send(`/appeals/${number}/accept`, {
    kind: 'help',
    category_code: '0208',
    priority: 'general',
  });
  await (await (await as('dispatch')).get('/desks/dispatch')).send(`/appeals/${number}/dispatch`, {
    lead_unit_id: units.works.id,
    instruction: '请维修',
  });
  const shown = await (await as('member1')).get(`/appeals/${number}`);
  for (const said of ['民呼社应', '社呼街应', '街呼市应', '市市政公用事业服务中心']) expect(shown.text).toContain(said);
});

test('what was typed stays when a field is wrong, and the sentence stands at the field', async ({ world }) => {
  const { as } = await city(world);
  const form = await (await as('hotline')).get('/appeals/new');
  const page = await form.send('/appeals', { phone: 'abc', content: '路灯不亮已经三天了', place: '' });
  expect(page.status).toBe(422);
  expect(page.html).toContain('路灯不亮已经三天了');
  expect(page.html).toContain('aria-invalid="true"');
  expect(await world.db('appeals').count({ n: '*' })).toEqual([{ n: 0 }]);
});

test('of two people who act on one case, the second is told what happened and keeps what he typed', async ({ world }) => {
  const stage = await city(world);
  const number = await stage.register('hotline');
  const one = await (await stage.as('review')).get('/desks/review');
  await stage.act('review', number, 'decline', { decline_reason: 'beyond_duties', other_way: '请向物业公司提出' });
  const late = await one.send(`/appeals/${number}/request_details`, { question: '请问具体是哪一栋楼的几单元？' });
  expect(late.status).toBe(409);
  for (const said of ['不予受理', '请问具体是哪一栋楼的几单元？']) expect(late.text).toContain(said);
});

test('a form that is sent twice has one effect', async ({ world }) => {
  const stage = await city(world);
  const form = await (await stage.as('hotline')).get('/appeals/new');
  const given = { content: '垃圾桶旁边的污水流了一地', place: `unit:${stage.units.grid1.id}`, category_code: '0208' };
  await form.send('/appeals', given);
  await form.send('/appeals', given);
  expect(await world.db('appeals').count({ n: '*' })).toEqual([{ n: 1 }]);
});

test('a case of another town is not found, and neither is a malformed number', async ({ world }) => {
  const stage = await city(world);
  const number = await stage.register('hotline');
  for (const path of [`/appeals/${number}`, '/appeals/nonsense', `/appeals/${number}/print`])
    expect((await (await stage.as('xinzhuang_clerk')).get(path)).status).toBe(404);
  expect((await (await stage.as('sys')).get(`/appeals/${number}`)).status).toBe(404);
  expect((await (await stage.as('quanshan_clerk')).get(`/appeals/${number}`)).status).toBe(200);
});

test('a caller is seen only after a reason, and every look is recorded', async ({ world }) => {
  const stage = await city(world);
  const number = await stage.register('hotline');
  const page = await (await stage.as('review')).get(`/appeals/${number}`);
  expect(page.html).not.toContain('10000000001');
  const shown = await page.send(`/appeals/${number}/reveal`, { reason: '核实地址' });
  expect(shown.text).toContain('10000000001');
  expect(await world.db('reveals').select('reason')).toEqual([{ reason: '核实地址' }]);
});

test('the ledger finds by two characters, by number and by caller, and exports what it lists', async ({ world }) => {
  const stage = await city(world);
  const number = await stage.register('hotline', { content: '小区门口的井盖坏了，=很危险' });
  await stage.register('hotline', { content: '暖气不热', phone: '10000000002' });
  const leader = await stage.as('leader');
  for (const q of ['井盖', number, '10000000001']) {
    const page = await leader.get(`/appeals?q=${encodeURIComponent(q)}`);
    expect(page.text).toContain('井盖');
    expect(page.text).not.toContain('暖气不热');
  }
  const list = await leader.get('/appeals?q=%E4%BA%95%E7%9B%96');
  const file = await leader.post('/appeals/export', {
    purpose: '月度分析',
    format: 'csv',
    query: new URL(list.path, 'http://here').search.slice(1),
  });
  expect(file.text).toContain(number);
  expect(file.text).not.toContain('10000000001');
  expect(file.text.trim().split('\n')).toHaveLength(3);
  expect(await world.db('exports').first()).toMatchObject({ purpose: '月度分析', rows: 1, format: 'csv' });
});

test('after a dissatisfied call the path stands with the unit again, not with the finish', async ({ world }) => {
  const stage = await city(world);
  const number = await stage.finished();
  await stage.act('callback', number, 'rework', { reason: '墙面又渗水了' });
  const page = await (await stage.as('housing_clerk')).get(`/appeals/${number}`);
  const path = /<ol class="path__list[\s\S]*?<\/ol>/.exec(page.html)![0];
  expect(path.lastIndexOf('重办')).toBeGreaterThan(path.lastIndexOf('办毕'));
});
