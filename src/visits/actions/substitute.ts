import { addDays, dayOf } from '../../core/clock.ts';
import type { Db } from '../../core/db.ts';
import { conflict, notFound, wrongFields } from '../../core/errors.ts';
import type { World } from '../../core/world.ts';
import { may } from '../../policy.ts';
import { type Changing, recordChange } from '../../trail/actions/change.ts';
import { findUnit } from '../../units/store.ts';
import {
  changeSubstitute,
  endSubstitutePost,
  findOverlap,
  holdMembers,
  holdSubstitute,
  insertSubstitute,
  insertSubstitutePost,
  turnDuties,
} from '../store/substitutes.ts';

export interface Naming {
  readonly absent_person_id: number;
  readonly substitute_person_id: number;
  readonly valid_from: string;
  readonly valid_to: string;
  readonly reason: string;
  /** Whether the absent member asked for it himself; else the community did. */
  readonly asked_himself: boolean;
}

/** How long one may stand in for another at most, in days; who is away longer is replaced in the register of members. */
export const longest_days = 92;

/**
 * Names a member who stands in for an absent one of the same community (or town, where the grid hangs on it): a post of his own at the
 * other's grid that ends by itself. The absent one is off duty meanwhile, so that new work finds the substitute.
 */
export async function nameSubstitute(db: Db, doing: Changing, given: Naming): Promise<number> {
  const { author, now } = doing;
  const { absent_person_id, substitute_person_id, valid_from, valid_to, reason } = given;
  const today = dayOf(now);
  if (absent_person_id === substitute_person_id) throw wrongFields({ substitute_person_id: 'not_himself' });
  if (valid_from < today) throw wrongFields({ valid_from: 'in_the_past' });
  if (valid_to < valid_from) throw wrongFields({ valid_to: 'before_start' });
  if (valid_to > addDays(valid_from, longest_days)) throw wrongFields({ valid_to: `too_long_days:${longest_days}` });
  return db.transaction(async (trx) => {
    const members = await holdMembers(trx, [absent_person_id, substitute_person_id], today);
    const absent = members.get(absent_person_id);
    const substitute = members.get(substitute_person_id);
    if (!absent || !may(author, 'substitute.edit', { unit_path: absent.grid.path }))
      throw wrongFields({ absent_person_id: 'not_yours' });
    if (!substitute || substitute.grid.parent_id !== absent.grid.parent_id)
      throw wrongFields({ substitute_person_id: 'not_of_the_community' });
    if (substitute.grid.id === absent.grid.id) throw wrongFields({ substitute_person_id: 'same_grid' });
    if (substitute.valid_to !== null && substitute.valid_to < valid_to) throw wrongFields({ valid_to: 'leaves_before' });
    const overlap = await findOverlap(trx, absent_person_id, substitute_person_id, valid_from, valid_to);
    if (overlap)
      throw wrongFields(overlap === 'absent' ? { absent_person_id: 'substituted' } : { substitute_person_id: 'absent_himself' });
    const grid_id = absent.grid.id;
    const post_id = await insertSubstitutePost(trx, { person_id: substitute_person_id, unit_id: grid_id, valid_from, valid_to });
    const id = await insertSubstitute(trx, {
      absent_person_id,
      substitute_person_id,
      grid_id,
      post_id,
      valid_from,
      valid_to,
      reason,
      asked_by: given.asked_himself ? absent_person_id : author.person_id,
      decided_by: author.person_id,
      decided_at: now,
    });
    await turnDuties(trx, today, now, id);
    await recordChange(trx, doing, 'substitute.name', `substitute:${id}`, null, {
      grid_id,
      absent: absent_person_id,
      substitute: substitute_person_id,
      valid_from,
      valid_to,
      reason,
    });
    return id;
  });
}

/** Ends a substitution at once: yesterday was its last day, and the absent member is on duty again. */
export async function endSubstitute(db: Db, doing: Changing, id: number): Promise<void> {
  const today = dayOf(doing.now);
  await db.transaction(async (trx) => {
    const row = await holdSubstitute(trx, id);
    const grid = row && (await findUnit(trx, row.grid_id));
    if (!row || !grid || !may(doing.author, 'substitute.edit', { unit_path: grid.path })) throw notFound();
    if (row.valid_to < today) throw conflict();
    const last = row.valid_from > today ? addDays(row.valid_from, -1) : addDays(today, -1);
    await endSubstitutePost(trx, row.post_id, last);
    await changeSubstitute(trx, id, { valid_to: last, ended_by: doing.author.person_id });
    await turnDuties(trx, today, doing.now, id);
    await recordChange(trx, doing, 'substitute.end', `substitute:${id}`, { valid_to: row.valid_to }, { valid_to: last });
  });
}

/** Just after midnight: who is absent from today goes off duty, who is back comes on. May be repeated. */
export async function turnSubstitutes({ db }: Pick<World, 'db'>, now: Date): Promise<{ taken: number; returned: number }> {
  return db.transaction((trx) => turnDuties(trx, dayOf(now), now));
}
