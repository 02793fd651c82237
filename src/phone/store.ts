import type { Status } from '../appeals/rules.ts';
import { readableSql } from '../appeals/store.ts';
import { type Db, hot } from '../core/db.ts';
import type { Actor } from '../people/rules.ts';

/** What became of an appeal somebody reported himself. */
export interface OwnReport {
  readonly id: number;
  readonly number: string;
  readonly title: string;
  readonly status: Status;
  readonly received_at: Date;
  /** Who has it. */
  readonly lead_unit_id: number | null;
  readonly last_act: string;
  readonly last_at: Date;
}

/** The appeals a person registered and may still read, the newest first; those before the row `before` when given. */
export async function listOwnReports(db: Db, actor: Actor, before: number | null, limit: number): Promise<OwnReport[]> {
  const { sql, bindings } = readableSql(actor);
  return hot<OwnReport>(
    db,
    `select a.id, a.number, a.title, a.status, a.received_at, a.lead_unit_id, last.act as last_act, last.happened_at as last_at
     from appeals a cross join lateral (select act, happened_at from trail where subject_kind = 'appeal' and subject_id = a.id order by seq desc limit 1) last
     where a.registered_by = :person_id and a.id < coalesce(:before::bigint, 9223372036854775807) and ${sql}
     order by a.id desc limit :limit`,
    { person_id: actor.person_id, before, limit, ...bindings },
  );
}

export interface Neighbour {
  readonly person_id: number;
  readonly name: string;
  readonly work_phone: string | null;
  readonly grid_zh: string;
  readonly grid_en: string;
}

/** Linked members on duty in the other grids under the same unit, grid by grid. */
export async function listNeighbours(db: Db, grid_id: number, parent_id: number, today: string): Promise<Neighbour[]> {
  return hot<Neighbour>(
    db,
    `select p.person_id, n.name, n.work_phone, u.name_zh as grid_zh, u.name_en as grid_en
     from units u join posts p on p.unit_id = u.id join people n on n.id = p.person_id
     where u.parent_id = :parent_id and u.id <> :grid_id and p.post = 'linked_member' and p.on_duty
       and p.valid_from <= :today and (p.valid_to is null or p.valid_to >= :today)
     order by u.code, n.work_phone is null, p.person_id limit 60`,
    { grid_id, parent_id, today },
  );
}

export async function isOnDuty(db: Db, post_id: number): Promise<boolean> {
  return (await db('posts').where({ id: post_id }).first('on_duty'))?.on_duty ?? false;
}

/** What a grid's month was like: found in it, solved by it, handed up, and what it has open now. Counts what its members may read. */
export interface GridMonth {
  readonly found: number;
  readonly solved: number;
  readonly handed_up: number;
  readonly open: number;
}

export async function countGridMonth(db: Db, grid_id: number, since: Date): Promise<GridMonth> {
  const [row] = await hot<GridMonth>(
    db,
    `select
       (select count(*)::int from appeals a join appeal_scopes s on s.appeal_id = a.id and s.unit_id = :grid_id and s.reads
          where a.place_unit_id = :grid_id and a.received_at >= :since) as found,
       count(*) filter (where o.status = 'accepted' and o.created_at >= :since)::int as solved,
       count(*) filter (where o.status = 'escalated' and o.created_at >= :since)::int as handed_up,
       count(*) filter (where o.status in ('pending_ack', 'in_progress', 'return_requested', 'suspended', 'submitted'))::int as open
     from work_orders o where o.unit_id = :grid_id`,
    { grid_id, since },
  );
  return row!;
}
