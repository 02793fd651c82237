import { describe, expect } from 'vitest';
import { nightly } from '../../src/orders/actions/nightly.ts';
import { performOnAppeal, register } from '../../src/orders/actions/perform.ts';
import { verify } from '../../src/trail/rules.ts';
import { listTrail } from '../../src/trail/store.ts';
import { makeStage, type Stage } from '../support/make.ts';
import { test } from '../support/world.ts';

/** Process, section 2, row by row. The clock stands at a Monday, ten in the morning. */

const good = { level: 'satisfied', contacted: true, solved: true } as const;
const bad = { level: 'dissatisfied', contacted: true, solved: false } as const;
const at = (iso: string) => new Date(iso);

/** From the plate on a building, by a resident without an account. */
const scanned = async (stage: Stage, given: Partial<Parameters<typeof register>[2]> = {}) =>
  register(
    stage.world,
    { author: 'appellant', now: stage.world.clock() },
    {
      channel: 'qr_code',
      kind: 'help',
      priority: 'general',
      category_code: null,
      content: '单元门坏了',
      place_unit_id: stage.units.grid1.id,
      phone: '10000000002',
      ...given,
    },
  );

/** Rated dissatisfied twice: the second rating stands, the case waits for what comes next. */
async function twiceDissatisfied(stage: Stage): Promise<string> {
  const number = await stage.finished();
  await stage.act('callback', number, 'rework', { reason: '没修好' });
  await stage.order('housing_clerk', number, 'submit', { result: '再修', outcome: 'solved' });
  await stage.order('housing_leader', number, 'approve', {});
  return number;
}

describe('register', () => {
  test('a call lands on the review desk of the city, with thirty minutes to review it', async ({ world, clock }) => {
    const stage = await makeStage(world);
    const number = await stage.register('hotline');
    expect(number).toBe('20261123-0001');
    expect(await stage.appeal(number)).toMatchObject({
      status: 'pending_review',
      round: 1,
      due_at: null,
      step_due_at: at('2026-11-23T10:30:00+08:00'),
      registered_by: stage.people.hotline.person_id,
      lead_unit_id: null,
    });
    expect(await stage.orders(number)).toEqual([]);
    expect(await stage.running(number)).toEqual(['review']);
    expect(await stage.acts(number)).toEqual(['register']);
    expect(await stage.told(number)).toEqual(['registered']);
    expect(clock()).toEqual(at('2026-11-23T10:00:00+08:00'));
  });

  test('name and number of the caller are stored sealed and shown masked', async ({ db, world }) => {
    const stage = await makeStage(world);
    const appeal = await stage.appeal(await stage.register('hotline', { name: '王小明', phone: '10000000001' }));
    const appellant = (await db('appellants').where({ id: appeal.appellant_id! }).first())!;
    expect(appellant).toMatchObject({ name_masked: '王**', phone_masked: '100****0001' });
    expect(JSON.stringify([appellant, appeal, await listTrail(db, 'appeal', appeal.id)])).not.toMatch(/王小明|10000000001/);
  });

  test('the same caller is found by a hash of the number', async ({ db, world }) => {
    const stage = await makeStage(world);
    const [one, two, other] = [
      await stage.register('hotline'),
      await stage.register('hotline'),
      await stage.register('hotline', { phone: '10000000009' }),
    ];
    const hashes = await db('appeals')
      .join('appellants', 'appellants.id', 'appeals.appellant_id')
      .whereIn('number', [one, two, other])
      .orderBy('number')
      .pluck('phone_hash');
    expect(hashes[0]).toBe(hashes[1]);
    expect(hashes[2]).not.toBe(hashes[0]);
  });

  test('an anonymous caller is nobody to be told anything', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.register('hotline', { name: '', phone: '' });
    expect(await stage.appeal(number)).toMatchObject({ appellant_id: null });
    expect(await stage.told(number)).toEqual([]);
  });

  test('numbers count up within the day of the city, and start anew at its midnight', async ({ world, clock }) => {
    const stage = await makeStage(world);
    clock.set('2026-11-23T23:59:00+08:00');
    expect([await stage.register('hotline'), await stage.register('hotline')]).toEqual(['20261123-0001', '20261123-0002']);
    clock.set('2026-11-24T00:00:00+08:00');
    expect(await stage.register('hotline')).toBe('20261124-0001');
  });

  test('a scanned plate is an order for the member of the grid at once, with its due time', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await scanned(stage);
    const [order] = await stage.orders(number);
    expect(order).toMatchObject({
      role: 'lead',
      status: 'pending_ack',
      unit_id: stage.units.grid1.id,
      assignee_id: stage.people.member1.person_id,
      made_by: null,
    });
    expect(await stage.appeal(number)).toMatchObject({
      status: 'in_handling',
      due_at: order!.due_at,
      lead_unit_id: stage.units.grid1.id,
      step_due_at: null,
      registered_by: null,
    });
    expect(await stage.running(number)).toEqual(['acknowledge', 'contact', 'handle']);
    expect(await stage.acts(number)).toEqual(['register', 'make']);
    expect(await stage.inbox('member1', number)).toEqual(['order_made']);
  });

  test('it is for the full-time member on duty, else for an assistant, else for nobody by name', async ({ db, world }) => {
    const stage = await makeStage(world);
    await db('posts').where({ person_id: stage.people.member1.person_id }).update({ on_duty: false });
    expect(await stage.orders(await scanned(stage))).toMatchObject([{ assignee_id: stage.people.member1b.person_id }]);
  });

  test('the app of a member makes an order for the grid of the place', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.register('member1', { channel: 'app_voice', place_unit_id: stage.units.grid2.id });
    expect(await stage.orders(number)).toMatchObject([{ unit_id: stage.units.grid2.id, role: 'lead' }]);
  });

  test('it lands with the lowest tier of the place that has somebody on duty: grid, community, town, city', async ({
    db,
    world,
  }) => {
    const stage = await makeStage(world);
    const off = (...units: (keyof Stage['units'])[]) =>
      db('posts')
        .whereIn(
          'unit_id',
          units.map((unit) => stage.units[unit].id),
        )
        .update({ on_duty: false });
    await off('grid1');
    expect(await stage.orders(await scanned(stage))).toMatchObject([{ unit_id: stage.units.huayuan.id, assignee_id: null }]);
    await off('huayuan');
    expect(await stage.orders(await scanned(stage))).toMatchObject([{ unit_id: stage.units.quanshan.id }]);
    await off('quanshan');
    const number = await scanned(stage);
    expect(await stage.orders(number)).toEqual([]);
    expect(await stage.appeal(number)).toMatchObject({ status: 'pending_review' });
  });

  test('a post that has ended keeps nobody on duty', async ({ db, world }) => {
    const stage = await makeStage(world);
    await db('posts').where({ unit_id: stage.units.grid1.id }).update({ valid_to: '2026-11-22' });
    expect(await stage.orders(await scanned(stage))).toMatchObject([{ unit_id: stage.units.huayuan.id }]);
  });

  test.for(['grid2', 'huayuan', 'quanshan', 'xinzhuang', 'park'] as const)(
    'a place known only as far as %s lands there',
    async (unit, { world }) => {
      const stage = await makeStage(world);
      expect(await stage.orders(await scanned(stage, { place_unit_id: stage.units[unit].id }))).toMatchObject([
        { unit_id: stage.units[unit].id },
      ]);
    },
  );

  test('a place known only as the city lands on its review desk', async ({ world }) => {
    const stage = await makeStage(world);
    expect(await stage.appeal(await scanned(stage, { place_unit_id: stage.units.city.id }))).toMatchObject({
      status: 'pending_review',
    });
  });

  test.for([
    ['huayuan_clerk', 'walk_in', 'huayuan'],
    ['quanshan_clerk', 'superior_assigned', 'quanshan'],
    ['housing_clerk', 'walk_in', 'housing'],
    ['member1', 'proactive_patrol', 'grid1'],
  ] as const)('what %s takes in as %s is an order for %s itself', async ([who, channel, unit], { world }) => {
    const stage = await makeStage(world);
    const number = await stage.register(who, { channel });
    expect(await stage.appeal(number)).toMatchObject({ status: 'in_handling', registered_unit_id: stage.units[unit].id });
    expect(await stage.orders(number)).toMatchObject([{ unit_id: stage.units[unit].id, role: 'lead' }]);
  });

  test('a walk-in at the hotline desk is reviewed like a call', async ({ world }) => {
    const stage = await makeStage(world);
    expect(await stage.appeal(await stage.register('hotline', { channel: 'walk_in' }))).toMatchObject({
      status: 'pending_review',
    });
  });

  test.for([
    ['confidential', {}, { confidential: true }],
    ['a report', {}, { kind: 'report' }],
    ['about the grid', { about: 'grid1' }, {}],
    ['about its community', { about: 'huayuan' }, {}],
    ['about its town', { about: 'quanshan' }, {}],
  ] as const)(
    '%s: the review of the city sees it first, whatever the channel, and the member never',
    async ([, { about }, given]: readonly [string, { about?: keyof Stage['units'] }, object], { db, world }) => {
      const stage = await makeStage(world);
      const all = { ...given, ...(about && { about_unit_id: stage.units[about].id }) };
      const numbers = [
        await scanned(stage, all),
        await stage.register('member2', { channel: 'app_snapshot', ...all }),
        await stage.register('huayuan_clerk', { channel: 'walk_in', ...all }),
      ];
      for (const number of numbers) {
        expect(await stage.appeal(number)).toMatchObject({ status: 'pending_review' });
        expect(await stage.orders(number)).toEqual([]);
        expect(await db('messages').where({ appeal_id: (await stage.appeal(number)).id })).toEqual([]);
        await expect(stage.act('member1', number, 'comment', { comment: '?' })).rejects.toMatchObject({ status: 404 });
      }
    },
  );

  test('a complaint about the very unit that takes it in goes to the review of the city', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.register('housing_clerk', { channel: 'walk_in', about_unit_id: stage.units.housing.id });
    expect(await stage.appeal(number)).toMatchObject({ status: 'pending_review' });
  });

  test('a complaint about a department still lands on the spot', async ({ world }) => {
    const stage = await makeStage(world);
    expect(await stage.orders(await scanned(stage, { about_unit_id: stage.units.heating.id }))).toMatchObject([
      { unit_id: stage.units.grid1.id },
    ]);
  });

  test.for(['quanshan_leader', 'huayuan_secretary', 'housing_leader', 'review', 'leader', 'sys', 'sec', 'audit'] as const)(
    '%s registers nothing',
    async (who, { db, world }) => {
      const stage = await makeStage(world);
      await expect(stage.register(who)).rejects.toMatchObject({ status: 403 });
      expect(await db('appeals')).toEqual([]);
      expect(await db('day_numbers')).toEqual([]);
    },
  );

  test('the second arrival of a form changes nothing and gets the number of the first', async ({ db, world }) => {
    const stage = await makeStage(world);
    const once = 'k'.repeat(22);
    const given = {
      channel: 'hotline',
      kind: 'help',
      priority: 'general',
      category_code: null,
      content: '井盖响',
      place_unit_id: stage.units.grid1.id,
    } as const;
    const first = await register(world, { ...stage.doing('hotline'), once }, given);
    const second = await register(world, { ...stage.doing('hotline'), once }, { ...given, content: '改过' });
    expect(second).toBe(first);
    expect(await db('appeals').pluck('content')).toEqual(['井盖响']);
  });
});

