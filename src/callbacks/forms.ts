import { z } from 'zod';
import { callbackOutcomes, levels } from '../appeals/rules.ts';
import { optionalPick, optionalText, pick } from '../web/form.ts';

const answers = { yes: 'yes', no: 'no' } as const;
const yesNo = () => optionalPick(Object.keys(answers) as (keyof typeof answers)[]);

/** Who was reached was asked all three; who was not, nothing. */
export const recallForm = (body: unknown) => {
  const reached = (body as { outcome?: unknown } | undefined)?.outcome === 'reached';
  const asked = reached
    ? { contacted: pick(['yes', 'no']), solved: pick(['yes', 'no']), level: pick(levels) }
    : { contacted: yesNo(), solved: yesNo(), level: optionalPick(levels) };
  return z.object({ outcome: pick(callbackOutcomes), ...asked, remark: optionalText(1000) });
};
