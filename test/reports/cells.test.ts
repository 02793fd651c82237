import { expect } from 'vitest';
import { rollUp } from '../../src/reports/actions/roll.ts';
import { axes, dimensions } from '../../src/reports/rules/dimensions.ts';
import { type Cell, readCells, readDimensions } from '../../src/reports/store/cells.ts';
import { makeStage } from '../support/make.ts';
import { test } from '../support/world.ts';

const at = { from: '2026-01', to: '2026-12' };
const sorted = (cells: readonly Cell[]) => cells.map((cell) => JSON.stringify(cell)).sort();

test('what is rolled up a change at a time is what is counted from nothing, and what a page reads before the job has run', async ({
  db,
  world,
  clock,
}) => {
  const stage = await makeStage(world);
  const all = async () => {
    const found: Record<string, string[]> = {};
    for (const one of [...dimensions, 'day', 'week', 'month'] as const) found[one] = sorted(await readCells(db, one, null, at));
    const together = await readDimensions(db, dimensions, at);
    for (const one of dimensions) expect(sorted(together[one])).toEqual(found[one]);
    for (const one of axes)
      for (const other of axes)
        if (one !== other && !(['day', 'week', 'month'].includes(one) && ['day', 'week', 'month'].includes(other)))
          found[`${one}×${other}`] = sorted(await readCells(db, one, other, at));
    return found;
  };
  const first = await stage.finished();
  await stage.register('hotline', { place_unit_id: stage.units.city.id, category_code: null });
  await rollUp(db, clock());
  const stale = await all();
  clock.addMinutes(60);
  await stage.act('callback', first, 'close', { level: 'basic', contacted: true, solved: true });
  await stage.dispatched({ place_unit_id: stage.units.xinzhuang.id, channel: 'walk_in' });
  clock.addMinutes(60);
  const live = await all();
  expect(live).not.toEqual(stale);
  await rollUp(db, clock());
  clock.addMinutes(60);
  await rollUp(db, clock());
  expect(await all()).toEqual(live);
  await db('report_progress').update({ rolled_at: null });
  await rollUp(db, clock());
  expect(await all()).toEqual(live);
  expect(await readCells(db, 'tier', null, at)).toContainEqual(
    expect.objectContaining({ a: 'department', received: 2, ended: 1, basic: 1 }),
  );
  expect(await readCells(db, 'town', 'category', at)).toContainEqual(
    expect.objectContaining({ a: String(stage.units.city.id), b: 'none', received: 1 }),
  );
}, 60_000);
