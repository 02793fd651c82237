import type { Request, Response } from 'express';
import { rulebook } from '../../catalog/actions.ts';
import { dayOf } from '../../core/clock.ts';
import { notFound } from '../../core/errors.ts';
import type { World } from '../../core/world.ts';
import { actorOf, type Door, idOf } from '../../doors.ts';
import { listGridBuildings } from '../../grids/store/buildings.ts';
import { findMember } from '../../members/store.ts';
import { may, mayEver } from '../../policy.ts';
import { unitName } from '../../units/rules.ts';
import type { Tone } from '../../views.ts';
import { flash } from '../../web/flash.ts';
import { blankForm, type FormState, readForm } from '../../web/form.ts';
import { sharedOf, show } from '../../web/render.ts';
import { hrefOf, readFilter, submit } from '../../web/submit.ts';
import { checkIn, dropVisit, finishVisit, planVisit } from '../actions/visit.ts';
import { checkInForm, finishForm, planForm, positionOf, visitFilter } from '../forms.ts';
import { canFollow, targetOf, type VisitStatus } from '../rules.ts';
import { listSubstitutes } from '../store/substitutes.ts';
import { findVisit, listVisits, memberMonth, type VisitFacts } from '../store/visits.ts';

const page_size = 30;
const tones: Record<VisitStatus, Tone> = { planned: 'new', checked_in: 'go', finished: 'done', dropped: 'done' };
const queryText = (req: Request, name: string): string =>
  typeof req.query[name] === 'string' ? (req.query[name] as string) : '';

