import { z } from 'zod';
import { listFilter } from '../units/forms.ts';
import { flag, id, many, optionalId, optionalPick, optionalText, pick, reader, text } from '../web/form.ts';
import type { ErrorCode } from '../words/words.ts';
import { most_households, plateMatters, plateSizeNames, plateStates, readHouseholds, stars } from './rules.ts';

export const plateFilter = z.object({ ...listFilter, area_id: optionalId(), matter: optionalPick(plateMatters) });

export const printFilter = z.object({
  area_id: optionalId(),
  size: optionalPick(plateSizeNames),
  all: flag(),
  /** One place alone: its plate's number. */
  plate: optionalId(),
  after: optionalText(120),
});

/** Which plates a page of sheets showed, each with the hash of what it said. */
const shown = () =>
  reader((typed) => {
    const [, plate_id, shows] = /^([1-9]\d{0,14}):([0-9a-f]{32})$/.exec(typed) ?? [];
    return plate_id && shows ? { value: [Number(plate_id), shows] as const } : { error: 'invalid' as const };
  });
export const printedForm = z.object({
  shown: many(shown(), 1),
  area_id: optionalId(),
  size: optionalPick(plateSizeNames),
  all: flag(),
  after: optionalText(120),
});

export const missingForm = z.object({ area_id: optionalId() });
export const makeForm = z.object({ building_id: optionalId(), grid_id: optionalId() });
export const revokeForm = z.object({ why: text(200), remake: flag() });
export const checkForm = z.object({ state: pick(plateStates), note: optionalText(200) });

const households = () =>
  reader<string[]>((typed): { value: string[] } | { error: ErrorCode } => {
    const found = readHouseholds(typed);
    if (!found) return { error: 'not_households' };
    if (found.length === 0) return { error: 'required' };
    return found.length > most_households ? { error: `too_many:${most_households}` } : { value: found };
  });
export const codesFilter = z.object({ q: optionalText(60), building_id: optionalId() });
export const codesForm = z.object({ building_id: id(), households: households() });

export const reviewOpenForm = z.object({ code: text(40) });
const starNames = stars.map(String) as `${(typeof stars)[number]}`[];
export const reviewForm = z.object({ code: text(40), person_id: id(), stars: pick(starNames), words: optionalText(300) });

const monthField = () => reader<string | null>((typed) => ({ value: /^20\d{2}-(0[1-9]|1[0-2])$/.test(typed) ? typed : null }));
export const reviewsFilter = z.object({ month: monthField(), area_id: optionalId() });
export const unpublishForm = z.object({ why: text(200) });

export const directoryFilter = z.object({ q: optionalText(60) });
