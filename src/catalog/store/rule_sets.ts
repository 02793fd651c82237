import { type Db, hot } from '../../core/db.ts';
import type { Actor, Post } from '../../people/rules.ts';
import { may } from '../../policy.ts';
import type { RuleChange, RuleRole, UnitFacts } from '../rules/chooser.ts';
import type { DispatchRuleRow } from '../store.ts';

/** Changes of the dispatch catalogue that are proposed, simulated and put in force together. */
export interface RuleSetRow {
  readonly id: number;
  readonly reason: string;
  readonly valid_from: string | null;
  readonly made_by: number;
  readonly made_post: Post;
  readonly made_at: Date;
  /** Null: still a draft. */
  readonly offered_at: Date | null;
  readonly decision: 'activated' | 'rejected' | 'dropped' | null;
  readonly decided_by: number | null;
  readonly decided_post: Post | null;
  readonly decided_at: Date | null;
  readonly ruling: string;
}
export interface RuleChangeRow {
  readonly id: number;
  readonly set_id: number;
  readonly kind: RuleChange['kind'];
  readonly category_code: string;
  readonly area_id: number;
  readonly unit_id: number;
  readonly role: RuleRole;
  readonly note: string;
  readonly reason: string;
  /** The ruling on a return that it came from. */
  readonly return_id: number | null;
  readonly added_at: Date;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    rule_sets: RuleSetRow;
    rule_changes: RuleChangeRow;
  }
}

/** The person's draft, begun where there is none; held until the transaction ends. */
export async function holdDraft(trx: Db, made_by: number, made_post: Post, made_at: Date): Promise<RuleSetRow> {
  await trx.raw(
    `insert into rule_sets (made_by, made_post, made_at) values (:made_by, :made_post, :made_at)
     on conflict (made_by) where decision is null and offered_at is null do nothing`,
    { made_by, made_post, made_at },
  );
  return (await trx('rule_sets').where({ made_by }).whereNull('decision').whereNull('offered_at').forUpdate().first())!;
}
export async function findDraft(db: Db, made_by: number): Promise<RuleSetRow | undefined> {
  return db('rule_sets').where({ made_by }).whereNull('decision').whereNull('offered_at').first();
}
export async function holdSet(trx: Db, id: number): Promise<RuleSetRow | undefined> {
  return trx('rule_sets').where({ id }).forUpdate().first();
}
export async function changeSet(trx: Db, id: number, changes: Partial<RuleSetRow>): Promise<void> {
  await trx('rule_sets').where({ id }).update(changes);
}

export async function insertRuleChange(trx: Db, change: Omit<RuleChangeRow, 'id'>): Promise<void> {
  await trx('rule_changes').insert(change as RuleChangeRow);
}
export async function removeRuleChange(trx: Db, set_id: number, id: number): Promise<RuleChangeRow | undefined> {
  const [gone] = await trx('rule_changes').where({ set_id, id }).delete().returning('*');
  return gone;
}

/** One change with everything a page or the chooser asks of it. */
export interface ToldRuleChange extends RuleChangeRow {
  readonly category_zh: string;
  readonly category_en: string;
  readonly area_zh: string;
  readonly area_en: string;
  readonly area_path: string;
  readonly unit: UnitFacts;
  /** The appeal whose ruling it came from. */
  readonly number: string | null;
}
export async function listRuleChanges(db: Db, set_id: number): Promise<ToldRuleChange[]> {
  const { rows } = await db.raw<{ rows: ToldRuleChange[] }>(
    `select g.*, c.name_zh as category_zh, c.name_en as category_en, a.name_zh as area_zh, a.name_en as area_en, a.path as area_path,
       json_build_object('name_zh', u.name_zh, 'name_en', u.name_en, 'kind', u.kind, 'path', u.path, 'valid_from', u.valid_from, 'valid_to', u.valid_to) as unit,
       (select p.number from work_order_returns r join appeals p on p.id = r.appeal_id where r.id = g.return_id) as number
     from rule_changes g join categories c on c.code = g.category_code join units a on a.id = g.area_id join units u on u.id = g.unit_id
     where g.set_id = :set_id order by g.id`,
    { set_id },
  );
  return rows;
}

/** The rules of these categories that hold on a day or later. */
export async function listStandingRules(db: Db, codes: readonly string[], day: string): Promise<DispatchRuleRow[]> {
  return db('dispatch_rules')
    .whereIn('category_code', codes)
    .where((still) => still.whereNull('valid_to').orWhere('valid_to', '>=', day))
    .orderBy('id');
}
/** The rules that a change ended. */
export async function listEndedBy(db: Db, ended_by_set_id: number): Promise<DispatchRuleRow[]> {
  return db('dispatch_rules').where({ ended_by_set_id }).orderBy('id');
}
/** Whoever changes the catalogue waits for the one before. */
export async function holdCatalogue(trx: Db): Promise<void> {
  await trx.raw(`select pg_advisory_xact_lock(hashtextextended('dispatch catalogue', 0))`);
}
export async function insertRule(trx: Db, row: Omit<DispatchRuleRow, 'id' | 'valid_to' | 'ended_by_set_id'>): Promise<number> {
  const [made] = await trx('dispatch_rules')
    .insert(row as DispatchRuleRow)
    .returning('id');
  return made!.id;
}
export async function endRule(trx: Db, id: number, valid_to: string, ended_by_set_id: number): Promise<void> {
  await trx('dispatch_rules').where({ id }).update({ valid_to, ended_by_set_id });
}

