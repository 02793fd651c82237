/**
 * How fast the product is, against a bare server that runs the same statements and sends the same bytes.
 *   npm run bench [-- NAME…] [--appeals N] [--seconds S] [--clients C] [--rounds R] [--keep DIR]
 *   npm run bench -- growth [NAME…] [--appeals N]: the same pages at 40,915 and at N appeals (1,000,000), side by side
 *   npm run bench -- burst …: residents' reports with photos, many at once
 *   npm run bench -- assess [--appeals N]: the job that counts, the closing of months, what the pages read
 *   npm run bench -- reports [--appeals N]: cells, pivots against the bare statement, an export of 40,915 rows
 *   npm run bench -- sweep …: cards of running clocks, at a million appeals
 *   npm run bench -- live …: consoles that stay open while others work
 *   npm run bench -- classify …: how well the category suggester does
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { real_count } from '../../seeds/demo.ts';
import { run as assess } from './assess.ts';
import { run as burst } from './burst.ts';
import { type City, memoryOf, openCity, processorTime, type Served, serveBare, serveProduct, withCopy } from './city.ts';
import { run as classify } from './classify.ts';
import { run as lcp } from './lcp.ts';
import { run as live } from './live.ts';
import type { Asked, Load, Measured } from './load.ts';
import { choose, type Page, readPages, scriptOf, writePages } from './pages.ts';
import { run as reports } from './reports.ts';
import { run as sweep } from './sweep.ts';

interface Options {
  readonly names: readonly string[];
  readonly appeals: number | null;
  readonly seconds: number;
  readonly clients: number;
  readonly rounds: number;
  readonly keep: string | null;
}

function readOptions(args: readonly string[]): Options {
  const given = new Map<string, string>();
  const names: string[] = [];
  for (let i = 0; i < args.length; i++) {
    if (args[i]!.startsWith('--')) given.set(args[i]!, args[++i] ?? '');
    else names.push(args[i]!);
  }
  const number = (name: string, usual: number): number => {
    const value = Number(given.get(name) ?? usual);
    if (!Number.isFinite(value) || value <= 0) throw new Error(`${name} needs a number`);
    return value;
  };
  return {
    names,
    appeals: given.has('--appeals') ? number('--appeals', 0) : null,
    seconds: number('--seconds', 3),
    clients: number('--clients', 8),
    rounds: number('--rounds', 3),
    keep: given.has('--keep') ? path.resolve(process.env['INIT_CWD'] ?? '.', given.get('--keep')!) : null,
  };
}

const say = (line = '') => console.log(line);

/** Loads one server from the generator's process. */
function ask(generator: ChildProcess, load: Load): Promise<Measured> {
  return new Promise((resolve, reject) => {
    generator.once('message', (measured: Measured) =>
      measured.wrongs > 0
        ? reject(new Error(`${measured.wrongs} of ${measured.requests}: ${measured.wrong}`))
        : resolve(measured),
    );
    generator.send(load);
  });
}

interface Result {
  readonly per_second: number;
  readonly p50: number;
  readonly p99: number;
}

function sum(rounds: readonly Measured[]): Result {
  const latencies = rounds.flatMap((one) => one.latencies).sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
  return {
    per_second: rounds.reduce((n, one) => n + one.requests, 0) / rounds.reduce((n, one) => n + one.seconds, 0),
    p50: at(0.5),
    p99: at(0.99),
  };
}

const shown = (n: number, digits: number) => n.toFixed(digits);

function table(head: readonly string[], rows: readonly (readonly string[])[]): void {
  // A Chinese character takes two columns of a terminal.
  const wide = (text: string) => [...text].reduce((n, letter) => n + (letter > '\u2e7f' ? 2 : 1), 0);
  const widths = head.map((title, i) => Math.max(wide(title), ...rows.map((row) => wide(row[i]!))));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (i === 0 ? cell + ' '.repeat(widths[i]! - wide(cell)) : ' '.repeat(widths[i]! - wide(cell)) + cell))
      .join('  ');
  say(`\n${line(head)}`);
  for (const row of rows) say(line(row));
}

const machine = () =>
  `${os.cpus().length} × ${os.cpus()[0]?.model ?? '?'}, ${Math.round(os.totalmem() / 2 ** 30)} GB, Node ${process.versions.node}, load ${os.loadavg()[0]!.toFixed(1)} at the start, ${new Date().toISOString()}`;

