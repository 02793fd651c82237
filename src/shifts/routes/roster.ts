import type { Response } from 'express';
import { rulebook } from '../../catalog/actions.ts';
import { addDays, addMinutes, dayOf } from '../../core/clock.ts';
import type { Db } from '../../core/db.ts';
import { notFound } from '../../core/errors.ts';
import type { World } from '../../core/world.ts';
import { actorOf, type Door } from '../../doors.ts';
import type { Actor } from '../../people/rules.ts';
import { may, mayEver } from '../../policy.ts';
import { unitName } from '../../units/rules.ts';
import { listPath } from '../../units/store.ts';
import { flash } from '../../web/flash.ts';
import { blankForm, type FormState } from '../../web/form.ts';
import { sharedOf, show } from '../../web/render.ts';
import { hrefOf, readFilter, submit } from '../../web/submit.ts';
import { assign, copyLastWeek, findRoster, listEmptyShifts, type Roster } from '../actions.ts';
import { assignForm, copyForm, rosterFilter } from '../forms.ts';
import { cityDesks, type DutyDesk, deskOf, deskRule, isDutyDesk, keyOf, mondayOf, type Slot, slotsOf, weekOf } from '../rules.ts';
import { listComing, listOpenSwaps } from '../store/swaps.ts';
import { listDutyNow, listKeeping, listRostered, listShifts } from '../store.ts';
import { tabsOf } from './tabs.ts';

const swap_days = 21;

/** The roster whose page this is, for whoever asks: of his own desk unless he names another that he may see. */
export async function readRoster(
  db: Db,
  actor: Actor,
  desk: DutyDesk | null,
  unit_id: number | null,
  now: Date,
): Promise<Roster> {
  const own =
    actor.unit_kind === 'town' ? 'town' : actor.unit_kind === 'community' ? 'community' : (deskOf(actor.post) ?? 'hotline');
  const chosen = desk ?? own;
  const path = await listPath(db, actor.unit_path);
  const here = path.find((unit) => unit.kind === deskRule(chosen).at)?.id;
  const [below] = here === undefined ? await listKeeping(db, deskRule(chosen).at, actor.unit_path, dayOf(now)) : [];
  const found = await findRoster(db, chosen, unit_id ?? here ?? below?.id ?? 0);
  const sees = found.unit.path.startsWith(actor.unit_path) || actor.unit_path.startsWith(found.unit.path);
  if (!sees) throw notFound();
  return found;
}

