import type { Response } from 'express';
import { dayOf } from '../../core/clock.ts';
import { notFound } from '../../core/errors.ts';
import type { World } from '../../core/world.ts';
import { actorOf, type Door, idOf } from '../../doors.ts';
import { unitName } from '../../units/rules.ts';
import { flash } from '../../web/flash.ts';
import { readForm } from '../../web/form.ts';
import { sharedOf, show } from '../../web/render.ts';
import { hrefOf, readFilter } from '../../web/submit.ts';
import { setDuty } from '../actions.ts';
import { dutyFilter, dutyForm } from '../forms.ts';
import { listRoster } from '../store.ts';

const page_size = 50;

/** Who is on duty in the own unit and below. */
export function dutyRoutes({ db, clock }: Pick<World, 'db' | 'clock'>, door: Door): void {
  const now = (res: Response) => res.locals.now ?? clock();

  door.get('/duty', 'duty.read', async (req, res) => {
    const { t, lang } = sharedOf(res);
    const actor = actorOf(res);
    const { value: filter, form } = readFilter(req.query, dutyFilter);
    const found = await listRoster(db, actor.unit_path, filter, dayOf(now(res)), filter, page_size);
    const turn = (to: object) => hrefOf('/duty', { q: filter.q, off: filter.off, ...to });
    show(
      res,
      'accounts/duty',
      { title: t.accounts.duty, nav: 'duty' },
      {
        form,
        here: req.originalUrl,
        rows: found.rows.map((row, i) => ({
          ...row,
          unit: unitName(row, lang),
          post: t.domain.posts[row.post],
          begins: found.rows[i - 1]?.unit_id !== row.unit_id,
        })),
        newer: found.newer ? turn({ before: found.newer }) : undefined,
        older: found.older ? turn({ after: found.older }) : undefined,
      },
    );
  });

  door.post('/duty/:post_id', 'duty.read', async (req, res) => {
    const read = readForm(req.body, dutyForm);
    if (!read.ok) throw notFound();
    const on_duty = read.value.on_duty === '1';
    const { person, left } = await setDuty(db, { author: actorOf(res), now: now(res) }, idOf(req.params['post_id']), on_duty);
    if (on_duty) flash(req, 'accounts.on_duty_now', [person]);
    else flash(req, left > 0 ? 'accounts.off_duty_now' : 'accounts.nobody_left', [person], left > 0 ? 'go' : 'warn');
    const back: unknown = req.body?.back;
    res.redirect(303, typeof back === 'string' && /^\/duty(\?[\x21-\x7e]*)?$/.test(back) ? back : '/duty');
  });
}
