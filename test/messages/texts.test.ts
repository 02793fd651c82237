import { describe, expect } from 'vitest';
import { createApp } from '../../src/app.ts';
import { sendOutbox } from '../../src/messages/actions/send.ts';
import { appellantEvents, fillText, placeholders, textProblem } from '../../src/messages/rules.ts';
import { listChanges } from '../../src/trail/store.ts';
import { words } from '../../src/words/words.ts';
import { signIn } from '../support/browser.ts';
import { makeStage } from '../support/make.ts';
import { test } from '../support/world.ts';

describe('the braces of a text', () => {
  test('are right in every text of the product’s own, in both languages', () => {
    for (const lang of ['zh', 'en'] as const)
      for (const event of appellantEvents)
        expect([lang, event, textProblem(event, words[lang].messages.sms[event])]).toEqual([lang, event, null]);
  });

  test('are those of the event: none unknown, none missing, none open', () => {
    expect(textProblem('extended', '{number} 延至 {due_on}：{reason}')).toBeNull();
    expect(textProblem('extended', '{number} 延至 {due_on}')).toBe('placeholder_missing:reason');
    expect(textProblem('accepted', '{number}：{phone}')).toBe('placeholder_unknown:phone');
    expect(textProblem('accepted', '{number} {')).toBe('braces');
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
  expect((await preview.send(edit)).text).toContain('短信文本已保存');
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
