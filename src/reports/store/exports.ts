import type { Db } from '../../core/db.ts';

export interface ExportRecord {
  readonly id: number;
  readonly person_id: number;
  readonly post: string;
  readonly unit_id: number;
  readonly format: 'csv' | 'xlsx';
  readonly purpose: string;
  readonly query: string;
  readonly rows: number;
  readonly sha256: string | null;
  readonly started_at: Date;
  readonly finished_at: Date | null;
}
/** An export above the limit of rows: asked for, granted by somebody else, taken once within a day. */
export interface ExportRequestRow {
  readonly id: number;
  readonly requested_by: number;
  readonly post: string;
  readonly unit_id: number;
  readonly format: 'csv' | 'xlsx';
  readonly purpose: string;
  readonly query: string;
  readonly rows: number;
  readonly requested_at: Date;
  readonly decision: 'granted' | 'denied' | null;
  readonly decided_by: number | null;
  readonly decided_at: Date | null;
  readonly used_at: Date | null;
}
declare module 'knex/types/tables.js' {
  interface Tables {
    exports: ExportRecord;
    export_requests: ExportRequestRow;
  }
}

export async function insertExport(db: Db, given: Omit<ExportRecord, 'id' | 'rows' | 'sha256' | 'finished_at'>): Promise<number> {
  const [row] = await db('exports')
    .insert(given as ExportRecord)
    .returning('id');
  return row!.id;
}
export async function changeExport(db: Db, id: number, changes: Partial<ExportRecord>): Promise<void> {
  await db('exports').where({ id }).update(changes);
}
export const listExports = async (db: Db, person_id: number): Promise<ExportRecord[]> =>
  db('exports').where({ person_id }).orderBy('id', 'desc').limit(30);

export async function insertExportRequest(
  trx: Db,
  given: Pick<ExportRequestRow, 'requested_by' | 'post' | 'unit_id' | 'format' | 'purpose' | 'query' | 'rows' | 'requested_at'>,
): Promise<number> {
  const [row] = await trx('export_requests')
    .insert(given as ExportRequestRow)
    .returning('id');
  return row!.id;
}
export const holdExportRequest = async (trx: Db, id: number): Promise<ExportRequestRow | undefined> =>
  trx('export_requests').where({ id }).forUpdate().first();
export async function changeExportRequest(trx: Db, id: number, changes: Partial<ExportRequestRow>): Promise<void> {
  await trx('export_requests').where({ id }).update(changes);
}
export interface ExportRequestLine extends ExportRequestRow {
  readonly person: string;
  readonly decider: string | null;
}
/** What waits for a decision, or the person's own last ones. */
export async function listExportRequests(db: Db, whose: number | 'open'): Promise<ExportRequestLine[]> {
  const query = db('export_requests as r')
    .join('people as n', 'n.id', 'r.requested_by')
    .leftJoin('people as d', 'd.id', 'r.decided_by')
    .select('r.*', 'n.name as person', 'd.name as decider')
    .orderBy('r.id', 'desc')
    .limit(30);
  return whose === 'open' ? query.whereNull('r.decision') : query.where('r.requested_by', whose);
}
