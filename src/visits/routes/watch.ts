import type { Request, Response } from 'express';
import { rulebook } from '../../catalog/actions.ts';
import { dayOf } from '../../core/clock.ts';
import { notFound } from '../../core/errors.ts';
import { token } from '../../core/hash.ts';
import type { World } from '../../core/world.ts';
import { actorOf, type Door, idOf } from '../../doors.ts';
import { listGridBuildings } from '../../grids/store/buildings.ts';
import { may } from '../../policy.ts';
import { tellChanges } from '../../trail/forms.ts';
import { listChanges } from '../../trail/store.ts';
import { unitName } from '../../units/rules.ts';
import { listGridGroups } from '../../units/store/places.ts';
import { findUnit } from '../../units/store.ts';
import { flash } from '../../web/flash.ts';
import { blankForm, type FormState, readForm } from '../../web/form.ts';
import { sharedOf, show } from '../../web/render.ts';
import { hrefOf, readFilter, submit } from '../../web/submit.ts';
import { closeWatch, doFollowUp, type HealthText, noteWatch, readHealth } from '../actions/watch.ts';
import { closeForm, healthForm, watchFilter, watchForm } from '../forms.ts';
import { isHealth, namesRoom, type Situation, type Step, situations } from '../rules.ts';
import { countWatch, findWatch, listFollowUps, listWatch, type WatchFacts } from '../store/watch.ts';

const page_size = 30;
const icons: Record<Situation, string> = {
  bedridden: 'bed',
  emergency_incident: 'urgent',
  discontent: 'mood-sad',
  dispute: 'users',
};

