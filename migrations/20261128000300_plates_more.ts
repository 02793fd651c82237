import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table household_codes (
      id          bigint generated always as identity primary key,
      building_id bigint not null references buildings,
      household   text not null check (household <> ''),
      code_hash   text not null unique,
      demo        boolean not null default false,
      made_at     timestamptz not null,
      made_by     bigint references people,
      revoked_at  timestamptz
    );
    comment on column household_codes.code_hash is 'keyed hash: the code itself stands on the slip alone';
    create unique index one_live_code_of_household on household_codes (building_id, household) where revoked_at is null;
    create index on household_codes (building_id, household);
    create index on household_codes (made_by) where made_by is not null;

    create table member_reviews (
      id              bigint generated always as identity primary key,
      person_id       bigint not null references people,
      grid_id         bigint not null references units,
      month           text not null check (month ~ '^[0-9]{4}-[0-9]{2}$'),
      stars           int not null check (stars between 1 and 5),
      words           text not null default '',
      voucher         text not null unique,
      demo            boolean not null default false,
      unpublished_at  timestamptz,
      unpublished_by  bigint references people,
      unpublished_why text,
      check ((unpublished_at is null) = (unpublished_why is null))
    );
    comment on table member_reviews is 'what a household thinks of its linked member; no household, no day, no hour: nothing here says who it was';
    comment on column member_reviews.voucher is 'keyed hash of household, member and month: one review each, without naming the household';
    create index on member_reviews (person_id, month);
    create index on member_reviews (grid_id, month);
    create index on member_reviews (unpublished_by) where unpublished_by is not null;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table member_reviews, household_codes');
}
