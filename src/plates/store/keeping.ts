import type { Db } from '../../core/db.ts';
import type { PlateOf, PlateState } from '../rules.ts';
import type { PlateRow } from '../store.ts';

/** A place that may carry a plate today, held until the transaction ends, so that of two who make one for it one comes second. */
export async function holdPlateSite(
  trx: Db,
  { building_id, grid_id }: PlateOf,
  today: string,
): Promise<{ path: string } | undefined> {
  const { rows } = await trx.raw<{ rows: { path: string }[] }>(
    building_id === null
      ? `select path from units where id = :grid_id and kind = 'grid' and unit_group = 'exclusive' and valid_from <= :today
           and (valid_to is null or valid_to >= :today) for update`
      : `select u.path from buildings b join units u on u.id = b.grid_id where b.id = :building_id and b.valid_from <= :today
           and (b.valid_to is null or b.valid_to >= :today) for update of b`,
    { building_id, grid_id, today } as never,
  );
  return rows[0];
}

const at = ({ building_id, grid_id }: PlateOf) => (building_id === null ? { grid_id } : { building_id });

/** Every plate a place ever had, the newest first. */
export async function listVersions(
  db: Db,
  place: PlateOf,
): Promise<(PlateRow & { maker: string | null; revoker: string | null })[]> {
  return db('plates as p')
    .leftJoin('people as m', 'm.id', 'p.made_by')
    .leftJoin('people as r', 'r.id', 'p.revoked_by')
    .where(at(place))
    .orderBy('p.version', 'desc')
    .select('p.*', 'm.name as maker', 'r.name as revoker');
}

export async function findPlate(db: Db, id: number): Promise<PlateRow | undefined> {
  return db('plates').where({ id }).first();
}

export async function insertPlate(
  trx: Db,
  plate: PlateOf & Pick<PlateRow, 'code' | 'version' | 'made_at' | 'made_by'>,
): Promise<number> {
  const [row] = await trx('plates').insert(plate).returning('id');
  return row!.id;
}

export async function revokePlateRow(
  trx: Db,
  id: number,
  row: Pick<PlateRow, 'revoked_at' | 'revoked_by' | 'revoked_why'>,
): Promise<void> {
  await trx('plates').where({ id }).update(row);
}

export async function insertPrints(
  trx: Db,
  prints: readonly { plate_id: number; printed_at: Date; printed_by: number; shows: string }[],
): Promise<void> {
  if (prints.length > 0) await trx('plate_prints').insert([...prints]);
}

export async function insertCheck(
  trx: Db,
  check: { plate_id: number; checked_by: number; checked_at: Date; state: PlateState; note: string },
): Promise<void> {
  await trx('plate_checks').insert(check);
}

export interface ToldCheck {
  readonly checked_at: Date;
  readonly state: PlateState;
  readonly note: string;
  readonly name: string;
}
export async function listChecks(db: Db, plate_id: number): Promise<ToldCheck[]> {
  return db('plate_checks as c')
    .join('people as p', 'p.id', 'c.checked_by')
    .where({ plate_id })
    .orderBy('c.id', 'desc')
    .limit(20)
    .select('c.checked_at', 'c.state', 'c.note', 'p.name');
}

/** Scans of each of the last `days` days, days without one too. */
export async function listScans(
  db: Db,
  plate_id: number,
  today: string,
  days: number,
): Promise<{ day: string; scans: number }[]> {
  const { rows } = await db.raw<{ rows: { day: string; scans: number }[] }>(
    `select d.day::date as day, coalesce(s.scans, 0)::int as scans
     from generate_series(:today::date - :days::int + 1, :today::date, interval '1 day') d(day)
       left join plate_scans s on s.plate_id = :plate_id and s.day = d.day::date
     order by 1`,
    { plate_id, today, days },
  );
  return rows;
}
