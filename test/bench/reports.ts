/**
 * How fast the reports are: `npm run bench -- reports [--appeals N] [--keep DIR]`. On a copy of the demo with N appeals: the cells from nothing,
 * a minute in which nothing happened, a month of which every appeal changed against the bare counting of the same cells, every pair of a pivot over twelve months against the bare statement over the appeals themselves, and an
 * export of 40,915 rows with what it holds in memory.
 */
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { real_count } from '../../seeds/demo.ts';
import { addMinutes } from '../../src/core/clock.ts';
import type { Db } from '../../src/core/db.ts';
import { eachLedgerRow, readLedgerFilter } from '../../src/desks/store/ledger.ts';
import { readFigures, readMonths } from '../../src/reports/actions/figures.ts';
import { rollUp } from '../../src/reports/actions/roll.ts';
import { axes, dimensions, isTime, lastDay, monthBefore, monthOf, pairs } from '../../src/reports/rules/dimensions.ts';
import { listSpreads, readCells, readDimensions, rollSome } from '../../src/reports/store/cells.ts';
import { sendSheet } from '../../src/web/sheets.ts';
import { openCity, reader, withCopy } from './city.ts';

const say = (line: string) => console.log(line);

async function timed<T>(what: string, work: () => Promise<T>): Promise<{ result: T; ms: number }> {
  const began = performance.now();
  const result = await work();
  const ms = performance.now() - began;
  say(`${what.padEnd(56)} ${ms.toFixed(0).padStart(7)} ms`);
  return { result, ms };
}

/** The bare statement: what a page without cells would have to ask. */
const bare = (db: Db, from: string) =>
  db.raw(
    `select left(a.category_code, 2), t.id, count(*) from appeals a join units p on p.id = a.place_unit_id
     left join units t on t.kind = 'town' and p.path like t.path || '%' where a.received_at >= :from group by 1, 2`,
    { from: new Date(`${from}-01T00:00:00+08:00`) },
  );

const ids_at_once = 2000;
/** What the job does when every appeal of a month has something new. */
async function recompute(db: Db, ids: readonly number[]): Promise<void> {
  await db.transaction(async (trx) => {
    for (let at = 0; at < ids.length; at += ids_at_once) await rollSome(trx, ids.slice(at, at + ids_at_once));
  });
}
/** The bare statement: the same cells of a month, counted at once and written nowhere. */
const bareMonth = (db: Db, month: string) => {
  const sets = [
    ...dimensions.map((one) => `(${one})`),
    ...dimensions.map((one) => `(day, ${one})`),
    ...pairs.map((pair) => `(${pair})`),
  ];
  const counts = ['open', 'ended'].map((stage) => `count(*) filter (where stage = '${stage}')`);
  const levels = ['satisfied', 'basic', 'dissatisfied'].map((level) => `count(*) filter (where level = '${level}')`);
  return db.raw(
    `select day, ${dimensions.join(', ')}, count(*), ${[...counts, ...levels].join(', ')} from report_facts
     where day between :from and :to group by grouping sets (${sets.join(', ')})`,
    { from: `${month}-01`, to: lastDay(month) },
  );
};

export async function run(args: readonly string[]): Promise<void> {
  const given = (name: string) => args[args.indexOf(name) + 1];
  const appeals = args.includes('--appeals') ? Number(given('--appeals')) : real_count;
  const keep = args.includes('--keep') ? path.resolve(process.env['INIT_CWD'] ?? '.', given('--keep')!) : null;
  const city = await openCity(appeals, keep, say);
  await withCopy(city, async ({ world }) => {
    const { db } = world;
    const now = world.clock();
    await db('report_progress').update({ rolled_at: null });
    await timed('the cells from nothing', () => rollUp(db, now));
    await db.raw('analyze');
    await timed('a minute in which nothing happened', () => rollUp(db, addMinutes(now, 30)));
    const to = monthOf(now);
    const changed = monthBefore(to);
    const ids = (
      await db('report_facts')
        .whereBetween('day', [`${changed}-01`, lastDay(changed)])
        .orderBy('appeal_id')
        .select('appeal_id')
    ).map(({ appeal_id }) => appeal_id);
    const again = await timed(`a month of which all ${ids.length.toLocaleString('en')} appeals changed`, () =>
      recompute(db, ids),
    );
    const counted = await timed('the same cells counted by a bare statement', () => bareMonth(db, changed));
    say(`${(again.ms / counted.ms).toFixed(1)} times as long`);
    const from = monthBefore(to, 11);
    const slowest = { what: '', ms: 0 };
    for (const rows of axes) {
      for (const columns of axes) {
        if (rows === columns || (isTime(rows) && isTime(columns))) continue;
        const began = performance.now();
        // As far back as the page goes.
        const back = [rows, columns].includes('day') ? 0 : [rows, columns].includes('week') ? 5 : 11;
        await readCells(db, rows, columns, { from: monthBefore(to, back), to });
        const ms = performance.now() - began;
        if (ms > slowest.ms) Object.assign(slowest, { what: `${rows} × ${columns}`, ms });
      }
    }
    say(`the slowest pivot of twelve months is ${slowest.what}: ${slowest.ms.toFixed(0)} ms`);
    const ours = await timed('category × town over twelve months', () => readCells(db, 'category', 'town', { from, to }));
    const theirs = await timed('the same from the appeals themselves', () => bare(db, from));
    say(`${(theirs.ms / ours.ms).toFixed(1)} times as long`);
    await timed('the cells of the overview', () =>
      Promise.all([readMonths(db, '2000-01', to), readDimensions(db, ['channel', 'tier', 'category', 'town'], { from: to, to })]),
    );
    await timed('quantiles of a month', () => listSpreads(db, `${from}-01`, lastDay(from)));
    await timed('the figures of a bulletin', () => readFigures(db, monthBefore(to)));

    const filter = readLedgerFilter(new URLSearchParams());
    for (const format of ['csv', 'xlsx'] as const) {
      global.gc?.();
      const before = process.memoryUsage().rss;
      let most = before;
      const out = Object.assign(createWriteStream('/dev/null'), { attachment() {}, type() {} });
      async function* batches() {
        let sent = 0;
        for await (const batch of eachLedgerRow(db, reader, filter, now, null)) {
          most = Math.max(most, process.memoryUsage().rss);
          yield batch.slice(0, real_count - sent).map((row) => Object.values(row).map((value) => String(value ?? '')));
          sent += batch.length;
          if (sent >= real_count) return;
        }
      }
      const { result } = await timed(`an export of ${Math.min(appeals, real_count).toLocaleString('en')} rows as ${format}`, () =>
        sendSheet(out as never, format, { file: '', name: 'x', headings: ['x'], watermark: 'x' }, batches()),
      );
      say(`${result.rows.toLocaleString('en')} rows; ${Math.round((most - before) / 2 ** 20)} MB more in memory while it ran`);
    }
  });
  await city.stop();
  process.exit();
}
