import { rulebook } from '../src/catalog/actions.ts';
import { addMinutes, startOfDay } from '../src/core/clock.ts';
import type { Db } from '../src/core/db.ts';
import { lastMonth, scoreMembers, settleMonth } from '../src/member_scores/actions/score.ts';
import type { Actor, Post } from '../src/people/rules.ts';
import { nextMonth } from '../src/visits/rules.ts';

const months_back = 6;

/**
 * Drafts the last months of every member as the job does, and has those of one community scored and confirmed by its own people: the last
 * month still waits for the street.
 */
export async function loadMemberScores(
  db: Db,
  community_code: string,
  now: Date,
): Promise<{ drafted: number; confirmed: number }> {
  await rulebook(db);
  const secretary = await findActor(db, community_code, 'community_secretary');
  const leader = secretary && (await findActor(db, secretary.unit_path, 'town_leader'));
  const months = [lastMonth(now)];
  while (months.length < months_back) months.unshift(lastMonth(startOfDay(`${months[0]}-01`)));
  const sum = { drafted: 0, confirmed: 0 };
  for (const one of months) {
    const at = addMinutes(startOfDay(nextMonth(one)), 5 * 60);
    sum.drafted += (await scoreMembers(db, at, one)).drafted;
    if (!secretary || !leader) continue;
    await settleMonth(db, { author: secretary, now: addMinutes(at, 4 * 60) }, one, 'propose');
    if (one !== months.at(-1))
      sum.confirmed += await settleMonth(db, { author: leader, now: addMinutes(at, 29 * 60) }, one, 'confirm');
  }
  return sum;
}

/** Who holds a post at the unit of a code, or at a unit on a path. */
async function findActor(db: Db, at: string, post: Post): Promise<Actor | undefined> {
  const { rows } = await db.raw<{ rows: Actor[] }>(
    `select p.person_id, n.name, p.id as post_id, p.post, u.id as unit_id, u.kind as unit_kind, u.path as unit_path, u.name_zh as unit_name
     from posts p join people n on n.id = p.person_id join units u on u.id = p.unit_id
     where p.post = :post and p.valid_to is null and (u.code = :at or starts_with(:at, u.path)) order by p.id limit 1`,
    { post, at },
  );
  return rows[0];
}
