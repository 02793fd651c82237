import type { Response, Router } from 'express';
import { conflict, notFound } from './core/errors.ts';
import { listLastRuns, listRunsOf, type RunState, stateOf, timesAround } from './core/job_runs.ts';
import { type Job, type JobRun, runNow } from './core/schedule.ts';
import type { World } from './core/world.ts';
import { actorOf, makeDoor } from './doors.ts';
import { mayEver } from './policy.ts';
import { recordChange } from './trail/actions/change.ts';
import type { Shared, Tone } from './views.ts';
import { flash } from './web/flash.ts';
import { sharedOf, show } from './web/render.ts';

const tones: Record<RunState, Tone> = { done: 'go', failed: 'late', running: 'new', lost: 'late', never: 'warn' };
const history_rows = 50;
/** Whoever runs a job by hand waits so long for it; a longer one goes on by itself. */
const wait_ms = 4000;

/** The timetable as a page: when each job runs, what became of it, and running one by hand. */
export function timetable(world: World, jobs: readonly Job[]): Router {
  const { db, clock } = world;
  const door = makeDoor('/jobs');
  const now = (res: Response) => res.locals.now ?? clock();
  const jobOf = (name: string | undefined): Job => {
    const job = jobs.find((one) => one.name === name);
    if (!job) throw notFound();
    return job;
  };

  door.get('/', 'job.read', async (_req, res) => {
    const { t, fmt } = sharedOf(res);
    const at = now(res);
    const runs = await listLastRuns(db);
    show(
      res,
      'upkeep/jobs',
      { title: t.upkeep.titles.jobs, nav: 'jobs' },
      {
        may_run: mayEver(actorOf(res), 'job.run'),
        rows: jobs.map(({ name, cron }) => {
          const run = runs.get(name);
          const state = stateOf(run, at);
          const { next } = timesAround(cron, at);
          return {
            key: name,
            ...wordsOf(name, t),
            when: sayWhen(cron, t),
            last: run ? fmt.full(run.started_at) : '',
            took: took(run, t),
            state: { tone: tones[state], text: t.upkeep.states[state] },
            result: resultOf(run, t),
            next: next ? fmt.moment(next) : '',
            running: state === 'running',
          };
        }),
      },
    );
  });

  door.get('/:name', 'job.read', async (req, res) => {
    const { t, fmt } = sharedOf(res);
    const { name, cron } = jobOf(req.params['name']);
    const at = now(res);
    show(
      res,
      'upkeep/job',
      { title: wordsOf(name, t).name, nav: 'jobs', crumbs: [{ href: '/jobs', label: t.upkeep.titles.jobs }] },
      {
        ...wordsOf(name, t),
        when: sayWhen(cron, t),
        rows: (await listRunsOf(db, name, history_rows)).map((run) => {
          const state = stateOf(run, at);
          const [slot = '', by_hand] = run.slot.split(' by hand ');
          return {
            slot: by_hand ? `${slot} ${t.upkeep.by_hand}` : slot,
            started: fmt.full(run.started_at),
            took: took(run, t),
            state: { tone: tones[state], text: t.upkeep.states[state] },
            result: resultOf(run, t),
          };
        }),
      },
    );
  });

  door.post('/:name/run', 'job.run', async (req, res) => {
    const { t } = sharedOf(res);
    const job = jobOf(req.params['name']);
    const at = now(res);
    const { name } = wordsOf(job.name, t);
    if (stateOf((await listLastRuns(db)).get(job.name), at) === 'running') throw conflict();
    await db.transaction((trx) =>
      recordChange(trx, { author: actorOf(res), now: at }, 'job.run', `job:${job.name}`, null, { job: job.name }),
    );
    // In a process of its own where there can be one: neither its length nor its memory is the pages' concern.
    const run = runNow(world, { ...job, apart: true }).then(
      () => 'ran' as const,
      (error: unknown) => {
        world.log.error({ job: job.name, err: error }, 'job failed');
        return 'run_failed' as const;
      },
    );
    const waited = new Promise<'run_started'>((resolve) => setTimeout(() => resolve('run_started'), wait_ms).unref());
    const came = await Promise.race([run, waited]);
    flash(req, `upkeep.${came}`, [name], came === 'run_failed' ? 'late' : came === 'ran' ? 'go' : 'new');
    res.redirect(303, '/jobs');
  });
  return door.routes;
}

const wordsOf = (name: string, { upkeep }: Shared['t']) => upkeep.jobs[name] ?? { name, does: '' };

/** A cron pattern in plain words; what none of them fits is shown as it is. */
export function sayWhen(pattern: string, { upkeep: t, shifts: { weekdays } }: Shared['t']): string {
  const [minute = '', hour = '', ...days] = pattern.split(' ');
  const every_day = days.join(' ') === '* * *';
  if (pattern === '* * * * *') return t.every_minute;
  const every = /^\*\/(\d+)$/.exec(minute)?.[1];
  if (every && hour === '*' && every_day) return t.every_minutes(every);
  const two = (text: string) => text.padStart(2, '0');
  if (/^\d+$/.test(minute) && hour === '*' && every_day) return t.hourly(two(minute));
  if (!/^\d+$/.test(minute) || !/^\d+$/.test(hour)) return pattern;
  const time = `${two(hour)}:${two(minute)}`;
  if (every_day) return t.daily(time);
  const day_of_month = /^(\d+) \* \*$/.exec(days.join(' '))?.[1];
  if (day_of_month) return t.monthly(day_of_month, time);
  const weekday = /^\* \* ([1-7])$/.exec(days.join(' '))?.[1];
  if (weekday) return t.weekly(weekdays[Number(weekday) - 1]!, time);
  return pattern;
}

const took = (run: JobRun | undefined, { upkeep }: Shared['t']): string =>
  run?.finished_at ? upkeep.seconds(((run.finished_at.getTime() - run.started_at.getTime()) / 1000).toFixed(1)) : '';

/** A result in short: its counts by their names, without what is empty. */
function sayResult(result: unknown, t: Shared['t']): string {
  if (typeof result === 'boolean') return result ? t.common.yes : t.common.no;
  if (result === null || typeof result !== 'object') return result === null ? '' : String(result);
  if (Array.isArray(result)) return result.map((one) => sayResult(one, t)).join(', ');
  return Object.entries(result)
    .map(([name, value]) => [t.upkeep.results[name] ?? name, sayResult(value, t)])
    .filter(([, text]) => text !== '')
    .map((pair) => pair.join(' '))
    .join(' · ');
}

const most_shown = 300;
/** What a run brought, on one line: its error's first, or its result. */
const resultOf = (run: JobRun | undefined, t: Shared['t']): string => {
  if (!run) return '';
  const text = run.error?.split('\n')[0] ?? sayResult(run.result, t);
  return text.length > most_shown ? `${text.slice(0, most_shown)}…` : text;
};
