import { createHash } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { stringify } from 'csv-stringify';
import type { Response } from 'express';
import { first } from './streams.ts';
import { writeXlsx } from './xlsx.ts';

export const sheetFormats = ['xlsx', 'csv'] as const;
export type SheetFormat = (typeof sheetFormats)[number];

/** Spreadsheets run what begins like this; full-width forms are taken for the plain ones by some. */
const formula = /^[=+\-@\t\r＝＋－＠]/;
const harmless = (text: string): string => (formula.test(text) ? `'${text}` : text);

export interface Sheet {
  /** The name of the file, without its ending. */
  readonly file: string;
  readonly name: string;
  readonly headings: readonly string[];
  /** The last line: who took it out, when and why. */
  readonly watermark: string;
}

/**
 * Streams rows as a file, a batch at a time; `counted` is told the rows so far. Returns how many went out, and the SHA-256 of the file;
 * null where the reader hung up.
 */
export async function sendSheet(
  res: Response,
  format: SheetFormat,
  sheet: Sheet,
  batches: AsyncIterable<readonly (readonly string[])[]> | Iterable<readonly (readonly string[])[]>,
  counted: (rows: number) => Promise<void> = async () => {},
): Promise<{ rows: number; sha256: string | null }> {
  res.attachment(`${sheet.file}.${format}`);
  res.type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet');
  const hash = createHash('sha256');
  const through = new PassThrough();
  through.on('data', (chunk: Buffer) => hash.update(chunk));
  through.pipe(res);
  // Whoever hangs up takes nothing any more: without this the writer would wait for ever.
  res.once('close', () => through.destroy());
  const sink = format === 'csv' ? csvSink(through, sheet.headings) : xlsxSink(through, sheet.headings, sheet.name);
  let rows = 0;
  for await (const batch of batches) {
    if (through.destroyed) break;
    await sink.rows(batch);
    rows += batch.length;
    await counted(rows);
  }
  await sink.end(sheet.watermark);
  return { rows, sha256: through.readableEnded ? hash.digest('hex') : null };
}

interface Sink {
  rows(rows: readonly (readonly string[])[]): Promise<void>;
  end(watermark: string): Promise<void>;
}

function csvSink(to: PassThrough, headings: readonly string[]): Sink {
  const lines = stringify({ bom: true });
  lines.pipe(to);
  const write = async (cells: readonly string[]) => {
    if (!lines.write(cells.map(harmless))) await first([lines, 'drain'], [to, 'close']);
  };
  const headed = write(headings);
  return {
    rows: async (rows) => {
      await headed;
      for (const row of rows) await write(row);
    },
    end: async (watermark) => {
      await headed;
      await write([watermark]);
      lines.end();
      await first([to, 'end'], [to, 'close']);
    },
  };
}

function xlsxSink(to: PassThrough, headings: readonly string[], name: string): Sink {
  const book = writeXlsx(to, name);
  const headed = book.row(headings);
  return {
    rows: async (rows) => {
      await headed;
      for (const row of rows) await book.row(row);
    },
    end: async (watermark) => {
      await headed;
      await book.row([watermark]);
      await book.end();
    },
  };
}
