import type { Knex } from 'knex';

const facts = ['assessment_orders', 'assessment_ratings'] as const;

/** What was counted in a closed month is neither changed nor taken away, and nothing is added to it. */
const closedMonthStays = (table: string): string =>
  (
    [
      ['insert', 'new table as touched'],
      ['delete', 'old table as touched'],
      ['update', 'old table as touched new table as made'],
    ] as const
  )
    .map(
      ([event, tables]) => `
      create trigger ${table}_${event} after ${event} on ${table} referencing ${tables} for each statement execute function facts_stay();`,
    )
    .join('');

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table assessment_schemes (
      id            bigint generated always as identity primary key,
      key           text not null check (key in ('city', 'beijing')),
      kind          text not null check (kind in ('composite', 'three_rates')),
      version       integer not null check (version > 0),
      weight_first  numeric(5,2) not null check (weight_first >= 0),
      weight_second numeric(5,2) not null check (weight_second >= 0),
      weight_third  numeric(5,2) not null check (weight_third >= 0),
      basic_value   numeric(3,2) not null check (basic_value between 0 and 1),
      min_rated     integer not null check (min_rated >= 0),
      mode          text check (mode in ('full_point', 'started_point', 'proportional')),
      k             numeric(5,2) not null check (k >= 0),
      cap           numeric(5,2) not null check (cap >= 0),
      group_scope   text not null check (group_scope in ('all', 'group')),
      valid_from    text not null check (valid_from ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
      reason        text not null default '',
      proposed_by   bigint references people,
      proposed_at   timestamptz,
      confirmed_by  bigint references people,
      confirmed_at  timestamptz,
      dropped_at    timestamptz,
      unique (key, version),
      check ((key = 'city') = (kind = 'composite')),
      check ((kind = 'composite') = (mode is not null)),
      check (weight_first + weight_second + weight_third > 0),
      constraint proposed_by_a_person check ((version = 1) = (proposed_by is null) and (proposed_by is null) = (proposed_at is null)),
      constraint confirmed_by_another check (confirmed_by <> proposed_by),
      check ((confirmed_by is null) = (confirmed_at is null)),
      check (dropped_at is null or confirmed_at is null),
      constraint from_the_next_period check (confirmed_at is null or
        (left(valid_from, 4)::int * 12 + right(valid_from, 2)::int) >
        extract(year from confirmed_at at time zone 'Asia/Shanghai') * 12 + extract(month from confirmed_at at time zone 'Asia/Shanghai'))
    );
    comment on table assessment_schemes is 'versions of the two ways to score the same facts; version 1 came with the product, every other is proposed by one person and confirmed by another';
    comment on column assessment_schemes.weight_first is 'city: timely, completion, evaluation; beijing: response, resolution, satisfaction';
    create unique index one_open_proposal on assessment_schemes (key) where version > 1 and confirmed_at is null and dropped_at is null;
    create unique index one_version_a_period on assessment_schemes (key, valid_from) where dropped_at is null;
    create index on assessment_schemes (proposed_by) where proposed_by is not null;
    create index on assessment_schemes (confirmed_by) where confirmed_by is not null;
    insert into assessment_schemes (key, kind, version, weight_first, weight_second, weight_third, basic_value, min_rated, mode, k, cap, group_scope, valid_from)
    values ('city', 'composite', 1, 20, 30, 50, 0.80, 5, 'full_point', 1, 10, 'all', '2000-01'),
           ('beijing', 'three_rates', 1, 30, 35, 35, 1, 5, null, 0, 0, 'all', '2000-01');

    create function scheme_in_force_stays() returns trigger language plpgsql as $$
      begin
        if tg_op = 'DELETE' or old.version = 1 or old.confirmed_at is not null or old.dropped_at is not null
          or (to_jsonb(old) - '{confirmed_by,confirmed_at,dropped_at}'::text[]) <> (to_jsonb(new) - '{confirmed_by,confirmed_at,dropped_at}'::text[])
        then raise exception 'a version of a scheme is confirmed or dropped, never edited'; end if;
        return new;
      end $$;
    create trigger schemes_stay before update or delete on assessment_schemes for each row execute function scheme_in_force_stays();

    create table assessment_periods (
      period     text not null check (period ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
      revision   integer not null check (revision > 0),
      closed_at  timestamptz not null,
      reason     text not null default '',
      parameters jsonb not null,
      bases      jsonb not null,
      checksum   text not null check (checksum ~ '^[0-9a-f]{64}$'),
      trail_seq  integer not null,
      primary key (period, revision)
    );
    comment on table assessment_periods is 'a closed month, and each visible revision of it; checksum: SHA-256 over its frozen rows, also in the trail of the period';

    create table assessment_orders (
      order_id     bigint primary key references work_orders,
      appeal_id    bigint not null,
      unit_id      bigint not null references units,
      period       text not null,
      role         text not null,
      due_at       timestamptz not null,
      completed_at timestamptz,
      timely       boolean,
      reworks      integer not null default 0,
      why          text check (why in ('returned', 'recalled', 'reassigned', 'escalated', 'suspended', 'merged', 'inside', 'excluded'))
    );
    comment on table assessment_orders is 'one row a work order of a town or department: the period and unit it counts in, or why it does not';
    comment on column assessment_orders.completed_at is 'the submission of the first round, once made; on time when not after due_at';
    comment on column assessment_orders.timely is 'acknowledged and called in time; null while that is not yet known';
    create index on assessment_orders (period, unit_id, order_id);
    create index on assessment_orders (unit_id);
    create index on assessment_orders (appeal_id);
    create index assessment_falling_due on assessment_orders (due_at) where completed_at is null and why is null;

    create table assessment_ratings (
      evaluation_id bigint primary key references evaluations,
      appeal_id     bigint not null,
      order_id      bigint,
      unit_id       bigint not null references units,
      period        text not null,
      level         text not null check (level in ('satisfied', 'basic', 'dissatisfied')),
      contacted     boolean,
      solved        boolean,
      rated_at      timestamptz not null,
      why           text check (why in ('superseded', 'excluded'))
    );
    comment on table assessment_ratings is 'one row an evaluation: the unit whose lead order it is about (the city for an answer without a work order), in the period in which it arrived';
    create index on assessment_ratings (period, unit_id, evaluation_id);
    create index on assessment_ratings (unit_id);
    create index on assessment_ratings (appeal_id);
    create index on assessment_ratings (order_id) where order_id is not null;

    create table unit_counts (
      period       text not null,
      revision     integer not null default 0 check (revision >= 0),
      unit_id      bigint not null references units,
      n            integer not null,
      leads        integer not null,
      timely       integer not null,
      on_time      integer not null,
      satisfied    integer not null,
      basic        integer not null,
      dissatisfied integer not null,
      asked        integer not null,
      contacted    integer not null,
      solved       integer not null,
      reworks      integer not null,
      returned     integer not null,
      primary key (period, revision, unit_id),
      check (timely between 0 and n and on_time between 0 and n and leads between 0 and n),
      check (asked <= satisfied + basic + dissatisfied and contacted between 0 and asked and solved between 0 and asked)
    );
    comment on column unit_counts.revision is '0: of an open month, kept up by the job assess; from 1 on frozen';
    create index on unit_counts (unit_id);

    create table unit_scores (
      period       text not null,
      revision     integer not null check (revision > 0),
      scheme_id    bigint not null references assessment_schemes,
      unit_id      bigint not null references units,
      grouped      text not null check (grouped in ('towns', 'departments', 'utilities')),
      state        text not null check (state in ('scored', 'small', 'unrated', 'none')),
      first        numeric(5,2),
      second       numeric(5,2),
      third        numeric(5,2),
      satisfaction numeric(5,2),
      score        numeric(5,2) check (score between 0 and 100),
      gap          numeric(5,2) check (gap >= 0),
      points       numeric(5,2) check (points >= 0),
      deduction    numeric(5,2) not null check (deduction >= 0),
      rank         integer check (rank > 0),
      primary key (period, revision, scheme_id, unit_id),
      check ((state = 'none') = (score is null)),
      check ((state = 'scored') = (rank is not null)),
      constraint no_deduction_without_gap check (deduction = 0 or (state = 'scored' and gap > 0)),
      foreign key (period, revision) references assessment_periods deferrable initially deferred
    );
    create index on unit_scores (scheme_id);
    create index on unit_scores (unit_id);

    create table assessment_exclusions (
      id           bigint generated always as identity primary key,
      order_id     bigint not null references work_orders,
      appeal_id    bigint not null references appeals,
      unit_id      bigint not null references units,
      period       text not null,
      reason       text not null check (reason in ('malicious', 'out_of_scope', 'force_majeure', 'no_lawful_means', 'wrong_unit', 'duplicate')),
      request      text not null,
      requested_by bigint not null references people,
      requested_at timestamptz not null,
      decision     text check (decision in ('granted', 'denied')),
      ruling       text,
      decided_by   bigint references people,
      decided_at   timestamptz,
      confirmation text check (confirmation in ('confirmed', 'refused')),
      confirmed_by bigint references people,
      confirmed_at timestamptz,
      constraint three_people check (decided_by <> requested_by and confirmed_by <> requested_by and confirmed_by <> decided_by),
      check ((decision is null) = (decided_by is null) and (decision is null) = (decided_at is null) and (decision is null) = (ruling is null)),
      check ((confirmation is null) = (confirmed_by is null) and (confirmation is null) = (confirmed_at is null)),
      check (confirmation is null or decision = 'granted')
    );
    create unique index one_exclusion_asked on assessment_exclusions (order_id)
      where decision is distinct from 'denied' and confirmation is distinct from 'refused';
    create index on assessment_exclusions (appeal_id);
    create index on assessment_exclusions (unit_id);
    create index on assessment_exclusions (period, id);
    create index on assessment_exclusions (requested_by);
    create index on assessment_exclusions (decided_by) where decided_by is not null;
    create index on assessment_exclusions (confirmed_by) where confirmed_by is not null;

    create table assessment_objections (
      id           bigint generated always as identity primary key,
      period       text not null,
      revision     integer not null,
      unit_id      bigint not null references units,
      order_id     bigint not null references work_orders,
      claim        text not null check (claim in ('exclude', 'timely', 'on_time')),
      grounds      text not null,
      filed_by     bigint not null references people,
      filed_at     timestamptz not null,
      decision     text check (decision in ('upheld', 'rejected')),
      ruling       text,
      decided_by   bigint references people,
      decided_at   timestamptz,
      confirmation text check (confirmation in ('confirmed', 'refused')),
      confirmed_by bigint references people,
      confirmed_at timestamptz,
      revised_to   integer,
      constraint three_people_object check (decided_by <> filed_by and confirmed_by <> filed_by and confirmed_by <> decided_by),
      check ((decision is null) = (decided_by is null) and (decision is null) = (decided_at is null) and (decision is null) = (ruling is null)),
      check ((confirmation is null) = (confirmed_by is null) and (confirmation is null) = (confirmed_at is null)),
      check (confirmation is null or decision = 'upheld'),
      check ((revised_to is not null) = (confirmation is not distinct from 'confirmed')),
      foreign key (period, revision) references assessment_periods
    );
    create unique index one_objection_an_order on assessment_objections (order_id, claim)
      where decision is distinct from 'rejected' and confirmation is distinct from 'refused';
    create index on assessment_objections (period, revision);
    create index on assessment_objections (unit_id);
    create index on assessment_objections (filed_by);
    create index on assessment_objections (decided_by) where decided_by is not null;
    create index on assessment_objections (confirmed_by) where confirmed_by is not null;

    create table assessment_progress (
      one         boolean primary key default true check (one),
      assessed_at timestamptz
    );
    comment on table assessment_progress is 'up to when the job assess has followed the trail';
    insert into assessment_progress default values;
    -- Rows of the trail come in the order of time: a few pages say where those of the last minutes lie.
    create index trail_by_time on trail using brin (happened_at) with (pages_per_range = 16);

    create function closed_month_stays() returns trigger language plpgsql as $$
      begin raise exception 'a closed month is revised, never edited'; end $$;
    create trigger periods_stay before update or delete on assessment_periods for each row execute function closed_month_stays();
    create trigger scores_stay before update or delete on unit_scores for each row execute function closed_month_stays();
    create trigger counts_stay before update or delete on unit_counts for each row when (old.revision > 0) execute function closed_month_stays();
    create function facts_stay() returns trigger language plpgsql as $$
      begin
        if exists (select 1 from touched t join assessment_periods p on p.period = t.period)
        then raise exception 'a closed month is revised, never edited'; end if;
        return null;
      end $$;
    ${facts.map(closedMonthStays).join('')}
    create trigger periods_no_truncate before truncate on assessment_periods for each statement execute function closed_month_stays();
    create trigger scores_no_truncate before truncate on unit_scores for each statement execute function closed_month_stays();
    create trigger counts_no_truncate before truncate on unit_counts for each statement execute function closed_month_stays();
    create trigger orders_no_truncate before truncate on assessment_orders for each statement execute function closed_month_stays();
    create trigger ratings_no_truncate before truncate on assessment_ratings for each statement execute function closed_month_stays();

    create function no_exclusion_of_a_closed_month() returns trigger language plpgsql as $$
      begin
        if exists (select 1 from assessment_orders o join assessment_periods p on p.period = o.period where o.order_id = new.order_id)
        then raise exception 'an exclusion after the month is closed' using errcode = 'check_violation'; end if;
        return new;
      end $$;
    create trigger exclusions_in_time before insert or update on assessment_exclusions for each row
      when (new.confirmation is distinct from 'refused' and new.decision is distinct from 'denied') execute function no_exclusion_of_a_closed_month();
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index trail_by_time;
    drop table assessment_progress, assessment_objections, assessment_exclusions, unit_scores, unit_counts, assessment_ratings,
      assessment_orders, assessment_periods, assessment_schemes;
    drop function scheme_in_force_stays, closed_month_stays, facts_stay, no_exclusion_of_a_closed_month;
  `);
}
