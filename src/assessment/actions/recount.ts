import { rulebook } from '../../catalog/actions.ts';
import { limitOf, type Priority, type Rulebook } from '../../catalog/rules.ts';
import { laidOutAnew } from '../../clocks/rules.ts';
import { dayOf } from '../../core/clock.ts';
import type { Db } from '../../core/db.ts';
import { listCountsOf, listRevisions, listSchemesFor, listScores } from '../store/periods.ts';
import { listNumbers, listRulings, listTrails, listTree, type TrailLine, type TreeUnit } from '../store/recount.ts';

/*
 * The scores of a month counted a second time, from the trail alone: from what people did and when, the tree of units and the calendar. It
 * shares no SQL and no arithmetic with what publishes them, and is not meant to: two ways to one figure are what makes it believable.
 */

interface Done {
  readonly at: number;
  readonly act: string;
  readonly input: TrailLine['input'];
}
interface Order {
  readonly id: number;
  readonly appeal: Appeal;
  readonly unit_id: number;
  readonly role: string;
  readonly parent_id: number | null;
  readonly made_at: number;
  readonly round: number;
  readonly contact_unit: 'minutes' | 'office_minutes' | 'working_days';
  readonly due: { handle: number; acknowledge: number; contact: number | null };
  readonly done: Done[];
}
interface Appeal {
  readonly id: number;
  readonly orders: Order[];
  /** Each change of round and of what it is merged into. */
  readonly turns: { readonly at: number; readonly round: number; readonly into: number | null }[];
  readonly ratings: Rating[];
}
interface Rating {
  readonly at: number;
  readonly round: number;
  readonly level: string;
  readonly contacted: boolean | null;
  readonly solved: boolean | null;
}

const moment = (value: unknown): number => Date.parse(String(value));
const month = (at: number): string => dayOf(new Date(at)).slice(0, 7);

/** Reads one appeal's trail into what it tells of rounds, ratings and orders. */
function readAppeal(lines: readonly TrailLine[], numbers: ReadonlyMap<string, number>, book: Rulebook): Appeal {
  const appeal: Appeal = { id: lines[0]!.subject_id, orders: [], turns: [], ratings: [] };
  let [round, into]: [number, number | null] = [1, null];
  let priority: Priority = 'general';
  let category: string | null = null;
  const rated = () => appeal.ratings.some((one) => one.round === round);
  for (const { act, input, happened_at, work_order_id } of lines) {
    const at = happened_at.getTime();
    if (work_order_id === null) {
      if (input['priority']) priority = input['priority'] as Priority;
      if (input['category_code'] !== undefined) category = input['category_code'] as string | null;
      const level = act === 'rework' || act === 'rework_answer' ? 'dissatisfied' : (input['level'] as string | undefined);
      if (level !== undefined && ['close', 'rate', 'rework', 'rework_answer'].includes(act) && !rated()) {
        const said = (name: string) => (typeof input[name] === 'boolean' ? (input[name] as boolean) : null);
        appeal.ratings.push({ at, round, level, contacted: said('contacted'), solved: said('solved') });
      }
      if (act === 'merge') into = numbers.get(String(input['target'])) ?? null;
      if (act === 'unmerge' || act === 'reopen') {
        if (act === 'reopen' || rated()) round++;
        into = null;
      }
      if (['rework', 'rework_answer', 'rework_merged'].includes(act)) round++;
      appeal.turns.push({ at, round, into });
    } else if (act === 'make') {
      const parent = appeal.orders.find(({ id }) => id === input['parent_id']);
      const contact = input['contact_due_at'] ? moment(input['contact_due_at']) : null;
      appeal.orders.push({
        id: work_order_id,
        appeal,
        unit_id: Number(input['unit_id']),
        role: String(input['role']),
        parent_id: parent?.id ?? null,
        made_at: at,
        round,
        contact_unit: limitOf(book, 'contact', priority, category).unit,
        due: { handle: moment(input['due_at']), acknowledge: moment(input['acknowledge_due_at']), contact },
        done: [],
      });
    } else {
      const { due_at, due_after, kind } = input;
      appeal.orders.find(({ id }) => id === work_order_id)?.done.push({ at, act, input: { due_at, due_after, kind } });
    }
  }
  return appeal;
}