describe('answer, transfer', () => {
  test('an answer given in the same breath leaves nothing to review', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await register(
      world,
      stage.doing('hotline'),
      {
        channel: 'hotline',
        kind: 'inquiry',
        priority: 'inquiry',
        category_code: null,
        content: '几点上班',
        place_unit_id: stage.units.city.id,
        phone: '10000000003',
      },
      { act: 'answer', input: { answer: '八点半' } },
    );
    expect(await stage.appeal(number)).toMatchObject({
      status: 'answered',
      answer: '八点半',
      step_due_at: null,
      finished_at: world.clock(),
    });
    expect(await stage.running(number)).toEqual([]);
    expect(await stage.told(number)).toEqual(['registered', 'answered']);
  });
  test('a transfer is a record of line and time, and no work', async ({ db, world }) => {
    const stage = await makeStage(world);
    const transferred_at = world.clock();
    const number = await register(
      world,
      stage.doing('hotline'),
      {
        channel: 'hotline',
        kind: 'help',
        priority: 'emergency',
        category_code: null,
        content: '着火了',
        place_unit_id: stage.units.grid1.id,
        phone: '10000000003',
      },
      { act: 'transfer', input: { line: '119', transferred_at } },
    );
    const appeal = await stage.appeal(number);
    expect(appeal).toMatchObject({ status: 'answered', emergency_line: '119' });
    expect((await listTrail(db, 'appeal', appeal.id)).at(-1)).toMatchObject({
      act: 'transfer',
      input: { line: '119', transferred_at: transferred_at.toISOString() },
    });
    expect(await stage.running(number)).toEqual([]);
  });
  test('the review officer may answer too, the dispatcher not', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.register('hotline');
    await expect(stage.act('dispatch', number, 'answer', { answer: '好' })).rejects.toMatchObject({ status: 403 });
    await stage.act('review', number, 'answer', { answer: '好' });
    expect(await stage.appeal(number)).toMatchObject({ status: 'answered' });
  });
});

describe('details', () => {
  test('a question pauses the review clock, and it runs on afterwards with what was left', async ({ world, clock }) => {
    const stage = await makeStage(world);
    const number = await stage.register('hotline');
    clock.addMinutes(10);
    await stage.act('review', number, 'request_details', { question: '几单元？' });
    expect(await stage.appeal(number)).toMatchObject({ status: 'awaiting_details', step_due_at: null });
    expect(await stage.running(number)).toEqual([]);
    expect(await stage.told(number)).toEqual(['registered', 'details_wanted']);
    clock.addMinutes(26 * 60);
    await stage.appellant(number, 'supply_details', { supplement: '三单元' });
    const due_at = at('2026-11-24T12:30:00+08:00');
    expect(await stage.appeal(number)).toMatchObject({ status: 'pending_review', step_due_at: due_at });
    expect(await stage.clock(number, 'review')).toMatchObject({
      due_at,
      stopped_at: null,
      paused_at: null,
      paused_spans: [{ from: '2026-11-23T02:10:00.000Z', to: '2026-11-24T04:10:00.000Z' }],
    });
    clock.addMinutes(5);
    await stage.act('review', number, 'request_details', { question: '几楼？' });
    clock.addMinutes(60);
    await stage.act('hotline', number, 'supply_details', { supplement: '五楼' });
    expect(await stage.clock(number, 'review')).toMatchObject({ due_at: at('2026-11-24T13:30:00+08:00') });
    expect((await stage.clock(number, 'review'))!.paused_spans).toHaveLength(2);
  });

  test('details that are not supplied in five working days let the appeal lapse; the appellant may reopen it', async ({
    db,
    world,
    clock,
  }) => {
    const stage = await makeStage(world);
    const number = await stage.register('hotline');
    await stage.act('review', number, 'request_details', { question: '几单元？' });
    clock.set('2026-11-30T17:30:00+08:00');
    expect(await nightly.lapse(db, clock())).toBe(0);
    clock.set('2026-11-30T17:31:00+08:00');
    expect(await nightly.lapse(db, clock())).toBe(1);
    expect(await nightly.lapse(db, clock())).toBe(0);
    expect(await stage.appeal(number)).toMatchObject({ status: 'closed', closed_at: clock() });
    expect(await stage.running(number)).toEqual([]);
    expect((await stage.clock(number, 'review'))!.stopped_at).toEqual(at('2026-11-23T10:00:00+08:00'));
    await stage.appellant(number, 'reopen', { new_fact: '是三单元' });
    expect(await stage.appeal(number)).toMatchObject({ status: 'pending_review', round: 2 });
  });
});

