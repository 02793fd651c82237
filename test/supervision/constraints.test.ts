import { expect } from 'vitest';
import { makeStage } from '../support/make.ts';
import { test } from '../support/world.ts';

/** The database is the second guard: what the actions refuse, it refuses as well. */

test('one open order a work order, numbered once; nobody judges his own reply; minutes come after the talk', async ({
  db,
  world,
}) => {
  const stage = await makeStage(world);
  const number = await stage.dispatched();
  await stage.order('supervision', number, 'supervise', { demand: '说明原因', skip_reason: '紧急' });
  const { id, further, ...copy } = (await db('supervision_orders').first())!;
  const refused = (work: Promise<unknown>, code: string) => expect(work).rejects.toMatchObject({ code });
  const apart = (work: (trx: typeof db) => Promise<unknown>) => db.transaction((trx) => work(trx));
  await refused(
    apart((trx) => trx('supervision_orders').insert({ ...copy, number: 'DB-2026-0099' } as never)),
    '23505',
  );
  await refused(
    apart((trx) => trx('supervision_orders').insert({ ...copy, ended_at: world.clock() } as never)),
    '23505',
  );
  await refused(
    apart((trx) => trx('supervision_orders').where({ id }).update({ number: '12' })),
    '23514',
  );
  await refused(
    apart((trx) => trx('supervision_orders').where({ id }).update({ level: 'listed', skip_reason: null })),
    '23514',
  );
  await refused(
    apart((trx) => trx('supervision_orders').where({ id }).update({ accepted_at: world.clock() })),
    '23514',
  );
  const person = stage.people.housing_clerk.person_id;
  await refused(
    apart((trx) =>
      trx('supervision_replies').insert({
        supervision_order_id: id,
        reply: '是',
        replied_by: person,
        replied_at: world.clock(),
        decision: 'accepted',
        decided_by: person,
        decided_at: world.clock(),
      } as never),
    ),
    '23514',
  );
  await refused(
    apart((trx) =>
      trx('supervision_talks').insert({
        supervision_order_id: id,
        talk_at: new Date('2026-12-01T10:00+08:00'),
        place: '会议室',
        reason: '超时',
        called_by: person,
        called_at: world.clock(),
        attended: '局长',
        minutes: '记录',
        minuted_by: person,
        minuted_at: world.clock(),
      } as never),
    ),
    '23514',
  );
  expect(further).toEqual([]);
});

test('no red card before the time has passed; one card of a colour for a due time', async ({ db, world }) => {
  const stage = await makeStage(world);
  const number = await stage.dispatched();
  const clock = (await stage.clock(number, 'handle', (await stage.orderOf(number, 'housing')).id))!;
  const card = { clock_id: clock.id, due_at: clock.due_at, unit_id: stage.units.housing.id, issued_at: world.clock() };
  const insert = (color: string) => db.transaction((trx) => trx('alert_cards').insert({ ...card, color } as never));
  await expect(insert('red')).rejects.toMatchObject({ constraint: 'red_when_it_has_passed' });
  await insert('yellow');
  await expect(insert('yellow')).rejects.toMatchObject({ constraint: 'one_card_of_a_color' });
});

test('tracked once at a time; by hand, and struck off by hand, with a reason', async ({ db, world }) => {
  const stage = await makeStage(world);
  const { id: appeal_id } = await stage.appeal(await stage.dispatched());
  const insert = (row: object) =>
    db.transaction((trx) =>
      trx('key_tracking_items').insert({ appeal_id, reason: 'long_open', opened_at: world.clock(), ...row } as never),
    );
  await expect(insert({ reason: 'by_hand' })).rejects.toMatchObject({ constraint: 'by_hand_with_a_reason' });
  await insert({});
  await expect(insert({})).rejects.toMatchObject({ constraint: 'one_open_tracking' });
  await expect(
    db.transaction((trx) =>
      trx('key_tracking_items').update({ solved_at: world.clock(), solved_by: stage.people.supervision.person_id }),
    ),
  ).rejects.toMatchObject({ constraint: 'solved_by_hand_with_a_reason' });
});
