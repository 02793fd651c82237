import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table duty_shifts (
      id        bigint generated always as identity primary key,
      desk      text not null check (desk in ('hotline', 'review', 'dispatch', 'supervision', 'callback', 'analysis', 'town', 'community')),
      unit_id   bigint not null references units,
      on_day    date not null,
      part      smallint not null check (part between 1 and 4),
      starts_at timestamptz not null,
      ends_at   timestamptz not null,
      demo      boolean not null default false,
      check (ends_at > starts_at),
      unique (desk, unit_id, on_day, part)
    );
    comment on column duty_shifts.part is 'which shift of its day; desks in office hours and on-call rosters have one';
    create index on duty_shifts (unit_id);
    create index on duty_shifts (starts_at);
    create index on duty_shifts (ends_at);

    create table shift_assignments (
      id            bigint generated always as identity primary key,
      shift_id      bigint not null references duty_shifts on delete cascade,
      post_id       bigint not null references posts,
      assigned_by   bigint references people,
      assigned_at   timestamptz not null,
      turned_on_at  timestamptz,
      was_on_duty   boolean,
      turned_off_at timestamptz,
      unique (shift_id, post_id),
      check ((turned_on_at is null) = (was_on_duty is null)),
      check (turned_off_at is null or turned_on_at is not null)
    );
    comment on column shift_assignments.turned_on_at is 'when the roster put the post on duty: each assignment does that once, and ends it once';
    create index on shift_assignments (post_id);
    create index on shift_assignments (assigned_by) where assigned_by is not null;
    create index shift_assignments_to_turn on shift_assignments (shift_id) where turned_off_at is null;

    create table shift_swaps (
      id          bigint generated always as identity primary key,
      give_id     bigint not null references shift_assignments on delete cascade,
      take_id     bigint not null references shift_assignments on delete cascade,
      asked_by    bigint not null references people,
      asked_of    bigint not null references people,
      asked_at    timestamptz not null,
      answer      text check (answer in ('accepted', 'refused', 'withdrawn', 'void')),
      answered_at timestamptz,
      check (give_id <> take_id),
      check (asked_by <> asked_of),
      check ((answer is null) = (answered_at is null))
    );
    create unique index one_open_swap_of_a_shift on shift_swaps (give_id) where answer is null;
    create index on shift_swaps (give_id);
    create index on shift_swaps (take_id);
    create index on shift_swaps (asked_by);
    create index on shift_swaps (asked_of);

    create table handover_notes (
      id              bigint generated always as identity primary key,
      shift_id        bigint not null references duty_shifts,
      body            text not null check (body <> ''),
      appeals         text[] not null default '{}',
      written_by      bigint not null references people,
      written_at      timestamptz not null,
      acknowledged_by bigint references people,
      acknowledged_at timestamptz,
      demo            boolean not null default false,
      check ((acknowledged_by is null) = (acknowledged_at is null)),
      check (acknowledged_by <> written_by)
    );
    comment on column handover_notes.appeals is 'numbers of what is still open; whoever reads them may follow those that he may read';
    create index on handover_notes (shift_id);
    create index on handover_notes (written_by);
    create index on handover_notes (acknowledged_by) where acknowledged_by is not null;
    create index handovers_open on handover_notes (written_at) where acknowledged_at is null;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table handover_notes, shift_swaps, shift_assignments, duty_shifts');
}
