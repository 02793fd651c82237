import { describe, expect } from 'vitest';
import {
  objectToScore,
  proposeMark,
  recordSpotCheck,
  ruleOnObjection,
  settleMark,
} from '../../src/member_scores/actions/entries.ts';
import {
  isWhole,
  proposeScores,
  scoreMembers,
  settleMonth,
  settleScores,
  spanOf,
} from '../../src/member_scores/actions/score.ts';
import { countMonths, listCounted } from '../../src/member_scores/store/facts.ts';
import { findScore, listMonth } from '../../src/member_scores/store/scores.ts';
import { nightly } from '../../src/orders/actions/nightly.ts';
import { memberReviews } from '../../src/plates/store/reviews.ts';
import { listChanges } from '../../src/trail/store.ts';
import { memberMonth } from '../../src/visits/store/visits.ts';
import type { PersonName } from '../support/cast.ts';
import { makeStage, type Stage } from '../support/make.ts';
import { type TestClock, test } from '../support/world.ts';

const month = '2026-11';
const doing = (stage: Stage, who: PersonName) => ({ author: stage.people[who], now: stage.world.clock() });
const id = (stage: Stage, who: PersonName) => stage.people[who].person_id;
const setClock = (stage: Stage, iso: string) => (stage.world.clock as TestClock).set(iso);

/** A November of member1: three households (one of them twice), a visit in October, three reports, two orders, three reviews. */
async function makeNovember(stage: Stage): Promise<string[]> {
  const { db } = stage.world;
  const visit = (room: string, finished_at: string) => ({
    person_id: id(stage, 'member1'),
    grid_id: stage.units.grid1.id,
    building_id: null,
    room,
    planned_on: finished_at.slice(0, 10),
    status: 'finished' as const,
    checked_in_at: new Date(finished_at),
    finished_at: new Date(finished_at),
    talk: '在家',
    made_at: new Date(finished_at),
  });
  await db('visits').insert([
    visit('101', '2026-11-02T10:00:00+08:00'),
    visit('102', '2026-11-03T10:00:00+08:00'),
    visit('101', '2026-11-20T10:00:00+08:00'),
    visit('103', '2026-11-01T00:10:00+08:00'),
    visit('104', '2026-10-31T23:50:00+08:00'),
  ] as never[]);
  await db('member_reviews').insert(
    [5, 5, 4].map((stars, i) => ({
      person_id: id(stage, 'member1'),
      grid_id: stage.units.grid1.id,
      month,
      stars,
      words: '',
      voucher: `${i}`.repeat(64),
    })),
  );
  const numbers: string[] = [];
  for (const content of ['路灯不亮', '井盖松动', '树枝断了'])
    numbers.push(await stage.register('member1', { channel: 'app_snapshot', content, category_code: '0208' }));
  // What a member finds lands on his own grid: the first is done in time, the others stay open.
  await stage.order('member1', numbers[0]!, 'acknowledge', {});
  await stage.order('member1', numbers[0]!, 'submit', { result: '已更换灯泡', outcome: 'solved' });
  return numbers;
}

async function scored(stage: Stage, who: PersonName) {
  const row = (await listMonth(stage.world.db, '/', month)).find(({ person_id }) => person_id === id(stage, who));
  return row!;
}

