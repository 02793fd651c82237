import { rulebook } from '../../catalog/actions.ts';
import { dayOf } from '../../core/clock.ts';
import type { Db } from '../../core/db.ts';
import { canonical, sha256 } from '../../core/hash.ts';
import type { Actor } from '../../people/rules.ts';
import { decimalOrNull } from '../rules/exact.ts';
import { closesOn, nextPeriod, type Period, periodOf } from '../rules/periods.ts';
import { groupOf, type Scheme, scoreAll, tellScheme } from '../rules/score.ts';
import { countAnew, findFirstOpen, holdProgress, leaveMonth } from '../store/facts.ts';
import {
  insertPeriod,
  insertScores,
  listAssessedUnits,
  listCounts,
  listOpenPeriods,
  listRevisions,
  listSchemesById,
  listSchemesFor,
  listScores,
  type PeriodRow,
  recordPeriodTrail,
  stoodIn,
} from '../store/periods.ts';
import { assess } from './assess.ts';

/** Closes every month that has ended and whose closing day has come, the earliest first. Returns which. */
export async function closeMonths(db: Db, now: Date): Promise<Period[]> {
  const { calendar, parameters } = await rulebook(db);
  await assess(db, now);
  const closed: Period[] = [];
  for (;;) {
    const done = await db.transaction(async (trx) => {
      await holdProgress(trx);
      const period = (await findFirstOpen(trx)) || (await listOpenPeriods(trx))[0];
      if (!period || period >= periodOf(now) || closesOn(calendar, period, parameters['assessment.close_day']) > dayOf(now))
        return null;
      await closeMonth(trx, period, now);
      return period;
    });
    if (done === null) return closed;
    closed.push(done);
  }
}

/** Freezes a month: its facts, counts and scores under the versions in force, with a checksum that stands in the trail as well. */
async function closeMonth(trx: Db, period: Period, now: Date): Promise<void> {
  const units = (await listAssessedUnits(trx)).filter((unit) => stoodIn(unit, period)).map(({ id }) => id);
  const known = (await listCounts(trx, period, 0)).map(({ unit_id }) => unit_id);
  const all = [...new Set([...units, ...known])].map((unit_id) => ({ period, unit_id }));
  await countAnew(trx, all, 1, now);
  await leaveMonth(trx, period, nextPeriod(period));
  await publish(trx, { period, revision: 1 }, await listSchemesFor(trx, period), now, 'system', '');
}

/** A further revision of a closed month, after an objection was upheld: new rows beside the old ones. Returns its number. */
export async function reviseMonth(trx: Db, period: Period, now: Date, author: Actor, reason: string): Promise<number> {
  const last = (await listRevisions(trx, period)).at(-1)!;
  const revision = last.revision + 1;
  const before = await listCounts(trx, period, last.revision);
  await countAnew(
    trx,
    before.map(({ unit_id }) => ({ period, unit_id })),
    revision,
    now,
  );
  const schemes = await listSchemesById(
    trx,
    last.parameters.map((one) => (one as { id: number }).id),
  );
  await publish(trx, { period, revision }, schemes, now, author, reason);
  return revision;
}

async function publish(
  trx: Db,
  at: { period: Period; revision: number },
  schemes: readonly Scheme[],
  now: Date,
  author: Actor | 'system',
  reason: string,
): Promise<void> {
  const { period, revision } = at;
  const counts = await listCounts(trx, period, revision);
  const groups = new Map((await listAssessedUnits(trx)).map((unit) => [unit.id, groupOf(unit)]));
  const assessed = counts.flatMap((one) => {
    const group = groups.get(one.unit_id);
    return group ? [{ counts: one, group }] : [];
  });
  const scored = schemes.map((scheme) => ({ scheme, ...scoreAll(assessed, scheme) }));
  const parameters = schemes.map(tellScheme);
  const bases = Object.fromEntries(
    scored.map(({ scheme, bases: found }) => [
      scheme.key,
      Object.fromEntries(Object.entries(found).map(([scope, base]) => [scope, decimalOrNull(base ?? null)])),
    ]),
  );
  for (const { scheme, scores } of scored) await insertScores(trx, at, scheme, scores);
  const checksum = await sumOf(trx, { ...at, parameters, bases });
  const trail_seq = await recordPeriodTrail(trx, period, {
    act: revision === 1 ? 'close' : 'revise',
    from_status: null,
    to_status: null,
    work_order_id: null,
    ...(author === 'system'
      ? { person_id: null, post: 'system' as const, unit_id: null }
      : { person_id: author.person_id, post: author.post, unit_id: author.unit_id }),
    happened_at: now,
    input: { ...at, reason, parameters, bases, checksum },
  });
  await insertPeriod(trx, { ...at, closed_at: now, reason, parameters, bases, checksum, trail_seq });
}

type Published = Pick<PeriodRow, 'period' | 'revision' | 'parameters' | 'bases'>;

/** SHA-256 over everything that is published of a month: its parameters, bases, and frozen rows. */
async function sumOf(db: Db, { period, revision, parameters, bases }: Published): Promise<string> {
  const counts = await listCounts(db, period, revision);
  const scores = await listScores(db, period, revision);
  return sha256(canonical({ period, revision, parameters, bases, counts, scores }));
}

/** Whether the rows of a closed month still are those of its checksum. */
export const verifyMonth = async (db: Db, row: PeriodRow): Promise<boolean> => (await sumOf(db, row)) === row.checksum;
