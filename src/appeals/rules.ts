/** The life of an appeal (process, section 2). Buttons, forms, guards, labels, tests and the public progress bar are read from these tables. */
import type { Priority } from '../catalog/rules.ts';
import type { ClockKind } from '../clocks/rules.ts';

export const statuses = [
  'pending_review',
  'awaiting_details',
  'pending_dispatch',
  'in_handling',
  'pending_callback',
  'answered',
  'declined',
  'withdrawn',
  'merged',
  'closed',
  'archived',
] as const;
export type Status = (typeof statuses)[number];

export const stages = ['intake', 'routing', 'feedback', 'closing'] as const;
export type Stage = (typeof stages)[number];

/** Which of the four steps the resident's bar shows. */
export const stageOf: Record<Status, Stage> = {
  pending_review: 'intake',
  awaiting_details: 'intake',
  pending_dispatch: 'intake',
  in_handling: 'routing',
  pending_callback: 'feedback',
  answered: 'feedback',
  declined: 'closing',
  withdrawn: 'closing',
  merged: 'closing',
  closed: 'closing',
  archived: 'closing',
};

/** The clock that runs while an appeal stands in a status; `paused` keeps the review clock waiting for details. */
export const clockOf: Partial<Record<Status, { readonly kind: ClockKind; readonly paused?: true }>> = {
  pending_review: { kind: 'review' },
  awaiting_details: { kind: 'review', paused: true },
  pending_dispatch: { kind: 'dispatch' },
  pending_callback: { kind: 'callback' },
};

export const channels = [
  'hotline',
  'qr_code',
  'app_snapshot',
  'app_voice',
  'web',
  'walk_in',
  'superior_assigned',
  'proactive_patrol',
  'import',
] as const;
export type Channel = (typeof channels)[number];
export const kinds = ['inquiry', 'help', 'complaint', 'report', 'suggestion', 'praise'] as const;
export type Kind = (typeof kinds)[number];
export const levels = ['satisfied', 'basic', 'dissatisfied'] as const;
export type Level = (typeof levels)[number];

/** The six lawful reasons to decline; each must come with the other way to go. */
export const declineReasons = [
  'emergency_line',
  'other_procedure',
  'already_concluded',
  'secret_or_privacy',
  'beyond_duties',
  'unlawful',
] as const;
export type DeclineReason = (typeof declineReasons)[number];
export const emergencyLines = ['110', '119', '120', '122'] as const;
export type EmergencyLine = (typeof emergencyLines)[number];
export const callbackOutcomes = ['reached', 'no_answer', 'later', 'refused'] as const;
export type CallbackOutcome = (typeof callbackOutcomes)[number];

/** How the handling unit reached the appellant, and what it says came of its work; here because the fields of all acts stand together. */
export const contactWays = ['phone', 'visit', 'message', 'relay'] as const;
export type ContactWay = (typeof contactWays)[number];
export const outcomes = ['solved', 'explained', 'promised', 'impossible'] as const;
export type Outcome = (typeof outcomes)[number];

/** What a person may be asked for when acting; `forms.ts` knows how each is read, the page how each is drawn. */
export interface Fields {
  answer: string;
  line: EmergencyLine;
  transferred_at: Date;
  question: string;
  supplement: string;
  files: null;
  decline_reason: DeclineReason;
  other_way: string;
  kind: Kind;
  category_code: string;
  priority: Priority;
  about_unit_id: number;
  place_unit_id: number;
  target: string;
  reason: string;
  lead_unit_id: number;
  co_unit_ids: readonly number[];
  instruction: string;
  due_on: string;
  callback_outcome: CallbackOutcome;
  again_at: Date;
  contacted: boolean;
  solved: boolean;
  level: Level;
  remark: string;
  new_fact: string;
  comment: string;
  how: ContactWay;
  result_of_contact: string;
  progress: string;
  unit_id: number;
  tried: string;
  needed: string;
  ruling: string;
  outcome: Outcome;
  result: string;
  promised_on: string;
  request: string;
  extend_to: string;
  review_on: string;
  suggested_unit_id: number;
  demand: string;
  skip_reason: string;
}
export type Field = keyof Fields;

