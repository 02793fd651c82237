import { z } from 'zod';
import { day, flag, id, integer, many, moment, optionalDay, optionalText, pick, reader, text } from '../web/form.ts';
import { best_mark, kinds, marks, most_called, type PersonAct, subjects } from './rules.ts';
import { tabs } from './store/lists.ts';

const turn = { after: optionalText(40), before: optionalText(40) };
export const listFilter = z.object({
  ...turn,
  tab: reader((typed) => ({ value: tabs.find((one) => one === typed) ?? null })),
});
export const monthFilter = z.object({
  month: reader((typed) => ({ value: /^\d{4}-(0[1-9]|1[0-2])$/.test(typed) ? typed : null })),
});

const once = text(64);
export const draftForm = z.object({
  once,
  appeal: optionalText(40),
  subject: pick(subjects),
  kind: pick(kinds),
  title: text(80),
  reason: text(2000),
  tried: text(2000),
  request: text(2000),
  meeting_place: text(120),
  ends_on: optionalDay(),
  unit_ids: many(id(), 1, most_called),
  next: pick(['draft', 'propose']),
});

/** What each act on a whistle is told; `rate` has fields by called unit and is built for it. */
export const actForms = {
  propose: z.object({ once }),
  issue: z.object({ once, decision_number: optionalText(60) }),
  reject: z.object({ once, reason: text(500, 4) }),
  acknowledge: z.object({ once }),
  check_in: z.object({ once, attendee: text(40), place: optionalText(120), how: pick(['on_site', 'online']) }),
  refuse: z.object({ once, refusal: text(2000, 10) }),
  record_minutes: z.object({ once, held_at: moment(), place: text(120), outsiders: optionalText(500), minutes: text(5000) }),
  add_part: z.object({ once, unit_id: id(), title: text(200), due_on: day() }),
  report_part: z.object({ once, part_id: id(), report: text(2000) }),
  finish_part: z.object({ once, part_id: id() }),
  resolve: z.object({ once, outcome: text(2000) }),
  judge: z.object({ once, necessity: integer(0, best_mark), own_duty: flag(), judgement: optionalText(500) }),
  end: z.object({ once }),
  withdraw: z.object({ once, reason: text(500, 4) }),
} as const satisfies Record<Exclude<PersonAct, 'draft' | 'rate'>, z.ZodObject>;

export const rateForm = (unit_ids: readonly number[]) =>
  z.object({
    once,
    ...Object.fromEntries(unit_ids.flatMap((unit_id) => marks.map((mark) => [`${mark}_${unit_id}`, integer(0, best_mark)]))),
  });
