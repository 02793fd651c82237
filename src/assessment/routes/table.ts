import type { Request, Response, Router } from 'express';
import type { Db } from '../../core/db.ts';
import { notFound } from '../../core/errors.ts';
import type { World } from '../../core/world.ts';
import { actorOf, makeDoor } from '../../doors.ts';
import { may, readsEverything } from '../../policy.ts';
import { unitName } from '../../units/rules.ts';
import type { ScoreLine, Tab } from '../../views.ts';
import type { Format } from '../../web/format.ts';
import { sharedOf, show } from '../../web/render.ts';
import { hrefOf, readFilter } from '../../web/submit.ts';
import type { Lang, Words } from '../../words/words.ts';
import { verifyMonth } from '../actions/close.ts';
import { askWhatIf, readSpan, readTable, type Table } from '../actions/table.ts';
import { tableFilter } from '../forms.ts';
import { decimal, decimalOrNull, fraction, type Hundredths, percentage } from '../rules/exact.ts';
import { isPeriod, isSpan, nextPeriod, type Period, periodOf, quarterOf } from '../rules/periods.ts';
import {
  type Bases,
  type Group,
  groups,
  ratedOf,
  type Scheme,
  type SchemeKey,
  type Score,
  schemeKeys,
  termNames,
} from '../rules/score.ts';
import { findProgress } from '../store/facts.ts';
import { type AssessedUnit, countReceived, listClosed, listRevisions, type PeriodRow, sumRatings } from '../store/periods.ts';

type Whistles = (db: Db, period: Period) => Promise<ReadonlyMap<number, string>>;

const smoothing_votes = 5;

