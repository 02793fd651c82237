import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table card_plans (
      clock_id  bigint primary key references clocks,
      due_at    timestamptz not null,
      remind_at timestamptz not null,
      yellow_at timestamptz not null,
      next_at   timestamptz,
      check (remind_at <= due_at and yellow_at <= due_at)
    );
    comment on table card_plans is 'when a running clock gets its cards, for the due time it was planned with; the sweep looks at next_at alone';
    comment on column card_plans.next_at is 'null: all its cards were issued';
    create index card_plans_next on card_plans (next_at) where next_at is not null;

    create table alert_cards (
      id        bigint generated always as identity primary key,
      clock_id  bigint not null references clocks,
      color     text not null check (color in ('reminder', 'yellow', 'red')),
      due_at    timestamptz not null,
      unit_id   bigint not null references units,
      issued_at timestamptz not null,
      told_at   timestamptz,
      constraint one_card_of_a_color unique (clock_id, color, due_at),
      constraint red_when_it_has_passed check (color <> 'red' or issued_at >= due_at)
    );
    comment on table alert_cards is 'one of each colour for a due time; it points to clocks alone, so that no sweep waits for a held appeal or holds one up';
    create index on alert_cards (unit_id, issued_at);
    create index alert_cards_untold on alert_cards (id) where told_at is null;

    create function tell_cards() returns trigger language plpgsql as $$
      begin
        perform pg_notify('changes', json_build_object('units', string_to_array(trim(both '/' from u.path), '/')::bigint[])::text)
        from (select distinct unit_id from issued) i join units u on u.id = i.unit_id
        where coalesce(current_setting('zhaojiban.quiet', true), '') = '';
        return null;
      end $$;
    create trigger tell after insert on alert_cards referencing new table as issued for each statement execute function tell_cards();

    create table urges (
      id            bigint generated always as identity primary key,
      appeal_id     bigint not null references appeals,
      work_order_id bigint not null references work_orders,
      unit_id       bigint not null references units,
      remark        text not null,
      urged_by      bigint not null references people,
      urged_at      timestamptz not null
    );
    create index on urges (appeal_id);
    create index on urges (work_order_id);
    create index on urges (unit_id, urged_at);

    create table supervision_numbers (year int primary key, last int not null);
    comment on table supervision_numbers is 'the last number of a year: held while one is taken, so that none is missing';

    alter table supervision_orders
      add column number      text,
      add column unit_id     bigint references units,
      add column round       smallint not null default 1,
      add column further     text[] not null default '{}',
      add column demand      text not null default '',
      add column skip_reason text,
      add column level       text not null default 'order' check (level in ('order', 'listed', 'talk')),
      add column due_at      timestamptz,
      add column read_at     timestamptz,
      add column read_by     bigint references people,
      add column replied_by  bigint references people,
      add column reply       text,
      add column accepted_at timestamptz,
      add column listed_at   timestamptz,
      add column listed_by   bigint references people,
      add column listed_for  text,
      add column ended_at    timestamptz;
    update supervision_orders s set unit_id = o.unit_id, round = greatest(o.round, 1), due_at = s.issued_at + interval '2 days',
      ended_at = case when o.status in ('accepted', 'returned', 'recalled', 'reassigned', 'escalated') then coalesce(o.ended_at, s.issued_at) end,
      number = n.number
    from work_orders o, (
      select id, 'DB-' || to_char(issued_at at time zone 'Asia/Shanghai', 'YYYY') || '-'
        || lpad(row_number() over (partition by to_char(issued_at at time zone 'Asia/Shanghai', 'YYYY') order by issued_at, id)::text, 4, '0') as number
      from supervision_orders) n
    where o.id = s.work_order_id and n.id = s.id;
    update supervision_orders s set ended_at = issued_at
      where ended_at is null and exists (select 1 from supervision_orders x where x.work_order_id = s.work_order_id and x.id > s.id and x.ended_at is null);
    insert into supervision_numbers (year, last)
      select substr(number, 4, 4)::int, max(substr(number, 9)::int) from supervision_orders group by 1;
    alter table supervision_orders
      alter column number set not null, alter column unit_id set not null, alter column due_at set not null, alter column work_order_id set not null,
      add constraint numbered_by_year check (number ~ '^DB-[0-9]{4}-[0-9]{4,}$'),
      add unique (number),
      add constraint read_by_somebody check ((read_at is null) = (read_by is null)),
      add constraint replied_in_writing check (replied_at is null or replied_by is null or reply is not null),
      add constraint accepted_once_replied check (accepted_at is null or replied_at is not null),
      add constraint listed_with_a_reason check ((listed_at is null) = (listed_for is null)),
      add constraint climbs_by_rungs check (level = 'order' or listed_at is not null or skip_reason is not null);
    comment on table supervision_orders is 'one open at a time for a work order; a further ground while it is open stands in further; level: the rung it has reached';
    comment on column supervision_orders.issued_by is 'null: by the product, by its rules';
    comment on column supervision_orders.due_at is 'when the written reply is due; sent back, it is due anew';
    create index work_orders_passed_on on work_orders (appeal_id) where role = 'lead' and status in ('returned', 'reassigned');
    create unique index one_open_supervision on supervision_orders (work_order_id) where ended_at is null;
    create index on supervision_orders (unit_id, issued_at);
    create index supervision_open on supervision_orders (due_at, id) where ended_at is null;

    create table supervision_replies (
      id                   bigint generated always as identity primary key,
      supervision_order_id bigint not null references supervision_orders,
      reply                text not null,
      replied_by           bigint not null references people,
      replied_at           timestamptz not null,
      decision             text check (decision in ('accepted', 'sent_back')),
      ruling               text,
      decided_by           bigint references people,
      decided_at           timestamptz,
      constraint judged_by_another check (decided_by <> replied_by),
      check ((decision is null) = (decided_at is null) and (decided_at is null) = (decided_by is null)),
      check (decision <> 'sent_back' or ruling is not null)
    );
    create index on supervision_replies (supervision_order_id);
    create unique index one_open_reply on supervision_replies (supervision_order_id) where decision is null;

    create table supervision_talks (
      id                   bigint generated always as identity primary key,
      supervision_order_id bigint not null references supervision_orders,
      talk_at              timestamptz not null,
      place                text not null,
      reason               text not null,
      called_by            bigint not null references people,
      called_at            timestamptz not null,
      attended             text,
      minutes              text,
      minuted_by           bigint references people,
      minuted_at           timestamptz,
      check ((minuted_at is null) = (minutes is null) and (minutes is null) = (attended is null) and (attended is null) = (minuted_by is null)),
      constraint minutes_after_the_talk check (minuted_at >= talk_at)
    );
    create index on supervision_talks (supervision_order_id);
    create unique index one_talk_to_come on supervision_talks (supervision_order_id) where minuted_at is null;

    alter table key_tracking_items drop constraint key_tracking_items_appeal_id_key;
    create unique index one_open_tracking on key_tracking_items (appeal_id) where solved_at is null;
    create index on key_tracking_items (appeal_id);
    alter table key_tracking_items
      add column note       text,
      add column opened_by  bigint references people,
      add column solved_by  bigint references people,
      add column solved_for text,
      add constraint known_reason check (reason in ('second_dissatisfaction', 'long_open', 'three_reworks', 'no_lead', 'listed', 'by_hand')),
      add constraint by_hand_with_a_reason check (reason <> 'by_hand' or (opened_by is not null and note is not null)),
      add constraint solved_by_hand_with_a_reason check ((solved_by is null) = (solved_for is null)),
      add constraint solved_once_opened check (solved_at >= opened_at);
    comment on column key_tracking_items.solved_by is 'null: it ended with its appeal';

    create table key_tracking_promises (
      id          bigint generated always as identity primary key,
      item_id     bigint not null references key_tracking_items,
      unit_id     bigint not null references units,
      promise     text not null,
      promised_by text not null,
      due_on      date not null,
      noted_by    bigint not null references people,
      noted_at    timestamptz not null,
      kept_at     timestamptz,
      kept_by     bigint references people,
      check ((kept_at is null) = (kept_by is null))
    );
    comment on column key_tracking_promises.promised_by is 'who spoke for the unit at the meeting: a name as it was said';
    create index on key_tracking_promises (item_id);
    create index on key_tracking_promises (unit_id);

    create table key_tracking_notes (
      id       bigint generated always as identity primary key,
      item_id  bigint not null references key_tracking_items,
      met_on   date not null,
      note     text not null,
      noted_by bigint not null references people,
      noted_at timestamptz not null
    );
    create index on key_tracking_notes (item_id);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table key_tracking_notes, key_tracking_promises;
    alter table key_tracking_items drop constraint solved_once_opened, drop constraint solved_by_hand_with_a_reason, drop constraint by_hand_with_a_reason,
      drop constraint known_reason, drop column solved_for, drop column solved_by, drop column opened_by, drop column note;
    drop index one_open_tracking;
    drop index key_tracking_items_appeal_id_idx;
    delete from key_tracking_items a using key_tracking_items b where a.appeal_id = b.appeal_id and a.id < b.id;
    alter table key_tracking_items add unique (appeal_id);
    drop table supervision_talks, supervision_replies;
    drop index one_open_supervision;
    drop index supervision_open;
    alter table supervision_orders drop column number, drop column unit_id, drop column round, drop column further, drop column demand,
      drop column skip_reason, drop column level, drop column due_at, drop column read_at, drop column read_by, drop column replied_by, drop column reply,
      drop column accepted_at, drop column listed_at, drop column listed_by, drop column listed_for, drop column ended_at, alter column work_order_id drop not null;
    drop table supervision_numbers, urges, alert_cards, card_plans;
    drop function tell_cards;
    drop index work_orders_passed_on;
  `);
}
