import { readFileSync } from 'node:fs';

/** One row of a table in seeds/data: column name to text; an absent value is ''. */
export type Row = Record<string, string>;

export function readTable(name: string): Row[] {
  const text = readFileSync(new URL(`./data/${name}.tsv`, import.meta.url), 'utf8');
  const [head, ...lines] = text.split('\n').filter((line) => line !== '');
  const columns = head!.split('\t');
  return lines.map((line) => {
    const cells = line.split('\t');
    return Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? '']));
  });
}
