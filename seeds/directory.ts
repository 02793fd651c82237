import type { Post } from '../src/people/rules.ts';
import type { UnitGroup, UnitKind, VenueType } from '../src/units/rules.ts';
import type { City, CityBuilding, CityPerson, CityUnit } from './city.ts';

/** A unit with the number it gets in the database, its way up, and who works there. */
export interface Unit {
  readonly id: number;
  readonly kind: UnitKind;
  readonly group: UnitGroup;
  readonly venue_type: VenueType | null;
  readonly code: string;
  readonly zh: string;
  readonly path: string;
  readonly parent_id: number | null;
  readonly round_the_clock: boolean;
  /** From the city down to the unit itself. */
  readonly line: readonly Unit[];
  readonly staff: Partial<Record<Post, number[]>>;
}

export interface Building extends CityBuilding {
  readonly id: number;
  readonly unit: Unit;
}

/** The city by number and by code: what the history needs to know of it. */
export interface Directory {
  readonly city: Unit;
  readonly units: readonly Unit[];
  readonly byCode: ReadonlyMap<string, Unit>;
  readonly buildings: readonly Building[];
  /** The base grids of each community, by its number. */
  readonly gridsOf: ReadonlyMap<number, readonly Unit[]>;
  /** Whether a person is on duty now, by number. */
  readonly on_duty: ReadonlySet<number>;
  readonly facts: City;
}

/** Numbers everything in the order of the city's own lists, from 1. */
export function makeDirectory(facts: City): Directory {
  const byCode = new Map<string, Unit>();
  const units = facts.units.map((unit: CityUnit, i): Unit => {
    const above = byCode.get(unit.parent) ?? null;
    const id = i + 1;
    const line: Unit[] = [...(above?.line ?? [])];
    const made: Unit = {
      id,
      kind: unit.kind,
      group: unit.unit_group,
      venue_type: unit.venue_type,
      code: unit.code,
      zh: unit.zh,
      path: `${above?.path ?? '/'}${id}/`,
      parent_id: above?.id ?? null,
      round_the_clock: unit.round_the_clock,
      line,
      staff: {},
    };
    line.push(made);
    byCode.set(unit.code, made);
    return made;
  });
  const on_duty = new Set<number>();
  facts.people.forEach((person, i) => {
    const staff = byCode.get(person.unit)!.staff;
    staff[person.post] = [...(staff[person.post] ?? []), i + 1];
    if (isOnDuty(person)) on_duty.add(i + 1);
  });
  const buildings = facts.buildings.map(
    (building, i): Building => ({ ...building, id: i + 1, unit: byCode.get(building.grid)! }),
  );
  const gridsOf = new Map(
    units
      .filter((unit) => unit.kind === 'community')
      .map(({ id }) => [id, units.filter((grid) => grid.group === 'base' && grid.parent_id === id)]),
  );
  return { city: units[0]!, units, byCode, buildings, gridsOf, on_duty, facts };
}

/** Assistants take turns; everybody else of the demo city is there. */
function isOnDuty({ member, username }: CityPerson): boolean {
  return member?.kind !== 'assistant' || Number(/\d+$/.exec(username)![0]) % 3 !== 0;
}
