import type { Changes } from './changes.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Db } from './db.ts';
import type { Log } from './log.ts';

/** All that the outside provides. A test hands in another. */
export interface World {
  readonly db: Db;
  readonly clock: Clock;
  readonly config: Config;
  readonly log: Log;
  /** Where attachments lie, by content hash; outside `public/`. */
  readonly files_dir: string;
  /** What changes while pages are open; without it they stay as they were loaded. */
  readonly changes?: Changes;
  /** Runs a job of the timetable in another process and hands back its result; where it is not given, jobs run in this one. */
  readonly runApart?: (job: string) => Promise<unknown>;
}