describe('decline, accept', () => {
  test('declining names a lawful reason and the other way, and says both to the appellant', async ({ db, world }) => {
    const stage = await makeStage(world);
    const number = await stage.register('hotline');
    await stage.act('review', number, 'decline', { decline_reason: 'other_procedure', other_way: '向人民法院起诉' });
    expect(await stage.appeal(number)).toMatchObject({
      status: 'declined',
      decline_reason: 'other_procedure',
      closed_at: world.clock(),
    });
    const told = await db('outbox')
      .where({ appeal_id: (await stage.appeal(number)).id, event: 'declined' })
      .first();
    expect(told).toMatchObject({ params: { reason: 'other_procedure', other_way: '向人民法院起诉' } });
    expect(await stage.running(number)).toEqual([]);
  });

  test('accepting ends the review clock and starts the dispatch clock, five minutes for an emergency', async ({
    world,
    clock,
  }) => {
    const stage = await makeStage(world);
    for (const [priority, minutes] of [
      ['general', 30],
      ['emergency', 5],
    ] as const) {
      const number = await stage.register('hotline');
      clock.addMinutes(12);
      await stage.act('review', number, 'accept', { kind: 'complaint', category_code: '0208', priority });
      const due_at = at(new Date(clock().getTime() + minutes * 60_000).toISOString());
      expect(await stage.appeal(number)).toMatchObject({
        status: 'pending_dispatch',
        kind: 'complaint',
        category_code: '0208',
        priority,
        step_due_at: due_at,
        accepted_at: clock(),
      });
      expect(await stage.running(number)).toEqual(['dispatch']);
      expect((await stage.clock(number, 'review'))!.stopped_at).toEqual(clock());
    }
  });

  test('naming the unit complained about takes the appeal out of its sight', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.register('hotline');
    await stage.act('huayuan_clerk', number, 'comment', { comment: '看到' });
    await stage.act('review', number, 'accept', {
      kind: 'complaint',
      category_code: '0304',
      priority: 'general',
      about_unit_id: stage.units.huayuan.id,
    });
    for (const who of ['huayuan_clerk', 'huayuan_secretary', 'member1'] as const)
      await expect(stage.act(who, number, 'comment', { comment: '?' })).rejects.toMatchObject({ status: 404 });
    await stage.act('quanshan_clerk', number, 'comment', { comment: '街道仍可见' });
  });

  test('a matter found to be a report leaves the phone of the member, and comes back when it is none', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.register('hotline', { kind: 'report' });
    await expect(stage.act('member1', number, 'comment', { comment: '?' })).rejects.toMatchObject({ status: 404 });
    await stage.act('review', number, 'accept', { kind: 'help', category_code: '0304', priority: 'general' });
    await stage.act('member1', number, 'comment', { comment: '现在可见' });
  });

  test('an opinion of the city as a whole keeps no unit from working on it', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.register('hotline', { about_unit_id: stage.units.city.id });
    await stage.act('review', number, 'accept', { kind: 'complaint', category_code: '0304', priority: 'general' });
    await stage.act('dispatch', number, 'dispatch', { lead_unit_id: stage.units.housing.id, instruction: '办' });
    expect(await stage.appeal(number)).toMatchObject({ status: 'in_handling' });
  });
});

describe('correct', () => {
  test('a new category or priority moves no clock', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    const before = [
      await stage.appeal(number),
      await stage.orders(number),
      await stage.clock(number, 'handle', (await stage.orders(number))[0]!.id),
    ] as const;
    await stage.act('dispatch', number, 'correct', { category_code: '0203', priority: 'emergency' });
    const after = await stage.appeal(number);
    expect(after).toMatchObject({ category_code: '0203', priority: 'emergency', due_at: before[0].due_at });
    expect(await stage.orders(number)).toEqual(before[1]);
    expect(await stage.clock(number, 'handle', before[1][0]!.id)).toEqual(before[2]);
  });
  test('the holder may correct both, but not the place', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await scanned(stage);
    await stage.act('member1b', number, 'correct', { category_code: '0203', priority: 'emergency' });
    expect(await stage.appeal(number)).toMatchObject({ category_code: '0203', priority: 'emergency' });
    await expect(
      stage.act('member1', number, 'correct', {
        category_code: '0203',
        priority: 'general',
        place_unit_id: stage.units.grid2.id,
      }),
    ).rejects.toMatchObject({ status: 403 });
  });
  test('who reads it without holding it may not', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await scanned(stage);
    for (const who of ['huayuan_clerk', 'quanshan_leader', 'hotline', 'callback'] as const)
      await expect(stage.act(who, number, 'correct', { category_code: '0203', priority: 'general' })).rejects.toMatchObject({
        status: 403,
      });
  });
  test('a corrected place changes who reads it', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.register('hotline');
    await stage.act('review', number, 'correct', {
      category_code: '0304',
      priority: 'general',
      place_unit_id: stage.units.grid3.id,
    });
    await expect(stage.act('member1', number, 'comment', { comment: '?' })).rejects.toMatchObject({ status: 404 });
    await stage.act('member3', number, 'comment', { comment: '可见' });
  });
});

