import { z } from 'zod';
import { textLimits } from '../appeals/rules.ts';
import { flag, optionalId, optionalText, pick, reader } from '../web/form.ts';
import { phoneChannels } from './rules.ts';

/** A report from the phone. Nothing need be filled in beside what was shot or said; that something is there, the route asks. */
export const reportForm = z.object({
  channel: pick(phoneChannels),
  content: optionalText(textLimits.content),
  category_code: reader<string | null>((word) =>
    word === '' ? { value: null } : /^\d{4}$/.test(word) ? { value: word } : { error: 'not_an_option' },
  ),
  building_id: optionalId(),
  address: optionalText(textLimits.address),
  urgent: flag(),
  once: optionalText(64),
  /** Whose report it is: one kept on a phone must not go out under the next person who signs in there. */
  person: optionalId(),
});
