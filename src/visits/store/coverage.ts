import type { Db } from '../../core/db.ts';
import { validOn } from '../../units/store/tree.ts';

export interface Asked {
  readonly under_path: string;
  /** The period begins with this day and runs to now. */
  readonly from: string;
  readonly today: string;
}

const since = `:from::date::timestamp at time zone 'Asia/Shanghai'`;

export interface GridCoverage {
  readonly id: number;
  readonly path: string;
  readonly name_zh: string;
  readonly name_en: string;
  readonly households: number;
  readonly fulltime: number;
  readonly assistants: number;
  readonly visited: number;
  readonly visits: number;
}

/** Households visited in each grid since a day, beside how many there are and who is there to visit them. */
export async function listGridCoverage(db: Db, asked: Asked): Promise<GridCoverage[]> {
  const { rows } = await db.raw<{ rows: GridCoverage[] }>(
    `with seen as (
       select v.grid_id, count(distinct (v.building_id, v.room))::int as visited, count(*)::int as visits
       from visits v join units u on u.id = v.grid_id
       where v.finished_at >= ${since} and starts_with(u.path, :under_path) group by v.grid_id
     ), serving as (
       select m.grid_id, count(*) filter (where m.kind = 'fulltime')::int as fulltime, count(*) filter (where m.kind = 'assistant')::int as assistants
       from linked_members m where ${validOn('m')} group by m.grid_id
     )
     select u.id, u.path, u.name_zh, u.name_en, g.households, coalesce(s.fulltime, 0) as fulltime, coalesce(s.assistants, 0) as assistants,
       coalesce(seen.visited, 0) as visited, coalesce(seen.visits, 0) as visits
     from units u join grids g on g.unit_id = u.id left join seen on seen.grid_id = u.id left join serving s on s.grid_id = u.id
     where starts_with(u.path, :under_path) and ${validOn('u')} order by u.code collate "C"`,
    { ...asked },
  );
  return rows;
}

export interface BuildingCoverage {
  readonly id: number;
  readonly building: string;
  readonly grid_zh: string;
  readonly grid_en: string;
  readonly households: number;
  readonly visited: number;
  readonly last_at: Date | null;
}

/** The buildings that nobody has visited for longest, those never visited first. */
export async function listLeftBuildings(db: Db, asked: Asked, most: number): Promise<BuildingCoverage[]> {
  const { rows } = await db.raw<{ rows: BuildingCoverage[] }>(
    `select b.id, b.estate || b.name as building, u.name_zh as grid_zh, u.name_en as grid_en, b.households,
       coalesce(s.visited, 0) as visited, s.last_at
     from buildings b join units u on u.id = b.grid_id
     left join lateral (
       select max(v.finished_at) as last_at, count(distinct v.room) filter (where v.finished_at >= ${since})::int as visited
       from visits v where v.building_id = b.id and v.status = 'finished'
     ) s on true
     where starts_with(u.path, :under_path) and ${validOn('b')} order by s.last_at nulls first, b.code collate "C" limit :most`,
    { ...asked, most },
  );
  return rows;
}

export interface LeftHousehold {
  readonly building_id: number | null;
  readonly building: string | null;
  readonly room: string;
  readonly grid_id: number;
  readonly last_at: Date;
}

/** Of the households that were visited before, those whose last visit lies longest back. */
export async function listLeftHouseholds(db: Db, under_path: string, most: number): Promise<LeftHousehold[]> {
  const { rows } = await db.raw<{ rows: LeftHousehold[] }>(
    `select v.building_id, b.estate || b.name as building, v.room, v.grid_id, max(v.finished_at) as last_at
     from visits v join units u on u.id = v.grid_id left join buildings b on b.id = v.building_id
     where v.status = 'finished' and starts_with(u.path, :under_path)
     group by v.building_id, building, v.room, v.grid_id order by last_at, v.building_id, v.room limit :most`,
    { under_path, most },
  );
  return rows;
}
