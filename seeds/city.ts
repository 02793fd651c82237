import type { Post } from '../src/people/rules.ts';
import type { UnitGroup, UnitKind, VenueType } from '../src/units/rules.ts';
import { type Row, readTable } from './facts.ts';
import { type Gender, makeName, mobile, workPhone } from './people.ts';
import { communityVenues, makeEstates, makeVillages, roadsOf, subdistrictVenues, townVenues, type Venue } from './places.ts';
import { makeRandom, type Random, split } from './random.ts';

export interface CityUnit {
  code: string;
  parent: string;
  kind: UnitKind;
  unit_group: UnitGroup;
  zh: string;
  en: string;
  short: string;
  sort: number;
  round_the_clock: boolean;
  venue_type: VenueType | null;
  households: number;
  area_hectares: number;
  /** Whether its name or its share of the city's totals is invented. */
  demo: boolean;
}

export interface CityBuilding {
  code: string;
  grid: string;
  estate: string;
  number: number;
  address: string;
  households: number;
  storeys: number;
  /** Username of the linked member who looks after it. */
  member: string;
}

export interface CityPerson {
  username: string;
  name: string;
  gender: Gender;
  birth_year: number;
  work_phone: string;
  post: Post;
  unit: string;
  /** Only for linked members. */
  member: { kind: 'fulltime' | 'assistant'; batch: number; joined_on: string; education: string } | null;
}

export interface CityOrganization {
  code: string;
  zh: string;
  kind: 'committee' | 'general_branch' | 'branch';
  /** The unit it belongs to, and the community it has registered with (双报到). */
  unit: string;
  community: string;
}

export interface CityPartyMember {
  name: string;
  gender: Gender;
  birth_year: number;
  joined_on: string;
  organization: string;
  community: string;
}

export interface CityBranch {
  grid: string;
  zh: string;
  kind: 'branch' | 'group';
  secretary: string;
}

/** The whole city, as facts in memory: nothing here knows the database. */
export interface City {
  units: CityUnit[];
  buildings: CityBuilding[];
  people: CityPerson[];
  organizations: CityOrganization[];
  party_members: CityPartyMember[];
  branches: CityBranch[];
  villages: Map<string, string[]>;
}

export const city_code = '370685';
const ordinals = ['一', '二', '三', '四', '五', '六', '七', '八', '九', '十', '十一', '十二'];
const educations = ['高中', '中专', '大专', '大专', '本科', '本科'];
const organizationKinds: Record<string, readonly [CityOrganization['kind'], string]> = {
  party: ['committee', '机关党委'],
  government: ['committee', '机关党委'],
  npc_cppcc_judicial: ['general_branch', '机关党总支'],
  mass_org: ['branch', '机关党支部'],
  vertical: ['general_branch', '党总支'],
  public_institution: ['branch', '党支部'],
  public_utility: ['committee', '党委'],
  zone_or_soe: ['committee', '党委'],
};
/** Departments whose load needs a second clerk. */
const busy = [
  'law_enforcement',
  'public_security',
  'market_regulation',
  'heating_company',
  'water_company',
  'municipal_works',
  'property_management',
  'housing_construction',
  'human_resources',
  'education_sports',
  'traffic_police',
  'sanitation',
];

/** Builds the same city every time; only `demo` facts are invented, the rest is read from seeds/data. */
export function buildCity(): City {
  const random = makeRandom('zhaoyuan');
  const units = buildUnits(random.fork('units'));
  const roads = (town: string) => roadsOf(town);
  const people = buildStaff(random.fork('staff'), units);
  const buildings = buildBuildings(random.fork('buildings'), units, roads);
  people.push(...buildMembers(random.fork('members'), units, buildings, people.length));
  const towns = units.filter((unit) => unit.kind === 'town').map((unit) => unit.code);
  return {
    units,
    buildings,
    people,
    ...buildParty(random.fork('party'), units),
    branches: buildBranches(units, people),
    villages: makeVillages(random.fork('villages'), towns, 14),
  };
}