const voids: Readonly<Record<string, string>> = {
  uphold_return: 'returned',
  recall: 'recalled',
  recall_open: 'recalled',
  reassign: 'reassigned',
  escalate: 'escalated',
};

interface Standing {
  readonly ended: string | null;
  readonly suspended: boolean;
  readonly due: number;
  readonly completed: number | null;
  readonly first_submitted: number | null;
  readonly timely: boolean;
  readonly reworks: number;
  readonly round: number;
}

/** Where an order stood at a moment. */
function standingAt(order: Order, at: number, book: Rulebook): Standing {
  const due = { ...order.due };
  let ended: string | null = null;
  let acknowledged: number | null = null;
  let contacted: number | null = null;
  let completed: number | null = null;
  let first_submitted: number | null = null;
  let [reworks, round] = [0, order.round];
  let suspended_at: number | null = null;
  for (const { at: when, act, input } of order.done) {
    if (when > at) break;
    const first_round = reworks === 0;
    if (act === 'acknowledge' || act === 'request_return') acknowledged ??= when;
    if (act === 'contact') contacted ??= when;
    if (act === 'submit') {
      first_submitted ??= when;
      if (first_round) completed = when;
    }
    if (act === 'send_back' && first_round) completed = null;
    if (act === 'recompute') due[input['kind'] as 'handle'] = moment(input['due_after']);
    else if (input['due_at'] && first_round && act !== 'rework') due.handle = moment(input['due_at']);
    if (act === 'grant_suspension') suspended_at = when;
    if (act === 'resume') {
      if (contacted === null && due.contact !== null && suspended_at !== null) {
        const left = { due_at: new Date(due.contact), limit_unit: order.contact_unit, provisional: false };
        due.contact = laidOutAnew(book.calendar, left, new Date(suspended_at), new Date(when)).due_at.getTime();
      }
      suspended_at = null;
    }
    if (act === 'rework') {
      reworks++;
      round = order.appeal.turns.findLast((turn) => turn.at <= when)!.round;
    }
    ended = voids[act] ?? ended;
  }
  const called = due.contact === null || (contacted !== null && contacted <= due.contact);
  return {
    ended,
    suspended: suspended_at !== null && ended === null,
    due: due.handle,
    completed,
    first_submitted,
    timely: acknowledged !== null && acknowledged <= due.acknowledge && called,
    reworks,
    round,
  };
}

/** Which town or department answers for a unit on a day. */
function answeringUnit(tree: ReadonlyMap<number, TreeUnit>, unit_id: number, day: string | null): number | null {
  const own = tree
    .get(unit_id)!
    .path.split('/')
    .filter(Boolean)
    .map(Number)
    .findLast((id) => ['town', 'department'].includes(tree.get(id)!.kind));
  let unit = own === undefined ? undefined : tree.get(own);
  while (day !== null && unit?.successor_id && unit.valid_to !== null && unit.valid_to < day) unit = tree.get(unit.successor_id);
  return unit?.id ?? null;
}

const counted = [
  'n',
  'leads',
  'timely',
  'on_time',
  'satisfied',
  'basic',
  'dissatisfied',
  'asked',
  'contacted',
  'solved',
  'reworks',
  'returned',
] as const;
type Sums = Record<(typeof counted)[number], number>;

interface Facts {
  readonly appeals: ReadonlyMap<number, Appeal>;
  readonly tree: ReadonlyMap<number, TreeUnit>;
  readonly city: number;
  readonly book: Rulebook;
  /** By order: since when it is left out. */
  readonly excluded: ReadonlyMap<number, number>;
}

/**
 * Tally what belongs into a month at a moment, leaving out what `taken` says an earlier month has, and adds to it what this one takes.
 * `corrected`: objections upheld afterwards.
 */
