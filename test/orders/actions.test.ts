import { describe, expect } from 'vitest';
import { performOnOrder, register } from '../../src/orders/actions/perform.ts';
import { verify } from '../../src/trail/rules.ts';
import { listTrail } from '../../src/trail/store.ts';
import { makeStage, type Stage } from '../support/make.ts';
import { test } from '../support/world.ts';

/** Process, section 3, row by row. The clock stands at a Monday, ten in the morning. */

const at = (iso: string) => new Date(iso);
const up = { tried: '已现场劝导', needed: '需要部门执法' } as const;

const dispatchedTo = async (
  stage: Stage,
  lead: keyof Stage['units'],
  co: (keyof Stage['units'])[] = [],
  given: Parameters<Stage['register']>[1] = {},
) => {
  const number = await stage.register('hotline', given);
  const { kind, category_code, priority } = await stage.appeal(number);
  await stage.act('review', number, 'accept', { kind, category_code: category_code!, priority });
  await stage.act('dispatch', number, 'dispatch', {
    lead_unit_id: stage.units[lead].id,
    co_unit_ids: co.map((unit) => stage.units[unit].id),
    instruction: '请核实处理',
  });
  return number;
};

/** Led by the town, with one part at the community and a part of that at a grid. */
const forwardedDown = async (stage: Stage) => {
  const number = await dispatchedTo(stage, 'quanshan');
  await stage.order('quanshan_clerk', number, 'acknowledge', {});
  await stage.order('quanshan_clerk', number, 'forward', {
    unit_id: stage.units.huayuan.id,
    instruction: '请社区处理',
    due_on: '2026-11-27',
  });
  await stage.order('huayuan_clerk', number, 'acknowledge', {});
  await stage.order('huayuan_clerk', number, 'forward', {
    unit_id: stage.units.grid1.id,
    instruction: '请网格看',
    due_on: '2026-11-25',
  });
  const [town, community, grid] = await stage.orders(number);
  return { number, town: town!, community: community!, grid: grid! };
};

const submit = (stage: Stage, who: Parameters<Stage['order']>[0], number: string, order_id?: number) =>
  stage.order(who, number, 'submit', { result: '已办', outcome: 'solved' }, order_id);

describe('whole journeys', () => {
  test('an appeal travels from the phone through review, dispatch, department, approval and callback to its close', async ({
    db,
    world,
    clock,
  }) => {
    const stage = await makeStage(world);
    clock.set('2026-11-23T10:00:00+08:00');
    const number = await stage.finished();
    expect((await stage.appeal(number)).status).toBe('pending_callback');
    await stage.act('callback', number, 'close', { level: 'satisfied', contacted: true, solved: true });
    const appeal = await stage.appeal(number);
    expect(appeal.status).toBe('closed');
    const trail = await listTrail(db, 'appeal', appeal.id);
    expect(trail.map((row) => row.act)).toEqual([
      'register',
      'accept',
      'dispatch',
      'make',
      'acknowledge',
      'submit',
      'approve',
      'finish',
      'close',
    ]);
    expect(verify(trail, { seq: appeal.trail_seq, hash: appeal.trail_hash })).toEqual({ ok: true, rows: 9 });
    expect(await db('clocks').where({ appeal_id: appeal.id }).whereNull('stopped_at')).toEqual([]);
  });

  test('what the grid can solve never leaves it, but for its approval and its callback', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.register('member1', { channel: 'app_snapshot' });
    await stage.order('member1b', number, 'acknowledge', {});
    await stage.order('member1', number, 'contact', { how: 'visit', result_of_contact: '见到本人' });
    await submit(stage, 'member1', number);
    await stage.order('huayuan_secretary', number, 'approve', {});
    await stage.act('callback', number, 'close', { level: 'satisfied', contacted: true, solved: true });
    expect((await stage.orders(number)).map(({ unit_id, status }) => [unit_id, status])).toEqual([
      [stage.units.grid1.id, 'accepted'],
    ]);
    expect(await stage.appeal(number)).toMatchObject({ status: 'closed' });
  });
});

