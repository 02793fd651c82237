import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import type { Table } from '../rules.ts';

const longest_record = 200_000;
const most_lines = 2000;

interface Line {
  readonly line: number;
  readonly text: string;
}

/**
 * Reads CSV in UTF-8, GB18030 or UTF-16, with commas, semicolons or tabs, cells over several lines included. A record whose quotes do not
 * pair up costs its own line only: reading goes on with the next one, where a parser of whole files would lose all that follows.
 */
export async function* readCsv(file: string): Table {
  const lines = linesOf(file, await encodingOf(file));
  let waiting: Line[] = [];
  const next = async (): Promise<Line | undefined> => waiting.shift() ?? (await lines.next()).value;
  let width = 0;
  let delimiter = ',';

  for (let first = await next(); first; first = await next()) {
    if (first.text.trim() === '') continue;
    if (width === 0) delimiter = delimiterOf(first.text);
    const record: Line[] = [first];
    let size = first.text.length;
    let odd = hasOddQuotes(first.text);
    while (odd && size < longest_record && record.length < most_lines) {
      const more = await next();
      if (!more) break;
      record.push(more);
      size += more.text.length;
      odd = odd !== hasOddQuotes(more.text);
    }
    if (first.text.length > longest_record) {
      yield { line: first.line, reason: 'line_too_long' };
      continue;
    }
    const whole = odd ? null : cellsOf(record.map(({ text }) => text).join('\n'), delimiter);
    const fits = (cells: readonly string[] | null) => cells !== null && (width === 0 || cells.length === width);
    if (whole && fits(trimmed(whole, width))) {
      const cells = trimmed(whole, width);
      width ||= cells.length;
      yield { line: first.line, cells };
      continue;
    }
    if (whole) {
      yield { line: first.line, reason: 'columns' };
      continue;
    }
    // A stray quote in an unquoted cell is only a sign; what stands behind it was read too far.
    const alone = cellsOf(first.text, delimiter, true);
    waiting = [...record.slice(1), ...waiting];
    if (alone && width > 0 && fits(trimmed(alone, width))) yield { line: first.line, cells: trimmed(alone, width) };
    else yield { line: first.line, reason: 'broken' };
  }
}

const hasOddQuotes = (text: string): boolean => (text.split('"').length - 1) % 2 === 1;

function cellsOf(record: string, delimiter: string, relax_quotes = false): string[] | null {
  try {
    return (
      (
        parse(record, { delimiter, record_delimiter: '\n', relax_quotes, relax_column_count: true, trim: false }) as string[][]
      )[0] ?? null
    );
  } catch {
    return null;
  }
}

/** Empty cells behind the last column are no columns. */
function trimmed(cells: string[], width: number): string[] {
  const kept = [...cells];
  while (width > 0 && kept.length > width && kept.at(-1)!.trim() === '') kept.pop();
  return kept;
}

function delimiterOf(header: string): string {
  const bare = header.replace(/"[^"]*"/g, '');
  const counts = ['\t', ';', ','].map((sign) => ({ sign, count: bare.split(sign).length }));
  return counts.reduce((best, one) => (one.count > best.count ? one : best)).sign;
}

/** Chinese lists come in UTF-8 or, from older office programs, in GB18030; only reading all of it tells. */
async function encodingOf(file: string): Promise<string> {
  const handle = await open(file);
  const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0).finally(() => handle.close());
  if (buffer[0] === 0xff && buffer[1] === 0xfe) return 'utf-16le';
  if (buffer[0] === 0xfe && buffer[1] === 0xff) return 'utf-16be';
  const strict = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }))
      strict.decode(chunk as Buffer, { stream: true });
    strict.decode();
    return 'utf-8';
  } catch (error) {
    if (error instanceof TypeError) return 'gb18030';
    throw error;
  }
}

async function* linesOf(file: string, encoding: string): AsyncGenerator<Line, undefined> {
  const decoder = new TextDecoder(encoding);
  let rest = '';
  let line = 0;
  const cut = function* (text: string): Generator<Line> {
    rest += text;
    const pieces = rest.split('\n');
    rest = pieces.pop()!;
    for (const piece of pieces) yield { line: ++line, text: piece.endsWith('\r') ? piece.slice(0, -1) : piece };
    // A line without end must not fill the memory: its beginning says enough.
    if (rest.length > 2 * longest_record) rest = rest.slice(0, longest_record + 1);
  };
  for await (const chunk of createReadStream(file)) yield* cut(decoder.decode(chunk as Buffer, { stream: true }));
  yield* cut(`${decoder.decode()}\n`);
  return undefined;
}
