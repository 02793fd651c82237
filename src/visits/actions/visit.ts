import { addDays, dayOf } from '../../core/clock.ts';
import type { Db } from '../../core/db.ts';
import { conflict, notFound, wrongFields } from '../../core/errors.ts';
import { listGridBuildings } from '../../grids/store/buildings.ts';
import { may } from '../../policy.ts';
import { type Changing, recordChange } from '../../trail/actions/change.ts';
import { canFollow, type Position, plan_ahead_days, roomOf, type VisitAct, visitActs } from '../rules.ts';
import { changeVisit, holdVisit, insertVisit, saveCheckIn, type VisitRow } from '../store/visits.ts';

export interface Planned {
  readonly building_id: number | null;
  readonly room: string;
  readonly planned_on: string;
}

/** Plans a visit to a household of the grid the member acts for. Sent twice it is one visit. */
export async function planVisit(db: Db, doing: Changing, { building_id, room, planned_on }: Planned): Promise<number> {
  const { author, now } = doing;
  if (!may(author, 'visit.make', { unit_path: author.unit_path })) throw notFound();
  const today = dayOf(now);
  if (planned_on < today) throw wrongFields({ planned_on: 'in_the_past' });
  if (planned_on > addDays(today, plan_ahead_days)) throw wrongFields({ planned_on: `too_far_ahead:${plan_ahead_days}` });
  return db.transaction(async (trx) => {
    await mustStandInGrid(trx, author.unit_id, building_id, today);
    const place = { grid_id: author.unit_id, building_id, room: roomOf(room) };
    const { id, made } = await insertVisit(trx, { person_id: author.person_id, ...place, planned_on, made_at: now });
    if (made) await recordChange(trx, doing, 'visit.plan', `visit:${id}`, null, { grid_id: author.unit_id, planned_on });
    return id;
  });
}

/** A building of the grid; only a grid without buildings goes without one. */
export async function mustStandInGrid(trx: Db, grid_id: number, building_id: number | null, today: string): Promise<void> {
  const buildings = await listGridBuildings(trx, grid_id, today);
  if (building_id === null ? buildings.length > 0 : !buildings.some(({ id }) => id === building_id))
    throw wrongFields({ building_id: building_id === null ? 'required' : 'not_an_option' });
}

/** The visit, held, if the author is the member whose it is, in the grid he made it for, and it can go on so. */
async function holdOwn(trx: Db, { author }: Changing, id: number, act: VisitAct): Promise<VisitRow> {
  const visit = await holdVisit(trx, id);
  const own = visit?.person_id === author.person_id && visit.grid_id === author.unit_id;
  if (!visit || !own || !may(author, 'visit.make', { unit_path: author.unit_path })) throw notFound();
  if (!canFollow(visit.status, act)) throw conflict();
  return visit;
}

async function record(trx: Db, doing: Changing, visit: VisitRow, act: VisitAct, more: object = {}): Promise<void> {
  const status = visitActs[act].to;
  await recordChange(trx, doing, `visit.${act}`, `visit:${visit.id}`, { status: visit.status }, { status, ...more });
}

/** At the door: when, and where the phone says it is if the member lets it. Nothing is measured before or after. */
export async function checkIn(db: Db, doing: Changing, id: number, position: Position | null): Promise<void> {
  await db.transaction(async (trx) => {
    const visit = await holdOwn(trx, doing, id, 'check_in');
    await saveCheckIn(trx, id, position, doing.now);
    await record(trx, doing, visit, 'check_in', { located: position !== null });
  });
}

/** What was talked about, and what is needed. With it the household counts as visited. */
export async function finishVisit(
  db: Db,
  doing: Changing,
  id: number,
  { talk, needs }: { readonly talk: string; readonly needs: string | null },
): Promise<void> {
  await db.transaction(async (trx) => {
    const visit = await holdOwn(trx, doing, id, 'finish');
    await changeVisit(trx, id, { status: 'finished', talk, needs: needs ?? '', finished_at: doing.now });
    await record(trx, doing, visit, 'finish');
  });
}

/** A visit that will not take place; it can be planned anew. */
export async function dropVisit(db: Db, doing: Changing, id: number): Promise<void> {
  await db.transaction(async (trx) => {
    const visit = await holdOwn(trx, doing, id, 'drop');
    await changeVisit(trx, id, { status: 'dropped' });
    await record(trx, doing, visit, 'drop');
  });
}
