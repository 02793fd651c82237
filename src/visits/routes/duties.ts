import type { Response } from 'express';
import { addDays, dayOf } from '../../core/clock.ts';
import type { World } from '../../core/world.ts';
import { actorOf, type Door } from '../../doors.ts';
import { flash } from '../../web/flash.ts';
import { blankForm, type FormState } from '../../web/form.ts';
import { sharedOf, show } from '../../web/render.ts';
import { hrefOf, readFilter, submit } from '../../web/submit.ts';
import type { Lang } from '../../words/words.ts';
import { tickDuties } from '../actions/duty.ts';
import { dayFilter, dutyForm, monthFilter } from '../forms.ts';
import { duty_days_back, nextMonth } from '../rules.ts';
import { countDuties, type DutyRow, listDuties, listEntries } from '../store/duties.ts';

const nameOf = (duty: Pick<DutyRow, 'name_zh' | 'name_en'>, lang: Lang) => (lang === 'zh' ? duty.name_zh : duty.name_en);
const categoryOf = (duty: Pick<DutyRow, 'category_zh' | 'category_en'>, lang: Lang) =>
  lang === 'zh' ? duty.category_zh : duty.category_en;

/** Rows by their category, in the order they come. */
function byCategory<R extends DutyRow, T>(rows: readonly R[], lang: Lang, tell: (row: R) => T): { label: string; rows: T[] }[] {
  const groups = new Map<string, { label: string; rows: T[] }>();
  for (const row of rows) {
    const group = groups.get(row.category_code) ?? { label: categoryOf(row, lang), rows: [] };
    group.rows.push(tell(row));
    groups.set(row.category_code, group);
  }
  return [...groups.values()];
}

/** The duties of a grid as a log to be ticked, and what came of it. */
export function dutyRoutes({ db, clock }: World, door: Door): void {
  const now = (res: Response) => res.locals.now ?? clock();

  door.get('/duty-log', 'duty_log.tick', async (req, res) => {
    const today = dayOf(now(res));
    const asked = readFilter(req.query, dayFilter).value.day ?? today;
    const day = asked > today || asked < addDays(today, -duty_days_back) ? today : asked;
    const { person_id, unit_id } = actorOf(res);
    const entries = await listEntries(db, person_id, unit_id, day, addDays(day, 1));
    await showLog(res, blankForm({ done_on: day, duties: entries.map(({ duty_code }) => duty_code) }));
  });

  door.post('/duty-log', 'duty_log.tick', async (req, res) => {
    let n = 0;
    const back = await submit(req, res, dutyForm, async (value) => {
      n = await tickDuties(db, { author: actorOf(res), now: now(res) }, value);
    });
    if (back) return showLog(res, back.form);
    flash(req, 'visits.ticked', [n]);
    res.redirect(303, hrefOf('/duty-log', { day: String(req.body.done_on) }));
  });

  door.get('/duty-log/month', 'duty_log.tick', async (req, res) => {
    const { t, lang, fmt } = sharedOf(res);
    const { month, ...around } = monthOf(req.query, res, '/duty-log/month');
    const { person_id, unit_id } = actorOf(res);
    const [entries, duties] = await Promise.all([
      listEntries(db, person_id, unit_id, `${month}-01`, nextMonth(month)),
      listDuties(db),
    ]);
    const known = new Map(duties.map((duty) => [duty.code, duty]));
    const days = new Map<string, typeof entries>();
    for (const entry of entries) days.set(entry.done_on, [...(days.get(entry.done_on) ?? []), entry]);
    show(
      res,
      'visits/duty_month',
      { title: t.visits.duty_month, nav: 'duty_log', crumbs: [{ label: t.visits.duty_log, href: '/duty-log' }] },
      {
        ...around,
        figures: [
          { label: t.visits.duties_month, value: fmt.number(entries.length) },
          { label: t.visits.days_logged, value: fmt.number(days.size) },
          {
            label: t.visits.kinds_done,
            value: fmt.number(new Set(entries.map(({ duty_code }) => duty_code)).size),
            note: t.visits.of_duties(duties.length),
          },
        ],
        days: [...days].reverse().map(([day, done]) => ({
          day: fmt.day(day),
          duties: done.map(({ duty_code, place, note }) => ({
            name: nameOf(known.get(duty_code)!, lang),
            note: [place, note].filter(Boolean).join(' · '),
          })),
        })),
      },
    );
  });

  door.get('/duty-log/statistics', 'duty_log.read', async (req, res) => {
    const { t, lang, fmt } = sharedOf(res);
    const { month, ...around } = monthOf(req.query, res, '/duty-log/statistics');
    const rows = await countDuties(db, actorOf(res).unit_path, month);
    const departments = new Map<string, number>();
    for (const row of rows) {
      const name = (lang === 'zh' ? row.department_zh : row.department_en) ?? t.visits.no_department;
      departments.set(name, (departments.get(name) ?? 0) + row.entries);
    }
    const all = rows.reduce((sum, { entries }) => sum + entries, 0);
    show(
      res,
      'visits/duty_statistics',
      { title: t.visits.duty_statistics, nav: 'duty_statistics' },
      {
        ...around,
        figures: [
          { label: t.visits.duties_done, value: fmt.number(all) },
          {
            label: t.visits.kinds_done,
            value: fmt.number(rows.filter(({ entries }) => entries > 0).length),
            note: t.visits.of_duties(rows.length),
          },
        ],
        groups: byCategory(rows, lang, (row) => ({
          name: nameOf(row, lang),
          frequency: t.visits.frequencies[row.frequency],
          department: (lang === 'zh' ? row.department_zh : row.department_en) ?? '',
          entries: row.entries,
          members: row.members,
        })),
        departments: [...departments].sort(([, a], [, b]) => b - a).map(([name, entries]) => ({ name, entries })),
        total: all,
      },
    );
  });

  /** The month asked for, its name, and the ways to its neighbours; none into the future. */
  function monthOf(query: unknown, res: Response, path: string) {
    const { fmt } = sharedOf(res);
    const current = dayOf(now(res)).slice(0, 7);
    const asked = readFilter(query, monthFilter).value.month ?? current;
    const month = asked > current ? current : asked;
    const before = addDays(`${month}-01`, -1).slice(0, 7);
    return {
      month,
      month_name: fmt.month(month),
      newer: month < current ? hrefOf(path, { month: nextMonth(month).slice(0, 7) }) : undefined,
      older: hrefOf(path, { month: before }),
    };
  }

  async function showLog(res: Response, form: FormState): Promise<void> {
    const { t, lang, fmt } = sharedOf(res);
    const duties = await listDuties(db);
    const today = dayOf(now(res));
    const day = typeof form.typed['done_on'] === 'string' ? form.typed['done_on'] : today;
    const ticked = new Set([form.typed['duties'] ?? []].flat());
    show(
      res,
      'visits/duty_log',
      { title: t.visits.duty_log, nav: 'duty_log' },
      {
        form,
        day,
        chips: Array.from({ length: duty_days_back + 1 }, (_, back) => addDays(today, -back)).map((one) => ({
          href: hrefOf('/duty-log', { day: one === today ? null : one }),
          label: one === today ? t.visits.today : fmt.day(one),
          current: one === day,
        })),
        ticked: ticked.size,
        groups: byCategory(duties, lang, (duty) => ({
          value: duty.code,
          label: nameOf(duty, lang),
          note: t.visits.frequencies[duty.frequency],
          ticked: ticked.has(duty.code),
        })).map((group) => ({ ...group, ticked: group.rows.filter((one) => one.ticked).length })),
      },
    );
  }
}