/** The register of the four situations to watch, for the grid's member and its community. */
export function watchRoutes(world: World, door: Door): void {
  const { db, clock } = world;
  const now = (res: Response) => res.locals.now ?? clock();
  const doing = (res: Response) => ({ author: actorOf(res), now: now(res) });

  door.get('/watch', 'watch.keep', async (req, res) => {
    const { t, lang, fmt } = sharedOf(res);
    const actor = actorOf(res);
    const { value } = readFilter(req.query, watchFilter);
    const { situation, closed } = value;
    const [found, counts] = await Promise.all([
      listWatch(db, actor.unit_path, value, value, page_size),
      countWatch(db, actor.unit_path, now(res)),
    ]);
    const here = (to: object) => hrefOf('/watch', { situation, closed, ...to });
    show(
      res,
      'visits/watch',
      { title: t.visits.watch, nav: 'watch' },
      {
        late: counts.late,
        chips: situations.map((one) => ({
          href: here({ situation: situation === one ? null : one }),
          label: t.visits.situations[one],
          icon_name: icons[one],
          count: counts.open[one] ?? 0,
          current: situation === one,
        })),
        tabs: [false, true].map((one) => ({
          href: here({ closed: one }),
          label: one ? t.visits.closed : t.visits.open_records,
          current: closed === one,
        })),
        rows: found.rows.map((row) => ({
          id: row.id,
          situation: t.visits.situations[row.situation],
          text: isHealth(row.situation) ? t.visits.sealed : row.event,
          place: [unitName({ name_zh: row.grid_zh, name_en: row.grid_en }, lang), row.building].filter(Boolean).join(' · '),
          day: fmt.day(row.closed_at ?? row.noted_at),
          step: row.step && !row.closed_at ? t.visits.follow_ups[row.step as Step] : null,
          due: row.due_at && !row.closed_at ? fmt.left(row.due_at, now(res), row.noted_at) : null,
          demo: row.demo,
        })),
        newer: found.newer ? here({ before: found.newer }) : undefined,
        older: found.older ? here({ after: found.older }) : undefined,
      },
    );
  });

  door.get('/watch/new', 'watch.keep', async (req, res) => {
    const actor = actorOf(res);
    const text = (name: string) => (typeof req.query[name] === 'string' ? (req.query[name] as string) : '');
    const grid_id = actor.unit_kind === 'grid' ? actor.unit_id : text('grid_id');
    await showNew(
      res,
      blankForm({ situation: text('situation'), grid_id, building_id: text('building_id'), room: text('room'), once: token() }),
    );
  });

  door.post('/watch/new', 'watch.keep', async (req, res) => {
    let id = 0;
    const back = await submit(req, res, watchForm, async (value) => {
      id = await noteWatch(world, doing(res), value);
    });
    if (back) return showNew(res, back.form);
    flash(req, 'visits.noted');
    res.redirect(303, `/watch/${id}`);
  });

  door.get('/watch/:id', 'watch.keep', async (req, res) => showWatch(res, await getWatch(req, res), {}));

  door.post('/watch/:id/read', 'watch.health', async (req, res) => {
    const record = await getWatch(req, res);
    const read = readForm(req.body, healthForm, 'read');
    if (!read.ok) {
      res.status(422);
      return showWatch(res, record, { read });
    }
    const health = await readHealth(world, doing(res), record.id, read.value.reason);
    await showWatch(res, record, { health });
  });

  door.post('/watch/:id/follow-ups/:follow_up_id', 'watch.keep', async (req, res) => {
    const { id } = await getWatch(req, res);
    await doFollowUp(db, doing(res), id, idOf(req.params['follow_up_id']));
    res.redirect(303, `/watch/${id}`);
  });

  door.post('/watch/:id/close', 'watch.keep', async (req, res) => {
    const record = await getWatch(req, res);
    const back = await submit(req, res, closeForm, ({ outcome }) => closeWatch(world, doing(res), record.id, outcome));
    if (back) return showWatch(res, record, { close: { ...back.form, id: 'close' } });
    flash(req, 'visits.closed_now');
    res.redirect(303, `/watch/${record.id}`);
  });

  async function getWatch(req: Request<Record<string, string>>, res: Response): Promise<WatchFacts> {
    const record = await findWatch(db, idOf(req.params['id']));
    if (!record || !may(actorOf(res), 'watch.keep', { unit_path: record.grid_path })) throw notFound();
    return record;
  }

  /** First which of the four it is, and for the community where; then what belongs to it and nothing else. */
  async function showNew(res: Response, form: FormState): Promise<void> {
    const { t, lang } = sharedOf(res);
    const actor = actorOf(res);
    const today = dayOf(now(res));
    const typed = (name: string) => (typeof form.typed[name] === 'string' ? (form.typed[name] as string) : '');
    const situation = situations.find((one) => one === typed('situation')) ?? null;
    const grid = /^[1-9]\d{0,14}$/.test(typed('grid_id')) ? await findUnit(db, Number(typed('grid_id'))) : undefined;
    const reached = grid && may(actor, 'watch.keep', { unit_path: grid.path }) ? grid : undefined;
    const buildings = reached ? await listGridBuildings(db, reached.id, today) : [];
    show(
      res,
      'visits/watch_new',
      { title: t.visits.note, nav: 'watch', crumbs: [{ label: t.visits.watch, href: '/watch' }] },
      {
        form,
        situation:
          situation && reached
            ? { value: situation, label: t.visits.situations[situation], hint: t.visits.hints[situation] }
            : null,
        choices: situations.map((value) => ({ value, label: t.visits.situations[value], note: t.visits.about[value] })),
        grid: reached ? unitName(reached, lang) : null,
        grids: actor.unit_kind === 'grid' ? [] : await listGridGroups(db, today, lang, actor.unit_path, ['base', 'exclusive']),
        buildings: buildings.map(({ id, estate, name }) => ({ value: id, label: estate + name })),
        room: situation !== null && namesRoom(situation),
        kept: typed('once'),
      },
    );
  }

  async function showWatch(
    res: Response,
    record: WatchFacts,
    told: { readonly health?: HealthText; readonly read?: FormState; readonly close?: FormState },
  ): Promise<void> {
    const { t, lang, fmt } = sharedOf(res);
    const w = t.visits;
    const [steps, changes, book] = await Promise.all([
      listFollowUps(db, record.id),
      listChanges(db, `watch:${record.id}`),
      rulebook(db),
    ]);
    const place = record.building_id === null ? `unit:${record.grid_id}` : `building:${record.building_id}`;
    show(
      res,
      'visits/watch_record',
      { title: w.situations[record.situation], nav: 'watch', crumbs: [{ label: w.watch, href: '/watch' }] },
      {
        id: record.id,
        title: w.situations[record.situation],
        icon_name: icons[record.situation],
        demo: record.demo,
        closed: record.closed_at !== null,
        kept: isHealth(record.situation)
          ? w.health_kept(book.parameters['watch.health_days'])
          : record.situation === 'discontent'
            ? w.discontent_kept(book.parameters['watch.discontent_days'])
            : null,
        emergency: record.situation === 'emergency_incident' && record.closed_at === null,
        facts: [
          {
            term: t.grids.grid,
            text: unitName({ name_zh: record.grid_zh, name_en: record.grid_en }, lang),
            href: `/grids/${record.grid_id}`,
          },
          ...(record.building ? [{ term: w.building, text: record.building }] : []),
          ...(record.room ? [{ term: w.room, text: record.room }] : []),
          { term: w.noted_by, text: record.noted_name },
          { term: w.noted_at, text: fmt.full(record.noted_at) },
          ...(record.closed_at ? [{ term: w.closed_at, text: fmt.full(record.closed_at), note: record.closed_name ?? '' }] : []),
        ],
        event: record.event,
        need: record.need,
        outcome: record.outcome,
        sealed: isHealth(record.situation)
          ? { there: record.sealed, opened: told.health ?? null, form: told.read ?? blankForm({}, 'read') }
          : null,
        steps: steps.map((step) => ({
          id: step.id,
          label: w.follow_ups[step.step as Step],
          done: step.done_at ? w.done_by(step.done_name ?? '', fmt.moment(step.done_at)) : null,
          due: step.done_at || record.closed_at ? null : fmt.left(step.due_at, now(res), record.noted_at),
          href:
            (step.step === 'open_appeal' || step.step === 'report_emergency') && !step.done_at
              ? hrefOf('/appeals/new', { place, address: record.room })
              : null,
        })),
        close_form: record.closed_at ? null : (told.close ?? blankForm({}, 'close')),
        changes: tellChanges(changes, t, lang, book.units),
      },
    );
  }
}
