import { randomBytes } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import ExcelJS from 'exceljs';
import type { Response } from 'express';
import { describe, expect, test } from 'vitest';
import { checkArchive, readXlsx } from '../../src/exchange/actions/xlsx.ts';
import { type SheetFormat, sendSheet } from '../../src/web/sheets.ts';
import { columnName } from '../../src/web/xlsx.ts';

const sheet = { file: 'list', name: '诉求 & “台账”', headings: ['编号', '内容', '备注'], watermark: '某人 <某时> 导出' };
const answer = () => Object.assign(new PassThrough(), { attachment() {}, type() {} }) as unknown as PassThrough & Response;

async function taken(format: SheetFormat, batches: readonly (readonly (readonly string[])[])[]): Promise<Buffer> {
  const res = answer();
  const pieces: Buffer[] = [];
  res.on('data', (piece: Buffer) => pieces.push(piece));
  const { sha256 } = await sendSheet(res, format, sheet, batches);
  expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  return Buffer.concat(pieces);
}

describe('a workbook', () => {
  test('holds what was written, cell for cell, whatever signs are in it, and its first row stays in sight', async () => {
    const odd = ['<b>&</b>', '  两端有空格 ', '一行\n又一行', '"引号"', "'", '=1+1', '𠮷😀', ']]>'];
    const rows = odd.map((text, i) => [String(i), text, '']);
    const book = new ExcelJS.Workbook();
    await book.xlsx.load((await taken('xlsx', [rows.slice(0, 4), [], rows.slice(4)])) as never);
    const found = book.worksheets[0]!;
    expect(found.name).toBe(sheet.name);
    expect(found.views[0]).toMatchObject({ state: 'frozen', ySplit: 1 });
    expect(found.getColumn(2).values.slice(2)).toEqual(odd);
    expect(found.getRow(1).values).toEqual([undefined, ...sheet.headings]);
    expect(found.lastRow!.getCell(1).value).toBe(sheet.watermark);
  });

  test('leaves out signs that no workbook can hold, and only those', async () => {
    const book = new ExcelJS.Workbook();
    await book.xlsx.load((await taken('xlsx', [[['a\u0000b\u0008c\u000bd\ufffee', 'tab\tstays']]])) as never);
    expect(book.worksheets[0]!.getRow(2).values).toEqual([undefined, 'abcde', 'tab\tstays']);
  });

  test('of many pieces is an archive whose parts are as long as it says, and can be imported again', async () => {
    const rows = Array.from({ length: 3000 }, (_, i) => [String(i), `第 ${i} 件：${'路灯不亮，'.repeat(i % 40)}`, `${i * i}`]);
    const file = path.join(await mkdtemp(path.join(os.tmpdir(), 'sheets-')), 'list.xlsx');
    await writeFile(file, await taken('xlsx', [rows.slice(0, 1700), rows.slice(1700)]));
    await checkArchive(file);
    const read: (readonly string[])[] = [];
    for await (const row of readXlsx(file)) if ('cells' in row) read.push(row.cells);
    expect(read.slice(1, -1)).toEqual(rows);
  });

  test('names its columns as a spreadsheet does', () => {
    expect([0, 25, 26, 51, 52, 701, 702].map(columnName)).toEqual(['A', 'Z', 'AA', 'AZ', 'BA', 'ZZ', 'AAA']);
  });
});

describe.each(['xlsx', 'csv'] as const)('%s', (format) => {
  test('goes no faster than its reader takes it, and ends where the reader hangs up', async () => {
    const res = answer();
    let asked = 0;
    let seen = -1;
    const looking = setInterval(() => {
      if (asked === seen) res.destroy();
      seen = asked;
    }, 100);
    function* batches() {
      // Far more than any buffer on the way holds: without a reader it may not all be asked for.
      for (; asked < 200; asked++) yield Array.from({ length: 100 }, (_, i) => [`${i}`, randomBytes(4000).toString('hex'), '']);
      throw new Error('nobody reads');
    }
    const sent = await sendSheet(res, format, sheet, batches());
    expect(sent.sha256).toBeNull();
    clearInterval(looking);
  });
});