describe('acknowledge, contact, progress', () => {
  test('acknowledging stops its clock and shows the handling one', async ({ world, clock }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    clock.addMinutes(20);
    await stage.order('housing_clerk', number, 'acknowledge', {});
    const [order] = await stage.orders(number);
    expect(order).toMatchObject({ status: 'in_progress', acknowledged_at: clock(), step_due_at: order!.due_at });
    expect((await stage.clock(number, 'acknowledge', order!.id))!.stopped_at).toEqual(clock());
    expect(await stage.running(number)).toEqual(['contact', 'handle']);
  });

  test('a unit that keeps office hours need not acknowledge at night, one that works around the clock must', async ({
    world,
    clock,
  }) => {
    const stage = await makeStage(world);
    clock.set('2026-11-27T22:00:00+08:00');
    const number = await dispatchedTo(stage, 'heating', ['works'], { priority: 'urgent' });
    const [heating, works] = await stage.orders(number);
    expect(heating!.step_due_at).toEqual(at('2026-11-27T22:30:00+08:00'));
    expect(works!.step_due_at).toEqual(at('2026-11-30T09:00:00+08:00'));
    expect(works!.due_at).toEqual(at('2026-11-28T22:00:00+08:00'));
  });

  test.for(['housing_leader', 'housing_clerk'] as const)('either post of the unit may: %s', async (who, { world }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    await stage.order(who, number, 'acknowledge', {});
    expect(await stage.orders(number)).toMatchObject([{ status: 'in_progress' }]);
  });

  test('nobody else does, not even the unit above', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.register('member1', { channel: 'app_snapshot' });
    for (const who of ['huayuan_clerk', 'quanshan_leader', 'dispatch', 'leader'] as const)
      await expect(stage.order(who, number, 'acknowledge', {})).rejects.toMatchObject({ status: 403 });
    for (const who of ['member2', 'jincheng_clerk', 'xinzhuang_leader', 'heating_clerk', 'sys'] as const)
      await expect(stage.order(who, number, 'acknowledge', {})).rejects.toMatchObject({ status: 404 });
  });

  test('the first contact stops its clock; a later one is only recorded', async ({ world, clock }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    await stage.order('housing_clerk', number, 'acknowledge', {});
    clock.addMinutes(90);
    const contacted_at = clock();
    await stage.order('housing_clerk', number, 'contact', { how: 'phone', result_of_contact: '已约时间' });
    clock.addMinutes(90);
    await stage.order('housing_leader', number, 'contact', { how: 'visit', result_of_contact: '已看现场' });
    const [order] = await stage.orders(number);
    expect(order).toMatchObject({ status: 'in_progress', contacted_at });
    expect((await stage.clock(number, 'contact', order!.id))!.stopped_at).toEqual(contacted_at);
    expect((await stage.acts(number)).filter((act) => act === 'contact')).toHaveLength(2);
  });

  test('only the lead calls the appellant, and nobody where he asked for no contact or is unknown', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await dispatchedTo(stage, 'housing', ['works']);
    const [lead, co] = await stage.orders(number);
    expect(await stage.clock(number, 'contact', lead!.id)).toBeDefined();
    expect(await stage.clock(number, 'contact', co!.id)).toBeUndefined();
    await stage.order('works_clerk', number, 'acknowledge', {}, co!.id);
    await expect(
      stage.order('works_clerk', number, 'contact', { how: 'phone', result_of_contact: '已联系' }, co!.id),
    ).rejects.toMatchObject({ status: 409 });
    for (const given of [{ contact_wanted: false }, { name: '', phone: '' }])
      expect(await stage.running(await dispatchedTo(stage, 'housing', [], given))).toEqual(['acknowledge', 'handle']);
  });

  test('a confidential appellant is reached through the hotline, an open one by the holder', async ({ world }) => {
    const stage = await makeStage(world);
    for (const [confidential, outcome] of [
      [true, 'relayed'],
      [false, 'refused'],
    ] as const) {
      const number = await dispatchedTo(stage, 'housing', [], { confidential });
      await stage.order('housing_clerk', number, 'acknowledge', {});
      const relay = stage.order('hotline', number, 'contact', { how: 'relay', result_of_contact: '已转达' });
      if (outcome === 'relayed') await relay;
      else await expect(relay).rejects.toMatchObject({ status: 403 });
      expect((await stage.orders(number))[0]!.contacted_at !== null).toBe(confidential);
    }
  });

  test('a submission is no contact: the clock of the call runs on until it is made, or the order ends', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    await stage.order('housing_clerk', number, 'acknowledge', {});
    await submit(stage, 'housing_clerk', number);
    expect(await stage.running(number)).toEqual(['approve', 'contact']);
    await stage.order('housing_leader', number, 'approve', {});
    expect(await stage.running(number)).toEqual(['callback']);
    expect(await stage.orders(number)).toMatchObject([{ contacted_at: null }]);
  });

  test('progress is told without moving anything', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    await stage.order('housing_clerk', number, 'acknowledge', {});
    const before = await stage.orders(number);
    await stage.order('housing_clerk', number, 'progress', { progress: '已报料' });
    expect(await stage.orders(number)).toEqual(before);
    expect((await stage.acts(number)).at(-1)).toBe('progress');
  });
});

