import { describe, expect } from 'vitest';
import { createApp } from '../../src/app.ts';
import { forgetRulebook } from '../../src/catalog/actions.ts';
import type { Db } from '../../src/core/db.ts';
import { nightly } from '../../src/orders/actions/nightly.ts';
import { signIn } from '../support/browser.ts';
import { makeStage, type Stage } from '../support/make.ts';
import { test } from '../support/world.ts';

/** An appeal of Monday 23 November 2026, ten o'clock, under way at the housing bureau; general: due on the Monday after. */
async function atWork(world: Parameters<typeof makeStage>[0]): Promise<{ stage: Stage; number: string; id: number }> {
  const stage = await makeStage(world);
  const number = await stage.dispatched();
  await stage.order('housing_clerk', number, 'acknowledge', {});
  return { stage, number, id: (await stage.orderOf(number, 'housing')).id };
}
const ask = { extend_to: '2026-12-04', reason: '材料要从外地调运' };
const local = (at: Date | null) => at && new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');

describe('an extension', () => {
  test('asked in time and granted moves the order, its clock and the appeal, and tells the appellant the day and the reason', async ({
    db,
    world,
  }) => {
    const { stage, number, id } = await atWork(world);
    const before = await stage.appeal(number);
    expect(local(before.due_at)).toBe('2026-11-30 17:30');
    await stage.order('housing_clerk', number, 'request_extension', ask);
    expect(await stage.inbox('supervision', number)).toContain('extension_requested');
    expect(local((await stage.clock(number, 'decision', id))!.due_at)).toBe('2026-11-24 17:30');
    expect((await stage.appeal(number)).due_at).toEqual(before.due_at);
    await stage.order('supervision', number, 'grant_extension', { ruling: '同意' }, id);
    const [appeal, order, clock] = [
      await stage.appeal(number),
      await stage.orderOf(number, 'housing'),
      await stage.clock(number, 'handle', id),
    ];
    expect([appeal.due_at, order.due_at, order.step_due_at, clock!.due_at].map(local)).toEqual(Array(4).fill('2026-12-04 17:30'));
    expect(await stage.running(number)).not.toContain('decision');
    const outbox = await db('outbox').where({ appeal_id: appeal.id, event: 'extended' });
    expect(outbox.map(({ params }) => params)).toEqual([{ due_on: '2026-12-04', reason: ask.reason }]);
    expect(await stage.inbox('housing_clerk', number)).toContain('request_granted');
    const page = await (await signIn(createApp(world), 'housing_leader')).get(`/appeals/${number}`);
    expect(page.text).toContain('到期时间由 2026-11-30 17:30 延至 2026-12-04 17:30');
  });

  test('is told to everybody whose appeal was merged into it', async ({ world }) => {
    const { stage, number, id } = await atWork(world);
    const other = await stage.register('hotline', { phone: '10000000002' });
    await stage.act('review', other, 'merge', { target: number });
    await stage.order('housing_clerk', number, 'request_extension', ask, id);
    await stage.order('supervision', number, 'grant_extension', { ruling: '同意' }, id);
    expect(await stage.told(other)).toContain('extended');
  });

  test('denied moves nothing and tells nobody but the holder', async ({ world }) => {
    const { stage, number, id } = await atWork(world);
    const { due_at } = await stage.appeal(number);
    await stage.order('housing_clerk', number, 'request_extension', ask);
    await stage.order('supervision', number, 'deny_extension', { ruling: '材料本地有' }, id);
    expect([(await stage.appeal(number)).due_at, (await stage.orderOf(number, 'housing')).due_at]).toEqual([due_at, due_at]);
    expect(await stage.told(number)).not.toContain('extended');
    expect(await stage.inbox('housing_clerk', number)).toContain('request_denied');
  });

  test('asked when the order is overdue is refused with a plain sentence, and no button offers it', async ({ clock, world }) => {
    const { stage, number, id } = await atWork(world);
    clock.set('2026-11-30T17:31:00+08:00');
    await expect(stage.order('housing_clerk', number, 'request_extension', ask)).rejects.toMatchObject({
      status: 409,
      code: 'extension_too_late',
    });
    const browser = await signIn(createApp(world), 'housing_clerk');
    expect((await browser.get(`/appeals/${number}`)).text).not.toContain('申请延期');
    clock.set('2026-11-30T17:29:00+08:00');
    const page = await (await signIn(createApp(world), 'housing_clerk')).get(`/appeals/${number}`);
    clock.set('2026-11-30T17:31:00+08:00');
    const refused = await page.send(`/appeals/${number}/orders/${id}/request_extension`, ask);
    expect([refused.status, refused.text]).toEqual([409, expect.stringContaining('延期须在到期之前提出')]);
    expect(refused.text).toContain(ask.reason);
  });

  test('is asked once a round, for a later day, by ten working days at most', async ({ world }) => {
    const { stage, number, id } = await atWork(world);
    const asked = (extend_to: string) => stage.order('housing_clerk', number, 'request_extension', { ...ask, extend_to }, id);
    await expect(asked('2026-11-30')).rejects.toMatchObject({ code: 'extension_not_later' });
    await expect(asked('2026-12-15')).rejects.toMatchObject({ code: 'extension_too_long' });
    await asked('2026-12-14');
    await expect(asked('2026-12-10')).rejects.toMatchObject({ code: 'extended_before' });
    await stage.order('supervision', number, 'deny_extension', { ruling: '不' }, id);
    await expect(asked('2026-12-10')).rejects.toMatchObject({ code: 'extended_before' });
    await stage.order('housing_clerk', number, 'submit', { result: '好', outcome: 'solved' }, id);
    await stage.order('housing_leader', number, 'approve', {}, id);
    await stage.act('callback', number, 'rework', { reason: '没好' });
    await asked('2026-12-03');
  });

  test('is void once the order is submitted, and may be asked again when it was sent back', async ({ db, world }) => {
    const { stage, number, id } = await atWork(world);
    await stage.order('housing_clerk', number, 'request_extension', ask, id);
    await stage.order('housing_clerk', number, 'submit', { result: '好', outcome: 'solved' }, id);
    expect(await db('work_order_extensions').where({ work_order_id: id })).toMatchObject([
      { decision: 'void', decided_by: null },
    ]);
    expect(await stage.running(number)).not.toContain('decision');
    await stage.order('housing_leader', number, 'send_back', { reason: '没好' }, id);
    await expect(stage.order('supervision', number, 'grant_extension', { ruling: '同意' }, id)).rejects.toMatchObject({
      code: 'no_request',
    });
    await stage.order('housing_clerk', number, 'request_extension', ask, id);
  });

  test('of a part is decided by whoever made it, and never goes beyond the whole', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.register('hotline');
    await stage.act('review', number, 'accept', { kind: 'help', category_code: '0304', priority: 'general' });
    await stage.act('dispatch', number, 'dispatch', { lead_unit_id: stage.units.quanshan.id, instruction: '办' });
    await stage.order('quanshan_clerk', number, 'acknowledge', {});
    const part = { unit_id: stage.units.huayuan.id, instruction: '看', due_on: '2026-11-25' };
    await stage.order('quanshan_clerk', number, 'forward', part);
    const { id } = await stage.orderOf(number, 'huayuan');
    await stage.order('huayuan_clerk', number, 'acknowledge', {}, id);
    const asked = (extend_to: string) => stage.order('huayuan_clerk', number, 'request_extension', { ...ask, extend_to }, id);
    await expect(asked('2026-12-01')).rejects.toMatchObject({ code: 'extension_beyond_whole' });
    await asked('2026-11-27');
    expect(await stage.inbox('quanshan_clerk', number)).toContain('extension_requested');
    await expect(stage.order('supervision', number, 'grant_extension', { ruling: '同意' }, id)).rejects.toMatchObject({
      status: 403,
    });
    const desk = await (await signIn(createApp(world), 'quanshan_leader')).get('/desks/handling?tab=requests');
    expect(desk.text).toContain(number);
    const { due_at } = await stage.appeal(number);
    await stage.order('quanshan_leader', number, 'grant_extension', { ruling: '同意' }, id);
    expect(local((await stage.orderOf(number, 'huayuan')).due_at)).toBe('2026-11-27 17:30');
    expect((await stage.appeal(number)).due_at).toEqual(due_at);
    expect(await stage.told(number)).not.toContain('extended');
  });
});

