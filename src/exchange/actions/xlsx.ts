import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createInflateRaw } from 'node:zlib';
import exceljs from 'exceljs';
import { cannotStart } from '../../core/errors.ts';
import type { Table } from '../rules.ts';

const most_entries = 200;
const most_bytes = 1_000_000_000;
// Behind a part its sizes may stand once more. More room than that hides parts that the directory does not name.
const longest_gap = 24;

/** Reads the first sheet of an Excel file, row by row. */
export async function* readXlsx(file: string): Table {
  await checkArchive(file);
  const book = new exceljs.stream.xlsx.WorkbookReader(file, {
    worksheets: 'emit',
    sharedStrings: 'cache',
    styles: 'cache',
    hyperlinks: 'ignore',
  });
  decodeWhole(book as unknown as Parsing);
  let width = 0;
  for await (const sheet of book) {
    for await (const row of sheet) {
      const cells: string[] = [];
      row.eachCell({ includeEmpty: true }, (cell, column) => {
        cells[column - 1] = textOf(cell.value);
      });
      const texts = Array.from(cells, (text) => text ?? '');
      while (texts.at(-1)?.trim() === '' && texts.length > width) texts.pop();
      if (texts.length === 0) continue;
      if (width === 0) width = texts.length;
      if (texts.length > width) yield { line: row.number, reason: 'columns' };
      else yield { line: row.number, cells: [...texts, ...Array<string>(width - texts.length).fill('')] };
    }
    return;
  }
}

interface Parsing {
  _parseSharedStrings(entry: Readable): AsyncIterable<unknown>;
  _parseWorksheet(pieces: AsyncIterable<Buffer>, sheet: string): AsyncIterable<unknown>;
}
/** The reader turns what comes into text a piece at a time, and a piece may end in the midst of a character: we turn it before. */
function decodeWhole(book: Parsing): void {
  const { _parseSharedStrings: strings, _parseWorksheet: sheet } = book;
  book._parseSharedStrings = (entry) => strings.call(book, entry.setEncoding('utf8'));
  book._parseWorksheet = (pieces, number) => sheet.call(book, textsOf(pieces) as never, number);
}
async function* textsOf(pieces: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const piece of pieces) yield decoder.decode(piece, { stream: true });
}

/** What a cell shows, as text. Dates of a sheet have no zone: they are the city's. */
function textOf(value: exceljs.CellValue): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString().slice(0, 19).replace('T', ' ');
  if (typeof value !== 'object') return String(value);
  if ('richText' in value) return value.richText.map(({ text }) => text).join('');
  if ('result' in value) return textOf(value.result as exceljs.CellValue);
  if ('text' in value) return textOf(value.text as exceljs.CellValue);
  return '';
}

/**
 * Unpacks every part of the archive into nothing, counting: what an archive says about its own size may be a lie. Refuses what holds too
 * many parts, unpacks to more than we would read, or declares a document type (entities that multiply).
 */
export async function checkArchive(file: string, most = { entries: most_entries, bytes: most_bytes }): Promise<void> {
  const handle = await open(file);
  try {
    let bytes = 0;
    let reached = 0;
    const entries = await listEntries(handle);
    if (entries.length > most.entries)
      throw cannotStart(`The file has ${entries.length} parts; at most ${most.entries} are read.`);
    for (const entry of entries) {
      if (entry.offset - reached > longest_gap || entry.offset < reached) throw new Error('parts that are not in its directory');
      let head = '';
      const start = await startOf(handle, entry);
      reached = start + entry.packed;
      for await (const chunk of unpacked(file, start, entry)) {
        bytes += chunk.length;
        if (bytes > most.bytes) throw cannotStart(`The file unpacks to more than ${most.bytes / 1_000_000} MB and is not read.`);
        if (head.length < 4096) head += chunk.toString('latin1', 0, 4096);
      }
      if (/<!DOCTYPE/i.test(head)) throw cannotStart('The file declares a document type of its own and is not read.');
    }
  } catch (error) {
    if ((error as { code?: string }).code === 'CANNOT_START') throw error;
    throw cannotStart(`The file is damaged or no Excel file (.xlsx): ${(error as Error).message}`);
  } finally {
    await handle.close();
  }
}

interface Entry {
  readonly method: number;
  readonly packed: number;
  readonly offset: number;
}

async function listEntries(handle: FileHandle): Promise<Entry[]> {
  const { size } = await handle.stat();
  const tail = await readAt(handle, Math.max(0, size - 65_557), Math.min(size, 65_557));
  const end = tail.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0) throw new Error('no directory');
  const count = tail.readUInt16LE(end + 10);
  const directory = await readAt(handle, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  const entries: Entry[] = [];
  let at = 0;
  while (entries.length < count && at + 46 <= directory.length) {
    if (directory.readUInt32LE(at) !== 0x02014b50) throw new Error('damaged directory');
    entries.push({
      method: directory.readUInt16LE(at + 10),
      packed: directory.readUInt32LE(at + 20),
      offset: directory.readUInt32LE(at + 42),
    });
    at += 46 + directory.readUInt16LE(at + 28) + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  if (entries.length !== count) throw new Error('damaged directory');
  return entries.sort((a, b) => a.offset - b.offset);
}

async function startOf(handle: FileHandle, { offset }: Entry): Promise<number> {
  const head = await readAt(handle, offset, 30);
  if (head.readUInt32LE(0) !== 0x04034b50) throw new Error('damaged part');
  return offset + 30 + head.readUInt16LE(26) + head.readUInt16LE(28);
}

async function* unpacked(file: string, start: number, { method, packed }: Entry): AsyncGenerator<Buffer> {
  if (packed === 0) return;
  const source = createReadStream(file, { start, end: start + packed - 1 });
  if (method === 0) return yield* source as unknown as AsyncIterable<Buffer>;
  if (method !== 8) throw new Error(`packed in a way (${method}) that is not known`);
  const inflate = createInflateRaw();
  source.on('error', (error) => inflate.destroy(error));
  try {
    yield* source.pipe(inflate) as AsyncIterable<Buffer>;
  } finally {
    source.destroy();
    inflate.destroy();
  }
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead < length) throw new Error('cut short');
  return buffer;
}
