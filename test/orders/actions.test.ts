import { expect } from 'vitest';
import { listTrail } from '../../src/trail/store.ts';
import { verify } from '../../src/trail/rules.ts';
import { test } from '../support/world.ts';
import { makeStage } from '../support/make.ts';

test('an appeal travels from the phone through review, dispatch, department, approval and callback to its close', async ({ db, world, clock }) => {
  const stage = await makeStage(world);
  clock.set('2026-11-23T10:00:00+08:00');
  const number = await stage.finished();
  expect((await stage.appeal(number)).status).toBe('pending_callback');
  await stage.act('callback', number, 'close', { level: 'satisfied', contacted: true, solved: true });
  const appeal = await stage.appeal(number);
  expect(appeal.status).toBe('closed');
  const trail = await listTrail(db, 'appeal', appeal.id);
  expect(trail.map((row) => row.act)).toEqual(['register', 'accept', 'dispatch', 'make', 'acknowledge', 'submit', 'approve', 'finish', 'close']);
  expect(verify(trail, { seq: appeal.trail_seq, hash: appeal.trail_hash })).toEqual({ ok: true, rows: 9 });
  expect(await db('clocks').where({ appeal_id: appeal.id }).whereNull('stopped_at')).toEqual([]);
});

test('from a grid an appeal climbs to its community, its town and the city', async ({ world }) => {
  const stage = await makeStage(world);
  const number = await stage.register('member1', { channel: 'app_snapshot', place_unit_id: stage.units.grid1.id });
  const climbs = [['member1', 'grid1'], ['huayuan_clerk', 'huayuan'], ['quanshan_clerk', 'quanshan']] as const;
  for (const [who, unit] of climbs) {
    const orders = await stage.orders(number);
    expect(orders.at(-1)).toMatchObject({ unit_id: stage.units[unit].id, status: 'pending_ack', role: 'lead' });
    await stage.order(who, number, 'escalate', { tried: '已现场劝导', needed: '需要部门执法' });
  }
  expect(await stage.appeal(number)).toMatchObject({ status: 'pending_review', lead_unit_id: null });
});
