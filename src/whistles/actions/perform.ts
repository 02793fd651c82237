import { firstArrival } from '../../appeals/actions/case.ts';
import { findAppeal, findSubmission, recordSubmission } from '../../appeals/store.ts';
import { rulebook } from '../../catalog/actions.ts';
import { dayOf } from '../../core/clock.ts';
import type { Db } from '../../core/db.ts';
import { conflict, forbidden, notFound, wrongFields } from '../../core/errors.ts';
import type { Actor } from '../../people/rules.ts';
import { may } from '../../policy.ts';
import { idsOf } from '../../units/rules.ts';
import { clockKinds, dueFor, hasAnswered, isOver, type Mark, marks, mayAnswer, needsDecision, type PersonAct } from '../rules.ts';
import {
  changeCalled,
  changePart,
  type Drafted,
  holdsOrder,
  insertCheckIn,
  insertConsultation,
  insertPart,
  insertWhistle,
  listCalled,
  listCandidates,
  listOverdue,
  listParts,
  setCalled,
  startWhistleClocks,
  stopWhistleClocks,
} from '../store.ts';
import {
  atCalled,
  atCaller,
  calledUnits,
  type Doing,
  type Held,
  holding,
  move,
  ownCalled,
  save,
  tell,
  withWhistle,
} from './held.ts';

export type Draft = Drafted & { readonly unit_ids: readonly number[] };
export type Marks = { readonly [M in Mark]: number };

/** What each act is told. */
export interface Inputs {
  draft: Draft;
  propose: object;
  issue: { readonly decision_number: string | null };
  reject: { readonly reason: string };
  acknowledge: object;
  check_in: { readonly attendee: string; readonly place: string | null };
  refuse: { readonly refusal: string };
  record_minutes: { readonly held_at: Date; readonly place: string; readonly outsiders: string | null; readonly minutes: string };
  add_part: { readonly unit_id: number; readonly title: string; readonly due_on: string };
  report_part: { readonly part_id: number; readonly report: string };
  finish_part: { readonly part_id: number };
  resolve: { readonly outcome: string };
  /** By called unit. */
  rate: { readonly marks: ReadonlyMap<number, Marks> };
  judge: { readonly necessity: number; readonly own_duty: boolean; readonly judgement: string | null };
  end: object;
  withdraw: { readonly reason: string };
}

type Effects = { readonly [A in PersonAct]: (held: Held, input: Inputs[A]) => Promise<void> };

const everyClock = (held: Held) =>
  stopWhistleClocks(
    held.trx,
    held.called.map(({ id }) => id),
    clockKinds,
    held.now,
  );

