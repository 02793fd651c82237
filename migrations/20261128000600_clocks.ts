import type { Knex } from 'knex';

const kinds = `'review', 'dispatch', 'acknowledge', 'contact', 'handle', 'ruling', 'decision', 'approve', 'promise', 'callback', 'check_in',
  'whistle_acknowledge', 'supervision_reply'`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table categories add column milestones jsonb not null default '[]' check (jsonb_array_length(milestones) <= 3);
    comment on column categories.milestones is 'up to three: [{"name_zh", "name_en", "value", "unit"}], each counted from the order''s making';

    alter table clocks drop constraint clocks_kind_check;
    alter table clocks add constraint clocks_kind_check check (kind in (${kinds}, 'milestone'));
    alter table clocks add column step smallint check (step between 1 and 3);
    alter table clocks add column step_zh text;
    alter table clocks add column step_en text;
    alter table clocks add column named boolean not null default false;
    alter table clocks add constraint a_milestone_has_its_name check (
      (kind = 'milestone') = (step is not null) and (kind = 'milestone') = (step_zh is not null) and (kind = 'milestone') = (step_en is not null));
    comment on column clocks.named is 'due on a day that somebody named: no edit of calendar or limits moves it';
    drop index one_running_clock;
    create unique index one_running_clock on clocks (appeal_id, coalesce(work_order_id, 0), kind, coalesce(step, 0)) where stopped_at is null;
    create index clocks_running_by_id on clocks (id) where stopped_at is null;

    create table work_order_extensions (
      id            bigint generated always as identity primary key,
      work_order_id bigint not null references work_orders,
      round         smallint not null,
      reason        text not null,
      due_on        date not null,
      requested_by  bigint not null references people,
      requested_at  timestamptz not null,
      decision      text check (decision in ('granted', 'denied', 'void')),
      ruling        text,
      decided_by    bigint references people,
      decided_at    timestamptz,
      due_before    timestamptz not null,
      due_after     timestamptz,
      check (decided_by <> requested_by),
      check ((decision is null) = (decided_at is null)),
      check ((coalesce(decision, 'void') = 'void') = (decided_by is null)),
      check ((decision is not distinct from 'granted') = (due_after is not null)),
      check (requested_at <= due_before),
      check (due_after > due_before)
    );
    comment on table work_order_extensions is 'asked before the order is due, once a round; never decided by whoever asked; void: the order left the hands it was asked in';
    create unique index one_extension_a_round on work_order_extensions (work_order_id, round) where decision is distinct from 'void';

    create unique index one_open_extension on work_order_extensions (work_order_id) where decision is null;

    create table work_order_suspensions (
      id            bigint generated always as identity primary key,
      work_order_id bigint not null references work_orders,
      reason        text not null,
      review_on     date not null,
      requested_by  bigint not null references people,
      requested_at  timestamptz not null,
      decision      text check (decision in ('granted', 'denied', 'void')),
      ruling        text,
      decided_by    bigint references people,
      decided_at    timestamptz,
      appeal_due_at timestamptz,
      resumed_at    timestamptz,
      check (decided_by <> requested_by),
      check ((decision is null) = (decided_at is null)),
      check ((coalesce(decision, 'void') = 'void') = (decided_by is null)),
      check (resumed_at is null or decision = 'granted')
    );
    comment on column work_order_suspensions.appeal_due_at is 'when the appeal was due as the clocks were stopped; null when it did not stop with them';
    create index on work_order_suspensions (work_order_id);
    create unique index one_open_suspension on work_order_suspensions (work_order_id)
      where decision is null or (decision = 'granted' and resumed_at is null);
    create index suspensions_to_review on work_order_suspensions (review_on) where decision = 'granted' and resumed_at is null;

    create table parameter_changes (
      id            bigint generated always as identity primary key,
      key           text not null,
      before        jsonb not null,
      value         jsonb,
      reason        text not null,
      late_too      boolean not null default false,
      valid_from    timestamptz,
      proposed_by   bigint not null references people,
      proposed_post text not null,
      proposed_at   timestamptz not null,
      decision      text check (decision in ('confirmed', 'rejected', 'withdrawn')),
      decided_by    bigint references people,
      decided_post  text,
      decided_at    timestamptz,
      applied_at    timestamptz,
      check ((decision is null) = (decided_at is null) and (decided_at is null) = (decided_by is null) and (decided_by is null) = (decided_post is null)),
      check (decision is null or (decision = 'withdrawn') = (decided_by = proposed_by)),
      check (decision is null or decision = 'withdrawn' or decided_post <> proposed_post),
      check (applied_at is null or (decision = 'confirmed' and applied_at >= decided_at))
    );
    comment on table parameter_changes is 'every version of a parameter: proposed by one administrator, confirmed by one of another post, in force from a moment';
    comment on column parameter_changes.value is 'null: back to the default';
    comment on column parameter_changes.valid_from is 'null: as soon as it is confirmed';
    create index on parameter_changes (key, id);
    create unique index one_open_change on parameter_changes (key) where decision is null or (decision = 'confirmed' and applied_at is null);

    alter table parameters add column change_id bigint references parameter_changes;
    comment on table parameters is 'the versions in force; what has no row has its default';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table parameters drop column change_id;
    drop table parameter_changes, work_order_suspensions, work_order_extensions;
    drop index clocks_running_by_id;
    drop index one_running_clock;
    delete from clocks where kind = 'milestone';
    create unique index one_running_clock on clocks (appeal_id, coalesce(work_order_id, 0), kind) where stopped_at is null;
    alter table clocks drop column named, drop column step_en, drop column step_zh, drop column step;
    alter table clocks drop constraint clocks_kind_check;
    alter table clocks add constraint clocks_kind_check check (kind in (${kinds}));
    alter table categories drop column milestones;
  `);
}