function countMonth(
  { appeals, tree, city, book, excluded }: Facts,
  wanted: string,
  at: number,
  first_open: string,
  taken: Set<string>,
  corrected: ReadonlySet<string>,
): Map<number, Sums> {
  const sums = new Map<number, Sums>();
  const of = (unit: number): Sums => {
    const known = sums.get(unit) ?? (Object.fromEntries(counted.map((name) => [name, 0])) as Sums);
    sums.set(unit, known);
    return known;
  };
  const belongs = (when: number) => (month(when) > first_open ? month(when) : first_open || month(when)) === wanted;
  const out = (order_id: number) =>
    corrected.has(`${order_id} exclude`) || (excluded.get(order_id) ?? Number.POSITIVE_INFINITY) <= at;
  const turnAt = (appeal: Appeal) => appeal.turns.findLast((turn) => turn.at <= at);

  for (const appeal of appeals.values()) {
    const made = appeal.orders.filter(({ made_at }) => made_at <= at);
    for (const order of made) {
      if (taken.has(`order ${order.id}`)) continue;
      const stood = standingAt(order, at, book);
      const unit = answeringUnit(tree, order.unit_id, dayOf(new Date(stood.due)));
      if (unit === null || !belongs(stood.due) || stood.suspended) continue;
      taken.add(`order ${order.id}`);
      const sum = of(unit);
      if (stood.ended === 'returned') sum.returned++;
      const line = answeringUnit(tree, order.unit_id, null);
      const inside = (other: Order) =>
        other !== order &&
        answeringUnit(tree, other.unit_id, null) === line &&
        (other.id === order.parent_id || (other.role === 'lead' && standingAt(other, at, book).ended === null));
      if (stood.ended !== null || turnAt(appeal)?.into != null || out(order.id)) continue;
      if ((order.role !== 'lead' && made.some(inside)) || (stood.completed === null && stood.due > at)) continue;
      sum.n++;
      if (order.role === 'lead') sum.leads++;
      if (stood.timely || corrected.has(`${order.id} timely`)) sum.timely++;
      if ((stood.completed !== null && stood.completed <= stood.due) || corrected.has(`${order.id} on_time`)) sum.on_time++;
      sum.reworks += stood.reworks;
    }
    for (const rating of appeal.ratings) {
      const key = `rating ${appeal.id} ${rating.round}`;
      if (rating.at > at || taken.has(key) || !belongs(rating.at)) continue;
      taken.add(key);
      if (rating.round !== turnAt(appeal)!.round) continue;
      let work = appeal;
      for (let into = turnAt(work)?.into; into; into = turnAt(work)?.into) work = appeals.get(into)!;
      const lead = work.orders.findLast((order) => {
        if (order.role !== 'lead' || order.made_at > at) return false;
        const { ended, first_submitted, round } = standingAt(order, at, book);
        return (
          ended === null && first_submitted !== null && first_submitted <= rating.at && (work !== appeal || rating.round <= round)
        );
      });
      if (lead && out(lead.id)) continue;
      const sum = of((lead && answeringUnit(tree, lead.unit_id, dayOf(new Date(rating.at)))) || city);
      sum[rating.level as 'satisfied']++;
      if (rating.contacted === null || rating.solved === null) continue;
      sum.asked++;
      if (rating.contacted) sum.contacted++;
      if (rating.solved) sum.solved++;
    }
  }
  return sums;
}

interface Rules {
  readonly key: string;
  readonly weights: readonly string[];
  readonly basic_value: string;
  readonly min_rated: number;
  readonly mode: string | null;
  readonly k: string;
  readonly cap: string;
  readonly group_scope: string;
}

const cents = (text: string): bigint => BigInt(Math.round(Number(text) * 100));
const half_up = (top: bigint, bottom: bigint): bigint => (2n * top + bottom) / (2n * bottom);

