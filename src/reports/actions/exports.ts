import type { Db } from '../../core/db.ts';
import { conflict, forbidden, notFound } from '../../core/errors.ts';
import { may } from '../../policy.ts';
import { type Changing, recordChange } from '../../trail/actions/change.ts';
import { changeExportRequest, type ExportRequestRow, holdExportRequest, insertExportRequest } from '../store/exports.ts';

/** How long a granted export may be taken. */
export const taken_within_hours = 24;

export type ExportWish = Pick<ExportRequestRow, 'format' | 'purpose' | 'query' | 'rows'>;

/** Asks for an export above the limit of rows. */
export async function requestExport(db: Db, doing: Changing, wish: ExportWish): Promise<number> {
  const { author, now } = doing;
  if (!may(author, 'appeal.export')) throw forbidden();
  return db.transaction(async (trx) => {
    const id = await insertExportRequest(trx, {
      ...wish,
      requested_by: author.person_id,
      post: author.post,
      unit_id: author.unit_id,
      requested_at: now,
    });
    await recordChange(trx, doing, 'export.request', `export_request:${id}`, null, wish);
    return id;
  });
}

/** Grants or denies it; nobody his own. */
export async function decideExport(db: Db, doing: Changing, id: number, decision: 'granted' | 'denied'): Promise<void> {
  const { author, now } = doing;
  if (!may(author, 'export.approve')) throw forbidden();
  await db.transaction(async (trx) => {
    const asked = await holdExportRequest(trx, id);
    if (!asked) throw notFound();
    if (asked.requested_by === author.person_id) throw forbidden('another_person');
    if (asked.decision !== null) throw conflict('decided_already');
    await changeExportRequest(trx, id, { decision, decided_by: author.person_id, decided_at: now });
    await recordChange(trx, doing, 'export.decide', `export_request:${id}`, null, { decision });
  });
}

export const mayBeTaken = (row: Pick<ExportRequestRow, 'decision' | 'decided_at' | 'used_at'>, now: Date): boolean =>
  row.decision === 'granted' &&
  row.used_at === null &&
  now.getTime() - row.decided_at!.getTime() < taken_within_hours * 3_600_000;

/** Uses up a granted request: by whoever asked, in the same post, once. Returns what may be sent. */
export async function takeExport(db: Db, doing: Changing, id: number): Promise<ExportRequestRow> {
  const { author, now } = doing;
  return db.transaction(async (trx) => {
    const asked = await holdExportRequest(trx, id);
    if (!asked || asked.requested_by !== author.person_id || asked.post !== author.post || asked.unit_id !== author.unit_id)
      throw notFound();
    if (!mayBeTaken(asked, now)) throw conflict('decided_already');
    await changeExportRequest(trx, id, { used_at: now });
    await recordChange(trx, doing, 'export.take', `export_request:${id}`, null, { used_at: now.toISOString() });
    return asked;
  });
}
