import { dayOf } from '../core/clock.ts';
import type { Db } from '../core/db.ts';
import { forbidden, notFound, wrongFields } from '../core/errors.ts';
import type { BuildingRow } from '../people/store.ts';
import { may } from '../policy.ts';
import { type Changing, mustBe, recordChange } from '../trail/actions/change.ts';
import { buildingSearch, isValidOn, type VenueType } from '../units/rules.ts';
import { holdUnit } from '../units/store/tree.ts';
import { findUnit, type GridRow, type UnitRow } from '../units/store.ts';
import { changeBuildingRow, findTwin, holdBuilding, insertBuilding } from './store/buildings.ts';
import { changeGridRow, holdGrid } from './store/grids.ts';

function mustMayEdit({ author }: Changing, unit_path: string): void {
  if (!may(author, 'grid.edit', { unit_path })) throw forbidden();
}

export interface GridInput {
  readonly households: number;
  /** Hectares with at most two decimals, as text: the column is exact. */
  readonly area_hectares: string;
  readonly help_point: string | null;
  readonly venue_type: VenueType | null;
}

const gridFields = ({ households, area_hectares, help_point, venue_type }: GridInput | GridRow) => ({
  households,
  area_hectares,
  help_point,
  venue_type,
});

/** Changes what a grid holds. False where nothing was different. */
export async function editGrid(db: Db, doing: Changing, id: number, version: string, input: GridInput): Promise<boolean> {
  return db.transaction(async (trx) => {
    const unit = await findUnit(trx, id);
    const grid = await holdGrid(trx, id);
    if (!unit || !grid) throw notFound();
    mustMayEdit(doing, unit.path);
    mustBe(grid, version);
    if (grid.kind === 'exclusive' && input.venue_type === null) throw wrongFields({ venue_type: 'required' });
    const changes = { ...gridFields(input), venue_type: grid.kind === 'exclusive' ? input.venue_type : null };
    await changeGridRow(trx, id, changes);
    return recordChange(trx, doing, 'grid.edit', `unit:${id}`, gridFields(grid), changes);
  });
}

export interface BuildingInput {
  readonly grid_id: number;
  readonly code: string;
  readonly estate: string;
  readonly name: string;
  readonly address: string;
  readonly storeys: number;
  readonly households: number;
  readonly valid_from: string;
  readonly valid_to: string | null;
}

const buildingFields = (row: BuildingInput | BuildingRow) => {
  const { grid_id, code, estate, name, address, storeys, households, valid_from, valid_to } = row;
  return { grid_id, code, estate, name, address, storeys, households, valid_from, valid_to };
};

/** The base grid a building is to stand in: one that holds, and that the author keeps. */
async function getTargetGrid(trx: Db, { author, now }: Changing, grid_id: number): Promise<UnitRow> {
  // Held, so that it cannot end while a building moves in.
  const grid = await holdUnit(trx, grid_id);
  if (grid?.unit_group !== 'base' || !isValidOn(grid, dayOf(now))) throw wrongFields({ grid_id: 'not_an_option' });
  if (!may(author, 'grid.edit', { unit_path: grid.path })) throw wrongFields({ grid_id: 'not_yours' });
  return grid;
}

async function mustBeAlone(trx: Db, input: BuildingInput, except: number | null): Promise<void> {
  const twin = await findTwin(trx, input, except);
  if (twin) throw wrongFields({ [twin]: 'taken' });
}

/** A new building in a base grid. */
export async function createBuilding(db: Db, doing: Changing, input: Omit<BuildingInput, 'valid_to'>): Promise<number> {
  return db.transaction(async (trx) => {
    await getTargetGrid(trx, doing, input.grid_id);
    await mustBeAlone(trx, { ...input, valid_to: null }, null);
    const building = { ...input, search: buildingSearch(input) };
    const id = await insertBuilding(trx, building);
    await recordChange(trx, doing, 'building.create', `building:${id}`, null, buildingFields({ ...input, valid_to: null }));
    return id;
  });
}

/** Changes a building or moves it to another grid; whoever moves it keeps both grids. False where nothing was different. */
export async function editBuilding(db: Db, doing: Changing, id: number, version: string, input: BuildingInput): Promise<boolean> {
  return db.transaction(async (trx) => {
    const building = await holdBuilding(trx, id);
    const grid = building && (await findUnit(trx, building.grid_id));
    if (!building || !grid) throw notFound();
    mustMayEdit(doing, grid.path);
    mustBe(building, version);
    if (input.grid_id !== building.grid_id) await getTargetGrid(trx, doing, input.grid_id);
    await mustBeAlone(trx, input, id);
    await changeBuildingRow(trx, id, { ...buildingFields(input), search: buildingSearch(input) });
    return recordChange(trx, doing, 'building.edit', `building:${id}`, buildingFields(building), buildingFields(input));
  });
}
