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
