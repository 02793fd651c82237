import { addDays, dayOf } from '../core/clock.ts';
import type { Db } from '../core/db.ts';
import { conflict, forbidden, notFound, wrongFields } from '../core/errors.ts';
import { hashPassword, oneTimePassword } from '../core/password.ts';
import { pinyinKeys } from '../core/text.ts';
import type { Post } from '../people/rules.ts';
import { endSessions, reviseAccount } from '../people/store.ts';
import { may, type Permission } from '../policy.ts';
import { type Changing, mustBe, recordChange } from '../trail/actions/change.ts';
import { isValidOn } from '../units/rules.ts';
import { findUnit } from '../units/store.ts';
import { grantProblem, keptByHimself } from './rules.ts';
import {
  type AccountFile,
  changeDuty,
  changePerson,
  changePost,
  countOnDuty,
  findHeld,
  findPersonWithoutAccount,
  holdAccount,
  holdsUsername,
  insertAccount,
  insertPerson,
  insertPost,
  keepOnce,
  listHeld,
  type Person,
  takeOnce,
} from './store.ts';

export const thing = (person_id: number) => `person:${person_id}`;

function mustMay(doing: Changing, permission: Permission): void {
  if (!may(doing.author, permission)) throw forbidden();
}
/** Nobody administers himself: that is what the account page is for, and another administrator. */
async function holdOther(trx: Db, { author }: Changing, person_id: number): Promise<AccountFile> {
  if (author.person_id === person_id) throw conflict('own_account');
  const account = await holdAccount(trx, person_id);
  if (!account) throw notFound();
  return account;
}
export const heldOn = async (trx: Db, person_id: number, day: string) =>
  (await listHeld(trx, person_id)).filter((held) => isValidOn(held, day));

/** What came of a form that hands out a password: it is told once, and only to whoever asked first. */
export type HandedOut = { readonly person_id: number; readonly password: string } | { readonly repeated: string };

/** An account with a password to be used once, for a new person or for one who had none. */
export async function createAccount(
  db: Db,
  doing: Changing,
  given: Person & { readonly username: string; readonly person_id: number | null; readonly once: string },
): Promise<HandedOut> {
  mustMay(doing, 'account.edit');
  const { name, work_phone, username, once } = given;
  const password = oneTimePassword();
  const password_hash = await hashPassword(password);
  return db.transaction(async (trx) => {
    const repeated = await takeOnce(trx, once, doing.author.person_id, doing.now);
    if (repeated !== null) return { repeated };
    if (await holdsUsername(trx, username)) throw wrongFields({ username: 'taken' });
    const person = given.person_id === null ? undefined : await findPersonWithoutAccount(trx, given.person_id);
    if (given.person_id !== null && !person) throw notFound();
    const fields = { name, work_phone, search: pinyinKeys(name) };
    const person_id = person?.id ?? (await insertPerson(trx, { ...fields, demo: false }));
    if (person) await changePerson(trx, person.id, fields);
    await insertAccount(trx, { person_id, username, password_hash, must_change_password: true, created_at: doing.now });
    await recordChange(trx, doing, 'account.create', thing(person_id), null, { username, person_name: name, work_phone });
    await keepOnce(trx, once, `/accounts/${person_id}`);
    return { person_id, password };
  });
}

/** False where nothing was different. */
export async function editPerson(
  db: Db,
  doing: Changing,
  person_id: number,
  version: string,
  { name, work_phone }: Person,
): Promise<boolean> {
  mustMay(doing, 'account.edit');
  return db.transaction(async (trx) => {
    const account = await holdAccount(trx, person_id);
    if (!account) throw notFound();
    mustBe({ name: account.name, work_phone: account.work_phone }, version);
    await changePerson(trx, person_id, { name, work_phone, search: pinyinKeys(name) });
    return recordChange(
      trx,
      doing,
      'account.edit',
      thing(person_id),
      { person_name: account.name, work_phone: account.work_phone },
      { person_name: name, work_phone },
    );
  });
}

