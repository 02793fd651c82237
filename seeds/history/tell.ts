import type { Rulebook } from '../../src/catalog/rules.ts';
import { dayOf } from '../../src/core/clock.ts';
import type { Catalogue } from '../catalogue.ts';
import type { Directory, Unit } from '../directory.ts';
import { makeRandom, type Random } from '../random.ts';
import { topics } from '../texts/topics.ts';
import { makeArrivals, makeTopicWheels } from './arrivals.ts';
import { type DeskCase, deskCases } from './desks.ts';
import type { Case, Given } from './engine/case.ts';
import { makeWriter } from './given.ts';
import { later, makeSim, type Process, run, spawn } from './simulate.ts';
import { arrive } from './stories/arrival.ts';
import { follow } from './stories/followers.ts';
import type { Habit, Telling } from './stories/telling.ts';

export interface Tell {
  readonly directory: Directory;
  readonly catalogue: Catalogue;
  readonly book: Rulebook;
  readonly now: Date;
  readonly count: number;
}

interface Arrival {
  readonly id: number;
  readonly at: number;
  readonly number: string;
  readonly desk: DeskCase | null;
  /** The stream its chances come from; empty: its own number. */
  readonly seed: string;
}

export interface Rating {
  rated: number;
  dissatisfied: number;
}

/** (satisfied + basic) / rated of the city's own report, 98.92 %: so many of the rated are dissatisfied at the end. */
const dissatisfied_share = 0.0108;
/** After so many days nearly every case has been rated. */
const ripe_days = 16;
const months = 18;
const recent_most = 1500;
/** Faults that many people report at once. */
const shared = ['0201', '0202', '0205', '0206', '0501', '0502', '0503', '0606', '0702', '0303', '0301'];

/** The day on which the history begins: the same day of the month, 18 months before now. */
export function historyBegins(now: Date): string {
  const [year, month, day] = dayOf(now).split('-').map(Number) as [number, number, number];
  return dayOf(new Date(Date.UTC(year, month - 1 - months, Math.min(day, 28))));
}

/** Tells the whole history, appeal by appeal in the order of their numbers; appeals merged into one come together with it. */
export function* tell({
  directory,
  catalogue,
  book,
  now,
  count,
}: Tell): Generator<{ cases: Case[]; rating: Rating }, Map<string, number>, void> {
  const random = makeRandom(`history ${count}`);
  const codes = Object.keys(topics).sort();
  const list = codes.map((code) => topics[code]!);
  const begins = new Date(`${historyBegins(now)}T00:00:00+08:00`);
  const wheels = makeTopicWheels(list);
  const write = makeWriter(directory, topics, count);
  const habits = makeHabits(random.fork('habits'), directory);
  const rating: Rating = { rated: 0, dissatisfied: 0 };
  const recent: Given[] = [];
  const own = random.fork('appeals');
  let order_id = 0;
  const base = {
    directory,
    book,
    topics,
    habit: habits,
    nextOrder: () => ++order_id,
    catalogue: (category_code: string, place: Unit) => catalogue.find(category_code, place),
  };

  /** Tells one appeal, and those that are merged into it. */
  function tellOne({ id, at, number, desk }: Arrival, seed: string, others: readonly Arrival[], ripe: boolean): Case[] {
    own.restart(seed);
    const received_at = new Date(at);
    const again = !desk && recent.length > 0 && own.chance(0.03) ? own.pick(recent) : undefined;
    const category_code = desk?.category ?? again?.category_code ?? codes[wheels[Number(number.slice(4, 6)) - 1]!(own)]!;
    const priority = book.categories.get(category_code)!.priority!;
    const { given, slots, replies } = write(own, {
      id,
      number,
      received_at,
      category_code,
      priority,
      ...(desk && { channel: desk.channel, at: directory.byCode.get(desk.place)! }),
      ...(again?.caller && { like: again, same_caller: true }),
    });
    if (!desk && given.caller && !given.confidential) {
      if (recent.length < recent_most) recent.push(given);
      else recent[own.between(0, recent_most - 1)] = given;
    }
    const lead = catalogue.find(category_code, given.place).lead;
    const fate = desk?.fate ?? fateOf(own, rating, ripe, rest, habits(lead));
    const told: Telling = { ...base, ...makeSim(own, book.calendar, now), slots, replies, fate };
    const cases: Case[] = [];
    later(told, received_at, () => cases.push(arrive(told, given)));
    if (desk) told.held = () => cases[0] !== undefined && desk.until(cases[0]);
    if (!desk && shared.includes(category_code) && given.caller && given.building && own.chance(0.1)) {
      for (const other of others.slice(0, own.between(1, 9))) {
        if (other.desk || taken.has(other.id) || other.at > at + 30 * 3_600_000) continue;
        taken.add(other.id);
        const same = write(own, {
          id: other.id,
          number: other.number,
          received_at: new Date(other.at),
          category_code,
          priority,
          channel: 'hotline',
          like: given,
        });
        spawn(told, following(told, cases, same.given), same.given.received_at);
      }
    }
    run(told);
    return cases;
  }

  /** When a desk's case has to come in so that it stands now where it should: tried out, longer and longer ago. */
  function whenFor(desk: DeskCase, n: number): { at: number; seed: string } {
    for (let attempt = 0; ; attempt++) {
      const at = now.getTime() - desk.minutes_ago * 60_000 * (1 + 0.25 * (attempt % 12));
      const seed = `desk ${n} ${attempt}`;
      const [c] = tellOne({ id: 0, at, number: dayOf(new Date(at)).replaceAll('-', ''), desk, seed }, seed, [], false);
      if (attempt === 36 || (c && desk.until(c))) return { at, seed };
    }
  }

  const taken = new Set<number>();
  const desks = (count >= 200 ? deskCases : []).map((desk, n) => ({ desk, ...whenFor(desk, n) }));
  order_id = 0;
  const usual = makeArrivals(random.fork('arrivals'), book.calendar, list, begins, now, count - desks.length);
  const numbers = new Map<string, number>();
  const arrivals = numberInOrder(usual, desks, numbers);
  const ripe = now.getTime() - ripe_days * 86_400_000;
  const unripe = usual.length - usual.findIndex((at) => at > ripe);
  const rest = 1 + (0.5 * unripe) / Math.max(1, count - unripe);

  // The next few are known ahead, so that one may turn out to be about the same as this.
  const ahead: Arrival[] = [];
  for (;;) {
    for (let next = arrivals.next(); !next.done; next = arrivals.next()) if (ahead.push(next.value) > 9) break;
    const one = ahead.shift();
    if (!one) break;
    if (taken.delete(one.id)) continue;
    const cases = tellOne(one, one.seed || String(one.id), ahead, one.at < ripe);
    for (const { level } of cases) {
      if (level === null) continue;
      rating.rated++;
      if (level === 'dissatisfied') rating.dissatisfied++;
    }
    yield { cases, rating };
  }
  return numbers;
}

