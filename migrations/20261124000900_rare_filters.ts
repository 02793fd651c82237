import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create index appeals_rarely_rated on appeals (level, id) where level = 'dissatisfied';
    create index appeals_rare_priority on appeals (priority, id) where priority in ('emergency', 'complex');
    create index appeals_rare_kind on appeals (kind, id) where kind in ('report', 'suggestion', 'praise');
    create index appeals_registered_by on appeals (registered_by, id) where registered_by is not null;

    drop index appeals_category_code_id_idx;
    create index appeals_by_category on appeals (category_code, id) include (lead_unit_id);

    create index work_orders_made on work_orders (made_by_unit_id, status, step_due_at, id)
      where status in ('pending_ack', 'in_progress', 'return_requested', 'suspended', 'submitted');
    create index work_orders_submitted on work_orders (step_due_at, id) where status = 'submitted';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index work_orders_submitted, work_orders_made, appeals_by_category, appeals_registered_by, appeals_rare_kind, appeals_rare_priority, appeals_rarely_rated;
    create index on appeals (category_code, id);
  `);
}
