import { parameterDefaults, type Rulebook } from '../src/catalog/rules.ts';
import { dueAt } from '../src/core/calendar.ts';
import { addDays, addMinutes, dayOf, startOfDay } from '../src/core/clock.ts';
import type { Db } from '../src/core/db.ts';
import { seal } from '../src/core/seal.ts';
import { followUpsOf, isHealth, namesRoom, situations } from '../src/visits/rules.ts';
import { makeCopier, setSequences, type Value, withoutIndexes } from './copy.ts';
import type { Building, Directory, Unit } from './directory.ts';
import { readTable } from './facts.ts';
import { makeRandom, type Random } from './random.ts';
import { absences, dutyNotes, talks, watched } from './texts/field.ts';

const tables = {
  duties: 'code category_code category_zh category_en name_zh name_en frequency department_id sort',
  visits: `person_id grid_id building_id room planned_on status checked_in_at located latitude longitude accuracy_metres talk needs
    finished_at demo made_at`,
  duty_entries: 'duty_code person_id grid_id done_on place note noted_at demo',
  watch_records: 'id situation grid_id building_id room event need noted_by noted_at closed_by closed_at outcome demo',
  watch_health: 'watch_id text_sealed',
  watch_follow_ups: 'watch_id step due_at done_at done_by',
} as const;

/** How much of a month's target is told of this month and of the two before, and what a member logs on a working day. */
const months = [0.8, 0.12, 0.06];
const logged = { fulltime: 2, assistant: 0.5 } as const;

interface Member {
  readonly id: number;
  readonly grid: Unit;
  readonly kind: 'fulltime' | 'assistant';
}

/** Some months in the grids: visits, what was watched, the log of duties, and two substitutes. All of it is marked as demo. */
export async function loadField(
  trx: Db,
  directory: Directory,
  book: Pick<Rulebook, 'calendar'>,
  data_key: Buffer,
  now: Date,
): Promise<void> {
  const random = makeRandom('field');
  const putBack = await withoutIndexes(trx, ['visits', 'duty_entries', 'watch_records', 'watch_follow_ups']);
  const copier = await makeCopier(trx, tables);
  const add = (table: keyof typeof tables, ...values: readonly Value[]) => copier.add(table, values);
  const members = membersOf(directory);
  const buildings = new Map<number, Building[]>();
  for (const building of directory.buildings) {
    const known = buildings.get(building.unit.id);
    if (known) known.push(building);
    else buildings.set(building.unit.id, [building]);
  }

  const departments = new Map(readTable('duty_departments').map((row) => [row.duty_code!, row.department_code!]));
  const duties = readTable('duties');
  for (const row of duties) {
    const department = departments.get(row.duty_code!);
    add(
      'duties',
      row.duty_code!,
      row.category_code!,
      row.category_zh!,
      row.category_en!,
      row.duty_zh!,
      row.duty_en!,
      row.frequency!,
      department ? directory.byCode.get(department)!.id : null,
      Number(row.no),
    );
  }

  tellVisits(add, members, buildings, random.fork('visits'), now);
  tellDuties(
    add,
    members,
    duties.map((row) => row.duty_code!),
    random.fork('duties'),
    now,
  );
  tellWatch(add, members, buildings, book, data_key, random.fork('watch'), now);
  await copier.send();
  await putBack();
  await setSequences(trx, ['watch_records']);
  await nameTwo(trx, directory, members, now);
}

function membersOf({ facts, byCode }: Directory): Member[] {
  return facts.people.flatMap((person, i) =>
    person.member ? [{ id: i + 1, grid: byCode.get(person.unit)!, kind: person.member.kind }] : [],
  );
}

/** The flats of a building, two a floor. */
function roomOf(building: Building, n: number): string {
  const each = building.storeys * 2;
  return `${Math.floor(n / each) + 1}单元${Math.floor((n % each) / 2) + 1}0${(n % 2) + 1}`;
}

type Add = (table: keyof typeof tables, ...values: readonly Value[]) => void;

