import { describe, expect, test } from 'vitest';
import { decimal, decimalOrNull, fraction, hundredthsOf, percentage, rounded } from '../../src/assessment/rules/exact.ts';
import {
  type Assessed,
  emptyTally,
  pointsOf,
  type Scheme,
  scoreAll,
  scoreCarried,
  type Tally,
} from '../../src/assessment/rules/score.ts';

const city: Scheme = {
  id: 1,
  key: 'city',
  kind: 'composite',
  version: 1,
  weights: [2000, 3000, 5000],
  basic_value: 80,
  min_rated: 5,
  mode: 'full_point',
  k: 100,
  cap: 1000,
  group_scope: 'all',
};
const beijing: Scheme = { ...city, id: 2, key: 'beijing', kind: 'three_rates', weights: [3000, 3500, 3500], mode: null };

const unit = (
  unit_id: number,
  [n, timely, on_time]: readonly [number, number, number],
  [satisfied, basic, dissatisfied]: readonly [number, number, number],
  [contacted, solved]: readonly [number, number] = [0, 0],
): Assessed => ({
  group: 'departments',
  counts: {
    ...emptyTally(unit_id),
    n,
    leads: n,
    timely,
    on_time,
    satisfied,
    basic,
    dissatisfied,
    asked: satisfied + basic + dissatisfied,
    contacted,
    solved,
  },
});

/** Seven units of a month, as the domain's description works them out by hand. */
const [A, B, C, D, E, F, G] = [1, 2, 3, 4, 5, 6, 7];
const month = [
  unit(A, [200, 196, 190], [130, 12, 8], [148, 138]),
  unit(B, [120, 114, 108], [70, 10, 10], [86, 75]),
  unit(C, [300, 297, 294], [250, 6, 4], [260, 252]),
  unit(D, [60, 54, 48], [24, 6, 10], [36, 27]),
  unit(E, [3, 3, 3], [0, 0, 1], [1, 0]),
  unit(F, [2, 2, 2], [0, 0, 0]),
  unit(G, [0, 0, 0], [0, 0, 0]),
];
const shown = (units: readonly Assessed[], scheme: Scheme, what_if = {}) =>
  scoreAll(units, scheme, what_if).scores.map(({ terms, score }) => [...terms, score].map(decimalOrNull));

