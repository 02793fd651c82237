import type { Knex } from 'knex';

const loud = `(coalesce(current_setting('zhaojiban.quiet', true), '') = '')`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create function tell_units(appeal bigint, unit bigint, also bigint[]) returns void language sql as $$
      select pg_notify('changes', json_build_object('appeal', appeal, 'units', string_to_array(trim(both '/' from path), '/')::bigint[] || also)::text)
      from units where id = unit
    $$;
    comment on function tell_units(bigint, bigint, bigint[]) is 'tells all processes by ids what changed; a bulk load sets zhaojiban.quiet and tells nothing';
    create function tell_appeal() returns trigger language plpgsql as $$
      begin perform tell_units(new.id, new.place_unit_id, '{}'); return null; end $$;
    create function tell_order() returns trigger language plpgsql as $$
      begin perform tell_units(new.appeal_id, new.unit_id, array[new.made_by_unit_id]); return null; end $$;
    create function tell_person() returns trigger language plpgsql as $$
      begin perform pg_notify('changes', json_build_object('person', new.person_id)::text); return null; end $$;

    create trigger tell after insert or update on appeals for each row when ${loud} execute function tell_appeal();
    create trigger tell after insert or update on work_orders for each row when ${loud} execute function tell_order();
    create trigger tell after insert on messages for each row when ${loud} execute function tell_person();
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`drop trigger tell on messages; drop trigger tell on work_orders; drop trigger tell on appeals;
    drop function tell_person, tell_order, tell_appeal, tell_units`);
}
