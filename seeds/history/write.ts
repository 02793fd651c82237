import { maskName, maskPhone, phoneHash } from '../../src/appeals/actions/register.ts';
import { startClock } from '../../src/clocks/rules.ts';
import { dayOf } from '../../src/core/clock.ts';
import type { Db } from '../../src/core/db.ts';
import { canonical, sha256 } from '../../src/core/hash.ts';
import { seal } from '../../src/core/seal.ts';
import { wordsOf } from '../../src/core/text.ts';
import { holderPosts, isOpen } from '../../src/orders/rules.ts';
import { emptyHead, linkHash, type TrailHead } from '../../src/trail/rules.ts';
import { type Copier, makeCopier, setSequences, withoutIndexes } from '../copy.ts';
import type { Directory } from '../directory.ts';
import type { Caller, Case } from './engine/case.ts';
import { scopesOf } from './scopes.ts';

/** The tables of the history and the columns that are written, in the order in which they are. */
const tables = {
  appellants: 'id name_masked name_sealed phone_masked phone_sealed phone_hash',
  appeals: `id number status round channel kind priority category_code title content words place_unit_id building_id address
    appellant_id confidential contact_wanted about_unit_id registered_by registered_unit_id received_at accepted_at
    dispatched_at finished_at closed_at archived_at due_at step_due_at lead_unit_id answer emergency_line decline_reason
    merged_into_id repeat_of_id level dissatisfied_rounds countersigned_by trail_seq trail_hash version`,
  appeal_scopes: 'unit_id appeal_id reads',
  work_orders: `id appeal_id parent_id role unit_id status round priority instruction made_by made_by_unit_id assignee_id designated
    outcome result promised_on created_at acknowledged_at contacted_at first_submitted_at submitted_at submitted_by
    approved_by ended_at due_at step_due_at`,
  clocks: `appeal_id work_order_id kind started_at due_at paused_at paused_spans stopped_at limit_value limit_unit
    calendar_version provisional named`,
  work_order_extensions: `work_order_id round reason due_on requested_by requested_at decision ruling decided_by decided_at
    due_before due_after`,
  work_order_suspensions: `work_order_id reason review_on requested_by requested_at decision ruling decided_by decided_at
    appeal_due_at resumed_at`,
  work_order_returns:
    'work_order_id reason category_code suggested_unit_id requested_by requested_at decision ruling ruled_by ruled_at',
  terminations: `appeal_id work_order_id ground request requested_by requested_at proposed_by proposed_at confirmed_by confirmed_at
    rejected_at`,
  callbacks: 'appeal_id round called_by called_at outcome note',
  evaluations: 'appeal_id round source level contacted solved remark recorded_by evaluated_at',
  supervision_orders: 'appeal_id work_order_id unit_id round reason number issued_at due_at ended_at',
  key_tracking_items: 'appeal_id reason opened_at',
  trail: 'subject_kind subject_id seq act from_status to_status work_order_id person_id post unit_id happened_at input_hash hash',
  trail_inputs: 'subject_kind subject_id seq input',
  messages: 'person_id event appeal_id work_order_id created_at read_at',
  supervision_numbers: 'year last',
  day_numbers: 'day last',
} as const;
export const historyTables = Object.keys(tables);

/** Appeals on their way into the database: bulk tables lose their indexes until `end`. */
export interface HistoryWriter {
  add(c: Case): void;
  send(): Promise<void>;
  /** Puts indexes and constraints back and lets numbers go on where the history ends. */
  end(numbers: ReadonlyMap<string, number>): Promise<void>;
}

export async function makeHistoryWriter(trx: Db, data_key: Buffer, directory: Directory): Promise<HistoryWriter> {
  const putBack = await withoutIndexes(trx, historyTables);
  const copier = await makeCopier(trx, tables);
  const sealed = makeSealer(data_key);
  const words = makeCutter();
  let appellants = 0;
  const supervisions: Supervision[] = [];
  return {
    add(c) {
      const appellant_id = c.caller ? ++appellants : null;
      if (c.caller) copier.add('appellants', [appellant_id, ...sealed(c.caller)]);
      supervisions.push(...supervise(c));
      addCase(copier, c, appellant_id, words(`${c.title} ${c.content} ${c.address}`), directory);
    },
    send: () => copier.send(),
    async end(numbers) {
      for (const [day, last] of numbers) copier.add('day_numbers', [day, last]);
      addSupervisions(copier, supervisions);
      await copier.send();
      await setSequences(trx, ['appellants', 'appeals', 'work_orders']);
      await putBack();
    },
  };
}

