import type { Db } from '../../core/db.ts';
import { conflict } from '../../core/errors.ts';
import { type Changing, recordChange } from '../../trail/actions/change.ts';
import { changeOutbox, holdFailed } from '../store/outbox.ts';
import type { OutboxRow } from '../store.ts';

/** One more try, at once, under the number of the first: whoever got it already does not get it twice. */
export async function resend(db: Db, doing: Changing, id: number): Promise<void> {
  await onFailed(db, id, async (trx, { event, attempts, error }) => {
    await changeOutbox(trx, id, { failed_at: null, sending_at: null, next_at: doing.now });
    await recordChange(trx, doing, 'outbox.resend', `outbox:${id}`, null, { event, attempts, error });
  });
}

/** It need not go out any more: the appellant was told otherwise, as the note says. */
export async function settleByHand(db: Db, doing: Changing, id: number, note: string): Promise<void> {
  await onFailed(db, id, async (trx, { event }) => {
    await changeOutbox(trx, id, { settled_at: doing.now, settled_by: doing.author.person_id, settled_note: note });
    await recordChange(trx, doing, 'outbox.settle', `outbox:${id}`, null, { event, note });
  });
}

async function onFailed(db: Db, id: number, work: (trx: Db, row: OutboxRow) => Promise<void>): Promise<void> {
  await db.transaction(async (trx) => {
    const row = await holdFailed(trx, id);
    if (!row) throw conflict();
    await work(trx, row);
  });
}
