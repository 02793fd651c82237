import type { Rulebook } from '../src/catalog/rules.ts';
import { addDays, addMinutes, dayOf } from '../src/core/clock.ts';
import type { Db } from '../src/core/db.ts';
import { type DutyDesk, deskRule, dutyDeskNames, mondayOf, type Slot, slotsOf, weekOf } from '../src/shifts/rules.ts';
import { turnDuty } from '../src/shifts/store.ts';
import { makeCopier, setSequences } from './copy.ts';

const tables = {
  duty_shifts: 'id desk unit_id on_day part starts_at ends_at demo',
  shift_assignments: 'shift_id post_id assigned_at',
  handover_notes: 'shift_id body appeals written_by written_at acknowledged_by acknowledged_at demo',
} as const;
const notes = [
  '三号座席耳机有杂音，已报修，先用五号座席。午后来电集中在供热，答复口径在知识库“供热”。',
  '今天受理偏多，早高峰后积压已清。两件急件已电话催过承办单位，请接着盯。',
  '夜间平稳。有一位老人多次来电询问进度，已约好上午回复。',
  '系统正常。下列几件临近到期，请开班先看。',
];

interface Held {
  readonly id: number;
  readonly person_id: number;
  readonly post: string;
  readonly unit_id: number;
  readonly on_duty: boolean;
}

/** Rosters of last week, this one and the two to come: four groups that go from early to late to night to a day off. */
export async function loadShifts(trx: Db, book: Rulebook, now: Date): Promise<void> {
  const posts: Held[] = await trx('posts')
    .whereNull('valid_to')
    .orderBy('id')
    .select('id', 'person_id', 'post', 'unit_id', 'on_duty');
  const open: string[] = await trx('appeals').where({ status: 'in_handling' }).orderBy('due_at').limit(12).pluck('number');
  const copier = await makeCopier(trx, tables);
  const first = addDays(mondayOf(dayOf(now)), -7);
  const days = [0, 7, 14, 21].flatMap((on) => weekOf(addDays(first, on)));
  let id = 0;
  for (const desk of dutyDeskNames) {
    const staff = posts.filter((one) => (deskRule(desk).posts as readonly string[]).includes(one.post));
    for (const unit_id of new Set(staff.map((one) => one.unit_id))) {
      const people = staff.filter((one) => one.unit_id === unit_id && (deskRule(desk).at === 'city' || one.on_duty));
      if (people.length === 0) continue;
      let before: { id: number; slot: Slot; people: readonly Held[] } | undefined;
      for (const [n, day] of days.entries()) {
        for (const slot of slotsOf(desk, book, day)) {
          id += 1;
          const on = onShift(desk, people, n, slot.part);
          copier.add('duty_shifts', [id, desk, unit_id, slot.on_day, slot.part, slot.starts_at, slot.ends_at, true]);
          for (const { id: post_id } of on) copier.add('shift_assignments', [id, post_id, addMinutes(slot.starts_at, -7 * 1440)]);
          if (
            before &&
            deskRule(desk).cover === 'around' &&
            before.slot.ends_at <= now &&
            before.slot.ends_at > addMinutes(now, -1440)
          ) {
            const taken = slot.ends_at <= now && on[0]!.id !== before.people[0]!.id;
            copier.add('handover_notes', [
              before.id,
              notes[id % notes.length]!,
              `{${open.slice(id % 4, (id % 4) + 2).join(',')}}`,
              before.people[0]!.person_id,
              addMinutes(before.slot.ends_at, -5),
              taken ? on[0]!.person_id : null,
              taken ? addMinutes(slot.starts_at, 4) : null,
              true,
            ]);
          }
          before = { id, slot, people: on };
        }
      }
    }
  }
  await copier.send();
  await setSequences(trx, ['duty_shifts']);
  await turnDuty(trx, now);
}

function onShift(desk: DutyDesk, people: readonly Held[], day: number, part: number): Held[] {
  const { cover } = deskRule(desk);
  if (cover === 'office') return [...people];
  if (cover === 'on_call') return [people[day % people.length]!];
  const groups = Math.min(4, people.length);
  const group = (((day - part + 1) % groups) + groups) % groups;
  return people.filter((_, i) => i % groups === group);
}
