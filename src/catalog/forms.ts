import { z } from 'zod';
import type { Limit, Season } from '../core/calendar.ts';
import { addDays } from '../core/clock.ts';
import { listFilter } from '../units/forms.ts';
import type { EditField, Groups, Option, Tab } from '../views.ts';
import {
  blankForm,
  day,
  type FormState,
  flag,
  integer,
  optionalDay,
  optionalId,
  optionalInteger,
  optionalMoment,
  optionalPick,
  optionalText,
  pick,
  reader,
  text,
} from '../web/form.ts';
import type { Words } from '../words/words.ts';
import {
  type Category,
  entryOf,
  type LimitEntry,
  limitEntries,
  limitEntryNames,
  limitFrom,
  limitKinds,
  type Milestone,
  most_milestones,
  movesClocks,
  type ParameterKey,
  type ParameterRule,
  parameterRules,
  priorities,
} from './rules.ts';

/** A limit as people say it: 30 minutes, 4 office hours, 5 working days. */
export function sayLimit(limit: Limit, t: Words): string {
  const { value, entry } = entryOf(limit);
  return t.catalog.limits[entry](value);
}

/** Office hours as they are typed and shown: one line a season, '06-01 08:30-12:00 13:30-17:30'. */
export function saySeasons(seasons: readonly Season[]): string {
  const clock = (minute: number) => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
  return seasons.map(({ from, am, pm }) => `${from} ${am.map(clock).join('-')} ${pm.map(clock).join('-')}`).join('\n');
}

function readSeasons(typed: string): Season[] | null {
  const minutes = (hour: string, minute: string) => Number(hour) * 60 + Number(minute);
  const seasons = typed
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => /^(\d\d-\d\d)\s+(\d\d):(\d\d)-(\d\d):(\d\d)\s+(\d\d):(\d\d)-(\d\d):(\d\d)$/.exec(line));
  if (seasons.length === 0 || seasons.length > 6 || seasons.includes(null)) return null;
  return seasons.map((found) => {
    const [, from = '', ...n] = found!;
    return { from, am: [minutes(n[0]!, n[1]!), minutes(n[2]!, n[3]!)], pm: [minutes(n[4]!, n[5]!), minutes(n[6]!, n[7]!)] };
  });
}

const ordered = (value: { valid_from: string; valid_to: string | null }, context: z.RefinementCtx) => {
  if (value.valid_to !== null && value.valid_to < value.valid_from)
    context.addIssue({ code: 'custom', message: 'before_start', path: ['valid_to'] });
};

type LimitShape = Record<`${(typeof limitKinds)[number]}_value`, ReturnType<typeof optionalInteger>> &
  Record<`${(typeof limitKinds)[number]}_unit`, ReturnType<typeof optionalPick<LimitEntry>>>;
const limitShape = Object.fromEntries(
  limitKinds.flatMap((kind) => [
    [`${kind}_value`, optionalInteger(1, 999_999)],
    [`${kind}_unit`, optionalPick(limitEntryNames)],
  ]),
) as LimitShape;
type LimitsTyped = z.output<z.ZodObject<typeof limitShape>>;

function limitsFit(value: LimitsTyped, context: z.RefinementCtx): void {
  for (const kind of limitKinds) {
    const [typed, unit] = [value[`${kind}_value`], value[`${kind}_unit`]];
    if (typed === null) continue;
    if (unit === null) context.addIssue({ code: 'custom', message: 'required', path: [`${kind}_unit`] });
    else if (typed > limitEntries[unit].most)
      context.addIssue({ code: 'custom', message: `too_large:${limitEntries[unit].most}`, path: [`${kind}_value`] });
  }
}

/** The category's own limits; an empty value leaves it to the priority. */
export const limitsOf = (value: LimitsTyped) => {
  const limit = (kind: (typeof limitKinds)[number]): Limit | null => {
    const [typed, unit] = [value[`${kind}_value`], value[`${kind}_unit`]];
    return typed === null || unit === null ? null : limitFrom(typed, unit);
  };
  return { acknowledge_limit: limit('acknowledge'), contact_limit: limit('contact'), handle_limit: limit('handle') };
};

const steps = Array.from({ length: most_milestones }, (_, i) => i + 1);
type StepField<F extends string> = `milestone_${number}_${F}`;
type StepShape = Record<StepField<'zh' | 'en'>, ReturnType<typeof optionalText>> &
  Record<StepField<'value'>, ReturnType<typeof optionalInteger>> &
  Record<StepField<'unit'>, ReturnType<typeof optionalPick<LimitEntry>>>;
