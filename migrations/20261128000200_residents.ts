import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table evaluation_links (
      token_hash text primary key check (token_hash ~ '^[0-9a-f]{64}$'),
      appeal_id  bigint not null references appeals,
      round      int not null check (round > 0),
      made_at    timestamptz not null,
      expires_at timestamptz not null check (expires_at > made_at),
      used_at    timestamptz,
      unique (appeal_id, round)
    );
    comment on table evaluation_links is 'one link a round, used once; the token itself is derived when it is sent and stored nowhere';
    comment on column appeals.code_hash is 'keyed hash of the code that was shown once to whoever reported it on a page';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`drop table evaluation_links; comment on column appeals.code_hash is null`);
}
