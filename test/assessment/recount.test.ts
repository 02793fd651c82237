import { expect } from 'vitest';
import { loadDemo } from '../../seeds/demo.ts';
import { recount } from '../../src/assessment/actions/recount.ts';
import { listClosed } from '../../src/assessment/store/periods.ts';
import { freshDb, test } from '../support/world.ts';

test('the demo’s months counted again from the trail alone differ by nothing', { timeout: 300_000 }, async () => {
  const { db, world } = await freshDb({ statement_timeout: 0 });
  let from = performance.now();
  const lap = (what: string) => {
    console.log(what, Math.round(performance.now() - from));
    from = performance.now();
  };
  await loadDemo(world, { appeals: Number(process.env['APPEALS'] ?? 1500), progress: (line) => lap(line) });
  const closed = await listClosed(db);
  expect(closed.length).toBeGreaterThan(15);
  for (const period of [...closed.map((one) => one.period), '2026-11']) {
    const { differences, rows } = await recount(db, period, world.clock());
    lap(`${period} ${rows.length} ${differences.length}`);
    expect(differences, period).toEqual([]);
  }
  const sums = await db.raw(
    'select period, revision, sum(n) n, sum(timely) timely, sum(on_time) on_time, sum(satisfied) s, sum(basic) b, sum(dissatisfied) d, sum(asked) asked, sum(contacted) c, sum(solved) so, sum(reworks) r, sum(returned) re from unit_counts group by 1,2 order by 1',
  );
  console.table(sums.rows);
  console.table((await db.raw('select why, count(*) from assessment_orders group by 1')).rows);
  console.table(
    (
      await db.raw(
        'select state, count(*), min(score), avg(score), max(score), sum(deduction) from unit_scores where scheme_id=1 group by 1',
      )
    ).rows,
  );
  console.table(
    (await db.raw(`select sum(satisfied + basic)::numeric / sum(satisfied+basic+dissatisfied) from unit_counts`)).rows,
  );
});
