import { addDays, dayOf } from '../../core/clock.ts';
import type { Db } from '../../core/db.ts';
import { notFound, wrongFields } from '../../core/errors.ts';
import { may } from '../../policy.ts';
import { type Changing, recordChange } from '../../trail/actions/change.ts';
import { duty_days_back } from '../rules.ts';
import { holdEntries, insertEntries, listDuties, removeEntries } from '../store/duties.ts';

export interface Ticked {
  readonly done_on: string;
  readonly duties: readonly string[];
  /** Of what is ticked now and was not before. */
  readonly place: string | null;
  readonly note: string | null;
}

/** Saves which duties a member did on a day: what is ticked is there, what is not ticked is not. Returns how many are there. */
export async function tickDuties(db: Db, doing: Changing, { done_on, duties, place, note }: Ticked): Promise<number> {
  const { author, now } = doing;
  if (!may(author, 'duty_log.tick')) throw notFound();
  const today = dayOf(now);
  if (done_on > today) throw wrongFields({ done_on: 'in_the_future' });
  if (done_on < addDays(today, -duty_days_back)) throw wrongFields({ done_on: `too_far_back:${duty_days_back}` });
  const known = new Set((await listDuties(db)).map(({ code }) => code));
  const wanted = new Set(duties);
  if ([...wanted].some((code) => !known.has(code))) throw wrongFields({ duties: 'not_an_option' });
  return db.transaction(async (trx) => {
    const { person_id, unit_id: grid_id } = author;
    const before = await holdEntries(trx, person_id, grid_id, done_on);
    const had = new Set(before.map(({ duty_code }) => duty_code));
    await removeEntries(
      trx,
      before.filter(({ duty_code }) => !wanted.has(duty_code)).map(({ id }) => id),
    );
    const entry = { person_id, grid_id, done_on, place: place ?? '', note: note ?? '', noted_at: now };
    await insertEntries(
      trx,
      [...wanted].filter((code) => !had.has(code)).map((duty_code) => ({ ...entry, duty_code })),
    );
    const told = (codes: Iterable<string>) => ({ duties: [...codes].sort().join(' ') });
    await recordChange(trx, doing, 'duty_log.save', `duty_log:${person_id}:${done_on}`, told(had), told(wanted));
    return wanted.size;
  });
}