describe('forward', () => {
  test('a town and a community pass parts down, at any depth, each with its own limit', async ({ world }) => {
    const stage = await makeStage(world);
    const { number, town, community, grid } = await forwardedDown(stage);
    expect(community).toMatchObject({
      role: 'part',
      parent_id: town.id,
      made_by_unit_id: stage.units.quanshan.id,
      due_at: at('2026-11-27T17:30:00+08:00'),
      instruction: '请社区处理',
    });
    expect(grid).toMatchObject({
      role: 'part',
      parent_id: community.id,
      made_by_unit_id: stage.units.huayuan.id,
      due_at: at('2026-11-25T17:30:00+08:00'),
      assignee_id: stage.people.member1.person_id,
    });
    expect(await stage.clock(number, 'handle', grid.id)).toMatchObject({
      due_at: grid.due_at,
      limit_unit: 'office_minutes',
      limit_value: 330 + 420 + 420,
    });
    expect(await stage.clock(number, 'contact', grid.id)).toBeUndefined();
    expect(await stage.appeal(number)).toMatchObject({ lead_unit_id: stage.units.quanshan.id, due_at: town.due_at });
    expect(await stage.inbox('member1', number)).toEqual(['order_made']);
  });

  test('a part is due no later than the whole, and not in the past', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await dispatchedTo(stage, 'quanshan', [], { priority: 'emergency' });
    await stage.order('quanshan_clerk', number, 'acknowledge', {});
    const forward = (due_on: string) =>
      stage.order('quanshan_clerk', number, 'forward', { unit_id: stage.units.huayuan.id, instruction: '急', due_on });
    await expect(forward('2026-11-22')).rejects.toMatchObject({ status: 409, code: 'limit_is_past' });
    await forward('2026-11-30');
    const [whole, part] = await stage.orders(number);
    expect(part).toMatchObject({ due_at: whole!.due_at, priority: 'emergency' });
    expect(await stage.clock(number, 'handle', part!.id)).toMatchObject({ limit_unit: 'minutes', limit_value: 120 });
  });

  test.for([
    ['the unit itself', 'quanshan'],
    ['the city above', 'city'],
    ['a unit of another town', 'park'],
    ['a department', 'housing'],
  ] as const)('forward goes below only: not to %s', async ([, unit], { world }) => {
    const stage = await makeStage(world);
    const number = await dispatchedTo(stage, 'quanshan');
    await stage.order('quanshan_clerk', number, 'acknowledge', {});
    await expect(
      stage.order('quanshan_clerk', number, 'forward', {
        unit_id: stage.units[unit].id,
        instruction: '办',
        due_on: '2026-11-27',
      }),
    ).rejects.toMatchObject({ status: 409, code: 'not_below' });
  });

  test('a part may skip a tier, and goes to the same unit only once at a time', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await dispatchedTo(stage, 'quanshan');
    await stage.order('quanshan_clerk', number, 'acknowledge', {});
    const lead_id = (await stage.orders(number))[0]!.id;
    const forward = (unit: keyof Stage['units']) =>
      stage.order(
        'quanshan_clerk',
        number,
        'forward',
        { unit_id: stage.units[unit].id, instruction: '办', due_on: '2026-11-27' },
        lead_id,
      );
    await forward('grid3');
    await expect(forward('grid3')).rejects.toMatchObject({ status: 409, code: 'forwarded_before' });
    await forward('grid1');
    expect((await stage.orders(number)).map(({ unit_id }) => unit_id)).toEqual([
      stage.units.quanshan.id,
      stage.units.grid3.id,
      stage.units.grid1.id,
    ]);
  });

  test('grids and departments forward nothing', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    await stage.order('housing_clerk', number, 'acknowledge', {});
    await expect(
      stage.order('housing_clerk', number, 'forward', { unit_id: stage.units.works.id, instruction: '办', due_on: '2026-11-27' }),
    ).rejects.toMatchObject({ status: expect.toBeOneOf([403, 409]) });
    expect(await stage.orders(number)).toHaveLength(1);
  });

  test('a part of a confidential appeal does not come to a grid', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await dispatchedTo(stage, 'quanshan', [], { confidential: true });
    await stage.order('quanshan_clerk', number, 'acknowledge', {});
    await expect(
      stage.order('quanshan_clerk', number, 'forward', {
        unit_id: stage.units.grid1.id,
        instruction: '看',
        due_on: '2026-11-27',
      }),
    ).rejects.toMatchObject({ status: 409, code: 'not_for_members' });
    await stage.order('quanshan_clerk', number, 'forward', {
      unit_id: stage.units.huayuan.id,
      instruction: '看',
      due_on: '2026-11-27',
    });
  });

  test('a parent cannot be submitted over an open part, at whatever depth it lies', async ({ world }) => {
    const stage = await makeStage(world);
    const { number, town, community, grid } = await forwardedDown(stage);
    await expect(submit(stage, 'quanshan_clerk', number, town.id)).rejects.toMatchObject({ status: 409, code: 'part_open' });
    await expect(submit(stage, 'huayuan_clerk', number, community.id)).rejects.toMatchObject({ status: 409, code: 'part_open' });
    await stage.order('member1', number, 'acknowledge', {}, grid.id);
    await submit(stage, 'member1', number, grid.id);
    await expect(submit(stage, 'huayuan_clerk', number, community.id)).rejects.toMatchObject({ status: 409, code: 'part_open' });
    await stage.order('huayuan_clerk', number, 'approve', {}, grid.id);
    await submit(stage, 'huayuan_clerk', number, community.id);
    await stage.order('quanshan_leader', number, 'approve', {}, community.id);
    await submit(stage, 'quanshan_clerk', number, town.id);
    await stage.order('quanshan_leader', number, 'approve', {}, town.id);
    expect(await stage.appeal(number)).toMatchObject({ status: 'pending_callback' });
  });
});

