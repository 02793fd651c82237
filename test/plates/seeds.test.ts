import { describe, expect, test } from 'vitest';
import { makeCatalogue } from '../../seeds/catalogue.ts';
import { buildCity } from '../../seeds/city.ts';
import { makeDirectory } from '../../seeds/directory.ts';
import { loadCity } from '../../seeds/load_city.ts';
import { demoHouseholdCode, demoPlateCode, loadPlates } from '../../seeds/plates.ts';
import { dayOf } from '../../src/core/clock.ts';
import { demoUnits } from '../../src/people/rules.ts';
import { hashHouseholdCode } from '../../src/plates/actions/codes.ts';
import { plateAddress, readPlate } from '../../src/plates/actions.ts';
import { findHousehold } from '../../src/plates/store/codes.ts';
import { countPlates, type PlateCounts } from '../../src/plates/store/places.ts';
import { freshDb } from '../support/world.ts';

describe('the plates of the demo city', () => {
  test('hang nearly everywhere, with work for every figure; codes can be computed, and households review', async () => {
    const { db, world, clock } = await freshDb({ statement_timeout: 0 });
    const directory = makeDirectory(buildCity());
    const { data_key } = world.config;
    await db.transaction(async (trx) => {
      await loadCity(trx, directory, makeCatalogue(directory), clock());
      await loadPlates(trx, directory, data_key, clock());
    });
    const question = { under_path: '/', today: dayOf(clock()), hotline: '12345' };
    const counts: PlateCounts = await countPlates(db, question);
    expect(counts.places).toBe(1512 + 357);
    expect(counts.plates).toBeGreaterThan(1800);
    for (const matter of ['no_plate', 'to_print', 'never_scanned', 'damaged'] as const) {
      expect(counts[matter], matter).toBeGreaterThan(5);
      expect(counts[matter], matter).toBeLessThan(400);
    }
    const link = plateAddress(world, demoPlateCode(data_key, 'building/1')).split('/q/')[1]!;
    expect(await readPlate(world, db, link)).toMatchObject({ building_id: 1, revoked: false });
    const own = directory.buildings.find(({ unit }) => unit.code === demoUnits.grid)!;
    const code = demoHouseholdCode(data_key, own.id, '101');
    expect(await findHousehold(db, hashHouseholdCode(data_key, code), question.today)).toMatchObject({ building_id: own.id });
    expect((await db('household_codes')).length).toBeGreaterThan(300);
    expect((await db('member_reviews')).length).toBeGreaterThan(200);
  }, 60_000);
});
