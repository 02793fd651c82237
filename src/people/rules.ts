import { addMinutes } from '../core/clock.ts';
import type { UnitKind } from '../units/rules.ts';

interface PostRule {
  readonly at: UnitKind;
  readonly group: 'command' | 'leader' | 'town' | 'community' | 'grid' | 'department' | 'administrator';
  /** The desk one sits down at. */
  readonly home: string;
}

/** Every post, the kind of unit it is held at, and its desk. */
export const posts = {
  hotline_agent: { at: 'city', group: 'command', home: '/appeals/new' },
  review_officer: { at: 'city', group: 'command', home: '/desks/review' },
  dispatch_officer: { at: 'city', group: 'command', home: '/desks/dispatch' },
  supervision_officer: { at: 'city', group: 'command', home: '/desks/supervision' },
  callback_officer: { at: 'city', group: 'command', home: '/desks/callback' },
  analysis_assessor: { at: 'city', group: 'command', home: '/reports' },
  city_leader: { at: 'city', group: 'leader', home: '/reports' },
  town_clerk: { at: 'town', group: 'town', home: '/desks/handling' },
  town_leader: { at: 'town', group: 'town', home: '/desks/approval' },
  community_clerk: { at: 'community', group: 'community', home: '/desks/handling' },
  community_secretary: { at: 'community', group: 'community', home: '/desks/approval' },
  linked_member: { at: 'grid', group: 'grid', home: '/phone' },
  department_clerk: { at: 'department', group: 'department', home: '/desks/handling' },
  department_leader: { at: 'department', group: 'department', home: '/desks/approval' },
  sys_admin: { at: 'city', group: 'administrator', home: '/accounts' },
  sec_admin: { at: 'city', group: 'administrator', home: '/accounts' },
  audit_admin: { at: 'city', group: 'administrator', home: '/audit' },
} as const satisfies Record<string, PostRule>;

export type Post = keyof typeof posts;
export const postNames = Object.keys(posts) as Post[];

export const isPost = (text: string): text is Post => Object.hasOwn(posts, text);
export const postsOf = (...groups: readonly PostRule['group'][]): Post[] =>
  postNames.filter((post) => groups.includes(posts[post].group));

/** City posts that work on appeals; the three administrators are kept apart and see none. */
export const commandPosts = postsOf('command');
export const cityPosts = postsOf('command', 'leader');
export const administratorPosts = postsOf('administrator');

/** A person acting in one post at one unit. Nothing else about the person decides what may be done. */
export interface Actor {
  readonly person_id: number;
  readonly name: string;
  readonly post_id: number;
  readonly post: Post;
  readonly unit_id: number;
  readonly unit_kind: UnitKind;
  readonly unit_path: string;
  readonly unit_name: string;
}

/** Every demo account's; they are refused wherever the configuration is no demo. */
export const demo_password = 'zhaojiban-demo';
/** The codes of the units where demo accounts below the city work: the accounts that are offered, whose desks the demo fills. */
export const demoUnits = {
  town: '370685002',
  community: '370685002001',
  grid: '37068500200101',
  department: 'municipal_works',
} as const;

/** Passwords: length over composition, with common words refused (ASVS 6.2); rotation only where the law asks. */
export const passwordRules = { min: 10, max: 128 } as const;

/** Common passwords of the permitted length, and the words and rows of keys that others are made of. */
const common = new Set(
  `1234567890 0123456789 9876543210 0987654321 12345678910 123456789a a123456789 123456789abc 1q2w3e4r5t q1w2e3r4t5 qwertyuiop qwerty1234 qwerty12345
   1qaz2wsx3edc qazwsxedcrfv asdfghjkl1 zxcvbnm123 abcdefghij abcd123456 abc1234567 a1b2c3d4e5 password12 password123 password1234 passw0rd123 p@ssw0rd123
   iloveyou123 5201314520 woaini1314 woaini5201314 woaini520520 admin12345 admin123456 administrator adminadmin root123456 test123456 guest12345 welcome123
   letmein123 changeme123 1314520520 6666666666 8888888888 1111111111 0000000000 1122334455 1212121212 1231231231 123123123123 zhaojiban12 zhaoyuan12345
   zhaoyuan123 12345zhaoyuan 12345hotline shizheng123 gongzuo123 mima123456 mima1234567`.split(/\s+/),
);
const repeated = /^(.{1,4})\1+.{0,3}$/;

/** Why a password may not be chosen, as a code of the words `errors`; null when it may. */
export function passwordProblem(password: string, username: string) {
  const length = [...password].length;
  const lower = password.toLowerCase();
  if (length < passwordRules.min) return `too_short:${passwordRules.min}` as const;
  if (length > passwordRules.max) return `too_long:${passwordRules.max}` as const;
  if (lower.includes(username.toLowerCase())) return 'password_has_name';
  return common.has(lower) || repeated.test(lower) || lower === demo_password ? 'password_common' : null;
}

/** Idle and absolute session limits in minutes; the idle limit counts from the last request that was written down, at most `touch_minutes` ago. */
export const sessionLimits = { idle_minutes: 30, absolute_minutes: 12 * 60, touch_minutes: 3 } as const;

/** When a session ends that is used now. */
export function sessionEnd(started_at: Date, now: Date): Date {
  const idle = addMinutes(now, sessionLimits.idle_minutes);
  const absolute = addMinutes(started_at, sessionLimits.absolute_minutes);
  return idle < absolute ? idle : absolute;
}

/** Seconds to wait after the n-th wrong password from one network on one account: doubling to 15 minutes, never a lock. */
export function delaySeconds(wrong: number): number {
  return wrong < 3 ? 0 : Math.min(15 * 60, 2 ** (wrong - 2));
}

/** Wrong passwords are forgotten when nothing was tried for a day after the wait was over. */
export const forget_wrong_ms = 24 * 3600_000;

/** The network an address belongs to: its /24, or /64 for IPv6, since one attacker commands at least so many addresses. */
export function networkOf(address: string): string {
  const v4 = /^(?:::ffff:)?(\d+\.\d+\.\d+)\.\d+$/i.exec(address)?.[1];
  if (v4) return `${v4}.0/24`;
  const [head = '', tail] = address.toLowerCase().split('%')[0]!.split('::');
  const groups = head.split(':').filter(Boolean);
  const rest = (tail ?? '').split(':').filter(Boolean);
  const whole =
    tail === undefined ? groups : [...groups, ...Array(Math.max(0, 8 - groups.length - rest.length)).fill('0'), ...rest];
  return `${whole
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

/** A path of our own to go on to after signing in, or null: never another site, never the way out. */
export function ownPath(text: string): string | null {
  if (!/^\/(?![/\\])[\x21-\x7e]*$/.test(text) || text.includes('\\')) return null;
  return /^\/(sign-in|sign-out|session)\b/.test(text) ? null : text;
}
