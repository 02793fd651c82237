import { createHmac, timingSafeEqual } from 'node:crypto';
import { addMinutes } from '../../core/clock.ts';
import { hmac, token } from '../../core/hash.ts';
import { open, seal } from '../../core/seal.ts';
import type { World } from '../../core/world.ts';
import { codeFrom, form_hours, pass_minutes, receipt_minutes } from '../rules.ts';

type Keys = Pick<World, 'config'>;

/** Compares texts in a time that tells nothing of where they differ. */
export const same = (a: string, b: string): boolean => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
const minutesOf = (at: Date): number => Math.floor(at.getTime() / 60_000);
const markOf = ({ config }: Keys, of: string): string => hmac(config.data_key, `form:${of}`).slice(0, 20);

/** The one-time key of a form: random, dated, and signed, so that only a page of ours has one and none outlives our memory of it. */
export function newFormKey(world: Keys, now: Date): string {
  const key = `${token()}.${minutesOf(now).toString(36)}`;
  return `${key}.${markOf(world, key)}`;
}

/** Whether a form came from a page of ours, not long ago. */
export function isFormKey(world: Keys, key: string, now: Date): boolean {
  const [, signed, made, mark] = /^([\w-]{22}\.([0-9a-z]{1,8}))\.([0-9a-f]{20})$/.exec(key) ?? [];
  if (!signed || !made || !mark || !same(mark, markOf(world, signed))) return false;
  const age = minutesOf(now) - Number.parseInt(made, 36);
  return age >= -5 && age <= form_hours * 60;
}

/** The code of a report, derived from the key of its form: a second arrival of the form is told the same one. */
export const codeOf = ({ config }: Keys, form_key: string): string =>
  codeFrom(createHmac('sha256', config.data_key).update(`code:${form_key}`).digest());
/** As it is stored. */
export const codeHash = ({ config }: Keys, code: string): string => hmac(config.data_key, `code-hash:${code}`);
/** Compares in the same time whether there is a hash or not. */
export function isCode(world: Keys, code: string, hash: string | null | undefined): boolean {
  const wanted = hash ?? hmac(world.config.data_key, 'no such code');
  return same(codeHash(world, code), wanted) && typeof hash === 'string';
}

/** The token in an evaluation link, at any time the same for a round: it is stored nowhere. */
export const evaluationToken = ({ config }: Keys, appeal_id: number, round: number): string =>
  createHmac('sha256', config.data_key).update(`evaluate:${appeal_id}:${round}`).digest('base64url').slice(0, 24);

interface Sealed {
  readonly what: 'receipt' | 'pass';
  readonly until: number;
  readonly number: string;
  readonly code?: string;
}
function sealed({ config }: Keys, given: Sealed): string {
  return seal(config.data_key, JSON.stringify(given));
}
function opened({ config }: Keys, text: string, what: Sealed['what'], now: Date): Sealed | undefined {
  try {
    const given = JSON.parse(open(config.data_key, text)) as Sealed;
    return given.what === what && given.until > now.getTime() ? given : undefined;
  } catch {
    return undefined;
  }
}

/** What leads from the form to the page with number and code; readable by us alone, and for some minutes only. */
export const newReceipt = (world: Keys, number: string, code: string, now: Date): string =>
  sealed(world, { what: 'receipt', until: addMinutes(now, receipt_minutes).getTime(), number, code });
export function readReceipt(world: Keys, text: string, now: Date): { number: string; code: string } | undefined {
  const { number, code } = opened(world, text, 'receipt', now) ?? {};
  return number && code ? { number, code } : undefined;
}

/** What the browser of somebody who knew the code carries for a while. */
export const newPass = (world: Keys, number: string, now: Date): string =>
  sealed(world, { what: 'pass', until: addMinutes(now, pass_minutes).getTime(), number });
export const readPass = (world: Keys, text: string, now: Date): string | undefined => opened(world, text, 'pass', now)?.number;