describe('the worked month, digit by digit', () => {
  test('timely, completion, evaluation and score', () => {
    expect(shown(month, city)).toEqual([
      ['98.00', '95.00', '93.07', '94.63'],
      ['95.00', '90.00', '86.67', '89.33'],
      ['99.00', '98.00', '98.00', '98.20'],
      ['90.00', '80.00', '72.00', '78.00'],
      ['100.00', '100.00', '0.00', '50.00'],
      ['100.00', '100.00', null, '100.00'],
      [null, null, null, null],
    ]);
  });

  test('the base weighs each unit with its orders, so that one bad vote of a small unit does not pull it down', () => {
    const { bases, scores } = scoreAll(month, city);
    expect(decimal(bases.all!)).toBe('93.63');
    const sum = scores.reduce((all, { score, counts }) => all + BigInt(score ?? 0) * BigInt(counts.n), 0n);
    expect(sum).toBe(6_413_560n);
  });

  test('gaps, points in all three modes, deductions and ranks', () => {
    const of = (mode: Scheme['mode']) => scoreAll(month, { ...city, mode }).scores;
    expect(of('full_point').map(({ gap }) => decimalOrNull(gap))).toEqual([
      '0.00',
      '4.30',
      '0.00',
      '15.63',
      '43.63',
      '0.00',
      null,
    ]);
    expect(of('full_point').map(({ points }) => decimalOrNull(points))).toEqual([
      '0.00',
      '4.00',
      '0.00',
      '15.00',
      '43.00',
      '0.00',
      null,
    ]);
    expect(of('started_point').map(({ points }) => decimalOrNull(points))).toEqual([
      '0.00',
      '5.00',
      '0.00',
      '16.00',
      '44.00',
      '0.00',
      null,
    ]);
    expect(of('proportional').map(({ points }) => decimalOrNull(points))).toEqual([
      '0.00',
      '4.30',
      '0.00',
      '15.63',
      '43.63',
      '0.00',
      null,
    ]);
    expect(of('full_point').map(({ deduction }) => decimal(deduction))).toEqual([
      '0.00',
      '4.00',
      '0.00',
      '10.00',
      '0.00',
      '0.00',
      '0.00',
    ]);
    expect(of('full_point').map(({ rank }) => rank)).toEqual([2, 3, 1, 4, null, null, null]);
    expect(of('full_point').map(({ state }) => state)).toEqual([
      'scored',
      'scored',
      'scored',
      'scored',
      'small',
      'unrated',
      'none',
    ]);
  });

  test('the same facts by Beijing’s three rates', () => {
    expect(shown(month, beijing)).toEqual([
      ['98.67', '92.00', '94.67', '94.93'],
      ['95.56', '83.33', '88.89', '88.94'],
      ['100.00', '96.92', '98.46', '98.38'],
      ['90.00', '67.50', '75.00', '76.88'],
      ['100.00', '0.00', '0.00', '30.00'],
      [null, null, null, null],
      [null, null, null, null],
    ]);
    const other: Scheme = { ...beijing, weights: [1000, 4500, 4500] };
    expect(shown(month, other).map((row) => row[3])).toEqual(['93.87', '87.06', '97.92', '73.13', '10.00', null, null]);
    const { scores, bases } = scoreAll(month, beijing);
    expect(scores.map(({ rank }) => rank)).toEqual([2, 3, 1, 4, null, null, null]);
    expect(bases, 'a rank, not a deduction').toEqual({});
    expect(scores.every(({ deduction }) => deduction === 0)).toBe(true);
  });

  test('the sensitivity of it: basic worth 1, unrated as satisfied, smoothing', () => {
    expect(shown(month, { ...city, basic_value: 100 })[3]![3]).toBe('79.50');
    expect(shown(month, city, { unrated_satisfied: true })[3]![3]).toBe('82.67');
    expect(percentage(fraction(508, 541))).toBe(9390);
    expect(percentage(fraction(508 + 685 - 541, 685))).toBe(9518);
    const smoothed = shown(month, city, { smoothing: 5 });
    expect([smoothed[4]![3], smoothed[5]![3], smoothed[3]![3]]).toEqual(['88.60', '96.32', '79.15']);
  });
});

