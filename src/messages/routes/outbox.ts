import type { Response } from 'express';
import type { World } from '../../core/world.ts';
import { actorOf, type Door, idOf } from '../../doors.ts';
import { mayEver } from '../../policy.ts';
import { flash } from '../../web/flash.ts';
import { blankForm, type FormState } from '../../web/form.ts';
import { sharedOf, show } from '../../web/render.ts';
import { submit } from '../../web/submit.ts';
import { resend, settleByHand } from '../actions/outbox.ts';
import { settleForm } from '../forms.ts';
import { countStuck, listFailed } from '../store/outbox.ts';

const most = 200;

/** What did not go out waits here for a person: sent once more, or settled because the appellant was told otherwise. */
export function outboxRoutes({ db, clock }: World, door: Door): void {
  const doing = (res: Response) => ({ author: actorOf(res), now: res.locals.now ?? clock() });

  door.get('/outbox', 'outbox.read', (_req, res) => showOutbox(res));

  door.post('/outbox/:id/resend', 'outbox.settle', async (req, res) => {
    await resend(db, doing(res), idOf(req.params['id']));
    flash(req, 'messages.resent');
    res.redirect(303, '/outbox');
  });
  door.post('/outbox/:id/settle', 'outbox.settle', async (req, res) => {
    const id = idOf(req.params['id']);
    const back = await submit(req, res, settleForm, ({ note }) => settleByHand(db, doing(res), id, note));
    if (back) return showOutbox(res, { id, form: back.form });
    flash(req, 'messages.settled');
    res.redirect(303, '/outbox');
  });

  async function showOutbox(res: Response, refused?: { id: number; form: FormState }): Promise<void> {
    const { t, fmt, now } = sharedOf(res);
    const w = t.messages;
    const actor = actorOf(res);
    const [found, { failed, late }] = await Promise.all([listFailed(db, most), countStuck(db, now)]);
    const reasons: Record<string, string> = w.outbox_errors;
    const reads = mayEver(actor, 'appeal.read');
    show(
      res,
      'messages/outbox',
      { title: w.outbox, nav: 'outbox' },
      {
        late,
        more: failed - found.length,
        rows: found.map((row) => ({
          id: row.id,
          event: w.sms_events[row.event],
          port: w.ports[row.port],
          number: row.number,
          href: reads && row.number ? `/appeals/${row.number}` : null,
          phone: row.phone_masked,
          error: reasons[row.error ?? ''] ?? row.error ?? '',
          tries: w.tries(row.attempts),
          since: w.waits_since(fmt.full(row.failed_at)),
          form: { ...(refused?.id === row.id ? refused.form : blankForm({ note: '' })), id: `m${row.id}` },
        })),
      },
    );
  }
}
