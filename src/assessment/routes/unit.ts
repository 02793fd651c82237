import type { Request, Response, Router } from 'express';
import { rulebook } from '../../catalog/actions.ts';
import { addMinutes } from '../../core/clock.ts';
import { notFound } from '../../core/errors.ts';
import type { World } from '../../core/world.ts';
import { actorOf, idOf, makeDoor } from '../../doors.ts';
import { may } from '../../policy.ts';
import { unitName } from '../../units/rules.ts';
import { sharedOf, show } from '../../web/render.ts';
import { hrefOf, readFilter } from '../../web/submit.ts';
import { readTable } from '../actions/table.ts';
import { unitFilter } from '../forms.ts';
import { decimal, decimalOrNull } from '../rules/exact.ts';
import { objectableUntil, type Period, periodOf } from '../rules/periods.ts';
import { isOfRatings, type ListName } from '../rules/requests.ts';
import {
  ratedOf,
  type Scheme,
  type SchemeKey,
  type Score,
  schemeKeys,
  type TermName,
  termNames,
  termsOf,
} from '../rules/score.ts';
import { listClosed, listRevisions } from '../store/periods.ts';
import { type FactLine, listFacts, listRisks } from '../store/reading.ts';

const page_size = 50;
const soon_minutes = 2 * 1440;

/** The lists that a term opens to: what speaks for the unit, then what does not. */
const opens: Record<TermName, readonly ListName[]> = {
  timely: ['timely', 'not_timely'],
  completion: ['on_time', 'late'],
  evaluation: ['satisfied', 'basic', 'dissatisfied'],
  response: ['contacted', 'not_contacted'],
  resolution: ['solved', 'not_solved'],
  satisfaction: ['satisfied', 'basic', 'dissatisfied'],
};