describe('escalate', () => {
  test('step by step through the existing tiers, to the review desk where the city never accepted it', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.register('member1', { channel: 'app_snapshot' });
    const { due_at } = await stage.appeal(number);
    for (const [who, unit] of [
      ['member1', 'grid1'],
      ['huayuan_clerk', 'huayuan'],
      ['quanshan_clerk', 'quanshan'],
    ] as const) {
      const last = (await stage.orders(number)).at(-1)!;
      expect(last).toMatchObject({ unit_id: stage.units[unit].id, status: 'pending_ack', role: 'lead' });
      expect(await stage.appeal(number)).toMatchObject({ lead_unit_id: stage.units[unit].id, due_at });
      await stage.order(who, number, 'escalate', up);
      expect((await stage.orders(number)).find(({ id }) => id === last.id)).toMatchObject({ status: 'escalated' });
    }
    expect(await stage.appeal(number)).toMatchObject({ status: 'pending_review', lead_unit_id: null });
    expect(await stage.running(number)).toEqual(['review']);
    expect((await stage.acts(number)).slice(-2)).toEqual(['escalate', 'rereview']);
    expect(await stage.inbox('quanshan_leader', number)).toEqual(expect.arrayContaining(['order_made', 'escalated']));
  });

  test('from a town, of what the city dispatched, it goes back to the dispatch desk', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await dispatchedTo(stage, 'quanshan');
    await stage.order('quanshan_clerk', number, 'escalate', up);
    expect(await stage.appeal(number)).toMatchObject({ status: 'pending_dispatch' });
    expect(await stage.running(number)).toEqual(['dispatch']);
  });

  test('a tier with nobody on duty is passed over', async ({ db, world }) => {
    const stage = await makeStage(world);
    const number = await stage.register('member1', { channel: 'app_snapshot' });
    await db('posts').where({ unit_id: stage.units.huayuan.id }).update({ on_duty: false });
    await stage.order('member1', number, 'escalate', up);
    expect((await stage.orders(number)).at(-1)).toMatchObject({ unit_id: stage.units.quanshan.id });
  });

  test('where a town has no communities the grid escalates to the town', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.register('park_member', { channel: 'app_snapshot', place_unit_id: stage.units.park.id });
    await stage.order('park_member', number, 'escalate', up);
    expect((await stage.orders(number)).at(-1)).toMatchObject({
      unit_id: stage.units.xinzhuang.id,
      role: 'lead',
      status: 'pending_ack',
    });
  });

  test('an emergency goes straight to the city desk, from any tier', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.register('member1', { channel: 'app_snapshot', priority: 'emergency' });
    await stage.order('member1', number, 'escalate', up);
    expect(await stage.appeal(number)).toMatchObject({ status: 'pending_review' });
    expect(await stage.orders(number)).toMatchObject([{ status: 'escalated' }]);
  });

  test('what turns out to be an emergency does so too, once the member has said so', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.register('member1', { channel: 'app_snapshot' });
    await stage.act('member1', number, 'correct', { category_code: '0203', priority: 'emergency' });
    await stage.order('member1', number, 'escalate', up);
    expect(await stage.appeal(number)).toMatchObject({ status: 'pending_review', priority: 'emergency' });
  });

  test('refused over an open part; allowed once it has ended', async ({ world }) => {
    const stage = await makeStage(world);
    const { number, town, community, grid } = await forwardedDown(stage);
    await expect(stage.order('quanshan_clerk', number, 'escalate', up, town.id)).rejects.toMatchObject({
      status: 409,
      code: 'part_open',
    });
    await stage.order('huayuan_clerk', number, 'recall', { reason: '不必' }, grid.id);
    await submit(stage, 'huayuan_clerk', number, community.id);
    await expect(stage.order('quanshan_clerk', number, 'escalate', up, town.id)).rejects.toMatchObject({
      status: 409,
      code: 'part_open',
    });
    await stage.order('quanshan_leader', number, 'approve', {}, community.id);
    await stage.order('quanshan_clerk', number, 'escalate', up, town.id);
    expect(await stage.appeal(number)).toMatchObject({ status: 'pending_dispatch' });
  });

  test('who escalated does not recall its way past a tier', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.register('huayuan_clerk', { channel: 'walk_in' });
    await stage.order('huayuan_clerk', number, 'escalate', up);
    await expect(stage.order('huayuan_clerk', number, 'recall', { reason: '收回' })).rejects.toMatchObject({ status: 403 });
    const own = await stage.register('quanshan_clerk', { channel: 'walk_in' });
    await expect(stage.order('quanshan_clerk', own, 'recall', { reason: '收回' })).rejects.toMatchObject({ status: 403 });
  });

  test('departments do not escalate', async ({ world }) => {
    const stage = await makeStage(world);
    await expect(stage.order('housing_clerk', await stage.dispatched(), 'escalate', up)).rejects.toMatchObject({ status: 403 });
  });
});

