import type { Db } from '../../core/db.ts';
import { literal } from '../../core/keyset.ts';
import { searchWords } from '../../units/rules.ts';

export interface HouseholdCodeRow {
  readonly id: number;
  readonly building_id: number;
  readonly household: string;
  readonly code_hash: string;
  readonly demo: boolean;
  readonly made_at: Date;
  readonly made_by: number | null;
  readonly revoked_at: Date | null;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    household_codes: HouseholdCodeRow;
  }
}

/** The live code behind a hash, and where its household lives today. */
export interface HouseholdPlace {
  readonly building_id: number;
  readonly household: string;
  readonly building: string;
  readonly grid_id: number;
}
export async function findHousehold(db: Db, code_hash: string, today: string): Promise<HouseholdPlace | undefined> {
  const { rows } = await db.raw<{ rows: HouseholdPlace[] }>(
    `select c.building_id, c.household, b.estate || b.name as building, b.grid_id from household_codes c join buildings b on b.id = c.building_id
     where c.code_hash = :code_hash and c.revoked_at is null and (b.valid_to is null or b.valid_to >= :today)`,
    { code_hash, today },
  );
  return rows[0];
}

/** The households of a building with a live code. */
export async function listHouseholds(
  db: Db,
  building_id: number,
): Promise<(Pick<HouseholdCodeRow, 'id' | 'household' | 'made_at' | 'demo'> & { maker: string | null })[]> {
  const { rows } = await db.raw(
    `select c.id, c.household, c.made_at, c.demo, p.name as maker from household_codes c left join people p on p.id = c.made_by
     where c.building_id = :building_id and c.revoked_at is null order by length(c.household), c.household`,
    { building_id },
  );
  return rows;
}

export async function findHouseholdCode(
  db: Db,
  id: number,
): Promise<(Pick<HouseholdCodeRow, 'id' | 'building_id' | 'household' | 'revoked_at'> & { path: string }) | undefined> {
  return db('household_codes as c')
    .join('buildings as b', 'b.id', 'c.building_id')
    .join('units as u', 'u.id', 'b.grid_id')
    .where('c.id', id)
    .first('c.id', 'c.building_id', 'c.household', 'c.revoked_at', 'u.path');
}

/** Ends the live codes of these households; says how many there were. */
export async function endHouseholdCodes(trx: Db, building_id: number, households: readonly string[], now: Date): Promise<number> {
  return trx('household_codes')
    .where({ building_id })
    .whereIn('household', [...households])
    .whereNull('revoked_at')
    .update({ revoked_at: now });
}

export async function insertHouseholdCodes(
  trx: Db,
  rows: readonly Pick<HouseholdCodeRow, 'building_id' | 'household' | 'code_hash' | 'made_at' | 'made_by'>[],
): Promise<void> {
  await trx('household_codes').insert([...rows]);
}

export interface CodedBuilding {
  readonly id: number;
  readonly building: string;
  readonly households: number;
  readonly coded: number;
  readonly grid_zh: string;
  readonly grid_en: string;
}

/** Buildings to choose one from, with how many of their households have a code; at most 40. */
export async function listCodedBuildings(db: Db, under_path: string, q: string | null, today: string): Promise<CodedBuilding[]> {
  const { rows } = await db.raw<{ rows: CodedBuilding[] }>(
    `select b.id, b.estate || b.name as building, b.households, u.name_zh as grid_zh, u.name_en as grid_en,
       (select count(*)::int from household_codes c where c.building_id = b.id and c.revoked_at is null) as coded
     from buildings b join units u on u.id = b.grid_id
     where starts_with(u.path, :under_path) and b.search like all(:patterns) and b.valid_from <= :today and (b.valid_to is null or b.valid_to >= :today)
     order by b.code collate "C" limit 40`,
    { under_path, patterns: searchWords(q ?? '').map((word) => `%${literal(word)}%`), today },
  );
  return rows;
}