export function tablePages({ db }: World, whistleScores: Whistles): Router {
  const door = makeDoor('');

  door.get('/assessment', 'assessment.read', async (req, res) => {
    const { t, lang, fmt, now } = sharedOf(res);
    const asked = readFilter(req.query, tableFilter).value;
    if (asked.period !== null && isSpan(asked.period)) return showSpan(res, asked.period, asked.scheme ?? 'city');
    const at = await readAt(req, res);
    const { table, closed, period, key, group } = at;
    const [received, city, whistles, revisions, seen, genuine] = await Promise.all([
      countReceived(db, null),
      sumRatings(db),
      whistleScores(db, period),
      listRevisions(db, period),
      findProgress(db),
      at.closed ? verifyMonth(db, at.closed) : true,
    ]);
    const actor = actorOf(res);
    const everything = closed !== null || readsEverything(actor);
    const seen_scores = everything ? table.scores : table.scores.filter(({ unit_id }) => explains(unit_id));
    function explains(unit_id: number): boolean {
      return may(actor, 'assessment.explain', { unit_path: table.units.get(unit_id)!.path });
    }
    const below = table.scores.filter(({ deduction }) => deduction > 0);
    const rated = city.satisfied + city.basic + city.dissatisfied;
    const rate = rated === 0 ? null : percentage(fraction(city.satisfied + city.basic, rated));
    const sum = below.reduce((all, { deduction }) => all + deduction, 0);
    const n = table.scores.reduce((all, { counts }) => all + counts.n, 0);
    const on_time = table.scores.reduce((all, { counts }) => all + counts.on_time, 0);
    const base = table.bases.all ?? table.bases[group] ?? null;
    const here = (to: object) =>
      hrefOf('/assessment', { period, scheme: key === 'city' ? null : key, group: group === 'towns' ? null : group, ...to });
    show(
      res,
      'assessment/table',
      { title: t.assessment.title, nav: 'assessment' },
      {
        period: fmt.month(period),
        state: closed
          ? { tone: 'done' as const, text: t.assessment.closed_on(fmt.day(closed.closed_at), closed.revision) }
          : { tone: 'go' as const, text: t.assessment.live(fmt.time(seen ?? now)) },
        months: at.months.map((one) => ({ value: one, label: isPeriod(one) ? fmt.month(one) : t.assessment.span(one) })),
        form: { id: 'at', errors: {}, typed: { period } },
        keep: { scheme: key, group },
        schemes: schemeKeys.map((one) => ({
          label: t.assessment.schemes[one],
          href: here({ scheme: one === 'city' ? null : one }),
          current: one === key,
        })),
        tabs: groupTabs(t, group, table.scores, (one) => here({ group: one === 'towns' ? null : one })),
        figures: [
          { label: t.assessment.received, value: fmt.number(received), note: t.assessment.since_the_start },
          {
            label: t.assessment.satisfaction,
            value: rate === null ? t.common.none : `${decimal(rate)}%`,
            note: t.assessment.of_rated(fmt.number(rated)),
          },
          ...(table.scheme.mode === null
            ? []
            : [
                {
                  label: t.assessment.base,
                  value: decimalOrNull(base) ?? t.common.none,
                  note: t.assessment.base_note,
                  href: everything && key === 'city' ? hrefOf('/assessment/base', { period }) : undefined,
                },
              ]),
          {
            label: t.assessment.on_time_rate,
            value: n === 0 ? t.common.none : `${decimal(percentage(fraction(on_time, n)))}%`,
            note: t.assessment.orders(fmt.number(n)),
            href: readsEverything(actor) ? hrefOf('/assessment/cases', { period, list: 'on_time' }) : undefined,
          },
          ...(table.scheme.mode === null
            ? []
            : [{ label: t.assessment.below, value: fmt.number(below.length), note: t.assessment.deducted(decimal(sum)) }]),
        ],
        terms: termNames[table.scheme.kind].map((name) => t.assessment.terms[name]),
        judges: table.scheme.mode !== null,
        lines: linesOf(seen_scores, group, table, lang, t, fmt, (unit_id) => ({
          href: explains(unit_id)
            ? hrefOf(`/assessment/units/${unit_id}`, { period, scheme: key === 'city' ? null : key })
            : null,
          whistle: whistles.get(unit_id) ?? null,
        })),
        base: decimalOrNull(table.bases.all ?? table.bases[group] ?? null),
        only_own: !everything,
        nothing: n === 0,
        checksum: closed?.checksum ?? null,
        genuine,
        revisions: revisions.map(({ revision, closed_at, reason, checksum }) => ({
          revision,
          at: fmt.full(closed_at),
          reason: revision === 1 ? t.assessment.first_closing : reason,
          checksum,
        })),
        links: [
          { label: t.assessment.quarter(quarterOf(period)), href: hrefOf('/assessment', { period: quarterOf(period) }) },
          ...(everything
            ? [{ label: t.assessment.sensitivity, href: hrefOf('/assessment/sensitivity', { period, group }) }]
            : []),
          { label: t.menu.items.exclusions, href: hrefOf('/assessment/exclusions', { period }) },
        ],
      },
    );
  });

  door.get('/assessment/sensitivity', 'assessment.read', async (req, res) => {
    const { t, lang, fmt } = sharedOf(res);
    const { table, closed, period, group } = await readAt(req, res, 'city');
    if (closed === null && !readsEverything(actorOf(res))) throw notFound();
    const other = table.scheme.basic_value === 100 ? 80 : 100;
    const asked = [
      { label: t.assessment.as_it_is, ...askWhatIf(table, {}) },
      { label: t.assessment.basic_at(decimal(other)), ...askWhatIf(table, { basic_value: other }) },
      { label: t.assessment.unrated_satisfied, ...askWhatIf(table, {}, { unrated_satisfied: true }) },
      { label: t.assessment.smoothed(smoothing_votes), ...askWhatIf(table, {}, { smoothing: smoothing_votes }) },
    ];
    const scopes = (bases: Bases) => decimalOrNull(bases.all ?? bases[group] ?? null) ?? t.common.none;
    const wanted = sorted(
      table.scores.filter((one) => one.group === group && one.score !== null),
      table.units,
    );
    show(
      res,
      'assessment/sensitivity',
      {
        title: t.assessment.sensitivity,
        nav: 'assessment',
        crumbs: [{ href: hrefOf('/assessment', { period }), label: t.assessment.title }],
      },
      {
        period: fmt.month(period),
        tabs: groupTabs(t, group, table.scores, (one) => hrefOf('/assessment/sensitivity', { period, group: one })),
        columns: asked.map(({ label, bases }) => ({ label, base: scopes(bases) })),
        rows: wanted.map(({ unit_id }) => {
          const cells = asked.map(({ scores }) => scores.find((one) => one.unit_id === unit_id)!);
          return {
            unit: unitName(table.units.get(unit_id)!, lang),
            cells: cells.map(({ score, deduction }) => ({
              score: decimalOrNull(score) ?? t.common.none,
              deduction: decimal(deduction),
              changed: deduction !== cells[0]!.deduction,
            })),
          };
        }),
      },
    );
  });

  /** Which month, scheme and group a page is about; the month that runs when nothing else is asked for. */
  async function readAt(req: Request, res: Response, only?: SchemeKey) {
    const { now } = sharedOf(res);
    const { period: asked, scheme, group } = readFilter(req.query, tableFilter).value;
    const all = await listClosed(db);
    const key = only ?? scheme ?? 'city';
    const current = periodOf(now);
    const open: Period[] = [];
    for (let at = all[0] ? nextPeriod(all[0].period) : current; at <= current; at = nextPeriod(at)) open.unshift(at);
    const period = asked ?? open[0] ?? current;
    const closed: PeriodRow | undefined = all.find((one) => one.period === period);
    if (!closed && !open.includes(period)) throw notFound();
    const months = [...open, ...all.map((one) => one.period)];
    const spans = [...new Set(all.flatMap((one) => [quarterOf(one.period), one.period.slice(0, 4)]))];
    return {
      period,
      closed: closed ?? null,
      key,
      group: group ?? ('towns' as const),
      months: [...months, ...spans],
      table: await readTable(db, period, key, closed),
    };
  }

  async function showSpan(res: Response, span: string, key: SchemeKey): Promise<void> {
    const { t, lang, fmt } = sharedOf(res);
    const found = await readSpan(db, span, key);
    if (!found) throw notFound();
    show(
      res,
      'assessment/span',
      { title: t.assessment.span(span), nav: 'assessment', crumbs: [{ href: '/assessment', label: t.assessment.title }] },
      {
        title: t.assessment.span(span),
        months: found.months.map((month) => fmt.month(month)),
        base: decimalOrNull(found.bases.all ?? null),
        min_rated: found.scheme.min_rated,
        terms: termNames[found.scheme.kind].map((name) => t.assessment.terms[name]),
        lines: groups.flatMap((group) =>
          linesOf(found.scores, group, found, lang, t, fmt, () => ({ href: null, whistle: null })),
        ),
      },
    );
  }

  return door.routes;
}

