import type { Db } from '../../core/db.ts';
import { literal, type Turn, type Turned, turnPage } from '../../core/keyset.ts';
import type { Post } from '../../people/rules.ts';
import { type Counts, searchWords, type UnitKind, type VenueType } from '../rules.ts';
import type { UnitRow } from '../store.ts';

/** `today` and the alias of a table with validity dates: what holds on that day. */
export const validOn = (row: string) => `${row}.valid_from <= :today and (${row}.valid_to is null or ${row}.valid_to >= :today)`;
const open_order = `status in ('pending_ack', 'in_progress', 'return_requested', 'suspended', 'submitted')`;

export interface AreaRow extends UnitRow {
  readonly venue_type: VenueType | null;
  readonly counts: Counts;
}

/** The areas that hold on that day, from the city down, each grid with what it holds itself. */
export async function listAreas(db: Db, today: string): Promise<AreaRow[]> {
  const { rows } = await db.raw<{ rows: (UnitRow & Counts & { venue_type: VenueType | null })[] }>(
    `select u.*, g.venue_type, (g.kind = 'base')::int as base_grids, (g.kind = 'exclusive')::int as exclusive_grids,
       coalesce(g.households, 0) as households, coalesce(b.n, 0) as buildings, coalesce(m.n, 0) as members
     from units u
     left join grids g on g.unit_id = u.id
     left join (select grid_id, count(*)::int as n from buildings b where ${validOn('b')} group by grid_id) b on b.grid_id = u.id
     left join (select grid_id, count(*)::int as n from linked_members m where ${validOn('m')} group by grid_id) m on m.grid_id = u.id
     where u.kind <> 'department' and ${validOn('u')} order by length(u.path), u.sort, u.code collate "C"`,
    { today },
  );
  return rows.map(({ base_grids, exclusive_grids, households, buildings, members, ...unit }) => ({
    ...unit,
    counts: { base_grids: base_grids ?? 0, exclusive_grids: exclusive_grids ?? 0, households, buildings, members },
  }));
}

export interface DepartmentRow extends UnitRow {
  readonly holders: number;
  readonly categories: number;
  readonly open_orders: number;
}

/** The departments that hold on that day, with the people in their posts, the categories they lead, and the orders they hold open. */
export async function listDepartments(db: Db, today: string): Promise<DepartmentRow[]> {
  const { rows } = await db.raw<{ rows: DepartmentRow[] }>(
    `select u.*, coalesce(p.n, 0) as holders, coalesce(c.n, 0) as categories, coalesce(o.n, 0) as open_orders
     from units u
     left join (select unit_id, count(*)::int as n from posts p where ${validOn('p')} group by unit_id) p on p.unit_id = u.id
     left join (select lead_unit_id, count(*)::int as n from categories c where ${validOn('c')} group by lead_unit_id) c on c.lead_unit_id = u.id
     left join (select unit_id, count(*)::int as n from work_orders where ${open_order} group by unit_id) o on o.unit_id = u.id
     where u.kind = 'department' and ${validOn('u')} order by u.sort, u.id`,
    { today },
  );
  return rows;
}

export interface UnitFilter {
  readonly q: string | null;
  readonly kind: UnitKind | null;
  /** Only units that have ended. */
  readonly ended: boolean;
}

/** Units of every kind by name, spelling, initials or code. */
export async function searchUnits(db: Db, filter: UnitFilter, today: string, turn: Turn, size: number): Promise<Turned<UnitRow>> {
  const query = db('units as u').select('u.*');
  for (const word of searchWords(filter.q ?? '')) {
    query.whereRaw('(u.search like ? or lower(u.code) like ?)', [`%${literal(word)}%`, `${literal(word)}%`]);
  }
  if (filter.kind) query.where('u.kind', filter.kind);
  if (filter.ended) query.where('u.valid_to', '<', today);
  else query.where((still) => still.whereNull('u.valid_to').orWhere('u.valid_to', '>=', today));
  // The wider unit first: a path has one slash more at each tier.
  return turnPage<UnitRow>(query, `length(u.path) - length(replace(u.path, '/', '')) || '/' || u.code`, turn, size);
}

/** What stands at or below a unit. */
export async function countBelow(db: Db, path: string, today: string): Promise<Counts> {
  const { rows } = await db.raw<{ rows: Counts[] }>(
    `with below as materialized (select u.id, u.kind from units u where starts_with(u.path, :path) and ${validOn('u')})
     select count(*) filter (where g.kind = 'base')::int as base_grids, count(*) filter (where g.kind = 'exclusive')::int as exclusive_grids,
       coalesce(sum(g.households), 0)::int as households,
       (select count(*)::int from buildings b where b.grid_id in (select id from below) and ${validOn('b')}) as buildings,
       (select count(*)::int from linked_members m where m.grid_id in (select id from below) and ${validOn('m')}) as members
     from below join grids g on g.unit_id = below.id`,
    { path, today },
  );
  return rows[0]!;
}

