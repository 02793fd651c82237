import { expect, test } from 'vitest';
import { formats } from '../../src/web/format.ts';

const at = (text: string) => new Date(`${text}+08:00`);
const now = at('2026-11-23T11:03:00');
const { zh, en } = formats;

test('instants are told in the city, wherever the process runs', () => {
  expect(zh.full(new Date('2026-11-22T16:30:00Z'))).toBe('2026-11-23 00:30');
  expect(en.full(new Date('2026-11-22T16:30:00Z'))).toBe('23 Nov 2026 00:30');
  expect([zh.time(now), zh.day(now), zh.moment(now)]).toEqual(['11:03', '2026-11-23', '11-23 11:03']);
  expect([en.day('2026-11-23'), en.moment(now), zh.month('2026-11'), en.month('2026-11-01')]).toEqual([
    '23 Nov 2026',
    '23 Nov 11:03',
    '2026年11月',
    'November 2026',
  ]);
});

test('a rate has two decimals and is not rounded up to a whole', () => {
  expect(zh.percent(0.98924)).toBe('98.92%');
  expect(zh.percent(1)).toBe('100.00%');
});

test.each([
  [0, '不足 1 分钟', 'under a minute'],
  [38, '38 分钟', '38 min'],
  [60, '1 小时', '1 h'],
  [72, '1 小时 12 分', '1 h 12 min'],
  [1440 + 125, '1 天 2 小时', '1 d 2 h'],
  [1440 * 30 + 60, '30 天', '30 d'],
])('%i minutes', (minutes, chinese, english) => {
  expect([zh.span(minutes), en.span(minutes)]).toEqual([chinese, english]);
});

test.each([
  ['2026-11-23T11:41:00', 'go', '剩 38 分钟', '11:41 到期', 68],
  ['2026-11-23T11:20:00', 'warn', '剩 17 分钟', '11:20 到期', 83],
  ['2026-11-23T11:03:00', 'late', '刚刚超时', '11:03 到期', 100],
  ['2026-11-23T10:45:00', 'late', '超 18 分钟', '10:45 到期', 100],
  ['2026-11-25T17:30:00', 'go', '剩 2 天 6 小时', '11-25 17:30 到期', 2],
])('a limit until %s', (due, tone, text, by, spent) => {
  expect(zh.left(at(due), now, at('2026-11-23T09:41:00'))).toMatchObject({ tone, text, by, spent });
});

test('a limit whose start is not known warns in its last hour and draws no bar', () => {
  expect(zh.left(at('2026-11-23T11:41:00'), now)).toMatchObject({ tone: 'warn', spent: null });
  expect(zh.left(at('2026-11-23T12:41:00'), now)).toMatchObject({ tone: 'go', spent: null });
});

test('a limit is full only when it has passed', () => {
  expect(zh.left(at('2026-11-23T11:03:01'), now, at('2026-11-20T11:03:00')).spent).toBe(99);
});
