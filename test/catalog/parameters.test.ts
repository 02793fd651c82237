import { describe, expect } from 'vitest';
import { createApp } from '../../src/app.ts';
import {
  applyDueParameters,
  confirmParameter,
  currentOf,
  type ParameterValue,
  proposeParameter,
  rejectParameter,
  withdrawParameter,
} from '../../src/catalog/actions/parameters.ts';
import { rulebook } from '../../src/catalog/actions.ts';
import { minutes, type ParameterKey, parameterDefaults, workingDays } from '../../src/catalog/rules.ts';
import { saveMoves } from '../../src/orders/actions/recompute.ts';
import { versionOf } from '../../src/trail/actions/change.ts';
import { verify } from '../../src/trail/rules.ts';
import { listChanges, listTrail } from '../../src/trail/store.ts';
import { signIn } from '../support/browser.ts';
import type { PersonName } from '../support/cast.ts';
import { makeStage, type Stage } from '../support/make.ts';
import { test } from '../support/world.ts';

const local = (at: Date | null) => at && new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');

function keeping({ world, people }: Stage) {
  const { db } = world;
  const doing = (who: PersonName) => ({ author: people[who], now: world.clock() });
  return {
    doing,
    propose: async (
      key: ParameterKey,
      value: ParameterValue | null,
      more: { valid_from?: Date; late_too?: boolean } = {},
    ): Promise<number> => {
      const current = currentOf(key, await db('parameters').where({ key }).first());
      const proposal = { value, reason: '试行', valid_from: null, late_too: false, ...more };
      return (await proposeParameter(db, doing('sys'), key, versionOf(current), proposal))!;
    },
    confirm: (id: number, who: PersonName = 'sec') => confirmParameter(db, doing(who), id, saveMoves),
  };
}

