import { describe, expect } from 'vitest';
import { setDuty } from '../../src/accounts/actions.ts';
import { createApp } from '../../src/app.ts';
import { register } from '../../src/orders/actions/perform.ts';
import { acknowledge, writeNote } from '../../src/shifts/actions/handover.ts';
import { answer, askSwap } from '../../src/shifts/actions/swap.ts';
import { assign, copyLastWeek, findRoster, listEmptyShifts, turnShifts } from '../../src/shifts/actions.ts';
import type { DutyDesk } from '../../src/shifts/rules.ts';
import { listComing } from '../../src/shifts/store/swaps.ts';
import { listShifts } from '../../src/shifts/store.ts';
import { listChanges } from '../../src/trail/store.ts';
import { signIn } from '../support/browser.ts';
import type { PersonName } from '../support/cast.ts';
import { makeStage, type Stage } from '../support/make.ts';
import { freshDb, test } from '../support/world.ts';

// Test time begins on Monday 2026-11-23 at 10:00; shifts change at 8, 16 and 24.
const doing = (stage: Stage, who: PersonName) => ({ author: stage.people[who], now: stage.world.clock() });
type Place = keyof Stage['units'];
const rosterOf = (stage: Stage, desk: DutyDesk, unit: Place = 'city') => findRoster(stage.world.db, desk, stage.units[unit].id);
async function put(
  stage: Stage,
  by: PersonName,
  desk: DutyDesk,
  who: PersonName,
  cells: string[],
  unit: Place = 'city',
  how: 'assign' | 'remove' = 'assign',
) {
  return assign(stage.world.db, doing(stage, by), await rosterOf(stage, desk, unit), how, stage.people[who].post_id, cells);
}
const onDuty = async (stage: Stage, ...who: PersonName[]) =>
  Promise.all(
    who.map(async (one) => (await stage.world.db('posts').where({ id: stage.people[one].post_id }).first('on_duty'))!.on_duty),
  );
const week = async (stage: Stage, monday: string, desk: DutyDesk = 'hotline') =>
  (await listShifts(stage.world.db, desk, stage.units.city.id, monday, '2027-12-31'))
    .filter((one) => one.people.length > 0)
    .map((one) => [`${one.on_day}.${one.part}`, ...one.people.map((person) => person.name)].join(' '));

describe('making the roster', () => {
  test('puts people on shifts and takes them off; what is over, another’s desk and a stranger’s unit are refused', async ({
    world,
    db,
  }) => {
    const stage = await makeStage(world);
    expect(await put(stage, 'supervision', 'hotline', 'hotline', ['2026-11-23.2', '2026-11-24.1'])).toBe(2);
    expect(await put(stage, 'supervision', 'hotline', 'hotline', ['2026-11-23.2'])).toBe(0);
    expect(await week(stage, '2026-11-23')).toEqual(['2026-11-23.2 hotline', '2026-11-24.1 hotline']);
    expect(await put(stage, 'supervision', 'hotline', 'hotline', ['2026-11-24.1'], 'city', 'remove')).toBe(1);
    await expect(put(stage, 'supervision', 'hotline', 'hotline', ['2026-11-22.1'])).rejects.toMatchObject({
      detail: { cells: 'in_the_past' },
    });
    await expect(put(stage, 'supervision', 'hotline', 'hotline', ['2026-11-24.4'])).rejects.toMatchObject({
      detail: { cells: 'not_an_option' },
    });
    await expect(put(stage, 'supervision', 'hotline', 'review', ['2026-11-24.1'])).rejects.toMatchObject({
      detail: { post_id: 'not_found' },
    });
    await expect(put(stage, 'quanshan_leader', 'hotline', 'hotline', ['2026-11-24.1'])).rejects.toMatchObject({ status: 404 });
    await expect(put(stage, 'xinzhuang_leader', 'community', 'huayuan_clerk', ['2026-11-24.1'], 'huayuan')).rejects.toMatchObject(
      { status: 404 },
    );
    expect(await put(stage, 'quanshan_leader', 'community', 'huayuan_clerk', ['2026-11-24.1'], 'huayuan')).toBe(1);
    await expect(rosterOf(stage, 'community', 'quanshan')).rejects.toMatchObject({ status: 404 });
    expect((await listChanges(db, `person:${stage.people.hotline.person_id}`)).map(({ act }) => act)).toEqual([
      'shift.remove',
      'shift.assign',
    ]);
  });

  test('last week fills what is empty of a week, holidays and people who left apart, and again does nothing', async ({
    world,
    db,
    clock,
  }) => {
    const stage = await makeStage(world);
    await put(stage, 'supervision', 'hotline', 'hotline', ['2026-11-23.2', '2026-11-27.3']);
    await put(stage, 'supervision', 'hotline', 'hotline2', ['2026-11-24.1', '2026-11-25.1']);
    await put(stage, 'supervision', 'hotline', 'hotline2', ['2026-12-01.1'], 'city');
    const roster = await rosterOf(stage, 'hotline');
    const copy = () => copyLastWeek(db, doing(stage, 'supervision'), roster, '2026-11-30');
    expect(await copy()).toBe(3);
    expect(await copy()).toBe(0);
    expect(await week(stage, '2026-11-30')).toEqual([
      '2026-11-30.2 hotline',
      '2026-12-01.1 hotline2',
      '2026-12-02.1 hotline2',
      '2026-12-04.3 hotline',
    ]);
    await db('posts').where({ id: stage.people.hotline2.post_id }).update({ valid_to: '2026-11-30' });
    clock.set('2026-12-01T10:00:00+08:00');
    expect(await copyLastWeek(db, doing(stage, 'supervision'), roster, '2026-12-07')).toBe(2);
  });
});

