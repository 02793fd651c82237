import type { Db } from '../../core/db.ts';
import type { UnitRow } from '../../units/store.ts';

export interface SubstituteRow {
  readonly id: number;
  readonly absent_person_id: number;
  readonly substitute_person_id: number;
  readonly grid_id: number;
  readonly post_id: number;
  readonly valid_from: string;
  /** The last day. */
  readonly valid_to: string;
  readonly reason: string;
  readonly asked_by: number;
  readonly decided_by: number;
  readonly decided_at: Date;
  /** When the absent member was taken off duty, and whether he was on before. */
  readonly duty_taken_at: Date | null;
  readonly was_on_duty: boolean | null;
  readonly duty_returned_at: Date | null;
  readonly ended_by: number | null;
  readonly demo: boolean;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    substitutes: SubstituteRow;
  }
}

export interface SubstituteFacts extends SubstituteRow {
  readonly absent: string;
  readonly substitute: string;
  readonly asked_name: string;
  readonly decided_name: string;
  readonly ended_name: string | null;
  readonly grid_path: string;
  readonly grid_zh: string;
  readonly grid_en: string;
}

const facts = `
  select s.*, a.name as absent, t.name as substitute, q.name as asked_name, d.name as decided_name, e.name as ended_name,
    u.path as grid_path, u.name_zh as grid_zh, u.name_en as grid_en
  from substitutes s join people a on a.id = s.absent_person_id join people t on t.id = s.substitute_person_id
  join people q on q.id = s.asked_by join people d on d.id = s.decided_by left join people e on e.id = s.ended_by join units u on u.id = s.grid_id`;

/** Substitutions at or below a unit, or those a person is part of, the latest first. */
export async function listSubstitutes(
  db: Db,
  of: { readonly under_path: string } | { readonly person_id: number },
  most: number,
): Promise<SubstituteFacts[]> {
  const mine = 'person_id' in of;
  const { rows } = await db.raw<{ rows: SubstituteFacts[] }>(
    `${facts} where ${mine ? ':person_id in (s.absent_person_id, s.substitute_person_id)' : 'starts_with(u.path, :under_path)'}
     order by s.valid_to desc, s.id desc limit :most`,
    { ...of, most },
  );
  return rows;
}

/** Who stands in for whom in a grid on a day. */
export async function listGridSubstitutes(db: Db, grid_id: number, today: string): Promise<SubstituteFacts[]> {
  const { rows } = await db.raw<{ rows: SubstituteFacts[] }>(
    `${facts} where s.grid_id = :grid_id and s.valid_from <= :today and s.valid_to >= :today order by s.id`,
    { grid_id, today },
  );
  return rows;
}

export async function holdSubstitute(trx: Db, id: number): Promise<SubstituteRow | undefined> {
  return trx('substitutes').where({ id }).forUpdate().first();
}

/** A member of a grid below, as he is chosen from a list. */
export interface MemberChoice {
  readonly person_id: number;
  readonly name: string;
  readonly grid_id: number;
  readonly grid_path: string;
  readonly grid_zh: string;
  readonly grid_en: string;
}
export async function listMemberChoices(db: Db, under_path: string, today: string): Promise<MemberChoice[]> {
  const { rows } = await db.raw<{ rows: MemberChoice[] }>(
    `select m.person_id, p.name, m.grid_id, u.path as grid_path, u.name_zh as grid_zh, u.name_en as grid_en
     from linked_members m join people p on p.id = m.person_id join units u on u.id = m.grid_id
     where starts_with(u.path, :under_path) and m.valid_from <= :today and (m.valid_to is null or m.valid_to >= :today) order by u.code collate "C", m.person_id`,
    { under_path, today },
  );
  return rows;
}

/** Two members, locked in the order of their numbers; each with the grid he serves. */
export async function holdMembers(
  trx: Db,
  ids: readonly number[],
  today: string,
): Promise<Map<number, { readonly grid: UnitRow; readonly valid_to: string | null }>> {
  const members = await trx('linked_members')
    .whereIn('person_id', [...ids])
    .where('valid_from', '<=', today)
    .where((still) => still.whereNull('valid_to').orWhere('valid_to', '>=', today))
    .orderBy('person_id')
    .forUpdate();
  const grids = await trx('units').whereIn(
    'id',
    members.map(({ grid_id }) => grid_id),
  );
  return new Map(
    members.map(({ person_id, grid_id, valid_to }) => [person_id, { grid: grids.find(({ id }) => id === grid_id)!, valid_to }]),
  );
}

