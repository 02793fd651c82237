import { expect } from 'vitest';
import { createApp } from '../../src/app.ts';
import { assess } from '../../src/assessment/actions/assess.ts';
import { closeMonths } from '../../src/assessment/actions/close.ts';
import { signIn } from '../support/browser.ts';
import { makeStage, type Stage } from '../support/make.ts';
import { test } from '../support/world.ts';

/** A month in which the housing bureau did some orders well and one late and badly. */
async function makeMonth(stage: Stage): Promise<string[]> {
  const { world } = stage;
  const clock = world.clock as unknown as { addMinutes(n: number): Date; set(iso: string): Date };
  const numbers: string[] = [];
  for (const level of ['satisfied', 'satisfied', 'basic', 'satisfied', 'satisfied'] as const) {
    const number = await stage.dispatched({ priority: 'general', category_code: '0208' });
    await stage.order('housing_clerk', number, 'acknowledge', {});
    await stage.order('housing_clerk', number, 'contact', { how: 'phone', result_of_contact: '已联系' });
    await stage.order('housing_clerk', number, 'submit', { result: '已维修', outcome: 'solved' });
    await stage.order('housing_leader', number, 'approve', {});
    await stage.act('callback', number, 'close', { level, contacted: true, solved: true });
    numbers.push(number);
  }
  numbers.push(await stage.dispatched({ priority: 'general', category_code: '0208' }));
  clock.addMinutes(60);
  return numbers;
}

test('a leader asks why a unit lost points and reaches the very case in three clicks', async ({ db, world, clock }) => {
  const stage = await makeStage(world);
  const numbers = await makeMonth(stage);
  clock.set('2026-12-04T07:00:00+08:00');
  expect(await closeMonths(db, clock())).toEqual(['2026-11']);
  const leader = await signIn(createApp(world), 'leader');
  const table = await leader.get('/assessment?period=2026-11&group=departments');
  expect(table.status).toBe(200);
  expect(table.text).toContain('已于 2026-12-04 封存');
  const unit = await table.follow('市住房和城乡建设局');
  expect(unit.text).toContain('5 ÷ 6');
  expect(unit.text).toContain('(4 × 1 + 1 × 0.80 + 0 × 0) ÷ 5 = 96.00%');
  const late = await unit.follow('未按期办结 1');
  expect(late.text).toContain('到期未办结');
  expect(late.html).toContain(`href="/appeals/${numbers[5]}"`);
  for (const path of [
    '/assessment/sensitivity?period=2026-11&group=departments',
    '/assessment/schemes',
    '/assessment/exclusions',
    '/assessment/objections',
    '/assessment?period=2026-Q4',
    '/assessment?period=2026',
    '/assessment?period=2026-11&scheme=beijing&group=departments',
    '/assessment?lang=en',
  ])
    expect([path, (await leader.get(path)).status]).toEqual([path, 200]);
});

test('the on-time rate and the base of the overview open the very orders, and the units with their weights', async ({
  db,
  world,
  clock,
}) => {
  const stage = await makeStage(world);
  const numbers = await makeMonth(stage);
  const other = await stage.register('hotline');
  await stage.act('review', other, 'accept', { kind: 'help', category_code: '0208', priority: 'general' });
  await stage.act('dispatch', other, 'dispatch', { lead_unit_id: stage.units.works.id, instruction: '请核实处理' });
  clock.set('2026-12-04T07:00:00+08:00');
  await closeMonths(db, clock());
  const app = createApp(world);
  const leader = await signIn(app, 'leader');
  const overview = await leader.get('/reports?month=2026-11');
  const on_time = await overview.follow('71.43%');
  expect(on_time.html.match(/class="list__title" href="\/appeals\/[\d-]+"/g)).toHaveLength(5);
  const late = await on_time.follow('未按期办结 2');
  expect([late.html.includes(numbers[5]!), late.html.includes(other), late.text.includes('市市政公用事业服务中心')]).toEqual([
    true,
    true,
    true,
  ]);
  for (const [, href, n] of late.html.matchAll(/href="(\/assessment\/cases[^"]*)">[^<]*<span class="chip__count">(\d+)</g)) {
    const list = await leader.get(href!.replaceAll('&#38;', '&').replaceAll('&amp;', '&'));
    expect([href, (list.html.match(/<small class="code">/g) ?? []).length]).toEqual([href, Number(n)]);
  }
  const [base] = await db('assessment_periods').select('bases');
  const table = await leader.get('/assessment/base?period=2026-11');
  expect(table.text).toContain(`÷ 7 = ${base!.bases['city']!['all']}`);
  expect((await table.follow('市住房和城乡建设局')).path).toBe(`/assessment/units/${stage.units.housing.id}?period=2026-11`);
  const unit = await signIn(app, 'housing_clerk');
  expect((await unit.get('/assessment/base?period=2026-11')).status).toBe(200);
  expect((await unit.get('/assessment/base')).status).toBe(404);
  expect((await unit.get('/assessment/cases?period=2026-11')).status).toBe(404);
  expect((await leader.get('/assessment/base?lang=en')).status).toBe(200);
});

