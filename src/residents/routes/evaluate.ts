import type { Response } from 'express';
import type { Input, Status } from '../../appeals/rules.ts';
import { canFollow } from '../../appeals/rules.ts';
import { rulebook } from '../../catalog/actions.ts';
import { Refusal } from '../../core/errors.ts';
import type { World } from '../../core/world.ts';
import type { Door } from '../../doors.ts';
import { flagEvaluation } from '../../integrity/actions.ts';
import { networkOfRequest } from '../../people/routes/session.ts';
import { blankForm, type FormState, readForm } from '../../web/form.ts';
import { sharedOf, show } from '../../web/render.ts';
import { type Led, rateByLink, readLink } from '../actions/links.ts';
import { ratingForm } from '../forms.ts';
import { findOwnAppeal, type OwnAppeal } from '../store.ts';
import { unkept } from './pages.ts';

/** What follows when a link can no longer be used. */
type Over = Extract<Led, { open: false }>['why'] | 'over';
const statusOf: Record<Over, number> = { unknown: 404, used: 410, expired: 410, over: 410 };

export function evaluateRoutes(world: World, door: Door): void {
  const { db } = world;

  door.get('/e/:token', 'public', unkept, async (req, res) => {
    const found = await find(String(req.params['token']), res.locals.now!);
    return typeof found === 'string' ? showOver(res, found) : showRating(res, found, blankForm({}, 'evaluate'));
  });

  door.post('/e/:token', 'public', unkept, async (req, res) => {
    const { t, now } = sharedOf(res);
    const token = String(req.params['token']);
    const found = await find(token, now);
    if (typeof found === 'string') return showOver(res, found);
    const read = readForm(req.body, ratingForm(req.body), 'evaluate');
    if (!read.ok) {
      res.status(422);
      return showRating(res, found, read);
    }
    try {
      await rateByLink(db, token, read.value as Input<'rate'>, now);
      await flagEvaluation(world, { appeal_id: found.id, round: found.round }, networkOfRequest(req), now);
    } catch (error) {
      // Somebody was faster, or the round ended meanwhile: said as if it had been so before.
      if (!(error instanceof Refusal) || error.status !== 409) throw error;
      const meanwhile = await find(token, now);
      return showOver(res, typeof meanwhile === 'string' ? meanwhile : 'over');
    }
    const bad = read.value.level === 'dissatisfied';
    show(
      res,
      'residents/rated',
      { title: t.residents.evaluate_title, layout: 'public' },
      { text: bad ? t.residents.rated_bad : t.residents.rated },
    );
  });

  async function find(token: string, now: Date): Promise<OwnAppeal | Over> {
    const led = await readLink(db, token, now);
    if (!led.open) return led.why;
    const appeal = await findOwnAppeal(db, { id: led.appeal_id });
    const open = appeal?.round === led.round && appeal.level === null && canFollow(appeal.status as Status, 'rate');
    return appeal && open ? appeal : 'over';
  }

  async function showOver(res: Response, why: Over): Promise<void> {
    const { t } = sharedOf(res);
    const book = await rulebook(db);
    res.status(statusOf[why]);
    show(
      res,
      'residents/link_over',
      { title: t.residents.link[why].title, layout: 'public' },
      { ...t.residents.link[why], hotline: book.parameters['city.hotline'] },
    );
  }

  function showRating(res: Response, appeal: OwnAppeal, form: FormState): void {
    const { t } = sharedOf(res);
    show(
      res,
      'residents/evaluate',
      { title: t.residents.evaluate_title, layout: 'public' },
      { form, number: appeal.number, title: appeal.title, answer: appeal.answer },
    );
  }
}