describe('merge', () => {
  const merged = async (stage: Stage) => {
    const target = await stage.dispatched();
    const number = await stage.register('hotline', { phone: '10000000005' });
    await stage.act('review', number, 'merge', { target });
    return { target, number };
  };

  test('both keep their numbers; the merged one rests and its appellant is told', async ({ world }) => {
    const stage = await makeStage(world);
    const { target, number } = await merged(stage);
    expect(await stage.appeal(number)).toMatchObject({
      status: 'merged',
      merged_into_id: (await stage.appeal(target)).id,
      step_due_at: null,
    });
    expect(await stage.running(number)).toEqual([]);
    expect(await stage.told(number)).toEqual(['registered', 'merged']);
    expect((await stage.acts(target)).at(-1)).toBe('merged_here');
  });

  test('open orders are recalled, parts first, each with its row in the trail', async ({ world }) => {
    const stage = await makeStage(world);
    const target = await stage.dispatched();
    const number = await stage.dispatched();
    await stage.act('dispatch', number, 'merge', { target });
    expect(await stage.orders(number)).toMatchObject([{ status: 'recalled' }]);
    expect((await stage.acts(number)).slice(-2)).toEqual(['recall_open', 'merge']);
    expect(await stage.inbox('housing_clerk', number)).toContain('order_recalled');
    expect(await stage.running(number)).toEqual([]);
  });

  test.for(['closed', 'answered', 'declined', 'withdrawn', 'merged', 'itself'] as const)(
    'not into one that is %s',
    async (kind, { world }) => {
      const stage = await makeStage(world);
      const number = await stage.register('hotline');
      let target = await stage.register('hotline');
      if (kind === 'closed') {
        target = await stage.finished();
        await stage.act('callback', target, 'close', good);
      }
      if (kind === 'answered') await stage.act('review', target, 'answer', { answer: '好' });
      if (kind === 'declined') await stage.act('review', target, 'decline', { decline_reason: 'unlawful', other_way: '无' });
      if (kind === 'withdrawn') await stage.act('hotline', target, 'withdraw', { reason: '不用了' });
      if (kind === 'merged') await stage.act('review', target, 'merge', { target: await stage.register('hotline') });
      if (kind === 'itself') target = number;
      await expect(stage.act('review', number, 'merge', { target })).rejects.toMatchObject({ status: 409, code: 'cannot_merge' });
      expect(await stage.appeal(number)).toMatchObject({ status: 'pending_review' });
    },
  );

  test('a target that does not exist is not found', async ({ world }) => {
    const stage = await makeStage(world);
    await expect(
      stage.act('review', await stage.register('hotline'), 'merge', { target: '20261123-9999' }),
    ).rejects.toMatchObject({ status: 404 });
  });

  test('when the work is done every appellant is answered, rates on his own, and closes with the target', async ({
    db,
    world,
  }) => {
    const stage = await makeStage(world);
    const { target, number } = await merged(stage);
    await expect(stage.act('callback', number, 'rate', good)).rejects.toMatchObject({ status: 409, code: 'target_not_done' });
    await stage.order('housing_clerk', target, 'acknowledge', {});
    await stage.order('housing_clerk', target, 'submit', { result: '已修', outcome: 'solved' });
    await stage.order('housing_leader', target, 'approve', {});
    expect(await stage.appeal(number)).toMatchObject({ status: 'merged', answer: '已修' });
    expect(await stage.told(number)).toEqual(['registered', 'merged', 'finished']);
    await stage.appellant(number, 'rate', { level: 'basic', contacted: true, solved: true });
    await stage.act('callback', target, 'close', good);
    expect(await stage.appeal(number)).toMatchObject({
      status: 'closed',
      level: 'basic',
      closed_at: world.clock(),
      answer: '已修',
    });
    expect(await stage.told(number)).toEqual(['registered', 'merged', 'finished', 'closed']);
    const levels = await db('evaluations')
      .whereIn('appeal_id', [(await stage.appeal(target)).id, (await stage.appeal(number)).id])
      .orderBy('appeal_id')
      .pluck('level');
    expect(levels).toEqual(['satisfied', 'basic']);
  });

  test('merged into one that waits for its callback, it is answered at once', async ({ world }) => {
    const stage = await makeStage(world);
    const target = await stage.finished();
    const number = await stage.register('hotline');
    await stage.act('review', number, 'merge', { target });
    expect(await stage.appeal(number)).toMatchObject({ status: 'merged', answer: '已维修', finished_at: world.clock() });
    expect(await stage.told(number)).toEqual(['registered', 'merged', 'finished']);
  });

  test('the first rating of a round is final for a merged one too', async ({ world }) => {
    const stage = await makeStage(world);
    const target = await stage.finished();
    const number = await stage.register('hotline');
    await stage.act('review', number, 'merge', { target });
    await stage.act('callback', number, 'rate', good);
    await expect(stage.act('callback', number, 'rate', bad)).rejects.toMatchObject({ status: 409, code: 'rated_already' });
    expect(await stage.appeal(target)).toMatchObject({ status: 'pending_callback' });
  });

  test('one dissatisfied follower reworks the target, and everybody gets a new round', async ({ world }) => {
    const stage = await makeStage(world);
    const { target, number } = await merged(stage);
    const other = await stage.register('hotline', { phone: '10000000006' });
    await stage.act('dispatch', other, 'merge', { target }).catch(() => undefined);
    await stage.order('housing_clerk', target, 'acknowledge', {});
    await stage.order('housing_clerk', target, 'submit', { result: '已修', outcome: 'solved' });
    await stage.order('housing_leader', target, 'approve', {});
    await stage.act('callback', other, 'rate', good);
    await stage.act('callback', number, 'rate', bad);
    expect(await stage.appeal(target)).toMatchObject({ status: 'in_handling', round: 2, dissatisfied_rounds: 1, level: null });
    expect(await stage.appeal(number)).toMatchObject({ status: 'merged', round: 2, level: null, dissatisfied_rounds: 1 });
    expect(await stage.appeal(other)).toMatchObject({ status: 'merged', round: 2, level: null, dissatisfied_rounds: 0 });
    await stage.order('housing_clerk', target, 'submit', { result: '重修', outcome: 'solved' });
    await stage.order('housing_leader', target, 'approve', {});
    await stage.act('callback', number, 'rate', good);
    await stage.act('callback', other, 'rate', good);
    await stage.act('callback', target, 'close', good);
    for (const one of [target, number, other])
      expect(await stage.appeal(one)).toMatchObject({ status: 'closed', round: 2, level: 'satisfied' });
  });

  test('dissatisfied rounds of the work are counted whoever of its appellants was dissatisfied', async ({ db, world }) => {
    const stage = await makeStage(world);
    const target = await stage.finished();
    const number = await stage.register('hotline');
    await stage.act('review', number, 'merge', { target });
    await stage.act('callback', number, 'rate', bad);
    await stage.order('housing_clerk', target, 'submit', { result: '重修', outcome: 'solved' });
    await stage.order('housing_leader', target, 'approve', {});
    await stage.act('callback', target, 'rework', { reason: '仍不满意' });
    expect(await stage.appeal(target)).toMatchObject({ dissatisfied_rounds: 2, round: 3 });
    expect(await db('supervision_orders').where({ appeal_id: (await stage.appeal(target)).id })).toMatchObject([
      { reason: 'second_dissatisfaction' },
    ]);
  });

  test('after the close each reopens alone', async ({ world }) => {
    const stage = await makeStage(world);
    const target = await stage.finished();
    const number = await stage.register('hotline');
    await stage.act('review', number, 'merge', { target });
    await stage.act('callback', target, 'close', good);
    await stage.act('callback', number, 'reopen', { new_fact: '又漏了' });
    expect(await stage.appeal(number)).toMatchObject({ status: 'pending_review', merged_into_id: null, round: 2 });
    expect(await stage.appeal(target)).toMatchObject({ status: 'closed' });
  });

  test('merged into one that is merged on follows to the end: answered, rated, closed', async ({ world }) => {
    const stage = await makeStage(world);
    const { target, number } = await merged(stage);
    const last = await stage.register('hotline', { phone: '10000000007' });
    await stage.act('dispatch', target, 'merge', { target: last });
    await stage.act('review', last, 'accept', { kind: 'help', category_code: '0304', priority: 'general' });
    await stage.act('dispatch', last, 'dispatch', { lead_unit_id: stage.units.works.id, instruction: '办' });
    await stage.order('works_clerk', last, 'acknowledge', {});
    await stage.order('works_clerk', last, 'submit', { result: '办好', outcome: 'solved' });
    await stage.order('works_leader', last, 'approve', {});
    await stage.act('callback', number, 'rate', bad);
    expect(await stage.appeal(last)).toMatchObject({ status: 'in_handling', round: 2 });
    for (const one of [number, target]) expect(await stage.appeal(one)).toMatchObject({ status: 'merged', round: 2 });
    await stage.order('works_clerk', last, 'submit', { result: '再办好', outcome: 'solved' });
    await stage.order('works_leader', last, 'approve', {});
    await stage.act('callback', last, 'close', good);
    for (const one of [number, target, last])
      expect(await stage.appeal(one)).toMatchObject({ status: 'closed', answer: '再办好' });
  });

  test('unmerging is the review officer’s; it is reviewed anew, on its own', async ({ world }) => {
    const stage = await makeStage(world);
    const { target, number } = await merged(stage);
    await expect(stage.act('dispatch', number, 'unmerge', { reason: '不同一事' })).rejects.toMatchObject({ status: 403 });
    await stage.act('review', number, 'unmerge', { reason: '不同一事' });
    expect(await stage.appeal(number)).toMatchObject({ status: 'pending_review', merged_into_id: null, lead_unit_id: null });
    expect(await stage.running(number)).toEqual(['review']);
    expect(await stage.appeal(target)).toMatchObject({ status: 'in_handling' });
  });

  test('one that is unmerged after rating starts a new round, in which it can be rated', async ({ world }) => {
    const stage = await makeStage(world);
    const target = await stage.finished();
    const number = await stage.register('hotline');
    await stage.act('review', number, 'merge', { target });
    await stage.act('callback', number, 'rate', good);
    await stage.act('review', number, 'unmerge', { reason: '不同一事' });
    expect(await stage.appeal(number)).toMatchObject({ round: 2, level: null, answer: null, finished_at: null });
  });

  test.for(['withdrawn', 'declined'] as const)(
    'nothing is silently cancelled: when the target is %s, its followers are reviewed again',
    async (how, { world }) => {
      const stage = await makeStage(world);
      const target = await stage.register('hotline');
      const number = await stage.register('hotline');
      await stage.act('review', number, 'merge', { target });
      if (how === 'withdrawn') await stage.appellant(target, 'withdraw', { reason: '不用了' });
      else await stage.act('review', target, 'decline', { decline_reason: 'unlawful', other_way: '无' });
      expect(await stage.appeal(number)).toMatchObject({ status: 'pending_review', merged_into_id: null });
      expect(await stage.running(number)).toEqual(['review']);
    },
  );

  test('a direct answer to the target is an answer to its followers, and their dissatisfaction reviews it again', async ({
    world,
  }) => {
    const stage = await makeStage(world);
    const target = await stage.register('hotline');
    const number = await stage.register('hotline', { phone: '10000000008' });
    await stage.act('review', number, 'merge', { target });
    await stage.act('review', target, 'answer', { answer: '周五来水' });
    expect(await stage.appeal(number)).toMatchObject({ status: 'merged', answer: '周五来水' });
    expect((await stage.told(number)).at(-1)).toBe('answered');
    await stage.appellant(number, 'rate', bad);
    expect(await stage.appeal(target)).toMatchObject({ status: 'pending_review', round: 2 });
  });

  test('a patrol find with a follower waits for the callback: somebody is waiting for it after all', async ({ world }) => {
    const stage = await makeStage(world);
    const target = await stage.register('member1', { channel: 'proactive_patrol', name: '', phone: '' });
    const number = await stage.register('hotline');
    await stage.act('review', number, 'merge', { target });
    await stage.order('member1', target, 'acknowledge', {});
    await stage.order('member1', target, 'submit', { result: '扫净', outcome: 'solved' });
    await stage.order('huayuan_clerk', target, 'approve', {});
    expect(await stage.appeal(target)).toMatchObject({ status: 'pending_callback' });
  });
});

