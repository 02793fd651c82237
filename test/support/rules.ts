import { activateSet, addChange, offerSet } from '../../src/catalog/actions/rule_sets.ts';
import { dayOf } from '../../src/core/clock.ts';
import type { Cast, PersonName } from './cast.ts';
import type { Stage } from './make.ts';

type UnitName = keyof Cast['units'];
/** A change of the catalogue in short: at the area, for the unit. */
export interface Wanted {
  readonly kind?: 'make' | 'end';
  readonly code?: string;
  readonly area?: UnitName;
  readonly unit: UnitName;
  readonly role?: 'lead' | 'co';
  readonly note?: string;
}
export const doingOf = (stage: Stage, who: PersonName) => ({ author: stage.people[who], now: stage.world.clock() });

export function add(stage: Stage, wanted: Wanted, who: PersonName = 'dispatch'): Promise<number> {
  const { kind = 'make', code = '0208', area = 'city', unit, role = 'lead', note = '' } = wanted;
  const { units } = stage;
  const said = { kind, category_code: code, area_id: units[area].id, unit_id: units[unit].id, role, note };
  return addChange(stage.world.db, doingOf(stage, who), { ...said, reason: '职责调整', return_id: null });
}

export const offer = (stage: Stage, id: number, valid_from = dayOf(stage.world.clock()), who: PersonName = 'dispatch') =>
  offerSet(stage.world.db, doingOf(stage, who), id, { reason: '职责调整', valid_from });

/** Proposed by one dispatch officer and activated by another, from today on unless said otherwise. */
export async function inForce(stage: Stage, wanted: readonly Wanted[], valid_from?: string): Promise<number> {
  let id = 0;
  for (const one of wanted) id = await add(stage, one);
  await offer(stage, id, valid_from);
  await activateSet(stage.world.db, doingOf(stage, 'dispatch2'), id);
  return id;
}
