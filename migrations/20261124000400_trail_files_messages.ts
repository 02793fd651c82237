import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table trail (
      subject_kind  text not null check (subject_kind in ('appeal', 'whistle', 'period', 'system')),
      subject_id    bigint not null,
      seq           int not null check (seq > 0),
      act           text not null,
      from_status   text,
      to_status     text,
      work_order_id bigint,
      person_id     bigint references people,
      post          text not null,
      unit_id       bigint references units,
      happened_at   timestamptz not null,
      input_hash    text not null,
      hash          text not null,
      primary key (subject_kind, subject_id, seq)
    );
    create index trail_system_by_time on trail (happened_at) where subject_kind = 'system';
    create table trail_inputs (
      subject_kind text not null,
      subject_id   bigint not null,
      seq          int not null,
      input        jsonb not null,
      primary key (subject_kind, subject_id, seq)
    );
    comment on table trail_inputs is 'what was typed: may hold personal text, so it lies beside the chain and can be erased without breaking it';
    create table trail_heads (
      subject_kind text not null,
      subject_id   bigint not null,
      seq          int not null,
      hash         text not null,
      primary key (subject_kind, subject_id)
    );
    comment on table trail_heads is 'last link of chains whose subject has no row of its own; an appeal carries its own head';
    create table trail_anchors (
      day        date primary key,
      subjects   int not null,
      rows       bigint not null,
      hash       text not null,
      anchored_at timestamptz not null
    );

    create function trail_is_append_only() returns trigger language plpgsql as $$
      begin raise exception 'the trail is append-only'; end $$;
    create trigger trail_append_only before update or delete on trail for each row execute function trail_is_append_only();
    create trigger trail_no_truncate before truncate on trail for each statement execute function trail_is_append_only();
    create trigger anchors_append_only before update or delete on trail_anchors for each row execute function trail_is_append_only();

    create table attachments (
      id          bigint generated always as identity primary key,
      appeal_id   bigint not null references appeals,
      trail_seq   int,
      purpose     text not null check (purpose in ('report', 'supplement', 'progress', 'before', 'after', 'evidence')),
      kind        text not null check (kind in ('image', 'audio', 'pdf')),
      media_type  text not null,
      name        text not null,
      bytes       int not null,
      sha256      text not null check (sha256 ~ '^[0-9a-f]{64}$'),
      thumb_sha256 text,
      width       int,
      height      int,
      uploaded_by bigint references people,
      uploaded_at timestamptz not null
    );
    create index on attachments (appeal_id);
    create index on attachments (sha256);

    create table outbox (
      id         bigint generated always as identity primary key,
      event      text not null,
      appeal_id  bigint references appeals,
      port       text not null check (port in ('sms', 'webhook')),
      appellant_id bigint references appellants,
      params     jsonb not null default '{}',
      created_at timestamptz not null,
      attempts   int not null default 0,
      next_at    timestamptz not null,
      sending_at timestamptz,
      sent_at    timestamptz,
      failed_at  timestamptz,
      error      text
    );
    create index outbox_waiting on outbox (next_at) where sent_at is null and failed_at is null;
    create table messages (
      id            bigint generated always as identity primary key,
      person_id     bigint not null references people,
      event         text not null,
      appeal_id     bigint references appeals,
      work_order_id bigint references work_orders,
      params        jsonb not null default '{}',
      created_at    timestamptz not null,
      read_at       timestamptz
    );
    create index on messages (person_id, id);
    create index messages_unread on messages (person_id) where read_at is null;

    create table submissions (
      key        text primary key,
      person_id  bigint,
      location   text,
      created_at timestamptz not null
    );
    comment on table submissions is 'one row per form sent: the second arrival of the same form gets the first one''s answer';

    create table reveals (
      id          bigint generated always as identity primary key,
      appeal_id   bigint not null references appeals,
      person_id   bigint not null references people,
      post        text not null,
      unit_id     bigint not null references units,
      reason      text not null,
      revealed_at timestamptz not null
    );
    create index on reveals (person_id, revealed_at);

    create table saved_filters (
      id        bigint generated always as identity primary key,
      person_id bigint not null references people,
      name      text not null,
      query     text not null,
      unique (person_id, name)
    );
    create table exports (
      id          bigint generated always as identity primary key,
      person_id   bigint not null references people,
      post        text not null,
      unit_id     bigint not null references units,
      format      text not null check (format in ('csv', 'xlsx')),
      purpose     text not null,
      query       text not null,
      rows        int not null default 0,
      sha256      text,
      started_at  timestamptz not null,
      finished_at timestamptz
    );

    create table imports (
      id          bigint generated always as identity primary key,
      source      text not null,
      started_at  timestamptz not null,
      finished_at timestamptz,
      imported    int not null default 0,
      skipped     int not null default 0,
      refused     jsonb not null default '[]'
    );

    create table job_runs (
      job         text not null,
      slot        text not null,
      started_at  timestamptz not null,
      finished_at timestamptz,
      ok          boolean,
      result      jsonb,
      error       text,
      primary key (job, slot)
    );
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`drop table job_runs, imports, exports, saved_filters, reveals, submissions, messages, outbox, attachments,
    trail_anchors, trail_heads, trail_inputs, trail; drop function trail_is_append_only`);
}
