import type { Db } from '../../core/db.ts';
import type { Actor } from '../../people/rules.ts';
import type { UnitName } from '../../units/rules.ts';
import { listAreaGroups, listGridGroups, type UnitGroups } from '../../units/store/places.ts';
import type { UnitRow } from '../../units/store.ts';
import type { Lang } from '../../words/words.ts';

/** What somebody can narrow his plates to: the city its towns and communities, a town its own, a community its grids, a member nothing. */
export async function listOwnAreas(
  db: Db,
  actor: Actor,
  units: ReadonlyMap<number, UnitName>,
  today: string,
  lang: Lang,
  chosen: UnitRow | undefined,
): Promise<UnitGroups> {
  if (actor.unit_kind === 'grid') return [];
  if (actor.unit_kind === 'community') return listGridGroups(db, today, lang, actor.unit_path, ['base', 'exclusive']);
  const groups = await listAreaGroups(db, today, lang, chosen);
  const own = (id: number) => units.get(id)?.path.startsWith(actor.unit_path) === true;
  return groups
    .map((group) => ({ ...group, options: group.options.filter(({ value }) => own(value)) }))
    .filter(({ options }) => options.length > 0);
}
