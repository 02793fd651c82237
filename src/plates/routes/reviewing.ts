import type { Response, Router } from 'express';
import { Refusal } from '../../core/errors.ts';
import type { World } from '../../core/world.ts';
import { makeDoor } from '../../doors.ts';
import { networkOfRequest } from '../../people/routes/session.ts';
import { blankForm, type FormState } from '../../web/form.ts';
import { sharedOf, show } from '../../web/render.ts';
import { submit } from '../../web/submit.ts';
import { openReview, type Reviewing, reviewMember } from '../actions/reviews.ts';
import { reviewForm, reviewOpenForm } from '../forms.ts';

/** Where a household reviews its member, by its code and without a login. The code never stands in an address. */
export function reviewing(world: World): Router {
  const { clock } = world;
  const door = makeDoor('/review');
  const now = (res: Response) => res.locals.now ?? clock();

  door.get('/', 'public', (_req, res) => showPage(res, blankForm(), null));

  door.post('/open', 'public', async (req, res) => {
    let found: Reviewing | null = null;
    const back = await submit(req, res, reviewOpenForm, async ({ code }) => {
      found = await openReview(world, code, networkOfRequest(req), now(res));
    });
    showPage(res, back?.form ?? blankForm({ code: String(req.body?.code ?? '') }), found);
  });

  door.post('/', 'public', async (req, res) => {
    const network = networkOfRequest(req);
    const back = await submit(req, res, reviewForm, ({ code, person_id, stars, words }) =>
      reviewMember(world, { code, person_id, stars: Number(stars), words: words ?? '' }, network, now(res)),
    );
    if (!back) return res.redirect(303, '/review/done');
    // Whoever got a field wrong keeps the page he filled in, if his code is right.
    let found: Reviewing | null = null;
    if (!back.form.errors['code']) {
      found = await openReview(world, String(req.body?.code ?? ''), network, now(res)).catch((error: unknown) => {
        if (error instanceof Refusal && error.status === 422) return null;
        throw error;
      });
    }
    showPage(res, back.form, found);
  });

  door.get('/done', 'public', (_req, res) => {
    const { t } = sharedOf(res);
    show(res, 'plates/review_done', { title: t.plates.review_done, layout: 'public' }, {});
  });

  function showPage(res: Response, form: FormState, found: Reviewing | null): void {
    const { t } = sharedOf(res);
    res.set('x-robots-tag', 'noindex');
    // The page may hold a household's code.
    res.set('cache-control', 'no-store');
    show(
      res,
      'plates/review',
      { title: t.plates.review, layout: 'public' },
      { form, building: found?.household.building ?? null, members: found?.members ?? [] },
    );
  }

  return door.routes;
}
