import { expect, test } from 'vitest';
import { verify } from '../../src/trail/rules.ts';
import { listTrail } from '../../src/trail/store.ts';
import { consultOverdue } from '../../src/whistles/actions/perform.ts';
import { race } from '../support/races.ts';
import { freshDb } from '../support/world.ts';
import { come, makeWhistles, type WhistleStage } from './stage.ts';

async function whole(stage: WhistleStage, id: number): Promise<string[]> {
  const { trail_seq, trail_hash } = await stage.whistle(id);
  const trail = await listTrail(stage.world.db, 'whistle', id);
  expect(verify(trail, { seq: trail_seq, hash: trail_hash })).toEqual({ ok: true, rows: trail.length });
  return trail.map(({ act }) => act);
}

test('two units check in at once: both are there, and the last answer moves the whistle on once', async () => {
  const { world } = await freshDb();
  const stage = await makeWhistles(world);
  const { housing, heating } = stage.units;
  for (let round = 0; round < 5; round++) {
    const id = await stage.issue({ unit_ids: [housing.id, heating.id] });
    const won = await race(
      () => stage.do('housing_clerk', id, 'check_in', come),
      () => stage.do('heating_clerk', id, 'check_in', come),
    );
    expect(won).toEqual([true, true]);
    expect((await stage.whistle(id)).status).toBe('in_consultation');
    expect((await whole(stage, id)).filter((act) => act === 'consult')).toHaveLength(1);
  }
});

test('clerk and leader of a unit check in at once: it is there once, and the other is told', async () => {
  const { world, db } = await freshDb();
  const stage = await makeWhistles(world);
  const id = await stage.issue();
  const won = await race(
    () => stage.do('housing_clerk', id, 'check_in', come),
    () => stage.do('housing_leader', id, 'check_in', come),
  );
  expect(won.filter(Boolean)).toHaveLength(1);
  expect(await db('whistle_check_ins')).toHaveLength(1);
  await whole(stage, id);
});

test('the last check-in and the sweep of two processes at once: the consultation begins once', async () => {
  const { world, clock, anotherDb } = await freshDb();
  const stage = await makeWhistles(world);
  const other = anotherDb();
  const { housing } = stage.units;
  const id = await stage.issue({ kind: 'emergency', unit_ids: [housing.id] });
  clock.addMinutes(31);
  const won = await race(
    () => consultOverdue(other, clock()),
    () => stage.do('housing_clerk', id, 'check_in', come),
    () => consultOverdue(world.db, clock()),
  );
  expect(won).toEqual([true, true, true]);
  expect((await whole(stage, id)).filter((act) => act === 'consult')).toHaveLength(1);
});
