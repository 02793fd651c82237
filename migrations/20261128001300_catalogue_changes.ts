import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table work_order_returns add column appeal_id bigint references appeals;
    alter table work_order_returns add column unit_id bigint references units;
    alter table work_order_returns add column suggested_unit_id bigint references units;
    update work_order_returns r set appeal_id = o.appeal_id, unit_id = o.unit_id from work_orders o where o.id = r.work_order_id;
    alter table work_order_returns alter column appeal_id set not null, alter column unit_id set not null;
    alter table work_order_returns add constraint another_unit_is_suggested check (suggested_unit_id <> unit_id);
    comment on column work_order_returns.appeal_id is 'copied from the order, like unit_id, by trigger: so that a unit objects once to an appeal';
    create unique index one_return_a_unit on work_order_returns (appeal_id, unit_id);
    create function copy_order_of_return() returns trigger language plpgsql as $$
      begin
        select appeal_id, unit_id into new.appeal_id, new.unit_id from work_orders where id = new.work_order_id;
        return new;
      end $$;
    create trigger copy_order before insert on work_order_returns for each row execute function copy_order_of_return();

    create table rule_sets (
      id           bigint generated always as identity primary key,
      reason       text not null default '',
      valid_from   date,
      made_by      bigint not null references people,
      made_post    text not null,
      made_at      timestamptz not null,
      offered_at   timestamptz,
      decision     text check (decision in ('activated', 'rejected', 'dropped')),
      decided_by   bigint references people,
      decided_post text,
      decided_at   timestamptz,
      ruling       text not null default '',
      check ((offered_at is null) or (valid_from is not null and reason <> '')),
      check ((decision is null) = (decided_at is null) and (decided_at is null) = (decided_by is null) and (decided_by is null) = (decided_post is null)),
      constraint a_second_person_decides check (decision is null or (decision = 'dropped') = (decided_by = made_by)),
      check (decision is null or decision = 'dropped' or offered_at is not null)
    );
    comment on table rule_sets is 'changes of the dispatch catalogue: collected by one person, put in force from a day by another, or not; none is deleted';
    create unique index one_draft_a_person on rule_sets (made_by) where decision is null and offered_at is null;
    create index open_rule_sets on rule_sets (id) where decision is null;

    alter table dispatch_rules add column set_id bigint references rule_sets;
    alter table dispatch_rules add column ended_by_set_id bigint references rule_sets;
    comment on column dispatch_rules.set_id is 'the change that made it; null: of the first catalogue';
    create index on dispatch_rules (set_id) where set_id is not null;
    create index on dispatch_rules (ended_by_set_id) where ended_by_set_id is not null;

    create table rule_changes (
      id            bigint generated always as identity primary key,
      set_id        bigint not null references rule_sets,
      kind          text not null check (kind in ('make', 'end')),
      category_code text not null references categories,
      area_id       bigint not null references units,
      unit_id       bigint not null references units,
      role          text not null check (role in ('lead', 'co')),
      note          text not null default '',
      reason        text not null,
      return_id     bigint references work_order_returns,
      added_at      timestamptz not null
    );
    comment on table rule_changes is 'make: from the day on this rule holds, in place of the lead before it; end: the rule with these words ends';
    create unique index one_change_a_rule on rule_changes (set_id, category_code, area_id, unit_id);
    create unique index one_lead_an_area on rule_changes (set_id, category_code, area_id) where kind = 'make' and role = 'lead';
    create index on rule_changes (return_id) where return_id is not null;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table rule_changes;
    alter table dispatch_rules drop column ended_by_set_id, drop column set_id;
    drop table rule_sets;
    drop trigger copy_order on work_order_returns;
    drop function copy_order_of_return;
    alter table work_order_returns drop column suggested_unit_id, drop column unit_id, drop column appeal_id;
  `);
}