test('a unit sees its own running month and the published table of all, and opens no other unit', async ({
  db,
  world,
  clock,
}) => {
  const stage = await makeStage(world);
  const [number] = await makeMonth(stage);
  await assess(db, clock());
  const app = createApp(world);
  const own = await signIn(app, 'housing_clerk');
  const live = await own.get('/assessment?group=departments');
  expect(live.text).toContain('市住房和城乡建设局');
  expect(live.text).not.toContain('市热力有限公司');
  expect((await own.get(`/assessment/units/${stage.units.housing.id}`)).status).toBe(200);
  expect((await own.get(`/assessment/units/${stage.units.works.id}`)).status).toBe(404);
  expect((await own.get(`/assessment/units/${stage.units.works.id}/cases`)).status).toBe(404);
  expect((await own.get('/assessment/sensitivity')).status).toBe(404);
  const cases = await own.get(`/assessment/units/${stage.units.housing.id}/cases?list=on_time`);
  expect(cases.text).toContain(number!);
  clock.set('2026-12-04T07:00:00+08:00');
  await closeMonths(db, clock());
  const later = await signIn(app, 'housing_clerk');
  expect((await later.get('/assessment?period=2026-11&group=utilities')).text).toContain('市热力有限公司');
  const works = await signIn(app, 'works_clerk');
  expect((await works.get(`/assessment/orders/${(await stage.orders(number!))[0]!.id}/objection`)).status).toBe(404);
  expect((await (await signIn(app, 'hotline')).get('/assessment')).status).toBe(404);
});

test('an exclusion is asked, decided and confirmed by three people, in public, and then counts', async ({ db, world, clock }) => {
  const stage = await makeStage(world);
  const numbers = await makeMonth(stage);
  clock.set('2026-12-01T09:00:00+08:00');
  await assess(db, clock());
  const app = createApp(world);
  const order = (await stage.orders(numbers[5]!))[0]!;
  const unit = await signIn(app, 'housing_leader');
  const list = await unit.get(`/assessment/units/${stage.units.housing.id}/cases?period=2026-11&list=late`);
  const form = await list.follow('申请剔除');
  const wrong = await form.send(`/assessment/orders/${order.id}/exclusion`, { reason: 'force_majeure', request: '太短' });
  expect(wrong.status).toBe(422);
  const asked = await form.send(`/assessment/orders/${order.id}/exclusion`, {
    reason: 'force_majeure',
    request: '连续暴雨停工，附气象证明。',
  });
  expect(asked.text).toContain('待审核');
  const [row] = await db('assessment_exclusions');
  const assessor = await signIn(app, 'assessor');
  const decided = await (await assessor.get(`/assessment/exclusions/${row!.id}/decide`)).send(
    `/assessment/exclusions/${row!.id}/decide`,
    { decision: 'granted', ruling: '情况属实' },
  );
  expect(decided.text).toContain('待确认');
  const supervision = await signIn(app, 'supervision');
  const confirmed = await (await supervision.get(`/assessment/exclusions/${row!.id}/confirm`)).send(
    `/assessment/exclusions/${row!.id}/confirm`,
    { confirmation: 'confirmed' },
  );
  expect(confirmed.text).toContain('已剔除');
  expect(await db('unit_counts').where({ unit_id: stage.units.housing.id }).first()).toMatchObject({ n: 5, on_time: 5 });
  const others = await (await signIn(app, 'works_clerk')).get('/assessment/exclusions');
  expect(others.text).toContain('连续暴雨停工');
});

test('a version of a scheme is proposed by one person and confirmed by another, from a month to come', async ({ db, world }) => {
  const stage = await makeStage(world);
  const app = createApp(world);
  const assessor = await signIn(app, 'assessor');
  const form = await assessor.get('/assessment/schemes/city/new');
  const late = await form.send('/assessment/schemes/city/new', { valid_from: '2026-11', reason: '按常委会意见' });
  expect(late.status).toBe(422);
  expect(late.text).toContain('请填写以后的月份');
  const done = await form.send('/assessment/schemes/city/new', {
    basic_value: '1',
    valid_from: '2026-12',
    reason: '按常委会意见',
  });
  expect(done.text).toContain('待确认');
  const [proposed] = await db('assessment_schemes').where({ key: 'city', version: 2 });
  expect(done.offers(`/assessment/schemes/${proposed!.id}/confirm`)).toBe(false);
  const supervision = await signIn(app, 'supervision');
  const page = await supervision.get('/assessment/schemes');
  await page.send(`/assessment/schemes/${proposed!.id}/confirm`);
  expect(await db('assessment_schemes').where({ id: proposed!.id }).first()).toMatchObject({
    confirmed_by: stage.people.supervision.person_id,
    basic_value: '1.00',
  });
});
