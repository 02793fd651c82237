import type { Post } from '../people/rules.ts';
import { type Lang, langOf, type Words, words } from '../words/words.ts';

/** What the product tells people by itself. Staff read it in their inbox, appellants get it through the outbox. */
export const staffEvents = [
  'order_made',
  'order_recalled',
  'order_returned',
  'return_rejected',
  'return_requested',
  'submitted',
  'sent_back',
  'approved',
  'escalated',
  'rework',
  'reviewed',
  'supervision',
  'reveal_limit',
  'termination_requested',
  'extension_requested',
  'suspension_requested',
  'request_granted',
  'request_denied',
  'resumed',
  'comment',
  'urged',
  'supervised',
  'supervision_replied',
  'reply_accepted',
  'reply_sent_back',
  'listed',
  'summoned',
  'cards',
  'whistle_proposed',
  'whistle_issued',
  'whistle_rejected',
  'whistle_refused',
  'whistle_consulting',
  'whistle_part',
  'whistle_report',
  'whistle_resolved',
  'whistle_rated',
  'whistle_withdrawn',
  'rule_set_offered',
  'rule_set_activated',
  'rule_set_rejected',
  'swap_asked',
  'swap_accepted',
  'swap_refused',
  'swap_withdrawn',
  'swap_void',
] as const;
export type StaffEvent = (typeof staffEvents)[number];

export const appellantEvents = [
  'registered',
  'details_wanted',
  'declined',
  'accepted',
  'handed_on',
  'answered',
  'extended',
  'finished',
  'closed',
  'lapsed',
  'withdrawn',
  'merged',
  'terminated',
] as const;
export type AppellantEvent = (typeof appellantEvents)[number];

/** After these the appellant is asked what he thinks of it: the text brings a link for this round. */
export const asksEvaluation = (event: AppellantEvent): boolean => event === 'finished' || event === 'answered';

export interface Notice {
  readonly event: StaffEvent;
  readonly unit_id: number;
  readonly posts: readonly Post[];
  readonly work_order_id: number | null;
  readonly whistle_id?: number;
  readonly params?: object;
}

/** Where a message leads that is about no appeal and no whistle. */
export function pageOf({ event, params }: { readonly event: StaffEvent; readonly params: object }): string {
  const { rule_set } = params as { rule_set?: number };
  if (rule_set !== undefined) return `/dispatch-rules/changes/${rule_set}`;
  if (event.startsWith('swap_')) return '/shifts';
  return event === 'cards' ? '/cards' : '/messages';
}

interface CardCounts {
  readonly reminder?: number;
  readonly yellow?: number;
  readonly red?: number;
}

export interface ToldMessage {
  readonly event: StaffEvent;
  readonly params: object;
  /** The city's own texts that held when it was written. */
  readonly own?: Readonly<Partial<Record<Lang, string>>> | null;
}
/** A message in words: the city's own, else the product's. A digest of cards tells how many. */
export const sayMessage = ({ event, params, own }: ToldMessage, t: Words): string =>
  fillText(own?.[langOf(t)] ?? t.messages.events[event], staffValues(event, params, t));

function staffValues(event: StaffEvent, params: object, t: Words): Record<string, string> {
  if (event !== 'cards') return {};
  const { reminder = 0, yellow = 0, red = 0 } = params as CardCounts;
  return { cards: t.messages.digest(reminder, yellow, red) };
}

/** Gaps between tries of a message that did not go out, in minutes; after the last it waits for a person. */
export const retryMinutes = [1, 5, 30, 120, 720] as const;
/** A message taken for sending and not settled for so long is lost: nobody knows whether it went out. */
export const stuck_minutes = 10;
/** Characters of a text message; longer ones are cut. */
export const sms_length = 300;

/** What each text to an appellant may hold in braces beside the number, without which it may not be. */
export const placeholders: Record<AppellantEvent, readonly string[]> = {
  registered: ['follow'],
  details_wanted: ['question'],
  declined: ['reason', 'other_way'],
  accepted: [],
  handed_on: ['unit'],
  answered: ['answer'],
  extended: ['due_on', 'reason'],
  finished: [],
  closed: [],
  lapsed: [],
  withdrawn: [],
  merged: [],
  terminated: ['other_way'],
};
const placeholder = /\{([^{}]*)\}/g;

/** Whatever has a text that the city may put into its own words. */
export type TextEvent = StaffEvent | AppellantEvent;
export const isStaffEvent = (event: TextEvent): event is StaffEvent => (staffEvents as readonly string[]).includes(event);

/** What a text must hold in braces, each of it. */
export const bracesOf = (event: TextEvent): readonly string[] =>
  isStaffEvent(event) ? (event === 'cards' ? ['cards'] : []) : ['number', ...placeholders[event]];

/** What stands in for the values of a message, where a text is shown by itself. */
export const sampleCards: CardCounts = { reminder: 2, yellow: 1, red: 1 };

/** The product's own text. */
export const ownText = (event: TextEvent, lang: Lang): string => {
  const { messages } = words[lang];
  return isStaffEvent(event) ? messages.events[event] : messages.sms[event];
};

/** What is wrong with the braces of a text, as a code of the words `errors`; null when it can be sent. */
export function textProblem(
  event: TextEvent,
  body: string,
): `placeholder_unknown:${string}` | `placeholder_missing:${string}` | 'braces' | null {
  const known = bracesOf(event);
  const used = [...body.matchAll(placeholder)].map(([, name = '']) => name);
  const unknown = used.find((name) => !known.includes(name));
  if (unknown !== undefined) return `placeholder_unknown:${unknown}`;
  if (/[{}]/.test(body.replace(placeholder, ''))) return 'braces';
  const missing = known.find((name) => !used.includes(name));
  return missing === undefined ? null : `placeholder_missing:${missing}`;
}

/** The text with its braces filled; what it is not told stays empty. */
export const fillText = (body: string, values: Readonly<Record<string, string>>): string =>
  body.replace(placeholder, (_all, name: string) => values[name] ?? '');

/** Cut to the length of a text message. What must not be cut off (a link) stands at its end. */
export function cutText(text: string, end = ''): string {
  const letters = [...text];
  const room = sms_length - [...end].length;
  return `${letters.length <= room ? text : `${letters.slice(0, room - 1).join('')}…`}${end}`;
}