/** Visits from plan to record: the member's own, and for the community those of its grids. */
export function visitRoutes({ db, clock }: World, door: Door): void {
  const now = (res: Response) => res.locals.now ?? clock();
  const doing = (res: Response) => ({ author: actorOf(res), now: now(res) });

  door.get('/visits', 'visit.read', async (req, res) => {
    const { t, lang, fmt } = sharedOf(res);
    const actor = actorOf(res);
    const own = mayEver(actor, 'visit.make');
    const { value } = readFilter(req.query, visitFilter);
    const today = dayOf(now(res));
    const member_id = own ? actor.person_id : value.member_id;
    const open = value.view !== 'over';
    const filter = { person_id: member_id, grid_id: value.grid_id, open };
    const [found, member, month, book, mine] = await Promise.all([
      listVisits(db, actor.unit_path, filter, value, page_size),
      member_id === null ? undefined : findMember(db, member_id),
      member_id === null ? null : memberMonth(db, member_id, today.slice(0, 7)),
      rulebook(db),
      own ? listSubstitutes(db, { person_id: actor.person_id }, 5) : [],
    ]);
    const reached = member?.grid_path.startsWith(actor.unit_path) ? member : undefined;
    if (!own && value.member_id !== null && !reached) throw notFound();
    const target = member ? targetOf(member.kind, book.parameters) : null;
    const here = (to: object) =>
      hrefOf('/visits', { member_id: own ? null : value.member_id, grid_id: value.grid_id, view: value.view, ...to });
    show(
      res,
      'visits/visits',
      { title: t.visits.title, nav: 'visits' },
      {
        own,
        member: reached?.name,
        figures:
          month && target !== null
            ? [
                {
                  label: t.visits.households_month,
                  value: fmt.number(month.households_visited),
                  note: t.visits.of_target(target),
                  tone: month.households_visited >= target ? ('go' as const) : undefined,
                },
                { label: t.visits.visits_month, value: fmt.number(month.visits) },
                { label: t.visits.duties_month, value: fmt.number(month.duties), href: own ? '/duty-log/month' : undefined },
              ]
            : [],
        substitutes: mine
          .filter((one) => one.valid_from <= today && one.valid_to >= today)
          .map((one) =>
            one.absent_person_id === actor.person_id
              ? t.visits.you_are_absent(one.substitute, fmt.day(one.valid_to))
              : t.visits.you_stand_in(
                  one.absent,
                  unitName({ name_zh: one.grid_zh, name_en: one.grid_en }, lang),
                  fmt.day(one.valid_to),
                ),
          ),
        tabs: (['open', 'over'] as const).map((view) => ({
          href: here({ view }),
          label: t.visits.views[view],
          current: open === (view === 'open'),
        })),
        rows: found.rows.map((visit) => ({
          id: visit.id,
          place: placeOf(visit),
          member: visit.member,
          grid: unitName({ name_zh: visit.grid_zh, name_en: visit.grid_en }, lang),
          day: fmt.day(visit.finished_at ?? visit.planned_on),
          today: visit.status === 'planned' && visit.planned_on === today,
          late: visit.status === 'planned' && visit.planned_on < today,
          status: t.visits.statuses[visit.status],
          tone: tones[visit.status],
          needs: visit.needs,
          demo: visit.demo,
        })),
        newer: found.newer ? here({ before: found.newer }) : undefined,
        older: found.older ? here({ after: found.older }) : undefined,
      },
    );
  });

  door.get('/visits/new', 'visit.make', async (req, res) => {
    const given = { building_id: queryText(req, 'building_id'), room: queryText(req, 'room'), planned_on: dayOf(now(res)) };
    await showPlan(res, blankForm(given));
  });

  door.post('/visits/new', 'visit.make', async (req, res) => {
    let id = 0;
    const back = await submit(req, res, planForm, async (value) => {
      id = await planVisit(db, doing(res), value);
    });
    if (back) return showPlan(res, back.form);
    res.redirect(303, `/visits/${id}`);
  });

  door.get('/visits/:id', 'visit.read', async (req, res) => showVisit(res, await getVisit(req, res), blankForm()));

  door.post('/visits/:id/check-in', 'visit.make', async (req, res) => {
    const { id } = await getVisit(req, res);
    const read = readForm(req.body, checkInForm);
    const position = read.ok ? positionOf(read.value) : null;
    await checkIn(db, doing(res), id, position);
    flash(req, position ? 'visits.checked_in_there' : 'visits.checked_in_without');
    res.redirect(303, `/visits/${id}`);
  });

  door.post('/visits/:id/finish', 'visit.make', async (req, res) => {
    const visit = await getVisit(req, res);
    const back = await submit(req, res, finishForm, (value) => finishVisit(db, doing(res), visit.id, value));
    if (back) return showVisit(res, visit, back.form);
    flash(req, 'visits.finished_now');
    res.redirect(303, `/visits/${visit.id}`);
  });

  door.post('/visits/:id/drop', 'visit.make', async (req, res) => {
    const { id } = await getVisit(req, res);
    await dropVisit(db, doing(res), id);
    flash(req, 'visits.dropped_now');
    res.redirect(303, '/visits');
  });

  /** A visit in the actor's grid, community or town; others look like none. */
  async function getVisit(req: Request<Record<string, string>>, res: Response): Promise<VisitFacts> {
    const visit = await findVisit(db, idOf(req.params['id']));
    if (!visit || !may(actorOf(res), 'visit.read', { unit_path: visit.grid_path })) throw notFound();
    return visit;
  }

  async function showPlan(res: Response, form: FormState): Promise<void> {
    const { t } = sharedOf(res);
    const w = t.visits;
    const buildings = await listGridBuildings(db, actorOf(res).unit_id, dayOf(now(res)));
    show(
      res,
      'units/edit',
      { title: w.plan, nav: 'visits', crumbs: [{ label: w.title, href: '/visits' }] },
      {
        title: w.plan,
        form,
        stale: false,
        action: '/visits/new',
        back: '/visits',
        save_label: w.plan_save,
        rows: [
          ...(buildings.length > 0
            ? [
                [
                  {
                    name: 'building_id',
                    label: w.building,
                    kind: 'select' as const,
                    required: true,
                    options: buildings.map(({ id, estate, name }) => ({ value: id, label: estate + name })),
                  },
                ],
              ]
            : []),
          [{ name: 'room', label: w.room, hint: w.room_hint, required: true }],
          [{ name: 'planned_on', label: w.planned_on, kind: 'date' as const, required: true }],
        ],
      },
    );
  }

  function showVisit(res: Response, visit: VisitFacts, form: FormState): void {
    const { t, lang, fmt } = sharedOf(res);
    const actor = actorOf(res);
    const mine =
      visit.person_id === actor.person_id &&
      visit.grid_id === actor.unit_id &&
      may(actor, 'visit.make', { unit_path: visit.grid_path });
    const place = placeOf(visit);
    const value = visit.building_id === null ? `unit:${visit.grid_id}` : `building:${visit.building_id}`;
    show(
      res,
      'visits/visit',
      { title: place, nav: 'visits', crumbs: [{ label: t.visits.title, href: '/visits' }] },
      {
        id: visit.id,
        place,
        status: t.visits.statuses[visit.status],
        tone: tones[visit.status],
        demo: visit.demo,
        form,
        steps: (['planned', 'checked_in', 'finished'] as const).map((step, i) => {
          const at = ['planned', 'checked_in', 'finished'].indexOf(visit.status);
          const state =
            at > i || visit.status === 'finished' ? ('past' as const) : at === i ? ('now' as const) : ('waiting' as const);
          return { label: t.visits.steps[step], state };
        }),
        facts: [
          { term: t.visits.member, text: visit.member, href: `/members/${visit.person_id}` },
          {
            term: t.grids.grid,
            text: unitName({ name_zh: visit.grid_zh, name_en: visit.grid_en }, lang),
            href: `/grids/${visit.grid_id}`,
          },
          { term: t.visits.planned_on, text: fmt.day(visit.planned_on) },
          ...(visit.checked_in_at ? [{ term: t.visits.checked_in_at, text: fmt.full(visit.checked_in_at) }] : []),
          ...(visit.checked_in_at ? [{ term: t.visits.position, text: sayPosition(visit, t.visits) }] : []),
          ...(visit.finished_at ? [{ term: t.visits.finished_at, text: fmt.full(visit.finished_at) }] : []),
        ],
        talk: visit.talk,
        needs: visit.needs,
        acts: {
          check_in: mine && canFollow(visit.status, 'check_in'),
          finish: mine && canFollow(visit.status, 'finish'),
          drop: mine && canFollow(visit.status, 'drop'),
        },
        appeal_href: mine && visit.checked_in_at ? hrefOf('/appeals/new', { place: value, address: visit.room }) : null,
        watch_href:
          mine && visit.checked_in_at ? hrefOf('/watch/new', { building_id: visit.building_id, room: visit.room }) : null,
        again_href:
          mine && ['finished', 'dropped'].includes(visit.status)
            ? hrefOf('/visits/new', { building_id: visit.building_id, room: visit.room })
            : null,
      },
    );
  }
}

const placeOf = ({ building, room }: Pick<VisitFacts, 'building' | 'room'>): string => [building, room].filter(Boolean).join(' ');

/** Where a check-in was, or plainly why that is not known. */
export function sayPosition(
  at: Pick<VisitFacts, 'located' | 'latitude' | 'longitude' | 'accuracy_metres'>,
  w: { at_position: (latitude: string, longitude: string, metres: number) => string; no_position: string; position_gone: string },
): string {
  if (at.latitude !== null && at.longitude !== null) return w.at_position(at.latitude, at.longitude, at.accuracy_metres ?? 0);
  return at.located ? w.position_gone : w.no_position;
}
