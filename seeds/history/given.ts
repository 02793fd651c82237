import type { Channel } from '../../src/appeals/rules.ts';
import type { Priority } from '../../src/catalog/rules.ts';
import { minuteOfDay } from '../../src/core/clock.ts';
import type { Building, Directory, Unit } from '../directory.ts';
import { type Gender, makeName, mobile } from '../people.ts';
import { roadsOf } from '../places.ts';
import { makeRandom, makeWheel, type Random } from '../random.ts';
import * as said from '../texts/handling.ts';
import { type Replies, repliesTo } from '../texts/replies.ts';
import { fill, type Slots } from '../texts/slots.ts';
import type { Topic } from '../texts/topic.ts';
import { channels } from './arrivals.ts';
import type { Caller, Given } from './engine/case.ts';

/** What is known of an appeal before anybody has written it down. */
export interface Wish {
  readonly id: number;
  readonly number: string;
  readonly received_at: Date;
  readonly category_code: string;
  readonly priority: Priority;
  readonly channel?: Channel;
  /** Only these places: a unit that must be on the way up. */
  readonly at?: Unit;
  /** The same matter as an earlier one: its place, or even its caller. */
  readonly like?: Given;
  readonly same_caller?: boolean;
}

export interface Written {
  readonly given: Given;
  readonly slots: Slots;
  readonly replies: Replies;
}

const callers_count = 26_000;
const callers_each_hundred = 64;

const officeChannels: readonly Channel[] = ['walk_in', 'superior_assigned', 'proactive_patrol'];
const memberChannels: readonly Channel[] = ['app_snapshot', 'app_voice'];
const callers = makeRandom('callers');

/** The same person whenever the same number calls. */
function makeCaller(serial: number): Caller {
  const random = callers;
  random.restart(String(serial));
  const gender: Gender = random.chance(0.52) ? 'male' : 'female';
  return { serial, name: makeName(random, gender), phone: mobile(serial) };
}

/** Which venue a matter is about, where it is about one. */
const venueOf: Record<string, Unit['venue_type']> = {
  '0902': 'school',
  '0901': 'school',
  '0904': 'hospital',
  '1001': 'commercial_market',
  '1002': 'commercial_market',
  '1004': 'commercial_market',
  '0106': 'commercial_market',
  '0603': 'industrial_park',
  '0503': 'industrial_park',
  '0801': 'industrial_park',
  '1202': 'industrial_park',
  '1203': 'industrial_park',
};

interface Place {
  readonly unit: Unit;
  readonly building: Building | null;
  readonly address: string;
  readonly place: string;
  readonly estate: string;
}