/** 100 · Σ wᵢ·aᵢ/bᵢ / Σ wᵢ in hundredths, over one common denominator. */
function scoreOf(sum: Sums, rules: Rules): bigint | null {
  const rated = sum.satisfied + sum.basic + sum.dissatisfied;
  const voices = BigInt(sum.satisfied) * 100n + BigInt(sum.basic) * (rules.mode === null ? 100n : cents(rules.basic_value));
  const parts: [bigint, bigint][] =
    rules.mode === null
      ? [
          [BigInt(sum.contacted), BigInt(sum.asked)],
          [BigInt(sum.solved), BigInt(sum.asked)],
          [voices, BigInt(rated) * 100n],
        ]
      : [
          [BigInt(sum.timely), BigInt(sum.n)],
          [BigInt(sum.on_time), BigInt(sum.n)],
          [voices, BigInt(rated) * 100n],
        ];
  if (rules.mode !== null && sum.n === 0) return null;
  const there = parts.map(([a, b], i) => ({ a, b, w: cents(rules.weights[i]!) })).filter(({ b }) => b > 0n);
  if (there.length === 0) return null;
  const bottom = there.reduce((all, { b }) => all * b, 1n);
  const top = there.reduce((all, { a, b, w }) => all + w * a * (bottom / b), 0n);
  return half_up(top * 10_000n, bottom * there.reduce((all, { w }) => all + w, 0n));
}

function deductionOf(sum: Sums, score: bigint, base: bigint, rules: Rules): bigint {
  const rated = sum.satisfied + sum.basic + sum.dissatisfied;
  if (rules.mode === null || rated === 0 || rated < rules.min_rated || score >= base) return 0n;
  const gap = base - score;
  const points = { full_point: (gap / 100n) * 100n, started_point: ((gap + 99n) / 100n) * 100n, proportional: gap }[rules.mode]!;
  const lost = half_up(points * cents(rules.k), 100n);
  return lost < cents(rules.cap) ? lost : cents(rules.cap);
}

export interface RecountedRow {
  readonly unit_id: number;
  readonly unit: { readonly name_zh: string; readonly name_en: string };
  readonly scheme: string;
  /** As published, or as the open month shows it; and as counted again. */
  readonly shown: string | null;
  readonly counted: string | null;
  readonly difference: string;
}
export interface Recounted {
  readonly period: string;
  readonly closed: boolean;
  readonly rows: readonly RecountedRow[];
  /** Units and counts that are not the same. */
  readonly differences: readonly string[];
}

const told = (value: bigint | null): string | null =>
  value === null ? null : `${value / 100n}.${String(value % 100n).padStart(2, '0')}`;
const batch = 5000;

/** Tally a month again from the trail. */
export async function recount(db: Db, period: string, now: Date): Promise<Recounted> {
  const [book, numbers, tree] = await Promise.all([rulebook(db), listNumbers(db), listTree(db)]);
  const appeals = new Map<number, Appeal>();
  for (let after = 0; ; ) {
    const lines = await listTrails(db, after, batch);
    if (lines.length === 0) break;
    let from = 0;
    lines.forEach((line, i) => {
      if (lines[i + 1]?.subject_id === line.subject_id) return;
      appeals.set(line.subject_id, readAppeal(lines.slice(from, i + 1), numbers, book));
      from = i + 1;
    });
    after = lines.at(-1)!.subject_id;
  }
  const rulings = await listRulings(db);
  const after = (line: TrailLine) => (line.input['after'] ?? {}) as Record<string, unknown>;
  const confirmed = rulings.filter((line) => after(line)['confirmation'] === 'confirmed');
  const facts: Facts = {
    appeals,
    tree: new Map(tree.map((unit) => [unit.id, unit])),
    city: tree.find(({ kind }) => kind === 'city')!.id,
    book,
    excluded: new Map(
      confirmed
        .filter(({ act }) => act === 'exclusion.confirm')
        .map((line) => [Number(after(line)['order_id']), line.happened_at.getTime()]),
    ),
  };
  const corrected = new Set(
    confirmed
      .filter((line) => line.act === 'objection.confirm' && after(line)['period'] === period)
      .map((line) => `${after(line)['order_id']} ${after(line)['claim']}`),
  );
  const closings = rulings.filter(({ act }) => act === 'close');
  const taken = new Set<string>();
  let first_open = '';
  let sums: Map<number, Sums> | undefined;
  let rules: readonly Rules[] | undefined;
  for (const { input, happened_at } of closings) {
    const of = String(input['period']);
    const found = countMonth(facts, of, happened_at.getTime(), first_open, taken, of === period ? corrected : new Set());
    first_open = month(Date.UTC(Number(of.slice(0, 4)), Number(of.slice(5)), 2));
    if (of !== period) continue;
    sums = found;
    rules = input['parameters'] as Rules[];
    break;
  }
  const closed = sums !== undefined;
  sums ??= countMonth(facts, period, now.getTime(), first_open, taken, corrected);
  return compare(db, period, closed, sums, rules, facts);
}

