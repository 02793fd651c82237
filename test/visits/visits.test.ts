import { describe, expect } from 'vitest';
import { createApp } from '../../src/app.ts';
import type { Db } from '../../src/core/db.ts';
import { listChanges } from '../../src/trail/store.ts';
import { purgeVisits } from '../../src/visits/actions/purge.ts';
import { checkIn, dropVisit, finishVisit, planVisit } from '../../src/visits/actions/visit.ts';
import { listGridCoverage, listLeftBuildings, listLeftHouseholds } from '../../src/visits/store/coverage.ts';
import { findVisit, memberMonth } from '../../src/visits/store/visits.ts';
import { signIn } from '../support/browser.ts';
import type { PersonName } from '../support/cast.ts';
import { makeStage, type Stage } from '../support/make.ts';
import { type TestClock, test } from '../support/world.ts';

const here = { latitude: 37.36412, longitude: 120.39912, accuracy_metres: 12 };
const today = '2026-11-23';
const doing = (stage: Stage, who: PersonName) => ({ author: stage.people[who], now: stage.world.clock() });
const buildingOf = async (db: Db) => (await db('buildings').where({ code: 'B1' }).first())!.id;

async function visit(
  stage: Stage,
  who: PersonName,
  room: string,
  building_id: number | null,
  at?: { day: string; clock: TestClock },
) {
  const { db } = stage.world;
  if (at) at.clock.set(`${at.day}T10:00:00+08:00`);
  const id = await planVisit(db, doing(stage, who), { building_id, room, planned_on: at?.day ?? today });
  await checkIn(db, doing(stage, who), id, here);
  await finishVisit(db, doing(stage, who), id, { talk: '聊了供暖', needs: null });
  return id;
}

