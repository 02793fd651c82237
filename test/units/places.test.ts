import { describe, expect } from 'vitest';
import type { Db } from '../../src/core/db.ts';
import { buildingSearch, unitSearch } from '../../src/units/rules.ts';
import { findPlace, listPlaces, listUnitChoices, pickUnit } from '../../src/units/store/places.ts';
import { type Cast, makeCast } from '../support/cast.ts';
import { test } from '../support/world.ts';

const today = '2026-11-23';

async function city(db: Db): Promise<Cast> {
  const cast = await makeCast(db);
  for (const unit of Object.values(cast.units))
    await db('units')
      .where({ id: unit.id })
      .update({ search: unitSearch({ name_zh: unit.name, short_zh: unit.name, name_en: unit.kind }) });
  const building = (code: string, estate: string, name: string, grid_id: number) => {
    const named = { estate, name, address: `泉山街道府前路8号${estate}${name}` };
    return { code, grid_id, ...named, storeys: 6, households: 40, search: buildingSearch(named), valid_from: '2020-01-01' };
  };
  await db('buildings').insert([
    building('B2', '花样世庆', '2号楼', cast.units.grid1.id),
    building('B10', '花样世庆', '10号楼', cast.units.grid1.id),
    building('B11', '金泰花苑', '1号楼', cast.units.grid3.id),
  ] as never[]);
  return cast;
}
const labels = (found: readonly { label: string }[]) => found.map(({ label }) => label);

describe('places', () => {
  test('initials find the area whose initials they are before everything that merely begins with them', async ({ db }) => {
    const { units } = await city(db);
    const found = await listPlaces(db, 'hysq', today, 'zh');
    expect(found[0]).toEqual({ value: `unit:${units.huayuan.id}`, label: '花园社区', note: '泉山街道' });
    expect(labels(found)).toContain('花样世庆2号楼');
    // Buildings before grids, in the order of their numbers.
    expect(labels(found).slice(0, 3)).toEqual(['花园社区', '花样世庆2号楼', '花样世庆10号楼']);
    expect(labels(found)).toContain('花园社区第1网格');
  });

  test('Chinese, pinyin, several words and an address find a building, told with the areas above it', async ({ db }) => {
    await city(db);
    for (const typed of ['金泰花苑', 'jintaihuayuan', 'jthy1', '花苑 1号楼', '府前路 金泰']) {
      expect(await listPlaces(db, typed, today, 'zh'), typed).toEqual([
        expect.objectContaining({ label: '金泰花苑1号楼', note: '泉山街道 › 金城社区 › 金城社区第1网格' }),
      ]);
    }
  });

  test('wildcards are taken as they are typed, and nothing finds nothing', async ({ db }) => {
    await city(db);
    for (const typed of ['%', '_', '\\', '', '   ', 'xxxx']) expect(await listPlaces(db, typed, today, 'zh'), typed).toEqual([]);
  });

  test('at most twelve, no departments, nothing that has ended', async ({ db }) => {
    const { units } = await city(db);
    await db('units').where({ id: units.market.id }).update({ valid_to: '2026-11-22' });
    const found = await listPlaces(db, 'h', today, 'zh');
    expect(found.length).toBeLessThanOrEqual(12);
    expect(labels(await listPlaces(db, '市场', today, 'zh'))).toEqual([]);
    expect(labels(await listPlaces(db, '热力', today, 'zh'))).toEqual([]);
  });

  test('a place chosen in a form leads to its unit, building and everything above', async ({ db }) => {
    const { units } = await city(db);
    const building = (await db('buildings').where({ code: 'B11' }).first())!;
    expect(await findPlace(db, `building:${building.id}`, today)).toMatchObject({
      building_id: building.id,
      place_unit_id: units.grid3.id,
      label: '金泰花苑1号楼',
      address: building.address,
    });
    const place = await findPlace(db, `unit:${units.grid1.id}`, today);
    expect(place?.above.map(({ kind }) => kind)).toEqual(['city', 'town', 'community', 'grid']);
    for (const value of [
      '',
      'unit:0',
      'unit:99999999',
      'grid:1',
      `unit:${units.housing.id}`,
      'building:1;drop',
      `unit:${'9'.repeat(30)}`,
    ]) {
      expect(await findPlace(db, value, today), value).toBeUndefined();
    }
  });
});

describe('search fields for units', () => {
  test('kinds and an area narrow them', async ({ db }) => {
    const { units } = await city(db);
    expect(labels(await listUnitChoices(db, { q: 'rl', kinds: ['department'] }, today, 'zh'))).toEqual(['市热力有限公司']);
    expect(
      labels(await listUnitChoices(db, { q: '社区', kinds: ['community'], under_path: units.huayuan.path }, today, 'zh')),
    ).toEqual(['花园社区']);
  });

  test('without a script a changed text counts, not the number that stood there before', async ({ db }) => {
    const { units } = await city(db);
    const ask = { kinds: ['community', 'town'] as const };
    const pick = (id: number | null, text: string | null) => pickUnit(db, { id, text }, ask, today, 'zh');
    expect(await pick(units.huayuan.id, '花园社区')).toMatchObject({ unit: { id: units.huayuan.id } });
    expect(await pick(units.huayuan.id, 'jcsq')).toMatchObject({ unit: { id: units.jincheng.id } });
    expect(await pick(units.huayuan.id, '社区')).toMatchObject({ unit: { id: units.huayuan.id } });
    expect(await pick(null, '社区')).toMatchObject({ choices: [{ label: '花园社区' }, { label: '金城社区' }] });
    expect(await pick(null, '没有这个')).toEqual({ choices: [] });
    expect(await pick(units.housing.id, '')).toEqual({ unit: null });
    expect(await pick(units.housing.id, '市住房和城乡建设局')).toEqual({ choices: [] });
  });
});
