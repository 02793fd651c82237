// Runs the tests: `node test/run.mjs [files or names…]`. `--report FILE` writes vitest's JSON report as well.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const args = process.argv.slice(2);
const at = args.indexOf('--report');
const report = at < 0 ? [] : args.splice(at, 2).slice(1);

const options = ['run', '-c', 'test/vitest.config.ts', '--reporter=default'];
if (report[0]) options.push('--reporter=json', `--outputFile.json=${report[0]}`);

const child = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', ...options, ...args], { cwd: root, stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