const stepShape = Object.fromEntries(
  steps.flatMap((step) => [
    [`milestone_${step}_zh`, optionalText(20)],
    [`milestone_${step}_en`, optionalText(40)],
    [`milestone_${step}_value`, optionalInteger(1, 999_999)],
    [`milestone_${step}_unit`, optionalPick(limitEntryNames)],
  ]),
) as StepShape;
type StepsTyped = z.output<z.ZodObject<typeof stepShape>>;

function stepsFit(value: StepsTyped, context: z.RefinementCtx): void {
  for (const step of steps) {
    const names = (['zh', 'en', 'value', 'unit'] as const).map((part) => `milestone_${step}_${part}` as const);
    const given = names.filter((name) => value[name] !== null);
    if (given.length > 0)
      for (const name of names) if (value[name] === null) context.addIssue({ code: 'custom', message: 'required', path: [name] });
    const [typed, unit] = [value[`milestone_${step}_value`], value[`milestone_${step}_unit`]];
    if (typed !== null && unit !== null && typed !== undefined && unit !== undefined && typed > limitEntries[unit].most)
      context.addIssue({ code: 'custom', message: `too_large:${limitEntries[unit].most}`, path: [`milestone_${step}_value`] });
  }
}

/** The milestones that were filled in, in their order. */
export const milestonesOf = (value: StepsTyped): Milestone[] =>
  steps.flatMap((step) => {
    const [name_zh, name_en] = [value[`milestone_${step}_zh`], value[`milestone_${step}_en`]];
    const [typed, unit] = [value[`milestone_${step}_value`], value[`milestone_${step}_unit`]];
    return name_zh && name_en && typed && unit ? [{ name_zh, name_en, ...limitFrom(typed, unit) }] : [];
  });

const categoryShape = {
  version: optionalText(64),
  name_zh: text(40),
  name_en: text(80),
  lead_unit_id: optionalId(),
  priority: optionalPick(priorities),
  ...limitShape,
  ...stepShape,
  valid_from: day(),
  valid_to: optionalDay(),
};
const checkCategory = (
  value: LimitsTyped & StepsTyped & { valid_from: string; valid_to: string | null },
  context: z.RefinementCtx,
) => {
  ordered(value, context);
  limitsFit(value, context);
  stepsFit(value, context);
};
export const categoryForm = z.object(categoryShape).superRefine(checkCategory);
export const newCategoryForm = z
  .object({
    ...categoryShape,
    code: reader<string>((typed) => (/^\d{2}(\d{2})?$/.test(typed) ? { value: typed } : { error: 'not_a_category_code' })),
  })
  .superRefine(checkCategory);
export const categoryFilter = z.object({ q: optionalText(60), priority: optionalPick(priorities), ended: flag() });

const limitOptions = (t: Words): Option[] => limitEntryNames.map((value) => ({ value, label: t.catalog.limit_units[value] }));

export function categoryFields(
  { creating, group, units }: { creating: boolean; group: boolean; units: Groups },
  t: Words,
): EditField[][] {
  const w = t.catalog;
  const names: EditField[][] = [
    [
      ...(creating
        ? [{ name: 'code', label: t.units.code, hint: w.code_hint, required: true, inputmode: 'numeric' as const }]
        : []),
    ],
    [
      { name: 'name_zh', label: t.units.name_zh, required: true },
      { name: 'name_en', label: t.units.name_en, required: true },
    ],
  ];
  const dispatching: EditField[][] = [
    [
      { name: 'lead_unit_id', label: w.lead, kind: 'select', empty: t.common.none, groups: units },
      {
        name: 'priority',
        label: w.priority,
        kind: 'select',
        options: priorities.map((value) => ({ value, label: t.domain.priorities[value] })),
        hint: undefined,
      },
    ],
    ...limitKinds.map((kind): EditField[] => [
      { name: `${kind}_value`, label: w.own_limit[kind], inputmode: 'numeric', placeholder: w.by_priority },
      { name: `${kind}_unit`, label: w.unit_of_limit, kind: 'select', empty: w.by_priority, options: limitOptions(t) },
    ]),
    ...steps.map((step): EditField[] => [
      { name: `milestone_${step}_zh`, label: w.milestone_zh(step) },
      { name: `milestone_${step}_en`, label: w.milestone_en(step) },
      { name: `milestone_${step}_value`, label: w.milestone_limit, inputmode: 'numeric' },
      { name: `milestone_${step}_unit`, label: w.unit_of_limit, kind: 'select', empty: t.common.none, options: limitOptions(t) },
    ]),
  ];
  const dates: EditField[][] = [
    [
      { name: 'valid_from', label: t.units.valid_from, kind: 'date', required: true },
      ...(creating ? [] : [{ name: 'valid_to', label: t.units.valid_to, kind: 'date' as const }]),
    ],
  ];
  return [...names, ...(group ? [] : dispatching), ...dates].filter((row) => row.length > 0);
}

