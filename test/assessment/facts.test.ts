import { describe, expect } from 'vitest';
import { assess } from '../../src/assessment/actions/assess.ts';
import { closeMonths, verifyMonth } from '../../src/assessment/actions/close.ts';
import { recount } from '../../src/assessment/actions/recount.ts';
import { confirmObjection, decideObjection, fileObjection, requestExclusion } from '../../src/assessment/actions/requests.ts';
import { emptyTally, type Tally } from '../../src/assessment/rules/score.ts';
import { listClosed } from '../../src/assessment/store/periods.ts';
import type { World } from '../../src/core/world.ts';
import type { PersonName } from '../support/cast.ts';
import { makeStage, type Stage } from '../support/make.ts';
import { type TestClock, test } from '../support/world.ts';

const general = { priority: 'general', category_code: '0208' } as const;

/** What a unit's counts of a month are now; the recount must say the same. */
async function countsOf(stage: Stage, unit: keyof Stage['units'], period = '2026-11'): Promise<Partial<Tally>> {
  const { db, clock } = stage.world;
  await assess(db, clock());
  expect((await recount(db, period, clock())).differences).toEqual([]);
  const rows = await db('unit_counts').where({ period, unit_id: stage.units[unit].id }).orderBy('revision', 'desc');
  const { n, timely, on_time, satisfied, basic, dissatisfied, reworks } = rows[0] ?? emptyTally(0);
  return { n, timely, on_time, satisfied, basic, dissatisfied, reworks };
}
const why = async (stage: Stage, order_id: number) =>
  (await stage.world.db('assessment_orders').where({ order_id }).first())?.why;

async function work(stage: Stage, number: string, unit: 'housing' | 'works' = 'housing'): Promise<void> {
  const clerk = `${unit}_clerk` as PersonName;
  const { id } = await stage.orderOf(number, unit);
  await stage.order(clerk, number, 'acknowledge', {}, id);
  await stage.order(clerk, number, 'contact', { how: 'phone', result_of_contact: '已联系' }, id);
  await finish(stage, number, unit);
}
async function finish(stage: Stage, number: string, unit: 'housing' | 'works' = 'housing'): Promise<void> {
  const { id } = await stage.orderOf(number, unit);
  await stage.order(`${unit}_clerk`, number, 'submit', { result: '已维修', outcome: 'solved' }, id);
  await stage.order(`${unit}_leader`, number, 'approve', {}, id);
}
const rate = (stage: Stage, number: string, level: 'satisfied' | 'basic' | 'dissatisfied') =>
  stage.act('callback', number, 'close', { level, contacted: true, solved: true });

