import type { ClockKind } from '../clocks/rules.ts';
import { addOfficeMinutes, type Calendar, closeOfNthWorkingDay, type Limit, officeTimeBetween } from '../core/calendar.ts';
import { addMinutes } from '../core/clock.ts';
import { approvers, holderPosts, type SupervisionReason } from '../orders/rules.ts';
import type { Post } from '../people/rules.ts';
import type { UnitKind } from '../units/rules.ts';

export const colors = ['reminder', 'yellow', 'red'] as const;
export type Color = (typeof colors)[number];

/** What is planned for a running clock; at its due time it gets the red card. */
export interface CardTimes {
  readonly remind_at: Date;
  readonly yellow_at: Date;
}

/**
 * Half of the time, and one working day before it is over; where the limit is one working day at most, or hours, at 75 %. Office limits are
 * divided in office time. `from`: where counting begins; a clock that was moved is counted from the moment it was.
 */
export function cardTimes(calendar: Calendar, limit: Limit, from: Date, due_at: Date): CardTimes {
  const share = (part: number): Date => {
    if (due_at <= from) return due_at;
    if (limit.unit === 'minutes') return addMinutes(from, ((due_at.getTime() - from.getTime()) / 60_000) * part);
    const office = officeTimeBetween(calendar, from, due_at);
    return earlier(addOfficeMinutes(calendar, from, office * part).due_at, due_at);
  };
  const days = limit.unit === 'working_days' && limit.value > 1;
  return { remind_at: share(0.5), yellow_at: days ? earlier(dayBefore(calendar, due_at), due_at) : share(0.75) };
}

const earlier = (a: Date, b: Date): Date => (a < b ? a : b);

/** The close of the working day before the one on which it is due. */
const dayBefore = (calendar: Calendar, due_at: Date): Date => closeOfNthWorkingDay(calendar, due_at, -1).due_at;

/** Whether nobody is to be disturbed now, `HH:MM` to `HH:MM` of the city, over midnight too. */
export function isQuiet(from: string, until: string, minute_of_day: number): boolean {
  const [start, end] = [from, until].map((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3))) as [number, number];
  return start <= end ? minute_of_day >= start && minute_of_day < end : minute_of_day >= start || minute_of_day < end;
}

/** Whose time a clock is: the desk of the city, whoever the order answers to, whoever approves it, or its holder. */
export const ownerOf = {
  review: 'city',
  dispatch: 'city',
  callback: 'city',
  ruling: 'maker',
  decision: 'maker',
  approve: 'approver',
  acknowledge: 'holder',
  contact: 'holder',
  handle: 'holder',
  promise: 'holder',
  milestone: 'holder',
  supervision_reply: 'holder',
  check_in: 'holder',
  whistle_acknowledge: 'holder',
} as const satisfies Record<ClockKind, 'city' | 'maker' | 'approver' | 'holder'>;

const atCity: Partial<Record<ClockKind, readonly Post[]>> = {
  review: ['review_officer'],
  dispatch: ['dispatch_officer'],
  callback: ['callback_officer'],
  ruling: ['dispatch_officer'],
  decision: ['supervision_officer'],
  approve: ['dispatch_officer'],
};

/** The posts told of a clock's cards at the unit whose time it is. */
export function toldPosts(kind: ClockKind, unit_kind: UnitKind): readonly Post[] {
  if (unit_kind === 'city') return atCity[kind] ?? [];
  return kind === 'approve' && approvers[unit_kind].at === 'own' ? approvers[unit_kind].posts : holderPosts[unit_kind];
}

/**
 * The rules by which the ladder is climbed without anybody's hand. `rung`: where the supervision order begins; `tracked`: the case is put
 * on the ledger of key tracking too. The second dissatisfaction does so in the act that reworks it; the others are found by the watch.
 */
export const automatic = {
  overdue: { rung: 'order', tracked: false },
  second_dissatisfaction: { rung: 'order', tracked: true },
  three_reworks: { rung: 'listed', tracked: true },
  no_lead: { rung: 'listed', tracked: true },
} as const satisfies Record<Exclude<SupervisionReason, 'by_hand'>, { rung: 'order' | 'listed'; tracked: boolean }>;
export type Automatic = keyof typeof automatic;
/** Reworks, and leads that were returned or reassigned, from which on a rule holds. */
export const three = 3;

export const rungs = ['remind', 'urge', 'order', 'listed', 'talk'] as const;
export type Rung = (typeof rungs)[number];
export const levels = ['order', 'listed', 'talk'] as const;
export type Level = (typeof levels)[number];

/** Where a supervision order stands, for its tag and its desk. */
export type Stage = 'to_read' | 'to_reply' | 'to_judge' | 'accepted' | 'ended';
export function stageOf(order: {
  readonly read_at: Date | null;
  readonly accepted_at: Date | null;
  readonly ended_at: Date | null;
  readonly judging: boolean;
}): Stage {
  if (order.ended_at) return 'ended';
  if (order.accepted_at) return 'accepted';
  if (order.judging) return 'to_judge';
  return order.read_at ? 'to_reply' : 'to_read';
}

/** What is done on a supervision order, by its rung and what became of it: the page offers, and the action refuses, by this table. */
export const acts = {
  read_supervision: { permission: 'supervision.reply', when: (stage) => stage === 'to_read' },
  reply_supervision: { permission: 'supervision.reply', when: (stage) => stage === 'to_read' || stage === 'to_reply' },
  accept_reply: { permission: 'supervision.judge', when: (stage) => stage === 'to_judge' },
  send_back_reply: { permission: 'supervision.judge', when: (stage) => stage === 'to_judge' },
  list_supervision: { permission: 'supervision.list', when: (stage, { level }) => stage !== 'ended' && level === 'order' },
  summon: { permission: 'supervision.summon', when: (stage, { talk_open }) => stage !== 'ended' && !talk_open },
  record_talk: { permission: 'supervision.summon', when: (_stage, { talk_open }) => talk_open },
} as const satisfies Record<
  string,
  {
    permission: `supervision.${'reply' | 'judge' | 'list' | 'summon'}`;
    when: (stage: Stage, order: { level: Level; talk_open: boolean }) => boolean;
  }
>;
export type Act = keyof typeof acts;
export const actNames = Object.keys(acts) as Act[];

/** What each asks for. */
export interface ActInputs {
  read_supervision: Readonly<Record<string, never>>;
  reply_supervision: { readonly reply: string };
  accept_reply: { readonly ruling: string | null };
  send_back_reply: { readonly ruling: string };
  list_supervision: { readonly reason: string };
  summon: { readonly talk_at: Date; readonly place: string; readonly reason: string; readonly skip_reason: string | null };
  record_talk: { readonly attended: string; readonly minutes: string };
}

/** A talk before it was listed skips a rung, and needs its reason. */
export const skipsToTalk = (level: Level): boolean => level === 'order';

/** How old an open case is, in days, for the list of what is outstanding. */
export const ages = [
  { key: 'week', from: 0, to: 7 },
  { key: 'fortnight', from: 7, to: 15 },
  { key: 'month', from: 15, to: 30 },
  { key: 'older', from: 30, to: null },
] as const;
export type Age = (typeof ages)[number]['key'];
