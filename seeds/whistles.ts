import type { Rulebook } from '../src/catalog/rules.ts';
import { nextOpening } from '../src/core/calendar.ts';
import { addDays, addMinutes, dayOf, startOfDay } from '../src/core/clock.ts';
import type { Db } from '../src/core/db.ts';
import type { Post } from '../src/people/rules.ts';
import { demoUnits } from '../src/people/rules.ts';
import { chain, emptyHead, type TrailEntry } from '../src/trail/rules.ts';
import {
  type Act,
  canFollow,
  clockKinds,
  dueFor,
  isOver,
  needsDecision,
  type Status,
  statusAfter,
} from '../src/whistles/rules.ts';
import { makeCopier, setSequences, type Value } from './copy.ts';
import type { Directory, Unit } from './directory.ts';
import { makeRandom, type Random } from './random.ts';
import { closings, jincheng, judgements, refusals, type WhistleTopic, whistleTopics } from './texts/whistles.ts';

const tables = {
  whistles: `id status kind subject appeal_id unit_id title reason tried request meeting_place ends_on drafted_by drafted_at issued_by issued_at
    decision_number consulting_at resolved_at outcome rated_at ended_at closing_reason demo trail_seq trail_hash`,
  whistle_units: `id whistle_id unit_id acknowledged_by acknowledged_at refused_by refused_at refusal timeliness cooperation result rated_by
    necessity own_duty judgement judged_by judged_at`,
  whistle_check_ins: 'whistle_unit_id person_id attendee checked_in_at online place',
  consultations: 'whistle_id held_at place outsiders minutes recorded_by recorded_at',
  whistle_parts: 'whistle_id whistle_unit_id title due_on made_by made_at report reported_by reported_at finished_by finished_at',
  clocks: 'whistle_unit_id kind started_at due_at stopped_at limit_value limit_unit calendar_version provisional named',
  messages: 'person_id event whistle_id created_at',
  trail: 'subject_kind subject_id seq act from_status to_status work_order_id person_id post unit_id happened_at input_hash hash',
  trail_inputs: 'subject_kind subject_id seq input',
} as const;

type Fate = 'plain' | 'late' | 'absent' | 'refused' | 'rejected' | 'withdrawn';
/** What is told of one whistle. Whatever would come after `now` has not happened. */
interface Story {
  readonly topic: WhistleTopic;
  readonly caller: Unit;
  readonly starts_at: Date;
  readonly fate: Fate;
  /** How many days from the consultation until it is resolved. */
  readonly days: number;
  readonly ends_on: string | null;
  /** It goes no further. */
  readonly until?: Status;
  readonly best: boolean;
}

const told_days = 530;
const past_count = 46;

/** The demo's whistles: the showcase, 18 months of others, and some that run now at the demo accounts' desks. */
export async function loadWhistles(trx: Db, directory: Directory, book: Rulebook, now: Date): Promise<void> {
  const random = makeRandom('whistles');
  const copier = await makeCopier(trx, tables);
  const add: Add = (table, ...values) => copier.add(table, values);
  const stories = [showcase(directory, book, now), ...past(directory, book, random, now), ...running(directory, now)];
  const numbers = { unit: 0 };
  stories.sort((a, b) => a.starts_at.getTime() - b.starts_at.getTime());
  for (const [i, story] of stories.entries())
    write(add, { directory, book, now, random: random.fork(String(i)), numbers }, i + 1, story);
  await copier.send();
  await setSequences(trx, ['whistles', 'whistle_units']);
}

type Add = (table: keyof typeof tables, ...values: readonly Value[]) => void;

function showcase({ byCode }: Directory, book: Rulebook, now: Date): Story {
  const day = addDays(dayOf(now), -160);
  const starts_at = nextOpening(book.calendar, startOfDay(day));
  return {
    topic: jincheng,
    caller: byCode.get(demoUnits.town)!,
    starts_at,
    fate: 'plain',
    days: 34,
    ends_on: addDays(dayOf(starts_at), 45),
    best: true,
  };
}

