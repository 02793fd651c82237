import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table posts drop constraint posts_check;
    alter table posts add constraint posts_dates check (valid_to is null or valid_to >= valid_from - 1);
    comment on column posts.valid_to is 'the last day; an ending takes effect at once, so it is the day before, also before a valid_from of the same day';
    create unique index one_open_post_each on posts (person_id, post, unit_id) where valid_to is null;
    create index on sign_ins (person_id, id);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index sign_ins_person_id_id_idx;
    drop index one_open_post_each;
    delete from posts where valid_to < valid_from;
    alter table posts drop constraint posts_dates;
    alter table posts add constraint posts_check check (valid_to is null or valid_to >= valid_from);
  `);
}