export function unitPages({ db }: World): Router {
  const door = makeDoor('');

  door.get('/assessment/units/:id', 'assessment.explain', async (req, res) => {
    const { t, lang, fmt, now } = sharedOf(res);
    const { table, unit, score, closed, period, key, months } = await readUnit(req, res);
    const { scheme } = table;
    const terms = termsOf(score.counts, scheme);
    const base = table.bases.all ?? table.bases[score.group] ?? null;
    const current = periodOf(now);
    const risks = closed ? [] : await listRisks(db, actorOf(res), unit.id, current, now, addMinutes(now, soon_minutes));
    const revisions = await listRevisions(db, period);
    const here = (to: object) => hrefOf(`/assessment/units/${unit.id}`, { period, scheme: key === 'city' ? null : key, ...to });
    show(
      res,
      'assessment/unit',
      {
        title: unitName(unit, lang),
        nav: 'assessment',
        crumbs: [{ href: hrefOf('/assessment', { period, group: score.group }), label: t.assessment.title }],
      },
      {
        unit: unitName(unit, lang),
        period: fmt.month(period),
        state: closed
          ? { tone: 'done' as const, text: t.assessment.closed_on(fmt.day(closed.closed_at), closed.revision) }
          : { tone: 'go' as const, text: t.assessment.running },
        months: months.map((one) => ({ value: one, label: fmt.month(one) })),
        form: { id: 'at', errors: {}, typed: { period } },
        action: `/assessment/units/${unit.id}`,
        keep: { scheme: key },
        schemes: schemeKeys.map((one) => ({
          label: t.assessment.schemes[one],
          href: here({ scheme: one === 'city' ? null : one }),
          current: one === key,
        })),
        figures: [
          {
            label: t.assessment.score,
            value: decimalOrNull(score.score) ?? t.common.none,
            note: score.state === 'scored' ? undefined : t.assessment.states[score.state],
          },
          { label: t.assessment.rank_in(t.assessment.groups[score.group]), value: score.rank ?? t.common.none },
          ...(scheme.mode === null
            ? []
            : [
                { label: t.assessment.base, value: decimalOrNull(base) ?? t.common.none },
                {
                  label: t.assessment.deduction,
                  value: decimal(score.deduction),
                  tone: score.deduction > 0 ? ('late' as const) : undefined,
                },
              ]),
        ],
        formula: formulaOf(score, scheme, base),
        terms: termNames[scheme.kind].map((name, i) => ({
          name: t.assessment.terms[name],
          meaning: t.assessment.meanings[name],
          value: decimalOrNull(score.terms[i]!),
          sum: sumOf(name, score, scheme, terms[i] !== null),
          weight: decimal(scheme.weights[i]!),
          lists: opens[name].map((list) => ({
            label: t.assessment.lists[list],
            count: fmt.number(countOf(list, score)),
            href: hrefOf(`/assessment/units/${unit.id}/cases`, { period, scheme: key === 'city' ? null : key, list }),
          })),
        })),
        not_counted: hrefOf(`/assessment/units/${unit.id}/cases`, { period, list: 'not_counted' }),
        small: score.state === 'small' || score.state === 'unrated' ? t.assessment.small_note(scheme.min_rated) : null,
        risks: risks.map(({ risk, number, title, due_at }) => ({
          kind: t.assessment.risks[risk],
          tone: risk === 'late' || risk === 'rework' ? ('late' as const) : ('warn' as const),
          number,
          title,
          due: due_at ? fmt.left(due_at, now) : null,
        })),
        live: !closed,
        revisions: revisions.slice(1).map(({ revision, closed_at, reason }) => ({ revision, at: fmt.full(closed_at), reason })),
      },
    );
  });

  door.get('/assessment/units/:id/cases', 'assessment.explain', async (req, res) => {
    const { t, lang, fmt, now } = sharedOf(res);
    const { unit, score, closed, period, key } = await readUnit(req, res);
    const asked = readFilter(req.query, unitFilter).value;
    const list = asked.list ?? 'all';
    const actor = actorOf(res);
    const [found, { calendar }, revisions] = await Promise.all([
      listFacts(db, actor, { unit_id: unit.id, period, list }, closed?.closed_at ?? now, asked, page_size),
      rulebook(db),
      listRevisions(db, period),
    ]);
    const here = (to: object) =>
      hrefOf(`/assessment/units/${unit.id}/cases`, { period, scheme: key === 'city' ? null : key, list, ...to });
    const back = hrefOf(`/assessment/units/${unit.id}`, { period, scheme: key === 'city' ? null : key });
    const first = revisions[0];
    const asks = !isOfRatings(list) && list !== 'not_counted';
    const to = !asks
      ? null
      : !closed && may(actor, 'exclusion.request', { unit_path: unit.path })
        ? { path: 'exclusion', label: t.assessment.ask_exclusion }
        : first && now <= objectableUntil(calendar, first.closed_at) && may(actor, 'objection.file', { unit_path: unit.path })
          ? { path: 'objection', label: t.assessment.object }
          : null;
    const shown = [...new Set([...Object.values(opens).flat(), 'not_counted' as const])];
    show(
      res,
      'assessment/cases',
      { title: t.assessment.lists[list], nav: 'assessment', crumbs: [{ href: back, label: unitName(unit, lang) }] },
      {
        title: t.assessment.lists[list],
        unit: unitName(unit, lang),
        period: fmt.month(period),
        chips: shown.map((one) => ({
          label: t.assessment.lists[one],
          href: hrefOf(`/assessment/units/${unit.id}/cases`, { period, scheme: key === 'city' ? null : key, list: one }),
          current: one === list,
          ...(one === 'not_counted' ? {} : { count: fmt.number(countOf(one, score)) }),
        })),
        ratings: isOfRatings(list),
        rows: found.rows.map((row) => ({
          number: row.number,
          title: row.title,
          href: row.readable ? `/appeals/${row.number}` : null,
          role: row.role ? t.assessment.roles[row.role as 'lead'] : '',
          due: row.due_at ? fmt.moment(row.due_at) : '',
          done: row.completed_at ? fmt.moment(row.completed_at) : '',
          rated: row.rated_at ? fmt.moment(row.rated_at) : '',
          why: whyOf(row),
          ask:
            to && row.order_id !== null && row.why === null
              ? { href: `/assessment/orders/${row.order_id}/${to.path}`, label: to.label }
              : null,
        })),
        newer: found.newer ? here({ before: found.newer }) : undefined,
        older: found.older ? here({ after: found.older }) : undefined,
      },
    );

    /** Why a case counts as it does, or does not. */
    function whyOf(row: FactLine): { text: string; tone: 'go' | 'warn' | 'late' | 'done' }[] {
      const w = t.assessment.whys;
      const said = (row.corrected ?? []).map((claim) => ({
        text: w.corrected(t.assessment.claims[claim as 'exclude']),
        tone: 'done' as const,
      }));
      if (row.why !== null) return [{ text: w[row.why], tone: 'done' }, ...said];
      if (row.level !== null) {
        const tone = row.level === 'dissatisfied' ? ('late' as const) : ('go' as const);
        const yes = (value: boolean | null, name: 'contacted' | 'solved') =>
          value === null
            ? []
            : [
                {
                  text: t.assessment.lists[value ? name : (`not_${name}` as const)],
                  tone: value ? ('go' as const) : ('warn' as const),
                },
              ];
        return [
          { text: t.domain.levels[row.level], tone },
          ...yes(row.contacted, 'contacted'),
          ...yes(row.solved, 'solved'),
          ...said,
        ];
      }
      if (row.completed_at === null && row.due_at! > now) return [{ text: w.not_due, tone: 'done' }];
      const late = row.completed_at === null || row.completed_at > row.due_at!;
      return [
        row.timely ? { text: w.timely, tone: 'go' } : { text: w.not_timely, tone: 'late' },
        late ? { text: row.completed_at === null ? w.open_late : w.late, tone: 'late' } : { text: w.on_time, tone: 'go' },
        ...said,
      ];
    }
  });

  /** The unit's row of a month; a unit that is not the reader's looks like one that does not exist. */
  async function readUnit(req: Request<Record<string, string>>, res: Response) {
    const { now } = sharedOf(res);
    const { period: asked, scheme } = readFilter(req.query, unitFilter).value;
    const all = await listClosed(db);
    const period = asked ?? periodOf(now);
    const closed = all.find((one) => one.period === period);
    const key: SchemeKey = scheme ?? 'city';
    const table = await readTable(db, period, key, closed);
    const unit = table.units.get(idOf(req.params['id']));
    if (!unit || !may(actorOf(res), 'assessment.explain', { unit_path: unit.path })) throw notFound();
    const score = table.scores.find((one) => one.unit_id === unit.id);
    if (!score) throw notFound();
    const months: Period[] = [...new Set([periodOf(now), period, ...all.map((one) => one.period)])];
    return { table, unit, score, closed: closed ?? null, period, key, months };
  }

  return door.routes;
}

