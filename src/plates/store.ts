import { type Db, hot } from '../core/db.ts';
import type { PlateState } from './rules.ts';

export interface PlateRow {
  readonly id: number;
  readonly code: string;
  readonly building_id: number | null;
  readonly grid_id: number | null;
  readonly version: number;
  readonly demo: boolean;
  readonly made_at: Date;
  readonly made_by: number | null;
  readonly revoked_at: Date | null;
  readonly revoked_by: number | null;
  readonly revoked_why: string | null;
}
export interface PlatePrintRow {
  readonly id: number;
  readonly plate_id: number;
  readonly printed_at: Date;
  readonly printed_by: number | null;
  readonly shows: string;
}
export interface PlateScanRow {
  readonly plate_id: number;
  readonly day: string;
  readonly scans: number;
}
export interface PlateCheckRow {
  readonly id: number;
  readonly plate_id: number;
  readonly checked_by: number;
  readonly checked_at: Date;
  readonly state: PlateState;
  readonly note: string;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    plates: PlateRow;
    plate_prints: PlatePrintRow;
    plate_scans: PlateScanRow;
    plate_checks: PlateCheckRow;
  }
}

/** What a scanned plate says about its place. */
export interface PlatePlace {
  readonly id: number;
  readonly revoked: boolean;
  readonly building_id: number | null;
  /** Estate and house number; empty for a plate of an exclusive grid. */
  readonly estate: string;
  readonly building: string;
  readonly address: string;
  readonly grid_id: number;
  readonly grid_path: string;
  readonly grid_zh: string;
  readonly grid_en: string;
  /** The nearest community or town above the grid, and its duty number. */
  readonly above_zh: string;
  readonly above_en: string;
  readonly above_phone: string | null;
}

/** The place of a plate, live or revoked. */
export async function findPlatePlace(db: Db, code: string): Promise<PlatePlace | undefined> {
  const [row] = await hot<PlatePlace>(
    db,
    `select p.id, p.revoked_at is not null as revoked, b.id as building_id, coalesce(b.estate, '') as estate, coalesce(b.name, '') as building,
       coalesce(b.address, '') as address, g.id as grid_id, g.path as grid_path, g.name_zh as grid_zh, g.name_en as grid_en,
       up.name_zh as above_zh, up.name_en as above_en, up.duty_phone as above_phone
     from plates p left join buildings b on b.id = p.building_id join units g on g.id = coalesce(p.grid_id, b.grid_id) join units up on up.id = g.parent_id
     where p.code = :code`,
    { code },
  );
  return row;
}

/** Counts one opening of a plate's page. */
export async function countScan(db: Db, plate_id: number, day: string): Promise<void> {
  await hot(
    db,
    'insert into plate_scans as seen (plate_id, day, scans) values (:plate_id, :day, 1) on conflict (plate_id, day) do update set scans = seen.scans + 1',
    { plate_id, day },
  );
}
