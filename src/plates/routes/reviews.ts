import type { Response, Router } from 'express';
import { rulebook } from '../../catalog/actions.ts';
import { dayOf } from '../../core/clock.ts';
import { notFound } from '../../core/errors.ts';
import type { World } from '../../core/world.ts';
import { actorOf, idOf, makeDoor } from '../../doors.ts';
import { findMember } from '../../members/store.ts';
import { may } from '../../policy.ts';
import { pathName } from '../../units/store/places.ts';
import { flash } from '../../web/flash.ts';
import { blankForm, type FormState } from '../../web/form.ts';
import { sharedOf, show } from '../../web/render.ts';
import { hrefOf, readFilter, submit } from '../../web/submit.ts';
import { unpublishReview } from '../actions/reviews.ts';
import { reviewsFilter, unpublishForm } from '../forms.ts';
import { findReview, listOwnReviews, listReviewedMembers, listReviews } from '../store/reviews.ts';

const months_back = 12;

/** What residents think of their linked members: for the community and town above them, and, without who, for the member himself. */
export function reviews({ db, clock }: World): Router {
  const door = makeDoor('/reviews');
  const now = (res: Response) => res.locals.now ?? clock();

  /** This month and those before it, the newest first. */
  const monthsOf = (res: Response) => {
    const { fmt } = sharedOf(res);
    const [year, month] = dayOf(now(res)).split('-').map(Number) as [number, number];
    return Array.from({ length: months_back }, (_, i) => {
      const value = new Date(Date.UTC(year, month - 1 - i, 1)).toISOString().slice(0, 7);
      return { value, label: fmt.month(value) };
    });
  };

  door.get('/', 'review.read', async (req, res) => {
    const { t, lang, fmt } = sharedOf(res);
    const { value, form } = readFilter(req.query, reviewsFilter);
    const months = monthsOf(res);
    const month = value.month ?? months[0]!.value;
    const book = await rulebook(db);
    const members = await listReviewedMembers(db, actorOf(res).unit_path, month, dayOf(now(res)));
    const count = members.reduce((sum, one) => sum + one.count, 0);
    const stars = members.reduce((sum, one) => sum + one.count * (one.mean ?? 0), 0);
    show(
      res,
      'plates/reviews',
      { title: t.plates.reviews, nav: 'reviews' },
      {
        form: { ...form, typed: { month } },
        months,
        demo: members.some(({ demo }) => demo),
        figures: [
          { label: t.plates.count, value: fmt.number(count) },
          { label: t.plates.mean, value: count === 0 ? t.common.none : fmt.decimal(stars / count) },
          { label: t.plates.members_reviewed, value: `${members.filter((one) => one.count > 0).length} / ${members.length}` },
          { label: t.plates.low, value: fmt.number(members.reduce((sum, one) => sum + one.low, 0)) },
        ],
        rows: members.map((member) => ({
          member,
          href: hrefOf(`/reviews/members/${member.person_id}`, { month }),
          grid: lang === 'zh' ? member.grid_zh : member.grid_en,
          path: pathName(member.path, book.units, lang),
        })),
      },
    );
  });

  door.get('/mine', 'review.own', async (_req, res) => {
    const { t } = sharedOf(res);
    const months = await listOwnReviews(db, actorOf(res).person_id);
    show(res, 'plates/own_reviews', { title: t.plates.my_reviews, nav: 'my_reviews' }, { months });
  });

  door.get('/members/:id', 'review.read', async (req, res) => {
    const { value } = readFilter(req.query, reviewsFilter);
    await showMember(res, idOf(req.params['id']), value.month ?? monthsOf(res)[0]!.value);
  });

  door.post('/:id/unpublish', 'review.unpublish', async (req, res) => {
    const review = await findReview(db, idOf(req.params['id']));
    if (!review || !may(actorOf(res), 'review.read', { unit_path: review.path })) throw notFound();
    const back = await submit(req, res, unpublishForm, ({ why }) =>
      unpublishReview(db, { author: actorOf(res), now: now(res) }, review.id, why),
    );
    const { person_id, month } = review;
    if (back) return showMember(res, person_id, month, { review_id: review.id, form: back.form });
    flash(req, 'plates.unpublished');
    res.redirect(303, hrefOf(`/reviews/members/${person_id}`, { month }));
  });

  async function showMember(
    res: Response,
    person_id: number,
    month: string,
    refused?: { review_id: number; form: FormState },
  ): Promise<void> {
    const { t, lang } = sharedOf(res);
    const actor = actorOf(res);
    const member = await findMember(db, person_id);
    if (!member || !may(actor, 'review.read', { unit_path: member.grid_path })) throw notFound();
    const found = await listReviews(db, person_id, month, actor.unit_path);
    show(
      res,
      'plates/member_reviews',
      { title: member.name, nav: 'reviews', crumbs: [{ href: hrefOf('/reviews', { month }), label: t.plates.reviews }] },
      {
        member,
        grid: lang === 'zh' ? member.grid_zh : member.grid_en,
        month,
        months: monthsOf(res).map(({ value, label }) => ({
          href: hrefOf(`/reviews/members/${person_id}`, { month: value }),
          label,
          current: value === month,
        })),
        reviews: found.map((review) => ({
          ...review,
          unpublish:
            review.words !== '' && review.unpublished_at === null && may(actor, 'review.unpublish', { unit_path: review.path })
              ? refused?.review_id === review.id
                ? { ...refused.form, id: `r${review.id}` }
                : blankForm({}, `r${review.id}`)
              : null,
        })),
      },
    );
  }

  return door.routes;
}
