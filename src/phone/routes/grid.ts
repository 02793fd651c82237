import { dayOf, startOfDay } from '../../core/clock.ts';
import { notFound } from '../../core/errors.ts';
import type { World } from '../../core/world.ts';
import { actorOf, type Door } from '../../doors.ts';
import { listGridBuildings } from '../../grids/store/buildings.ts';
import { findGrid, listGridMembers } from '../../grids/store/grids.ts';
import { memberReviews } from '../../plates/store/reviews.ts';
import { unitName } from '../../units/rules.ts';
import { sharedOf, show } from '../../web/render.ts';
import { countGridMonth, listNeighbours } from '../store.ts';

/** "My plot": what the grid holds, who helps there, and how its month went. */
export function gridRoutes({ db }: World, door: Door): void {
  door.get('/phone/grid', 'phone.use', async (_req, res) => {
    const actor = actorOf(res);
    const { t, lang, fmt, now } = sharedOf(res);
    const today = dayOf(now);
    const first = `${today.slice(0, 7)}-01`;
    const found = await findGrid(db, actor.unit_id);
    if (!found) throw notFound();
    const { unit, grid, branch } = found;
    const [buildings, members, neighbours, month, reviews] = await Promise.all([
      listGridBuildings(db, unit.id, today),
      listGridMembers(db, unit.id, today),
      unit.parent_id === null ? [] : listNeighbours(db, unit.id, unit.parent_id, today),
      countGridMonth(db, unit.id, startOfDay(first)),
      memberReviews(db, actor.person_id, today.slice(0, 7)),
    ]);
    const done = month.solved + month.handed_up;
    const g = t.phone.grid;
    show(
      res,
      'phone/grid',
      { title: unitName(unit, lang), nav: 'phone_grid', layout: 'phone/layout' },
      {
        figures: [
          { label: g.households, value: fmt.number(grid.households ?? 0) },
          { label: g.buildings, value: fmt.number(buildings.length) },
          { label: g.found, value: fmt.number(month.found), href: `/appeals?from=${first}`, note: g.month },
          { label: g.open, value: fmt.number(month.open), href: '/phone' },
          {
            label: g.solved,
            value: fmt.number(month.solved),
            note: done > 0 ? `${g.share} ${fmt.percent(month.solved / done)}` : g.month,
          },
        ],
        buildings,
        branch,
        help_point: grid.help_point,
        members,
        neighbours: neighbours.map((one) => ({ ...one, grid: lang === 'zh' ? one.grid_zh : one.grid_en })),
        person_id: actor.person_id,
        grid_id: unit.id,
        reviews: reviews.mean === null ? g.reviews_none : g.reviews_mean(fmt.decimal(reviews.mean), reviews.count),
      },
    );
  });
}
