import type { Request, Response, Router } from 'express';
import { rulebook } from '../../catalog/actions.ts';
import { dayOf } from '../../core/clock.ts';
import { forbidden, notFound } from '../../core/errors.ts';
import type { World } from '../../core/world.ts';
import { actorOf, idOf, makeDoor } from '../../doors.ts';
import type { BuildingRow } from '../../people/store.ts';
import { may } from '../../policy.ts';
import { versionOf } from '../../trail/actions/change.ts';
import { tellChanges } from '../../trail/forms.ts';
import { listChanges } from '../../trail/store.ts';
import { isValidOn, unitName } from '../../units/rules.ts';
import { listAreaGroups, listGridGroups, pathName } from '../../units/store/places.ts';
import { findUnit, listPath, type UnitRow } from '../../units/store.ts';
import { flash } from '../../web/flash.ts';
import { blankForm, type FormState } from '../../web/form.ts';
import { sharedOf, show } from '../../web/render.ts';
import { hrefOf, readFilter, submit } from '../../web/submit.ts';
import { createBuilding, editBuilding } from '../actions.ts';
import { buildingFields, buildingFilter, buildingForm, formOfBuilding, newBuildingForm } from '../forms.ts';
import { countBuildings, findBuilding, listBuildings, listEstates } from '../store/buildings.ts';
import { listGridMembers } from '../store/grids.ts';

const page_size = 50;

