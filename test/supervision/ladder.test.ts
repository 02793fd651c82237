import { describe, expect } from 'vitest';
import type { Db } from '../../src/core/db.ts';
import { climbLadder } from '../../src/supervision/actions/climb.ts';
import { performOnSupervision } from '../../src/supervision/actions/orders.ts';
import { watchClocks } from '../../src/supervision/actions/watch.ts';
import type { Act, ActInputs } from '../../src/supervision/rules.ts';
import type { PersonName } from '../support/cast.ts';
import { makeStage, type Stage } from '../support/make.ts';
import { test } from '../support/world.ts';

const supervisionOf = async (db: Db, stage: Stage, number: string) =>
  (await db('supervision_orders')
    .where({ appeal_id: (await stage.appeal(number)).id })
    .orderBy('id', 'desc')
    .first())!;
const doer =
  (db: Db, stage: Stage, number: string) =>
  async <A extends Act>(who: PersonName, act: A, input: ActInputs[A]) =>
    performOnSupervision(db, stage.doing(who), (await supervisionOf(db, stage, number)).number, act, input);
const demand = { demand: '请说明原因并明确完成日期' };
const skip = { skip_reason: '涉及安全，不能再等' };
const reply = { reply: '已安排进场施工，三个工作日内完成' };

describe('an urge', () => {
  test('is counted, told to the holder by whom, and stands in the trail', async ({ db, world }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    await stage.order('supervision', number, 'urge', { remark: '请抓紧' });
    await stage.order('supervision', number, 'urge', { remark: '再次催办' });
    expect(await db('urges')).toMatchObject([
      { urged_by: stage.people.supervision.person_id, unit_id: stage.units.housing.id },
      { remark: '再次催办' },
    ]);
    expect((await stage.inbox('housing_clerk', number)).filter((event) => event === 'urged')).toHaveLength(2);
    expect((await stage.acts(number)).slice(-2)).toEqual(['urge', 'urge']);
  });

  test('comes to the member whose grid holds the order, and from a town to its own parts alone', async ({ db, world }) => {
    const stage = await makeStage(world);
    const number = await stage.register('hotline');
    await stage.act('review', number, 'accept', { kind: 'help', category_code: '0304', priority: 'general' });
    await stage.act('dispatch', number, 'dispatch', { lead_unit_id: stage.units.quanshan.id, instruction: '办' });
    await stage.order('quanshan_clerk', number, 'acknowledge', {});
    await stage.order('quanshan_clerk', number, 'forward', {
      unit_id: stage.units.grid1.id,
      instruction: '看',
      due_on: '2026-11-25',
    });
    const lead = await stage.orderOf(number, 'quanshan');
    const part = await stage.orderOf(number, 'grid1');
    await stage.order('quanshan_leader', number, 'urge', { remark: '今天去看' }, part.id);
    expect(await stage.inbox('member1', number)).toContain('urged');
    await expect(stage.order('quanshan_leader', number, 'urge', { remark: '自己' }, lead.id)).rejects.toMatchObject({
      status: 403,
    });
    await expect(stage.order('supervision', number, 'urge', { remark: '分解件' }, part.id)).rejects.toMatchObject({
      status: 403,
    });
    expect(await db('urges')).toHaveLength(1);
  });
});

