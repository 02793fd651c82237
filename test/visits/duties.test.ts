import { describe, expect } from 'vitest';
import { createApp } from '../../src/app.ts';
import type { Db } from '../../src/core/db.ts';
import { tickDuties } from '../../src/visits/actions/duty.ts';
import { countDuties } from '../../src/visits/store/duties.ts';
import { memberMonth } from '../../src/visits/store/visits.ts';
import { signIn } from '../support/browser.ts';
import type { PersonName } from '../support/cast.ts';
import { makeStage, type Stage } from '../support/make.ts';
import { test } from '../support/world.ts';

const duties = [
  ['security_patrol.01', 'security_patrol', '社区治安巡防', '日常治安巡逻'],
  ['hazard_inspection.01', 'hazard_inspection', '安全隐患排查', '消防通道与设施检查'],
  ['public_opinion.01', 'public_opinion', '民情诉求收集', '入户走访联系户'],
] as const;
async function addDuties(db: Db, department_id: number): Promise<void> {
  await db('duties').insert(
    duties.map(([code, category_code, category_zh, name_zh], i) => ({
      code,
      category_code,
      category_zh,
      category_en: category_code,
      name_zh,
      name_en: code,
      frequency: 'daily' as const,
      department_id: i === 0 ? department_id : null,
      sort: i,
    })),
  );
}
const today = '2026-11-23';
const tick = (stage: Stage, who: PersonName, codes: string[], given: object = {}) =>
  tickDuties(
    stage.world.db,
    { author: stage.people[who], now: stage.world.clock() },
    {
      done_on: today,
      duties: codes,
      place: null,
      note: null,
      ...given,
    },
  );

describe('the log of duties', () => {
  test('what is ticked is there, what is not is gone, and what was there keeps its note', async ({ world, db }) => {
    const stage = await makeStage(world);
    await addDuties(db, stage.units.housing.id);
    expect(await tick(stage, 'member1', ['security_patrol.01'], { note: '夜里一圈' })).toBe(1);
    expect(await tick(stage, 'member1', ['security_patrol.01', 'hazard_inspection.01'], { note: '通道堵了' })).toBe(2);
    const entries = () => db('duty_entries').orderBy('duty_code').select('duty_code', 'note');
    expect(await entries()).toEqual([
      { duty_code: 'hazard_inspection.01', note: '通道堵了' },
      { duty_code: 'security_patrol.01', note: '夜里一圈' },
    ]);
    expect(await tick(stage, 'member1', ['security_patrol.01'])).toBe(1);
    expect(await entries()).toHaveLength(1);
    expect(await memberMonth(db, stage.people.member1.person_id, '2026-11')).toMatchObject({ duties: 1 });
  });

  test('it is for today and the last few days, and for known duties', async ({ world, db }) => {
    const stage = await makeStage(world);
    await addDuties(db, stage.units.housing.id);
    await expect(tick(stage, 'member1', [], { done_on: '2026-11-24' })).rejects.toMatchObject({
      detail: { done_on: 'in_the_future' },
    });
    await expect(tick(stage, 'member1', [], { done_on: '2026-11-19' })).rejects.toMatchObject({ status: 422 });
    await expect(tick(stage, 'member1', ['x.01'])).rejects.toMatchObject({ detail: { duties: 'not_an_option' } });
    await expect(tick(stage, 'huayuan_clerk', [])).rejects.toMatchObject({ status: 404 });
    expect(await tick(stage, 'member1', ['public_opinion.01'], { done_on: '2026-11-20' })).toBe(1);
  });

  test('the community counts its own members by duty', async ({ world, db }) => {
    const stage = await makeStage(world);
    await addDuties(db, stage.units.housing.id);
    await tick(stage, 'member1', ['security_patrol.01']);
    await tick(stage, 'member1', ['security_patrol.01'], { done_on: '2026-11-22' });
    await tick(stage, 'member2', ['security_patrol.01', 'public_opinion.01']);
    await tick(stage, 'member3', ['security_patrol.01']);
    const of = async (path: string) => (await countDuties(db, path, '2026-11')).map(({ entries, members }) => [entries, members]);
    expect(await of(stage.units.huayuan.path)).toEqual([
      [3, 2],
      [0, 0],
      [1, 1],
    ]);
    expect(await of(stage.units.quanshan.path)).toEqual([
      [4, 3],
      [0, 0],
      [1, 1],
    ]);
    expect(await of(stage.units.xinzhuang.path)).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
  });

  test('pages: a member ticks without a script and sees his month; the community its statistics, by department too', async ({
    world,
    db,
  }) => {
    const stage = await makeStage(world);
    await addDuties(db, stage.units.housing.id);
    const app = createApp(world);
    const member = await signIn(app, 'member1');
    const page = await member.get('/duty-log');
    const saved = await page.send('/duty-log', {
      duties: ['security_patrol.01', 'public_opinion.01'],
      place: '3号楼',
      note: '正常',
    });
    expect(saved.text).toContain('已保存，当天共 2 项。');
    expect(saved.form('/duty-log').fields.get('duties')?.given).toEqual(['security_patrol.01', 'public_opinion.01']);
    const month = await member.get('/duty-log/month');
    expect(month.text).toContain('3号楼 · 正常');
    expect((await member.raw('/duty-log/statistics')).status).toBe(404);
    const clerk = await signIn(app, 'huayuan_clerk');
    const statistics = await clerk.get('/duty-log/statistics');
    expect(statistics.text).toContain('日常治安巡逻');
    expect(statistics.text).toContain('市住房和城乡建设局');
    expect((await clerk.get('/duty-log/statistics?month=2026-10&lang=en')).text).toContain('October 2026');
    expect((await clerk.raw('/duty-log')).status).toBe(404);
  });
});
