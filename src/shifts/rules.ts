import type { Parameters } from '../catalog/rules.ts';
import type { Calendar } from '../core/calendar.ts';
import { addDays, addMinutes, startOfDay } from '../core/clock.ts';
import type { Post } from '../people/rules.ts';

/**
 * How a desk is covered: `around` the clock in so many shifts a day, in `office` hours of working days, or by somebody `on_call` from one
 * morning to the next. At the first two only who is on shift is on duty; being on call adds to the hours in which one is there anyway.
 */
type Cover = 'around' | 'office' | 'on_call';
interface DeskRule {
  readonly posts: readonly Post[];
  readonly at: 'city' | 'town' | 'community';
  readonly cover: Cover;
}

export const dutyDesks = {
  hotline: { posts: ['hotline_agent'], at: 'city', cover: 'around' },
  review: { posts: ['review_officer'], at: 'city', cover: 'around' },
  dispatch: { posts: ['dispatch_officer'], at: 'city', cover: 'around' },
  supervision: { posts: ['supervision_officer'], at: 'city', cover: 'around' },
  callback: { posts: ['callback_officer'], at: 'city', cover: 'office' },
  analysis: { posts: ['analysis_assessor'], at: 'city', cover: 'office' },
  town: { posts: ['town_clerk', 'town_leader'], at: 'town', cover: 'on_call' },
  community: { posts: ['community_clerk', 'community_secretary'], at: 'community', cover: 'on_call' },
} as const satisfies Record<string, DeskRule>;

export type DutyDesk = keyof typeof dutyDesks;
export const dutyDeskNames = Object.keys(dutyDesks) as DutyDesk[];
export const isDutyDesk = (text: string): text is DutyDesk => Object.hasOwn(dutyDesks, text);
export const deskRule = (desk: DutyDesk): DeskRule => dutyDesks[desk];
export const cityDesks = dutyDeskNames.filter((desk) => deskRule(desk).at === 'city');
export const deskOf = (post: Post): DutyDesk | undefined => dutyDeskNames.find((desk) => deskRule(desk).posts.includes(post));

/** A shift as it ought to be, whether or not anybody is on it. */
export interface Slot {
  readonly on_day: string;
  readonly part: number;
  readonly starts_at: Date;
  readonly ends_at: Date;
}
export const keyOf = ({ on_day, part }: Pick<Slot, 'on_day' | 'part'>): string => `${on_day}.${part}`;

type Book = { readonly parameters: Pick<Parameters, 'shift.first_hour' | 'shift.a_day'>; readonly calendar: Calendar };

/** The shifts of a desk on a day. */
export function slotsOf(desk: DutyDesk, { parameters, calendar }: Book, on_day: string): Slot[] {
  const midnight = startOfDay(on_day);
  const { cover } = deskRule(desk);
  if (cover === 'office') {
    const spans = calendar.hours(on_day);
    const [first, last] = [spans[0], spans.at(-1)];
    return first && last
      ? [{ on_day, part: 1, starts_at: addMinutes(midnight, first[0]), ends_at: addMinutes(midnight, last[1]) }]
      : [];
  }
  const a_day = cover === 'around' ? parameters['shift.a_day'] : 1;
  const minutes = 1440 / a_day;
  return Array.from({ length: a_day }, (_, i) => {
    const starts_at = addMinutes(midnight, parameters['shift.first_hour'] * 60 + i * minutes);
    return { on_day, part: i + 1, starts_at, ends_at: addMinutes(starts_at, minutes) };
  });
}

/** The Monday of the week of a day. */
export function mondayOf(day: string): string {
  const weekday = (Math.round(Date.parse(`${day}T00:00:00Z`) / 86_400_000) + 3) % 7;
  return addDays(day, -weekday);
}
export const weekOf = (monday: string): string[] => Array.from({ length: 7 }, (_, i) => addDays(monday, i));

/** The shifts of a desk that run at some time from `from` to `to`. */
export function slotsBetween(desk: DutyDesk, book: Book, from: Date, to: Date, dayOf: (at: Date) => string): Slot[] {
  const slots: Slot[] = [];
  for (let day = addDays(dayOf(from), -1); day <= dayOf(to); day = addDays(day, 1)) slots.push(...slotsOf(desk, book, day));
  return slots.filter(({ starts_at, ends_at }) => ends_at > from && starts_at < to);
}

/** How far ahead a shift without anybody on it is called out. */
export const look_ahead_hours = 48;
