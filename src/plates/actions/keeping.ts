import { dayOf } from '../../core/clock.ts';
import type { Db } from '../../core/db.ts';
import { conflict, forbidden, notFound, Refusal } from '../../core/errors.ts';
import { may, type Permission } from '../../policy.ts';
import { type Changing, recordChange } from '../../trail/actions/change.ts';
import { newPlateCode } from '../actions.ts';
import { batch_size, type PlateOf, type PlateState, placeKey } from '../rules.ts';
import {
  findPlate,
  holdPlateSite,
  insertCheck,
  insertPlate,
  insertPrints,
  listVersions,
  revokePlateRow,
} from '../store/keeping.ts';
import { listPlates, listPlatesById, type PlateQuestion } from '../store/places.ts';
import type { PlateRow } from '../store.ts';

const thingOf = (place: PlateOf): string => `plate:${placeKey(place)}`;

function mustMay({ author }: Changing, permission: Permission, unit_path: string): void {
  if (!may(author, 'plate.read', { unit_path })) throw notFound();
  if (!may(author, permission, { unit_path })) throw forbidden();
}

/** The place, held: whoever comes second sees what the first one made of it. */
async function getSite(trx: Db, doing: Changing, place: PlateOf, permission: Permission): Promise<void> {
  const site = await holdPlateSite(trx, place, dayOf(doing.now));
  if (!site) throw notFound();
  mustMay(doing, permission, site.path);
}

async function addVersion(trx: Db, { author, now }: Changing, place: PlateOf): Promise<{ id: number; version: number }> {
  const [last] = await listVersions(trx, place);
  if (last && last.revoked_at === null) throw conflict('moved_on');
  const version = (last?.version ?? 0) + 1;
  const { building_id, grid_id } = place;
  const row = { building_id, grid_id, code: newPlateCode(), version, made_at: now, made_by: author.person_id };
  return { id: await insertPlate(trx, row), version };
}

/** A plate for a place that has none: its first, or the one after a revoked one. */
export async function makePlate(db: Db, doing: Changing, place: PlateOf): Promise<number> {
  return db.transaction(async (trx) => {
    await getSite(trx, doing, place, 'plate.edit');
    const { id, version } = await addVersion(trx, doing, place);
    await recordChange(trx, doing, 'plate.make', thingOf(place), null, { version });
    return id;
  });
}

/** Plates for the next places of an area that have none, a batch at a time: a new city has hundreds. Says how many were made. */
export async function makeMissing(db: Db, doing: Changing, question: PlateQuestion): Promise<number> {
  if (!may(doing.author, 'plate.edit', { unit_path: question.under_path })) throw notFound();
  const { rows } = await listPlates(db, question, { q: null, matter: 'no_plate' }, {}, batch_size);
  let made = 0;
  for (const { building_id, grid_id } of rows) {
    try {
      await makePlate(db, doing, { building_id, grid_id });
      made++;
    } catch (error) {
      // Somebody was faster at this one.
      if (!(error instanceof Refusal) || error.status !== 409) throw error;
    }
  }
  return made;
}

/** The plate, its place held with it. */
async function getLive(trx: Db, doing: Changing, id: number, permission: Permission): Promise<PlateRow> {
  const plate = await findPlate(trx, id);
  if (!plate) throw notFound();
  await getSite(trx, doing, plate, permission);
  const { revoked_at } = (await findPlate(trx, id))!;
  if (revoked_at !== null) throw conflict('moved_on');
  return plate;
}

/** Ends a plate for a reason: its address answers no more. With `remake` the place gets the next version at once. */
export async function revokePlate(db: Db, doing: Changing, id: number, why: string, remake: boolean): Promise<void> {
  await db.transaction(async (trx) => {
    const plate = await getLive(trx, doing, id, 'plate.edit');
    await revokePlateRow(trx, id, { revoked_at: doing.now, revoked_by: doing.author.person_id, revoked_why: why });
    await recordChange(trx, doing, 'plate.revoke', thingOf(plate), { version: plate.version }, { version: null, why });
    if (!remake) return;
    const { version } = await addVersion(trx, doing, plate);
    await recordChange(trx, doing, 'plate.make', thingOf(plate), null, { version });
  });
}

/** How a plate looks at its door. */
export async function checkPlate(db: Db, doing: Changing, id: number, state: PlateState, note: string): Promise<void> {
  await db.transaction(async (trx) => {
    const plate = await getLive(trx, doing, id, 'plate.check');
    await insertCheck(trx, { plate_id: id, checked_by: doing.author.person_id, checked_at: doing.now, state, note });
    await recordChange(trx, doing, 'plate.check', thingOf(plate), null, { plate_state: state, note });
  });
}

/**
 * Writes down that these plates were printed as `seen` (id → hash of what the sheet said); one whose member changed since the sheet was
 * made is left out, and stays among those to be printed. Says how many it were.
 */
export async function recordPrinted(
  db: Db,
  doing: Changing,
  hotline: string,
  seen: ReadonlyMap<number, string>,
): Promise<number> {
  const { author, now } = doing;
  return db.transaction(async (trx) => {
    const question = { under_path: author.unit_path, today: dayOf(now), hotline };
    const live = await listPlatesById(trx, question, [...seen.keys()]);
    const printed = live.filter(({ plate_id, shows, path }) => {
      return seen.get(plate_id!) === shows && may(author, 'plate.edit', { unit_path: path });
    });
    await insertPrints(
      trx,
      printed.map(({ plate_id, shows }) => ({ plate_id: plate_id!, printed_at: now, printed_by: author.person_id, shows })),
    );
    if (printed.length > 0)
      await recordChange(trx, doing, 'plate.print', `plates:${author.unit_id}`, null, { plates: printed.length });
    return printed.length;
  });
}
