import { cannotStart } from './core/errors.ts';
import { runNow } from './core/schedule.ts';
import { holdsACity, loadDemoInto, type Opened, openWorld } from './server.ts';

/** What can be done beside serving: `npm run NAME`. */
const commands: Record<string, (opened: Opened, args: readonly string[]) => Promise<void>> = {
  async migrate({ migrated }) {
    console.log(migrated.length === 0 ? 'The database is up to date.' : `Done:\n  ${migrated.join('\n  ')}`);
  },

  async seed({ world }, args) {
    const appeals = readCount(args, '--appeals');
    if (!world.config.demo) throw cannotStart('The demo city is not loaded in production. If you mean it, set DEMO=true.');
    if (args.includes('--settle')) return loadDemoInto(world, 'settle');
    if (await holdsACity(world))
      throw cannotStart('The database already holds a city: the demo city is loaded into an empty one only.');
    await loadDemoInto(world, args.includes('--unsettled') ? 'load' : 'whole', appeals);
  },

  async import({ world }, args) {
    const { importFile } = await import('./exchange/actions/import.ts');
    await importFile(world, args);
  },

  async routes({ world }) {
    const { routeTable } = await import('./app.ts');
    const rows = routeTable(world);
    const wide = Math.max(...rows.map((row) => row.path.length));
    for (const { method, path: address, policy } of rows) console.log(`${method.padEnd(6)} ${address.padEnd(wide)}  ${policy}`);
  },

  async administrator({ world }, [username = '', post = '', ...name]) {
    const { appointAdministrator } = await import('./accounts/actions/appoint.ts');
    const password = await appointAdministrator(world, { username, post: post as never, name: name.join(' ') });
    console.log(`${username} signs in with ${password} and chooses a password then.`);
  },

  async recount({ world }, [period = '']) {
    const { recount } = await import('./assessment/actions/recount.ts');
    if (!/^\d{4}-\d{2}$/.test(period)) throw cannotStart('Which month? As in: npm run recount -- 2026-10');
    const { rows, differences, closed } = await recount(world.db, period, world.clock());
    console.log(`${period}, ${closed ? 'closed' : 'open'}: as shown, as counted again from the trail, difference`);
    for (const { scheme, unit, shown, counted, difference } of rows)
      console.log(
        `${scheme.padEnd(8)} ${(shown ?? '-').padStart(7)} ${(counted ?? '-').padStart(7)} ${difference.padStart(6)}  ${unit.name_zh}`,
      );
    for (const line of differences) console.log(`!  ${line}`);
    console.log(differences.length === 0 ? 'No difference.' : `${differences.length} differences.`);
    if (differences.length > 0) process.exitCode = 1;
  },

  async job({ world }, [name]) {
    const { jobs } = await import('./jobs.ts');
    const job = jobs.find((known) => known.name === name);
    if (!job)
      throw cannotStart(
        `${name ? `There is no job "${name}".` : 'Which job?'} There are: ${jobs.map((known) => known.name).join(', ')}.`,
      );
    // Started by a server, which keeps the record and waits for the result.
    const server = process.send?.bind(process) as ((message: object, done: () => void) => void) | undefined;
    if (server) {
      const result = (await job.run(world, world.clock(), '')) ?? null;
      await new Promise<void>((sent) => server({ result }, sent));
    } else console.log(JSON.stringify((await runNow(world, job)) ?? null, null, 2));
  },
};

function readCount(args: readonly string[], option: string): number | undefined {
  const at = args.indexOf(option);
  if (at < 0) return undefined;
  const count = Number(args[at + 1]);
  if (!Number.isInteger(count) || count < 0) throw cannotStart(`${option} needs a number, as in ${option} 100000.`);
  return count;
}

/** Runs one command in a world of its own, beside a running server if there is one. */
export async function run([name = '', ...args]: readonly string[]): Promise<void> {
  // Whoever reads only the first lines of it (`| head`) has heard enough.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  const opened = await openWorld({ command: true });
  try {
    await commands[name]!(opened, args);
  } finally {
    await opened.close();
  }
  // What watches and repeats in the app would keep the process alive.
  process.exit();
}
