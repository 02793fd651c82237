import { z } from 'zod';
import { isPeriod } from '../assessment/rules/periods.ts';
import { flag, optionalPick, optionalText, pick, reader, text } from '../web/form.ts';
import { axes, measures } from './rules/dimensions.ts';

const month = reader<string | null>((typed) => ({ value: isPeriod(typed) ? typed : null }));
export const monthFilter = z.object({ month });
export const pivotFilter = z.object({
  rows: optionalPick(axes),
  columns: optionalPick(axes),
  measure: optionalPick(measures),
  from: month,
  to: month,
});
export const deductionForm = z.object({
  period: reader<string>((typed) => (isPeriod(typed) ? { value: typed } : { error: 'not_an_option' })),
  purpose: text(100, 2),
  format: pick(['xlsx', 'csv']),
});
export const bulletinForm = z.object({ text_zh: text(6000, 10), text_en: text(8000, 10), lists: flag(), version: text(64) });
export const approvalForm = z.object({ version: text(64) });
export const reviseForm = z.object({ reason: text(300, 4) });
const appeal = reader<string | null>((typed) =>
  typed === '' ? { value: null } : /^\d{8}-\d{4,}$/.test(typed) ? { value: typed } : { error: 'not_numbers' },
);
export const storyFilter = z.object({ appeal });
export const storyForm = z.object({
  appeal,
  title: text(60, 4),
  category_code: optionalText(4),
  problem: text(1000, 10),
  handling: text(1500, 10),
  lesson: text(600, 4),
  version: optionalText(64),
});