describe('a parameter', () => {
  test('is changed by two people of different posts, and holds from the confirmation on; every version stays', async ({
    db,
    world,
  }) => {
    const stage = await makeStage(world);
    const { propose, confirm } = keeping(stage);
    const key = 'limit.review';
    const first = await propose(key, minutes(45));
    expect((await rulebook(db)).parameters[key]).toEqual(minutes(30));
    await confirm(first);
    expect((await rulebook(db)).parameters[key]).toEqual(minutes(45));
    const second = await propose(key, null);
    await confirm(second);
    expect((await rulebook(db)).parameters[key]).toEqual(parameterDefaults[key]);
    const { sys, sec } = stage.people;
    expect(await db('parameter_changes').orderBy('id')).toMatchObject([
      { before: minutes(30), value: minutes(45), proposed_by: sys.person_id, decided_by: sec.person_id, decision: 'confirmed' },
      { before: minutes(45), value: null, proposed_by: sys.person_id, decided_by: sec.person_id, decision: 'confirmed' },
    ]);
    expect((await listChanges(db, `parameter:${key}`)).map(({ act, after }) => [act, after?.['value']])).toEqual([
      ['parameter.confirm', minutes(30)],
      ['parameter.propose', minutes(30)],
      ['parameter.confirm', minutes(45)],
      ['parameter.propose', minutes(45)],
    ]);
  });

  test('is never confirmed by who proposed it, in whatever post, nor by another of his post; the database says so too', async ({
    db,
    world,
  }) => {
    const stage = await makeStage(world);
    const { propose, confirm, doing } = keeping(stage);
    const id = await propose('callback.attempts', 4);
    await expect(confirm(id, 'sys')).rejects.toMatchObject({ status: 403 });
    const { person_id } = stage.people.sys;
    const twice = { author: { ...stage.people.sec, person_id }, now: world.clock() };
    await expect(confirmParameter(db, twice, id, saveMoves)).rejects.toMatchObject({ status: 403, code: 'own_change' });
    const by = { decision: 'confirmed', decided_at: world.clock() } as const;
    for (const wrong of [
      { ...by, decided_by: person_id, decided_post: 'sec_admin' as const },
      { ...by, decided_by: stage.people.sec.person_id, decided_post: 'sys_admin' as const },
    ])
      await expect(db.transaction((trx) => trx('parameter_changes').update(wrong))).rejects.toMatchObject({ code: '23514' });
    for (const who of ['audit', 'dispatch', 'leader'] as const)
      await expect(confirm(id, who), who).rejects.toMatchObject({ status: 403 });
    await rejectParameter(db, doing('sec'), id);
    await expect(confirm(id)).rejects.toMatchObject({ status: 409 });
    expect((await rulebook(db)).parameters['callback.attempts']).toBe(3);
  });

  test('waits for one version at a time, made from the value that holds; the proposer may take it back', async ({
    db,
    world,
  }) => {
    const stage = await makeStage(world);
    const { propose, doing } = keeping(stage);
    const id = await propose('callback.attempts', 4);
    await expect(propose('callback.attempts', 5)).rejects.toMatchObject({ status: 409, code: 'change_open' });
    await withdrawParameter(db, doing('sys'), id);
    await propose('callback.attempts', 5);
    const proposal = { value: 6, reason: '试', valid_from: null, late_too: false };
    await expect(
      proposeParameter(db, doing('sys'), 'reopen.within_days', versionOf({ value: 1 }), proposal),
    ).rejects.toMatchObject({ status: 409, code: 'changed_meanwhile' });
    expect(
      await proposeParameter(db, doing('sys'), 'reopen.within_days', versionOf({ value: 90 }), { ...proposal, value: 90 }),
    ).toBeNull();
  });

  test('may be confirmed for a later moment, and a job puts it in force then, once', async ({ clock, db, world }) => {
    const stage = await makeStage(world);
    const { propose, confirm } = keeping(stage);
    const valid_from = new Date('2026-12-01T00:00:00+08:00');
    await expect(propose('callback.attempts', 4, { valid_from: world.clock() })).rejects.toMatchObject({
      detail: { valid_from: 'in_the_past' },
    });
    await confirm(await propose('callback.attempts', 4, { valid_from }));
    expect(await applyDueParameters(db, world.clock(), saveMoves)).toBe(0);
    expect((await rulebook(db)).parameters['callback.attempts']).toBe(3);
    await expect(propose('callback.attempts', 5)).rejects.toMatchObject({ code: 'change_open' });
    clock.set('2026-12-01T00:00:00+08:00');
    expect([
      await applyDueParameters(db, world.clock(), saveMoves),
      await applyDueParameters(db, world.clock(), saveMoves),
    ]).toEqual([1, 0]);
    expect((await rulebook(db)).parameters['callback.attempts']).toBe(4);
  });

  test('out of its range is refused: grids, office hours, and the counted version of the calendar', async ({ world }) => {
    const stage = await makeStage(world);
    const { propose, confirm } = keeping(stage);
    await expect(propose('grid.households_min', 401)).rejects.toMatchObject({ detail: { value: 'too_large:400' } });
    await expect(propose('grid.households_max', 299)).rejects.toMatchObject({ detail: { value: 'too_small:300' } });
    await expect(propose('calendar.version', 7)).rejects.toMatchObject({ status: 404 });
    const hours = (am: [number, number]) => propose('calendar.seasons', [{ from: '01-01', am, pm: [840, 1050] }]);
    await expect(hours([720, 510])).rejects.toMatchObject({ detail: { value: 'not_office_hours' } });
    await confirm(await hours([540, 720]));
    expect((await rulebook(world.db)).calendar).toMatchObject({ version: 2 });
  });
});

