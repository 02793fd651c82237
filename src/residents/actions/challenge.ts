import { createHmac } from 'node:crypto';
import { hmac, sha256 } from '../../core/hash.ts';
import type { World } from '../../core/world.ts';
import { challenge_minutes, proof_bits } from '../rules.ts';
import { same } from './keys.ts';

/** Made for one form and good for a while: work for its browser, or a sum in words where there is no script. */
export interface Challenge {
  readonly token: string;
  readonly bits: number;
  readonly a: number;
  readonly b: number;
}

type Keys = Pick<World, 'config'>;
const markOf = ({ config }: Keys, form_key: string, until: string): string =>
  hmac(config.data_key, `challenge:${form_key}:${until}`).slice(0, 32);

function sumOf({ config }: Keys, token: string): { a: number; b: number } {
  const bytes = createHmac('sha256', config.data_key).update(`sum:${token}`).digest();
  return { a: 11 + (bytes[0]! % 79), b: 11 + (bytes[1]! % 79) };
}

export function newChallenge(world: Keys, form_key: string, now: Date): Challenge {
  const until = Math.floor(now.getTime() / 60_000 + challenge_minutes).toString(36);
  const token = `${until}.${markOf(world, form_key, until)}`;
  return { token, bits: proof_bits, ...sumOf(world, token) };
}

/** Whether the work was done or the sum is right, for this very form; the form itself counts once. */
export function isMet(world: Keys, form_key: string, given: { token: string; proof: string; sum: string }, now: Date): boolean {
  const [, until, mark] = /^([0-9a-z]{1,8})\.([0-9a-f]{32})$/.exec(given.token) ?? [];
  if (!until || !mark || !same(mark, markOf(world, form_key, until))) return false;
  if (Number.parseInt(until, 36) < now.getTime() / 60_000) return false;
  if (/^\d{1,12}$/.test(given.proof) && zerosOf(sha256(`${given.token}:${given.proof}`)) >= proof_bits) return true;
  const { a, b } = sumOf(world, given.token);
  return given.sum.normalize('NFKC').trim() === String(a + b);
}

/** Leading zero bits of a hexadecimal hash. */
export function zerosOf(hex: string): number {
  const zeros = /^0*/.exec(hex)![0].length;
  return zeros * 4 + (zeros < hex.length ? Math.clz32(Number.parseInt(hex[zeros]!, 16)) - 28 : 0);
}
