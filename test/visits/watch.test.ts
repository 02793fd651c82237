import { describe, expect } from 'vitest';
import { createApp } from '../../src/app.ts';
import { listChanges } from '../../src/trail/store.ts';
import { purgeVisits } from '../../src/visits/actions/purge.ts';
import { closeWatch, doFollowUp, type Noted, noteWatch, readHealth } from '../../src/visits/actions/watch.ts';
import { findWatch, listFollowUps } from '../../src/visits/store/watch.ts';
import { signIn } from '../support/browser.ts';
import type { PersonName } from '../support/cast.ts';
import { makeStage, type Stage } from '../support/make.ts';
import { test } from '../support/world.ts';

let n = 0;
const doing = (stage: Stage, who: PersonName) => ({ author: stage.people[who], now: stage.world.clock() });
async function note(stage: Stage, who: PersonName, given: Partial<Noted> = {}): Promise<number> {
  const building = await stage.world.db('buildings').where({ code: 'B1' }).first('id');
  return noteWatch(stage.world, doing(stage, who), {
    situation: 'dispute',
    grid_id: stage.units.grid1.id,
    building_id: building!.id,
    room: '3单元502',
    event: '楼上漏水，两家争执',
    need: '请人调解',
    once: `once-${++n}`,
    ...given,
  });
}
const ill = { situation: 'bedridden', event: '中风卧床', need: '每周代买药' } as const;

describe('the watch register', () => {
  test('what is said of health stands sealed in a table of its own, and nowhere else', async ({ world, db }) => {
    const stage = await makeStage(world);
    const id = await note(stage, 'member1', ill);
    expect(await findWatch(db, id)).toMatchObject({ room: '', event: '', need: '', sealed: true });
    const sealed = (await db('watch_health').where({ watch_id: id }).first())!.text_sealed;
    expect(sealed).toMatch(/^v1\./);
    expect(Buffer.from(sealed.slice(3), 'base64url').toString('utf8')).not.toMatch(/中风|502|代买/);
    await closeWatch(world, doing(stage, 'huayuan_clerk'), id, '已康复');
    const { rows } = await db.raw(
      `select (select string_agg(w::text, ' ') from watch_records w) || (select string_agg(i.input::text, ' ') from trail_inputs i) as everything`,
    );
    expect(rows[0].everything).not.toMatch(/中风|3单元502|代买|康复/);
    expect(await readHealth(world, doing(stage, 'member1'), id, '回访前了解')).toEqual({
      room: '3单元502',
      event: '中风卧床',
      need: '每周代买药',
      outcome: '已康复',
    });
    // The database keeps it so, whoever writes.
    await expect(db('watch_records').where({ id }).update({ event: '中风' })).rejects.toThrow(/check/);
  });

  test('every reading of it takes a reason and is recorded, with who and when', async ({ world, db }) => {
    const stage = await makeStage(world);
    const id = await note(stage, 'member1', ill);
    const app = createApp(world);
    const clerk = await signIn(app, 'huayuan_secretary');
    const page = await clerk.get(`/watch/${id}`);
    expect(page.text).not.toContain('中风');
    const refused = await page.send(`/watch/${id}/read`, { reason: '看' });
    expect([refused.status, refused.text.includes('中风')]).toEqual([422, false]);
    const opened = await refused.send(`/watch/${id}/read`, { reason: '每周回访前了解照护需要' });
    expect(opened.text).toContain('中风卧床');
    expect((await listChanges(db, `watch:${id}`))[0]).toMatchObject({
      act: 'watch.read',
      person: 'huayuan_secretary',
      after: { reason: '每周回访前了解照护需要' },
    });
    expect((await (await signIn(app, 'audit')).get('/audit?act=watch.read')).text).toContain('每周回访前了解照护需要');
    for (const who of ['member2', 'jincheng_clerk', 'quanshan_leader', 'dispatch', 'sys'] as const) {
      const other = await signIn(app, who);
      expect([who, (await other.raw(`/watch/${id}`)).status]).toEqual([who, 404]);
      expect([who, (await other.post(`/watch/${id}/read`, { reason: '想看一看' })).status]).toEqual([who, 404]);
    }
    expect((await listChanges(db, `watch:${id}`)).filter(({ act }) => act === 'watch.read')).toHaveLength(1);
  });

  test('each situation brings what is to be done by when; the weekly visit comes again until the record is closed', async ({
    world,
    db,
    clock,
  }) => {
    const stage = await makeStage(world);
    const id = await note(stage, 'member1', ill);
    const steps = () => listFollowUps(db, id);
    expect((await steps()).map(({ step, due_at }) => [step, due_at.toISOString()])).toEqual([
      ['visit_ill', '2026-11-24T02:00:00.000Z'],
      ['offer_errands', '2026-11-24T02:00:00.000Z'],
      ['revisit', '2026-11-30T02:00:00.000Z'],
    ]);
    clock.set('2026-11-29T10:00:00+08:00');
    const revisit = (await steps())[2]!;
    await doFollowUp(db, doing(stage, 'member1'), id, revisit.id);
    await doFollowUp(db, doing(stage, 'member1'), id, revisit.id);
    expect(
      (await steps())
        .filter(({ step }) => step === 'revisit')
        .map(({ due_at, done_at }) => [due_at.toISOString(), done_at !== null]),
    ).toEqual([
      ['2026-11-30T02:00:00.000Z', true],
      ['2026-12-06T02:00:00.000Z', false],
    ]);
    await closeWatch(world, doing(stage, 'member1'), id, '已出院');
    await expect(doFollowUp(db, doing(stage, 'member1'), id, (await steps())[0]!.id)).rejects.toMatchObject({ status: 409 });
    await expect(closeWatch(world, doing(stage, 'member1'), id, '又')).rejects.toMatchObject({ status: 409 });
    const dispute = await listFollowUps(db, await note(stage, 'huayuan_clerk'));
    // Three working days after a Sunday: the close of office on Wednesday.
    expect(dispute[0]!.due_at.toISOString()).toBe('2026-12-02T09:30:00.000Z');
  });

  test('discontent keeps no name, and no place nearer than the building', async ({ world, db }) => {
    const stage = await makeStage(world);
    const id = await note(stage, 'member1', { situation: 'discontent', event: '停车位不够', need: '划线' });
    expect((await findWatch(db, id))!.room).toBe('');
    await expect(db('watch_records').where({ id }).update({ room: '502' })).rejects.toThrow(/check/);
  });

  test('the nightly purge takes discontent away whole, and of closed health records what was said', async ({
    world,
    db,
    clock,
  }) => {
    const stage = await makeStage(world);
    const discontent = await note(stage, 'member1', { situation: 'discontent', event: '停车位不够', need: '划线' });
    const health = await note(stage, 'member1', ill);
    const open_health = await note(stage, 'member1', ill);
    const dispute = await note(stage, 'member1');
    await closeWatch(world, doing(stage, 'member1'), health, '已康复');
    clock.set('2026-12-23T02:00:00+08:00');
    expect(await purgeVisits(db, clock())).toMatchObject({ discontent: 0, health: 0 });
    clock.set('2026-12-24T02:00:00+08:00');
    expect(await purgeVisits(db, clock())).toMatchObject({ discontent: 1, health: 0 });
    expect(await findWatch(db, discontent)).toBeUndefined();
    expect(await listFollowUps(db, discontent)).toEqual([]);
    clock.set('2027-05-24T02:00:00+08:00');
    expect(await purgeVisits(db, clock())).toMatchObject({ discontent: 0, health: 1 });
    expect(await findWatch(db, health)).toMatchObject({ sealed: false });
    expect(await findWatch(db, open_health)).toMatchObject({ sealed: true });
    expect(await findWatch(db, dispute)).toMatchObject({ event: '楼上漏水，两家争执' });
    await expect(readHealth(world, doing(stage, 'member1'), health, '再看一看')).rejects.toMatchObject({ status: 404 });
  });

  test('a form sent twice is one record, and only grids of the own reach take one', async ({ world, db }) => {
    const stage = await makeStage(world);
    const once = 'the-same-form';
    expect(await note(stage, 'member1', { once })).toBe(await note(stage, 'member1', { once }));
    expect(await db('watch_records')).toHaveLength(1);
    for (const who of ['member2', 'jincheng_clerk'] as const)
      await expect(note(stage, who), who).rejects.toMatchObject({ detail: { grid_id: 'not_yours' } });
  });
});

