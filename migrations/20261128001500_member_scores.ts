import type { Knex } from 'knex';

const month = `text not null check (month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$')`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table member_spot_checks (
      id         bigint generated always as identity primary key,
      person_id  bigint not null references people,
      month      ${month},
      checked    integer not null check (checked > 0),
      errors     integer not null check (errors >= 0),
      note       text not null default '',
      checked_by bigint not null references people,
      checked_at timestamptz not null,
      check (errors <= checked),
      constraint checked_by_another check (checked_by <> person_id)
    );
    comment on table member_spot_checks is 'what the community looked up of the information a member keeps: so many entries, so many wrong';
    create index on member_spot_checks (person_id, month);
    create index on member_spot_checks (checked_by);

    create table member_marks (
      id           bigint generated always as identity primary key,
      person_id    bigint not null references people,
      month        ${month},
      kind         text not null check (kind in ('early_warning', 'emergency_help', 'false_report', 'false_visit', 'complaint', 'data_leak')),
      points       numeric(4,2) not null check (points > 0),
      reason       text not null,
      proposed_by  bigint not null references people,
      proposed_at  timestamptz not null,
      confirmed_by bigint references people,
      confirmed_at timestamptz,
      dropped_by   bigint references people,
      dropped_at   timestamptz,
      constraint mark_by_two check (confirmed_by <> proposed_by),
      constraint mark_by_others check (proposed_by <> person_id and confirmed_by <> person_id),
      constraint points_of_the_kind check (case kind when 'complaint' then points = 2 when 'data_leak' then points = 20
        when 'false_report' then points = 5 when 'false_visit' then points = 5 else points <= 5 end),
      check ((confirmed_by is null) = (confirmed_at is null)),
      check ((dropped_by is null) = (dropped_at is null)),
      check (confirmed_at is null or dropped_at is null)
    );
    comment on table member_marks is 'bonus and penalty of a month, with the reason: proposed by one person and counted once another has confirmed it';
    create index on member_marks (person_id, month);
    create index on member_marks (proposed_by);
    create index on member_marks (confirmed_by) where confirmed_by is not null;
    create index on member_marks (dropped_by) where dropped_by is not null;

    create table member_monthly_scores (
      id           bigint generated always as identity primary key,
      person_id    bigint not null references people,
      month        ${month},
      revision     integer not null check (revision > 0),
      kind         text not null check (kind in ('fulltime', 'assistant')),
      grid_id      bigint not null references units,
      days         integer not null check (days between 10 and 31),
      terms        jsonb not null,
      bonus        numeric(4,2) not null check (bonus between 0 and 5),
      penalty      numeric(6,2) not null check (penalty >= 0),
      score        numeric(5,2) not null check (score between 0 and 100),
      checksum     text not null check (checksum ~ '^[0-9a-f]{64}$'),
      reason       text not null default '',
      drafted_at   timestamptz not null,
      proposed_by  bigint references people,
      proposed_at  timestamptz,
      confirmed_by bigint references people,
      confirmed_at timestamptz,
      unique (person_id, month, revision),
      constraint score_by_two check (confirmed_by <> proposed_by),
      constraint score_by_others check (proposed_by <> person_id and confirmed_by <> person_id),
      constraint proposed_first check (confirmed_at is null or proposed_at is not null),
      check ((proposed_by is null) = (proposed_at is null)),
      check ((confirmed_by is null) = (confirmed_at is null)),
      check ((revision = 1) = (reason = ''))
    );
    comment on table member_monthly_scores is 'a member in a month: scored by the community, confirmed by the street, from then on never edited; a later revision stands beside it with its reason';
    comment on column member_monthly_scores.checksum is 'SHA-256 over person, month, revision, kind, days, terms, bonus, penalty and score; also in the trail';
    create unique index one_open_score on member_monthly_scores (person_id, month) where confirmed_at is null;
    create index on member_monthly_scores (month, grid_id);
    create index on member_monthly_scores (grid_id);
    create index on member_monthly_scores (proposed_by) where proposed_by is not null;
    create index on member_monthly_scores (confirmed_by) where confirmed_by is not null;

    create function confirmed_score_stays() returns trigger language plpgsql as $$
      begin raise exception 'a confirmed score is revised, never edited'; end $$;
    create trigger member_scores_stay before update or delete on member_monthly_scores for each row
      when (old.confirmed_at is not null) execute function confirmed_score_stays();
    create trigger member_scores_no_truncate before truncate on member_monthly_scores for each statement execute function confirmed_score_stays();

    create table member_score_objections (
      id         bigint generated always as identity primary key,
      score_id   bigint not null unique references member_monthly_scores,
      grounds    text not null,
      filed_by   bigint not null references people,
      filed_at   timestamptz not null,
      decision   text check (decision in ('upheld', 'rejected')),
      ruling     text,
      decided_by bigint references people,
      decided_at timestamptz,
      constraint decided_by_another check (decided_by <> filed_by),
      check ((decision is null) = (decided_by is null) and (decision is null) = (decided_at is null) and (decision is null) = (ruling is null))
    );
    create index on member_score_objections (filed_by);
    create index on member_score_objections (decided_by) where decided_by is not null;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table member_score_objections, member_monthly_scores, member_marks, member_spot_checks;
    drop function confirmed_score_stays;
  `);
}
