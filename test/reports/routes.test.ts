import ExcelJS from 'exceljs';
import { expect } from 'vitest';
import { createApp } from '../../src/app.ts';
import { closeMonths } from '../../src/assessment/actions/close.ts';
import type { Db } from '../../src/core/db.ts';
import { draftLatest } from '../../src/reports/actions/bulletins.ts';
import { rollUp } from '../../src/reports/actions/roll.ts';
import { browse, signIn } from '../support/browser.ts';
import { makeStage, type Stage } from '../support/make.ts';
import { type TestClock, test } from '../support/world.ts';

const levels = ['satisfied', 'satisfied', 'basic', 'satisfied', 'satisfied', 'dissatisfied'] as const;

/** A month of different places, channels and categories; one order is late. */
async function makeMonth(stage: Stage, clock: TestClock): Promise<void> {
  const { units } = stage;
  const places = [units.grid1, units.grid2, units.huayuan, units.quanshan, units.xinzhuang, units.city];
  for (const [i, level] of levels.entries()) {
    const number = await stage.dispatched({
      place_unit_id: places[i]!.id,
      channel: i % 2 ? 'walk_in' : 'hotline',
      category_code: i % 3 ? '0208' : '0304',
    });
    await stage.order('housing_clerk', number, 'acknowledge', {});
    await stage.order('housing_clerk', number, 'contact', { how: 'phone', result_of_contact: '已联系' });
    await stage.order('housing_clerk', number, 'submit', { result: '已维修', outcome: 'solved' });
    await stage.order('housing_leader', number, 'approve', {});
    if (level === 'dissatisfied')
      await stage.act('callback', number, 'rework', { reason: '没有修好', contacted: true, solved: false });
    else await stage.act('callback', number, 'close', { level, contacted: true, solved: true });
  }
  await stage.register('hotline', { place_unit_id: units.grid3.id, category_code: null });
  const snap = await stage.register('member1', { channel: 'app_snapshot', place_unit_id: units.grid1.id });
  await stage.order('member1', snap, 'acknowledge', {});
  clock.addMinutes(3000);
}
const closeNovember = async (db: Db, clock: TestClock) => {
  clock.set('2026-12-04T07:00:00+08:00');
  expect(await closeMonths(db, clock())).toEqual(['2026-11']);
};

test('the overview is a leader’s home, and its figures open lists that hold as many', async ({ db, world, clock }) => {
  const stage = await makeStage(world);
  await makeMonth(stage, clock);
  await rollUp(db, clock());
  const leader = await signIn(createApp(world), 'leader');
  const home = await leader.get('/');
  expect(home.path).toBe('/reports');
  expect(home.text).toContain('累计受理诉求 8');
  for (const [, href, figure] of home.html.matchAll(/<a class="kpi__value" href="(\/appeals[^"]*)">([\d,]+)<\/a>/g)) {
    const list = await leader.get(href!.replaceAll('&#38;', '&').replaceAll('&amp;', '&'));
    expect([href, list.text]).toEqual([href, expect.stringContaining(`诉求台账 ${figure} 件`)]);
  }
  await closeNovember(db, clock);
  const november = await leader.get('/reports?month=2026-11');
  expect(november.status).toBe(200);
  for (const path of [
    '/reports?lang=en',
    '/reports/times?month=2026-11',
    '/reports/pivot?lang=zh',
    '/reports/deductions',
    '/exports',
    '/bulletins',
    '/case-stories',
  ])
    expect([path, (await leader.get(path)).status]).toEqual([path, 200]);
});

test('every number of every pivot opens a list of exactly so many', async ({ db, world, clock }) => {
  const stage = await makeStage(world);
  await makeMonth(stage, clock);
  await rollUp(db, clock());
  await stage.register('hotline', { place_unit_id: stage.units.grid2.id });
  const leader = await signIn(createApp(world), 'leader');
  const pairs = [
    ['unit', 'town'],
    ['community', 'category'],
    ['grid', 'topic'],
    ['channel', 'day'],
    ['week', 'town'],
    ['topic', 'month'],
  ];
  for (const [rows, columns] of pairs) {
    for (const measure of ['received', 'open', 'basic']) {
      const page = await leader.get(`/reports/pivot?rows=${rows}&columns=${columns}&measure=${measure}`);
      const numbers = [...page.html.matchAll(/href="(\/appeals\?[^"]*)">(\d+)</g)];
      expect([rows, columns, measure, numbers.length > 3]).toEqual([rows, columns, measure, true]);
      for (const [, href, n] of numbers) {
        const list = await leader.get(href!.replaceAll('&#38;', '&').replaceAll('&amp;', '&'));
        expect([rows, columns, measure, href, /诉求台账 (\d+) 件/.exec(list.text)?.[1]]).toEqual([
          rows,
          columns,
          measure,
          href,
          n,
        ]);
      }
    }
  }
}, 60_000);

