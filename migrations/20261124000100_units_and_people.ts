import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create extension if not exists pg_trgm;

    create table units (
      id              bigint generated always as identity primary key,
      kind            text not null check (kind in ('city', 'town', 'community', 'grid', 'department')),
      unit_group      text not null,
      parent_id       bigint references units,
      path            text collate "C" not null unique,
      code            text not null unique,
      name_zh         text not null,
      name_en         text not null,
      short_zh        text not null,
      duty_phone      text,
      round_the_clock boolean not null default false,
      sort            int not null default 0,
      demo            boolean not null default false,
      search          text not null default '',
      valid_from      date not null,
      valid_to        date,
      successor_id    bigint references units,
      check ((kind = 'city') = (parent_id is null)),
      check (valid_to is null or valid_to >= valid_from),
      check (path like '/%/')
    );
    comment on column units.path is 'ids from the city down, /1/5/12/: at or below is a prefix';
    comment on column units.unit_group is 'towns: subdistrict, town; grids: base, exclusive; departments: party, government, public_utility, ...';
    create index on units (parent_id);
    create index on units (kind, sort);
    create index on units using gin (search gin_trgm_ops);

    create table grids (
      unit_id     bigint primary key references units,
      kind        text not null check (kind in ('base', 'exclusive')),
      venue_type  text check (venue_type in ('industrial_park', 'commercial_market', 'school', 'hospital', 'other_venue')),
      households  int not null default 0 check (households >= 0),
      area_hectares numeric(10, 2) not null default 0 check (area_hectares >= 0),
      help_point  text,
      check ((kind = 'exclusive') = (venue_type is not null))
    );

    create table buildings (
      id         bigint generated always as identity primary key,
      grid_id    bigint not null references units,
      code       text not null unique,
      estate     text not null,
      name       text not null,
      address    text not null,
      storeys    int not null check (storeys between 1 and 120),
      households int not null check (households >= 0),
      search     text not null default '',
      demo       boolean not null default false,
      valid_from date not null,
      valid_to   date,
      unique (estate, name)
    );
    create index on buildings (grid_id);
    create index on buildings using gin (search gin_trgm_ops);

    create table people (
      id         bigint generated always as identity primary key,
      name       text not null,
      work_phone text,
      search     text not null default '',
      demo       boolean not null default false
    );
    create index on people using gin (search gin_trgm_ops);

    create table accounts (
      id                   bigint generated always as identity primary key,
      person_id            bigint not null unique references people,
      username             text not null unique check (username = lower(username)),
      password_hash        text not null,
      must_change_password boolean not null default true,
      lang                 text not null default 'zh' check (lang in ('zh', 'en')),
      revision             int not null default 1,
      demo                 boolean not null default false,
      disabled_at          timestamptz,
      last_sign_in_at      timestamptz,
      created_at           timestamptz not null
    );
    comment on column accounts.revision is 'raised by a new password, a changed post, sign-out everywhere: older sessions end';

    create table posts (
      id         bigint generated always as identity primary key,
      person_id  bigint not null references people,
      post       text not null check (post in ('hotline_agent', 'review_officer', 'dispatch_officer', 'supervision_officer',
                   'callback_officer', 'analysis_assessor', 'city_leader', 'town_clerk', 'town_leader', 'community_clerk',
                   'community_secretary', 'linked_member', 'department_clerk', 'department_leader',
                   'sys_admin', 'sec_admin', 'audit_admin')),
      unit_id    bigint not null references units,
      on_duty    boolean not null default true,
      valid_from date not null,
      valid_to   date,
      unique (person_id, post, unit_id, valid_from),
      check (valid_to is null or valid_to >= valid_from)
    );
    comment on table posts is 'who holds which post at which unit; a person acts in one at a time';
    create index on posts (unit_id, post);
    create unique index one_administrator_post_each on posts (person_id)
      where post in ('sys_admin', 'sec_admin', 'audit_admin') and valid_to is null;

    create table linked_members (
      person_id bigint primary key references people,
      grid_id   bigint not null references units,
      kind      text not null check (kind in ('fulltime', 'assistant')),
      batch     int,
      services  text not null default '',
      valid_from date not null,
      valid_to  date
    );
    create index on linked_members (grid_id);

    create table party_organizations (
      id           bigint generated always as identity primary key,
      code         text not null unique,
      name         text not null,
      community_id bigint not null references units,
      secretary    text not null default '',
      search       text not null default '',
      demo         boolean not null default false,
      valid_from   date not null,
      valid_to     date
    );
    create table party_members (
      id              bigint generated always as identity primary key,
      organization_id bigint not null references party_organizations,
      name            text not null,
      joined_on       date not null,
      search          text not null default '',
      demo            boolean not null default false,
      valid_from      date not null,
      valid_to        date
    );
    create index on party_members (organization_id);
    create index on party_members using gin (search gin_trgm_ops);
    create table grid_branches (
      id        bigint generated always as identity primary key,
      grid_id   bigint not null unique references units,
      kind      text not null check (kind in ('branch', 'group')),
      name      text not null,
      secretary text not null default '',
      demo      boolean not null default false
    );

    create table sessions (
      sid    text primary key,
      sess   jsonb not null,
      expire timestamptz not null,
      person_id bigint generated always as ((sess ->> 'person_id')::bigint) stored
    );
    create index on sessions (expire);
    create index on sessions (person_id);

    create table sign_ins (
      id         bigint generated always as identity primary key,
      username   text not null,
      person_id  bigint references people,
      network    text not null,
      outcome    text not null check (outcome in ('ok', 'wrong', 'delayed', 'disabled', 'refused', 'signed_out', 'password_changed')),
      happened_at timestamptz not null
    );
    create index on sign_ins (happened_at);
    create table rate_limits (key text primary key, points int not null default 0, expire bigint);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`drop table rate_limits, sign_ins, sessions, grid_branches, party_members, party_organizations, linked_members,
    posts, accounts, people, buildings, grids, units`);
}