describe('a suspension', () => {
  const wanted = { review_on: '2026-12-15', reason: '等供暖季结束' };

  test('stops the clocks of the work and the appeal’s own time; what was left is laid out from the moment it resumes', async ({
    clock,
    world,
  }) => {
    const { stage, number, id } = await atWork(world);
    await stage.order('housing_clerk', number, 'request_suspension', wanted);
    // One working day later: 5 working days less the rest of Monday and Tuesday until noon.
    clock.set('2026-11-24T12:00:00+08:00');
    await stage.order('supervision', number, 'grant_suspension', { ruling: '同意' }, id);
    expect(await stage.orderOf(number, 'housing')).toMatchObject({ status: 'suspended', step_due_at: null });
    expect((await stage.appeal(number)).due_at).toBeNull();
    expect(await stage.running(number)).toEqual([]);
    clock.set('2026-12-08T12:00:00+08:00');
    await stage.order('housing_clerk', number, 'resume', { reason: '材料到了' }, id);
    const [appeal, order] = [await stage.appeal(number), await stage.orderOf(number, 'housing')];
    expect(order.status).toBe('in_progress');
    expect([appeal.due_at, order.due_at, order.step_due_at].map(local)).toEqual(Array(3).fill('2026-12-14 17:30'));
    expect((await stage.clock(number, 'handle', id))!.paused_spans).toEqual([
      { from: '2026-11-24T04:00:00.000Z', to: '2026-12-08T04:00:00.000Z' },
    ]);
  });

  test('ends on its day of review by itself, once, and not before', async ({ clock, db, world }) => {
    const { stage, number, id } = await atWork(world);
    await stage.order('housing_clerk', number, 'request_suspension', wanted);
    await stage.order('supervision', number, 'grant_suspension', { ruling: '同意' }, id);
    clock.set('2026-12-14T23:59:00+08:00');
    expect(await nightly.resume(db, clock())).toBe(0);
    clock.set('2026-12-15T08:30:00+08:00');
    expect([await nightly.resume(db, clock()), await nightly.resume(db, clock())]).toEqual([1, 0]);
    expect((await stage.orderOf(number, 'housing')).status).toBe('in_progress');
    expect(await stage.acts(number)).toContain('resume');
    expect(await stage.inbox('housing_clerk', number)).toContain('resumed');
  });

  test('does not make on time what was late', async ({ clock, world }) => {
    const { stage, number, id } = await atWork(world);
    const { due_at } = await stage.appeal(number);
    clock.set('2026-12-01T10:00:00+08:00');
    await stage.order('housing_clerk', number, 'request_suspension', wanted);
    await stage.order('supervision', number, 'grant_suspension', { ruling: '同意' }, id);
    expect((await stage.appeal(number)).due_at).toEqual(due_at);
    clock.set('2026-12-10T10:00:00+08:00');
    await stage.order('supervision', number, 'resume', { reason: '继续' }, id);
    expect([(await stage.appeal(number)).due_at, (await stage.orderOf(number, 'housing')).due_at]).toEqual([due_at, due_at]);
  });

  test('is reviewed within ninety days, and one question is asked at a time', async ({ world }) => {
    const { stage, number, id } = await atWork(world);
    const asked = (review_on: string) => stage.order('housing_clerk', number, 'request_suspension', { ...wanted, review_on }, id);
    await expect(asked('2026-11-23')).rejects.toMatchObject({ code: 'no_review_day' });
    await expect(asked('2027-02-22')).rejects.toMatchObject({ code: 'no_review_day' });
    await asked('2027-02-21');
    await expect(stage.order('housing_clerk', number, 'request_extension', ask, id)).rejects.toMatchObject({
      code: 'request_open',
    });
    const desk = await (await signIn(createApp(world), 'supervision')).get('/desks/supervision?tab=requests');
    expect(desk.text).toContain(number);
    await stage.order('supervision', number, 'deny_suspension', { ruling: '不行' }, id);
    await stage.order('housing_clerk', number, 'request_extension', ask, id);
  });

  test('ends with the appeal', async ({ db, world }) => {
    const { stage, number, id } = await atWork(world);
    await stage.order('housing_clerk', number, 'request_suspension', wanted);
    await stage.order('supervision', number, 'grant_suspension', { ruling: '同意' }, id);
    await stage.act('hotline', number, 'withdraw', { reason: '不用了' });
    expect(await db('work_order_suspensions').where({ work_order_id: id }).whereNull('resumed_at')).toEqual([]);
    expect(await db('clocks').where({ work_order_id: id }).whereNull('stopped_at')).toEqual([]);
  });
});

