import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import exceljs from 'exceljs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCsv } from '../../src/exchange/actions/csv.ts';
import { checkArchive, readXlsx } from '../../src/exchange/actions/xlsx.ts';
import { fields, guessMapping, readRow, readTime, type Table } from '../../src/exchange/rules.ts';
import { words } from '../../src/words/words.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'tables-'));
});
afterAll(() => rm(folder, { recursive: true }));

let files = 0;
async function fileOf(content: string | Buffer, ending = 'csv'): Promise<string> {
  const file = path.join(folder, `${++files}.${ending}`);
  await writeFile(file, content);
  return file;
}
async function read(table: Table) {
  const rows: unknown[] = [];
  for await (const row of table) rows.push('cells' in row ? [row.line, ...row.cells] : [row.line, { not: row.reason }]);
  return rows;
}
const csv = async (content: string | Buffer) => read(readCsv(await fileOf(content)));

describe('CSV', () => {
  test('with cells over several lines, quotes in quotes and empty lines', async () => {
    expect(await csv('a,b\r\n1,"x\r\ny ""z"", w"\r\n\r\n2,\r\n')).toEqual([
      [1, 'a', 'b'],
      [2, '1', 'x\ny "z", w'],
      [5, '2', ''],
    ]);
    expect(await csv('a,b\n1,2')).toEqual([
      [1, 'a', 'b'],
      [2, '1', '2'],
    ]);
    expect(await csv('')).toEqual([]);
  });

  test('in whatever encoding it comes', async () => {
    const text = '编号,内容\n1,井盖坏了\n';
    const gb18030 = Buffer.from('b1e0bac52cc4dac8dd0a312cbeaeb8c7bbb5c1cb0a', 'hex');
    const expected = [
      [1, '编号', '内容'],
      [2, '1', '井盖坏了'],
    ];
    for (const bytes of [text, `\ufeff${text}`, gb18030, Buffer.from(`\ufeff${text}`, 'utf16le')])
      expect(await csv(bytes)).toEqual(expected);
  });

  test('in UTF-8 of which one byte far behind is wrong is taken for what it then is, and nothing is lost', async () => {
    const rows = Array.from({ length: 40_000 }, (_, i) => `${i},plain\n`).join('');
    const all = await csv(Buffer.concat([Buffer.from(`a,b\n${rows}`), Buffer.from([0xbe, 0xae]), Buffer.from(',x\n')]));
    expect(all).toHaveLength(40_002);
    expect(all.at(-1)).toEqual([40_002, '井', 'x']);
  });

  test('with semicolons or tabs', async () => {
    expect(await csv('a;b\n1;"x;y"\n')).toEqual([
      [1, 'a', 'b'],
      [2, '1', 'x;y'],
    ]);
    expect(await csv('a\tb,c\n1\t2\n')).toEqual([
      [1, 'a', 'b,c'],
      [2, '1', '2'],
    ]);
  });

  test('of which a line is broken loses that line alone', async () => {
    const rows = await csv(
      'a,b,c\n1,"x\ny",3\n2,"open,3\n3,ok,3\n4,5" pipe,3\n5,"bad"quote,3\n6,two\n7,"m\nn",3\n8,1,2,3,4\n9,end,3,,\n',
    );
    expect(rows).toEqual([
      [1, 'a', 'b', 'c'],
      [2, '1', 'x\ny', '3'],
      [4, { not: 'broken' }],
      [5, '3', 'ok', '3'],
      [6, '4', '5" pipe', '3'],
      [7, '5', '"bad"quote', '3'],
      [8, { not: 'columns' }],
      [9, '7', 'm\nn', '3'],
      [11, { not: 'columns' }],
      [12, '9', 'end', '3'],
    ]);
  });

  test('of which a line never ends neither fills the memory nor hides what follows', async () => {
    const rows = await csv(`a,b\n1,${'x'.repeat(3_000_000)}\n2,ok\n3,"open\n${'4,ok\n'.repeat(3000)}`);
    expect(rows.slice(1, 4)).toEqual([
      [2, { not: 'line_too_long' }],
      [3, '2', 'ok'],
      [4, { not: 'broken' }],
    ]);
    expect(rows).toHaveLength(4 + 3000);
  });
});