describe('dispatch and back', () => {
  const waiting = async (stage: Stage, given = {}) => {
    const number = await stage.register('hotline', given);
    await stage.act('review', number, 'accept', { kind: 'help', category_code: '0304', priority: 'general' });
    return number;
  };

  test('one lead, any number of co-handlers, each once; the due time of the appeal is that of the lead', async ({ world }) => {
    const stage = await makeStage(world);
    const { housing, heating, works } = stage.units;
    const number = await waiting(stage);
    await stage.act('dispatch', number, 'dispatch', {
      lead_unit_id: housing.id,
      co_unit_ids: [heating.id, works.id, heating.id, housing.id],
      instruction: '会同处理',
    });
    const orders = await stage.orders(number);
    expect(orders.map(({ role, unit_id }) => [role, unit_id])).toEqual([
      ['lead', housing.id],
      ['co', heating.id],
      ['co', works.id],
    ]);
    expect(
      orders.every(
        ({ made_by, made_by_unit_id }) => made_by === stage.people.dispatch.person_id && made_by_unit_id === stage.units.city.id,
      ),
    ).toBe(true);
    expect(await stage.appeal(number)).toMatchObject({
      status: 'in_handling',
      due_at: orders[0]!.due_at,
      lead_unit_id: housing.id,
      step_due_at: null,
    });
    expect(await stage.running(number)).toEqual([
      'acknowledge',
      'acknowledge',
      'acknowledge',
      'contact',
      'handle',
      'handle',
      'handle',
    ]);
    for (const who of ['housing_clerk', 'housing_leader', 'heating_clerk', 'works_leader'] as const)
      expect(await stage.inbox(who, number)).toEqual(['order_made']);
  });

  test('Friday 2021-06-11 17:39 and five working days, over the Dragon Boat holiday: Monday 2021-06-21 17:30', async ({
    db,
    world,
    clock,
  }) => {
    await db('calendar_days').insert(
      ['11', '12', '13', '14', '15', '16', '17', '18', '19', '20', '21'].map((day) => ({
        day: `2021-06-${day}`,
        working: ['11', '15', '16', '17', '18', '21'].includes(day),
        name: '',
      })),
    );
    const stage = await makeStage(world);
    clock.set('2021-06-11T17:30:00+08:00');
    const number = await waiting(stage);
    clock.set('2021-06-11T17:39:00+08:00');
    await stage.act('dispatch', number, 'dispatch', { lead_unit_id: stage.units.housing.id, instruction: '办' });
    const due_at = at('2021-06-21T17:30:00+08:00');
    expect(await stage.appeal(number)).toMatchObject({ due_at });
    const [order] = await stage.orders(number);
    expect(order).toMatchObject({ due_at });
    expect(await stage.clock(number, 'handle', order!.id)).toMatchObject({
      due_at,
      provisional: false,
      limit_value: 5,
      limit_unit: 'working_days',
    });
  });

  test('past the calendar the clock says that it is provisional', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    expect(await stage.clock(number, 'handle', (await stage.orders(number))[0]!.id)).toMatchObject({
      provisional: true,
      calendar_version: 1,
    });
  });

  test('the unit complained about does not lead, nor anybody below it; it may help', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.register('hotline');
    await stage.act('review', number, 'accept', {
      kind: 'complaint',
      category_code: '0304',
      priority: 'general',
      about_unit_id: stage.units.quanshan.id,
    });
    for (const unit of ['quanshan', 'huayuan'] as const) {
      await expect(
        stage.act('dispatch', number, 'dispatch', { lead_unit_id: stage.units[unit].id, instruction: '办' }),
      ).rejects.toMatchObject({ status: 409, code: 'about_unit_leads' });
    }
    await stage.act('dispatch', number, 'dispatch', {
      lead_unit_id: stage.units.housing.id,
      co_unit_ids: [stage.units.quanshan.id],
      instruction: '办',
    });
    expect(await stage.appeal(number)).toMatchObject({ lead_unit_id: stage.units.housing.id });
  });

  test.for([
    ['a confidential appeal', { confidential: true }],
    ['a report', { kind: 'report' }],
  ] as const)('%s is dispatched to no grid', async ([, given], { world }) => {
    const stage = await makeStage(world);
    const number = await stage.register('hotline', given);
    await stage.act('review', number, 'accept', {
      kind: (await stage.appeal(number)).kind,
      category_code: '0304',
      priority: 'general',
    });
    await expect(
      stage.act('dispatch', number, 'dispatch', { lead_unit_id: stage.units.grid1.id, instruction: '办' }),
    ).rejects.toMatchObject({ status: 409, code: 'not_for_members' });
  });

  test('the city is nobody’s handler, and a unit that is no more gets no order', async ({ db, world }) => {
    const stage = await makeStage(world);
    const number = await waiting(stage);
    await expect(
      stage.act('dispatch', number, 'dispatch', { lead_unit_id: stage.units.city.id, instruction: '办' }),
    ).rejects.toMatchObject({ status: 409 });
    await db('units').where({ id: stage.units.works.id }).update({ valid_to: '2026-11-22' });
    await expect(
      stage.act('dispatch', number, 'dispatch', { lead_unit_id: stage.units.works.id, instruction: '办' }),
    ).rejects.toMatchObject({ status: 404 });
    expect(await stage.orders(number)).toEqual([]);
  });

  test('a co-handler still at work when the lead was returned keeps his order, and is not asked twice', async ({
    world,
    clock,
  }) => {
    const stage = await makeStage(world);
    const { housing, heating, works } = stage.units;
    const number = await waiting(stage);
    await stage.act('dispatch', number, 'dispatch', { lead_unit_id: housing.id, co_unit_ids: [heating.id], instruction: '办' });
    const [lead, co] = await stage.orders(number);
    clock.addMinutes(30);
    await stage.order('housing_clerk', number, 'request_return', { reason: '非职责', category_code: '0208' }, lead!.id);
    await stage.act('dispatch', number, 'comment', { comment: '看' });
    await stage.order('dispatch', number, 'uphold_return', { ruling: '同意' }, lead!.id);
    expect(await stage.appeal(number)).toMatchObject({ status: 'pending_dispatch', lead_unit_id: null });
    await stage.act('dispatch', number, 'dispatch', { lead_unit_id: works.id, co_unit_ids: [heating.id], instruction: '再办' });
    expect((await stage.orders(number)).map(({ role, unit_id, status }) => [role, unit_id, status])).toEqual([
      ['lead', housing.id, 'returned'],
      ['co', heating.id, 'pending_ack'],
      ['lead', works.id, 'pending_ack'],
    ]);
    expect(co!.id).toBe((await stage.orders(number))[1]!.id);
  });

  test('the due time of the appeal, set once, is not moved by a second dispatch', async ({ world, clock }) => {
    const stage = await makeStage(world);
    const number = await waiting(stage);
    await stage.act('dispatch', number, 'dispatch', { lead_unit_id: stage.units.housing.id, instruction: '办' });
    const { due_at } = await stage.appeal(number);
    clock.set('2026-11-24T10:00:00+08:00');
    await stage.order('housing_clerk', number, 'request_return', { reason: '非职责', category_code: '0208' });
    await stage.order('dispatch', number, 'uphold_return', { ruling: '同意' });
    await stage.act('dispatch', number, 'dispatch', { lead_unit_id: stage.units.works.id, instruction: '办' });
    expect((await stage.appeal(number)).due_at).toEqual(due_at);
    expect((await stage.orderOf(number, 'works')).due_at > due_at!).toBe(true);
  });
});

describe('finish', () => {
  test('the last accepted order starts the callback clock and sends the answer', async ({ world, clock }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    await stage.order('housing_clerk', number, 'acknowledge', {});
    await stage.order('housing_clerk', number, 'submit', { result: '已维修', outcome: 'solved' });
    clock.addMinutes(60);
    await stage.order('housing_leader', number, 'approve', {});
    expect(await stage.appeal(number)).toMatchObject({
      status: 'pending_callback',
      finished_at: clock(),
      answer: '已维修',
      step_due_at: at('2026-11-25T17:30:00+08:00'),
    });
    expect(await stage.running(number)).toEqual(['callback']);
    expect((await stage.told(number)).at(-1)).toBe('finished');
  });

  test('not while another unit is still at work; the answer is the lead’s', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.register('hotline');
    await stage.act('review', number, 'accept', { kind: 'help', category_code: '0304', priority: 'general' });
    await stage.act('dispatch', number, 'dispatch', {
      lead_unit_id: stage.units.housing.id,
      co_unit_ids: [stage.units.works.id],
      instruction: '办',
    });
    const [lead, co] = await stage.orders(number);
    await stage.order('housing_clerk', number, 'acknowledge', {}, lead!.id);
    await stage.order('housing_clerk', number, 'submit', { result: '主办已修', outcome: 'solved' }, lead!.id);
    await stage.order('housing_leader', number, 'approve', {}, lead!.id);
    expect(await stage.appeal(number)).toMatchObject({ status: 'in_handling' });
    await stage.order('works_clerk', number, 'acknowledge', {}, co!.id);
    await stage.order('works_clerk', number, 'submit', { result: '协办已清', outcome: 'solved' }, co!.id);
    await stage.order('works_leader', number, 'approve', {}, co!.id);
    expect(await stage.appeal(number)).toMatchObject({ status: 'pending_callback', answer: '主办已修' });
  });

  test.for(['proactive_patrol', 'app_snapshot'] as const)(
    'our own find (%s), for which nobody waits, closes at once',
    async (channel, { world }) => {
      const stage = await makeStage(world);
      const number = await stage.register('member1', { channel, name: '', phone: '' });
      await stage.order('member1', number, 'acknowledge', {});
      await stage.order('member1', number, 'submit', { result: '已清理', outcome: 'solved' });
      await stage.order('huayuan_secretary', number, 'approve', {});
      expect(await stage.appeal(number)).toMatchObject({ status: 'closed', closed_at: world.clock(), level: null });
      expect(await stage.running(number)).toEqual([]);
    },
  );

  test('an anonymous resident’s scan is called back by its code, not closed unseen', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await scanned(stage, { phone: '' });
    await stage.order('member1', number, 'acknowledge', {});
    await stage.order('member1', number, 'submit', { result: '已清理', outcome: 'solved' });
    await stage.order('huayuan_secretary', number, 'approve', {});
    expect(await stage.appeal(number)).toMatchObject({ status: 'pending_callback' });
  });
});