test('working times open the lists they count', async ({ world, clock }) => {
  const stage = await makeStage(world);
  await makeMonth(stage, clock);
  const leader = await signIn(createApp(world), 'leader');
  const page = await leader.get('/reports/times?month=2026-11');
  expect(page.text).toContain('全市');
  for (const [, href, n] of page.html.matchAll(/href="(\/appeals\?[^"]*)">(\d+)</g)) {
    const list = await leader.get(href!.replaceAll('&#38;', '&').replaceAll('&amp;', '&'));
    expect([href, /诉求台账 (\d+) 件/.exec(list.text)?.[1]]).toEqual([href, n]);
  }
});

test('an export above the limit is granted by somebody else and taken once within a day', async ({ db, world, clock }) => {
  const stage = await makeStage(world);
  await db('parameters').insert({ key: 'export.approval_above_rows', value: JSON.stringify(1), updated_at: clock() } as never);
  for (let i = 0; i < 3; i++) await stage.register('hotline');
  const app = createApp(world);
  const supervisor = await signIn(app, 'supervision');
  const asked = await (await supervisor.get('/appeals')).send('/appeals/export', { purpose: '月度分析', format: 'csv' });
  expect(asked.path).toBe('/exports');
  expect(asked.text).toContain('待审批');
  expect(await db('exports').select('id')).toEqual([]);
  const { id } = (await db('export_requests').first())!;
  expect((await supervisor.post(`/exports/requests/${id}/decide`, { decision: 'granted' })).status).toBe(403);
  expect((await supervisor.post(`/exports/requests/${id}/take`)).status).toBe(409);
  const leader = await signIn(app, 'leader');
  await (await leader.get('/exports')).send(`/exports/requests/${id}/decide`, {}, { press: '批准' });
  expect((await leader.post(`/exports/requests/${id}/take`)).status).toBe(404);
  const taken = await supervisor.post(`/exports/requests/${id}/take`);
  expect(taken.headers['content-type']).toContain('text/csv');
  expect(taken.text.trim().split('\n')).toHaveLength(5);
  expect((await supervisor.post(`/exports/requests/${id}/take`)).status).toBe(409);
  clock.addMinutes(25 * 60);
  await db('export_requests').update({ used_at: null });
  const later = await signIn(app, 'supervision');
  expect((await later.post(`/exports/requests/${id}/take`)).status).toBe(409);
});

test('a bulletin is drafted once, edited, approved by another, published and then frozen; the public reads no small number', async ({
  db,
  world,
  clock,
}) => {
  const stage = await makeStage(world);
  await makeMonth(stage, clock);
  const reworked = await db('appeals').where({ status: 'in_handling', lead_unit_id: stage.units.housing.id }).first('number');
  await stage.order('supervision', reworked!.number, 'supervise', { demand: '三日内办结', skip_reason: '居民再三反映' });
  await closeNovember(db, clock);
  expect(await draftLatest(db, clock())).toEqual({ period: '2026-11' });
  expect(await draftLatest(db, clock())).toEqual({ period: null });
  const { id, text_zh, figures } = (await db('bulletins').first())!;
  expect(figures.units.find(({ unit_id }) => unit_id === stage.units.housing.id)).toMatchObject({ supervised: 1 });
  expect(figures.units.reduce((sum, { supervised }) => sum + supervised!, 0)).toBe(1);
  expect(text_zh).toContain('2026年11月，全市共受理群众诉求 8 件');
  const app = createApp(world);
  const assessor = await signIn(app, 'assessor');
  const leader = await signIn(app, 'leader');
  const clerk = await signIn(app, 'housing_clerk');
  expect((await clerk.get(`/bulletins/${id}`)).status).toBe(404);
  expect((await leader.get('/bulletins/public/2026-11')).status).toBe(404);
  const edited = await (await assessor.get(`/bulletins/${id}/edit`)).send(`/bulletins/${id}/edit`, {
    text_zh: `${text_zh}\n请抓好落实。`,
    lists: '1',
  });
  expect(edited.text).toContain('请抓好落实');
  expect((await assessor.post(`/bulletins/${id}/publish`)).status).toBe(409);
  await (await leader.get(`/bulletins/${id}`)).send(`/bulletins/${id}/approve`);
  const published = await (await assessor.get(`/bulletins/${id}`)).send(`/bulletins/${id}/publish`);
  expect(published.text).toContain('已公布');
  await expect(db.transaction((trx) => trx('bulletins').where({ id }).update({ text_zh: '改' }))).rejects.toThrow(
    'revised, never edited',
  );
  const outside = await browse(app).get('/bulletins/public/2026-11');
  expect(outside.status).toBe(200);
  expect(outside.text).toContain('请抓好落实');
  expect(outside.text).toContain('可以推算出它们的数字');
  expect(outside.text).not.toContain('红榜');
  const word = await clerk.raw(`/bulletins/${id}/word`);
  expect(word.headers['content-type']).toContain('application/msword');
  expect(word.headers['content-disposition']).toContain('bulletin-2026-11.doc');
  const revised = await (await assessor.get(`/bulletins/${id}`)).send(`/bulletins/${id}/revise`, { reason: '更正一处数字' });
  expect(revised.text).toContain('第 2 次公布稿');
  expect((await clerk.get(revised.path)).status).toBe(404);
});