/** The week of a desk as a table of its shifts, and who is on duty now. */
export function rosterRoutes(world: World, door: Door): void {
  const { db, clock } = world;
  const now = (res: Response) => res.locals.now ?? clock();
  const doing = (res: Response) => ({ author: actorOf(res), now: now(res) });

  door.get('/', 'shift.read', async (req, res) => {
    const { value } = readFilter(req.query, rosterFilter);
    const roster = await readRoster(db, actorOf(res), value.desk, value.unit, now(res));
    await showWeek(res, roster, mondayOf(value.week ?? dayOf(now(res))), null);
  });

  door.post('/assign', 'shift.edit', async (req, res) => {
    const { desk, unit } = req.body as { desk?: unknown; unit?: unknown };
    const roster = await rosterOf(desk, unit);
    let changed = 0;
    const back = await submit(req, res, assignForm, async ({ how, post_id, cells }) => {
      changed = await assign(db, doing(res), roster, how, post_id, cells);
    });
    const week = String(req.body?.week ?? '');
    const monday = mondayOf(/^\d{4}-\d{2}-\d{2}$/.test(week) ? week : dayOf(now(res)));
    if (back) return showWeek(res, roster, monday, { ...back.form, id: 'assign' });
    flash(req, changed > 0 ? 'shifts.saved' : 'units.nothing_changed', changed > 0 ? [changed] : []);
    res.redirect(303, hrefOf('/shifts', { desk: roster.desk, unit: roster.unit.id, week: monday }));
  });

  door.post('/copy', 'shift.edit', async (req, res) => {
    const roster = await rosterOf(req.body?.desk, req.body?.unit);
    let copied = 0;
    let monday = mondayOf(dayOf(now(res)));
    const back = await submit(req, res, copyForm, async ({ week }) => {
      monday = mondayOf(week);
      copied = await copyLastWeek(db, doing(res), roster, monday);
    });
    if (back) throw notFound();
    flash(req, copied > 0 ? 'shifts.copied' : 'shifts.nothing_to_copy', copied > 0 ? [copied] : [], copied > 0 ? 'go' : 'warn');
    res.redirect(303, hrefOf('/shifts', { desk: roster.desk, unit: roster.unit.id, week: monday }));
  });

  door.get('/now', 'shift.read', async (_req, res) => {
    const { t, lang, fmt } = sharedOf(res);
    const actor = actorOf(res);
    const under =
      actor.unit_kind === 'city' ? actor.unit_path : ((await listPath(db, actor.unit_path))[1]?.path ?? actor.unit_path);
    const found = await listDutyNow(db, under, now(res));
    const empty = (await listEmptyShifts(db, now(res))).filter(({ unit }) => unit.path.startsWith(actor.unit_path));
    show(
      res,
      'shifts/now',
      { title: t.shifts.now, nav: 'shifts' },
      {
        tabs: tabsOf(t, 'now'),
        empty: empty
          .slice(0, 12)
          .map(({ desk, unit, starts_at, ends_at }) =>
            t.shifts.empty_at(
              t.shifts.desks[desk],
              deskRule(desk).at === 'city' ? '' : unitName(unit, lang),
              fmt.full(starts_at),
              fmt.time(ends_at),
            ),
          ),
        more: Math.max(0, empty.length - 12),
        rows: found.map((row) => ({
          desk: t.shifts.desks[row.desk],
          unit: deskRule(row.desk).at === 'city' ? '' : unitName({ name_zh: row.unit_zh, name_en: row.unit_en }, lang),
          hours: t.shifts.hours(fmt.time(row.starts_at), fmt.time(row.ends_at)),
          href: hrefOf('/shifts', { desk: row.desk, unit: row.unit_id }),
          people: row.people,
        })),
      },
    );
  });

  async function rosterOf(desk: unknown, unit: unknown): Promise<Roster> {
    if (typeof desk !== 'string' || !isDutyDesk(desk) || !/^[1-9]\d{0,14}$/.test(String(unit))) throw notFound();
    return findRoster(db, desk, Number(unit));
  }

  async function showWeek(res: Response, roster: Roster, monday: string, refused: FormState | null): Promise<void> {
    const { t, lang, fmt } = sharedOf(res);
    const { desk, unit } = roster;
    const actor = actorOf(res);
    const at = now(res);
    const today = dayOf(at);
    const days = weekOf(monday);
    const book = await rulebook(db);
    const edits = may(actor, 'shift.edit', { unit_path: unit.path });
    const [found, people, keeping, empty] = await Promise.all([
      listShifts(db, desk, unit.id, monday, days.at(-1)!),
      listRostered(db, unit.id, deskRule(desk).posts, today),
      deskRule(desk).at === 'city' ? [] : listKeeping(db, deskRule(desk).at, actor.unit_path, today),
      listEmptyShifts(db, at),
    ]);
    const byKey = new Map(found.map((shift) => [keyOf(shift), shift]));
    const slots = days.map((day) => slotsOf(desk, book, day));
    const parts = Math.max(...slots.map((one) => one.length), 1);
    const swaps = mayEver(actor, 'shift.keep') ? await listOpenSwaps(db, actor.person_id, at) : [];
    const coming = mayEver(actor, 'shift.keep') ? await listComing(db, desk, unit.id, at, addMinutes(at, swap_days * 1440)) : [];
    const choice = ({ id, starts_at, ends_at, name }: (typeof coming)[number], named: boolean) => ({
      value: id,
      label: `${fmt.moment(starts_at)}–${fmt.time(ends_at)}${named ? ` ${name}` : ''}`,
    });
    const mine = coming.filter((one) => one.person_id === actor.person_id);
    const hoursOf = (slot: Slot | undefined) => (slot ? t.shifts.hours(fmt.time(slot.starts_at), fmt.time(slot.ends_at)) : '');
    const here = (to: object) => hrefOf('/shifts', { desk, unit: unit.id, ...to });
    show(
      res,
      'shifts/week',
      { title: t.shifts.title, nav: 'shifts' },
      {
        tabs: tabsOf(t, 'roster'),
        desks: cityDesks
          .map((one) => ({ href: hrefOf('/shifts', { desk: one }), label: t.shifts.desks[one], current: one === desk }))
          .concat(
            (['town', 'community'] as const).map((one) => ({
              href: hrefOf('/shifts', { desk: one }),
              label: t.shifts.desks[one],
              current: one === desk,
            })),
          ),
        units: keeping.map((one) => ({ value: one.id, label: unitName(one, lang) })),
        desk,
        unit_id: unit.id,
        unit: deskRule(desk).at === 'city' ? null : unitName(unit, lang),
        week: monday,
        week_text: t.shifts.week(fmt.day(monday), fmt.day(days.at(-1)!)),
        before: here({ week: addDays(monday, -7) }),
        after: here({ week: addDays(monday, 7) }),
        this_week: monday === mondayOf(today) ? null : here({}),
        edits,
        may_copy: edits && days.at(-1)! >= today,
        form: refused ?? blankForm({}, 'assign'),
        people: people.map(({ post_id, name }) => ({ value: post_id, label: name })),
        heads: days.map((day) => ({ text: t.shifts.weekdays[days.indexOf(day)]!, day: fmt.day(day), today: day === today })),
        rows: Array.from({ length: parts }, (_, i) => ({
          part: parts === 1 ? t.shifts.one_part : t.shifts.parts[i]!,
          hours: hoursOf(slots.map((one) => one[i]).find((one) => one !== undefined)),
          cells: slots.map((one) => {
            const slot = one[i];
            if (!slot) return { key: null, names: [], state: 'none' as const, label: '' };
            const names = (byKey.get(keyOf(slot))?.people ?? []).map((person) => ({
              name: person.name,
              mine: person.person_id === actor.person_id,
            }));
            const over = slot.ends_at <= at;
            const runs = slot.starts_at <= at && !over;
            return {
              key: edits && !over ? keyOf(slot) : null,
              names,
              state:
                names.length === 0 && !over
                  ? ('empty' as const)
                  : runs
                    ? ('runs' as const)
                    : over
                      ? ('over' as const)
                      : ('coming' as const),
              label: `${fmt.day(slot.on_day)} ${fmt.time(slot.starts_at)}–${fmt.time(slot.ends_at)}`,
            };
          }),
        })),
        empty: empty.filter((one) => one.desk === desk && one.unit.id === unit.id).length,
        swaps: swaps.map((swap) => ({
          id: swap.id,
          asked_of_me: swap.asked_of === actor.person_id,
          text:
            swap.asked_of === actor.person_id
              ? t.shifts.asks_you(swap.asker, fmt.full(swap.give_starts), fmt.full(swap.take_starts))
              : t.shifts.you_asked(swap.other, fmt.full(swap.give_starts), fmt.full(swap.take_starts)),
        })),
        swap:
          mine.length > 0 && coming.length > mine.length
            ? {
                form: blankForm({}, 'swap'),
                mine: mine.map((one) => choice(one, false)),
                others: coming.filter((one) => one.person_id !== actor.person_id).map((one) => choice(one, true)),
              }
            : null,
      },
    );
  }
}
