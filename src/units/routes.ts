import type { Request, Response, Router } from 'express';
import { dayOf } from '../core/clock.ts';
import { conflict, notFound, Refusal, wrongFields } from '../core/errors.ts';
import type { World } from '../core/world.ts';
import { actorOf, idOf, makeDoor } from '../doors.ts';
import { may, readsAppeals } from '../policy.ts';
import { versionOf } from '../trail/actions/change.ts';
import { tellChanges } from '../trail/forms.ts';
import { listChanges } from '../trail/store.ts';
import type { Option, UnitNode } from '../views.ts';
import { flash } from '../web/flash.ts';
import { blankForm, type FormState } from '../web/form.ts';
import { sharedOf, show } from '../web/render.ts';
import { hrefOf, readFilter, submit } from '../web/submit.ts';
import { createUnit, editUnit, endUnit, resumeUnit } from './actions.ts';
import { endForm, formOfUnit, unitFields, unitFilter, unitForm } from './forms.ts';
import { isValidOn, noCounts, parentKinds, rollUp, type UnitKind, unitGroups, unitKinds, unitName } from './rules.ts';
import { listPlaces, listUnitChoices, pathName, pickUnit } from './store/places.ts';
import {
  type AreaRow,
  countBelow,
  countDependents,
  countOpenOrders,
  listAreas,
  listChildren,
  listDepartments,
  listHolders,
  listLedCategories,
  searchUnits,
} from './store/tree.ts';
import { findUnit, listPath, listUnitNames, type UnitRow } from './store.ts';

const page_size = 50;
const most_holders = 60;

