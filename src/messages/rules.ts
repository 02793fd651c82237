import type { Post } from '../people/rules.ts';

/** What the product tells people by itself. Staff read it in their inbox, appellants get it through the outbox. */
export const staffEvents = [
  'order_made',
  'order_recalled',
  'order_returned',
  'return_rejected',
  'return_requested',
  'submitted',
  'sent_back',
  'approved',
  'escalated',
  'rework',
  'reviewed',
  'supervision',
  'reveal_limit',
  'termination_requested',
  'extension_requested',
  'suspension_requested',
  'request_granted',
  'request_denied',
  'resumed',
  'comment',
] as const;
export type StaffEvent = (typeof staffEvents)[number];

export const appellantEvents = [
  'registered',
  'details_wanted',
  'declined',
  'accepted',
  'answered',
  'extended',
  'finished',
  'closed',
  'withdrawn',
  'merged',
  'terminated',
] as const;
export type AppellantEvent = (typeof appellantEvents)[number];

/** After these the appellant is asked what he thinks of it: the text brings a link for this round. */
export const asksEvaluation = (event: AppellantEvent): boolean => event === 'finished' || event === 'answered';

export interface Notice {
  readonly event: StaffEvent;
  readonly unit_id: number;
  readonly posts: readonly Post[];
  readonly work_order_id: number | null;
}

/** Gaps between tries of a message that did not go out, in minutes; after the last it waits for a person. */
export const retryMinutes = [1, 5, 30, 120, 720] as const;
/** A message taken for sending and not settled for so long is lost: nobody knows whether it went out. */
export const stuck_minutes = 10;
/** Characters of a text message; longer ones are cut. */
export const sms_length = 300;
