import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table plates (
      id            bigint generated always as identity primary key,
      code          text not null unique check (code ~ '^[a-z2-7]{16}$'),
      building_id   bigint references buildings,
      grid_id       bigint references units,
      version       int not null check (version > 0),
      demo          boolean not null default false,
      made_at       timestamptz not null,
      made_by       bigint references people,
      revoked_at    timestamptz,
      revoked_by    bigint references people,
      revoked_why   text,
      check (num_nonnulls(building_id, grid_id) = 1),
      check ((revoked_at is null) = (revoked_why is null))
    );
    comment on table plates is 'one live QR plate a building, or an exclusive grid; the code is random, its signature is not stored';
    create unique index one_live_plate_of_building on plates (building_id) where revoked_at is null and building_id is not null;
    create unique index one_live_plate_of_grid on plates (grid_id) where revoked_at is null and grid_id is not null;
    create index on plates (building_id) where building_id is not null;
    create index on plates (grid_id) where grid_id is not null;
    create index on plates (made_by) where made_by is not null;
    create index on plates (revoked_by) where revoked_by is not null;

    create table plate_prints (
      id         bigint generated always as identity primary key,
      plate_id   bigint not null references plates,
      printed_at timestamptz not null,
      printed_by bigint references people,
      shows      text not null
    );
    comment on column plate_prints.shows is 'hash of what the sheet said (member, number, services): differs from today, print again';
    create index on plate_prints (plate_id, id);
    create index on plate_prints (printed_by) where printed_by is not null;

    create table plate_scans (
      plate_id bigint not null references plates,
      day      date not null,
      scans    int not null,
      primary key (plate_id, day)
    );

    create table plate_checks (
      id         bigint generated always as identity primary key,
      plate_id   bigint not null references plates,
      checked_by bigint not null references people,
      checked_at timestamptz not null,
      state      text not null check (state in ('fine', 'damaged', 'missing')),
      note       text not null default ''
    );
    create index on plate_checks (plate_id, id);
    create index on plate_checks (checked_by);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table plate_checks, plate_scans, plate_prints, plates');
}
