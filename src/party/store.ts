import type { Db } from '../core/db.ts';
import { literal, type Turn, type Turned, turnPage } from '../core/keyset.ts';
import type { GridBranchRow } from '../grids/store/grids.ts';
import { searchWords } from '../units/rules.ts';

export interface OrganizationRow {
  readonly id: number;
  readonly code: string;
  readonly name: string;
  /** The community it has registered with. */
  readonly community_id: number;
  readonly secretary: string;
  readonly search: string;
  readonly demo: boolean;
  readonly valid_from: string;
  readonly valid_to: string | null;
}
export interface PartyMemberRow {
  readonly id: number;
  readonly organization_id: number;
  readonly name: string;
  readonly joined_on: string;
  readonly search: string;
  readonly demo: boolean;
  readonly valid_from: string;
  readonly valid_to: string | null;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    party_organizations: OrganizationRow;
    party_members: PartyMemberRow;
  }
}

export interface OrganizationFacts extends OrganizationRow {
  readonly path: string;
  readonly community_zh: string;
  readonly community_en: string;
  readonly members: number;
}

export interface PartyFilter {
  readonly q: string | null;
  readonly ended: boolean;
}

const members = (today: string) => ({
  sql: `(select organization_id, count(*)::int as n from party_members where valid_from <= ? and (valid_to is null or valid_to >= ?) group by organization_id) as c`,
  bindings: [today, today],
});

function organizations(db: Db, today: string) {
  const { sql, bindings } = members(today);
  return db('party_organizations as o')
    .join('units as u', 'u.id', 'o.community_id')
    .leftJoin(db.raw(sql, bindings), 'c.organization_id', 'o.id')
    .select('o.*', 'u.path', 'u.name_zh as community_zh', 'u.name_en as community_en', db.raw('coalesce(c.n, 0) as members'));
}

export async function listOrganizations(
  db: Db,
  filter: PartyFilter,
  under_path: string,
  today: string,
  turn: Turn,
  size: number,
): Promise<Turned<OrganizationFacts>> {
  const query = organizations(db, today).whereRaw('starts_with(u.path, ?)', [under_path]);
  for (const word of searchWords(filter.q ?? ''))
    query.whereRaw('(o.search like ? or lower(o.code) like ?)', [`%${literal(word)}%`, `${literal(word)}%`]);
  if (filter.ended) query.where('o.valid_to', '<', today);
  else query.where((still) => still.whereNull('o.valid_to').orWhere('o.valid_to', '>=', today));
  return turnPage<OrganizationFacts>(query, 'o.code', turn, size);
}

export async function findOrganization(db: Db, id: number, today: string): Promise<OrganizationFacts | undefined> {
  return organizations(db, today).where('o.id', id).first();
}

export interface PartyCounts {
  readonly organizations: number;
  readonly members: number;
  readonly branches: number;
  readonly base_grids: number;
  readonly demo: boolean;
}

export async function countParty(db: Db, under_path: string, today: string): Promise<PartyCounts> {
  const valid = (row: string) => `${row}.valid_from <= :today and (${row}.valid_to is null or ${row}.valid_to >= :today)`;
  const { rows } = await db.raw<{ rows: PartyCounts[] }>(
    `with below as materialized (select u.id, u.unit_group from units u where starts_with(u.path, :under_path) and ${valid('u')}),
       orgs as materialized (select o.id, o.demo from party_organizations o where o.community_id in (select id from below) and ${valid('o')})
     select (select count(*)::int from orgs) as organizations,
       (select count(*)::int from party_members m where m.organization_id in (select id from orgs) and ${valid('m')}) as members,
       (select count(*)::int from grid_branches b where b.grid_id in (select id from below)) as branches,
       (select count(*)::int from below where unit_group = 'base') as base_grids,
       coalesce((select bool_or(demo) from orgs), false) as demo`,
    { under_path, today },
  );
  return rows[0]!;
}

export interface PartyMemberFacts extends PartyMemberRow {
  readonly organization: string;
}

