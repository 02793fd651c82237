import { describe, expect } from 'vitest';
import { createApp } from '../../src/app.ts';
import { editDay, loadYear, previewDay, previewYear } from '../../src/catalog/actions/calendar.ts';
import { forgetRulebook, rulebook } from '../../src/catalog/actions.ts';
import { daysOfYear } from '../../src/catalog/rules.ts';
import { nightly } from '../../src/orders/actions/nightly.ts';
import { previewMoves, saveMoves } from '../../src/orders/actions/recompute.ts';
import { versionOf } from '../../src/trail/actions/change.ts';
import { listChanges } from '../../src/trail/store.ts';
import { signIn } from '../support/browser.ts';
import { makeStage, type Stage } from '../support/make.ts';
import { test } from '../support/world.ts';

const local = (at: Date | null) => at && new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');

async function withCalendar(world: Parameters<typeof makeStage>[0]) {
  const stage = await makeStage(world);
  const { db } = world;
  await db('calendar_days').insert(daysOfYear(2026).map((day) => ({ ...day, name: '' })));
  forgetRulebook(db);
  const doing = () => ({ author: stage.people.sys, now: world.clock() });
  const version = async (day: string) => versionOf((await db('calendar_days').where({ day }).first())!);
  return {
    stage,
    doing,
    edit: async (day: string, working: boolean, late_too = false, name = '') =>
      editDay(db, doing(), day, await version(day), { working, name, late_too }, saveMoves),
    preview: async (day: string, working: boolean) =>
      previewDay(db, doing(), day, await version(day), { working, name: '' }, previewMoves),
  };
}
const dues = async (stage: Stage, number: string) => {
  const [appeal, [order]] = [await stage.appeal(number), await stage.orders(number)];
  return [appeal.due_at, order!.due_at, (await stage.clock(number, 'handle', order!.id))!.due_at].map(local);
};

describe('a day that is turned', () => {
  test('is looked at first: what would move is listed, the worst first, and nothing is changed', async ({ clock, db, world }) => {
    const { stage, preview } = await withCalendar(world);
    const early = await stage.dispatched();
    clock.set('2026-11-27T10:00:00+08:00');
    const late = await stage.dispatched();
    const before = [await dues(stage, early), await dues(stage, late)];
    const moves = (await preview('2026-11-28', true))!;
    expect(moves).toMatchObject({ late: 0, lost: 0 });
    // Earlier by a weekend for one; by a day, Friday for the Monday, for the other; the parts of a day in their order.
    const handle = moves.worst.filter(({ kind }) => kind === 'handle');
    expect(handle.map(({ number, due_after }) => [number, local(due_after)])).toEqual([
      [early, '2026-11-28 17:30'],
      [late, '2026-12-03 17:30'],
    ]);
    expect(moves.count).toBe(moves.worst.length);
    const gains = moves.worst.map((move) => move.due_after.getTime() - move.due_before.getTime());
    expect(gains).toEqual(gains.toSorted((a, b) => a - b));
    expect([await dues(stage, early), await dues(stage, late)]).toEqual(before);
    expect((await rulebook(db)).calendar).toMatchObject({ version: 1 });
    expect(await listChanges(db, 'calendar:2026')).toEqual([]);
  });

  test('moves every running clock that runs over it, with its copies, a row in the trail and the new version', async ({
    db,
    world,
  }) => {
    const { stage, edit } = await withCalendar(world);
    const number = await stage.dispatched();
    expect(await edit('2026-11-24', true, false, '测试日')).toEqual({ changed: true, moved: 0 });
    const { moved } = await edit('2026-11-24', false, false, '测试日');
    // Its acknowledgement, four office hours of Monday alone, is over before.
    expect(moved).toBe(1);
    expect(await dues(stage, number)).toEqual(Array(3).fill('2026-12-01 17:30'));
    expect((await stage.acts(number)).filter((act) => act === 'recompute')).toHaveLength(1);
    const running = await db('clocks').whereNull('stopped_at').whereNot('limit_unit', 'minutes');
    expect(new Set(running.map((clock) => clock.calendar_version))).toEqual(new Set([2]));
    expect((await rulebook(db)).calendar.isWorkingDay('2026-11-24')).toBe(false);
    const later = await stage.dispatched();
    expect(await dues(stage, later)).toEqual(await dues(stage, number));
    expect((await listChanges(db, 'calendar:2026'))[0]).toMatchObject({
      act: 'calendar.edit',
      after: { '2026-11-24': { working: false, name: '测试日' } },
    });
  });

  test('leaves late what is late, and its old version with it, unless that is meant too', async ({ clock, world }) => {
    const { stage, edit, preview } = await withCalendar(world);
    const number = await stage.dispatched();
    clock.set('2026-12-01T10:00:00+08:00');
    const before = await dues(stage, number);
    expect(await preview('2026-11-27', false)).toMatchObject({ count: 0, lost: 0 });
    expect((await preview('2026-11-27', false))!.late).toBeGreaterThan(0);
    await edit('2026-11-27', false);
    expect(await dues(stage, number)).toEqual(before);
    const [order] = await stage.orders(number);
    expect((await stage.clock(number, 'handle', order!.id))!.calendar_version).toBe(1);
    await edit('2026-11-30', false, true);
    expect(await dues(stage, number)).toEqual(Array(3).fill('2026-12-02 17:30'));
  });

  test('says how many would be late at once', async ({ clock, world }) => {
    const { stage, preview } = await withCalendar(world);
    await stage.dispatched();
    clock.set('2026-11-30T10:00:00+08:00');
    expect(await preview('2026-11-28', true)).toMatchObject({ count: 1, lost: 1, late: expect.any(Number) });
  });

  test('keeps what was left of an order that stood still, and of one that stands', async ({ clock, db, world }) => {
    const { stage, edit } = await withCalendar(world);
    const number = await stage.dispatched();
    await stage.order('housing_clerk', number, 'acknowledge', {});
    const { id } = (await stage.orders(number))[0]!;
    await stage.order('housing_clerk', number, 'request_suspension', { review_on: '2026-12-07', reason: '等' });
    await stage.order('supervision', number, 'grant_suspension', { ruling: '好' }, id);
    await edit('2026-11-26', false);
    clock.set('2026-12-07T10:00:00+08:00');
    await nightly.resume(db, clock());
    // Left of Monday, and five whole days: the day that was taken away costs nothing.
    expect(await dues(stage, number)).toEqual(Array(3).fill('2026-12-14 17:30'));
    await edit('2026-12-09', false);
    expect(await dues(stage, number)).toEqual(Array(3).fill('2026-12-15 17:30'));
  });

  test('moves no day that was named: a promise, an extension, the last day of a part', async ({ db, world }) => {
    const { stage, edit } = await withCalendar(world);
    const number = await stage.dispatched();
    await stage.order('housing_clerk', number, 'acknowledge', {});
    await stage.order('housing_clerk', number, 'submit', { result: '好', outcome: 'promised', promised_on: '2026-12-04' });
    const other = await stage.dispatched();
    await stage.order('housing_clerk', other, 'acknowledge', {});
    const { id } = (await stage.orders(other))[0]!;
    await stage.order('housing_clerk', other, 'request_extension', { extend_to: '2026-12-04', reason: '等' });
    await stage.order('supervision', other, 'grant_extension', { ruling: '好' }, id);
    await edit('2026-12-02', false);
    const named = await db('clocks').where({ named: true }).whereNull('stopped_at').orderBy('id');
    expect(named.map(({ kind, due_at }) => [kind, local(due_at)])).toEqual([
      ['promise', '2026-12-04 17:30'],
      ['handle', '2026-12-04 17:30'],
    ]);
  });
});

