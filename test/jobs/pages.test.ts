import { expect } from 'vitest';
import { createApp } from '../../src/app.ts';
import { timesAround } from '../../src/core/job_runs.ts';
import { jobs } from '../../src/jobs.ts';
import { sayWhen } from '../../src/timetable.ts';
import { listChanges } from '../../src/trail/store.ts';
import { words } from '../../src/words/words.ts';
import { signIn } from '../support/browser.ts';
import { makeStage } from '../support/make.ts';
import { test } from '../support/world.ts';

test('every job has its words in both languages, and its time is said in plain ones', () => {
  for (const t of [words.zh, words.en]) {
    expect(jobs.filter(({ name }) => !t.upkeep.jobs[name]).map(({ name }) => name)).toEqual([]);
    expect(jobs.filter(({ cron }) => sayWhen(cron, t) === cron).map(({ name }) => name)).toEqual([]);
  }
  expect(sayWhen('30 8 * * *', words.en)).toBe('daily at 08:30');
  expect(sayWhen('0 5 1 * *', words.en)).toBe('on day 1 of the month at 05:00');
  expect(sayWhen('0 9 * * 1', words.zh)).toBe('每周一 09:00');
  expect(sayWhen('0 9 * * 1-5', words.zh)).toBe('0 9 * * 1-5');
  expect(sayWhen('*/5 * * * *', words.zh)).toBe('每 5 分钟');
  expect(sayWhen('10 * * * *', words.zh)).toBe('每小时第 10 分');
});

test('the last and the next time of a job are those of the city', () => {
  const around = (cron: string, at: string) => {
    const { last, next } = timesAround(cron, new Date(at));
    return [last?.toISOString(), next?.toISOString()];
  };
  expect(around('30 8 * * *', '2026-11-23T10:00:00+08:00')).toEqual(['2026-11-23T00:30:00.000Z', '2026-11-24T00:30:00.000Z']);
  expect(around('30 8 * * *', '2026-11-23T08:30:00+08:00')).toEqual(['2026-11-23T00:30:00.000Z', '2026-11-24T00:30:00.000Z']);
  expect(around('0 0 1 * *', '2026-11-23T10:00:00+08:00')).toEqual(['2026-10-31T16:00:00.000Z', '2026-11-30T16:00:00.000Z']);
  expect(around('0 9 * * 1', '2026-11-23T08:00:00+08:00')).toEqual(['2026-11-16T01:00:00.000Z', '2026-11-23T01:00:00.000Z']);
});

test('the timetable shows what became of each, and the system administrator runs one by hand; that is recorded', async ({
  world,
  db,
  clock,
}) => {
  await makeStage(world);
  const app = createApp(world);
  const sys = await signIn(app, 'sys');
  const page = await sys.get('/jobs');
  expect(page.text).toContain('还没有跑过');
  expect(page.text).toContain('每天 01:40');
  const ran = await page.send('/jobs/archive/run');
  expect(ran.text).toContain('“归档”已执行完');
  expect(await db('job_runs').where({ job: 'archive' }).first()).toMatchObject({ ok: true, started_at: clock() });
  expect((await listChanges(db, 'job:archive')).map(({ act }) => act)).toEqual(['job.run']);
  expect((await ran.follow('归档')).text).toContain('手动');
  expect((await sys.post('/jobs/nonsense/run')).status).toBe(404);
  await db('job_runs').update({ ok: null, finished_at: null });
  expect((await sys.post('/jobs/archive/run')).status).toBe(409);

  const audit = await signIn(app, 'audit');
  expect((await audit.get('/jobs')).text).toContain('归档');
  expect((await audit.get('/jobs')).offers('/jobs/archive/run')).toBe(false);
  expect((await audit.post('/jobs/archive/run')).status).toBe(404);
});

test('a job run by hand runs elsewhere where there is an elsewhere, and a failure is told', async ({ world, db }) => {
  await makeStage(world);
  const asked: string[] = [];
  const runApart = async (job: string) => {
    asked.push(job);
    throw new Error('killed');
  };
  const sys = await signIn(createApp({ ...world, runApart }), 'sys');
  const page = await (await sys.get('/jobs')).send('/jobs/lapse/run');
  expect(page.text).toContain('“逾期补正结案”执行失败');
  expect(asked).toEqual(['lapse']);
  expect(await db('job_runs').where({ job: 'lapse' }).first('ok', 'error')).toMatchObject({
    ok: false,
    error: expect.stringContaining('killed'),
  });
});
