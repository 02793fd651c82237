import { z } from 'zod';
import { integer, optionalPick, optionalText, pick, reader, text } from '../web/form.ts';
import type { ErrorCode } from '../words/words.ts';
import { hundredthsOf } from './rules/exact.ts';
import { isPeriod, isSpan } from './rules/periods.ts';
import { claims, exclusionReasons, lists } from './rules/requests.ts';
import { groupScopes, groups, modes, schemeKeys } from './rules/score.ts';

/** An amount with at most two decimals, in hundredths. */
const amount = (most: number) =>
  reader<number>((typed) => {
    const digits = typed.normalize('NFKC');
    if (digits === '') return { error: 'required' as ErrorCode };
    if (!/^\d{1,4}(\.\d{1,2})?$/.test(digits)) return { error: 'not_an_amount' as ErrorCode };
    const value = hundredthsOf(digits);
    return value > most * 100 ? { error: `too_large:${most}` as ErrorCode } : { value };
  });
const month = () =>
  reader<string>((typed) => (isPeriod(typed) ? { value: typed } : { error: typed === '' ? 'required' : 'not_an_option' }));

const turn = { after: optionalText(20), before: optionalText(20) };
const span = reader<string | null>((typed) => ({ value: isPeriod(typed) || isSpan(typed) ? typed : null }));
const period = reader<string | null>((typed) => ({ value: isPeriod(typed) ? typed : null }));
export const tableFilter = z.object({ period: span, scheme: optionalPick(schemeKeys), group: optionalPick(groups) });
export const unitFilter = z.object({ period, scheme: optionalPick(schemeKeys), list: optionalPick(lists), ...turn });
export const listedFilter = z.object({ period, ...turn });

export const exclusionForm = z.object({ reason: pick(exclusionReasons), request: text(500, 10) });
export const objectionForm = z.object({ claim: pick(claims), grounds: text(500, 10) });
export const exclusionDecision = z.object({ decision: pick(['granted', 'denied'] as const), ruling: text(500, 4) });
export const objectionDecision = z.object({ decision: pick(['upheld', 'rejected'] as const), ruling: text(500, 4) });
export const confirmation = z.object({ confirmation: pick(['confirmed', 'refused'] as const) });

const shared = {
  weight_first: amount(100),
  weight_second: amount(100),
  weight_third: amount(100),
  min_rated: integer(0, 100),
  valid_from: month(),
  reason: text(500, 4),
};
export const schemeForms = {
  city: z.object({
    ...shared,
    basic_value: amount(1),
    mode: pick(modes),
    k: amount(10),
    cap: amount(100),
    group_scope: pick(groupScopes),
  }),
  beijing: z.object(shared),
} as const;
