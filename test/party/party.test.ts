import { describe, expect } from 'vitest';
import { createApp } from '../../src/app.ts';
import { may } from '../../src/policy.ts';
import { signIn } from '../support/browser.ts';
import { makeStage, type Stage } from '../support/make.ts';
import { test } from '../support/world.ts';

async function organization(stage: Stage): Promise<number> {
  const [row] = await stage.world
    .db('party_organizations')
    .insert({
      code: 'DW1',
      name: '住建局机关党委',
      community_id: stage.units.huayuan.id,
      secretary: '王建军',
      search: '住建局机关党委 zhujianju zjjjgdw',
      valid_from: '2020-01-01',
    })
    .returning('id');
  await stage.world.db('party_members').insert([
    {
      organization_id: row!.id,
      name: '刘德海',
      joined_on: '1998-06-12',
      search: '刘德海 liudehai ldh',
      valid_from: '2020-01-01',
    },
  ]);
  return row!.id;
}

describe('Party organisations and members', () => {
  test('membership is shown to the posts of the policy and to nobody else', async ({ world }) => {
    const stage = await makeStage(world);
    const id = await organization(stage);
    const app = createApp(world);
    for (const who of [
      'huayuan_clerk',
      'quanshan_leader',
      'supervision',
      'leader',
      'sys',
      'member1',
      'housing_clerk',
      'housing_leader',
      'sec',
      'audit',
    ] as const) {
      const browser = await signIn(app, who);
      for (const path of ['/party', '/party/members', '/party/branches', `/party/${id}`]) {
        expect([who, path, (await browser.raw(path)).status]).toEqual([
          who,
          path,
          may(stage.people[who], 'party.read') ? 200 : 404,
        ]);
      }
    }
  });

  test('lists count, are searched by initials, and lead from a member to the organisation', async ({ world }) => {
    const stage = await makeStage(world);
    await organization(stage);
    const browser = await signIn(createApp(world), 'dispatch');
    expect((await browser.get('/party?q=zjj')).text).toContain('住建局机关党委');
    const members = await browser.get('/party/members?q=ldh');
    expect(members.text).toContain('刘德海');
    expect((await members.follow('住建局机关党委')).text).toContain('1998-06-12');
    expect((await browser.get('/party/members?q=zzz')).text).toContain('没有符合条件的记录');
  });

  test('the community it registers with keeps it: a member is added, changed, and leaves before it can end', async ({
    world,
    clock,
  }) => {
    const stage = await makeStage(world);
    const id = await organization(stage);
    const app = createApp(world);
    const browser = await signIn(app, 'huayuan_clerk');
    const added = await (await browser.get(`/party/${id}/members/new`)).send(`/party/${id}/members/new`, {
      name: '赵兰',
      joined_on: '2001-07-01',
    });
    expect(added.text).toContain('已新增：赵兰');
    const action = `/party/${id}/edit`;
    const refused = await (await browser.get(action)).send(action, { valid_to: '2026-11-23' });
    expect([refused.status, refused.text]).toEqual([422, expect.stringContaining('还有 2 名党员')]);
    for (const member of await world.db('party_members').where({ organization_id: id })) {
      const edit = `/party/members/${member.id}/edit`;
      expect((await (await browser.get(edit)).send(edit, { valid_to: '2026-11-23' })).text).toContain('已保存');
    }
    clock.set('2026-11-24T09:00:00+08:00');
    const later = await signIn(app, 'huayuan_clerk');
    expect((await (await later.get(action)).send(action, { valid_to: '2026-11-23' })).text).toContain('已停用');
  });

  test('another community, a town and the command centre do not', async ({ world }) => {
    const stage = await makeStage(world);
    const id = await organization(stage);
    const app = createApp(world);
    const stranger = await signIn(app, 'jincheng_clerk');
    for (const path of [`/party/${id}/edit`, `/party/${id}/members/new`, `/party/branches/${stage.units.grid1.id}/edit`]) {
      expect((await stranger.raw(path)).status, path).toBe(403);
      expect((await stranger.post(path, { name: 'x' })).status, path).toBe(403);
      for (const who of ['quanshan_clerk', 'dispatch']) expect((await (await signIn(app, who)).raw(path)).status).toBe(404);
    }
  });

  test('a base grid gets its branch, and says which grids have none', async ({ world }) => {
    const { units } = await makeStage(world);
    const browser = await signIn(createApp(world), 'huayuan_secretary');
    expect((await browser.get('/party/branches')).text).toContain('0 / 3');
    const action = `/party/branches/${units.grid1.id}/edit`;
    const set = await (await browser.get(action)).send(action, { kind: 'group', name: '花园第一党小组', secretary: '王建军' });
    expect(set.text).toContain('花园第一党小组');
    expect((await browser.get('/party/branches')).text).toContain('1 / 3');
    expect((await browser.raw(`/party/branches/${units.market.id}/edit`)).status).toBe(404);
  });
});