async function compare(
  db: Db,
  period: string,
  closed: boolean,
  sums: ReadonlyMap<number, Sums>,
  frozen: readonly Rules[] | undefined,
  { tree }: Facts,
): Promise<Recounted> {
  const shown = await listCountsOf(db, [period]);
  const revision = (await listRevisions(db, period)).at(-1)?.revision ?? 0;
  const published = closed ? await listScores(db, period, revision) : [];
  const in_force = await listSchemesFor(db, period);
  const rules: readonly Rules[] =
    frozen ??
    in_force.map(({ weights, basic_value, k, cap, ...rest }) => ({
      ...rest,
      weights: weights.map((weight) => told(BigInt(weight))!),
      basic_value: told(BigInt(basic_value))!,
      k: told(BigInt(k))!,
      cap: told(BigInt(cap))!,
    }));
  const differences: string[] = [];
  const units = new Set([...sums.keys(), ...shown.map(({ unit_id }) => unit_id)]);
  const empty = Object.fromEntries(counted.map((name) => [name, 0])) as Sums;
  const ours = (unit_id: number) => sums.get(unit_id) ?? empty;
  const theirs = (unit_id: number): Sums => ({ ...empty, ...shown.find((row) => row.unit_id === unit_id) });
  for (const unit_id of units) {
    for (const name of counted) {
      const [theirs_of, ours_of] = [theirs(unit_id)[name], ours(unit_id)[name]];
      if (theirs_of !== ours_of) differences.push(`${tree.get(unit_id)!.name_zh} ${name}: ${theirs_of} / ${ours_of}`);
    }
  }
  const rows: RecountedRow[] = [];
  for (const one of rules) {
    const assessed = [...units].filter((id) => tree.get(id)!.kind !== 'city');
    const scored = assessed.map((unit_id) => ({ unit_id, sum: ours(unit_id), score: scoreOf(ours(unit_id), one) }));
    const base = baseOf(scored);
    const scheme = in_force.find(({ key }) => key === one.key)!;
    for (const { unit_id, sum, score } of scored) {
      const row = published.find((line) => line.unit_id === unit_id && line.scheme_id === (one as unknown as { id: number }).id);
      const said = closed ? (row?.score ?? null) : told(scoreOf(theirs(unit_id), one));
      const counted_score = told(score);
      const { name_zh, name_en } = tree.get(unit_id)!;
      const difference = said === null || score === null ? (said === counted_score ? 0n : null) : cents(said) - score;
      rows.push({
        unit_id,
        unit: { name_zh, name_en },
        scheme: one.key,
        shown: said,
        counted: counted_score,
        difference: difference === null ? '?' : told(difference < 0n ? -difference : difference)!,
      });
      if (difference !== 0n) differences.push(`${name_zh} ${one.key}: ${said} / ${counted_score}`);
      if (!row || score === null || base === null || scheme.group_scope === 'group') continue;
      const lost = deductionOf(sum, score, base, one);
      if (cents(row.deduction) !== lost) differences.push(`${name_zh} ${one.key} −: ${row.deduction} / ${told(lost)}`);
    }
  }
  return { period, closed, rows, differences };
}

function baseOf(scored: readonly { sum: Sums; score: bigint | null }[]): bigint | null {
  const counting = scored.filter(({ score, sum }) => score !== null && sum.n > 0);
  const n = counting.reduce((all, { sum }) => all + BigInt(sum.n), 0n);
  return n === 0n
    ? null
    : half_up(
        counting.reduce((all, { sum, score }) => all + BigInt(sum.n) * score!, 0n),
        n,
      );
}
