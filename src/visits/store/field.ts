import type { Db } from '../../core/db.ts';
import { literal, type Turn, type Turned, turnPage } from '../../core/keyset.ts';
import { searchWords } from '../../units/rules.ts';

/** A member as the community's board shows him. */
export interface FieldMember {
  readonly person_id: number;
  readonly name: string;
  readonly work_phone: string | null;
  readonly kind: 'fulltime' | 'assistant';
  readonly grid_id: number;
  readonly grid_zh: string;
  readonly grid_en: string;
  readonly demo: boolean;
  readonly on_duty: boolean;
  /** Who stands in for him today. */
  readonly substitute: string | null;
  readonly checked_in_at: Date | null;
  readonly checked_in_where: string | null;
  /** Only of a check-in within the hours that positions are shown. */
  readonly latitude: string | null;
  readonly longitude: string | null;
  readonly accuracy_metres: number | null;
  readonly households: number;
  readonly duties: number;
  readonly grid_households: number;
  readonly grid_visited: number;
  readonly open_orders: number;
}

export interface FieldAsked {
  readonly q: string | null;
  readonly off: boolean;
  readonly under_path: string;
  readonly today: string;
  readonly month_from: string;
  /** Positions measured before are not shown. */
  readonly position_since: Date;
}

const since = `:month_from::date::timestamp at time zone 'Asia/Shanghai'`;
const board = `
  select m.person_id, n.name, n.work_phone, n.demo, n.search, m.kind, m.grid_id, u.path as grid_path, u.name_zh as grid_zh, u.name_en as grid_en,
    u.code || ' ' || case m.kind when 'fulltime' then 0 else 1 end || lpad(m.person_id::text, 12, '0') as row_key,
    coalesce(p.on_duty, false) as on_duty, s.name as substitute, c.checked_in_at, c.checked_in_where, c.latitude, c.longitude, c.accuracy_metres,
    coalesce(v.households, 0) as households, coalesce(d.n, 0) as duties, g.households as grid_households, coalesce(gv.n, 0) as grid_visited,
    coalesce(o.n, 0) as open_orders
  from linked_members m join people n on n.id = m.person_id join units u on u.id = m.grid_id join grids g on g.unit_id = m.grid_id
  left join posts p on p.person_id = m.person_id and p.unit_id = m.grid_id and p.post = 'linked_member'
    and p.valid_from <= :today and (p.valid_to is null or p.valid_to >= :today)
  left join lateral (
    select t.name from substitutes s join people t on t.id = s.substitute_person_id
    where s.absent_person_id = m.person_id and s.valid_from <= :today and s.valid_to >= :today limit 1
  ) s on true
  left join lateral (
    select v.checked_in_at, coalesce(b.estate || b.name, v.room) as checked_in_where,
      case when v.checked_in_at >= :position_since then v.latitude end as latitude,
      case when v.checked_in_at >= :position_since then v.longitude end as longitude,
      case when v.checked_in_at >= :position_since then v.accuracy_metres end as accuracy_metres
    from visits v left join buildings b on b.id = v.building_id
    where v.person_id = m.person_id and v.checked_in_at is not null order by v.planned_on desc, v.checked_in_at desc limit 1
  ) c on true
  left join (
    select v.person_id, count(distinct (v.grid_id, v.building_id, v.room))::int as households from visits v join units u on u.id = v.grid_id
    where v.finished_at >= ${since} group by v.person_id
  ) v on v.person_id = m.person_id
  left join (select e.person_id, count(*)::int as n from duty_entries e where e.done_on >= :month_from group by e.person_id) d on d.person_id = m.person_id
  left join (
    select v.grid_id, count(distinct (v.building_id, v.room))::int as n from visits v where v.finished_at >= ${since} group by v.grid_id
  ) gv on gv.grid_id = m.grid_id
  left join (
    select unit_id, count(*)::int as n from work_orders
    where status in ('pending_ack', 'in_progress', 'return_requested', 'suspended', 'submitted') group by unit_id
  ) o on o.unit_id = m.grid_id
  where starts_with(u.path, :under_path) and m.valid_from <= :today and (m.valid_to is null or m.valid_to >= :today)`;

/** The members at or below a unit, grid by grid. */
export async function listField(
  db: Db,
  { q, off, ...asked }: FieldAsked,
  turn: Turn,
  size: number,
): Promise<Turned<FieldMember>> {
  const query = db.select('f.*').from(db.raw(`(${board}) as f`, { ...asked } as never));
  for (const word of searchWords(q ?? '')) query.whereRaw('f.search like ?', [`%${literal(word)}%`]);
  if (off) query.whereRaw('not f.on_duty');
  return turnPage<FieldMember>(query, 'f.row_key', turn, size);
}

export interface FieldCounts {
  readonly members: number;
  readonly on_duty: number;
  readonly checked_in_today: number;
  readonly households: number;
}
export async function countField(
  db: Db,
  asked: { readonly under_path: string; readonly today: string; readonly month_from: string },
): Promise<FieldCounts> {
  const { rows } = await db.raw<{ rows: FieldCounts[] }>(
    `select (select count(*)::int from linked_members m join units u on u.id = m.grid_id
         where starts_with(u.path, :under_path) and m.valid_from <= :today and (m.valid_to is null or m.valid_to >= :today)) as members,
       (select count(distinct p.person_id)::int from posts p join units u on u.id = p.unit_id
         where p.post = 'linked_member' and p.on_duty and starts_with(u.path, :under_path) and p.valid_from <= :today and (p.valid_to is null or p.valid_to >= :today)) as on_duty,
       (select count(distinct v.person_id)::int from visits v join units u on u.id = v.grid_id
         where v.checked_in_at >= :today::date::timestamp at time zone 'Asia/Shanghai' and starts_with(u.path, :under_path)) as checked_in_today,
       (select count(distinct (v.grid_id, v.building_id, v.room))::int from visits v join units u on u.id = v.grid_id
         where v.finished_at >= ${since} and starts_with(u.path, :under_path)) as households`,
    { ...asked },
  );
  return rows[0]!;
}
