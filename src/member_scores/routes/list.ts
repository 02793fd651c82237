import type { Request, Response } from 'express';
import { decimal, hundredthsOf } from '../../assessment/rules/exact.ts';
import { addDays, dayOf } from '../../core/clock.ts';
import { notFound } from '../../core/errors.ts';
import type { World } from '../../core/world.ts';
import { actorOf, type Door } from '../../doors.ts';
import { mayEver } from '../../policy.ts';
import { unitName } from '../../units/rules.ts';
import type { Tone } from '../../views.ts';
import { nextMonth } from '../../visits/rules.ts';
import { flash } from '../../web/flash.ts';
import { readForm } from '../../web/form.ts';
import { sharedOf, show } from '../../web/render.ts';
import { hrefOf, readFilter } from '../../web/submit.ts';
import { lastMonth, settleMonth } from '../actions/score.ts';
import { monthFilter, monthForm, yearFilter } from '../forms.ts';
import { type MemberKind, ranked, type ScoreState, stateOf, termNames, type Year, yearOf } from '../rules.ts';
import { listMonth, listOpenObjections, listOwnScores, listYear, type ScoreFacts, type YearRow } from '../store/scores.ts';

export const scoreTones: Record<ScoreState, Tone> = { drafted: 'new', proposed: 'go', confirmed: 'done' };
const path = '/member-scores';

