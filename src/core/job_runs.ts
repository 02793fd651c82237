import cron from 'node-cron';
import { addMinutes, dayOf, minuteOfDay } from './clock.ts';
import type { Db } from './db.ts';
import type { Job, JobRun } from './schedule.ts';

/** Minutes after which a run that has not ended counts as lost, and one that ought to have begun as missed. */
export const lost_minutes = 30;
const look_minutes = 32 * 1440;

/** The last time at which a job was due, and the next; null where that is more than a month away. */
export function timesAround(pattern: string, now: Date): { last: Date | null; next: Date | null } {
  const { minute, hour, dayOfMonth, month, dayOfWeek } = cron.parse(pattern);
  const isDue = (at: Date): boolean => {
    const of_day = minuteOfDay(at);
    if (!minute.includes(of_day % 60) || !hour.includes(Math.floor(of_day / 60))) return false;
    const day = dayOf(at);
    const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
    return month.includes(Number(day.slice(5, 7))) && dayOfMonth.includes(Number(day.slice(8))) && dayOfWeek.includes(weekday);
  };
  const this_minute = Math.floor(now.getTime() / 60_000) * 60_000;
  const find = (from: number, step: number): Date | null => {
    for (let n = 0; n <= look_minutes; n++) {
      const at = new Date(from + n * step * 60_000);
      if (isDue(at)) return at;
    }
    return null;
  };
  return { last: find(this_minute, -1), next: find(this_minute + 60_000, 1) };
}

export type RunState = 'done' | 'failed' | 'running' | 'lost' | 'never';
export const stateOf = (run: Pick<JobRun, 'ok' | 'started_at'> | undefined, now: Date): RunState => {
  if (!run) return 'never';
  if (run.ok !== null) return run.ok ? 'done' : 'failed';
  return run.started_at < addMinutes(now, -lost_minutes) ? 'lost' : 'running';
};

/** The latest run of each job, by its name. */
export async function listLastRuns(db: Db): Promise<Map<string, JobRun>> {
  const { rows } = await db.raw<{ rows: JobRun[] }>('select distinct on (job) * from job_runs order by job, started_at desc');
  return new Map(rows.map((row) => [row.job, row]));
}
export async function listRunsOf(db: Db, job: string, most: number): Promise<JobRun[]> {
  return db('job_runs').where({ job }).orderBy('started_at', 'desc').limit(most);
}
/** The last run of a job that ended well, with what it brought. */
export async function findLastDone(db: Db, job: string): Promise<JobRun | undefined> {
  return db('job_runs').where({ job, ok: true }).orderBy('started_at', 'desc').first();
}

/** Jobs whose latest run failed or was lost, or whose last due time went by without one. */
export function troubled(jobs: readonly Job[], runs: ReadonlyMap<string, JobRun>, now: Date): string[] {
  return jobs
    .filter(({ name, cron: pattern }) => {
      const run = runs.get(name);
      const state = stateOf(run, now);
      if (state === 'failed' || state === 'lost') return true;
      const { last } = timesAround(pattern, addMinutes(now, -lost_minutes));
      return last !== null && (run === undefined || run.started_at < last);
    })
    .map(({ name }) => name);
}