/** Ended in the reverse order, whatever happens. */
async function withAll(work: (end: (ending: () => unknown) => void) => Promise<void>): Promise<void> {
  const endings: (() => unknown)[] = [];
  try {
    await work((ending) => endings.unshift(ending));
  } finally {
    for (const ending of endings) await ending();
  }
}

const startGenerator = () => fork(path.join(import.meta.dirname, 'load.ts'), { execArgv: ['--import', 'tsx'] });
const wanted = (pages: readonly Page[], names: readonly string[]) =>
  names.length === 0 ? pages : pages.filter(({ name }) => names.includes(name));
const most_copied = 100_000;
/** Requests before a page is measured: until then its code is being compiled. */
const warm_up = 200;
/** Acts that one round may do on either server: each needs an appeal of its own. */
const acts_per_round = 1500;

/** The product against the bare server, at one size. */
async function compare({ names, appeals, seconds, clients, rounds, keep }: Options): Promise<void> {
  const count = appeals ?? real_count;
  say(machine());
  await withAll(async (end) => {
    const loaded = await openCity(count, keep, say);
    end(() => loaded.stop());
    const copied = count <= most_copied;
    if (!copied) say('Acts are measured on a copy; this database is too large for one, and only its pages are.');
    const measure = async (city: City) => {
      const product = await serveProduct(city);
      end(() => product.stop());
      const empty = memoryOf(product);
      const choice = await choose(city);
      const pages = wanted(await readPages(city, product.origin, choice), names);
      const acts =
        copied && (names.length === 0 || names.some((name) => ['register', 'dispatch', 'acknowledge'].includes(name)))
          ? wanted(await writePages(city, product.origin, acts_per_round * rounds), names)
          : [];
      const dir = mkdtempSync(path.join(os.tmpdir(), 'zhaojiban-scripts-'));
      end(() => rmSync(dir, { recursive: true, force: true }));
      const scripts = [];
      for (const page of [...pages, ...acts]) scripts.push(await scriptOf(page, product.origin));
      const file = path.join(dir, 'scripts.json');
      mkdirSync(dir, { recursive: true });
      writeFileSync(file, JSON.stringify(scripts));
      const bare = await serveBare(city, file);
      end(() => bare.stop());
      const generator = startGenerator();
      end(() => generator.kill());
      const rows: string[][] = [];
      for (const page of [...pages, ...acts]) {
        const sides: [Served, readonly Asked[]][] = [
          [product, page.product],
          [bare, page.bare],
        ];
        const measured: [Measured[], Measured[]] = [[], []];
        const load = (side: number, round: number, s: number, most?: number) => {
          const [{ origin }, requests] = sides[side]!;
          const mine = page.transaction ? requests.slice(round * acts_per_round, (round + 1) * acts_per_round) : requests;
          return ask(generator, {
            origin,
            clients,
            seconds: s,
            ...(most && { most }),
            requests: mine,
            once: page.transaction,
            status: page.status,
          });
        };
        const spent: [number, number] = [0, 0];
        const time = (side: number) => processorTime(city, sides[side]![0], side === 0 ? 'zhaojiban' : 'bare');
        if (!page.transaction) for (const side of [0, 1]) await load(side, 0, 60, warm_up);
        for (let round = 0; round < rounds; round++) {
          for (const side of [0, 1]) {
            const before = await time(side);
            measured[side]!.push(await load(side, round, seconds));
            spent[side]! += ((await time(side)) ?? Number.NaN) - (before ?? Number.NaN);
          }
        }
        const cost = (side: number) => (1000 * spent[side]!) / measured[side]!.reduce((n, one) => n + one.requests, 0);
        const [ours, theirs] = measured.map(sum) as [Result, Result];
        const bytes = scripts.find(({ name }) => name === page.name)!.body.length;
        rows.push([
          page.label,
          shown(bytes / 1024, 0),
          String(page.statements.length),
          shown(theirs.per_second, 0),
          shown(ours.per_second, 0),
          shown(ours.per_second / theirs.per_second, 2),
          shown(ours.p50, 1),
          shown(ours.p99, 1),
          shown(theirs.p50, 1),
          shown(cost(0), 2),
          shown(cost(1), 2),
          shown(cost(1) / cost(0), 2),
        ]);
        say(`  ${rows.at(-1)!.join('  ')}`);
      }
      const memory = memoryOf(product);
      table(
        [
          'page',
          'KB',
          'statements',
          'bare/s',
          'product/s',
          'ratio',
          'p50 ms',
          'p99 ms',
          'bare p50',
          'CPU ms',
          'bare CPU',
          'CPU ratio',
        ],
        rows,
      );
      if (memory)
        say(
          `\nResident memory of the product: ${empty?.now} MB after the start, ${memory.now} MB after the load, ${memory.most} MB at most.`,
        );
      say(
        `${count.toLocaleString('en')} appeals, ${city.size_mb} MB; ${clients} clients, ${rounds} rounds of ${seconds} s in turn.`,
      );
    };
    await (copied
      ? withCopy(loaded, (copy) =>
          withAll(async (ended) => {
            const outer = end;
            end = ended;
            await measure(copy).finally(() => (end = outer));
          }),
        )
      : measure(loaded));
  });
}

