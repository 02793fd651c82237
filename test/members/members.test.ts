import { describe, expect } from 'vitest';
import { createApp } from '../../src/app.ts';
import { editMember, type MemberInput } from '../../src/members/actions.ts';
import { countMembers, findMember } from '../../src/members/store.ts';
import { versionOf } from '../../src/trail/actions/change.ts';
import { listChanges } from '../../src/trail/store.ts';
import { signIn } from '../support/browser.ts';
import type { PersonName } from '../support/cast.ts';
import { makeStage, type Stage } from '../support/make.ts';
import { test } from '../support/world.ts';

const changing = (stage: Stage, who: PersonName) => ({ author: stage.people[who], now: stage.world.clock() });

async function edit(stage: Stage, who: PersonName, person_id: number, changes: Partial<MemberInput>) {
  const { db } = stage.world;
  const member = (await findMember(db, person_id))!;
  const { grid_id, kind, batch, services, valid_from, valid_to, work_phone } = member;
  const version = versionOf({ person_id, grid_id, kind, batch, services, valid_from, valid_to, work_phone });
  return editMember(db, changing(stage, who), person_id, version, {
    grid_id,
    kind,
    batch,
    services,
    valid_from,
    valid_to,
    work_phone,
    ...changes,
  });
}
const postsOf = (stage: Stage, person_id: number) =>
  stage.world.db('posts').where({ person_id, post: 'linked_member' }).orderBy('id').select('unit_id', 'valid_to');

describe('linked members', () => {
  test('in another grid the post follows, and sessions of before end', async ({ world, db }) => {
    const stage = await makeStage(world);
    const { person_id } = stage.people.member1;
    const { grid1, grid2 } = stage.units;
    const revision = async () => (await db('accounts').where({ person_id }).first())!.revision;
    const before = await revision();
    await edit(stage, 'huayuan_clerk', person_id, { services: '走访' });
    expect(await revision()).toBe(before);
    await edit(stage, 'huayuan_clerk', person_id, { grid_id: grid2.id });
    expect(await postsOf(stage, person_id)).toEqual([
      { unit_id: grid1.id, valid_to: '2026-11-22' },
      { unit_id: grid2.id, valid_to: null },
    ]);
    expect(await revision()).toBe(before + 1);
    // There and back on one day leaves one open post.
    await edit(stage, 'huayuan_clerk', person_id, { grid_id: grid1.id });
    expect((await postsOf(stage, person_id)).filter(({ valid_to }) => valid_to === null)).toEqual([
      { unit_id: grid1.id, valid_to: null },
    ]);
    await edit(stage, 'huayuan_clerk', person_id, { grid_id: grid2.id });
    expect((await postsOf(stage, person_id)).filter(({ valid_to }) => valid_to === null)).toEqual([
      { unit_id: grid2.id, valid_to: null },
    ]);
  });

  test('an end of service ends the post with it; taken back it opens again', async ({ world }) => {
    const stage = await makeStage(world);
    const { person_id } = stage.people.member2;
    await edit(stage, 'huayuan_secretary', person_id, { valid_to: '2026-11-30' });
    expect(await postsOf(stage, person_id)).toEqual([{ unit_id: stage.units.grid2.id, valid_to: '2026-11-30' }]);
    expect(await countMembers(stage.world.db, '/', '2026-12-01')).toMatchObject({ fulltime: 3, gaps: 1 });
    await edit(stage, 'huayuan_secretary', person_id, { valid_to: null });
    expect(await postsOf(stage, person_id)).toEqual([{ unit_id: stage.units.grid2.id, valid_to: null }]);
    await edit(stage, 'huayuan_secretary', person_id, { valid_to: '2026-11-20' });
    expect((await postsOf(stage, person_id))[0]?.valid_to).toBe('2026-11-20');
  });

  test('only who keeps the grid may change its members, and only into a grid he keeps', async ({ world, db }) => {
    const stage = await makeStage(world);
    const { person_id } = stage.people.member1;
    for (const who of ['jincheng_clerk', 'xinzhuang_leader', 'member1', 'dispatch', 'housing_clerk'] as const) {
      await expect(edit(stage, who, person_id, { services: 'x' }), who).rejects.toMatchObject({ status: 403 });
    }
    await expect(edit(stage, 'huayuan_clerk', person_id, { grid_id: stage.units.grid3.id })).rejects.toMatchObject({
      detail: { grid_id: 'not_yours' },
    });
    await expect(edit(stage, 'huayuan_clerk', person_id, { grid_id: stage.units.huayuan.id })).rejects.toMatchObject({
      detail: { grid_id: 'not_an_option' },
    });
    expect(await edit(stage, 'quanshan_clerk', person_id, { grid_id: stage.units.grid3.id })).toBe(true);
    expect((await listChanges(db, `member:${person_id}`))[0]).toMatchObject({
      act: 'member.edit',
      after: { grid_id: stage.units.grid3.id },
    });
  });
});

describe('pages of linked members', () => {
  test('everybody who works finds them by name, initials, phone and grid', async ({ world, db }) => {
    const { people } = await makeStage(world);
    await db('people')
      .where({ id: people.member1.person_id })
      .update({ name: '王建国', search: '王建国 wangjianguo wjg', work_phone: '0535-0123456' });
    const browser = await signIn(createApp(world), 'housing_clerk');
    for (const q of ['王建国', 'wjg', '05350123', '花园社区第1网格 wjg'])
      expect((await browser.get(`/members?q=${encodeURIComponent(q)}`)).text, q).toContain('王建国');
    expect((await browser.get('/members?kind=assistant')).text).not.toContain('王建国');
    expect((await browser.get(`/members/${people.member1.person_id}`)).text).toContain('0535-0123456');
    expect((await browser.raw(`/members/${people.housing_clerk.person_id}`)).status).toBe(404);
  });

  test('a community clerk adds and edits one; what is wrong comes back', async ({ world }) => {
    const { units, people } = await makeStage(world);
    const browser = await signIn(createApp(world), 'huayuan_clerk');
    const refused = await (await browser.get('/members/new')).send('/members/new', {
      name: '李秀英',
      work_phone: '12',
      grid_id: '',
    });
    expect([refused.status, refused.text]).toEqual([422, expect.stringContaining('11 位手机号')]);
    const made = await refused.send('/members/new', { work_phone: '15400000001', grid_id: units.grid2.id });
    expect([made.status, made.text]).toEqual([200, expect.stringContaining('已新增联户党员：李秀英')]);
    const action = `/members/${people.member1.person_id}/edit`;
    const [mine, other] = [await browser.get(action), await browser.get(action)];
    expect((await other.send(action, { services: '走访入户' })).text).toContain('走访入户');
    const told = await mine.send(action, { services: '矛盾调解' });
    expect([told.status, told.form(action).fields.get('services')?.given]).toEqual([409, ['矛盾调解']]);
    expect((await (await signIn(createApp(world), 'xinzhuang_clerk')).raw(action)).status).toBe(403);
  });
});