test('whoever asks never decides, not even in another post, and the database refuses it as well', async ({ db, world }) => {
  const { stage, number, id } = await atWork(world);
  const { person_id } = stage.people.housing_clerk;
  const both = { ...stage, people: { ...stage.people, supervision: { ...stage.people.supervision, person_id } } };
  Object.assign(stage.people, both.people);
  await stage.order('housing_clerk', number, 'request_extension', ask);
  await expect(stage.order('supervision', number, 'grant_extension', { ruling: '同意' }, id)).rejects.toMatchObject({
    status: 403,
    code: 'own_request',
  });
  const decided = { decision: 'denied', decided_by: person_id, decided_at: world.clock() } as const;
  await expect(db.transaction((trx) => trx('work_order_extensions').update(decided))).rejects.toMatchObject({ code: '23514' });
  await stage.order('supervision2', number, 'deny_extension', { ruling: '不' }, id);
  await stage.order('housing_clerk', number, 'request_suspension', { review_on: '2026-12-01', reason: '等' }, id);
  await expect(stage.order('supervision', number, 'deny_suspension', { ruling: '不' }, id)).rejects.toMatchObject({
    status: 403,
  });
  await expect(db.transaction((trx) => trx('work_order_suspensions').update(decided))).rejects.toMatchObject({ code: '23514' });
});

