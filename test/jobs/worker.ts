/** A process that keeps the timetable's work as a server does: told which slots are due, and when to die. */

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { readConfig } from '../../src/core/config.ts';
import { connect } from '../../src/core/db.ts';
import { makeLog } from '../../src/core/log.ts';
import { runSlot } from '../../src/core/schedule.ts';
import { jobs } from '../../src/jobs.ts';

export interface Task {
  readonly url: string;
  readonly now: string;
  /** What the slots are called. */
  readonly slots: string;
  /** One job alone. */
  readonly only?: string;
  /** Kills itself when it is about to send so many statements of its own. */
  readonly die_after?: number;
  /** Only the work of the one job: whoever asks keeps the record of its run. */
  readonly apart?: boolean;
}
export interface Told {
  readonly done: readonly string[];
}

process.on('message', async ({ url, now, slots, only, die_after, apart }: Task) => {
  const data_dir = process.env['DATA_DIR']!;
  const db = connect(url, { max: 2 });
  const config = readConfig({
    NODE_ENV: 'test',
    DATA_DIR: data_dir,
    SESSION_SECRET: 'a-secret-that-is-only-used-in-tests',
    DATA_KEY: '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff',
  });
  const files_dir = path.join(data_dir, 'files-jobs');
  mkdirSync(files_dir, { recursive: true });
  const world = { db, clock: () => new Date(now), config, log: makeLog('silent'), files_dir };
  if (die_after !== undefined) {
    let statements = 0;
    db.on('query', () => {
      statements += 1;
      if (statements > die_after) process.kill(process.pid, 'SIGKILL');
    });
  }
  const done: string[] = [];
  for (const job of jobs.filter(({ name }) => only === undefined || name === only))
    if (apart) await job.run(world, world.clock(), slots);
    else if ((await runSlot(world, job, slots)) === 'done') done.push(job.name);
  await db.destroy();
  process.send!({ done } satisfies Told);
  if (only !== undefined) process.exit();
});