describe('what a month is made of', () => {
  test('the counts are those of the visits and reviews themselves, cut at the city’s midnight', async ({ world, db }) => {
    const stage = await makeStage(world);
    await makeNovember(stage);
    setClock(stage, '2026-12-01T05:00:00+08:00');
    const [mine] = await countMonths(db, spanOf(month, world.clock()), 10, [id(stage, 'member1')]);
    const visits = await memberMonth(db, id(stage, 'member1'), month);
    const reviews = await memberReviews(db, id(stage, 'member1'), month);
    expect(mine).toMatchObject({ households: 3, reviews: 3, stars: 14, days: 30 });
    expect(mine!.households).toBe(visits.households_visited);
    expect(mine!.stars).toBe(Math.round(reviews.mean! * reviews.count));
  });

  test('a withdrawn report is not valid, archived neither, and again once it is reopened', async ({ world, db }) => {
    const stage = await makeStage(world);
    const numbers = await makeNovember(stage);
    const counted = async () => (await countMonths(db, spanOf(month, world.clock()), 10, [id(stage, 'member1')]))[0]!;
    const listed = async () =>
      (
        await listCounted(db, 'reports', id(stage, 'member1'), spanOf(month, world.clock()), { sql: 'true', bindings: {} }, 50)
      ).flatMap(({ number, counts }) => (counts ? [] : [number]));
    await stage.act('hotline', numbers[2]!, 'withdraw', { reason: '不用了' });
    setClock(stage, '2026-12-01T05:00:00+08:00');
    expect([await counted(), await listed()]).toMatchObject([{ submitted: 3, valid: 2 }, [numbers[2]]]);
    setClock(stage, '2027-03-01T10:00:00+08:00');
    await nightly.archive(db, world.clock());
    expect((await stage.appeal(numbers[2]!)).status).toBe('archived');
    expect([await counted(), await listed()]).toMatchObject([{ submitted: 3, valid: 2 }, [numbers[2]]]);
    await stage.act('callback', numbers[2]!, 'reopen', { new_fact: '又断了一枝' });
    expect([await counted(), await listed()]).toMatchObject([{ submitted: 3, valid: 3 }, []]);
  });

  test('of his reports a declined one is not valid; of the grid’s orders what is due and not done in time counts against him', async ({
    world,
    db,
  }) => {
    const stage = await makeStage(world);
    const numbers = await makeNovember(stage);
    await db('appeals').where({ number: numbers[2]! }).update({ decline_reason: 'beyond_duties' });
    setClock(stage, '2026-12-01T05:00:00+08:00');
    const [mine] = await countMonths(db, spanOf(month, world.clock()), 10, [id(stage, 'member1')]);
    expect(mine).toMatchObject({ submitted: 3, valid: 2, due: 3, on_time: 1 });
    // The same order handed up is the community's.
    await stage.order('member1', numbers[1]!, 'escalate', { tried: '已查看', needed: '需要设备' });
    const [later] = await countMonths(db, spanOf(month, world.clock()), 10, [id(stage, 'member1')]);
    expect(later).toMatchObject({ due: 2, on_time: 1 });
  });

  test('who was in post for nine days is not scored, for ten he is; a substitute does not answer for the other’s grid', async ({
    world,
    db,
  }) => {
    const stage = await makeStage(world);
    await makeNovember(stage);
    await db('linked_members')
      .where({ person_id: id(stage, 'member2') })
      .update({ valid_from: '2026-11-22' });
    await db('linked_members')
      .where({ person_id: id(stage, 'member3') })
      .update({ valid_from: '2026-11-21' });
    const [post] = await db('posts')
      .insert({
        person_id: id(stage, 'member3'),
        post: 'linked_member',
        unit_id: stage.units.grid1.id,
        on_duty: true,
        valid_from: '2026-11-23',
        valid_to: '2026-11-30',
      })
      .returning('id');
    await db('substitutes').insert({
      absent_person_id: id(stage, 'member1'),
      substitute_person_id: id(stage, 'member3'),
      grid_id: stage.units.grid1.id,
      post_id: post!.id,
      valid_from: '2026-11-23',
      valid_to: '2026-11-30',
      reason: '培训',
      asked_by: id(stage, 'member1'),
      decided_by: id(stage, 'huayuan_clerk'),
      decided_at: world.clock(),
    } as never);
    setClock(stage, '2026-12-01T05:00:00+08:00');
    const all = await countMonths(db, spanOf(month, world.clock()), 10, null);
    expect(all.some(({ person_id }) => person_id === id(stage, 'member2'))).toBe(false);
    expect(all.find(({ person_id }) => person_id === id(stage, 'member3'))).toMatchObject({ days: 10, due: 0 });
  });
});

