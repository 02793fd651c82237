// Runs before anything is installed: plain JavaScript and Node's own modules only, until `install` has been.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const inRoot = (...parts) => path.join(root, ...parts);

/** What each npm script does: which packages it needs and how it is run. */
const commands = {
  start: { run: (args) => load('src/server.ts', 'start', args) },
  // tsx starts it a second time, within itself, and watches every module that it then compiles.
  dev: {
    all: true,
    run: async (args) =>
      args[0] === 'watched'
        ? (await import(pathToFileURL(inRoot('src/server.ts')).href)).start()
        : node([
            inRoot('node_modules/tsx/dist/cli.mjs'),
            'watch',
            '--clear-screen=false',
            inRoot('src/launch.mjs'),
            'dev',
            'watched',
          ]),
  },
  test: { all: true, run: (args) => node([inRoot('test/run.mjs'), ...args]) },
  check: { all: true, run: (args) => node([inRoot('test/check.mjs'), ...args]) },
  migrate: { run: command('migrate') },
  seed: { run: command('seed') },
  import: { run: command('import') },
  routes: { run: command('routes') },
  administrator: { run: command('administrator') },
  job: { run: command('job') },
  recount: { run: command('recount') },
  bench: { all: true, run: (args) => load('test/bench/run.ts', 'run', args) },
};

function command(name) {
  return (args) => load('src/commands.ts', 'run', [name, ...args]);
}

/**
 * Bundles a TypeScript module with everything of ours that it imports, and calls one of its functions in this process: starting so takes
 * a third of the time and two thirds of the memory that compiling module by module takes. The bundle lies in a folder of this process,
 * because the project's may not be writable; packages are found through a link beside it.
 */
async function load(file, name, args) {
  const { build, stop } = await import('esbuild');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'zhaojiban-'));
  process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
  fs.symlinkSync(inRoot('node_modules'), path.join(folder, 'node_modules'), 'junction');
  await build({
    absWorkingDir: root,
    entryPoints: [file],
    outfile: path.join(folder, 'bundle.mjs'),
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'error',
    plugins: [own_places],
  });
  await stop();
  process.setSourceMapsEnabled(true);
  const module = await import(pathToFileURL(path.join(folder, 'bundle.mjs')).href);
  await module[name](args);
}

/** In a bundle each module still knows the place of its source. */
const own_places = {
  name: 'own-places',
  setup: (build) =>
    build.onLoad({ filter: /\.ts$/ }, ({ path: file }) => ({
      loader: 'ts',
      contents: fs
        .readFileSync(file, 'utf8')
        .replaceAll('import.meta.dirname', JSON.stringify(path.dirname(file)))
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(file).href)),
    })),
};

async function node(args) {
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
  // The terminal sends Ctrl-C to the child as well, and npm sends us more: the child decides when it ends.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  process.exitCode = await new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
}

function fail(sentence) {
  console.error(`\n${sentence}\n`);
  process.exit(1);
}

function refuseOldNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 11)) return;
  fail(
    `Node.js 20.11 or newer is needed, and this is ${process.versions.node} (${process.execPath}).\n` +
      'Install a newer one from https://nodejs.org, or with nvm: nvm install 20 && nvm use 20.',
  );
}

function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

// Of the optional packages only a platform's own programs matter; the rest (WebAssembly, other C libraries) stand in for those.
const isForHere = ({ os, cpu, libc }) => !libc && os?.includes(process.platform) && cpu?.includes(process.arch);

/** The packages of the lock file that this machine needs and does not have in the locked version. */
function missingPackages(all) {
  const wanted = readJson(inRoot('package-lock.json'))?.packages;
  if (!wanted) fail('package-lock.json is missing or damaged: get it back with "git checkout package-lock.json".');
  const installed = readJson(inRoot('node_modules/.package-lock.json'))?.packages ?? {};
  return Object.keys(wanted).filter((place) => {
    const want = wanted[place];
    if (place === '' || (want.dev && !all) || ((want.optional || want.devOptional) && !isForHere(want))) return false;
    return installed[place]?.version !== want.version || !fs.existsSync(inRoot(place));
  });
}

function install(all) {
  const missing = missingPackages(all);
  if (missing.length === 0) return;
  if (fs.lstatSync(inRoot('node_modules'), { throwIfNoEntry: false })?.isSymbolicLink())
    fail(
      `${missing.length} packages are missing, and node_modules leads to another folder, which is left alone: install them there.`,
    );
  const hasDev = fs.existsSync(inRoot('node_modules/typescript'));
  const npm = process.env.npm_execpath;
  const program = npm?.endsWith('.js') && path.basename(npm).startsWith('npm') ? [process.execPath, npm] : ['npm'];
  // Install scripts are not needed: the database's library links are made when it is started.
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  args.push(all || hasDev ? '--include=dev' : '--omit=dev', '--include=optional');

  console.log(`Installing ${missing.length} packages …`);
  const { status, error } = spawnSync(program[0], [...program.slice(1), ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32' && program.length === 1,
  });
  if (status === 0) return;
  const names = missing.slice(0, 5).map((place) => place.replace(/^.*node_modules\//, ''));
  fail(
    `The packages could not be installed (${error?.message ?? `npm ci ended with ${status}`}). Missing: ${names.join(', ')}` +
      `${missing.length > 5 ? ` and ${missing.length - 5} more` : ''}.\n` +
      `Check the network and that ${inRoot('node_modules')} can be written to, then try again.`,
  );
}

// npm passes SIGTERM to its shell only, which ends and tells us nothing: then our parent is another one.
function stopWithNpm() {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, 300);
  timer.unref();
}

refuseOldNode();
stopWithNpm();
const [name = 'start', ...args] = process.argv.slice(2);
const chosen = Object.hasOwn(commands, name)
  ? commands[name]
  : fail(`There is no command "${name}". There are: ${Object.keys(commands).join(', ')}.`);
install(chosen.all ?? false);
try {
  await chosen.run(args);
} catch (error) {
  if (error?.code === 'CANNOT_START') fail(error.message);
  console.error(error);
  process.exit(1);
}
