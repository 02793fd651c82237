import { rulebook } from '../../catalog/actions.ts';
import type { Db } from '../../core/db.ts';
import { conflict, forbidden, notFound } from '../../core/errors.ts';
import { may, type Permission } from '../../policy.ts';
import { type Changing, recordChange } from '../../trail/actions/change.ts';
import { findUnit } from '../../units/store.ts';
import { objectableUntil } from '../rules/periods.ts';
import type { Claim, ExclusionReason } from '../rules/requests.ts';
import { listRevisions } from '../store/periods.ts';
import {
  changeExclusion,
  changeObjection,
  findFact,
  findStandingExclusion,
  findStandingObjection,
  holdExclusion,
  holdObjection,
  insertExclusion,
  insertObjection,
} from '../store/requests.ts';
import { assessAppeals } from './assess.ts';
import { reviseMonth } from './close.ts';

/** An order as its own unit may speak of it; to everybody else there is none. */
async function ownFact(trx: Db, { author }: Changing, permission: Permission, order_id: number) {
  const fact = await findFact(trx, order_id);
  const unit = fact && (await findUnit(trx, fact.unit_id));
  if (!fact || !unit || !may(author, permission, { unit_path: unit.path })) throw notFound();
  return fact;
}

function mustMay({ author }: Changing, permission: Permission): void {
  if (!may(author, permission)) throw forbidden();
}

/** The unit asks that an order be left out, while its month is open. Nothing changes until two others have agreed. */
export async function requestExclusion(
  db: Db,
  doing: Changing,
  order_id: number,
  input: { readonly reason: ExclusionReason; readonly request: string },
): Promise<number> {
  return db.transaction(async (trx) => {
    const fact = await ownFact(trx, doing, 'exclusion.request', order_id);
    if (fact.closed) throw conflict('month_closed');
    if (fact.why !== null || (await findStandingExclusion(trx, order_id))) throw conflict('excluded_already');
    const { appeal_id, unit_id, period } = fact;
    const row = { order_id, appeal_id, unit_id, period, ...input, requested_by: doing.author.person_id, requested_at: doing.now };
    const id = await insertExclusion(trx, row);
    await recordChange(trx, doing, 'exclusion.request', `exclusion:${id}`, null, { order_id, unit_id, period, ...input });
    return id;
  });
}

/** The assessor grants or denies it. */
export async function decideExclusion(
  db: Db,
  doing: Changing,
  id: number,
  input: { readonly decision: 'granted' | 'denied'; readonly ruling: string },
): Promise<void> {
  mustMay(doing, 'exclusion.decide');
  await db.transaction(async (trx) => {
    const asked = await openRequest(trx, id);
    if (asked.decision !== null) throw conflict('decided_already');
    if (asked.requested_by === doing.author.person_id) throw forbidden('another_person');
    await changeExclusion(trx, id, { ...input, decided_by: doing.author.person_id, decided_at: doing.now });
    await recordChange(trx, doing, 'exclusion.decide', `exclusion:${id}`, null, input);
  });
}

/** The supervision officer confirms it, and the order counts no more; or refuses, and all is as it was. */
export async function confirmExclusion(
  db: Db,
  doing: Changing,
  id: number,
  confirmation: 'confirmed' | 'refused',
): Promise<void> {
  mustMay(doing, 'exclusion.confirm');
  await db.transaction(async (trx) => {
    const asked = await openRequest(trx, id);
    if (asked.decision !== 'granted' || asked.confirmation !== null) throw conflict('decided_already');
    const { person_id } = doing.author;
    if (asked.requested_by === person_id || asked.decided_by === person_id) throw forbidden('another_person');
    await changeExclusion(trx, id, { confirmation, confirmed_by: person_id, confirmed_at: doing.now });
    await recordChange(trx, doing, 'exclusion.confirm', `exclusion:${id}`, null, { order_id: asked.order_id, confirmation });
    if (confirmation === 'confirmed') await assessAppeals(trx, [asked.appeal_id], doing.now);
  });
}

async function openRequest(trx: Db, id: number) {
  const asked = await holdExclusion(trx, id);
  if (!asked) throw notFound();
  if ((await findFact(trx, asked.order_id))?.closed) throw conflict('month_closed');
  return asked;
}

/** The unit objects to how an order was counted in a published score, within the days there are for it. */
export async function fileObjection(
  db: Db,
  doing: Changing,
  order_id: number,
  input: { readonly claim: Claim; readonly grounds: string },
): Promise<number> {
  const { calendar } = await rulebook(db);
  return db.transaction(async (trx) => {
    const fact = await ownFact(trx, doing, 'objection.file', order_id);
    const revisions = await listRevisions(trx, fact.period);
    const [first, last] = [revisions[0], revisions.at(-1)];
    if (!first || !last) throw conflict('month_open');
    if (doing.now > objectableUntil(calendar, first.closed_at)) throw conflict('objection_too_late');
    if (fact.why !== null || (await findStandingObjection(trx, order_id, input.claim))) throw conflict('objected_already');
    const { unit_id, period } = fact;
    const at = { period, revision: last.revision, unit_id, order_id };
    const id = await insertObjection(trx, { ...at, ...input, filed_by: doing.author.person_id, filed_at: doing.now });
    await recordChange(trx, doing, 'objection.file', `objection:${id}`, null, { ...at, ...input });
    return id;
  });
}

/** The assessor upholds or rejects it. */
export async function decideObjection(
  db: Db,
  doing: Changing,
  id: number,
  input: { readonly decision: 'upheld' | 'rejected'; readonly ruling: string },
): Promise<void> {
  mustMay(doing, 'objection.decide');
  await db.transaction(async (trx) => {
    const filed = await holdObjection(trx, id);
    if (!filed) throw notFound();
    if (filed.decision !== null) throw conflict('decided_already');
    if (filed.filed_by === doing.author.person_id) throw forbidden('another_person');
    await changeObjection(trx, id, { ...input, decided_by: doing.author.person_id, decided_at: doing.now });
    await recordChange(trx, doing, 'objection.decide', `objection:${id}`, null, input);
  });
}

/** The supervision officer confirms it: the month gets a further, visible revision. Or refuses, and it stands. */
export async function confirmObjection(
  db: Db,
  doing: Changing,
  id: number,
  confirmation: 'confirmed' | 'refused',
): Promise<void> {
  mustMay(doing, 'objection.confirm');
  await db.transaction(async (trx) => {
    const filed = await holdObjection(trx, id);
    if (!filed) throw notFound();
    if (filed.decision !== 'upheld' || filed.confirmation !== null) throw conflict('decided_already');
    const { person_id } = doing.author;
    if (filed.filed_by === person_id || filed.decided_by === person_id) throw forbidden('another_person');
    const { order_id, claim, period } = filed;
    const revised_to = confirmation === 'confirmed' ? (await listRevisions(trx, period)).at(-1)!.revision + 1 : null;
    await changeObjection(trx, id, { confirmation, confirmed_by: person_id, confirmed_at: doing.now, revised_to });
    await recordChange(trx, doing, 'objection.confirm', `objection:${id}`, null, { order_id, claim, period, confirmation });
    if (confirmation === 'confirmed') await reviseMonth(trx, period, doing.now, doing.author, filed.grounds);
  });
}
