import { describe, expect, test } from 'vitest';
import { isCallingHour, nextCallingHour, tryAgainAt } from '../../src/appeals/actions/calls.ts';
import { markOf } from '../../src/callbacks/actions.ts';
import { differences, draw, shareOf } from '../../src/callbacks/rules.ts';
import { parameterDefaults } from '../../src/catalog/rules.ts';

const at = (time: string, day = '2026-11-23') => new Date(`${day}T${time}:00+08:00`);
const hours = parameterDefaults;

describe('when people are called', () => {
  test.each([
    ['08:59', false],
    ['09:00', true],
    ['19:59', true],
    ['20:00', false],
    ['00:00', false],
  ])('%s: %s', (time, may) => expect(isCallingHour(at(time), hours)).toBe(may));

  test('from before the first hour it is that hour, from after the last the next morning', () => {
    expect(nextCallingHour(at('07:30'), hours)).toEqual(at('09:00'));
    expect(nextCallingHour(at('12:00'), hours)).toEqual(at('12:00'));
    expect(nextCallingHour(at('20:00'), hours)).toEqual(at('09:00', '2026-11-24'));
  });

  test('three calls fall on two days: the second of a day two hours later, the third the next morning, then no more', () => {
    expect(tryAgainAt(at('10:00'), 1, ['2026-11-23'], hours as never)).toEqual(at('12:00'));
    expect(tryAgainAt(at('12:00'), 2, ['2026-11-23'], hours as never)).toEqual(at('09:00', '2026-11-24'));
    expect(tryAgainAt(at('09:00', '2026-11-24'), 3, ['2026-11-23', '2026-11-24'], hours as never)).toBeNull();
    expect(tryAgainAt(at('19:30'), 1, ['2026-11-23'], hours as never)).toEqual(at('09:00', '2026-11-24'));
  });
});

describe('the draw', () => {
  const numbers = Array.from({ length: 137 }, (_, i) => `20261122-${String(i + 1).padStart(4, '0')}`);

  test('takes a tenth, half up, and one where there is any', () => {
    expect([0, 1, 4, 14, 15, 137].map((n) => shareOf(n, 10))).toEqual([0, 1, 1, 1, 2, 14]);
    expect(shareOf(50, 0)).toBe(0);
  });

  test('the same seed draws the same whatever the order; another seed draws others', () => {
    const drawn = draw(numbers, 10, markOf('seed'));
    expect(drawn).toHaveLength(14);
    expect(draw([...numbers].reverse(), 10, markOf('seed'))).toEqual(drawn);
    expect(draw(numbers, 10, markOf('other'))).not.toEqual(drawn);
    expect(new Set(drawn).size).toBe(14);
  });

  test('over many days everybody is drawn about as often', () => {
    const times = new Map(numbers.map((number) => [number, 0]));
    for (let day = 0; day < 400; day++)
      for (const number of draw(numbers, 10, markOf(`day ${day}`))) times.set(number, times.get(number)! + 1);
    expect(Math.min(...times.values())).toBeGreaterThan(15);
    expect(Math.max(...times.values())).toBeLessThan(75);
  });
});

test('what was not asked at the first call differs in nothing', () => {
  const first = { level: 'satisfied', contacted: null, solved: true } as const;
  expect(differences(first, { level: 'satisfied', contacted: false, solved: true })).toEqual([]);
  expect(differences(first, { level: 'dissatisfied', contacted: true, solved: false })).toEqual(['level', 'solved']);
});
