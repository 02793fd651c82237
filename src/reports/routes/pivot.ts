import type { Router } from 'express';
import { rulebook } from '../../catalog/actions.ts';
import type { World } from '../../core/world.ts';
import { makeDoor } from '../../doors.ts';
import { sharedOf, show } from '../../web/render.ts';
import { readFilter } from '../../web/submit.ts';
import { pivotFilter } from '../forms.ts';
import { depthOf } from '../rules/charts.ts';
import { type Axis, axes, isTime, lastDay, measures, monthBefore, monthOf } from '../rules/dimensions.ts';
import { type Cell, readCells } from '../store/cells.ts';
import { makeNames } from './names.ts';

const most_rows = 120;
const most_columns = 40;
const most_months = 24;

export function pivotPages({ db }: World): Router {
  const door = makeDoor('');

  door.get('/reports/pivot', 'report.read', async (req, res) => {
    const { t, lang, fmt, now } = sharedOf(res);
    const r = t.reports;
    const asked = readFilter(req.query, pivotFilter).value;
    const current = monthOf(now);
    const rows: Axis = asked.rows ?? 'category';
    // Two spans of time have nothing to say to each other, nor has anything to itself.
    const clash = (one: Axis) => one === rows || (isTime(one) && isTime(rows));
    const columns: Axis = asked.columns && !clash(asked.columns) ? asked.columns : rows === 'town' ? 'category' : 'town';
    const measure = asked.measure ?? 'received';
    const to = asked.to !== null && asked.to <= current ? asked.to : current;
    const earliest = monthBefore(to, narrowest(rows, columns) - 1);
    const wished = asked.from !== null && asked.from <= to ? asked.from : monthBefore(to, 11);
    const from = wished < earliest ? earliest : wished;
    const range = { from: `${from}-01`, to: lastDay(to) };
    const [book, cells, months] = await Promise.all([
      rulebook(db),
      readCells(db, rows, columns, { from, to }),
      readCells(db, 'month', null, { from: monthBefore(current, 35), to: current }),
    ]);
    const names = makeNames(book, t, lang, fmt);
    const counted = cells.filter((cell) => cell[measure] > 0);
    const sums = (key: (cell: Cell) => string) => {
      const sum = new Map<string, number>();
      for (const cell of counted) sum.set(key(cell), (sum.get(key(cell)) ?? 0) + cell[measure]);
      return sum;
    };
    const row_sums = sums(({ a }) => a);
    const column_sums = sums(({ b }) => b);
    const ordered = (axis: Axis, sum: ReadonlyMap<string, number>, most: number) => {
      const largest = [...sum].sort((a, b) => b[1] - a[1]).slice(0, most);
      const kept = new Set(largest.map(([key]) => key));
      return isTime(axis) || axis === 'town' || axis === 'category'
        ? [...kept].sort((a, b) => (names.rank(axis, a) < names.rank(axis, b) ? -1 : 1))
        : [...kept];
    };
    const shown_rows = ordered(rows, row_sums, most_rows);
    const shown_columns = ordered(columns, column_sums, most_columns);
    const at = new Map(counted.map((cell) => [`${cell.a}\n${cell.b}`, cell[measure]]));
    const most = Math.max(1, ...counted.map((cell) => cell[measure]));
    const total = counted.reduce((sum, cell) => sum + cell[measure], 0);
    const option = (list: readonly Axis[]) => list.map((value) => ({ value, label: r.axes[value] }));
    const month_options = [...new Set([current, ...months.map(({ a }) => a)])]
      .sort()
      .reverse()
      .map((value) => ({ value, label: fmt.month(value) }));
    show(
      res,
      'reports/pivot',
      { title: r.pivot, nav: 'reports', crumbs: [{ href: '/reports', label: r.title }] },
      {
        title: r.crossing(r.axes[rows], r.axes[columns]),
        form: { id: 'p', errors: {}, typed: { rows, columns, measure, from, to } },
        options: {
          rows: option(axes),
          columns: option(axes.filter((one) => !clash(one))),
          measure: measures.map((value) => ({ value, label: r.measures[value] })),
          months: month_options,
        },
        as_of: r.as_of(fmt.full(now)),
        notes: [
          ...(wished < earliest && narrowest(rows, columns) < most_months ? [r.cut_days] : []),
          ...(row_sums.size > most_rows ? [r.cut_rows(most_rows, row_sums.size)] : []),
          ...(column_sums.size > most_columns ? [r.cut_columns(most_columns, column_sums.size)] : []),
        ],
        corner: r.axes[rows],
        columns: shown_columns.map((key) => names.name(columns, key)),
        rows: shown_rows.map((a) => ({
          name: names.name(rows, a),
          cells: shown_columns.map((b) => {
            const value = at.get(`${a}\n${b}`) ?? 0;
            return value === 0
              ? null
              : {
                  value: fmt.number(value),
                  href: names.list(range, measure, [rows, a], [columns, b]),
                  depth: depthOf(value, most),
                };
          }),
          total: { value: fmt.number(row_sums.get(a)!), href: names.list(range, measure, [rows, a]) },
        })),
        totals: shown_columns.map((b) => ({
          value: fmt.number(column_sums.get(b)!),
          href: names.list(range, measure, [columns, b]),
        })),
        total: { value: fmt.number(total), href: names.list(range, measure) },
      },
    );
  });

  return door.routes;
}

/** How many months a pivot spans at most: days and weeks would not fit on a page. */
function narrowest(...both: readonly Axis[]): number {
  if (both.includes('day')) return 1;
  return both.includes('week') ? 6 : most_months;
}