/** The month of everybody below, the year, and the member's own months. */
export function listRoutes({ db, clock }: World, door: Door): void {
  const now = (res: Response) => res.locals.now ?? clock();

  door.get('/', 'member_score.read', async (req, res) => {
    const { t, fmt } = sharedOf(res);
    const actor = actorOf(res);
    const newest = lastMonth(now(res));
    const asked = readFilter(req.query, monthFilter).value.month ?? newest;
    const month = asked > newest ? newest : asked;
    const [found, objections] = await Promise.all([
      listMonth(db, actor.unit_path, month),
      listOpenObjections(db, actor.unit_path),
    ]);
    const states = found.map((one) => ({
      state: stateOf(one),
      mine: one.proposed_by === actor.person_id,
      right_below: one.path === `${actor.unit_path}${one.grid_id}/`,
    }));
    const count = (state: ScoreState) => states.filter((one) => one.state === state && !one.mine).length;
    const to_score = states.filter((one) => one.state === 'drafted' && one.right_below).length;
    const scored = found.filter((one) => stateOf(one) === 'confirmed');
    const mean = yearOf(scored.map(({ score, days }) => ({ score: hundredthsOf(score), days }))).mean;
    show(
      res,
      'member_scores/month',
      { title: t.member_scores.title, nav: 'member_scores' },
      {
        month,
        month_name: fmt.month(month),
        figures: [
          ...(['drafted', 'proposed', 'confirmed'] as const).map((state) => ({
            label: t.member_scores.states[state],
            value: fmt.number(states.filter((one) => one.state === state).length),
          })),
          ...(mean === null ? [] : [{ label: t.member_scores.mean, value: decimal(mean) }]),
        ],
        objections: objections.map((one) => ({ id: one.id, name: one.name, month: fmt.month(one.month), grounds: one.grounds })),
        to_propose: mayEver(actor, 'member_score.propose') ? to_score : 0,
        to_confirm: mayEver(actor, 'member_score.confirm') ? count('proposed') : 0,
        may_enter: mayEver(actor, 'spot_check.make'),
        rows: found.map((one) => lineOf(one, res)),
        newer: month < newest ? hrefOf(path, { month: nextMonth(month).slice(0, 7) }) : undefined,
        older: hrefOf(path, { month: addDays(`${month}-01`, -1).slice(0, 7) }),
        year_href: hrefOf(`${path}/year`, { year: month.slice(0, 4) }),
      },
    );
  });

  for (const act of ['propose', 'confirm'] as const) {
    door.post(`/${act}`, `member_score.${act}`, async (req, res) => {
      const read = readForm(req.body, monthForm);
      if (!read.ok) throw notFound();
      const { month } = read.value;
      const done = await settleMonth(db, { author: actorOf(res), now: now(res) }, month, act);
      flash(req, act === 'propose' ? 'member_scores.proposed_n' : 'member_scores.confirmed_n', [done]);
      res.redirect(303, hrefOf(path, { month }));
    });
  }

  door.get('/mine', 'member_score.own', async (_req, res) => {
    const { t } = sharedOf(res);
    const own = await listOwnScores(db, actorOf(res).person_id);
    const years = [...new Set(own.map(({ month }) => month.slice(0, 4)))];
    show(
      res,
      'member_scores/mine',
      { title: t.member_scores.mine, nav: 'my_score' },
      {
        years: years.map((year) => {
          const months = own.filter((one) => one.month.startsWith(year));
          return {
            name: t.member_scores.year_title(year),
            figures: figuresOf(yearOf(months.map(({ score, days }) => ({ score: hundredthsOf(score), days }))), res),
            rows: months.map((one) => lineOf(one, res)),
          };
        }),
      },
    );
  });

  door.get('/year', 'member_score.read', async (req: Request, res) => {
    const { t, lang } = sharedOf(res);
    const actor = actorOf(res);
    const current = dayOf(now(res)).slice(0, 4);
    const asked = readFilter(req.query, yearFilter).value.year ?? current;
    const year = asked > current ? current : asked;
    // A community ranks within its own members and sees its members' place in the town; so the whole town is read for either.
    const town = actor.unit_path.split('/').slice(0, 3).join('/');
    const all = (await listYear(db, `${town}/`, year)).map((row) => ({
      row,
      ...yearOf(row.months.map(({ score, days }) => ({ score: hundredthsOf(score), days }))),
    }));
    const ranks = (key: (row: YearRow) => string) => {
      const out = new Map<(typeof all)[number], number>();
      for (const group of new Set(all.map(({ row }) => key(row))))
        for (const [one, rank] of ranked(all.filter(({ row }) => key(row) === group))) out.set(one, rank);
      return out;
    };
    const [community, whole] = [ranks((row) => `${row.kind} ${row.parent_id}`), ranks((row) => row.kind)];
    const shown = all.filter(({ row }) => row.path.startsWith(actor.unit_path));
    show(
      res,
      'member_scores/year',
      {
        title: t.member_scores.year_title(year),
        nav: 'member_scores',
        crumbs: [{ label: t.member_scores.title, href: path }],
      },
      {
        title: t.member_scores.year_title(year),
        groups: (['fulltime', 'assistant'] as const satisfies readonly MemberKind[]).map((kind) => ({
          label: t.member_scores[kind],
          rows: shown
            .filter(({ row }) => row.kind === kind)
            .map((one) => ({
              person_id: one.row.person_id,
              name: one.row.name,
              demo: one.row.demo,
              grid: unitName({ name_zh: one.row.grid_zh, name_en: one.row.grid_en }, lang),
              months: one.months,
              total: decimal(one.total),
              mean: one.mean === null ? '' : decimal(one.mean),
              community: community.get(one) ?? null,
              town: whole.get(one) ?? null,
            })),
        })),
        newer: year < current ? hrefOf(`${path}/year`, { year: String(Number(year) + 1) }) : undefined,
        older: hrefOf(`${path}/year`, { year: String(Number(year) - 1) }),
      },
    );
  });
}

function figuresOf({ months, total, mean }: Year, res: Response) {
  const { t } = sharedOf(res);
  return [
    { label: t.member_scores.months, value: months },
    { label: t.member_scores.total, value: decimal(total) },
    ...(mean === null ? [] : [{ label: t.member_scores.mean, value: decimal(mean) }]),
  ];
}

/** A score as a line of a list. */
function lineOf(one: ScoreFacts, res: Response) {
  const { t, lang, fmt } = sharedOf(res);
  const state = stateOf(one);
  return {
    id: one.id,
    name: one.name,
    demo: one.demo,
    kind: t.member_scores[one.kind],
    month: fmt.month(one.month),
    grid: unitName({ name_zh: one.grid_zh, name_en: one.grid_en }, lang),
    days: one.days,
    terms: termNames.map((name) => ({ label: t.member_scores.terms[name], points: one.terms[name].points })),
    extra: [Number(one.bonus) > 0 ? `+${one.bonus}` : '', Number(one.penalty) > 0 ? `−${one.penalty}` : '']
      .filter(Boolean)
      .join(' '),
    score: one.score,
    state: t.member_scores.states[state],
    tone: scoreTones[state],
    revision: one.revision > 1 ? t.member_scores.revision(one.revision) : '',
  };
}
