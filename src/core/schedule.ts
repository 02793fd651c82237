import cron, { type ScheduledTask } from 'node-cron';
import { addMinutes, minuteOfDay } from './clock.ts';
import type { Db } from './db.ts';
import type { World } from './world.ts';

const timezone = 'Asia/Shanghai';

/** Work of the timetable. It is safe to repeat and finds what is due by itself, whenever it comes to run. */
export interface Job {
  readonly name: string;
  /** Five fields, in the city's zone. */
  readonly cron: string;
  /** Names the run that is due at this time, e.g. its day: each name is run once among all processes. */
  slot(due: Date): string;
  /** `now` is the real time, also of a run that was missed; `slot` says which one it is. The result is kept as JSON. */
  run(world: World, now: Date, slot: string): Promise<unknown>;
  /** Heavy: in the server it runs in a process of its own, which takes its memory and its hold on the processor with it when it ends. */
  readonly apart?: true;
  /** After a stop: only the latest missed run (the default, for whatever sweeps up all that is due), or each of them. */
  readonly missed?: 'latest' | 'each';
}

export interface JobRun {
  readonly job: string;
  readonly slot: string;
  readonly started_at: Date;
  readonly finished_at: Date | null;
  readonly ok: boolean | null;
  readonly result: unknown;
  readonly error: string | null;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    job_runs: JobRun;
  }
}

// A run whose process was killed never ends: after this it is taken over. A run that failed is tried again as late.
const give_up_minutes = 10;

/** Whether the slot is ours: new, or left unfinished, or failed a while ago. Of any number that ask, one hears yes. */
async function takeSlot(db: Db, job: string, slot: string, now: Date): Promise<boolean> {
  const { rows } = await db.raw<{ rows: unknown[] }>(
    `insert into job_runs as run (job, slot, started_at) values (:job, :slot, :now)
     on conflict (job, slot) do update set started_at = :now, finished_at = null, ok = null, result = null, error = null
       where run.ok is not true and coalesce(run.finished_at, run.started_at) < :given_up
     returning 1`,
    { job, slot, now, given_up: addMinutes(now, -give_up_minutes) },
  );
  return rows.length === 1;
}

async function perform(world: World, job: Job, slot: string): Promise<unknown> {
  const run = () => world.db('job_runs').where({ job: job.name, slot });
  try {
    const result = job.apart && world.runApart ? await world.runApart(job.name) : await job.run(world, world.clock(), slot);
    await run().update({ finished_at: world.clock(), ok: true, result: JSON.stringify(result ?? null) });
    return result;
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    await run().update({ finished_at: world.clock(), ok: false, error: text });
    throw error;
  }
}

/** Runs a slot unless it was run already or another process is at it. A failure is recorded and logged, not thrown. */
export async function runSlot(world: World, job: Job, slot: string): Promise<'done' | 'failed' | 'taken'> {
  if (!(await takeSlot(world.db, job.name, slot, world.clock()))) return 'taken';
  try {
    const result = await perform(world, job, slot);
    world.log.info({ job: job.name, slot, result }, 'job done');
    return 'done';
  } catch (error) {
    world.log.error({ job: job.name, slot, err: error }, 'job failed');
    return 'failed';
  }
}

/** Runs a job by hand, whether or not its slot was run, and hands back its result. */
export async function runNow(world: World, job: Job): Promise<unknown> {
  const now = world.clock();
  const slot = `${job.slot(now)} by hand ${now.toISOString()}`;
  await takeSlot(world.db, job.name, slot, now);
  return perform(world, job, slot);
}

// Further back nothing is looked for: whatever stood still that long is put in order by hand.
const longest_gap_minutes = 62 * 1440;

/** The times at which a job was due, later than `after` and not later than `until`; at most so many, the latest of them. */
export function dueTimes(task: ScheduledTask, after: Date, until: Date, most = Number.POSITIVE_INFINITY): Date[] {
  const { minute, hour } = cron.parse(task.getPattern());
  const from = Math.max(after.getTime(), addMinutes(until, -longest_gap_minutes).getTime());
  const times: Date[] = [];
  for (let at = Math.floor(until.getTime() / 60_000) * 60_000; at > from && times.length < most; at -= 60_000) {
    const time = new Date(at);
    const of_day = minuteOfDay(time);
    // The task's own match is slow: two months have 90,000 minutes.
    if (minute.includes(of_day % 60) && hour.includes(Math.floor(of_day / 60)) && task.match(time)) times.push(time);
  }
  return times.reverse();
}

