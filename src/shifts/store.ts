import { type Db, hot } from '../core/db.ts';
import type { Post } from '../people/rules.ts';
import type { DutyDesk, Slot } from './rules.ts';

export interface DutyShiftRow extends Slot {
  readonly id: number;
  readonly desk: DutyDesk;
  readonly unit_id: number;
  readonly demo: boolean;
}
export interface ShiftAssignmentRow {
  readonly id: number;
  readonly shift_id: number;
  readonly post_id: number;
  readonly assigned_by: number | null;
  readonly assigned_at: Date;
  readonly turned_on_at: Date | null;
  readonly was_on_duty: boolean | null;
  readonly turned_off_at: Date | null;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    duty_shifts: DutyShiftRow;
    shift_assignments: ShiftAssignmentRow;
  }
}

export interface OnShift {
  readonly assignment_id: number;
  readonly post_id: number;
  readonly person_id: number;
  readonly name: string;
}
export interface ShiftFacts extends DutyShiftRow {
  readonly people: readonly OnShift[];
}

const people_json = `(select coalesce(json_agg(json_build_object('assignment_id', a.id, 'post_id', a.post_id, 'person_id', p.person_id, 'name', n.name) order by a.id), '[]')
  from shift_assignments a join posts p on p.id = a.post_id join people n on n.id = p.person_id where a.shift_id = s.id)`;

/** The shifts of one desk at one unit in some days, with who is on them. */
export async function listShifts(db: Db, desk: DutyDesk, unit_id: number, from: string, to: string): Promise<ShiftFacts[]> {
  const { rows } = await db.raw<{ rows: ShiftFacts[] }>(
    `select s.*, ${people_json} as people from duty_shifts s
     where s.desk = :desk and s.unit_id = :unit_id and s.on_day between :from and :to order by s.starts_at, s.part`,
    { desk, unit_id, from, to },
  );
  return rows;
}

/** The units that may keep a roster of that kind, as far as they are seen from one of them: those below it, and itself. */
export async function listKeeping(
  db: Db,
  kind: string,
  under_path: string,
  today: string,
): Promise<{ id: number; name_zh: string; name_en: string }[]> {
  const { rows } = await db.raw<{ rows: { id: number; name_zh: string; name_en: string }[] }>(
    `select id, name_zh, name_en from units where kind = :kind and starts_with(path, :under_path)
       and valid_from <= :today and (valid_to is null or valid_to >= :today) order by sort, code collate "C"`,
    { kind, under_path, today },
  );
  return rows;
}

/** Who may be put on a shift of the unit: all who hold one of the posts there. */
export async function listRostered(
  db: Db,
  unit_id: number,
  posts: readonly Post[],
  today: string,
): Promise<{ post_id: number; person_id: number; name: string }[]> {
  const { rows } = await db.raw<{ rows: { post_id: number; person_id: number; name: string }[] }>(
    `select p.id as post_id, p.person_id, n.name from posts p join people n on n.id = p.person_id
     where p.unit_id = :unit_id and p.post = any(:posts) and p.valid_from <= :today and (p.valid_to is null or p.valid_to >= :today) order by p.id`,
    { unit_id, posts: [...posts], today },
  );
  return rows;
}

/** The shift of that slot, made when there is none yet. */
export async function keepShift(trx: Db, desk: DutyDesk, unit_id: number, slot: Slot): Promise<number> {
  const { on_day, part, starts_at, ends_at } = slot;
  const { rows } = await trx.raw<{ rows: { id: number }[] }>(
    `insert into duty_shifts (desk, unit_id, on_day, part, starts_at, ends_at) values (:desk, :unit_id, :on_day, :part, :starts_at, :ends_at)
     on conflict (desk, unit_id, on_day, part) do update set starts_at = excluded.starts_at, ends_at = excluded.ends_at returning id`,
    { desk, unit_id, on_day, part, starts_at, ends_at },
  );
  return rows[0]!.id;
}
/** False where the post is on that shift already. */
export async function insertAssignment(
  trx: Db,
  row: Pick<ShiftAssignmentRow, 'shift_id' | 'post_id' | 'assigned_by' | 'assigned_at'>,
): Promise<boolean> {
  const made = await trx('shift_assignments').insert(row).onConflict(['shift_id', 'post_id']).ignore().returning('id');
  return made.length > 0;
}

/** Takes a post off a shift; whom the shift had put on duty it leaves as its end would. */
export async function removeAssignment(trx: Db, shift_id: number, post_id: number): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: unknown[] }>(
    `with gone as (
       delete from shift_assignments where shift_id = :shift_id and post_id = :post_id returning post_id, turned_on_at, turned_off_at, was_on_duty
     ), off as (
       update posts p set on_duty = s.desk in ('town', 'community') and p.on_duty and g.was_on_duty
       from gone g, duty_shifts s where p.id = g.post_id and s.id = :shift_id and g.turned_on_at is not null and g.turned_off_at is null
     ) select 1 from gone`,
    { shift_id, post_id },
  );
  return rows.length > 0;
}

/**
 * The roster's word on who is on duty. Each assignment puts its post on once, when its shift has begun, and ends that once; what was
 * set by hand stands until the roster speaks of that post again.
 */
