import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table report_facts (
      appeal_id bigint primary key references appeals,
      day       date not null,
      town      text not null,
      community text not null,
      grid      text not null,
      unit      text not null,
      category  text not null,
      topic     text not null,
      channel   text not null,
      tier      text not null,
      stage     text not null check (stage in ('open', 'ended', 'other')),
      level     text check (level in ('satisfied', 'basic', 'dissatisfied')),
      minutes   int check (minutes >= 0),
      took      text
    );
    comment on table report_facts is 'one row an appeal: what the cells have counted of it, so that a change takes out the old and puts in the new';
    comment on column report_facts.town is 'the town of the place, or the place itself where it lies in none; community likewise, grid always the place';
    comment on column report_facts.unit is 'the department in the lead; else the tier of whoever is';
    comment on column report_facts.minutes is 'from received to finished, of the ended ones';
    create index on report_facts (day) include (unit, minutes);

    create table report_cells (
      dims         text not null,
      span         text not null,
      a            text not null,
      b            text not null,
      received     int not null,
      open         int not null,
      ended        int not null,
      satisfied    int not null,
      basic        int not null,
      dissatisfied int not null,
      primary key (dims, span, a, b)
    );
    comment on table report_cells is 'counts at the grain of the pages: dims names what a and b are, span is the month or day of receipt';

    create table report_progress (
      one       boolean primary key default true check (one),
      rolled_at timestamptz
    );
    comment on table report_progress is 'up to when the job roll-up has followed the trail';
    insert into report_progress default values;

    create table bulletins (
      id           bigint generated always as identity primary key,
      period       text not null check (period ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
      revision     int not null default 1 check (revision > 0),
      text_zh      text not null,
      text_en      text not null,
      figures      jsonb not null,
      lists        boolean not null default false,
      drafted_at   timestamptz not null,
      edited_by    bigint references people,
      edited_at    timestamptz,
      approved_by  bigint references people,
      approved_at  timestamptz,
      published_by bigint references people,
      published_at timestamptz,
      reason       text not null default '',
      unique (period, revision),
      check ((edited_by is null) = (edited_at is null)),
      check ((approved_by is null) = (approved_at is null)),
      check ((published_by is null) = (published_at is null)),
      constraint approved_by_another check (approved_by <> edited_by),
      constraint published_when_approved check (published_at is null or approved_at is not null)
    );
    comment on column bulletins.lists is 'red and black list: inside only';
    create unique index one_open_bulletin on bulletins (period) where published_at is null;
    create index on bulletins (edited_by) where edited_by is not null;
    create index on bulletins (approved_by) where approved_by is not null;
    create index on bulletins (published_by) where published_by is not null;

    create function published_bulletin_stays() returns trigger language plpgsql as $$
      begin raise exception 'a published bulletin is revised, never edited'; end $$;
    create trigger bulletins_stay before update or delete on bulletins for each row
      when (old.published_at is not null) execute function published_bulletin_stays();
    create trigger bulletins_no_truncate before truncate on bulletins for each statement execute function published_bulletin_stays();

    create table case_stories (
      id            bigint generated always as identity primary key,
      appeal_id     bigint references appeals,
      category_code text references categories,
      title         text not null,
      problem       text not null,
      handling      text not null,
      lesson        text not null,
      written_by    bigint not null references people,
      written_at    timestamptz not null,
      approved_by   bigint references people,
      approved_at   timestamptz,
      withdrawn_by  bigint references people,
      withdrawn_at  timestamptz,
      check ((approved_by is null) = (approved_at is null)),
      check ((withdrawn_by is null) = (withdrawn_at is null)),
      constraint approved_by_another_than_its_writer check (approved_by <> written_by)
    );
    comment on table case_stories is 'typical cases, rewritten by hand; approved is published';
    create index on case_stories (appeal_id) where appeal_id is not null;
    create index on case_stories (category_code) where category_code is not null;
    create index on case_stories (written_by);
    create index on case_stories (approved_by) where approved_by is not null;
    create index on case_stories (withdrawn_by) where withdrawn_by is not null;
    create function published_story_stays() returns trigger language plpgsql as $$
      begin
        if tg_op = 'DELETE' or to_jsonb(old) - '{withdrawn_by,withdrawn_at}'::text[] <> to_jsonb(new) - '{withdrawn_by,withdrawn_at}'::text[]
        then raise exception 'a published case is withdrawn, never edited'; end if;
        return new;
      end $$;
    create trigger stories_stay before update or delete on case_stories for each row
      when (old.approved_at is not null) execute function published_story_stays();

    create table export_requests (
      id           bigint generated always as identity primary key,
      requested_by bigint not null references people,
      post         text not null,
      unit_id      bigint not null references units,
      format       text not null check (format in ('csv', 'xlsx')),
      purpose      text not null,
      query        text not null,
      rows         int not null,
      requested_at timestamptz not null,
      decision     text check (decision in ('granted', 'denied')),
      decided_by   bigint references people,
      decided_at   timestamptz,
      used_at      timestamptz,
      constraint export_granted_by_another check (decided_by <> requested_by),
      check ((decision is null) = (decided_by is null) and (decision is null) = (decided_at is null)),
      check (used_at is null or decision = 'granted')
    );
    create index on export_requests (requested_by, id);
    create index on export_requests (unit_id);
    create index on export_requests (decided_by) where decided_by is not null;
    create index export_requests_open on export_requests (id) where decision is null;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table export_requests, case_stories, bulletins, report_progress, report_cells, report_facts;
    drop function published_bulletin_stays, published_story_stays;
  `);
}
