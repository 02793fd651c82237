/** Whistle and check-in (process, section 4). Buttons, forms, guards, labels and tests are read from these tables. */
import type { Rulebook } from '../catalog/rules.ts';
import { type Due, dueAt, type Limit, nextOpening } from '../core/calendar.ts';

export const statuses = [
  'draft',
  'pending_approval',
  'issued',
  'checking_in',
  'in_consultation',
  'resolved',
  'rated',
  'ended',
  'rejected',
  'withdrawn',
] as const;
export type Status = (typeof statuses)[number];
export const isOver = (status: Status): boolean => status === 'ended' || status === 'rejected' || status === 'withdrawn';

export const kinds = ['emergency', 'routine', 'hard', 'project'] as const;
export type Kind = (typeof kinds)[number];
export const subjects = ['appeal', 'project', 'enterprise'] as const;
export type Subject = (typeof subjects)[number];

/** What was studied first by the work committee: its number stands on the whistle before it is heard. */
export const needsDecision = (kind: Kind): boolean => kind === 'hard' || kind === 'project';

/** Who does an act: the calling unit, whoever approves there, a called unit, or the product by the clock. */
export type Side = 'caller' | 'approver' | 'called' | 'system';

interface ActRule {
  readonly by: Side;
  /** From which status to which; where nothing stands it cannot be done. */
  readonly moves: Partial<Record<Status, Status>>;
  /** Offered apart, because it ends or undoes. */
  readonly grave?: true;
}

const answering = { issued: 'checking_in', checking_in: 'checking_in' } as const;
/** Who comes after the time still comes: his clock says how late. */
const late = { ...answering, in_consultation: 'in_consultation' } as const;
const consulting = { in_consultation: 'in_consultation' } as const;

export const acts = {
  draft: { by: 'caller', moves: { draft: 'draft' } },
  propose: { by: 'caller', moves: { draft: 'pending_approval' } },
  issue: { by: 'approver', moves: { pending_approval: 'issued' } },
  reject: { by: 'approver', moves: { pending_approval: 'rejected' }, grave: true },
  acknowledge: { by: 'called', moves: late },
  check_in: { by: 'called', moves: late },
  refuse: { by: 'called', moves: answering, grave: true },
  consult: { by: 'system', moves: { issued: 'in_consultation', checking_in: 'in_consultation' } },
  record_minutes: { by: 'caller', moves: consulting },
  add_part: { by: 'caller', moves: consulting },
  report_part: { by: 'called', moves: consulting },
  finish_part: { by: 'caller', moves: consulting },
  resolve: { by: 'caller', moves: { in_consultation: 'resolved' } },
  rate: { by: 'caller', moves: { resolved: 'rated' } },
  judge: { by: 'called', moves: { in_consultation: 'in_consultation', resolved: 'resolved', rated: 'rated' } },
  end: { by: 'caller', moves: { rated: 'ended' } },
  withdraw: {
    by: 'caller',
    moves: { draft: 'withdrawn', pending_approval: 'withdrawn', issued: 'withdrawn' },
    grave: true,
  },
} as const satisfies Record<string, ActRule>;
export type Act = keyof typeof acts;
/** Acts of people. */
export type PersonAct = { [A in Act]: (typeof acts)[A]['by'] extends 'system' ? never : A }[Act];
export const actNames = Object.keys(acts) as Act[];
export const actRule = (act: Act): ActRule => acts[act];

export const canFollow = (status: Status, act: Act): boolean => actRule(act).moves[status] !== undefined;

/** Where an act leads. Only what `canFollow` allows may be asked. */
export function statusAfter(status: Status, act: Act): Status {
  const to = actRule(act).moves[status];
  if (to === undefined) throw new Error(`${act} cannot follow ${status}`);
  return to;
}

export const clockKinds = ['whistle_acknowledge', 'check_in'] as const;
export type WhistleClock = (typeof clockKinds)[number];
const limitName = { whistle_acknowledge: 'acknowledge', check_in: 'check_in' } as const;

export const limitFor = ({ parameters }: Pick<Rulebook, 'parameters'>, kind: Kind, clock: WhistleClock): Limit =>
  parameters[`whistle.${kind}.${limitName[clock]}`];

/** When a called unit must have answered. An emergency is heard at any hour; plain minutes of another kind count from the next opening. */
export function dueFor(
  book: Pick<Rulebook, 'parameters' | 'calendar'>,
  kind: Kind,
  clock: WhistleClock,
  issued_at: Date,
): Due & { readonly limit: Limit } {
  const limit = limitFor(book, kind, clock);
  const waits = kind !== 'emergency' && limit.unit === 'minutes';
  return { limit, ...dueAt(book.calendar, waits ? nextOpening(book.calendar, issued_at) : issued_at, limit) };
}

/** How a called unit stands: what it did itself, and what the clock says of what it did not do. */
export const answers = ['waiting', 'acknowledged', 'absent', 'checked_in', 'refused'] as const;
export type Answer = (typeof answers)[number];

export interface Called {
  readonly acknowledged_at: Date | null;
  readonly checked_in_at: Date | null;
  readonly refused_at: Date | null;
  /** When it had to be there; null before the whistle is heard. */
  readonly check_in_due_at: Date | null;
}

export function answerOf(called: Called, now: Date): Answer {
  if (called.checked_in_at) return 'checked_in';
  if (called.refused_at) return 'refused';
  if (called.check_in_due_at !== null && now > called.check_in_due_at) return 'absent';
  return called.acknowledged_at ? 'acknowledged' : 'waiting';
}

export const hasAnswered = ({ checked_in_at, refused_at }: Pick<Called, 'checked_in_at' | 'refused_at'>): boolean =>
  checked_in_at !== null || refused_at !== null;

/** What a called unit may still do itself: nobody checks in twice, or refuses what he came to. */
export function mayAnswer(act: 'acknowledge' | 'check_in' | 'refuse', called: Called): boolean {
  if (hasAnswered(called)) return false;
  return act !== 'acknowledge' || called.acknowledged_at === null;
}

/** The three marks the caller gives every called unit, and how much each part of the whistle score weighs (5.8), in per cent. */
export const marks = ['timeliness', 'cooperation', 'result'] as const;
export type Mark = (typeof marks)[number];
export const best_mark = 5;
export const weights = { acknowledged: 30, checked_in: 30, rating: 40 } as const;

export const most_called = 12;
