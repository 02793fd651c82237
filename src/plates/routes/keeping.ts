import type { Request, Response, Router } from 'express';
import { rulebook } from '../../catalog/actions.ts';
import { dayOf } from '../../core/clock.ts';
import { notFound } from '../../core/errors.ts';
import type { World } from '../../core/world.ts';
import { actorOf, idOf, makeDoor } from '../../doors.ts';
import { may } from '../../policy.ts';
import { tellChanges } from '../../trail/forms.ts';
import { listChanges } from '../../trail/store.ts';
import { unitName } from '../../units/rules.ts';
import { pathName } from '../../units/store/places.ts';
import { findUnit, listPath } from '../../units/store.ts';
import { flash } from '../../web/flash.ts';
import { blankForm, type FormState } from '../../web/form.ts';
import { sharedOf, show } from '../../web/render.ts';
import { hrefOf, readFilter, submit } from '../../web/submit.ts';
import { checkPlate, makeMissing, makePlate, revokePlate } from '../actions/keeping.ts';
import { plateAddress } from '../actions.ts';
import { checkForm, makeForm, missingForm, plateFilter, revokeForm } from '../forms.ts';
import { batch_size, type PlateOf, placeKey, plateMatters, scan_days } from '../rules.ts';
import { findPlate, listChecks, listScans, listVersions } from '../store/keeping.ts';
import { countPlates, findPlateFacts, listPlates, type PlateFacts } from '../store/places.ts';
import { listOwnAreas } from './areas.ts';

const page_size = 50;