const effects: Effects = {
  draft: async (held, { unit_ids, ...drafted }) => {
    move(held, 'draft', { ...drafted, unit_ids }, drafted);
    await mustBeCallable(held.trx, held, unit_ids);
    await setCalled(held.trx, held.whistle.id, unit_ids);
  },
  propose: async (held) => {
    move(held, 'propose', {});
    tell(held, 'whistle_proposed', [held.whistle.unit_id], ['community_secretary', 'town_leader']);
  },
  issue: async (held, { decision_number }) => {
    const { trx, author, now, book, whistle, called } = held;
    const number = needsDecision(whistle.kind) ? decision_number : null;
    move(
      held,
      'issue',
      { decision_number: number },
      { issued_by: (author as Actor).person_id, issued_at: now, decision_number: number },
    );
    if (needsDecision(whistle.kind) && !number) throw wrongFields({ decision_number: 'required' });
    if ((author as Actor).person_id === whistle.drafted_by) throw conflict('whistle_own');
    await startWhistleClocks(
      trx,
      called.flatMap(({ id }) =>
        clockKinds.map((kind) => {
          const { limit, due_at, provisional } = dueFor(book, whistle.kind, kind, now);
          return {
            whistle_unit_id: id,
            kind,
            started_at: now,
            due_at,
            limit_value: limit.value,
            limit_unit: limit.unit,
            calendar_version: book.calendar.version,
            provisional,
          };
        }),
      ),
    );
    tell(held, 'whistle_issued', calledUnits(held), atCalled);
  },
  reject: async (held, { reason }) => {
    move(held, 'reject', { reason }, { closing_reason: reason, ended_at: held.now });
    tell(held, 'whistle_rejected', [held.whistle.unit_id], ['community_clerk', 'town_clerk']);
  },
  acknowledge: async (held) => {
    const own = ownCalled(held);
    move(held, 'acknowledge', {});
    if (!mayAnswer('acknowledge', own)) throw conflict();
    await acknowledge(held, own.id);
  },
  check_in: async (held, { attendee, place }) => {
    const own = ownCalled(held);
    move(held, 'check_in', { attendee, place });
    if (!mayAnswer('check_in', own)) throw conflict();
    if (own.acknowledged_at === null) await acknowledge(held, own.id);
    const { trx, now } = held;
    const { person_id } = held.author as Actor;
    await insertCheckIn(trx, {
      whistle_unit_id: own.id,
      person_id,
      attendee,
      checked_in_at: now,
      online: place === null,
      place,
    });
    await stopWhistleClocks(trx, [own.id], ['check_in'], now);
    await gather(held);
  },
  refuse: async (held, { refusal }) => {
    const own = ownCalled(held);
    move(held, 'refuse', { refusal });
    if (!mayAnswer('refuse', own)) throw conflict();
    const { trx, now, whistle } = held;
    const { person_id } = held.author as Actor;
    await changeCalled(trx, own.id, { refused_by: person_id, refused_at: now, refusal });
    await stopWhistleClocks(trx, [own.id], clockKinds, now);
    tell(held, 'whistle_refused', [whistle.unit_id], atCaller);
    tell(held, 'whistle_refused', idsOf(whistle.caller_path).slice(0, 1), ['supervision_officer', 'dispatch_officer']);
    await gather(held);
  },
  record_minutes: async (held, { held_at, place, outsiders, minutes }) => {
    if (held_at > held.now) throw wrongFields({ held_at: 'in_the_future' });
    move(held, 'record_minutes', { held_at, place, outsiders, minutes });
    await insertConsultation(held.trx, {
      whistle_id: held.whistle.id,
      held_at,
      place,
      outsiders: outsiders ?? '',
      minutes,
      recorded_by: (held.author as Actor).person_id,
      recorded_at: held.now,
    });
  },
  add_part: async (held, { unit_id, title, due_on }) => {
    const one = held.called.find((called) => called.unit_id === unit_id && called.refused_at === null);
    if (!one) throw wrongFields({ unit_id: 'not_an_option' });
    if (due_on < dayOf(held.now)) throw wrongFields({ due_on: 'in_the_past' });
    move(held, 'add_part', { unit_id, title, due_on });
    await insertPart(held.trx, {
      whistle_id: held.whistle.id,
      whistle_unit_id: one.id,
      title,
      due_on,
      made_by: (held.author as Actor).person_id,
      made_at: held.now,
    });
    tell(held, 'whistle_part', [unit_id], atCalled);
  },
  report_part: async (held, { part_id, report }) => {
    const own = ownCalled(held);
    const part = (await listParts(held.trx, held.whistle.id)).find(({ id }) => id === part_id);
    if (part?.whistle_unit_id !== own.id) throw notFound();
    if (part.finished_at) throw conflict('moved_on');
    move(held, 'report_part', { part: part.title, report });
    const { person_id } = held.author as Actor;
    await changePart(held.trx, part.id, { report, reported_by: person_id, reported_at: held.now });
    tell(held, 'whistle_report', [held.whistle.unit_id], atCaller);
  },
  finish_part: async (held, { part_id }) => {
    const part = (await listParts(held.trx, held.whistle.id)).find(({ id }) => id === part_id);
    if (!part) throw notFound();
    if (part.finished_at || !part.reported_at) throw conflict('moved_on');
    move(held, 'finish_part', { part: part.title });
    await changePart(held.trx, part.id, { finished_by: (held.author as Actor).person_id, finished_at: held.now });
  },
  resolve: async (held, { outcome }) => {
    move(held, 'resolve', { outcome }, { outcome, resolved_at: held.now });
    const parts = await listParts(held.trx, held.whistle.id);
    if (parts.some(({ finished_at }) => finished_at === null)) throw conflict('whistle_part_open');
    await everyClock(held);
    tell(held, 'whistle_resolved', calledUnits(held), atCalled);
  },
  rate: async (held, { marks: given }) => {
    const { trx, called } = held;
    const { person_id } = held.author as Actor;
    const missing = called.find(({ unit_id }) => !given.has(unit_id));
    if (missing) throw wrongFields({ [`${marks[0]}_${missing.unit_id}`]: 'required' });
    const told = called.map(({ unit_id }) => ({ unit_id, ...given.get(unit_id)! }));
    move(held, 'rate', { marks: told }, { rated_at: held.now });
    for (const { id, unit_id } of called) await changeCalled(trx, id, { ...given.get(unit_id)!, rated_by: person_id });
    tell(held, 'whistle_rated', calledUnits(held), atCalled);
  },
  judge: async (held, { necessity, own_duty, judgement }) => {
    const own = ownCalled(held);
    move(held, 'judge', { necessity, own_duty, judgement });
    if (own.judged_at) throw conflict();
    const { person_id } = held.author as Actor;
    await changeCalled(held.trx, own.id, { necessity, own_duty, judgement, judged_by: person_id, judged_at: held.now });
  },
  end: async (held) => move(held, 'end', {}, { ended_at: held.now }),
  withdraw: async (held, { reason }) => {
    const heard = held.whistle.issued_at !== null;
    move(held, 'withdraw', { reason }, { closing_reason: reason, ended_at: held.now });
    await everyClock(held);
    if (heard) tell(held, 'whistle_withdrawn', calledUnits(held), atCalled);
  },
};

