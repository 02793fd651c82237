import { z } from 'zod';
import { levels, textLimits } from '../appeals/rules.ts';
import { flag, optionalId, optionalPhone, optionalText, pick, reader, text } from '../web/form.ts';
import { plainCode, plainNumber } from './rules.ts';

/** What the form always carries: its one-time key, and what was done for the challenge where one was asked. */
const around = {
  once: optionalText(64),
  challenge: optionalText(80),
  proof: optionalText(20),
  sum: optionalText(20),
};

/** A report from a plate. What happened may be told by voice alone: whether there is one is seen with the files. */
export const plateReportForm = z.object({
  content: optionalText(textLimits.content),
  address: optionalText(textLimits.address),
  name: optionalText(textLimits.name),
  phone: optionalPhone(),
  confidential: flag(),
  about_own: flag(),
  ...around,
});

/** The same without a plate: the place is looked for, or its town or community chosen. */
export const openReportForm = z.object({
  area: optionalId(),
  place: optionalText(24),
  place_text: optionalText(60),
  ...plateReportForm.shape,
});
export type ReportGiven = z.output<typeof plateReportForm>;

/** Number and code as people type them; what is malformed is as wrong as what is unknown. */
export const progressForm = z.object({
  number: reader<string>((word) => (word === '' ? { error: 'required' } : { value: plainNumber(word).slice(0, 40) })),
  code: reader<string>((word) => (word === '' ? { error: 'required' } : { value: plainCode(word).slice(0, 40) })),
});

const note = () => text(textLimits.note);
const yesOrNo = () =>
  reader<boolean>((word) => (word === 'yes' ? { value: true } : word === 'no' ? { value: false } : { error: 'required' }));

/** What the appellant thinks of it; who is not satisfied says why, because that is what is worked on next. */
export const ratingForm = (body: unknown) =>
  z.object({
    level: pick(levels),
    solved: yesOrNo(),
    contacted: yesOrNo(),
    remark: (body as { level?: unknown } | undefined)?.level === 'dissatisfied' ? note() : optionalText(textLimits.note),
  });

export const supplementForm = z.object({ text: note() });
export const withdrawForm = z.object({ reason: note() });
export const reopenForm = z.object({ new_fact: note() });
