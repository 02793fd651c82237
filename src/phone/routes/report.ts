import type { Request, Response } from 'express';
import { z } from 'zod';
import { suggestCategory } from '../../analysis/actions.ts';
import { textLimits } from '../../appeals/rules.ts';
import { rulebook } from '../../catalog/actions.ts';
import { dayOf } from '../../core/clock.ts';
import { token } from '../../core/hash.ts';
import type { World } from '../../core/world.ts';
import { categoryPath } from '../../desks/routes/labels.ts';
import { actorOf, type Door } from '../../doors.ts';
import { readFormWithFiles, refusedStatus } from '../../files/forms.ts';
import { file_accept, max_files, max_mb } from '../../files/rules.ts';
import { listGridBuildings } from '../../grids/store/buildings.ts';
import { register } from '../../orders/actions/perform.ts';
import type { Views } from '../../views.ts';
import { flash } from '../../web/flash.ts';
import { blankForm, type FormState, optionalText, readForm } from '../../web/form.ts';
import { renderPart, sharedOf, show } from '../../web/render.ts';
import { uploads } from '../../web/uploads.ts';
import { reportForm } from '../forms.ts';
import { phoneChannels } from '../rules.ts';

/** Whether the phone's own script sends it: then the answer is for the script. */
const byScript = (req: Request): boolean => req.get('accept') === 'application/json';

export function reportRoutes(world: World, door: Door): void {
  const { db } = world;

  door.get('/phone/report', 'phone.use', async (req, res) => {
    const channel = phoneChannels.find((one) => one === req.query['channel']) ?? phoneChannels[0];
    await showReport(res, blankForm({ channel, building_id: buildingOf(req.query['place']) }));
  });

  /** Likely categories of what is being typed. */
  door.post('/phone/suggest', 'phone.use', async (req, res) => {
    const read = readForm(req.body, z.object({ content: optionalText(textLimits.content), category_code: optionalText(4) }));
    const content = read.ok ? (read.value.content ?? '') : '';
    const chosen = read.ok ? (read.value.category_code ?? '') : '';
    res.send(renderPart('phone/suggested', sharedOf(res), { categories: await suggested(res, content), chosen }));
  });

  door.post(
    '/phone/report',
    'phone.use',
    uploads(world, { max_files }) as never,
    async (req: Request<Record<string, string>>, res: Response) => {
      const actor = actorOf(res);
      const { t, now } = sharedOf(res);
      const read = await readFormWithFiles(world, res, reportForm);
      if (!read.ok) return refuse(res, read);
      const { files, content, building_id, person, ...given } = read.value;
      if (person !== null && person !== actor.person_id) return res.status(409).json({ said: t.phone.of_other });
      const book = await rulebook(db);
      const building = (await listGridBuildings(db, actor.unit_id, dayOf(now))).find((one) => one.id === building_id);
      const wrong: FormState['errors'] = {
        ...(content === null && files.length === 0 && { content: 'required' as const }),
        ...(building_id !== null && !building && { building_id: 'not_an_option' as const }),
        ...(given.category_code !== null &&
          !book.categories.has(given.category_code) && { category_code: 'not_an_option' as const }),
      };
      if (Object.keys(wrong).length > 0) return refuse(res, { errors: wrong, typed: typedOf(req.body) });
      const number = await register(
        world,
        { author: actor, now, once: given.once ?? undefined },
        {
          channel: given.channel,
          kind: 'help',
          priority: given.urgent ? 'urgent' : 'general',
          category_code: given.category_code ?? (content ? ((await suggestCategory(db, content, 1))[0]?.category ?? null) : null),
          content: content ?? t.phone.only_files[given.channel](files.length),
          place_unit_id: actor.unit_id,
          building_id: building?.id ?? null,
          address: given.address ?? '',
          files,
        },
      );
      if (byScript(req)) return res.json({ number, said: t.phone.sent(number) });
      flash(req, 'phone.sent', [number]);
      res.redirect(303, '/phone/report');
    },
  );

  function refuse(res: Response, form: FormState) {
    res.status(refusedStatus(form));
    if (!byScript(res.req)) return showReport(res, form);
    return res.json({
      said: Object.values(form.errors)
        .map((code) => sharedOf(res).explain(code))
        .join(' '),
    });
  }

  async function showReport(res: Response, form: FormState): Promise<void> {
    const { t } = sharedOf(res);
    show(
      res,
      'phone/report',
      { title: t.phone.report.title, nav: 'phone_report', layout: 'phone/layout' },
      { report: await reportView(world, res, form) },
    );
  }

  async function suggested(res: Response, content: string): Promise<{ value: string; label: string }[]> {
    const book = await rulebook(db);
    const { lang } = sharedOf(res);
    return (content === '' ? [] : await suggestCategory(db, content, 3)).map(({ category }) => ({
      value: category,
      label: categoryPath(book, category, lang),
    }));
  }
}

/** `?place=building:7`, as places are named everywhere; one that is not of this grid is none of the form's choices. */
const buildingOf = (place: unknown): string => (typeof place === 'string' && /^building:(\d{1,15})$/.exec(place)?.[1]) || '';

/** The form of a report, on its own page and behind the two large buttons of the start page. */
export async function reportView(
  world: World,
  res: Response,
  form: FormState = blankForm({ channel: phoneChannels[0] }),
): Promise<Views['phone/report_form']> {
  const actor = actorOf(res);
  const { now } = sharedOf(res);
  const buildings = await listGridBuildings(world.db, actor.unit_id, dayOf(now));
  return {
    form: { ...form, id: 'r' },
    once: token(),
    person: actor.person_id,
    buildings: buildings.map((one) => ({ value: one.id, label: `${one.estate} ${one.name}` })),
    file_accept,
    max_files,
    max_mb,
  };
}

const typedOf = (body: unknown): FormState['typed'] =>
  Object.fromEntries(
    Object.entries((body ?? {}) as Record<string, unknown>).filter(
      (pair): pair is [string, string] => typeof pair[1] === 'string',
    ),
  );
