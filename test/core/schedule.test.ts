import cron from 'node-cron';
import { describe, expect } from 'vitest';
import { dayOf } from '../../src/core/clock.ts';
import { dueTimes, type Job, runNow, runSlot, startSchedule } from '../../src/core/schedule.ts';
import { freshDb, makeWorld, test } from '../support/world.ts';

const nightly = (runs: string[], more: Partial<Job> = {}): Job => ({
  name: 'nightly',
  cron: '30 2 * * *',
  slot: dayOf,
  run: async (_world, _now, slot) => {
    runs.push(slot);
    return { count: runs.length };
  },
  ...more,
});

test('of two processes that reach a slot at once exactly one runs it', async () => {
  const { db, clock, anotherDb } = await freshDb();
  const worlds = [makeWorld(db, clock), makeWorld(anotherDb(), clock)];
  const runs: string[] = [];
  const slots = Array.from({ length: 10 }, (_, day) => `2026-11-${10 + day}`);
  const answers = await Promise.all(
    slots.flatMap((slot) => [...worlds, ...worlds].map((world) => runSlot(world, nightly(runs), slot))),
  );
  expect(answers.filter((answer) => answer === 'done')).toHaveLength(10);
  expect(answers.filter((answer) => answer === 'taken')).toHaveLength(30);
  expect(runs.sort()).toEqual(slots);
});

test('a run says when it began and ended and what came of it', async ({ db, world }) => {
  await runSlot(world, nightly([]), '2026-11-23');
  const now = world.clock();
  expect(await db('job_runs').where({ job: 'nightly' })).toEqual([
    { job: 'nightly', slot: '2026-11-23', started_at: now, finished_at: now, ok: true, result: { count: 1 }, error: null },
  ]);
});

describe('what failed or was cut short', () => {
  test('is not repeated at once, but ten minutes later', async ({ db, world, clock }) => {
    const runs: string[] = [];
    let broken = true;
    const job = nightly(runs, {
      run: async (_world, _now, slot) => {
        if (broken) throw new Error('no paper');
        runs.push(slot);
      },
    });
    expect(await runSlot(world, job, '2026-11-23')).toBe('failed');
    expect((await db('job_runs').first())?.error).toContain('no paper');
    broken = false;
    expect(await runSlot(world, job, '2026-11-23')).toBe('taken');
    clock.addMinutes(11);
    expect(await runSlot(world, job, '2026-11-23')).toBe('done');
    clock.addMinutes(100);
    expect(await runSlot(world, job, '2026-11-23')).toBe('taken');
    expect(runs).toEqual(['2026-11-23']);
  });

  test('a run of a killed process is taken over', async ({ db, world, clock }) => {
    await db('job_runs').insert({ job: 'nightly', slot: '2026-11-23', started_at: clock() });
    clock.addMinutes(9);
    expect(await runSlot(world, nightly([]), '2026-11-23')).toBe('taken');
    clock.addMinutes(2);
    expect(await runSlot(world, nightly([]), '2026-11-23')).toBe('done');
  });
});

test('by hand a job runs whenever it is told to, and its error is thrown', async ({ db, world, clock }) => {
  const runs: string[] = [];
  await runSlot(world, nightly(runs), '2026-11-23');
  expect(await runNow(world, nightly(runs))).toEqual({ count: 2 });
  clock.addMinutes(1);
  const failing = nightly(runs, { run: () => Promise.reject(new Error('no paper')) });
  await expect(runNow(world, failing)).rejects.toThrow('no paper');
  expect(await db('job_runs').where({ job: 'nightly' }).count()).toEqual([{ count: 3 }]);
});

test('a heavy job is run elsewhere where there is an elsewhere, and its result is recorded all the same', async ({
  db,
  world,
}) => {
  const runs: string[] = [];
  const asked: string[] = [];
  const runApart = async (job: string) => {
    asked.push(job);
    return { count: 7 };
  };
  await runSlot({ ...world, runApart }, nightly(runs, { apart: true }), '2026-11-23');
  await runSlot({ ...world, runApart }, nightly(runs), '2026-11-24');
  expect([asked, runs]).toEqual([['nightly'], ['2026-11-24']]);
  expect(await db('job_runs').where({ slot: '2026-11-23' }).first('ok', 'result')).toEqual({ ok: true, result: { count: 7 } });
});

test('due times are those of the city, whatever zone the machine has', () => {
  const at = (iso: string) => new Date(iso);
  const times = (pattern: string, from: string, to: string) =>
    dueTimes(
      cron.createTask(pattern, () => {}, { timezone: 'Asia/Shanghai' }),
      at(from),
      at(to),
    ).map((time) => time.toISOString());
  expect(times('30 2 * * *', '2026-11-20T02:30:00+08:00', '2026-11-22T02:30:00+08:00')).toEqual([
    '2026-11-20T18:30:00.000Z',
    '2026-11-21T18:30:00.000Z',
  ]);
  expect(times('0 0 1 * *', '2026-09-15T00:00:00+08:00', '2026-11-22T00:00:00+08:00')).toEqual([
    '2026-09-30T16:00:00.000Z',
    '2026-10-31T16:00:00.000Z',
  ]);
  expect(times('0 9 * * 1', '2026-11-16T00:00:00+08:00', '2026-11-24T00:00:00+08:00')).toEqual([
    '2026-11-16T01:00:00.000Z',
    '2026-11-23T01:00:00.000Z',
  ]);
});

describe('after a stop of days', () => {
  async function catchUp(more: Partial<Job>) {
    const { world, clock, db } = await freshDb();
    const runs: string[] = [];
    const before = startSchedule(world, [nightly(runs, more)]);
    await before.catchUp();
    await before.stop();
    clock.set('2026-11-27T02:29:00+08:00');
    const after = startSchedule(world, [nightly(runs, more)]);
    await after.catchUp();
    clock.addMinutes(1);
    for (let looks = 0; looks < 3; looks++) await after.catchUp();
    await after.stop();
    expect(await db('job_runs').where({ ok: true }).count()).toEqual([{ count: runs.length }]);
    return runs;
  }

  test('a sweep runs once for all that was missed', async () => {
    expect(await catchUp({})).toEqual(['2026-11-23', '2026-11-26', '2026-11-27']);
  });

  test('a job of days runs for each of them, the oldest first', async () => {
    expect(await catchUp({ missed: 'each' })).toEqual(['2026-11-23', '2026-11-24', '2026-11-25', '2026-11-26', '2026-11-27']);
  });
});

test('a stop waits for the job that is running and starts no other', async () => {
  const { world } = await freshDb();
  const events: string[] = [];
  const slow = nightly([], {
    run: async () => {
      events.push('began');
      await new Promise((resolve) => setTimeout(resolve, 200));
      events.push('ended');
    },
  });
  const schedule = startSchedule(world, [slow]);
  while (events.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await schedule.stop();
  expect(events).toEqual(['began', 'ended']);
});