/** Numbers are given day by day in order of arrival, whatever is told first. */
function* numberInOrder(
  usual: Float64Array,
  desks: readonly { at: number; desk: DeskCase; seed: string }[],
  numbers: Map<string, number>,
): Generator<Arrival, void, void> {
  const waiting = desks.toSorted((a, b) => a.at - b.at);
  let id = 0;
  const numbered = (at: number, desk: DeskCase | null, seed: string): Arrival => {
    const day = dayOf(new Date(at));
    const n = (numbers.get(day) ?? 0) + 1;
    numbers.set(day, n);
    id += 1;
    return { id, at, desk, seed, number: `${day.replaceAll('-', '')}-${String(n).padStart(4, '0')}` };
  };
  for (const at of usual) {
    while (waiting[0] && waiting[0].at < at) {
      const { at: sooner, desk, seed } = waiting.shift()!;
      yield numbered(sooner, desk, seed);
    }
    yield numbered(at, null, '');
  }
  for (const { at, desk, seed } of waiting) yield numbered(at, desk, seed);
}

function* following(told: Telling, cases: Case[], given: Given): Process {
  yield* follow(told, cases[0]!, given, (c) => cases.push(c));
}

/**
 * Who ends dissatisfied is dealt so that the city's rate comes out: while cases are still ripe, in proportion to how they add up;
 * afterwards, when no twice dissatisfied one can have ended yet, by how many of the latest cases are rated at all. `rest`: how much the
 * rated ones still grow in the latter.
 */
function fateOf(random: Random, rating: Rating, ripe: boolean, rest: number, habit: Habit): Telling['fate'] {
  const wanted = rating.rated * dissatisfied_share;
  if (ripe) {
    if (rating.dissatisfied < Math.floor(wanted * rest + 0.5) && random.chance(0.25 * habit.unhappy))
      return { ending: 'unhappy twice', turn: 'plain', intake: 'dispatched' };
    return random.chance(0.022 * habit.unhappy) ? { ending: 'unhappy once' } : {};
  }
  if (rating.dissatisfied < wanted - 0.2) return { ending: 'never reached' };
  return random.chance(0.016 * habit.unhappy)
    ? { ending: 'unhappy once' }
    : rating.dissatisfied > wanted + 0.2
      ? { ending: 'on the page' }
      : {};
}

const knownHabits: Record<string, Habit> = {
  heating_company: { on_time: 0.93, unhappy: 2.6 },
  property_management: { on_time: 0.945, unhappy: 2.1 },
  law_enforcement: { on_time: 0.955, unhappy: 1.5 },
  housing_construction: { on_time: 0.94, unhappy: 1.9 },
  natural_resources: { on_time: 0.945, unhappy: 1.6 },
  traffic_police: { on_time: 0.985, unhappy: 0.8 },
  power_supply: { on_time: 0.992, unhappy: 0.4 },
  sanitation: { on_time: 0.985, unhappy: 0.5 },
  water_company: { on_time: 0.975, unhappy: 0.8 },
};

function makeHabits(random: Random, { units }: Directory): (unit: Unit) => Habit {
  const habits = units.map(
    (unit): Habit =>
      knownHabits[unit.code] ?? {
        on_time: Math.min(0.995, random.normal(0.975, 0.014, 0.91)),
        unhappy: random.normal(0.9, 0.4, 0.2),
      },
  );
  return (unit) => habits[unit.id - 1]!;
}