const stem = (en: string) => en.replace(/ (Subdistrict|Town|Community)$/, '');

function buildUnits(random: Random): CityUnit[] {
  const plain = { round_the_clock: false, venue_type: null, households: 0, area_hectares: 0, demo: false };
  const named = (row: Row) => ({ code: row.code!, zh: row.zh!, en: row.en!, short: row.short ?? row.zh! });
  const city = { code: city_code, parent: '', zh: '招远市', en: 'Zhaoyuan', short: '招远市', sort: 0, round_the_clock: true };
  const units: CityUnit[] = [{ ...plain, ...city, kind: 'city', unit_group: 'city' }];
  for (const row of readTable('towns')) {
    const at = { parent: city_code, sort: Number(row.sort), round_the_clock: true };
    units.push({ ...plain, ...named(row), ...at, kind: 'town', unit_group: row.kind as UnitGroup });
  }
  readTable('communities').forEach((row, i) => {
    const at = { parent: row.town_code!, sort: i + 1, demo: row.demo !== '' };
    units.push({ ...plain, ...named(row), ...at, kind: 'community', unit_group: 'community' });
    const name = row.zh!.replace(/社区$/, '');
    split(random, Number(row.households), Number(row.base_grids), 284, 416).forEach((households, j) => {
      units.push({
        ...plain,
        code: `${row.code}${String(j + 1).padStart(2, '0')}`,
        parent: row.code!,
        kind: 'grid',
        unit_group: 'base',
        zh: `${row.zh}第${ordinals[j]}网格`,
        en: `${row.en} Grid ${j + 1}`,
        short: `${name}第${ordinals[j]}网格`,
        sort: j + 1,
        households,
        area_hectares: Math.round(random.normal(14.2, 3.8, 4.6) * 100) / 100,
        demo: true,
      });
    });
  });
  units.push(...buildExclusiveGrids(random, units));
  for (const row of readTable('departments')) {
    const at = { parent: city_code, sort: Number(row.sort), round_the_clock: row.round_the_clock === '1', demo: row.demo !== '' };
    units.push({ ...plain, ...named(row), ...at, kind: 'department', unit_group: row.group as UnitGroup });
  }
  return units;
}

function buildExclusiveGrids(random: Random, units: readonly CityUnit[]): CityUnit[] {
  const found: { parent: CityUnit; type: VenueType; venue: Venue }[] = [];
  const towns = units.filter((unit) => unit.kind === 'town');
  const communities = units.filter((unit) => unit.kind === 'community');
  const within = (parent: CityUnit, prefix: string, [zh, en]: Venue): Venue => [prefix + zh, `${stem(parent.en)} ${en}`];

  towns
    .filter((town) => !communities.some((community) => community.parent === town.code))
    .forEach((town, i) => {
      for (const { type, venue, first } of townVenues) {
        if (i < first) found.push({ parent: town, type, venue: within(town, town.zh, venue) });
      }
    });
  for (const town of towns) {
    for (const { type, venue } of subdistrictVenues[town.code] ?? []) found.push({ parent: town, type, venue });
  }
  for (const { code, count } of readTable('exclusive_grid_types') as { code: VenueType; count: string }[]) {
    const kinds = communityVenues[code];
    let missing = Number(count) - found.filter((grid) => grid.type === code).length;
    for (let round = 0; missing > 0; round++) {
      for (const community of round < kinds.length - 1 ? communities : random.shuffle(communities)) {
        if (missing-- <= 0) break;
        found.push({ parent: community, type: code, venue: within(community, community.zh.replace(/社区$/, ''), kinds[round]!) });
      }
    }
  }
  const serial = new Map<string, number>();
  return found.map(({ parent, type, venue: [zh, en] }) => {
    const n = (serial.get(parent.code) ?? 0) + 1;
    serial.set(parent.code, n);
    return {
      code: `${parent.code}Z${String(n).padStart(2, '0')}`,
      parent: parent.code,
      kind: 'grid',
      unit_group: 'exclusive',
      zh: `${zh}专属网格`,
      en: `${en} Exclusive Grid`,
      short: zh,
      sort: 100 + n,
      round_the_clock: false,
      venue_type: type,
      households: 0,
      area_hectares: Math.round(random.normal(3.6, 1.6, 0.3) * 100) / 100,
      demo: true,
    };
  });
}