describe('scored by the community, confirmed by the street', () => {
  test('drafted once, proposed by the secretary, confirmed by another; then the row stays, whoever tries', async ({
    world,
    db,
    clock,
  }) => {
    const stage = await makeStage(world);
    await makeNovember(stage);
    clock.set('2026-12-01T05:00:00+08:00');
    const first = await scoreMembers(db, clock());
    expect(first).toEqual({ month, drafted: 5 });
    expect((await scoreMembers(db, clock())).drafted).toBe(0);
    // A spot check after the draft still counts: proposing writes down what it comes to by then.
    const check = { person_id: id(stage, 'member1'), month, checked: 4, errors: 1, note: '' };
    await recordSpotCheck(db, doing(stage, 'huayuan_clerk'), check);
    const draft = await scored(stage, 'member1');
    await expect(settleScores(db, doing(stage, 'quanshan_leader'), [draft.id], 'confirm')).rejects.toMatchObject({
      code: 'decided_already',
    });
    await expect(proposeScores(db, doing(stage, 'quanshan_clerk'), [draft.id])).rejects.toMatchObject({ status: 404 });
    await expect(proposeScores(db, doing(stage, 'huayuan_clerk'), [draft.id])).rejects.toMatchObject({ status: 404 });
    expect(await settleMonth(db, doing(stage, 'huayuan_secretary'), month, 'propose')).toBe(3);
    const proposed = await scored(stage, 'member1');
    expect(proposed.terms.information).toMatchObject({ count: 1, of: 4, points: '11.25' });
    await expect(settleScores(db, doing(stage, 'xinzhuang_leader'), [draft.id], 'confirm')).rejects.toMatchObject({
      status: 404,
    });
    expect(await settleMonth(db, doing(stage, 'quanshan_leader'), month, 'confirm')).toBe(3);
    const confirmed = await scored(stage, 'member1');
    // 25·3/100 + 15·3/4 + 20·min(1,3/10) + 20·(1/3) + 20·(14−3)/12 over a weight of 100.
    expect(confirmed).toMatchObject({ score: '43.00', confirmed_by: id(stage, 'quanshan_leader') });
    expect(isWhole(confirmed)).toBe(true);
    expect(isWhole({ ...confirmed, score: '99.00' })).toBe(false);
    const [told] = await listChanges(db, `member_score:${confirmed.id}`);
    expect(JSON.stringify(told)).toContain(confirmed.checksum);
    for (const change of [{ score: '100.00' }, { confirmed_at: null, confirmed_by: null }])
      await expect(
        db.transaction((trx) => trx('member_monthly_scores').where({ id: confirmed.id }).update(change)),
      ).rejects.toThrow('never edited');
    await expect(db.transaction((trx) => trx('member_monthly_scores').where({ id: confirmed.id }).delete())).rejects.toThrow(
      'never edited',
    );
    await expect(recordSpotCheck(db, doing(stage, 'huayuan_clerk'), check)).rejects.toMatchObject({
      detail: { month: 'month_confirmed' },
    });
  });

  test('where a grid hangs on the town, its clerk scores and its leader confirms, never the same person', async ({
    world,
    db,
    clock,
  }) => {
    const stage = await makeStage(world);
    clock.set('2026-12-01T05:00:00+08:00');
    await scoreMembers(db, clock());
    expect(await settleMonth(db, doing(stage, 'xinzhuang_clerk'), month, 'propose')).toBe(1);
    const row = await scored(stage, 'park_member');
    await expect(settleScores(db, doing(stage, 'xinzhuang_clerk'), [row.id], 'confirm')).rejects.toMatchObject({
      code: 'another_person',
    });
    await expect(
      db.transaction((trx) =>
        trx('member_monthly_scores').where({ id: row.id }).update({ confirmed_by: row.proposed_by, confirmed_at: clock() }),
      ),
    ).rejects.toThrow('score_by_two');
    expect(await settleScores(db, doing(stage, 'xinzhuang_leader'), [row.id], 'send_back')).toBe(1);
    expect((await scored(stage, 'park_member')).proposed_at).toBeNull();
  });
});

