import { mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import exceljs from 'exceljs';
import { describe, expect } from 'vitest';
import { importFile } from '../../src/exchange/actions/import.ts';
import { reasons } from '../../src/exchange/rules.ts';
import { verifyAppeal } from '../../src/trail/actions/verify.ts';
import { listTrail } from '../../src/trail/store.ts';
import { words } from '../../src/words/words.ts';
import { makeStage } from '../support/make.ts';
import { freshDb, makeWorld, test } from '../support/world.ts';

async function fileOf(lines: readonly string[], name = '留言.csv'): Promise<string> {
  const file = path.join(await mkdtemp(path.join(os.tmpdir(), 'import-')), name);
  await writeFile(file, `${lines.join('\n')}\n`);
  return file;
}
const header = '留言编号,留言用户,联系电话,留言主题,留言时间,留言详情,答复意见,答复时间';
const answered =
  '1,王小明,10000000001,暖气不热,2018/9/26 10:15:45,"家里暖气不热，\n只有十二度",已上门维修，现已正常,2018/9/30 14:31:04';
const waiting = '2,李四,,路灯不亮,2018/9/26 20:00:00,小区门口路灯不亮已经一周,,';
const quiet = () => undefined;

describe('an imported message', () => {
  test('that brings its answer is closed with its own dates: unrated, without clocks, nobody told', async ({ world, db }) => {
    const stage = await makeStage(world);
    expect(await importFile(world, [await fileOf([header, answered])], quiet)).toEqual({
      source: '留言',
      imported: 1,
      skipped: 0,
      refused: [],
    });
    const appeal = await stage.appeal('20180926-0001');
    expect(appeal).toMatchObject({
      status: 'closed',
      channel: 'import',
      title: '暖气不热',
      content: '家里暖气不热，\n只有十二度',
      answer: '已上门维修，现已正常',
      level: null,
      place_unit_id: stage.units.city.id,
      received_at: new Date('2018-09-26T02:15:45Z'),
      closed_at: new Date('2018-09-30T06:31:04Z'),
      finished_at: new Date('2018-09-30T06:31:04Z'),
      category_code: '0202',
      priority: 'urgent',
      step_due_at: null,
      due_at: null,
      import_key: '留言:1',
      registered_by: null,
    });
    expect(
      (await listTrail(db, 'appeal', appeal.id)).map(({ act, post, happened_at, to_status }) => [
        act,
        post,
        happened_at.toISOString(),
        to_status,
      ]),
    ).toEqual([
      ['register', 'system', '2018-09-26T02:15:45.000Z', 'pending_review'],
      ['import_close', 'system', '2018-09-30T06:31:04.000Z', 'closed'],
    ]);
    expect(await verifyAppeal(db, appeal.id)).toEqual({ ok: true, rows: 2 });
    for (const table of ['clocks', 'outbox', 'messages', 'evaluations'] as const) expect(await db(table)).toEqual([]);
    expect(await db('appellants').where({ id: appeal.appellant_id! }).first()).toMatchObject({
      name_masked: '王**',
      phone_masked: '100****0001',
    });
  });

  test('without an answer waits on the review desk, its clock beginning now, and is dealt with like any other', async ({
    world,
    db,
    clock,
  }) => {
    const stage = await makeStage(world);
    await importFile(world, [await fileOf([header, waiting])], quiet);
    const appeal = await stage.appeal('20180926-0001');
    expect(appeal).toMatchObject({
      status: 'pending_review',
      received_at: new Date('2018-09-26T12:00:00Z'),
      step_due_at: new Date(clock().getTime() + 30 * 60_000),
      category_code: '0208',
    });
    expect(await db('clocks')).toMatchObject([{ kind: 'review', started_at: clock(), stopped_at: null }]);
    expect(await db('outbox')).toEqual([]);
    await stage.act('review', appeal.number, 'answer', { answer: '已报修' });
    expect(await stage.appeal(appeal.number)).toMatchObject({ status: 'answered' });
  });

  test('whose reply column is left out waits as well', async ({ world }) => {
    const stage = await makeStage(world);
    await importFile(world, [await fileOf([header, answered]), '--map', 'reply='], quiet);
    expect(await stage.appeal('20180926-0001')).toMatchObject({ status: 'pending_review', answer: null });
  });
});

describe('an import', () => {
  test('takes an Excel file like a CSV', async ({ world, db }) => {
    await makeStage(world);
    const book = new exceljs.Workbook();
    const sheet = book.addWorksheet('留言');
    sheet.addRow(['编号', '内容', '时间', '答复', '答复时间']);
    sheet.addRow([
      1,
      '家里暖气不热，\n只有十二度',
      new Date(Date.UTC(2018, 8, 26, 10, 15, 45)),
      '已修',
      new Date(Date.UTC(2018, 8, 30, 14, 31)),
    ]);
    sheet.addRow([2, '', '2018-09-27', '', '']);
    const file = await fileOf([''], '留言.xlsx');
    await book.xlsx.writeFile(file);
    expect(await importFile(world, [file], quiet)).toMatchObject({ imported: 1, refused: [{ line: 3, reason: 'no_content' }] });
    expect(await db('appeals').first()).toMatchObject({
      number: '20180926-0001',
      status: 'closed',
      received_at: new Date('2018-09-26T02:15:45Z'),
      closed_at: new Date('2018-09-30T06:31:00Z'),
      import_key: '留言:1',
    });
  });

  test('lists the rows it cannot take with line and reason, takes the others, and is recorded', async ({ world, db }) => {
    await makeStage(world);
    const said: string[] = [];
    const lines = [
      header,
      answered,
      '3,x,,t,昨天,内容,,',
      '4,x,,t,2018-01-01,,,',
      '5,"x,,t,2018-01-01,内容,,',
      '1,x,,t,2018-01-01,又一次,,',
      '6,x,,t,2018-01-01,内容',
      waiting,
    ];
    const done = await importFile(world, [await fileOf(lines)], (line) => said.push(line));
    const refused = [
      { line: 4, reason: 'bad_time' },
      { line: 5, reason: 'no_content' },
      { line: 6, reason: 'broken' },
      { line: 7, reason: 'same_key' },
      { line: 8, reason: 'columns' },
    ];
    expect(done).toEqual({ source: '留言', imported: 2, skipped: 0, refused });
    expect(await db('imports')).toMatchObject([{ source: '留言', imported: 2, skipped: 0, refused, finished_at: world.clock() }]);
    expect(said.join('\n')).toContain('line 4 was refused: its time cannot be read');
  });

  test('is run again without doubling a row, and goes on where it was broken off', async ({ world, db }) => {
    await makeStage(world);
    const file = await fileOf([header, answered]);
    await importFile(world, [file], quiet);
    expect(await importFile(world, [file], quiet)).toMatchObject({ imported: 0, skipped: 1 });
    await writeFile(file, `${[header, answered, waiting].join('\n')}\n`);
    expect(await importFile(world, [file], quiet)).toMatchObject({ imported: 1, skipped: 1 });
    expect(await db('appeals').where({ channel: 'import' })).toHaveLength(2);
  });

  test('knows a message without a number by what it says', async ({ world, db }) => {
    await makeStage(world);
    const file = await fileOf(['时间,内容', '2018-01-01,路灯不亮', '2018-01-02,路灯又不亮', '2018-01-01,路灯不亮']);
    expect(await importFile(world, [file], quiet)).toMatchObject({ imported: 2, refused: [{ line: 4, reason: 'same_key' }] });
    expect(await importFile(world, [file], quiet)).toMatchObject({ imported: 0, skipped: 2 });
    expect((await db('appeals').orderBy('number')).map((row) => row.number)).toEqual(['20180101-0001', '20180102-0001']);
  });

  test('takes its columns from a map, in words or in a file', async ({ world, db }) => {
    await makeStage(world);
    const file = await fileOf(['a,b,c', '7,2018-01-01,路灯不亮']);
    await expect(importFile(world, [file], quiet)).rejects.toThrow(/Which column holds the content\?.*a, b, c/);
    await expect(importFile(world, [file, '--map', 'content=x'], quiet)).rejects.toThrow(/no column "x"/);
    await expect(importFile(world, [file, '--map', 'contents=c'], quiet)).rejects.toThrow(/no field "contents"/);
    const map = await fileOf(['{"key": "a", "received_at": "b", "content": "c"}'], 'map.json');
    expect(await importFile(world, [file, '--map', map], quiet)).toMatchObject({ imported: 1 });
    expect(await importFile(world, [file, '--map', 'key=a,content=c', '--source', 'other'], quiet)).toMatchObject({
      imported: 1,
    });
    expect((await db('appeals').orderBy('id')).map((row) => row.import_key)).toEqual(['留言:7', 'other:7']);
  });

  test('that is asked for in a wrong way says how', async ({ world }) => {
    for (const args of [[], ['a', 'b'], ['--map'], ['--what', 'x']])
      await expect(importFile(world, args, quiet)).rejects.toMatchObject({ code: 'CANNOT_START' });
    await expect(importFile(world, ['/no/such/file.csv'], quiet)).rejects.toThrow('There is no file');
    await expect(importFile(world, [await fileOf(['']), '--map', 'x'], quiet)).rejects.toThrow('no header line');
  });

  test('in which one row cannot be stored loses that row alone', async ({ world, db }) => {
    await makeStage(world);
    await db.raw(`alter table appeals add constraint no_mischief check (title <> '破坏')`);
    const lines = [header, answered, '3,x,,破坏,2018-01-01,内容,,', waiting];
    expect(await importFile(world, [await fileOf(lines)], quiet)).toMatchObject({
      imported: 2,
      refused: [{ line: 4, reason: 'failed' }],
    });
  });

  test('made twice at the same time brings each row once', async () => {
    const { db, world, clock, anotherDb } = await freshDb();
    await makeStage(world);
    const file = await fileOf([
      header,
      ...Array.from({ length: 120 }, (_, i) => `${i},甲,,标题,2018-01-0${1 + (i % 9)},内容${i},${i % 2 ? '已办' : ''},`),
    ]);
    const both = await Promise.all([importFile(world, [file], quiet), importFile(makeWorld(anotherDb(), clock), [file], quiet)]);
    expect(both[0]!.imported + both[1]!.imported).toBe(120);
    expect(both.flatMap((one) => one.refused)).toEqual([]);
    const numbers = (await db('appeals')).map((row) => row.number);
    expect(new Set(numbers).size).toBe(120);
  });
});

test('there is a sentence for every reason', () => {
  for (const lang of ['zh', 'en'] as const)
    expect(Object.keys(words[lang].exchange.reasons).toSorted()).toEqual([...reasons].toSorted());
});