/** A new password to be used once, told to the administrator once; every session of the person ends. */
export async function resetPassword(db: Db, doing: Changing, person_id: number, once: string): Promise<HandedOut> {
  mustMay(doing, 'account.edit');
  const password = oneTimePassword();
  const password_hash = await hashPassword(password);
  return db.transaction(async (trx) => {
    const repeated = await takeOnce(trx, once, doing.author.person_id, doing.now);
    if (repeated !== null) return { repeated };
    const account = await holdOther(trx, doing, person_id);
    if (keptByHimself(await heldOn(trx, person_id, dayOf(doing.now)))) throw conflict('administrator_account');
    const revision = await reviseAccount(trx, person_id, { password_hash, must_change_password: true });
    await endSessions(trx, person_id);
    await recordChange(trx, doing, 'account.reset_password', thing(person_id), { revision: account.revision }, { revision });
    await keepOnce(trx, once, `/accounts/${person_id}`);
    return { person_id, password };
  });
}

/** Disables or enables an account: a disabled one is signed out at once and stays out. */
export async function setDisabled(db: Db, doing: Changing, person_id: number, disabled: boolean): Promise<void> {
  mustMay(doing, 'account.edit');
  await db.transaction(async (trx) => {
    const account = await holdOther(trx, doing, person_id);
    if ((account.disabled_at !== null) === disabled) return;
    await reviseAccount(trx, person_id, { disabled_at: disabled ? doing.now : null });
    await endSessions(trx, person_id);
    await recordChange(
      trx,
      doing,
      disabled ? 'account.disable' : 'account.enable',
      thing(person_id),
      { disabled: !disabled },
      { disabled },
    );
  });
}

/** Grants a post from today on. Open sessions of the person end, so that he sits down anew. */
export async function grantPost(
  db: Db,
  doing: Changing,
  person_id: number,
  given: { readonly post: Post; readonly unit_id: number; readonly once: string },
): Promise<void> {
  mustMay(doing, 'post.edit');
  const today = dayOf(doing.now);
  await db.transaction(async (trx) => {
    if ((await takeOnce(trx, given.once, doing.author.person_id, doing.now)) !== null) return;
    const account = await holdOther(trx, doing, person_id);
    const unit = await findUnit(trx, given.unit_id);
    if (!unit || !isValidOn(unit, today)) throw wrongFields({ unit_id: 'not_found' });
    const problem = grantProblem(given.post, unit, await heldOn(trx, person_id, today), account);
    if (problem) throw wrongFields(problem);
    await insertPost(trx, { person_id, post: given.post, unit_id: unit.id, valid_from: today });
    await reviseAccount(trx, person_id);
    await recordChange(trx, doing, 'post.grant', thing(person_id), null, { post: given.post, held_unit_id: unit.id });
    await keepOnce(trx, given.once, `/accounts/${person_id}`);
  });
}

/** Ends a post at once: yesterday was its last day. */
export async function endPost(db: Db, doing: Changing, person_id: number, post_id: number): Promise<void> {
  mustMay(doing, 'post.edit');
  const today = dayOf(doing.now);
  await db.transaction(async (trx) => {
    await holdOther(trx, doing, person_id);
    const held = await findHeld(trx, post_id);
    if (!held || held.person_id !== person_id) throw notFound();
    if (!isValidOn(held, today)) return;
    await changePost(trx, post_id, { valid_to: addDays(today, -1) });
    await reviseAccount(trx, person_id);
    await recordChange(trx, doing, 'post.end', thing(person_id), { post: held.post, held_unit_id: held.unit_id }, null);
  });
}

/** Says whether somebody is on duty. Returns how many still are at that unit: where nobody is, new work lands one tier higher. */
export async function setDuty(
  db: Db,
  doing: Changing,
  post_id: number,
  on_duty: boolean,
): Promise<{ person: string; left: number }> {
  const today = dayOf(doing.now);
  return db.transaction(async (trx) => {
    const held = await findHeld(trx, post_id);
    if (!held || !isValidOn(held, today) || !may(doing.author, 'duty.edit', { unit_path: held.unit_path })) throw notFound();
    const { post, unit_id, person } = held;
    if (await changeDuty(trx, post_id, on_duty))
      await recordChange(trx, doing, 'post.duty', thing(held.person_id), null, { post, held_unit_id: unit_id, on_duty });
    return { person, left: await countOnDuty(trx, unit_id, today) };
  });
}