interface Act {
  readonly from: readonly Status[];
  /** `same`: the status stays. */
  readonly to: Status | 'same';
  readonly needs: readonly Field[];
  /** Asked for, but may stay empty. */
  readonly takes?: readonly Field[];
  /** Done by the product or as a consequence of another act, never by a button. */
  readonly system?: true;
}

const open = ['pending_review', 'awaiting_details', 'pending_dispatch', 'in_handling'] as const;

export const acts = {
  answer: { from: ['pending_review'], to: 'answered', needs: ['answer'] },
  transfer: { from: ['pending_review'], to: 'answered', needs: ['line', 'transferred_at'] },
  request_details: { from: ['pending_review'], to: 'awaiting_details', needs: ['question'] },
  supply_details: { from: ['awaiting_details'], to: 'pending_review', needs: ['supplement'], takes: ['files'] },
  // An appeal of another system that brought its answer along; it was worked on there.
  import_close: { from: ['pending_review'], to: 'closed', needs: [], system: true },
  lapse: { from: ['awaiting_details'], to: 'closed', needs: [], system: true },
  decline: { from: ['pending_review'], to: 'declined', needs: ['decline_reason', 'other_way'] },
  accept: {
    from: ['pending_review'],
    to: 'pending_dispatch',
    needs: ['kind', 'category_code', 'priority'],
    takes: ['about_unit_id', 'place_unit_id'],
  },
  merge: { from: ['pending_review', 'pending_dispatch', 'in_handling'], to: 'merged', needs: ['target'] },
  unmerge: { from: ['merged'], to: 'pending_review', needs: ['reason'] },
  dispatch: { from: ['pending_dispatch'], to: 'in_handling', needs: ['lead_unit_id', 'instruction'], takes: ['co_unit_ids'] },
  redispatch: { from: ['in_handling'], to: 'pending_dispatch', needs: [], system: true },
  rereview: { from: ['in_handling'], to: 'pending_review', needs: [], system: true },
  finish: { from: ['in_handling'], to: 'pending_callback', needs: [], system: true },
  finish_own: { from: ['in_handling'], to: 'closed', needs: [], system: true },
  attempt: { from: ['pending_callback', 'answered'], to: 'same', needs: ['callback_outcome'], takes: ['again_at', 'remark'] },
  rework: { from: ['pending_callback'], to: 'in_handling', needs: ['reason'], takes: ['contacted', 'solved'] },
  rework_answer: { from: ['answered'], to: 'pending_review', needs: ['reason'] },
  close: { from: ['pending_callback', 'answered'], to: 'closed', needs: ['level', 'contacted', 'solved'], takes: ['remark'] },
  close_unreached: { from: ['pending_callback', 'answered'], to: 'closed', needs: [], system: true },
  countersign: { from: ['pending_callback', 'answered'], to: 'same', needs: ['remark'] },
  propose_termination: { from: ['in_handling'], to: 'same', needs: ['decline_reason', 'remark'] },
  terminate: { from: ['in_handling'], to: 'declined', needs: ['other_way'] },
  withdraw: { from: open, to: 'withdrawn', needs: ['reason'] },
  reopen: { from: ['answered', 'closed', 'declined', 'archived'], to: 'pending_review', needs: ['new_fact'] },
  archive: { from: ['closed', 'declined', 'withdrawn'], to: 'archived', needs: [], system: true },
  answer_merged: { from: ['merged'], to: 'same', needs: [], system: true },
  rework_merged: { from: ['merged'], to: 'same', needs: [], system: true },
  close_merged: { from: ['merged'], to: 'closed', needs: [], system: true },
  rate: {
    from: ['merged', 'pending_callback', 'answered'],
    to: 'same',
    needs: ['level', 'contacted', 'solved'],
    takes: ['remark'],
  },
  correct: { from: [...open], to: 'same', needs: ['category_code', 'priority'], takes: ['place_unit_id'] },
  comment: { from: [...open, 'pending_callback', 'answered'], to: 'same', needs: ['comment'], takes: ['files'] },
} as const satisfies Record<string, Act>;

