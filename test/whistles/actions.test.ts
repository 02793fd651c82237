import { describe, expect } from 'vitest';
import { dayOf } from '../../src/core/clock.ts';
import type { Db } from '../../src/core/db.ts';
import { verifyTrail } from '../../src/trail/actions/verify.ts';
import { verify } from '../../src/trail/rules.ts';
import { listTrail } from '../../src/trail/store.ts';
import { consultOverdue, draft } from '../../src/whistles/actions/perform.ts';
import { listUnitScores, listWhistlerShares, medianRate, whistleScores } from '../../src/whistles/store/scores.ts';
import { findWhistle } from '../../src/whistles/store.ts';
import type { PersonName } from '../support/cast.ts';
import { test } from '../support/world.ts';
import { come, makeWhistles, type WhistleStage } from './stage.ts';

const inbox = async (stage: WhistleStage, who: PersonName, whistle_id: number) =>
  (await stage.world.db('messages').where({ person_id: stage.people[who].person_id, whistle_id }).orderBy('id')).map(
    ({ event }) => event,
  );
const clocks = async (db: Db, whistle_unit_id: number) =>
  (
    await db.raw<{ rows: { kind: string; due_at: Date; stopped_at: Date | null; named: boolean }[] }>(
      `select kind, due_at, stopped_at, named from clocks where whistle_unit_id = ? order by kind`,
      [whistle_unit_id],
    )
  ).rows;
const full = { timeliness: 5, cooperation: 5, result: 5 };

test('a whistle goes from the draft to its end; row, trail, clocks and messages agree', async ({ world, db, clock }) => {
  const stage = await makeWhistles(world);
  const id = await stage.propose();
  expect(await inbox(stage, 'quanshan_leader', id)).toEqual(['whistle_proposed']);
  expect(await inbox(stage, 'housing_clerk', id)).toEqual([]);
  await stage.do('quanshan_leader', id, 'issue', { decision_number: null });
  for (const who of ['housing_clerk', 'housing_leader', 'heating_clerk', 'works_leader'] as const)
    expect(await inbox(stage, who, id)).toEqual(['whistle_issued']);
  const housing = await stage.called(id, 'housing');
  expect(await clocks(db, housing.id)).toEqual([
    { kind: 'check_in', due_at: new Date('2026-11-26T17:30:00+08:00'), stopped_at: null, named: true },
    { kind: 'whistle_acknowledge', due_at: new Date('2026-11-23T11:00:00+08:00'), stopped_at: null, named: true },
  ]);

  clock.addMinutes(20);
  await stage.do('housing_clerk', id, 'acknowledge', {});
  await stage.do('housing_clerk', id, 'check_in', come);
  await stage.do('heating_leader', id, 'check_in', { attendee: '供热调度', place: null });
  expect((await stage.whistle(id)).status).toBe('checking_in');
  await stage.do('works_clerk', id, 'refuse', { refusal: '《城市供热条例》第十条：不属市政设施管护范围。' });
  expect((await stage.whistle(id)).status).toBe('in_consultation');
  expect(await inbox(stage, 'supervision', id)).toEqual(['whistle_refused']);
  expect(await inbox(stage, 'quanshan_clerk', id)).toEqual(['whistle_consulting', 'whistle_refused']);
  expect((await clocks(db, housing.id)).every(({ stopped_at }) => stopped_at?.getTime() === clock().getTime())).toBe(true);

  await stage.do('quanshan_clerk', id, 'record_minutes', {
    held_at: clock(),
    place: '三楼会议室',
    outsiders: '金城置业负责人 王经理',
    minutes: '住建局牵头鉴定，热力公司改线。',
  });
  await stage.do('quanshan_clerk', id, 'add_part', { unit_id: stage.units.housing.id, title: '房屋鉴定', due_on: '2026-12-01' });
  await expect(stage.do('quanshan_clerk', id, 'resolve', { outcome: '办完' })).rejects.toMatchObject({
    code: 'whistle_part_open',
  });
  const part = (await db('whistle_parts').where({ whistle_id: id }).first())!;
  await expect(stage.do('quanshan_clerk', id, 'finish_part', { part_id: part.id })).rejects.toMatchObject({ status: 409 });
  await expect(stage.do('heating_clerk', id, 'report_part', { part_id: part.id, report: 'x' })).rejects.toMatchObject({
    status: 404,
  });
  await stage.do('housing_clerk', id, 'report_part', { part_id: part.id, report: '鉴定为 B 级，出具报告。' });
  await stage.do('quanshan_leader', id, 'finish_part', { part_id: part.id });
  await stage.do('quanshan_clerk', id, 'resolve', { outcome: '外墙已加固。' });

  await stage.do('heating_clerk', id, 'judge', { necessity: 4, own_duty: false, judgement: null });
  await expect(stage.do('heating_leader', id, 'judge', { necessity: 0, own_duty: true, judgement: null })).rejects.toMatchObject({
    status: 409,
  });
  const { housing: a, heating: b, works: c } = stage.units;
  const some = new Map([[a.id, full]]);
  await expect(stage.do('quanshan_clerk', id, 'rate', { marks: some })).rejects.toMatchObject({ code: 'wrong_fields' });
  await expect(stage.do('quanshan_clerk', id, 'end', {})).rejects.toMatchObject({ status: 409 });
  await stage.do('quanshan_clerk', id, 'rate', { marks: new Map([a, b, c].map(({ id: unit }) => [unit, full])) });
  await stage.do('quanshan_clerk', id, 'end', {});

  const whistle = await stage.whistle(id);
  expect(whistle.status).toBe('ended');
  const trail = await listTrail(db, 'whistle', id);
  expect(verify(trail, { seq: whistle.trail_seq, hash: whistle.trail_hash })).toEqual({ ok: true, rows: trail.length });
  expect(trail.map(({ act }) => act)).toEqual(
    'draft propose issue acknowledge check_in check_in refuse consult record_minutes add_part report_part finish_part resolve judge rate end'.split(
      ' ',
    ),
  );
  expect(trail.map(({ from_status }) => from_status).slice(1)).toEqual(trail.map(({ to_status }) => to_status).slice(0, -1));
  expect(await verifyTrail(world)).toMatchObject({ ok: true });
});

