import { describe, expect } from 'vitest';
import { createApp } from '../../src/app.ts';
import { register } from '../../src/orders/actions/perform.ts';
import { listChanges } from '../../src/trail/store.ts';
import { endSubstitute, type Naming, nameSubstitute, turnSubstitutes } from '../../src/visits/actions/substitute.ts';
import { signIn } from '../support/browser.ts';
import type { PersonName } from '../support/cast.ts';
import { makeStage, type Stage } from '../support/make.ts';
import { freshDb, test } from '../support/world.ts';

const naming = (stage: Stage, absent: PersonName, substitute: PersonName, given: Partial<Naming> = {}): Naming => ({
  absent_person_id: stage.people[absent].person_id,
  substitute_person_id: stage.people[substitute].person_id,
  valid_from: '2026-11-23',
  valid_to: '2026-11-25',
  reason: '外出培训',
  asked_himself: true,
  ...given,
});
const doing = (stage: Stage, who: PersonName) => ({ author: stage.people[who], now: stage.world.clock() });
const name = (stage: Stage, who: PersonName, ...of: [PersonName, PersonName, Partial<Naming>?]) =>
  nameSubstitute(stage.world.db, doing(stage, who), naming(stage, ...of));
const onDuty = async (stage: Stage, who: PersonName) =>
  (await stage.world.db('posts').where({ id: stage.people[who].post_id }).first('on_duty'))!.on_duty;
/** A resident scans the plate of grid 1. */
const scan = (stage: Stage) =>
  register(
    stage.world,
    { author: 'appellant', now: stage.world.clock() },
    {
      channel: 'qr_code',
      kind: 'help',
      priority: 'general',
      category_code: '0304',
      content: '单元门坏了',
      place_unit_id: stage.units.grid1.id,
      phone: '10000000002',
    },
  );

