import { describe, expect, test } from 'vitest';
import { delaySeconds, networkOf, ownPath, passwordProblem, postNames, posts, sessionEnd } from '../../src/people/rules.ts';

test('every post has a desk to sit down at', () => {
  expect(postNames.filter((post) => !/^\/[a-z/-]+$/.test(posts[post].home))).toEqual([]);
});

test('the wait doubles from the third wrong password and never passes 15 minutes', () => {
  expect([1, 2, 3, 4, 5, 11, 12, 40].map(delaySeconds)).toEqual([0, 0, 2, 4, 8, 512, 900, 900]);
});

describe('a password', () => {
  test.each([
    ['short', 'too_short:10'],
    ['x'.repeat(129), 'too_long:128'],
    ['Wang.Fang-2026', 'password_has_name'],
    ['password123', 'password_common'],
    ['PASSWORD123', 'password_common'],
    ['zhaojiban-demo', 'password_common'],
    ['1212121212121', 'password_common'],
    ['aaaaaaaaaaaa', 'password_common'],
  ])('%s is refused', (password, why) => expect(passwordProblem(password, 'wang.fang')).toBe(why));
  test.each(['一只猫坐在门口等我们', 'correct horse battery', 'Zj9#kq20vv'])('%s is taken', (password) =>
    expect(passwordProblem(password, 'wang.fang')).toBeNull(),
  );
});

describe('the network of an address', () => {
  test.each([
    ['10.1.2.3', '10.1.2.0/24'],
    ['::ffff:10.1.2.3', '10.1.2.0/24'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['2001:0DB8:0001::', '2001:db8:1:0::/64'],
  ])('%s is %s', (address, network) => expect(networkOf(address)).toBe(network));
});

describe('after signing in one goes on', () => {
  test.each(['/appeals?q=%E7%81%AF&x=1', '/', '/accounts/5', '/sign-in-help'.replace('-help', 's')])('to %s', (path) =>
    expect(ownPath(path)).toBe(path),
  );
  test.each([
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '',
    'appeals',
    '/\t/evil.example',
    '/a\\b',
    '/sign-out',
    '/sign-in?next=/x',
    '/session/post',
  ])('not to %s', (path) => expect(ownPath(path)).toBeNull());
});

test('a session ends 30 minutes after its last use and 12 hours after its beginning', () => {
  const at = (time: string) => new Date(`2026-11-23T${time}:00+08:00`);
  expect(sessionEnd(at('08:00'), at('09:00'))).toEqual(at('09:30'));
  expect(sessionEnd(at('08:00'), at('19:50'))).toEqual(at('20:00'));
});
