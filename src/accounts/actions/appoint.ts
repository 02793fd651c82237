import { dayOf } from '../../core/clock.ts';
import type { Db } from '../../core/db.ts';
import { cannotStart } from '../../core/errors.ts';
import { hashPassword, oneTimePassword } from '../../core/password.ts';
import { pinyinKeys } from '../../core/text.ts';
import type { World } from '../../core/world.ts';
import { administratorPosts, type Post } from '../../people/rules.ts';
import { endSessions, findAccountByUsername, reviseAccount } from '../../people/store.ts';
import { recordSystemTrail } from '../../trail/store.ts';
import { unitSearch } from '../../units/rules.ts';
import { insertUnit } from '../../units/store/tree.ts';
import { words } from '../../words/words.ts';
import { heldOn, thing } from '../actions.ts';
import { keptByHimself, usernamePattern } from '../rules.ts';
import { findCity, holdAccount, insertAccount, insertPerson, insertPost } from '../store.ts';

/**
 * For operations at the server, where no administrator can help: the first administrators of a new city, and the lost password of one.
 * Makes the account, the post and the city where they are missing; returns a password to be used once.
 */
export async function appointAdministrator(
  { db, clock }: Pick<World, 'db' | 'clock'>,
  { username, post, name }: { readonly username: string; readonly post: Post; readonly name: string },
): Promise<string> {
  if (!usernamePattern.test(username) || !administratorPosts.includes(post) || name === '') throw cannotStart(appoint_usage);
  const now = clock();
  const today = dayOf(now);
  const password = oneTimePassword();
  const password_hash = await hashPassword(password);
  return db.transaction(async (trx) => {
    const city = (await findCity(trx)) ?? (await foundCity(trx, today));
    const known = await findAccountByUsername(trx, username);
    const person_id =
      known?.person_id ?? (await insertPerson(trx, { name, work_phone: null, search: pinyinKeys(name), demo: false }));
    if (!known) await insertAccount(trx, { person_id, username, password_hash, must_change_password: true, created_at: now });
    await holdAccount(trx, person_id);
    const held = await heldOn(trx, person_id, today);
    if (!held.some((one) => one.post === post)) {
      if (keptByHimself(held))
        throw cannotStart(`${username} holds another of the three administrator posts: nobody holds two of them.`);
      await insertPost(trx, { person_id, post, unit_id: city.id, valid_from: today });
    }
    const revision = await reviseAccount(trx, person_id, { password_hash, must_change_password: true, disabled_at: null });
    await endSessions(trx, person_id);
    await recordSystemTrail(trx, {
      act: 'account.appoint',
      from_status: null,
      to_status: null,
      work_order_id: null,
      person_id: null,
      post: 'system',
      unit_id: null,
      happened_at: now,
      input: { thing: thing(person_id), before: null, after: { username, person_name: known?.name ?? name, post, revision } },
    });
    return password;
  });
}

const appoint_usage = `npm run administrator -- USERNAME POST NAME, where POST is one of ${administratorPosts.join(', ')}.`;

/** The root of the tree, to be named by the system administrator. */
async function foundCity(trx: Db, today: string): Promise<{ id: number }> {
  const unit = {
    kind: 'city',
    unit_group: 'city',
    parent_id: null,
    code: 'city',
    name_zh: words.zh.domain.unit_kinds.city,
    name_en: words.en.domain.unit_kinds.city,
    short_zh: words.zh.domain.unit_kinds.city,
  } as const;
  const id = await insertUnit(
    trx,
    { ...unit, duty_phone: null, round_the_clock: true, sort: 0, search: unitSearch(unit), valid_from: today },
    '/',
  );
  return { id };
}