describe('Excel', () => {
  async function sheet(rows: unknown[][]): Promise<string> {
    const book = new exceljs.Workbook();
    const page = book.addWorksheet('x');
    for (const row of rows) page.addRow(row);
    page.getColumn(2).numFmt = 'yyyy-mm-dd hh:mm:ss';
    book.addWorksheet('second').addRow(['not', 'read']);
    return fileOf(Buffer.from(await book.xlsx.writeBuffer()), 'xlsx');
  }

  test('gives texts, numbers, dates of the city, formulas and rich text as they are shown', async () => {
    const file = await sheet([
      ['编号', '时间', '内容', '电话'],
      [1, new Date(Date.UTC(2018, 8, 26, 10, 15, 45)), '井盖坏了\n第二行', 13_800_000_000],
      ['A-2', '2018/9/27 8:00', { richText: [{ text: '路灯' }, { text: '不亮' }] }],
      [],
      [4, null, { formula: '1+1', result: 2 }],
      [5, null, 'x', 'y', 'too many'],
    ]);
    expect(await read(readXlsx(file))).toEqual([
      [1, '编号', '时间', '内容', '电话'],
      [2, '1', '2018-09-26 10:15:45', '井盖坏了\n第二行', '13800000000'],
      [3, 'A-2', '2018/9/27 8:00', '路灯不亮', ''],
      [5, '4', '', '2', ''],
      [6, { not: 'columns' }],
    ]);
  });

  test('of any length keeps every character, wherever its file is cut into pieces', async () => {
    const rows = Array.from({ length: 2000 }, (_, i) => [`${i}`, `${'路灯不亮𠮷'.repeat(1 + (i % 30))}${i}`]);
    expect(await read(readXlsx(await sheet(rows)))).toEqual(rows.map((cells, i) => [i + 1, ...cells]));
  });

  test('that is something else, cut short, or full of tricks is refused with a sentence', async () => {
    const refused = (file: string, most?: { entries: number; bytes: number }) =>
      checkArchive(file, most).then(
        () => 'taken',
        (error: Error & { code: string }) => `${error.code} ${error.message}`,
      );
    const good = await sheet([['a'], ['b']]);
    expect(await refused(good)).toBe('taken');
    expect(await refused(await fileOf('编号,内容\n', 'xlsx'))).toMatch(/^CANNOT_START .*damaged or no Excel file/);
    expect(await refused(good, { entries: 3, bytes: 1e9 })).toMatch(/at most 3 are read/);
    expect(
      await refused(await fileOf(zip([['a.xml', Buffer.alloc(5_000_000)]]), 'xlsx'), { entries: 200, bytes: 1_000_000 }),
    ).toMatch(/unpacks to more than 1 MB/);
    expect(
      await refused(await fileOf(zip([['a.xml', Buffer.alloc(5_000_000)]], { lie: 10 }), 'xlsx'), {
        entries: 200,
        bytes: 1_000_000,
      }),
    ).toMatch(/unpacks to more than 1 MB/);
    expect(
      await refused(
        await fileOf(zip([['a.xml', Buffer.from('<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x/>')]]), 'xlsx'),
      ),
    ).toMatch(/document type/);
    expect(
      await refused(
        await fileOf(
          zip(
            [
              ['a.xml', Buffer.from('hidden')],
              ['b.xml', Buffer.from('x')],
            ],
            { hide: 1 },
          ),
          'xlsx',
        ),
      ),
    ).toMatch(/not in its directory/);
    const whole = zip([['a.xml', Buffer.from('x'.repeat(999))]]);
    expect(await refused(await fileOf(whole.subarray(0, whole.length - 30), 'xlsx'))).toMatch(/damaged/);
  });
});

/** A small archive; `lie` is the unpacked size it claims, `hide` leaves so many parts out of its directory. */
function zip(parts: [string, Buffer][], { lie, hide = 0 }: { lie?: number; hide?: number } = {}): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of parts) {
    const packed = deflateRawSync(content);
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(8, 8);
    head.writeUInt32LE(packed.length, 18);
    head.writeUInt32LE(lie ?? content.length, 22);
    head.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(8, 10);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt32LE(lie ?? content.length, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(offset, 42);
    locals.push(head, Buffer.from(name), packed);
    directory.push(Buffer.concat([entry, Buffer.from(name)]));
    offset += 30 + name.length + packed.length;
  }
  const listed = Buffer.concat(directory.slice(hide));
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(parts.length - hide, 8);
  end.writeUInt16LE(parts.length - hide, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, listed, end]);
}