describe('return', () => {
  const ask = { reason: '不属于我单位职责', category_code: '0208' } as const;

  test('a returned order keeps its clock running until the return is upheld', async ({ world, clock }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    const [{ id, due_at } = { id: 0, due_at: clock() }] = await stage.orders(number);
    clock.addMinutes(60);
    await stage.order('housing_clerk', number, 'request_return', ask);
    expect(await stage.orders(number)).toMatchObject([
      { status: 'return_requested', due_at, step_due_at: at('2026-11-24T17:30:00+08:00') },
    ]);
    expect(await stage.running(number)).toEqual(['contact', 'handle', 'ruling']);
    expect(await stage.inbox('dispatch', number)).toEqual(['return_requested']);
    clock.addMinutes(60);
    await stage.order('dispatch', number, 'uphold_return', { ruling: '同意' });
    expect((await stage.clock(number, 'handle', id))!.stopped_at).toEqual(clock());
    expect(await stage.running(number)).toEqual(['dispatch']);
    expect(await stage.orders(number)).toMatchObject([{ status: 'returned', step_due_at: null, ended_at: clock() }]);
    expect(await stage.appeal(number)).toMatchObject({ status: 'pending_dispatch', lead_unit_id: null });
  });

  test('rejected, it never stopped: the unit is designated and may not return it again', async ({ world, clock }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    const before = await stage.orders(number);
    await stage.order('housing_clerk', number, 'request_return', ask);
    clock.addMinutes(300);
    await stage.order('dispatch', number, 'reject_return', { ruling: '指定你单位办理' });
    expect(await stage.orders(number)).toMatchObject([
      { status: 'in_progress', designated: true, due_at: before[0]!.due_at, step_due_at: before[0]!.due_at },
    ]);
    expect(await stage.clock(number, 'handle', before[0]!.id)).toMatchObject({
      due_at: before[0]!.due_at,
      paused_spans: [],
      stopped_at: null,
    });
    expect(await stage.inbox('housing_clerk', number)).toContain('return_rejected');
    await expect(stage.order('housing_leader', number, 'request_return', ask)).rejects.toMatchObject({
      status: 409,
      code: 'designated',
    });
  });

  test('only within two working days, and within half of a short limit', async ({ world, clock }) => {
    const stage = await makeStage(world);
    const [general, late, urgent, slow] = [
      await stage.dispatched(),
      await stage.dispatched(),
      await stage.dispatched({ priority: 'urgent' }),
      await stage.dispatched({ priority: 'urgent' }),
    ];
    clock.set('2026-11-23T22:00:00+08:00');
    await stage.order('housing_clerk', urgent!, 'request_return', ask);
    clock.set('2026-11-23T22:01:00+08:00');
    await expect(stage.order('housing_clerk', slow!, 'request_return', ask)).rejects.toMatchObject({
      status: 409,
      code: 'return_too_late',
    });
    clock.set('2026-11-25T17:30:00+08:00');
    await stage.order('housing_clerk', general!, 'request_return', ask);
    clock.set('2026-11-25T17:31:00+08:00');
    await expect(stage.order('housing_clerk', late!, 'request_return', ask)).rejects.toMatchObject({
      status: 409,
      code: 'return_too_late',
    });
  });

  test('refused over an open part', async ({ world }) => {
    const stage = await makeStage(world);
    const { number, town } = await forwardedDown(stage);
    await expect(stage.order('quanshan_clerk', number, 'request_return', ask, town.id)).rejects.toMatchObject({
      status: 409,
      code: 'part_open',
    });
  });

  test('grids and communities do not return', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.register('member1', { channel: 'app_snapshot' });
    await expect(stage.order('member1', number, 'request_return', ask)).rejects.toMatchObject({ status: 403 });
    const own = await stage.register('huayuan_clerk', { channel: 'walk_in' });
    await expect(stage.order('huayuan_clerk', own, 'request_return', ask)).rejects.toMatchObject({ status: 403 });
  });

  test('a lead’s return is ruled by the dispatch officer, however the order came about', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.register('huayuan_clerk', { channel: 'walk_in' });
    await stage.order('huayuan_clerk', number, 'escalate', up);
    await stage.order('quanshan_clerk', number, 'request_return', ask);
    for (const who of ['huayuan_clerk', 'huayuan_secretary', 'quanshan_leader', 'review', 'supervision'] as const)
      await expect(stage.order(who, number, 'uphold_return', { ruling: '同意' })).rejects.toMatchObject({ status: 403 });
    expect(await stage.inbox('dispatch', number)).toEqual(['return_requested']);
    await stage.order('dispatch', number, 'uphold_return', { ruling: '同意' });
    expect(await stage.appeal(number)).toMatchObject({ status: 'pending_review' });
    const own = await stage.register('housing_clerk', { channel: 'walk_in' });
    await stage.order('housing_clerk', own, 'request_return', ask);
    await expect(stage.order('housing_leader', own, 'uphold_return', { ruling: '同意' })).rejects.toMatchObject({ status: 403 });
    await stage.order('dispatch2', own, 'reject_return', { ruling: '你单位登记' });
  });

  test('a co-handler’s return is ruled by who made it; the appeal stays where it is', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await dispatchedTo(stage, 'housing', ['works']);
    const [lead, co] = await stage.orders(number);
    await stage.order('works_clerk', number, 'request_return', ask, co!.id);
    await expect(stage.order('housing_leader', number, 'uphold_return', { ruling: '同意' }, co!.id)).rejects.toMatchObject({
      status: 403,
    });
    await stage.order('dispatch', number, 'uphold_return', { ruling: '同意' }, co!.id);
    expect(await stage.appeal(number)).toMatchObject({ status: 'in_handling', lead_unit_id: stage.units.housing.id });
    expect(await stage.orders(number)).toMatchObject([{ id: lead!.id, status: 'pending_ack' }, { status: 'returned' }]);
  });

  test('the return of the last open co-handler finishes what is otherwise accepted', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await dispatchedTo(stage, 'housing', ['works']);
    const [lead, co] = await stage.orders(number);
    await stage.order('housing_clerk', number, 'acknowledge', {}, lead!.id);
    await submit(stage, 'housing_clerk', number, lead!.id);
    await stage.order('housing_leader', number, 'approve', {}, lead!.id);
    await stage.order('works_clerk', number, 'request_return', ask, co!.id);
    await stage.order('dispatch', number, 'uphold_return', { ruling: '同意' }, co!.id);
    expect(await stage.appeal(number)).toMatchObject({ status: 'pending_callback' });
  });

  test('never ruled by who asked, in whichever post he acts', async ({ db, world }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    await stage.order('housing_clerk', number, 'request_return', ask);
    const order_id = (await stage.orders(number))[0]!.id;
    const both = { ...stage.people.dispatch, person_id: stage.people.housing_clerk.person_id };
    await expect(
      performOnOrder(db, { author: both, now: world.clock() }, number, order_id, 'uphold_return', { ruling: '同意' }),
    ).rejects.toMatchObject({ status: 403, code: 'own_request' });
  });

  test('an upheld return counts for nobody: the unit no longer reaches the appeal', async ({ db, world }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    await stage.order('housing_clerk', number, 'request_return', ask);
    await stage.order('dispatch', number, 'uphold_return', { ruling: '同意' });
    await expect(stage.act('housing_clerk', number, 'comment', { comment: '?' })).rejects.toMatchObject({ status: 404 });
    expect(await db('work_order_returns')).toMatchObject([
      {
        decision: 'upheld',
        requested_by: stage.people.housing_clerk.person_id,
        ruled_by: stage.people.dispatch.person_id,
        category_code: '0208',
      },
    ]);
  });
});

