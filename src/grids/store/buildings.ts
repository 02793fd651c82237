import type { Db } from '../../core/db.ts';
import { literal, type Turn, type Turned, turnPage } from '../../core/keyset.ts';
import type { BuildingRow } from '../../people/store.ts';
import { searchWords } from '../../units/rules.ts';

export interface BuildingFilter {
  readonly q: string | null;
  readonly grid_id: number | null;
  readonly estate: string | null;
  /** Only buildings in no base grid that still holds. */
  readonly stray: boolean;
  /** Ended ones instead of those that hold. */
  readonly ended: boolean;
}

export interface BuildingFacts extends BuildingRow {
  readonly grid_path: string;
  readonly grid_zh: string;
  readonly grid_en: string;
}

export async function listBuildings(
  db: Db,
  filter: BuildingFilter,
  under_path: string,
  today: string,
  turn: Turn,
  size: number,
): Promise<Turned<BuildingFacts>> {
  const query = db('buildings as b')
    .join('units as u', 'u.id', 'b.grid_id')
    .select('b.*', 'u.path as grid_path', 'u.name_zh as grid_zh', 'u.name_en as grid_en')
    .whereRaw('starts_with(u.path, ?)', [under_path]);
  for (const word of searchWords(filter.q ?? ''))
    query.whereRaw('(b.search like ? or lower(b.code) like ?)', [`%${literal(word)}%`, `${literal(word)}%`]);
  if (filter.grid_id !== null) query.where('b.grid_id', filter.grid_id);
  if (filter.estate) query.where('b.estate', filter.estate);
  if (filter.stray) query.whereRaw(`not (u.unit_group = 'base' and (u.valid_to is null or u.valid_to >= ?))`, [today]);
  if (filter.ended) query.where('b.valid_to', '<', today);
  else query.where((still) => still.whereNull('b.valid_to').orWhere('b.valid_to', '>=', today));
  return turnPage<BuildingFacts>(query, 'b.code', turn, size);
}

export async function countBuildings(
  db: Db,
  under_path: string,
  today: string,
): Promise<{ buildings: number; households: number; estates: number; demo: boolean }> {
  const { rows } = await db.raw(
    `select count(*)::int as buildings, coalesce(sum(b.households), 0)::int as households, count(distinct b.estate)::int as estates, coalesce(bool_or(b.demo), false) as demo
     from buildings b join units u on u.id = b.grid_id
     where starts_with(u.path, :under_path) and b.valid_from <= :today and (b.valid_to is null or b.valid_to >= :today)`,
    { under_path, today },
  );
  return rows[0];
}

/** The estates of an area, for narrowing a list. */
export async function listEstates(db: Db, under_path: string): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { estate: string }[] }>(
    `select distinct b.estate from buildings b join units u on u.id = b.grid_id where starts_with(u.path, :under_path) order by b.estate`,
    { under_path },
  );
  return rows.map(({ estate }) => estate);
}

export async function findBuilding(db: Db, id: number): Promise<BuildingRow | undefined> {
  return db('buildings').where({ id }).first();
}

export async function holdBuilding(trx: Db, id: number): Promise<BuildingRow | undefined> {
  return trx('buildings').where({ id }).forUpdate().first();
}

/** Another building of that code, or of that name in its estate; each may stand once only. */
export async function findTwin(
  db: Db,
  building: Pick<BuildingRow, 'code' | 'estate' | 'name'>,
  except: number | null,
): Promise<'code' | 'name' | null> {
  const rows = await db('buildings')
    .whereNot('id', except ?? 0)
    .where((either) => either.where({ code: building.code }).orWhere({ estate: building.estate, name: building.name }))
    .select('code');
  return rows.some(({ code }) => code === building.code) ? 'code' : rows.length > 0 ? 'name' : null;
}

export type NewBuilding = Omit<BuildingRow, 'id' | 'demo' | 'valid_to'>;

export async function insertBuilding(trx: Db, building: NewBuilding): Promise<number> {
  const [row] = await trx('buildings').insert(building).returning('id');
  return row!.id;
}

export async function changeBuildingRow(trx: Db, id: number, changes: Partial<Omit<BuildingRow, 'id'>>): Promise<void> {
  await trx('buildings').where({ id }).update(changes);
}

export async function listGridBuildings(db: Db, grid_id: number, today: string): Promise<BuildingRow[]> {
  return db('buildings')
    .where({ grid_id })
    .where((still) => still.whereNull('valid_to').orWhere('valid_to', '>=', today))
    .orderBy('code');
}
