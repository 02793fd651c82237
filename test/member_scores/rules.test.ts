import { describe, expect, test } from 'vitest';
import { makeRandom } from '../../seeds/random.ts';
import { decimal } from '../../src/assessment/rules/exact.ts';
import { type MonthFacts, ranked, scoreMonth, termNames, termWeights, yearOf } from '../../src/member_scores/rules.ts';

const fulltime: MonthFacts = {
  kind: 'fulltime',
  days: 30,
  households: 92,
  households_target: 100,
  checked: 40,
  errors: 2,
  submitted: 12,
  valid: 11,
  reports_target: 10,
  due: 20,
  on_time: 18,
  reviews: 15,
  stars: 69,
};
const assistant: MonthFacts = {
  kind: 'assistant',
  days: 30,
  households: 30,
  households_target: 30,
  checked: 0,
  errors: 0,
  submitted: 3,
  valid: 3,
  reports_target: 4,
  due: 0,
  on_time: 0,
  reviews: 2,
  stars: 9,
};
const points = (facts: MonthFacts) => termNames.map((name) => scoreMonth(facts, 0, 0).terms[name].points);

describe('the worked examples, digit by digit', () => {
  test('full-time: 23 + 14.25 + 18.33 + 18 + 18 = 91.58, with a bonus of one point 92.58', () => {
    expect(points(fulltime)).toEqual(['23.00', '14.25', '18.33', '18.00', '18.00']);
    expect(decimal(scoreMonth(fulltime, 0, 0).score)).toBe('91.58');
    expect(decimal(scoreMonth(fulltime, 100, 0).score)).toBe('92.58');
  });
  test('assistant: terms without anything to judge by fall away with their weights: (25 + 15) / 45 = 88.89', () => {
    expect(points(assistant)).toEqual(['25.00', null, '15.00', null, null]);
    expect(decimal(scoreMonth(assistant, 0, 0).score)).toBe('88.89');
  });
  test('a year: (92.58·30 + 90·31 + 85·12) / 73 = 90.24', () => {
    const year = yearOf([
      { score: 9258, days: 30 },
      { score: 9000, days: 31 },
      { score: 8500, days: 12 },
    ]);
    expect([decimal(year.total), decimal(year.mean!)]).toEqual(['267.58', '90.24']);
  });
});

describe('what holds for every month', () => {
  /** The same thousand months each time. */
  const months = Array.from({ length: 1000 }, (_, seed) => {
    const random = makeRandom(`month ${seed}`);
    const checked = random.between(0, 60);
    const submitted = random.between(0, 40);
    const due = random.between(0, 40);
    const reviews = random.between(0, 30);
    const facts: MonthFacts = {
      kind: 'fulltime',
      days: 30,
      households: random.between(0, 200),
      households_target: random.between(1, 200),
      checked,
      errors: random.between(0, checked),
      submitted,
      valid: random.between(0, submitted),
      reports_target: random.between(1, 20),
      due,
      on_time: random.between(0, due),
      reviews,
      stars: random.between(reviews, reviews * 5),
    };
    return { facts, bonus: random.between(0, 2000), penalty: random.between(0, 20_000) };
  });

  test('it lies between 0 and 100, whatever bonus and penalty', () => {
    for (const { facts, bonus, penalty } of months) {
      const { score } = scoreMonth(facts, bonus, penalty);
      expect(Number.isInteger(score) && score >= 0 && score <= 10_000).toBe(true);
    }
  });
  test('more households, fewer errors, more tasks on time, more stars never lower it; a penalty never raises it', () => {
    for (const { facts } of months) {
      const score = (more: Partial<MonthFacts>, penalty = 0) => scoreMonth({ ...facts, ...more }, 0, penalty).score;
      const now = score({});
      expect(score({ households: facts.households + 1 })).toBeGreaterThanOrEqual(now);
      if (facts.errors > 0) expect(score({ errors: facts.errors - 1 })).toBeGreaterThanOrEqual(now);
      if (facts.on_time < facts.due) expect(score({ on_time: facts.on_time + 1 })).toBeGreaterThanOrEqual(now);
      if (facts.stars < facts.reviews * 5) expect(score({ stars: facts.stars + 1 })).toBeGreaterThanOrEqual(now);
      expect(score({}, 200)).toBeLessThanOrEqual(now);
    }
  });
  test('one more report that is not valid never pays', () => {
    for (const { facts } of months)
      expect(scoreMonth({ ...facts, submitted: facts.submitted + 1 }, 0, 0).score).toBeLessThanOrEqual(
        scoreMonth(facts, 0, 0).score,
      );
  });
  test('it is what its own terms add up to, but for their rounding', () => {
    for (const { facts } of months) {
      const { terms, score } = scoreMonth(facts, 0, 0);
      const there = termNames.filter((name) => terms[name].points !== null);
      const sum = there.reduce((all, name) => all + Number(terms[name].points), 0);
      const weights = there.reduce((all, name) => all + termWeights[name], 0);
      // Each term is shown rounded by half a hundredth at most, and the weights that are left spread that.
      expect(Math.abs((100 * sum) / weights - score / 100)).toBeLessThan((there.length * 0.5) / weights + 0.006);
    }
  });
  test('no bonus above five points counts', () => {
    expect(scoreMonth({ ...fulltime, households: 0 }, 900, 0).score).toBe(
      scoreMonth({ ...fulltime, households: 0 }, 500, 0).score,
    );
    expect(scoreMonth(fulltime, 900, 0).bonus).toBe(500);
  });
});

test('equal means share a rank and the next is skipped; fewer than six months have none', () => {
  const row = (mean: number, months = 6) => ({ months, total: mean * months, mean });
  const rows = [row(9000), row(9500), row(9000), row(8000), row(9900, 5)];
  const ranks = ranked(rows);
  expect(rows.map((one) => ranks.get(one) ?? null)).toEqual([2, 1, 2, 4, null]);
});
