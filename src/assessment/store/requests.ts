import type { Db } from '../../core/db.ts';
import { type Turn, type Turned, turnPage } from '../../core/keyset.ts';
import type { Period } from '../rules/periods.ts';
import type { Claim, ExclusionReason } from '../rules/requests.ts';
import type { AssessmentOrderRow } from './facts.ts';
import type { SchemeRow } from './periods.ts';

/** Asked by the unit, decided by one person, confirmed by another. */
interface Ruled<Decision> {
  readonly decision: Decision | null;
  readonly ruling: string | null;
  readonly decided_by: number | null;
  readonly decided_at: Date | null;
  readonly confirmation: 'confirmed' | 'refused' | null;
  readonly confirmed_by: number | null;
  readonly confirmed_at: Date | null;
}
export interface AssessmentExclusionRow extends Ruled<'granted' | 'denied'> {
  readonly id: number;
  readonly order_id: number;
  readonly appeal_id: number;
  readonly unit_id: number;
  readonly period: Period;
  readonly reason: ExclusionReason;
  readonly request: string;
  readonly requested_by: number;
  readonly requested_at: Date;
}
export interface AssessmentObjectionRow extends Ruled<'upheld' | 'rejected'> {
  readonly id: number;
  readonly period: Period;
  readonly revision: number;
  readonly unit_id: number;
  readonly order_id: number;
  readonly claim: Claim;
  readonly grounds: string;
  readonly filed_by: number;
  readonly filed_at: Date;
  readonly revised_to: number | null;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    assessment_exclusions: AssessmentExclusionRow;
    assessment_objections: AssessmentObjectionRow;
  }
}

export async function findFact(
  db: Db,
  order_id: number,
): Promise<(AssessmentOrderRow & { number: string; closed: boolean }) | undefined> {
  const { rows } = await db.raw<{ rows: (AssessmentOrderRow & { number: string; closed: boolean })[] }>(
    `select f.*, a.number, exists (select 1 from assessment_periods p where p.period = f.period) as closed
     from assessment_orders f join appeals a on a.id = f.appeal_id where f.order_id = :order_id`,
    { order_id },
  );
  return rows[0];
}

export async function insertExclusion(
  trx: Db,
  row: Pick<
    AssessmentExclusionRow,
    'order_id' | 'appeal_id' | 'unit_id' | 'period' | 'reason' | 'request' | 'requested_by' | 'requested_at'
  >,
): Promise<number> {
  const [made] = await trx('assessment_exclusions').insert(row).returning('id');
  return made!.id;
}
export async function findStandingExclusion(db: Db, order_id: number): Promise<AssessmentExclusionRow | undefined> {
  return db('assessment_exclusions')
    .where({ order_id })
    .whereRaw(`decision is distinct from 'denied' and confirmation is distinct from 'refused'`)
    .first();
}
export async function holdExclusion(trx: Db, id: number): Promise<AssessmentExclusionRow | undefined> {
  return trx('assessment_exclusions').where({ id }).forUpdate().first();
}
export async function changeExclusion(trx: Db, id: number, changes: Partial<AssessmentExclusionRow>): Promise<void> {
  await trx('assessment_exclusions').where({ id }).update(changes);
}

export async function insertObjection(
  trx: Db,
  row: Pick<
    AssessmentObjectionRow,
    'period' | 'revision' | 'unit_id' | 'order_id' | 'claim' | 'grounds' | 'filed_by' | 'filed_at'
  >,
): Promise<number> {
  const [made] = await trx('assessment_objections').insert(row).returning('id');
  return made!.id;
}
export async function findStandingObjection(db: Db, order_id: number, claim: Claim): Promise<AssessmentObjectionRow | undefined> {
  return db('assessment_objections')
    .where({ order_id, claim })
    .whereRaw(`decision is distinct from 'rejected' and confirmation is distinct from 'refused'`)
    .first();
}
export async function holdObjection(trx: Db, id: number): Promise<AssessmentObjectionRow | undefined> {
  return trx('assessment_objections').where({ id }).forUpdate().first();
}
export async function changeObjection(trx: Db, id: number, changes: Partial<AssessmentObjectionRow>): Promise<void> {
  await trx('assessment_objections').where({ id }).update(changes);
}

export interface Listed {
  readonly number: string;
  readonly appeal_id: number;
  readonly closed: boolean;
  readonly unit_zh: string;
  readonly unit_en: string;
  readonly asked_by: string;
  readonly decider: string | null;
  readonly confirmer: string | null;
}

const people = (query: ReturnType<Db>, asked_by: string) =>
  query
    .join('units as u', 'u.id', 'x.unit_id')
    .join('people as asker', 'asker.id', asked_by)
    .leftJoin('people as d', 'd.id', 'x.decided_by')
    .leftJoin('people as c', 'c.id', 'x.confirmed_by')
    .join('assessment_orders as f', 'f.order_id', 'x.order_id')
    .join('appeals as a', 'a.id', 'f.appeal_id')
    .select(
      'x.*',
      'a.number',
      'f.appeal_id',
      'u.name_zh as unit_zh',
      'u.name_en as unit_en',
      'asker.name as asked_by',
      'd.name as decider',
      'c.name as confirmer',
    )
    .select(query.client.raw('exists (select 1 from assessment_periods p where p.period = f.period) as closed'));
const newest = `lpad((9999999999 - x.id)::text, 10, '0')`;

/** Every request to leave an order out, the newest first; the whole city sees all of them. */
export async function listExclusions(
  db: Db,
  period: Period | null,
  turn: Turn,
  size: number,
): Promise<Turned<AssessmentExclusionRow & Listed>> {
  const query = people(db('assessment_exclusions as x') as never, 'x.requested_by');
  if (period) query.where('x.period', period);
  return turnPage(query, newest, turn, size);
}
export async function listObjections(
  db: Db,
  period: Period | null,
  turn: Turn,
  size: number,
): Promise<Turned<AssessmentObjectionRow & Listed>> {
  const query = people(db('assessment_objections as x') as never, 'x.filed_by');
  if (period) query.where('x.period', period);
  return turnPage(query, newest, turn, size);
}

export type SchemeLine = SchemeRow & { readonly proposer: string | null; readonly confirmer: string | null };

/** Every version of both schemes, the newest first. */
export async function listVersions(db: Db): Promise<SchemeLine[]> {
  return db('assessment_schemes as s')
    .leftJoin('people as p', 'p.id', 's.proposed_by')
    .leftJoin('people as c', 'c.id', 's.confirmed_by')
    .orderBy([
      { column: 's.key', order: 'desc' },
      { column: 's.version', order: 'desc' },
    ])
    .select('s.*', 'p.name as proposer', 'c.name as confirmer') as never;
}
export async function holdScheme(trx: Db, id: number): Promise<SchemeRow | undefined> {
  return trx('assessment_schemes').where({ id }).forUpdate().first();
}
/** All versions of one scheme, locked: a new one comes after them. */
export async function holdVersions(trx: Db, key: SchemeRow['key']): Promise<SchemeRow[]> {
  return trx('assessment_schemes').where({ key }).orderBy('version').forUpdate();
}
export async function insertScheme(
  trx: Db,
  row: Omit<SchemeRow, 'id' | 'confirmed_by' | 'confirmed_at' | 'dropped_at'>,
): Promise<number> {
  const [made] = await trx('assessment_schemes').insert(row).returning('id');
  return made!.id;
}
export async function changeScheme(trx: Db, id: number, changes: Partial<SchemeRow>): Promise<void> {
  await trx('assessment_schemes').where({ id }).update(changes);
}
