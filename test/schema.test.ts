import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect } from 'vitest';
import type { Db } from '../src/core/db.ts';
import { test } from './support/world.ts';

/** Renew after a migration, and read the difference: `node test/run.mjs test/schema.test.ts -u`. */
const description_file = 'schema.txt';

/** Tables of programs that we use, with rows of their own making. */
const foreign_tables = ['knex_migrations', 'knex_migrations_lock'];

async function column<T>(db: Db, sql: string): Promise<T[]> {
  const { rows } = await db.raw<{ rows: T[] }>(sql);
  return rows;
}

/** Everything of the public schema that decides what may be stored, as text; names of the machine's making are left out. */
async function describeSchema(db: Db): Promise<string> {
  const lines = await column<{ of: string; rank: number; line: string }>(
    db,
    `with tables as (
       select c.oid, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = 'public' and c.relkind = 'r' and c.relname <> all(array['${foreign_tables.join(`','`)}'])
     )
     select * from (
     select name as of, 0 as rank, 'table ' || name || coalesce('  -- ' || obj_description(tables.oid), '') as line from tables
     union all
     select name, 1000 + a.attnum, '  ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
       || case when a.attcollation <> 0 and co.collname <> 'default' then ' collate ' || co.collname else '' end
       || case when a.attnotnull then ' not null' else '' end
       || case when a.attidentity <> '' then ' identity' when a.attgenerated <> '' then ' generated as ' || pg_get_expr(d.adbin, d.adrelid)
            when d.adbin is not null then ' default ' || pg_get_expr(d.adbin, d.adrelid) else '' end
       || coalesce('  -- ' || col_description(tables.oid, a.attnum), '')
     from tables join pg_attribute a on a.attrelid = tables.oid and a.attnum > 0 and not a.attisdropped
     left join pg_attrdef d on d.adrelid = tables.oid and d.adnum = a.attnum left join pg_collation co on co.oid = a.attcollation
     union all
     select name, 3000, '  ' || pg_get_constraintdef(k.oid) from tables join pg_constraint k on k.conrelid = tables.oid and k.contype <> 'n'
     union all
     select name, 4000, '  ' || regexp_replace(pg_get_indexdef(i.indexrelid), ' INDEX \\S+ ON public\\.', ' INDEX ON ') from tables join pg_index i on i.indrelid = tables.oid
     where not exists (select 1 from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
     union all
     select name, 5000, '  ' || regexp_replace(pg_get_triggerdef(t.oid), ' ON public\\.', ' ON ') from tables join pg_trigger t on t.tgrelid = tables.oid and not t.tgisinternal
     union all
     select 'zz ' || p.proname, 6000, 'function ' || p.proname || '(' || pg_get_function_arguments(p.oid) || ')' || E'\\n  ' || btrim(regexp_replace(p.prosrc, '\\s+', ' ', 'g'))
     from pg_proc p join pg_namespace n on n.oid = p.pronamespace and n.nspname = 'public'
     where not exists (select 1 from pg_depend d where d.objid = p.oid and d.deptype = 'e')
     ) lines order by of, rank, line collate "C"`,
  );
  return `${lines.map(({ rank, line }, index) => (rank % 6000 === 0 && index > 0 ? `\n${line}` : line)).join('\n')}\n`;
}

test('the schema is the one described, table by table', async ({ db }) => {
  await expect(await describeSchema(db)).toMatchFileSnapshot(description_file);
});

/**
 * Foreign keys without an index: nobody looks from there, and what they point to is never deleted (people and units end by a date, appeals
 * and orders stay), so an index would only be written. Whoever begins to ask by one of these takes it off the list and adds the index.
 */
const never_asked: Record<string, readonly string[]> = {
  'who did it': [
    'appeals.countersigned_by',
    'attachments.uploaded_by',
    'callbacks.called_by',
    'evaluations.recorded_by',
    'exports.person_id',
    'parameter_changes.decided_by',
    'parameter_changes.proposed_by',
    'parameters.updated_by',
    'rule_sets.decided_by',
    'key_tracking_items.opened_by',
    'key_tracking_items.solved_by',
    'key_tracking_notes.noted_by',
    'key_tracking_promises.kept_by',
    'key_tracking_promises.noted_by',
    'supervision_orders.listed_by',
    'supervision_orders.issued_by',
    'supervision_orders.read_by',
    'supervision_orders.replied_by',
    'supervision_replies.decided_by',
    'supervision_replies.replied_by',
    'supervision_talks.called_by',
    'supervision_talks.minuted_by',
    'urges.urged_by',
    'terminations.confirmed_by',
    'terminations.proposed_by',
    'terminations.requested_by',
    'trail.person_id',
    'work_order_extensions.decided_by',
    'work_order_extensions.requested_by',
    'work_order_returns.requested_by',
    'work_order_returns.ruled_by',
    'work_order_suspensions.decided_by',
    'work_order_suspensions.requested_by',
    'work_orders.approved_by',
    'work_orders.assignee_id',
    'work_orders.made_by',
    'work_orders.submitted_by',
  ],
  'in which unit': ['appeals.about_unit_id', 'appeals.registered_unit_id', 'exports.unit_id', 'reveals.unit_id', 'trail.unit_id'],
  'of an order that is found through its appeal': [
    'clocks.work_order_id',
    'messages.work_order_id',
    'terminations.work_order_id',
  ],
  'of a case, found from the person or by time': [
    'messages.appeal_id',
    'outbox.appeal_id',
    'outbox.appellant_id',
    'reveals.appeal_id',
  ],
  'of tables of a few hundred rows': [
    'categories.lead_unit_id',
    'categories.parent_code',
    'dispatch_rules.area_id',
    'dispatch_rules.unit_id',
    'instruction_templates.category_code',
    'parameters.change_id',
    'party_organizations.community_id',
    'rule_changes.area_id',
    'rule_changes.category_code',
    'rule_changes.unit_id',
    'units.successor_id',
    'work_order_returns.category_code',
    'work_order_returns.suggested_unit_id',
    'work_order_returns.unit_id',
  ],
};

