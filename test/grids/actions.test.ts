import { describe, expect } from 'vitest';
import { createBuilding, editBuilding, editGrid } from '../../src/grids/actions.ts';
import { findBuilding } from '../../src/grids/store/buildings.ts';
import { countCoverage, findGrid, listGrids } from '../../src/grids/store/grids.ts';
import { versionOf } from '../../src/trail/actions/change.ts';
import { listChanges } from '../../src/trail/store.ts';
import type { PersonName } from '../support/cast.ts';
import { makeStage, type Stage } from '../support/make.ts';
import { test } from '../support/world.ts';

const changing = (stage: Stage, who: PersonName) => ({ author: stage.people[who], now: stage.world.clock() });

const today = '2026-11-23';
const range = { min: 300, max: 400 };
const asked = { today, under_path: '/', range };

async function editing(stage: Stage, who: PersonName, name: 'grid1' | 'grid3' | 'market' | 'park', input: object) {
  const { grid } = (await findGrid(stage.world.db, stage.units[name].id))!;
  const { households, area_hectares, help_point, venue_type } = grid;
  return editGrid(stage.world.db, changing(stage, who), grid.unit_id, versionOf(grid), {
    households,
    area_hectares,
    help_point,
    venue_type,
    ...input,
  });
}

describe('grids', () => {
  test('a community and its town keep their own grids, others are refused', async ({ world }) => {
    const stage = await makeStage(world);
    for (const [i, who] of (['huayuan_clerk', 'quanshan_leader', 'sys'] as const).entries())
      expect(await editing(stage, who, 'grid1', { households: 360 + i }), who).toBe(true);
    for (const who of ['jincheng_clerk', 'xinzhuang_clerk', 'member1', 'dispatch', 'housing_leader'] as const) {
      await expect(editing(stage, who, 'grid1', { households: 1 }), who).rejects.toMatchObject({ status: 403 });
    }
    expect((await listChanges(world.db, `unit:${stage.units.grid1.id}`)).map(({ act, person }) => [act, person])).toEqual([
      ['grid.edit', 'sys'],
      ['grid.edit', 'quanshan_leader'],
      ['grid.edit', 'huayuan_clerk'],
    ]);
  });

  test('a size outside 300 to 400 households is a warning and no error', async ({ world, db }) => {
    const stage = await makeStage(world);
    expect(await editing(stage, 'huayuan_clerk', 'grid1', { households: 512 })).toBe(true);
    expect((await countCoverage(db, asked)).missing.households).toBe(1);
  });

  test('a base grid never gets a venue, an exclusive one never loses it', async ({ world, db }) => {
    const stage = await makeStage(world);
    await editing(stage, 'huayuan_clerk', 'grid1', { venue_type: 'school', households: 301 });
    expect((await findGrid(db, stage.units.grid1.id))?.grid.venue_type).toBeNull();
    await expect(editing(stage, 'huayuan_clerk', 'market', { venue_type: null })).rejects.toMatchObject({ status: 422 });
  });

  test('each check counts exactly the grids its list shows', async ({ world, db }) => {
    const stage = await makeStage(world);
    await editing(stage, 'huayuan_clerk', 'grid1', { households: 512, help_point: '一楼大厅' });
    await db('linked_members').where({ person_id: stage.people.member2.person_id }).update({ valid_to: '2026-11-01' });
    const coverage = await countCoverage(db, asked);
    expect(coverage).toMatchObject({
      base: 3,
      exclusive: 2,
      buildings: 1,
      fulltime: 3,
      assistants: 1,
      stray: 0,
      venues: { other_venue: 2 },
    });
    for (const [check, count] of Object.entries(coverage.missing)) {
      const { rows } = await listGrids(db, { q: null, kind: null, venue_type: null, check: check as never }, asked, {}, 50);
      expect([check, rows.length]).toEqual([check, count]);
    }
    expect(coverage.missing).toEqual({
      no_member: 2,
      no_fulltime: 1,
      households: 1,
      no_building: 2,
      no_branch: 3,
      no_help_point: 2,
    });
  });
});

describe('buildings', () => {
  const input = {
    code: 'N1',
    estate: '新园',
    name: '1号楼',
    address: '新园1号楼',
    storeys: 6,
    households: 40,
    valid_from: today,
  };

  test('a building moves within one’s own area, with both grids in the trail', async ({ world, db }) => {
    const stage = await makeStage(world);
    const { grid1, grid2, grid3, market } = stage.units;
    const building = (await db('buildings').where({ code: 'B1' }).first())!;
    const move = async (who: PersonName, grid_id: number) =>
      editBuilding(db, changing(stage, who), building.id, versionOf((await findBuilding(db, building.id))!), {
        ...building,
        grid_id,
      });
    await expect(move('huayuan_clerk', grid3.id)).rejects.toMatchObject({ status: 422, detail: { grid_id: 'not_yours' } });
    await expect(move('huayuan_clerk', market.id)).rejects.toMatchObject({ detail: { grid_id: 'not_an_option' } });
    await expect(move('jincheng_clerk', grid3.id)).rejects.toMatchObject({ status: 403 });
    expect(await move('huayuan_clerk', grid2.id)).toBe(true);
    expect(await move('quanshan_clerk', grid3.id)).toBe(true);
    const [second, first] = await listChanges(db, `building:${building.id}`);
    expect([first?.before, first?.after]).toEqual([{ grid_id: grid1.id }, { grid_id: grid2.id }]);
    expect(second?.after).toEqual({ grid_id: grid3.id });
  });

  test('a code and a number within an estate are given once', async ({ world, db }) => {
    const stage = await makeStage(world);
    const make = (given: object) =>
      createBuilding(db, changing(stage, 'huayuan_clerk'), { ...input, grid_id: stage.units.grid1.id, ...given });
    const id = await make({});
    await expect(make({ name: '2号楼' })).rejects.toMatchObject({ detail: { code: 'taken' } });
    await expect(make({ code: 'N2' })).rejects.toMatchObject({ detail: { name: 'taken' } });
    expect((await findBuilding(db, id))?.search).toContain('xy1hl');
    await expect(make({ code: 'N3', name: '3号楼', grid_id: stage.units.grid3.id })).rejects.toMatchObject({
      detail: { grid_id: 'not_yours' },
    });
  });

  test('of two who edit at once the second is told', async ({ world, db }) => {
    const stage = await makeStage(world);
    const building = (await db('buildings').where({ code: 'B1' }).first())!;
    const edit = (storeys: number) =>
      editBuilding(db, changing(stage, 'huayuan_clerk'), building.id, versionOf(building), { ...building, storeys });
    await edit(7);
    await expect(edit(8)).rejects.toMatchObject({ status: 409 });
  });
});
