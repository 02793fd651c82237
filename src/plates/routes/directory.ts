import type { Request, Response, Router } from 'express';
import { rulebook } from '../../catalog/actions.ts';
import { dayOf } from '../../core/clock.ts';
import { notFound } from '../../core/errors.ts';
import { countTry, tooMany } from '../../core/limits.ts';
import type { World } from '../../core/world.ts';
import { idOf, makeDoor } from '../../doors.ts';
import { findBuilding } from '../../grids/store/buildings.ts';
import { networkOfRequest } from '../../people/routes/session.ts';
import { isValidOn, unitName } from '../../units/rules.ts';
import { listPlaces } from '../../units/store/places.ts';
import { findUnit, getCity, listPath, type UnitRow } from '../../units/store.ts';
import { sharedOf, show } from '../../web/render.ts';
import { readFilter } from '../../web/submit.ts';
import { directoryFilter } from '../forms.ts';
import { publicLimits } from '../rules.ts';
import { findPublicGrid, listAreasBelow, listPublicMembers, type PublicArea } from '../store/directory.ts';

/** The public directory of linked members: from town to community to grid, a page at a time and never as a whole. */
export function directory({ db, clock }: World): Router {
  const door = makeDoor('/directory');
  const now = (res: Response) => res.locals.now ?? clock();

  /** No robot keeps names and numbers, and no address reads the city in one go. */
  async function guard(req: Request, res: Response): Promise<void> {
    res.set('x-robots-tag', 'noindex, nofollow');
    const { tries, minutes } = publicLimits.directory;
    if ((await countTry(db, `directory:${networkOfRequest(req)}`, minutes, now(res))) > tries) throw tooMany();
  }

  door.get('/', 'public', async (req, res) => {
    await guard(req, res);
    const { t, lang } = sharedOf(res);
    const { value, form } = readFilter(req.query, directoryFilter);
    const today = dayOf(now(res));
    const [towns, found, book] = await Promise.all([
      listAreasBelow(db, (await getCity(db)).id, today),
      value.q === null ? null : listPlaces(db, value.q, today, lang),
      rulebook(db),
    ]);
    show(
      res,
      'plates/directory',
      { title: t.plates.directory, layout: 'public' },
      {
        form,
        found:
          found?.flatMap(({ value: place, label, note }) => {
            const [what = '', id = ''] = place.split(':');
            if (what === 'building') return [{ href: `/directory/buildings/${id}`, label, note }];
            const city = book.units.get(Number(id))?.kind === 'city';
            return city ? [] : [{ href: `/directory/${id}`, label, note }];
          }) ?? null,
        towns: towns.map((town) => told(town, lang)),
        hotline: book.parameters['city.hotline'],
      },
    );
  });

  door.get('/buildings/:id', 'public', async (req, res) => {
    await guard(req, res);
    const building = await findBuilding(db, idOf(req.params['id']));
    if (!building || !isValidOn(building, dayOf(now(res)))) throw notFound();
    await showArea(res, building.grid_id, building.estate + building.name);
  });

  door.get('/:id', 'public', async (req, res) => {
    await guard(req, res);
    await showArea(res, idOf(req.params['id']), null);
  });

  async function showArea(res: Response, id: number, building: string | null): Promise<void> {
    const { t, lang } = sharedOf(res);
    const today = dayOf(now(res));
    const area = await findUnit(db, id);
    if (!area || !['town', 'community', 'grid'].includes(area.kind) || !isValidOn(area, today)) throw notFound();
    const [path, book] = await Promise.all([listPath(db, area.path), rulebook(db)]);
    const up = path.slice(1, -1);
    const phones = [...up, area].reverse().filter((one): one is UnitRow & { duty_phone: string } => one.duty_phone !== null);
    const around = {
      name: unitName(area, lang),
      crumbs: up.map((one) => ({ href: `/directory/${one.id}`, label: unitName(one, lang) })),
      phones: phones.map((one) => ({ name: unitName(one, lang), phone: one.duty_phone })),
      hotline: book.parameters['city.hotline'],
    };
    const page = { title: `${building ?? around.name} · ${t.plates.directory}`, layout: 'public' as const };
    if (area.kind !== 'grid') {
      const below = await listAreasBelow(db, area.id, today);
      return show(res, 'plates/directory_area', page, { ...around, below: below.map((one) => told(one, lang)) });
    }
    const [members, grid] = await Promise.all([listPublicMembers(db, area.id, today), findPublicGrid(db, area.id, today)]);
    show(res, 'plates/directory_grid', page, {
      ...around,
      building,
      members,
      help_point: grid?.help_point ?? null,
      buildings: grid?.buildings ?? [],
    });
  }

  return door.routes;
}

const told = (area: PublicArea, lang: 'zh' | 'en') => ({
  href: `/directory/${area.id}`,
  name: unitName(area, lang),
  phone: area.duty_phone,
  members: area.members,
});
