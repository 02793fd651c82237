import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import type { World } from '../../src/core/world.ts';
import { signHook } from '../../src/messages/actions/ports.ts';
import { sendOutbox } from '../../src/messages/actions/send.ts';
import { makeStage } from '../support/make.ts';
import { makeWorld, test, testConfig } from '../support/world.ts';

const secret = 'a-secret-of-the-push-for-tests-only';

interface Got {
  readonly headers: Record<string, string | undefined>;
  readonly body: string;
}
/** Somebody who listens, and answers as often as told with a failure. */
async function listener(failures = 0): Promise<{ url: string; got: Got[] }> {
  const got: Got[] = [];
  let left = failures;
  const server = createServer((req, res) => {
    let body = '';
    req.on('data', (chunk) => (body += chunk));
    req.on('end', () => {
      got.push({ headers: req.headers as Got['headers'], body });
      res.writeHead(left-- > 0 ? 503 : 204).end();
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, got };
}
const pushing = (world: World, url: string) =>
  makeWorld(world.db, world.clock, testConfig({ WEBHOOK_URL: url, WEBHOOK_SECRET: secret }));
const sms = { send: async () => {} };

test('whoever listens is told each thing once, by number and event, signed so that nobody else can tell it', async ({
  world,
  clock,
}) => {
  const { url, got } = await listener();
  const it = pushing(world, url);
  await sendOutbox(it, clock(), sms);
  const stage = await makeStage(it);
  const number = await stage.register('hotline', { phone: '', content: '机密内容' });
  await stage.act('review', number, 'answer', { answer: '已答复王小明' });
  expect(await sendOutbox(it, clock(), sms)).toEqual({ sent: 2, retried: 0, failed: 0 });
  expect(await sendOutbox(it, clock(), sms)).toEqual({ sent: 0, retried: 0, failed: 0 });
  expect(got.map(({ body }) => JSON.parse(body)).map(({ event, number: of }) => [event, of])).toEqual([
    ['registered', number],
    ['answered', number],
  ]);
  expect(JSON.stringify(got)).not.toMatch(/机密|王小明/);
  for (const { headers, body } of got) {
    expect(headers['idempotency-key']).toBe(String(JSON.parse(body).id));
    expect(headers['x-signature']).toBe(signHook(secret, headers['x-sent-at']!, body));
    expect(headers['x-signature']).not.toBe(signHook(secret, headers['x-sent-at']!, `${body} `));
    expect(headers['x-signature']).not.toBe(signHook(secret, '2026-01-01T00:00:00.000Z', body));
  }
});

test('a listener that is down is told later under the same key, and does not hold up the appellant’s text', async ({
  world,
  clock,
}) => {
  const { url, got } = await listener(2);
  const it = pushing(world, url);
  await sendOutbox(it, clock(), sms);
  const stage = await makeStage(it);
  await stage.register('hotline');
  expect(await sendOutbox(it, clock(), sms)).toEqual({ sent: 1, retried: 1, failed: 0 });
  expect(await sendOutbox(it, clock.addMinutes(1), sms)).toEqual({ sent: 0, retried: 1, failed: 0 });
  expect(await sendOutbox(it, clock.addMinutes(4), sms)).toEqual({ sent: 0, retried: 0, failed: 0 });
  expect(await sendOutbox(it, clock.addMinutes(1), sms)).toEqual({ sent: 1, retried: 0, failed: 0 });
  expect(new Set(got.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
});

test('where nobody listens nothing is kept for him, and when he is gone what waited is settled', async ({ world, db, clock }) => {
  const stage = await makeStage(world);
  await stage.register('hotline');
  expect((await db('outbox')).map(({ port }) => port)).toEqual(['sms']);
  const { url } = await listener(9);
  const it = pushing(world, url);
  await sendOutbox(it, clock(), sms);
  await stage.register('hotline', { phone: '' });
  expect((await db('outbox')).map(({ port }) => port)).toEqual(['sms', 'webhook']);
  await sendOutbox(world, clock(), sms);
  expect(await db('outbox').where({ port: 'webhook' }).first()).toMatchObject({
    error: 'no_receiver',
    settled_at: clock(),
    sent_at: null,
  });
  expect(await db('outbox_receivers')).toEqual([]);
});

test('address and secret are set together or not at all', () => {
  expect(() => testConfig({ WEBHOOK_URL: 'https://data.example.gov.cn' })).toThrow('must be set together');
  expect(() => testConfig({ WEBHOOK_SECRET: secret })).toThrow('must be set together');
});
