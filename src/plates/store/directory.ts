import { type Db, hot } from '../../core/db.ts';

/** An area of the public directory: what is public of it, and nothing else. */
export interface PublicArea {
  readonly id: number;
  readonly kind: 'town' | 'community' | 'grid';
  readonly name_zh: string;
  readonly name_en: string;
  readonly duty_phone: string | null;
  readonly members: number;
}

const valid = (row: string) => `${row}.valid_from <= :today and (${row}.valid_to is null or ${row}.valid_to >= :today)`;

/** What stands directly below an area: towns of the city, communities and exclusive grids of a town, grids of a community. */
export async function listAreasBelow(db: Db, parent_id: number, today: string): Promise<PublicArea[]> {
  return hot<PublicArea>(
    db,
    `select u.id, u.kind, u.name_zh, u.name_en, u.duty_phone,
       (select count(*)::int from linked_members m join units g on g.id = m.grid_id where starts_with(g.path, u.path) and ${valid('m')}) as members
     from units u where u.parent_id = :parent_id and u.kind <> 'department' and ${valid('u')} order by case u.kind when 'grid' then 1 else 0 end, u.sort, u.id`,
    { parent_id, today },
  );
}

export interface PublicMember {
  readonly name: string;
  readonly work_phone: string | null;
  readonly services: string;
  readonly kind: 'fulltime' | 'assistant';
}

/** The three disclosures of a grid's members: name, work phone, services. */
export async function listPublicMembers(db: Db, grid_id: number, today: string): Promise<PublicMember[]> {
  return hot<PublicMember>(
    db,
    `select p.name, p.work_phone, m.services, m.kind from linked_members m join people p on p.id = m.person_id
     where m.grid_id = :grid_id and ${valid('m')} order by m.kind desc, m.person_id`,
    { grid_id, today },
  );
}

/** Where a grid's help point is, and its buildings by name. */
export async function findPublicGrid(
  db: Db,
  grid_id: number,
  today: string,
): Promise<{ help_point: string | null; buildings: string[] } | undefined> {
  const { rows } = await db.raw(
    `select g.help_point, coalesce((select array_agg(b.estate || b.name order by b.code collate "C") from buildings b
       where b.grid_id = g.unit_id and ${valid('b')}), '{}') as buildings
     from grids g where g.unit_id = :grid_id`,
    { grid_id, today },
  );
  return rows[0];
}

export interface ReviewableMember {
  readonly person_id: number;
  readonly name: string;
  readonly kind: 'fulltime' | 'assistant';
}

/** Whom a household of the grid may review. */
export async function listReviewable(db: Db, grid_id: number, today: string): Promise<ReviewableMember[]> {
  return hot<ReviewableMember>(
    db,
    `select m.person_id, p.name, m.kind from linked_members m join people p on p.id = m.person_id
     where m.grid_id = :grid_id and ${valid('m')} order by m.kind desc, m.person_id`,
    { grid_id, today },
  );
}
