import type { Db } from '../../core/db.ts';
import { literal, type Turn, type Turned, turnPage } from '../../core/keyset.ts';
import { searchWords, type VenueType } from '../../units/rules.ts';
import type { GridRow, UnitRow } from '../../units/store.ts';
import type { GridCheck, HouseholdRange } from '../rules.ts';

export interface GridBranchRow {
  readonly id: number;
  readonly grid_id: number;
  readonly kind: 'branch' | 'group';
  readonly name: string;
  readonly secretary: string;
  readonly demo: boolean;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    grid_branches: GridBranchRow;
  }
}

/** A grid with its unit and what it holds. */
export interface GridFacts extends Omit<GridRow, 'unit_id'> {
  readonly id: number;
  readonly parent_id: number;
  readonly path: string;
  readonly code: string;
  readonly name_zh: string;
  readonly name_en: string;
  readonly demo: boolean;
  readonly valid_from: string;
  readonly valid_to: string | null;
  readonly buildings: number;
  readonly fulltime: number;
  readonly assistants: number;
  readonly branch_kind: 'branch' | 'group' | null;
}

export interface GridFilter {
  readonly q: string | null;
  readonly kind: 'base' | 'exclusive' | null;
  readonly venue_type: VenueType | null;
  readonly check: GridCheck | null;
}

const valid = (row: string) => `${row}.valid_from <= :today and (${row}.valid_to is null or ${row}.valid_to >= :today)`;

/** Every grid that holds on a day, as a subquery: what lists, counts and checks are taken from. */
const facts = `
  select u.id, u.parent_id, u.path, u.code, u.name_zh, u.name_en, u.demo, u.search, u.valid_from, u.valid_to, g.kind, g.venue_type, g.households,
    g.area_hectares, g.help_point, coalesce(b.n, 0) as buildings, coalesce(m.fulltime, 0) as fulltime, coalesce(m.assistants, 0) as assistants, r.kind as branch_kind
  from units u join grids g on g.unit_id = u.id
  left join (select grid_id, count(*)::int as n from buildings b where ${valid('b')} group by grid_id) b on b.grid_id = u.id
  left join (select grid_id, count(*) filter (where kind = 'fulltime')::int as fulltime, count(*) filter (where kind = 'assistant')::int as assistants
    from linked_members m where ${valid('m')} group by grid_id) m on m.grid_id = u.id
  left join grid_branches r on r.grid_id = u.id
  where ${valid('u')} and starts_with(u.path, :under_path)`;

/** The checks as predicates over the facts. A venue has no households, buildings or branch of its own to miss. */
const missing: Record<GridCheck, string> = {
  no_member: 'f.fulltime + f.assistants = 0',
  no_fulltime: `f.kind = 'base' and f.fulltime = 0`,
  households: `f.kind = 'base' and f.households not between :min and :max`,
  no_building: `f.kind = 'base' and f.buildings = 0`,
  no_branch: `f.kind = 'base' and f.branch_kind is null`,
  no_help_point: `f.kind = 'base' and f.help_point is null`,
};

interface Asked {
  readonly today: string;
  readonly under_path: string;
  readonly range: HouseholdRange;
}
const given = ({ today, under_path, range }: Asked) => ({ today, under_path, ...range });

export async function listGrids(db: Db, filter: GridFilter, asked: Asked, turn: Turn, size: number): Promise<Turned<GridFacts>> {
  const query = db.select('f.*').from(db.raw(`(${facts}) as f`, given(asked)));
  for (const word of searchWords(filter.q ?? ''))
    query.whereRaw('(f.search like ? or lower(f.code) like ?)', [`%${literal(word)}%`, `${literal(word)}%`]);
  if (filter.kind) query.where('f.kind', filter.kind);
  if (filter.venue_type) query.where('f.venue_type', filter.venue_type);
  if (filter.check) query.whereRaw(missing[filter.check], filter.check === 'households' ? { ...asked.range } : {});
  return turnPage<GridFacts>(query, 'f.code', turn, size);
}

export interface Coverage {
  readonly base: number;
  readonly exclusive: number;
  readonly households: number;
  readonly buildings: number;
  readonly fulltime: number;
  readonly assistants: number;
  readonly demo: boolean;
  readonly missing: Readonly<Record<GridCheck, number>>;
  readonly venues: Readonly<Partial<Record<VenueType, number>>>;
  /** Buildings that stand in no base grid which still holds. */
  readonly stray: number;
}

export async function countCoverage(db: Db, asked: Asked): Promise<Coverage> {
  const checks = Object.entries(missing).map(([check, test]) => `'${check}', count(*) filter (where ${test})`);
  const { rows } = await db.raw<{ rows: (Coverage & { venues: Record<string, number> | null })[] }>(
    `with f as (${facts}), stray as (
       select count(*)::int as n from buildings b join units u on u.id = b.grid_id
       where ${valid('b')} and starts_with(u.path, :under_path) and not (u.unit_group = 'base' and ${valid('u')})
     )
     select count(*) filter (where f.kind = 'base')::int as base, count(*) filter (where f.kind = 'exclusive')::int as exclusive,
       coalesce(sum(f.households), 0)::int as households, coalesce(sum(f.buildings), 0)::int as buildings, coalesce(sum(f.fulltime), 0)::int as fulltime,
       coalesce(sum(f.assistants), 0)::int as assistants, coalesce(bool_or(f.demo), false) as demo, jsonb_build_object(${checks.join(', ')}) as missing,
       (select jsonb_object_agg(venue_type, n) from (select venue_type, count(*) as n from f where venue_type is not null group by venue_type) v) as venues,
       (select n from stray) as stray
     from f`,
    given(asked),
  );
  return { ...rows[0]!, venues: rows[0]!.venues ?? {} };
}

/** A grid with its facts, whether it still holds or not. */
export async function findGrid(
  db: Db,
  id: number,
): Promise<{ unit: UnitRow; grid: GridRow; branch: GridBranchRow | null } | undefined> {
  const unit = await db('units').where({ id, kind: 'grid' }).first();
  const grid = unit && (await db('grids').where({ unit_id: id }).first());
  const branch = (await db('grid_branches').where({ grid_id: id }).first()) ?? null;
  return unit && grid ? { unit, grid, branch } : undefined;
}

export async function holdGrid(trx: Db, unit_id: number): Promise<GridRow | undefined> {
  return trx('grids').where({ unit_id }).forUpdate().first();
}

export async function changeGridRow(
  trx: Db,
  unit_id: number,
  changes: Partial<Omit<GridRow, 'unit_id' | 'kind'>>,
): Promise<void> {
  await trx('grids').where({ unit_id }).update(changes);
}

export interface GridMember {
  readonly person_id: number;
  readonly name: string;
  readonly work_phone: string | null;
  readonly kind: 'fulltime' | 'assistant';
  readonly services: string;
  readonly demo: boolean;
}

/** The linked members of a grid on that day, full-time ones first. */
export async function listGridMembers(db: Db, grid_id: number, today: string): Promise<GridMember[]> {
  const { rows } = await db.raw<{ rows: GridMember[] }>(
    `select m.person_id, p.name, p.work_phone, m.kind, m.services, p.demo from linked_members m join people p on p.id = m.person_id
     where m.grid_id = :grid_id and ${valid('m')} order by m.kind desc, m.person_id`,
    { grid_id, today },
  );
  return rows;
}
