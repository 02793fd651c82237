import { minutes, type Parameters, workingDays } from '../catalog/rules.ts';
import type { Limit } from '../core/calendar.ts';

export const visitStatuses = ['planned', 'checked_in', 'finished', 'dropped'] as const;
export type VisitStatus = (typeof visitStatuses)[number];

interface VisitRule {
  readonly from: readonly VisitStatus[];
  readonly to: VisitStatus;
}

/** The life of a visit. Whoever knocks writes down what was said, or that nobody opened; both belong to the visit that was begun. */
export const visitActs = {
  check_in: { from: ['planned'], to: 'checked_in' },
  finish: { from: ['checked_in'], to: 'finished' },
  drop: { from: ['planned'], to: 'dropped' },
} as const satisfies Record<string, VisitRule>;
export type VisitAct = keyof typeof visitActs;

export const canFollow = (status: VisitStatus, act: VisitAct): boolean =>
  (visitActs[act].from as readonly VisitStatus[]).includes(status);

/** How far ahead a visit may be planned, in days. */
export const plan_ahead_days = 60;
/** For how many hours the community sees where somebody checked in. */
export const position_shown_hours = 24;

/** A position as a phone measured it once, at the door. */
export interface Position {
  readonly latitude: number;
  readonly longitude: number;
  readonly accuracy_metres: number;
}

/** A room as it is kept, so that one household is one place however it was typed. */
export const roomOf = (typed: string): string => typed.normalize('NFKC').replace(/\s+/g, '');

/** Households a month that are expected of a member. */
export const targetOf = (kind: 'fulltime' | 'assistant', parameters: Parameters): number =>
  parameters[kind === 'fulltime' ? 'visits.target_fulltime' : 'visits.target_assistant'];

export const periods = { month: 1, quarter: 3 } as const;
export type Period = keyof typeof periods;

/** The first day of the month or quarter a day lies in. */
export function periodStart(period: Period, day: string): string {
  const month = Number(day.slice(5, 7));
  const first = period === 'month' ? month : month - ((month - 1) % 3);
  return `${day.slice(0, 4)}-${String(first).padStart(2, '0')}-01`;
}

/** The first day after a month 'YYYY-MM'. */
export function nextMonth(month: string): string {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return number === 12 ? `${year + 1}-01-01` : `${year}-${String(number + 1).padStart(2, '0')}-01`;
}

export const situations = ['bedridden', 'emergency_incident', 'discontent', 'dispute'] as const;
export type Situation = (typeof situations)[number];

interface FollowUp {
  readonly step: string;
  readonly limit: Limit;
  /** Done, it is due again after so many days, until the record is closed. */
  readonly again_days?: number;
}

/** What is to be done in each of the four situations, and until when, without anybody asking for it. */
export const followUps = {
  bedridden: [
    { step: 'visit_ill', limit: minutes(24 * 60) },
    { step: 'offer_errands', limit: minutes(24 * 60) },
    { step: 'revisit', limit: minutes(7 * 24 * 60), again_days: 7 },
  ],
  emergency_incident: [
    { step: 'call_emergency', limit: minutes(0) },
    { step: 'report_emergency', limit: minutes(15) },
    { step: 'tell_street', limit: minutes(15) },
  ],
  discontent: [
    { step: 'visit_discontent', limit: minutes(48 * 60) },
    { step: 'record_cause', limit: minutes(48 * 60) },
    { step: 'open_appeal', limit: minutes(48 * 60) },
  ],
  dispute: [
    { step: 'mediate', limit: workingDays(3) },
    { step: 'tell_community', limit: workingDays(4) },
    { step: 'tell_justice', limit: workingDays(5) },
  ],
} as const satisfies Record<Situation, readonly FollowUp[]>;
export type Step = (typeof followUps)[Situation][number]['step'];
export const followUpsOf = (situation: Situation): readonly FollowUp[] => followUps[situation];
export const againDays = (situation: Situation, step: string): number | undefined =>
  followUpsOf(situation).find((one) => one.step === step)?.again_days;

/** Health is opened for a reason only; of discontent only the event and the need are kept, and no place nearer than the building. */
export const isHealth = (situation: Situation): boolean => situation === 'bedridden';
export const namesRoom = (situation: Situation): boolean => situation !== 'discontent';

export const frequencies = ['daily', 'weekly', 'monthly', 'quarterly', 'event'] as const;
export type Frequency = (typeof frequencies)[number];

/** The log of duties is for today; who forgot writes up to so many days back. */
export const duty_days_back = 3;
