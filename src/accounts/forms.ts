import { z } from 'zod';
import { postNames } from '../people/rules.ts';
import { listFilter } from '../units/forms.ts';
import { flag, optionalId, optionalPhone, optionalPick, optionalText, pick, reader, text } from '../web/form.ts';
import { accountStates, usernamePattern } from './rules.ts';

const username = () =>
  reader<string>((typed) => {
    const lower = typed.normalize('NFKC').toLowerCase();
    if (lower === '') return { error: 'required' };
    return usernamePattern.test(lower) ? { value: lower } : { error: 'not_a_username' };
  });
/** Made with the page: the second arrival of the same form does nothing. */
const once = () => text(64);

export const accountFilter = z.object({ ...listFilter, post: optionalPick(postNames), state: optionalPick(accountStates) });
export const dutyFilter = z.object({ ...listFilter, off: flag() });

export const newAccountForm = z.object({
  once: once(),
  person_id: optionalId(),
  name: text(30),
  username: username(),
  work_phone: optionalPhone(),
});
export const personForm = z.object({ version: optionalText(64), name: text(30), work_phone: optionalPhone() });
export const onceForm = z.object({ once: once() });
export const grantForm = z.object({
  once: once(),
  post: pick(postNames),
  unit_id: optionalId(),
  unit_id_text: optionalText(120),
});
export const dutyForm = z.object({ on_duty: pick(['1', '0']) });