export async function turnDuty(trx: Db, now: Date): Promise<{ on: number; off: number }> {
  const { rows: off } = await trx.raw<{ rows: unknown[] }>(
    `with ended as (
       update shift_assignments a set turned_on_at = coalesce(a.turned_on_at, :now), was_on_duty = coalesce(a.was_on_duty, p.on_duty), turned_off_at = :now
       from duty_shifts s, posts p
       where s.id = a.shift_id and p.id = a.post_id and a.turned_off_at is null and s.ends_at <= :now
       returning a.post_id, a.was_on_duty, s.desk, s.ends_at
     ), last as (select distinct on (post_id) * from ended order by post_id, ends_at desc)
     update posts p set on_duty = l.desk in ('town', 'community') and p.on_duty and l.was_on_duty from last l where p.id = l.post_id returning 1`,
    { now },
  );
  const { rows: on } = await trx.raw<{ rows: unknown[] }>(
    `with begun as (
       update shift_assignments a set turned_on_at = :now, was_on_duty = p.on_duty from duty_shifts s, posts p
       where s.id = a.shift_id and p.id = a.post_id and a.turned_on_at is null and s.starts_at <= :now and s.ends_at > :now
       returning a.post_id
     )
     update posts set on_duty = true where id in (select post_id from begun) returning 1`,
    { now },
  );
  return { on: on.length, off: off.length };
}

export interface DutyNow {
  readonly shift_id: number;
  readonly desk: DutyDesk;
  readonly unit_id: number;
  readonly part: number;
  readonly starts_at: Date;
  readonly ends_at: Date;
  readonly unit_zh: string;
  readonly unit_en: string;
  readonly people: readonly { readonly name: string; readonly phone: string | null; readonly on_duty: boolean }[];
}
/** Who is on shift now, desk by desk, at or below a unit. */
export async function listDutyNow(db: Db, under_path: string, now: Date): Promise<DutyNow[]> {
  return hot<DutyNow>(
    db,
    `select s.id as shift_id, s.desk, s.unit_id, s.part, s.starts_at, s.ends_at, u.name_zh as unit_zh, u.name_en as unit_en,
       (select coalesce(json_agg(json_build_object('name', n.name, 'phone', n.work_phone, 'on_duty', p.on_duty) order by a.id), '[]')
        from shift_assignments a join posts p on p.id = a.post_id join people n on n.id = p.person_id where a.shift_id = s.id) as people
     from duty_shifts s join units u on u.id = s.unit_id
     where s.starts_at <= :now and s.ends_at > :now and starts_with(u.path, :under_path)
     order by array_position(array['hotline', 'review', 'dispatch', 'supervision', 'callback', 'analysis', 'town', 'community'], s.desk), u.sort, u.id`,
    { now, under_path },
  );
}

/** Who is on shift at a desk of the city now, and whether this post has a roster and is on it. */
export async function findSeat(
  db: Db,
  desk: DutyDesk,
  post_id: number,
  now: Date,
): Promise<{
  readonly names: readonly string[];
  readonly on: boolean;
  readonly rostered: boolean;
  readonly ends_at: Date | null;
}> {
  const [row] = await hot<{ names: string[]; on: boolean; rostered: boolean; ends_at: Date | null }>(
    db,
    `select coalesce(array_agg(n.name order by a.id) filter (where n.name is not null), '{}') as names, max(s.ends_at) as ends_at,
       (select on_duty from posts where id = :post_id) as on,
       exists (select from shift_assignments m join duty_shifts d on d.id = m.shift_id
         where m.post_id = :post_id and d.starts_at between :now::timestamptz - interval '7 days' and :now::timestamptz + interval '7 days') as rostered
     from duty_shifts s join shift_assignments a on a.shift_id = s.id join posts p on p.id = a.post_id join people n on n.id = p.person_id
     where s.desk = :desk and s.starts_at <= :now and s.ends_at > :now and p.on_duty`,
    { desk, post_id, now },
  );
  return row!;
}

/** Slots with somebody on them who holds his post on that day, of all desks, and the units below the city that keep a roster. */
export async function listCovered(
  db: Db,
  from: Date,
  to: Date,
): Promise<{ desk: DutyDesk; unit_id: number; on_day: string; part: number }[]> {
  const { rows } = await db.raw<{ rows: { desk: DutyDesk; unit_id: number; on_day: string; part: number }[] }>(
    `select distinct s.desk, s.unit_id, s.on_day, s.part from duty_shifts s join shift_assignments a on a.shift_id = s.id join posts p on p.id = a.post_id
     where s.ends_at > :from and s.starts_at < :to and (p.valid_to is null or p.valid_to >= s.on_day)`,
    { from, to },
  );
  return rows;
}
export async function listKeepers(
  db: Db,
  since: Date,
): Promise<{ desk: DutyDesk; unit_id: number; unit_zh: string; unit_en: string; unit_path: string }[]> {
  const { rows } = await db.raw<{
    rows: { desk: DutyDesk; unit_id: number; unit_zh: string; unit_en: string; unit_path: string }[];
  }>(
    `select s.desk, s.unit_id, u.name_zh as unit_zh, u.name_en as unit_en, u.path as unit_path from duty_shifts s join units u on u.id = s.unit_id
     where s.starts_at > :since group by s.desk, u.id, s.unit_id order by u.sort, u.id`,
    { since },
  );
  return rows;
}
