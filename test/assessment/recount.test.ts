import { expect } from 'vitest';
import { loadDemo } from '../../seeds/demo.ts';
import { assess } from '../../src/assessment/actions/assess.ts';
import { closeMonths } from '../../src/assessment/actions/close.ts';
import { recount } from '../../src/assessment/actions/recount.ts';
import { listClosed } from '../../src/assessment/store/periods.ts';
import { makeStage } from '../support/make.ts';
import { dice, step } from '../support/walk.ts';
import { freshDb, test } from '../support/world.ts';

test('the demo’s months, closed and running, counted again from the trail alone differ by nothing', {
  timeout: 300_000,
}, async () => {
  const { db, world } = await freshDb({ statement_timeout: 0 });
  await loadDemo(world, { appeals: 1200 });
  const closed = await listClosed(db);
  expect(closed.length).toBeGreaterThan(15);
  for (const period of ['2026-11', '2026-10', closed.at(-1)!.period]) {
    const { differences, rows } = await recount(db, period, world.clock());
    expect(differences, period).toEqual([]);
    expect(rows.some(({ counted }) => counted !== null)).toBe(true);
  }
});

test.for([5, 6])(
  'nor do those of random lawful histories (seed %i)',
  { timeout: 120_000 },
  async (seed, { db, world, clock }) => {
    const stage = await makeStage(world);
    const random = dice(seed);
    const numbers: string[] = [];
    for (let n = 0; n < 130; n++) {
      await step(stage, numbers, clock, random);
      if (n % 10 === 0) clock.addMinutes(1440);
      if (n % 30 === 0) await assess(db, clock());
      if (n % 60 === 0) clock.addMinutes(1);
      if (n % 60 === 59) await closeMonths(db, clock());
    }
    clock.addMinutes(1);
    await closeMonths(db, clock());
    const periods = (await db('unit_counts').distinct('period').orderBy('period')).map(({ period }) => period);
    expect(periods.length).toBeGreaterThan(1);
    let counted = 0;
    for (const period of periods) {
      const { differences } = await recount(db, period, clock());
      expect(differences, period).toEqual([]);
    }
    for (const { n } of await db('unit_counts')) counted += n;
    expect(counted).toBeGreaterThan(0);
  },
);
