import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { runSlot } from '../../src/core/schedule.ts';
import type { World } from '../../src/core/world.ts';
import { jobs } from '../../src/jobs.ts';
import { assign, findRoster } from '../../src/shifts/actions.ts';
import { makeStage, type Stage } from '../support/make.ts';
import { freshDb, test } from '../support/world.ts';
import type { Task, Told } from './worker.ts';

/** A process of its own on the same database; ended with the test, whatever it was doing. */
function worker(data_dir: string): { child: ChildProcess; ask(task: Task): Promise<Told>; gone: Promise<unknown> } {
  const child = fork(path.join(import.meta.dirname, 'worker.ts'), {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, DATA_DIR: data_dir },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const ask = (task: Task) =>
    new Promise<Told>((resolve, reject) => {
      child.once('message', (told: Told) => resolve(told));
      child.once('exit', () => reject(new Error('gone')));
      child.send(task);
    });
  return { child, ask, gone };
}

/** Anchors lie outside the database: each test has its own. */
const ownFolder = (world: World): World => ({
  ...world,
  config: { ...world.config, data_dir: mkdtempSync(path.join(world.config.data_dir, 'processes-')) },
});

/** Something due for as many jobs as a stage can make it: texts, details that lapse, an unreachable caller, archive, shifts. */
async function dueWork(stage: Stage): Promise<void> {
  const { db, clock } = stage.world;
  for (let i = 0; i < 3; i++) {
    const asked = await stage.register('hotline', { phone: `1000000000${i}` });
    await stage.act('review', asked, 'request_details', { question: '几号楼？' });
    await stage.finished({ phone: '' });
    const withdrawn = await stage.register('hotline', { phone: '' });
    await stage.act('hotline', withdrawn, 'withdraw', { reason: '不用了' });
  }
  const roster = await findRoster(db, 'hotline', stage.units.city.id);
  const doing = { author: stage.people.supervision, now: clock() };
  await assign(db, doing, roster, 'assign', stage.people.hotline.post_id, ['2026-11-23.2', '2026-11-24.2']);
}

/** What every effect of a job leaves behind, each of which may be there once. */
async function effects(stage: Stage): Promise<Record<string, unknown>> {
  const { db } = stage.world;
  const doubled = await db('trail')
    .where({ post: 'system' })
    .groupBy('subject_kind', 'subject_id', 'act')
    .havingRaw('count(*) > 1')
    .select('act');
  const count = async (act: string) => Number((await db('trail').where({ act }).count({ n: '*' }))[0]!.n);
  return {
    doubled: doubled.map(({ act }) => act).filter((act) => !['remind', 'yellow', 'red', 'urge'].includes(act)),
    lapsed: await count('lapse'),
    unreached: await count('close_unreached'),
    archived: await count('archive'),
    turned: (await db('shift_assignments').whereNotNull('turned_off_at')).length,
    anchors: (await db('trail_anchors').distinct('day')).length === (await db('trail_anchors')).length,
  };
}

const plain = jobs.filter(({ apart }) => !apart);
const expected = { doubled: [], lapsed: 3, unreached: 3, archived: 9, turned: 2, anchors: true };

describe('three processes on one database', { timeout: 240_000 }, () => {
  test('run each slot of each job once, and every due thing is done once, over days that were missed and a clock that went back', async () => {
    const { clock, db, url, world: plain_world } = await freshDb();
    const world = ownFolder(plain_world);
    const stage = await makeStage(world);
    await dueWork(stage);
    const workers = [0, 1, 2].map(() => worker(world.config.data_dir));
    for (const at of [
      '2026-12-02T09:00:00+08:00',
      '2026-12-02T08:59:00+08:00',
      '2027-01-09T09:00:00+08:00',
      '2027-02-20T09:00:00+08:00',
    ]) {
      clock.set(at);
      const ran = await Promise.all(workers.map(({ ask }) => ask({ url, now: clock().toISOString(), slots: at.slice(0, 16) })));
      // Of three that ask, one runs it.
      for (const job of jobs) expect([job.name, ran.filter((one) => one.done.includes(job.name)).length]).toEqual([job.name, 1]);
    }
    expect(await db('job_runs').whereNot({ ok: true }).select('job', 'error')).toEqual([]);
    expect(await effects(stage)).toEqual(expected);
    const sent = (await db('outbox').whereNotNull('sent_at')).length;
    expect(sent).toBe((await db('outbox')).length);
    expect((await db('outbox').max({ most: 'attempts' }))[0]!['most']).toBe(1);
  });

  test('a process killed in the middle of every job leaves nothing done by half or twice once another has caught up', async () => {
    const { clock, db, url, world: plain_world } = await freshDb();
    const world = ownFolder(plain_world);
    const stage = await makeStage(world);
    await dueWork(stage);
    // First everything that a server does by itself, then what is due a month later.
    const rounds = [
      { at: '2026-12-02T09:00:00+08:00', names: plain.map(({ name }) => name) },
      { at: '2027-01-09T09:00:00+08:00', names: ['archive', 'anchor-trail'] },
    ];
    for (const [round, { at, names }] of rounds.entries()) {
      clock.set(at);
      const waiting = [...names.entries()];
      const killOneByOne = async () => {
        for (let next = waiting.shift(); next; next = waiting.shift()) {
          const [i, only] = next;
          const one = worker(world.config.data_dir);
          // It dies at a statement of its own, with its connection and whatever transaction is open.
          const die_after = 2 + (i % 4);
          await one.ask({ url, now: clock().toISOString(), slots: `round ${round}`, only, die_after }).catch(() => null);
          await one.gone;
        }
      };
      await Promise.all([killOneByOne(), killOneByOne(), killOneByOne()]);
      expect(
        await db('job_runs')
          .where({ slot: `round ${round}` })
          .whereNull('ok'),
      ).not.toEqual([]);
      clock.addMinutes(11);
      for (const job of jobs) expect(['done', 'taken']).toContain(await runSlot(world, job, `round ${round}`));
    }
    expect(await db('job_runs').whereNot({ ok: true }).select('job', 'error')).toEqual([]);
    expect(await effects(stage)).toEqual(expected);
    // A text that was in a dead process's hands is not sent again by itself: it waits for a person.
    for (const row of await db('outbox')) expect([row.sent_at !== null, row.error === 'unsettled']).toContain(true);
  });
});
