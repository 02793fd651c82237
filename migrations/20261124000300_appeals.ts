import type { Knex } from 'knex';

const priority = `('inquiry', 'general', 'urgent', 'emergency', 'complex')`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table day_numbers (day date primary key, last int not null);

    create table appellants (
      id           bigint generated always as identity primary key,
      name_masked  text not null default '',
      name_sealed  text,
      phone_masked text not null default '',
      phone_sealed text,
      phone_hash   text,
      erased_at    timestamptz
    );
    comment on column appellants.phone_hash is 'keyed hash: finds a caller without opening a number';
    create index on appellants (phone_hash) where phone_hash is not null;

    create table appeals (
      id             bigint generated always as identity primary key,
      number         text not null unique,
      status         text not null check (status in ('pending_review', 'awaiting_details', 'pending_dispatch', 'in_handling',
                       'pending_callback', 'answered', 'declined', 'withdrawn', 'merged', 'closed', 'archived')),
      round          smallint not null default 1 check (round > 0),
      channel        text not null check (channel in ('hotline', 'qr_code', 'app_snapshot', 'app_voice', 'web', 'walk_in',
                       'superior_assigned', 'proactive_patrol', 'import')),
      kind           text not null check (kind in ('inquiry', 'help', 'complaint', 'report', 'suggestion', 'praise')),
      priority       text not null check (priority in ${priority}),
      category_code  text references categories,
      title          text not null,
      content        text not null,
      words          text not null default '',
      search         tsvector generated always as (to_tsvector('simple', words)) stored,
      place_unit_id  bigint not null references units,
      building_id    bigint references buildings,
      address        text not null default '',
      appellant_id   bigint references appellants,
      confidential   boolean not null default false,
      contact_wanted boolean not null default true,
      about_unit_id  bigint references units,
      registered_by  bigint references people,
      registered_unit_id bigint not null references units,
      received_at    timestamptz not null,
      accepted_at    timestamptz,
      dispatched_at  timestamptz,
      finished_at    timestamptz,
      closed_at      timestamptz,
      archived_at    timestamptz,
      due_at         timestamptz,
      step_due_at    timestamptz,
      lead_unit_id   bigint references units,
      answer         text,
      emergency_line text check (emergency_line in ('110', '119', '120', '122')),
      decline_reason text check (decline_reason in ('emergency_line', 'other_procedure', 'already_concluded', 'secret_or_privacy',
                       'beyond_duties', 'unlawful')),
      merged_into_id bigint references appeals,
      repeat_of_id   bigint references appeals,
      level          text check (level in ('satisfied', 'basic', 'dissatisfied')),
      dissatisfied_rounds smallint not null default 0,
      countersigned_by bigint references people,
      code_hash      text,
      import_key     text unique,
      trail_seq      int not null default 0,
      trail_hash     text not null default '',
      version        int not null default 0,
      check (status <> 'merged' or merged_into_id is not null),
      check (merged_into_id is null or merged_into_id <> id),
      check (status <> 'declined' or decline_reason is not null)
    );
    comment on column appeals.place_unit_id is 'the lowest unit known of the place: a grid, or only a community, a town, the city';
    comment on column appeals.step_due_at is 'copy of the running clock of the present step; null when none runs';
    comment on column appeals.level is 'copy of the evaluation of the last round';
    create index on appeals using gin (search) with (fastupdate = off);
    create index appeals_open on appeals (status, step_due_at, id)
      where status in ('pending_review', 'awaiting_details', 'pending_dispatch', 'pending_callback', 'answered');
    create index appeals_handling on appeals (due_at, id) where status = 'in_handling';
    create index on appeals (status, id);
    create index on appeals (category_code, id);
    create index on appeals (channel, id);
    create index on appeals (building_id, id) where building_id is not null;
    create index on appeals (appellant_id, id);
    create index on appeals (lead_unit_id, id);
    create index on appeals (merged_into_id) where merged_into_id is not null;
    create index on appeals (repeat_of_id) where repeat_of_id is not null;
    create index on appeals (place_unit_id, received_at);
    create index on appeals using brin (received_at);
    create index on appeals (closed_at) where status in ('closed', 'declined', 'withdrawn');

    create table appeal_scopes (
      unit_id   bigint not null,
      appeal_id bigint not null references appeals,
      reads     boolean not null,
      primary key (unit_id, appeal_id)
    );
    comment on table appeal_scopes is 'who reaches an appeal: every unit at or above its place or a holder of an order of it; reads: may open it';
    create index on appeal_scopes (appeal_id);

    create table work_orders (
      id              bigint generated always as identity primary key,
      appeal_id       bigint not null references appeals,
      parent_id       bigint references work_orders,
      role            text not null check (role in ('lead', 'co', 'part')),
      unit_id         bigint not null references units,
      status          text not null check (status in ('pending_ack', 'in_progress', 'return_requested', 'suspended', 'submitted',
                        'accepted', 'returned', 'recalled', 'reassigned', 'escalated')),
      round           smallint not null default 1,
      priority        text not null check (priority in ${priority}),
      instruction     text not null default '',
      made_by         bigint references people,
      made_by_unit_id bigint not null references units,
      assignee_id     bigint references people,
      designated      boolean not null default false,
      outcome         text check (outcome in ('solved', 'explained', 'promised', 'impossible')),
      result          text,
      promised_on     date,
      created_at      timestamptz not null,
      acknowledged_at timestamptz,
      contacted_at    timestamptz,
      first_submitted_at timestamptz,
      submitted_at    timestamptz,
      submitted_by    bigint references people,
      approved_by     bigint references people,
      ended_at        timestamptz,
      due_at          timestamptz not null,
      step_due_at     timestamptz,
      check ((role = 'part') = (parent_id is not null)),
      check (approved_by is null or approved_by <> submitted_by),
      check (outcome <> 'promised' or promised_on is not null)
    );
    create index on work_orders (appeal_id);
    create index on work_orders (parent_id) where parent_id is not null;
    create unique index one_live_lead on work_orders (appeal_id)
      where role = 'lead' and status in ('pending_ack', 'in_progress', 'return_requested', 'suspended', 'submitted');
    create index work_orders_open on work_orders (unit_id, status, step_due_at, id)
      where status in ('pending_ack', 'in_progress', 'return_requested', 'suspended', 'submitted');
    create index work_orders_due on work_orders (due_at, id)
      where status in ('pending_ack', 'in_progress', 'return_requested');
    create index on work_orders (unit_id, id);

    create table clocks (
      id               bigint generated always as identity primary key,
      appeal_id        bigint not null references appeals,
      work_order_id    bigint references work_orders,
      kind             text not null check (kind in ('review', 'dispatch', 'acknowledge', 'contact', 'handle', 'ruling', 'decision',
                         'approve', 'promise', 'callback', 'check_in', 'whistle_acknowledge', 'supervision_reply')),
      started_at       timestamptz not null,
      due_at           timestamptz not null,
      paused_at        timestamptz,
      paused_spans     jsonb not null default '[]',
      stopped_at       timestamptz,
      limit_value      int not null,
      limit_unit       text not null check (limit_unit in ('minutes', 'office_minutes', 'working_days')),
      calendar_version int not null,
      provisional      boolean not null default false,
      check (stopped_at is null or stopped_at >= started_at)
    );
    create index on clocks (appeal_id);
    create unique index one_running_clock on clocks (appeal_id, coalesce(work_order_id, 0), kind) where stopped_at is null;
    create index clocks_running on clocks (due_at) where stopped_at is null;

    create table work_order_returns (
      id            bigint generated always as identity primary key,
      work_order_id bigint not null references work_orders,
      reason        text not null,
      category_code text references categories,
      requested_by  bigint not null references people,
      requested_at  timestamptz not null,
      decision      text check (decision in ('upheld', 'rejected')),
      ruling        text,
      ruled_by      bigint references people,
      ruled_at      timestamptz,
      check (ruled_by is null or ruled_by <> requested_by)
    );
    create index on work_order_returns (work_order_id);

    create table terminations (
      id           bigint generated always as identity primary key,
      appeal_id    bigint not null references appeals,
      work_order_id bigint not null references work_orders,
      ground       text not null,
      request      text not null,
      requested_by bigint not null references people,
      requested_at timestamptz not null,
      proposed_by  bigint references people,
      proposed_at  timestamptz,
      confirmed_by bigint references people,
      confirmed_at timestamptz,
      rejected_at  timestamptz,
      check (proposed_by <> requested_by),
      check (confirmed_by <> proposed_by and confirmed_by <> requested_by)
    );
    create index on terminations (appeal_id);

    create table callbacks (
      id           bigint generated always as identity primary key,
      appeal_id    bigint not null references appeals,
      round        smallint not null,
      called_by    bigint not null references people,
      called_at    timestamptz not null,
      outcome      text not null check (outcome in ('reached', 'no_answer', 'later', 'refused')),
      note         text not null default ''
    );
    create index on callbacks (appeal_id);

    create table evaluations (
      id           bigint generated always as identity primary key,
      appeal_id    bigint not null references appeals,
      round        smallint not null,
      source       text not null check (source in ('callback', 'page')),
      level        text not null check (level in ('satisfied', 'basic', 'dissatisfied')),
      contacted    boolean,
      solved       boolean,
      remark       text not null default '',
      recorded_by  bigint references people,
      evaluated_at timestamptz not null,
      unique (appeal_id, round)
    );
    comment on table evaluations is 'the first of a round is final, the last round counts; no row: unrated, never counted as satisfied';
    create index on evaluations (evaluated_at);

    create table supervision_orders (
      id            bigint generated always as identity primary key,
      appeal_id     bigint not null references appeals,
      work_order_id bigint references work_orders,
      reason        text not null check (reason in ('second_dissatisfaction', 'overdue', 'three_reworks', 'no_lead', 'by_hand')),
      issued_at     timestamptz not null,
      issued_by     bigint references people,
      replied_at    timestamptz
    );
    create index on supervision_orders (appeal_id);
    create table key_tracking_items (
      id        bigint generated always as identity primary key,
      appeal_id bigint not null unique references appeals,
      reason    text not null,
      opened_at timestamptz not null,
      solved_at timestamptz
    );
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`drop table key_tracking_items, supervision_orders, evaluations, callbacks, terminations, work_order_returns, clocks,
    work_orders, appeal_scopes, appeals, appellants, day_numbers`);
}
