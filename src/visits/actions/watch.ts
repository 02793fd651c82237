import { claimSubmission, findSubmission, recordSubmission } from '../../appeals/store.ts';
import { rulebook } from '../../catalog/actions.ts';
import { dueAt } from '../../core/calendar.ts';
import { addMinutes, dayOf } from '../../core/clock.ts';
import type { Db } from '../../core/db.ts';
import { conflict, notFound, wrongFields } from '../../core/errors.ts';
import { open, seal } from '../../core/seal.ts';
import type { World } from '../../core/world.ts';
import { may, type Permission } from '../../policy.ts';
import { type Changing, recordChange } from '../../trail/actions/change.ts';
import { findUnit } from '../../units/store.ts';
import { againDays, followUpsOf, isHealth, namesRoom, roomOf, type Situation } from '../rules.ts';
import {
  changeWatch,
  findFollowUp,
  findHealth,
  holdWatch,
  insertFollowUps,
  insertWatch,
  markDone,
  saveHealth,
  type WatchRow,
} from '../store/watch.ts';
import { mustStandInGrid } from './visit.ts';

export interface Noted {
  readonly situation: Situation;
  readonly grid_id: number;
  readonly building_id: number | null;
  readonly room: string | null;
  readonly event: string;
  readonly need: string | null;
  readonly once: string;
}

/** What is said of somebody's health: never in a column of its own. */
export interface HealthText {
  readonly room: string;
  readonly event: string;
  readonly need: string;
  readonly outcome?: string;
}

/** Puts one of the four situations into the register, with what is to be done about it by when. Sent twice it is one record. */
export async function noteWatch({ db, config }: Pick<World, 'db' | 'config'>, doing: Changing, given: Noted): Promise<number> {
  const { author, now } = doing;
  const { situation, grid_id, building_id, once } = given;
  const { calendar } = await rulebook(db);
  return db.transaction(async (trx) => {
    const grid = await findUnit(trx, grid_id);
    if (grid?.kind !== 'grid' || !may(author, 'watch.keep', { unit_path: grid.path }))
      throw wrongFields({ grid_id: 'not_yours' });
    if (!(await claimSubmission(trx, once, author.person_id, now))) {
      const before = /^\/watch\/(\d+)$/.exec((await findSubmission(trx, once))?.location ?? '')?.[1];
      if (!before) throw conflict();
      return Number(before);
    }
    await mustStandInGrid(trx, grid_id, building_id, dayOf(now));
    const text: HealthText = {
      room: namesRoom(situation) ? roomOf(given.room ?? '') : '',
      event: given.event,
      need: given.need ?? '',
    };
    const plain = isHealth(situation) ? { room: '', event: '', need: '' } : text;
    const row = { situation, grid_id, building_id, ...plain, noted_by: author.person_id, noted_at: now };
    const id = await insertWatch(trx, row);
    if (isHealth(situation)) await saveHealth(trx, id, seal(config.data_key, JSON.stringify(text)));
    await insertFollowUps(
      trx,
      followUpsOf(situation).map(({ step, limit }) => ({ watch_id: id, step, due_at: dueAt(calendar, now, limit).due_at })),
    );
    await recordChange(trx, doing, 'watch.note', `watch:${id}`, null, { situation, grid_id });
    await recordSubmission(trx, once, `/watch/${id}`);
    return id;
  });
}

async function holdReached(trx: Db, { author }: Changing, id: number, permission: Permission): Promise<WatchRow> {
  const record = await holdWatch(trx, id);
  const grid = record && (await findUnit(trx, record.grid_id));
  if (!record || !grid || !may(author, permission, { unit_path: grid.path })) throw notFound();
  return record;
}

/** A follow-up is done; one that comes again is due anew. Done already, nothing changes. */
export async function doFollowUp(db: Db, doing: Changing, id: number, follow_up_id: number): Promise<void> {
  await db.transaction(async (trx) => {
    const record = await holdReached(trx, doing, id, 'watch.keep');
    const follow_up = await findFollowUp(trx, id, follow_up_id);
    if (!follow_up) throw notFound();
    if (follow_up.done_at) return;
    if (record.closed_at) throw conflict();
    await markDone(trx, follow_up_id, doing.author.person_id, doing.now);
    const again = againDays(record.situation, follow_up.step);
    if (again !== undefined)
      await insertFollowUps(trx, [{ watch_id: id, step: follow_up.step, due_at: addMinutes(doing.now, again * 1440) }]);
    await recordChange(trx, doing, 'watch.follow_up', `watch:${id}`, null, { step: follow_up.step });
  });
}

/** Closes a record with how it came out. What was left undone stays visible as such. */
export async function closeWatch(
  { db, config }: Pick<World, 'db' | 'config'>,
  doing: Changing,
  id: number,
  outcome: string,
): Promise<void> {
  await db.transaction(async (trx) => {
    const record = await holdReached(trx, doing, id, 'watch.keep');
    if (record.closed_at) throw conflict();
    if (isHealth(record.situation)) {
      const sealed = await findHealth(trx, id);
      const text = sealed ? (JSON.parse(open(config.data_key, sealed)) as HealthText) : { room: '', event: '', need: '' };
      await saveHealth(trx, id, seal(config.data_key, JSON.stringify({ ...text, outcome })));
    }
    const told = isHealth(record.situation) ? '' : outcome;
    await changeWatch(trx, id, { closed_at: doing.now, closed_by: doing.author.person_id, outcome: told });
    await recordChange(trx, doing, 'watch.close', `watch:${id}`, { closed: false }, { closed: true });
  });
}

/** Opens what was said of somebody's health, for a reason. It is recorded first: nobody reads unseen. */
export async function readHealth(
  { db, config }: Pick<World, 'db' | 'config'>,
  doing: Changing,
  id: number,
  reason: string,
): Promise<HealthText> {
  return db.transaction(async (trx) => {
    await holdReached(trx, doing, id, 'watch.health');
    const sealed = await findHealth(trx, id);
    if (!sealed) throw notFound();
    await recordChange(trx, doing, 'watch.read', `watch:${id}`, null, { reason });
    return JSON.parse(open(config.data_key, sealed)) as HealthText;
  });
}
