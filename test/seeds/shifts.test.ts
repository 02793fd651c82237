import { expect } from 'vitest';
import { loadShifts } from '../../seeds/shifts.ts';
import { parameterDefaults, type Rulebook } from '../../src/catalog/rules.ts';
import { makeCalendar, office_seasons } from '../../src/core/calendar.ts';
import { addDays, addMinutes, dayOf, startOfDay } from '../../src/core/clock.ts';
import { listEmptyShifts } from '../../src/shifts/actions.ts';
import { mondayOf } from '../../src/shifts/rules.ts';
import { makeStage } from '../support/make.ts';
import { test } from '../support/world.ts';

test('the demo’s rosters leave no shift of four weeks without anybody, and who is on shift is on duty', async ({
  world,
  db,
  clock,
}) => {
  await makeStage(world);
  const book = {
    parameters: parameterDefaults,
    calendar: makeCalendar({ version: 1, days: new Map(), seasons: office_seasons }),
  } as unknown as Rulebook;
  await loadShifts(db, book, clock());
  const from = startOfDay(addDays(mondayOf(dayOf(clock())), -6));
  expect(await listEmptyShifts(db, from, addMinutes(from, 26 * 1440))).toEqual([]);
  const { rows: wrong } = await db.raw(
    `select 1 from duty_shifts s join shift_assignments a on a.shift_id = s.id join posts p on p.id = a.post_id
     where s.starts_at <= :now and s.ends_at > :now and not p.on_duty`,
    { now: clock() },
  );
  expect(wrong).toEqual([]);
  const notes = await db('handover_notes');
  expect(notes.length).toBeGreaterThan(0);
  for (const note of notes) expect(note.acknowledged_by).not.toBe(note.written_by);
});
