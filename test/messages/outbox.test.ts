import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect } from 'vitest';
import { addMinutes } from '../../src/core/clock.ts';
import type { World } from '../../src/core/world.ts';
import { type Sms, type SmsPort, smsPort } from '../../src/messages/actions/ports.ts';
import { sendOutbox, textOf } from '../../src/messages/actions/send.ts';
import { appellantEvents, retryMinutes, sms_length, staffEvents } from '../../src/messages/rules.ts';
import { claimOutbox, countStuck, settleFailed } from '../../src/messages/store/outbox.ts';
import { words } from '../../src/words/words.ts';
import { makeStage } from '../support/make.ts';
import { freshDb, makeWorld, test, testConfig } from '../support/world.ts';

/** A gateway that remembers, and fails as often as told. */
function gateway(failures = 0): SmsPort & { readonly sent: Sms[] } {
  let left = failures;
  const sent: Sms[] = [];
  return {
    sent,
    async send(sms) {
      if (left-- > 0) throw new Error('gateway is down');
      sent.push(sms);
    },
  };
}
const rows = (world: World) => world.db('outbox').orderBy('id');

test('what acts tell an appellant goes out once, with his number opened only for sending', async ({ world }) => {
  const stage = await makeStage(world);
  const number = await stage.register('hotline', { phone: '10000000001' });
  const port = gateway();
  expect(await sendOutbox(world, world.clock(), port)).toEqual({ sent: 1, retried: 0, failed: 0 });
  const [row] = await rows(world);
  expect(port.sent).toEqual([{ id: row!.id, phone: '10000000001', text: expect.stringContaining(number) }]);
  expect(row).toMatchObject({ attempts: 1, sent_at: world.clock(), error: null });
  expect(await sendOutbox(world, world.clock(), port)).toEqual({ sent: 0, retried: 0, failed: 0 });
  expect(port.sent).toHaveLength(1);
});

test('what failed is tried again at growing distances, and after the last waits for a person', async ({ world, clock }) => {
  const stage = await makeStage(world);
  await stage.register('hotline');
  const port = gateway(100);
  const tries: number[] = [];
  const began = clock().getTime();
  for (let minute = 0; minute < 1500; minute++) {
    const { retried, failed } = await sendOutbox(world, clock(), port);
    if (retried + failed > 0) tries.push((clock().getTime() - began) / 60_000);
    if (failed > 0) break;
    clock.set((await rows(world))[0]!.next_at.toISOString());
  }
  expect(tries).toEqual([0, 1, 6, 36, 156, 876]);
  expect((await rows(world))[0]).toMatchObject({
    attempts: retryMinutes.length + 1,
    failed_at: clock(),
    sent_at: null,
    error: 'gateway is down',
  });
  clock.addMinutes(10_000);
  expect(await sendOutbox(world, clock(), port)).toEqual({ sent: 0, retried: 0, failed: 0 });
});

test('a sender that dies between taking and sending leaves the message to a person: it is never sent by itself again', async ({
  world,
  clock,
}) => {
  const stage = await makeStage(world);
  await stage.register('hotline');
  expect(await claimOutbox(world.db, clock(), 20)).toHaveLength(1);
  const port = gateway();
  for (let minute = 0; minute < 10; minute++) {
    expect(await sendOutbox(world, clock.addMinutes(1), port)).toEqual({ sent: 0, retried: 0, failed: 0 });
  }
  expect(await sendOutbox(world, clock.addMinutes(1), port)).toEqual({ sent: 0, retried: 0, failed: 1 });
  for (let day = 0; day < 3; day++) await sendOutbox(world, clock.addMinutes(1440), port);
  expect(port.sent).toEqual([]);
  expect((await rows(world))[0]).toMatchObject({ error: 'unsettled', sent_at: null, attempts: 1 });
});

test('a slow sender does not undo what a person was told', async ({ world, clock }) => {
  const stage = await makeStage(world);
  await stage.register('hotline');
  const [mine] = await claimOutbox(world.db, clock(), 20);
  await sendOutbox(world, clock.addMinutes(11), gateway());
  await settleFailed(world.db, mine!, addMinutes(clock(), 1), 'late', clock());
  expect((await rows(world))[0]).toMatchObject({ error: 'unsettled', failed_at: clock() });
});

