import { type Db, hot } from './db.ts';
import { Refusal } from './errors.ts';

/**
 * Counts a try of `key` and says how many there were in its window, this one included. The window begins with the first try and lasts
 * `minutes`. One statement, so that of tries at once none is missed; by the world's clock, so that a test can move it.
 */
export async function countTry(db: Db, key: string, minutes: number, now: Date): Promise<number> {
  const ms = now.getTime();
  const [row] = await hot<{ points: number }>(
    db,
    `insert into rate_limits as kept (key, points, expire) values (:key, 1, :until)
     on conflict (key) do update set points = case when kept.expire <= :ms then 1 else kept.points + 1 end,
       expire = case when kept.expire <= :ms then excluded.expire else kept.expire end
     returning points`,
    { key, until: ms + minutes * 60_000, ms },
  );
  return row!.points;
}

/** How many tries of `key` its window holds, without counting one. */
export async function countTries(db: Db, key: string, now: Date): Promise<number> {
  const [row] = await hot<{ points: number }>(db, 'select points from rate_limits where key = :key and expire > :ms', {
    key,
    ms: now.getTime(),
  });
  return row?.points ?? 0;
}

export const tooMany = () => new Refusal(429, 'too_many');
