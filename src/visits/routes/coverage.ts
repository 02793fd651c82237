import type { Response } from 'express';
import { rulebook } from '../../catalog/actions.ts';
import { dayOf } from '../../core/clock.ts';
import { notFound } from '../../core/errors.ts';
import type { World } from '../../core/world.ts';
import { actorOf, type Door } from '../../doors.ts';
import { may, mayEver } from '../../policy.ts';
import { unitName } from '../../units/rules.ts';
import { findUnit } from '../../units/store.ts';
import { sharedOf, show } from '../../web/render.ts';
import { hrefOf, readFilter } from '../../web/submit.ts';
import { coverageFilter } from '../forms.ts';
import { type Period, periodStart, periods, targetOf } from '../rules.ts';
import { listGridCoverage, listLeftBuildings, listLeftHouseholds } from '../store/coverage.ts';

const most_left = 20;

/** Who has been visited, grid by grid, against what is expected, and who has waited longest. */
export function coverageRoutes({ db, clock }: World, door: Door): void {
  door.get('/visits/coverage', 'visit.read', async (req, res: Response) => {
    const { t, lang, fmt } = sharedOf(res);
    const actor = actorOf(res);
    const { value } = readFilter(req.query, coverageFilter);
    const area = value.area_id === null ? undefined : await findUnit(db, value.area_id);
    if (value.area_id !== null && (!area || !may(actor, 'visit.read', { unit_path: area.path }))) throw notFound();
    const period: Period = value.period ?? 'month';
    const today = dayOf(res.locals.now ?? clock());
    const asked = { under_path: area?.path ?? actor.unit_path, from: periodStart(period, today), today };
    const [grids, buildings, households, { parameters }] = await Promise.all([
      listGridCoverage(db, asked),
      listLeftBuildings(db, asked, most_left),
      listLeftHouseholds(db, asked.under_path, most_left),
      rulebook(db),
    ]);
    const own = mayEver(actor, 'visit.make');
    const names = new Map(grids.map((grid) => [grid.id, unitName(grid, lang)]));
    const rows = grids.map((grid) => ({
      id: grid.id,
      name: names.get(grid.id)!,
      visited: grid.visited,
      visits: grid.visits,
      households: grid.households,
      share: grid.households > 0 ? Math.min(1, grid.visited / grid.households) : null,
      target:
        (grid.fulltime * targetOf('fulltime', parameters) + grid.assistants * targetOf('assistant', parameters)) *
        periods[period],
    }));
    const sum = (of: (row: (typeof rows)[number]) => number) => rows.reduce((all, row) => all + of(row), 0);
    const [visited, all, target] = [sum((row) => row.visited), sum((row) => row.households), sum((row) => row.target)];
    show(
      res,
      'visits/coverage',
      { title: t.visits.coverage, nav: 'coverage' },
      {
        chips: (Object.keys(periods) as Period[]).map((one) => ({
          href: hrefOf('/visits/coverage', { period: one, area_id: value.area_id }),
          label: t.visits.periods[one],
          current: one === period,
        })),
        figures: [
          { label: t.visits.households_visited, value: fmt.number(visited), note: t.visits.of_target(fmt.number(target)) },
          { label: t.units.households, value: fmt.number(all) },
          { label: t.visits.covered, value: fmt.percent(all > 0 ? Math.min(1, visited / all) : 0) },
          { label: t.visits.visits_count, value: fmt.number(sum((row) => row.visits)) },
        ],
        rows,
        buildings: buildings.map((row) => ({ ...row, grid: unitName({ name_zh: row.grid_zh, name_en: row.grid_en }, lang) })),
        households: households.map((row) => ({
          place: [row.building, row.room].filter(Boolean).join(' '),
          grid: names.get(row.grid_id) ?? '',
          last_at: row.last_at,
          href: own ? hrefOf('/visits/new', { building_id: row.building_id, room: row.room }) : undefined,
        })),
        plans: own,
      },
    );
  });
}
