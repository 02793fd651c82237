import type { Response, Router } from 'express';
import { addDays, dayOf } from '../../core/clock.ts';
import { notFound } from '../../core/errors.ts';
import type { World } from '../../core/world.ts';
import { actorOf, makeDoor } from '../../doors.ts';
import { previewMoves, saveMoves } from '../../orders/actions/recompute.ts';
import { may, readsAppeals } from '../../policy.ts';
import { versionOf } from '../../trail/actions/change.ts';
import { tellChanges } from '../../trail/forms.ts';
import { listChanges } from '../../trail/store.ts';
import type { CalendarMonth, Views } from '../../views.ts';
import { flash } from '../../web/flash.ts';
import { blankForm, type FormState, readForm } from '../../web/form.ts';
import { sharedOf, show } from '../../web/render.ts';
import { hrefOf, readFilter, submit } from '../../web/submit.ts';
import { words } from '../../words/words.ts';
import { editDay, loadYear, previewDay, previewYear } from '../actions/calendar.ts';
import type { Moves } from '../actions/edits.ts';
import { rulebook } from '../actions.ts';
import { calendarFilter, dayFields, dayForm, saySeasons, yearForm } from '../forms.ts';
import { calendar_warning_days, dayMark } from '../rules.ts';
import { countRunningClocks, findDay, listYears } from '../store/calendar.ts';
import { type CalendarDayRow, listCalendarDays } from '../store.ts';
import { tellMoves } from './moves.ts';