export async function listPartyMembers(
  db: Db,
  filter: PartyFilter & { readonly organization_id: number | null },
  under_path: string,
  today: string,
  turn: Turn,
  size: number,
): Promise<Turned<PartyMemberFacts>> {
  const query = db('party_members as m')
    .join('party_organizations as o', 'o.id', 'm.organization_id')
    .join('units as u', 'u.id', 'o.community_id')
    .select('m.*', 'o.name as organization')
    .whereRaw('starts_with(u.path, ?)', [under_path]);
  if (filter.organization_id !== null) query.where('m.organization_id', filter.organization_id);
  for (const word of searchWords(filter.q ?? '')) query.where('m.search', 'like', `%${literal(word)}%`);
  if (filter.ended) query.where('m.valid_to', '<', today);
  else query.where((still) => still.whereNull('m.valid_to').orWhere('m.valid_to', '>=', today));
  return turnPage<PartyMemberFacts>(query, `lpad(m.id::text, 12, '0')`, turn, size);
}

export interface BranchFacts {
  readonly grid_id: number;
  readonly grid_path: string;
  readonly grid_zh: string;
  readonly grid_en: string;
  readonly branch: GridBranchRow | null;
}

/** Every base grid with its branch or group; those without one too. */
export async function listBranches(
  db: Db,
  q: string | null,
  under_path: string,
  today: string,
  turn: Turn,
  size: number,
): Promise<Turned<BranchFacts>> {
  const query = db('units as u')
    .leftJoin('grid_branches as b', 'b.grid_id', 'u.id')
    .select(
      'u.id as grid_id',
      'u.path as grid_path',
      'u.name_zh as grid_zh',
      'u.name_en as grid_en',
      db.raw('case when b.id is not null then to_jsonb(b) end as branch'),
    )
    .where('u.unit_group', 'base')
    .whereRaw('starts_with(u.path, ?)', [under_path])
    .where((still) => still.whereNull('u.valid_to').orWhere('u.valid_to', '>=', today));
  for (const word of searchWords(q ?? ''))
    query.whereRaw('(u.search like ? or b.name like ? or b.secretary like ?)', [
      `%${literal(word)}%`,
      `%${literal(word)}%`,
      `%${literal(word)}%`,
    ]);
  return turnPage<BranchFacts>(query, 'u.code', turn, size);
}

export async function holdOrganization(trx: Db, id: number): Promise<OrganizationRow | undefined> {
  return trx('party_organizations').where({ id }).forUpdate().first();
}
export async function holdPartyMember(trx: Db, id: number): Promise<PartyMemberRow | undefined> {
  return trx('party_members').where({ id }).forUpdate().first();
}
export async function holdBranch(trx: Db, grid_id: number): Promise<GridBranchRow | undefined> {
  return trx('grid_branches').where({ grid_id }).forUpdate().first();
}
export async function findPartyMember(db: Db, id: number): Promise<PartyMemberRow | undefined> {
  return db('party_members').where({ id }).first();
}
export async function findBranch(db: Db, grid_id: number): Promise<GridBranchRow | undefined> {
  return db('grid_branches').where({ grid_id }).first();
}
export async function holdsCode(db: Db, code: string, except: number | null): Promise<boolean> {
  return (
    (await db('party_organizations')
      .where({ code })
      .whereNot('id', except ?? 0)
      .first('id')) !== undefined
  );
}

type Kept<T> = Omit<T, 'id' | 'demo'>;

export async function insertOrganization(trx: Db, row: Kept<OrganizationRow>): Promise<number> {
  const [made] = await trx('party_organizations').insert(row).returning('id');
  return made!.id;
}
export async function changeOrganization(trx: Db, id: number, changes: Partial<Kept<OrganizationRow>>): Promise<void> {
  await trx('party_organizations').where({ id }).update(changes);
}
export async function insertPartyMember(trx: Db, row: Kept<PartyMemberRow>): Promise<number> {
  const [made] = await trx('party_members').insert(row).returning('id');
  return made!.id;
}
export async function changePartyMember(trx: Db, id: number, changes: Partial<Kept<PartyMemberRow>>): Promise<void> {
  await trx('party_members').where({ id }).update(changes);
}
export async function saveBranch(trx: Db, row: Kept<GridBranchRow>): Promise<void> {
  await trx('grid_branches').insert(row).onConflict('grid_id').merge(['kind', 'name', 'secretary']);
}
/** Members who would be left without an organization that holds. */
export async function countServing(db: Db, organization_id: number, day: string): Promise<number> {
  const { rows } = await db.raw<{ rows: { n: number }[] }>(
    'select count(*)::int as n from party_members where organization_id = :organization_id and (valid_to is null or valid_to > :day)',
    { organization_id, day },
  );
  return rows[0]!.n;
}
