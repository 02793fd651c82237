import { describe, expect } from 'vitest';
import { createApp } from '../../src/app.ts';
import { drawMissed, drawRecalls, recordRecall } from '../../src/callbacks/actions.ts';
import { listQueue } from '../../src/desks/store/queue.ts';
import { nightly } from '../../src/orders/actions/nightly.ts';
import type { Actor } from '../../src/people/rules.ts';
import { signIn } from '../support/browser.ts';
import { makeStage, type Stage } from '../support/make.ts';
import { test } from '../support/world.ts';

const everything = { channel: null, town_id: null, category: null };
const inTab = async (stage: Stage, tab: 'pending_callback' | 'call_later') =>
  (await listQueue(stage.world.db, tab, stage.people.callback, everything, null, stage.world.clock())).map(
    ({ number }) => number,
  );
const rated = { level: 'satisfied', contacted: true, solved: true } as const;

/** A second callback officer; there is one in the cast. */
async function another(stage: Stage): Promise<Actor> {
  const { db } = stage.world;
  const [person] = await db('people')
    .insert({ name: 'callback2', work_phone: '0535-0000000', search: 'callback2', demo: true })
    .returning('id');
  const { callback } = stage.people;
  const [post] = await db('posts')
    .insert({
      person_id: person!.id,
      post: 'callback_officer',
      unit_id: callback.unit_id,
      on_duty: true,
      valid_from: '2020-01-01',
      valid_to: null,
    })
    .returning('id');
  return { ...callback, person_id: person!.id, post_id: post!.id, name: 'callback2' };
}

describe('the callback desk', () => {
  test('whoever was not reached leaves the list until he is to be called again; three calls on two days are enough', async ({
    world,
    db,
    clock,
  }) => {
    const stage = await makeStage(world);
    const number = await stage.finished();
    const call = () => stage.act('callback', number, 'attempt', { callback_outcome: 'no_answer' });
    expect(await inTab(stage, 'pending_callback')).toEqual([number]);
    await call();
    expect([await inTab(stage, 'pending_callback'), await inTab(stage, 'call_later')]).toEqual([[], [number]]);
    clock.addMinutes(121);
    expect([await inTab(stage, 'pending_callback'), await inTab(stage, 'call_later')]).toEqual([[number], []]);
    await call();
    clock.addMinutes(121);
    expect(await inTab(stage, 'pending_callback')).toEqual([]);
    clock.set('2026-11-24T09:00:00+08:00');
    expect(await inTab(stage, 'pending_callback')).toEqual([number]);
    const page = await (await signIn(createApp(world), 'callback')).get('/desks/callback');
    expect(page.text).toContain('已打 2/3 次，1/2 天');
    await call();
    clock.set('2026-12-02T01:20:00+08:00');
    expect(await nightly.close_unreached(db, clock())).toBeGreaterThan(0);
    expect(await stage.appeal(number)).toMatchObject({ status: 'closed', level: null });
  });

  test('who asks to be called later shows up again at that hour; the form wants to know when', async ({ world, clock }) => {
    const stage = await makeStage(world);
    const number = await stage.finished();
    const browser = await signIn(createApp(world), 'callback');
    const page = await browser.get(`/appeals/${number}`);
    const path = `/appeals/${number}/attempt`;
    expect((await page.send(path, { callback_outcome: 'later' })).status).toBe(422);
    const sent = await page.send(path, { callback_outcome: 'later', again_at: '2026-11-25T15:30' });
    expect(sent.status).toBe(200);
    clock.set('2026-11-25T15:29:00+08:00');
    expect(await inTab(stage, 'call_later')).toEqual([number]);
    clock.set('2026-11-25T15:31:00+08:00');
    expect(await inTab(stage, 'pending_callback')).toEqual([number]);
  });

  test('nobody is called at night, said in a plain sentence; emergencies are, and what was rated online needs no call', async ({
    world,
    clock,
  }) => {
    const stage = await makeStage(world);
    const [number, urgent, rated_online] = [
      await stage.finished(),
      await stage.finished({ priority: 'emergency' }),
      await stage.finished(),
    ];
    await stage.appellant(rated_online!, 'rate', rated);
    clock.set('2026-11-23T20:00:00+08:00');
    await expect(stage.act('callback', number!, 'attempt', { callback_outcome: 'no_answer' })).rejects.toMatchObject({
      code: 'outside_calling_hours',
    });
    await expect(stage.act('callback', number!, 'close', rated)).rejects.toMatchObject({ code: 'outside_calling_hours' });
    const browser = await signIn(createApp(world), 'callback');
    const refused = await (await browser.get(`/appeals/${number}`)).send(`/appeals/${number}/close`, {
      level: 'satisfied',
      contacted: 'yes',
      solved: 'yes',
    });
    expect([refused.status, refused.text.includes('现在不是回访时间')]).toEqual([409, true]);
    await stage.act('callback', urgent!, 'close', rated);
    await stage.act('callback', rated_online!, 'close', rated);
    expect((await stage.appeal(rated_online!)).status).toBe('closed');
  });

  test('who holds or held a post at a unit with an order on it never calls: the act refuses, and so does the database', async ({
    world,
    db,
  }) => {
    const stage = await makeStage(world);
    const number = await stage.finished();
    await db('posts').insert({
      person_id: stage.people.callback.person_id,
      post: 'department_clerk',
      unit_id: stage.units.housing.id,
      on_duty: false,
      valid_from: '2020-01-01',
      valid_to: '2020-06-30',
    });
    await expect(stage.act('callback', number, 'close', rated)).rejects.toMatchObject({ status: 403, code: 'own_unit_calls' });
    await expect(stage.act('callback', number, 'attempt', { callback_outcome: 'no_answer' })).rejects.toMatchObject({
      status: 403,
    });
    const { id } = await stage.appeal(number);
    await expect(
      db.transaction((trx) =>
        trx('callbacks').insert({
          appeal_id: id,
          round: 1,
          called_by: stage.people.housing_clerk.person_id,
          called_at: world.clock(),
          outcome: 'reached',
          note: '',
          again_at: null,
        }),
      ),
    ).rejects.toThrow('never calls');
  });

  test('the script stands in both languages for every kind', async ({ world }) => {
    await makeStage(world);
    const browser = await signIn(createApp(world), 'callback');
    for (const kind of ['inquiry', 'help', 'complaint', 'report', 'suggestion', 'praise']) {
      const page = await browser.get(`/callbacks/script?kind=${kind}`);
      expect(page.text).toContain('12345 民生服务热线');
      expect(page.text).toContain('the 12345 service line');
    }
    expect((await browser.get('/callbacks/script?kind=complaint')).text).toContain('有没有人要您撤诉');
  });
});