export interface ToldSet extends RuleSetRow {
  readonly maker: string;
  readonly decider: string | null;
  readonly changes: number;
}
const sets = (db: Db) =>
  db('rule_sets as s')
    .join('people as m', 'm.id', 's.made_by')
    .leftJoin('people as d', 'd.id', 's.decided_by')
    .select('s.*', 'm.name as maker', 'd.name as decider')
    .select(db.raw('(select count(*)::int from rule_changes g where g.set_id = s.id) as changes'))
    .orderBy('s.id', 'desc');
export async function findSet(db: Db, id: number): Promise<ToldSet | undefined> {
  return sets(db).where('s.id', id).first();
}
/** Those that wait for somebody. */
export async function listOpenSets(db: Db): Promise<ToldSet[]> {
  return sets(db).whereNull('s.decision');
}
/** How many of others wait for whoever may put them in force; for nobody else any do. */
export async function countOffered(db: Db, actor: Actor): Promise<number> {
  if (!may(actor, 'catalog.activate')) return 0;
  const { rows } = await db.raw<{ rows: { n: number }[] }>(
    'select count(*)::int as n from rule_sets where decision is null and offered_at is not null and made_by <> :person_id',
    { person_id: actor.person_id },
  );
  return rows[0]!.n;
}
/** Those that were decided, the newest first. */
export async function listDecidedSets(db: Db, before: number | null, size: number): Promise<ToldSet[]> {
  const query = sets(db).whereNotNull('s.decision').limit(size);
  return before === null ? query : query.where('s.id', '<', before);
}

/** Where the appeals of a period that the city dispatched came from: how many of each category at each place. */
export interface Dispatched {
  readonly category_code: string;
  readonly place_unit_id: number;
  readonly path: string;
  readonly appeals: number;
}
export async function countDispatched(db: Db, codes: readonly string[], from: Date, to: Date): Promise<Dispatched[]> {
  return hot<Dispatched>(
    db,
    `select a.category_code, a.place_unit_id, u.path, count(*)::int as appeals from appeals a join units u on u.id = a.place_unit_id
     where a.received_at >= :from and a.received_at < :to and a.dispatched_at is not null and a.category_code = any(:codes) group by 1, 2, 3`,
    { codes: [...codes], from, to },
  );
}

export interface SimulatedAppeal {
  readonly id: number;
  readonly number: string;
  readonly title: string;
  readonly received_at: Date;
  readonly category_code: string;
  readonly place_unit_id: number;
}
/** The appeals of a period of these categories at these places, pair by pair, the newest first. */
export async function listDispatched(
  db: Db,
  pairs: readonly Pick<Dispatched, 'category_code' | 'place_unit_id'>[],
  from: Date,
  to: Date,
  before: number | null,
  size: number,
): Promise<SimulatedAppeal[]> {
  return hot<SimulatedAppeal>(
    db,
    `select a.id, a.number, a.title, a.received_at, a.category_code, a.place_unit_id from appeals a
     where a.received_at >= :from and a.received_at < :to and a.dispatched_at is not null
       and (a.category_code, a.place_unit_id) in (select * from unnest(:codes::text[], :places::bigint[])) and (:before::bigint is null or a.id < :before)
     order by a.id desc limit :size`,
    {
      codes: pairs.map(({ category_code }) => category_code),
      places: pairs.map(({ place_unit_id }) => place_unit_id),
      from,
      to,
      before,
      size,
    },
  );
}

/** The ruling on a return, as a change of the catalogue would begin with it. */
export interface RuledReturn {
  readonly id: number;
  readonly category_code: string;
  readonly place_path: string;
  readonly unit_id: number;
  readonly decision: 'upheld' | 'rejected';
  readonly suggested_unit_id: number | null;
  readonly ruling: string;
}
export async function findRuledReturn(db: Db, id: number): Promise<RuledReturn | undefined> {
  const { rows } = await db.raw<{ rows: RuledReturn[] }>(
    `select r.id, coalesce(r.category_code, a.category_code) as category_code, u.path as place_path, r.unit_id, r.decision, r.suggested_unit_id, r.ruling
     from work_order_returns r join appeals a on a.id = r.appeal_id join units u on u.id = a.place_unit_id where r.id = :id and r.decision is not null`,
    { id },
  );
  return rows[0];
}
