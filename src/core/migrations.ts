import { readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Knex } from 'knex';
import pg from 'pg';
import { root } from './config.ts';
import { connect } from './db.ts';

export const migrations_dir = path.join(root, 'migrations');

// Any number will do, as long as it is ours alone in the database.
const lock = 7_421_001;

/** Names migrations without their extension, so that `.ts` and compiled `.js` are one history. */
export function migrationSource(directory = migrations_dir): Knex.MigrationSource<string> {
  return {
    getMigrations: async () => migrationFiles(directory),
    getMigrationName: (file) => path.parse(file).name,
    getMigration: (file) => import(pathToFileURL(path.join(directory, file)).href) as Promise<Knex.Migration>,
  };
}

export function migrationFiles(directory = migrations_dir): string[] {
  return readdirSync(directory)
    .filter((file) => /^\d{14}_\w+\.(ts|js)$/.test(file))
    .sort();
}

/** Brings the database up to date and tells which migrations ran; of several processes one does it and the others wait. */
export async function migrate(url: string, directory = migrations_dir): Promise<string[]> {
  // Knex's own lock fails on a new database and outlives a killed process; this one ends with its connection.
  const guard = new pg.Client({ connectionString: url, application_name: 'zhaojiban migrate' });
  await guard.connect();
  const db = connect(url, { max: 2, statement_timeout: 0, name: 'zhaojiban migrate' });
  try {
    await guard.query('select pg_advisory_lock($1)', [lock]);
    await db.migrate.forceFreeMigrationsLock();
    const [, names] = (await db.migrate.latest({ migrationSource: migrationSource(directory) })) as [number, string[]];
    return names.map((name) => path.parse(name).name);
  } finally {
    await db.destroy();
    await guard.end();
  }
}
