import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { typescriptOf, writeViews } from './check-views.mjs';

test('a template keeps its line numbers as TypeScript', () => {
  const source = '<%# locals: rows, t -%>\n<ul>\n<% for (const row of rows) { -%>\n  <li><%= row.name %>\n<% } %>\n</ul>\n';
  const lines = typescriptOf('units/list', source).split('\n');
  expect(lines[0]).toContain(`({ rows, t }: Views['units/list'] & Shared) => {`);
  expect(lines[2]?.trim()).toBe('for (const row of rows) {');
  expect(lines[3]?.trim()).toBe('print( row.name );');
  expect(lines).toHaveLength(source.split('\n').length + 1);
});

test('a template without a header is refused', () => {
  expect(() => typescriptOf('units/list', '<ul></ul>')).toThrow(/views\/units\/list\.ejs: the first line must be/);
});

test.each([
  ['the program, the tests and every template', 'tsconfig.json'],
  ['the tests in the browser', 'test/browser/tsconfig.json'],
])('%s have the types they say', { timeout: 300_000 }, (_what, project) => {
  writeViews();
  const { stdout } = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', project, '--pretty', 'false'], {
    encoding: 'utf8',
  });
  expect(stdout).toBe('');
});