/** The unit tree: seen by everybody who works, kept by the system administrator; and the two search fields for places and units. */
export function units({ db, clock }: World): Router {
  const door = makeDoor('');
  const today = (res: Response) => dayOf(res.locals.now ?? clock());
  const doing = (res: Response) => ({ author: actorOf(res), now: res.locals.now ?? clock() });

  door.get('/places', 'signed_in', async (req, res) => {
    res.json(await listPlaces(db, textOf(req.query['q']), today(res), sharedOf(res).lang));
  });

  door.get('/units.json', 'signed_in', async (req, res) => {
    const asked = [req.query['kind']].flat().flatMap((kind) => (typeof kind === 'string' ? kind.split(',') : []));
    const under = typeof req.query['under'] === 'string' ? await findUnit(db, idOf(req.query['under'])) : undefined;
    const kinds = unitKinds.filter((kind) => asked.includes(kind));
    res.json(
      await listUnitChoices(db, { q: textOf(req.query['q']), kinds, under_path: under?.path }, today(res), sharedOf(res).lang),
    );
  });

  door.get('/units', 'unit.read', async (req, res) => {
    const { t, lang } = sharedOf(res);
    const { value: filter, form } = readFilter(req.query, unitFilter);
    const page = { title: t.units.title, nav: 'units' };
    const may_edit = may(actorOf(res), 'unit.edit');
    if (filter.q || filter.kind || filter.ended) {
      const [found, names] = await Promise.all([searchUnits(db, filter, today(res), filter, page_size), namesOf()]);
      const turn = (to: object) => hrefOf('/units', { q: filter.q, kind: filter.kind, ended: filter.ended, ...to });
      return show(res, 'units/search', page, {
        form,
        rows: found.rows.map((unit) => ({
          unit,
          name: unitName(unit, lang),
          path: pathName(unit.path, names, lang),
          state: stateOf(unit, res),
        })),
        newer: found.newer ? turn({ before: found.newer }) : undefined,
        older: found.older ? turn({ after: found.older }) : undefined,
      });
    }
    const view = filter.view ?? 'areas';
    const tabs = (['areas', 'departments'] as const).map((key) => ({
      href: hrefOf('/units', { view: key === 'areas' ? null : key }),
      label: t.units[key],
      current: key === view,
    }));
    if (view === 'areas') {
      const areas = await listAreas(db, today(res));
      return show(res, 'units/areas', page, {
        form,
        tabs,
        root: treeOf(areas, lang),
        demo: areas.some(({ demo }) => demo),
        may_edit,
      });
    }
    const departments = await listDepartments(db, today(res));
    const groups = unitGroups.department
      .map((group) => ({
        label: t.domain.unit_groups[group],
        rows: departments.filter(({ unit_group }) => unit_group === group).map((unit) => ({ unit, name: unitName(unit, lang) })),
      }))
      .filter(({ rows }) => rows.length > 0);
    const city_id = departments[0]?.parent_id ?? null;
    show(res, 'units/departments', page, { form, tabs, groups, total: departments.length, may_edit, city_id });
  });

  door.get('/units/new', 'unit.edit', async (req, res) => {
    const at = await placeOf(req, res);
    const form = blankForm({
      unit_group: at.kind === 'grid' ? 'base' : unitGroups[at.kind][0],
      sort: 100,
      valid_from: today(res),
    });
    showNew(res, at, form);
  });

  door.post('/units/new', 'unit.edit', async (req, res) => {
    const at = await placeOf(req, res);
    let id = 0;
    const back = await submit(req, res, unitForm, async (value) => {
      id = await createUnit(db, doing(res), { parent_id: at.parent.id, kind: at.kind }, value);
    });
    if (back) return showNew(res, at, back.form);
    flash(req, 'units.made', [String(req.body.name_zh)]);
    res.redirect(303, `/units/${id}`);
  });

  door.get('/units/:id', 'unit.read', async (req, res) => {
    const { t, lang } = sharedOf(res);
    const unit = await getUnit(req);
    const day = today(res);
    const [path, children, holders, categories, open_orders, counts, changes, names] = await Promise.all([
      listPath(db, unit.path),
      listChildren(db, unit.id, day),
      listHolders(db, unit.id, day, most_holders),
      listLedCategories(db, unit.id),
      countOpenOrders(db, unit.id),
      unit.kind === 'department' ? noCounts : countBelow(db, unit.path, day),
      listChanges(db, `unit:${unit.id}`),
      namesOf(),
    ]);
    const successor = unit.successor_id === null ? undefined : names.get(unit.successor_id);
    const may_edit = may(actorOf(res), 'unit.edit');
    show(
      res,
      'units/unit',
      { title: unitName(unit, lang), nav: 'units', crumbs: crumbsOf(path.slice(0, -1), res) },
      {
        unit,
        name: unitName(unit, lang),
        path: path.slice(0, -1).map((above) => ({ href: `/units/${above.id}`, name: unitName(above, lang) })),
        state: stateOf(unit, res),
        successor: successor ? { href: `/units/${successor.id}`, name: unitName(successor, lang) } : null,
        children: children.map((child) => ({ unit: child, name: unitName(child, lang) })),
        holders,
        more_holders: holders.length === most_holders,
        categories: categories.map(({ code, ...named }) => ({ code, name: unitName(named, lang) })),
        open_orders,
        orders_href: readsAppeals(actorOf(res)) ? hrefOf('/appeals', { unit: unit.id, status: 'in_handling' }) : null,
        counts,
        changes: tellChanges(changes, t, lang, names),
        may_edit,
        below:
          may_edit && isValidOn(unit, day)
            ? kindsBelow(unit.kind).map((kind) => ({
                href: newHref(unit.id, kind),
                label: t.units.new_below(t.domain.unit_kinds[kind]),
              }))
            : [],
        version: versionOf(unit),
      },
    );
  });

  door.get('/units/:id/edit', 'unit.edit', async (req, res) => {
    const unit = await getUnit(req);
    showEdit(res, unit, formOfUnit(unit), false);
  });

  door.post('/units/:id/edit', 'unit.edit', async (req, res) => {
    const unit = await getUnit(req);
    let changed = false;
    const back = await submit(req, res, unitForm, async ({ version, venue_type: _, ...value }) => {
      changed = await editUnit(db, doing(res), unit.id, version ?? '', value);
    });
    if (back) return showEdit(res, await getUnit(req), back.form, back.stale);
    flash(req, changed ? 'units.saved' : 'units.nothing_changed');
    res.redirect(303, `/units/${unit.id}`);
  });

  door.get('/units/:id/end', 'unit.edit', async (req, res) => {
    const unit = await getUnit(req);
    await showEnd(res, unit, blankForm({ valid_to: today(res) }), false);
  });

  door.post('/units/:id/end', 'unit.edit', async (req, res) => {
    const { lang } = sharedOf(res);
    const unit = await getUnit(req);
    let choices: readonly Option[] | undefined;
    const back = await submit(req, res, endForm, async ({ version, valid_to, successor_id, successor_id_text }) => {
      const picked = await pickUnit(db, { id: successor_id, text: successor_id_text }, { kinds: [unit.kind] }, today(res), lang);
      if ('choices' in picked) {
        choices = picked.choices;
        throw wrongFields({ successor_id: choices.length > 0 ? 'not_an_option' : 'not_found' });
      }
      await endUnit(db, doing(res), unit.id, version ?? '', { valid_to, successor_id: picked.unit?.id ?? null });
    });
    if (back) return showEnd(res, await getUnit(req), back.form, back.stale, choices);
    flash(req, 'units.ended_done', [unitName(unit, lang)]);
    res.redirect(303, `/units/${unit.id}`);
  });

  door.post('/units/:id/resume', 'unit.edit', async (req, res) => {
    const unit = await getUnit(req);
    try {
      await resumeUnit(db, doing(res), unit.id, textOf(req.body?.version));
    } catch (error) {
      throw error instanceof Refusal && error.code === 'wrong_fields' ? conflict() : error;
    }
    flash(req, 'units.resumed', [unitName(unit, sharedOf(res).lang)]);
    res.redirect(303, `/units/${unit.id}`);
  });

  const namesOf = async () => new Map((await listUnitNames(db)).map((unit) => [unit.id, unit]));

  async function getUnit(req: Request<Record<string, string>>): Promise<UnitRow> {
    const unit = await findUnit(db, idOf(req.params['id']));
    if (!unit) throw notFound();
    return unit;
  }

  async function placeOf(req: Request, res: Response): Promise<{ parent: UnitRow; kind: UnitKind }> {
    const parent = await findUnit(db, idOf(textOf(req.query['parent_id'])));
    const kind = unitKinds.find((one) => one === req.query['kind']);
    if (!parent || !kind || !kindsBelow(parent.kind).includes(kind) || !isValidOn(parent, today(res))) throw notFound();
    return { parent, kind };
  }

  function showNew(res: Response, { parent, kind }: { parent: UnitRow; kind: UnitKind }, form: FormState): void {
    const { t, lang } = sharedOf(res);
    const title = t.units.new_below(t.domain.unit_kinds[kind]);
    show(
      res,
      'units/edit',
      { title, nav: 'units', crumbs: [{ label: unitName(parent, lang), href: `/units/${parent.id}` }] },
      {
        title,
        form,
        stale: false,
        action: newHref(parent.id, kind),
        back: `/units/${parent.id}`,
        rows: unitFields(kind, true, t),
      },
    );
  }

  function showEdit(res: Response, unit: UnitRow, form: FormState, stale: boolean): void {
    const { t, lang } = sharedOf(res);
    const back = `/units/${unit.id}`;
    show(
      res,
      'units/edit',
      { title: t.units.edit_unit, nav: 'units', crumbs: [{ label: unitName(unit, lang), href: back }] },
      {
        title: t.units.edit_unit,
        form,
        stale,
        version: versionOf(unit),
        action: `${back}/edit`,
        back,
        rows: unitFields(unit.kind, false, t),
      },
    );
  }

  async function showEnd(
    res: Response,
    unit: UnitRow,
    form: FormState,
    stale: boolean,
    choices?: readonly Option[],
  ): Promise<void> {
    if (unit.kind === 'city') throw notFound();
    const { t, lang } = sharedOf(res);
    const { holders, categories, rules } = await countDependents(db, unit, today(res));
    const back = `/units/${unit.id}`;
    const title = `${t.units.end_unit} · ${unitName(unit, lang)}`;
    show(
      res,
      'units/edit',
      { title, nav: 'units', crumbs: [{ label: unitName(unit, lang), href: back }] },
      {
        title,
        form,
        stale,
        version: versionOf(unit),
        action: `${back}/end`,
        back,
        intro: t.units.end_intro,
        warning: holders + categories + rules > 0 ? t.units.end_warning(holders, categories, rules) : undefined,
        save_label: t.units.end_unit,
        rows: [
          [{ name: 'valid_to', label: t.units.valid_to, hint: t.units.valid_to_hint, kind: 'date', required: true }],
          [
            {
              kind: 'combobox',
              name: 'successor_id',
              label: t.units.successor,
              hint: t.units.successor_hint,
              url: `/units.json?kind=${unit.kind}`,
              chosen: chosenOf(form, 'successor_id'),
              choices,
            },
          ],
        ],
      },
    );
  }

  function stateOf(unit: Pick<UnitRow, 'valid_from' | 'valid_to'>, res: Response): 'valid' | 'ended' | 'coming' {
    const day = today(res);
    return isValidOn(unit, day) ? 'valid' : unit.valid_from > day ? 'coming' : 'ended';
  }

  return door.routes;
}