export function formOfCategory(
  category: Category & { readonly valid_from: string; readonly valid_to: string | null },
): FormState {
  const { name_zh, name_en, lead_unit_id, priority, valid_from, valid_to } = category;
  const limits = limitKinds.flatMap((kind) => {
    const limit = category[`${kind}_limit`];
    const entry = limit && entryOf(limit);
    return entry ? [[`${kind}_value`, entry.value] as const, [`${kind}_unit`, entry.entry] as const] : [];
  });
  const milestones = category.milestones.flatMap((one, i) => {
    const { value, entry } = entryOf(one);
    const named = { zh: one.name_zh, en: one.name_en, value, unit: entry };
    return Object.entries(named).map(([part, text]) => [`milestone_${i + 1}_${part}`, text] as const);
  });
  const typed = Object.fromEntries([...limits, ...milestones]);
  return blankForm({ name_zh, name_en, lead_unit_id, priority, valid_from, valid_to, ...typed });
}

export const ruleFilter = z.object({
  ...listFilter,
  category_code: optionalText(4),
  area_id: optionalId(),
  unit_id: optionalId(),
  ended: flag(),
  /** The box that explains: a category and a place. */
  for: optionalText(4),
  place: optionalText(40),
  place_text: optionalText(120),
});
/** The pages of the dispatch catalogue; `waiting`: how many changes of others wait for the reader. */
export const ruleTabs = (t: Words, current: 'rules' | 'changes' | 'templates', waiting: number): Tab[] => [
  { href: '/dispatch-rules', label: t.catalog.rules, current: current === 'rules' },
  {
    href: '/dispatch-rules/changes',
    label: t.catalog.sets.title,
    current: current === 'changes',
    ...(waiting > 0 && { count: waiting, hot: true }),
  },
  { href: '/dispatch-rules/templates', label: t.catalog.templates, current: current === 'templates' },
];

export const newRuleForm = z.object({
  category_code: text(4),
  area_id: optionalId(),
  area_id_text: optionalText(120),
  unit_id: optionalId(),
  unit_id_text: optionalText(120),
  role: pick(['lead', 'co']),
  note: optionalText(120),
  reason: text(500),
});
export const endRuleForm = z.object({ reason: text(500) });
/** A change of the catalogue that is handed to a second person. */
export const offerForm = z.object({ reason: text(500), valid_from: day() });
export const rejectForm = z.object({ ruling: text(500) });
/** Which of the simulated appeals are listed: of one way, or of all. */
export const simulationFilter = z.object({
  month: optionalText(7),
  from: optionalInteger(),
  to: optionalInteger(),
  before: optionalId(),
});

export const templateForm = z.object({
  version: optionalText(64),
  category_code: optionalText(4),
  body: text(500),
  sort: integer(0, 9999),
  ended: flag(),
});
export const templateFields = (categories: Groups, creating: boolean, t: Words): EditField[][] => [
  [{ name: 'body', label: t.catalog.template_body, kind: 'textarea', rows: 5, required: true }],
  [
    { name: 'category_code', label: t.catalog.category, kind: 'select', empty: t.catalog.every_category, groups: categories },
    { name: 'sort', label: t.units.sort, inputmode: 'numeric', required: true },
  ],
  ...(creating ? [] : [[{ name: 'ended', label: t.catalog.template_ended, kind: 'check' as const }]]),
];

/** An edit whose effect has been looked at. */
const confirmedShape = { confirmed: flag(), late_too: flag() };

export const calendarFilter = z.object({ year: optionalInteger(2000, 2100) });
export const dayForm = z.object({
  version: optionalText(64),
  working: pick(['1', '0']),
  name: optionalText(30),
  ...confirmedShape,
});
export const dayFields = (t: Words): EditField[][] => [
  [
    {
      name: 'working',
      label: t.catalog.calendar.kind_of_day,
      kind: 'radios',
      inline: true,
      required: true,
      options: [
        { value: '1', label: t.catalog.calendar.working_day },
        { value: '0', label: t.catalog.calendar.day_off },
      ],
    },
  ],
  [{ name: 'name', label: t.catalog.calendar.name, hint: t.catalog.calendar.name_hint }],
];

export interface Exception {
  readonly day: string;
  readonly working: boolean;
  readonly name: string;
}

