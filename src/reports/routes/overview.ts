import type { Router } from 'express';
import { readTable } from '../../assessment/actions/table.ts';
import { decimal, fraction, percentage } from '../../assessment/rules/exact.ts';
import { listClosed } from '../../assessment/store/periods.ts';
import { rulebook } from '../../catalog/actions.ts';
import { dayOf } from '../../core/clock.ts';
import type { World } from '../../core/world.ts';
import { actorOf, makeDoor } from '../../doors.ts';
import { unitName } from '../../units/rules.ts';
import type { BarLine, Kpi } from '../../views.ts';
import { sharedOf, show } from '../../web/render.ts';
import { hrefOf, readFilter } from '../../web/submit.ts';
import { countWhistles } from '../../whistles/store/lists.ts';
import { readMonths, sumOf } from '../actions/figures.ts';
import { monthFilter } from '../forms.ts';
import { columnsOf, lengthsOf, plot } from '../rules/charts.ts';
import { type Dimension, lastDay, type Measure, monthBefore, monthOf } from '../rules/dimensions.ts';
import { type Cell, countOverdue, readCells, readDimensions } from '../store/cells.ts';
import { makeNames } from './names.ts';

const first_month = '2000-01';
const most_bars = 8;

export function overviewPages({ db }: World): Router {
  const door = makeDoor('');

  door.get('/reports', 'report.read', async (req, res) => {
    const { t, lang, fmt, now } = sharedOf(res);
    const r = t.reports;
    const current = monthOf(now);
    const asked = readFilter(req.query, monthFilter).value.month;
    const month = asked !== null && asked <= current ? asked : current;
    const before = monthBefore(month);
    const year = monthBefore(month, 12);
    const at = { from: month, to: month };
    const range = { from: `${month}-01`, to: lastDay(month) };
    const actor = actorOf(res);
    const [book, closed, months, read, overdue, whistles] = await Promise.all([
      rulebook(db),
      listClosed(db),
      readMonths(db, first_month, current),
      readDimensions(db, ['channel', 'tier', 'category', 'town'], at),
      countOverdue(db, now),
      countWhistles(db, actor),
    ]);
    const table = await readTable(
      db,
      month,
      'city',
      closed.find((one) => one.period === month),
    );
    const { channel: channels, tier: tiers, category: categories, town: towns } = read;
    const names = makeNames(book, t, lang, fmt);
    const city = sumOf(channels);
    const ever = sumOf([...months.values()]);
    // A month that runs is set against as many days of those before.
    const running = month === current;
    const until = dayOf(now).slice(8);
    const [then, last_year] = await Promise.all([before, year].map((one) => receivedUntil(one, running ? until : '31')));
    const change = (past: number | null | undefined) =>
      past ? `${city.received >= past ? '+' : '−'}${decimal(percentage(fraction(Math.abs(city.received - past), past)))}%` : null;
    const changes = [
      { by: change(then), text: r.month_on_month },
      { by: change(last_year), text: r.year_on_year },
    ].flatMap(({ by, text }) => (by === null ? [] : [text(by)]));
    const rate = (part: number, whole: number) =>
      whole === 0 ? t.common.none : `${decimal(percentage(fraction(part, whole)))}%`;
    const rated = (of: typeof city) => of.satisfied + of.basic + of.dissatisfied;
    const in_grid = tiers.find(({ a }) => a === 'grid')?.ended ?? 0;
    const n = table.scores.reduce((sum, { counts }) => sum + counts.n, 0);
    const on_time = table.scores.reduce((sum, { counts }) => sum + counts.on_time, 0);
    const base = table.bases.all ?? null;
    const losing = table.scores
      .filter(({ deduction }) => deduction > 0)
      .sort((a, b) => b.deduction - a.deduction || b.gap! - a.gap! || a.unit_id - b.unit_id);
    const figures: Kpi[] = [
      { label: r.all_received, value: fmt.number(ever.received), href: '/appeals' },
      {
        label: r.all_satisfied,
        value: rate(ever.satisfied + ever.basic, rated(ever)),
        href: '/appeals?level=rated',
        note: r.of_rated(fmt.number(rated(ever))),
      },
      {
        label: `${fmt.month(month)} ${r.intake}`,
        value: fmt.number(city.received),
        href: names.list(range, 'received'),
        note: changes.join(t.common.comma) || r.no_before,
        trend: then ? (city.received >= then ? 'up' : 'down') : undefined,
      },
      {
        label: r.in_grid,
        value: rate(in_grid, city.ended),
        href: names.list(range, 'ended', ['tier', 'grid']),
        note: r.in_grid_of(fmt.number(in_grid), fmt.number(city.ended)),
      },
      {
        label: r.on_time,
        value: rate(on_time, n),
        href: hrefOf('/assessment/cases', { period: month, list: 'on_time' }),
        note: r.of_orders(fmt.number(n)),
      },
      {
        label: r.satisfaction,
        value: rate(city.satisfied + city.basic, rated(city)),
        href: `${names.list(range, 'received')}&level=rated`,
        note: r.of_rated(fmt.number(rated(city))),
      },
      {
        label: r.base,
        value: base === null ? t.common.none : decimal(base),
        href: hrefOf('/assessment/base', { period: month }),
        note: r.base_note,
      },
      {
        label: r.below,
        value: fmt.number(losing.length),
        href: '#below',
        note: r.below_points(decimal(losing.reduce((sum, { deduction }) => sum + deduction, 0))),
        tone: losing.length > 0 ? 'late' : undefined,
      },
      {
        label: r.overdue,
        value: fmt.number(overdue),
        href: '/appeals?late=1',
        note: r.overdue_note,
        tone: overdue > 0 ? 'late' : undefined,
      },
      { label: r.whistles, value: fmt.number(whistles.running), href: '/whistles?tab=running' },
    ];
    const bars = (
      axis: Dimension & ('channel' | 'tier' | 'category' | 'town'),
      cells: readonly Cell[],
      measure: Measure,
    ): BarLine[] => {
      const sorted = cells.filter((cell) => cell[measure] > 0).sort((a, b) => b[measure] - a[measure] || (a.a < b.a ? -1 : 1));
      const all = sorted.reduce((sum, cell) => sum + cell[measure], 0);
      const lengths = lengthsOf(sorted.map((cell) => cell[measure]));
      return sorted.map((cell, i) => ({
        name: names.name(axis, cell.a),
        href: names.list(range, measure, [axis, cell.a]),
        value: fmt.number(cell[measure]),
        share: rate(cell[measure], all),
        from: 0,
        width: lengths[i]!,
        low: false,
      }));
    };
    const thirteen = Array.from({ length: 13 }, (_, i) => monthBefore(month, 12 - i));
    const received = thirteen.map((one) => months.get(one)?.received ?? 0);
    const columns = columnsOf(received);
    const distances = lengthsOf(losing.map(({ gap }) => gap!));
    show(
      res,
      'reports/overview',
      { title: r.title, nav: 'reports' },
      {
        month: fmt.month(month),
        as_of: r.as_of(fmt.full(now)),
        same_days: running,
        form: { id: 'at', errors: {}, typed: { month } },
        months: [...new Set([current, ...[...months.keys()].sort().reverse()])].map((value) => ({
          value,
          label: fmt.month(value),
        })),
        figures,
        trend: {
          label: r.trend,
          height: plot.height,
          columns: thirteen.map((one, i) => ({
            ...columns[i]!,
            name: fmt.month(one),
            tick: `${one.slice(2, 4)}/${one.slice(5)}`,
            value: fmt.number(received[i]!),
            href: names.list({ from: `${one}-01`, to: lastDay(one) }, 'received'),
            current: one === month,
          })),
        },
        blocks: [
          { title: r.by_channel, note: null, bars: bars('channel', channels, 'received').slice(0, most_bars) },
          { title: r.by_tier, note: r.by_tier_note, bars: bars('tier', tiers, 'ended') },
          {
            title: r.by_category,
            note: null,
            bars: bars('category', categories, 'received').slice(0, 12),
          },
          { title: r.by_town, note: null, bars: bars('town', towns, 'received') },
        ].filter((block) => block.bars.length > 0),
        losing: losing.map((one, i) => ({
          unit: unitName(table.units.get(one.unit_id)!, lang),
          href: hrefOf(`/assessment/units/${one.unit_id}`, { period: month }),
          score: decimal(one.score!),
          gap: `−${decimal(one.gap!)}`,
          deduction: `−${decimal(one.deduction)}`,
          width: distances[i]!,
        })),
        base: base === null ? null : decimal(base),
        links: [
          { href: hrefOf('/reports/pivot', { from: month, to: month }), label: r.to_pivot, icon_name: 'table' },
          { href: hrefOf('/reports/times', { month }), label: r.to_times, icon_name: 'clock' },
          { href: '/bulletins', label: r.to_bulletins, icon_name: 'news' },
          { href: '/reports/deductions', label: r.to_deductions, icon_name: 'download' },
        ],
        nothing: city.received === 0,
      },
    );
  });

  /** Received in a month up to a day of it; null where nothing was. */
  async function receivedUntil(month: string, day: string): Promise<number | null> {
    const days = await readCells(db, 'day', null, { from: month, to: month });
    const sum = days.filter(({ a }) => a.slice(8) <= day).reduce((all, { received }) => all + received, 0);
    return days.length === 0 ? null : sum;
  }

  return door.routes;
}