describe('a supervision order by hand', () => {
  test('needs an urge before, or a reason for skipping it; one is open at a time', async ({ db, world }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    await expect(stage.order('supervision', number, 'supervise', demand)).rejects.toMatchObject({ code: 'rung_skipped' });
    await stage.order('supervision', number, 'supervise', { ...demand, ...skip });
    await expect(stage.order('supervision', number, 'supervise', { ...demand, ...skip })).rejects.toMatchObject({
      code: 'supervised_already',
    });
    const other = await stage.dispatched();
    await stage.order('supervision', other, 'urge', { remark: '请抓紧' });
    await stage.order('supervision', other, 'supervise', demand);
    expect(await db('supervision_orders').orderBy('id').select('number', 'skip_reason', 'level', 'reason')).toEqual([
      { number: 'DB-2026-0001', skip_reason: skip.skip_reason, level: 'order', reason: 'by_hand' },
      { number: 'DB-2026-0002', skip_reason: null, level: 'order', reason: 'by_hand' },
    ]);
    expect(await stage.running(number)).toContain('supervision_reply');
    await expect(stage.order('dispatch', number, 'supervise', demand)).rejects.toMatchObject({ status: 403 });
  });

  test('numbers begin anew with the year', async ({ db, world, clock }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    clock.set('2026-12-31T23:59:30+08:00');
    await stage.order('supervision', number, 'supervise', { ...demand, ...skip });
    const other = await stage.dispatched();
    clock.set('2027-01-01T00:00:30+08:00');
    await stage.order('supervision', other, 'supervise', { ...demand, ...skip });
    expect((await db('supervision_orders').orderBy('id')).map((one) => one.number)).toEqual(['DB-2026-0001', 'DB-2027-0001']);
  });

  test('is received, replied to, sent back, replied to again and accepted: each with its receipt', async ({
    db,
    world,
    clock,
  }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    await stage.order('supervision', number, 'supervise', { ...demand, ...skip });
    const act = doer(db, stage, number);
    await act('housing_clerk', 'read_supervision', {});
    await expect(act('housing_clerk', 'read_supervision', {})).rejects.toMatchObject({ code: 'moved_on' });
    await expect(act('heating_clerk', 'reply_supervision', reply)).rejects.toMatchObject({ status: 404 });
    await act('housing_clerk', 'reply_supervision', reply);
    expect(await stage.running(number)).not.toContain('supervision_reply');
    expect(await stage.inbox('supervision', number)).toContain('supervision_replied');
    await expect(act('housing_leader', 'accept_reply', { ruling: null })).rejects.toMatchObject({ status: 403 });
    clock.addMinutes(60);
    await act('supervision', 'send_back_reply', { ruling: '没有写明日期' });
    expect(await stage.running(number)).toContain('supervision_reply');
    await act('housing_leader', 'reply_supervision', reply);
    await act('supervision', 'accept_reply', { ruling: null });
    expect(await db('supervision_replies').orderBy('id')).toMatchObject([
      { decision: 'sent_back', replied_by: stage.people.housing_clerk.person_id },
      { decision: 'accepted', replied_by: stage.people.housing_leader.person_id },
    ]);
    expect(await supervisionOf(db, stage, number)).toMatchObject({
      read_by: stage.people.housing_clerk.person_id,
      accepted_at: clock(),
      level: 'order',
    });
    expect(await stage.inbox('housing_clerk', number)).toEqual(
      expect.arrayContaining(['supervised', 'reply_sent_back', 'reply_accepted']),
    );
    expect((await stage.acts(number)).slice(-5)).toEqual([
      'read_supervision',
      'reply_supervision',
      'send_back_reply',
      'reply_supervision',
      'accept_reply',
    ]);
  });

  test('ends with its work order, and its clock with it', async ({ db, world }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    await stage.order('supervision', number, 'supervise', { ...demand, ...skip });
    await stage.order('housing_clerk', number, 'acknowledge', {});
    await stage.order('housing_clerk', number, 'submit', { result: '已维修', outcome: 'solved' });
    await stage.order('housing_leader', number, 'approve', {});
    expect(await supervisionOf(db, stage, number)).toMatchObject({ ended_at: world.clock() });
    expect(await stage.running(number)).toEqual(['callback']);
    await expect(doer(db, stage, number)('housing_clerk', 'reply_supervision', reply)).rejects.toMatchObject({
      code: 'moved_on',
    });
  });

  test('a talk before the listing is the supervision officer’s alone, with a reason; its minutes come after it', async ({
    db,
    world,
    clock,
  }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    await stage.order('supervision', number, 'supervise', { ...demand, ...skip });
    const act = doer(db, stage, number);
    const talk = { talk_at: new Date('2026-11-24T10:00+08:00'), place: '三楼会议室', reason: '没有进展', skip_reason: null };
    await expect(act('leader', 'summon', { ...talk, ...skip })).rejects.toMatchObject({ code: 'rung_skipped' });
    await expect(act('supervision', 'summon', talk)).rejects.toMatchObject({ detail: { skip_reason: 'required' } });
    await expect(act('supervision', 'summon', { ...talk, ...skip, talk_at: clock() })).rejects.toMatchObject({
      detail: { talk_at: 'in_the_past' },
    });
    await act('supervision', 'list_supervision', { reason: '久拖不决' });
    await act('leader', 'summon', talk);
    const minutes = { attended: '局长、督导岗', minutes: '承诺五个工作日内完成' };
    await expect(act('supervision', 'record_talk', minutes)).rejects.toMatchObject({ code: 'talk_to_come' });
    clock.set('2026-11-24T11:00:00+08:00');
    await act('supervision', 'record_talk', minutes);
    expect(await db('supervision_talks')).toMatchObject([{ ...minutes, place: '三楼会议室', minuted_at: clock() }]);
    expect(await supervisionOf(db, stage, number)).toMatchObject({ level: 'talk', listed_for: '久拖不决' });
    expect(await db('key_tracking_items')).toMatchObject([{ reason: 'listed', solved_at: null }]);
  });
});

