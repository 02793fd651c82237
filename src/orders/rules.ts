/** The life of a work order (process, section 3). */
import type { Field, InputOf } from '../appeals/rules.ts';
import type { ClockKind } from '../clocks/rules.ts';
import type { Post } from '../people/rules.ts';
import type { UnitKind } from '../units/rules.ts';

export const statuses = [
  'pending_ack',
  'in_progress',
  'return_requested',
  'suspended',
  'submitted',
  'accepted',
  'returned',
  'recalled',
  'reassigned',
  'escalated',
] as const;
export type Status = (typeof statuses)[number];
export const openStatuses = [
  'pending_ack',
  'in_progress',
  'return_requested',
  'suspended',
  'submitted',
] as const satisfies readonly Status[];
export const isOpen = (status: Status): boolean => (openStatuses as readonly Status[]).includes(status);

/** Ends that take an order out of the appeal: it neither holds the finish up nor counts for the unit. */
export const voidStatuses = ['returned', 'recalled', 'reassigned', 'escalated'] as const satisfies readonly Status[];
export const isVoid = (status: Status): boolean => (voidStatuses as readonly Status[]).includes(status);

/** Why a unit is supervised, and why a case is tracked: by the rules of the ladder, or by hand. */
export const supervisionReasons = ['second_dissatisfaction', 'overdue', 'three_reworks', 'no_lead', 'by_hand'] as const;
export type SupervisionReason = (typeof supervisionReasons)[number];
export const trackingReasons = ['second_dissatisfaction', 'long_open', 'three_reworks', 'no_lead', 'listed', 'by_hand'] as const;
export type TrackingReason = (typeof trackingReasons)[number];

export const roles = ['lead', 'co', 'part'] as const;
export type Role = (typeof roles)[number];

interface Act {
  readonly from: readonly Status[];
  readonly to: Status | 'same';
  readonly needs: readonly Field[];
  readonly takes?: readonly Field[];
  readonly system?: true;
  /** Refused while a part of the order is open. */
  readonly over?: 'no_open_part';
  /** Clocks of the order it stops, starts or pauses. */
  readonly stops?: readonly ClockKind[];
  readonly starts?: readonly ClockKind[];
  readonly pauses?: readonly ClockKind[];
  readonly resumes?: readonly ClockKind[];
  /** Which units' orders it is for; all when absent. */
  readonly holders?: readonly UnitKind[];
  readonly roles?: readonly Role[];
}

const everyClock = [
  'acknowledge',
  'contact',
  'handle',
  'milestone',
  'ruling',
  'decision',
  'approve',
  'promise',
  'supervision_reply',
] as const satisfies readonly ClockKind[];
/** What stands still while an order waits for something outside. */
const workClocks = ['contact', 'handle', 'milestone'] as const satisfies readonly ClockKind[];

