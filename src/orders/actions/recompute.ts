import { type AppealTimes, changeTimes, holdTimes } from '../../appeals/store.ts';
import type { Edit, Move, Moves } from '../../catalog/actions/edits.ts';
import { dueUnder } from '../../clocks/rules.ts';
import { addOfficeMinutes, officeTimeBetween } from '../../core/calendar.ts';
import type { Db } from '../../core/db.ts';
import { chain, type TrailEntry } from '../../trail/rules.ts';
import { insertLinks } from '../../trail/store.ts';
import { stepClock } from '../rules.ts';
import { listRunning, listStillRunning, moveClocks, moveSuspended, type RunningRow, stampCalendar } from '../store/running.ts';

const batch = 1000;
const shown = 50;

interface ClockMoved extends ReturnType<typeof dueUnder> {
  readonly clock: RunningRow;
  /** Already late: it is left alone, unless whoever edits says otherwise. */
  readonly late: boolean;
}

function movesOf(clocks: readonly RunningRow[], { before, after, now }: Edit): ClockMoved[] {
  return clocks.flatMap((clock) => {
    const { priority, category_code, unit_round_the_clock, rework } = clock;
    const round = unit_round_the_clock === null ? {} : { unit_round_the_clock };
    const next = dueUnder(before, after, clock, { priority, category_code, rework, ...round });
    const same =
      next.due_at.getTime() === clock.due_at.getTime() &&
      next.provisional === clock.provisional &&
      next.limit_value === clock.limit_value &&
      next.limit_unit === clock.limit_unit;
    return same ? [] : [{ clock, ...next, late: clock.due_at <= (clock.paused_at ?? now) }];
  });
}

const told = ({ clock, due_at, late }: ClockMoved): Move => ({
  number: clock.number,
  unit_id: clock.unit_id,
  kind: clock.kind,
  due_before: clock.due_at,
  due_after: due_at,
  late,
});
const byLoss = (a: Move, b: Move) =>
  Number(a.late) - Number(b.late) ||
  a.due_after.getTime() - a.due_before.getTime() - (b.due_after.getTime() - b.due_before.getTime()) ||
  a.due_after.getTime() - b.due_after.getTime();

async function* running(db: Db): AsyncGenerator<RunningRow[]> {
  for (let after = 0; ; ) {
    const clocks = await listRunning(db, after, batch);
    if (clocks.length === 0) return;
    yield clocks;
    after = clocks.at(-1)!.id;
  }
}

/** What an edit would move, the worst first: who loses most time. Late ones are counted apart. */
export async function previewMoves(db: Db, edit: Edit): Promise<Moves> {
  const moves: Move[] = [];
  for await (const clocks of running(db)) {
    moves.push(
      ...movesOf(clocks, edit)
        .filter(({ clock, due_at }) => due_at.getTime() !== clock.due_at.getTime())
        .map(told),
    );
  }
  const lost = moves.filter(({ late, due_after }) => !late && due_after <= edit.now).length;
  const late = moves.filter((move) => move.late).length;
  return { count: moves.length - late, late, lost, worst: moves.sort(byLoss).slice(0, shown) };
}

/**
 * Lays the running clocks out anew by the edited rulebook, with their copies and a row in the trail of each appeal, a thousand clocks at a
 * time in the transaction of the edit itself. What is late stays as it is, unless the edit says that it is meant too. Returns how many moved.
 */