describe('what counts', () => {
  test('an order done in time, called in time, and rated: once, for its unit, in the month it is due', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched(general);
    await work(stage, number);
    await rate(stage, number, 'basic');
    expect(await countsOf(stage, 'housing')).toEqual({
      n: 1,
      timely: 1,
      on_time: 1,
      satisfied: 0,
      basic: 1,
      dissatisfied: 0,
      reworks: 0,
    });
  });

  test('an order that is not due counts only once it is done, or overdue', async ({ world, clock }) => {
    const stage = await makeStage(world);
    await stage.dispatched(general);
    expect(await countsOf(stage, 'housing')).toMatchObject({ n: 0 });
    clock.set('2026-11-30T17:31:00+08:00');
    expect(await countsOf(stage, 'housing')).toMatchObject({ n: 1, timely: 0, on_time: 0 });
  });

  test('who was not called is not handled in time, unless he wanted no call', async ({ world }) => {
    const stage = await makeStage(world);
    const silent = await stage.dispatched(general);
    await stage.order('housing_clerk', silent, 'acknowledge', {});
    await finish(stage, silent);
    const waived = await stage.dispatched({ ...general, contact_wanted: false });
    await stage.order('housing_clerk', waived, 'acknowledge', {});
    await finish(stage, waived);
    expect(await countsOf(stage, 'housing')).toMatchObject({ n: 2, timely: 1, on_time: 2 });
  });

  test('an upheld return counts for nobody until it is dispatched again, and the new unit’s clock starts then', async ({
    world,
    clock,
  }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched(general);
    await stage.order('housing_clerk', number, 'request_return', { reason: '不属职责', category_code: '0208' });
    await stage.order('dispatch', number, 'uphold_return', { ruling: '同意' });
    expect(await countsOf(stage, 'housing')).toMatchObject({ n: 0 });
    clock.set('2026-11-27T10:00:00+08:00');
    await stage.act('dispatch', number, 'dispatch', { lead_unit_id: stage.units.works.id, instruction: '请办理' });
    await work(stage, number, 'works');
    expect(await countsOf(stage, 'works', '2026-12')).toMatchObject({ n: 1, timely: 1, on_time: 1 });
    expect(await why(stage, (await stage.orders(number))[0]!.id)).toBe('returned');
  });

  test('a rejected return never stopped the clock: the same unit answers for the whole time', async ({ world, clock }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched(general);
    await stage.order('housing_clerk', number, 'request_return', { reason: '不属职责', category_code: '0208' });
    clock.addMinutes(180);
    await stage.order('dispatch', number, 'reject_return', { ruling: '请办理' });
    clock.set('2026-11-30T17:31:00+08:00');
    expect(await countsOf(stage, 'housing')).toMatchObject({ n: 1, on_time: 0 });
  });

  test('what is escalated, reassigned or recalled does not count; a town counts once for its parts', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.register('member1', { ...general, channel: 'app_snapshot' });
    await stage.order('member1', number, 'acknowledge', {});
    await stage.order('member1', number, 'escalate', { tried: '已查看', needed: '需社区协调' });
    await stage.order('huayuan_clerk', number, 'acknowledge', {});
    await stage.order('huayuan_clerk', number, 'escalate', { tried: '已协调', needed: '需街道' });
    const town = (await stage.orderOf(number, 'quanshan')).id;
    await stage.order('quanshan_clerk', number, 'acknowledge', {}, town);
    await stage.order(
      'quanshan_clerk',
      number,
      'forward',
      { unit_id: stage.units.huayuan.id, instruction: '请办', due_on: '2026-11-25' },
      town,
    );
    const part = (await stage.orderOf(number, 'huayuan')).id;
    await stage.order('huayuan_clerk', number, 'acknowledge', {}, part);
    await stage.order('huayuan_clerk', number, 'submit', { result: '已办', outcome: 'solved' }, part);
    await stage.order('quanshan_clerk', number, 'approve', {}, part);
    await stage.order('quanshan_clerk', number, 'contact', { how: 'phone', result_of_contact: '已联系' }, town);
    await stage.order('quanshan_clerk', number, 'submit', { result: '已办', outcome: 'solved' }, town);
    await stage.order('quanshan_leader', number, 'approve', {}, town);
    await rate(stage, number, 'satisfied');
    expect(await countsOf(stage, 'quanshan')).toMatchObject({ n: 1, on_time: 1, satisfied: 1 });
    expect(await Promise.all((await stage.orders(number)).map(({ id }) => why(stage, id)))).toEqual([
      'escalated',
      'escalated',
      null,
      'inside',
    ]);
  });

  test('a co-handler’s lateness is its own: the lead on time stays so, and the evaluation is the lead’s', async ({
    world,
    clock,
  }) => {
    const stage = await makeStage(world);
    const number = await stage.register('hotline', general);
    await stage.act('review', number, 'accept', { kind: 'help', category_code: '0208', priority: 'general' });
    await stage.act('dispatch', number, 'dispatch', {
      lead_unit_id: stage.units.housing.id,
      co_unit_ids: [stage.units.works.id],
      instruction: '会同办理',
    });
    await work(stage, number);
    clock.set('2026-11-30T18:00:00+08:00');
    const { id } = await stage.orderOf(number, 'works');
    await stage.order('works_clerk', number, 'acknowledge', {}, id);
    await finish(stage, number, 'works');
    await rate(stage, number, 'satisfied');
    expect(await countsOf(stage, 'housing')).toMatchObject({ n: 1, on_time: 1, satisfied: 1 });
    expect(await countsOf(stage, 'works')).toMatchObject({ n: 1, timely: 0, on_time: 0, satisfied: 0 });
  });

  test('merged appeals count once, and the evaluations of all their appellants for the lead', async ({ world }) => {
    const stage = await makeStage(world);
    const main = await stage.dispatched(general);
    const other = await stage.dispatched({ ...general, phone: '10000000002' });
    await stage.act('dispatch', other, 'merge', { target: main });
    await work(stage, main);
    await stage.act('callback', other, 'rate', { level: 'basic', contacted: true, solved: true });
    await rate(stage, main, 'satisfied');
    expect(await countsOf(stage, 'housing')).toMatchObject({ n: 1, satisfied: 1, basic: 1 });
    expect(await why(stage, (await stage.orders(other))[0]!.id)).toBe('recalled');
  });

  test('after a rework the last evaluation counts and the first submission decides what is on time', async ({ world, clock }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched(general);
    await work(stage, number);
    await stage.act('callback', number, 'rework', { reason: '仍渗水', contacted: true, solved: false });
    expect(await countsOf(stage, 'housing')).toMatchObject({ n: 1, on_time: 1, dissatisfied: 0, reworks: 1 });
    clock.set('2026-12-01T10:00:00+08:00');
    await finish(stage, number);
    await rate(stage, number, 'satisfied');
    expect(await countsOf(stage, 'housing')).toMatchObject({ n: 1, on_time: 1, dissatisfied: 0, reworks: 1 });
    expect(await countsOf(stage, 'housing', '2026-12'), 'in the month in which it arrives').toMatchObject({ n: 0, satisfied: 1 });
  });

  test('sent back and submitted again, what was left of the time decides', async ({ world, clock }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched(general);
    await stage.order('housing_clerk', number, 'acknowledge', {});
    await stage.order('housing_clerk', number, 'contact', { how: 'phone', result_of_contact: '已联系' });
    clock.set('2026-11-30T10:00:00+08:00');
    await stage.order('housing_clerk', number, 'submit', { result: '已维修', outcome: 'solved' });
    clock.set('2026-12-01T10:00:00+08:00');
    await stage.order('housing_leader', number, 'send_back', { reason: '缺照片' });
    clock.set('2026-12-01T16:00:00+08:00');
    await finish(stage, number);
    expect(await countsOf(stage, 'housing')).toMatchObject({ n: 0 });
    expect(await countsOf(stage, 'housing', '2026-12'), 'its due time moved with it').toMatchObject({ n: 1, on_time: 1 });
  });

  test('an emergency handed to 110 and an answer of the hotline count for no unit; whoever rates the answer, rates the city', async ({
    world,
  }) => {
    const stage = await makeStage(world);
    const emergency = await stage.register('hotline', general);
    await stage.act('hotline', emergency, 'transfer', { line: '110', transferred_at: world.clock() });
    const answered = await stage.register('hotline', general);
    await stage.act('hotline', answered, 'answer', { answer: '已说明' });
    await rate(stage, answered, 'satisfied');
    expect(await countsOf(stage, 'city')).toMatchObject({ n: 0, satisfied: 1 });
    expect(await world.db('assessment_orders')).toEqual([]);
  });

  test('an appellant whom nobody reached is unrated', async ({ world }) => {
    const stage = await makeStage(world);
    await work(stage, await stage.dispatched({ ...general, phone: '10000000003' }));
    expect(await countsOf(stage, 'housing')).toMatchObject({ n: 1, satisfied: 0, basic: 0, dissatisfied: 0 });
  });

  test('an extension moves the order into the month of its new due time, and out of the old one', async ({ world, clock }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched(general);
    await stage.order('housing_clerk', number, 'acknowledge', {});
    expect(await countsOf(stage, 'housing')).toMatchObject({});
    await stage.order('housing_clerk', number, 'request_extension', { extend_to: '2026-12-04', reason: '等材料' });
    await stage.order('supervision', number, 'grant_extension', { ruling: '同意' });
    clock.set('2026-12-01T10:00:00+08:00');
    await finish(stage, number);
    expect(await countsOf(stage, 'housing')).toMatchObject({ n: 0 });
    expect(await countsOf(stage, 'housing', '2026-12')).toMatchObject({ n: 1, on_time: 1 });
  });

  test('suspended it waits, over the closing of its month; resumed it counts in the month of its new due time', async ({
    world,
    clock,
  }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched(general);
    await stage.order('housing_clerk', number, 'acknowledge', {});
    await stage.order('housing_clerk', number, 'contact', { how: 'phone', result_of_contact: '已联系' });
    await stage.order('housing_clerk', number, 'request_suspension', { review_on: '2026-12-20', reason: '等鉴定' });
    await stage.order('supervision', number, 'grant_suspension', { ruling: '同意' });
    clock.set('2026-12-04T07:00:00+08:00');
    await closeMonths(world.db, clock());
    expect(await countsOf(stage, 'housing')).toMatchObject({ n: 0 });
    clock.set('2026-12-07T09:00:00+08:00');
    await stage.order('supervision', number, 'resume', { reason: '已鉴定' });
    clock.addMinutes(60);
    await finish(stage, number);
    expect(await countsOf(stage, 'housing', '2026-12')).toMatchObject({ n: 1, on_time: 1 });
  });

  test('a unit’s successor takes over from the day: two rows', async ({ world, clock }) => {
    const stage = await makeStage(world);
    const before = await stage.dispatched(general);
    await work(stage, before);
    await rate(stage, before, 'satisfied');
    const { housing, works } = stage.units;
    await world.db('units').where({ id: housing.id }).update({ valid_to: '2026-11-30', successor_id: works.id });
    clock.set('2026-11-27T10:00:00+08:00');
    const after = await stage.dispatched(general);
    clock.set('2026-12-01T10:00:00+08:00');
    await work(stage, after);
    await rate(stage, after, 'basic');
    expect(await countsOf(stage, 'housing')).toMatchObject({ n: 1, satisfied: 1 });
    expect(await countsOf(stage, 'housing', '2026-12')).toMatchObject({ n: 0 });
    expect(await countsOf(stage, 'works', '2026-12')).toMatchObject({ n: 1, basic: 1 });
  });
});

