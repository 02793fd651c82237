// What needs no database: lint and format, types, and the types of the templates. `--fix` puts right what can be.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { writeViews } from './check-views.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const fix = process.argv.includes('--fix') ? ['--write'] : [];

writeViews();
const steps = [
  ['types, and those of the templates', ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json']],
  ['types of the browser tests', ['node_modules/typescript/bin/tsc', '-p', 'test/browser/tsconfig.json']],
  ['lint and format', ['node_modules/@biomejs/biome/bin/biome', 'check', '--config-path=.biome.json', ...fix, '.']],
];
for (const [name, command] of steps) {
  console.log(`— ${name}`);
  if (spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' }).status !== 0) process.exitCode = 1;
}
if (!process.exitCode) console.log('All is well.');
