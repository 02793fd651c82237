import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table callbacks add column again_at timestamptz;
    comment on column callbacks.again_at is 'when it is to be tried next, where nobody was reached; null: not again';

    create table recall_draws (
      day      date primary key,
      seed     text not null,
      closed   integer not null check (closed >= 0),
      percent  integer not null check (percent between 0 and 100),
      drawn    integer not null check (drawn between 0 and closed),
      drawn_at timestamptz not null
    );
    comment on table recall_draws is 'what was drawn of the appeals closed on a day; with the seed anybody draws the same again';
    create table recalls (
      id            bigint generated always as identity primary key,
      appeal_id     bigint not null references appeals,
      round         smallint not null,
      day           date not null references recall_draws,
      evaluation_id bigint not null references evaluations,
      first_caller  bigint references people,
      called_by     bigint references people,
      called_at     timestamptz,
      outcome       text check (outcome in ('reached', 'no_answer', 'later', 'refused')),
      contacted     boolean,
      solved        boolean,
      level         text check (level in ('satisfied', 'basic', 'dissatisfied')),
      remark        text not null default '',
      tries         integer not null default 0 check (tries >= 0),
      unique (appeal_id, round),
      constraint called_by_another check (called_by <> first_caller),
      check ((called_by is null) = (called_at is null) and (called_by is null) = (outcome is null)),
      constraint answers_of_the_reached check ((outcome is not distinct from 'reached') = (level is not null and contacted is not null and solved is not null))
    );
    comment on table recalls is 'the second call of a drawn appeal: its answers stand beside the first evaluation and never replace it';
    create index recalls_open on recalls (day, id) where outcome is distinct from 'reached';
    create index on recalls (day);
    create index on recalls (evaluation_id);
    create index on recalls (first_caller) where first_caller is not null;
    create index on recalls (called_by) where called_by is not null;

    create function answered_recall_stays() returns trigger language plpgsql as $$
      begin raise exception 'a second answer is final'; end $$;
    create trigger recalls_stay before update or delete on recalls for each row when (old.outcome = 'reached') execute function answered_recall_stays();

    -- Asked of whole statements, so that COPY stays quick.
    create function handlers_never_call() returns trigger language plpgsql as $$
      begin
        if exists (select 1 from made m join work_orders o on o.appeal_id = m.appeal_id
          join posts p on p.unit_id = o.unit_id and p.person_id = m.called_by)
        then raise exception 'the unit that handled an appeal never calls about it'
          using errcode = 'check_violation', constraint = 'handlers_never_call'; end if;
        return null;
      end $$;
    create trigger callbacks_by_no_handler after insert on callbacks referencing new table as made for each statement
      execute function handlers_never_call();
    create trigger recalls_by_no_handler after update on recalls referencing new table as made for each statement
      execute function handlers_never_call();
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table recalls, recall_draws;
    drop trigger callbacks_by_no_handler on callbacks;
    drop function handlers_never_call, answered_recall_stays;
    alter table callbacks drop column again_at;
  `);
}
