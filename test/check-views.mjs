// Turns every template into a TypeScript function with the same line numbers, so that the type check reads templates too.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const views = fileURLToPath(new URL('../views', import.meta.url));
const out = fileURLToPath(new URL('.views', import.meta.url));

const header = /^<%#\s*locals:\s*(.*?)\s*-?%>/;
const newlines = (text) => '\n'.repeat(text.split('\n').length - 1);

/** The TypeScript of one template; `name` is its path under views/ without extension. */
export function typescriptOf(name, source) {
  const locals = header.exec(source)?.[1];
  if (locals === undefined) throw new Error(`views/${name}.ejs: the first line must be <%# locals: … -%>`);
  const up = '../'.repeat(name.split('/').length + 1);
  let code =
    `import type { Shared, Views } from '${up}src/views.ts'; ` +
    'declare function include<K extends keyof Views>(path: `/${K}`, locals: Views[K]): string; ' +
    'declare function print(value: string | number): void; ' +
    `export default ({ ${locals} }: Views['${name}'] & Shared) => {`;
  let at = 0;
  for (const tag of source.matchAll(/<%(?!%)([=\-#_]?)([\s\S]*?)[-_]?%>/g)) {
    const [whole, kind, inside] = tag;
    code += newlines(source.slice(at, tag.index));
    if (kind === '#') code += newlines(inside);
    else code += kind === '=' || kind === '-' ? ` print(${inside});` : inside;
    at = tag.index + whole.length;
  }
  return `${code}${newlines(source.slice(at))}};\n`;
}

/** Writes test/.views anew, which tsconfig.json includes. */
export function writeViews() {
  fs.rmSync(out, { recursive: true, force: true });
  for (const file of fs.existsSync(views) ? fs.readdirSync(views, { recursive: true }) : []) {
    if (!file.endsWith('.ejs')) continue;
    const name = file.slice(0, -4).split(path.sep).join('/');
    const target = path.join(out, `${name}.ts`);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, typescriptOf(name, fs.readFileSync(path.join(views, file), 'utf8')));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeViews();
