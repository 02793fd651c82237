import { pinyinKeys } from '../core/text.ts';
import type { Lang } from '../words/words.ts';

/** One tree of units. The city is its root; towns, communities and grids are areas below it, departments hang on the city. */
export const unitKinds = ['city', 'town', 'community', 'grid', 'department'] as const;
export type UnitKind = (typeof unitKinds)[number];

/** The areas from the widest to the narrowest: the four tiers an appeal climbs. */
export const tiers = ['city', 'town', 'community', 'grid'] as const satisfies readonly UnitKind[];
export type Tier = (typeof tiers)[number];

export const unitGroups = {
  city: ['city'],
  town: ['subdistrict', 'town'],
  community: ['community'],
  grid: ['base', 'exclusive'],
  department: [
    'party',
    'npc_cppcc_judicial',
    'mass_org',
    'government',
    'vertical',
    'public_institution',
    'public_utility',
    'zone_or_soe',
  ],
} as const satisfies Record<UnitKind, readonly string[]>;
export type UnitGroup = (typeof unitGroups)[UnitKind][number];

export const venueTypes = ['industrial_park', 'commercial_market', 'school', 'hospital', 'other_venue'] as const;
export type VenueType = (typeof venueTypes)[number];

/** Which kinds may stand directly above which; a town without communities carries its exclusive grids itself. */
export const parentKinds = {
  city: [],
  town: ['city'],
  community: ['town'],
  grid: ['community', 'town'],
  department: ['city'],
} as const satisfies Record<UnitKind, readonly UnitKind[]>;

/** "300-400 households or so": outside is a warning, never an error. */
export function householdsUnusual(households: number, range: { readonly min: number; readonly max: number }): boolean {
  return households < range.min || households > range.max;
}

/** The call levels: who calls whom when a case climbs from one tier to the next. */
export const callLevels = { grid: 'resident_community', community: 'community_town', town: 'town_city' } as const;

/** A unit as lists name it. */
export interface UnitName {
  readonly id: number;
  readonly kind: UnitKind;
  readonly path: string;
  readonly parent_id: number | null;
  readonly name_zh: string;
  readonly name_en: string;
  readonly short_zh: string;
}

/** The ids of a path, the city first. */
export const idsOf = (path: string): number[] => path.split('/').filter(Boolean).map(Number);

/** What a unit is called in the reader's language. */
export const unitName = (unit: { readonly name_zh: string; readonly name_en: string }, lang: Lang): string =>
  lang === 'zh' ? unit.name_zh : unit.name_en;

/** What the search column of a unit holds: both names as written, spelled and by initials, and the English one. */
export function unitSearch(unit: { readonly name_zh: string; readonly short_zh: string; readonly name_en: string }): string {
  const keys = [unit.name_zh, ...(unit.short_zh === unit.name_zh ? [] : [unit.short_zh])].map(pinyinKeys);
  return [...keys, unit.name_en.toLowerCase()].join(' ');
}

/** The same for a building, by estate and number, and by its address. */
export function buildingSearch(building: { readonly estate: string; readonly name: string; readonly address: string }): string {
  return `${pinyinKeys(building.estate + building.name)} ${pinyinKeys(building.address)}`;
}

/** What somebody types into a search field, as the search columns are written: its words, each of which must occur. */
export function searchWords(typed: string): string[] {
  return typed.normalize('NFKC').toLowerCase().replaceAll("'", '').split(/\s+/).filter(Boolean).slice(0, 6);
}

export interface Counts {
  readonly base_grids: number;
  readonly exclusive_grids: number;
  readonly households: number;
  readonly buildings: number;
  readonly members: number;
}
export const noCounts: Counts = { base_grids: 0, exclusive_grids: 0, households: 0, buildings: 0, members: 0 };

/** What each area holds, its own and everything below it, from what the single grids hold. */
export function rollUp(units: readonly { readonly path: string; readonly counts: Counts }[]): Map<number, Counts> {
  const sums = new Map<number, Counts>();
  for (const { path, counts } of units) {
    for (const id of idsOf(path)) {
      const sum = sums.get(id) ?? noCounts;
      sums.set(id, {
        base_grids: sum.base_grids + counts.base_grids,
        exclusive_grids: sum.exclusive_grids + counts.exclusive_grids,
        households: sum.households + counts.households,
        buildings: sum.buildings + counts.buildings,
        members: sum.members + counts.members,
      });
    }
  }
  return sums;
}

/** Whether something with these dates holds on that day; the last day counts. */
export const isValidOn = (dates: { readonly valid_from: string; readonly valid_to: string | null }, day: string): boolean =>
  dates.valid_from <= day && (dates.valid_to === null || dates.valid_to >= day);
