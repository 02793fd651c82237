import type { Response } from 'express';
import { addDays, dayOf } from '../../core/clock.ts';
import type { World } from '../../core/world.ts';
import { actorOf, type Door, idOf } from '../../doors.ts';
import { may } from '../../policy.ts';
import { unitName } from '../../units/rules.ts';
import type { Groups } from '../../views.ts';
import { listMemberChoices } from '../../visits/store/substitutes.ts';
import { flash } from '../../web/flash.ts';
import { blankForm, type FormState } from '../../web/form.ts';
import { sharedOf, show } from '../../web/render.ts';
import { hrefOf, readFilter, submit } from '../../web/submit.ts';
import { proposeMark, recordSpotCheck, settleMark } from '../actions/entries.ts';
import { lastMonth } from '../actions/score.ts';
import { markForm, monthFilter, spotCheckForm } from '../forms.ts';
import { markKinds, markNames } from '../rules.ts';
import { listMarks } from '../store/scores.ts';

const path = '/member-scores';

/** What is entered by hand: spot checks of information, bonus and penalty. */
export function entryRoutes({ db, clock }: World, door: Door): void {
  const doing = (res: Response) => ({ author: actorOf(res), now: res.locals.now ?? clock() });
  const crumbs = (res: Response) => [{ label: sharedOf(res).t.member_scores.title, href: path }];
  const started = (req: { query: unknown }, res: Response, id?: string) => {
    const query = req.query as Record<string, unknown>;
    const month = readFilter(query, monthFilter).value.month ?? lastMonth(doing(res).now);
    return blankForm({ month, person_id: typeof query['person_id'] === 'string' ? query['person_id'] : '' }, id);
  };

  door.get('/checks/new', 'spot_check.make', async (req, res) => showCheck(res, started(req, res)));
  door.post('/checks/new', 'spot_check.make', async (req, res) => {
    const back = await submit(req, res, spotCheckForm, (value) =>
      recordSpotCheck(db, doing(res), { ...value, note: value.note ?? '' }),
    );
    if (back) return showCheck(res, back.form);
    flash(req, 'member_scores.saved_check');
    res.redirect(303, hrefOf(path, { month: String(req.body.month) }));
  });

  door.get('/marks', 'member_score.read', async (req, res) => {
    const { t, lang, fmt } = sharedOf(res);
    const { author, now } = doing(res);
    const month = readFilter(req.query, monthFilter).value.month ?? lastMonth(now);
    const found = await listMarks(db, author.unit_path, month);
    const w = t.member_scores;
    show(
      res,
      'member_scores/marks',
      { title: w.marks, nav: 'member_scores', crumbs: crumbs(res) },
      {
        month_name: fmt.month(month),
        new_href: may(author, 'member_mark.propose', { unit_path: author.unit_path })
          ? hrefOf(`${path}/marks/new`, { month })
          : null,
        rows: found.map((mark) => {
          const state = mark.confirmed_at ? ('confirmed' as const) : mark.dropped_at ? ('dropped' as const) : ('open' as const);
          return {
            id: mark.id,
            name: mark.name,
            grid: unitName({ name_zh: mark.grid_zh, name_en: mark.grid_en }, lang),
            kind: w.kinds[mark.kind],
            points: `${markKinds[mark.kind].sign > 0 ? '+' : '−'}${mark.points}`,
            reason: mark.reason,
            by: `${mark.proposed_name} ${fmt.day(mark.proposed_at)}`,
            confirmed: mark.confirmed_name ? `${mark.confirmed_name} ${fmt.day(mark.confirmed_at!)}` : '',
            state: w.mark_states[state],
            tone: state === 'open' ? ('new' as const) : state === 'confirmed' ? ('go' as const) : ('done' as const),
            leak: mark.kind === 'data_leak' && state !== 'dropped',
            may_settle:
              state === 'open' &&
              mark.proposed_by !== author.person_id &&
              may(author, 'member_mark.confirm', { unit_path: mark.path }),
          };
        }),
      },
    );
  });
  door.get('/marks/new', 'member_mark.propose', async (req, res) => showMark(res, started(req, res)));
  door.post('/marks/new', 'member_mark.propose', async (req, res) => {
    const back = await submit(req, res, markForm, (value) => proposeMark(db, doing(res), value));
    if (back) return showMark(res, back.form);
    flash(req, 'member_scores.saved_mark');
    res.redirect(303, hrefOf(`${path}/marks`, { month: String(req.body.month) }));
  });
  for (const verdict of ['confirm', 'drop'] as const) {
    door.post(`/marks/:id/${verdict}`, 'member_mark.confirm', async (req, res) => {
      const month = await settleMark(db, doing(res), idOf(req.params['id']), verdict);
      flash(req, 'member_scores.settled_mark');
      res.redirect(303, hrefOf(`${path}/marks`, { month }));
    });
  }

  /** The month that runs and the two before: the rest is confirmed long since. */
  function monthsOf(res: Response) {
    const { fmt } = sharedOf(res);
    const last = lastMonth(doing(res).now);
    return [dayOf(doing(res).now).slice(0, 7), last, addDays(`${last}-01`, -1).slice(0, 7)].map((value) => ({
      value,
      label: fmt.month(value),
    }));
  }

  async function membersOf(res: Response): Promise<Groups> {
    const { lang } = sharedOf(res);
    const { author, now } = doing(res);
    const groups = new Map<string, { value: number; label: string }[]>();
    for (const one of await listMemberChoices(db, author.unit_path, dayOf(now))) {
      const grid = unitName({ name_zh: one.grid_zh, name_en: one.grid_en }, lang);
      groups.set(grid, [...(groups.get(grid) ?? []), { value: one.person_id, label: one.name }]);
    }
    return [...groups].map(([label, options]) => ({ label, options }));
  }

  async function showCheck(res: Response, form: FormState): Promise<void> {
    const w = sharedOf(res).t.member_scores;
    show(
      res,
      'units/edit',
      { title: w.spot_check, nav: 'member_scores', crumbs: crumbs(res) },
      {
        title: w.spot_check,
        intro: w.spot_check_intro,
        form,
        stale: false,
        action: `${path}/checks/new`,
        back: path,
        rows: [
          [
            { name: 'person_id', label: w.member, kind: 'select', groups: await membersOf(res), required: true },
            { name: 'month', label: w.month, kind: 'select', options: monthsOf(res), required: true },
          ],
          [
            { name: 'checked', label: w.checked, inputmode: 'numeric', required: true },
            { name: 'errors', label: w.errors, inputmode: 'numeric', required: true },
          ],
          [{ name: 'note', label: w.note }],
        ],
      },
    );
  }

  async function showMark(res: Response, form: FormState): Promise<void> {
    const w = sharedOf(res).t.member_scores;
    show(
      res,
      'units/edit',
      { title: w.mark, nav: 'member_scores', crumbs: [...crumbs(res), { label: w.marks, href: `${path}/marks` }] },
      {
        title: w.mark,
        intro: w.mark_intro,
        form,
        stale: false,
        action: `${path}/marks/new`,
        back: `${path}/marks`,
        rows: [
          [
            { name: 'person_id', label: w.member, kind: 'select', groups: await membersOf(res), required: true },
            { name: 'month', label: w.month, kind: 'select', options: monthsOf(res), required: true },
          ],
          [
            {
              name: 'kind',
              label: w.kind,
              kind: 'select',
              required: true,
              options: markNames.map((value) => ({ value, label: w.kinds[value] })),
            },
            { name: 'points', label: w.bonus_points, hint: w.bonus_hint },
          ],
          [{ name: 'reason', label: w.reason, kind: 'textarea', required: true }],
        ],
      },
    );
  }
}