export function buildings({ db, clock }: World): Router {
  const door = makeDoor('');
  const today = (res: Response) => dayOf(res.locals.now ?? clock());
  const doing = (res: Response) => ({ author: actorOf(res), now: res.locals.now ?? clock() });

  door.get('/buildings', 'unit.read', async (req, res) => {
    const { t, lang, fmt } = sharedOf(res);
    const { value: filter, form } = readFilter(req.query, buildingFilter);
    const area = filter.area_id === null ? undefined : await findUnit(db, filter.area_id);
    const under_path = area?.path ?? '/';
    const day = today(res);
    const [found, counts, areas, estates, book] = await Promise.all([
      listBuildings(db, { ...filter, grid_id: null }, under_path, day, filter, page_size),
      countBuildings(db, under_path, day),
      listAreaGroups(db, day, lang, area),
      area ? listEstates(db, under_path) : [],
      rulebook(db),
    ]);
    const { q, area_id, estate, stray, ended } = filter;
    const here = (to: object) => hrefOf('/buildings', { q, area_id, estate, stray, ended, ...to });
    show(
      res,
      'grids/buildings',
      { title: t.grids.buildings, nav: 'buildings' },
      {
        form,
        areas,
        estates,
        stray,
        demo: counts.demo,
        filtered: Boolean(q || area_id || estate || stray || ended),
        figures: [
          { label: t.units.buildings, value: fmt.number(counts.buildings) },
          { label: t.grids.estates, value: fmt.number(counts.estates) },
          { label: t.units.households, value: fmt.number(counts.households) },
        ],
        rows: found.rows.map((building) => ({
          building,
          grid: lang === 'zh' ? building.grid_zh : building.grid_en,
          path: pathName(building.grid_path, book.units, lang),
        })),
        may_add: may(actorOf(res), 'grid.edit', { unit_path: area?.path ?? actorOf(res).unit_path }),
        newer: found.newer ? here({ before: found.newer }) : undefined,
        older: found.older ? here({ after: found.older }) : undefined,
      },
    );
  });

  door.get('/buildings/new', 'grid.edit', async (req, res) => {
    const grid_id = typeof req.query['grid_id'] === 'string' ? req.query['grid_id'] : '';
    await showNew(res, blankForm({ grid_id, valid_from: today(res) }));
  });

  door.post('/buildings/new', 'grid.edit', async (req, res) => {
    let id = 0;
    const back = await submit(req, res, newBuildingForm, async ({ version: _, ...value }) => {
      id = await createBuilding(db, doing(res), value);
    });
    if (back) return showNew(res, back.form);
    flash(req, 'units.made', [`${req.body.estate}${req.body.name}`]);
    res.redirect(303, `/buildings/${id}`);
  });

  door.get('/buildings/:id', 'unit.read', async (req, res) => {
    const { t, lang } = sharedOf(res);
    const { building, grid } = await getBuilding(req);
    const [path, members, changes, book] = await Promise.all([
      listPath(db, grid.path),
      listGridMembers(db, grid.id, today(res)),
      listChanges(db, `building:${building.id}`),
      rulebook(db),
    ]);
    const name = building.estate + building.name;
    show(
      res,
      'grids/building',
      { title: name, nav: 'buildings', crumbs: [{ href: '/buildings', label: t.grids.buildings }] },
      {
        building,
        plate_href: may(actorOf(res), 'plate.read', { unit_path: grid.path }) ? `/plates/building/${building.id}` : null,
        name,
        path: path.map((one) => ({
          href: one.kind === 'grid' ? `/grids/${one.id}` : `/units/${one.id}`,
          label: unitName(one, lang),
        })),
        ended: !isValidOn(building, today(res)),
        members,
        changes: tellChanges(changes, t, lang, book.units),
        may_edit: may(actorOf(res), 'grid.edit', { unit_path: grid.path }),
      },
    );
  });

  door.get('/buildings/:id/edit', 'grid.edit', async (req, res) => {
    const { building } = await getOwnBuilding(req, res);
    await showEdit(res, building, formOfBuilding(building), false);
  });

  door.post('/buildings/:id/edit', 'grid.edit', async (req, res) => {
    const { building } = await getOwnBuilding(req, res);
    let changed = false;
    let grid_id = building.grid_id;
    const back = await submit(req, res, buildingForm, async ({ version, ...value }) => {
      changed = await editBuilding(db, doing(res), building.id, version ?? '', value);
      ({ grid_id } = value);
    });
    if (back) return showEdit(res, (await getBuilding(req)).building, back.form, back.stale);
    const moved = grid_id === building.grid_id ? undefined : await findUnit(db, grid_id);
    if (moved) flash(req, 'grids.moved', [unitName(moved, sharedOf(res).lang)]);
    else flash(req, changed ? 'units.saved' : 'units.nothing_changed');
    res.redirect(303, `/buildings/${building.id}`);
  });

  async function getBuilding(req: Request<Record<string, string>>): Promise<{ building: BuildingRow; grid: UnitRow }> {
    const building = await findBuilding(db, idOf(req.params['id']));
    const grid = building && (await findUnit(db, building.grid_id));
    if (!building || !grid) throw notFound();
    return { building, grid };
  }

  async function getOwnBuilding(req: Request<Record<string, string>>, res: Response) {
    const found = await getBuilding(req);
    if (!may(actorOf(res), 'grid.edit', { unit_path: found.grid.path })) throw forbidden();
    return found;
  }

  async function showNew(res: Response, form: FormState): Promise<void> {
    const { t, lang } = sharedOf(res);
    const grids = await listGridGroups(db, today(res), lang, actorOf(res).unit_path);
    const title = t.grids.new_building;
    show(
      res,
      'units/edit',
      { title, nav: 'buildings', crumbs: [{ label: t.grids.buildings, href: '/buildings' }] },
      { title, form, stale: false, action: '/buildings/new', back: '/buildings', rows: buildingFields(grids, true, t) },
    );
  }

  async function showEdit(res: Response, building: BuildingRow, form: FormState, stale: boolean): Promise<void> {
    const { t, lang } = sharedOf(res);
    const back = `/buildings/${building.id}`;
    const title = t.grids.edit_building;
    const grids = await listGridGroups(db, today(res), lang, actorOf(res).unit_path);
    show(
      res,
      'units/edit',
      { title, nav: 'buildings', crumbs: [{ label: building.estate + building.name, href: back }] },
      { title, form, stale, version: versionOf(building), action: `${back}/edit`, back, rows: buildingFields(grids, false, t) },
    );
  }

  return door.routes;
}
