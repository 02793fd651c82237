import type { Db } from '../core/db.ts';
import type { Reason } from './rules.ts';

export interface RefusedRow {
  readonly line: number;
  readonly reason: Reason;
}
export interface ImportRow {
  readonly id: number;
  readonly source: string;
  readonly started_at: Date;
  readonly finished_at: Date | null;
  readonly imported: number;
  readonly skipped: number;
  readonly refused: readonly RefusedRow[];
}

declare module 'knex/types/tables.js' {
  interface Tables {
    imports: ImportRow;
  }
}

export async function insertImport(db: Db, source: string, started_at: Date): Promise<number> {
  const [row] = await db('imports')
    .insert({ source, started_at } as ImportRow)
    .returning('id');
  return row!.id;
}

export async function changeImport(
  db: Db,
  id: number,
  changes: Partial<Omit<ImportRow, 'id' | 'refused'>> & { refused: readonly RefusedRow[] },
): Promise<void> {
  const { refused, ...rest } = changes;
  await db('imports')
    .where({ id })
    .update({ ...rest, refused: JSON.stringify(refused) as unknown as ImportRow['refused'] });
}

/** Which of these keys have come in before. */
export async function listImported(db: Db, keys: readonly string[]): Promise<Set<string>> {
  const rows = await db('appeals')
    .whereIn('import_key', [...keys])
    .select('import_key');
  return new Set(rows.map((row) => row.import_key!));
}
