import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create index trail_inputs_thing on trail_inputs ((input ->> 'thing'), seq desc) where subject_kind = 'system';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index trail_inputs_thing');
}
