import { addMinutes } from '../../core/clock.ts';
import type { Db } from '../../core/db.ts';
import { conflict, forbidden, notFound } from '../../core/errors.ts';
import type { Actor } from '../../people/rules.ts';
import { type Changing, recordChange } from '../../trail/actions/change.ts';
import type { Roster } from '../actions.ts';
import { deskRule } from '../rules.ts';
import { acknowledgeNote, findOwnShift, holdNote, insertNote } from '../store/handover.ts';

/** Whoever leaves may write for so long after his shift. */
const write_within_minutes = 12 * 60;

export const ownShift = (db: Db, { person_id }: Actor, { desk, unit }: Roster, now: Date) =>
  findOwnShift(db, person_id, desk, unit.id, now, addMinutes(now, -write_within_minutes));

/** Of this desk, at this unit: he may take over what is handed on there. */
export const sitsThere = (
  actor: Actor,
  { desk, unit }: { readonly desk: Roster['desk']; readonly unit: { readonly id: number } },
): boolean => actor.unit_id === unit.id && deskRule(desk).posts.includes(actor.post);

/** What is handed over at the end of one's shift: in words, and the numbers of what is still open. */
export async function writeNote(
  db: Db,
  doing: Changing,
  roster: Roster,
  body: string,
  appeals: readonly string[],
): Promise<void> {
  const { author, now } = doing;
  await db.transaction(async (trx) => {
    const shift = await ownShift(trx, author, roster, now);
    if (!shift) throw forbidden('no_shift');
    const id = await insertNote(trx, {
      shift_id: shift.id,
      body,
      appeals: [...appeals],
      written_by: author.person_id,
      written_at: now,
    });
    await recordChange(trx, doing, 'handover.write', `handover:${id}`, null, { desk: roster.desk, unit_id: roster.unit.id });
  });
}

/** Taken over by somebody else of the desk; once. */
export async function acknowledge(db: Db, doing: Changing, id: number): Promise<void> {
  const { author, now } = doing;
  await db.transaction(async (trx) => {
    const note = await holdNote(trx, id);
    if (!note || !sitsThere(author, { desk: note.desk, unit: { id: note.unit_id } })) throw notFound();
    if (note.written_by === author.person_id) throw forbidden('own_change');
    if (note.acknowledged_at !== null) throw conflict();
    await acknowledgeNote(trx, id, author.person_id, now);
    await recordChange(trx, doing, 'handover.acknowledge', `handover:${id}`, null, { desk: note.desk, unit_id: note.unit_id });
  });
}
