import type { UnitKind } from '../units/rules.ts';

interface PostRule {
  readonly at: UnitKind;
  readonly group: 'command' | 'leader' | 'town' | 'community' | 'grid' | 'department' | 'administrator';
}

/** Every post, and the kind of unit it is held at. */
export const posts = {
  hotline_agent: { at: 'city', group: 'command' },
  review_officer: { at: 'city', group: 'command' },
  dispatch_officer: { at: 'city', group: 'command' },
  supervision_officer: { at: 'city', group: 'command' },
  callback_officer: { at: 'city', group: 'command' },
  analysis_assessor: { at: 'city', group: 'command' },
  city_leader: { at: 'city', group: 'leader' },
  town_clerk: { at: 'town', group: 'town' },
  town_leader: { at: 'town', group: 'town' },
  community_clerk: { at: 'community', group: 'community' },
  community_secretary: { at: 'community', group: 'community' },
  linked_member: { at: 'grid', group: 'grid' },
  department_clerk: { at: 'department', group: 'department' },
  department_leader: { at: 'department', group: 'department' },
  sys_admin: { at: 'city', group: 'administrator' },
  sec_admin: { at: 'city', group: 'administrator' },
  audit_admin: { at: 'city', group: 'administrator' },
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

/** Passwords: length over composition, with common words refused (ASVS 6.2); rotation only where the law asks. */
export const passwordRules = { min: 10, max: 128 } as const;

/** Idle and absolute session limits in minutes. */
export const sessionLimits = { idle_minutes: 30, absolute_minutes: 12 * 60 } as const;

/** Seconds to wait after the n-th wrong password from one network on one account: doubling to 15 minutes, never a lock. */
export function delaySeconds(wrong: number): number {
  return wrong < 3 ? 0 : Math.min(15 * 60, 2 ** (wrong - 2));
}
