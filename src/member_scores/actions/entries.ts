import { decimal, type Hundredths } from '../../assessment/rules/exact.ts';
import { rulebook } from '../../catalog/actions.ts';
import { dayOf } from '../../core/clock.ts';
import type { Db } from '../../core/db.ts';
import { conflict, forbidden, notFound, wrongFields } from '../../core/errors.ts';
import { findMember } from '../../members/store.ts';
import { may } from '../../policy.ts';
import { type Changing, recordChange } from '../../trail/actions/change.ts';
import { least_days, type MarkKind, markKinds, most_bonus, objectableUntil } from '../rules.ts';
import { countMonths } from '../store/facts.ts';
import {
  changeMark,
  changeObjection,
  findObjection,
  findScore,
  holdMark,
  holdScores,
  insertMark,
  insertObjection,
  insertScores,
  insertSpotCheck,
  isSettled,
  listRevisions,
} from '../store/scores.ts';
import { draftOf, spanOf } from './score.ts';

export interface SpotCheck {
  readonly person_id: number;
  readonly month: string;
  readonly checked: number;
  readonly errors: number;
  readonly note: string;
}

/** Refuses a month that is still to come or has been confirmed, and a member out of reach. */
async function mustBeOpen(
  trx: Db,
  { author, now }: Changing,
  permission: 'spot_check.make' | 'member_mark.propose',
  given: { person_id: number; month: string },
) {
  const member = await findMember(trx, given.person_id);
  if (!member || !may(author, permission, { unit_path: member.grid_path })) throw wrongFields({ person_id: 'not_yours' });
  if (given.person_id === author.person_id) throw wrongFields({ person_id: 'not_oneself' });
  if (given.month > dayOf(now).slice(0, 7)) throw wrongFields({ month: 'in_the_future' });
  if (await isSettled(trx, given.person_id, given.month)) throw wrongFields({ month: 'month_confirmed' });
}

/** Writes down what was looked up of a member's information, and how much of it was wrong. */
export async function recordSpotCheck(db: Db, doing: Changing, given: SpotCheck): Promise<number> {
  if (given.errors > given.checked) throw wrongFields({ errors: `too_large:${given.checked}` });
  return db.transaction(async (trx) => {
    await mustBeOpen(trx, doing, 'spot_check.make', given);
    const id = await insertSpotCheck(trx, { ...given, checked_by: doing.author.person_id, checked_at: doing.now });
    await recordChange(trx, doing, 'spot_check.make', `spot_check:${id}`, null, { ...given });
    return id;
  });
}

export interface Mark {
  readonly person_id: number;
  readonly month: string;
  readonly kind: MarkKind;
  /** Of a bonus; a penalty costs what its kind costs. */
  readonly points: Hundredths | null;
  readonly reason: string;
}

/** Proposes a bonus or a penalty. It counts once another person has confirmed it. */
export async function proposeMark(db: Db, doing: Changing, given: Mark): Promise<number> {
  const { author, now } = doing;
  const points = markKinds[given.kind].points ?? given.points;
  if (points === null || points === 0) throw wrongFields({ points: 'required' });
  if (points > most_bonus && markKinds[given.kind].points === null)
    throw wrongFields({ points: `too_large:${most_bonus / 100}` });
  return db.transaction(async (trx) => {
    await mustBeOpen(trx, doing, 'member_mark.propose', given);
    const row = { ...given, points: decimal(points), proposed_by: author.person_id, proposed_at: now };
    const id = await insertMark(trx, row);
    await recordChange(trx, doing, 'member_mark.propose', `member_mark:${id}`, null, { ...given, points: decimal(points) });
    return id;
  });
}

export async function settleMark(db: Db, doing: Changing, id: number, verdict: 'confirm' | 'drop'): Promise<string> {
  const { author, now } = doing;
  return db.transaction(async (trx) => {
    const mark = await holdMark(trx, id);
    if (!mark || !may(author, 'member_mark.confirm', { unit_path: mark.path })) throw notFound();
    if (mark.confirmed_at || mark.dropped_at) throw conflict('decided_already');
    if (mark.proposed_by === author.person_id || mark.person_id === author.person_id) throw forbidden('another_person');
    if (verdict === 'confirm' && (await isSettled(trx, mark.person_id, mark.month))) throw conflict('month_confirmed');
    await changeMark(
      trx,
      id,
      verdict === 'confirm'
        ? { confirmed_by: author.person_id, confirmed_at: now }
        : { dropped_by: author.person_id, dropped_at: now },
    );
    const { person_id, month, kind, points } = mark;
    await recordChange(trx, doing, `member_mark.${verdict}`, `member_mark:${id}`, null, { person_id, month, kind, points });
    return month;
  });
}

/** The member objects to his own confirmed score, once, within the working days there are for it. */
export async function objectToScore(db: Db, doing: Changing, id: number, grounds: string): Promise<void> {
  const { author, now } = doing;
  const { calendar } = await rulebook(db);
  await db.transaction(async (trx) => {
    const [row] = await holdScores(trx, [id]);
    if (!row || row.person_id !== author.person_id || !may(author, 'member_score.own')) throw notFound();
    if (!row.confirmed_at) throw conflict('month_open');
    if (now > objectableUntil(calendar, row.confirmed_at)) throw conflict('objection_too_late');
    if (await findObjection(trx, id)) throw conflict('objected_already');
    await insertObjection(trx, { score_id: id, grounds, filed_by: author.person_id, filed_at: now });
    await recordChange(trx, doing, 'member_score.object', `member_score:${id}`, null, {
      month: row.month,
      revision: row.revision,
    });
  });
}

/**
 * The street rules on an objection. Upheld, the month is open again as a further revision beside the one that stays: the community puts
 * right what it is made of and scores anew, the street confirms again.
 */
export async function ruleOnObjection(
  db: Db,
  doing: Changing,
  id: number,
  decision: 'upheld' | 'rejected',
  ruling: string,
): Promise<void> {
  const { author, now } = doing;
  const { parameters } = await rulebook(db);
  await db.transaction(async (trx) => {
    const [row] = await holdScores(trx, [id]);
    const score = row && (await findScore(trx, id));
    if (!score || !may(author, 'member_score.confirm', { unit_path: score.path })) throw notFound();
    const objection = await findObjection(trx, id);
    if (!objection || objection.decision) throw conflict('decided_already');
    if (objection.filed_by === author.person_id) throw forbidden('another_person');
    await changeObjection(trx, objection.id, { decision, ruling, decided_by: author.person_id, decided_at: now });
    await recordChange(trx, doing, 'member_score.rule', `member_score:${id}`, null, { month: score.month, decision });
    if (decision === 'rejected') return;
    const [counted] = await countMonths(trx, spanOf(score.month, now), least_days, [score.person_id]);
    if (!counted) throw conflict();
    const revision = (await listRevisions(trx, score.person_id, score.month)).length + 1;
    await insertScores(trx, [{ ...draftOf(counted, parameters, score.month, revision), reason: ruling, drafted_at: now }]);
  });
}
