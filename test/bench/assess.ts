/**
 * How long assessing takes: `npm run bench -- assess [--appeals N] [--keep DIR]`. All their orders counted, scored and frozen as one
 * month, in a transaction that is taken back; then, up to a hundred thousand, on a copy: everything from nothing, a minute's worth of
 * changes, each month's closing, and what the pages read.
 */
import path from 'node:path';
import { real_count } from '../../seeds/demo.ts';
import { assess } from '../../src/assessment/actions/assess.ts';
import { closeMonths, reviseMonth } from '../../src/assessment/actions/close.ts';
import { readTable } from '../../src/assessment/actions/table.ts';
import { listClosed } from '../../src/assessment/store/periods.ts';
import { listFacts } from '../../src/assessment/store/reading.ts';
import { type City, openCity, reader, withCopy } from './city.ts';

const most_copied = 100_000;
const say = (line: string) => console.log(line);
const tables = ['unit_scores', 'assessment_periods', 'unit_counts', 'assessment_orders', 'assessment_ratings'];

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await work();
  say(`${what.padEnd(48)} ${((performance.now() - began) / 1000).toFixed(3)} s`);
  return result;
}

export async function run(args: readonly string[]): Promise<void> {
  const given = (name: string) => args[args.indexOf(name) + 1];
  const appeals = args.includes('--appeals') ? Number(given('--appeals')) : real_count;
  const keep = args.includes('--keep') ? path.resolve(process.env['INIT_CWD'] ?? '.', given('--keep')!) : null;
  const city = await openCity(appeals, keep, say);
  await closeAsOne(city);
  if (appeals <= most_copied) await measureCopy(city);
  await city.stop();
  process.exit();
}

/** As if all orders of the history fell into one month: a revision does what closing does, for a month that is closed already. */
async function closeAsOne({ world: { db, clock } }: City): Promise<void> {
  const trx = await db.transaction();
  const period = (await listClosed(trx))[0]!.period;
  await trx.raw('set local session_replication_role = replica');
  const { rowCount } = await trx.raw<{ rowCount: number }>('update assessment_orders set period = :period', { period });
  await trx.raw('update assessment_ratings set period = :period', { period });
  await trx.raw('set local session_replication_role = origin');
  const [author] = await trx('people').limit(1).select('id');
  await timed(`a month of ${rowCount.toLocaleString('en')} orders closed`, () =>
    reviseMonth(trx, period, clock(), { ...reader, person_id: author!.id }, 'measured'),
  );
  await trx.rollback();
}

async function measureCopy(city: City): Promise<void> {
  await withCopy(city, async ({ world }) => {
    const { db } = world;
    const now = world.clock();
    // The copy is measured from nothing: what keeps closed months as they are is set aside in it.
    await db.raw(
      `set session_replication_role = replica; truncate ${tables.join(', ')}, assessment_objections; set session_replication_role = origin`,
    );
    await db('assessment_progress').update({ assessed_at: null });
    await timed('everything from nothing', () => assess(db, now));
    await timed('a minute in which nothing happened', () => assess(db, now));
    await db.raw('analyze');
    const months = await timed('all months closed', () => closeMonths(db, now));
    const { rows } = await db.raw<{ rows: { period: string; n: number; unit_id: number }[] }>(
      `select f.period, count(*)::int as n, mode() within group (order by unit_id) as unit_id from assessment_orders f group by 1 order by 2 desc limit 1`,
    );
    const { period, n, unit_id } = rows[0]!;
    say(`${months.length} months; the largest, ${period}, has ${n.toLocaleString('en')} orders`);
    const closed = (await listClosed(db)).find((one) => one.period === period);
    await timed('the table of a month', () => readTable(db, period, 'city', closed));
    for (const list of ['on_time', 'late', 'dissatisfied'] as const)
      await timed(`the first page of its list ${list}`, () => listFacts(db, reader, { unit_id, period, list }, now, {}, 50));
  });
}