/** A closed November in which the housing bureau had one order in time and one late. */
async function closed(world: World, clock: TestClock): Promise<{ stage: Stage; good: string; bad: string }> {
  const stage = await makeStage(world);
  const good = await stage.dispatched(general);
  await work(stage, good);
  const bad = await stage.dispatched(general);
  clock.set('2026-12-04T07:00:00+08:00');
  expect(await closeMonths(world.db, clock())).toEqual(['2026-11']);
  clock.addMinutes(10);
  return { stage, good, bad };
}

describe('a closed month', () => {
  test('is closed on its day and not before, once', async ({ world, clock }) => {
    const stage = await makeStage(world);
    await work(stage, await stage.dispatched(general));
    for (const early of ['2026-11-30T23:00:00+08:00', '2026-12-02T23:00:00+08:00']) {
      clock.set(early);
      expect(await closeMonths(world.db, clock())).toEqual([]);
    }
    clock.set('2026-12-03T06:00:00+08:00');
    expect(await closeMonths(world.db, clock())).toEqual(['2026-11']);
    expect(await closeMonths(world.db, clock())).toEqual([]);
  });

  test('cannot be changed: not its scores, counts, facts or itself, and nothing is added to it', async ({ world, clock }) => {
    const { stage, good } = await closed(world, clock);
    const { db } = world;
    const order_id = (await stage.orders(good))[0]!.id;
    const tries: (() => PromiseLike<unknown>)[] = [
      () => db('unit_scores').update({ score: '100.00' }),
      () => db('unit_scores').delete(),
      () => db('unit_counts').where('revision', '>', 0).update({ n: 9 }),
      () => db('assessment_periods').update({ checksum: 'f'.repeat(64) }),
      () => db('assessment_orders').where({ order_id }).update({ timely: false }),
      () => db('assessment_orders').where({ order_id }).delete(),
      () => db('assessment_orders').where({ order_id }).update({ period: '2026-12' }),
      () => db.raw('truncate assessment_ratings'),
    ];
    for (const attempt of tries)
      await expect(
        db.transaction(async (trx) => {
          void trx;
          await attempt();
        }),
      ).rejects.toThrow(/revised, never edited/);
  });

  test('stands with its checksum in the trail, and shows where a row was changed behind the triggers', async ({
    world,
    clock,
  }) => {
    await closed(world, clock);
    const { db } = world;
    const [row] = await listClosed(db);
    expect(await verifyMonth(db, row!)).toBe(true);
    const [line] = await db('trail').where({ subject_kind: 'period', subject_id: 202611 });
    expect(line).toMatchObject({ act: 'close', seq: row!.trail_seq, post: 'system' });
    expect((await db('trail_inputs').where({ subject_kind: 'period' }).first())!.input).toMatchObject({
      checksum: row!.checksum,
    });
    await db.raw('set constraints all immediate; alter table unit_scores disable trigger user');
    await db('unit_scores')
      .where({ unit_id: (await db('unit_scores').where({ state: 'unrated' }).first())!.unit_id })
      .update({ deduction: '0.00', satisfaction: '99.99' });
    expect(await verifyMonth(db, row!)).toBe(false);
  });

  test('takes nothing that arrives later: it goes to the month that runs', async ({ world, clock }) => {
    const { stage, good, bad } = await closed(world, clock);
    clock.set('2026-12-04T10:00:00+08:00');
    await rate(stage, good, 'dissatisfied').catch(() => stage.act('callback', good, 'rework', { reason: '仍渗水' }));
    await finish(stage, good);
    await rate(stage, good, 'satisfied');
    await stage.order('housing_clerk', bad, 'acknowledge', {}, (await stage.orderOf(bad, 'housing')).id);
    expect(await countsOf(stage, 'housing')).toMatchObject({ n: 2, on_time: 1, satisfied: 0 });
    expect(await countsOf(stage, 'housing', '2026-12')).toMatchObject({ n: 0, satisfied: 1 });
  });

  test('takes no exclusion any more, by the action and by the database', async ({ world, clock }) => {
    const { stage, bad } = await closed(world, clock);
    const order = (await stage.orders(bad))[0]!;
    const doing = { author: stage.people.housing_clerk, now: clock() };
    const input = { reason: 'force_majeure', request: '连续暴雨停工' } as const;
    await expect(requestExclusion(world.db, doing, order.id, input)).rejects.toMatchObject({ code: 'month_closed' });
    const row = {
      ...input,
      order_id: order.id,
      appeal_id: order.appeal_id,
      unit_id: order.unit_id,
      period: '2026-11',
      requested_by: doing.author.person_id,
      requested_at: clock(),
    };
    await expect(world.db.transaction((trx) => trx('assessment_exclusions').insert(row))).rejects.toThrow(
      /after the month is closed/,
    );
  });

  test('is revised by an objection that two others uphold: a further publication beside the first', async ({ world, clock }) => {
    const { stage, bad } = await closed(world, clock);
    const { db } = world;
    const order = (await stage.orders(bad))[0]!;
    const by = (who: PersonName) => ({ author: stage.people[who], now: clock() });
    const id = await fileObjection(db, by('housing_leader'), order.id, {
      claim: 'on_time',
      grounds: '当日已现场处理，系统故障未能提交。',
    });
    await expect(decideObjection(db, by('housing_leader'), id, { decision: 'upheld', ruling: '属实' })).rejects.toMatchObject({
      status: 403,
    });
    await decideObjection(db, by('assessor'), id, { decision: 'upheld', ruling: '故障记录属实' });
    await confirmObjection(db, by('supervision'), id, 'confirmed');
    const rows = await db('unit_counts').where({ period: '2026-11', unit_id: stage.units.housing.id }).orderBy('revision');
    expect(rows.map(({ revision, on_time }) => [revision, on_time])).toEqual([
      [1, 1],
      [2, 2],
    ]);
    expect(await db('unit_scores').where({ unit_id: stage.units.housing.id, revision: 1 })).toHaveLength(2);
    expect((await listClosed(db))[0]).toMatchObject({ revision: 2 });
    expect(await countsOf(stage, 'housing')).toMatchObject({ n: 2, on_time: 2 });
  });

  test('is objected to within five working days, not later', async ({ world, clock }) => {
    const { stage, bad } = await closed(world, clock);
    const order = (await stage.orders(bad))[0]!;
    clock.set('2026-12-11T17:31:00+08:00');
    await expect(
      fileObjection(world.db, { author: stage.people.housing_leader, now: clock() }, order.id, {
        claim: 'on_time',
        grounds: '当日已现场处理完毕。',
      }),
    ).rejects.toMatchObject({ code: 'objection_too_late' });
  });
});

