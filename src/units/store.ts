import { type Db, hot } from '../core/db.ts';
import type { Tier, UnitGroup, UnitKind, UnitName, VenueType } from './rules.ts';

export interface UnitRow {
  readonly id: number;
  readonly kind: UnitKind;
  readonly unit_group: UnitGroup;
  readonly parent_id: number | null;
  readonly path: string;
  readonly code: string;
  readonly name_zh: string;
  readonly name_en: string;
  readonly short_zh: string;
  readonly duty_phone: string | null;
  readonly round_the_clock: boolean;
  readonly sort: number;
  readonly demo: boolean;
  readonly search: string;
  readonly valid_from: string;
  readonly valid_to: string | null;
  readonly successor_id: number | null;
}
export interface GridRow {
  readonly unit_id: number;
  readonly kind: 'base' | 'exclusive';
  readonly venue_type: VenueType | null;
  readonly households: number;
  readonly area_hectares: string;
  readonly help_point: string | null;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    units: UnitRow;
    grids: GridRow;
  }
}

export async function findUnit(db: Db, id: number): Promise<UnitRow | undefined> {
  return (await hot<UnitRow>(db, 'select * from units where id = :id', { id }))[0];
}

export async function getCity(db: Db): Promise<UnitRow> {
  const [city] = await hot<UnitRow>(db, `select * from units where kind = 'city' limit 1`);
  if (!city) throw new Error('no city: load the demo (npm run seed) or enter the units first');
  return city;
}

/** A unit and everything above it, the city first. */
export async function listPath(db: Db, path: string): Promise<UnitRow[]> {
  const ids = path.split('/').filter(Boolean).map(Number);
  return db('units').whereIn('id', ids).orderByRaw('length(path)');
}

/**
 * Where work for a place lands: the lowest of its tiers, no higher than `from`, at which somebody is on duty.
 * The city's desk always answers, so there is always one.
 */
export async function findLanding(db: Db, place_path: string, tiers: readonly Tier[], today: string): Promise<UnitRow> {
  const rows = await hot<UnitRow>(
    db,
    `select u.* from units u
     where starts_with(:place_path, u.path) and (u.kind = 'city' or (u.kind = any(:tiers) and exists (
       select 1 from posts p where p.unit_id = u.id and p.on_duty and p.valid_from <= :today and (p.valid_to is null or p.valid_to >= :today))))
     order by length(u.path) desc limit 1`,
    { place_path, tiers: [...tiers], today },
  );
  return rows[0]!;
}

export async function listUnitNames(db: Db): Promise<UnitName[]> {
  return db('units').select('id', 'kind', 'path', 'parent_id', 'name_zh', 'name_en', 'short_zh');
}