/** Writes appeals: place, caller, words. Everything it draws comes from the stream it is handed. */
export function makeWriter(directory: Directory, topics: Readonly<Record<string, Topic>>, count: number) {
  const { units, buildings, facts } = directory;
  const towns = units.filter((unit) => unit.kind === 'town');
  const rural = towns.filter((town) => !units.some((unit) => unit.kind === 'community' && unit.parent_id === town.id));
  const venues = units.filter((unit) => unit.group === 'exclusive');
  const nameOf = (unit: Unit): string => unit.zh.replace(/专属网格$/, '');
  const townOf = (unit: Unit): Unit => unit.line.find((one) => one.kind === 'town') ?? towns[1]!;
  const venuesIn = new Map(towns.map((town) => [town.id, venues.filter((venue) => townOf(venue) === town)]));
  const venuesOf = {
    rural: venues.filter((venue) => rural.includes(townOf(venue))),
    urban: venues.filter((venue) => !rural.includes(townOf(venue))),
  };
  const byEstate = new Map<string, Building[]>();
  for (const building of buildings) byEstate.set(building.estate, [...(byEstate.get(building.estate) ?? []), building]);
  const departments = units.filter((unit) => unit.kind === 'department' && unit.group !== 'party');
  const people = Math.max(callers_count, Math.round((count * callers_each_hundred) / 100));
  const wheels = { urban: makeWheel(channels.map(({ urban }) => urban)), rural: makeWheel(channels.map((one) => one.rural)) };

  function ofBuilding(building: Building): Place {
    return {
      unit: building.unit,
      building,
      address: building.address,
      place: `${building.estate}${building.number}号楼`,
      estate: building.estate,
    };
  }
  function ofVenue(unit: Unit): Place {
    const name = nameOf(unit);
    return { unit, building: null, address: `${townOf(unit).zh}${name}`, place: name, estate: name };
  }
  function ofVillage(random: Random, town: Unit): Place {
    const village = random.pick(facts.villages.get(town.code)!);
    return { unit: town, building: null, address: town.zh + village, place: village, estate: village };
  }

  function choosePlace(random: Random, wish: Wish): Place {
    const { at, like, category_code } = wish;
    if (like) {
      if (!like.building)
        return {
          unit: like.place,
          building: null,
          address: like.address,
          place: like.address,
          estate: like.address.replace(/^.*?[街镇]道?/, ''),
        };
      return ofBuilding(wish.same_caller ? like.building : random.pick(byEstate.get(like.building.estate)!));
    }
    if (at) {
      const inside = buildings.filter((building) => building.unit.path.startsWith(at.path));
      return inside.length > 0
        ? ofBuilding(random.pick(inside))
        : at.group === 'exclusive'
          ? ofVenue(at)
          : ofVillage(random, townOf(at));
    }
    const venue_type = venueOf[category_code];
    const village = random.chance(topics[category_code]!.rural);
    if (village && !random.chance(0.08)) return ofVillage(random, random.chance(0.82) ? random.pick(rural) : random.pick(towns));
    if (village || (venue_type && random.chance(0.5)) || random.chance(0.035)) {
      const fitting = (village ? venuesOf.rural : venuesOf.urban).filter(
        (venue) => !venue_type || venue.venue_type === venue_type,
      );
      if (fitting.length > 0) return ofVenue(random.pick(fitting));
    }
    const place = ofBuilding(random.pick(buildings));
    if (!random.chance(0.16)) return place;
    // Known only roughly: a street in a community, or no more than the town.
    const tier = random.chance(0.7) ? 'community' : 'town';
    const unit = place.unit.line.find((one) => one.kind === tier)!;
    const town = townOf(unit);
    return {
      unit,
      building: null,
      address: town.zh + random.pick(roadsOf(town.code)),
      place: place.estate,
      estate: place.estate,
    };
  }

  function makeSlots(random: Random, place: Place, received_at: Date): Slots {
    const town = townOf(place.unit);
    const near = venuesIn.get(town.id)!;
    const named = (type: Unit['venue_type'], fallback: string) => {
      const fitting = near.filter((venue) => venue.venue_type === type);
      return fitting.length > 0 ? nameOf(random.pick(fitting)) : fallback;
    };
    return {
      place: place.place,
      estate: place.estate,
      town: town.zh,
      road: random.pick(roadsOf(town.code)),
      hour: Math.floor(minuteOfDay(received_at) / 60),
      school: named('school', '中心小学'),
      hospital: named('hospital', '市人民医院'),
      market: named('commercial_market', '农贸市场'),
    };
  }

  /** Turns a wish into an appeal as it is registered. */
  return function write(random: Random, wish: Wish): Written {
    const { id, number, received_at, category_code, like } = wish;
    const topic = topics[category_code]!;
    const place = choosePlace(random, wish);
    const urban = townOf(place.unit).line.length > 0 && !rural.includes(townOf(place.unit));
    const drawn = wish.channel ?? channels[wheels[urban ? 'urban' : 'rural'](random)]!.channel;
    const minute = minuteOfDay(received_at);
    const closed = minute < 8 * 60 + 20 || minute > 18 * 60;
    // Nobody walks in at night, and the app is in the hands of members, who are in the communities.
    const channel =
      !wish.channel &&
      ((closed && officeChannels.includes(drawn)) ||
        (memberChannels.includes(drawn) && !place.unit.line.some((unit) => unit.kind === 'community')))
        ? 'hotline'
        : drawn;
    const slots = makeSlots(random, place, received_at);
    const finds = topic.causes.filter(({ kind }) => kind === 'help' || kind === 'complaint' || kind === 'report');
    const cause = random.pick(channel === 'proactive_patrol' && finds.length > 0 ? finds : topic.causes);
    const kind = channel === 'proactive_patrol' && cause.kind === 'report' ? 'complaint' : cause.kind;
    const opening =
      like && wish.same_caller
        ? said.repeatOpenings
        : channel === 'hotline'
          ? said.hotlineOpenings
          : channel === 'proactive_patrol'
            ? said.patrolOpenings
            : channel === 'app_voice'
              ? said.voiceOpenings
              : said.openings;
    const close = kind === 'praise' ? '' : (random.chance(0.8) ? random.pick(topic.details) : '') + random.pick(topic.asks);
    const known = channel !== 'proactive_patrol' && random.chance(channel === 'hotline' || channel === 'walk_in' ? 0.985 : 0.86);
    const caller = like && wish.same_caller && like.caller ? like.caller : known ? makeCaller(random.between(1, people)) : null;
    const about =
      category_code === '1204' && random.chance(0.7)
        ? random.chance(0.5)
          ? townOf(place.unit)
          : random.pick(departments)
        : null;
    const given: Given = {
      id,
      number,
      channel,
      kind,
      priority: wish.priority,
      category_code,
      title: fill(cause.title, random, slots),
      content: fill(random.pick(opening) + cause.text + close, random, slots),
      place: place.unit,
      building: place.building,
      address: place.address,
      caller,
      confidential: caller !== null && random.chance(kind === 'report' ? 0.65 : kind === 'complaint' ? 0.025 : 0),
      contact_wanted: caller !== null && (kind === 'praise' || kind === 'suggestion' ? random.chance(0.8) : random.chance(0.975)),
      about,
      repeat_of_id: wish.same_caller && like ? like.id : null,
      received_at,
    };
    return { given, slots, replies: repliesTo(category_code, topic.causes.indexOf(cause)) };
  };
}
