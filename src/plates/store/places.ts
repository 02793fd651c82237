import type { Db } from '../../core/db.ts';
import { literal, type Turn, type Turned, turnPage } from '../../core/keyset.ts';
import { searchWords } from '../../units/rules.ts';
import { type PlateMatter, type PlateOf, scan_days } from '../rules.ts';

/** A building or exclusive grid with its live plate, and everything that plate says today. */
export interface PlateFacts extends PlateOf {
  readonly at_grid_id: number;
  readonly path: string;
  readonly demo: boolean;
  /** Estate and house number; empty for an exclusive grid. */
  readonly building: string;
  readonly address: string;
  readonly grid_zh: string;
  readonly grid_en: string;
  readonly above_zh: string;
  readonly above_en: string;
  readonly above_phone: string | null;
  readonly member_id: number | null;
  readonly member: string | null;
  readonly work_phone: string | null;
  readonly services: string | null;
  readonly plate_id: number | null;
  readonly code: string | null;
  readonly version: number | null;
  readonly made_at: Date | null;
  readonly printed_at: Date | null;
  /** Scans of the last days, and of the plate's whole life. */
  readonly scans: number;
  readonly scanned: boolean;
  readonly state: 'fine' | 'damaged' | 'missing' | null;
  readonly checked_at: Date | null;
  /** Hash of what a sheet would say today, and whether the last one said something else or was never printed. */
  readonly shows: string;
  readonly to_print: boolean;
}

export interface PlateQuestion {
  readonly under_path: string;
  readonly today: string;
  readonly hotline: string;
}

const valid = (row: string) => `${row}.valid_from <= :today and (${row}.valid_to is null or ${row}.valid_to >= :today)`;

/**
 * Every place that should have a plate, as a subquery. The member is the grid's first one, full-time before assistants: who answers at
 * the door.
 */
const facts = `
  select o.*, m.person_id as member_id, m.name as member, m.work_phone, m.services, pr.printed_at, coalesce(sc.scans, 0)::int as scans,
    exists (select 1 from plate_scans s where s.plate_id = o.plate_id) as scanned, ck.state, ck.checked_at, md5(t.says) as shows,
    o.plate_id is not null and pr.shows is distinct from md5(t.says) as to_print
  from (
    select w.*, u.path, u.unit_group, u.name_zh as grid_zh, u.name_en as grid_en, u.search as grid_search, up.name_zh as above_zh, up.name_en as above_en,
      up.duty_phone as above_phone
    from (
      select b.id as building_id, null::bigint as grid_id, b.grid_id as at_grid_id, b.demo, b.estate || b.name as building, b.address, b.search,
        'b' || b.code as place_code, p.id as plate_id, p.code, p.version, p.made_at
      from buildings b left join plates p on p.building_id = b.id and p.revoked_at is null where ${valid('b')}
      union all
      select null, g.id, g.id, g.demo, '', '', '', 'a', p.id, p.code, p.version, p.made_at
      from units g left join plates p on p.grid_id = g.id and p.revoked_at is null where g.kind = 'grid' and g.unit_group = 'exclusive' and ${valid('g')}
    ) w join units u on u.id = w.at_grid_id join units up on up.id = u.parent_id
    where starts_with(u.path, :under_path)
  ) o
  left join lateral (
    select m.person_id, n.name, n.work_phone, m.services from linked_members m join people n on n.id = m.person_id
    where m.grid_id = o.at_grid_id and ${valid('m')} order by m.kind desc, m.person_id limit 1
  ) m on true
  left join lateral (select printed_at, shows from plate_prints where plate_id = o.plate_id order by id desc limit 1) pr on true
  left join lateral (select sum(scans) as scans from plate_scans where plate_id = o.plate_id and day > :today::date - ${scan_days}) sc on true
  left join lateral (select state, checked_at from plate_checks where plate_id = o.plate_id order by id desc limit 1) ck on true
  cross join lateral (
    select concat_ws(' | ', o.building, o.grid_zh, m.name, m.work_phone, m.services, o.above_zh, o.above_phone, :hotline::text) as says
  ) t`;

const matters: Record<PlateMatter, string> = {
  no_plate: 'f.plate_id is null',
  to_print: 'f.to_print',
  never_scanned: 'f.plate_id is not null and not f.scanned',
  damaged: `f.state in ('damaged', 'missing')`,
};

export interface PlateFilter {
  readonly q: string | null;
  /** `made`: every place that has a plate. */
  readonly matter: PlateMatter | 'made' | null;
}

const asked = (db: Db, question: PlateQuestion) => db.select('f.*').from(db.raw(`(${facts}) as f`, { ...question }));

export async function listPlates(
  db: Db,
  question: PlateQuestion,
  { q, matter }: PlateFilter,
  turn: Turn,
  size: number,
): Promise<Turned<PlateFacts>> {
  const query = asked(db, question);
  for (const word of searchWords(q ?? '')) query.whereRaw(`(f.search || ' ' || f.grid_search) like ?`, [`%${literal(word)}%`]);
  if (matter === 'made') query.whereNotNull('f.plate_id');
  else if (matter) query.whereRaw(matters[matter]);
  return turnPage<PlateFacts>(query, `f.path || f.place_code`, turn, size);
}

/** What a place's plate is and says; undefined where no such place holds today. */
export async function findPlateFacts(
  db: Db,
  question: Omit<PlateQuestion, 'under_path'>,
  { building_id, grid_id }: PlateOf,
): Promise<PlateFacts | undefined> {
  const grid = building_id === null ? grid_id : (await db('buildings').where({ id: building_id }).first('grid_id'))?.grid_id;
  const unit = grid == null ? undefined : await db('units').where({ id: grid }).first('path');
  if (!unit) return undefined;
  const query = asked(db, { ...question, under_path: unit.path });
  return (await query.where(building_id === null ? { grid_id } : { building_id }).first()) as PlateFacts | undefined;
}

/** The same for plates by their ids; those that were revoked meanwhile are left out. */
export async function listPlatesById(db: Db, question: PlateQuestion, ids: readonly number[]): Promise<PlateFacts[]> {
  return (await asked(db, question).whereIn('f.plate_id', [...ids])) as PlateFacts[];
}

export type PlateCounts = Readonly<Record<PlateMatter, number>> & {
  readonly places: number;
  readonly plates: number;
  readonly scans: number;
  readonly demo: boolean;
};

export async function countPlates(db: Db, question: PlateQuestion): Promise<PlateCounts> {
  const { rows } = await db.raw<{ rows: PlateCounts[] }>(
    `select count(*)::int as places, count(f.plate_id)::int as plates, coalesce(sum(f.scans), 0)::int as scans, coalesce(bool_or(f.demo), false) as demo,
       ${Object.entries(matters)
         .map(([matter, test]) => `(count(*) filter (where ${test}))::int as ${matter}`)
         .join(', ')}
     from (${facts}) f`,
    { ...question },
  );
  return rows[0]!;
}