export type AppealAct = keyof typeof acts;
export const actNames = Object.keys(acts) as AppealAct[];
export const actRule = (act: AppealAct): Act => acts[act];

type Needed<R> = R extends { readonly needs: readonly (infer F extends Field)[] } ? F : never;
type Taken<R> = R extends { readonly takes: readonly (infer F extends Field)[] } ? F : never;
/** The input of an act, from its row: what it needs, and what it takes when given. */
export type InputOf<R> = { readonly [F in Exclude<Needed<R>, 'files'>]: Fields[F] } & {
  readonly [F in Exclude<Taken<R>, 'files'>]?: Fields[F] | undefined;
};
export type Input<A extends AppealAct> = InputOf<(typeof acts)[A]>;

/** Where a new appeal lands by its channel: the city's review, the lowest tier of its place with somebody on duty, or the unit that took it. */
export const landing: Record<Channel, 'review' | 'place' | 'own'> = {
  hotline: 'review',
  web: 'review',
  import: 'review',
  qr_code: 'place',
  app_snapshot: 'place',
  app_voice: 'place',
  walk_in: 'own',
  superior_assigned: 'own',
  proactive_patrol: 'own',
};

/** What an appellant may do on his own appeal, without a post. He rates; closing is the callback officer's or, in time, the product's. */
export const appellantActs: readonly AppealAct[] = [
  'supply_details',
  'comment',
  'withdraw',
  'reopen',
  'rework',
  'rework_answer',
  'rate',
];

/** Finds of our own people: where no appellant is named, nobody is called back, and the appeal closes when the work is done. */
export const ownFindChannels: readonly Channel[] = ['app_snapshot', 'app_voice', 'superior_assigned', 'proactive_patrol'];

export function canFollow(status: Status, act: AppealAct): boolean {
  return actRule(act).from.includes(status);
}

export function statusAfter(status: Status, act: AppealAct): Status {
  const { to } = actRule(act);
  return to === 'same' ? status : to;
}

/** Statuses in which nothing more is done: what is listed as still open is everything else. */
export const endedStatuses = ['declined', 'withdrawn', 'merged', 'closed', 'archived'] as const satisfies readonly Status[];
export const isEnded = (status: Status): boolean => (endedStatuses as readonly Status[]).includes(status);

/**
 * Confidential, a report, or about the people of the unit it would come to, of one above or below it: the city's review sees it first,
 * and it never reaches the phone of a member (process, section 1).
 */
export function isDelicate(appeal: { confidential: boolean; kind: Kind; about_path: string | null }, unit_path: string): boolean {
  const { about_path } = appeal;
  const own = about_path !== null && (unit_path.startsWith(about_path) || about_path.startsWith(unit_path));
  return appeal.confidential || appeal.kind === 'report' || own;
}

/** Whether others may be merged into an appeal: work on it is still to come, or waits for its callback. */
export const takesOthers = (status: Status): boolean => !isEnded(status) && status !== 'answered';

/** From the second dissatisfaction on, closing needs the supervision officer's countersign, and key tracking opens. */
export const needsCountersign = (appeal: { dissatisfied_rounds: number; countersigned_by: number | null }): boolean =>
  appeal.dissatisfied_rounds >= 2 && appeal.countersigned_by === null;

/** There is something to sign: the dissatisfaction of this round, or a later round that nobody could be reached for. */
export const mayCountersign = (appeal: {
  dissatisfied_rounds: number;
  countersigned_by: number | null;
  level: Level | null;
}): boolean => needsCountersign(appeal) && (appeal.level === 'dissatisfied' || appeal.level === null);

/** Longest title shown in lists, in characters; the longest content a form takes. */
export const textLimits = { title: 40, content: 4000, note: 2000, name: 40, address: 120 } as const;

/** The title of an appeal that came without one: its first sentence, cut at a word's edge. */
export function titleOf(content: string): string {
  const first =
    content
      .trim()
      .split(/[\n。!?！？;；]/u)[0]
      ?.trim() ?? '';
  const chars = [...(first || content.trim())];
  return chars.length <= textLimits.title ? chars.join('') : `${chars.slice(0, textLimits.title - 1).join('')}…`;
}
