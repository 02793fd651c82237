import type { Response, Router } from 'express';
import { rulebook } from '../../catalog/actions.ts';
import { dayOf } from '../../core/clock.ts';
import { notFound } from '../../core/errors.ts';
import type { World } from '../../core/world.ts';
import { actorOf, makeDoor } from '../../doors.ts';
import { may } from '../../policy.ts';
import { findUnit } from '../../units/store.ts';
import type { Sign } from '../../views.ts';
import { flash } from '../../web/flash.ts';
import { qrPath } from '../../web/qr.ts';
import { sharedOf, show } from '../../web/render.ts';
import { hrefOf, readFilter, submit } from '../../web/submit.ts';
import type { Lang } from '../../words/words.ts';
import { recordPrinted } from '../actions/keeping.ts';
import { plateAddress } from '../actions.ts';
import { printedForm, printFilter } from '../forms.ts';
import { batch_size, plateSizes } from '../rules.ts';
import { countPlates, listPlates, listPlatesById, type PlateFacts } from '../store/places.ts';
import { listOwnAreas } from './areas.ts';
import { nameOf } from './keeping.ts';

/** Sheets of plates for the printer, a batch at a time. Looking prints nothing: what was printed is said by a form. */
export function printing({ db, clock, config }: World): Router {
  const door = makeDoor('');
  const now = (res: Response) => res.locals.now ?? clock();

  door.get('/plates/print', 'plate.edit', async (req, res) => {
    const { t, lang, fmt } = sharedOf(res);
    const { value, form } = readFilter(req.query, printFilter);
    const { all, plate, area_id, after } = value;
    const actor = actorOf(res);
    const area = area_id === null ? undefined : await findUnit(db, area_id);
    if (area && !may(actor, 'plate.edit', { unit_path: area.path })) throw notFound();
    const book = await rulebook(db);
    const hotline = book.parameters['city.hotline'];
    const today = dayOf(now(res));
    const question = { under_path: area?.path ?? actor.unit_path, today, hotline };
    const size = value.size ?? 'a6';
    const matter = all ? 'made' : 'to_print';
    const [found, counts, areas] = await Promise.all([
      plate === null
        ? listPlates(db, question, { q: null, matter }, { after }, batch_size)
        : { rows: await listPlatesById(db, question, [plate]), older: null },
      countPlates(db, question),
      listOwnAreas(db, actor, book.units, today, lang, area),
    ]);
    if (plate !== null && found.rows.length === 0) throw notFound();
    const signs = found.rows.map((row) => signOf(row, lang, hotline));
    const { across, down } = plateSizes[size];
    const each = across * down;
    const here = (to: object) => hrefOf('/plates/print', { area_id, size, all, ...to });
    show(
      res,
      'plates/print',
      { title: t.plates.print, nav: 'plates', crumbs: [{ href: '/plates', label: t.plates.title }] },
      {
        form: { ...form, typed: { ...form.typed, size, all: all ? '1' : '' } },
        areas,
        size,
        single: plate,
        sheets: Array.from({ length: Math.ceil(signs.length / each) }, (_, i) => signs.slice(i * each, (i + 1) * each)),
        shown: found.rows.map((row) => `${row.plate_id}:${row.shows}`),
        told: t.plates.batch(signs.length, fmt.number(plate !== null ? 1 : all ? counts.plates : counts.to_print)),
        kept: { area_id: area_id ?? '', size, all: all ? '1' : '', after: found.older ?? '' },
        next_href: found.older ? here({ after: found.older }) : null,
      },
    );
  });

  door.post('/plates/printed', 'plate.edit', async (req, res) => {
    const hotline = (await rulebook(db)).parameters['city.hotline'];
    const back = await submit(req, res, printedForm, async ({ shown, area_id, size, all, after }) => {
      const doing = { author: actorOf(res), now: now(res) };
      const printed = await recordPrinted(db, doing, hotline, new Map(shown));
      flash(req, 'plates.printed_done', [printed]);
      const on = after !== null || !all;
      res.redirect(303, on ? hrefOf('/plates/print', { area_id, size, all, after }) : hrefOf('/plates', { area_id }));
    });
    if (back) throw notFound();
  });

  function signOf(plate: PlateFacts, lang: Lang, hotline: string): Sign {
    const zh = lang === 'zh';
    return {
      name: nameOf(plate, lang),
      grid: zh ? plate.grid_zh : plate.grid_en,
      in_building: plate.building_id !== null,
      above: zh ? plate.above_zh : plate.above_en,
      above_phone: plate.above_phone,
      member: plate.member,
      work_phone: plate.work_phone,
      services: plate.services ?? '',
      hotline,
      qr: qrPath(plateAddress({ config }, plate.code!)),
    };
  }

  return door.routes;
}
