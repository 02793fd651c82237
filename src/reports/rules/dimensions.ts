import { addDays, dayOf } from '../../core/clock.ts';

/** What an appeal is counted by. `tier`: who had the lead; `took`: how long it took. */
export const dimensions = ['unit', 'town', 'community', 'grid', 'category', 'topic', 'channel', 'tier', 'took'] as const;
export type Dimension = (typeof dimensions)[number];
/** Those that any two of can be set against each other. */
export const crossed = [
  'unit',
  'town',
  'community',
  'grid',
  'category',
  'topic',
  'channel',
] as const satisfies readonly Dimension[];
export type Crossed = (typeof crossed)[number];
export const times = ['day', 'week', 'month'] as const;
export type Time = (typeof times)[number];
export const axes = [...crossed, ...times] as const;
export type Axis = (typeof axes)[number];
export const isTime = (axis: string): axis is Time => times.some((one) => one === axis);

export const measures = ['received', 'open', 'ended', 'satisfied', 'basic', 'dissatisfied'] as const;
export type Measure = (typeof measures)[number];
/** One figure for each measure; written out, because a table has these columns. */
export interface CellCounts {
  readonly received: number;
  readonly open: number;
  readonly ended: number;
  readonly satisfied: number;
  readonly basic: number;
  readonly dissatisfied: number;
}

/** What the unit in the lead is; `none`: answered at once, or not yet dispatched. */
export const tiers = ['grid', 'community', 'town', 'department', 'city', 'none'] as const;
export type Tier = (typeof tiers)[number];

/** How long a case took, up to so many minutes; the last has no end. */
export const tookSteps = [
  ['h2', 120],
  ['h8', 480],
  ['d1', 1440],
  ['d3', 4320],
  ['d5', 7200],
  ['d7', 10_080],
  ['d10', 14_400],
  ['d15', 21_600],
  ['d30', 43_200],
  ['more', null],
] as const;
export type Took = (typeof tookSteps)[number][0];
export const tookNames = tookSteps.map(([name]) => name);

/** Which cells a pair of dimensions lies in, and whether they are the other way round there. */
export function pairOf(one: Crossed, other: Crossed): { dims: string; turned: boolean } {
  const turned = crossed.indexOf(one) > crossed.indexOf(other);
  return { dims: turned ? `${other}*${one}` : `${one}*${other}`, turned };
}
export const pairs = crossed.flatMap((one, i) => crossed.slice(i + 1).map((other) => [one, other] as const));

/** The days of a month, of a week (by its Monday), or one day. */
export function daysOf(axis: Time, key: string): { from: string; to: string } {
  if (axis === 'day') return { from: key, to: key };
  if (axis === 'week') return { from: key, to: addDays(key, 6) };
  return { from: `${key}-01`, to: lastDay(key) };
}
export const lastDay = (month: string): string =>
  new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 0)).toISOString().slice(0, 10);
export const mondayOf = (day: string): string => {
  const weekday = (Math.round(Date.parse(`${day}T00:00:00Z`) / 86_400_000) + 3) % 7;
  return addDays(day, -weekday);
};
/** So many months before. */
export function monthBefore(month: string, n = 1): string {
  const at = Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1 - n;
  return `${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}`;
}
export const monthOf = (at: Date): string => dayOf(at).slice(0, 7);

export interface Range {
  readonly from: string;
  readonly to: string;
}
type Query = Readonly<Record<string, string | null>>;

/** The part of a ledger's address that says the same as a key of a dimension. */
export function queryOf(axis: Axis | 'tier' | 'took', key: string, kinds: (id: number) => string | undefined): Query {
  if (isTime(axis)) return { ...daysOf(axis, key) };
  switch (axis) {
    case 'unit':
      return /^\d+$/.test(key) ? { unit: key } : { tier: key };
    case 'town':
    case 'community':
      return kinds(Number(key)) === axis ? { place: key } : { at: key };
    case 'grid':
      return { at: key };
    case 'category':
    case 'topic':
      return { category: key };
    default:
      return { [axis]: key };
  }
}

/** What the ledger asks for to hold exactly what a measure counts. */
export const queryOfMeasure: Record<Measure, Query> = {
  received: {},
  open: { stage: 'open' },
  ended: { stage: 'ended' },
  satisfied: { level: 'satisfied' },
  basic: { level: 'basic' },
  dissatisfied: { level: 'dissatisfied' },
};

/** The narrower of two spans of days. */
export function within(range: Range, query: Query): Query {
  const from = query['from'];
  const to = query['to'];
  return { ...query, from: from && from > range.from ? from : range.from, to: to && to < range.to ? to : range.to };
}