function past({ byCode, units }: Directory, book: Rulebook, random: Random, now: Date): Story[] {
  const town = byCode.get(demoUnits.town)!;
  const community = byCode.get(demoUnits.community)!;
  const others = units.filter((unit) => (unit.kind === 'town' && unit !== town) || unit.parent_id === town.id);
  const callers = others.filter((unit) => unit.kind === 'town' || unit.kind === 'community');
  const fates: readonly Fate[] = [
    'plain',
    'plain',
    'late',
    'plain',
    'absent',
    'plain',
    'refused',
    'plain',
    'rejected',
    'late',
    'withdrawn',
  ];
  return Array.from({ length: past_count }, (_, i) => {
    const topic = whistleTopics[i % whistleTopics.length]!;
    const day = addDays(dayOf(now), -told_days + Math.round((i * (told_days - 45)) / past_count));
    const morning = addMinutes(startOfDay(day), 9 * 60 + random.between(0, 200));
    const starts_at =
      topic.kind === 'emergency' ? addMinutes(morning, random.between(-360, 600)) : nextOpening(book.calendar, morning);
    const caller = i % 3 === 0 ? town : i % 3 === 1 && i % 2 === 0 ? community : random.pick(callers);
    return {
      topic,
      caller,
      starts_at,
      fate: fates[i % fates.length]!,
      days: topic.kind === 'emergency' ? 0 : random.between(3, 18),
      ends_on: topic.kind === 'project' ? addDays(dayOf(starts_at), 40) : null,
      best: false,
    };
  });
}

/** In every state, so that caller, approver and called unit of the demo find work at any hour. */
function running({ byCode }: Directory, now: Date): Story[] {
  const town = byCode.get(demoUnits.town)!;
  const community = byCode.get(demoUnits.community)!;
  const hour = 60;
  const day = 24 * hour;
  const rows: readonly (readonly [caller: Unit, topic: number, minutes_ago: number, fate: Fate, until?: Status])[] = [
    [town, 2, 40, 'plain', 'draft'],
    [town, 6, 90, 'plain', 'pending_approval'],
    [community, 0, 50, 'plain', 'pending_approval'],
    [town, 7, 30, 'plain'],
    [town, 2, 3 * hour, 'late', 'issued'],
    [community, 4, 2 * hour, 'plain'],
    [town, 3, day, 'absent'],
    [town, 5, 9 * day, 'late', 'in_consultation'],
    [town, 0, 8 * day, 'absent', 'in_consultation'],
    [community, 2, 10 * day, 'refused', 'in_consultation'],
    [town, 6, 20 * day, 'plain', 'resolved'],
    [community, 6, 24 * day, 'late', 'rated'],
  ];
  return rows.map(([caller, topic, minutes_ago, fate, until]) => ({
    topic: whistleTopics[topic]!,
    caller,
    starts_at: addMinutes(now, -minutes_ago),
    fate,
    days: until === 'in_consultation' ? 30 : 4,
    ...(until && { until }),
    ends_on: whistleTopics[topic]!.kind === 'project' ? addDays(dayOf(now), 31) : null,
    best: false,
  }));
}

interface Telling {
  readonly directory: Directory;
  readonly book: Rulebook;
  readonly now: Date;
  readonly random: Random;
  readonly numbers: { unit: number };
}

interface CalledUnit {
  readonly id: number;
  readonly unit: Unit;
  readonly part: string;
  readonly clerk: number;
  readonly leader: number;
  readonly due: Readonly<Record<(typeof clockKinds)[number], Date>>;
  acknowledged_at: Date | null;
  checked_in_at: Date | null;
  refused_at: Date | null;
  refusal: string | null;
  marks: readonly number[] | null;
  judged_at: Date | null;
  own_duty: boolean;
}

const firstOf = (unit: Unit, ...posts: readonly Post[]): { person: number; post: Post } => {
  const post = posts.find((one) => (unit.staff[one]?.length ?? 0) > 0)!;
  return { person: unit.staff[post]![0]!, post };
};