describe('visits', () => {
  test('planned, checked in, recorded; the same plan sent twice is one visit', async ({ world, db }) => {
    const stage = await makeStage(world);
    const building_id = await buildingOf(db);
    const mine = doing(stage, 'member1');
    const id = await planVisit(db, mine, { building_id, room: '3单元 502', planned_on: today });
    expect(await planVisit(db, mine, { building_id, room: '3单元502', planned_on: today })).toBe(id);
    await expect(finishVisit(db, mine, id, { talk: 'x', needs: null })).rejects.toMatchObject({ status: 409 });
    await checkIn(db, mine, id, here);
    await expect(dropVisit(db, mine, id)).rejects.toMatchObject({ status: 409 });
    await finishVisit(db, mine, id, { talk: '暖气不热', needs: '看一下阀门' });
    expect(await findVisit(db, id)).toMatchObject({
      status: 'finished',
      located: true,
      latitude: '37.36412',
      accuracy_metres: 12,
    });
    const told = await listChanges(db, `visit:${id}`);
    expect(told.map(({ act }) => act)).toEqual(['visit.finish', 'visit.check_in', 'visit.plan']);
    // Neither the position nor what was said goes into the trail, which nobody can change.
    expect(JSON.stringify(told)).not.toMatch(/37\.36|暖气|502/);
  });

  test('a plan must lie in the own grid, in one of its buildings, and neither in the past nor far ahead', async ({
    world,
    db,
  }) => {
    const stage = await makeStage(world);
    const building_id = await buildingOf(db);
    const plan = (who: PersonName, given: object = {}) =>
      planVisit(db, doing(stage, who), { building_id, room: '1', planned_on: today, ...given });
    await expect(plan('member2')).rejects.toMatchObject({ detail: { building_id: 'not_an_option' } });
    await expect(plan('member1', { building_id: null })).rejects.toMatchObject({ detail: { building_id: 'required' } });
    await expect(plan('member1', { planned_on: '2026-11-22' })).rejects.toMatchObject({ detail: { planned_on: 'in_the_past' } });
    await expect(plan('member1', { planned_on: '2027-11-22' })).rejects.toMatchObject({ status: 422 });
    await expect(plan('huayuan_clerk')).rejects.toMatchObject({ status: 404 });
    expect(await plan('park_member', { building_id: null })).toBeGreaterThan(0);
  });

  test('only the member himself goes on with his visit, not a colleague of the grid', async ({ world, db }) => {
    const stage = await makeStage(world);
    const id = await planVisit(db, doing(stage, 'member1'), { building_id: await buildingOf(db), room: '1', planned_on: today });
    for (const who of ['member1b', 'member2', 'huayuan_clerk'] as const)
      await expect(checkIn(db, doing(stage, who), id, here), who).rejects.toMatchObject({ status: 404 });
  });

  test('a month counts finished visits and different households, in the days of the city', async ({ world, db, clock }) => {
    const stage = await makeStage(world);
    const building_id = await buildingOf(db);
    const { person_id } = stage.people.member1;
    await visit(stage, 'member1', '101', building_id, { day: '2026-10-31', clock });
    await visit(stage, 'member1', '101', building_id, { day: '2026-11-02', clock });
    await visit(stage, 'member1', '101', building_id, { day: '2026-11-09', clock });
    await visit(stage, 'member1', '102', building_id, { day: '2026-11-09', clock });
    await planVisit(db, doing(stage, 'member1'), { building_id, room: '103', planned_on: '2026-11-10' });
    // Half past midnight of the first is the last evening by UTC.
    clock.set('2026-12-01T00:30:00+08:00');
    const late = await planVisit(db, doing(stage, 'member1'), { building_id, room: '104', planned_on: '2026-12-01' });
    await checkIn(db, doing(stage, 'member1'), late, null);
    await finishVisit(db, doing(stage, 'member1'), late, { talk: '夜里', needs: null });
    expect(await memberMonth(db, person_id, '2026-11')).toEqual({ households_visited: 2, visits: 3, duties: 0 });
    expect(await memberMonth(db, person_id, '2026-12')).toMatchObject({ households_visited: 1, visits: 1 });
    expect(await memberMonth(db, stage.people.member1b.person_id, '2026-11')).toEqual({
      households_visited: 0,
      visits: 0,
      duties: 0,
    });
    const asked = { under_path: stage.units.huayuan.path, from: '2026-11-01', today: '2026-12-01' };
    const grids = await listGridCoverage(db, asked);
    expect(grids.find(({ id }) => id === stage.units.grid1.id)).toMatchObject({
      visited: 3,
      visits: 4,
      fulltime: 1,
      assistants: 1,
    });
    expect(grids.map(({ id }) => id)).not.toContain(stage.units.grid3.id);
    expect(await listLeftBuildings(db, asked, 5)).toMatchObject([{ id: building_id, visited: 3 }]);
    expect((await listLeftHouseholds(db, asked.under_path, 9)).map(({ room }) => room)).toEqual(['101', '102', '104']);
  });

  test('positions of check-ins are taken away after their days; that there was one stays', async ({ world, db, clock }) => {
    const stage = await makeStage(world);
    const id = await visit(stage, 'member1', '101', await buildingOf(db));
    clock.set('2026-12-22T10:00:00+08:00');
    expect(await purgeVisits(db, clock())).toMatchObject({ positions: 0 });
    clock.set('2026-12-25T10:00:00+08:00');
    expect(await purgeVisits(db, clock())).toMatchObject({ positions: 1 });
    expect(await findVisit(db, id)).toMatchObject({ located: true, latitude: null, longitude: null, accuracy_metres: null });
  });
});