describe('at the edges', () => {
  test('no order anywhere: no base, no deduction', () => {
    const { bases, scores } = scoreAll([unit(1, [0, 0, 0], [0, 0, 0]), unit(2, [0, 0, 0], [0, 0, 0])], city);
    expect(bases.all).toBeNull();
    expect(scores.map(({ state, deduction, gap }) => [state, deduction, gap])).toEqual([
      ['none', 0, null],
      ['none', 0, null],
    ]);
  });

  test('one unit alone is its own base, and equal units lose nothing', () => {
    const alone = scoreAll([month[3]!], city);
    expect([alone.bases.all, alone.scores[0]!.gap]).toEqual([7800, 0]);
    const equal = scoreAll(
      [1, 2, 3].map((id) => ({ ...month[1]!, counts: { ...month[1]!.counts, unit_id: id } })),
      city,
    );
    expect(equal.scores.map(({ gap, deduction, rank }) => [gap, deduction, rank])).toEqual([
      [0, 0, 1],
      [0, 0, 1],
      [0, 0, 1],
    ]);
  });

  test('full points: a gap of 0.99, 1.00, 1.99, 2.00 costs 0, 1, 1, 2', () => {
    expect([99, 100, 199, 200].map((gap) => pointsOf(gap, 'full_point') / 100)).toEqual([0, 1, 1, 2]);
    expect([0, 1, 100, 101].map((gap) => pointsOf(gap, 'started_point') / 100)).toEqual([0, 1, 1, 2]);
  });

  test('93.625 becomes 93.63 and only then is compared', () => {
    expect(rounded(fraction(93_625, 1000))).toBe(9363);
    expect(rounded(fraction(93_624_999, 1_000_000))).toBe(9362);
    expect(hundredthsOf('93.63')).toBe(9363);
    // 0.2·100 + 0.3·100 + 0.5·87.25
    const exactly = unit(1, [400, 400, 400], [349, 0, 51]);
    const { scores } = scoreAll([exactly], city);
    expect(scores[0]!.score).toBe(9363);
  });

  test('equal in everything shares a rank, and the next one is left out', () => {
    const like = (id: number, dissatisfied: number) => unit(id, [100, 100, 100], [100 - dissatisfied, 0, dissatisfied]);
    expect(scoreAll([like(1, 0), like(2, 5), like(3, 5), like(4, 9)], city).scores.map(({ rank }) => rank)).toEqual([1, 2, 2, 4]);
  });

  test('with the same score the better satisfaction is before, then completion, then the larger number', () => {
    const some = unit(1, [10, 10, 10], [8, 0, 2]);
    const all_basic = unit(2, [10, 10, 10], [0, 10, 0]);
    const twice = unit(3, [20, 20, 20], [8, 0, 2]);
    // Slower, and better liked: satisfaction comes before completion.
    const slower = unit(4, [100, 100, 98], [812, 0, 188]);
    const { scores } = scoreAll([some, all_basic, twice], city);
    expect(scores.map(({ score }) => score)).toEqual([9000, 9000, 9000]);
    expect(scores.map(({ rank }) => rank)).toEqual([3, 1, 2]);
    const with_slower = scoreAll([some, slower], city).scores;
    expect(with_slower.map(({ score, rank }) => [score, rank])).toEqual([
      [9000, 2],
      [9000, 1],
    ]);
  });

  test('ranks and, where the scheme says so, bases are of towns, departments and utilities apart', () => {
    const units: Assessed[] = [
      { ...month[0]!, group: 'towns' },
      { ...month[1]!, group: 'departments' },
      { ...month[2]!, group: 'departments' },
      { ...month[3]!, group: 'utilities' },
    ];
    const { bases, scores } = scoreAll(units, { ...city, group_scope: 'group' });
    expect(scores.map(({ rank }) => rank)).toEqual([1, 2, 1, 1]);
    expect(bases).toEqual({ towns: 9463, departments: 9567, utilities: 7800 });
    expect(scores[3]!.deduction).toBe(0);
  });

  test('a small sample is tried again with the quarter, where only its unscored months count, and then with the year', () => {
    const small = (id: number, rated: number) => unit(id, [rated, rated, rated], [0, 0, rated]);
    const months = [2, 2, 2].map((rated, i) => [
      unit(1, [100, 100, 100], [100, 0, 0]),
      small(2, rated),
      small(3, i === 0 ? 1 : 0),
    ]);
    const parts = months.map((units) => scoreAll(units, city).scores);
    const { bases, scores } = scoreCarried(parts, months.flat(), city);
    const two = scores.find(({ unit_id }) => unit_id === 2)!;
    expect(two).toMatchObject({ state: 'scored', score: 5000 });
    expect(two.deduction).toBe(1000);
    expect(bases.all).toBe(scoreAll([unit(1, [300, 300, 300], [300, 0, 0]), small(2, 6), small(3, 1)], city).bases.all);
    expect(scores.find(({ unit_id }) => unit_id === 3)).toMatchObject({ state: 'small', deduction: 0 });
    expect(
      scores.some(({ unit_id }) => unit_id === 1),
      'scored every month',
    ).toBe(false);
    const year = scoreCarried(
      [scores, scores, scores, [{ ...scores[1]!, counts: { ...scores[1]!.counts, n: 4, leads: 4, dissatisfied: 4 } }]],
      months.flat(),
      city,
    );
    expect(year.scores.find(({ unit_id }) => unit_id === 3)).toMatchObject({ state: 'scored' });
  });
});