describe('a year that is loaded', () => {
  test('is the next one, with its exceptions, and no other', async ({ db, world }) => {
    const { doing } = await withCalendar(world);
    const load = (year: number, exceptions: { day: string; working: boolean; name: string }[] = []) =>
      loadYear(db, doing(), year, exceptions, false, saveMoves);
    await expect(load(2028)).rejects.toMatchObject({ detail: { year: 'not_next_year:2027' } });
    await expect(load(2027, [{ day: '2028-01-01', working: false, name: '元旦' }])).rejects.toMatchObject({
      detail: { days: 'other_year' },
    });
    await load(2027, [
      { day: '2027-01-01', working: false, name: '元旦' },
      { day: '2027-01-03', working: true, name: '元旦调休上班' },
    ]);
    const { calendar } = await rulebook(db);
    expect([
      calendar.last_year,
      calendar.isWorkingDay('2027-01-01'),
      calendar.isWorkingDay('2027-01-03'),
      calendar.isWorkingDay('2027-01-04'),
    ]).toEqual([2027, false, true, true]);
  });

  test('makes firm what was counted into it by Monday to Friday', async ({ clock, db, world }) => {
    const { stage, doing } = await withCalendar(world);
    clock.set('2026-12-30T10:00:00+08:00');
    const number = await stage.dispatched();
    expect(await dues(stage, number)).toEqual(Array(3).fill('2027-01-06 17:30'));
    const new_year = [{ day: '2027-01-01', working: false, name: '元旦' }];
    expect(await previewYear(db, doing(), 2027, new_year, previewMoves)).toMatchObject({ count: 1 });
    await loadYear(db, doing(), 2027, new_year, false, saveMoves);
    expect(await dues(stage, number)).toEqual(Array(3).fill('2027-01-07 17:30'));
    const clocks = await db('clocks').whereNull('stopped_at');
    expect(clocks.filter(({ provisional }) => provisional)).toEqual([]);
  });
});

test('on its page a day is saved only after its effect was shown', async ({ world }) => {
  const { stage } = await withCalendar(world);
  const number = await stage.dispatched();
  const browser = await signIn(createApp(world), 'sys');
  const preview = await (await browser.get('/calendar/2026-11-25')).send('/calendar/2026-11-25', { working: '0', name: '停电' });
  expect(preview.text).toContain('还没有保存');
  expect(preview.text).toContain(number);
  expect((await browser.get('/calendar')).text).not.toContain('停电');
  const saved = await preview.send('/calendar/2026-11-25');
  expect(saved.text).toContain('日历已修改并生成新版本，重算了 1 个在走的时限');
  expect(await dues(stage, number)).toEqual(Array(3).fill('2026-12-01 17:30'));
  const load = await (await browser.get('/calendar/load')).send('/calendar/load', { days: '2027-01-01 休 元旦' });
  expect(load.text).toContain('2027 年已载入');
});