describe('pages of visits', () => {
  test('without a script a member plans, checks in without a position, records, and goes on to an appeal', async ({
    world,
    db,
  }) => {
    await makeStage(world);
    const building_id = await buildingOf(db);
    const browser = await signIn(createApp(world), 'member1');
    const refused = await (await browser.get('/visits/new')).send('/visits/new', { building_id, room: '' });
    expect([refused.status, refused.form('/visits/new').fields.get('building_id')?.given]).toEqual([422, [String(building_id)]]);
    let page = await refused.send('/visits/new', { room: '3单元502' });
    const id = /^\/visits\/(\d+)$/.exec(page.path)![1];
    page = await page.send(`/visits/${id}/check-in`);
    expect(page.text).toContain('已签到，没有记录位置。');
    expect(page.text).toContain('未附位置');
    const empty = await page.send(`/visits/${id}/finish`, { talk: '', needs: '看病接送' });
    expect([empty.status, empty.form(`/visits/${id}/finish`).fields.get('needs')?.given]).toEqual([422, ['看病接送']]);
    page = await empty.send(`/visits/${id}/finish`, { talk: '老人腿脚不便' });
    expect(page.text).toContain('这一户算已走访');
    const [, href] = /href="(\/appeals\/new\?[^"]+)"/.exec(page.html)!;
    const register = await browser.get(href!.replaceAll('&amp;', '&'));
    expect(register.html).toContain(`value="building:${building_id}"`);
    expect(register.html).toContain('3单元502');
    expect((await browser.get('/visits?view=over')).text).toContain('3单元502');
    expect((await browser.get('/visits/coverage')).text).toContain('花园小区12号楼');
    expect((await browser.get('/visits?lang=en')).text).toContain('Households this month');
  });

  test('what is sent as a position and is none is none', async ({ world, db }) => {
    const stage = await makeStage(world);
    const id = await planVisit(db, doing(stage, 'member1'), { building_id: await buildingOf(db), room: '1', planned_on: today });
    const browser = await signIn(createApp(world), 'member1');
    const answer = await browser.post(`/visits/${id}/check-in`, { latitude: '137', longitude: '120', accuracy: '5' });
    expect(answer.status).toBe(303);
    expect(await findVisit(db, id)).toMatchObject({ status: 'checked_in', located: false, latitude: null });
  });

  test('the community reads visits of its grids, others find none; nobody else acts on one', async ({ world, db }) => {
    const stage = await makeStage(world);
    const id = await visit(stage, 'member1', '3单元502', await buildingOf(db));
    const app = createApp(world);
    for (const [who, status] of [
      ['member1b', 200],
      ['huayuan_clerk', 200],
      ['quanshan_leader', 200],
      ['member2', 404],
      ['jincheng_clerk', 404],
      ['xinzhuang_clerk', 404],
      ['housing_clerk', 404],
      ['leader', 404],
      ['sys', 404],
    ] as const) {
      const browser = await signIn(app, who);
      expect([who, (await browser.raw(`/visits/${id}`)).status]).toEqual([who, status]);
      expect([who, (await browser.post(`/visits/${id}/check-in`)).status]).toEqual([who, 404]);
    }
    const clerk = await signIn(app, 'huayuan_clerk');
    expect((await clerk.get(`/visits?view=over&member_id=${stage.people.member1.person_id}`)).text).toContain('3单元502');
    expect((await clerk.raw(`/visits?member_id=${stage.people.member3.person_id}`)).status).toBe(404);
    expect((await (await signIn(app, 'jincheng_clerk')).get('/visits?view=over')).text).not.toContain('3单元502');
    expect((await (await signIn(app, 'jincheng_clerk')).raw(`/visits/coverage?area_id=${stage.units.huayuan.id}`)).status).toBe(
      404,
    );
  });

  test('the board shows who is on duty and where he checked in last, the position for a day only', async ({
    world,
    db,
    clock,
  }) => {
    const stage = await makeStage(world);
    await visit(stage, 'member1', '3单元502', await buildingOf(db));
    await stage.register('member1', { channel: 'app_snapshot', content: '井盖松动' });
    const app = createApp(world);
    const clerk = await signIn(app, 'huayuan_clerk');
    const board = (await clerk.get('/field')).text;
    expect(board).toContain('北纬 37.36412，东经 120.39912，误差约 12 米');
    expect(board).toContain('1 / 100');
    expect(board).not.toContain('member3');
    clock.set('2026-11-24T10:01:00+08:00');
    const later = (await (await signIn(app, 'huayuan_clerk')).get('/field')).text;
    expect(later).toContain('花园小区12号楼');
    expect(later).not.toContain('37.36412');
    for (const who of ['member1', 'dispatch', 'leader', 'housing_clerk'] as const)
      expect([who, (await (await signIn(app, who)).raw('/field')).status]).toEqual([who, 404]);
  });
});
