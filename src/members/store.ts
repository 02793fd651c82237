import type { Db } from '../core/db.ts';
import { literal, type Turn, type Turned, turnPage } from '../core/keyset.ts';
import type { LinkedMemberRow, PersonRow } from '../people/store.ts';
import { searchWords } from '../units/rules.ts';

export interface MemberFacts extends LinkedMemberRow {
  readonly name: string;
  readonly work_phone: string | null;
  readonly demo: boolean;
  readonly grid_path: string;
  readonly grid_zh: string;
  readonly grid_en: string;
  readonly username: string | null;
}

export interface MemberFilter {
  readonly q: string | null;
  readonly kind: 'fulltime' | 'assistant' | null;
  /** Those whose service has ended, instead of those who serve. */
  readonly ended: boolean;
}

const facts = (db: Db) =>
  db('linked_members as m')
    .join('people as p', 'p.id', 'm.person_id')
    .join('units as u', 'u.id', 'm.grid_id')
    .leftJoin('accounts as a', 'a.person_id', 'm.person_id')
    .select(
      'm.*',
      'p.name',
      'p.work_phone',
      'p.demo',
      'u.path as grid_path',
      'u.name_zh as grid_zh',
      'u.name_en as grid_en',
      'a.username',
    );

export async function listMembers(
  db: Db,
  filter: MemberFilter,
  under_path: string,
  today: string,
  turn: Turn,
  size: number,
): Promise<Turned<MemberFacts>> {
  const query = facts(db).whereRaw('starts_with(u.path, ?)', [under_path]);
  for (const word of searchWords(filter.q ?? '')) {
    query.whereRaw(`(p.search like ? or replace(p.work_phone, '-', '') like ? or u.search like ?)`, [
      `%${literal(word)}%`,
      `${literal(word)}%`,
      `${literal(word)}%`,
    ]);
  }
  if (filter.kind) query.where('m.kind', filter.kind);
  if (filter.ended) query.where('m.valid_to', '<', today);
  else query.where((still) => still.whereNull('m.valid_to').orWhere('m.valid_to', '>=', today));
  // Grid by grid, its full-time members first.
  return turnPage<MemberFacts>(
    query,
    `u.code || ' ' || case m.kind when 'fulltime' then 0 else 1 end || lpad(m.person_id::text, 12, '0')`,
    turn,
    size,
  );
}

export async function countMembers(
  db: Db,
  under_path: string,
  today: string,
): Promise<{ fulltime: number; assistants: number; gaps: number; demo: boolean }> {
  const { rows } = await db.raw(
    `with serving as (
       select m.grid_id, m.kind, p.demo from linked_members m join people p on p.id = m.person_id join units u on u.id = m.grid_id
       where starts_with(u.path, :under_path) and m.valid_from <= :today and (m.valid_to is null or m.valid_to >= :today)
     )
     select count(*) filter (where kind = 'fulltime')::int as fulltime, count(*) filter (where kind = 'assistant')::int as assistants, coalesce(bool_or(demo), false) as demo,
       (select count(*)::int from units u where u.unit_group = 'base' and starts_with(u.path, :under_path) and u.valid_from <= :today
          and (u.valid_to is null or u.valid_to >= :today) and not exists (select 1 from serving s where s.grid_id = u.id and s.kind = 'fulltime')) as gaps
     from serving`,
    { under_path, today },
  );
  return rows[0];
}

export async function findMember(db: Db, person_id: number): Promise<MemberFacts | undefined> {
  return facts(db).where('m.person_id', person_id).first();
}

/** The member and the person, locked until the transaction ends. */
export async function holdMember(
  trx: Db,
  person_id: number,
): Promise<{ member: LinkedMemberRow; person: PersonRow } | undefined> {
  const member = await trx('linked_members').where({ person_id }).forUpdate().first();
  const person = member && (await trx('people').where({ id: person_id }).forUpdate().first());
  return member && person ? { member, person } : undefined;
}

export async function changeMemberRow(
  trx: Db,
  person_id: number,
  changes: Partial<Omit<LinkedMemberRow, 'person_id'>>,
): Promise<void> {
  await trx('linked_members').where({ person_id }).update(changes);
}
export async function changeWorkPhone(trx: Db, person_id: number, work_phone: string | null): Promise<void> {
  await trx('people').where({ id: person_id }).update({ work_phone });
}

export async function insertMember(
  trx: Db,
  person: Pick<PersonRow, 'name' | 'work_phone' | 'search'>,
  member: Omit<LinkedMemberRow, 'person_id'>,
): Promise<number> {
  const [row] = await trx('people').insert(person).returning('id');
  const person_id = row!.id;
  await trx('linked_members').insert({ ...member, person_id });
  return person_id;
}

/**
 * The post of a member follows the grid: those elsewhere end with `yesterday`, the one at the grid holds as long as the service.
 * True where that changed what the member may do.
 */
export async function followGrid(
  trx: Db,
  { person_id, grid_id, valid_from, valid_to }: Pick<LinkedMemberRow, 'person_id' | 'grid_id' | 'valid_from' | 'valid_to'>,
  today: string,
): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: { changed: boolean }[] }>(
    `with ended as (
       update posts set valid_to = :today::date - 1
       where person_id = :person_id and post = 'linked_member' and unit_id <> :grid_id and (valid_to is null or valid_to >= :today) returning 1
     ), kept as (
       update posts set valid_to = case when :valid_to::date is not null then greatest(:valid_to::date, valid_from - 1) end
       where person_id = :person_id and post = 'linked_member' and unit_id = :grid_id and (valid_to is null or valid_to >= :today) returning 1
     ), made as (
       insert into posts (person_id, post, unit_id, on_duty, valid_from, valid_to)
       select :person_id, 'linked_member', :grid_id, true, greatest(:today::date, :valid_from::date), :valid_to
       where not exists (select 1 from kept) and (:valid_to::date is null or :valid_to::date >= :today)
       on conflict (person_id, post, unit_id, valid_from) do update set valid_to = excluded.valid_to returning 1
     )
     select exists (select 1 from ended) or exists (select 1 from made) or (:valid_to::date < :today) as changed`,
    { person_id, grid_id, valid_from, valid_to, today },
  );
  return rows[0]!.changed === true;
}

export async function hasAccount(db: Db, person_id: number): Promise<boolean> {
  return (await db('accounts').where({ person_id }).first('id')) !== undefined;
}
