import { addMinutes, startOfDay } from '../../core/clock.ts';
import { type Db, hot } from '../../core/db.ts';

export const soon_minutes = 120;
export const wallTiers = ['city', 'department', 'town', 'community', 'grid'] as const;
export type WallTier = (typeof wallTiers)[number];

export interface WallFigures {
  readonly today: number;
  readonly closed: number;
  readonly overdue: number;
  readonly due_soon: number;
}
/** The figures of the hour, each from an index that holds nothing else. */
export async function readFigures(db: Db, day: string, now: Date): Promise<WallFigures> {
  const [row] = await hot<WallFigures>(
    db,
    `select (select count(*)::int from appeals where number >= :number_from) as today,
       (select count(*)::int from appeals where status in ('closed', 'declined', 'withdrawn') and closed_at >= :midnight) as closed,
       (select count(*)::int from appeals where status = 'in_handling' and due_at < :now) as overdue,
       (select count(*)::int from appeals where status = 'in_handling' and due_at between :now and :soon) as due_soon`,
    { number_from: day.replaceAll('-', ''), midnight: startOfDay(day), now, soon: addMinutes(now, soon_minutes) },
  );
  return row!;
}

/** Where what is not finished lies: at the city's own desks, or with a unit of that kind. */
export async function countByTier(db: Db): Promise<Record<WallTier, number>> {
  const rows = await hot<{ tier: WallTier; n: number }>(
    db,
    `select coalesce(u.kind, 'city') as tier, sum(x.n)::int as n
     from (select lead_unit_id, count(*) as n from appeals
           where status in ('pending_review', 'awaiting_details', 'pending_dispatch', 'in_handling', 'pending_callback') group by lead_unit_id) x
     left join units u on u.id = x.lead_unit_id group by 1`,
    {},
  );
  return {
    ...{ city: 0, department: 0, town: 0, community: 0, grid: 0 },
    ...Object.fromEntries(rows.map(({ tier, n }) => [tier, n])),
  };
}

/** What is due first and not yet late. Neither title nor place: the screen is seen by whoever enters the room. */
export async function listNextDue(
  db: Db,
  now: Date,
  most: number,
): Promise<{ number: string; lead_unit_id: number | null; received_at: Date; due_at: Date }[]> {
  return hot(
    db,
    `select number, lead_unit_id, received_at, due_at from appeals where status = 'in_handling' and due_at >= :now order by due_at, id limit :most`,
    { now, most },
  );
}