describe('columns', () => {
  const names = Object.fromEntries(
    fields.map((field) => [field, [...words.zh.exchange.headers[field], ...words.en.exchange.headers[field]]]),
  ) as never;
  const guessed = (...headers: string[]) =>
    Object.fromEntries(Object.entries(guessMapping(headers, names)).map(([field, column]) => [field, headers[column as number]]));

  test('are known by their names', () => {
    expect(guessed('留言编号', '留言用户', '留言主题', '留言时间', '留言详情', '答复意见', '答复时间')).toEqual({
      key: '留言编号',
      name: '留言用户',
      title: '留言主题',
      received_at: '留言时间',
      content: '留言详情',
      reply: '答复意见',
      replied_at: '答复时间',
    });
    expect(guessed('工单编号', '来电人姓名', '联系电话', '事发地址', '诉求内容', '受理时间', '答复内容', '答复时间')).toEqual({
      key: '工单编号',
      name: '来电人姓名',
      phone: '联系电话',
      address: '事发地址',
      content: '诉求内容',
      received_at: '受理时间',
      reply: '答复内容',
      replied_at: '答复时间',
    });
    expect(guessed('ID', 'Title', 'Received_at', 'Text', 'Reply', 'Notes')).toEqual({
      key: 'ID',
      title: 'Title',
      received_at: 'Received_at',
      content: 'Text',
      reply: 'Reply',
    });
    expect(guessed('点赞数', '反对数')).toEqual({});
  });
});

describe('a row', () => {
  const now = new Date('2026-11-23T10:00:00+08:00');
  const mapping = { key: 0, title: 1, received_at: 2, content: 3, phone: 4, reply: 5, replied_at: 6 };
  const row = (over: Partial<Record<keyof typeof mapping, string>> = {}) => {
    const given: Record<string, string> = {
      key: '1',
      title: '路灯',
      received_at: '2018/9/26 10:15:45',
      content: '不亮',
      phone: '',
      reply: '',
      replied_at: '',
      ...over,
    };
    return readRow(
      Object.keys(mapping).map((field) => given[field]!),
      mapping,
      now,
    );
  };

  test('is read with its times in the city’s zone, its phone in digits, and nothing that cannot be stored', () => {
    expect(
      row({ phone: '+86 138-0000 0000', content: ' 不\0亮\r\n了\ud800 ', reply: '已修', replied_at: '2018-9-30 14:31' }),
    ).toEqual({
      key: '1',
      title: '路灯',
      received_at: new Date('2018-09-26T02:15:45Z'),
      content: '不亮\n了',
      name: '',
      phone: '13800000000',
      address: '',
      reply: '已修',
      replied_at: new Date('2018-09-30T06:31:00Z'),
    });
    expect(row({ phone: '不详' })).toMatchObject({ phone: '' });
    expect(readRow(['', '', '', 'x'], { content: 3 }, now)).toMatchObject({ received_at: now, key: null });
    expect(row({ content: '长'.repeat(20_000) })).toMatchObject({ key: '1' });
  });

  test('is refused with its reason', () => {
    expect(row({ content: ' \n ' })).toBe('no_content');
    expect(row({ content: '长'.repeat(20_001) })).toBe('content_too_long');
    expect(row({ reply: '长'.repeat(20_001) })).toBe('reply_too_long');
    for (const bad of ['', '昨天', '2018-02-30', '2018-13-01', '26/9/2018', '2018-09-26 25:00'])
      expect(row({ received_at: bad })).toBe('bad_time');
    expect(row({ reply: 'x', replied_at: '后来' })).toBe('bad_reply_time');
    expect(row({ received_at: '2026-11-24 00:00' })).toBe('in_the_future');
    expect(row({ reply: 'x', replied_at: '2018-09-25' })).toBe('reply_first');
  });

  test('may write its time in many ways', () => {
    const noon = new Date('2018-09-26T10:05:00+08:00');
    for (const text of [
      '2018/9/26 10:05',
      '2018-09-26T10:05:00',
      '2018年9月26日 10:05',
      '2018.09.26 10:05:00',
      '2018年9月26日10时05分00秒',
      '２０１８-09-26 10:05',
      '2018-09-26 10:05:00.0',
    ]) {
      expect([text, readTime(text)]).toEqual([text, noon]);
    }
    expect(readTime('2018-09-26')).toEqual(new Date('2018-09-26T00:00:00+08:00'));
  });
});
