import type { Request, Response, Router } from 'express';
import { rulebook } from '../../catalog/actions.ts';
import { notFound } from '../../core/errors.ts';
import type { World } from '../../core/world.ts';
import { actorOf, makeDoor } from '../../doors.ts';
import { may, readsEverything } from '../../policy.ts';
import { unitName } from '../../units/rules.ts';
import { sharedOf, show } from '../../web/render.ts';
import { hrefOf, readFilter } from '../../web/submit.ts';
import type { Words } from '../../words/words.ts';
import { unitFilter } from '../forms.ts';
import { decimal, decimalOrNull } from '../rules/exact.ts';
import { objectableUntil } from '../rules/periods.ts';
import { isOfRatings, type ListName } from '../rules/requests.ts';
import { addTally, groups, type Tally } from '../rules/score.ts';
import { listRevisions } from '../store/periods.ts';
import { type FactLine, listFacts } from '../store/reading.ts';
import { countOf, opens, readMonth, readUnit } from './lists.ts';

const page_size = 50;
const shown = [...new Set([...Object.values(opens).flat(), 'not_counted' as const])];

/** The cases behind a figure, of one unit or of the whole city, and the units that the base is the mean of. */
export function casePages({ db }: World): Router {
  const door = makeDoor('');

  door.get('/assessment/units/:id/cases', 'assessment.explain', async (req, res) => {
    const { t, lang, now } = sharedOf(res);
    const { unit, score, ...at } = await readUnit(db, req, res);
    const actor = actorOf(res);
    const list = listOf(req);
    const [{ calendar }, revisions] = await Promise.all([rulebook(db), listRevisions(db, at.period)]);
    const first = revisions[0];
    const asks = !isOfRatings(list) && list !== 'not_counted';
    const to = !asks
      ? null
      : !at.closed && may(actor, 'exclusion.request', { unit_path: unit.path })
        ? { path: 'exclusion', label: t.assessment.ask_exclusion }
        : first && now <= objectableUntil(calendar, first.closed_at) && may(actor, 'objection.file', { unit_path: unit.path })
          ? { path: 'objection', label: t.assessment.object }
          : null;
    const path = `/assessment/units/${unit.id}`;
    await showCases(req, res, at, {
      unit_id: unit.id,
      name: unitName(unit, lang),
      counts: score.counts,
      path: `${path}/cases`,
      back: { path, label: unitName(unit, lang) },
      ask: to,
    });
  });

  door.get('/assessment/cases', 'assessment.explain', async (req, res) => {
    if (!readsEverything(actorOf(res))) throw notFound();
    const { t } = sharedOf(res);
    const at = await readMonth(db, req, res);
    await showCases(req, res, at, {
      unit_id: null,
      name: t.assessment.whole_city,
      counts: at.table.scores.reduce((sum, { counts }) => addTally(sum, counts), at.table.city),
      path: '/assessment/cases',
      back: { path: '/assessment', label: t.assessment.title },
      ask: null,
    });
  });

  door.get('/assessment/base', 'assessment.read', async (req, res) => {
    const { t, lang, fmt } = sharedOf(res);
    const { table, closed, period } = await readMonth(db, req, res);
    if (!closed && !readsEverything(actorOf(res))) throw notFound();
    const actor = actorOf(res);
    const scopes = table.scheme.group_scope === 'all' ? (['all'] as const) : groups;
    show(
      res,
      'assessment/base',
      {
        title: t.assessment.base,
        nav: 'assessment',
        crumbs: [{ href: hrefOf('/assessment', { period }), label: t.assessment.title }],
      },
      {
        period: fmt.month(period),
        bases: scopes.map((scope) => {
          const rows = table.scores
            .filter((one) => (scope === 'all' || one.group === scope) && one.score !== null && one.counts.n > 0)
            .sort((a, b) => b.counts.n - a.counts.n || a.unit_id - b.unit_id);
          const n = rows.reduce((sum, { counts }) => sum + counts.n, 0);
          const sum = rows.reduce((all, { counts, score }) => all + counts.n * score!, 0);
          return {
            title: scope === 'all' ? t.assessment.all_units : t.assessment.groups[scope],
            rows: rows.map(({ unit_id, counts, score }) => {
              const unit = table.units.get(unit_id)!;
              return {
                unit: unitName(unit, lang),
                href: may(actor, 'assessment.explain', { unit_path: unit.path })
                  ? hrefOf(`/assessment/units/${unit_id}`, { period })
                  : null,
                n: fmt.number(counts.n),
                score: decimal(score!),
                product: decimal(counts.n * score!),
              };
            }),
            n: fmt.number(n),
            sum: decimal(sum),
            base: decimalOrNull(table.bases[scope] ?? null),
          };
        }),
      },
    );
  });

  const listOf = (req: Request): ListName => readFilter(req.query, unitFilter).value.list ?? 'all';

  async function showCases(
    req: Request,
    res: Response,
    { closed, period, key, table }: Awaited<ReturnType<typeof readMonth>>,
    of: {
      unit_id: number | null;
      name: string;
      counts: Tally;
      path: string;
      back: { path: string; label: string };
      ask: { path: string; label: string } | null;
    },
  ): Promise<void> {
    const { t, lang, fmt, now } = sharedOf(res);
    const list = listOf(req);
    const turn = readFilter(req.query, unitFilter).value;
    const wanted = { unit_id: of.unit_id, period, list };
    const found = await listFacts(db, actorOf(res), wanted, closed?.closed_at ?? now, turn, page_size);
    const at = { period, scheme: key === 'city' ? null : key };
    const here = (to: object) => hrefOf(of.path, { ...at, list, ...to });
    const unit = (id: number) => {
      const known = table.units.get(id);
      return known ? unitName(known, lang) : t.assessment.whole_city;
    };
    show(
      res,
      'assessment/cases',
      {
        title: t.assessment.lists[list],
        nav: 'assessment',
        crumbs: [{ href: hrefOf(of.back.path, at), label: of.back.label }],
      },
      {
        title: t.assessment.lists[list],
        unit: of.name,
        period: fmt.month(period),
        chips: shown.map((one) => ({
          label: t.assessment.lists[one],
          href: hrefOf(of.path, { ...at, list: one }),
          current: one === list,
          ...(one === 'not_counted' ? {} : { count: fmt.number(countOf(one, of.counts)) }),
        })),
        ratings: isOfRatings(list),
        units: of.unit_id === null,
        rows: found.rows.map((row) => ({
          number: row.number,
          title: row.title,
          href: row.readable ? `/appeals/${row.number}` : null,
          unit: unit(row.unit_id),
          role: row.role ? t.assessment.roles[row.role as 'lead'] : '',
          due: row.due_at ? fmt.moment(row.due_at) : '',
          done: row.completed_at ? fmt.moment(row.completed_at) : '',
          rated: row.rated_at ? fmt.moment(row.rated_at) : '',
          why: whyOf(row, t, now),
          ask:
            of.ask && row.order_id !== null && row.why === null
              ? { href: `/assessment/orders/${row.order_id}/${of.ask.path}`, label: of.ask.label }
              : null,
        })),
        newer: found.newer ? here({ before: found.newer }) : undefined,
        older: found.older ? here({ after: found.older }) : undefined,
      },
    );
  }

  return door.routes;
}

/** Why a case counts as it does, or does not. */
function whyOf(row: FactLine, t: Words, now: Date): { text: string; tone: 'go' | 'warn' | 'late' | 'done' }[] {
  const w = t.assessment.whys;
  const said = row.corrected.map((claim) => ({
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