describe('by the rules', () => {
  test('what is overdue is supervised once, after its red card', async ({ db, world, clock }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    clock.set('2026-12-20T10:00:00+08:00');
    expect((await climbLadder(db, clock())).supervised).toBe(0);
    await watchClocks(db, clock());
    expect((await climbLadder(db, clock())).supervised).toBe(1);
    expect((await climbLadder(db, clock())).supervised).toBe(0);
    expect(await supervisionOf(db, stage, number)).toMatchObject({ reason: 'overdue', issued_by: null, level: 'order' });
  });

  test('a ground that comes up while an order is open is added to it', async ({ db, world, clock }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    await stage.order('supervision', number, 'supervise', { ...demand, ...skip });
    clock.set('2026-12-20T10:00:00+08:00');
    await watchClocks(db, clock());
    await climbLadder(db, clock());
    await climbLadder(db, clock());
    expect(await db('supervision_orders')).toMatchObject([{ reason: 'by_hand', further: ['overdue'] }]);
  });

  test('three units without a lead: the fourth is listed at once, and the case tracked', async ({ db, world, clock }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    for (const unit of ['works', 'quanshan', 'xinzhuang'] as const)
      await stage.order('dispatch', number, 'reassign', { unit_id: stage.units[unit].id, reason: '不属其职责' });
    await climbLadder(db, clock());
    expect(await supervisionOf(db, stage, number)).toMatchObject({
      reason: 'no_lead',
      level: 'listed',
      unit_id: stage.units.xinzhuang.id,
    });
    expect(await db('key_tracking_items')).toMatchObject([{ reason: 'no_lead' }]);
  });

  test('three reworks: supervised each time from the second, listed at the third', async ({ db, world, clock }) => {
    const stage = await makeStage(world);
    const number = await stage.finished();
    const levels: string[] = [];
    for (let round = 1; round <= 3; round++) {
      await stage.act('callback', number, 'rework', { reason: '还是漏水' });
      await climbLadder(db, clock());
      levels.push((await supervisionOf(db, stage, number))?.level ?? '');
      const order = await stage.orderOf(number, 'housing');
      if (round === 3) break;
      await stage.order('housing_clerk', number, 'submit', { result: '又修了', outcome: 'solved' }, order.id);
      await stage.order('housing_leader', number, 'approve', {}, order.id);
    }
    expect(levels).toEqual(['', 'order', 'listed']);
    expect(await supervisionOf(db, stage, number)).toMatchObject({
      reason: 'second_dissatisfaction',
      further: ['three_reworks'],
    });
    expect(await db('key_tracking_items')).toMatchObject([{ reason: 'second_dissatisfaction', solved_at: null }]);
  });

  test('what is open for long is tracked, and solved with its appeal; what was taken off by hand stays off', async ({
    db,
    world,
    clock,
  }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    const other = await stage.dispatched();
    expect((await climbLadder(db, clock())).tracked).toBe(0);
    clock.set('2026-12-20T10:00:00+08:00');
    expect((await climbLadder(db, clock())).tracked).toBe(2);
    await db('key_tracking_items')
      .where({ appeal_id: (await stage.appeal(other)).id })
      .update({ solved_at: clock(), solved_by: stage.people.supervision.person_id, solved_for: '已解决' });
    await stage.act('hotline', number, 'withdraw', { reason: '不用了' });
    expect(await climbLadder(db, clock())).toMatchObject({ tracked: 0, solved: 1 });
  });
});

test('an order runs through every card and every rung to the talk', async ({ db, world, clock }) => {
  const stage = await makeStage(world);
  const number = await stage.dispatched();
  await stage.order('housing_clerk', number, 'acknowledge', {});
  const { id, due_at } = (await stage.clock(number, 'handle', (await stage.orderOf(number, 'housing')).id))!;
  const colors = async () => (await db('alert_cards').where({ clock_id: id }).orderBy('id')).map(({ color }) => color);
  const plan = async () => (await db('card_plans').where({ clock_id: id }).first())!;
  const tick = async (at: Date) => {
    clock.set(at.toISOString());
    await watchClocks(db, clock());
    await climbLadder(db, clock());
  };
  await tick(clock());
  const { remind_at, yellow_at } = await plan();
  await tick(remind_at);
  expect(await colors()).toEqual(['reminder']);
  await tick(yellow_at);
  expect(await colors()).toEqual(['reminder', 'yellow']);
  await stage.order('supervision', number, 'urge', { remark: '明天到期，请抓紧' });
  expect(await db('supervision_orders')).toEqual([]);
  await tick(new Date(due_at.getTime() + 60_000));
  expect(await colors()).toEqual(['reminder', 'yellow', 'red']);
  const act = doer(db, stage, number);
  await act('housing_clerk', 'reply_supervision', reply);
  await act('supervision', 'accept_reply', { ruling: null });
  await act('supervision', 'list_supervision', { reason: '未按承诺完成' });
  const talk_at = new Date(clock().getTime() + 24 * 3_600_000);
  await act('leader', 'summon', { talk_at, place: '三楼会议室', reason: '挂牌后仍无进展', skip_reason: null });
  await tick(new Date(talk_at.getTime() + 3_600_000));
  await act('supervision', 'record_talk', { attended: '局长', minutes: '承诺三日内完成并每日报告' });
  expect((await stage.acts(number)).filter((one) => /urge|superv|reply|summon|talk/.test(one))).toEqual([
    'urge',
    'supervise',
    'reply_supervision',
    'accept_reply',
    'list_supervision',
    'summon',
    'record_talk',
  ]);
  expect(await supervisionOf(db, stage, number)).toMatchObject({ number: 'DB-2026-0001', reason: 'overdue', level: 'talk' });
});