export const acts = {
  acknowledge: { from: ['pending_ack'], to: 'in_progress', needs: [], stops: ['acknowledge'] },
  contact: { from: ['in_progress'], to: 'same', needs: ['how', 'result_of_contact'], stops: ['contact'], roles: ['lead'] },
  progress: { from: ['in_progress'], to: 'same', needs: ['progress'], takes: ['files'] },
  // It stops the next milestone alone.
  reach_milestone: { from: ['in_progress'], to: 'same', needs: ['progress'], takes: ['files'], roles: ['lead'] },
  forward: { from: ['in_progress'], to: 'same', needs: ['unit_id', 'instruction', 'due_on'], holders: ['town', 'community'] },
  escalate: {
    from: ['pending_ack', 'in_progress'],
    to: 'escalated',
    needs: ['tried', 'needed'],
    over: 'no_open_part',
    stops: everyClock,
    holders: ['grid', 'community', 'town'],
    roles: ['lead'],
  },
  request_return: {
    from: ['pending_ack', 'in_progress'],
    to: 'return_requested',
    needs: ['reason', 'category_code'],
    takes: ['suggested_unit_id'],
    over: 'no_open_part',
    stops: ['acknowledge', 'decision'],
    starts: ['ruling'],
    holders: ['town', 'department'],
  },
  uphold_return: { from: ['return_requested'], to: 'returned', needs: ['ruling'], stops: everyClock },
  reject_return: { from: ['return_requested'], to: 'in_progress', needs: ['ruling'], stops: ['ruling'] },
  recall: { from: ['pending_ack'], to: 'recalled', needs: ['reason'], stops: everyClock },
  recall_open: { from: [...openStatuses], to: 'recalled', needs: [], stops: everyClock, system: true },
  reassign: { from: ['pending_ack', 'in_progress'], to: 'reassigned', needs: ['unit_id', 'reason'], stops: everyClock },
  request_extension: { from: ['in_progress'], to: 'same', needs: ['extend_to', 'reason'], starts: ['decision'] },
  grant_extension: { from: ['in_progress'], to: 'same', needs: ['ruling'], stops: ['decision'] },
  deny_extension: { from: ['in_progress'], to: 'same', needs: ['ruling'], stops: ['decision'] },
  request_suspension: { from: ['in_progress'], to: 'same', needs: ['review_on', 'reason'], starts: ['decision'] },
  grant_suspension: { from: ['in_progress'], to: 'suspended', needs: ['ruling'], stops: ['decision'], pauses: workClocks },
  deny_suspension: { from: ['in_progress'], to: 'same', needs: ['ruling'], stops: ['decision'] },
  resume: { from: ['suspended'], to: 'in_progress', needs: ['reason'], resumes: workClocks },
  request_termination: {
    from: ['in_progress'],
    to: 'same',
    needs: ['decline_reason', 'request'],
    roles: ['lead'],
    holders: ['town', 'department'],
  },
  submit: {
    from: ['in_progress'],
    to: 'submitted',
    needs: ['result', 'outcome'],
    takes: ['promised_on', 'files'],
    over: 'no_open_part',
    stops: ['decision'],
    pauses: ['handle', 'milestone'],
    starts: ['approve'],
  },
  approve: {
    from: ['submitted'],
    to: 'accepted',
    needs: [],
    takes: ['remark'],
    over: 'no_open_part',
    stops: ['contact', 'approve', 'handle', 'milestone', 'supervision_reply'],
  },
  send_back: {
    from: ['submitted'],
    to: 'in_progress',
    needs: ['reason'],
    stops: ['approve', 'promise'],
    resumes: ['handle', 'milestone'],
  },
  rework: { from: ['accepted'], to: 'in_progress', needs: [], stops: ['promise'], starts: ['handle'], system: true },
  urge: { from: ['pending_ack', 'in_progress', 'submitted'], to: 'same', needs: ['remark'] },
  // Before an urge it skips a rung, and says why.
  supervise: { from: [...openStatuses], to: 'same', needs: ['demand'], takes: ['skip_reason'] },
} as const satisfies Record<string, Act>;

export type OrderAct = keyof typeof acts;
export const actNames = Object.keys(acts) as OrderAct[];
export const actRule = (act: OrderAct): Act => acts[act];
export type Input<A extends OrderAct> = InputOf<(typeof acts)[A]>;

/** The clocks that start with a new order; only the lead has to call the appellant. */
export const firstClocks: Record<Role, readonly ('acknowledge' | 'contact' | 'handle')[]> = {
  lead: ['acknowledge', 'contact', 'handle'],
  co: ['acknowledge', 'handle'],
  part: ['acknowledge', 'handle'],
};

/**
 * The unit an order answers to: it recalls it unacknowledged and rules on its return. A lead answers to the city however it came about
 * (landed, escalated, dispatched), so that nobody recalls his own way past a tier or rules on what he handed up.
 */
export function answersTo(role: Role, unit_path: string, made_by_unit_id: number): number {
  return role === 'lead' ? Number(unit_path.split('/')[1]) : made_by_unit_id;
}

/** The clock a list of work shows for an order in a status. */
export const stepClock: Partial<Record<Status, ClockKind>> = {
  pending_ack: 'acknowledge',
  in_progress: 'handle',
  return_requested: 'ruling',
  submitted: 'approve',
};