export function calendar({ db, clock }: World): Router {
  const door = makeDoor('');
  const today = (res: Response) => dayOf(res.locals.now ?? clock());
  const doing = (res: Response) => ({ author: actorOf(res), now: res.locals.now ?? clock() });

  door.get('/calendar', 'catalog.read', async (req, res) => {
    const { t, lang, fmt } = sharedOf(res);
    const { value: filter } = readFilter(req.query, calendarFilter);
    const day = today(res);
    const [years, book] = await Promise.all([listYears(db), rulebook(db)]);
    const { version, last_year } = book.calendar;
    const this_year = Number(day.slice(0, 4));
    const year =
      filter.year !== null && years.includes(filter.year) ? filter.year : years.includes(this_year) ? this_year : years.at(-1);
    const [days, clocks, changes] = await Promise.all([
      year === undefined ? [] : listCalendarDays(db, `${year}-01-01`, `${year}-12-31`),
      countRunningClocks(db, version),
      year === undefined ? [] : listChanges(db, `calendar:${year}`),
    ]);
    const may_edit = may(actorOf(res), 'parameter.edit');
    const marked = days.map((one) => ({ ...one, mark: dayMark(one.day, one.working) }));
    const warnings = [
      ...(last_year > 0 ? endWarning(last_year, day, t.catalog.calendar) : []),
      ...(clocks.provisional > 0 ? [t.catalog.calendar.past_end(clocks.provisional)] : []),
    ];
    show(
      res,
      'catalog/calendar',
      { title: t.catalog.calendar.title, nav: 'calendar' },
      {
        year: year ?? null,
        years: years.map((one) => ({
          href: hrefOf('/calendar', { year: one }),
          label: t.catalog.calendar.year(one),
          current: one === year,
        })),
        warnings,
        figures: [
          { label: t.catalog.calendar.working_days, value: fmt.number(marked.filter(({ working }) => working).length) },
          { label: t.catalog.calendar.days_off, value: fmt.number(marked.filter(({ working }) => !working).length) },
          { label: t.catalog.calendar.makeup_days, value: fmt.number(marked.filter(({ mark }) => mark === 'makeup').length) },
          { label: t.catalog.calendar.outdated, value: fmt.number(clocks.outdated), note: t.catalog.calendar.outdated_note },
          {
            label: t.catalog.calendar.provisional,
            value: fmt.number(clocks.provisional),
            note: t.catalog.calendar.provisional_note,
            tone: clocks.provisional > 0 ? ('warn' as const) : undefined,
          },
        ],
        version,
        months: monthsOf(marked, day, fmt.month, may_edit),
        spans: spansOf(marked).map(({ from, to, days: length, name, working }) => ({
          when: t.catalog.calendar.from_to(fmt.day(from), fmt.day(to), length),
          name,
          working,
        })),
        seasons: saySeasons(book.parameters['calendar.seasons']).split('\n'),
        next_year: may_edit ? (years.at(-1) ?? this_year - 1) + 1 : null,
        changes: tellChanges(changes, t, lang, book.units),
        may_edit,
      },
    );
  });

  door.get('/calendar/load', 'parameter.edit', async (_req, res) => {
    const next = ((await listYears(db)).at(-1) ?? Number(today(res).slice(0, 4)) - 1) + 1;
    showLoad(res, blankForm({ year: next }), next);
  });

  door.post('/calendar/load', 'parameter.edit', async (req, res) => {
    let done: { year: number; moved: number } | null = null;
    const back = await submit(req, res, yearForm(marks), async ({ year, days, confirmed, late_too }) => {
      const { count, late } = await previewYear(db, doing(res), year, days, previewMoves);
      if (confirmed || count + late === 0)
        done = { year, moved: await loadYear(db, doing(res), year, days, late_too, saveMoves) };
    });
    if (back) return showLoad(res, back.form, Number(back.form.typed['year']) || 0);
    if (done === null) return res.redirect(303, hrefOf('/calendar/load/preview', { year: req.body.year, days: req.body.days }));
    const { year, moved } = done as { year: number; moved: number };
    flash(req, 'catalog.year_loaded', [year, moved]);
    res.redirect(303, hrefOf('/calendar', { year }));
  });

  door.get('/calendar/load/preview', 'parameter.edit', async (req, res) => {
    const read = readForm(req.query, yearForm(marks));
    if (!read.ok) return showLoad(res, read, 0);
    const { year, days } = read.value;
    const moves = await previewYear(db, doing(res), year, days, previewMoves);
    await showPreview(res, {
      title: sharedOf(res).t.catalog.calendar.load_year(year),
      action: '/calendar/load',
      back: '/calendar',
      hidden: [
        ['year', String(year)],
        ['days', String(req.query['days'] ?? '')],
      ],
      moves,
    });
  });

  async function showPreview(
    res: Response,
    { moves, ...page }: Omit<Views['catalog/preview'], 'moves'> & { moves: Moves },
  ): Promise<void> {
    const shared = sharedOf(res);
    const crumbs = [{ href: '/calendar', label: shared.t.catalog.calendar.title }];
    const told = tellMoves(moves, await rulebook(db), shared, readsAppeals(actorOf(res)));
    show(res, 'catalog/preview', { title: shared.t.catalog.preview, nav: 'calendar', crumbs }, { ...page, moves: told });
  }

  door.get('/calendar/:day', 'parameter.edit', async (req, res) => {
    const row = await getDay(req.params['day']);
    await showDay(res, row, blankForm({ working: row.working ? '1' : '0', name: row.name }), false);
  });

  door.post('/calendar/:day', 'parameter.edit', async (req, res) => {
    const { day } = await getDay(req.params['day']);
    let done: { changed: boolean; moved: number } | null = null;
    let turned = false;
    const back = await submit(req, res, dayForm, async ({ version, working, name, confirmed, late_too }) => {
      const input = { working: working === '1', name: name ?? '' };
      const moves = await previewDay(db, doing(res), day, version ?? '', input, previewMoves);
      turned = moves !== null;
      if (confirmed || moves === null || moves.count + moves.late === 0)
        done = await editDay(db, doing(res), day, version ?? '', { ...input, late_too }, saveMoves);
    });
    if (back) return showDay(res, await getDay(day), back.form, back.stale);
    if (done === null) {
      const { working, name, version } = req.body;
      return res.redirect(303, hrefOf(`/calendar/${day}/preview`, { working, name, version }));
    }
    const { changed, moved } = done as { changed: boolean; moved: number };
    if (turned) flash(req, 'catalog.day_moved', [moved]);
    else flash(req, changed ? 'units.saved' : 'units.nothing_changed');
    res.redirect(303, hrefOf('/calendar', { year: day.slice(0, 4) }));
  });

  door.get('/calendar/:day/preview', 'parameter.edit', async (req, res) => {
    const row = await getDay(req.params['day']);
    const read = readForm(req.query, dayForm);
    const { t, fmt } = sharedOf(res);
    if (!read.ok || read.value.version !== versionOf(row)) {
      const form = blankForm({ working: row.working ? '1' : '0', name: row.name });
      return showDay(res, row, read.ok ? form : read, read.ok);
    }
    const { working, name, version } = read.value;
    const input = { working: working === '1', name: name ?? '' };
    const moves = await previewDay(db, doing(res), row.day, version, input, previewMoves);
    await showPreview(res, {
      title: `${fmt.day(row.day)} · ${working === '1' ? t.catalog.calendar.working_day : t.catalog.calendar.day_off}`,
      action: `/calendar/${row.day}`,
      back: `/calendar/${row.day}`,
      hidden: [
        ['working', working],
        ['name', name ?? ''],
        ['version', version],
      ],
      moves: moves ?? { count: 0, lost: 0, late: 0, worst: [] },
    });
  });

  async function getDay(day: string | undefined): Promise<CalendarDayRow> {
    const row =
      day && /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/.test(day) && dayExists(day) ? await findDay(db, day) : undefined;
    if (!row) throw notFound();
    return row;
  }

  async function showDay(res: Response, row: CalendarDayRow, form: FormState, stale: boolean): Promise<void> {
    const { t, fmt } = sharedOf(res);
    const back = hrefOf('/calendar', { year: row.day.slice(0, 4) });
    const title = `${t.catalog.calendar.edit} · ${fmt.day(row.day)}`;
    show(
      res,
      'units/edit',
      { title, nav: 'calendar', crumbs: [{ href: back, label: t.catalog.calendar.title }] },
      {
        title,
        form,
        stale,
        version: versionOf(row),
        action: `/calendar/${row.day}`,
        back,
        intro: t.catalog.calendar.edit_warning,
        rows: dayFields(t),
      },
    );
  }

  function showLoad(res: Response, form: FormState, year: number): void {
    const { t } = sharedOf(res);
    const w = t.catalog.calendar;
    show(
      res,
      'units/edit',
      { title: w.load, nav: 'calendar', crumbs: [{ href: '/calendar', label: w.title }] },
      {
        title: year > 0 ? w.load_year(year) : w.load,
        form,
        stale: false,
        action: '/calendar/load',
        back: '/calendar',
        intro: w.load_intro,
        save_label: w.load,
        rows: [
          [{ name: 'year', label: w.years, inputmode: 'numeric', required: true }],
          [{ name: 'days', label: w.load_days, kind: 'textarea', rows: 8, hint: w.load_hint, required: true }],
        ],
      },
    );
  }

  return door.routes;
}