describe('a limit that is changed', () => {
  test('moves the running clocks that count by it, with their copies and a row in the trail, and no other', async ({
    db,
    world,
  }) => {
    const stage = await makeStage(world);
    const { propose, confirm } = keeping(stage);
    const number = await stage.dispatched();
    const other = await stage.dispatched({ priority: 'complex' });
    const named = await stage.dispatched();
    await stage.order('housing_clerk', named, 'acknowledge', {});
    const { id } = await stage.orderOf(named, 'housing');
    await stage.order('housing_clerk', named, 'request_extension', { extend_to: '2026-12-03', reason: '等' });
    await stage.order('supervision', named, 'grant_extension', { ruling: '好' }, id);
    await confirm(await propose('limit.general.handle', workingDays(3)));
    const due = async (of: string) => {
      const [appeal, order] = [await stage.appeal(of), await stage.orderOf(of, 'housing')];
      const clock = await stage.clock(of, 'handle', order.id);
      return [appeal.due_at, order.due_at, clock!.due_at].map(local);
    };
    expect(await due(number)).toEqual(Array(3).fill('2026-11-26 17:30'));
    expect(await due(other)).toEqual(Array(3).fill('2026-12-14 17:30'));
    expect(await due(named)).toEqual(Array(3).fill('2026-12-03 17:30'));
    const appeal = await stage.appeal(number);
    const trail = await listTrail(db, 'appeal', appeal.id);
    expect(trail.at(-1)).toMatchObject({
      act: 'recompute',
      post: 'system',
      input: { kind: 'handle', thing: 'parameter:limit.general.handle' },
    });
    expect(verify(trail, { seq: appeal.trail_seq, hash: appeal.trail_hash })).toMatchObject({ ok: true });
    expect(await stage.acts(other)).not.toContain('recompute');
    const page = await (await signIn(createApp(world), 'housing_clerk')).get(`/appeals/${number}`);
    expect(page.text).toContain('重算时限');
  });

  test('leaves late what is late, unless that is meant', async ({ clock, world }) => {
    const stage = await makeStage(world);
    const { propose, confirm } = keeping(stage);
    const number = await stage.dispatched();
    const { due_at } = await stage.appeal(number);
    clock.set('2026-12-01T10:00:00+08:00');
    await confirm(await propose('limit.general.handle', workingDays(10)));
    expect((await stage.appeal(number)).due_at).toEqual(due_at);
    await confirm(await propose('limit.general.handle', workingDays(5)));
    await confirm(await propose('limit.general.handle', workingDays(12), { late_too: true }));
    expect(local((await stage.appeal(number)).due_at)).toBe('2026-12-09 17:30');
  });
});

describe('the pages', () => {
  test('who proposes sees what would move; who confirms sees it again and puts it in force; history tells both', async ({
    world,
  }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    const app = createApp(world);
    const action = '/parameters/limit.general.handle/edit';
    const sys = await signIn(app, 'sys');
    const refused = await (await sys.get(action)).send(action, { value: 1, unit: 'working_days' });
    expect([refused.status, refused.text]).toEqual([422, expect.stringContaining('此项必填')]);
    const proposed = await refused.send(action, { value: 1, reason: '专项整治期间从严' });
    expect(proposed.text).toContain('1 个在走的时限会改变到期时间');
    expect(proposed.text).toContain(number);
    expect(proposed.text).toContain('2026-11-24 17:30');
    expect(proposed.text).not.toContain('确认修改');
    expect((await sys.get('/parameters')).text).toContain('待确认');
    const sec = await signIn(app, 'sec');
    const list = await sec.get('/parameters');
    const [, id] = /\/parameters\/changes\/(\d+)/.exec(list.html)!;
    const confirmed = await (await sec.get(`/parameters/changes/${id}`)).send(`/parameters/changes/${id}/confirm`);
    expect(confirmed.text).toContain('已生效');
    expect(local((await stage.appeal(number)).due_at)).toBe('2026-11-24 17:30');
    const history = await sec.get('/parameters/history?key=limit.general.handle');
    expect(history.text).toContain('5 个工作日');
    expect(history.text).toContain('专项整治期间从严');
  });
});
