/** The QR plate at every building and exclusive grid: one live code each; what a scan proves is nothing but the place. */
export const plateStates = ['fine', 'damaged', 'missing'] as const;
export type PlateState = (typeof plateStates)[number];

/** Characters of a code (80 random bits) and of its signature, in base32. */
export const code_length = 16;
export const signature_length = 8;

/** What stands in a plate's link after /q/: the code, a dot, its signature. */
export const plateLink = /^([a-z2-7]{16})\.([a-z2-7]{8})$/;

/** What a list of plates can be narrowed to; the numbers of the coverage lead here. */
export const plateMatters = ['no_plate', 'to_print', 'never_scanned', 'damaged'] as const;
export type PlateMatter = (typeof plateMatters)[number];

/** How many plates one sheet of A4 holds, by size: across × down. */
export const plateSizes = {
  a4: { across: 1, down: 1 },
  a5: { across: 1, down: 2 },
  a6: { across: 2, down: 2 },
  small: { across: 2, down: 4 },
} as const satisfies Record<string, { across: number; down: number }>;
export type PlateSize = keyof typeof plateSizes;
export const plateSizeNames = Object.keys(plateSizes) as PlateSize[];

/** Plates that are drawn, made or printed in one go; the rest follows in the next batch. */
export const batch_size = 40;

/** How many days of scans a list counts and a plate's page draws. */
export const scan_days = 60;

/** The buildings and exclusive grids each have their plate; what a place is called in addresses and in the trail. */
export interface PlateOf {
  readonly building_id: number | null;
  readonly grid_id: number | null;
}
export const placeKey = ({ building_id, grid_id }: PlateOf): string =>
  building_id === null ? `grid/${grid_id}` : `building/${building_id}`;

/** Household codes: 8 of 32 characters, none of which is taken for another (no 0, 1, I, O). */
export const household_alphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
export const household_code_length = 8;

/** A household code as it is meant, however it was typed; undefined for what cannot be one. */
export function readHouseholdCode(typed: string): string | undefined {
  const code = typed.normalize('NFKC').toUpperCase().replace(/[\s-]/g, '');
  return code.length === household_code_length && [...code].every((letter) => household_alphabet.includes(letter))
    ? code
    : undefined;
}

/** In two halves, as it is read aloud. */
export const showHouseholdCode = (code: string): string => `${code.slice(0, 4)}-${code.slice(4)}`;

/** Households that get slips in one go. */
export const most_households = 60;

/**
 * The households somebody lists: apart by commas or lines, numbers at the end as ranges (101-112). Undefined where one is too long or
 * a range runs backwards; repeated ones count once.
 */
export function readHouseholds(typed: string): string[] | undefined {
  const found: string[] = [];
  for (const one of typed
    .normalize('NFKC')
    .split(/[,;\n\u3001]+/)
    .map((text) => text.trim())
    .filter(Boolean)) {
    const [, before = '', from = '', to = ''] = /^(.*?)(\d{1,5})\s*[-~]\s*(\d{1,5})$/.exec(one) ?? [];
    if (from === '') {
      if (one.length > 20) return undefined;
      found.push(one);
      continue;
    }
    const count = Number(to) - Number(from) + 1;
    if (count < 1 || count > 1000 || before.length > 12) return undefined;
    for (let i = 0; i < count; i++) found.push(`${before}${String(Number(from) + i).padStart(from.length, '0')}`);
  }
  return [...new Set(found)];
}

export const stars = [1, 2, 3, 4, 5] as const;

/** A member reads what was written in a month only from so many reviews on: of fewer he might guess the household. */
export const words_from_reviews = 3;

/** Wrong household codes from one network in an hour, and pages of the directory from one network in ten minutes. */
export const publicLimits = {
  review: { tries: 12, minutes: 60 },
  directory: { tries: 240, minutes: 10 },
} as const;
