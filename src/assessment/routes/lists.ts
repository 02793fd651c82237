import type { Request, Response } from 'express';
import type { Db } from '../../core/db.ts';
import { notFound } from '../../core/errors.ts';
import { actorOf, idOf } from '../../doors.ts';
import { may } from '../../policy.ts';
import { sharedOf } from '../../web/render.ts';
import { readFilter } from '../../web/submit.ts';
import { readTable } from '../actions/table.ts';
import { unitFilter } from '../forms.ts';
import { type Period, periodOf } from '../rules/periods.ts';
import type { ListName } from '../rules/requests.ts';
import type { SchemeKey, Tally, TermName } from '../rules/score.ts';
import { listClosed } from '../store/periods.ts';

/** The lists that a term opens to: what speaks for the unit, then what does not. */
export const opens: Record<TermName, readonly ListName[]> = {
  timely: ['timely', 'not_timely'],
  completion: ['on_time', 'late'],
  evaluation: ['satisfied', 'basic', 'dissatisfied'],
  response: ['contacted', 'not_contacted'],
  resolution: ['solved', 'not_solved'],
  satisfaction: ['satisfied', 'basic', 'dissatisfied'],
};

/** How many cases a list has, from the counts that the score is made of. */
export function countOf(list: ListName, counts: Tally): number {
  const of: Partial<Record<ListName, number>> = {
    timely: counts.timely,
    not_timely: counts.n - counts.timely,
    on_time: counts.on_time,
    late: counts.n - counts.on_time,
    satisfied: counts.satisfied,
    basic: counts.basic,
    dissatisfied: counts.dissatisfied,
    contacted: counts.contacted,
    not_contacted: counts.asked - counts.contacted,
    solved: counts.solved,
    not_solved: counts.asked - counts.solved,
  };
  return of[list] ?? counts.n;
}

/** The table of a month that is asked for; the month that runs when none is. */
export async function readMonth(db: Db, req: Request, res: Response) {
  const { now } = sharedOf(res);
  const { period: asked, scheme } = readFilter(req.query, unitFilter).value;
  const all = await listClosed(db);
  const period = asked ?? periodOf(now);
  const closed = all.find((one) => one.period === period) ?? null;
  const key: SchemeKey = scheme ?? 'city';
  const table = await readTable(db, period, key, closed ?? undefined);
  const months: Period[] = [...new Set([periodOf(now), period, ...all.map((one) => one.period)])];
  return { table, closed, period, key, months };
}

/** The unit's row of a month; a unit that is not the reader's looks like one that does not exist. */
export async function readUnit(db: Db, req: Request<Record<string, string>>, res: Response) {
  const at = await readMonth(db, req, res);
  const unit = at.table.units.get(idOf(req.params['id']));
  if (!unit || !may(actorOf(res), 'assessment.explain', { unit_path: unit.path })) throw notFound();
  const score = at.table.scores.find((one) => one.unit_id === unit.id);
  if (!score) throw notFound();
  return { ...at, unit, score };
}
