import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { readConfig } from '../../src/core/config.ts';
import { type Embedded, startEmbedded } from '../../src/core/embedded/embedded.ts';
import { sha256 } from '../../src/core/hash.ts';
import { migrate, migrationFiles, migrations_dir } from '../../src/core/migrations.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The server's address, to any database of it. */
    server_url: string;
    /** The migrated database that others are cloned from. */
    template: string;
    /** A folder that goes when the run ends. */
    run_dir: string;
  }
}

const most_runs_at_once = 16;

/** One cluster for the whole run, with its template migrated once; both are kept for the next run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { data_dir } = readConfig({ ...process.env, NODE_ENV: 'test' });
  const cluster = await startFirstFree(data_dir);
  const template = await makeTemplate(cluster.url);
  project.provide('server_url', cluster.url);
  project.provide('template', template);
  const run_dir = mkdtempSync(path.join(data_dir, 'test-run-'));
  project.provide('run_dir', run_dir);
  return async () => {
    await cluster.stop();
    rmSync(run_dir, { recursive: true, force: true });
  };
}

// Several runs may go on side by side; each takes the first cluster that nobody uses.
async function startFirstFree(data_dir: string): Promise<Embedded> {
  for (let number = 1; ; number++) {
    try {
      return await startEmbedded({ data_dir, name: `test-${number}`, durable: false });
    } catch (error) {
      if (number >= most_runs_at_once || !/is in use/.test(String(error))) throw error;
    }
  }
}

async function makeTemplate(url: string): Promise<string> {
  const files = migrationFiles().map((file) => file + readFileSync(path.join(migrations_dir, file), 'utf8'));
  const name = `template_${sha256(files.join('\n')).slice(0, 16)}`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ datname: string }>(
      `select datname from pg_database where not datistemplate and datname <> 'postgres'`,
    );
    const names = rows.map((row) => row.datname);
    for (const old of names) if (old !== name) await client.query(`drop database "${old}" with (force)`);
    if (names.includes(name)) return name;
    // It gets its name when it is whole: a broken migration must not be taken for a template by the next run.
    await client.query(`create database "${name}_draft"`);
    await migrate(databaseUrl(url, `${name}_draft`));
    await client.query(`alter database "${name}_draft" rename to "${name}"`);
    return name;
  } finally {
    await client.end();
  }
}

/** The address of another database of the same server. */
export function databaseUrl(server_url: string, database: string): string {
  return server_url.replace('/postgres?', `/${database}?`);
}
