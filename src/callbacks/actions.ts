import { isCallingHour } from '../appeals/actions/calls.ts';
import type { CallbackOutcome, Level } from '../appeals/rules.ts';
import { handled } from '../appeals/store.ts';
import { rulebook } from '../catalog/actions.ts';
import { addDays, dayOf, startOfDay } from '../core/clock.ts';
import type { Db } from '../core/db.ts';
import { conflict, forbidden, notFound } from '../core/errors.ts';
import { hmac, sha256 } from '../core/hash.ts';
import type { World } from '../core/world.ts';
import { may } from '../policy.ts';
import { type Changing, recordChange } from '../trail/actions/change.ts';
import { draw, isOpenRecall } from './rules.ts';
import { changeRecall, findRecall, holdRecall, insertDraw, insertRecalls, listDraws, listRecallable } from './store.ts';

/** The mark by which an appeal is drawn, made of the seed of its day; shown with the seed, so that a draw can be made again. */
export const markOf = (seed: string) => (number: string) => sha256(`${seed} ${number}`);

/**
 * Draws, of the appeals closed on a day, those that another person calls again. The seed comes from the key of the data: the same day
 * always draws the same, and nobody knows before. May be repeated.
 */
export async function drawRecalls(
  { db, config }: Pick<World, 'db' | 'config'>,
  now: Date,
  day = addDays(dayOf(now), -1),
): Promise<{ day: string; closed: number; drawn: number }> {
  const { parameters } = await rulebook(db);
  const percent = parameters['callback.recall_percent'];
  const seed = hmac(config.data_key, `recalls ${day}`);
  return db.transaction(async (trx) => {
    const closed = await listRecallable(trx, startOfDay(day), startOfDay(addDays(day, 1)));
    const drawn = new Set(
      draw(
        closed.map(({ number }) => number),
        percent,
        markOf(seed),
      ),
    );
    const counts = { day, closed: closed.length, drawn: drawn.size };
    if (!(await insertDraw(trx, { ...counts, seed, percent, drawn_at: now }))) return { ...counts, drawn: 0 };
    await insertRecalls(
      trx,
      closed
        .filter(({ number }) => drawn.has(number))
        .map(({ appeal_id, round, evaluation_id, recorded_by }) => ({
          appeal_id,
          round,
          day,
          evaluation_id,
          first_caller: recorded_by,
        })),
    );
    return counts;
  });
}

/** A job: draws of yesterday, and of each day before it that was missed since the last draw. */
export async function drawMissed(world: Pick<World, 'db' | 'config'>, now: Date): Promise<{ days: number; drawn: number }> {
  const yesterday = addDays(dayOf(now), -1);
  const [last] = await listDraws(world.db, 1);
  const made = { days: 0, drawn: 0 };
  for (let day = last ? addDays(last.day, 1) : yesterday; day <= yesterday; day = addDays(day, 1)) {
    made.drawn += (await drawRecalls(world, now, day)).drawn;
    made.days += 1;
  }
  return made;
}

export interface Recall {
  readonly outcome: CallbackOutcome;
  readonly contacted: boolean | null;
  readonly solved: boolean | null;
  readonly level: Level | null;
  readonly remark: string;
}

/** Records a second call by another person. What the appellant says now stands beside his first evaluation, which stays what it was. */
export async function recordRecall(db: Db, doing: Changing, id: number, given: Recall): Promise<void> {
  const { author, now } = doing;
  const { parameters } = await rulebook(db);
  if (!may(author, 'recall.make')) throw forbidden();
  await db.transaction(async (trx) => {
    const held = await holdRecall(trx, id);
    const recall = held && (await findRecall(trx, id));
    if (!held || !recall) throw notFound();
    if (!isOpenRecall(held.outcome)) throw conflict('decided_already');
    if (held.first_caller === author.person_id) throw forbidden('own_first_call');
    if (await handled(trx, held.appeal_id, author.person_id)) throw forbidden('own_unit_calls');
    if (recall.priority !== 'emergency' && !isCallingHour(now, parameters)) throw conflict('outside_calling_hours');
    const reached = given.outcome === 'reached';
    const answers = {
      contacted: reached ? given.contacted : null,
      solved: reached ? given.solved : null,
      level: reached ? given.level : null,
    };
    await changeRecall(trx, id, {
      ...answers,
      outcome: given.outcome,
      remark: given.remark,
      called_by: author.person_id,
      called_at: now,
      tries: held.tries + 1,
    });
    await recordChange(trx, doing, 'recall.record', `recall:${id}`, null, {
      number: recall.number,
      outcome: given.outcome,
      ...answers,
    });
  });
}
