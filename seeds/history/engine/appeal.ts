/**
 * The acts of the product, done in memory: the same tables decide what may follow, which clocks turn and what is recorded, only the
 * database is missing. Whatever the tables forbid throws, so a story that breaks a rule cannot be told.
 */
import {
  type AppealAct,
  canFollow as appealCanFollow,
  actRule as appealRule,
  statusAfter as appealStatusAfter,
  clockOf,
  type Level,
  type Status,
} from '../../../src/appeals/rules.ts';
import type { Rulebook } from '../../../src/catalog/rules.ts';
import type { TimedClock } from '../../../src/clocks/rules.ts';
import { appellant, type Case, type Fields, type Given, note, system, type Who } from './case.ts';
import { resume, running, start, stop } from './clocks.ts';

/** Registers an appeal where it lands; one that lands in handling gets its order next. */
export function openCase(book: Rulebook, given: Given, status: 'pending_review' | 'in_handling', who: Who, now: Date): Case {
  const {
    id,
    number,
    channel,
    kind,
    priority,
    category_code,
    title,
    content,
    place,
    building,
    address,
    caller,
    confidential,
    contact_wanted,
    about,
    repeat_of_id,
    received_at,
  } = given;
  // Written out: copying by spread takes as long as all the rest.
  const c: Case = {
    id,
    number,
    channel,
    kind,
    priority,
    category_code,
    title,
    content,
    place,
    building,
    address,
    caller,
    confidential,
    contact_wanted,
    about,
    repeat_of_id,
    received_at,
    book,
    status,
    round: 1,
    registered_by: who.person_id,
    registered_unit_id: who.unit_id ?? given.place.id,
    accepted_at: null,
    dispatched_at: null,
    finished_at: null,
    closed_at: null,
    archived_at: null,
    due_at: null,
    step_due_at: null,
    lead_unit_id: null,
    answer: null,
    emergency_line: null,
    decline_reason: null,
    merged_into_id: null,
    level: null,
    dissatisfied_rounds: 0,
    countersigned_by: null,
    orders: [],
    clocks: [],
    entries: [],
    followers: [],
    callbacks: [],
    evaluations: [],
    returns: [],
    asked: [],
    terminations: [],
    supervisions: [],
    tracked_at: null,
  };
  if (status === 'pending_review')
    c.step_due_at = start(c, null, 'review', { priority: c.priority, category_code: c.category_code }, now).due_at;
  note(c, now, who, {
    act: 'register',
    from_status: null,
    to_status: status,
    work_order_id: null,
    input: { channel, kind, priority, category_code, place_unit_id: given.place.id, content },
  });
  return c;
}

/** The only way an appeal's status changes here, as in the product. */
export function moveAppeal(c: Case, act: AppealAct, who: Who, now: Date, input: object, changes: Partial<Fields> = {}): void {
  const from = c.status;
  if (!appealCanFollow(from, act)) throw new Error(`${act} cannot follow ${from} (${c.number})`);
  const to = appealStatusAfter(from, act);
  Object.assign(c, changes);
  if (to !== from) turnAppealClocks(c, from, to, now);
  c.status = to;
  note(c, now, appealRule(act).system ? system : who, { act, from_status: from, to_status: to, work_order_id: null, input });
}

function turnAppealClocks(c: Case, from: Status, to: Status, now: Date): void {
  const before = clockOf[from];
  const after = clockOf[to];
  if (before && after && before.kind === after.kind) {
    const clock = running(c, null, before.kind)!;
    if (after.paused) clock.paused_at = now;
    else resume(c, clock, now);
    c.step_due_at = after.paused ? null : clock.due_at;
    return;
  }
  if (before) stop(c, null, before.kind, now);
  c.step_due_at = after ? start(c, null, after.kind as TimedClock, c, now).due_at : null;
}

export function backToCity(c: Case, now: Date): void {
  moveAppeal(c, c.accepted_at === null ? 'rereview' : 'redispatch', system, now, {}, { lead_unit_id: null });
}

/** The first evaluation of a round is final. */
export function rate(
  c: Case,
  who: Who,
  now: Date,
  level: Level,
  contacted: boolean | null,
  solved: boolean | null,
  remark: string,
): void {
  c.evaluations.push({
    round: c.round,
    source: who === appellant ? 'page' : 'callback',
    level,
    contacted,
    solved,
    remark,
    recorded_by: who.person_id,
    evaluated_at: now,
  });
  c.level = level;
  if (level === 'dissatisfied') c.dissatisfied_rounds++;
  if (who.person_id !== null)
    c.callbacks.push({ round: c.round, called_by: who.person_id, called_at: now, outcome: 'reached', note: remark });
}