function buildBuildings(random: Random, units: readonly CityUnit[], roads: (town: string) => string[]): CityBuilding[] {
  const rows = readTable('communities');
  const estates = makeEstates(random, rows.length * 7);
  return rows.flatMap((row, c) => {
    const grids = units.filter((unit) => unit.unit_group === 'base' && unit.parent === row.code);
    const total = Number(row.buildings);
    const town = units.find((unit) => unit.code === row.town_code)!;
    const inGrid = split(random, total, grids.length, 6, 12).flatMap((count, g) => Array<CityUnit>(count).fill(grids[g]!));
    const inEstate = split(random, total, 7, 5, 18);
    const households = grids.flatMap((grid) => {
      const count = inGrid.filter((other) => other === grid).length;
      return split(random, grid.households, count, 18, 72);
    });
    let n = 0;
    return inEstate.flatMap((count, e) => {
      const estate = estates[c * 7 + e]!;
      const address = `${town.zh}${random.pick(roads(town.code))}${random.between(8, 298)}号${estate}`;
      return Array.from({ length: count }, (_, i) => {
        const building = {
          code: `${row.code}B${String(n + 1).padStart(3, '0')}`,
          grid: inGrid[n]!.code,
          estate,
          number: i + 1,
          address: `${address}${i + 1}号楼`,
          households: households[n]!,
          storeys: households[n]! > 50 ? random.between(11, 18) : random.between(5, 7),
          member: '',
        };
        n++;
        return building;
      });
    });
  });
}

function usernameStems(units: readonly CityUnit[]): Map<string, string> {
  const taken = new Set<string>();
  return new Map(
    units
      .filter((unit) => unit.kind === 'town' || unit.kind === 'community' || unit.kind === 'department')
      .map((unit) => {
        const plain =
          unit.kind === 'department' ? unit.code.replaceAll('_', '-') : stem(unit.en).toLowerCase().replaceAll(' ', '-');
        // 玲珑, 罗峰, 梦芝 and 温泉 are each a town and a community.
        const name = taken.has(plain) ? `${plain}-${unit.kind === 'town' ? 'zhen' : unit.kind}` : plain;
        taken.add(name);
        return [unit.code, name];
      }),
  );
}

const cityNames: Record<string, string> = {
  hotline_agent: 'hotline',
  review_officer: 'review',
  dispatch_officer: 'dispatch',
  supervision_officer: 'supervision',
  callback_officer: 'callback',
  analysis_assessor: 'analysis',
  city_leader: 'cityleader',
  sys_admin: 'sysadmin',
  sec_admin: 'secadmin',
  audit_admin: 'auditadmin',
};

function buildStaff(random: Random, units: readonly CityUnit[]): CityPerson[] {
  const people: CityPerson[] = [];
  const add = (username: string, post: Post, unit: string) => {
    const gender: Gender = random.chance(0.55) ? 'male' : 'female';
    people.push({
      username,
      name: makeName(random, gender),
      gender,
      birth_year: random.between(1968, 1998),
      work_phone: workPhone(people.length),
      post,
      unit,
      member: null,
    });
  };
  for (const { code, headcount } of readTable('posts')) {
    if (!cityNames[code!]) continue;
    for (let i = 1; i <= Number(headcount); i++) {
      add(Number(headcount) === 1 ? cityNames[code!]! : `${cityNames[code!]}${i}`, code as Post, city_code);
    }
  }
  const stems = usernameStems(units);
  const posts = {
    town: ['clerk', 'clerk2', 'leader'],
    community: ['clerk', 'clerk2', 'secretary'],
    department: ['clerk', 'leader'],
  } as const;
  for (const kind of ['town', 'community', 'department'] as const) {
    for (const unit of units.filter((other) => other.kind === kind)) {
      const names = kind === 'department' && busy.includes(unit.code) ? ['clerk', 'clerk2', 'leader'] : posts[kind];
      for (const name of names) add(`${stems.get(unit.code)}.${name}`, `${kind}_${name.replace('2', '')}` as Post, unit.code);
    }
  }
  return people;
}