/** The one choice a search field holds, as it was sent. */
export function chosenOf(form: FormState, name: string): Option[] {
  const [value, label] = [form.typed[name], form.typed[`${name}_text`]];
  return typeof value === 'string' && value !== '' && typeof label === 'string' ? [{ value, label }] : [];
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 200) : '');
const newHref = (parent_id: number, kind: UnitKind) => `/units/new?parent_id=${parent_id}&kind=${kind}`;
const kindsBelow = (kind: UnitKind): UnitKind[] =>
  unitKinds.filter((below) => (parentKinds[below] as readonly UnitKind[]).includes(kind));

function crumbsOf(path: readonly UnitRow[], res: Response) {
  const { lang } = sharedOf(res);
  return path.map((unit) => ({ label: unitName(unit, lang), href: `/units/${unit.id}` }));
}

/** The areas as a tree with sums, from rows sorted from the city down. */
function treeOf(areas: readonly AreaRow[], lang: 'zh' | 'en'): UnitNode | null {
  const sums = rollUp(areas);
  const nodes = new Map<number, UnitNode & { children: UnitNode[] }>();
  let root: UnitNode | null = null;
  for (const unit of areas) {
    const node = {
      id: unit.id,
      name: unitName(unit, lang),
      kind: unit.kind,
      venue_type: unit.venue_type,
      href: unit.kind === 'grid' ? `/grids/${unit.id}` : `/units/${unit.id}`,
      demo: unit.demo,
      counts: sums.get(unit.id) ?? noCounts,
      children: [],
    };
    nodes.set(unit.id, node);
    if (unit.parent_id === null) root = node;
    else nodes.get(unit.parent_id)?.children.push(node);
  }
  return root;
}
