import type { Request, Response, Router } from 'express';
import { rulebook } from '../../catalog/actions.ts';
import { dayOf } from '../../core/clock.ts';
import { forbidden, notFound } from '../../core/errors.ts';
import type { World } from '../../core/world.ts';
import { actorOf, idOf, makeDoor } from '../../doors.ts';
import { may, readsAppeals } from '../../policy.ts';
import { versionOf } from '../../trail/actions/change.ts';
import { tellChanges } from '../../trail/forms.ts';
import { listChanges } from '../../trail/store.ts';
import { householdsUnusual, isValidOn, unitName, venueTypes } from '../../units/rules.ts';
import { listAreaGroups, pathName } from '../../units/store/places.ts';
import { countOpenOrders } from '../../units/store/tree.ts';
import { findUnit, listPath } from '../../units/store.ts';
import { listGridSubstitutes } from '../../visits/store/substitutes.ts';
import { flash } from '../../web/flash.ts';
import type { FormState } from '../../web/form.ts';
import { sharedOf, show } from '../../web/render.ts';
import { hrefOf, readFilter, submit } from '../../web/submit.ts';
import { editGrid } from '../actions.ts';
import { formOfGrid, gridFields, gridFilter, gridForm } from '../forms.ts';
import { gridChecks } from '../rules.ts';
import { listGridBuildings } from '../store/buildings.ts';
import { countCoverage, findGrid, listGridMembers, listGrids } from '../store/grids.ts';

const page_size = 50;