test('the walk over all trails finds a whistle whose newest row or whole row is gone', async ({ world, db }) => {
  const stage = await makeWhistles(world);
  const id = await stage.propose();
  await db('whistles').where({ id }).update({ trail_seq: 1 });
  expect(await verifyTrail(world)).toMatchObject({
    ok: false,
    broken: [{ subject_kind: 'whistle', subject_id: id, why: 'head' }],
  });
  await db('messages').where({ whistle_id: id }).delete();
  await db('whistle_units').where({ whistle_id: id }).delete();
  await db('whistles').where({ id }).delete();
  expect(await verifyTrail(world)).toMatchObject({
    ok: false,
    broken: [{ subject_kind: 'whistle', subject_id: id, why: 'orphan' }],
  });
});

describe('approval', () => {
  test('needs another person of the unit, and for hard and project whistles the number of the decision', async ({
    world,
    db,
  }) => {
    const stage = await makeWhistles(world);
    for (const kind of ['hard', 'project'] as const) {
      const id = await stage.propose({ kind, ends_on: '2026-12-31' });
      await expect(stage.do('quanshan_leader', id, 'issue', { decision_number: null })).rejects.toMatchObject({
        detail: { decision_number: 'required' },
      });
      await expect(stage.do('quanshan_clerk', id, 'issue', { decision_number: '1' })).rejects.toMatchObject({ status: 403 });
      await expect(stage.do('xinzhuang_leader', id, 'issue', { decision_number: '1' })).rejects.toMatchObject({ status: 404 });
      await stage.do('quanshan_leader', id, 'issue', { decision_number: '泉工委〔2026〕3号' });
      expect(await stage.whistle(id)).toMatchObject({ status: 'issued', decision_number: '泉工委〔2026〕3号' });
    }
    const routine = await stage.propose();
    await stage.do('quanshan_leader', routine, 'reject', { reason: '属本街道职责' });
    expect(await stage.whistle(routine)).toMatchObject({ status: 'rejected', closing_reason: '属本街道职责' });
    await expect(stage.do('quanshan_leader', routine, 'issue', { decision_number: null })).rejects.toMatchObject({ status: 409 });
    await expect(
      db.transaction((trx) =>
        trx('whistles')
          .where({ id: routine })
          .update({ issued_by: stage.people.quanshan_clerk.person_id, issued_at: world.clock() }),
      ),
    ).rejects.toMatchObject({ code: '23514' });
  });

  test('a community’s whistle is approved by its secretary and may call its own town', async ({ world }) => {
    const stage = await makeWhistles(world);
    const id = await stage.propose({ unit_ids: [stage.units.quanshan.id, stage.units.works.id] }, 'huayuan_clerk');
    await expect(stage.do('quanshan_leader', id, 'issue', { decision_number: null })).rejects.toMatchObject({ status: 403 });
    await stage.do('huayuan_secretary', id, 'issue', { decision_number: null });
    await stage.do('quanshan_clerk', id, 'check_in', come);
    expect((await stage.called(id, 'quanshan')).attendee).toBe('李工');
  });

  test('nobody calls himself, another town, a community or nobody', async ({ world }) => {
    const stage = await makeWhistles(world);
    for (const unit_ids of [[stage.units.quanshan.id], [stage.units.xinzhuang.id], [stage.units.huayuan.id], []])
      await expect(stage.propose({ unit_ids })).rejects.toMatchObject({ code: 'wrong_fields' });
  });
});

