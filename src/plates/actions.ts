import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Db } from '../core/db.ts';
import type { World } from '../core/world.ts';
import { code_length, plateLink, signature_length } from './rules.ts';
import { findPlatePlace, type PlatePlace } from './store.ts';

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
/** The first `length` bytes as letters of a plate's code. */
export const base32 = (bytes: Buffer, length: number): string =>
  Array.from({ length }, (_, i) => alphabet[bytes[i]! % 32]).join('');

/** A code that nobody can guess. */
export const newPlateCode = (): string => base32(randomBytes(code_length), code_length);

function signatureOf(data_key: Buffer, code: string): string {
  return base32(createHmac('sha256', data_key).update(`plate:${code}`).digest(), signature_length);
}

/** The address printed on a plate: from the configured public address, never from a request. */
export const plateAddress = ({ config }: Pick<World, 'config'>, code: string): string =>
  new URL(`/q/${code}.${signatureOf(config.data_key, code)}`, config.public_url).href;

/** The place behind what follows /q/ in an address; undefined for a code of ours that was never made, or not signed by us. */
export async function readPlate(world: Pick<World, 'config'>, db: Db, link: string): Promise<PlatePlace | undefined> {
  const [, code, signature] = plateLink.exec(link) ?? [];
  if (!code || !signature) return undefined;
  const right = Buffer.from(signatureOf(world.config.data_key, code));
  return timingSafeEqual(right, Buffer.from(signature)) ? findPlatePlace(db, code) : undefined;
}