/** The exceptions of a year as a notice lists them: a day or a span, whether it is worked, and its name; one a line. */
export function readExceptions(
  typed: string,
  marks: { readonly work: readonly string[]; readonly off: readonly string[] },
): { value: Exception[] } | { bad_line: number } {
  const found: Exception[] = [];
  for (const [i, line] of typed.split('\n').entries()) {
    if (line.trim() === '') continue;
    const [, from = '', to = from, mark = '', name = ''] =
      /^\s*(\d{4}-\d\d-\d\d)(?:\s*[~～]\s*(\d{4}-\d\d-\d\d))?\s+(\S+)\s*(.*?)\s*$/.exec(line) ?? [];
    const working = marks.work.includes(mark.toLowerCase()) ? true : marks.off.includes(mark.toLowerCase()) ? false : null;
    const real = [from, to].every(
      (one) => !Number.isNaN(Date.parse(`${one}T00:00:00Z`)) && new Date(`${one}T00:00:00Z`).toISOString().startsWith(one),
    );
    if (working === null || !real || to < from || addDays(from, 30) < to) return { bad_line: i + 1 };
    for (let one = from; one <= to; one = addDays(one, 1)) found.push({ day: one, working, name: name.slice(0, 30) });
  }
  return { value: found };
}

export const yearForm = (marks: { readonly work: readonly string[]; readonly off: readonly string[] }) =>
  z.object({
    year: integer(2000, 2100),
    ...confirmedShape,
    days: reader<Exception[]>((typed) => {
      const read = readExceptions(typed.replace(/\r\n?/g, '\n'), marks);
      return 'value' in read ? read : { error: `bad_line:${read.bad_line}` };
    }),
  });

/** What a proposal says beside the value. */
const proposalShape = {
  version: optionalText(64),
  reason: text(200),
  valid_from: optionalMoment(),
  late_too: flag(),
};
export const resetForm = z.object(proposalShape);
export const historyFilter = z.object({ key: optionalText(60), before: optionalId() });
/** The form of a parameter by its kind; what is counted by the system has none. */
export function parameterForm(key: ParameterKey) {
  const rule: ParameterRule = parameterRules[key];
  const forms = {
    limit: () =>
      z
        .object({ ...proposalShape, value: integer(1, 999_999), unit: pick(limitEntryNames) })
        .superRefine(({ value, unit }, context) => {
          if (value > limitEntries[unit].most)
            context.addIssue({ code: 'custom', message: `too_large:${limitEntries[unit].most}`, path: ['value'] });
        }),
    number: () => z.object({ ...proposalShape, value: rule.kind === 'number' ? integer(rule.min, rule.max) : integer() }),
    text: () =>
      z.object({
        ...proposalShape,
        value: reader<string>((typed) =>
          rule.kind === 'text' && rule.pattern.test(typed) ? { value: typed } : { error: typed === '' ? 'required' : 'invalid' },
        ),
      }),
    seasons: () =>
      z.object({
        ...proposalShape,
        value: reader<Season[]>((typed) => {
          const seasons = readSeasons(typed.replace(/\r\n?/g, '\n'));
          return seasons ? { value: seasons } : { error: 'not_office_hours' };
        }),
      }),
  };
  return rule.kind === 'counted' ? null : forms[rule.kind]();
}

export function parameterFields(key: ParameterKey, t: Words): EditField[][] {
  const rule: ParameterRule = parameterRules[key];
  const label = t.catalog.value;
  const fields: Record<ParameterRule['kind'], EditField[][]> = {
    limit: [
      [
        { name: 'value', label, inputmode: 'numeric', required: true },
        { name: 'unit', label: t.catalog.unit_of_limit, kind: 'select', empty: false, required: true, options: limitOptions(t) },
      ],
    ],
    number: [[{ name: 'value', label, inputmode: 'numeric', required: true }]],
    text: [[{ name: 'value', label, required: true }]],
    seasons: [[{ name: 'value', label, kind: 'textarea', rows: 5, required: true, hint: t.catalog.seasons_hint }]],
    counted: [],
  };
  return [
    ...fields[rule.kind],
    [{ name: 'reason', label: t.catalog.reason_of_change, required: true }],
    [{ name: 'valid_from', label: t.catalog.valid_from, kind: 'datetime-local', hint: t.catalog.valid_from_hint }],
    ...(movesClocks(key)
      ? [[{ name: 'late_too', label: t.catalog.moves.late_too, kind: 'check' as const, hint: t.catalog.moves.late_too_hint }]]
      : []),
  ];
}

export function formOfParameter(key: ParameterKey, value: unknown): FormState {
  const { kind } = parameterRules[key];
  if (kind === 'limit') {
    const { value: typed, entry } = entryOf(value as Limit);
    return blankForm({ value: typed, unit: entry });
  }
  return blankForm({ value: kind === 'seasons' ? saySeasons(value as Season[]) : String(value) });
}

/** A parameter's value as people read it, with its unit. */
export function sayParameter(key: ParameterKey, value: unknown, t: Words): string {
  const { kind } = parameterRules[key];
  if (kind === 'limit') return sayLimit(value as Limit, t);
  if (kind === 'seasons') return saySeasons(value as Season[]);
  const unit: Readonly<Record<string, (n: string) => string>> = t.catalog.parameter_units;
  return unit[key]?.(String(value)) ?? String(value);
}
