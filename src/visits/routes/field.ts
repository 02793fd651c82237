import type { Response } from 'express';
import { rulebook } from '../../catalog/actions.ts';
import { addMinutes, dayOf } from '../../core/clock.ts';
import type { World } from '../../core/world.ts';
import { actorOf, type Door } from '../../doors.ts';
import { listReviewedMembers } from '../../plates/store/reviews.ts';
import { unitName } from '../../units/rules.ts';
import { sharedOf, show } from '../../web/render.ts';
import { hrefOf, readFilter } from '../../web/submit.ts';
import { fieldFilter } from '../forms.ts';
import { periodStart, position_shown_hours, targetOf } from '../rules.ts';
import { countField, listField } from '../store/field.ts';

const page_size = 60;

/** The community's big screen: its members in duties. Where somebody is, is known of his last check-in alone, and shown for a day. */
export function fieldRoutes({ db, clock }: World, door: Door): void {
  door.get('/field', 'field.read', async (req, res: Response) => {
    const { t, lang, fmt } = sharedOf(res);
    const { unit_path: under_path } = actorOf(res);
    const now = res.locals.now ?? clock();
    const { value: filter, form } = readFilter(req.query, fieldFilter);
    const { q, off } = filter;
    const today = dayOf(now);
    const month_from = periodStart('month', today);
    const position_since = addMinutes(now, -position_shown_hours * 60);
    const [found, counts, reviewed, { parameters }] = await Promise.all([
      listField(db, { q, off, under_path, today, month_from, position_since }, filter, page_size),
      countField(db, { under_path, today, month_from }),
      listReviewedMembers(db, under_path, today.slice(0, 7), today),
      rulebook(db),
    ]);
    const reviews = new Map(reviewed.map((one) => [one.person_id, one]));
    const here = (to: object) => hrefOf('/field', { q, off, ...to });
    const tellReviews = (of: { count: number; mean: number | null } | undefined) =>
      of && of.mean !== null ? t.visits.stars(fmt.decimal(of.mean), of.count) : null;
    show(
      res,
      'visits/field',
      { title: t.visits.field, nav: 'field' },
      {
        form,
        filtered: Boolean(q || off),
        figures: [
          { label: t.units.members, value: fmt.number(counts.members), href: '/members' },
          { label: t.visits.on_duty, value: fmt.number(counts.on_duty), href: '/duty' },
          { label: t.visits.checked_in_today, value: fmt.number(counts.checked_in_today) },
          { label: t.visits.households_month, value: fmt.number(counts.households), href: '/visits/coverage' },
        ],
        rows: found.rows.map((row) => ({
          ...row,
          grid: unitName({ name_zh: row.grid_zh, name_en: row.grid_en }, lang),
          target: targetOf(row.kind, parameters),
          share: row.grid_households > 0 ? Math.min(1, row.grid_visited / row.grid_households) : null,
          position:
            row.latitude !== null && row.longitude !== null
              ? t.visits.at_position(row.latitude, row.longitude, row.accuracy_metres ?? 0)
              : null,
          reviews: tellReviews(reviews.get(row.person_id)),
          visits_href: hrefOf('/visits', { member_id: row.person_id, view: 'over' }),
        })),
        newer: found.newer ? here({ before: found.newer }) : undefined,
        older: found.older ? here({ after: found.older }) : undefined,
      },
    );
  });
}