describe('second calls', () => {
  async function makeDraw(stage: Stage): Promise<number> {
    const number = await stage.finished();
    await stage.act('callback', number, 'close', rated);
    const { db } = stage.world;
    expect(await drawRecalls(stage.world, new Date('2026-11-24T00:15:00+08:00'))).toEqual({
      day: '2026-11-23',
      closed: 1,
      drawn: 1,
    });
    return (await db('recalls').first('id'))!.id;
  }

  test('a day is drawn once, and the draw can be made again from its seed', async ({ world, db }) => {
    const stage = await makeStage(world);
    await makeDraw(stage);
    expect((await drawRecalls(world, new Date('2026-11-24T00:16:00+08:00'))).drawn).toBe(0);
    expect(await db('recall_draws').first()).toMatchObject({ closed: 1, drawn: 1, percent: 10 });
    expect(await db('recalls').count('* as n').first()).toMatchObject({ n: 1 });
  });

  test('days on which nobody drew are drawn afterwards, each once', async ({ world, db, clock }) => {
    const stage = await makeStage(world);
    await makeDraw(stage);
    clock.set('2026-11-25T10:00:00+08:00');
    const number = await stage.finished({ phone: '10000000002' });
    await stage.act('callback', number, 'close', rated);
    const later = new Date('2026-11-28T09:00:00+08:00');
    expect(await drawMissed(world, later)).toEqual({ days: 4, drawn: 1 });
    expect(await drawMissed(world, later)).toEqual({ days: 0, drawn: 0 });
    expect(await db('recalls').orderBy('day').pluck('day')).toEqual(['2026-11-23', '2026-11-25']);
  });

  test('never the first caller, in calling hours, not by the unit; the second answer stands beside the first, once', async ({
    world,
    db,
    clock,
  }) => {
    const stage = await makeStage(world);
    const id = await makeDraw(stage);
    const second = await another(stage);
    const answer = { outcome: 'reached', contacted: true, solved: false, level: 'dissatisfied', remark: '还在漏水' } as const;
    const doing = (author: Actor) => ({ author, now: clock() });
    clock.set('2026-11-24T10:00:00+08:00');
    await expect(recordRecall(db, doing(stage.people.callback), id, answer)).rejects.toMatchObject({ code: 'own_first_call' });
    await expect(
      db.transaction((trx) =>
        trx('recalls')
          .where({ id })
          .update({ called_by: stage.people.callback.person_id, called_at: clock(), outcome: 'no_answer' }),
      ),
    ).rejects.toThrow('called_by_another');
    await expect(recordRecall(db, doing(stage.people.assessor), id, answer)).rejects.toMatchObject({ status: 403 });
    clock.set('2026-11-24T21:00:00+08:00');
    await expect(recordRecall(db, doing(second), id, answer)).rejects.toMatchObject({ code: 'outside_calling_hours' });
    clock.set('2026-11-25T10:00:00+08:00');
    const before = await db('evaluations').first();
    await recordRecall(db, doing(second), id, answer);
    expect(await db('evaluations').first()).toEqual(before);
    expect(await db('appeals').first()).toMatchObject({ level: 'satisfied', status: 'closed' });
    await expect(recordRecall(db, doing(second), id, { ...answer, level: 'satisfied' })).rejects.toMatchObject({ status: 409 });
    await expect(db.transaction((trx) => trx('recalls').where({ id }).update({ level: 'satisfied' }))).rejects.toThrow('final');
    const page = await (await signIn(createApp(world), 'assessor')).get('/recalls');
    expect(page.text).toContain('满意程度 不满意');
    expect(page.text).toContain('满意程度 满意');
  });

  test('the first caller does not find his own calls on the list; others of the city do not come in', async ({
    world,
    clock,
  }) => {
    const stage = await makeStage(world);
    const id = await makeDraw(stage);
    clock.set('2026-11-24T10:00:00+08:00');
    const app = createApp(world);
    expect((await (await signIn(app, 'callback')).get('/recalls')).html).not.toContain(`/recalls/${id}"`);
    expect((await (await signIn(app, 'assessor')).get('/recalls?tab=open')).html).toContain(`/recalls/${id}"`);
    expect((await (await signIn(app, 'supervision')).get('/recalls?lang=en')).status).toBe(200);
    for (const who of ['dispatch', 'leader', 'housing_leader', 'member1'] as const)
      expect((await (await signIn(app, who)).raw(`/recalls/${id}`)).status).toBe(404);
  });
});
