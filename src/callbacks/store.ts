import type { CallbackOutcome, Level } from '../appeals/rules.ts';
import type { Db } from '../core/db.ts';

export interface RecallRow {
  readonly id: number;
  readonly appeal_id: number;
  readonly round: number;
  readonly day: string;
  readonly evaluation_id: number;
  readonly first_caller: number | null;
  readonly called_by: number | null;
  readonly called_at: Date | null;
  readonly outcome: CallbackOutcome | null;
  readonly contacted: boolean | null;
  readonly solved: boolean | null;
  readonly level: Level | null;
  readonly remark: string;
  readonly tries: number;
}
export interface RecallDrawRow {
  readonly day: string;
  readonly seed: string;
  readonly closed: number;
  readonly percent: number;
  readonly drawn: number;
  readonly drawn_at: Date;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    recalls: RecallRow;
    recall_draws: RecallDrawRow;
  }
}

/** Appeals closed in a span with an evaluation of their last round and a number to call. */
export interface Recallable {
  readonly appeal_id: number;
  readonly number: string;
  readonly round: number;
  readonly evaluation_id: number;
  readonly recorded_by: number | null;
}
export async function listRecallable(db: Db, from: Date, until: Date): Promise<Recallable[]> {
  const { rows } = await db.raw<{ rows: Recallable[] }>(
    `select a.id as appeal_id, a.number, a.round, e.id as evaluation_id, e.recorded_by from appeals a
     join evaluations e on e.appeal_id = a.id and e.round = a.round join appellants p on p.id = a.appellant_id and p.phone_hash is not null
     where a.status in ('closed', 'archived') and a.closed_at >= :from and a.closed_at < :until order by a.number`,
    { from, until },
  );
  return rows;
}

/** False where that day has been drawn already. */
export async function insertDraw(trx: Db, row: RecallDrawRow): Promise<boolean> {
  return (await trx('recall_draws').insert(row).onConflict('day').ignore().returning('day')).length > 0;
}
export async function insertRecalls(
  trx: Db,
  rows: readonly Pick<RecallRow, 'appeal_id' | 'round' | 'day' | 'evaluation_id' | 'first_caller'>[],
): Promise<void> {
  if (rows.length > 0)
    await trx('recalls')
      .insert([...rows])
      .onConflict(['appeal_id', 'round'])
      .ignore();
}
export async function listDraws(db: Db, most: number): Promise<RecallDrawRow[]> {
  return db('recall_draws').orderBy('day', 'desc').limit(most);
}

/** A recall beside the first evaluation, which it never changes. */
export interface RecallFacts extends RecallRow {
  readonly number: string;
  readonly title: string;
  readonly priority: string;
  readonly kind: string;
  readonly lead_unit_id: number | null;
  readonly first_level: Level;
  readonly first_contacted: boolean | null;
  readonly first_solved: boolean | null;
  readonly first_remark: string;
  readonly first_name: string | null;
  readonly second_name: string | null;
}
const facts = (db: Db) =>
  db('recalls as r')
    .join('appeals as a', 'a.id', 'r.appeal_id')
    .join('evaluations as e', 'e.id', 'r.evaluation_id')
    .leftJoin('people as p', 'p.id', 'r.first_caller')
    .leftJoin('people as q', 'q.id', 'r.called_by')
    .select(
      'r.*',
      'a.number',
      'a.title',
      'a.priority',
      'a.kind',
      'a.lead_unit_id',
      'e.level as first_level',
      'e.contacted as first_contacted',
    )
    .select('e.solved as first_solved', 'e.remark as first_remark', 'p.name as first_name', 'q.name as second_name');

export const recallTabs = ['open', 'different', 'done'] as const;
export type RecallTab = (typeof recallTabs)[number];
const wheres: Record<RecallTab, string> = {
  open: `(r.outcome is null or r.outcome in ('no_answer', 'later'))`,
  different: `r.outcome = 'reached' and (r.level <> e.level or r.contacted <> e.contacted or r.solved <> e.solved)`,
  done: `r.outcome in ('reached', 'refused')`,
};
/** The newest of a tab; `mine`: only what this person may call, neither first caller nor of a unit that handled it. */
export async function listRecalls(db: Db, tab: RecallTab, caller: number | null, most: number): Promise<RecallFacts[]> {
  const query = facts(db)
    .whereRaw(wheres[tab])
    .orderBy([{ column: 'r.day', order: 'desc' }, 'r.id'])
    .limit(most);
  if (tab === 'open' && caller !== null)
    query
      .whereRaw('r.first_caller is distinct from ?', [caller])
      .whereRaw(
        'not exists (select 1 from work_orders o join posts h on h.unit_id = o.unit_id where o.appeal_id = r.appeal_id and h.person_id = ?)',
        [caller],
      );
  return query;
}
export async function countDifferent(db: Db): Promise<{ reached: number; different: number }> {
  const { rows } = await db.raw(
    `select count(*)::int as reached, (count(*) filter (where ${wheres.different}))::int as different from recalls r
     join evaluations e on e.id = r.evaluation_id where r.outcome = 'reached'`,
  );
  return rows[0];
}
export async function findRecall(db: Db, id: number): Promise<RecallFacts | undefined> {
  return facts(db).where('r.id', id).first();
}
export async function holdRecall(trx: Db, id: number): Promise<RecallRow | undefined> {
  return trx('recalls').where({ id }).forUpdate().first();
}
export async function changeRecall(trx: Db, id: number, changes: Partial<RecallRow>): Promise<void> {
  await trx('recalls').where({ id }).update(changes);
}
