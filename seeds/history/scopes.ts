import { isVoid } from '../../src/orders/rules.ts';
import type { Unit } from '../directory.ts';
import type { Case } from './engine/case.ts';

/** Who reaches an appeal, unit by unit, and whether it may open it: the same as the product's own `refreshScopes`. */
export function scopesOf(c: Case): Map<number, boolean> {
  const about = c.about?.kind === 'city' ? null : c.about;
  const apart = (unit: Unit): boolean => about !== null && unit.path.startsWith(about.path);
  const scopes = new Map<number, boolean>();
  const reach = (unit: Unit, reads: boolean) => {
    if (unit.kind !== 'city') scopes.set(unit.id, scopes.get(unit.id) === true || reads);
  };
  for (const unit of c.place.line) reach(unit, !c.confidential && !apart(unit) && (c.kind !== 'report' || unit.kind !== 'grid'));
  for (const order of c.orders) {
    if (order.status === 'returned' || (c.confidential && isVoid(order.status))) continue;
    for (const unit of order.unit.line) reach(unit, unit === order.unit || (!c.confidential && !apart(unit)));
  }
  return scopes;
}