interface Supervision {
  readonly appeal_id: number;
  readonly order: Case['orders'][number];
  readonly round: number;
  readonly issued_at: Date;
  readonly due_at: Date;
  readonly ended_at: Date | null;
}

/** The supervision orders of a case, with their clocks; each ended when its work order was approved. */
function supervise(c: Case): Supervision[] {
  return c.supervisions.map(({ order, issued_at }, index) => {
    const of = { priority: order.priority, category_code: c.category_code };
    const clock = startClock('supervision_reply', c.book, of, issued_at);
    const approved = c.entries.find(
      ({ act, work_order_id, happened_at }) => act === 'approve' && work_order_id === order.id && happened_at > issued_at,
    );
    const ended_at = approved?.happened_at ?? (isOpen(order.status) ? null : order.ended_at);
    c.clocks.push({ ...clock, order, paused_at: null, paused_spans: [], stopped_at: ended_at });
    return { appeal_id: c.id, order, round: index + 3, issued_at, due_at: clock.due_at, ended_at };
  });
}

/** Numbered within their year as they were issued. */
function addSupervisions(copier: Copier, all: Supervision[]): void {
  const last = new Map<string, number>();
  for (const one of all.sort((a, b) => a.issued_at.getTime() - b.issued_at.getTime())) {
    const year = dayOf(one.issued_at).slice(0, 4);
    const n = (last.get(year) ?? 0) + 1;
    last.set(year, n);
    const number = `DB-${year}-${String(n).padStart(4, '0')}`;
    const { appeal_id, order, round, issued_at, due_at, ended_at } = one;
    copier.add('supervision_orders', [
      appeal_id,
      order.id,
      order.unit.id,
      round,
      'second_dissatisfaction',
      number,
      issued_at,
      due_at,
      ended_at,
    ]);
  }
  for (const [year, n] of last) copier.add('supervision_numbers', [Number(year), n]);
}

const most_known = 60_000;

/** What is kept of a caller; those who call again are sealed once. */
function makeSealer(data_key: Buffer): (caller: Caller) => readonly string[] {
  const known = new Map<number, readonly string[]>();
  return ({ serial, name, phone }) => {
    const found = known.get(serial);
    if (found) return found;
    const sealed = [maskName(name), seal(data_key, name), maskPhone(phone), seal(data_key, phone), phoneHash(data_key, phone)];
    if (known.size < most_known) known.set(serial, sealed);
    return sealed;
  };
}

/** The words of a text, cut clause by clause as `wordsOf` cuts the whole, remembering the clauses that come again and again. */
function makeCutter(): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const words: string[] = [];
    for (const clause of text.split(/(?<=[，。：；！？])/u)) {
      let cut = known.get(clause);
      if (cut === undefined) {
        cut = wordsOf(clause);
        if (known.size < most_known) known.set(clause, cut);
      }
      if (cut !== '') words.push(cut);
    }
    return words.join(' ');
  };
}