describe('substitutes', () => {
  test('new work of the absent one’s grid lands there still, and the substitute takes it up in the post he was given', async ({
    world,
    db,
  }) => {
    const stage = await makeStage(world);
    // The assistant of the grid is off: without a substitute it would go to the community.
    await db('posts').where({ id: stage.people.member1b.post_id }).update({ on_duty: false });
    await db('posts').where({ id: stage.people.member1.post_id }).update({ on_duty: false });
    expect((await stage.orders(await scan(stage))).at(-1)!.unit_id).toBe(stage.units.huayuan.id);
    await db('posts').where({ id: stage.people.member1.post_id }).update({ on_duty: true });
    await name(stage, 'huayuan_clerk', 'member1', 'member2');
    expect(await onDuty(stage, 'member1')).toBe(false);
    const number = await scan(stage);
    const order = (await stage.orders(number)).at(-1)!;
    expect(order.unit_id).toBe(stage.units.grid1.id);

    const browser = await signIn(createApp(world), 'member2');
    expect((await browser.raw(`/appeals/${number}`)).status).toBe(404);
    const home = await browser.get('/substitutes');
    expect(home.text).toContain('外出培训');
    const other = home.forms.find(({ action }) => action === '/session/post')!;
    await browser.post('/session/post', { post_id: other.fields.get('post_id')!.given[0]! });
    const path = `/appeals/${number}/orders/${order.id}/acknowledge`;
    const taken = await (await browser.get(`/appeals/${number}`)).send(path);
    expect(taken.status).toBe(200);
    expect((await stage.orders(number)).at(-1)).toMatchObject({ status: 'in_progress', unit_id: stage.units.grid1.id });
  });

  test('it ends by itself: post and reach after the last day, and with the night’s job the absent one is on duty again', async ({
    world,
    db,
    clock,
  }) => {
    const stage = await makeStage(world);
    await name(stage, 'huayuan_clerk', 'member1', 'member2');
    const number = await scan(stage);
    const app = createApp(world);
    clock.set('2026-11-25T23:59:00+08:00');
    const browser = await signIn(app, 'member2');
    const other = (await browser.get('/substitutes')).forms.find(({ action }) => action === '/session/post')!;
    await browser.post('/session/post', { post_id: other.fields.get('post_id')!.given[0]! });
    expect((await browser.raw(`/appeals/${number}`)).status).toBe(200);
    expect(await turnSubstitutes(world, clock())).toEqual({ taken: 0, returned: 0 });
    clock.set('2026-11-26T00:01:00+08:00');
    expect((await browser.raw(`/appeals/${number}`)).status).toBe(404);
    expect(await turnSubstitutes(world, clock())).toEqual({ taken: 0, returned: 1 });
    expect(await turnSubstitutes(world, clock())).toEqual({ taken: 0, returned: 0 });
    expect(await onDuty(stage, 'member1')).toBe(true);
    expect(await db('substitutes').first()).toMatchObject({ was_on_duty: true, valid_to: '2026-11-25' });
  });

  test('one that begins later takes the duty on its first day, and who was off before stays off after', async ({
    world,
    db,
    clock,
  }) => {
    const stage = await makeStage(world);
    await db('posts').where({ id: stage.people.member2.post_id }).update({ on_duty: false });
    await name(stage, 'huayuan_clerk', 'member2', 'member1', { valid_from: '2026-11-24', valid_to: '2026-11-24' });
    expect(await turnSubstitutes(world, clock())).toEqual({ taken: 0, returned: 0 });
    clock.set('2026-11-24T00:01:00+08:00');
    expect(await turnSubstitutes(world, clock())).toEqual({ taken: 1, returned: 0 });
    clock.set('2026-11-25T00:01:00+08:00');
    expect(await turnSubstitutes(world, clock())).toEqual({ taken: 0, returned: 1 });
    expect(await onDuty(stage, 'member2')).toBe(false);
  });

  test('it says who asked, who decided and why; ended early, everything is as before', async ({ world, db }) => {
    const stage = await makeStage(world);
    const id = await name(stage, 'huayuan_clerk', 'member1', 'member2');
    expect(await db('substitutes').where({ id }).first()).toMatchObject({
      asked_by: stage.people.member1.person_id,
      decided_by: stage.people.huayuan_clerk.person_id,
      reason: '外出培训',
    });
    await expect(endSubstitute(db, doing(stage, 'jincheng_clerk'), id)).rejects.toMatchObject({ status: 404 });
    await endSubstitute(db, doing(stage, 'quanshan_clerk'), id);
    expect(await onDuty(stage, 'member1')).toBe(true);
    const { post_id } = (await db('substitutes').where({ id }).first())!;
    expect(await db('posts').where({ id: post_id }).first()).toMatchObject({ valid_to: '2026-11-22' });
    expect((await listChanges(db, `substitute:${id}`)).map(({ act }) => act)).toEqual(['substitute.end', 'substitute.name']);
    await expect(endSubstitute(db, doing(stage, 'quanshan_clerk'), id)).rejects.toMatchObject({ status: 409 });
    // The same again, on the same day.
    expect(await name(stage, 'huayuan_clerk', 'member1', 'member2')).toBeGreaterThan(id);
    expect(await onDuty(stage, 'member1')).toBe(false);
  });

  test('nobody stands in for himself, across communities, twice at once, or while he is absent', async ({ world, db }) => {
    const stage = await makeStage(world);
    const refused = async (why: object, ...of: Parameters<typeof name>) => {
      await expect(name(...of), JSON.stringify(why)).rejects.toMatchObject({ detail: why });
    };
    await refused({ substitute_person_id: 'not_himself' }, stage, 'huayuan_clerk', 'member1', 'member1');
    await refused({ substitute_person_id: 'same_grid' }, stage, 'huayuan_clerk', 'member1', 'member1b');
    await refused({ substitute_person_id: 'not_of_the_community' }, stage, 'quanshan_clerk', 'member1', 'member3');
    await refused({ absent_person_id: 'not_yours' }, stage, 'huayuan_clerk', 'member3', 'member1');
    await refused({ absent_person_id: 'not_yours' }, stage, 'member1', 'member1', 'member2');
    await refused({ valid_to: 'before_start' }, stage, 'huayuan_clerk', 'member1', 'member2', {
      valid_to: '2026-11-22',
      valid_from: '2026-11-23',
    });
    await refused({ valid_from: 'in_the_past' }, stage, 'huayuan_clerk', 'member1', 'member2', { valid_from: '2026-11-22' });
    await name(stage, 'huayuan_clerk', 'member1', 'member2');
    await refused({ absent_person_id: 'substituted' }, stage, 'huayuan_clerk', 'member1', 'member2', {
      valid_from: '2026-11-25',
      valid_to: '2026-11-27',
    });
    await refused({ absent_person_id: 'substituted' }, stage, 'huayuan_clerk', 'member2', 'member1b');
    await refused({ absent_person_id: 'substituted' }, stage, 'huayuan_clerk', 'member2', 'member1b', {
      valid_from: '2026-11-25',
      valid_to: '2026-11-30',
    });
    await db('linked_members').where({ person_id: stage.people.member3.person_id }).update({ grid_id: stage.units.market.id });
    await refused({ substitute_person_id: 'absent_himself' }, stage, 'huayuan_clerk', 'member3', 'member1');
    expect(
      await name(stage, 'huayuan_clerk', 'member1', 'member2', { valid_from: '2026-11-26', valid_to: '2026-11-27' }),
    ).toBeGreaterThan(0);
  });

  test('the database itself allows one substitute at a time, and no decision of one of the two', async ({ world, db }) => {
    const stage = await makeStage(world);
    const id = await name(stage, 'huayuan_clerk', 'member1', 'member2');
    const { id: _, ...row } = (await db('substitutes').where({ id }).first())!;
    for (const [why, changes] of [
      ['one_substitute_at_a_time', { valid_from: '2026-11-25', valid_to: '2026-11-30' }],
      ['decided_by_a_third', { valid_from: '2027-01-01', valid_to: '2027-01-02', decided_by: stage.people.member2.person_id }],
      ['nobody_for_himself', { valid_from: '2027-01-01', valid_to: '2027-01-02', substitute_person_id: row.absent_person_id }],
    ] as const)
      await expect(
        db.transaction((trx) => trx('substitutes').insert({ ...row, ...changes })),
        why,
      ).rejects.toThrow(why);
  });

  test('pages: the community names and ends one, both members and the grid’s page show it, others do not', async ({
    world,
    clock,
  }) => {
    const stage = await makeStage(world);
    const app = createApp(world);
    const clerk = await signIn(app, 'huayuan_clerk');
    const { member1, member2 } = stage.people;
    const blank = await clerk.get('/substitutes/new');
    expect(blank.text).not.toContain('member3');
    const refused = await blank.send('/substitutes/new', {
      absent_person_id: member1.person_id,
      substitute_person_id: member1.person_id,
      reason: '培训',
    });
    expect([refused.status, refused.text]).toEqual([422, expect.stringContaining('不能为自己顶岗')]);
    const made = await refused.send('/substitutes/new', { substitute_person_id: member2.person_id });
    expect(made.text).toContain('已安排顶岗');
    expect((await clerk.get(`/grids/${stage.units.grid1.id}`)).text).toContain('member2为member1顶岗');
    expect((await clerk.get('/field')).text).toContain('member2顶岗');
    expect((await (await signIn(app, 'member1')).get('/visits')).text).toContain('您请假期间由member2顶岗');
    expect((await (await signIn(app, 'member2')).get('/visits')).text).toContain('您为member1顶岗');
    expect((await (await signIn(app, 'member1b')).get('/substitutes')).text).toContain('没有顶岗记录');
    expect((await (await signIn(app, 'jincheng_clerk')).get('/substitutes')).text).not.toContain('member2');
    clock.addMinutes(5);
    const ended = await made.send(made.forms.find(({ action }) => action.endsWith('/end'))!.action);
    expect(ended.text).toContain('恢复当班');
  });
});

test('of two clerks who name a substitute at once one is told that there is one', async () => {
  const { world } = await freshDb();
  const stage = await makeStage(world);
  const answers = await Promise.allSettled([
    name(stage, 'huayuan_clerk', 'member1', 'member2'),
    name(stage, 'huayuan_secretary', 'member1', 'member2'),
  ]);
  expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(answers.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { detail: { absent_person_id: 'substituted' } },
  });
});