export async function listChildren(db: Db, parent_id: number, today: string): Promise<UnitRow[]> {
  return db('units')
    .where({ parent_id })
    .whereNot('kind', 'department')
    .where((still) => still.whereNull('valid_to').orWhere('valid_to', '>=', today))
    .orderBy(['sort', 'code']);
}

export interface HolderRow {
  readonly person_id: number;
  readonly name: string;
  readonly work_phone: string | null;
  readonly post: Post;
  readonly on_duty: boolean;
  readonly demo: boolean;
}

/** Who sits in the posts of a unit on that day; of a town or community its own desk, not its grids. */
export async function listHolders(db: Db, unit_id: number, today: string, most: number): Promise<HolderRow[]> {
  const { rows } = await db.raw<{ rows: HolderRow[] }>(
    `select p.person_id, n.name, n.work_phone, p.post, p.on_duty, n.demo from posts p join people n on n.id = p.person_id
     where p.unit_id = :unit_id and ${validOn('p')} order by p.post in ('department_leader', 'town_leader', 'community_secretary') desc, p.post, p.id limit :most`,
    { unit_id, today, most },
  );
  return rows;
}

export async function listLedCategories(db: Db, unit_id: number): Promise<{ code: string; name_zh: string; name_en: string }[]> {
  return db('categories').where({ lead_unit_id: unit_id }).orderBy('code').select('code', 'name_zh', 'name_en');
}

export async function countOpenOrders(db: Db, unit_id: number): Promise<number> {
  const { rows } = await db.raw<{ rows: { n: number }[] }>(
    `select count(*)::int as n from work_orders where unit_id = :unit_id and ${open_order}`,
    { unit_id },
  );
  return rows[0]!.n;
}

/** What still depends on a unit on that day: its ending must wait for the first four. */
export async function countDependents(
  db: Db,
  unit: Pick<UnitRow, 'id'>,
  day: string,
): Promise<{
  open_orders: number;
  children: number;
  buildings: number;
  members: number;
  holders: number;
  categories: number;
  rules: number;
}> {
  const { rows } = await db.raw(
    `select
       (select count(*)::int from work_orders where unit_id = :id and ${open_order}) as open_orders,
       (select count(*)::int from units u where u.parent_id = :id and (u.valid_to is null or u.valid_to > :day)) as children,
       (select count(*)::int from buildings where grid_id = :id and (valid_to is null or valid_to > :day)) as buildings,
       (select count(*)::int from linked_members where grid_id = :id and (valid_to is null or valid_to > :day)) as members,
       (select count(*)::int from posts where unit_id = :id and (valid_to is null or valid_to > :day)) as holders,
       (select count(*)::int from categories where lead_unit_id = :id and valid_to is null) as categories,
       (select count(*)::int from dispatch_rules where unit_id = :id and valid_to is null) as rules`,
    { id: unit.id, day },
  );
  return rows[0];
}

/** The row, locked until the transaction ends. */
export async function holdUnit(trx: Db, id: number): Promise<UnitRow | undefined> {
  return trx('units').where({ id }).forUpdate().first();
}

export async function findUnitByCode(db: Db, code: string): Promise<UnitRow | undefined> {
  return db('units').where({ code }).first();
}

export type NewUnit = Omit<UnitRow, 'id' | 'path' | 'successor_id' | 'valid_to' | 'demo'>;

/** A new unit below its parent; its path needs its own number, so that is drawn first. */
export async function insertUnit(trx: Db, unit: NewUnit, parent_path: string): Promise<number> {
  const { rows } = await trx.raw<{ rows: { id: number }[] }>(
    `with next as (select nextval(pg_get_serial_sequence('units', 'id')) as id)
     insert into units (id, kind, unit_group, parent_id, path, code, name_zh, name_en, short_zh, duty_phone, round_the_clock, sort, search, valid_from)
     overriding system value
     select id, :kind, :unit_group, :parent_id, :parent_path || id || '/', :code, :name_zh, :name_en, :short_zh, :duty_phone, :round_the_clock, :sort, :search, :valid_from
     from next returning id`,
    { ...unit, parent_path },
  );
  return rows[0]!.id;
}

export async function insertGrid(
  trx: Db,
  unit_id: number,
  kind: 'base' | 'exclusive',
  venue_type: VenueType | null,
): Promise<void> {
  await trx('grids').insert({ unit_id, kind, venue_type, households: 0, area_hectares: '0', help_point: null });
}

export async function changeUnitRow(trx: Db, id: number, changes: Partial<Omit<UnitRow, 'id' | 'path'>>): Promise<void> {
  await trx('units').where({ id }).update(changes);
}