describe('the database', () => {
  test('wants three people for an exclusion, and another than the proposer for a scheme', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched(general);
    await assess(world.db, world.clock());
    const order = (await stage.orders(number))[0]!;
    const { housing_clerk, assessor } = stage.people;
    const now = world.clock();
    const asked = {
      order_id: order.id,
      appeal_id: order.appeal_id,
      unit_id: order.unit_id,
      period: '2026-11',
      reason: 'malicious' as const,
      request: '恶意重复',
      requested_by: housing_clerk.person_id,
      requested_at: now,
    };
    const insert = (more: object) =>
      world.db.transaction((trx) => trx('assessment_exclusions').insert({ ...asked, ...more } as never));
    await expect(
      insert({ decision: 'granted', ruling: '同意', decided_by: housing_clerk.person_id, decided_at: now }),
    ).rejects.toMatchObject({ constraint: 'three_people' });
    await expect(
      insert({
        decision: 'granted',
        ruling: '同意',
        decided_by: assessor.person_id,
        decided_at: now,
        confirmation: 'confirmed',
        confirmed_by: assessor.person_id,
        confirmed_at: now,
      }),
    ).rejects.toMatchObject({ constraint: 'three_people' });
    const { id: _, ...scheme } = (await world.db('assessment_schemes').where({ key: 'city', version: 1 }).first())!;
    const propose = (more: object) =>
      world.db.transaction((trx) =>
        trx('assessment_schemes').insert({
          ...scheme,
          version: 2,
          valid_from: '2026-12',
          proposed_by: assessor.person_id,
          proposed_at: now,
          ...more,
        } as never),
      );
    await expect(propose({ confirmed_by: assessor.person_id, confirmed_at: now })).rejects.toMatchObject({
      constraint: 'confirmed_by_another',
    });
    await expect(
      propose({ valid_from: '2026-11', confirmed_by: housing_clerk.person_id, confirmed_at: now }),
    ).rejects.toMatchObject({ constraint: 'from_the_next_period' });
    await expect(
      world.db.transaction((trx) => trx('assessment_schemes').where({ version: 1 }).update({ k: '2.00' })),
    ).rejects.toThrow(/never edited/);
  });
});
