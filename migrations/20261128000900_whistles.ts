import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table whistles (
      id            bigint generated always as identity primary key,
      status        text not null check (status in ('draft', 'pending_approval', 'issued', 'checking_in', 'in_consultation', 'resolved',
                      'rated', 'ended', 'rejected', 'withdrawn')),
      kind          text not null check (kind in ('emergency', 'routine', 'hard', 'project')),
      subject       text not null check (subject in ('appeal', 'project', 'enterprise')),
      appeal_id     bigint references appeals,
      unit_id       bigint not null references units,
      title         text not null,
      reason        text not null,
      tried         text not null,
      request       text not null,
      meeting_place text not null,
      ends_on       date,
      drafted_by    bigint not null references people,
      drafted_at    timestamptz not null,
      issued_by     bigint references people,
      issued_at     timestamptz,
      decision_number text,
      consulting_at timestamptz,
      resolved_at   timestamptz,
      outcome       text,
      rated_at      timestamptz,
      ended_at      timestamptz,
      closing_reason text,
      demo          boolean not null default false,
      trail_seq     int not null default 0,
      trail_hash    text not null default '',
      check ((subject = 'appeal') = (appeal_id is not null)),
      check (kind <> 'project' or ends_on is not null),
      check ((issued_by is null) = (issued_at is null)),
      check (issued_by <> drafted_by),
      constraint what_is_hard_was_decided check (kind not in ('hard', 'project') or issued_at is null or decision_number is not null),
      check (status in ('draft', 'pending_approval', 'rejected', 'withdrawn') or issued_at is not null),
      check (status not in ('in_consultation', 'resolved', 'rated', 'ended') or consulting_at is not null),
      check (status not in ('resolved', 'rated', 'ended') or (resolved_at is not null and outcome is not null)),
      check (status not in ('rated', 'ended') or rated_at is not null),
      check ((status in ('ended', 'rejected', 'withdrawn')) = (ended_at is not null)),
      check (status not in ('rejected', 'withdrawn') or closing_reason is not null)
    );
    comment on column whistles.ends_on is 'the end that the caller himself set: a project must have one';
    create index on whistles (unit_id, id);
    create index on whistles (appeal_id) where appeal_id is not null;
    create index on whistles (drafted_by);
    create index on whistles (issued_by) where issued_by is not null;
    create index whistles_waiting on whistles (issued_at) where status in ('issued', 'checking_in');
    create index on whistles (rated_at) where rated_at is not null;

    create table whistle_units (
      id             bigint generated always as identity primary key,
      whistle_id     bigint not null references whistles,
      unit_id        bigint not null references units,
      acknowledged_by bigint references people,
      acknowledged_at timestamptz,
      refused_by     bigint references people,
      refused_at     timestamptz,
      refusal        text,
      timeliness     smallint check (timeliness between 0 and 5),
      cooperation    smallint check (cooperation between 0 and 5),
      result         smallint check (result between 0 and 5),
      rated_by       bigint references people,
      necessity      smallint check (necessity between 0 and 5),
      own_duty       boolean,
      judgement      text,
      judged_by      bigint references people,
      judged_at      timestamptz,
      unique (whistle_id, unit_id),
      check ((acknowledged_by is null) = (acknowledged_at is null)),
      check (num_nonnulls(refused_by, refused_at, refusal) in (0, 3)),
      check (num_nonnulls(timeliness, cooperation, result, rated_by) in (0, 4)),
      check (num_nonnulls(necessity, own_duty, judged_by, judged_at) in (0, 4))
    );
    comment on table whistle_units is 'a unit that is called, and how both sides thought of it afterwards';
    create index on whistle_units (unit_id, whistle_id);
    create index on whistle_units (acknowledged_by) where acknowledged_by is not null;
    create index on whistle_units (refused_by) where refused_by is not null;
    create index on whistle_units (rated_by) where rated_by is not null;
    create index on whistle_units (judged_by) where judged_by is not null;

    create table whistle_check_ins (
      whistle_unit_id bigint primary key references whistle_units,
      person_id       bigint not null references people,
      attendee        text not null check (attendee <> ''),
      checked_in_at   timestamptz not null,
      online          boolean not null,
      place           text,
      check (online = (place is null))
    );
    comment on column whistle_check_ins.attendee is 'who comes for the unit; person_id is who said so';
    create index on whistle_check_ins (person_id);

    create table consultations (
      id          bigint generated always as identity primary key,
      whistle_id  bigint not null references whistles,
      held_at     timestamptz not null,
      place       text not null,
      outsiders   text not null default '',
      minutes     text not null,
      recorded_by bigint not null references people,
      recorded_at timestamptz not null
    );
    comment on column consultations.outsiders is 'who took part beside the units: a firm, residents, experts';
    create index on consultations (whistle_id);
    create index on consultations (recorded_by);

    create table whistle_parts (
      id          bigint generated always as identity primary key,
      whistle_id  bigint not null references whistles,
      whistle_unit_id bigint not null references whistle_units,
      title       text not null,
      due_on      date not null,
      made_by     bigint not null references people,
      made_at     timestamptz not null,
      report      text,
      reported_by bigint references people,
      reported_at timestamptz,
      finished_by bigint references people,
      finished_at timestamptz,
      check (num_nonnulls(report, reported_by, reported_at) in (0, 3)),
      check ((finished_by is null) = (finished_at is null)),
      check (finished_at is null or reported_at is not null)
    );
    create index on whistle_parts (whistle_id);
    create index on whistle_parts (whistle_unit_id);
    create index on whistle_parts (made_by);
    create index on whistle_parts (reported_by) where reported_by is not null;
    create index on whistle_parts (finished_by) where finished_by is not null;

    alter table clocks alter column appeal_id drop not null;
    alter table clocks add column whistle_unit_id bigint references whistle_units;
    alter table clocks add constraint of_an_appeal_or_a_whistle check (num_nonnulls(appeal_id, whistle_unit_id) = 1);
    alter table clocks add constraint whistles_have_their_own_kinds check ((kind in ('check_in', 'whistle_acknowledge')) = (whistle_unit_id is not null));
    create index on clocks (whistle_unit_id) where whistle_unit_id is not null;
    create unique index one_running_whistle_clock on clocks (whistle_unit_id, kind) where stopped_at is null and whistle_unit_id is not null;

    alter table messages add column whistle_id bigint references whistles;
    create index on messages (whistle_id) where whistle_id is not null;

    create function tell_whistle() returns trigger language plpgsql as $$
      begin
        perform pg_notify('changes', json_build_object('whistle', new.id, 'units',
          (select string_to_array(trim(both '/' from path), '/')::bigint[] from units where id = new.unit_id)
          || case when new.issued_at is null then '{}' else array(select unit_id from whistle_units where whistle_id = new.id) end)::text);
        return null;
      end $$;
    create trigger tell after insert or update on whistles for each row
      when (coalesce(current_setting('zhaojiban.quiet', true), '') = '') execute function tell_whistle();
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table messages drop column whistle_id;
    delete from clocks where whistle_unit_id is not null;
    alter table clocks drop column whistle_unit_id;
    alter table clocks alter column appeal_id set not null;
    drop table whistle_parts, consultations, whistle_check_ins, whistle_units, whistles;
    drop function tell_whistle;
  `);
}
