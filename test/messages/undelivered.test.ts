import { expect } from 'vitest';
import { createApp } from '../../src/app.ts';
import { sendOutbox } from '../../src/messages/actions/send.ts';
import { countStuck } from '../../src/messages/store/outbox.ts';
import { listChanges } from '../../src/trail/store.ts';
import { signIn } from '../support/browser.ts';
import { makeStage, type Stage } from '../support/make.ts';
import { type TestClock, test } from '../support/world.ts';

const broken = {
  send: async () => {
    throw new Error('gateway is down');
  },
};
/** A text that was tried to the end. */
async function failed(stage: Stage, clock: TestClock): Promise<{ id: number; number: string }> {
  const number = await stage.register('hotline', { content: '机密的诉求内容', name: '王小明' });
  for (let tries = 0; tries < 6; tries++) {
    await sendOutbox(stage.world, clock(), broken);
    clock.addMinutes(1000);
  }
  const row = await stage.world.db('outbox').orderBy('id', 'desc').first();
  expect(row!.failed_at).not.toBeNull();
  return { id: row!.id, number };
}

test('what failed stands before a person with its masked number and reason, and nothing that anybody said', async ({
  world,
  clock,
}) => {
  const stage = await makeStage(world);
  const { number } = await failed(stage, clock);
  for (const who of ['sys', 'supervision'] as const) {
    const page = await (await signIn(createApp(world), who)).get('/outbox');
    expect(page.text).toContain(number);
    expect(page.text).toContain('100****0001');
    expect(page.text).toContain('gateway is down');
    expect(page.text).toContain('已试 6 次');
    expect(page.text).not.toMatch(/机密|王小明|10000000001/);
    expect(page.html).toMatch(/data-count="outbox"[^>]*>1</);
    expect(page.html.includes(`href="/appeals/${number}"`)).toBe(who === 'supervision');
  }
  expect((await (await signIn(createApp(world), 'hotline')).raw('/outbox')).status).toBe(404);
});

test('sent again it is tried once more under its own number; failing again it comes back; of two who press one is told', async ({
  world,
  db,
  clock,
}) => {
  const stage = await makeStage(world);
  const { id } = await failed(stage, clock);
  const browser = await signIn(createApp(world), 'supervision');
  const page = await browser.get('/outbox');
  expect((await page.send(`/outbox/${id}/resend`)).text).toContain('没有未送达的消息');
  expect((await browser.post(`/outbox/${id}/resend`)).status).toBe(409);
  expect(await sendOutbox(world, clock(), broken)).toEqual({ sent: 0, retried: 0, failed: 1 });
  await (await browser.get('/outbox')).send(`/outbox/${id}/resend`);
  const sent: number[] = [];
  await sendOutbox(world, clock(), { send: async (sms) => void sent.push(sms.id) });
  expect(sent).toEqual([id]);
  expect(await db('outbox').where({ id }).first()).toMatchObject({ attempts: 8, error: null, failed_at: null });
  expect((await listChanges(db, `outbox:${id}`, 10)).map(({ act }) => act)).toEqual(['outbox.resend', 'outbox.resend']);
});

test('settled by hand it says who told the appellant how, and goes out no more', async ({ world, db, clock }) => {
  const stage = await makeStage(world);
  const { id } = await failed(stage, clock);
  const browser = await signIn(createApp(world), 'supervision');
  const empty = await (await browser.get('/outbox')).send(`/outbox/${id}/settle`);
  expect([empty.status, empty.text.includes('此项必填')]).toEqual([422, true]);
  await empty.send(`/outbox/${id}/settle`, { note: '已电话告知' });
  expect(await db('outbox').where({ id }).first()).toMatchObject({
    settled_by: stage.people.supervision.person_id,
    settled_note: '已电话告知',
    settled_at: clock(),
    sent_at: null,
  });
  expect(await sendOutbox(world, clock.addMinutes(5000), { send: async () => {} })).toEqual({ sent: 0, retried: 0, failed: 0 });
  expect(await countStuck(db, clock())).toEqual({ failed: 0, late: 0 });
});

test('notices of work go to who is on duty; where nobody of them is, to all', async ({ world, db }) => {
  const stage = await makeStage(world);
  const off = (...who: ('dispatch' | 'dispatch2')[]) =>
    db('posts')
      .whereIn(
        'id',
        who.map((one) => stage.people[one].post_id),
      )
      .update({ on_duty: false });
  const reviewed = async () => {
    const number = await stage.dispatched();
    await stage.order('housing_clerk', number, 'acknowledge', {});
    await stage.order('housing_clerk', number, 'request_return', { reason: '不属我单位职责' } as never);
    return Promise.all((['dispatch', 'dispatch2'] as const).map((who) => stage.inbox(who, number)));
  };
  await off('dispatch2');
  expect(await reviewed()).toEqual([['return_requested'], []]);
  await off('dispatch');
  expect(await reviewed()).toEqual([['return_requested'], ['return_requested']]);
});