test('an appellant without a number is written nothing, and one whose number is gone meanwhile troubles nobody', async ({
  world,
  db,
}) => {
  const stage = await makeStage(world);
  const number = await stage.register('hotline', { phone: '' });
  await stage.act('review', number, 'answer', { answer: '已答复' });
  expect(await rows(world)).toEqual([]);
  await stage.register('hotline');
  await db('appellants').update({ phone_sealed: null });
  expect(await sendOutbox(world, world.clock(), gateway())).toEqual({ sent: 0, retried: 0, failed: 0 });
  expect((await rows(world))[0]).toMatchObject({ error: 'no_phone', sent_at: null, settled_at: world.clock(), settled_by: null });
  expect(await countStuck(db, world.clock())).toEqual({ failed: 0, late: 0 });
});

test('two senders at once send each message once', async () => {
  const { db, world, clock, anotherDb } = await freshDb();
  const stage = await makeStage(world);
  for (let i = 0; i < 60; i++) await stage.register('hotline', { phone: `100000${String(i).padStart(5, '0')}` });
  const port = gateway();
  const slow: SmsPort = {
    async send(sms) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      await port.send(sms);
    },
  };
  const worlds = [world, makeWorld(anotherDb(), clock), makeWorld(db, clock)];
  const all = await Promise.all(worlds.map((one) => sendOutbox(one, clock(), slow)));
  expect(all.reduce((sum, { sent }) => sum + sent, 0)).toBe(60);
  expect(new Set(port.sent.map((sms) => sms.id)).size).toBe(60);
  expect(port.sent).toHaveLength(60);
});

describe('the gateway', () => {
  test('gets the number of the outbox as its key against doubles, and its refusal is a failure', async ({ world }) => {
    const got: { headers: Record<string, unknown>; body: unknown }[] = [];
    const server = createServer((req, res) => {
      let body = '';
      req.on('data', (chunk) => (body += chunk));
      req.on('end', () => {
        got.push({ headers: req.headers, body: JSON.parse(body) });
        res.writeHead(got.length === 1 ? 200 : 503).end('x');
      });
    }).listen(0);
    const config = testConfig({ SMS_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/send`, SMS_TOKEN: 't' });
    const port = smsPort({ config, log: world.log });
    await port.send({ id: 7, phone: '10000000001', text: '你好' });
    expect(got[0]).toMatchObject({
      headers: { 'idempotency-key': '7', authorization: 'Bearer t' },
      body: { id: 7, phone: '10000000001', text: '你好' },
    });
    await expect(port.send({ id: 8, phone: '1', text: 'x' })).rejects.toThrow('HTTP 503');
    server.closeAllConnections();
    server.close();
  });

  test('that is not set is a line in the log, without number or text', async ({ world }) => {
    const lines: unknown[] = [];
    const log = { info: (...line: unknown[]) => lines.push(line) } as unknown as World['log'];
    await smsPort({ config: world.config, log }).send({ id: 7, phone: '10000000001', text: '机密' });
    expect(JSON.stringify(lines)).toContain('100****0001');
    expect(JSON.stringify(lines)).not.toMatch(/10000000001|机密/);
  });
});

test('there is a text for every event, and none is longer than the limit', () => {
  for (const event of appellantEvents) {
    const text = textOf({
      event,
      number: '20261123-0001',
      params: { reason: 'beyond_duties', other_way: '向人民法院提起诉讼', answer: '好'.repeat(900), question: '几号楼？' },
    });
    expect(text).toMatch(/^【招即办】.*20261123-0001/);
    expect(text).not.toMatch(/undefined|beyond_duties/);
    expect([...text].length).toBeLessThanOrEqual(sms_length);
  }
  for (const lang of ['zh', 'en'] as const) {
    expect(Object.keys(words[lang].messages.events).toSorted()).toEqual([...staffEvents].toSorted());
    expect(Object.keys(words[lang].messages.sms).toSorted()).toEqual([...appellantEvents].toSorted());
  }
});