/** Each grid's households in an order of chance, dealt out to its members: what is visited is a different one each time, until all were. */
function tellVisits(
  add: Add,
  members: readonly Member[],
  buildings: ReadonlyMap<number, Building[]>,
  random: Random,
  now: Date,
): void {
  const today = dayOf(now);
  const kept_since = addDays(today, -parameterDefaults['visits.position_days']);
  const households = new Map<number, { building: Building | null; room: string }[]>();
  const dealt = new Map<number, number>();
  const nextOf = (grid: Unit) => {
    let all = households.get(grid.id);
    if (!all) {
      const own = buildings.get(grid.id) ?? [];
      all = random.shuffle<{ building: Building | null; room: string }>(
        own.length > 0
          ? own.flatMap((building) =>
              Array.from({ length: building.households }, (_, n) => ({ building, room: roomOf(building, n) })),
            )
          : Array.from({ length: 120 }, (_, n) => ({ building: null, room: `${n + 1}号` })),
      );
      households.set(grid.id, all);
    }
    const n = dealt.get(grid.id) ?? 0;
    dealt.set(grid.id, n + 1);
    return all[n % all.length]!;
  };
  for (const { id, grid, kind } of members) {
    const target = parameterDefaults[kind === 'fulltime' ? 'visits.target_fulltime' : 'visits.target_assistant'];
    const zeal = 0.7 + random.next() * 0.4;
    // Somewhere in the city; neighbours of a grid are near each other.
    const [latitude, longitude] = [37.35 + ((grid.id * 37) % 500) / 10_000, 120.37 + ((grid.id * 61) % 600) / 10_000];
    for (const [back, share] of months.entries()) {
      const first = monthBefore(today, back);
      const days = back === 0 ? Number(today.slice(8)) : 28;
      const visits = Math.round((target * zeal * share * days) / 30);
      const used = new Set<string>();
      for (let i = 0; i < visits; i++) {
        const { building, room } = nextOf(grid);
        const day = addDays(first, Math.floor((i * days) / visits));
        const key = `${building?.id} ${room} ${day}`;
        const at = addMinutes(startOfDay(day), 540 + random.between(0, 600));
        const done = addMinutes(at, random.between(6, 28));
        if (done > now || used.has(key)) continue;
        used.add(key);
        const [talk, needs] = random.pick(talks);
        const located = random.chance(0.6);
        const shown = located && day >= kept_since;
        add(
          'visits',
          id,
          grid.id,
          building?.id ?? null,
          room,
          day,
          'finished',
          at,
          located,
          shown ? (latitude + random.next() / 500).toFixed(5) : null,
          shown ? (longitude + random.next() / 500).toFixed(5) : null,
          shown ? random.between(5, 60) : null,
          talk,
          needs,
          done,
          true,
          addMinutes(at, -random.between(30, 3000)),
        );
      }
    }
    const ahead = kind === 'fulltime' ? 3 : 1;
    for (let i = 0; i < ahead; i++) {
      const { building, room } = nextOf(grid);
      const planned_on = addDays(today, i + (random.chance(0.1) ? -4 : 1));
      const blank = [false, null, null, null, '', '', null, true, addMinutes(now, -random.between(60, 6000))] as const;
      add('visits', id, grid.id, building?.id ?? null, room, planned_on, 'planned', null, ...blank);
    }
  }
}

/** The first day of the month that many months before the one of a day. */
function monthBefore(day: string, months_back: number): string {
  let first = `${day.slice(0, 7)}-01`;
  for (let i = 0; i < months_back; i++) first = `${addDays(first, -1).slice(0, 7)}-01`;
  return first;
}

function tellDuties(add: Add, members: readonly Member[], codes: readonly string[], random: Random, now: Date): void {
  const today = dayOf(now);
  for (const { id, grid, kind } of members) {
    for (let back = 0; back < 45; back++) {
      const done_on = addDays(today, -back);
      const noted_at = addMinutes(startOfDay(done_on), 17 * 60 + random.between(0, 120));
      const n = Math.floor(logged[kind] * random.next() * 2);
      if (n === 0 || noted_at > now) continue;
      const done = new Set<string>();
      for (let i = 0; i < n; i++) done.add(random.pick(codes));
      for (const code of done) add('duty_entries', code, id, grid.id, done_on, '', random.pick(dutyNotes), noted_at, true);
    }
  }
}