describe('milestones', () => {
  const stages = [
    { name_zh: '排险', name_en: 'make safe', value: 120, unit: 'minutes' },
    { name_zh: '抢修', name_en: 'repair', value: 1440, unit: 'minutes' },
    { name_zh: '恢复', name_en: 'restore', value: 5, unit: 'working_days' },
  ];
  async function withStages(db: Db, world: Parameters<typeof makeStage>[0]) {
    const stage = await makeStage(world);
    await db('categories')
      .where({ code: '0203' })
      .update({ milestones: JSON.stringify(stages) as never });
    forgetRulebook(db);
    const number = await stage.register('hotline', { category_code: '0203' });
    await stage.act('review', number, 'accept', { kind: 'help', category_code: '0203', priority: 'general' });
    await stage.act('dispatch', number, 'dispatch', { lead_unit_id: stage.units.heating.id, instruction: '抢修' });
    await stage.order('heating_clerk', number, 'acknowledge', {});
    const running = async () =>
      (await db('clocks').where({ kind: 'milestone' }).whereNull('stopped_at').orderBy('step')).map((row) => [
        row.step,
        local(row.due_at),
      ]);
    return { stage, number, running };
  }

  test('run with the lead order and are confirmed one by one; each is shown with its time', async ({ clock, db, world }) => {
    const { stage, number, running } = await withStages(db, world);
    expect(await running()).toEqual([
      [1, '2026-11-23 12:00'],
      [2, '2026-11-24 10:00'],
      [3, '2026-11-30 17:30'],
    ]);
    clock.set('2026-11-23T11:00:00+08:00');
    await stage.order('heating_clerk', number, 'reach_milestone', { progress: '阀门已关' });
    expect(await running()).toEqual([
      [2, '2026-11-24 10:00'],
      [3, '2026-11-30 17:30'],
    ]);
    const page = await (await signIn(createApp(world), 'heating_clerk')).get(`/appeals/${number}`);
    expect(page.text).toContain('节点 1 排险');
    expect(page.text).toContain('阀门已关');
    await stage.order('heating_clerk', number, 'submit', { result: '好', outcome: 'solved' });
    expect((await db('clocks').where({ kind: 'milestone' }).whereNotNull('paused_at')).length).toBe(2);
    await stage.order('heating_leader', number, 'approve', {});
    expect(await running()).toEqual([]);
  });

  test('that are all confirmed leave nothing to confirm; a new category makes none', async ({ db, world }) => {
    const { stage, number } = await withStages(db, world);
    for (const progress of ['一', '二', '三']) await stage.order('heating_clerk', number, 'reach_milestone', { progress });
    await expect(stage.order('heating_clerk', number, 'reach_milestone', { progress: '四' })).rejects.toMatchObject({
      code: 'no_milestone',
    });
    const other = await stage.dispatched();
    await stage.act('dispatch', other, 'correct', { category_code: '0203', priority: 'emergency' });
    expect(await stage.running(other)).not.toContain('milestone');
  });
});

test('a comment, a report of progress, a new category, a rejected return, what is asked and what is denied move no clock', async ({
  clock,
  db,
  world,
}) => {
  const { stage, number, id } = await atWork(world);
  const times = async () => {
    const clocks = await db('clocks').where({ work_order_id: id }).whereIn('kind', ['contact', 'handle']).orderBy('id');
    const { due_at } = await stage.appeal(number);
    const order = await stage.orderOf(number, 'housing');
    return [due_at, order.due_at, ...clocks.map((one) => [one.due_at, one.paused_at, one.paused_spans, one.stopped_at])];
  };
  const before = await times();
  const steps: (() => Promise<void>)[] = [
    () => stage.act('supervision', number, 'comment', { comment: '请抓紧' }),
    () => stage.order('housing_clerk', number, 'progress', { progress: '已看现场' }, id),
    () => stage.act('dispatch', number, 'correct', { category_code: '0202', priority: 'emergency' }),
    () => stage.order('housing_clerk', number, 'request_return', { reason: '不是', category_code: '0208' }, id),
    () => stage.order('dispatch', number, 'reject_return', { ruling: '是' }, id),
    () => stage.order('housing_clerk', number, 'request_extension', ask, id),
    () => stage.order('supervision', number, 'deny_extension', { ruling: '不' }, id),
    () => stage.order('housing_clerk', number, 'request_suspension', { review_on: '2026-12-01', reason: '等' }, id),
    () => stage.order('supervision', number, 'deny_suspension', { ruling: '不' }, id),
  ];
  for (const [n, step] of steps.entries()) {
    clock.addMinutes(20);
    await step();
    expect([n, await times()]).toEqual([n, before]);
  }
});
