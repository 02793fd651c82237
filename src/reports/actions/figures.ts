import { readTable } from '../../assessment/actions/table.ts';
import { ratedOf } from '../../assessment/rules/score.ts';
import { listClosed } from '../../assessment/store/periods.ts';
import { rulebook } from '../../catalog/actions.ts';
import type { Db } from '../../core/db.ts';
import { type Words, words } from '../../words/words.ts';
import type { BulletinFigures, Named, Share } from '../rules/bulletins.ts';
import { type CellCounts, measures, monthBefore, type tiers } from '../rules/dimensions.ts';
import { countSupervised } from '../store/bulletins.ts';
import { type Cell, readCells, readDimensions } from '../store/cells.ts';

const nothing: CellCounts = { received: 0, open: 0, ended: 0, satisfied: 0, basic: 0, dissatisfied: 0 };
export const sumOf = (cells: readonly CellCounts[]): CellCounts =>
  cells.reduce(
    (sum, cell) => Object.fromEntries(measures.map((name) => [name, sum[name] + cell[name]])) as unknown as CellCounts,
    nothing,
  );

/** All months in which anything was received, oldest first, with their counts. */
export async function readMonths(db: Db, from: string, to: string): Promise<ReadonlyMap<string, Cell>> {
  return new Map((await readCells(db, 'month', null, { from, to })).map((cell) => [cell.a, cell]));
}

/** Everything a bulletin of a closed month says in numbers. */
export async function readFigures(db: Db, period: string): Promise<BulletinFigures | null> {
  const closed = (await listClosed(db)).find((one) => one.period === period);
  if (!closed) return null;
  const book = await rulebook(db);
  const [table, months, read, supervised] = await Promise.all([
    readTable(db, period, 'city', closed),
    readMonths(db, monthBefore(period, 12), period),
    readDimensions(db, ['channel', 'tier', 'category', 'town'], { from: period, to: period }),
    countSupervised(db, period),
  ]);
  const word = (pick: (t: Words) => string): Named => ({ zh: pick(words.zh), en: pick(words.en) });
  const shares = (cells: readonly Cell[], name: (key: string) => Named, count: (cell: Cell) => number): Share[] =>
    cells
      .map((cell) => ({ key: cell.a, name: name(cell.a), n: count(cell) }))
      .filter(({ n }) => n > 0)
      .sort((a, b) => b.n - a.n || (a.key < b.key ? -1 : 1));
  const unit = (id: number): Named => {
    const found = book.units.get(id)!;
    return { zh: found.name_zh, en: found.name_en };
  };
  const city = sumOf(read.channel);
  const received = (cell: Cell) => cell.received;
  return {
    period,
    received: city.received,
    received_before: months.get(monthBefore(period))?.received ?? null,
    received_year: months.get(monthBefore(period, 12))?.received ?? null,
    ended: city.ended,
    ended_in_grid: read.tier.find(({ a }) => a === 'grid')?.ended ?? 0,
    satisfied: city.satisfied,
    basic: city.basic,
    dissatisfied: city.dissatisfied,
    n: table.scores.reduce((sum, { counts }) => sum + counts.n, 0),
    on_time: table.scores.reduce((sum, { counts }) => sum + counts.on_time, 0),
    base: table.bases.all ?? null,
    channels: shares(read.channel, (key) => word((t) => t.domain.channels[key as 'web']), received),
    tiers: shares(
      read.tier,
      (key) => word((t) => t.ledger.tiers[key as (typeof tiers)[number]]),
      (cell) => cell.ended,
    ),
    categories: shares(
      read.category,
      (key) => {
        const category = book.categories.get(key);
        return category ? { zh: category.name_zh, en: category.name_en } : word((t) => t.ledger.no_category);
      },
      received,
    ),
    towns: shares(
      read.town,
      (key) => (book.units.get(Number(key))!.kind === 'town' ? unit(Number(key)) : word((t) => t.reports.no_place)),
      received,
    ),
    units: table.scores.map(({ unit_id, group, state, counts, terms, satisfaction, score, gap, deduction, rank }) => ({
      unit_id,
      name: unit(unit_id),
      group,
      state,
      n: counts.n,
      rated: ratedOf(counts),
      late: counts.n - counts.on_time,
      reworks: counts.reworks,
      returned: counts.returned,
      supervised: supervised.get(unit_id) ?? 0,
      terms,
      satisfaction,
      score,
      gap,
      deduction,
      rank,
    })),
  };
}
