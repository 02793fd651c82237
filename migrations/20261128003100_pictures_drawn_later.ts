import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table attachments alter column sha256 drop not null;
    alter table attachments add column undrawn text check (undrawn in ('waiting', 'unreadable'));
    alter table attachments add column original text check (original ~ '^[0-9a-f-]{36}$');
    alter table attachments add check ((sha256 is null) = (undrawn is not null));
    alter table attachments add check (undrawn is null or kind = 'image');
    alter table attachments add check ((original is not null) = (undrawn is not distinct from 'waiting'));
    comment on column attachments.undrawn is 'of a picture that was taken and not written anew before the answer: still to be, or cannot be; until then it has no content';
    comment on column attachments.original is 'name of what was sent, as long as it waits; served to nobody';
    create index attachments_undrawn on attachments (id) where undrawn = 'waiting';
    create index on attachments (original) where original is not null;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    delete from attachments where sha256 is null;
    alter table attachments drop column undrawn, drop column original, alter column sha256 set not null;
  `);
}