function addCase(copier: Copier, c: Case, appellant_id: number | null, words: string, directory: Directory): void {
  const { id } = c;
  const head = addTrail(copier, c);
  copier.add('appeals', [
    id,
    c.number,
    c.status,
    c.round,
    c.channel,
    c.kind,
    c.priority,
    c.category_code,
    c.title,
    c.content,
    words,
    c.place.id,
    c.building?.id ?? null,
    c.address,
    appellant_id,
    c.confidential,
    c.contact_wanted,
    c.about?.id ?? null,
    c.registered_by,
    c.registered_unit_id,
    c.received_at,
    c.accepted_at,
    c.dispatched_at,
    c.finished_at,
    c.closed_at,
    c.archived_at,
    c.due_at,
    c.step_due_at,
    c.lead_unit_id,
    c.answer,
    c.emergency_line,
    c.decline_reason,
    c.merged_into_id,
    c.repeat_of_id,
    c.level,
    c.dissatisfied_rounds,
    c.countersigned_by,
    head.seq,
    head.hash,
    c.entries.length,
  ]);
  for (const [unit_id, reads] of scopesOf(c)) copier.add('appeal_scopes', [unit_id, id, reads]);
  for (const o of c.orders) {
    copier.add('work_orders', [
      o.id,
      id,
      o.parent?.id ?? null,
      o.role,
      o.unit.id,
      o.status,
      o.round,
      o.priority,
      o.instruction,
      o.made_by,
      o.made_by_unit_id,
      o.assignee_id,
      o.designated,
      o.outcome,
      o.result,
      o.promised_on,
      o.created_at,
      o.acknowledged_at,
      o.contacted_at,
      o.first_submitted_at,
      o.submitted_at,
      o.submitted_by,
      o.approved_by,
      o.ended_at,
      o.due_at,
      o.step_due_at,
    ]);
  }
  for (const k of c.clocks) {
    copier.add('clocks', [
      id,
      k.order?.id ?? null,
      k.kind,
      k.started_at,
      k.due_at,
      k.paused_at,
      k.paused_spans,
      k.stopped_at,
      k.limit_value,
      k.limit_unit,
      k.calendar_version,
      k.provisional,
      k.named ?? false,
    ]);
  }
  for (const { of, order, round, reason, on, due_before, due_after, appeal_due_at, resumed_at, ...a } of c.asked) {
    const decided = [a.requested_by, a.requested_at, a.decision, a.ruling, a.decided_by, a.decided_at];
    if (of === 'extension') copier.add('work_order_extensions', [order.id, round, reason, on, ...decided, due_before, due_after]);
    else copier.add('work_order_suspensions', [order.id, reason, on, ...decided, appeal_due_at, resumed_at]);
  }
  for (const r of c.returns) {
    copier.add('work_order_returns', [
      r.order.id,
      r.reason,
      r.category_code,
      r.suggested_unit_id,
      r.requested_by,
      r.requested_at,
      r.decision,
      r.ruling,
      r.ruled_by,
      r.ruled_at,
    ]);
  }
  for (const t of c.terminations) {
    copier.add('terminations', [
      id,
      t.order.id,
      t.ground,
      t.request,
      t.requested_by,
      t.requested_at,
      t.proposed_by,
      t.proposed_at,
      t.confirmed_by,
      t.confirmed_at,
      t.rejected_at,
    ]);
  }
  for (const b of c.callbacks) copier.add('callbacks', [id, b.round, b.called_by, b.called_at, b.outcome, b.note]);
  for (const e of c.evaluations) {
    copier.add('evaluations', [id, e.round, e.source, e.level, e.contacted, e.solved, e.remark, e.recorded_by, e.evaluated_at]);
  }
  if (c.tracked_at) copier.add('key_tracking_items', [id, 'second_dissatisfaction', c.tracked_at]);
  addMessages(copier, c, directory);
}

/** Lays the chain link by link, as `chain` does, without making each row twice over. */
function addTrail(copier: Copier, c: Case): TrailHead {
  let hash = emptyHead.hash;
  c.entries.forEach(({ act, from_status, to_status, work_order_id, person_id, post, unit_id, happened_at, input }, i) => {
    const input_hash = sha256(canonical(input));
    const seq = i + 1;
    hash = linkHash(hash, {
      subject_kind: 'appeal',
      subject_id: c.id,
      seq,
      act,
      from_status,
      to_status,
      work_order_id,
      person_id,
      post,
      unit_id,
      happened_at,
      input_hash,
    });
    copier.add('trail', [
      'appeal',
      c.id,
      seq,
      act,
      from_status,
      to_status,
      work_order_id,
      person_id,
      post,
      unit_id,
      happened_at,
      input_hash,
      hash,
    ]);
    copier.add('trail_inputs', ['appeal', c.id, seq, input]);
  });
  return { seq: c.entries.length, hash };
}

/** Only what is still to be done lies in an inbox; the history's messages have long been read and cleared away. */
function addMessages(copier: Copier, c: Case, directory: Directory): void {
  for (const order of c.orders) {
    if (!isOpen(order.status)) continue;
    const people = holderPosts[order.unit.kind].flatMap((post) => directory.units[order.unit.id - 1]!.staff[post] ?? []);
    const event = order.round > 1 && order.round === c.round && order.acknowledged_at ? 'rework' : 'order_made';
    const read_at = order.status === 'pending_ack' ? null : order.acknowledged_at;
    for (const person_id of people) copier.add('messages', [person_id, event, c.id, order.id, order.created_at, read_at]);
  }
}
