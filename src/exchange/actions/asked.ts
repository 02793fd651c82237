import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { called_from } from '../../core/config.ts';
import { cannotStart } from '../../core/errors.ts';
import { words } from '../../words/words.ts';
import { type Field, fields, guessMapping, isField, type Mapping, type Table } from '../rules.ts';
import { readCsv } from './csv.ts';
import { readXlsx } from './xlsx.ts';

/** What the command line asked for. */
export interface Asked {
  readonly file: string;
  readonly map: string | null;
  readonly source: string;
}

const usage =
  'npm run import -- FILE [--map MAP] [--source NAME]\n' +
  `MAP is a .json file {"content": "column", …} or content=column,key=column,…; fields: ${fields.join(', ')}. An empty column leaves a field out.`;

/** Reads the command line, or says how it goes. */
export function readArgs(args: readonly string[]): Asked {
  const rest: string[] = [];
  const options: Record<string, string> = {};
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (!arg.startsWith('--')) rest.push(arg);
    else if (['--map', '--source'].includes(arg) && args[i + 1] !== undefined) options[arg] = args[++i]!;
    else throw cannotStart(`${arg} is not known, or says nothing.\n${usage}`);
  }
  if (rest.length !== 1) throw cannotStart(`Which file?\n${usage}`);
  const file = path.resolve(called_from, rest[0]!);
  return { file, map: options['--map'] ?? null, source: options['--source'] ?? path.basename(file).replace(/\.\w+$/, '') };
}

/** The table in a file: Excel by its name, otherwise CSV. */
export async function tableOf(file: string): Promise<Table> {
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) throw cannotStart(`There is no file ${file}.`);
  return file.toLowerCase().endsWith('.xlsx') ? readXlsx(file) : readCsv(file);
}

/** Which column is which: as told, otherwise by what they are called. */
export async function mappingOf({ map }: Asked, headers: readonly string[]): Promise<Mapping> {
  const { zh, en } = words;
  const names = Object.fromEntries(
    fields.map((field) => [field, [...zh.exchange.headers[field], ...en.exchange.headers[field]]]),
  ) as Record<Field, string[]>;
  const mapping: { [F in Field]?: number } = { ...guessMapping(headers, names) };
  for (const [field, column] of map === null ? [] : await readMap(map)) {
    if (!isField(field)) throw cannotStart(`There is no field "${field}". There are: ${fields.join(', ')}.`);
    delete mapping[field];
    if (column === '') continue;
    const at = headers.findIndex((header) => header.trim() === column);
    if (at < 0) throw cannotStart(`There is no column "${column}". There are: ${headers.join(', ')}.`);
    mapping[field] = at;
  }
  if (mapping.content === undefined)
    throw cannotStart(`Which column holds the content? Say --map content=COLUMN. There are: ${headers.join(', ')}.`);
  return mapping;
}

async function readMap(map: string): Promise<[string, string][]> {
  if (!map.endsWith('.json')) {
    return map.split(',').map((pair) => {
      const at = pair.indexOf('=');
      if (at < 0) throw cannotStart(`--map: "${pair}" is not field=column.`);
      return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    });
  }
  try {
    const read: unknown = JSON.parse(await readFile(path.resolve(called_from, map), 'utf8'));
    return Object.entries(read as object).map(([field, column]) => [field, String(column ?? '').trim()]);
  } catch (error) {
    throw cannotStart(`--map: ${map} cannot be read: ${(error as Error).message}`);
  }
}
