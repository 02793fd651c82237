import { listClosed } from '../../assessment/store/periods.ts';
import type { Db } from '../../core/db.ts';
import { conflict, forbidden, notFound } from '../../core/errors.ts';
import { may, type Permission } from '../../policy.ts';
import { type Changing, mustBe, recordChange } from '../../trail/actions/change.ts';
import { stateOf } from '../rules/bulletins.ts';
import { tell } from '../rules/telling.ts';
import { type BulletinRow, changeBulletin, holdBulletin, insertBulletin, listRevisions } from '../store/bulletins.ts';
import { readFigures } from './figures.ts';

/** What an editor sees his form was made from. */
export const editedPart = ({ text_zh, text_en, lists }: Pick<BulletinRow, 'text_zh' | 'text_en' | 'lists'>) => ({
  text_zh,
  text_en,
  lists,
});

/** Drafts the bulletin of the month that was closed last, once. Returns which. */
export async function draftLatest(db: Db, now: Date): Promise<{ period: string | null }> {
  const [last] = await listClosed(db);
  if (!last || (await listRevisions(db, last.period)).length > 0) return { period: null };
  await draftBulletin(db, last.period, now);
  return { period: last.period };
}

/** A bulletin of a closed month as the figures alone say it. */
export async function draftBulletin(
  db: Db,
  period: string,
  now: Date,
  revision = 1,
  reason = '',
  lists = false,
): Promise<number> {
  const figures = await readFigures(db, period);
  if (!figures) throw conflict('month_closed');
  return insertBulletin(db, {
    period,
    revision,
    reason,
    lists,
    figures,
    drafted_at: now,
    text_zh: tell(figures, 'zh'),
    text_en: tell(figures, 'en'),
  });
}

async function held(trx: Db, { author }: Changing, permission: Permission, id: number): Promise<BulletinRow> {
  if (!may(author, permission)) throw forbidden();
  const row = await holdBulletin(trx, id);
  if (!row) throw notFound();
  if (row.published_at) throw conflict('published_already');
  return row;
}

/** Changes the words of a draft. What had been approved has to be approved again. */
export async function editBulletin(
  db: Db,
  doing: Changing,
  id: number,
  version: string,
  input: Pick<BulletinRow, 'text_zh' | 'text_en' | 'lists'>,
): Promise<void> {
  await db.transaction(async (trx) => {
    const row = await held(trx, doing, 'bulletin.edit', id);
    mustBe(editedPart(row), version);
    await changeBulletin(trx, id, {
      ...input,
      edited_by: doing.author.person_id,
      edited_at: doing.now,
      approved_by: null,
      approved_at: null,
    });
    await recordChange(trx, doing, 'bulletin.edit', `bulletin:${id}`, editedPart(row), input);
  });
}

/** Somebody else than its editor approves it. */
export async function approveBulletin(db: Db, doing: Changing, id: number, version: string): Promise<void> {
  await db.transaction(async (trx) => {
    const row = await held(trx, doing, 'bulletin.approve', id);
    mustBe(editedPart(row), version);
    if (row.edited_by === doing.author.person_id) throw forbidden('another_person');
    if (row.approved_at) throw conflict('decided_already');
    await changeBulletin(trx, id, { approved_by: doing.author.person_id, approved_at: doing.now });
    await recordChange(trx, doing, 'bulletin.approve', `bulletin:${id}`, null, { period: row.period, revision: row.revision });
  });
}

/** Publishes it inside and outside; from then on it is revised, never edited. */
export async function publishBulletin(db: Db, doing: Changing, id: number): Promise<void> {
  await db.transaction(async (trx) => {
    const row = await held(trx, doing, 'bulletin.edit', id);
    if (stateOf(row) !== 'approved') throw conflict('not_approved');
    await changeBulletin(trx, id, { published_by: doing.author.person_id, published_at: doing.now });
    await recordChange(trx, doing, 'bulletin.publish', `bulletin:${id}`, null, { period: row.period, revision: row.revision });
  });
}

/** A further revision of a published one, from the figures as they stand now. Returns its id. */
export async function reviseBulletin(db: Db, doing: Changing, id: number, reason: string): Promise<number> {
  if (!may(doing.author, 'bulletin.edit')) throw forbidden();
  return db.transaction(async (trx) => {
    const row = await holdBulletin(trx, id);
    if (!row) throw notFound();
    const last = (await listRevisions(trx, row.period)).at(-1)!;
    if (last.id !== id || !row.published_at) throw conflict('published_already');
    const next = await draftBulletin(trx, row.period, doing.now, row.revision + 1, reason, row.lists);
    await recordChange(trx, doing, 'bulletin.revise', `bulletin:${next}`, null, {
      period: row.period,
      revision: row.revision + 1,
      reason,
    });
    return next;
  });
}
