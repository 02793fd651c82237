import { statfs } from 'node:fs/promises';
import { type Response, Router } from 'express';
import { rulebook } from './catalog/actions.ts';
import { calendar_warning_days } from './catalog/rules.ts';
import { addDays, addMinutes, dayOf } from './core/clock.ts';
import { findLastDone, listLastRuns, troubled } from './core/job_runs.ts';
import type { Job } from './core/schedule.ts';
import type { World } from './core/world.ts';
import { makeDoor } from './doors.ts';
import { countStuck } from './messages/store/outbox.ts';
import { listEmptyShifts } from './shifts/actions.ts';
import { deskRule } from './shifts/rules.ts';
import type { TrailReport } from './trail/actions/verify.ts';
import { unitName } from './units/rules.ts';
import type { Shared } from './views.ts';
import { sharedOf, show } from './web/render.ts';

const most_apart_ms = 1000;
const least_free = 0.1;
const verified_within_minutes = 2 * 1440;

/** How far the clocks of process and database are apart, in milliseconds; null where the database does not answer. */
async function clockApart({ db, clock }: World): Promise<number | null> {
  const before = clock();
  const reached = await db.raw<{ rows: { now: Date }[] }>('select clock_timestamp() as now').then(
    ({ rows }) => rows[0]!.now,
    () => null,
  );
  return reached === null ? null : Math.max(0, before.getTime() - reached.getTime(), reached.getTime() - clock().getTime());
}

/** `/healthz`: the process answers. `/readyz`: so does the database, and their clocks agree within a second. */
export function health(world: World): Router {
  const routes = Router();
  routes.get('/healthz', (_req, res) => {
    res.type('text').send('ok\n');
  });
  routes.get('/readyz', async (_req, res) => {
    const apart = await clockApart(world);
    const ok = apart !== null && apart <= most_apart_ms;
    res.status(ok ? 200 : 503).json({ database: apart !== null, clock_apart_ms: apart, ok });
  });
  return routes;
}

interface Found {
  readonly ok: boolean;
  readonly text: string;
}
type Checks = Shared['t']['upkeep']['checks'];

/** Everything that must not go wrong unnoticed, one sentence each. */
export function checksOf(
  world: World,
  jobs: readonly Job[],
  { t, lang, fmt, now }: Shared,
): Record<keyof Checks, () => Promise<Found>> {
  const { db, config } = world;
  const w = t.upkeep.found;
  return {
    async clock() {
      const apart = (await clockApart(world)) ?? Number.POSITIVE_INFINITY;
      const ok = apart <= most_apart_ms;
      return { ok, text: (ok ? w.clock_fine : w.clock_apart)(fmt.number(apart)) };
    },
    async jobs() {
      const bad = troubled(jobs, await listLastRuns(db), now);
      const names = bad.map((name) => t.upkeep.jobs[name]?.name ?? name).join(lang === 'zh' ? '、' : ', ');
      return { ok: bad.length === 0, text: bad.length === 0 ? w.jobs_fine(jobs.length) : w.jobs_bad(names) };
    },
    async outbox() {
      const { failed, late } = await countStuck(db, now);
      const ok = failed + late === 0;
      return { ok, text: ok ? w.outbox_fine : w.outbox_bad(failed, late) };
    },
    async trail() {
      const run = await findLastDone(db, 'verify-trail');
      if (!run) return { ok: false, text: w.trail_never };
      const report = run.result as TrailReport;
      const at = fmt.full(run.started_at);
      if (!report.ok) return { ok: false, text: w.trail_broken(at, fmt.number(report.broken_count)) };
      if (run.started_at < addMinutes(now, -verified_within_minutes)) return { ok: false, text: w.trail_old(at) };
      return { ok: true, text: w.trail_fine(at, fmt.number(report.rows)) };
    },
    async disk() {
      const disk = await statfs(config.data_dir).catch(() => null);
      if (!disk) return { ok: false, text: w.disk_unknown };
      const share = disk.bavail / disk.blocks;
      const free = `${fmt.number(Math.floor((disk.bavail * disk.bsize) / 2 ** 30))} GB`;
      const ok = share >= least_free;
      return { ok, text: (ok ? w.disk_fine : w.disk_bad)(free, fmt.percent(share)) };
    },
    async calendar() {
      const { last_year } = (await rulebook(db)).calendar;
      const last = `${last_year}-12-31`;
      const ok = last_year > 0 && last >= addDays(dayOf(now), calendar_warning_days);
      return { ok, text: last_year === 0 ? w.calendar_none : (ok ? w.calendar_fine : w.calendar_bad)(fmt.day(last)) };
    },
    async shifts() {
      const empty = await listEmptyShifts(db, now);
      const [first] = empty.toSorted((a, b) => a.starts_at.getTime() - b.starts_at.getTime());
      if (!first) return { ok: true, text: w.shifts_fine };
      const { desk, unit, starts_at, ends_at } = first;
      const where = deskRule(desk).at === 'city' ? '' : unitName(unit, lang);
      const said = t.shifts.empty_at(t.shifts.desks[desk], where, fmt.full(starts_at), fmt.time(ends_at));
      return { ok: false, text: w.shifts_bad(empty.length, said) };
    },
  };
}

/** The state of the system for whoever keeps it: what is wrong, and what to do about it. */
export function healthPage(world: World, jobs: readonly Job[]): Router {
  const door = makeDoor('/health');
  door.get('/', 'health.read', async (_req, res: Response) => {
    const shared = sharedOf(res);
    const { t, fmt, now } = shared;
    const checks = Object.entries(checksOf(world, jobs, shared));
    const rows = await Promise.all(
      checks.map(async ([key, check]) => {
        const name = key as keyof Checks;
        const { ok, text } = await check();
        return { what: t.upkeep.checks[name], ok, found: text, todo: ok ? '' : t.upkeep.todo[name] };
      }),
    );
    const bad = rows.filter(({ ok }) => !ok).length;
    show(
      res,
      'upkeep/health',
      { title: t.upkeep.health, nav: 'health' },
      { bad, checked: t.upkeep.checked_at(fmt.full(now)), rows: rows.toSorted((a, b) => Number(a.ok) - Number(b.ok)) },
    );
  });
  return door.routes;
}