/** How a line says whether a day is worked, in either language. */
const marks = {
  work: Object.values(words).flatMap(({ catalog }) => catalog.calendar.work_marks),
  off: Object.values(words).flatMap(({ catalog }) => catalog.calendar.off_marks),
};

const dayExists = (day: string): boolean => new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);

function endWarning(
  last_year: number,
  today: string,
  w: { ended(year: number): string; ends_soon(year: number, days: number): string },
): string[] {
  const last_day = `${last_year}-12-31`;
  if (today > last_day) return [w.ended(last_year)];
  if (addDays(today, calendar_warning_days) < last_day) return [];
  const left = Math.round((Date.parse(last_day) - Date.parse(today)) / 86_400_000);
  return [w.ends_soon(last_year, left)];
}

type Marked = CalendarDayRow & { readonly mark: ReturnType<typeof dayMark> };

/** Twelve sheets of weeks that begin on Monday. */
function monthsOf(days: readonly Marked[], today: string, say: (month: string) => string, may_edit: boolean): CalendarMonth[] {
  const months = new Map<string, Marked[]>();
  for (const day of days) months.set(day.day.slice(0, 7), [...(months.get(day.day.slice(0, 7)) ?? []), day]);
  return [...months].map(([month, ofMonth]) => {
    const first = (Math.round(Date.parse(`${ofMonth[0]!.day}T00:00:00Z`) / 86_400_000) + 3) % 7;
    const cells = [
      ...Array<null>(first).fill(null),
      ...ofMonth.map(({ day, mark, name }) => ({
        day,
        number: Number(day.slice(8)),
        mark,
        name,
        today: day === today,
        href: may_edit ? `/calendar/${day}` : null,
      })),
    ];
    const weeks = Array.from({ length: Math.ceil(cells.length / 7) }, (_, week) =>
      Array.from({ length: 7 }, (_none, i) => cells[week * 7 + i] ?? null),
    );
    return { label: say(month), weeks };
  });
}

/** Named days next to each other, as a notice lists them. */
function spansOf(days: readonly Marked[]): { from: string; to: string; days: number; name: string; working: boolean }[] {
  const spans: { from: string; to: string; days: number; name: string; working: boolean }[] = [];
  for (const { day, name, working } of days.filter((one) => one.name !== '')) {
    const last = spans.at(-1);
    if (last && last.name === name && last.working === working && addDays(last.to, 1) === day)
      Object.assign(last, { to: day, days: last.days + 1 });
    else spans.push({ from: day, to: day, days: 1, name, working });
  }
  return spans;
}
