// For knex's own commands beside `npm run migrate`: node --import tsx node_modules/knex/bin/cli.js migrate:status
import type { Knex } from 'knex';
import { readConfig } from './src/core/config.ts';
import { embeddedUrl } from './src/core/embedded/embedded.ts';
import { migrationSource } from './src/core/migrations.ts';

const config = readConfig();

export default {
  client: 'pg',
  connection: { connectionString: config.database_url ?? embeddedUrl(config.data_dir) },
  migrations: { migrationSource },
} satisfies Knex.Config;
