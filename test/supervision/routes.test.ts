import { describe, expect } from 'vitest';
import { createApp } from '../../src/app.ts';
import { climbLadder } from '../../src/supervision/actions/climb.ts';
import { watchClocks } from '../../src/supervision/actions/watch.ts';
import { signIn } from '../support/browser.ts';
import { makeStage } from '../support/make.ts';
import { test } from '../support/world.ts';

describe('supervision orders', () => {
  test('an order is received, replied to and listed from its page; what was typed is kept', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    const app = createApp(world);
    const officer = await signIn(app, 'supervision');
    const clerk = await signIn(app, 'housing_clerk');
    const urged = await officer.post(`/appeals/${number}/orders/${(await stage.orderOf(number, 'housing')).id}/urge`, {
      remark: '请抓紧',
    });
    expect(urged.status).toBe(303);
    const made = await officer.post(`/appeals/${number}/orders/${(await stage.orderOf(number, 'housing')).id}/supervise`, {
      demand: '说明原因',
    });
    expect(made.status).toBe(303);
    const page = await clerk.get('/supervision/DB-2026-0001');
    expect(page.text).toContain('说明原因');
    const short = await clerk.post('/supervision/DB-2026-0001/reply_supervision', { reply: '太短' });
    expect(short.status).toBe(422);
    expect(short.text).toContain('太短');
    expect(
      (await clerk.post('/supervision/DB-2026-0001/reply_supervision', { reply: '已安排施工，三个工作日内完成' })).status,
    ).toBe(303);
    expect((await clerk.post('/supervision/DB-2026-0001/list_supervision', { reason: '自己挂牌' })).status).toBe(404);
    expect((await officer.post('/supervision/DB-2026-0001/list_supervision', { reason: '久拖不决' })).status).toBe(303);
    expect((await officer.get('/supervision?list=listed')).text).toContain('DB-2026-0001');
    expect((await officer.get('/desks/supervision?tab=listed')).text).toContain(number);
    expect((await officer.get('/desks/supervision?tab=replies')).text).toContain(number);
    const seen = (await officer.get(`/appeals/${number}`)).text;
    for (const text of ['DB-2026-0001', '已催办 1 次', '请抓紧']) expect(seen).toContain(text);
  });

  test('are read by the city and whom they are addressed to: to others they do not exist', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    await stage.order('supervision', number, 'supervise', { demand: '说明原因', skip_reason: '紧急' });
    const app = createApp(world);
    const status = async (who: string) => (await (await signIn(app, who)).get('/supervision/DB-2026-0001')).status;
    expect(
      await Promise.all(['leader', 'housing_leader', 'heating_clerk', 'quanshan_leader', 'member1', 'audit'].map(status)),
    ).toEqual([200, 200, 404, 404, 404, 404]);
    expect((await (await signIn(app, 'heating_clerk')).get('/supervision')).text).not.toContain('DB-2026-0001');
  });
});

test('cards show on their list, on desks and on the case, each with its word; a unit sees its own', async ({
  db,
  world,
  clock,
}) => {
  const stage = await makeStage(world);
  const number = await stage.dispatched();
  clock.set('2026-12-20T10:00:00+08:00');
  await watchClocks(db, clock());
  await climbLadder(db, clock());
  const app = createApp(world);
  const clerk = await signIn(app, 'housing_clerk');
  expect((await clerk.get('/cards?color=red')).text).toContain(number);
  expect((await clerk.get('/desks/handling?tab=pending_ack')).text).toContain('红牌');
  expect((await clerk.get(`/appeals/${number}`)).text).toContain('红牌 办理');
  expect((await clerk.get('/messages')).text).toContain('红牌 3 件');
  expect((await (await signIn(app, 'heating_clerk')).get('/cards')).text).not.toContain(number);
  const officer = await signIn(app, 'supervision');
  expect((await officer.get('/desks/supervision?tab=red_cards')).text).toContain(number);
  expect((await officer.get('/cards')).text).toContain(number);
});