describe('recall, reassign', () => {
  test('an order is recalled only before it is acknowledged, by the city that made it', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await dispatchedTo(stage, 'housing', ['works']);
    const [lead, co] = await stage.orders(number);
    await expect(stage.order('housing_leader', number, 'recall', { reason: '误派' }, lead!.id)).rejects.toMatchObject({
      status: 403,
    });
    await expect(stage.order('review', number, 'recall', { reason: '误派' }, lead!.id)).rejects.toMatchObject({ status: 403 });
    await stage.order('works_clerk', number, 'acknowledge', {}, co!.id);
    await expect(stage.order('dispatch', number, 'recall', { reason: '误派' }, co!.id)).rejects.toMatchObject({
      status: 409,
      code: 'moved_on',
    });
    await stage.order('dispatch2', number, 'recall', { reason: '误派' }, lead!.id);
    expect(await stage.orders(number)).toMatchObject([{ status: 'recalled' }, { status: 'in_progress' }]);
    expect(await stage.appeal(number)).toMatchObject({ status: 'pending_dispatch', lead_unit_id: null });
    expect(await stage.inbox('housing_clerk', number)).toContain('order_recalled');
  });

  test('a part is recalled by the unit that forwarded it, not by the city or a neighbour', async ({ world }) => {
    const stage = await makeStage(world);
    const { number, grid } = await forwardedDown(stage);
    for (const who of ['dispatch', 'quanshan_clerk'] as const)
      await expect(stage.order(who, number, 'recall', { reason: '不必' }, grid.id)).rejects.toMatchObject({ status: 403 });
    await stage.order('huayuan_secretary', number, 'recall', { reason: '不必' }, grid.id);
    expect((await stage.orders(number)).map(({ status }) => status)).toEqual(['in_progress', 'in_progress', 'recalled']);
    expect(await stage.appeal(number)).toMatchObject({ status: 'in_handling' });
  });

  test('reassigning ends the order and its parts, and gives the new unit its own clock', async ({ world, clock }) => {
    const stage = await makeStage(world);
    const { number, town } = await forwardedDown(stage);
    clock.set('2026-11-25T10:00:00+08:00');
    await stage.order('dispatch', number, 'reassign', { unit_id: stage.units.housing.id, reason: '应由住建办理' }, town.id);
    const orders = await stage.orders(number);
    expect(orders.map(({ role, status }) => [role, status])).toEqual([
      ['lead', 'reassigned'],
      ['part', 'recalled'],
      ['part', 'recalled'],
      ['lead', 'pending_ack'],
    ]);
    expect(orders[3]).toMatchObject({
      unit_id: stage.units.housing.id,
      due_at: at('2026-12-02T17:30:00+08:00'),
      designated: false,
    });
    expect(await stage.appeal(number)).toMatchObject({
      status: 'in_handling',
      lead_unit_id: stage.units.housing.id,
      due_at: town.due_at,
    });
    expect((await stage.acts(number)).slice(-4)).toEqual(['recall_open', 'recall_open', 'reassign', 'make']);
    expect(await stage.running(number)).toEqual(['acknowledge', 'contact', 'handle']);
  });

  test('not to the same unit, not to the unit complained about, and by the dispatch officer alone', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.register('hotline');
    await stage.act('review', number, 'accept', {
      kind: 'complaint',
      category_code: '0304',
      priority: 'general',
      about_unit_id: stage.units.works.id,
    });
    await stage.act('dispatch', number, 'dispatch', { lead_unit_id: stage.units.housing.id, instruction: '办' });
    await expect(
      stage.order('dispatch', number, 'reassign', { unit_id: stage.units.housing.id, reason: '?' }),
    ).rejects.toMatchObject({ status: 409, code: 'same_unit' });
    await expect(
      stage.order('dispatch', number, 'reassign', { unit_id: stage.units.works.id, reason: '?' }),
    ).rejects.toMatchObject({ status: 409, code: 'about_unit_leads' });
    for (const who of ['supervision', 'review', 'housing_leader'] as const)
      await expect(stage.order(who, number, 'reassign', { unit_id: stage.units.heating.id, reason: '?' })).rejects.toMatchObject({
        status: 403,
      });
  });

  test('what is submitted, or whose return is asked, is not reassigned', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    await stage.order('housing_clerk', number, 'request_return', { reason: '不是', category_code: '0208' });
    await expect(
      stage.order('dispatch', number, 'reassign', { unit_id: stage.units.works.id, reason: '换' }),
    ).rejects.toMatchObject({ status: 409 });
  });
});

describe('submit', () => {
  test('stops the handling clock and starts the approval; the unit says what was done and what came of it', async ({
    world,
    clock,
  }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    await stage.order('housing_clerk', number, 'acknowledge', {});
    clock.addMinutes(60);
    await stage.order('housing_clerk', number, 'submit', { result: '已向住户说明保修期', outcome: 'explained' });
    const [order] = await stage.orders(number);
    expect(order).toMatchObject({
      status: 'submitted',
      result: '已向住户说明保修期',
      outcome: 'explained',
      submitted_at: clock(),
      first_submitted_at: clock(),
      submitted_by: stage.people.housing_clerk.person_id,
      step_due_at: at('2026-11-24T17:30:00+08:00'),
    });
    expect((await stage.clock(number, 'handle', order!.id))!.paused_at).toEqual(clock());
    expect(await stage.inbox('housing_leader', number)).toContain('submitted');
    await stage.order('housing_leader', number, 'approve', {});
    expect((await stage.clock(number, 'handle', order!.id))!.stopped_at).toEqual(order!.submitted_at);
  });

  test('an order around the clock is approved within two hours', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched({ priority: 'urgent' });
    await stage.order('housing_clerk', number, 'acknowledge', {});
    await submit(stage, 'housing_clerk', number);
    expect((await stage.orders(number))[0]!.step_due_at).toEqual(at('2026-11-23T12:00:00+08:00'));
  });

  test('a promised date becomes a clock, which outlives the approval and stops when it is confirmed solved', async ({
    world,
  }) => {
    const stage = await makeStage(world);
    const promised = async () => {
      const number = await stage.dispatched();
      await stage.order('housing_clerk', number, 'acknowledge', {});
      await stage.order('housing_clerk', number, 'submit', {
        result: '春季施工',
        outcome: 'promised',
        promised_on: '2027-03-31',
      });
      await stage.order('housing_leader', number, 'approve', {});
      return number;
    };
    const [kept, unkept] = [await promised(), await promised()];
    expect(await stage.running(kept)).toEqual(['callback', 'promise']);
    expect(await stage.clock(kept, 'promise', (await stage.orders(kept))[0]!.id)).toMatchObject({
      due_at: at('2027-03-31T17:30:00+08:00'),
    });
    await stage.act('callback', kept, 'close', { level: 'satisfied', contacted: true, solved: true });
    expect(await stage.running(kept)).toEqual([]);
    await stage.act('callback', unkept, 'close', { level: 'basic', contacted: true, solved: false });
    expect(await stage.running(unkept)).toEqual(['promise']);
  });

  test('a promise needs a day that is still to come', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    await stage.order('housing_clerk', number, 'acknowledge', {});
    for (const promised_on of [undefined, '2026-11-22']) {
      await expect(
        stage.order('housing_clerk', number, 'submit', { result: '以后', outcome: 'promised', promised_on }),
      ).rejects.toMatchObject({ status: 409, code: 'no_promised_day' });
    }
  });

  test('not before it is acknowledged', async ({ world }) => {
    const stage = await makeStage(world);
    await expect(submit(stage, 'housing_clerk', await stage.dispatched())).rejects.toMatchObject({ status: 409 });
  });
});

