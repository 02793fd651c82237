import { dayOf } from '../core/clock.ts';
import type { Db } from '../core/db.ts';
import { forbidden, notFound, wrongFields } from '../core/errors.ts';
import { may } from '../policy.ts';
import { type Changing, mustBe, recordChange } from '../trail/actions/change.ts';
import { isValidOn, parentKinds, type UnitGroup, type UnitKind, unitGroups, unitSearch, type VenueType } from './rules.ts';
import { changeUnitRow, countDependents, findUnitByCode, holdUnit, insertGrid, insertUnit } from './store/tree.ts';
import { findUnit, type UnitRow } from './store.ts';

export interface UnitInput {
  readonly unit_group: string | null;
  readonly code: string;
  readonly name_zh: string;
  readonly name_en: string;
  readonly short_zh: string;
  readonly duty_phone: string | null;
  readonly round_the_clock: boolean;
  readonly sort: number;
  readonly valid_from: string;
}

function mustMayEdit({ author }: Changing): void {
  if (!may(author, 'unit.edit')) throw forbidden();
}

/** The same number with other spaces and hyphens is no change: it stays as it was written. */
export const keptPhone = (before: string | null, after: string | null): string | null =>
  before !== null && after !== null && before.replace(/\D/g, '') === after.replace(/\D/g, '') ? before : after;

function fieldsOf(unit: Omit<UnitRow, 'id' | 'path' | 'search' | 'demo'>) {
  const { kind, unit_group, parent_id, code, name_zh, name_en, short_zh, duty_phone, round_the_clock, sort } = unit;
  const { valid_from, valid_to, successor_id } = unit;
  return {
    kind,
    unit_group,
    parent_id,
    code,
    name_zh,
    name_en,
    short_zh,
    duty_phone,
    round_the_clock,
    sort,
    valid_from,
    valid_to,
    successor_id,
  };
}

/** Only what an edit may touch, whatever else came along. */
function inputOf({ code, name_zh, name_en, short_zh, duty_phone, round_the_clock, sort, valid_from }: UnitInput) {
  return { code, name_zh, name_en, short_zh, duty_phone, round_the_clock, sort, valid_from };
}

function groupOf(kind: UnitKind, given: string | null): UnitGroup {
  const groups: readonly UnitGroup[] = unitGroups[kind];
  const group = given === null ? groups[0] : groups.find((one) => one === given);
  if (!group || (given === null && groups.length > 1)) throw wrongFields({ unit_group: 'required' });
  return group;
}

/** A new unit below its parent; a grid gets its row of facts with it. */
export async function createUnit(
  db: Db,
  doing: Changing,
  at: { readonly parent_id: number; readonly kind: UnitKind },
  input: UnitInput & { readonly venue_type: VenueType | null },
): Promise<number> {
  mustMayEdit(doing);
  const { venue_type } = input;
  const given = inputOf(input);
  return db.transaction(async (trx) => {
    const parent = await holdUnit(trx, at.parent_id);
    if (!parent || !isValidOn(parent, dayOf(doing.now))) throw notFound();
    if (!(parentKinds[at.kind] as readonly UnitKind[]).includes(parent.kind)) throw notFound();
    const unit_group = groupOf(at.kind, input.unit_group);
    if (unit_group === 'exclusive' && venue_type === null) throw wrongFields({ venue_type: 'required' });
    if (given.valid_from < parent.valid_from) throw wrongFields({ valid_from: 'before_parent' });
    if (await findUnitByCode(trx, given.code)) throw wrongFields({ code: 'taken' });
    const unit = { ...given, kind: at.kind, unit_group, parent_id: parent.id, search: unitSearch(given) };
    const id = await insertUnit(trx, unit, parent.path);
    const venue = unit_group === 'exclusive' ? venue_type : null;
    if (unit_group === 'base' || unit_group === 'exclusive') await insertGrid(trx, id, unit_group, venue);
    const after = { ...fieldsOf({ ...unit, valid_to: null, successor_id: null }), venue_type: venue };
    await recordChange(trx, doing, 'unit.create', `unit:${id}`, null, after);
    return id;
  });
}

