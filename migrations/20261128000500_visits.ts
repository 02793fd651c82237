import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table visits (
      id            bigint generated always as identity primary key,
      person_id     bigint not null references people,
      grid_id       bigint not null references units,
      building_id   bigint references buildings,
      room          text not null check (room <> ''),
      planned_on    date not null,
      status        text not null default 'planned' check (status in ('planned', 'checked_in', 'finished', 'dropped')),
      checked_in_at timestamptz,
      located       boolean not null default false,
      latitude      numeric(8, 5) check (latitude between -90 and 90),
      longitude     numeric(8, 5) check (longitude between -180 and 180),
      accuracy_metres int check (accuracy_metres >= 0),
      talk          text not null default '',
      needs         text not null default '',
      finished_at   timestamptz,
      demo          boolean not null default false,
      made_at       timestamptz not null,
      check ((checked_in_at is not null) = (status in ('checked_in', 'finished'))),
      check ((finished_at is not null) = (status = 'finished')),
      check (num_nonnulls(latitude, longitude, accuracy_metres) in (0, 3)),
      check (not located or checked_in_at is not null),
      check (located or latitude is null)
    );
    comment on column visits.located is 'a position was given at check-in; the position itself is taken away after some days';
    comment on column visits.room is 'unit and flat as people say it; households are no rows, the place is their key';
    create unique index one_visit_planned_once on visits (person_id, grid_id, coalesce(building_id, 0), room, planned_on) where status <> 'dropped';
    create index on visits (person_id, planned_on);
    create index on visits (grid_id, finished_at);
    create index on visits (finished_at);
    create index on visits (building_id, finished_at) where building_id is not null;
    create index visits_with_position on visits (checked_in_at) where latitude is not null;

    create table watch_records (
      id          bigint generated always as identity primary key,
      situation   text not null check (situation in ('bedridden', 'emergency_incident', 'discontent', 'dispute')),
      grid_id     bigint not null references units,
      building_id bigint references buildings,
      room        text not null default '',
      event       text not null default '',
      need        text not null default '',
      noted_by    bigint not null references people,
      noted_at    timestamptz not null,
      closed_by   bigint references people,
      closed_at   timestamptz,
      outcome     text not null default '',
      demo        boolean not null default false,
      check ((closed_at is null) = (closed_by is null)),
      check (situation <> 'bedridden' or (room = '' and event = '' and need = '' and outcome = '')),
      check (situation <> 'discontent' or room = ''),
      check (situation = 'bedridden' or event <> '')
    );
    comment on table watch_records is 'the four situations to watch; nobody is named here, and what is said of health stands sealed in watch_health';
    create index on watch_records (grid_id, noted_at);
    create index on watch_records (building_id) where building_id is not null;
    create index on watch_records (noted_by);
    create index on watch_records (closed_by) where closed_by is not null;
    create index discontent_by_age on watch_records (noted_at) where situation = 'discontent';

    create table watch_health (
      watch_id    bigint primary key references watch_records on delete cascade,
      text_sealed text not null check (text_sealed like 'v1.%')
    );
    comment on table watch_health is 'sensitive personal information (PIPL 28): sealed, opened for a reason only, each reading recorded; gone some time after closing';

    create table watch_follow_ups (
      id       bigint generated always as identity primary key,
      watch_id bigint not null references watch_records on delete cascade,
      step     text not null,
      due_at   timestamptz not null,
      done_at  timestamptz,
      done_by  bigint references people,
      check ((done_at is null) = (done_by is null))
    );
    create index on watch_follow_ups (watch_id);
    create index on watch_follow_ups (done_by) where done_by is not null;
    create index open_follow_ups on watch_follow_ups (due_at) where done_at is null;

    create table duties (
      code          text primary key,
      category_code text not null,
      category_zh   text not null,
      category_en   text not null,
      name_zh       text not null,
      name_en       text not null,
      frequency     text not null check (frequency in ('daily', 'weekly', 'monthly', 'quarterly', 'event')),
      department_id bigint references units,
      sort          int not null
    );
    comment on column duties.department_id is 'whose matter it is, of the departments whose matters the grids took over';
    create index on duties (department_id) where department_id is not null;

    create table duty_entries (
      id        bigint generated always as identity primary key,
      duty_code text not null references duties,
      person_id bigint not null references people,
      grid_id   bigint not null references units,
      done_on   date not null,
      place     text not null default '',
      note      text not null default '',
      noted_at  timestamptz not null,
      demo      boolean not null default false,
      unique (person_id, done_on, grid_id, duty_code)
    );
    create index on duty_entries (grid_id, done_on);
    create index on duty_entries (duty_code, done_on);

    create table substitutes (
      id                   bigint generated always as identity primary key,
      absent_person_id     bigint not null references people,
      substitute_person_id bigint not null references people,
      grid_id              bigint not null references units,
      post_id              bigint not null references posts,
      valid_from           date not null,
      valid_to             date not null,
      reason               text not null check (reason <> ''),
      asked_by             bigint not null references people,
      decided_by           bigint not null references people,
      decided_at           timestamptz not null,
      duty_taken_at        timestamptz,
      was_on_duty          boolean,
      duty_returned_at     timestamptz,
      ended_by             bigint references people,
      demo                 boolean not null default false,
      constraint nobody_for_himself check (absent_person_id <> substitute_person_id),
      constraint decided_by_a_third check (decided_by not in (absent_person_id, substitute_person_id)),
      constraint substitute_dates check (valid_to >= valid_from - 1),
      check ((duty_taken_at is null) = (was_on_duty is null)),
      check (duty_returned_at is null or duty_taken_at is not null),
      constraint one_substitute_at_a_time exclude using gist
        (int8range(absent_person_id, absent_person_id, '[]') with &&, int8range(grid_id, grid_id, '[]') with &&, daterange(valid_from, valid_to, '[]') with &&)
        where (valid_to >= valid_from)
    );
    comment on table substitutes is 'a linked member stands in for another from day to day, by a post of his own that ends with valid_to';
    comment on column substitutes.valid_to is 'the last day; an early ending takes effect at once, so it is the day before';
    create index on substitutes (absent_person_id);
    create index on substitutes (substitute_person_id);
    create index on substitutes (grid_id, valid_to);
    create index on substitutes (post_id);
    create index on substitutes (asked_by);
    create index on substitutes (decided_by);
    create index on substitutes (ended_by) where ended_by is not null;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table substitutes, duty_entries, duties, watch_follow_ups, watch_health, watch_records, visits');
}