export function canFollow(order: { status: Status; role: Role; unit_kind: UnitKind }, act: OrderAct): boolean {
  const rule = actRule(act);
  return (
    rule.from.includes(order.status) &&
    (rule.roles?.includes(order.role) ?? true) &&
    (rule.holders?.includes(order.unit_kind) ?? true)
  );
}

export function statusAfter(status: Status, act: OrderAct): Status {
  const { to } = actRule(act);
  return to === 'same' ? status : to;
}

/** An appeal is finished when every order that still counts is accepted, and at least one is. */
export function isFinished(orders: readonly { status: Status }[]): boolean {
  const counting = orders.filter((order) => !isVoid(order.status));
  return counting.length > 0 && counting.every((order) => order.status === 'accepted');
}

/**
 * Who approves a submission: the posts of the unit itself or of the unit above it, by the holder's kind. A grid straight under a town
 * (no community there) is approved by the town. Where only the submitter could, the next tier does: never the submitter.
 */
export const approvers: Record<UnitKind, { readonly at: 'own' | 'above'; readonly posts: readonly Post[] }> = {
  department: { at: 'own', posts: ['department_leader'] },
  town: { at: 'own', posts: ['town_leader'] },
  community: { at: 'above', posts: ['town_leader', 'town_clerk'] },
  grid: { at: 'above', posts: ['community_secretary', 'community_clerk', 'town_leader', 'town_clerk'] },
  city: { at: 'own', posts: ['dispatch_officer'] },
};
export const approversOfLastResort: readonly Post[] = ['dispatch_officer'];

/** After so many upheld returns of an appeal's lead the next unit is designated: the ball is passed no further. */
export const most_returns = 2;
export const mustDesignate = (orders: readonly { role: Role; status: Status }[]): boolean =>
  orders.filter(({ role, status }) => role === 'lead' && status === 'returned').length >= most_returns;

/** A return is asked within 2 working days and at most half the limit (Shandong 2020), once a unit, and never by a designated one. */
export function mayStillReturn(
  order: { designated: boolean; created_at: Date; due_at: Date },
  window_due_at: Date,
  now: Date,
): 'yes' | 'designated' | 'too_late' {
  if (order.designated) return 'designated';
  const half = order.created_at.getTime() + (order.due_at.getTime() - order.created_at.getTime()) / 2;
  return now.getTime() <= Math.min(half, window_due_at.getTime()) ? 'yes' : 'too_late';
}

/** An extension is asked while the order is still on time, once a round, for a later day within the longest one. */
export function mayExtend(
  order: { due_at: Date },
  asked: { due_at: Date; latest: Date; whole_due_at: Date | null; before: boolean },
  now: Date,
): 'yes' | 'extension_too_late' | 'extended_before' | 'extension_not_later' | 'extension_too_long' | 'extension_beyond_whole' {
  if (now > order.due_at) return 'extension_too_late';
  if (asked.before) return 'extended_before';
  if (asked.due_at <= order.due_at) return 'extension_not_later';
  if (asked.due_at > asked.latest) return 'extension_too_long';
  return asked.whole_due_at !== null && asked.due_at > asked.whole_due_at ? 'extension_beyond_whole' : 'yes';
}

/** Whose post acts for a unit that holds an order. */
export const holderPosts: Record<UnitKind, readonly Post[]> = {
  city: [],
  town: ['town_clerk', 'town_leader'],
  community: ['community_clerk', 'community_secretary'],
  grid: ['linked_member'],
  department: ['department_clerk', 'department_leader'],
};

/** What an open work order knows of its parts: the open ones hold submit, approve, return and escalation up. */
export function openParts<O extends { parent_id: number | null; status: Status }>(orders: readonly O[], id: number): O[] {
  return orders.filter((order) => order.parent_id === id && isOpen(order.status));
}

/** An order and everything made out of it, deepest first, so that a recall never leaves a part behind. */
export function withParts<O extends { id: number; parent_id: number | null }>(orders: readonly O[], id: number): O[] {
  const below = orders.filter((order) => order.parent_id === id).flatMap((part) => withParts(orders, part.id));
  return [...below, ...orders.filter((order) => order.id === id)];
}
