import type { AppealAct, Field } from '../appeals/rules.ts';
import type { OrderAct } from '../orders/rules.ts';
import type { Permission } from '../policy.ts';

/** The queues people work through, each with its tabs; the first tab is the one they open on. */
export const desks = {
  review: ['pending_review', 'awaiting_details', 'grid_emergency'],
  dispatch: ['pending_dispatch', 'unacknowledged', 'returns', 'due_soon', 'overdue', 'last_resort'],
  handling: ['pending_ack', 'in_progress', 'return_requested', 'submitted', 'suspended', 'parts', 'returns', 'requests'],
  approval: ['awaiting_approval'],
  callback: ['pending_callback', 'call_later', 'answered', 'followers'],
  supervision: [
    'overdue',
    'red_cards',
    'replies',
    'listed',
    'talks',
    'due_soon',
    'requests',
    'suspended',
    'countersign',
    'terminations',
    'tracked',
  ],
} as const satisfies Record<string, readonly string[]>;

export type Desk = keyof typeof desks;
export type Tab = (typeof desks)[Desk][number];
export const deskNames = Object.keys(desks) as Desk[];
export const isDesk = (text: unknown): text is Desk => typeof text === 'string' && Object.hasOwn(desks, text);
export const deskPermission = (desk: Desk): Permission => `desk.${desk}`;

/** The order in which acts are offered: the likely one first. It is shown open, the others wait folded. */
export const likelyOnAppeal: readonly AppealAct[] = [
  'dispatch',
  'accept',
  'close',
  'rate',
  'rework',
  'rework_answer',
  'attempt',
  'countersign',
  'terminate',
  'propose_termination',
  'answer',
  'request_details',
  'decline',
  'supply_details',
  'merge',
  'unmerge',
  'transfer',
  'reopen',
  'correct',
  'withdraw',
  'comment',
];
export const likelyOnOrder: readonly OrderAct[] = [
  'acknowledge',
  'approve',
  'send_back',
  'uphold_return',
  'reject_return',
  'grant_extension',
  'deny_extension',
  'grant_suspension',
  'deny_suspension',
  'resume',
  'reach_milestone',
  'submit',
  'contact',
  'progress',
  'forward',
  'escalate',
  'request_return',
  'request_extension',
  'request_suspension',
  'recall',
  'reassign',
  'request_termination',
  'urge',
  'supervise',
];

/** Acts that are somebody's turn: the first of them stands open. What one merely may do waits folded. */
export const turnActs: readonly (AppealAct | OrderAct)[] = [
  'dispatch',
  'accept',
  'close',
  'rate',
  'countersign',
  'propose_termination',
  'terminate',
  'acknowledge',
  'approve',
  'uphold_return',
  'grant_extension',
  'grant_suspension',
  'submit',
  'supply_details',
];

/** The key that opens an act on the console. */
export const actKeys: Partial<Record<AppealAct | OrderAct, string>> = {
  dispatch: 'd',
  accept: 'a',
  merge: 'm',
  answer: 'r',
  decline: 'x',
  acknowledge: 'q',
  submit: 'b',
  approve: 'p',
  close: 'c',
  escalate: 'u',
  forward: 'f',
  progress: 'g',
};

/** Acts that no form can take back: they look the part. */
export const graveActs: readonly (AppealAct | OrderAct)[] = [
  'decline',
  'withdraw',
  'terminate',
  'merge',
  'escalate',
  'request_return',
];

/** How each field is drawn. */
export type Drawing =
  | { readonly as: 'text' | 'textarea' | 'day' | 'moment' | 'yes_no'; readonly rows?: number; readonly max?: number }
  | {
      readonly as: 'choice' | 'radios';
      readonly of:
        | 'kinds'
        | 'priorities'
        | 'levels'
        | 'decline_reasons'
        | 'outcomes'
        | 'contact_ways'
        | 'callback_outcomes'
        | 'lines';
    }
  | { readonly as: 'category' | 'unit' | 'units' | 'place' | 'files' | 'lead' };

export const drawings: Record<Field, Drawing> = {
  answer: { as: 'textarea', rows: 4 },
  line: { as: 'radios', of: 'lines' },
  transferred_at: { as: 'moment' },
  question: { as: 'textarea', rows: 2 },
  supplement: { as: 'textarea', rows: 3 },
  files: { as: 'files' },
  decline_reason: { as: 'choice', of: 'decline_reasons' },
  other_way: { as: 'textarea', rows: 2 },
  kind: { as: 'choice', of: 'kinds' },
  category_code: { as: 'category' },
  priority: { as: 'choice', of: 'priorities' },
  about_unit_id: { as: 'unit' },
  place_unit_id: { as: 'place' },
  target: { as: 'text', max: 20 },
  reason: { as: 'textarea', rows: 2 },
  lead_unit_id: { as: 'lead' },
  co_unit_ids: { as: 'units' },
  instruction: { as: 'textarea', rows: 2 },
  callback_outcome: { as: 'radios', of: 'callback_outcomes' },
  again_at: { as: 'moment' },
  contacted: { as: 'yes_no' },
  solved: { as: 'yes_no' },
  level: { as: 'radios', of: 'levels' },
  remark: { as: 'textarea', rows: 2 },
  new_fact: { as: 'textarea', rows: 3 },
  comment: { as: 'textarea', rows: 2 },
  how: { as: 'radios', of: 'contact_ways' },
  result_of_contact: { as: 'textarea', rows: 2 },
  progress: { as: 'textarea', rows: 3 },
  unit_id: { as: 'unit' },
  tried: { as: 'textarea', rows: 2 },
  needed: { as: 'textarea', rows: 2 },
  ruling: { as: 'textarea', rows: 2 },
  outcome: { as: 'radios', of: 'outcomes' },
  result: { as: 'textarea', rows: 3 },
  promised_on: { as: 'day' },
  request: { as: 'textarea', rows: 3 },
  due_on: { as: 'day' },
  extend_to: { as: 'day' },
  review_on: { as: 'day' },
  suggested_unit_id: { as: 'unit' },
  demand: { as: 'textarea', rows: 3 },
  skip_reason: { as: 'textarea', rows: 2 },
};
