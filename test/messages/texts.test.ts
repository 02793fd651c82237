import { describe, expect } from 'vitest';
import { createApp } from '../../src/app.ts';
import { sendOutbox } from '../../src/messages/actions/send.ts';
import { appellantEvents, fillText, ownText, placeholders, staffEvents, textProblem } from '../../src/messages/rules.ts';
import { listChanges } from '../../src/trail/store.ts';
import { words } from '../../src/words/words.ts';
import { signIn } from '../support/browser.ts';
import { makeStage } from '../support/make.ts';
import { test } from '../support/world.ts';

describe('the braces of a text', () => {
  test('are right in every text of the product’s own, in both languages', () => {
    for (const lang of ['zh', 'en'] as const)
      for (const event of [...appellantEvents, ...staffEvents])
        expect([lang, event, textProblem(event, ownText(event, lang))]).toEqual([lang, event, null]);
    // They lie in one table, by their names.
    expect(new Set([...appellantEvents, ...staffEvents]).size).toBe(appellantEvents.length + staffEvents.length);
  });

  test('are those of the event: none unknown, none missing, none open', () => {
    expect(textProblem('extended', '{number} 延至 {due_on}：{reason}')).toBeNull();
    expect(textProblem('extended', '{number} 延至 {due_on}')).toBe('placeholder_missing:reason');
    expect(textProblem('accepted', '{number}：{phone}')).toBe('placeholder_unknown:phone');
    expect(textProblem('accepted', '{number} {')).toBe('braces');
    expect(textProblem('cards', '时限提醒')).toBe('placeholder_missing:cards');
    expect(textProblem('order_made', '新工单 {number}')).toBe('placeholder_unknown:number');
    expect(fillText('{number}：{reason}。', { number: 'A' })).toBe('A：。');
    for (const event of appellantEvents) expect(placeholders[event]).not.toContain('number');
  });
});

test('the city’s own text is previewed on examples, refused with a wrong brace, sent from then on, and every version stays', async ({
  world,
  db,
  clock,
}) => {
  const stage = await makeStage(world);
  const sys = await signIn(createApp(world), 'sys');
  const edit = '/message-texts/accepted/zh';
  const page = await (await sys.get('/message-texts')).follow('修改 受理 中文');
  const wrong = await page.send(edit, { body: '诉求已受理。' });
  expect([wrong.status, wrong.text.includes('缺少 {number}')]).toEqual([422, true]);
  const preview = await wrong.send(`${edit}/preview`, { body: '诉求 {number} 我们收下了。' });
  expect(preview.text).toContain('【招即办】诉求 20261123-0042 我们收下了。');
  expect(await db('message_texts')).toEqual([]);
  expect((await preview.send(edit)).text).toContain('文本已保存');
  expect((await (await sys.get(edit)).send(edit)).text).toContain('内容没有变化');

  const sent: string[] = [];
  const number = await stage.register('hotline');
  const { category_code, kind, priority } = await stage.appeal(number);
  await stage.act('review', number, 'accept', { kind, category_code: category_code!, priority });
  await sendOutbox(world, clock(), { send: async ({ text }) => void sent.push(text) });
  expect(sent.at(-1)).toBe(`【招即办】诉求 ${number} 我们收下了。`);

  const reset = await (await sys.get(edit)).send(`${edit}/reset`);
  expect(reset.text).toContain(words.zh.messages.sms.accepted);
  expect((await db('message_texts').orderBy('id')).map(({ body }) => body)).toEqual(['诉求 {number} 我们收下了。', null]);
  expect((await listChanges(db, 'message_text:accepted:zh', 10)).map(({ act }) => act)).toEqual([
    'message_text.edit',
    'message_text.edit',
  ]);
  expect((await (await signIn(createApp(world), 'supervision')).raw('/message-texts')).status).toBe(404);
});

test('the city’s own words of a message to staff are shown from the next message on; older ones keep theirs', async ({
  world,
  db,
  clock,
}) => {
  const stage = await makeStage(world);
  const app = createApp(world);
  await stage.dispatched();
  const sys = await signIn(app, 'sys');
  const list = await (await sys.get('/message-texts')).follow('工作人员的消息');
  expect(list.text).toContain('时限提醒：红牌 1 件，黄牌 1 件，过半 2 件');
  const edit = '/message-texts/order_made/zh';
  const page = await list.follow('修改 新工单下达，请签收 中文');
  expect((await page.send(edit, { body: '新工单 {number}' })).status).toBe(422);
  const preview = await page.send(`${edit}/preview`, { body: '来活了' });
  expect(preview.text).toContain('按示例内容填写后的样子');
  clock.addMinutes(5);
  expect((await preview.send(edit)).text).toContain('文本已保存');
  clock.addMinutes(5);
  await stage.dispatched();
  await db('messages').insert({
    person_id: stage.people.housing_clerk.person_id,
    event: 'cards',
    params: { red: 2 },
    created_at: clock(),
  } as never);
  const said = [
    ...(await (await signIn(app, 'housing_clerk')).get('/messages')).text.matchAll(/来活了|新工单下达，请签收|红牌 2 件/g),
  ];
  expect(said.map(([text]) => text)).toEqual(['红牌 2 件', '来活了', '新工单下达，请签收']);
  expect((await db('message_texts').first())!).toMatchObject({ event: 'order_made', lang: 'zh', body: '来活了' });
  expect((await (await sys.get(edit)).send(`${edit}/reset`)).text).toContain('文本已保存');
});

test('who reported on an English page is written to in English, and told which unit has it', async ({ world, clock }) => {
  const stage = await makeStage(world);
  const number = await stage.dispatched({ lang: 'en' });
  const sent: string[] = [];
  await sendOutbox(world, clock(), { send: async ({ text }) => void sent.push(text) });
  expect(sent).toEqual([
    expect.stringContaining(`registered under ${number}`),
    expect.stringContaining('accepted'),
    `[Zhaojiban] Your appeal ${number} was handed to housing, which will contact you.`,
  ]);
});
