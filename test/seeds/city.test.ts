import { expect, test } from 'vitest';
import { buildCity } from '../../seeds/city.ts';
import { readTable } from '../../seeds/facts.ts';
import { makeRandom } from '../../seeds/random.ts';
import { repliesTo } from '../../seeds/texts/replies.ts';
import { fill, slotNames } from '../../seeds/texts/slots.ts';
import { topics } from '../../seeds/texts/topics.ts';
import { posts } from '../../src/people/rules.ts';
import { parentKinds } from '../../src/units/rules.ts';

const city = buildCity();
const count = (group: string) => city.units.filter((unit) => unit.unit_group === group || unit.kind === group).length;
const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);

test('the demo city has the numbers of the real one', () => {
  expect(
    ['city', 'town', 'community', 'base', 'exclusive', 'department'].map((group) => [
      group,
      group === 'town' ? city.units.filter((unit) => unit.kind === 'town').length : count(group),
    ]),
  ).toEqual([
    ['city', 1],
    ['town', 14],
    ['community', 20],
    ['base', 177],
    ['exclusive', 357],
    ['department', 115],
  ]);
  expect(city.buildings).toHaveLength(1512);
  const members = city.people.filter((person) => person.member);
  expect([members.length, members.filter((person) => person.member!.kind === 'fulltime').length]).toEqual([945, 220]);
  expect([city.organizations.length, city.party_members.length, city.branches.length]).toEqual([87, 5521, 177]);
});

test('the communities add up to their table', () => {
  for (const row of readTable('communities')) {
    const grids = city.units.filter((unit) => unit.unit_group === 'base' && unit.parent === row.code);
    const codes = new Set(grids.map((grid) => grid.code));
    const buildings = city.buildings.filter((building) => codes.has(building.grid));
    expect([
      grids.length,
      sum(grids.map((grid) => grid.households)),
      buildings.length,
      sum(buildings.map((one) => one.households)),
    ]).toEqual([row.base_grids, row.households, row.buildings, row.households].map(Number));
    expect(city.people.filter((person) => person.member && codes.has(person.unit))).toHaveLength(
      Number(row.full_time) + Number(row.assistants),
    );
  }
});

test('the tree is lawful: every unit stands below a unit that may carry it, every post at a unit of its kind', () => {
  const kinds = new Map(city.units.map((unit) => [unit.code, unit.kind]));
  for (const unit of city.units) {
    if (unit.kind !== 'city') expect(parentKinds[unit.kind]).toContain(kinds.get(unit.parent));
  }
  for (const person of city.people) expect(posts[person.post].at, person.username).toBe(kinds.get(person.unit));
  expect(new Set(city.people.map((person) => person.username)).size).toBe(city.people.length);
  expect(new Set(city.units.map((unit) => unit.zh)).size).toBe(city.units.length);
  expect(new Set(city.buildings.map((building) => building.estate + building.number)).size).toBe(1512);
});

test('every base grid has a full-time member, every building one who looks after it, every town, community and department its people', () => {
  const held = new Map<string, string[]>();
  for (const person of city.people) held.set(person.unit, [...(held.get(person.unit) ?? []), person.post]);
  for (const unit of city.units) {
    if (unit.unit_group === 'base')
      expect(city.people.some((person) => person.unit === unit.code && person.member?.kind === 'fulltime')).toBe(true);
    const wanted = {
      town: ['town_clerk', 'town_leader'],
      community: ['community_clerk', 'community_secretary'],
      department: ['department_clerk', 'department_leader'],
    };
    if (unit.kind in wanted) expect(held.get(unit.code)).toEqual(expect.arrayContaining(wanted[unit.kind as 'town']));
  }
  const members = new Map(city.people.map((person) => [person.username, person]));
  for (const building of city.buildings) expect(members.get(building.member)!.unit).toBe(building.grid);
});

test('no number of the demo city rings anybody', () => {
  for (const person of city.people) expect(person.work_phone).toMatch(/^(154\d{8}|0535-0\d{6})$/);
});

test('the same city is built every time', () => {
  expect(buildCity()).toEqual(city);
});

test('each of the 80 categories has its causes, and every text its slots and its length', () => {
  const random = makeRandom('texts');
  const slots = {
    place: '上栾家疃村委会北侧',
    estate: '上栾家疃村',
    town: '大秦家街道',
    road: '科技大道',
    school: '开发区实验学校',
    hospital: '市妇幼保健院',
    market: '温泉家居建材城',
    hour: 15,
  };
  const codes = readTable('categories').flatMap((row) => (row.level === '2' ? [row.code!] : []));
  expect(Object.keys(topics).sort()).toEqual(codes);
  for (const [code, topic] of Object.entries(topics)) {
    topic.causes.forEach((cause, i) => {
      const replies = repliesTo(code, i);
      for (const text of [cause.title, cause.text, ...topic.details, ...topic.asks, ...replies.solved, ...replies.explained]) {
        for (const [, name] of text.matchAll(/\{(\w+)\}/g)) expect(slotNames).toContain(name);
      }
      expect([...fill(cause.title, random, slots)].length, cause.title).toBeLessThanOrEqual(30);
      for (const ask of topic.asks) {
        const length = [...fill(cause.text + ask, random, slots)].length;
        expect(length, cause.text).toBeGreaterThanOrEqual(35);
        expect(length, cause.text).toBeLessThanOrEqual(200);
      }
    });
  }
});