describe('who is on duty', () => {
  test('turns with the shifts, each once, whatever is run how often; what was set by hand stands until the roster speaks again', async ({
    world,
    db,
    clock,
  }) => {
    const stage = await makeStage(world);
    await put(stage, 'supervision', 'hotline', 'hotline', ['2026-11-23.1', '2026-11-24.1']);
    await put(stage, 'supervision', 'hotline', 'hotline2', ['2026-11-23.2']);
    clock.set('2026-11-23T15:59:00+08:00');
    expect(await turnShifts(db, clock())).toEqual({ on: 0, off: 0 });
    clock.set('2026-11-23T16:00:00+08:00');
    expect(await turnShifts(db, clock())).toEqual({ on: 1, off: 1 });
    expect(await turnShifts(db, clock())).toEqual({ on: 0, off: 0 });
    expect(await onDuty(stage, 'hotline', 'hotline2')).toEqual([false, true]);
    await db('posts').where({ id: stage.people.hotline.post_id }).update({ on_duty: true });
    await turnShifts(db, clock.addMinutes(60));
    expect(await onDuty(stage, 'hotline')).toEqual([true]);
    // Nothing ran for days: what was missed is made up for at once.
    clock.set('2026-11-27T12:00:00+08:00');
    await turnShifts(db, clock());
    expect(await onDuty(stage, 'hotline', 'hotline2')).toEqual([false, false]);
    expect(await db('shift_assignments').whereNull('turned_off_at')).toEqual([]);
  });

  test('a shift that was taken away in its midst is over', async ({ world }) => {
    const stage = await makeStage(world);
    await put(stage, 'supervision', 'hotline', 'hotline', ['2026-11-23.1']);
    expect(await onDuty(stage, 'hotline')).toEqual([true]);
    await put(stage, 'supervision', 'hotline', 'hotline', ['2026-11-23.1'], 'city', 'remove');
    expect(await onDuty(stage, 'hotline')).toEqual([false]);
  });

  test('being on call brings a community’s clerk on for the night, and leaves him afterwards as he was', async ({
    world,
    db,
    clock,
  }) => {
    const stage = await makeStage(world);
    await db('posts')
      .whereIn(
        'id',
        ['member1', 'member1b', 'huayuan_clerk', 'huayuan_secretary'].map((who) => stage.people[who as 'member1'].post_id),
      )
      .update({ on_duty: false });
    const scan = async () => {
      const number = await register(
        world,
        { author: 'appellant', now: clock() },
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
      return (await stage.orders(number)).at(-1)!.unit_id;
    };
    expect(await scan()).toBe(stage.units.quanshan.id);
    await put(stage, 'huayuan_secretary', 'community', 'huayuan_clerk', ['2026-11-23.1'], 'huayuan');
    expect(await scan()).toBe(stage.units.huayuan.id);
    clock.set('2026-11-24T08:00:00+08:00');
    await turnShifts(db, clock());
    expect(await scan()).toBe(stage.units.quanshan.id);
    await put(stage, 'huayuan_secretary', 'community', 'huayuan_secretary', ['2026-11-24.1'], 'huayuan');
    await setDuty(db, doing(stage, 'huayuan_clerk'), stage.people.huayuan_secretary.post_id, false);
    await turnShifts(db, clock.addMinutes(10));
    expect(await scan()).toBe(stage.units.quanshan.id);
  });

  test('of many processes that turn at once each shift is turned by one', async () => {
    const { world, clock, anotherDb } = await freshDb();
    const stage = await makeStage(world);
    await put(stage, 'supervision', 'hotline', 'hotline2', ['2026-11-23.2']);
    await put(stage, 'supervision', 'review', 'review', ['2026-11-23.2']);
    clock.set('2026-11-23T16:00:00+08:00');
    const turns = await Promise.all([world.db, anotherDb(), anotherDb(), anotherDb()].map((db) => turnShifts(db, clock())));
    expect(turns.reduce((sum, { on }) => sum + on, 0)).toBe(2);
    expect(await onDuty(stage, 'hotline2', 'review')).toEqual([true, true]);
  });

  test('stands at the head of the desk, with a word for whoever sits there off duty, who may act all the same', async ({
    world,
  }) => {
    const stage = await makeStage(world);
    await put(stage, 'supervision', 'review', 'review', ['2026-11-24.1']);
    await put(stage, 'supervision', 'dispatch', 'dispatch', ['2026-11-23.1']);
    await world.db('posts').where({ id: stage.people.review.post_id }).update({ on_duty: false });
    const app = createApp(world);
    const number = await stage.register('hotline');
    const review = await (await signIn(app, 'review')).get('/desks/review');
    expect(review.text).toContain('复核现在无人当班');
    expect(review.text).toContain('您现在不当班：仍可办理');
    expect(review.offers(`/appeals/${number}/accept`)).toBe(true);
    const dispatch = await (await signIn(app, 'dispatch')).get('/desks/dispatch');
    expect(dispatch.text).toContain('分派当班：dispatch（至 16:00）');
    expect(dispatch.text).not.toContain('您现在不当班');
    const now = await (await signIn(app, 'leader')).get('/shifts/now');
    expect(now.text).toContain('分派 08:00–16:00');
    expect(now.text).toContain('无人班次');
  });
});

test('a shift without anybody is called out: of every desk of the city, and of those below that keep a roster', async ({
  world,
  db,
  clock,
}) => {
  const stage = await makeStage(world);
  const empty = async () =>
    (await listEmptyShifts(db, clock())).map(({ desk, unit, on_day, part }) => `${desk} ${unit.name_en} ${on_day}.${part}`);
  const before = await empty();
  expect(before).toContain('hotline city 2026-11-23.1');
  expect(before).toContain('callback city 2026-11-24.1');
  expect(before.some((one) => one.startsWith('community'))).toBe(false);
  await put(stage, 'supervision', 'hotline', 'hotline', ['2026-11-23.1']);
  await put(stage, 'quanshan_leader', 'community', 'huayuan_clerk', ['2026-11-23.1'], 'huayuan');
  const after = await empty();
  expect(after).not.toContain('hotline city 2026-11-23.1');
  expect(after).toContain('community huayuan 2026-11-24.1');
  await db('posts').where({ id: stage.people.hotline.post_id }).update({ valid_to: '2026-11-22' });
  expect(await empty()).toContain('hotline city 2026-11-23.1');
});

describe('a swap', () => {
  async function staged(stage: Stage) {
    await put(stage, 'supervision', 'hotline', 'hotline', ['2026-11-24.1']);
    await put(stage, 'supervision', 'hotline', 'hotline2', ['2026-11-25.2']);
    const coming = await listComing(stage.world.db, 'hotline', stage.units.city.id, stage.world.clock(), new Date('2027-01-01'));
    return coming.map(({ id }) => id) as [number, number];
  }
  const openSwap = async (stage: Stage) => (await stage.world.db('shift_swaps').whereNull('answer').first())?.id ?? 0;

  test('is asked by one and holds when the other agrees, not before, and by nobody else', async ({ world, db }) => {
    const stage = await makeStage(world);
    const [mine, his] = await staged(stage);
    await expect(askSwap(db, doing(stage, 'hotline2'), mine, his)).rejects.toMatchObject({ detail: { give_id: 'not_found' } });
    await expect(askSwap(db, doing(stage, 'hotline'), mine, mine)).rejects.toMatchObject({ detail: { take_id: 'not_found' } });
    await askSwap(db, doing(stage, 'hotline'), mine, his);
    await expect(askSwap(db, doing(stage, 'hotline'), mine, his)).rejects.toMatchObject({ detail: { give_id: 'swap_open' } });
    const id = await openSwap(stage);
    await expect(answer(db, doing(stage, 'hotline'), id, 'accepted')).rejects.toMatchObject({ status: 404 });
    await expect(answer(db, doing(stage, 'supervision'), id, 'accepted')).rejects.toMatchObject({ status: 404 });
    expect(await week(stage, '2026-11-23')).toEqual(['2026-11-24.1 hotline', '2026-11-25.2 hotline2']);
    expect(await answer(db, doing(stage, 'hotline2'), id, 'accepted')).toBe('accepted');
    expect(await week(stage, '2026-11-23')).toEqual(['2026-11-24.1 hotline2', '2026-11-25.2 hotline']);
    await expect(answer(db, doing(stage, 'hotline2'), id, 'accepted')).rejects.toMatchObject({ status: 409 });
  });

  test('is void once one of the shifts has begun, and may be refused or taken back', async ({ world, db, clock }) => {
    const stage = await makeStage(world);
    const [mine, his] = await staged(stage);
    for (const said of ['refused', 'withdrawn'] as const) {
      await askSwap(db, doing(stage, 'hotline'), mine, his);
      expect(await answer(db, doing(stage, said === 'refused' ? 'hotline2' : 'hotline'), await openSwap(stage), said)).toBe(said);
    }
    await askSwap(db, doing(stage, 'hotline'), mine, his);
    clock.set('2026-11-24T09:00:00+08:00');
    expect(await answer(db, doing(stage, 'hotline2'), await openSwap(stage), 'accepted')).toBe('void');
    expect(await week(stage, '2026-11-23')).toEqual(['2026-11-24.1 hotline', '2026-11-25.2 hotline2']);
  });

  test('is told to whoever is asked, and its answer to whoever did not say it; the message leads to the roster', async ({
    world,
    db,
  }) => {
    const stage = await makeStage(world);
    const [mine, his] = await staged(stage);
    for (const said of ['refused', 'withdrawn', 'accepted'] as const) {
      await askSwap(db, doing(stage, 'hotline'), mine, his);
      await answer(db, doing(stage, said === 'withdrawn' ? 'hotline' : 'hotline2'), await openSwap(stage), said);
    }
    const inbox = async (who: PersonName) =>
      (await db('messages').where({ person_id: stage.people[who].person_id }).orderBy('id')).map(({ event }) => event);
    expect(await inbox('hotline2')).toEqual(['swap_asked', 'swap_asked', 'swap_withdrawn', 'swap_asked']);
    expect(await inbox('hotline')).toEqual(['swap_refused', 'swap_accepted']);
    const asked = await signIn(createApp(world), 'hotline2');
    expect((await asked.get('/messages')).text).toContain('有同事请您换班，请答复');
    const { id } = (await db('messages').where({ event: 'swap_asked' }).first())!;
    expect((await asked.post(`/messages/${id}/read`)).headers['location']).toBe('/shifts');
  });
});

describe('a hand-over note', () => {
  test('is written by whoever was on shift and taken over by somebody else of the desk, once', async ({ world, db, clock }) => {
    const stage = await makeStage(world);
    await put(stage, 'supervision', 'hotline', 'hotline', ['2026-11-23.1']);
    const roster = await rosterOf(stage, 'hotline');
    const write = (who: PersonName) => writeNote(db, doing(stage, who), roster, '三号线有杂音', ['20261123-0001']);
    await expect(write('hotline2')).rejects.toMatchObject({ code: 'no_shift' });
    clock.set('2026-11-23T18:00:00+08:00');
    await write('hotline');
    const { id } = (await db('handover_notes').first())!;
    await expect(acknowledge(db, doing(stage, 'hotline'), id)).rejects.toMatchObject({ status: 403 });
    await expect(acknowledge(db, doing(stage, 'review'), id)).rejects.toMatchObject({ status: 404 });
    await acknowledge(db, doing(stage, 'hotline2'), id);
    await expect(acknowledge(db, doing(stage, 'hotline2'), id)).rejects.toMatchObject({ status: 409 });
    clock.set('2026-11-24T04:01:00+08:00');
    await expect(write('hotline')).rejects.toMatchObject({ code: 'no_shift' });
  });
});

test('the pages: a week is ticked and assigned, copied, swapped and handed over in a browser', async ({ world, clock }) => {
  const stage = await makeStage(world);
  const app = createApp(world);
  const boss = await signIn(app, 'supervision');
  const page = await boss.get('/shifts?desk=hotline');
  expect(page.text).toContain('今后 48 小时有');
  const nothing = await page.send('/shifts/assign', { post_id: stage.people.hotline.post_id }, { press: '排班' });
  expect([nothing.status, nothing.text.includes('此项必填')]).toEqual([422, true]);
  const done = await page.send(
    '/shifts/assign',
    { post_id: stage.people.hotline.post_id, cells: ['2026-11-23.1', '2026-11-24.2'] },
    { press: '排班' },
  );
  expect(done.text).toContain('已更新 2 个班次');
  await done.send('/shifts/assign', { post_id: stage.people.hotline2.post_id, cells: ['2026-11-25.1'] }, { press: '排班' });
  const next = await (await boss.get('/shifts?desk=hotline&week=2026-11-30')).send('/shifts/copy');
  expect(next.text).toContain('已按上周补排 3 个班次');

  const agent = await signIn(app, 'hotline');
  const own = await agent.get('/shifts');
  expect(own.offers('/shifts/assign')).toBe(false);
  const form = own.form('/shifts/swaps');
  const [give] = form.fields.get('give_id')!.values.filter(Boolean);
  const [take] = form.fields.get('take_id')!.values.filter(Boolean);
  expect((await own.send('/shifts/swaps', { give_id: give!, take_id: take! })).text).toContain('已提出，等对方同意');
  const { id } = (await world.db('shift_swaps').first())!;
  const other = await signIn(app, 'hotline2');
  expect((await (await other.get('/shifts')).send(`/shifts/swaps/${id}/accept`)).text).toContain('已换班');

  const note = await (await agent.get('/shifts/handover')).send('/shifts/handover', { body: '三号线有杂音', appeals: '2026' });
  expect([note.status, note.text.includes('请填写诉求编号')]).toEqual([422, true]);
  const written = await note.send('/shifts/handover', { body: '三号线有杂音', appeals: '20261123-0001，20261123-0002' });
  expect(written.html).toContain('href="/appeals/20261123-0002"');
  clock.addMinutes(5);
  const taken = await (await other.get('/shifts/handover')).send(
    `/shifts/handover/${(await world.db('handover_notes').first())!.id}/acknowledge`,
  );
  expect(taken.text).toContain('hotline2 于');
  for (const [who, path] of [
    ['member1', '/shifts'],
    ['housing_clerk', '/shifts/now'],
    ['leader', '/shifts/handover'],
  ] as const)
    expect((await (await signIn(app, who)).raw(path)).status).toBe(404);
});
