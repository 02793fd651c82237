import { expect } from 'vitest';
import { createApp } from '../../src/app.ts';
import { rejectSet } from '../../src/catalog/actions/rule_sets.ts';
import { signIn } from '../support/browser.ts';
import { makeStage } from '../support/make.ts';
import { add, doingOf, inForce, offer } from '../support/rules.ts';
import { test } from '../support/world.ts';

test('a message leads to its case and is read by then; the bell counts what is left', async ({ world }) => {
  const stage = await makeStage(world);
  const [first, second] = [await stage.dispatched(), await stage.dispatched()];
  const clerk = await signIn(createApp(world), 'housing_clerk');
  const inbox = await clerk.get('/messages');
  expect(inbox.status).toBe(200);
  expect(inbox.text).toContain(first);
  expect(inbox.text).toContain('2 条未读消息');
  const [newest] = await world.db('messages').where({ person_id: stage.people.housing_clerk.person_id }).orderBy('id', 'desc');
  const opened = await clerk.post(`/messages/${newest!.id}/read`);
  expect([opened.status, opened.headers['location']]).toEqual([303, `/appeals/${second}`]);
  const after = await clerk.get('/messages?unread=1');
  expect(after.text).toContain('1 条未读消息');
  expect(after.text).not.toContain(second);
  const none = await (await clerk.get('/messages')).send('/messages/read');
  expect(none.text).toContain('已将 1 条消息标为已读');
  expect(none.offers('/messages/read')).toBe(false);
});

test('a message is its reader’s alone, and does not show a case that he may not read', async ({ world, db }) => {
  const stage = await makeStage(world);
  const number = await stage.dispatched();
  const appeal = await stage.appeal(number);
  await db('messages').insert({
    person_id: stage.people.heating_clerk.person_id,
    event: 'comment',
    appeal_id: appeal.id,
    created_at: world.clock(),
  } as never);
  const stranger = await signIn(createApp(world), 'heating_clerk');
  const inbox = await stranger.get('/messages');
  expect(inbox.text).toContain('诉求有新的备注');
  expect(inbox.text).not.toContain(number);
  expect(inbox.text).not.toContain(appeal.title);
  const [foreign] = await db('messages').where({ person_id: stage.people.housing_clerk.person_id });
  expect((await stranger.post(`/messages/${foreign!.id}/read`)).status).toBe(404);
  expect((await stranger.post('/messages/0/read')).status).toBe(404);
  expect((await stranger.post('/messages/read', { until: 'x' })).status).toBe(404);
  expect((await db('messages').where({ id: foreign!.id }).first())!.read_at).toBeNull();
});

test('an old inbox is turned page by page', async ({ world, db }) => {
  const stage = await makeStage(world);
  const person_id = stage.people.member1.person_id;
  await db('messages').insert(
    Array.from(
      { length: 120 },
      (_, i) => ({ person_id, event: 'comment', created_at: new Date(world.clock().getTime() + i * 1000) }) as never,
    ),
  );
  const member = await signIn(createApp(world), 'member1');
  let page = await member.get('/messages');
  expect(page.text).toContain('100 条未读消息');
  const counts = [];
  for (;;) {
    counts.push(page.forms.filter((form) => /^\/messages\/\d+\/read$/.test(form.action)).length);
    if (!page.text.includes('下一页')) break;
    page = await page.follow('下一页');
  }
  expect(counts).toEqual([50, 50, 20]);
});

test('a change of the catalogue is told to those who may confirm it, and its ruling to whoever proposed it; the message leads there', async ({
  world,
  db,
}) => {
  const stage = await makeStage(world);
  const told = async (event: string) =>
    (await db('messages as m').join('people as p', 'p.id', 'm.person_id').where({ event }).orderBy('p.name')).map(
      ({ name }) => name,
    );
  const offered = await add(stage, { unit: 'heating' });
  expect(await db('messages')).toEqual([]);
  await offer(stage, offered);
  expect(await told('rule_set_offered')).toEqual(['dispatch2', 'supervision', 'supervision2']);
  await rejectSet(db, doingOf(stage, 'dispatch2'), offered, '不同意');
  expect(await told('rule_set_rejected')).toEqual(['dispatch']);
  await inForce(stage, [{ unit: 'works' }]);
  expect(await told('rule_set_activated')).toEqual(['dispatch']);

  const app = createApp(world);
  const second = await signIn(app, 'supervision');
  expect((await second.get('/messages')).text).toContain('派单目录有变更待您确认');
  const { id } = (await db('messages').where({ person_id: stage.people.supervision.person_id }).orderBy('id').first())!;
  const opened = await second.post(`/messages/${id}/read`);
  expect(opened.headers['location']).toBe(`/dispatch-rules/changes/${offered}`);
  expect((await second.get(opened.headers['location']!)).status).toBe(200);
});