describe('rework and close', () => {
  test('a satisfied appellant is closed by the callback officer, with the evaluation of the round', async ({ db, world }) => {
    const stage = await makeStage(world);
    const number = await stage.finished();
    await stage.act('callback', number, 'close', { ...good, remark: '谢谢' });
    const appeal = await stage.appeal(number);
    expect(appeal).toMatchObject({ status: 'closed', level: 'satisfied', closed_at: world.clock(), step_due_at: null });
    expect(await db('evaluations').where({ appeal_id: appeal.id })).toMatchObject([
      {
        round: 1,
        source: 'callback',
        level: 'satisfied',
        contacted: true,
        solved: true,
        remark: '谢谢',
        recorded_by: stage.people.callback.person_id,
      },
    ]);
    expect(await db('callbacks').where({ appeal_id: appeal.id })).toMatchObject([
      { outcome: 'reached', called_by: stage.people.callback.person_id },
    ]);
    expect(await stage.running(number)).toEqual([]);
  });

  test('the callback is the city’s: no handler, approver or appellant closes', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.finished();
    for (const who of ['housing_leader', 'quanshan_leader', 'hotline', 'supervision', 'leader'] as const)
      await expect(stage.act(who, number, 'close', good)).rejects.toMatchObject({ status: expect.toBeOneOf([403, 404]) });
    await expect(stage.appellant(number, 'close', good)).rejects.toMatchObject({ status: 403 });
  });

  test('a dissatisfied appellant is reworked: next round, the lead order back at work with three working days', async ({
    db,
    world,
    clock,
  }) => {
    const stage = await makeStage(world);
    const number = await stage.finished();
    const before = await stage.appeal(number);
    clock.set('2026-11-25T09:00:00+08:00');
    await stage.act('callback', number, 'rework', { reason: '没修好', contacted: true, solved: false });
    const due_at = at('2026-11-30T17:30:00+08:00');
    expect(await stage.appeal(number)).toMatchObject({
      status: 'in_handling',
      round: 2,
      level: null,
      dissatisfied_rounds: 1,
      due_at: before.due_at,
      finished_at: null,
    });
    expect(await stage.orders(number)).toMatchObject([
      { status: 'in_progress', round: 2, due_at, step_due_at: due_at, ended_at: null, submitted_by: null, approved_by: null },
    ]);
    expect(await stage.running(number)).toEqual(['handle']);
    expect((await stage.clock(number, 'callback'))!.stopped_at).toEqual(clock());
    expect(await db('evaluations').where({ appeal_id: before.id })).toMatchObject([
      { round: 1, level: 'dissatisfied', remark: '没修好' },
    ]);
    expect(await stage.inbox('housing_clerk', number)).toContain('rework');
    expect(await db('supervision_orders')).toEqual([]);
    expect((await stage.acts(number)).slice(-2)).toEqual(['rework', 'rework']);
  });

  test('the appellant’s own dissatisfaction reworks it as well', async ({ db, world }) => {
    const stage = await makeStage(world);
    const [by_act, by_rating] = [await stage.finished(), await stage.finished()];
    await stage.appellant(by_act, 'rework', { reason: '不行' });
    await stage.appellant(by_rating, 'rate', bad);
    for (const number of [by_act, by_rating]) {
      const { id, ...appeal } = await stage.appeal(number);
      expect(appeal).toMatchObject({ status: 'in_handling', round: 2 });
      expect(await db('evaluations').where({ appeal_id: id })).toMatchObject([
        { source: 'page', level: 'dissatisfied', recorded_by: null },
      ]);
    }
  });

  test('a first dissatisfaction is not closed but reworked', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.finished();
    await expect(stage.act('callback', number, 'close', bad)).rejects.toMatchObject({ status: 409, code: 'rework_first' });
    expect(await stage.appeal(number)).toMatchObject({ status: 'pending_callback', level: null });
  });

  test('the first evaluation of a round is final: what the appellant said on his page stands', async ({ db, world }) => {
    const stage = await makeStage(world);
    const number = await stage.finished();
    await stage.appellant(number, 'rate', { level: 'basic', contacted: true, solved: true });
    expect(await stage.appeal(number)).toMatchObject({ status: 'pending_callback', level: 'basic' });
    await expect(stage.appellant(number, 'rate', bad)).rejects.toMatchObject({ status: 409, code: 'rated_already' });
    await expect(stage.act('callback', number, 'rework', { reason: '重办' })).rejects.toMatchObject({
      status: 409,
      code: 'rated_already',
    });
    await stage.act('callback', number, 'close', good);
    expect(await stage.appeal(number)).toMatchObject({ status: 'closed', level: 'basic' });
    expect(await db('evaluations')).toMatchObject([{ level: 'basic', source: 'page' }]);
  });

  test('a second round has an evaluation of its own, and the last one counts', async ({ db, world }) => {
    const stage = await makeStage(world);
    const number = await twiceDissatisfied(stage);
    await stage.act('callback', number, 'close', good);
    expect(await stage.appeal(number)).toMatchObject({ status: 'closed', level: 'satisfied', round: 2 });
    expect(await db('evaluations').orderBy('round').select('round', 'level')).toEqual([
      { round: 1, level: 'dissatisfied' },
      { round: 2, level: 'satisfied' },
    ]);
  });

  test('a second dissatisfaction that is reworked brings a supervision order, with its row in the trail', async ({
    db,
    world,
  }) => {
    const stage = await makeStage(world);
    const number = await twiceDissatisfied(stage);
    await stage.act('callback', number, 'rework', { reason: '还是漏' });
    const appeal = await stage.appeal(number);
    expect(appeal).toMatchObject({ status: 'in_handling', round: 3, dissatisfied_rounds: 2 });
    expect(await db('supervision_orders')).toMatchObject([
      {
        appeal_id: appeal.id,
        work_order_id: (await stage.orders(number))[0]!.id,
        reason: 'second_dissatisfaction',
        issued_at: world.clock(),
      },
    ]);
    expect(await stage.acts(number)).toContain('supervise');
  });

  test('a second dissatisfaction is closed only with the countersign, and key tracking opens', async ({ db, world }) => {
    const stage = await makeStage(world);
    const number = await twiceDissatisfied(stage);
    await expect(stage.act('supervision', number, 'countersign', { remark: '先签' })).rejects.toMatchObject({
      status: 409,
      code: 'nothing_to_countersign',
    });
    await stage.act('callback', number, 'close', bad);
    expect(await stage.appeal(number)).toMatchObject({
      status: 'pending_callback',
      level: 'dissatisfied',
      dissatisfied_rounds: 2,
    });
    expect(await stage.inbox('supervision', number)).toContain('supervision');
    await stage.act('callback', number, 'close', bad);
    expect(await stage.appeal(number)).toMatchObject({ status: 'pending_callback', dissatisfied_rounds: 2 });
    await expect(stage.act('callback', number, 'countersign', { remark: '代签' })).rejects.toMatchObject({ status: 403 });
    await stage.act('supervision', number, 'countersign', { remark: '客观受限' });
    await expect(stage.act('supervision2', number, 'countersign', { remark: '再签' })).rejects.toMatchObject({ status: 409 });
    await stage.act('callback', number, 'close', bad);
    const appeal = await stage.appeal(number);
    expect(appeal).toMatchObject({
      status: 'closed',
      level: 'dissatisfied',
      countersigned_by: stage.people.supervision.person_id,
    });
    expect(await db('key_tracking_items')).toMatchObject([
      { appeal_id: appeal.id, reason: 'second_dissatisfaction', solved_at: null },
    ]);
  });

  test('no countersign is given before there is something to sign', async ({ db, world }) => {
    const stage = await makeStage(world);
    const number = await stage.finished();
    await expect(stage.act('supervision', number, 'countersign', { remark: '签' })).rejects.toMatchObject({ status: 409 });
    expect(await db('key_tracking_items')).toEqual([]);
  });

  test('a direct answer found wanting is reviewed again, in the next round; twice, it too can be closed by countersign', async ({
    world,
  }) => {
    const stage = await makeStage(world);
    const number = await stage.register('hotline');
    for (const round of [2, 3]) {
      await stage.act('review', number, 'answer', { answer: '请等待' });
      if (round === 3) break;
      await stage.act('callback', number, 'rework_answer', { reason: '答非所问' });
      expect(await stage.appeal(number)).toMatchObject({ status: 'pending_review', round, level: null, finished_at: null });
      expect(await stage.running(number)).toEqual(['review']);
    }
    await stage.act('callback', number, 'close', bad);
    expect(await stage.appeal(number)).toMatchObject({ status: 'answered', dissatisfied_rounds: 2 });
    await stage.act('supervision', number, 'countersign', { remark: '已尽力' });
    await stage.act('callback', number, 'close', bad);
    expect(await stage.appeal(number)).toMatchObject({ status: 'closed', level: 'dissatisfied' });
  });

  test('each attempt to call is recorded', async ({ db, world }) => {
    const stage = await makeStage(world);
    const number = await stage.finished();
    for (const callback_outcome of ['no_answer', 'later'] as const)
      await stage.act('callback', number, 'attempt', { callback_outcome, remark: '占线' });
    expect(await db('callbacks').orderBy('id')).toMatchObject([
      { outcome: 'no_answer', round: 1, note: '占线' },
      { outcome: 'later' },
    ]);
    expect(await stage.appeal(number)).toMatchObject({ status: 'pending_callback' });
  });
});

