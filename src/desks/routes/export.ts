import { createHash } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { stringify } from 'csv-stringify';
import ExcelJS from 'exceljs';
import type { Response } from 'express';
import { rulebook } from '../../catalog/actions.ts';
import type { World } from '../../core/world.ts';
import { actorOf } from '../../doors.ts';
import { sharedOf } from '../../web/render.ts';
import { changeExport, type ExportRow, eachLedgerRow, insertExport, type LedgerFilter } from '../store/ledger.ts';
import { categoryPath, nameOf, placeLines } from './labels.ts';

interface Wanted {
  readonly filter: LedgerFilter;
  readonly query: string;
  readonly phone_hash: string | null;
  readonly format: 'csv' | 'xlsx';
  readonly purpose: string;
}

/** Spreadsheets run what begins like this; full-width forms are taken for the plain ones by some. */
const formula = /^[=+\-@\t\r＝＋－＠]/;
const harmless = (text: string): string => (formula.test(text) ? `'${text}` : text);

/**
 * Streams the list as a file, newest first, a batch at a time: who, why, how many rows and the file's SHA-256 are recorded, and the row
 * count grows while it runs. Names and numbers stay masked. The last line says who took it out and why.
 */
export async function sendExport(world: World, res: Response, wanted: Wanted): Promise<void> {
  const { db, clock } = world;
  const actor = actorOf(res);
  const { t, lang, fmt, now } = sharedOf(res);
  const book = await rulebook(db);
  const id = await insertExport(db, {
    person_id: actor.person_id,
    post: actor.post,
    unit_id: actor.unit_id,
    format: wanted.format,
    purpose: wanted.purpose,
    query: wanted.query,
    started_at: now,
  });
  const headings = Object.values(t.ledger.headings);
  const cells = (row: ExportRow): string[] => [
    row.number,
    t.domain.statuses[row.status],
    t.domain.kinds[row.kind],
    t.domain.channels[row.channel],
    t.domain.priorities[row.priority],
    categoryPath(book, row.category_code, lang),
    row.title,
    row.content,
    placeLines(book, row.place_unit_id, lang).join(' '),
    row.address,
    nameOf(book.units.get(row.lead_unit_id ?? 0), lang),
    fmt.full(row.received_at),
    row.due_at ? fmt.full(row.due_at) : '',
    row.closed_at ? fmt.full(row.closed_at) : '',
    row.level ? t.domain.levels[row.level] : '',
    row.answer ?? '',
    row.name_masked ?? '',
    row.phone_masked ?? '',
  ];
  const watermark = t.ledger.watermark(`${actor.unit_name} ${actor.name}`, fmt.full(now), wanted.purpose);
  const stamp = now.toISOString().slice(0, 16).replace(/[-:]/g, '');
  res.attachment(`appeals-${stamp}.${wanted.format}`);
  res.type(
    wanted.format === 'csv' ? 'text/csv; charset=utf-8' : 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  );
  const hash = createHash('sha256');
  const through = new PassThrough();
  through.on('data', (chunk: Buffer) => hash.update(chunk));
  through.pipe(res);
  const sink = wanted.format === 'csv' ? csvSink(through, headings) : xlsxSink(through, headings, t.ledger.sheet);
  let rows = 0;
  for await (const batch of eachLedgerRow(db, actor, wanted.filter, now, wanted.phone_hash)) {
    if (res.destroyed) break;
    await sink.rows(batch.map(cells));
    rows += batch.length;
    await changeExport(db, id, { rows });
  }
  await sink.end(watermark);
  await changeExport(db, id, { rows, ...(res.destroyed ? {} : { sha256: hash.digest('hex'), finished_at: clock() }) });
}

interface Sink {
  rows(rows: readonly string[][]): Promise<void>;
  end(watermark: string): Promise<void>;
}

function csvSink(to: PassThrough, headings: readonly string[]): Sink {
  const lines = stringify({ bom: true });
  lines.pipe(to);
  const write = async (cells: readonly string[]) => {
    if (!lines.write(cells.map(harmless)) && !to.destroyed) await Promise.race([once(lines, 'drain'), once(to, 'close')]);
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
      await once(to, 'end', 'close');
    },
  };
}

function xlsxSink(to: PassThrough, headings: readonly string[], name: string): Sink {
  const book = new ExcelJS.stream.xlsx.WorkbookWriter({ stream: to, useStyles: false, useSharedStrings: false });
  const sheet = book.addWorksheet(name, { views: [{ state: 'frozen', ySplit: 1 }] });
  sheet.addRow([...headings]).commit();
  return {
    rows: async (rows) => {
      for (const row of rows) sheet.addRow(row).commit();
      // The writer never waits for its reader by itself.
      while (to.writableLength > 4_000_000 && !to.destroyed) await Promise.race([once(to, 'drain'), once(to, 'close')]);
    },
    end: async (watermark) => {
      sheet.addRow([watermark]).commit();
      await book.commit();
    },
  };
}

const once = (stream: NodeJS.EventEmitter, ...events: string[]): Promise<void> =>
  new Promise((resolve) => {
    for (const event of events) stream.once(event, () => resolve());
  });
