import { decimal } from '../../assessment/rules/exact.ts';
import { rulebook } from '../../catalog/actions.ts';
import type { Parameters } from '../../catalog/rules.ts';
import { addDays, dayOf } from '../../core/clock.ts';
import type { Db } from '../../core/db.ts';
import { conflict, forbidden, notFound } from '../../core/errors.ts';
import { canonical, sha256 } from '../../core/hash.ts';
import type { Actor } from '../../people/rules.ts';
import { may, type Permission } from '../../policy.ts';
import { type Changing, recordChange } from '../../trail/actions/change.ts';
import { findUnit } from '../../units/store.ts';
import { nextMonth, targetOf } from '../../visits/rules.ts';
import { least_days, type MonthFacts, scoreMonth, stateOf } from '../rules.ts';
import { type CountedMonth, countMonths, type Span } from '../store/facts.ts';
import { changeScore, holdScores, insertScores, listDrafted, listOpenIds, type MonthlyScoreRow } from '../store/scores.ts';

export const spanOf = (month: string, now: Date): Span => ({ month, from: `${month}-01`, until: nextMonth(month), now });
export const lastMonth = (now: Date): string => addDays(`${dayOf(now).slice(0, 7)}-01`, -1).slice(0, 7);

export function factsOf(counted: CountedMonth, parameters: Parameters): MonthFacts {
  const { kind } = counted;
  return {
    ...counted,
    households_target: targetOf(kind, parameters),
    reports_target: parameters[kind === 'fulltime' ? 'reports.target_fulltime' : 'reports.target_assistant'],
  };
}

/** What a member's month comes to by the facts as they are, with the checksum that anybody can make again. */
export function draftOf(counted: CountedMonth, parameters: Parameters, month: string, revision: number) {
  const { person_id, kind, grid_id, days } = counted;
  const { terms, bonus, penalty, score } = scoreMonth(factsOf(counted, parameters), counted.bonus, counted.penalty);
  const row = {
    person_id,
    month,
    revision,
    kind,
    days,
    terms,
    bonus: decimal(bonus),
    penalty: decimal(penalty),
    score: decimal(score),
  };
  return { ...row, grid_id, checksum: sha256(canonical(row)) };
}

/** Whether a stored score is still what its checksum was made over. */
export function isWhole(row: MonthlyScoreRow): boolean {
  const { person_id, month, revision, kind, days, terms, bonus, penalty, score } = row;
  return sha256(canonical({ person_id, month, revision, kind, days, terms, bonus, penalty, score })) === row.checksum;
}

/** Drafts a month for everybody who was in post long enough; who has a draft or a score keeps it. May be repeated. */
export async function scoreMembers(db: Db, now: Date, month = lastMonth(now)): Promise<{ month: string; drafted: number }> {
  const { parameters } = await rulebook(db);
  return db.transaction(async (trx) => {
    const [counted, drafted] = [await countMonths(trx, spanOf(month, now), least_days, null), await listDrafted(trx, month)];
    const rows = counted.filter(({ person_id }) => !drafted.has(person_id));
    const made = await insertScores(
      trx,
      rows.map((one) => ({ ...draftOf(one, parameters, month, 1), reason: '', drafted_at: now })),
    );
    return { month, drafted: made };
  });
}

/** Where a grid hangs on a town and no community scores, a clerk of the town does and its leader confirms. */
async function reaches(trx: Db, actor: Actor, permission: Permission, grid_id: number): Promise<boolean> {
  const grid = await findUnit(trx, grid_id);
  if (!grid || !may(actor, permission, { unit_path: grid.path })) return false;
  return permission !== 'member_score.propose' || actor.unit_id === grid.parent_id;
}

/** The community scores: what each draft comes to by now is written down and goes to the street. */
export async function proposeScores(db: Db, doing: Changing, ids: readonly number[]): Promise<number> {
  const { author, now } = doing;
  const { parameters } = await rulebook(db);
  return db.transaction(async (trx) => {
    const held = await holdScores(trx, ids);
    for (const row of held) if (!(await reaches(trx, author, 'member_score.propose', row.grid_id))) throw notFound();
    const rows = held.filter((row) => stateOf(row) === 'drafted');
    if (rows.some((row) => row.person_id === author.person_id)) throw forbidden('another_person');
    for (const month of new Set(rows.map((row) => row.month))) {
      const of_month = rows.filter((row) => row.month === month);
      const people = of_month.map(({ person_id }) => person_id);
      const counted = await countMonths(trx, spanOf(month, now), least_days, people);
      for (const row of of_month) {
        const found = counted.find(({ person_id }) => person_id === row.person_id);
        const fresh = found && draftOf(found, parameters, month, row.revision);
        await changeScore(trx, row.id, { ...fresh, proposed_by: author.person_id, proposed_at: now });
        const { score, checksum } = fresh ?? row;
        const told = { person_id: row.person_id, month, revision: row.revision, score, checksum };
        await recordChange(trx, doing, 'member_score.propose', `member_score:${row.id}`, null, told);
      }
    }
    return rows.length;
  });
}

/** The street confirms, or sends back to the community to be scored anew. From confirmation on the row is never edited. */
export async function settleScores(
  db: Db,
  doing: Changing,
  ids: readonly number[],
  verdict: 'confirm' | 'send_back',
): Promise<number> {
  const { author, now } = doing;
  return db.transaction(async (trx) => {
    let done = 0;
    for (const row of await holdScores(trx, ids)) {
      if (!(await reaches(trx, author, 'member_score.confirm', row.grid_id))) throw notFound();
      if (stateOf(row) !== 'proposed') {
        if (ids.length === 1) throw conflict('decided_already');
        continue;
      }
      if (row.proposed_by === author.person_id || row.person_id === author.person_id) throw forbidden('another_person');
      await changeScore(
        trx,
        row.id,
        verdict === 'confirm' ? { confirmed_by: author.person_id, confirmed_at: now } : { proposed_by: null, proposed_at: null },
      );
      const { person_id, month, revision, score, checksum } = row;
      const told = { person_id, month, revision, score, checksum };
      await recordChange(trx, doing, `member_score.${verdict}`, `member_score:${row.id}`, null, told);
      done++;
    }
    return done;
  });
}

/** Everything of a month that this person may score or confirm now. */
export async function settleMonth(db: Db, doing: Changing, month: string, act: 'propose' | 'confirm'): Promise<number> {
  const { author } = doing;
  const ids = await listOpenIds(db, author.unit_path, month);
  const mine: number[] = [];
  for (const row of await db.transaction((trx) => holdScores(trx, ids))) {
    const fits =
      act === 'propose' ? stateOf(row) === 'drafted' : stateOf(row) === 'proposed' && row.proposed_by !== author.person_id;
    if (fits && row.person_id !== author.person_id && (await reaches(db, author, `member_score.${act}`, row.grid_id)))
      mine.push(row.id);
  }
  if (mine.length === 0) return 0;
  return act === 'propose' ? proposeScores(db, doing, mine) : settleScores(db, doing, mine, 'confirm');
}
