import { addMinutes } from '../../core/clock.ts';
import { open } from '../../core/seal.ts';
import type { World } from '../../core/world.ts';
import { words } from '../../words/words.ts';
import { retryMinutes, sms_length, stuck_minutes } from '../rules.ts';
import { claimOutbox, failStuck, type Outgoing, settleFailed, settleSent } from '../store.ts';
import { type SmsPort, smsPort } from './ports.ts';

const at_once = 20;
const longest_run_minutes = 5;

/** The address at which the appellant answers to a message, made when it is sent so that it lies nowhere in clear; handed in by a later feature. */
export type LinkFor = (world: World, message: Outgoing, now: Date) => Promise<string | null>;
const noLink: LinkFor = async () => null;

export interface Sent {
  sent: number;
  /** Due again later. */
  retried: number;
  /** Wait for a person: tried too often, without a number, or lost on the way. */
  failed: number;
}

/**
 * Sends what is due in the outbox. A message is marked as being sent before it is handed over: a sender that dies in between leaves it
 * so, and after ten minutes it goes to a person instead of being sent twice.
 */
export async function sendOutbox(
  world: World,
  now: Date,
  port: SmsPort = smsPort(world),
  linkFor: LinkFor = noLink,
): Promise<Sent> {
  const { db, clock } = world;
  const sent: Sent = { sent: 0, retried: 0, failed: await failStuck(db, addMinutes(now, -stuck_minutes), now) };
  for (let at = now; at < addMinutes(now, longest_run_minutes); at = clock()) {
    const batch = await claimOutbox(db, at, at_once);
    await Promise.all(
      batch.map(async (message) => {
        sent[await sendOne(world, port, linkFor, message)] += 1;
      }),
    );
    if (batch.length < at_once) break;
  }
  return sent;
}

async function sendOne(world: World, port: SmsPort, linkFor: LinkFor, message: Outgoing): Promise<keyof Sent> {
  const { db, clock, config, log } = world;
  const { id, phone_sealed, attempts } = message;
  if (phone_sealed === null) {
    await settleFailed(db, message, null, 'no_phone', clock());
    return 'failed';
  }
  try {
    await port.send({
      id,
      phone: open(config.data_key, phone_sealed),
      text: textOf(message, await linkFor(world, message, clock())),
    });
  } catch (error) {
    const minutes = retryMinutes[attempts - 1];
    const reason = error instanceof Error ? error.message : String(error);
    log.warn({ outbox: id, attempts, reason }, 'text message not sent');
    await settleFailed(db, message, minutes === undefined ? null : addMinutes(clock(), minutes), reason.slice(0, 300), clock());
    return minutes === undefined ? 'failed' : 'retried';
  }
  await settleSent(db, id, clock());
  return 'sent';
}

/** Appellants are written to in Chinese: which language they read is not asked. A link is never cut off; what stands before it is. */
export function textOf(
  { event, number, params }: Pick<Outgoing, 'event' | 'number' | 'params'>,
  link: string | null = null,
): string {
  const t = words.zh.messages;
  const text = [...`${t.sms_sign}${t.sms[event]({ number: number ?? '', ...params })}`];
  const end = link === null ? '' : t.sms_link(link);
  const room = sms_length - [...end].length;
  return `${text.length <= room ? text.join('') : `${text.slice(0, room - 1).join('')}…`}${end}`;
}
