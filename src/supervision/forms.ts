import { z } from 'zod';
import { textLimits } from '../appeals/rules.ts';
import { day, id, moment, optionalPick, optionalText, reader, text } from '../web/form.ts';
import { ages, colors, rungs } from './rules.ts';
import { lists } from './store/orders.ts';

const note = (least = 4) => text(textLimits.note, least);

/** What each act on a supervision order asks for. */
export const actForms = {
  read_supervision: z.object({}),
  reply_supervision: z.object({ reply: note(10) }),
  accept_reply: z.object({ ruling: optionalText(textLimits.note) }),
  send_back_reply: z.object({ ruling: note() }),
  list_supervision: z.object({ reason: note() }),
  summon: z.object({ talk_at: moment(), place: text(100), reason: note(), skip_reason: optionalText(textLimits.note) }),
  record_talk: z.object({ attended: text(300, 2), minutes: note(10) }),
} as const;

const after = optionalText(60);
export const listFilter = z.object({ list: optionalPick(lists), after });
export const cardFilter = z.object({ color: optionalPick(colors), after });
const some_unit = reader<number | null>((typed) => ({ value: /^[1-9]\d{0,14}$/.test(typed) ? Number(typed) : null }));
export const outstandingFilter = z.object({
  unit: some_unit,
  age: optionalPick(ages.map(({ key }) => key)),
  rung: optionalPick([...rungs, 'none'] as const),
  after,
});
export const trackingFilter = z.object({ list: optionalPick(['open', 'broken', 'solved'] as const), after });

export const trackForm = z.object({
  number: reader<string>((word) =>
    /^\d{8}-\d{4,}$/.test(word) ? { value: word } : { error: word === '' ? 'required' : 'not_found' },
  ),
  note: note(),
});
export const promiseForm = z.object({ unit_id: id(), promise: text(300, 4), promised_by: text(40), due_on: day() });
export const noteForm = z.object({ met_on: day(), note: note() });
export const solveForm = z.object({ reason: note() });
