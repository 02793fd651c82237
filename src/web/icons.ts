import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { resolve } = createRequire(import.meta.url);
const read = new Map<string, string>();

/** A Tabler icon as inline SVG, hidden from screen readers: the word beside it carries the meaning. `star-filled` is the filled `star`. */
export function icon(name: string): string {
  const known = read.get(name);
  if (known !== undefined) return known;
  const svg = drawn(name);
  read.set(name, svg);
  return svg;
}

function drawn(name: string): string {
  if (!/^[a-z0-9-]+$/.test(name)) throw new Error(`icon('${name}'): not a name`);
  const filled = name.endsWith('-filled');
  let source: string;
  try {
    source = readFileSync(resolve(`@tabler/icons/${filled ? 'filled' : 'outline'}/${name.replace(/-filled$/, '')}.svg`), 'utf8');
  } catch {
    throw new Error(`icon('${name}'): @tabler/icons has no such icon`);
  }
  const shapes = source
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/^[\s\S]*?<svg[^>]*>|<\/svg>\s*$/g, '')
    .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none" ?\/>/g, '')
    .replace(/\s*\n\s*/g, '');
  return `<svg class="icon${filled ? ' icon--filled' : ''}" viewBox="0 0 24 24" aria-hidden="true">${shapes}</svg>`;
}