describe('closing by time', () => {
  const after7 = '2026-11-30T10:00:00+08:00';
  test('after seven days and three recorded attempts on two days it is closed, unrated; what was only passed on needs none', async ({
    db,
    world,
    clock,
  }) => {
    const stage = await makeStage(world);
    const [thrice, twice] = [await stage.finished(), await stage.finished()];
    const [on_one_day, transferred] = [await stage.finished(), await stage.register('hotline')];
    await stage.act('hotline', transferred, 'transfer', { line: '120', transferred_at: clock() });
    for (let n = 1; n <= 3; n++) await stage.act('callback', on_one_day, 'attempt', { callback_outcome: 'no_answer' });
    for (let n = 1; n <= 2; n++) {
      for (const number of [thrice, twice]) await stage.act('callback', number, 'attempt', { callback_outcome: 'no_answer' });
    }
    clock.addMinutes(1440);
    await stage.act('callback', thrice, 'attempt', { callback_outcome: 'no_answer' });
    clock.set('2026-11-30T09:59:00+08:00');
    expect(await nightly.close_unreached(db, clock())).toBe(0);
    clock.set(after7);
    expect(await nightly.close_unreached(db, clock())).toBe(2);
    for (const number of [thrice, transferred])
      expect(await stage.appeal(number)).toMatchObject({ status: 'closed', level: null, closed_at: clock() });
    for (const number of [twice, on_one_day]) expect(await stage.appeal(number)).toMatchObject({ status: 'pending_callback' });
    expect(await nightly.close_unreached(db, clock())).toBe(0);
    expect(await stage.running(thrice)).toEqual([]);
    expect((await stage.acts(thrice)).at(-1)).toBe('close_unreached');
  });
  test('without a phone number there is the code page only: closed unrated after seven days', async ({ db, world, clock }) => {
    const stage = await makeStage(world);
    const number = await stage.finished({ name: '李四', phone: '' });
    clock.set(after7);
    expect(await nightly.close_unreached(db, clock())).toBe(1);
    expect(await stage.appeal(number)).toMatchObject({ status: 'closed', level: null });
  });
  test('who was content on his page is closed with his rating; who was not, never by time', async ({ db, world, clock }) => {
    const stage = await makeStage(world);
    const content = await stage.finished();
    await stage.appellant(content, 'rate', good);
    const discontent = await twiceDissatisfied(stage);
    await stage.act('callback', discontent, 'close', bad);
    for (let n = 1; n <= 3; n++) await stage.act('callback', discontent, 'attempt', { callback_outcome: 'refused' });
    clock.set(after7);
    expect(await nightly.close_unreached(db, clock())).toBe(1);
    expect(await stage.appeal(content)).toMatchObject({ status: 'closed', level: 'satisfied' });
    expect(await stage.appeal(discontent)).toMatchObject({ status: 'pending_callback' });
  });
  test('after a second dissatisfaction nothing is closed by time without the countersign', async ({ db, world, clock }) => {
    const stage = await makeStage(world);
    const number = await twiceDissatisfied(stage);
    await stage.act('callback', number, 'rework', { reason: '还是漏' });
    await stage.order('housing_clerk', number, 'submit', { result: '又修', outcome: 'solved' });
    await stage.order('housing_leader', number, 'approve', {});
    for (let n = 1; n <= 4; n++) {
      await stage.act('callback', number, 'attempt', { callback_outcome: 'no_answer' });
      clock.addMinutes(1440);
    }
    clock.set('2026-12-07T10:00:00+08:00');
    expect(await nightly.close_unreached(db, clock())).toBe(0);
    await stage.act('supervision', number, 'countersign', { remark: '已上门三次' });
    expect(await nightly.close_unreached(db, clock())).toBe(1);
  });
  test('attempts of an earlier round do not count, and followers close with their target', async ({ db, world, clock }) => {
    const stage = await makeStage(world);
    const number = await stage.finished();
    for (let n = 1; n <= 3; n++) await stage.act('callback', number, 'attempt', { callback_outcome: 'no_answer' });
    await stage.act('callback', number, 'rework', { reason: '接通了，不满意' });
    await stage.order('housing_clerk', number, 'submit', { result: '再修', outcome: 'solved' });
    await stage.order('housing_leader', number, 'approve', {});
    const follower = await stage.register('hotline');
    await stage.act('review', follower, 'merge', { target: number });
    clock.set(after7);
    expect(await nightly.close_unreached(db, clock())).toBe(0);
    for (let n = 1; n <= 3; n++) {
      await stage.act('callback', number, 'attempt', { callback_outcome: 'no_answer' });
      clock.addMinutes(n === 2 ? 1440 : 120);
    }
    expect(await nightly.close_unreached(db, clock())).toBe(1);
    expect(await stage.appeal(follower)).toMatchObject({ status: 'closed' });
  });
  test('thirty days after its end an appeal is archived: only a new fact opens it', async ({ db, world, clock }) => {
    const stage = await makeStage(world);
    const closed = await stage.finished();
    await stage.act('callback', closed, 'close', good);
    const withdrawn = await stage.register('hotline');
    await stage.act('hotline', withdrawn, 'withdraw', { reason: '好了' });
    const declined = await stage.register('hotline');
    await stage.act('review', declined, 'decline', { decline_reason: 'unlawful', other_way: '无' });
    const open = await stage.register('hotline');
    clock.set('2026-12-23T09:59:00+08:00');
    expect(await nightly.archive(db, clock())).toBe(0);
    clock.set('2026-12-23T10:00:00+08:00');
    expect(await nightly.archive(db, clock())).toBe(3);
    for (const number of [closed, withdrawn, declined]) {
      expect(await stage.appeal(number)).toMatchObject({ status: 'archived', archived_at: clock() });
      await expect(stage.act('review', number, 'comment', { comment: '改' })).rejects.toMatchObject({ status: 409 });
    }
    expect(await stage.appeal(open)).toMatchObject({ status: 'pending_review' });
    await stage.act('callback', closed, 'reopen', { new_fact: '又漏' });
    expect(await stage.appeal(closed)).toMatchObject({
      status: 'pending_review',
      archived_at: null,
      closed_at: null,
      lead_unit_id: null,
      round: 2,
    });
  });
});

describe('terminate', () => {
  const asked = async (stage: Stage) => {
    const number = await stage.dispatched();
    await stage.order('housing_clerk', number, 'acknowledge', {});
    await stage.order('housing_clerk', number, 'request_termination', { decline_reason: 'other_procedure', request: '已起诉' });
    return number;
  };
  test('needs a unit’s written request, a proposal, and a second person; the appellant is told the other way', async ({
    db,
    world,
  }) => {
    const stage = await makeStage(world);
    const number = await asked(stage);
    expect(await stage.inbox('supervision', number)).toEqual(['termination_requested']);
    await expect(stage.act('supervision', number, 'terminate', { other_way: '向法院' })).rejects.toMatchObject({
      status: 409,
      code: 'no_termination_request',
    });
    await stage.act('supervision', number, 'propose_termination', { decline_reason: 'already_concluded', remark: '属实' });
    await expect(stage.act('supervision', number, 'terminate', { other_way: '向法院' })).rejects.toMatchObject({
      status: 403,
      code: 'second_person',
    });
    await expect(stage.act('housing_leader', number, 'terminate', { other_way: '向法院' })).rejects.toMatchObject({
      status: 403,
    });
    await stage.act('supervision2', number, 'terminate', { other_way: '向法院' });
    expect(await stage.appeal(number)).toMatchObject({
      status: 'declined',
      decline_reason: 'already_concluded',
      answer: '向法院',
      closed_at: world.clock(),
    });
    expect(await stage.orders(number)).toMatchObject([{ status: 'recalled' }]);
    expect(await stage.running(number)).toEqual([]);
    expect((await stage.told(number)).at(-1)).toBe('terminated');
    expect(await db('terminations')).toMatchObject([
      {
        requested_by: stage.people.housing_clerk.person_id,
        proposed_by: stage.people.supervision.person_id,
        confirmed_by: stage.people.supervision2.person_id,
        rejected_at: null,
      },
    ]);
  });
  test('nothing is proposed without a request, and a request is made once', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    await expect(
      stage.act('supervision', number, 'propose_termination', { decline_reason: 'unlawful', remark: '主动' }),
    ).rejects.toMatchObject({ status: 409, code: 'no_termination_request' });
    const other = await asked(stage);
    await expect(
      stage.order('housing_leader', other, 'request_termination', { decline_reason: 'unlawful', request: '再请' }),
    ).rejects.toMatchObject({ status: 409, code: 'already_asked' });
  });
  test('a request is void once the order has left the unit’s hands', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await asked(stage);
    await stage.order('housing_clerk', number, 'submit', { result: '还是办了', outcome: 'solved' });
    await stage.order('housing_leader', number, 'send_back', { reason: '不全' });
    await expect(
      stage.act('supervision', number, 'propose_termination', { decline_reason: 'unlawful', remark: '旧请' }),
    ).rejects.toMatchObject({ status: 409, code: 'no_termination_request' });
    await stage.order('housing_clerk', number, 'request_termination', { decline_reason: 'other_procedure', request: '新请' });
    await stage.act('supervision', number, 'propose_termination', { decline_reason: 'other_procedure', remark: '属实' });
  });
});

