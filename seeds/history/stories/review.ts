/** What the city's desks of review and dispatch make of it. */
import type { Priority } from '../../../src/catalog/rules.ts';
import { dueAt } from '../../../src/core/calendar.ts';
import type { Unit } from '../../directory.ts';
import * as said from '../../texts/handling.ts';
import { thanks } from '../../texts/replies.ts';
import { backToCity, moveAppeal } from '../engine/appeal.ts';
import { appellant, type Case, system, type Who } from '../engine/case.ts';
import { running } from '../engine/clocks.ts';
import { answerFollowers, releaseFollowers } from '../engine/followers.ts';
import { awake, daysLater, hourAfter, type Process, plus, spawn, within } from '../simulate.ts';
import { closeUnreached, ratedByPhone, ratedOnThePage } from './callback.ts';
import { atCity, give, jobs, type Row, type Telling, text, topicOf, work } from './telling.ts';

/** Those who followed an appeal that ended without work done go to review on their own. */
export function release(told: Telling, c: Case): void {
  for (const one of releaseFollowers(c, told.now))
    spawn(told, dispatched(told, one), told.now, () => one.status === 'pending_review' || one.status === 'pending_dispatch');
}

const priorityOf = (told: Telling, c: Case): Priority => told.book.categories.get(c.category_code)!.priority!;
export const readSoon = (told: Telling, c: Case): Date =>
  within(told, running(c, null, 'review')!.due_at, { office: false, on_time: 0.97, high: 0.8 });

export const intakes: readonly Row<[]>[] = [
  { name: 'dispatched', weight: 100, play: dispatched },
  { name: 'answered', weight: 420, when: (told, c) => c.kind === 'inquiry' && told.replies.answer !== null, play: answered },
  { name: 'thanked', weight: 400, when: (_, c) => c.kind === 'praise', play: answered },
  {
    name: 'transferred',
    weight: 30,
    when: (_, c) => c.channel === 'hotline' && ['0603', '0607', '0701', '0704'].includes(c.category_code),
    play: transferred,
  },
  { name: 'declined', weight: 2.4, when: (_, c) => c.priority !== 'emergency' && c.priority !== 'urgent', play: declined },
  { name: 'details', weight: 3.2, when: (_, c) => c.caller !== null && c.priority !== 'emergency', play: details },
  { name: 'reopened', weight: 0.6, when: (_, c) => c.caller !== null, play: reopened },
];

function* answered(told: Telling, c: Case): Process {
  yield plus(told.now, told.random.between(2, 9));
  const who =
    c.channel === 'hotline' ? { ...atCity(told, 'hotline_agent'), person_id: c.registered_by } : atCity(told, 'review_officer');
  const answer = text(told, c.kind === 'praise' ? thanks : [told.replies.answer!]);
  moveAppeal(c, 'answer', who, told.now, { answer }, { answer, finished_at: told.now });
  answerFollowers(c, told.now);
  yield* rateAnswer(told, c);
}

function* rateAnswer(told: Telling, c: Case): Process {
  const answered_at = told.now;
  const { ending } = told.fate;
  if (ending === 'on the page' || (ending !== 'never reached' && told.random.chance(0.42))) {
    spawn(told, ratedOnThePage(told, c), told.now, () => c.status === 'answered');
  } else if (ending !== 'never reached' && told.random.chance(0.35) && c.caller) {
    spawn(told, ratedByPhone(told, c), told.now, () => c.status === 'answered');
  } else {
    spawn(told, closeUnreached(told, c, answered_at), told.now, () => c.status === 'answered');
  }
}

function* transferred(told: Telling, c: Case): Process {
  yield plus(told.now, 1);
  const who: Who = { person_id: c.registered_by, post: 'hotline_agent', unit_id: told.directory.city.id };
  const line = c.category_code === '0607' || c.category_code === '0603' ? '119' : '110';
  moveAppeal(c, 'transfer', who, told.now, { line, transferred_at: told.now }, { emergency_line: line, finished_at: told.now });
  release(told, c);
  spawn(told, closeUnreached(told, c, told.now), told.now, () => c.status === 'answered');
}

function* declined(told: Telling, c: Case): Process {
  yield readSoon(told, c);
  const reason = told.random.pick([
    'other_procedure',
    'other_procedure',
    'beyond_duties',
    'beyond_duties',
    'already_concluded',
    'secret_or_privacy',
    'unlawful',
  ] as const);
  const other_way = text(told, said.declines[reason]);
  moveAppeal(
    c,
    'decline',
    atCity(told, 'review_officer'),
    told.now,
    { decline_reason: reason, other_way },
    { decline_reason: reason, answer: other_way, closed_at: told.now },
  );
  release(told, c);
}

