import type { Channel } from '../../src/appeals/rules.ts';
import type { Calendar } from '../../src/core/calendar.ts';
import { addDays, dayOf, minuteOfDay, startOfDay } from '../../src/core/clock.ts';
import { makeWheel, type Random } from '../random.ts';
import type { Season, Topic } from '../texts/topic.ts';

/** How often a season's matters come up, January to December; each line adds up to about twelve. */
export const seasons: Record<Season, readonly number[]> = {
  even: [0.95, 0.8, 1, 1, 1.05, 1, 1.05, 1.05, 1, 1, 1.05, 1.05],
  heating: [2.6, 1.6, 1.1, 0.3, 0.1, 0.1, 0.1, 0.15, 0.25, 0.9, 2.7, 2.3],
  flood: [0.4, 0.4, 0.5, 0.7, 0.9, 1.4, 2.4, 2.4, 1.4, 0.6, 0.5, 0.4],
  summer: [0.5, 0.5, 0.7, 0.9, 1.2, 1.6, 1.8, 1.7, 1.2, 0.8, 0.6, 0.5],
  winter: [1.7, 1.5, 1.1, 0.8, 0.6, 0.5, 0.5, 0.5, 0.7, 1, 1.5, 1.7],
  spring: [0.5, 0.7, 1.6, 1.9, 1.6, 1.1, 0.8, 0.7, 0.9, 1, 0.8, 0.5],
  school: [0.6, 0.6, 0.9, 0.9, 1.1, 1.3, 1.6, 2.1, 1.5, 0.6, 0.5, 0.4],
  harvest: [0.3, 0.4, 0.7, 0.8, 1, 2.3, 0.9, 0.6, 1.2, 2.4, 1, 0.4],
  year_end: [1.9, 0.8, 0.7, 0.7, 0.7, 0.8, 0.8, 0.8, 0.9, 1, 1.2, 1.7],
};

/** Calls by hour of the day. */
const hours = [2, 1, 1, 1, 1, 3, 8, 22, 58, 74, 68, 48, 30, 40, 62, 64, 56, 40, 34, 38, 36, 24, 12, 5];
const weekdays = [0.72, 1.14, 1.1, 1.06, 1.05, 1.03, 0.82];

/** Channels by share, where there are communities and where there are not. */
export const channels: readonly { channel: Channel; urban: number; rural: number }[] = [
  { channel: 'hotline', urban: 560, rural: 740 },
  { channel: 'qr_code', urban: 190, rural: 10 },
  { channel: 'app_snapshot', urban: 82, rural: 0 },
  { channel: 'app_voice', urban: 26, rural: 0 },
  { channel: 'web', urban: 72, rural: 90 },
  { channel: 'walk_in', urban: 34, rural: 110 },
  { channel: 'superior_assigned', urban: 6, rural: 22 },
  { channel: 'proactive_patrol', urban: 30, rural: 28 },
];

/** The instants at which `count` appeals arrive between two moments, in order: by season, weekday, holiday and hour. */
export function makeArrivals(
  random: Random,
  calendar: Calendar,
  topics: readonly Topic[],
  from: Date,
  until: Date,
  count: number,
): Float64Array {
  const months = seasons.even.map((_, month) =>
    topics.reduce((sum, topic) => sum + topic.weight * seasons[topic.season][month]!, 0),
  );
  const days: { day: string; weight: number; minutes: number }[] = [];
  const last = dayOf(until);
  for (let day = dayOf(from), n = 0; day <= last; day = addDays(day, 1), n++) {
    const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
    const minutes = day === last ? Math.max(1, minuteOfDay(until)) : 1440;
    const passed =
      hours.slice(0, Math.floor(minutes / 60)).reduce((sum, hour) => sum + hour, 0.001) /
      hours.reduce((sum, hour) => sum + hour, 0);
    const off = !calendar.isWorkingDay(day) && weekday > 0 && weekday < 6 ? 0.6 : 1;
    const growth = 0.86 + n / 1900;
    days.push({
      day,
      minutes,
      weight:
        months[Number(day.slice(5, 7)) - 1]! *
        weekdays[weekday]! *
        off *
        growth *
        (0.85 + random.next() * 0.3) *
        (minutes < 1440 ? passed : 1),
    });
  }
  const total = days.reduce((sum, { weight }) => sum + weight, 0);
  const hourWheel = makeWheel(hours);
  const times = new Float64Array(count);
  let at = 0;
  let given = 0;
  for (const { day, weight, minutes } of days) {
    given += (weight / total) * count;
    const midnight = startOfDay(day).getTime();
    const most = midnight + minutes * 60_000;
    while (at < count && at + 1 <= Math.round(given)) {
      const hour = hourWheel(random);
      const moment = midnight + hour * 3_600_000 + random.next() * 3_600_000;
      times[at++] = Math.floor(moment < most ? moment : midnight + random.next() * minutes * 60_000);
    }
  }
  while (at < count) times[at++] = until.getTime() - random.between(1, 3600) * 1000;
  return times.sort();
}

/** Draws what an appeal of a month is about. */
export function makeTopicWheels(topics: readonly Topic[]): readonly ((random: Random) => number)[] {
  return seasons.even.map((_, month) => makeWheel(topics.map((topic) => topic.weight * seasons[topic.season][month]!)));
}
