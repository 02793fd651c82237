import { type Calendar, type Limit, office_seasons, type Season } from '../core/calendar.ts';
import type { UnitName } from '../units/rules.ts';

export const priorities = ['emergency', 'urgent', 'general', 'complex', 'inquiry'] as const;
export type Priority = (typeof priorities)[number];

export const limitKinds = ['acknowledge', 'contact', 'handle'] as const;
export type LimitKind = (typeof limitKinds)[number];

/** Orders of these priorities run around the clock: weekends and nights count. */
export const roundTheClock: Record<Priority, boolean> = {
  emergency: true,
  urgent: true,
  general: false,
  complex: false,
  inquiry: false,
};

export const minutes = (value: number): Limit => ({ value, unit: 'minutes' });
export const officeMinutes = (value: number): Limit => ({ value, unit: 'office_minutes' });
export const workingDays = (value: number): Limit => ({ value, unit: 'working_days' });

/**
 * Every setting a city may change, with its default. Limits: Shandong hotline rules 2020 (5 working days, +10, 2 to return),
 * Beijing 2021 draft standard (2 h emergency, 24 h utilities); the rest is this product's proposal.
 */
export const parameterDefaults = {
  'city.hotline': '12345',
  'limit.emergency.acknowledge': minutes(15),
  'limit.emergency.contact': minutes(30),
  'limit.emergency.handle': minutes(120),
  'limit.urgent.acknowledge': minutes(30),
  'limit.urgent.contact': minutes(120),
  'limit.urgent.handle': minutes(24 * 60),
  'limit.general.acknowledge': officeMinutes(240),
  'limit.general.contact': minutes(24 * 60),
  'limit.general.handle': workingDays(5),
  'limit.complex.acknowledge': officeMinutes(240),
  'limit.complex.contact': minutes(24 * 60),
  'limit.complex.handle': workingDays(15),
  'limit.inquiry.acknowledge': officeMinutes(120),
  'limit.inquiry.contact': officeMinutes(480),
  'limit.inquiry.handle': workingDays(1),
  'limit.review': minutes(30),
  'limit.dispatch': minutes(30),
  'limit.dispatch.emergency': minutes(5),
  'limit.ruling': workingDays(1),
  'limit.ruling.round_the_clock': minutes(120),
  'limit.decision': workingDays(1),
  'limit.decision.round_the_clock': minutes(120),
  'limit.approve': workingDays(1),
  'limit.approve.round_the_clock': minutes(120),
  'limit.callback': workingDays(2),
  'limit.rework': workingDays(3),
  'limit.supervision_reply': workingDays(2),
  'cards.quiet_from': '22:00',
  'cards.quiet_until': '07:00',
  'key_tracking.open_days': 15,
  'limit.details': workingDays(5),
  'return.window': workingDays(2),
  'extension.working_days': 10,
  'suspension.days': 90,
  'whistle.emergency.acknowledge': minutes(10),
  'whistle.emergency.check_in': minutes(30),
  'whistle.routine.acknowledge': officeMinutes(60),
  'whistle.routine.check_in': workingDays(3),
  'whistle.hard.acknowledge': officeMinutes(60),
  'whistle.hard.check_in': workingDays(5),
  'whistle.project.acknowledge': officeMinutes(60),
  'whistle.project.check_in': workingDays(5),
  'callback.attempts': 3,
  'callback.days': 2,
  'callback.from_hour': 9,
  'callback.until_hour': 20,
  'callback.retry_minutes': 120,
  'callback.recall_percent': 10,
  'callback.self_evaluation_days': 7,
  'callback.link_days': 14,
  'archive.after_days': 30,
  'assessment.close_day': 3,
  'reopen.within_days': 90,
  'repeat.window_days': 90,
  'cluster.window_days': 7,
  'grid.households_min': 300,
  'grid.households_max': 400,
  'visits.target_fulltime': 100,
  'visits.target_assistant': 30,
  'reports.target_fulltime': 10,
  'reports.target_assistant': 4,
  'visits.position_days': 30,
  'watch.discontent_days': 30,
  'watch.health_days': 180,
  'integrity.mark_days': 90,
  'integrity.split_days': 7,
  'shift.first_hour': 8,
  'shift.a_day': 3,
  'reveal.daily_limit': 30,
  'export.approval_above_rows': 5000,
  'calendar.version': 1,
  'calendar.seasons': office_seasons,
} as const satisfies Record<string, string | number | Limit | readonly Season[]>;

type Widen<T> = T extends Limit ? Limit : T extends number ? number : T extends string ? string : readonly Season[];
export type ParameterKey = keyof typeof parameterDefaults;
export type Parameters = { readonly [K in ParameterKey]: Widen<(typeof parameterDefaults)[K]> };
export const parameterKeys = Object.keys(parameterDefaults) as ParameterKey[];

