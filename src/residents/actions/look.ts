import { countTry } from '../../core/limits.ts';
import type { World } from '../../core/world.ts';
import { progressTries } from '../rules.ts';
import { findReported, takeBackTry } from '../store.ts';
import { isCode } from './keys.ts';

export type Looked = 'in' | 'wrong' | 'wait';

/**
 * Whether number and code belong together. A wrong number and a wrong code get the same answer after the same work; wrong pairs are
 * counted by address and by number before they are looked at, so that guesses sent at once count as well.
 */
export async function mayLook(
  world: World,
  given: { number: string; code: string; address: string },
  now: Date,
): Promise<Looked> {
  const { most, minutes } = progressTries;
  const keys = [`progress:address:${given.address}`, `progress:number:${given.number}`];
  let over = false;
  for (const key of keys) if ((await countTry(world.db, key, minutes, now)) > most) over = true;
  if (over) return 'wait';
  if (!isCode(world, given.code, (await findReported(world.db, given.number))?.code_hash)) return 'wrong';
  for (const key of keys) await takeBackTry(world.db, key);
  return 'in';
}
