import { dayOf } from '../core/clock.ts';
import type { Db } from '../core/db.ts';
import { forbidden, notFound, wrongFields } from '../core/errors.ts';
import { pinyinKeys } from '../core/text.ts';
import { reviseAccount } from '../people/store.ts';
import { may } from '../policy.ts';
import { type Changing, mustBe, recordChange } from '../trail/actions/change.ts';
import { keptPhone } from '../units/actions.ts';
import { isValidOn } from '../units/rules.ts';
import { holdUnit } from '../units/store/tree.ts';
import { findUnit, type UnitRow } from '../units/store.ts';
import { changeMemberRow, changeWorkPhone, followGrid, hasAccount, holdMember, insertMember } from './store.ts';

export interface MemberInput {
  readonly grid_id: number;
  readonly kind: 'fulltime' | 'assistant';
  readonly batch: number | null;
  readonly services: string;
  readonly work_phone: string | null;
  readonly valid_from: string;
  readonly valid_to: string | null;
}

const told = ({ kind, ...member }: MemberInput) => ({ ...member, member_kind: kind });

/** The grid a member is to look after: one that holds, and that the author keeps. */
async function getTargetGrid(trx: Db, { author, now }: Changing, grid_id: number): Promise<UnitRow> {
  const grid = await holdUnit(trx, grid_id);
  if (grid?.kind !== 'grid' || !isValidOn(grid, dayOf(now))) throw wrongFields({ grid_id: 'not_an_option' });
  if (!may(author, 'member.edit', { unit_path: grid.path })) throw wrongFields({ grid_id: 'not_yours' });
  return grid;
}

/** A new linked member. Signing in takes an account, which the system administrator makes. */
export async function createMember(
  db: Db,
  doing: Changing,
  input: Omit<MemberInput, 'valid_to'> & { readonly name: string },
): Promise<number> {
  return db.transaction(async (trx) => {
    const { name, work_phone, ...rest } = input;
    await getTargetGrid(trx, doing, input.grid_id);
    const member = { ...rest, valid_to: null };
    const person_id = await insertMember(trx, { name, work_phone, search: pinyinKeys(name) }, member);
    await followGrid(trx, { person_id, ...member }, dayOf(doing.now));
    await recordChange(trx, doing, 'member.create', `member:${person_id}`, null, { name, ...told({ ...member, work_phone }) });
    return person_id;
  });
}

/** Changes what a member does and where, or ends the service; the post follows. False where nothing was different. */
export async function editMember(
  db: Db,
  doing: Changing,
  person_id: number,
  version: string,
  input: MemberInput,
): Promise<boolean> {
  const today = dayOf(doing.now);
  return db.transaction(async (trx) => {
    const held = await holdMember(trx, person_id);
    const grid = held && (await findUnit(trx, held.member.grid_id));
    if (!held || !grid) throw notFound();
    if (!may(doing.author, 'member.edit', { unit_path: grid.path })) throw forbidden();
    const { member, person } = held;
    mustBe({ ...member, work_phone: person.work_phone }, version);
    if (input.grid_id !== member.grid_id) await getTargetGrid(trx, doing, input.grid_id);
    const { work_phone, ...changes } = { ...input, work_phone: keptPhone(person.work_phone, input.work_phone) };
    await changeMemberRow(trx, person_id, changes);
    if (work_phone !== person.work_phone) await changeWorkPhone(trx, person_id, work_phone);
    const before = told({ ...member, work_phone: person.work_phone } as MemberInput);
    const changed = await recordChange(
      trx,
      doing,
      'member.edit',
      `member:${person_id}`,
      before,
      told({ ...changes, work_phone } as MemberInput),
    );
    const moved = member.grid_id !== changes.grid_id || member.valid_to !== changes.valid_to;
    if (moved && (await followGrid(trx, { person_id, ...changes }, today)) && (await hasAccount(trx, person_id)))
      await reviseAccount(trx, person_id);
    return changed;
  });
}