export interface Category {
  readonly code: string;
  readonly parent_code: string | null;
  readonly name_zh: string;
  readonly name_en: string;
  readonly lead_unit_id: number | null;
  readonly priority: Priority | null;
  readonly acknowledge_limit: Limit | null;
  readonly contact_limit: Limit | null;
  readonly handle_limit: Limit | null;
  /** In the order in which they are reached; at most three. */
  readonly milestones: readonly Milestone[];
}

/** A stage that the holder confirms on the way: make safe, repair, restore. */
export interface Milestone extends Limit {
  readonly name_zh: string;
  readonly name_en: string;
}
export const most_milestones = 3;

/** Everything that decides a due time, read once and held for seconds: parameters, calendar, categories. */
export interface Rulebook {
  readonly parameters: Parameters;
  readonly calendar: Calendar;
  readonly categories: ReadonlyMap<string, Category>;
  /** Every unit by its id, ended ones too: lists name places and holders without asking the database. */
  readonly units: ReadonlyMap<number, UnitName>;
}

/** The limit of an order: the category's own cell where a city filled it, else the priority's. */
export function limitOf(book: Rulebook, kind: LimitKind, priority: Priority, category_code: string | null): Limit {
  const own = category_code === null ? null : book.categories.get(category_code)?.[`${kind}_limit`];
  return own ?? book.parameters[`limit.${priority}.${kind}`];
}

/** How a limit is typed: people think in hours, the clocks run in minutes. */
export const limitEntries = {
  minutes: { unit: 'minutes', times: 1, most: 129_600 },
  hours: { unit: 'minutes', times: 60, most: 2160 },
  office_minutes: { unit: 'office_minutes', times: 1, most: 28_800 },
  office_hours: { unit: 'office_minutes', times: 60, most: 480 },
  working_days: { unit: 'working_days', times: 1, most: 250 },
} as const satisfies Record<string, { unit: Limit['unit']; times: number; most: number }>;
export type LimitEntry = keyof typeof limitEntries;
export const limitEntryNames = Object.keys(limitEntries) as LimitEntry[];

/** A limit as it was typed, in the largest of the entries that says it in whole numbers. */
export function entryOf({ value, unit }: Limit): { value: number; entry: LimitEntry } {
  const entry =
    limitEntryNames.findLast((name) => limitEntries[name].unit === unit && value % limitEntries[name].times === 0) ?? unit;
  return { value: value / limitEntries[entry].times, entry };
}
export const limitFrom = (value: number, entry: LimitEntry): Limit => ({
  value: value * limitEntries[entry].times,
  unit: limitEntries[entry].unit,
});

/** Where a limit comes from, and what it is: the category's own cell, else the priority's parameter. */
export function effectiveLimit(
  parameters: Parameters,
  category: Pick<Category, 'priority' | `${LimitKind}_limit`>,
  kind: LimitKind,
): { limit: Limit; own: boolean } | null {
  const own = category[`${kind}_limit`];
  if (own) return { limit: own, own: true };
  return category.priority ? { limit: parameters[`limit.${category.priority}.${kind}`], own: false } : null;
}

export type ParameterGroup = 'limits' | 'steps' | 'whistles' | 'callback' | 'grids' | 'safety' | 'city' | 'calendar';
export type ParameterRule =
  | { readonly group: ParameterGroup; readonly kind: 'limit' | 'seasons' | 'counted' }
  | { readonly group: ParameterGroup; readonly kind: 'number'; readonly min: number; readonly max: number }
  | { readonly group: ParameterGroup; readonly kind: 'text'; readonly pattern: RegExp; readonly max: number };

const limit = (group: ParameterGroup) => ({ group, kind: 'limit' }) as const;
const number = (group: ParameterGroup, min: number, max: number) => ({ group, kind: 'number', min, max }) as const;