describe('about an appeal', () => {
  test('only who holds an open order of it whistles; the order stays with the caller', async ({ world, db }) => {
    const stage = await makeWhistles(world);
    const number = await stage.register('member1', { channel: 'app_snapshot' });
    await expect(stage.propose({ subject: 'appeal', appeal: number })).rejects.toMatchObject({ status: 404 });
    for (const who of ['member1', 'huayuan_clerk'] as const) {
      await stage.order(who, number, 'acknowledge', {});
      await stage.order(who, number, 'escalate', { tried: '已联系物业', needed: '需街道协调' });
    }
    await stage.order('quanshan_clerk', number, 'acknowledge', {});
    const before = await stage.orders(number);
    const id = await stage.propose({ subject: 'appeal', appeal: number });
    expect((await stage.whistle(id)).appeal_id).toBe((await stage.appeal(number)).id);
    expect(await stage.orders(number)).toEqual(before);
    await expect(stage.propose({ subject: 'project', appeal: number })).rejects.toMatchObject({ code: 'wrong_fields' });
    expect(await db('whistles').where({ subject: 'appeal' })).toHaveLength(1);
  });
});

describe('absence and lateness', () => {
  test('come from the clock alone: the time over, consultation begins with whoever came, once', async ({ world, db, clock }) => {
    const stage = await makeWhistles(world);
    const id = await stage.issue({ kind: 'emergency' });
    clock.addMinutes(12);
    await stage.do('housing_clerk', id, 'acknowledge', {});
    await stage.do('housing_clerk', id, 'check_in', come);
    clock.addMinutes(18);
    expect(await consultOverdue(db, clock())).toEqual({ consulting: 0 });
    clock.addMinutes(1);
    expect(await consultOverdue(db, clock())).toEqual({ consulting: 1 });
    expect(await consultOverdue(db, clock())).toEqual({ consulting: 0 });
    expect(await stage.whistle(id)).toMatchObject({ status: 'in_consultation', consulting_at: clock() });
    const trail = await listTrail(db, 'whistle', id);
    expect(trail.at(-1)).toMatchObject({ act: 'consult', post: 'system', person_id: null });
    clock.addMinutes(9);
    await stage.do('heating_clerk', id, 'check_in', { attendee: '值班员', place: null });
    expect(await stage.called(id, 'heating')).toMatchObject({ online: true, place: null, attendee: '值班员' });
    expect((await stage.whistle(id)).status).toBe('in_consultation');
    await expect(stage.do('works_clerk', id, 'refuse', { refusal: '不属于本单位职责范围内。' })).rejects.toMatchObject({
      status: 409,
    });

    await stage.do('quanshan_clerk', id, 'resolve', { outcome: '已排险' });
    const marks = new Map([stage.units.housing, stage.units.heating, stage.units.works].map(({ id: unit }) => [unit, full]));
    await stage.do('quanshan_clerk', id, 'rate', { marks });
    const score = await whistleScores(db, '2026-11');
    // Late to acknowledge, in time to check in; late for both; never there, all with the best marks.
    expect([stage.units.housing, stage.units.heating, stage.units.works].map(({ id: unit }) => score.get(unit))).toEqual([
      '70.00',
      '40.00',
      '40.00',
    ]);
    expect(await whistleScores(db, '2026-10')).toEqual(new Map());
  });
});

