import { describe, expect, test } from 'vitest';
import { canFollow } from '../../src/appeals/rules.ts';
import { actFor, code_length, codeFrom, grouped, networkOf, plainCode, plainNumber } from '../../src/residents/rules.ts';

describe('a code', () => {
  test('has no letter that is taken for a digit, and is read out in fours', () => {
    const code = codeFrom(Uint8Array.from({ length: 32 }, (_, i) => i * 7));
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{16}$/);
    expect(code).toHaveLength(code_length);
    expect(grouped('ABCD1234EFGH5678')).toBe('ABCD-1234-EFGH-5678');
  });
  test.each([
    ['abcd-1234-efgh-5678', 'ABCD1234EFGH5678'],
    [' ABCD 1234 EFGH 5678 ', 'ABCD1234EFGH5678'],
    ['ＡＢＣＤ—1234', 'ABCD1234'],
    ['oOiIlL', '001111'],
  ])('%j is read as %s', (typed, code) => {
    expect(plainCode(typed)).toBe(code);
  });
});

test.each([
  ['20261123-0007', '20261123-0007'],
  ['202611230007', '20261123-0007'],
  ['２０２６１１２３－０００７', '20261123-0007'],
  [' nonsense ', 'nonsense'],
])('the number %j is read as %s', (typed, number) => {
  expect(plainNumber(typed)).toBe(number);
});

test.each([
  ['10.1.2.3', '10.1.2.3'],
  ['::ffff:10.1.2.3', '10.1.2.3'],
  ['2001:db8:0001:2::7', '2001:db8:1:2'],
  ['2001:db8:1:2:aaaa:bbbb:cccc:dddd', '2001:db8:1:2'],
  ['::1', '0:0:0:0'],
])('%s counts as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test('what a resident may wish follows from where his case stands', () => {
  expect(actFor('supplement', 'awaiting_details', canFollow)).toBe('supply_details');
  expect(actFor('supplement', 'in_handling', canFollow)).toBe('comment');
  expect(actFor('supplement', 'closed', canFollow)).toBeUndefined();
  expect(actFor('withdraw', 'in_handling', canFollow)).toBe('withdraw');
  expect(actFor('withdraw', 'closed', canFollow)).toBeUndefined();
  expect(actFor('evaluate', 'pending_callback', canFollow)).toBe('rate');
  expect(actFor('reopen', 'closed', canFollow)).toBe('reopen');
  expect(actFor('reopen', 'answered', canFollow)).toBeUndefined();
});
