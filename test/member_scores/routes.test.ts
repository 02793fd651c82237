import { describe, expect } from 'vitest';
import { createApp } from '../../src/app.ts';
import { scoreMembers, settleMonth } from '../../src/member_scores/actions/score.ts';
import { listMonth } from '../../src/member_scores/store/scores.ts';
import { signIn } from '../support/browser.ts';
import { makeStage } from '../support/make.ts';
import { test } from '../support/world.ts';

describe('the pages of the scores', () => {
  test('from the report to the member’s own page: every term opens what it counts', async ({ world, db, clock }) => {
    const stage = await makeStage(world);
    const number = await stage.register('member1', { channel: 'app_snapshot', content: '路灯不亮', category_code: '0208' });
    clock.set('2026-12-01T05:00:00+08:00');
    await scoreMembers(db, clock());
    const app = createApp(world);
    const secretary = await signIn(app, 'huayuan_secretary');
    const month = await secretary.get('/member-scores?month=2026-11');
    expect(month.text).toContain('待社区打分');
    const scored = await month.send('/member-scores/propose');
    expect(scored.text).toContain('已打分 3 人');

    const leader = await signIn(app, 'quanshan_leader');
    expect((await (await leader.get('/member-scores?month=2026-11')).send('/member-scores/confirm')).text).toContain(
      '已确认 3 人',
    );

    const member = await signIn(app, 'member1');
    const mine = await member.get('/member-scores/mine');
    expect(mine.text).toContain('2026');
    const own = (await listMonth(db, '/', '2026-11')).find(({ person_id }) => person_id === stage.people.member1.person_id)!;
    expect(mine.html).toContain(`href="/member-scores/${own.id}"`);
    const page = await member.get(`/member-scores/${own.id}`);
    expect(page.text).toContain(own.score);
    for (const term of ['visits', 'information', 'reports', 'tasks', 'reviews'])
      expect((await member.get(`/member-scores/${own.id}/terms/${term}`)).status).toBe(200);
    const reports = await member.get(`/member-scores/${own.id}/terms/reports`);
    expect(reports.html).toContain(`href="/appeals/${number}"`);
    expect((await member.get(`/member-scores/${own.id}/terms/luck`)).status).toBe(404);
    const objected = await page.send(`/member-scores/${own.id}/object`, { grounds: '走访少算了' });
    expect(objected.text).toContain('异议已提交');
    const ruled = await (await leader.get(`/member-scores/${own.id}`)).send(`/member-scores/${own.id}/rule`, {
      decision: 'upheld',
      ruling: '核实确有遗漏',
    });
    expect(ruled.text).toContain('成立，重新打分');
    // The revision is not his to see before it is confirmed.
    const next = (await listMonth(db, '/', '2026-11')).find(({ person_id }) => person_id === stage.people.member1.person_id)!;
    expect(next.revision).toBe(2);
    expect((await member.raw(`/member-scores/${next.id}`)).status).toBe(404);
  });

  test('nobody sees another’s: a member of the grid beside, another community, a department; both languages', async ({
    world,
    db,
    clock,
  }) => {
    const stage = await makeStage(world);
    clock.set('2026-12-01T05:00:00+08:00');
    await scoreMembers(db, clock());
    const doing = (who: 'huayuan_secretary' | 'quanshan_leader') => ({ author: stage.people[who], now: clock() });
    await settleMonth(db, doing('huayuan_secretary'), '2026-11', 'propose');
    await settleMonth(db, doing('quanshan_leader'), '2026-11', 'confirm');
    const own = (await listMonth(db, '/', '2026-11')).find(({ person_id }) => person_id === stage.people.member1.person_id)!;
    const app = createApp(world);
    for (const who of ['member2', 'jincheng_clerk', 'housing_leader', 'callback', 'xinzhuang_leader'] as const) {
      const browser = await signIn(app, who);
      expect([who, (await browser.raw(`/member-scores/${own.id}`)).status]).toEqual([who, 404]);
      expect([who, (await browser.raw(`/member-scores/${own.id}/terms/visits`)).status]).toEqual([who, 404]);
    }
    const clerk = await signIn(app, 'quanshan_clerk');
    for (const lang of ['zh', 'en'])
      for (const path of ['?', '/year?', '/marks?', '/checks/new?', '/marks/new?', `/${own.id}?`, `/${own.id}/terms/tasks?`])
        expect([path, (await clerk.get(`/member-scores${path}lang=${lang}`)).status]).toEqual([path, 200]);
    const marks = await clerk.get('/member-scores/checks/new');
    const wrong = await marks.send('/member-scores/checks/new', {
      person_id: own.person_id,
      checked: 3,
      errors: 4,
      note: '抽查住户',
    });
    expect([wrong.status, wrong.html.includes('抽查住户')]).toEqual([422, true]);
  });
});
