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
      const response = await fetch(sms.url, {
        method: 'POST',
        redirect: 'error',
        signal: AbortSignal.timeout(patience_ms),
        headers: {
          'content-type': 'application/json',
          'idempotency-key': String(id),
          ...(sms.token && { authorization: `Bearer ${sms.token}` }),
        },
        body: JSON.stringify({ id, phone, text }),
      });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
    },
  };
}

const masked = (phone: string): string =>
  phone.length < 8 ? phone.replace(/.(?=.{2})/g, '*') : `${phone.slice(0, 3)}****${phone.slice(-4)}`;
