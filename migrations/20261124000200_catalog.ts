import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table categories (
      code        text primary key check (code ~ '^[0-9]{2}([0-9]{2}|)$'),
      parent_code text references categories,
      name_zh     text not null,
      name_en     text not null,
      lead_unit_id bigint references units,
      priority    text check (priority in ('inquiry', 'general', 'urgent', 'emergency', 'complex')),
      acknowledge_limit jsonb,
      contact_limit jsonb,
      handle_limit jsonb,
      search      text not null default '',
      valid_from  date not null,
      valid_to    date,
      check ((parent_code is null) = (length(code) = 2)),
      check ((parent_code is null) = (priority is null))
    );
    comment on column categories.handle_limit is '{"value": 5, "unit": "working_days"}; null: the priority decides';

    create table dispatch_rules (
      id            bigint generated always as identity primary key,
      category_code text not null references categories,
      area_id       bigint not null references units,
      unit_id       bigint not null references units,
      role          text not null check (role in ('lead', 'co')),
      note          text not null default '',
      valid_from    date not null,
      valid_to      date
    );
    comment on table dispatch_rules is 'the dispatch catalogue: category x area -> unit; the narrowest area wins';
    create index on dispatch_rules (category_code, area_id);
    create unique index on dispatch_rules (category_code, area_id, unit_id, role) where valid_to is null;

    create table parameters (
      key        text primary key,
      value      jsonb not null,
      updated_at timestamptz not null,
      updated_by bigint references people
    );

    create table calendar_days (
      day     date primary key,
      working boolean not null,
      name    text not null default ''
    );
    comment on table calendar_days is 'every day of each loaded year';

    create table instruction_templates (
      id            bigint generated always as identity primary key,
      category_code text references categories,
      body          text not null,
      sort          int not null default 0,
      valid_to      date
    );

    create table category_models (
      id         bigint generated always as identity primary key,
      trained_at timestamptz not null,
      documents  int not null,
      model      jsonb not null
    );
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table category_models, instruction_templates, calendar_days, parameters, dispatch_rules, categories');
}
