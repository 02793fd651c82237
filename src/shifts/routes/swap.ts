import type { Response } from 'express';
import type { World } from '../../core/world.ts';
import { actorOf, type Door, idOf } from '../../doors.ts';
import { flash } from '../../web/flash.ts';
import { submit } from '../../web/submit.ts';
import { answer, askSwap } from '../actions/swap.ts';
import { swapForm } from '../forms.ts';

/** Shifts exchanged between two people who agree. */
export function swapRoutes({ db, clock }: World, door: Door): void {
  const doing = (res: Response) => ({ author: actorOf(res), now: res.locals.now ?? clock() });

  door.post('/swaps', 'shift.keep', async (req, res) => {
    const back = await submit(req, res, swapForm, ({ give_id, take_id }) => askSwap(db, doing(res), give_id, take_id));
    flash(req, back ? 'shifts.swap_wrong' : 'shifts.swap_asked', [], back ? 'warn' : 'go');
    res.redirect(303, '/shifts');
  });
  for (const [path, said] of [
    ['accept', 'accepted'],
    ['refuse', 'refused'],
    ['withdraw', 'withdrawn'],
  ] as const) {
    door.post(`/swaps/:id/${path}`, 'shift.keep', async (req, res) => {
      const done = await answer(db, doing(res), idOf(req.params['id']), said);
      flash(req, `shifts.swap_${done}`, [], done === 'void' ? 'warn' : 'go');
      res.redirect(303, '/shifts');
    });
  }
}
