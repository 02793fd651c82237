import type { Db } from '../../core/db.ts';
import type { TrailRow } from '../../trail/rules.ts';

export type TrailLine = Pick<TrailRow, 'seq' | 'act' | 'from_status' | 'to_status' | 'work_order_id' | 'happened_at'> & {
  readonly subject_id: number;
  readonly input: Readonly<Record<string, unknown>>;
};

/** The trails of the next appeals after `after`, appeal by appeal, each in order. */
export async function listTrails(db: Db, after: number, appeals: number): Promise<TrailLine[]> {
  const { rows } = await db.raw<{ rows: TrailLine[] }>(
    `select t.subject_id, t.seq, t.act, t.from_status, t.to_status, t.work_order_id, t.happened_at, coalesce(i.input, '{}') - 'content' as input
     from trail t left join trail_inputs i using (subject_kind, subject_id, seq)
     where t.subject_kind = 'appeal' and t.subject_id in (select id from appeals where id > :after order by id limit :appeals)
     order by t.subject_id, t.seq`,
    { after, appeals },
  );
  return rows;
}

/** What the chains of the system and of the periods say about exclusions, objections and closings, in the order of time. */
export async function listRulings(db: Db): Promise<(TrailLine & { readonly subject_kind: string })[]> {
  const { rows } = await db.raw<{ rows: (TrailLine & { readonly subject_kind: string })[] }>(
    `select t.subject_kind, t.subject_id, t.seq, t.act, t.from_status, t.to_status, t.work_order_id, t.happened_at, i.input
     from trail t join trail_inputs i using (subject_kind, subject_id, seq)
     where t.subject_kind = 'period' or (t.subject_kind = 'system' and t.act in ('exclusion.confirm', 'objection.confirm'))
     order by t.happened_at, t.subject_kind desc, t.seq`,
  );
  return rows;
}

/** The numbers of appeals, by which a merge names its target. */
export async function listNumbers(db: Db): Promise<Map<string, number>> {
  return new Map((await db('appeals').select('number', 'id')).map(({ number, id }) => [number, id]));
}

export interface TreeUnit {
  readonly id: number;
  readonly kind: string;
  readonly path: string;
  readonly valid_to: string | null;
  readonly successor_id: number | null;
  readonly name_zh: string;
  readonly name_en: string;
}
export async function listTree(db: Db): Promise<TreeUnit[]> {
  return db('units').select('id', 'kind', 'path', 'valid_to', 'successor_id', 'name_zh', 'name_en') as never;
}
