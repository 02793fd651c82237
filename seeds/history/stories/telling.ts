import type { Rulebook } from '../../../src/catalog/rules.ts';
import { approvers, isOpen } from '../../../src/orders/rules.ts';
import type { Post } from '../../../src/people/rules.ts';
import type { Directory, Unit } from '../../directory.ts';
import type { Replies } from '../../texts/replies.ts';
import { fill, type Slots } from '../../texts/slots.ts';
import type { Topic } from '../../texts/topic.ts';
import type { Case, Order, Who } from '../engine/case.ts';
import { makeOrder } from '../engine/order.ts';
import { type Process, type Sim, spawn } from '../simulate.ts';
import { turns } from './handling.ts';

/** How well a unit works: its share of orders done in time, and how often its appellants are unhappy (1 is usual). */
export interface Habit {
  readonly on_time: number;
  readonly unhappy: number;
}

/** What one case of the history is told with. */
export interface Telling extends Sim {
  readonly directory: Directory;
  readonly book: Rulebook;
  readonly topics: Readonly<Record<string, Topic>>;
  readonly slots: Slots;
  readonly replies: Replies;
  /** The dispatch catalogue: who leads and who helps for a category at a place. */
  catalogue(category_code: string, place: Unit): { lead: Unit; co: readonly Unit[] };
  habit(unit: Unit): Habit;
  nextOrder(): number;
  /** The parts chosen beforehand, by row name; absent means by weight. */
  readonly fate: { readonly intake?: string; readonly turn?: string; readonly ending?: string };
}

export interface Row<T extends unknown[]> {
  readonly name: string;
  readonly weight: number;
  readonly when?: (told: Telling, c: Case, ...rest: T) => boolean;
  readonly play: (told: Telling, c: Case, ...rest: T) => Process;
}

export function deal<T extends unknown[]>(
  rows: readonly Row<T>[],
  told: Telling,
  chosen: string | undefined,
  c: Case,
  ...rest: T
): Process {
  const fitting = rows.filter((row) => row.when?.(told, c, ...rest) ?? true);
  const wanted = fitting.find((row) => row.name === chosen);
  let at = told.random.next() * fitting.reduce((sum, row) => sum + row.weight, 0);
  const drawn = fitting.find((row) => {
    at -= row.weight;
    return at < 0;
  });
  return (wanted ?? drawn ?? fitting[0]!).play(told, c, ...rest);
}

/** When the jobs run: minute of the day, of the hour for the lapse. */
export const jobs = { close: 80, archive: 100, lapse: 10 } as const;

export const text = (told: Telling, from: readonly string[]): string => fill(told.random.pick(from), told.random, told.slots);
export const topicOf = (told: Telling, c: Case): Topic => told.topics[c.category_code]!;

export function whoAt(told: Telling, unit: Unit, post: Post, except: number | null = null): Who | null {
  const people = (unit.staff[post] ?? []).filter((id) => id !== except);
  return people.length === 0 ? null : { person_id: told.random.pick(people), post, unit_id: unit.id };
}
export const atCity = (told: Telling, post: Post, except: number | null = null): Who =>
  whoAt(told, told.directory.city, post, except)!;

/** Who works on an order for its unit: clerks mostly, in the grid whom it is for. */
export function holderOf(told: Telling, order: Order): Who {
  const { unit } = order;
  if (unit.kind === 'grid') {
    const who =
      told.random.chance(0.85) && order.assignee_id !== null ? order.assignee_id : told.random.pick(unit.staff.linked_member!);
    return { person_id: who, post: 'linked_member', unit_id: unit.id };
  }
  return whoAt(told, unit, `${unit.kind as 'town' | 'community' | 'department'}_clerk`)!;
}

export function approverOf(told: Telling, order: Order): Who {
  const { at, posts } = approvers[order.unit.kind];
  const upwards = (at === 'own' ? order.unit.line : order.unit.line.slice(0, -1)).toReversed();
  for (const unit of upwards) {
    const able = posts.flatMap((post) => whoAt(told, unit, post, order.submitted_by) ?? []);
    if (able.length > 0) return able[0]!;
  }
  return atCity(told, 'dispatch_officer', order.submitted_by);
}

/** The lowest unit on a way up at which somebody is on duty. */
export function landingOf(told: Telling, line: readonly Unit[]): Unit {
  return line.findLast(
    (unit) =>
      unit.kind === 'city' || Object.values(unit.staff).some((people) => people.some((id) => told.directory.on_duty.has(id))),
  )!;
}

function assigneeOf(told: Telling, unit: Unit): number | null {
  return unit.kind === 'grid' ? (unit.staff.linked_member?.find((id) => told.directory.on_duty.has(id)) ?? null) : null;
}

export function give(
  told: Telling,
  c: Case,
  unit: Unit,
  role: 'lead' | 'co' | 'part',
  made_by_unit: Unit,
  who: Who,
  instruction: string,
  part?: { parent: Order; due_on: string },
): Order {
  return makeOrder(
    c,
    { id: told.nextOrder(), unit, role, instruction, made_by_unit, assignee_id: assigneeOf(told, unit), ...part },
    who,
    told.now,
  );
}

export function work(told: Telling, c: Case, order: Order, turn?: string): void {
  spawn(told, deal(turns, told, turn, c, order), told.now, () => isOpen(order.status));
}