describe('approve, send back', () => {
  const submitted = async (stage: Stage, lead: keyof Stage['units'], who: Parameters<Stage['order']>[0], given = {}) => {
    const number = await dispatchedTo(stage, lead, [], given);
    await stage.order(who, number, 'acknowledge', {});
    await submit(stage, who, number);
    return number;
  };

  test.for([
    ['housing', 'housing_clerk', 'housing_leader'],
    ['quanshan', 'quanshan_clerk', 'quanshan_leader'],
    ['huayuan', 'huayuan_clerk', 'quanshan_leader'],
    ['huayuan', 'huayuan_secretary', 'quanshan_clerk'],
    ['grid1', 'member1', 'huayuan_secretary'],
    ['grid1', 'member1', 'huayuan_clerk'],
    ['park', 'park_member', 'xinzhuang_clerk'],
    ['park', 'park_member', 'xinzhuang_leader'],
  ] as const)(
    'what %s submits by %s is approved by %s, and by nobody outside the table',
    async ([unit, who, approver], { world }) => {
      const stage = await makeStage(world);
      const allowed: Record<string, readonly string[]> = {
        housing: ['housing_leader'],
        quanshan: ['quanshan_leader'],
        huayuan: ['quanshan_leader', 'quanshan_clerk'],
        grid1: ['huayuan_secretary', 'huayuan_clerk'],
        park: ['xinzhuang_leader', 'xinzhuang_clerk'],
      };
      const number = await submitted(stage, unit, who);
      for (const one of Object.keys(stage.people) as (keyof Stage['people'])[]) {
        if (allowed[unit]!.includes(one)) continue;
        await expect(stage.order(one, number, 'approve', {}), one).rejects.toMatchObject({
          status: expect.toBeOneOf([403, 404]),
        });
      }
      await stage.order(approver, number, 'approve', {});
      expect(await stage.orders(number)).toMatchObject([
        { status: 'accepted', approved_by: stage.people[approver].person_id, ended_at: world.clock() },
      ]);
    },
  );

  test('never by the submitter: where only he could, the next tier does', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await submitted(stage, 'housing', 'housing_leader');
    await expect(stage.order('housing_leader', number, 'approve', {})).rejects.toMatchObject({ status: 403 });
    await expect(stage.order('housing_clerk', number, 'approve', {})).rejects.toMatchObject({ status: 403 });
    expect(await stage.inbox('dispatch2', number)).toContain('submitted');
    await stage.order('dispatch', number, 'approve', {});
    expect(await stage.appeal(number)).toMatchObject({ status: 'pending_callback' });
    const town = await submitted(stage, 'xinzhuang', 'xinzhuang_leader');
    await expect(stage.order('xinzhuang_clerk', town, 'approve', {})).rejects.toMatchObject({ status: 403 });
    await stage.order('dispatch', town, 'send_back', { reason: '照片不清' });
  });

  test('never by the submitter in another of his posts', async ({ db, world }) => {
    const stage = await makeStage(world);
    const number = await submitted(stage, 'grid1', 'member1');
    const order_id = (await stage.orders(number))[0]!.id;
    const both = { ...stage.people.huayuan_secretary, person_id: stage.people.member1.person_id };
    await expect(performOnOrder(db, { author: both, now: world.clock() }, number, order_id, 'approve', {})).rejects.toMatchObject(
      { status: 403 },
    );
    await expect(
      db.transaction((trx) => trx('work_orders').where({ id: order_id }).update({ approved_by: both.person_id })),
    ).rejects.toMatchObject({ code: '23514' });
  });

  test('an empty seat is passed over: community, then town, then the city', async ({ db, world }) => {
    const stage = await makeStage(world);
    const number = await submitted(stage, 'grid3', 'member3');
    await db('posts').where({ unit_id: stage.units.jincheng.id }).update({ valid_to: '2026-11-22' });
    await db('accounts').where({ person_id: stage.people.quanshan_clerk.person_id }).update({ disabled_at: world.clock() });
    await db('posts').where({ person_id: stage.people.quanshan_leader.person_id }).update({ valid_to: '2026-11-22' });
    await expect(stage.order('jincheng_clerk', number, 'approve', {})).rejects.toMatchObject({ status: 403 });
    await stage.order('dispatch', number, 'approve', {});
    expect(await stage.orders(number)).toMatchObject([{ status: 'accepted' }]);
  });

  test('the last approval finishes the appeal, an earlier one does not', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await dispatchedTo(stage, 'housing', ['works']);
    const [lead, co] = await stage.orders(number);
    for (const [unit, order] of [
      ['works', co!],
      ['housing', lead!],
    ] as const) {
      expect(await stage.appeal(number)).toMatchObject({ status: 'in_handling' });
      await stage.order(`${unit}_clerk`, number, 'acknowledge', {}, order.id);
      await submit(stage, `${unit}_clerk`, number, order.id);
      await stage.order(`${unit}_leader`, number, 'approve', { remark: '属实' }, order.id);
    }
    expect((await stage.acts(number)).filter((act) => act === 'finish')).toHaveLength(1);
    expect(await stage.appeal(number)).toMatchObject({ status: 'pending_callback' });
  });

  test('sent back, the handling clock runs on with what was left of it', async ({ world, clock }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    await stage.order('housing_clerk', number, 'acknowledge', {});
    clock.set('2026-11-27T16:30:00+08:00');
    // One hour of Friday and the whole of Monday are left: 60 + 420 office minutes.
    await submit(stage, 'housing_clerk', number);
    const first = clock();
    clock.set('2026-12-02T10:00:00+08:00');
    await stage.order('housing_leader', number, 'send_back', { reason: '证据不足' });
    const due_at = at('2026-12-03T11:00:00+08:00');
    const [order] = await stage.orders(number);
    expect(order).toMatchObject({
      status: 'in_progress',
      due_at,
      step_due_at: due_at,
      submitted_by: null,
      submitted_at: null,
      outcome: null,
      first_submitted_at: first,
    });
    expect(await stage.clock(number, 'handle', order!.id)).toMatchObject({
      due_at,
      paused_at: null,
      stopped_at: null,
      paused_spans: [{ from: first.toISOString(), to: clock().toISOString() }],
    });
    expect(await stage.appeal(number)).toMatchObject({ due_at: at('2026-11-30T17:30:00+08:00') });
    expect(await stage.inbox('housing_clerk', number)).toContain('sent_back');
    expect(await stage.running(number)).toEqual(['contact', 'handle']);
  });

  test('sent back with a promise, the promise is void', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    await stage.order('housing_clerk', number, 'acknowledge', {});
    await stage.order('housing_clerk', number, 'submit', { result: '春季', outcome: 'promised', promised_on: '2027-03-31' });
    await stage.order('housing_leader', number, 'send_back', { reason: '太晚' });
    expect(await stage.running(number)).toEqual(['contact', 'handle']);
    expect(await stage.orders(number)).toMatchObject([{ promised_on: null, outcome: null }]);
  });

  test('what was late when submitted stays late when sent back', async ({ world, clock }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched({ priority: 'urgent' });
    const [{ due_at } = { due_at: clock() }] = await stage.orders(number);
    clock.set('2026-11-25T10:00:00+08:00');
    await stage.order('housing_clerk', number, 'acknowledge', {});
    await submit(stage, 'housing_clerk', number);
    clock.addMinutes(60);
    await stage.order('housing_leader', number, 'send_back', { reason: '不全' });
    expect(await stage.orders(number)).toMatchObject([{ due_at, step_due_at: due_at }]);
  });
});

