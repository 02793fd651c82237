import { randomInt } from 'node:crypto';
import { dayOf } from '../../core/clock.ts';
import type { Db } from '../../core/db.ts';
import { notFound } from '../../core/errors.ts';
import { hmac } from '../../core/hash.ts';
import type { World } from '../../core/world.ts';
import { may } from '../../policy.ts';
import { type Changing, recordChange } from '../../trail/actions/change.ts';
import { household_alphabet, household_code_length } from '../rules.ts';
import { endHouseholdCodes, findHouseholdCode, insertHouseholdCodes } from '../store/codes.ts';
import { holdPlateSite } from '../store/keeping.ts';

const newCode = (): string =>
  Array.from({ length: household_code_length }, () => household_alphabet[randomInt(household_alphabet.length)]).join('');

/** What of a household code is kept: found by it, and nothing can be read from it. */
export const hashHouseholdCode = (data_key: Buffer, code: string): string => hmac(data_key, `household:${code}`);

export interface Slip {
  readonly household: string;
  readonly code: string;
}

/**
 * New codes for households of a building, told here and never again; an older code of a household ends with it. What households there
 * are nobody registers: whoever visits or prints names them.
 */
export async function giveHouseholdCodes(
  { db, config }: Pick<World, 'db' | 'config'>,
  doing: Changing,
  building_id: number,
  households: readonly string[],
): Promise<Slip[]> {
  const { author, now } = doing;
  return db.transaction(async (trx) => {
    const site = await holdPlateSite(trx, { building_id, grid_id: null }, dayOf(now));
    if (!site || !may(author, 'household.code', { unit_path: site.path })) throw notFound();
    const slips = households.map((household) => ({ household, code: newCode() }));
    const ended = await endHouseholdCodes(trx, building_id, households, now);
    await insertHouseholdCodes(
      trx,
      slips.map(({ household, code }) => ({
        building_id,
        household,
        code_hash: hashHouseholdCode(config.data_key, code),
        made_at: now,
        made_by: author.person_id,
      })),
    );
    await recordChange(trx, doing, 'household.code', `codes:${building_id}`, null, { given: slips.length, ended });
    return slips;
  });
}

/** Ends a code that was lost or came into wrong hands. Once ended it stays so. */
export async function revokeHouseholdCode(db: Db, doing: Changing, id: number): Promise<number> {
  return db.transaction(async (trx) => {
    const code = await findHouseholdCode(trx, id);
    if (!code) throw notFound();
    if (!may(doing.author, 'household.code', { unit_path: code.path })) throw notFound();
    const ended = await endHouseholdCodes(trx, code.building_id, code.revoked_at ? [] : [code.household], doing.now);
    if (ended > 0) await recordChange(trx, doing, 'household.revoke', `codes:${code.building_id}`, null, { ended });
    return code.building_id;
  });
}