test('a whistle is withdrawn until somebody has answered, and stops its clocks', async ({ world, db }) => {
  const stage = await makeWhistles(world);
  const id = await stage.issue();
  await stage.do('quanshan_clerk', id, 'withdraw', { reason: '已自行解决' });
  expect(await inbox(stage, 'works_clerk', id)).toEqual(['whistle_issued', 'whistle_withdrawn']);
  expect((await clocks(db, (await stage.called(id, 'works')).id)).every(({ stopped_at }) => stopped_at !== null)).toBe(true);
  const answered = await stage.issue();
  await stage.do('works_clerk', answered, 'acknowledge', {});
  await expect(stage.do('quanshan_clerk', answered, 'withdraw', { reason: '已自行解决' })).rejects.toMatchObject({ status: 409 });
});

test('a unit that is not called finds nothing, whatever it tries; one that is called finds it when it sounds', async ({
  world,
  db,
}) => {
  const stage = await makeWhistles(world);
  const { housing, heating } = stage.units;
  const id = await stage.propose({ unit_ids: [housing.id, heating.id] });
  const sees = async (who: PersonName) => (await findWhistle(db, id, stage.people[who])) !== undefined;
  const seeing = async (...names: PersonName[]) => Promise.all(names.map(sees));
  expect(await seeing('housing_clerk', 'works_clerk', 'xinzhuang_leader', 'huayuan_clerk')).toEqual([false, false, false, false]);
  expect(await seeing('quanshan_clerk', 'quanshan_leader', 'dispatch', 'leader')).toEqual([true, true, true, true]);
  await expect(stage.do('housing_clerk', id, 'check_in', come)).rejects.toMatchObject({ status: 404 });
  await stage.do('quanshan_leader', id, 'issue', { decision_number: null });
  expect(await seeing('housing_clerk', 'works_clerk', 'xinzhuang_leader', 'huayuan_clerk')).toEqual([true, false, false, false]);
  await expect(stage.do('works_clerk', id, 'check_in', come)).rejects.toMatchObject({ status: 404 });
  await expect(stage.do('dispatch', id, 'resolve', { outcome: 'x' })).rejects.toMatchObject({ status: 403 });
  await expect(stage.do('quanshan_clerk', id, 'check_in', come)).rejects.toMatchObject({ status: 403 });
});

test('the same form sent twice is one whistle', async ({ world, db }) => {
  const stage = await makeWhistles(world);
  const doing = { author: stage.people.quanshan_clerk, now: world.clock(), once: 'a-form-of-once' };
  const given = {
    kind: 'routine',
    subject: 'enterprise',
    appeal: null,
    title: '企业用地',
    reason: '企业反映',
    tried: '已协调',
    request: '请会商',
    meeting_place: '会议室',
    ends_on: null,
    unit_ids: [stage.units.housing.id],
  } as const;
  const first = await draft(db, doing, given, false);
  expect(await draft(db, doing, given, false)).toBe(first);
  expect(await db('whistles')).toHaveLength(1);
});

test('the whistlers’ share counts neither the rejected nor what most of the called found to be the caller’s own duty', async ({
  world,
  db,
  clock,
}) => {
  const stage = await makeWhistles(world);
  for (let i = 0; i < 4; i++) await stage.register('hotline', { phone: `1000000000${i}` });
  await stage.do('quanshan_leader', await stage.propose(), 'reject', { reason: '属本街道职责' });
  const good = await stage.issue();
  const own = await stage.issue();
  for (const [id, own_duty] of [
    [good, false],
    [own, true],
  ] as const) {
    for (const who of ['housing_clerk', 'heating_clerk', 'works_clerk'] as const) await stage.do(who, id, 'check_in', come);
    await stage.do('housing_clerk', id, 'judge', { necessity: own_duty ? 0 : 5, own_duty, judgement: null });
  }
  const shares = await listWhistlerShares(db, dayOf(clock()).slice(0, 7));
  const of = (unit: keyof typeof stage.units) => shares.find(({ unit_id }) => unit_id === stage.units[unit].id);
  expect(of('quanshan')).toEqual({ unit_id: stage.units.quanshan.id, kind: 'town', whistles: 3, sound: 1, appeals: 4 });
  expect(of('xinzhuang')).toMatchObject({ whistles: 0, appeals: 0 });
  expect(of('huayuan')).toBeUndefined();
  expect(medianRate(shares)).toBe(0.75);
  expect(await listUnitScores(db, '2026-11')).toEqual([]);
});