describe('confidential', () => {
  test('the city and the present holders read it, nobody by the place, nobody above a holder', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await dispatchedTo(stage, 'huayuan', [], { confidential: true });
    const reads = async (who: Parameters<Stage['act']>[0]) =>
      stage.act(who, number, 'comment', { comment: '看' }).then(
        () => true,
        (error) => (error.status === 404 ? false : Promise.reject(error)),
      );
    for (const who of [
      'hotline',
      'review',
      'supervision',
      'callback',
      'assessor',
      'leader',
      'huayuan_clerk',
      'huayuan_secretary',
    ] as const)
      expect([who, await reads(who)]).toEqual([who, true]);
    for (const who of [
      'quanshan_clerk',
      'quanshan_leader',
      'member1',
      'jincheng_clerk',
      'housing_clerk',
      'sys',
      'sec',
      'audit',
    ] as const)
      expect([who, await reads(who)]).toEqual([who, false]);
    await stage.order('dispatch', number, 'reassign', { unit_id: stage.units.housing.id, reason: '换' });
    expect([await reads('huayuan_clerk'), await reads('housing_clerk')]).toEqual([false, true]);
    await stage.order('dispatch', number, 'recall', { reason: '误' });
    expect(await reads('housing_clerk')).toBe(false);
  });
});

describe('every act on an order', () => {
  test('is refused as not found for an order of another appeal', async ({ world }) => {
    const stage = await makeStage(world);
    const [one, other] = [await stage.dispatched(), await stage.dispatched()];
    await expect(stage.order('housing_clerk', one, 'acknowledge', {}, (await stage.orders(other))[0]!.id)).rejects.toMatchObject({
      status: 404,
    });
  });

  test('that has become impossible says how the order stands now', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    await stage.order('housing_clerk', number, 'acknowledge', {});
    await expect(stage.order('housing_leader', number, 'acknowledge', {})).rejects.toMatchObject({
      status: 409,
      code: 'moved_on',
      detail: { status: 'in_progress' },
    });
  });

  test('is not possible once the appeal has ended', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    await stage.act('hotline', number, 'withdraw', { reason: '好了' });
    await expect(stage.order('housing_clerk', number, 'acknowledge', {})).rejects.toMatchObject({ status: 409 });
  });

  test('arriving a second time with the same key changes nothing', async ({ db, world }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    const [order] = await stage.orders(number);
    const doing = { ...stage.doing('housing_clerk'), once: 'one press, twice' };
    await performOnOrder(db, doing, number, order!.id, 'acknowledge', {});
    await performOnOrder(db, doing, number, order!.id, 'acknowledge', {});
    expect((await stage.acts(number)).filter((act) => act === 'acknowledge')).toHaveLength(1);
  });

  test('by the resident is refused: he has no post', async ({ db, world }) => {
    const stage = await makeStage(world);
    const number = await register(
      world,
      { author: 'appellant', now: world.clock() },
      {
        channel: 'qr_code',
        kind: 'help',
        priority: 'general',
        category_code: null,
        content: '灯坏了',
        place_unit_id: stage.units.grid1.id,
      },
    );
    const [order] = await stage.orders(number);
    for (const act of ['acknowledge', 'approve', 'recall'] as const)
      await expect(
        performOnOrder(db, { author: 'appellant', now: world.clock() }, number, order!.id, act, {} as never),
      ).rejects.toMatchObject({ status: 403 });
    expect(await stage.orders(number)).toMatchObject([{ status: 'pending_ack' }]);
  });

  test('of the product itself is nobody’s to call', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    for (const act of ['recall_open', 'rework'] as const)
      await expect(stage.order('dispatch', number, act, {})).rejects.toMatchObject({ status: 404 });
  });
});