/** How many cases a list has, from the counts that the score is made of. */
function countOf(list: ListName, { counts }: Score): number {
  const of: Partial<Record<ListName, number>> = {
    timely: counts.timely,
    not_timely: counts.n - counts.timely,
    on_time: counts.on_time,
    late: counts.n - counts.on_time,
    satisfied: counts.satisfied,
    basic: counts.basic,
    dissatisfied: counts.dissatisfied,
    contacted: counts.contacted,
    not_contacted: counts.asked - counts.contacted,
    solved: counts.solved,
    not_solved: counts.asked - counts.solved,
  };
  return of[list] ?? counts.n;
}

/** A term with its numbers filled in: 190 ÷ 200. */
function sumOf(name: TermName, { counts }: Score, scheme: Scheme, there: boolean): string | null {
  if (!there) return null;
  const rated = ratedOf(counts);
  return {
    timely: `${counts.timely} ÷ ${counts.n}`,
    completion: `${counts.on_time} ÷ ${counts.n}`,
    evaluation: `(${counts.satisfied} × 1 + ${counts.basic} × ${decimal(scheme.basic_value)} + ${counts.dissatisfied} × 0) ÷ ${rated}`,
    response: `${counts.contacted} ÷ ${counts.asked}`,
    resolution: `${counts.solved} ÷ ${counts.asked}`,
    satisfaction: `(${counts.satisfied} + ${counts.basic}) ÷ ${rated}`,
  }[name];
}

/** The score and the deduction as sums that can be redone by hand. */
function formulaOf({ terms, score, gap, points, deduction }: Score, scheme: Scheme, base: number | null) {
  const there = terms.map((term, i) => ({ term, weight: scheme.weights[i]! })).filter(({ term }) => term !== null);
  if (score === null) return null;
  const weighed = there.map(({ term, weight }) => `${decimal(weight)} × ${decimal(term!)}`).join(' + ');
  const weights = there.map(({ weight }) => decimal(weight)).join(' + ');
  return {
    score: `(${weighed}) ÷ (${weights}) = ${decimal(score)}`,
    deduction:
      scheme.mode === null || base === null || gap === null || points === null
        ? null
        : {
            gap: `max(0, ${decimal(base)} − ${decimal(score)}) = ${decimal(gap)}`,
            mode: scheme.mode,
            points: decimal(points),
            lost: `min(${decimal(scheme.cap)}, ${decimal(scheme.k)} × ${decimal(points)}) → ${decimal(deduction)}`,
          },
  };
}