describe('whatever is counted', () => {
  /** The same numbers for the same seed (mulberry32). */
  function dice(seed: number) {
    let state = seed;
    return (below: number) => {
      state = (state + 0x6d2b79f5) | 0;
      let t = Math.imul(state ^ (state >>> 15), 1 | state);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return (((t ^ (t >>> 14)) >>> 0) % below) + 0;
    };
  }
  const random = dice(7);
  const some = (unit_id: number): Assessed => {
    const n = random(4) === 0 ? random(3) : random(400);
    const counts: Tally = unit(
      unit_id,
      [n, random(n + 1), random(n + 1)],
      [random(2) * random(n + 1), random(9), random(9)],
    ).counts;
    return { counts, group: (['towns', 'departments', 'utilities'] as const)[random(3)]! };
  };
  const months = Array.from({ length: 300 }, () => Array.from({ length: 1 + random(12) }, (_, i) => some(i + 1)));
  const modes = ['full_point', 'started_point', 'proportional'] as const;
  const schemes = modes.flatMap((mode) => (['all', 'group'] as const).map((group_scope) => ({ ...city, mode, group_scope })));

  test('the base lies between the lowest and the highest score', () => {
    for (const units of months) {
      const { bases, scores } = scoreAll(units, city);
      const known = scores.flatMap(({ score }) => (score === null ? [] : [score]));
      if (known.length === 0) expect(bases.all).toBeNull();
      else {
        expect(bases.all).toBeGreaterThanOrEqual(Math.min(...known));
        expect(bases.all).toBeLessThanOrEqual(Math.max(...known));
      }
    }
  });

  test('a deduction is never negative, never above the cap, nothing at or above the base, and never grows with the score', () => {
    for (const units of months) {
      for (const scheme of schemes) {
        const { bases, scores } = scoreAll(units, scheme);
        for (const one of scores) {
          const base = bases[scheme.group_scope === 'all' ? 'all' : one.group] ?? null;
          expect(one.deduction).toBeGreaterThanOrEqual(0);
          expect(one.deduction).toBeLessThanOrEqual(scheme.cap);
          if (one.score === null || one.score >= base!) expect(one.deduction).toBe(0);
          for (const other of scores) {
            if (scheme.group_scope === 'group' && other.group !== one.group) continue;
            if (one.state === 'scored' && other.state === 'scored' && one.score! >= other.score!)
              expect(one.deduction).toBeLessThanOrEqual(other.deduction);
          }
        }
      }
    }
  });

  test('a unit without cases changes nothing, and the order of units does not matter', () => {
    for (const units of months) {
      const plain = scoreAll(units, city);
      const more = scoreAll([...units, { counts: emptyTally(99), group: 'towns' }], city);
      expect(more.bases).toEqual(plain.bases);
      expect(more.scores.slice(0, -1)).toEqual(plain.scores);
      const turned = scoreAll([...units].reverse(), city);
      expect(turned.bases).toEqual(plain.bases);
      expect([...turned.scores].reverse()).toEqual(plain.scores);
    }
  });

  test('ranks are those of a contest: as many are before you as your rank says, less one', () => {
    for (const units of months) {
      const { scores } = scoreAll(units, city);
      for (const one of scores) {
        if (one.rank === null) continue;
        const group = scores.filter((other) => other.group === one.group && other.rank !== null);
        expect(group.filter((other) => other.rank! < one.rank!).length).toBe(one.rank - 1);
        expect(group.filter((other) => other.score! > one.score!).length).toBeLessThan(one.rank);
      }
    }
  });
});