describe('key tracking', () => {
  test('by hand with a reason; promises with their days, broken when these have passed; struck off with a reason', async ({
    db,
    world,
    clock,
  }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    const app = createApp(world);
    const officer = await signIn(app, 'supervision');
    expect((await officer.post('/key-tracking/new', { number, note: '' })).status).toBe(422);
    expect((await officer.post('/key-tracking/new', { number: '20200101-0001', note: '群众反映强烈' })).status).toBe(422);
    expect((await officer.post('/key-tracking/new', { number, note: '群众反映强烈' })).status).toBe(303);
    expect((await officer.post('/key-tracking/new', { number, note: '再来一次也不行' })).status).toBe(422);
    const { id } = (await db('key_tracking_items').first())!;
    const promise = { unit_id: String(stage.units.housing.id), promise: '完成整改', promised_by: '王局', due_on: '2026-11-20' };
    expect((await officer.post(`/key-tracking/${id}/promise`, promise)).status).toBe(422);
    for (const due_on of ['2026-11-25', '2026-11-26'])
      expect((await officer.post(`/key-tracking/${id}/promise`, { ...promise, due_on })).status).toBe(303);
    const [first] = await db('key_tracking_promises').orderBy('id');
    expect((await officer.post(`/key-tracking/${id}/promises/${first!.id}/kept`, {})).status).toBe(303);
    expect((await officer.post(`/key-tracking/${id}/note`, { met_on: '2026-11-23', note: '会上逐项过了' })).status).toBe(303);
    clock.set('2026-11-30T10:00:00+08:00');
    const reader = await signIn(app, 'housing_leader');
    const later = await signIn(app, 'supervision');
    const page = (await reader.get(`/key-tracking/${id}`)).text;
    for (const text of ['逾期未兑现', '已兑现', '会上逐项过了', '1 项未兑现']) expect(page).toContain(text);
    expect((await reader.get('/key-tracking?list=broken')).text).toContain(number);
    const meeting = (await reader.get('/key-tracking/meeting?from=2026-12-02')).text;
    for (const text of [number, '2026-11-30', '2026-12-06', '王局']) expect(meeting).toContain(text);
    expect((await reader.post(`/key-tracking/${id}/solve`, { reason: '不想要了' })).status).toBe(404);
    expect((await (await signIn(app, 'heating_leader')).get(`/key-tracking/${id}`)).status).toBe(404);
    expect((await later.post(`/key-tracking/${id}/solve`, { reason: '已经解决' })).status).toBe(303);
    expect((await later.post(`/key-tracking/${id}/solve`, { reason: '已经解决' })).status).toBe(409);
    expect((await later.get('/key-tracking?list=solved')).text).toContain(number);
  });
});

test('outstanding: counts by unit, age and rung lead to their cases; what is accepted is struck off', async ({
  world,
  clock,
}) => {
  const stage = await makeStage(world);
  const number = await stage.dispatched();
  clock.set('2026-12-15T10:00:00+08:00');
  await stage.order('supervision', number, 'urge', { remark: '请抓紧' });
  const app = createApp(world);
  const officer = await signIn(app, 'supervision');
  const unit = stage.units.housing.id;
  expect((await officer.get('/outstanding')).html).toContain(`/outstanding?unit=${unit}&amp;rung=urge`);
  expect((await officer.get(`/outstanding?unit=${unit}&rung=urge`)).text).toContain(number);
  expect((await officer.get(`/outstanding?unit=${unit}&age=month`)).text).toContain(number);
  expect((await officer.get(`/outstanding?unit=${unit}&age=week`)).text).not.toContain(number);
  expect((await (await signIn(app, 'heating_leader')).get('/outstanding')).text).not.toContain('市住房和城乡建设局');
  await stage.order('housing_clerk', number, 'acknowledge', {});
  await stage.order('housing_clerk', number, 'submit', { result: '已维修', outcome: 'solved' });
  await stage.order('housing_leader', number, 'approve', {});
  expect((await officer.get(`/outstanding?unit=${unit}`)).text).not.toContain(number);
});