function* details(told: Telling, c: Case): Process {
  yield readSoon(told, c);
  moveAppeal(c, 'request_details', atCity(told, 'review_officer'), told.now, { question: text(told, said.questions) });
  if (told.random.chance(0.15)) {
    yield hourAfter(dueAt(told.calendar, told.now, told.book.parameters['limit.details']).due_at, jobs.lapse);
    moveAppeal(c, 'lapse', system, told.now, {}, { closed_at: told.now });
    release(told, c);
    return;
  }
  const at = plus(told.now, told.random.between(15, 2600));
  yield awake(told, at, daysLater(at, 1));
  moveAppeal(c, 'supply_details', told.random.chance(0.5) ? appellant : atCity(told, 'hotline_agent'), told.now, {
    supplement: text(told, said.supplements),
  });
  yield* dispatched(told, c);
}

/** Declined at first; then the appellant brings a new fact. */
function* reopened(told: Telling, c: Case): Process {
  yield* declined(told, c);
  spawn(
    told,
    broughtUpAgain(told, c),
    daysLater(told.now, told.random.between(2, 20)),
    () => c.status === 'declined' || c.status === 'pending_review' || c.status === 'pending_dispatch',
  );
}
export function* broughtUpAgain(told: Telling, c: Case): Process {
  yield awake(told, told.now, daysLater(told.now, 1));
  reopen(told, c);
  yield* dispatched(told, c);
}
function reopen(told: Telling, c: Case): void {
  const who = told.random.chance(0.5) ? appellant : atCity(told, 'callback_officer');
  moveAppeal(
    c,
    'reopen',
    who,
    told.now,
    { new_fact: text(told, said.newFacts) },
    {
      round: c.round + 1,
      closed_at: null,
      archived_at: null,
      finished_at: null,
      merged_into_id: null,
      decline_reason: null,
      emergency_line: null,
      lead_unit_id: null,
      level: null,
      countersigned_by: null,
    },
  );
}

export function* dispatched(told: Telling, c: Case): Process {
  yield readSoon(told, c);
  const input = { kind: c.kind, category_code: c.category_code, priority: priorityOf(told, c) };
  moveAppeal(c, 'accept', atCity(told, 'review_officer'), told.now, input, { ...input, accepted_at: told.now });
  yield* dispatchOf(told, c);
}

function* dispatchOf(told: Telling, c: Case, except: Unit | null = null, turn = told.fate.turn): Process {
  const from = c.round === 1 && c.orders.length === 0;
  yield within(told, running(c, null, 'dispatch')!.due_at, { office: false, on_time: 0.98, high: 0.85 });
  if (told.random.chance(0.01)) {
    moveAppeal(c, 'correct', atCity(told, 'dispatch_officer'), told.now, {
      category_code: c.category_code,
      priority: c.priority,
    });
    yield plus(told.now, 1);
  }
  const who = atCity(told, 'dispatch_officer');
  const { lead, co } = told.catalogue(c.category_code, c.place);
  const town = c.place.line.find((unit) => unit.kind === 'town');
  const fallback = town ?? told.directory.byCode.get('gov_office')!;
  const leads =
    lead === except || lead === c.about || c.orders.some((order) => order.unit === lead && order.status === 'returned')
      ? fallback
      : lead;
  const helping = from ? co.filter((unit) => unit !== leads && told.random.chance(unit.kind === 'town' ? 0.06 : 0.3)) : [];
  const instruction = text(told, topicOf(told, c).instructions);
  moveAppeal(
    c,
    'dispatch',
    who,
    told.now,
    { lead_unit_id: leads.id, instruction, ...(helping.length > 0 && { co_unit_ids: helping.map((unit) => unit.id) }) },
    { dispatched_at: told.now },
  );
  work(told, c, give(told, c, leads, 'lead', told.directory.city, who, instruction), turn);
  for (const unit of helping) work(told, c, give(told, c, unit, 'co', told.directory.city, who, instruction), 'plain');
}

/** The desk takes up again what came back to it. */
export function sendAgain(told: Telling, c: Case, except: Unit): void {
  backToCity(c, told.now);
  const process = c.status === 'pending_review' ? dispatched(told, c) : dispatchOf(told, c, except, 'plain');
  spawn(told, process, told.now, () => c.status === 'pending_review' || c.status === 'pending_dispatch');
}