/** Tells one whistle by the product's own table of acts, and writes it. */
function write(add: Add, { directory, book, now, random, numbers }: Telling, id: number, story: Story): void {
  const { topic, caller, fate, best } = story;
  const clerk = firstOf(caller, 'town_clerk', 'community_clerk');
  const leader = firstOf(caller, 'town_leader', 'community_secretary');
  const nameOf = (person: number) => directory.facts.people[person - 1]!.name;
  const entries: TrailEntry[] = [];
  let status = 'draft' as Status;
  const happened = { issued: null, consulting: null, resolved: null, rated: null, ended: null } as Record<string, Date | null>;
  let decision: string | null = null;
  let closing: string | null = null;
  type Who = { person: number; post: Post; unit: Unit } | null;
  /** Does the act if it is lawful and its time has come. */
  const act = (what: Act, at: Date, who: Who, input: object): boolean => {
    if (at > now || !canFollow(status, what)) return false;
    const to = statusAfter(status, what);
    if (status === story.until && to !== status) return false;
    entries.push({
      act: what,
      from_status: entries.length === 0 ? null : status,
      to_status: to,
      work_order_id: null,
      person_id: who?.person ?? null,
      post: who?.post ?? 'system',
      unit_id: who?.unit.id ?? null,
      happened_at: at,
      input,
    });
    status = to;
    return true;
  };
  const byClerk: Who = { ...clerk, unit: caller };
  const byLeader: Who = { ...leader, unit: caller };
  const drafted_at = story.starts_at;
  const place = `${caller.zh}会商室`;
  const codes = Object.keys(topic.parts);
  const { title, reason, tried, request, kind, subject } = topic;
  act('draft', drafted_at, byClerk, {
    ...{ kind, subject, title, reason, tried, request, meeting_place: place, ends_on: story.ends_on, appeal: null },
    unit_ids: codes.map((code) => directory.byCode.get(code)!.id),
  });
  const hurry = kind === 'emergency';
  const proposed_at = addMinutes(drafted_at, hurry ? 1 : 12);
  const issued_at = addMinutes(proposed_at, hurry ? 3 : random.between(12, 50));
  act('propose', proposed_at, byClerk, {});
  if (fate === 'rejected' && act('reject', issued_at, byLeader, { reason: closings.rejected })) {
    closing = closings.rejected;
    happened['ended'] = issued_at;
  }
  const number = needsDecision(kind) ? `工委〔${dayOf(issued_at).slice(0, 4)}〕${20 + id}号` : null;
  if (act('issue', issued_at, byLeader, { decision_number: number })) {
    happened['issued'] = issued_at;
    decision = number;
  }
  const called = codes.map((code): CalledUnit => {
    const unit = directory.byCode.get(code)!;
    return {
      id: ++numbers.unit,
      unit,
      part: topic.parts[code]!,
      clerk: firstOf(unit, 'department_clerk').person,
      leader: firstOf(unit, 'department_leader').person,
      due: {
        whistle_acknowledge: dueFor(book, kind, 'whistle_acknowledge', issued_at).due_at,
        check_in: dueFor(book, kind, 'check_in', issued_at).due_at,
      },
      ...{
        acknowledged_at: null,
        checked_in_at: null,
        refused_at: null,
        refusal: null,
        marks: null,
        judged_at: null,
        own_duty: false,
      },
    };
  });
  if (fate === 'withdrawn' && act('withdraw', addMinutes(issued_at, 5), byClerk, { reason: closings.withdrawn })) {
    closing = closings.withdrawn;
    happened['ended'] = addMinutes(issued_at, 5);
  }
  const by = (one: CalledUnit): Who => ({ person: one.clerk, post: 'department_clerk', unit: one.unit });
  const odd = called.at(-1)!;
  const steps: { at: Date; do: () => void }[] = [];
  let held_at: Date | null = null;
  let minutes: string | null = null;
  for (const [i, one] of called.entries()) {
    const share = (due: Date, from: number, to: number) =>
      new Date(issued_at.getTime() + (due.getTime() - issued_at.getTime()) * (from + random.next() * (to - from)));
    const isOdd = one === odd;
    const acknowledges = share(one.due.whistle_acknowledge, 0.1, 0.9);
    const late = isOdd && fate === 'late';
    const comes = late ? addMinutes(one.due.check_in, random.between(12, 180)) : share(one.due.check_in, 0.92 - i * 0.05, 0.98);
    if (isOdd && fate === 'absent') continue;
    steps.push({
      at: late ? addMinutes(one.due.whistle_acknowledge, 25) : acknowledges,
      do() {
        const at = late ? addMinutes(one.due.whistle_acknowledge, 25) : acknowledges;
        if (act('acknowledge', at, by(one), {})) one.acknowledged_at = at;
      },
    });
    if (isOdd && fate === 'refused') {
      const refusal = refusals[id % refusals.length]!;
      steps.push({
        at: addMinutes(acknowledges, 5),
        do() {
          const at = addMinutes(acknowledges, 5);
          if (!act('refuse', at, by(one), { refusal })) return;
          one.refused_at = at;
          one.refusal = refusal;
        },
      });
      continue;
    }
    steps.push({
      at: comes,
      do() {
        const where = i % 3 === 2 ? null : place;
        if (!act('check_in', comes, by(one), { attendee: nameOf(one.clerk), place: where })) return;
        one.checked_in_at = comes;
        one.acknowledged_at ??= comes;
      },
    });
  }
  const over = addMinutes(odd.due.check_in, 1);
  steps.push({ at: over, do: () => consult(over) });
  function consult(at: Date): void {
    if (act('consult', at, null, {})) happened['consulting'] = at;
  }
  for (const step of steps.sort((a, b) => a.at.getTime() - b.at.getTime())) {
    step.do();
    if (status === 'checking_in' && called.every((one) => one.checked_in_at || one.refused_at)) consult(step.at);
  }

  const parts: {
    one: CalledUnit;
    made_at: Date;
    due_on: string;
    reported_at: Date | null;
    finished_at: Date | null;
    report: string;
  }[] = [];
  if (happened['consulting']) {
    // Whoever came late came first; then they sit down.
    const last = Math.max(...called.map(({ checked_in_at }) => checked_in_at?.getTime() ?? 0), happened['consulting'].getTime());
    const met_at = addMinutes(new Date(last), hurry ? 20 : 90);
    const text = `${called.map((one) => `${one.unit.zh}：${one.part}`).join('；')}。`;
    const input = { held_at: met_at, place, outsiders: topic.outsiders || null, minutes: text };
    if (act('record_minutes', addMinutes(met_at, 5), byClerk, input)) {
      held_at = met_at;
      minutes = text;
    }
    const resolves = addMinutes(met_at, story.days === 0 ? 240 : story.days * 1440);
    const whole = resolves.getTime() - met_at.getTime();
    for (const one of called.filter(({ refused_at }) => !refused_at)) {
      const due_on = story.ends_on ?? addDays(dayOf(resolves), 1);
      const made_at = addMinutes(met_at, 10);
      if (act('add_part', made_at, byClerk, { unit_id: one.unit.id, title: one.part, due_on }))
        parts.push({ one, made_at, due_on, reported_at: null, finished_at: null, report: '' });
    }
    for (const [i, part] of parts.entries()) {
      const at = new Date(met_at.getTime() + whole * (0.45 + 0.15 * i));
      const report = `${part.one.part}已办结，现场情况见附记录。`;
      if (act('report_part', at, by(part.one), { part: part.one.part, report })) Object.assign(part, { reported_at: at, report });
    }
    for (const part of parts) {
      const at = new Date(resolves.getTime() - 30 * 60_000);
      if (part.reported_at && act('finish_part', at, byClerk, { part: part.one.part })) part.finished_at = at;
    }
    const open = parts.some(({ finished_at }) => finished_at === null);
    if (!open && act('resolve', resolves, byClerk, { outcome: topic.outcome })) happened['resolved'] = resolves;
  }
  if (happened['resolved']) {
    const rated_at = addMinutes(happened['resolved'], 24 * 60 + 90);
    const marks = called.map((one) =>
      one.refused_at || (one === odd && fate === 'absent')
        ? [1, 1, one.refused_at ? 1 : 2]
        : [0, 1, 2].map(() => (best ? 5 : one === odd && fate === 'late' ? random.between(2, 4) : random.between(4, 5))),
    );
    const input = {
      marks: called.map(({ unit }, i) => {
        const [timeliness, cooperation, result] = marks[i]!;
        return { unit_id: unit.id, timeliness, cooperation, result };
      }),
    };
    if (act('rate', rated_at, byClerk, input)) {
      happened['rated'] = rated_at;
      called.forEach((one, i) => {
        one.marks = marks[i]!;
      });
    }
    for (const [i, one] of happened['rated'] ? called.entries() : []) {
      if (one.refused_at) one.own_duty = true;
      const at = addMinutes(rated_at, 60 + i * 25);
      const necessity = one.own_duty ? 1 : 5;
      const judgement = judgements[(id + i) % judgements.length]! || null;
      if (act('judge', at, by(one), { necessity, own_duty: one.own_duty, judgement })) one.judged_at = at;
    }
    const ends = addMinutes(rated_at, 2 * 1440);
    if (act('end', ends, byLeader, {})) happened['ended'] = ends;
  }

  const laid = chain('whistle', id, emptyHead, entries);
  add(
    'whistles',
    ...[
      id,
      status,
      kind,
      subject,
      null,
      caller.id,
      title,
      reason,
      tried,
      request,
      place,
      story.ends_on,
      clerk.person,
      drafted_at,
    ],
    ...[happened['issued'] ? leader.person : null, happened['issued']!, decision, happened['consulting']!, happened['resolved']!],
    ...[happened['resolved'] ? topic.outcome : null, happened['rated']!, happened['ended']!, closing, true],
    ...[laid.head.seq, laid.head.hash],
  );
  for (const [i, one] of called.entries()) {
    const [timeliness = null, cooperation = null, result = null] = one.marks ?? [];
    add(
      'whistle_units',
      ...[one.id, id, one.unit.id, one.acknowledged_at ? one.clerk : null, one.acknowledged_at],
      ...[
        one.refused_at ? one.clerk : null,
        one.refused_at,
        one.refusal,
        timeliness,
        cooperation,
        result,
        one.marks ? clerk.person : null,
      ],
      ...(one.judged_at
        ? [one.own_duty ? 1 : 5, one.own_duty, judgements[(id + i) % judgements.length]! || null, one.clerk, one.judged_at]
        : [null, null, null, null, null]),
    );
    if (one.checked_in_at)
      add('whistle_check_ins', one.id, one.clerk, nameOf(one.clerk), one.checked_in_at, i % 3 === 2, i % 3 === 2 ? null : place);
    if (!happened['issued']) continue;
    const given_up = happened['resolved'] ?? (status === 'withdrawn' ? happened['ended']! : null);
    const stops = {
      whistle_acknowledge: one.acknowledged_at ?? one.refused_at ?? given_up,
      check_in: one.checked_in_at ?? one.refused_at ?? given_up,
    };
    for (const clock of clockKinds) {
      const { limit, due_at, provisional } = dueFor(book, kind, clock, issued_at);
      add(
        'clocks',
        ...[one.id, clock, issued_at, due_at, stops[clock], limit.value, limit.unit, book.calendar.version, provisional, true],
      );
    }
    if (!isOver(status) && now.getTime() - issued_at.getTime() < 3 * 86_400_000)
      for (const person of [one.clerk, one.leader]) add('messages', person, 'whistle_issued', id, issued_at);
  }
  if (held_at && minutes)
    add('consultations', id, held_at, place, topic.outsiders, minutes, clerk.person, addMinutes(held_at, 5));
  for (const part of parts)
    add(
      'whistle_parts',
      ...[id, part.one.id, part.one.part, part.due_on, clerk.person, part.made_at],
      ...(part.reported_at ? [part.report, part.one.clerk, part.reported_at] : [null, null, null]),
      ...(part.finished_at ? [clerk.person, part.finished_at] : [null, null]),
    );
  for (const { input, ...row } of laid.rows) {
    add(
      'trail',
      ...[row.subject_kind, row.subject_id, row.seq, row.act, row.from_status, row.to_status, row.work_order_id, row.person_id],
      ...[row.post, row.unit_id, row.happened_at, row.input_hash, row.hash],
    );
    add('trail_inputs', row.subject_kind, row.subject_id, row.seq, input);
  }
}