/** The product at two sizes, side by side: what a page costs must not depend on how long the city has kept its books. */
async function growth({ names, appeals, seconds, clients, rounds, keep }: Options): Promise<void> {
  const large = appeals ?? 1_000_000;
  say(machine());
  await withAll(async (end) => {
    const cities: City[] = [];
    for (const count of [real_count, large]) {
      const city = await openCity(count, keep, say);
      end(() => city.stop());
      cities.push(city);
    }
    const choice = await choose(cities[0]!);
    const sides: { product: Served; pages: readonly Page[] }[] = [];
    for (const city of cities) {
      const product = await serveProduct(city);
      end(() => product.stop());
      const { rare } = await choose(city);
      sides.push({ product, pages: wanted(await readPages(city, product.origin, { ...choice, rare }), names) });
    }
    const generator = startGenerator();
    end(() => generator.kill());
    const rows: string[][] = [];
    for (const [i, { label }] of sides[0]!.pages.entries()) {
      const measured: [Measured[], Measured[]] = [[], []];
      const load = (side: number, s: number, most?: number) => {
        const { product, pages } = sides[side]!;
        const { product: requests, status } = pages[i]!;
        return ask(generator, {
          origin: product.origin,
          clients,
          seconds: s,
          ...(most && { most }),
          requests,
          once: false,
          status,
        });
      };
      for (const side of [0, 1]) await load(side, 60, warm_up);
      const spent: [number, number] = [0, 0];
      const time = (side: number) => processorTime(cities[side]!, sides[side]!.product, 'zhaojiban');
      for (let round = 0; round < rounds; round++) {
        for (const side of [0, 1]) {
          const before = await time(side);
          measured[side]!.push(await load(side, seconds));
          spent[side]! += ((await time(side)) ?? Number.NaN) - (before ?? Number.NaN);
        }
      }
      const cost = (side: number) => (1000 * spent[side]!) / measured[side]!.reduce((n, one) => n + one.requests, 0);
      const [small, big] = measured.map(sum) as [Result, Result];
      const ratio = big.p50 / small.p50;
      rows.push([
        label,
        shown(small.p50, 1),
        shown(big.p50, 1),
        shown(ratio, 2),
        ratio <= 1.2 ? 'yes' : 'NO',
        shown(small.p99, 1),
        shown(big.p99, 1),
        shown(cost(0), 2),
        shown(cost(1), 2),
        shown(cost(1) / cost(0), 2),
      ]);
      say(`  ${rows.at(-1)!.join('  ')}`);
    }
    const n = (count: number) => count.toLocaleString('en');
    table(
      [
        'page',
        `p50 ms at ${n(real_count)}`,
        `at ${n(large)}`,
        'ratio',
        '≤ 1.2',
        'p99 ms',
        'p99 large',
        'CPU ms',
        'CPU large',
        'CPU ratio',
      ],
      rows,
    );
    say(
      `\n${cities.map(({ appeals: count, size_mb }) => `${n(count)}: ${size_mb} MB`).join(', ')}; ${clients} clients, ${rounds} rounds of ${seconds} s in turn.`,
    );
    for (const [side, { product }] of sides.entries())
      say(`Resident memory at ${n(cities[side]!.appeals)}: ${memoryOf(product)?.now} MB.`);
  });
}

export async function run(args: readonly string[]): Promise<void> {
  const [first, ...rest] = args;
  if (first === 'classify') return classify(rest);
  if (first === 'assess') return assess(rest);
  if (first === 'burst') return burst(rest);
  if (first === 'live') return live(rest);
  if (first === 'sweep') return sweep(rest);
  if (first === 'reports') return reports(rest);
  if (first === 'lcp') return lcp(rest);
  await (first === 'growth' ? growth(readOptions(rest)) : compare(readOptions(args)));
  // What watches the database's process would keep this one alive.
  process.exit();
}

if (process.argv[1] === import.meta.filename) await run(process.argv.slice(2));
