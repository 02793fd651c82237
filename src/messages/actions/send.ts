import { addMinutes } from '../../core/clock.ts';
import { open } from '../../core/seal.ts';
import type { World } from '../../core/world.ts';
import { type Lang, words } from '../../words/words.ts';
import { type AppellantEvent, cutText, fillText, retryMinutes, stuck_minutes } from '../rules.ts';
import { claimOutbox, failStuck, keepReceiver, type Outgoing, settleFailed, settleNoPhone, settleSent } from '../store/outbox.ts';
import { type SmsPort, smsPort, type WebhookPort, webhookPort } from './ports.ts';
import { readTexts, type Texts, valuesOf } from './texts.ts';

const at_once = 20;
const longest_run_minutes = 5;

/** The address at which the appellant answers to a message, made when it is sent so that it lies nowhere in clear; handed in by a later feature. */
export type LinkFor = (world: World, message: Outgoing, now: Date) => Promise<string | null>;
const noLink: LinkFor = async () => null;

export interface Sent {
  sent: number;
  /** Due again later. */
  retried: number;
  /** Wait for a person: tried too often, or lost on the way. */
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
  const hooks = webhookPort(world);
  await keepReceiver(db, hooks !== null, now);
  const texts = await readTexts(db);
  const sent: Sent = { sent: 0, retried: 0, failed: await failStuck(db, addMinutes(now, -stuck_minutes), now) };
  for (let at = now; at < addMinutes(now, longest_run_minutes); at = clock()) {
    const batch = await claimOutbox(db, at, at_once);
    await Promise.all(
      batch.map(async (message) => {
        const how = await sendOne(world, { port, hooks, linkFor, texts }, message);
        if (how) sent[how] += 1;
      }),
    );
    if (batch.length < at_once) break;
  }
  return sent;
}

interface Ways {
  readonly port: SmsPort;
  readonly hooks: WebhookPort | null;
  readonly linkFor: LinkFor;
  readonly texts: Texts;
}

async function sendOne(world: World, ways: Ways, message: Outgoing): Promise<keyof Sent | null> {
  const { db, clock, log } = world;
  const { id, attempts } = message;
  try {
    if (!(await handOver(world, ways, message))) {
      await settleNoPhone(db, message, clock());
      return null;
    }
  } catch (error) {
    const minutes = retryMinutes[attempts - 1];
    const reason = error instanceof Error ? error.message : String(error);
    log.warn({ outbox: id, attempts, reason }, 'message not sent');
    await settleFailed(db, message, minutes === undefined ? null : addMinutes(clock(), minutes), reason.slice(0, 300), clock());
    return minutes === undefined ? 'failed' : 'retried';
  }
  await settleSent(db, id, clock());
  return 'sent';
}

/** False where there is nobody to hand it to. */
async function handOver(world: World, { port, hooks, linkFor, texts }: Ways, message: Outgoing): Promise<boolean> {
  const { id, event, number, created_at, phone_sealed } = message;
  if (message.port === 'webhook') {
    if (!hooks) return false;
    await hooks.send({ id, event, number, happened_at: created_at });
    return true;
  }
  if (phone_sealed === null) return false;
  const link = await linkFor(world, message, world.clock());
  await port.send({ id, phone: open(world.config.data_key, phone_sealed), text: textOf(message, link, texts) });
  return true;
}

type Told = { readonly event: AppellantEvent; readonly number: string | null; readonly params: object; readonly lang?: Lang };

/** In the language in which the appellant reported. A link is never cut off; what stands before it is. */
export function textOf({ event, number, params, lang = 'zh' }: Told, link: string | null = null, texts?: Texts): string {
  const t = words[lang].messages;
  const body = texts?.get(`${event} ${lang}`) ?? t.sms[event];
  return cutText(`${t.sms_sign}${fillText(body, valuesOf(params, number ?? '', lang))}`, link === null ? '' : t.sms_link(link));
}