test('every foreign key has an index, but for those that are listed with a reason', async ({ db }) => {
  const keys = await column<{ name: string; indexed: boolean }>(
    db,
    `select c.conrelid::regclass::text || '.' || a.attname as name,
       exists (select 1 from pg_index i where i.indrelid = c.conrelid and i.indkey[0] = c.conkey[1]) as indexed
     from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
     where c.contype = 'f' and c.connamespace = 'public'::regnamespace order by 1`,
  );
  expect(keys.length).toBeGreaterThan(60);
  const bare = keys.filter(({ indexed }) => !indexed).map(({ name }) => name);
  expect(bare).toEqual(Object.values(never_asked).flat().sort());
});

test('no constraint stands unproven, and every table has a primary key', async ({ db }) => {
  expect(await column(db, `select conname from pg_constraint where not convalidated`)).toEqual([]);
  const keyless = await column(
    db,
    `select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
     where c.relkind = 'r' and c.relname not like 'knex%' and not exists (select 1 from pg_constraint k where k.conrelid = c.oid and k.contype = 'p')`,
  );
  expect(keyless).toEqual([]);
});

describe('the trail', () => {
  const fill = (db: Db) =>
    db.raw(`insert into trail (subject_kind, subject_id, seq, act, post, happened_at, input_hash, hash) values ('system', 0, 1, 'x', 'system', '2026-11-23', 'h', 'h');
      insert into trail_anchors (day, subjects, rows, hash, anchored_at) values ('2026-11-23', 1, 1, 'h', '2026-11-23')`);
  test.for([
    `update trail set act = 'y'`,
    `delete from trail`,
    `truncate trail`,
    `update trail_anchors set hash = 'y'`,
    `delete from trail_anchors`,
  ])('cannot be rewritten: %s', async (sql, { db }) => {
    await fill(db);
    await expect(db.transaction((trx) => trx.raw(sql))).rejects.toThrow(/append-only/);
  });
  test('may lose what was typed, which lies beside it', async ({ db }) => {
    await fill(db);
    await db.raw(
      `insert into trail_inputs (subject_kind, subject_id, seq, input) values ('system', 0, 1, '{}'); delete from trail_inputs`,
    );
  });
});

describe('code and schema name the same tables', () => {
  const src = new URL('../src/', import.meta.url).pathname;
  const sources = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(path.join(src, file), 'utf8'));
  const all = sources.join('\n');

  /** The body of `{ … }` that begins at an index. */
  const bodyAt = (text: string, from: number): string => {
    let depth = 0;
    for (let at = text.indexOf('{', from); at < text.length; at++) {
      if (text[at] === '{') depth++;
      if (text[at] === '}' && --depth === 0) return text.slice(text.indexOf('{', from) + 1, at);
    }
    throw new Error(`no end of ${text.slice(from, from + 40)}`);
  };
  const fieldsOf = (body: string): string[] => {
    let inner = body;
    for (let before = ''; before !== inner; ) [before, inner] = [inner, inner.replace(/\{[^{}]*\}/g, '')];
    return [...inner.matchAll(/^\s*(?:readonly )?(\w+)\??:|[;{]\s*(?:readonly )?(\w+)\??:/gm)].map(
      (found) => (found[1] ?? found[2])!,
    );
  };
  const interfaceFields = (name: string): string[] => {
    const at = all.search(new RegExp(`interface ${name}\\b[^{]*\\{`));
    if (at < 0) throw new Error(`no interface ${name}`);
    const [, above, without = ''] = all.slice(at).match(/^interface \w+ extends (?:Omit<)?(\w+)(?:, ([^>]*)>)?/) ?? [];
    const inherited = above ? interfaceFields(above).filter((field) => !without.includes(`'${field}'`)) : [];
    return [...inherited, ...fieldsOf(bodyAt(all, at))];
  };
  const declared = new Map<string, string>();
  for (const { index } of all.matchAll(/interface Tables \{/g)) {
    const body = bodyAt(all, index);
    for (const [, table, type] of body.matchAll(/^\s{4}(\w+): (\w+|\{)/gm)) declared.set(table!, type!);
  }

  test('every table that the query builder is asked for is declared', () => {
    const asked = new Set(
      [...all.matchAll(/\b(?:db|trx|kept|pool)(?:<[^>(]*>)?\('(\w+)(?: as \w+)?'\)/g)].map(([, table]) => table!),
    );
    expect([...asked].filter((table) => !declared.has(table) && !foreign_tables.includes(table))).toEqual([]);
    expect(asked.size).toBeGreaterThan(15);
  });

  test('every declared table exists, and has every column that its row type names', async ({ db }) => {
    const columns = await column<{ table_name: string; column_name: string }>(
      db,
      `select table_name::text, column_name::text from information_schema.columns where table_schema = 'public'`,
    );
    const known = new Set(columns.flatMap(({ table_name, column_name }) => [table_name, `${table_name}.${column_name}`]));
    expect([...declared.keys()].filter((table) => !known.has(table))).toEqual([]);
    const strangers = [...declared].flatMap(([table, type]) => {
      if (type === '{') return [];
      return interfaceFields(type)
        .map((field) => `${table}.${field}`)
        .filter((name) => !known.has(name));
    });
    expect(strangers).toEqual([]);
  });
});
