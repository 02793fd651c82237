import { createHmac } from 'node:crypto';
import type { World } from '../../core/world.ts';

export interface Sms {
  /** Of the outbox: a provider that gets the same one twice sends it once. */
  readonly id: number;
  readonly phone: string;
  readonly text: string;
}

/** Hands a text message over to whoever sends it, or throws. */
export interface SmsPort {
  send(sms: Sms): Promise<void>;
}

const patience_ms = 10_000;

/** By configuration: the city's gateway, or, without one, a line in the log that names no one. */
export function smsPort({ config, log }: Pick<World, 'config' | 'log'>): SmsPort {
  const { sms } = config;
  if (sms === null) {
    return {
      async send({ id, phone, text }) {
        log.info({ outbox: id, to: masked(phone), length: text.length }, 'text message (no gateway set)');
      },
    };
  }
  return {
    async send({ id, phone, text }) {
      const body = JSON.stringify({ id, phone, text });
      await post(sms.url, id, body, sms.token ? { authorization: `Bearer ${sms.token}` } : {});
    },
  };
}

/** What whoever listens is told: that something happened to an appeal, by its number; nothing of anybody's words. */
export interface Hook {
  readonly id: number;
  readonly event: string;
  readonly number: string | null;
  readonly happened_at: Date;
}
export interface WebhookPort {
  send(hook: Hook): Promise<void>;
}

/** The body's signature: keyed hash over its time and itself, so that neither can be changed nor sent again much later. */
export const signHook = (secret: string, sent_at: string, body: string): string =>
  `sha256=${createHmac('sha256', secret).update(`${sent_at}.${body}`).digest('hex')}`;

/** By configuration; null where nobody listens. */
export function webhookPort({ config, clock }: Pick<World, 'config' | 'clock'>): WebhookPort | null {
  const { webhook } = config;
  if (webhook === null) return null;
  return {
    async send(hook) {
      const body = JSON.stringify(hook);
      const sent_at = clock().toISOString();
      const signed = { 'x-sent-at': sent_at, 'x-signature': signHook(webhook.secret, sent_at, body) };
      await post(webhook.url, hook.id, body, signed);
    },
  };
}

/** Of the outbox's number whoever gets the same one twice takes it once. */
async function post(url: string, id: number, body: string, headers: Record<string, string>): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    redirect: 'error',
    signal: AbortSignal.timeout(patience_ms),
    headers: { 'content-type': 'application/json', 'idempotency-key': String(id), ...headers },
    body,
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
}

const masked = (phone: string): string =>
  phone.length < 8 ? phone.replace(/.(?=.{2})/g, '*') : `${phone.slice(0, 3)}****${phone.slice(-4)}`;