function buildMembers(random: Random, units: readonly CityUnit[], buildings: CityBuilding[], from: number): CityPerson[] {
  const stems = usernameStems(units);
  const members: CityPerson[] = [];
  for (const row of readTable('communities')) {
    const grids = units.filter((unit) => unit.unit_group === 'base' && unit.parent === row.code);
    const fullTime = Number(row.full_time);
    const total = fullTime + Number(row.assistants);
    for (let i = 0; i < total; i++) {
      const gender: Gender = random.chance(0.42) ? 'male' : 'female';
      const assistant = i >= fullTime;
      const birth_year = random.between(assistant ? 1955 : 1975, assistant ? 1990 : 1998);
      members.push({
        username: `${stems.get(row.code!)}.member${i + 1}`,
        name: makeName(random, gender),
        gender,
        birth_year,
        work_phone: mobile(90_000_000 + from + members.length),
        post: 'linked_member',
        unit: grids[i % grids.length]!.code,
        member: {
          kind: assistant ? 'assistant' : 'fulltime',
          batch: assistant ? 0 : i < grids.length ? 1 : 2,
          joined_on: `${birth_year + random.between(20, 26)}-${String(random.between(1, 12)).padStart(2, '0')}-01`,
          education: random.pick(educations),
        },
      });
    }
  }
  const turn = new Map<string, number>();
  for (const building of buildings) {
    const ofGrid = members.filter((person) => person.unit === building.grid);
    const n = turn.get(building.grid) ?? 0;
    turn.set(building.grid, n + 1);
    building.member = ofGrid[n % ofGrid.length]!.username;
  }
  return members;
}

function buildParty(random: Random, units: readonly CityUnit[]): Pick<City, 'organizations' | 'party_members'> {
  const organizations: CityOrganization[] = [];
  const party_members: CityPartyMember[] = [];
  const departments = units.filter((unit) => unit.kind === 'department');
  for (const row of readTable('communities')) {
    const count = Number(row.party_organizations);
    const own = departments.slice(organizations.length, organizations.length + count).map((unit, i): CityOrganization => {
      const [kind, suffix] = organizationKinds[unit.unit_group]!;
      return {
        code: `DW${String(organizations.length + i + 1).padStart(3, '0')}`,
        zh: unit.zh.replace(/\(.*\)/, '') + suffix,
        kind,
        unit: unit.code,
        community: row.code!,
      };
    });
    organizations.push(...own);
    split(random, Number(row.party_members), own.length, 24, 130).forEach((members, i) => {
      for (let m = 0; m < members; m++) {
        const gender: Gender = random.chance(0.6) ? 'male' : 'female';
        const birth_year = random.between(1950, 2000);
        party_members.push({
          name: makeName(random, gender),
          gender,
          birth_year,
          joined_on: `${Math.min(2022, birth_year + random.between(20, 38))}-${random.pick(['06', '07', '12'])}-${String(random.between(1, 28)).padStart(2, '0')}`,
          organization: own[i]!.code,
          community: row.code!,
        });
      }
    });
  }
  return { organizations, party_members };
}

function buildBranches(units: readonly CityUnit[], people: readonly CityPerson[]): CityBranch[] {
  return units
    .filter((unit) => unit.unit_group === 'base')
    .map((grid) => {
      const kind = grid.sort % 4 === 0 ? 'group' : 'branch';
      return {
        grid: grid.code,
        kind,
        zh: `${grid.zh}${kind === 'group' ? '党小组' : '党支部'}`,
        secretary: people.find((person) => person.unit === grid.code && person.member?.kind === 'fulltime')!.username,
      };
    });
}