/** The list of plates with its coverage, and the page of each: made, looked at, checked, revoked. */
export function keeping({ db, clock, config }: World): Router {
  const door = makeDoor('');
  const now = (res: Response) => res.locals.now ?? clock();
  const doing = (res: Response) => ({ author: actorOf(res), now: now(res) });

  door.get('/plates', 'plate.read', async (req, res) => {
    const { t, lang, fmt } = sharedOf(res);
    const { value: filter, form } = readFilter(req.query, plateFilter);
    const actor = actorOf(res);
    const area = filter.area_id === null ? undefined : await findUnit(db, filter.area_id);
    if (area && !may(actor, 'plate.read', { unit_path: area.path })) throw notFound();
    const book = await rulebook(db);
    const today = dayOf(now(res));
    const question = { under_path: area?.path ?? actor.unit_path, today, hotline: book.parameters['city.hotline'] };
    const [found, counts, areas] = await Promise.all([
      listPlates(db, question, filter, filter, page_size),
      countPlates(db, question),
      listOwnAreas(db, actor, book.units, today, lang, area),
    ]);
    const { q, area_id, matter } = filter;
    const here = (to: object) => hrefOf('/plates', { q, area_id, matter, ...to });
    const w = t.plates;
    const covered = counts.places === 0 ? 1 : counts.plates / counts.places;
    show(
      res,
      'plates/plates',
      { title: w.title, nav: 'plates' },
      {
        form,
        areas,
        demo: counts.demo,
        filtered: Boolean(q || area_id || matter),
        figures: [
          {
            label: w.live,
            value: fmt.number(counts.plates),
            href: hrefOf('/plates', { area_id }),
            note: w.covered(fmt.percent(covered)),
          },
          ...plateMatters.map((one) => ({
            label: w.matters[one],
            value: fmt.number(counts[one]),
            href: hrefOf('/plates', { area_id, matter: one }),
            ...(one === 'damaged' && counts[one] > 0 && { tone: 'warn' as const }),
          })),
          { label: w.scans(scan_days), value: fmt.number(counts.scans) },
        ],
        rows: found.rows.map((plate) => ({
          plate,
          href: `/plates/${placeKey(plate)}`,
          name: nameOf(plate, lang),
          grid: plate.building_id === null ? '' : lang === 'zh' ? plate.grid_zh : plate.grid_en,
          path: pathName(plate.path, book.units, lang),
        })),
        missing:
          counts.no_plate > 0 && matter === 'no_plate' && !q && may(actor, 'plate.edit', { unit_path: question.under_path })
            ? { area_id, label: w.make_many(Math.min(counts.no_plate, batch_size)) }
            : null,
        print_href: may(actor, 'plate.edit', { unit_path: question.under_path }) ? hrefOf('/plates/print', { area_id }) : null,
        codes_href: may(actor, 'household.code', { unit_path: question.under_path }) ? '/plates/codes' : null,
        newer: found.newer ? here({ before: found.newer }) : undefined,
        older: found.older ? here({ after: found.older }) : undefined,
      },
    );
  });

  door.get('/plates/building/:id', 'plate.read', (req, res) =>
    showPlace(res, { building_id: idOf(req.params['id']), grid_id: null }),
  );
  door.get('/plates/grid/:id', 'plate.read', (req, res) =>
    showPlace(res, { building_id: null, grid_id: idOf(req.params['id']) }),
  );

  door.post('/plates', 'plate.edit', async (req, res) => {
    const back = await submit(req, res, makeForm, async ({ building_id, grid_id }) => {
      if ((building_id === null) === (grid_id === null)) throw notFound();
      await makePlate(db, doing(res), { building_id, grid_id });
      flash(req, 'plates.made');
      res.redirect(303, `/plates/${placeKey({ building_id, grid_id })}`);
    });
    if (back) throw notFound();
  });

  door.post('/plates/missing', 'plate.edit', async (req, res) => {
    const { value } = readFilter(req.body, missingForm);
    const actor = actorOf(res);
    const area = value.area_id === null ? undefined : await findUnit(db, value.area_id);
    const under_path = area?.path ?? actor.unit_path;
    const hotline = (await rulebook(db)).parameters['city.hotline'];
    const made = await makeMissing(db, doing(res), { under_path, today: dayOf(now(res)), hotline });
    flash(req, 'plates.made_many', [made]);
    res.redirect(303, hrefOf('/plates', { area_id: value.area_id, matter: 'to_print' }));
  });

  door.post('/plates/:id/revoke', 'plate.edit', async (req, res) => {
    const plate = await getPlate(req);
    const back = await submit(req, res, revokeForm, async ({ why, remake }) => {
      await revokePlate(db, doing(res), plate.id, why, remake);
      flash(req, remake ? 'plates.remade' : 'plates.revoked');
    });
    if (back) return showPlace(res, plate, { revoke: back.form });
    res.redirect(303, `/plates/${placeKey(plate)}`);
  });

  door.post('/plates/:id/check', 'plate.check', async (req, res) => {
    const plate = await getPlate(req);
    const back = await submit(req, res, checkForm, async ({ state, note }) => {
      await checkPlate(db, doing(res), plate.id, state, note ?? '');
      flash(req, 'plates.checked');
    });
    if (back) return showPlace(res, plate, { check: back.form });
    res.redirect(303, `/plates/${placeKey(plate)}`);
  });

  async function getPlate(req: Request<Record<string, string>>) {
    const plate = await findPlate(db, idOf(req.params['id']));
    if (!plate) throw notFound();
    return plate;
  }

  async function showPlace(res: Response, place: PlateOf, forms: { revoke?: FormState; check?: FormState } = {}): Promise<void> {
    const { t, lang } = sharedOf(res);
    const actor = actorOf(res);
    const book = await rulebook(db);
    const hotline = book.parameters['city.hotline'];
    const today = dayOf(now(res));
    const plate = await findPlateFacts(db, { today, hotline }, place);
    if (!plate || !may(actor, 'plate.read', { unit_path: plate.path })) throw notFound();
    const [path, versions, checks, scans, changes] = await Promise.all([
      listPath(db, plate.path),
      listVersions(db, place),
      plate.plate_id === null ? [] : listChecks(db, plate.plate_id),
      plate.plate_id === null ? [] : listScans(db, plate.plate_id, today, scan_days),
      listChanges(db, `plate:${placeKey(place)}`),
    ]);
    const name = nameOf(plate, lang);
    const to = { unit_path: plate.path };
    const edits = may(actor, 'plate.edit', to);
    show(
      res,
      'plates/plate',
      { title: name, nav: 'plates', crumbs: [{ href: '/plates', label: t.plates.title }] },
      {
        plate,
        name,
        place_href: place.building_id === null ? `/grids/${place.grid_id}` : `/buildings/${place.building_id}`,
        path: path.map((one) => ({
          href: one.kind === 'grid' ? `/grids/${one.id}` : `/units/${one.id}`,
          label: unitName(one, lang),
        })),
        hotline,
        address: plate.code === null ? null : plateAddress({ config }, plate.code),
        versions,
        checks,
        scans,
        bars: drawBars(scans.map((one) => one.scans)),
        make: edits && plate.plate_id === null,
        revoke: edits && plate.plate_id !== null ? (forms.revoke ?? blankForm({ remake: '1' }, 'revoke')) : null,
        check: plate.plate_id !== null && may(actor, 'plate.check', to) ? (forms.check ?? blankForm({}, 'check')) : null,
        print_href: edits && plate.plate_id !== null ? hrefOf('/plates/print', { plate: plate.plate_id, all: true }) : null,
        codes_href:
          place.building_id !== null && may(actor, 'household.code', to)
            ? hrefOf('/plates/codes', { building_id: place.building_id })
            : null,
        changes: tellChanges(changes, t, lang, book.units),
      },
    );
  }

  return door.routes;
}

/** What a place is called: the building, or the exclusive grid itself. */
export const nameOf = (plate: PlateFacts, lang: 'zh' | 'en'): string =>
  plate.building_id === null ? (lang === 'zh' ? plate.grid_zh : plate.grid_en) : plate.building;

/** Bars of a small chart, in a box one unit a bar wide and 40 high; the highest fills it. */
function drawBars(values: readonly number[]): readonly { x: number; y: number; height: number }[] {
  const most = Math.max(1, ...values);
  return values.flatMap((value, x) => {
    const height = Math.round((value / most) * 400) / 10;
    return value === 0 ? [] : [{ x, y: Math.round((40 - height) * 10) / 10, height }];
  });
}
