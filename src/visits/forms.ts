import { z } from 'zod';
import { day, flag, id, many, optionalDay, optionalId, optionalPick, optionalText, pick, reader, text } from '../web/form.ts';
import { type Period, type Position, periods, situations } from './rules.ts';

const turn = { after: optionalText(120), before: optionalText(120) };

export const visitFilter = z.object({
  ...turn,
  view: optionalPick(['open', 'over']),
  member_id: optionalId(),
  grid_id: optionalId(),
});
export const planForm = z.object({ building_id: optionalId(), room: text(40), planned_on: day() });

/** A number as a browser measures it; anything else counts as not given, because a check-in never fails on its position. */
const measured = (least: number, most: number) =>
  reader<number | null>((typed) => {
    const n = /^-?\d{1,7}(\.\d{1,17})?$/.test(typed) ? Number(typed) : Number.NaN;
    return { value: n >= least && n <= most ? n : null };
  });
export const checkInForm = z.object({
  latitude: measured(-90, 90),
  longitude: measured(-180, 180),
  accuracy: measured(0, 1_000_000),
});
/** The position of a check-in to about a metre, or none. */
export function positionOf({ latitude, longitude, accuracy }: z.output<typeof checkInForm>): Position | null {
  if (latitude === null || longitude === null || accuracy === null) return null;
  const short = (n: number) => Math.round(n * 1e5) / 1e5;
  return { latitude: short(latitude), longitude: short(longitude), accuracy_metres: Math.ceil(accuracy) };
}
export const finishForm = z.object({ talk: text(2000), needs: optionalText(1000) });

export const coverageFilter = z.object({
  period: optionalPick(Object.keys(periods) as Period[]),
  area_id: optionalId(),
});

export const watchFilter = z.object({ ...turn, situation: optionalPick(situations), closed: flag() });
export const watchForm = z.object({
  once: text(64),
  situation: pick(situations),
  grid_id: id(),
  building_id: optionalId(),
  room: optionalText(40),
  event: text(1000),
  need: optionalText(1000),
});
export const closeForm = z.object({ outcome: text(1000) });
export const healthForm = z.object({ reason: text(200, 4) });

export const dayFilter = z.object({ day: optionalDay() });
export const dutyForm = z.object({
  done_on: day(),
  duties: many(text(40)),
  place: optionalText(60),
  note: optionalText(300),
});
const monthPattern = /^\d{4}-(0[1-9]|1[0-2])$/;
export const monthFilter = z.object({
  month: reader<string | null>((typed) => ({ value: monthPattern.test(typed) ? typed : null })),
});

export const fieldFilter = z.object({ ...turn, q: optionalText(60), off: flag() });

export const substituteForm = z.object({
  absent_person_id: id(),
  substitute_person_id: id(),
  valid_from: day(),
  valid_to: day(),
  asked: pick(['himself', 'community']),
  reason: text(200),
});
