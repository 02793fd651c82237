import { type Db, hot } from '../../core/db.ts';
import { best_mark, marks, weights } from '../rules.ts';

/** True in SQL where an instant lies in the month 'YYYY-MM' of the city. */
const within = (at: string) => `${at} >= (:month || '-01')::timestamp at time zone 'Asia/Shanghai'
  and ${at} < ((:month || '-01')::timestamp + interval '1 month') at time zone 'Asia/Shanghai'`;

export interface UnitScore {
  readonly unit_id: number;
  readonly whistles: number;
  /** Two decimals, as text: it is published, not counted on with. */
  readonly score: string;
}

/** The whistle score of every unit that was called, over the whistles rated in the month (5.8). A refusal in time is an answer in time. */
export async function listUnitScores(db: Db, month: string): Promise<UnitScore[]> {
  const sum = marks.map((mark) => `u.${mark}`).join(' + ');
  return hot<UnitScore>(
    db,
    `select u.unit_id, count(*)::int as whistles, round(avg(
         ${weights.acknowledged} * (a.stopped_at <= a.due_at)::int + ${weights.checked_in} * (k.stopped_at <= k.due_at)::int
         + ${weights.rating} * (${sum})::numeric / ${marks.length * best_mark}), 2)::text as score
     from whistles w join whistle_units u on u.whistle_id = w.id
     join clocks a on a.whistle_unit_id = u.id and a.kind = 'whistle_acknowledge'
     join clocks k on k.whistle_unit_id = u.id and k.kind = 'check_in'
     where ${within('w.rated_at')} group by u.unit_id order by avg(${sum}) desc, u.unit_id`,
    { month },
  );
}

/** The same by unit, as the assessment shows it beside its own score. */
export async function whistleScores(db: Db, month: string): Promise<ReadonlyMap<number, string>> {
  return new Map((await listUnitScores(db, month)).map(({ unit_id, score }) => [unit_id, score]));
}

export interface WhistlerShare {
  readonly unit_id: number;
  readonly kind: 'town' | 'community';
  readonly whistles: number;
  /** Neither rejected nor found to be its own duty by most of those who judged. */
  readonly sound: number;
  readonly appeals: number;
}

/** Every town, and every community that whistled in the month: whistles of itself and below, and appeals of its place. */
export async function listWhistlerShares(db: Db, month: string): Promise<WhistlerShare[]> {
  return hot<WhistlerShare>(
    db,
    `with heard as (
       select w.id, c.path, w.status <> 'rejected' and 2 * coalesce(j.own, 0) <= coalesce(j.judged, 0) as sound
       from whistles w join units c on c.id = w.unit_id left join lateral (
         select count(*) filter (where u.own_duty) as own, count(u.judged_at) as judged from whistle_units u where u.whistle_id = w.id) j on true
       where (w.issued_at is not null or w.status = 'rejected') and ${within('coalesce(w.issued_at, w.ended_at)')}
     ), mine as (
       select u.id, u.kind, u.sort, count(h.id)::int as whistles, count(h.id) filter (where h.sound)::int as sound
       from units u left join heard h on starts_with(h.path, u.path) where u.kind in ('town', 'community') and u.valid_to is null
       group by u.id having u.kind = 'town' or count(h.id) > 0
     )
     select m.id as unit_id, m.kind, m.whistles, m.sound, coalesce(n.appeals, 0) as appeals
     from mine m left join (
       select s.unit_id, count(*)::int as appeals from appeal_scopes s join appeals a on a.id = s.appeal_id
       where s.unit_id in (select id from mine) and ${within('a.received_at')} group by s.unit_id
     ) n on n.unit_id = m.id order by m.kind = 'community', m.sort, m.id`,
    { month },
  );
}

/** Whistles for each appeal; null where there was nothing to whistle for. */
export const rateOf = ({ whistles, appeals }: Pick<WhistlerShare, 'whistles' | 'appeals'>): number | null =>
  appeals === 0 ? null : whistles / appeals;

/** The middle of the towns' whistle rates: neither far below nor far above it is well. */
export function medianRate(shares: readonly WhistlerShare[]): number | null {
  const rates = shares
    .filter(({ kind }) => kind === 'town')
    .flatMap((share) => rateOf(share) ?? [])
    .sort((a, b) => a - b);
  if (rates.length === 0) return null;
  const half = Math.floor(rates.length / 2);
  return rates.length % 2 === 1 ? rates[half]! : (rates[half - 1]! + rates[half]!) / 2;
}