/**
 * Why these days cannot be: the absent one has a substitute already, the substitute is absent himself, or the absent one stands in for
 * somebody. Null when they can.
 */
export async function findOverlap(
  trx: Db,
  absent_id: number,
  substitute_id: number,
  from: string,
  to: string,
): Promise<'absent' | 'substitute' | null> {
  const { rows } = await trx.raw<{ rows: { why: 'absent' | 'substitute' }[] }>(
    `select case when :absent_id in (absent_person_id, substitute_person_id) then 'absent' else 'substitute' end as why
     from substitutes where valid_from <= :to and valid_to >= :from
       and (:absent_id in (absent_person_id, substitute_person_id) or absent_person_id = :substitute_id) order by why limit 1`,
    { absent_id, substitute_id, from, to },
  );
  return rows[0]?.why ?? null;
}

export async function insertSubstitutePost(
  trx: Db,
  post: { person_id: number; unit_id: number; valid_from: string; valid_to: string },
): Promise<number> {
  const [made] = await trx('posts')
    .insert({ ...post, post: 'linked_member', on_duty: true })
    .onConflict(['person_id', 'post', 'unit_id', 'valid_from'])
    .merge({ valid_to: post.valid_to, on_duty: true })
    .returning('id');
  return made!.id;
}
export async function endSubstitutePost(trx: Db, id: number, valid_to: string): Promise<void> {
  await trx('posts').where({ id }).update({ valid_to });
}
export async function insertSubstitute(
  trx: Db,
  row: Omit<SubstituteRow, 'id' | 'demo' | 'duty_taken_at' | 'was_on_duty' | 'duty_returned_at' | 'ended_by'>,
): Promise<number> {
  const [made] = await trx('substitutes').insert(row).returning('id');
  return made!.id;
}
export async function changeSubstitute(trx: Db, id: number, changes: Partial<Omit<SubstituteRow, 'id'>>): Promise<void> {
  await trx('substitutes').where({ id }).update(changes);
}

/**
 * Where a substitution has begun, its absent member goes off duty; where it is over, he comes back on if he was on before. Run as often as
 * one likes: each substitution does each of them once.
 */
export async function turnDuties(
  trx: Db,
  today: string,
  now: Date,
  id: number | null = null,
): Promise<{ taken: number; returned: number }> {
  const which = id === null ? '' : 'and s.id = :id';
  const { rows: taken } = await trx.raw<{ rows: unknown[] }>(
    `with begun as (
       select s.id, p.id as post_id, p.on_duty from substitutes s
       join posts p on p.person_id = s.absent_person_id and p.unit_id = s.grid_id and p.post = 'linked_member'
         and p.valid_from <= :today and (p.valid_to is null or p.valid_to >= :today)
       where s.duty_taken_at is null and s.valid_from <= :today and s.valid_to >= :today ${which} for update
     ), off as (update posts set on_duty = false where id in (select post_id from begun))
     update substitutes s set duty_taken_at = :now, was_on_duty = b.on_duty from begun b where s.id = b.id returning s.id`,
    { today, now, id },
  );
  const { rows: returned } = await trx.raw<{ rows: unknown[] }>(
    `with over as (
       select s.id, s.absent_person_id, s.grid_id, s.was_on_duty from substitutes s
       where s.duty_taken_at is not null and s.duty_returned_at is null and s.valid_to < :today ${which} for update
     ), back as (
       update posts p set on_duty = true from over o
       where o.was_on_duty and p.person_id = o.absent_person_id and p.unit_id = o.grid_id and p.post = 'linked_member'
         and p.valid_from <= :today and (p.valid_to is null or p.valid_to >= :today)
     )
     update substitutes s set duty_returned_at = :now from over o where s.id = o.id returning s.id`,
    { today, now, id },
  );
  return { taken: taken.length, returned: returned.length };
}
