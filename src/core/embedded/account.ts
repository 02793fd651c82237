import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { cannotStart } from '../errors.ts';

/** Whom the database runs as; without `uid` it is whoever runs us. */
export interface Account {
  readonly name: string;
  readonly uid?: number;
  readonly gid?: number;
}

/** Postgres refuses to run as root: then it runs as the owner of the data, or as an existing account. None is made. */
export function accountFor(data_dir: string): Account {
  if (process.getuid?.() !== 0) return { name: os.userInfo().username };
  const owner = fs.statSync(data_dir);
  if (owner.uid !== 0) return { name: `user ${owner.uid}`, uid: owner.uid, gid: owner.gid };
  const rows = fs
    .readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const row = rows.find(([name]) => name === 'postgres') ?? rows.find(([name]) => name === 'nobody');
  if (!row) {
    throw cannotStart(
      'Root may not run a database, and there is no account "postgres" or "nobody" to run it as. Set DATABASE_URL.',
    );
  }
  return { name: row[0]!, uid: Number(row[2]), gid: Number(row[3]) };
}

/** Whether the account can walk down to a folder; as root we ask about somebody else, so the mode bits are read. */
export function isReachable(dir: string, { uid, gid }: Account): boolean {
  if (uid === undefined) return true;
  for (let at = path.resolve(dir); ; at = path.dirname(at)) {
    if (fs.existsSync(at)) {
      const stat = fs.statSync(at);
      const bit = stat.uid === uid ? 0o100 : stat.gid === gid ? 0o010 : 0o001;
      if (!(stat.mode & bit)) return false;
    }
    if (at === path.dirname(at)) return true;
  }
}

/** Makes a folder that only the account may enter. */
export function makePrivateDir(dir: string, { uid, gid }: Account): void {
  fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
  if (uid !== undefined) fs.chownSync(dir, uid, gid!);
}
