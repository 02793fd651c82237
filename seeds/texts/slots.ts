import type { Random } from '../random.ts';

/** The people, places and moments that stand in one appeal's text. */
export interface Slots {
  place: string;
  estate: string;
  town: string;
  road: string;
  school: string;
  hospital: string;
  market: string;
  /** Hour of the day of the call, so that nobody tells in the morning of this afternoon. */
  hour: number;
}

const shops = [
  '烧烤店',
  '火锅店',
  '早餐店',
  '快餐店',
  '海鲜酒楼',
  '拉面馆',
  '小炒店',
  '羊汤馆',
  '超市',
  '水果店',
  '五金店',
  '服装店',
];
const shortWhiles = ['两天', '三天', '四五天', '快一周', '一个星期', '十来天', '半个月'];
const longWhiles = ['一个多月', '两个月', '三个多月', '快半年', '半年多', '大半年'];
const moments: readonly (readonly [hour: number, word: string])[] = [
  [6, '早上六点多'],
  [7, '早上七点左右'],
  [9, '上午九点多'],
  [11, '中午前后'],
  [14, '下午两点多'],
  [16, '下午四点左右'],
  [18, '傍晚'],
  [20, '晚上八点左右'],
  [21, '晚上九点多'],
  [22, '夜里十点多'],
];
const earlierDays = ['昨天', '昨天', '前天', '这两天', '上周末'];
const smallNumbers = ['两', '三', '四', '五', '六', '七', '八'];

const makers: Record<string, (random: Random, slots: Slots) => string> = {
  place: (_, slots) => slots.place,
  estate: (_, slots) => slots.estate,
  town: (_, slots) => slots.town,
  road: (_, slots) => slots.road,
  school: (_, slots) => slots.school,
  hospital: (_, slots) => slots.hospital,
  market: (_, slots) => slots.market,
  shop: (random) => random.pick(shops),
  days: (random) => random.pick(shortWhiles),
  months: (random) => random.pick(longWhiles),
  number: (random) => random.pick(smallNumbers),
  money: (random) => `${random.between(2, 60) * 100 - random.between(0, 1) * 20}元`,
  floor: (random) => `${random.between(2, 6)}楼`,
  temperature: (random) => String(random.between(13, 17)),
  time: (random, slots) => {
    const today = moments.filter(([hour]) => hour < slots.hour);
    if (today.length > 0 && random.chance(0.45)) return `今天${random.pick(today)[1]}`;
    return `${random.pick(earlierDays)}${random.pick(moments)[1]}`;
  },
};
export const slotNames = Object.keys(makers);

const slot = /\{(\w+)\}/g;

/** The text with its slots filled; the same slot may get another value at its next place. */
export function fill(text: string, random: Random, slots: Slots): string {
  return text.replace(slot, (_, name: string) => makers[name]!(random, slots));
}
