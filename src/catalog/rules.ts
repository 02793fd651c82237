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
  'limit.approve': workingDays(1),
  'limit.approve.round_the_clock': minutes(120),
  'limit.callback': workingDays(2),
  'limit.rework': workingDays(3),
  'limit.details': workingDays(5),
  'return.window': workingDays(2),
  'callback.attempts': 3,
  'callback.self_evaluation_days': 7,
  'archive.after_days': 30,
  'reopen.within_days': 90,
  'repeat.window_days': 90,
  'cluster.window_days': 7,
  'grid.households_min': 300,
  'grid.households_max': 400,
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
}

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