/** Changes what a unit is called and how it is reached. False where nothing was different. */
export async function editUnit(db: Db, doing: Changing, id: number, version: string, input: UnitInput): Promise<boolean> {
  mustMayEdit(doing);
  return db.transaction(async (trx) => {
    const unit = await holdUnit(trx, id);
    if (!unit) throw notFound();
    mustBe(unit, version);
    const other = await findUnitByCode(trx, input.code);
    if (other && other.id !== id) throw wrongFields({ code: 'taken' });
    if (unit.valid_to !== null && input.valid_from > unit.valid_to) throw wrongFields({ valid_from: 'after_end' });
    // A base grid is never made an exclusive one: its buildings would be left without.
    const unit_group = unit.kind === 'grid' ? unit.unit_group : groupOf(unit.kind, input.unit_group);
    const changes = {
      ...inputOf(input),
      unit_group,
      duty_phone: keptPhone(unit.duty_phone, input.duty_phone),
      search: unitSearch(input),
    };
    await changeUnitRow(trx, id, changes);
    return recordChange(trx, doing, 'unit.edit', `unit:${id}`, fieldsOf(unit), fieldsOf({ ...unit, ...changes }));
  });
}

/** Ends a unit after a day. What still lives in it comes first: open orders, units below, buildings, linked members. */
export async function endUnit(
  db: Db,
  doing: Changing,
  id: number,
  version: string,
  { valid_to, successor_id }: { readonly valid_to: string; readonly successor_id: number | null },
): Promise<void> {
  mustMayEdit(doing);
  await db.transaction(async (trx) => {
    const unit = await holdUnit(trx, id);
    if (!unit || unit.kind === 'city') throw notFound();
    mustBe(unit, version);
    if (valid_to < unit.valid_from) throw wrongFields({ valid_to: 'before_start' });
    const { open_orders, children, buildings, members } = await countDependents(trx, unit, valid_to);
    if (open_orders > 0) throw wrongFields({ valid_to: `has_open_orders:${open_orders}` });
    if (children > 0) throw wrongFields({ valid_to: `has_units_below:${children}` });
    if (buildings > 0) throw wrongFields({ valid_to: `has_buildings:${buildings}` });
    if (members > 0) throw wrongFields({ valid_to: `has_members:${members}` });
    const successor = successor_id === null ? null : await findUnit(trx, successor_id);
    const fits =
      successor &&
      successor.id !== id &&
      successor.kind === unit.kind &&
      (successor.valid_to === null || successor.valid_to > valid_to);
    if (successor_id !== null && !fits) throw wrongFields({ successor_id: 'not_a_successor' });
    await changeUnitRow(trx, id, { valid_to, successor_id });
    await recordChange(trx, doing, 'unit.end', `unit:${id}`, fieldsOf(unit), fieldsOf({ ...unit, valid_to, successor_id }));
  });
}

/** Takes an ending back, where the unit above still holds. */
export async function resumeUnit(db: Db, doing: Changing, id: number, version: string): Promise<void> {
  mustMayEdit(doing);
  await db.transaction(async (trx) => {
    const unit = await holdUnit(trx, id);
    if (!unit || unit.valid_to === null || unit.parent_id === null) throw notFound();
    mustBe(unit, version);
    const parent = await findUnit(trx, unit.parent_id);
    if (!parent || !isValidOn(parent, dayOf(doing.now))) throw wrongFields({ valid_to: 'parent_ended' });
    await changeUnitRow(trx, id, { valid_to: null, successor_id: null });
    await recordChange(
      trx,
      doing,
      'unit.resume',
      `unit:${id}`,
      fieldsOf(unit),
      fieldsOf({ ...unit, valid_to: null, successor_id: null }),
    );
  });
}
