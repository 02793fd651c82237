import { expect, test } from 'vitest';
import { makeCatalogue } from '../../seeds/catalogue.ts';
import { buildCity } from '../../seeds/city.ts';
import { makeDirectory } from '../../seeds/directory.ts';
import { demoRulebook, loadCity } from '../../seeds/load_city.ts';
import { loadWhistles } from '../../seeds/whistles.ts';
import { demoUnits } from '../../src/people/rules.ts';
import { verifyTrail } from '../../src/trail/actions/verify.ts';
import { listTrail } from '../../src/trail/store.ts';
import { consultOverdue } from '../../src/whistles/actions/perform.ts';
import { type Act, actRule, statusAfter, statuses } from '../../src/whistles/rules.ts';
import { listCalled, listParts } from '../../src/whistles/store.ts';
import { freshDb } from '../support/world.ts';

test('the demo’s whistles could be the product’s own: every state, trails that verify and replay, nothing that the sweep would change', {
  timeout: 120_000,
}, async () => {
  const { db, world } = await freshDb({ statement_timeout: 0 });
  const now = world.clock();
  const directory = makeDirectory(buildCity());
  await db.transaction(async (trx) => {
    await loadCity(trx, directory, makeCatalogue(directory), now);
    await loadWhistles(trx, directory, demoRulebook(directory), now);
  });
  const whistles = await db('whistles').orderBy('id');
  expect(whistles.length).toBeGreaterThanOrEqual(59);
  expect(whistles.every(({ demo }) => demo)).toBe(true);
  expect(statuses.filter((status) => !whistles.some((whistle) => whistle.status === status))).toEqual([]);
  for (const whistle of whistles) {
    const trail = await listTrail(db, 'whistle', whistle.id);
    let status = trail[0]!.to_status;
    for (const row of trail.slice(1)) {
      expect(row.from_status).toBe(status);
      expect(row.to_status).toBe(statusAfter(status as never, row.act as Act));
      expect(row.person_id === null).toBe(actRule(row.act as Act).by === 'system');
      status = row.to_status;
    }
    expect([whistle.id, whistle.status]).toEqual([whistle.id, status]);
    const times = trail.map(({ happened_at }) => happened_at.getTime());
    expect([whistle.id, times]).toEqual([whistle.id, [...times].sort((a, b) => a - b)]);
    expect(times.at(-1)).toBeLessThanOrEqual(now.getTime());
  }
  expect(await verifyTrail(world)).toMatchObject({ ok: true });
  expect(await consultOverdue(db, now)).toEqual({ consulting: 0 });

  const tower = whistles.find(({ title }) => title.startsWith('金城大厦三期'))!;
  expect(tower).toMatchObject({ status: 'ended', kind: 'project', subject: 'project' });
  expect(tower.decision_number).toMatch(/工委/);
  const called = await listCalled(db, tower.id);
  expect(called.map(({ unit_id }) => directory.units[unit_id - 1]!.code).sort()).toEqual([
    'admin_approval',
    'housing_construction',
    'natural_resources',
  ]);
  expect(called.every(({ checked_in_at, check_in_due_at }) => checked_in_at! <= check_in_due_at!)).toBe(true);
  const parts = await listParts(db, tower.id);
  expect(parts.map(({ title }) => title).sort()).toEqual(['土地产权手续', '施工图审查', '施工许可'].sort());
  expect(parts.every(({ finished_at, due_on }) => finished_at !== null && due_on === tower.ends_on)).toBe(true);
  for (const one of called)
    expect(one).toMatchObject({ timeliness: 5, cooperation: 5, result: 5, necessity: 5, own_duty: false });
  expect(await db('consultations').where({ whistle_id: tower.id }).first()).toMatchObject({
    outsiders: expect.stringContaining('负责人'),
  });
  for (const code of [demoUnits.town, demoUnits.community]) {
    const unit_id = directory.byCode.get(code)!.id;
    const open = whistles.filter((whistle) => whistle.unit_id === unit_id && whistle.ended_at === null);
    expect(open.map(({ status }) => status)).toEqual(expect.arrayContaining(['pending_approval', 'in_consultation']));
  }
});
