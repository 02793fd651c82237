import type { Db } from '../../core/db.ts';
import type { Post } from '../../people/rules.ts';

/** One version of a parameter, from its proposal on. */
export interface ParameterChangeRow {
  readonly id: number;
  readonly key: string;
  readonly before: unknown;
  readonly value: unknown;
  readonly reason: string;
  readonly late_too: boolean;
  readonly valid_from: Date | null;
  readonly proposed_by: number;
  readonly proposed_post: Post;
  readonly proposed_at: Date;
  readonly decision: 'confirmed' | 'rejected' | 'withdrawn' | null;
  readonly decided_by: number | null;
  readonly decided_post: Post | null;
  readonly decided_at: Date | null;
  readonly applied_at: Date | null;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    parameter_changes: ParameterChangeRow;
  }
}

const json = (value: unknown) => (value === null ? null : JSON.stringify(value));
type Proposed = Omit<ParameterChangeRow, 'id' | 'decision' | 'decided_by' | 'decided_post' | 'decided_at' | 'applied_at'>;
export async function insertChange(trx: Db, { before, value, ...change }: Proposed): Promise<number> {
  const [row] = await trx('parameter_changes')
    .insert({ ...change, before: JSON.stringify(before), value: json(value) } as never)
    .returning('id');
  return row!.id;
}
export async function holdChange(trx: Db, id: number): Promise<ParameterChangeRow | undefined> {
  return trx('parameter_changes').where({ id }).forUpdate().first();
}
export async function changeParameterChange(
  trx: Db,
  id: number,
  changes: Partial<Pick<ParameterChangeRow, 'decision' | 'decided_by' | 'decided_post' | 'decided_at' | 'applied_at'>>,
): Promise<void> {
  await trx('parameter_changes').where({ id }).update(changes);
}
/** The one that waits to be confirmed or to take effect. */
export async function findOpenChange(db: Db, key: string): Promise<ParameterChangeRow | undefined> {
  return db('parameter_changes as c').where({ key }).whereRaw(isOpen).first();
}
const isOpen = `(c.decision is null or (c.decision = 'confirmed' and c.applied_at is null))`;
export async function listDueChanges(db: Db, now: Date): Promise<{ id: number }[]> {
  return db('parameter_changes')
    .where({ decision: 'confirmed' })
    .whereNull('applied_at')
    .where('valid_from', '<=', now)
    .orderBy('id')
    .select('id');
}

export interface ToldVersion extends ParameterChangeRow {
  readonly proposer: string;
  readonly decider: string | null;
}
const versions = (db: Db) =>
  db('parameter_changes as c')
    .join('people as p', 'p.id', 'c.proposed_by')
    .leftJoin('people as d', 'd.id', 'c.decided_by')
    .select('c.*', 'p.name as proposer', 'd.name as decider')
    .orderBy('c.id', 'desc');
export async function findVersion(db: Db, id: number): Promise<ToldVersion | undefined> {
  return versions(db).where('c.id', id).first();
}
/** All versions, the newest first; of one parameter where it is named. */
export async function listVersions(db: Db, key: string | null, before: number | null, size: number): Promise<ToldVersion[]> {
  const query = versions(db).limit(size);
  if (key !== null) query.where('c.key', key);
  if (before !== null) query.where('c.id', '<', before);
  return query;
}
export async function listOpenChanges(db: Db): Promise<ToldVersion[]> {
  return versions(db).whereRaw(isOpen);
}
