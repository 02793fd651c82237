import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { createApp } from '../../src/app.ts';
import type { World } from '../../src/core/world.ts';
import { checksOf } from '../../src/health.ts';
import { jobs } from '../../src/jobs.ts';
import { cityDesks } from '../../src/shifts/rules.ts';
import { sharedFor } from '../../src/web/render.ts';
import { signIn } from '../support/browser.ts';
import { makeStage } from '../support/make.ts';
import { test } from '../support/world.ts';

type Check = keyof ReturnType<typeof checksOf>;
const of = (world: World, check: Check) =>
  checksOf(world, jobs, sharedFor({ lang: 'zh', me: null, now: world.clock() }))[check]();
const ok = async (world: World, check: Check) => (await of(world, check)).ok;

/** A city in which every job ran this hour. */
async function kept(world: World): Promise<World> {
  const it = { ...world, config: { ...world.config, data_dir: mkdtempSync(path.join(world.config.data_dir, 'health-')) } };
  await makeStage(it);
  const at = it.clock();
  const done = {
    slot: 'a',
    started_at: at,
    finished_at: at,
    ok: true,
    result: JSON.stringify({ ok: true, rows: 5, broken_count: 0 }) as never,
  };
  await it.db('job_runs').insert(jobs.map(({ name }) => ({ job: name, ...done })));
  return it;
}

test('a job that failed, was lost on the way, or was not run when it was due turns the state red', async ({
  world,
  db,
  clock,
}) => {
  const it = await kept(world);
  expect(await of(it, 'jobs')).toMatchObject({ ok: true });
  await db('job_runs').insert({
    job: 'archive',
    slot: 'later',
    started_at: clock.addMinutes(1),
    finished_at: clock(),
    ok: false,
    error: 'no disk',
  });
  expect((await of(it, 'jobs')).text).toContain('归档');
  await db('job_runs').where({ slot: 'later' }).update({ finished_at: null, ok: null, error: null });
  expect(await ok(it, 'jobs')).toBe(true);
  clock.addMinutes(31);
  expect((await of(it, 'jobs')).text).toContain('归档');
  await db('job_runs').delete();
  expect(await ok(it, 'jobs')).toBe(false);
});

test('a message that failed or is late, and a trail that broke, was cut or was not looked at, turn it red', async ({
  world,
  db,
  clock,
}) => {
  const it = await kept(world);
  expect([await ok(it, 'outbox'), await ok(it, 'trail')]).toEqual([true, true]);
  const late = (minutes: number) => new Date(clock().getTime() - minutes * 60_000);
  await db('outbox').insert({ event: 'accepted', port: 'sms', created_at: late(11), next_at: late(11) } as never);
  expect((await of(it, 'outbox')).text).toContain('1 条到点超过 10 分钟');
  await db('outbox').update({ failed_at: clock(), error: 'x' });
  expect((await of(it, 'outbox')).text).toContain('1 条发送失败');
  await db('outbox').update({ settled_at: clock() });
  expect(await ok(it, 'outbox')).toBe(true);

  const says = async (result: object) => {
    await db('job_runs')
      .where({ job: 'verify-trail' })
      .update({ result: JSON.stringify(result) as never });
    return (await of(it, 'trail')).text;
  };
  expect(await says({ ok: false, rows: 5, broken_count: 2 })).toContain('2 处断链');
  expect(await says({ ok: true, rows: 5, broken_count: 0 })).toContain('校验 5 行');
  clock.addMinutes(2881);
  expect((await of(it, 'trail')).text).toContain('已超过两天');
});

test('clocks apart, a disk that cannot be read, a calendar that ends and a shift without anybody turn it red', async ({
  world,
  db,
  clock,
}) => {
  const it = await kept(world);
  expect((await of({ ...it, clock: () => new Date(2026, 1, 1) }, 'clock')).ok).toBe(false);
  expect((await of({ ...it, clock: () => new Date(Date.now()) }, 'clock')).ok).toBe(true);
  expect(await of(it, 'disk')).toMatchObject({ text: expect.stringContaining('%') });
  expect((await of({ ...it, config: { ...it.config, data_dir: '/nowhere/at/all' } }, 'disk')).ok).toBe(false);
  expect((await of(it, 'calendar')).ok).toBe(false);
  expect((await of(it, 'shifts')).text).toContain('个班次无人');
  const city = (await db('units').where({ kind: 'city' }).first())!;
  for (const desk of cityDesks) {
    const posts = {
      hotline: 'hotline_agent',
      review: 'review_officer',
      dispatch: 'dispatch_officer',
      supervision: 'supervision_officer',
      callback: 'callback_officer',
      analysis: 'analysis_assessor',
    };
    const post = (await db('posts')
      .where({ post: posts[desk as 'hotline'] as never })
      .first())!;
    for (let day = 22; day < 27; day++)
      for (const part of [1, 2, 3]) {
        const [shift] = await db('duty_shifts')
          .insert({
            desk,
            unit_id: city.id,
            on_day: `2026-11-${day}`,
            part,
            starts_at: new Date(`2026-11-${day}T0${part}:00:00+08:00`),
            ends_at: new Date('2026-11-30'),
          })
          .returning('id');
        await db('shift_assignments').insert({ shift_id: shift!.id, post_id: post.id, assigned_at: clock() });
      }
  }
  expect(await ok(it, 'shifts')).toBe(true);
});

test('the page says what to do about each, to the system and the audit administrator alone; /readyz stays what it was', async ({
  world,
}) => {
  await makeStage(world);
  const app = createApp(world);
  for (const who of ['sys', 'audit'] as const) {
    const page = await (await signIn(app, who)).get('/health');
    expect(page.text).toContain('项需要处理');
    expect(page.text).toContain('到“定时任务”看原因');
  }
  expect((await (await signIn(app, 'sec')).raw('/health')).status).toBe(404);
  expect((await (await signIn(app, 'leader')).raw('/health')).status).toBe(404);
});
