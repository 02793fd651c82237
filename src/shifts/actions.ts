import { rulebook } from '../catalog/actions.ts';
import type { Rulebook } from '../catalog/rules.ts';
import { addDays, addMinutes, dayOf } from '../core/clock.ts';
import type { Db } from '../core/db.ts';
import { notFound, wrongFields } from '../core/errors.ts';
import { may } from '../policy.ts';
import { type Changing, recordChange } from '../trail/actions/change.ts';
import { findUnit, getCity, type UnitRow } from '../units/store.ts';
import {
  cityDesks,
  type DutyDesk,
  deskRule,
  keyOf,
  look_ahead_hours,
  type Slot,
  slotsBetween,
  slotsOf,
  weekOf,
} from './rules.ts';
import {
  insertAssignment,
  keepShift,
  listCovered,
  listKeepers,
  listRostered,
  listShifts,
  removeAssignment,
  turnDuty,
} from './store.ts';

/** A desk at a unit: what a roster is of. */
export interface Roster {
  readonly desk: DutyDesk;
  readonly unit: UnitRow;
}

/** The unit's roster, where the desk is one of such units. */
export async function findRoster(db: Db, desk: DutyDesk, unit_id: number): Promise<Roster> {
  const unit = await findUnit(db, unit_id);
  if (!unit || unit.kind !== deskRule(desk).at) throw notFound();
  return { desk, unit };
}

const mustEdit = ({ author }: Changing, { unit }: Roster) => {
  if (!may(author, 'shift.edit', { unit_path: unit.path })) throw notFound();
};

/** Puts somebody on shifts, or takes him off them; what is over stays as it was. Returns how many changed. */
export async function assign(
  db: Db,
  doing: Changing,
  roster: Roster,
  how: 'assign' | 'remove',
  post_id: number,
  cells: readonly string[],
): Promise<number> {
  mustEdit(doing, roster);
  const { desk, unit } = roster;
  const { author, now } = doing;
  const book = await rulebook(db);
  return db.transaction(async (trx) => {
    const people = await listRostered(trx, unit.id, deskRule(desk).posts, dayOf(now));
    const person = people.find((one) => one.post_id === post_id);
    if (!person) throw wrongFields({ post_id: 'not_found' });
    const slots = cells.map((cell) => readCell(desk, book, cell));
    if (slots.some((slot) => slot.ends_at <= now)) throw wrongFields({ cells: 'in_the_past' });
    const changed: string[] = [];
    for (const slot of slots) {
      const shift_id = await keepShift(trx, desk, unit.id, slot);
      const done =
        how === 'assign'
          ? await insertAssignment(trx, { shift_id, post_id, assigned_by: author.person_id, assigned_at: now })
          : await removeAssignment(trx, shift_id, post_id);
      if (done) changed.push(keyOf(slot));
    }
    await turnDuty(trx, now);
    if (changed.length > 0) {
      const told = { desk, unit_id: unit.id, person_name: person.name, shifts: changed };
      await recordChange(trx, doing, `shift.${how}`, `person:${person.person_id}`, null, told);
    }
    return changed.length;
  });
}

function readCell(desk: DutyDesk, book: Rulebook, cell: string): Slot {
  const [, day = '', part = ''] = /^(\d{4}-\d{2}-\d{2})\.([1-4])$/.exec(cell) ?? [];
  const slot = day && slotsOf(desk, book, day).find((one) => one.part === Number(part));
  if (!slot) throw wrongFields({ cells: 'not_an_option' });
  return slot;
}

/** Fills what is still empty of a week, and not over, as the week before was; whoever has left his post meanwhile is left out. */
export async function copyLastWeek(db: Db, doing: Changing, roster: Roster, monday: string): Promise<number> {
  mustEdit(doing, roster);
  const { desk, unit } = roster;
  const { author, now } = doing;
  const book = await rulebook(db);
  return db.transaction(async (trx) => {
    const still = new Set((await listRostered(trx, unit.id, deskRule(desk).posts, dayOf(now))).map((one) => one.post_id));
    const before = await listShifts(trx, desk, unit.id, addDays(monday, -7), addDays(monday, -1));
    const filled = new Set(
      (await listShifts(trx, desk, unit.id, monday, addDays(monday, 6))).filter((one) => one.people.length > 0).map(keyOf),
    );
    let copied = 0;
    for (const slot of weekOf(monday).flatMap((day) => slotsOf(desk, book, day))) {
      if (slot.ends_at <= now || filled.has(keyOf(slot))) continue;
      const model = before.find((one) => one.part === slot.part && addDays(one.on_day, 7) === slot.on_day);
      const people = (model?.people ?? []).filter((one) => still.has(one.post_id));
      if (people.length === 0) continue;
      const shift_id = await keepShift(trx, desk, unit.id, slot);
      for (const { post_id } of people)
        await insertAssignment(trx, { shift_id, post_id, assigned_by: author.person_id, assigned_at: now });
      copied += 1;
    }
    await turnDuty(trx, now);
    if (copied > 0) await recordChange(trx, doing, 'shift.copy', `unit:${unit.id}`, null, { desk, day: monday, shifts: copied });
    return copied;
  });
}

/** A job: whose shift has begun is on duty, whose is over is not. May be repeated, and finds by itself what was missed. */
export const turnShifts = (db: Db, now: Date): Promise<{ on: number; off: number }> =>
  db.transaction((trx) => turnDuty(trx, now));

export interface EmptyShift extends Slot {
  readonly desk: DutyDesk;
  readonly unit: { readonly id: number; readonly name_zh: string; readonly name_en: string; readonly path: string };
}
const keeper_days = 14;

/** Shifts without anybody on them: of every desk of the city, and of the towns and communities that keep a roster. */
export async function listEmptyShifts(db: Db, from: Date, to = addMinutes(from, look_ahead_hours * 60)): Promise<EmptyShift[]> {
  const book = await rulebook(db);
  const city = await getCity(db);
  const covered = new Set((await listCovered(db, from, to)).map((one) => `${one.desk} ${one.unit_id} ${keyOf(one)}`));
  const keepers = (await listKeepers(db, addMinutes(from, -keeper_days * 1440)))
    .filter(({ desk }) => deskRule(desk).at !== 'city')
    .map(({ desk, unit_id: id, unit_zh: name_zh, unit_en: name_en, unit_path: path }) => ({
      desk,
      unit: { id, name_zh, name_en, path },
    }));
  return [...cityDesks.map((desk) => ({ desk, unit: city })), ...keepers].flatMap(({ desk, unit }) =>
    slotsBetween(desk, book, from, to, dayOf)
      .filter((slot) => !covered.has(`${desk} ${unit.id} ${keyOf(slot)}`))
      .map((slot) => ({ desk, unit, ...slot })),
  );
}
