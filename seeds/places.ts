import type { VenueType } from '../src/units/rules.ts';
import type { Random } from './random.ts';

/** Streets by town code; towns share the through roads. Invented where the real network was not known. */
export const roadNames: Record<string, string[]> = {
  '370685001': ['罗峰路', '文化路', '府前路', '迎宾路', '北关街', '西山路'],
  '370685002': ['魁星路', '泉山路', '花园街', '天府路', '金城路', '初山东路'],
  '370685003': ['梦芝路', '金晖路', '锦绣街', '玲珑路', '横掌街', '河东路'],
  '370685004': ['温泉路', '晨钟路', '初山路', '金泉街', '北园路', '招金路'],
  '370685005': ['秦家路', '经三路', '科技大道', '国大路'],
};
const townStreets = ['府前街', '商业街', '中心大街', '学府路', '镇南路'];

export function roadsOf(town: string): string[] {
  return roadNames[town] ?? townStreets;
}

const estateFirst =
  '金都 魁星 盛世 锦绣 御景 福源 阳光 书香 翡翠 龙泉 华庭 温馨 和谐 安居 紫金 金岭 东苑 西苑 南苑 北苑 银河 凤凰 祥云 春晖 秋实 天成 天润 丽都 长江 黄海 供销 纺织 邮电 建行 粮食 外贸 教师 府东 府西 城南'.split(
    ' ',
  );
const estateLast = '花园 小区 嘉园 家园 名苑 新村 丽景 雅居 公寓 华府'.split(' ');

/** Estate names, all different. */
export function makeEstates(random: Random, count: number): string[] {
  const all = estateFirst.flatMap((first) => estateLast.map((last) => first + last));
  return random.shuffle(all).slice(0, count);
}

const villageFirst = '大 小 东 西 前 后 上 下 南 北'.split(' ');
const villageName = '孙 王 李 于 曲 宋 迟 栾 滕 冷 邵 温 路 杜 隋 原'.split(' ');
const villageLast = '家 家庄 家沟 家疃 家夼'.split(' ');

/** Village names by town code, invented, all different. */
export function makeVillages(random: Random, towns: readonly string[], each: number): Map<string, string[]> {
  const all = villageFirst.flatMap((a) => villageName.flatMap((b) => villageLast.map((c) => `${a}${b}${c}村`)));
  const mixed = random.shuffle(all);
  return new Map(towns.map((town, i) => [town, mixed.slice(i * each, (i + 1) * each)]));
}

/** Name in Chinese and English of a venue with a grid of its own. */
export type Venue = readonly [zh: string, en: string];

/** Venues of a town without communities; `from` leaves the later ones out of some towns (first n towns only). */
export const townVenues: readonly { type: VenueType; venue: Venue; first: number }[] = [
  { type: 'school', venue: ['中心小学', 'Central Primary School'], first: 10 },
  { type: 'school', venue: ['初级中学', 'Junior Middle School'], first: 10 },
  { type: 'school', venue: ['中心幼儿园', 'Central Kindergarten'], first: 10 },
  { type: 'hospital', venue: ['中心卫生院', 'Central Health Centre'], first: 10 },
  { type: 'hospital', venue: ['卫生院分院', 'Health Centre Branch'], first: 5 },
  { type: 'industrial_park', venue: ['工业园', 'Industrial Park'], first: 10 },
  { type: 'industrial_park', venue: ['农产品加工园', 'Farm Produce Park'], first: 10 },
  { type: 'commercial_market', venue: ['大集', 'Country Fair'], first: 10 },
  { type: 'commercial_market', venue: ['商业街', 'Shopping Street'], first: 10 },
  { type: 'commercial_market', venue: ['农贸市场', "Farmers' Market"], first: 10 },
  { type: 'commercial_market', venue: ['果品批发市场', 'Fruit Wholesale Market'], first: 10 },
  { type: 'other_venue', venue: ['敬老院', 'Home for the Elderly'], first: 6 },
];

/** Venues too large for one community: they stand under the subdistrict itself. */
export const subdistrictVenues: Record<string, readonly { type: VenueType; venue: Venue }[]> = {
  '370685001': [
    { type: 'industrial_park', venue: ['罗峰电商产业园', 'Luofeng E-commerce Park'] },
    { type: 'industrial_park', venue: ['城北工业园', 'Chengbei Industrial Park'] },
    { type: 'hospital', venue: ['市人民医院', "City People's Hospital"] },
    { type: 'school', venue: ['市第一中学', 'No. 1 High School'] },
    { type: 'other_venue', venue: ['市汽车站', 'City Coach Station'] },
  ],
  '370685002': [
    { type: 'industrial_park', venue: ['泉山创新产业园', 'Quanshan Innovation Park'] },
    { type: 'industrial_park', venue: ['金城大厦商务园', 'Jincheng Tower Business Park'] },
    { type: 'hospital', venue: ['市中医医院', 'City TCM Hospital'] },
    { type: 'school', venue: ['市第二中学', 'No. 2 High School'] },
    { type: 'other_venue', venue: ['市体育公园', 'City Sports Park'] },
  ],
  '370685003': [
    { type: 'industrial_park', venue: ['梦芝物流园', 'Mengzhi Logistics Park'] },
    { type: 'industrial_park', venue: ['河东工业园', 'Hedong Industrial Park'] },
    { type: 'hospital', venue: ['市妇幼保健院', 'City Maternal and Child Hospital'] },
    { type: 'school', venue: ['市职业中专', 'City Vocational School'] },
    { type: 'other_venue', venue: ['市图书馆', 'City Library'] },
  ],
  '370685004': [
    { type: 'industrial_park', venue: ['开发区科技园', 'Development Zone Science Park'] },
    { type: 'industrial_park', venue: ['招金路黄金产业园', 'Zhaojin Road Gold Industry Park'] },
    { type: 'hospital', venue: ['温泉康复医院', 'Wenquan Rehabilitation Hospital'] },
    { type: 'school', venue: ['开发区实验学校', 'Development Zone Experimental School'] },
    { type: 'other_venue', venue: ['市民文化中心', "Citizens' Culture Centre"] },
  ],
};

/** Venues of a community, most usual first; the city deals them out until each type has its number. */
export const communityVenues: Record<VenueType, readonly Venue[]> = {
  school: [
    ['小学', 'Primary School'],
    ['幼儿园', 'Kindergarten'],
    ['第二幼儿园', 'Second Kindergarten'],
  ],
  hospital: [
    ['社区卫生服务站', 'Community Health Station'],
    ['综合门诊部', 'Outpatient Department'],
  ],
  commercial_market: [
    ['农贸市场', "Farmers' Market"],
    ['商业街', 'Shopping Street'],
    ['购物广场', 'Shopping Plaza'],
    ['早市', 'Morning Market'],
    ['餐饮街', 'Food Street'],
    ['便民市场', 'Convenience Market'],
    ['家居建材城', 'Home and Building Mall'],
  ],
  industrial_park: [['创业园', 'Start-up Park']],
  other_venue: [['文化广场', 'Culture Square']],
};
