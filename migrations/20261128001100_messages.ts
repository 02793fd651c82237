import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table outbox
      add column settled_at   timestamptz,
      add column settled_by   bigint references people,
      add column settled_note text,
      add constraint settled_by_somebody_says_how check ((settled_by is null) = (settled_note is null)),
      add constraint only_what_failed_is_settled check (settled_at is null or (failed_at is not null and sent_at is null)),
      add constraint a_settler_has_a_time check (settled_by is null or settled_at is not null);
    comment on column outbox.settled_at is 'it will not go out, and nobody need look at it: somebody told the appellant otherwise, or there is no number';
    create index on outbox (settled_by) where settled_by is not null;
    create index outbox_for_a_person on outbox (failed_at) where failed_at is not null and sent_at is null and settled_at is null;
    create index outbox_under_way on outbox (sending_at) where sending_at is not null and sent_at is null and failed_at is null;

    create table outbox_receivers (
      port  text primary key check (port = 'webhook'),
      since timestamptz not null
    );
    comment on table outbox_receivers is 'who listens beside the appellant: kept by the sender after its configuration, so that acts write only for whoever listens';

    alter table appellants add column lang text not null default 'zh' check (lang in ('zh', 'en'));
    comment on column appellants.lang is 'the language of the page on which he reported';

    create table message_texts (
      id      bigint generated always as identity primary key,
      event   text not null,
      lang    text not null check (lang in ('zh', 'en')),
      body    text check (body <> ''),
      made_by bigint not null references people,
      made_at timestamptz not null
    );
    comment on table message_texts is 'versions of the texts to appellants; the newest of event and language holds, and null is the product''s own';
    create index on message_texts (event, lang, id);
    create index on message_texts (made_by);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table message_texts, outbox_receivers;
    alter table appellants drop column lang;
    drop index outbox_for_a_person, outbox_under_way;
    alter table outbox drop column settled_note, drop column settled_by, drop column settled_at
  `);
}
