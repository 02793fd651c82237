import type { Knex } from 'knex';

const say = (whom: string) => `
  comment on table message_texts is 'versions of the texts to ${whom}; the newest of event and language holds, and null is the product''s own';
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(say('appellants and staff'));
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(say('appellants'));
}
