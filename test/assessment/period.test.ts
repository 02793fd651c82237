import { expect } from 'vitest';
import { assess } from '../../src/assessment/actions/assess.ts';
import { closeMonths, verifyMonth } from '../../src/assessment/actions/close.ts';
import { recount } from '../../src/assessment/actions/recount.ts';
import { listClosed } from '../../src/assessment/store/periods.ts';
import { makeStage } from '../support/make.ts';
import { test } from '../support/world.ts';

test('a month is closed and counted again', async ({ db, world, clock }) => {
  const stage = await makeStage(world);
  const number = await stage.dispatched({ category_code: '0208', priority: 'general' });
  await stage.order('housing_clerk', number, 'acknowledge', {});
  await stage.order('housing_clerk', number, 'contact', { how: 'phone', result_of_contact: '已联系' });
  await stage.order('housing_clerk', number, 'submit', { result: '已维修', outcome: 'solved' });
  clock.addMinutes(30);
  await stage.order('housing_leader', number, 'approve', {});
  await stage.act('callback', number, 'close', { level: 'satisfied', contacted: true, solved: true });
  await assess(db, clock());
  clock.set('2026-12-04T07:00:00+08:00');
  expect(await closeMonths(db, clock())).toEqual(['2026-11']);
  expect((await recount(db, '2026-11', clock())).differences).toEqual([]);
  expect(await verifyMonth(db, (await listClosed(db))[0]!)).toBe(true);
});