describe('pages of the register', () => {
  test('a member chooses the situation first, and then is asked only what belongs to it', async ({ world }) => {
    await makeStage(world);
    const browser = await signIn(createApp(world), 'member1');
    const first = await browser.get('/watch/new');
    const discontent = await first.send('/watch/new', { situation: 'discontent' });
    expect(discontent.form('/watch/new').fields.has('room')).toBe(false);
    const fields = [...discontent.form('/watch/new').fields.keys()];
    expect(fields.some((name) => /name|person/.test(name))).toBe(false);
    const incident = await first.send('/watch/new', { situation: 'emergency_incident' });
    expect(incident.text).toContain('先打 110、119、120');
    const [, building] = incident.form('/watch/new').fields.get('building_id')!.values;
    const refused = await incident.send('/watch/new', { building_id: building!, room: '2单元', event: '' });
    expect([refused.status, refused.form('/watch/new').fields.get('room')?.given]).toEqual([422, ['2单元']]);
    const kept = await refused.send('/watch/new', { event: '厨房起火，已扑灭' });
    expect(kept.text).toContain('告知镇街值班');
    expect(kept.text).toContain('厨房起火，已扑灭');
    const id = /\d+$/.exec(kept.path)![0];
    const step = kept.forms.find(({ action }) => action.startsWith(`/watch/${id}/follow-ups/`))!;
    expect((await kept.send(step.action)).text).toContain('member1 11-23 10:00');
    expect((await browser.get('/watch')).text).toContain('厨房起火');
    const closed = await (await browser.get(`/watch/${id}`)).send(`/watch/${id}/close`, { outcome: '无人受伤' });
    expect(closed.text).toContain('无人受伤');
    expect((await browser.get('/watch')).text).not.toContain('厨房起火');
    expect((await browser.get('/watch?closed=1&lang=en')).text).toContain('Sudden incident');
  });

  test('the community sees the follow-ups of its own grids, late ones counted', async ({ world, clock }) => {
    const stage = await makeStage(world);
    await note(stage, 'member1');
    clock.set('2026-11-30T10:00:00+08:00');
    const app = createApp(world);
    const page = await (await signIn(app, 'huayuan_clerk')).get('/watch');
    expect(page.text).toContain('有 1 件的后续事项超过了期限');
    expect(page.text).toContain('楼上漏水');
    expect((await (await signIn(app, 'jincheng_clerk')).get('/watch')).text).not.toContain('楼上漏水');
    expect((await (await signIn(app, 'member2')).get('/watch')).text).not.toContain('楼上漏水');
  });
});
