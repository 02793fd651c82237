import { expect } from 'vitest';
import { makeStage } from '../support/make.ts';
import { test } from '../support/world.ts';

/** The database is the second guard: what the actions refuse, it refuses as well. */

test('an appeal has at most one lead order that is still open', async ({ db, world }) => {
  const stage = await makeStage(world);
  const [order] = await stage.orders(await stage.dispatched());
  const { id, ...copy } = order!;
  await expect(
    db.transaction((trx) => trx('work_orders').insert({ ...copy, unit_id: stage.units.works.id } as never)),
  ).rejects.toMatchObject({ code: '23505', constraint: 'one_live_lead' });
  await db('work_orders').where({ id }).update({ status: 'returned' });
  await db('work_orders').insert({ ...copy, unit_id: stage.units.works.id } as never);
});

test('of each kind one clock runs on a subject', async ({ db, world }) => {
  const stage = await makeStage(world);
  const number = await stage.register('hotline');
  const { id, ...clock } = (await stage.clock(number, 'review'))!;
  const again = { ...clock, paused_spans: '[]' } as never;
  await expect(db.transaction((trx) => trx('clocks').insert(again))).rejects.toMatchObject({
    code: '23505',
    constraint: 'one_running_clock',
  });
  await db('clocks').where({ id }).update({ stopped_at: world.clock() });
  await db('clocks').insert(again);
});

test('nobody rules on his own return, or proposes and confirms the same termination', async ({ db, world }) => {
  const stage = await makeStage(world);
  const number = await stage.dispatched();
  await stage.order('housing_clerk', number, 'request_return', { reason: '不是', category_code: '0208' });
  const { person_id } = stage.people.housing_clerk;
  await expect(db.transaction((trx) => trx('work_order_returns').update({ ruled_by: person_id }))).rejects.toMatchObject({
    code: '23514',
  });
  const other = await stage.dispatched();
  await stage.order('housing_clerk', other, 'acknowledge', {});
  await stage.order('housing_clerk', other, 'request_termination', { decline_reason: 'unlawful', request: '请' });
  await expect(db.transaction((trx) => trx('terminations').update({ proposed_by: person_id }))).rejects.toMatchObject({
    code: '23514',
  });
  await expect(
    db.transaction((trx) =>
      trx('terminations').update({
        proposed_by: stage.people.supervision.person_id,
        confirmed_by: stage.people.supervision.person_id,
      }),
    ),
  ).rejects.toMatchObject({ code: '23514' });
});

test('a round is rated once, a part has a parent, a merged appeal a target other than itself, a declined one its reason', async ({
  db,
  world,
}) => {
  const stage = await makeStage(world);
  const number = await stage.finished();
  await stage.appellant(number, 'rate', { level: 'basic', contacted: true, solved: true });
  const { id: _, ...evaluation } = (await db('evaluations').first())!;
  await expect(db.transaction((trx) => trx('evaluations').insert(evaluation as never))).rejects.toMatchObject({ code: '23505' });
  const { id } = await stage.appeal(number);
  for (const changes of [
    { status: 'merged' },
    { status: 'merged', merged_into_id: id },
    { status: 'declined' },
    { status: 'vanished' },
  ]) {
    await expect(
      db.transaction((trx) =>
        trx('appeals')
          .where({ id })
          .update(changes as never),
      ),
      JSON.stringify(changes),
    ).rejects.toMatchObject({ code: '23514' });
  }
  for (const changes of [{ role: 'part' }, { outcome: 'promised' }]) {
    await expect(
      db.transaction((trx) =>
        trx('work_orders')
          .where({ appeal_id: id })
          .update(changes as never),
      ),
      JSON.stringify(changes),
    ).rejects.toMatchObject({ code: '23514' });
  }
});
