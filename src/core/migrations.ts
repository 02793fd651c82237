import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { Knex } from 'knex';
import pg from 'pg';
import { root } from './config.ts';
import { connect } from './db.ts';

export const migrations_dir = path.join(root, 'migrations');

// Any number will do, as long as it is ours alone in the database.
const lock = 7_421_001;

/** Names migrations without their extension, whatever they are run from. */
export const migrationSource: Knex.MigrationSource<string> = {
  getMigrations: async () => migrationFiles().map((file) => path.parse(file).name),
  getMigrationName: (name) => name,
  // Spelt so that a bundler finds all of them.
  getMigration: (name) => import(`../../migrations/${name}.ts`) as Promise<Knex.Migration>,
};

export function migrationFiles(): string[] {
  return readdirSync(migrations_dir)
    .filter((file) => /^\d{14}_\w+\.ts$/.test(file))
    .sort();
}

/** Brings the database up to date and tells which migrations ran; of several processes one does it and the others wait. */
export async function migrate(url: string): Promise<string[]> {
  // Knex's own lock fails on a new database and outlives a killed process; this one ends with its connection.
  const guard = new pg.Client({ connectionString: url, application_name: 'zhaojiban migrate' });
  await guard.connect();
  const db = connect(url, { max: 2, statement_timeout: 0, name: 'zhaojiban migrate' });
  try {
    await guard.query('select pg_advisory_lock($1)', [lock]);
    await db.migrate.forceFreeMigrationsLock();
    const [, names] = (await db.migrate.latest({ migrationSource })) as [number, string[]];
    return names;
  } finally {
    await db.destroy();
    await guard.end();
  }
}