export async function saveMoves(trx: Db, edit: Edit): Promise<number> {
  let done = 0;
  for await (const clocks of running(trx)) {
    const found = movesOf(clocks, edit);
    const appeals = new Map<number, AppealTimes>();
    for (const one of await holdTimes(trx, [...new Set(found.map(({ clock }) => clock.appeal_id))])) appeals.set(one.id, one);
    // Under the locks of the appeals nobody else turns these clocks: looked at again, they are moved from where they stand.
    const held =
      found.length === 0
        ? []
        : await listStillRunning(
            trx,
            found.map(({ clock }) => clock.id),
          );
    const moves = movesOf(held, edit);
    const meant = moves.filter(({ late }) => !late || edit.late_too);
    if (meant.length > 0) await write(trx, edit, meant, appeals);
    const left = new Set(moves.filter((move) => !meant.includes(move)).map(({ clock }) => clock.id));
    const counted = clocks.filter(({ id, limit_unit }) => !left.has(id) && limit_unit !== 'minutes').map(({ id }) => id);
    if (edit.after.calendar.version !== edit.before.calendar.version)
      await stampCalendar(trx, counted, edit.after.calendar.version);
    done += meant.length;
  }
  return done;
}

async function write(trx: Db, edit: Edit, moves: readonly ClockMoved[], held: ReadonlyMap<number, AppealTimes>): Promise<void> {
  const appeals = new Map<number, AppealTimes>();
  const orders = new Map<number, { id: number; due_at: Date | null; step_due_at: Date | null }>();
  const entries = new Map<number, TrailEntry[]>();
  for (const { clock, due_at } of moves) {
    const { appeal_id, work_order_id, kind, order_status, role, paused_at } = clock;
    const appeal = appeals.get(appeal_id) ?? held.get(appeal_id)!;
    const changes: { due_at?: Date; step_due_at?: Date } = {};
    if (work_order_id === null) {
      if (paused_at === null) changes.step_due_at = due_at;
    } else {
      const order = orders.get(work_order_id) ?? { id: work_order_id, due_at: null, step_due_at: null };
      orders.set(work_order_id, {
        ...order,
        due_at: kind === 'handle' ? due_at : order.due_at,
        step_due_at: stepClock[order_status!] === kind ? due_at : order.step_due_at,
      });
      if (kind === 'handle' && role === 'lead' && appeal.due_at) changes.due_at = dueOfAppeal(edit, clock, appeal.due_at, due_at);
    }
    appeals.set(appeal_id, { ...appeal, ...changes });
    const status = order_status ?? appeal.status;
    const entry: TrailEntry = {
      act: 'recompute',
      from_status: status,
      to_status: status,
      work_order_id,
      person_id: null,
      post: 'system',
      unit_id: null,
      happened_at: edit.now,
      input: { kind, due_before: clock.due_at, due_after: due_at, thing: edit.thing },
    };
    entries.set(appeal_id, [...(entries.get(appeal_id) ?? []), entry]);
  }
  const links = [...entries].map(([id, rows]) => {
    const { trail_seq, trail_hash } = held.get(id)!;
    const laid = chain('appeal', id, { seq: trail_seq, hash: trail_hash }, rows);
    appeals.set(id, { ...appeals.get(id)!, trail_seq: laid.head.seq, trail_hash: laid.head.hash });
    return laid.rows;
  });
  await insertLinks(trx, links.flat());
  await moveClocks(
    trx,
    moves.map(({ clock, due_at, provisional, limit_value, limit_unit }) => ({
      id: clock.id,
      due_at,
      provisional,
      limit_value,
      limit_unit,
    })),
    [...orders.values()],
  );
  const standing = moves.filter(({ clock }) => clock.kind === 'handle' && clock.order_status === 'suspended');
  if (standing.length > 0)
    await moveSuspended(
      trx,
      standing.map(({ clock, due_at }) => ({ work_order_id: clock.work_order_id!, from: clock.due_at, to: due_at })),
    );
  await changeTimes(trx, [...appeals.values()]);
}

/** The appeal goes with its lead. Where its own time is that of an earlier order, it keeps what was left of it. */
function dueOfAppeal({ before, after, now, late_too }: Edit, clock: RunningRow, due_at: Date, moved: Date): Date {
  if (due_at.getTime() === clock.due_at.getTime()) return moved;
  if (clock.limit_unit === 'minutes' || (due_at <= now && !late_too) || due_at <= clock.started_at) return due_at;
  return addOfficeMinutes(after.calendar, clock.started_at, officeTimeBetween(before.calendar, clock.started_at, due_at)).due_at;
}
