import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import cron from 'node-cron';
import { describe, expect } from 'vitest';
import { runNow, runSlot } from '../../src/core/schedule.ts';
import type { World } from '../../src/core/world.ts';
import { jobs } from '../../src/jobs.ts';
import { makeStage } from '../support/make.ts';
import { test } from '../support/world.ts';

const job = (name: string) => jobs.find((one) => one.name === name)!;
const ownFolder = async (world: World): Promise<World> => ({
  ...world,
  config: { ...world.config, data_dir: await mkdtemp(path.join(world.config.data_dir, 'jobs-')) },
});

describe('the timetable', () => {
  test('names each job once, with a time that exists and a name for each run', ({ clock }) => {
    expect(new Set(jobs.map(({ name }) => name)).size).toBe(jobs.length);
    for (const one of jobs) {
      expect(one.name).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(cron.validate(one.cron)).toBe(true);
      expect(one.slot(clock())).toMatch(/^2026-11-23/);
    }
  });

  test('looks at the trail before it is anchored, and retrains on what was closed the day before', () => {
    const at = (name: string) => {
      const [minute, hour] = job(name).cron.split(' ').map(Number);
      return hour! * 60 + minute!;
    };
    expect(at('verify-trail')).toBeLessThan(at('anchor-trail'));
    expect(at('close-unreached')).toBeLessThan(at('retrain'));
  });
});

describe('every job', () => {
  test('may be run by hand, on an empty night, twice', async ({ world }) => {
    const it = await ownFolder(world);
    await makeStage(it);
    for (const one of jobs) {
      await runNow(it, one);
      await runNow(it, one);
    }
    expect(await it.db('job_runs').where({ ok: true })).toHaveLength(jobs.length);
    expect(await it.db('job_runs').whereNot({ ok: true })).toEqual([]);
  });

  test('does its work once, however often its slot comes round', async ({ world, clock }) => {
    const it = await ownFolder(world);
    const stage = await makeStage(it);
    const asked = await stage.register('hotline');
    await stage.act('review', asked, 'request_details', { question: '几号楼？' });
    const unreachable = await stage.finished({ phone: '' });
    const withdrawn = await stage.register('hotline');
    await stage.act('hotline', withdrawn, 'withdraw', { reason: '不用了' });
    const seen: Record<string, string[]> = { [asked]: [], [unreachable]: [], [withdrawn]: [] };
    for (let day = 0; day < 45; day += 3) {
      for (const one of jobs) {
        const runs = [await runSlot(it, one, one.slot(clock())), await runSlot(it, one, one.slot(clock()))];
        expect(runs).toEqual(['done', 'taken']);
      }
      for (const number of [asked, unreachable, withdrawn]) {
        const { status } = await stage.appeal(number);
        if (seen[number]!.at(-1) !== status) seen[number]!.push(status);
      }
      clock.addMinutes(3 * 1440);
    }
    expect(seen).toEqual({
      [asked]: ['awaiting_details', 'closed', 'archived'],
      [unreachable]: ['pending_callback', 'closed', 'archived'],
      [withdrawn]: ['withdrawn', 'archived'],
    });
    const acts = await it
      .db('trail')
      .whereIn('act', ['lapse', 'close_unreached', 'archive'])
      .groupBy('act')
      .select('act')
      .count({ n: '*' })
      .orderBy('act');
    expect(acts).toEqual([
      { act: 'archive', n: 3 },
      { act: 'close_unreached', n: 1 },
      { act: 'lapse', n: 1 },
    ]);
    const posts = await it.db('trail').whereIn('act', ['lapse', 'close_unreached', 'archive']).distinct('post', 'person_id');
    expect(posts).toEqual([{ post: 'system', person_id: null }]);
    expect(await it.db('trail_anchors')).toHaveLength(15);
    expect((await it.db('job_runs').where({ job: 'verify-trail' }).orderBy('slot', 'desc').first())!.result).toMatchObject({
      ok: true,
      anchors: { ok: true, day: '2027-01-01' },
    });
  }, 120_000);
});

test('the purge forgets forms of last week, sessions that are over and runs of long ago, and nothing younger', async ({
  world,
  db,
  clock,
}) => {
  const it = await ownFolder(world);
  const before = (days: number) => new Date(clock().getTime() - days * 86_400_000);
  await db('submissions').insert([
    { key: 'old', person_id: null, location: null, created_at: before(8) },
    { key: 'young', person_id: null, location: null, created_at: before(6) },
  ]);
  await db('sessions').insert([
    { sid: 'old', sess: '{}', expire: before(1) },
    { sid: 'young', sess: '{}', expire: before(-1) },
  ] as never);
  await db('job_runs').insert([
    { job: 'x', slot: 'old', started_at: before(200) },
    { job: 'x', slot: 'young', started_at: before(60) },
  ] as never);
  expect(await runNow(it, job('purge'))).toMatchObject({ submissions: 1, sessions: 1, runs: 1 });
  expect((await db('submissions')).map((row) => row.key)).toEqual(['young']);
  expect((await db('sessions')).map((row) => row.sid)).toEqual(['young']);
  expect((await db('job_runs').where({ job: 'x' })).map((row) => row.slot)).toEqual(['young']);
});