async function acknowledge({ trx, author, now }: Held, whistle_unit_id: number): Promise<void> {
  await changeCalled(trx, whistle_unit_id, { acknowledged_by: (author as Actor).person_id, acknowledged_at: now });
  await stopWhistleClocks(trx, [whistle_unit_id], ['whistle_acknowledge'], now);
}

/** With the last answer the consultation begins; who comes later finds it begun. */
async function gather(held: Held): Promise<void> {
  held.called = await listCalled(held.trx, held.whistle.id);
  if (held.whistle.status === 'checking_in' && held.called.every(hasAnswered)) consult(held);
}

function consult(held: Held): void {
  move(held, 'consult', {}, { consulting_at: held.now });
  tell(held, 'whistle_consulting', [held.whistle.unit_id], atCaller);
  tell(held, 'whistle_consulting', calledUnits(held), atCalled);
}

async function mustBeCallable(
  trx: Db,
  { author, now }: Pick<Held, 'author' | 'now'>,
  unit_ids: readonly number[],
): Promise<void> {
  const known = new Set((await listCandidates(trx, author as Actor, dayOf(now))).map(({ id }) => id));
  if (unit_ids.length === 0) throw wrongFields({ unit_ids: 'required' });
  if (unit_ids.some((id) => !known.has(id))) throw wrongFields({ unit_ids: 'not_an_option' });
}

/** Does one act on a whistle, whole or not at all. */
export async function perform<A extends PersonAct>(db: Db, doing: Doing, id: number, act: A, input: Inputs[A]): Promise<void> {
  const effect: (held: Held, input: Inputs[A]) => Promise<void> = effects[act];
  await withWhistle(db, doing, id, async (held) => {
    if (isOver(held.whistle.status)) throw conflict('moved_on', { status: held.whistle.status });
    await effect(held, input);
  });
}

/**
 * Writes a whistle down, and hands it to whoever approves it if it is to be proposed at once. One with an appeal needs the unit to hold an
 * open order of it: the caller keeps the case. Sent twice it is one whistle.
 */
export async function draft(
  db: Db,
  doing: Doing & { readonly author: Actor },
  { unit_ids, appeal, ...given }: Draft & { readonly appeal: string | null },
  propose: boolean,
): Promise<number> {
  const { author, now, once } = doing;
  if (!may(author, 'whistle.draft', { caller_unit_id: author.unit_id })) throw forbidden();
  if ((given.subject === 'appeal') !== (appeal !== null)) throw wrongFields({ subject: 'invalid' });
  const book = await rulebook(db);
  return db.transaction(async (trx) => {
    if (!(await firstArrival(trx, doing))) {
      const before = /^\/whistles\/(\d+)$/.exec((await findSubmission(trx, once!))?.location ?? '')?.[1];
      if (!before) throw conflict();
      return Number(before);
    }
    const about = appeal === null ? null : await findAppeal(trx, appeal, author);
    if (about === undefined || (about && !(await holdsOrder(trx, about.id, author.unit_id)))) throw notFound();
    await mustBeCallable(trx, doing, unit_ids);
    const whistle = await insertWhistle(trx, {
      ...given,
      appeal_id: about?.id ?? null,
      status: 'draft',
      unit_id: author.unit_id,
      drafted_by: author.person_id,
      drafted_at: now,
    });
    await setCalled(trx, whistle.id, unit_ids);
    const held = holding(trx, book, doing, whistle, await listCalled(trx, whistle.id));
    held.entries.push({
      act: 'draft',
      from_status: null,
      to_status: 'draft',
      work_order_id: null,
      person_id: author.person_id,
      post: author.post,
      unit_id: author.unit_id,
      happened_at: now,
      input: { ...given, appeal, unit_ids },
    });
    if (propose) await effects.propose(held, {});
    await save(held);
    if (once !== undefined) await recordSubmission(trx, once, `/whistles/${whistle.id}`);
    return whistle.id;
  });
}

/** Where the check-in time is over, the consultation begins with whoever came. May be repeated. */
export async function consultOverdue(db: Db, now: Date): Promise<{ consulting: number }> {
  let consulting = 0;
  for (const id of await listOverdue(db, now)) {
    await withWhistle(db, { author: 'system', now }, id, async (held) => {
      if (held.whistle.status !== 'issued' && held.whistle.status !== 'checking_in') return;
      consult(held);
      consulting += 1;
    });
  }
  return { consulting };
}