describe('withdraw', () => {
  test('from his page or by a call, while it is open; open orders are recalled with their parts', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.register('hotline');
    await stage.act('review', number, 'accept', { kind: 'help', category_code: '0304', priority: 'general' });
    await stage.act('dispatch', number, 'dispatch', {
      lead_unit_id: stage.units.quanshan.id,
      co_unit_ids: [stage.units.works.id],
      instruction: '办',
    });
    const [lead] = await stage.orders(number);
    await stage.order('quanshan_clerk', number, 'acknowledge', {}, lead!.id);
    await stage.order(
      'quanshan_clerk',
      number,
      'forward',
      { unit_id: stage.units.huayuan.id, instruction: '看', due_on: '2026-11-25' },
      lead!.id,
    );
    await stage.appellant(number, 'withdraw', { reason: '自己修好了' });
    expect(await stage.appeal(number)).toMatchObject({
      status: 'withdrawn',
      closed_at: world.clock(),
      lead_unit_id: stage.units.quanshan.id,
    });
    expect((await stage.orders(number)).map(({ status }) => status)).toEqual(['recalled', 'recalled', 'recalled']);
    expect((await stage.acts(number)).slice(-4)).toEqual(['recall_open', 'recall_open', 'recall_open', 'withdraw']);
    expect(await stage.running(number)).toEqual([]);
    expect(await stage.inbox('huayuan_clerk', number)).toContain('order_recalled');
    const [early, late] = [await stage.register('hotline'), await stage.finished()];
    await stage.act('review', early, 'request_details', { question: '?' });
    await stage.act('hotline2', early, 'withdraw', { reason: '不用了' });
    expect(await stage.appeal(early)).toMatchObject({ status: 'withdrawn' });
    expect(await stage.running(early)).toEqual([]);
    await expect(stage.appellant(late, 'withdraw', { reason: '不用了' })).rejects.toMatchObject({ status: 409 });
  });
  test('nobody withdraws for the appellant but the hotline that he calls', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    for (const who of ['housing_clerk', 'housing_leader', 'review', 'callback', 'leader'] as const)
      await expect(stage.act(who, number, 'withdraw', { reason: '劝' })).rejects.toMatchObject({ status: 403 });
  });
});

describe('reopen', () => {
  test('by the callback officer at any time, by the appellant within ninety days', async ({ world, clock }) => {
    const stage = await makeStage(world);
    const numbers = [await stage.finished(), await stage.finished(), await stage.finished()];
    for (const number of numbers) await stage.act('callback', number, 'close', good);
    clock.set('2027-02-21T10:00:00+08:00');
    await stage.appellant(numbers[0]!, 'reopen', { new_fact: '又漏' });
    expect(await stage.appeal(numbers[0]!)).toMatchObject({ status: 'pending_review' });
    clock.set('2027-02-21T10:01:00+08:00');
    await expect(stage.appellant(numbers[1]!, 'reopen', { new_fact: '又漏' })).rejects.toMatchObject({
      status: 409,
      code: 'reopen_too_late',
    });
    await stage.act('callback', numbers[2]!, 'reopen', { new_fact: '又漏' });
    expect(await stage.appeal(numbers[2]!)).toMatchObject({ status: 'pending_review' });
  });
  test('the old trail goes on, in a new round with nothing of the old one standing', async ({ db, world }) => {
    const stage = await makeStage(world);
    const number = await twiceDissatisfied(stage);
    await stage.act('callback', number, 'close', bad);
    await stage.act('supervision', number, 'countersign', { remark: '签' });
    await stage.act('callback', number, 'close', bad);
    await stage.act('callback', number, 'reopen', { new_fact: '新证据' });
    const appeal = await stage.appeal(number);
    expect(appeal).toMatchObject({
      status: 'pending_review',
      round: 3,
      level: null,
      countersigned_by: null,
      closed_at: null,
      lead_unit_id: null,
      dissatisfied_rounds: 2,
    });
    const trail = await listTrail(db, 'appeal', appeal.id);
    expect(verify(trail, { seq: appeal.trail_seq, hash: appeal.trail_hash })).toEqual({ ok: true, rows: trail.length });
    expect(trail.at(-1)).toMatchObject({ act: 'reopen', from_status: 'closed', input: { new_fact: '新证据' } });
    expect(await stage.running(number)).toEqual(['review']);
  });
  test('a transferred call that comes back as a matter of ours counts again', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.register('hotline');
    await stage.act('hotline', number, 'transfer', { line: '110', transferred_at: world.clock() });
    await stage.act('callback', number, 'reopen', { new_fact: '还要修门' });
    expect(await stage.appeal(number)).toMatchObject({ status: 'pending_review', emergency_line: null });
  });
});

describe('every act', () => {
  test('is refused as not found on an appeal that does not exist', async ({ world }) => {
    const stage = await makeStage(world);
    await expect(stage.act('review', '20261123-0404', 'comment', { comment: '?' })).rejects.toMatchObject({ status: 404 });
  });
  test('that has become impossible says where the appeal stands now, and changes nothing', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.register('hotline');
    await stage.act('review', number, 'answer', { answer: '好' });
    const before = await stage.appeal(number);
    await expect(
      stage.act('review', number, 'accept', { kind: 'help', category_code: '0304', priority: 'general' }),
    ).rejects.toMatchObject({ status: 409, code: 'moved_on', detail: { status: 'answered' } });
    expect(await stage.appeal(number)).toEqual(before);
  });
  test('of the product itself is nobody’s to call', async ({ db, world }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    for (const act of ['finish', 'redispatch', 'rereview', 'archive', 'lapse', 'close_unreached'] as const) {
      await expect(performOnAppeal(db, stage.doing('dispatch'), number, act, {})).rejects.toMatchObject({ status: 404 });
    }
  });
  test('arriving a second time with the same key changes nothing', async ({ db, world }) => {
    const stage = await makeStage(world);
    const number = await stage.register('hotline');
    const doing = { ...stage.doing('review'), once: 'the same form' };
    await performOnAppeal(db, doing, number, 'comment', { comment: '一' });
    await performOnAppeal(db, doing, number, 'comment', { comment: '二' });
    expect(await stage.acts(number)).toEqual(['register', 'comment']);
  });
  test('a refused form may be sent again with its key', async ({ db, world }) => {
    const stage = await makeStage(world);
    const number = await stage.register('hotline');
    const doing = { ...stage.doing('review'), once: 'again' };
    await expect(performOnAppeal(db, doing, number, 'merge', { target: number })).rejects.toMatchObject({ status: 409 });
    await performOnAppeal(db, doing, number, 'comment', { comment: '改做备注' });
    expect(await stage.acts(number)).toEqual(['register', 'comment']);
  });
  test('writes trail, messages and outbox with the change or not at all', async ({ db, world }) => {
    const stage = await makeStage(world);
    const number = await stage.register('hotline');
    await stage.act('review', number, 'accept', { kind: 'help', category_code: '0304', priority: 'general' });
    const counts = async () =>
      Promise.all(
        (['trail', 'trail_inputs', 'messages', 'outbox', 'clocks', 'work_orders', 'appeal_scopes', 'submissions'] as const).map(
          async (table) => Number((await db(table).count())[0]!['count']),
        ),
      );
    const before = [await counts(), await stage.appeal(number)];
    // The lead is made before the second co-handler is found not to exist.
    await expect(
      performOnAppeal(db, { ...stage.doing('dispatch'), once: 'whole' }, number, 'dispatch', {
        lead_unit_id: stage.units.housing.id,
        co_unit_ids: [stage.units.works.id, 999_999],
        instruction: '办',
      }),
    ).rejects.toMatchObject({ status: 404 });
    expect([await counts(), await stage.appeal(number)]).toEqual(before);
  });
});
