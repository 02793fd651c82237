import type { Router } from 'express';
import { addMinutes } from '../../core/clock.ts';
import type { World } from '../../core/world.ts';
import { actorOf, makeDoor } from '../../doors.ts';
import { unitName } from '../../units/rules.ts';
import { sharedOf, show } from '../../web/render.ts';
import { hrefOf } from '../../web/submit.ts';
import { decimal, decimalOrNull } from '../rules/exact.ts';
import { periodOf } from '../rules/periods.ts';
import { ratedOf, type Scheme, type Score, schemeKeys, type TermName, termNames, termsOf } from '../rules/score.ts';
import { listRevisions } from '../store/periods.ts';
import { listRisks } from '../store/reading.ts';
import { countOf, opens, readUnit } from './lists.ts';

const soon_minutes = 2 * 1440;

export function unitPages({ db }: World): Router {
  const door = makeDoor('');

  door.get('/assessment/units/:id', 'assessment.explain', async (req, res) => {
    const { t, lang, fmt, now } = sharedOf(res);
    const { table, unit, score, closed, period, key, months } = await readUnit(db, req, res);
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
            count: fmt.number(countOf(list, score.counts)),
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

  return door.routes;
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
