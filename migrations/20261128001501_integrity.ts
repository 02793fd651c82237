import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table attachments add column dhash text check (dhash ~ '^[0-9a-f]{16}$');
    comment on column attachments.dhash is 'difference hash of a picture, 64 bit: two that differ in at most four show the same; null for what is no picture or came before';
    create index attachments_pictured on attachments (uploaded_at) where dhash is not null;

    create table evaluation_flags (
      evaluation_id     bigint primary key references evaluations,
      staff_phone       boolean not null,
      own_case          boolean not null,
      workplace_network boolean not null,
      network_mark      text check (network_mark ~ '^[0-9a-f]{64}$'),
      made_at           timestamptz not null,
      check (not own_case or staff_phone)
    );
    comment on table evaluation_flags is 'where a resident’s own evaluation came from: it counts all the same; the mark is a keyed hash and goes after its days';
    create index on evaluation_flags (made_at);

    create table integrity_findings (
      id           bigint generated always as identity primary key,
      week         date not null check (extract(isodow from week) = 1),
      kind         text not null check (kind in ('staff_number', 'own_case', 'workplace_network', 'quick_calls', 'no_contact', 'split', 'late_exclusion',
                     'recategorised', 'withdrawn', 'reused_picture', 'recall_differs')),
      subject      text not null,
      unit_id      bigint references units,
      severity     smallint not null check (severity between 1 and 3),
      appeals      jsonb not null,
      numbers      jsonb not null,
      found_at     timestamptz not null,
      verdict      text check (verdict in ('explained', 'upheld')),
      reason       text,
      judged_by    bigint references people,
      judged_at    timestamptz,
      confirmed_by bigint references people,
      confirmed_at timestamptz,
      unique (week, kind, subject),
      constraint verdict_by_two check (confirmed_by <> judged_by),
      check ((verdict is null) = (judged_by is null) and (verdict is null) = (judged_at is null) and (verdict is null) = (reason is null)),
      check ((confirmed_by is null) = (confirmed_at is null)),
      check (confirmed_by is null or verdict is not null)
    );
    comment on table integrity_findings is 'what looks wrong in a week, with its evidence: a flag, never a block; no verdict moves a score by itself';
    create index integrity_open on integrity_findings (severity desc, id) where confirmed_at is null;
    create index on integrity_findings (unit_id) where unit_id is not null;
    create index on integrity_findings (judged_by) where judged_by is not null;
    create index on integrity_findings (confirmed_by) where confirmed_by is not null;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table integrity_findings, evaluation_flags;
    drop index attachments_pictured;
    alter table attachments drop column dhash;
  `);
}