export function gridPages({ db, clock }: World): Router {
  const door = makeDoor('');
  const today = (res: Response) => dayOf(res.locals.now ?? clock());

  async function rangeOf() {
    const { parameters } = await rulebook(db);
    return { min: parameters['grid.households_min'], max: parameters['grid.households_max'] };
  }

  door.get('/grids', 'unit.read', async (req, res) => {
    const { t, lang, fmt } = sharedOf(res);
    const { value: filter, form } = readFilter(req.query, gridFilter);
    const area = filter.area_id === null ? undefined : await findUnit(db, filter.area_id);
    const [book, range] = await Promise.all([rulebook(db), rangeOf()]);
    const asked = { today: today(res), under_path: area?.path ?? '/', range };
    const [found, coverage, areas] = await Promise.all([
      listGrids(db, filter, asked, filter, page_size),
      countCoverage(db, asked),
      listAreaGroups(db, asked.today, lang, area),
    ]);
    const { q, kind, venue_type, check, area_id } = filter;
    const here = (to: object) => hrefOf('/grids', { q, kind, venue_type, area_id, check, ...to });
    show(
      res,
      'grids/grids',
      { title: t.grids.title, nav: 'grids' },
      {
        form,
        areas,
        demo: coverage.demo,
        filtered: Boolean(q || kind || venue_type || check || area_id),
        figures: [
          {
            label: t.units.grids,
            value: fmt.number(coverage.base + coverage.exclusive),
            note: t.grids.grids_note(fmt.number(coverage.base), fmt.number(coverage.exclusive)),
          },
          { label: t.units.households, value: fmt.number(coverage.households) },
          { label: t.units.buildings, value: fmt.number(coverage.buildings), href: hrefOf('/buildings', { area_id }) },
          {
            label: t.units.members,
            value: fmt.number(coverage.fulltime + coverage.assistants),
            href: hrefOf('/members', { area_id }),
            note: t.grids.members_note(fmt.number(coverage.fulltime), fmt.number(coverage.assistants)),
          },
        ],
        checks: [
          ...gridChecks.map((one) => ({
            href: here({ check: check === one ? null : one }),
            label: t.grids.checks[one],
            count: fmt.number(coverage.missing[one]),
            current: check === one,
          })),
          { href: hrefOf('/buildings', { stray: true, area_id }), label: t.grids.stray, count: fmt.number(coverage.stray) },
        ],
        venues: venueTypes.map((one) => ({
          href: here({ venue_type: venue_type === one ? null : one }),
          label: t.domain.venue_types[one],
          count: fmt.number(coverage.venues[one] ?? 0),
          current: venue_type === one,
        })),
        rows: found.rows.map((grid) => ({
          grid,
          name: unitName(grid, lang),
          path: pathName(grid.path, book.units, lang),
          unusual:
            grid.kind === 'base' && householdsUnusual(grid.households, range) ? t.grids.unusual(range.min, range.max) : null,
        })),
        newer: found.newer ? here({ before: found.newer }) : undefined,
        older: found.older ? here({ after: found.older }) : undefined,
      },
    );
  });

  door.get('/grids/:id', 'unit.read', async (req, res) => {
    const { t, lang, fmt } = sharedOf(res);
    const { unit, grid, branch } = await getGrid(req);
    const day = today(res);
    const [path, buildings, members, substitutes, open_orders, changes, book, range] = await Promise.all([
      listPath(db, unit.path),
      listGridBuildings(db, unit.id, day),
      listGridMembers(db, unit.id, day),
      listGridSubstitutes(db, unit.id, day),
      countOpenOrders(db, unit.id),
      listChanges(db, `unit:${unit.id}`),
      rulebook(db),
      rangeOf(),
    ]);
    const above = path.slice(0, -1).map((one) => ({ href: `/units/${one.id}`, label: unitName(one, lang) }));
    const actor = actorOf(res);
    show(
      res,
      'grids/grid',
      { title: unitName(unit, lang), nav: 'grids', crumbs: [{ href: '/grids', label: t.grids.title }, ...above.slice(1)] },
      {
        unit,
        grid,
        branch,
        name: unitName(unit, lang),
        path: above,
        ended: !isValidOn(unit, day),
        buildings,
        buildings_households: buildings.reduce((sum, one) => sum + one.households, 0),
        members,
        substitutes: substitutes.map((one) => t.visits.grid_substitute(one.substitute, one.absent, fmt.day(one.valid_to))),
        open_orders,
        plate_href:
          grid.kind === 'exclusive' && may(actor, 'plate.read', { unit_path: unit.path }) ? `/plates/grid/${unit.id}` : null,
        appeals_href: readsAppeals(actor) ? hrefOf('/appeals', { area: unit.id }) : null,
        changes: tellChanges(changes, t, lang, book.units),
        unusual: grid.kind === 'base' && householdsUnusual(grid.households, range) ? range : null,
        may_edit: may(actor, 'grid.edit', { unit_path: unit.path }),
      },
    );
  });

  door.get('/grids/:id/edit', 'grid.edit', async (req, res) => {
    const found = await getOwnGrid(req, res);
    showEdit(res, found, formOfGrid(found.grid), false);
  });

  door.post('/grids/:id/edit', 'grid.edit', async (req, res) => {
    const { unit } = await getOwnGrid(req, res);
    let changed = false;
    const back = await submit(req, res, gridForm, async ({ version, ...value }) => {
      changed = await editGrid(db, { author: actorOf(res), now: res.locals.now ?? clock() }, unit.id, version ?? '', value);
    });
    if (back) return showEdit(res, await getGrid(req), back.form, back.stale);
    flash(req, changed ? 'units.saved' : 'units.nothing_changed');
    res.redirect(303, `/grids/${unit.id}`);
  });

  async function getGrid(req: Request<Record<string, string>>) {
    const found = await findGrid(db, idOf(req.params['id']));
    if (!found) throw notFound();
    return found;
  }

  async function getOwnGrid(req: Request<Record<string, string>>, res: Response) {
    const found = await getGrid(req);
    if (!may(actorOf(res), 'grid.edit', { unit_path: found.unit.path })) throw forbidden();
    return found;
  }

  function showEdit(res: Response, { unit, grid }: Awaited<ReturnType<typeof getGrid>>, form: FormState, stale: boolean): void {
    const { t, lang } = sharedOf(res);
    const back = `/grids/${unit.id}`;
    const title = t.grids.edit;
    show(
      res,
      'units/edit',
      { title, nav: 'grids', crumbs: [{ label: unitName(unit, lang), href: back }] },
      { title, form, stale, version: versionOf(grid), action: `${back}/edit`, back, rows: gridFields(grid, t) },
    );
  }

  return door.routes;
}