function groupTabs(t: Words, current: Group, scores: readonly Score[], href: (group: Group) => string): Tab[] {
  return groups.map((group) => ({
    label: t.assessment.groups[group],
    count: scores.filter((one) => one.group === group).length,
    href: href(group),
    current: group === current,
  }));
}

/** The ranked first, then the others as the tree has them. */
function sorted(scores: readonly Score[], units: ReadonlyMap<number, AssessedUnit>): Score[] {
  const place = (one: Score) => one.rank ?? 1000 + (one.state === 'none' ? 1000 : 0);
  return [...scores].sort((a, b) => place(a) - place(b) || units.get(a.unit_id)!.sort - units.get(b.unit_id)!.sort);
}

const marks = { small: 'warn', unrated: 'warn', none: 'done' } as const;

/** Each unit's row, with a bar from the lowest score shown up to 100 and the base across it. */
function linesOf(
  scores: readonly Score[],
  group: Group,
  { units, bases }: { units: Table['units']; bases: Bases; scheme: Scheme },
  lang: Lang,
  t: Words,
  fmt: Format,
  beside: (unit_id: number) => { href: string | null; whistle: string | null },
): ScoreLine[] {
  const own = scores.filter((one) => one.group === group);
  const lowest = Math.min(10_000, ...own.flatMap(({ score }) => (score === null ? [] : [score])));
  const from = Math.max(0, Math.floor((lowest - 200) / 500) * 500);
  const along = (value: Hundredths) => Math.round(((value - from) * 1000) / Math.max(1, 10_000 - from)) / 10;
  const base = bases.all ?? bases[group] ?? null;
  return sorted(own, units).map((one) => ({
    unit: unitName(units.get(one.unit_id)!, lang),
    rank: one.rank,
    n: fmt.number(one.counts.n),
    rated: fmt.number(ratedOf(one.counts)),
    terms: one.terms.map((term) => decimalOrNull(term)),
    score: decimalOrNull(one.score),
    satisfaction: decimalOrNull(one.satisfaction),
    gap: one.gap === null || one.gap === 0 ? null : decimal(one.gap),
    deduction: one.deduction === 0 ? null : decimal(one.deduction),
    mark: one.state === 'scored' ? null : { tone: marks[one.state], text: t.assessment.states[one.state] },
    bar:
      one.score === null ? null : { width: along(one.score), base: base === null ? null : along(base), low: one.deduction > 0 },
    ...beside(one.unit_id),
  }));
}
