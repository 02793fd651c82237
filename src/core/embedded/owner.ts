import fs from 'node:fs';
import { cannotStart } from '../errors.ts';

/** When a process began, so that a number given to another process later is not taken for it; '' where it cannot be known. */
function begunAt(pid: number): string {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

/** Whether a process runs; one that has ended and waits for its parent does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat[stat.lastIndexOf(')') + 2] !== 'Z';
  } catch {
    return !fs.existsSync('/proc/self');
  }
}

function read(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/** The living process that a claim file names. */
export function findOwner(file: string): number | undefined {
  return ownerIn(read(file));
}

function ownerIn(claim: string): number | undefined {
  const [pid = '', begun = ''] = claim.split(' ');
  return Number(pid) > 0 && isAlive(Number(pid)) && begunAt(Number(pid)) === begun ? Number(pid) : undefined;
}

/** Writes our claim on a data folder, over a dead process's; refuses while another one lives. The file goes with `release`. */
export function claim(file: string, what: string): void {
  const draft = `${file}.${process.pid}`;
  fs.writeFileSync(draft, `${process.pid} ${begunAt(process.pid)}`);
  try {
    for (let tries = 0; tries < 20; tries++) {
      try {
        fs.linkSync(draft, file);
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const seen = read(file);
      const owner = ownerIn(seen);
      if (owner !== undefined) {
        throw cannotStart(
          `${what} is in use: the application is already running there (process ${owner}). ` +
            'Stop it first, or give this copy its own DATA_DIR and PORT.',
        );
      }
      removeDead(file, seen);
    }
    throw cannotStart(`${file} cannot be claimed.`);
  } finally {
    fs.rmSync(draft, { force: true });
  }
}

// Two starters may find the same dead claim: a rename has one winner, and who took away a fresh claim puts it back.
function removeDead(file: string, seen: string): void {
  const aside = `${file}.dead.${process.pid}`;
  try {
    fs.renameSync(file, aside);
    if (read(aside) !== seen) fs.linkSync(aside, file);
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    fs.rmSync(aside, { force: true });
  }
}

export function release(file: string): void {
  if (findOwner(file) === process.pid) fs.rmSync(file, { force: true });
}