describe('bonus and penalty', () => {
  test('count once a second person has confirmed them; a penalty costs what its kind costs', async ({ world, db, clock }) => {
    const stage = await makeStage(world);
    await makeNovember(stage);
    clock.set('2026-12-01T05:00:00+08:00');
    const of = { person_id: id(stage, 'member1'), month, reason: '燃气泄漏及时预警' };
    const bonus = await proposeMark(db, doing(stage, 'huayuan_secretary'), { ...of, kind: 'early_warning', points: 150 });
    const penalty = await proposeMark(db, doing(stage, 'quanshan_clerk'), { ...of, kind: 'complaint', points: 1 });
    await expect(
      proposeMark(db, doing(stage, 'huayuan_secretary'), { ...of, kind: 'emergency_help', points: 501 }),
    ).rejects.toMatchObject({ detail: { points: 'too_large:5' } });
    await expect(
      proposeMark(db, doing(stage, 'jincheng_clerk'), { ...of, kind: 'complaint', points: null }),
    ).rejects.toMatchObject({
      detail: { person_id: 'not_yours' },
    });
    const counted = async () => (await countMonths(db, spanOf(month, clock()), 10, [id(stage, 'member1')]))[0];
    expect(await counted()).toMatchObject({ bonus: 0, penalty: 0 });
    await expect(settleMark(db, doing(stage, 'quanshan_clerk'), penalty, 'confirm')).rejects.toMatchObject({
      code: 'another_person',
    });
    await settleMark(db, doing(stage, 'quanshan_leader'), penalty, 'confirm');
    await settleMark(db, doing(stage, 'quanshan_leader'), bonus, 'confirm');
    expect(await counted()).toMatchObject({ bonus: 150, penalty: 200 });
    await expect(db.transaction((trx) => trx('member_marks').where({ id: penalty }).update({ points: '3.00' }))).rejects.toThrow(
      'points_of_the_kind',
    );
  });
});

describe('an objection', () => {
  test('is the member’s own, within five working days, once; upheld it makes a revision beside the score that stays', async ({
    world,
    db,
    clock,
  }) => {
    const stage = await makeStage(world);
    await makeNovember(stage);
    clock.set('2026-12-01T09:00:00+08:00');
    await scoreMembers(db, clock());
    await settleMonth(db, doing(stage, 'huayuan_secretary'), month, 'propose');
    await settleMonth(db, doing(stage, 'quanshan_leader'), month, 'confirm');
    const first = await scored(stage, 'member1');
    await expect(objectToScore(db, doing(stage, 'member2'), first.id, '不是我的')).rejects.toMatchObject({ status: 404 });
    clock.set('2026-12-09T09:00:00+08:00');
    await expect(objectToScore(db, doing(stage, 'member1'), first.id, '太迟了')).rejects.toMatchObject({
      code: 'objection_too_late',
    });
    clock.set('2026-12-08T17:00:00+08:00');
    await objectToScore(db, doing(stage, 'member1'), first.id, '走访少算了一户');
    await expect(objectToScore(db, doing(stage, 'member1'), first.id, '再提一次')).rejects.toMatchObject({
      code: 'objected_already',
    });
    await ruleOnObjection(db, doing(stage, 'quanshan_clerk'), first.id, 'upheld', '核实确有遗漏');
    const open = await scored(stage, 'member1');
    expect(open).toMatchObject({ revision: 2, confirmed_at: null, reason: '核实确有遗漏' });
    const check = { person_id: id(stage, 'member1'), month, checked: 10, errors: 0, note: '' };
    await recordSpotCheck(db, doing(stage, 'huayuan_clerk'), check);
    await proposeScores(db, doing(stage, 'huayuan_secretary'), [open.id]);
    await settleScores(db, doing(stage, 'quanshan_leader'), [open.id], 'confirm');
    expect(await findScore(db, first.id)).toMatchObject({ score: first.score, checksum: first.checksum });
    expect(Number((await scored(stage, 'member1')).score)).toBeGreaterThan(Number(first.score));
  });
});
