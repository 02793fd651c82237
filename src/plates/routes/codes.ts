import type { Response, Router } from 'express';
import { dayOf } from '../../core/clock.ts';
import { notFound } from '../../core/errors.ts';
import type { World } from '../../core/world.ts';
import { actorOf, idOf, makeDoor } from '../../doors.ts';
import { findBuilding } from '../../grids/store/buildings.ts';
import { may } from '../../policy.ts';
import { findUnit } from '../../units/store.ts';
import { flash } from '../../web/flash.ts';
import { blankForm, type FormState } from '../../web/form.ts';
import { qrPath } from '../../web/qr.ts';
import { sharedOf, show } from '../../web/render.ts';
import { hrefOf, readFilter, submit } from '../../web/submit.ts';
import { giveHouseholdCodes, revokeHouseholdCode, type Slip } from '../actions/codes.ts';
import { codesFilter, codesForm } from '../forms.ts';
import { showHouseholdCode } from '../rules.ts';
import { listCodedBuildings, listHouseholds } from '../store/codes.ts';

/** Household codes: given by the member on a visit or printed by the community, shown once, revoked when lost. */
export function codes(world: World): Router {
  const { db, clock, config } = world;
  const door = makeDoor('');
  const now = (res: Response) => res.locals.now ?? clock();
  const doing = (res: Response) => ({ author: actorOf(res), now: now(res) });

  door.get('/plates/codes', 'household.code', async (req, res) => {
    const { t } = sharedOf(res);
    const { value, form } = readFilter(req.query, codesFilter);
    if (value.building_id !== null) return showBuilding(res, value.building_id, blankForm({}, 'codes'));
    show(
      res,
      'plates/codes',
      { title: t.plates.codes_title, nav: 'plates', crumbs: [{ href: '/plates', label: t.plates.title }] },
      { form, buildings: await listCodedBuildings(db, actorOf(res).unit_path, value.q, dayOf(now(res))) },
    );
  });

  door.post('/plates/codes', 'household.code', async (req, res) => {
    let slips: readonly Slip[] = [];
    let building_id = 0;
    const back = await submit(req, res, codesForm, async (value) => {
      ({ building_id } = value);
      slips = await giveHouseholdCodes(world, doing(res), building_id, value.households);
    });
    if (back) return showBuilding(res, idOf(String(req.body?.building_id ?? '')), { ...back.form, id: 'codes' });
    const { t } = sharedOf(res);
    const { name } = await getBuilding(res, building_id);
    const address = new URL('/review', config.public_url).href;
    res.set('cache-control', 'no-store');
    // Answered at once and not by a redirect: what is shown is kept nowhere.
    show(
      res,
      'plates/slips',
      { title: t.plates.slips, nav: 'plates', crumbs: crumbs(res) },
      {
        name,
        address,
        qr: qrPath(address),
        slips: slips.map(({ household, code }) => ({ household, code: showHouseholdCode(code) })),
        back: hrefOf('/plates/codes', { building_id }),
      },
    );
  });

  door.post('/plates/codes/:id/revoke', 'household.code', async (req, res) => {
    const building_id = await revokeHouseholdCode(db, doing(res), idOf(req.params['id']));
    flash(req, 'plates.code_revoked');
    res.redirect(303, hrefOf('/plates/codes', { building_id }));
  });

  const crumbs = (res: Response) => {
    const { t } = sharedOf(res);
    return [
      { href: '/plates', label: t.plates.title },
      { href: '/plates/codes', label: t.plates.codes_title },
    ];
  };

  async function getBuilding(res: Response, id: number): Promise<{ name: string }> {
    const building = await findBuilding(db, id);
    const grid = building && (await findUnit(db, building.grid_id));
    if (!building || !grid || !may(actorOf(res), 'household.code', { unit_path: grid.path })) throw notFound();
    return { name: building.estate + building.name };
  }

  async function showBuilding(res: Response, id: number, form: FormState): Promise<void> {
    const { name } = await getBuilding(res, id);
    const households = await listHouseholds(db, id);
    show(
      res,
      'plates/households',
      { title: name, nav: 'plates', crumbs: crumbs(res) },
      { building_id: id, name, form, households },
    );
  }

  return door.routes;
}
