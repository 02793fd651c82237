import type { Db } from '../../core/db.ts';
import { conflict, notFound, wrongFields } from '../../core/errors.ts';
import { insertMessage } from '../../messages/store.ts';
import { type Changing, recordChange } from '../../trail/actions/change.ts';
import { answerSwap, exchange, holdAssignments, holdSwap, insertSwap, type OwnedShift } from '../store/swaps.ts';

/** Whether one may be had for the other: of one desk at one unit, of two people, and neither begun. */
const exchangeable = (give: OwnedShift, take: OwnedShift, now: Date): boolean =>
  give.desk === take.desk &&
  give.unit_id === take.unit_id &&
  give.person_id !== take.person_id &&
  give.shift_id !== take.shift_id &&
  give.starts_at > now &&
  take.starts_at > now;

/** Asks a colleague, who is told, to exchange a shift of one's own for one of his. Nothing is exchanged before he agrees. */
export async function askSwap(db: Db, { author, now }: Changing, give_id: number, take_id: number): Promise<void> {
  await db.transaction(async (trx) => {
    const held = await holdAssignments(trx, [give_id, take_id]);
    const [give, take] = [held.get(give_id), held.get(take_id)];
    if (!give || give.person_id !== author.person_id) throw wrongFields({ give_id: 'not_found' });
    if (!take || !exchangeable(give, take, now)) throw wrongFields({ take_id: 'not_found' });
    const row = { give_id, take_id, asked_by: author.person_id, asked_of: take.person_id, asked_at: now };
    if ((await insertSwap(trx, row)) === null) throw wrongFields({ give_id: 'swap_open' });
    await insertMessage(trx, { person_id: take.person_id, event: 'swap_asked', created_at: now });
  });
}

/** The other one's answer, or taking the question back; whoever did not say it is told. What has meanwhile become impossible is void. */
export async function answer(
  db: Db,
  doing: Changing,
  id: number,
  said: 'accepted' | 'refused' | 'withdrawn',
): Promise<'void' | typeof said> {
  const { author, now } = doing;
  return db.transaction(async (trx) => {
    const swap = await holdSwap(trx, id);
    if (!swap || (said === 'withdrawn' ? swap.asked_by : swap.asked_of) !== author.person_id) throw notFound();
    if (swap.answer !== null) throw conflict();
    const settle = async (answered: 'void' | typeof said) => {
      await answerSwap(trx, id, answered, now);
      const person_id = said === 'withdrawn' ? swap.asked_of : swap.asked_by;
      await insertMessage(trx, { person_id, event: `swap_${answered}`, created_at: now });
      return answered;
    };
    if (said !== 'accepted') return settle(said);
    const held = await holdAssignments(trx, [swap.give_id, swap.take_id]);
    const [give, take] = [held.get(swap.give_id), held.get(swap.take_id)];
    const possible =
      give && take && give.person_id === swap.asked_by && take.person_id === swap.asked_of && exchangeable(give, take, now);
    if (!possible || !(await exchange(trx, give, take))) return settle('void');
    await recordChange(trx, doing, 'shift.swap', `person:${swap.asked_by}`, null, {
      desk: give.desk,
      unit_id: give.unit_id,
      shifts: [`${give.on_day}.${give.part}`, `${take.on_day}.${take.part}`],
      given_to: take.name,
    });
    return settle('accepted');
  });
}