function tellWatch(
  add: Add,
  members: readonly Member[],
  buildings: ReadonlyMap<number, Building[]>,
  { calendar }: Pick<Rulebook, 'calendar'>,
  data_key: Buffer,
  random: Random,
  now: Date,
): void {
  let id = 0;
  const watching = members.filter(({ kind, grid }) => kind === 'fulltime' && buildings.has(grid.id));
  for (const member of watching) {
    for (const situation of situations) {
      if (!random.chance(0.35)) continue;
      const [event, need, outcome] = random.pick(watched[situation]);
      const building = random.pick(buildings.get(member.grid.id)!);
      const room = roomOf(building, random.between(0, building.households - 1));
      const longest = situation === 'discontent' ? parameterDefaults['watch.discontent_days'] - 2 : 80;
      const noted_at = addMinutes(now, -random.between(60, longest * 1440));
      const closed_at = addMinutes(noted_at, random.between(2, 12) * 1440);
      const closed = closed_at < now && random.chance(0.7);
      const health = isHealth(situation);
      id++;
      add(
        'watch_records',
        id,
        situation,
        member.grid.id,
        building.id,
        health || !namesRoom(situation) ? '' : room,
        health ? '' : event,
        health ? '' : need,
        member.id,
        noted_at,
        closed ? member.id : null,
        closed ? closed_at : null,
        closed && !health ? outcome : '',
        true,
      );
      if (health) add('watch_health', id, seal(data_key, JSON.stringify({ room, event, need, ...(closed && { outcome }) })));
      for (const { step, limit, again_days } of followUpsOf(situation)) {
        let due = dueAt(calendar, noted_at, limit).due_at;
        for (let times = 0; times < 14; times++) {
          const done_at = addMinutes(due, -random.between(5, 600));
          const at = done_at < noted_at ? addMinutes(noted_at, random.between(3, 30)) : done_at;
          const done = at < now && (!closed || at < closed_at) && random.chance(0.94);
          add('watch_follow_ups', id, step, due, done ? at : null, done ? member.id : null);
          if (!done || again_days === undefined) break;
          due = addMinutes(at, again_days * 1440);
        }
      }
    }
  }
}

/** One who stands in today, in the community whose desks the demo shows, and one who did a month ago. */
async function nameTwo(trx: Db, { byCode, gridsOf }: Directory, members: readonly Member[], now: Date): Promise<void> {
  const today = dayOf(now);
  const community = byCode.get('370685002001')!;
  const grids = gridsOf.get(community.id)!;
  const fulltime = (grid: Unit) => members.find((one) => one.grid === grid && one.kind === 'fulltime')!;
  const clerk = community.staff.community_clerk![0]!;
  const wanted = [
    { absent: fulltime(grids[1]!), substitute: fulltime(grids[0]!), from: addDays(today, -2), to: addDays(today, 4) },
    { absent: fulltime(grids[3]!), substitute: fulltime(grids[2]!), from: addDays(today, -40), to: addDays(today, -34) },
  ];
  for (const [i, { absent, substitute, from, to }] of wanted.entries()) {
    const [post] = await trx('posts')
      .insert({
        person_id: substitute.id,
        post: 'linked_member',
        unit_id: absent.grid.id,
        on_duty: true,
        valid_from: from,
        valid_to: to,
      })
      .returning('id');
    const began = startOfDay(from);
    const present = to >= today;
    if (present) await trx('posts').where({ person_id: absent.id, unit_id: absent.grid.id }).update({ on_duty: false });
    await trx('substitutes').insert({
      absent_person_id: absent.id,
      substitute_person_id: substitute.id,
      grid_id: absent.grid.id,
      post_id: post!.id,
      valid_from: from,
      valid_to: to,
      reason: absences[i]!,
      asked_by: absent.id,
      decided_by: clerk,
      decided_at: addMinutes(began, -900),
      duty_taken_at: began,
      was_on_duty: true,
      duty_returned_at: present ? null : startOfDay(addDays(to, 1)),
      demo: true,
    });
  }
}