/** What each parameter may be. A parameter left out here does not compile. */
export const parameterRules = {
  'city.hotline': { group: 'city', kind: 'text', pattern: /^[0-9-]{3,20}$/, max: 20 },
  'limit.emergency.acknowledge': limit('limits'),
  'limit.emergency.contact': limit('limits'),
  'limit.emergency.handle': limit('limits'),
  'limit.urgent.acknowledge': limit('limits'),
  'limit.urgent.contact': limit('limits'),
  'limit.urgent.handle': limit('limits'),
  'limit.general.acknowledge': limit('limits'),
  'limit.general.contact': limit('limits'),
  'limit.general.handle': limit('limits'),
  'limit.complex.acknowledge': limit('limits'),
  'limit.complex.contact': limit('limits'),
  'limit.complex.handle': limit('limits'),
  'limit.inquiry.acknowledge': limit('limits'),
  'limit.inquiry.contact': limit('limits'),
  'limit.inquiry.handle': limit('limits'),
  'limit.review': limit('steps'),
  'limit.dispatch': limit('steps'),
  'limit.dispatch.emergency': limit('steps'),
  'limit.ruling': limit('steps'),
  'limit.ruling.round_the_clock': limit('steps'),
  'limit.decision': limit('steps'),
  'limit.decision.round_the_clock': limit('steps'),
  'limit.approve': limit('steps'),
  'limit.approve.round_the_clock': limit('steps'),
  'limit.callback': limit('callback'),
  'limit.rework': limit('steps'),
  'limit.supervision_reply': limit('steps'),
  'cards.quiet_from': { group: 'steps', kind: 'text', pattern: /^([01]\d|2[0-3]):[0-5]\d$/, max: 5 },
  'cards.quiet_until': { group: 'steps', kind: 'text', pattern: /^([01]\d|2[0-3]):[0-5]\d$/, max: 5 },
  'key_tracking.open_days': number('steps', 1, 250),
  'limit.details': limit('steps'),
  'return.window': limit('steps'),
  'extension.working_days': number('steps', 1, 60),
  'suspension.days': number('steps', 1, 365),
  'whistle.emergency.acknowledge': limit('whistles'),
  'whistle.emergency.check_in': limit('whistles'),
  'whistle.routine.acknowledge': limit('whistles'),
  'whistle.routine.check_in': limit('whistles'),
  'whistle.hard.acknowledge': limit('whistles'),
  'whistle.hard.check_in': limit('whistles'),
  'whistle.project.acknowledge': limit('whistles'),
  'whistle.project.check_in': limit('whistles'),
  'callback.attempts': number('callback', 1, 10),
  'callback.days': number('callback', 1, 5),
  'callback.from_hour': number('callback', 0, 12),
  'callback.until_hour': number('callback', 13, 24),
  'callback.retry_minutes': number('callback', 0, 1440),
  'callback.recall_percent': number('callback', 0, 100),
  'callback.self_evaluation_days': number('callback', 1, 60),
  'callback.link_days': number('callback', 1, 90),
  'archive.after_days': number('callback', 0, 365),
  'assessment.close_day': number('callback', 1, 5),
  'reopen.within_days': number('callback', 1, 730),
  'repeat.window_days': number('steps', 1, 365),
  'cluster.window_days': number('steps', 1, 90),
  'grid.households_min': number('grids', 0, 10_000),
  'grid.households_max': number('grids', 1, 10_000),
  'visits.target_fulltime': number('grids', 1, 1000),
  'visits.target_assistant': number('grids', 1, 1000),
  'reports.target_fulltime': number('grids', 1, 1000),
  'reports.target_assistant': number('grids', 1, 1000),
  'visits.position_days': number('safety', 1, 365),
  'watch.discontent_days': number('safety', 1, 180),
  'watch.health_days': number('safety', 1, 1095),
  'integrity.mark_days': number('safety', 1, 365),
  'integrity.split_days': number('safety', 1, 30),
  'shift.first_hour': number('city', 0, 11),
  'shift.a_day': number('city', 1, 4),
  'reveal.daily_limit': number('safety', 0, 1000),
  'export.approval_above_rows': number('safety', 0, 1_000_000),
  'calendar.version': { group: 'calendar', kind: 'counted' },
  'calendar.seasons': { group: 'calendar', kind: 'seasons' },
} as const satisfies Record<ParameterKey, ParameterRule>;

/** Whether clocks that run follow an edit of it. */
export const movesClocks = (key: ParameterKey): boolean => key.startsWith('limit.') || key === 'calendar.seasons';

export const isParameter = (key: string): key is ParameterKey => Object.hasOwn(parameterDefaults, key);

/** How long before the last loaded year ends the calendar page grows loud. */
export const calendar_warning_days = 60;

/** What a day of the calendar is beside an ordinary one: a weekday off, or a weekend that is worked. */
export function dayMark(day: string, working: boolean): 'workday' | 'weekend' | 'holiday' | 'makeup' {
  const weekday = (Math.round(Date.parse(`${day}T00:00:00Z`) / 86_400_000) + 4) % 7;
  const weekend = weekday === 0 || weekday === 6;
  if (working) return weekend ? 'makeup' : 'workday';
  return weekend ? 'weekend' : 'holiday';
}

/** Every day of a year, weekends off: what a new year is before its holidays are entered. */
export function daysOfYear(year: number): { day: string; working: boolean }[] {
  const days: { day: string; working: boolean }[] = [];
  for (let at = Date.UTC(year, 0, 1); at < Date.UTC(year + 1, 0, 1); at += 86_400_000) {
    const day = new Date(at).toISOString().slice(0, 10);
    days.push({ day, working: dayMark(day, true) === 'workday' });
  }
  return days;
}