async function findLastRun(db: Db, job: string): Promise<Date | null> {
  const row = (await db('job_runs').where({ job }).max({ at: 'started_at' }).first()) as { at: Date | null } | undefined;
  return row?.at ?? null;
}

async function listUnfinished(db: Db, job: string, now: Date): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { slot: string }[] }>(
    `select slot from job_runs
     where job = :job and ok is not true and coalesce(finished_at, started_at) < :given_up
       and started_at > :oldest and slot not like '% by hand %'
     order by slot`,
    { job, given_up: addMinutes(now, -give_up_minutes), oldest: addMinutes(now, -longest_gap_minutes) },
  );
  return rows.map((row) => row.slot);
}

/** Forgets runs that no look goes back to. */
export async function purgeRuns(db: Db, now: Date): Promise<number> {
  return db('job_runs')
    .where('started_at', '<', addMinutes(now, -2 * longest_gap_minutes))
    .delete();
}

export interface Schedule {
  /** Starts nothing more and waits for what is running. */
  stop(): Promise<void>;
  /** Looks for runs that were missed, as it does by itself at start and every minute, and waits for what is running then. */
  catchUp(): Promise<void>;
}

/** Keeps a timetable in this process; others may keep the same. */
export function startSchedule(world: World, jobs: readonly Job[]): Schedule {
  const running = new Map<string, Promise<unknown>>();
  const timetable = jobs.map((job) => ({
    job,
    task: cron.createTask(job.cron, ({ date }) => start(job, [job.slot(date)]), {
      timezone,
      name: job.name,
      suppressMissedWarning: true,
    }),
    looked_at: null as Date | null,
    last_due: null as Date | null,
    waiting: new Set<string>(),
    queued: false,
  }));
  type Entry = (typeof timetable)[number];
  let stopping = false;

  // Runs of one job never overlap in one process; what cannot start now is found by the next look.
  function start(job: Job, slots: readonly string[]): Promise<unknown> {
    if (stopping || running.has(job.name)) return Promise.resolve();
    const run = (async () => {
      for (const slot of slots) if (!stopping) await runSlot(world, job, slot);
    })()
      .catch((error: unknown) => world.log.error({ job: job.name, err: error }, 'job could not be recorded'))
      .finally(() => running.delete(job.name));
    running.set(job.name, run);
    return run;
  }

  async function findMissed(entry: Entry, now: Date): Promise<void> {
    const { job, task, waiting } = entry;
    const each = job.missed === 'each';
    const first_look = entry.looked_at === null;
    const last_run = each && first_look ? await findLastRun(world.db, job.name) : null;
    const since = last_run ?? entry.looked_at ?? addMinutes(now, -longest_gap_minutes);
    const times = dueTimes(task, since, now, each ? undefined : 1);
    entry.looked_at = now;
    entry.last_due = times.at(-1) ?? entry.last_due;
    if (each) for (const slot of await listUnfinished(world.db, job.name, now)) waiting.add(slot);
    if (each && (last_run || !first_look)) for (const time of times) waiting.add(job.slot(time));
    if (entry.last_due) waiting.add(job.slot(entry.last_due));
  }

  let queue: Promise<unknown> = Promise.resolve();
  /** What was missed runs one after the other: after a stop everything is due at once, and people are waiting for pages. */
  function startMissed(entry: Entry): Promise<unknown> {
    if (entry.queued) return queue;
    entry.queued = true;
    queue = queue.then(async () => {
      await running.get(entry.job.name);
      entry.queued = false;
      const slots = [...entry.waiting];
      entry.waiting.clear();
      await start(entry.job, slots);
    });
    return queue;
  }

  async function look(): Promise<Promise<unknown>[]> {
    const now = world.clock();
    const runs: Promise<unknown>[] = [];
    for (const entry of timetable) {
      await findMissed(entry, now);
      runs.push(startMissed(entry));
    }
    return runs;
  }

  let looking: Promise<unknown> = Promise.resolve();
  /** One look after the other; the runs that it starts hold up no further look. */
  async function catchUp(): Promise<void> {
    const looked = looking.then(look).catch((error: unknown) => {
      world.log.error({ err: error }, 'the timetable could not be read');
      return [];
    });
    looking = looked;
    await Promise.all(await looked);
  }

  for (const { task } of timetable) void task.start();
  void catchUp();
  const timer = setInterval(catchUp, 60_000);

  return {
    catchUp,
    async stop() {
      stopping = true;
      clearInterval(timer);
      for (const { task } of timetable) await task.destroy();
      await Promise.allSettled([looking, ...running.values()]);
    },
  };
}
