import type { Router } from 'express';
import { rulebook } from '../../catalog/actions.ts';
import type { World } from '../../core/world.ts';
import { makeDoor } from '../../doors.ts';
import { sharedOf, show } from '../../web/render.ts';
import { readFilter } from '../../web/submit.ts';
import { monthFilter } from '../forms.ts';
import { lengthsOf } from '../rules/charts.ts';
import { lastDay, monthBefore, monthOf, tookNames } from '../rules/dimensions.ts';
import { listSpreads, readCells } from '../store/cells.ts';
import { makeNames } from './names.ts';

export function timesPages({ db }: World): Router {
  const door = makeDoor('');

  door.get('/reports/times', 'report.read', async (req, res) => {
    const { t, lang, fmt, now } = sharedOf(res);
    const r = t.reports;
    const current = monthOf(now);
    const asked = readFilter(req.query, monthFilter).value.month;
    const month = asked !== null && asked <= current ? asked : current;
    const range = { from: `${month}-01`, to: lastDay(month) };
    const [book, took, spreads, months] = await Promise.all([
      rulebook(db),
      readCells(db, 'took', null, { from: month, to: month }),
      listSpreads(db, range.from, range.to),
      readCells(db, 'month', null, { from: monthBefore(current, 35), to: current }),
    ]);
    const names = makeNames(book, t, lang, fmt);
    const found = new Map(took.map((cell) => [cell.a, cell.ended]));
    const counts = tookNames.map((name) => found.get(name) ?? 0);
    const lengths = lengthsOf(counts);
    const all = counts.reduce((sum, n) => sum + n, 0);
    const longest = Math.max(1, ...spreads.map(({ p90 }) => p90));
    const along = (minutes: number) => Math.round((minutes / longest) * 1000) / 10;
    const sorted = [...spreads].sort((a, b) => (a.unit === 'all' ? -1 : b.unit === 'all' ? 1 : b.p90 - a.p90 || b.n - a.n));
    show(
      res,
      'reports/times',
      { title: r.times, nav: 'reports', crumbs: [{ href: '/reports', label: r.title }] },
      {
        month: fmt.month(month),
        form: { id: 'at', errors: {}, typed: { month } },
        months: [...new Set([current, ...months.map(({ a }) => a)])]
          .sort()
          .reverse()
          .map((value) => ({ value, label: fmt.month(value) })),
        bars:
          all === 0
            ? []
            : tookNames.map((name, i) => ({
                name: names.name('took', name),
                href: names.list(range, 'received', ['took', name]),
                value: fmt.number(counts[i]!),
                share: fmt.percent(counts[i]! / all),
                from: 0,
                width: lengths[i]!,
                low: false,
              })),
        scale: r.scale(fmt.span(longest)),
        spreads: sorted.map(({ unit, n, p10, p50, p90 }) => ({
          unit: unit === 'all' ? r.all_units : names.name('unit', unit),
          href: unit === 'all' ? names.list(range, 'ended') : names.list(range, 'ended', ['unit', unit]),
          n: fmt.number(n),
          p10: fmt.span(p10),
          p50: fmt.span(p50),
          p90: fmt.span(p90),
          from: along(p10),
          width: Math.max(0.4, along(p90) - along(p10)),
          middle: along(p50),
        })),
      },
    );
  });

  return door.routes;
}
