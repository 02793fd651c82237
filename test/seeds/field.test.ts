import { expect } from 'vitest';
import { makeCatalogue } from '../../seeds/catalogue.ts';
import { buildCity } from '../../seeds/city.ts';
import { makeDirectory } from '../../seeds/directory.ts';
import { loadField } from '../../seeds/field.ts';
import { demoRulebook, loadCity } from '../../seeds/load_city.ts';
import { open } from '../../src/core/seal.ts';
import { purgeVisits } from '../../src/visits/actions/purge.ts';
import { turnSubstitutes } from '../../src/visits/actions/substitute.ts';
import { periodStart } from '../../src/visits/rules.ts';
import { countDuties } from '../../src/visits/store/duties.ts';
import { countField } from '../../src/visits/store/field.ts';
import { freshDb, test } from '../support/world.ts';

test('the demo’s months in the grids could be the product’s own: within every constraint, with nothing that a job would change', {
  timeout: 120_000,
}, async () => {
  const { db, world } = await freshDb({ statement_timeout: 0 });
  const now = world.clock();
  const directory = makeDirectory(buildCity());
  await db.transaction(async (trx) => {
    await loadCity(trx, directory, makeCatalogue(directory), now);
    await loadField(trx, directory, demoRulebook(directory), world.config.data_key, now);
  });
  const today = '2026-11-23';
  const counts = await countField(db, { under_path: '/', today, month_from: periodStart('month', today) });
  expect(counts.members).toBe(945);
  expect(counts.households).toBeGreaterThan(10_000);
  const duties = await countDuties(db, '/', '2026-11');
  expect(duties).toHaveLength(70);
  expect(new Set(duties.map(({ category_code }) => category_code)).size).toBe(9);
  expect(new Set(duties.flatMap(({ department_zh }) => department_zh ?? [])).size).toBe(14);
  expect(duties.every(({ entries }) => entries > 0)).toBe(true);
  const health = await db('watch_health').limit(20);
  for (const { text_sealed } of health) expect(JSON.parse(open(world.config.data_key, text_sealed)).event).not.toBe('');
  for (const table of ['visits', 'watch_records', 'duty_entries', 'substitutes'])
    expect([table, await db(table).where({ demo: false })]).toEqual([table, []]);
  expect(await db('visits').where('finished_at', '>', now)).toEqual([]);
  expect(await purgeVisits(db, now)).toEqual({ positions: 0, discontent: 0, health: 0 });
  expect(await turnSubstitutes(world, now)).toEqual({ taken: 0, returned: 0 });
  expect(await db('substitutes').where('valid_to', '>=', today)).toHaveLength(1);
});