test('a typical case is written without numbers, approved by another, public, and withdrawn but never edited', async ({
  db,
  world,
}) => {
  const stage = await makeStage(world);
  const number = await stage.finished();
  const app = createApp(world);
  const writer = await signIn(app, 'assessor');
  const story = {
    title: '一盏路灯照亮回家路',
    problem: '居民反映小区后门路灯不亮，出行不便。',
    handling: '网格员当天到场，拨打 13800001111 联系维修，两小时后修好。',
    lesson: '同类路灯逐一排查。',
  };
  expect((await writer.get(`/appeals/${number}`)).html).not.toContain('/case-stories/new');
  await stage.act('callback', number, 'close', { level: 'satisfied', contacted: true, solved: true });
  const form = await (await writer.get(`/appeals/${number}`)).follow('撰写案例');
  expect(form.html).toContain(`href="/appeals/${number}"`);
  const unknown = await form.send('/case-stories', { ...story, appeal: '20260101-9999' });
  expect([unknown.status, unknown.text.includes(story.lesson)]).toEqual([422, true]);
  const refused = await form.send('/case-stories', story);
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('请删去');
  const written = await refused.send('/case-stories', { ...story, handling: '网格员当天到场联系维修，两小时后修好。' });
  const { id } = (await db('case_stories').first())!;
  expect(written.path).toBe(`/case-stories/${id}`);
  expect(written.offers(`/case-stories/${id}/approve`)).toBe(false);
  expect(written.html).toContain(`href="/appeals/${number}"`);
  expect((await writer.get(`/case-stories/${id}/edit`)).html).toContain(`value="${number}"`);

  expect((await browse(app).get(`/bulletins/public/cases/${id}`)).status).toBe(404);
  const leader = await signIn(app, 'leader');
  await (await leader.get(`/case-stories/${id}`)).send(`/case-stories/${id}/approve`);
  expect((await browse(app).get('/bulletins/public')).text).toContain(story.title);
  expect((await browse(app).get(`/bulletins/public/cases/${id}`)).html).not.toContain(number);
  const elsewhere = await (await signIn(app, 'works_clerk')).get(`/case-stories/${id}`);
  expect([elsewhere.status, elsewhere.html.includes(number)]).toEqual([200, false]);
  await expect(db.transaction((trx) => trx('case_stories').where({ id }).update({ title: '改' }))).rejects.toThrow(
    'withdrawn, never edited',
  );
  await (await leader.get(`/case-stories/${id}`)).send(`/case-stories/${id}/withdraw`);
  expect((await browse(app).get(`/bulletins/public/cases/${id}`)).status).toBe(404);
});

test('the deductions of a closed month are taken as a sheet, with purpose and watermark, and recorded', async ({
  db,
  world,
  clock,
}) => {
  const stage = await makeStage(world);
  await makeMonth(stage, clock);
  await closeNovember(db, clock);
  const assessor = await signIn(createApp(world), 'assessor');
  const got = await assessor.agent
    .post('/reports/deductions')
    .type('form')
    .set('sec-fetch-site', 'same-origin')
    .send({ period: '2026-11', purpose: '岗位目标考核', format: 'xlsx' })
    .buffer(true)
    .parse((res, done) => {
      const parts: Buffer[] = [];
      res.on('data', (part: Buffer) => parts.push(part));
      res.on('end', () => done(null, Buffer.concat(parts)));
    });
  const book = new ExcelJS.Workbook();
  await book.xlsx.load(got.body);
  const sheet = book.worksheets[0]!;
  const units = sheet.getColumn(3).values.map(String);
  expect(units).toContain('市住房和城乡建设局');
  expect(String(sheet.lastRow!.getCell(1).value)).toContain('用途：岗位目标考核');
  expect(await db('exports').select('purpose', 'query', 'rows')).toEqual([
    { purpose: '岗位目标考核', query: 'deductions=2026-11', rows: sheet.rowCount - 2 },
  ]);
});
