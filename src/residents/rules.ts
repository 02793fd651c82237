/** The pages without a sign-in: what a resident may do on them, how often, and what keeps them his alone. */
import type { AppealAct, Status } from '../appeals/rules.ts';

/** A first window for each key; beyond it a report asks for a challenge, and a look at a case has to wait. */
export interface Tries {
  readonly most: number;
  readonly minutes: number;
}
/** Many people share one address of a mobile network: past its limit nobody is refused, only asked to show that he is no machine. */
export const reportTries = {
  address: { most: 20, minutes: 60 },
  phone: { most: 10, minutes: 24 * 60 },
  plate: { most: 40, minutes: 60 },
} as const satisfies Record<string, Tries>;
/** Wrong pairs of number and code, by address and by number. */
export const progressTries: Tries = { most: 5, minutes: 15 };

/** How long the key of a form is good: shorter than the keys of forms sent are remembered (appeals/actions/purge), so none works twice. */
export const form_hours = 24;
/** How long the page with number and code may be opened again, and how long a case stays open after its code was given. */
export const receipt_minutes = 15;
export const pass_minutes = 30;

/** Characters of a code in base32: 80 random bits. */
export const code_length = 16;
/** Crockford's base32: no letter that is taken for a digit, and those that were typed for one are read as it. */
const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Random bytes as a code; five bits a character. */
export const codeFrom = (bytes: Uint8Array): string =>
  Array.from({ length: code_length }, (_, i) => letters[bytes[i]! % letters.length]).join('');
/** As it is read out and copied: in fours. */
export const grouped = (code: string): string => code.match(/.{1,4}/g)!.join('-');
/** What somebody typed, as the code is kept: spaces, dashes and small letters do not matter. */
export const plainCode = (typed: string): string =>
  typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\p{Pd}]/gu, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');
/** A number with or without its dash, in any width of digits. */
export function plainNumber(typed: string): string {
  const [, day, count] = /^(\d{8})(\d{4,})$/.exec(typed.normalize('NFKC').replace(/[\s\p{Pd}]/gu, '')) ?? [];
  return day ? `${day}-${count}` : typed.trim();
}

/** An address without what changes by the hour: of IPv6 the network alone. */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (!plain.includes(':')) return plain;
  const [head = '', tail] = plain.split('::');
  const front = head.split(':').filter(Boolean);
  const back = (tail ?? '').split(':').filter(Boolean);
  const whole = tail === undefined ? front : [...front, ...Array(Math.max(0, 8 - front.length - back.length)).fill('0'), ...back];
  return whole
    .slice(0, 4)
    .map((part) => part.toLowerCase().replace(/^0+(?=.)/, ''))
    .join(':');
}

/** Leading zero bits that a browser has to find: about a second's work, nothing for one report, dear for a thousand. */
export const proof_bits = 15;
export const challenge_minutes = 30;

/** Acts on a resident's own page, by the path they are sent to; where the state does not allow one it is not offered. */
export const pageActs = ['supplement', 'withdraw', 'evaluate', 'reopen'] as const;
export type PageAct = (typeof pageActs)[number];

/** The act on the appeal behind a resident's wish, where it stands now; undefined where the wish is not open. */
export function actFor(
  wish: PageAct,
  status: Status,
  canFollow: (status: Status, act: AppealAct) => boolean,
): AppealAct | undefined {
  const acts: Record<PageAct, readonly AppealAct[]> = {
    supplement: ['supply_details', 'comment'],
    withdraw: ['withdraw'],
    evaluate: ['rate'],
    // An answer that did not help is rated first: that alone brings it back.
    reopen: status === 'answered' ? [] : ['reopen'],
  };
  return acts[wish].find((act) => canFollow(status, act));
}
