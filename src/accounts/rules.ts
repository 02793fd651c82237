import { administratorPosts, type Post, posts } from '../people/rules.ts';
import type { UnitKind } from '../units/rules.ts';

/** What a username may look like: it is typed at every desk, so plain letters. */
export const usernamePattern = /^[a-z][a-z0-9._-]{2,31}$/;

export const accountStates = ['active', 'disabled', 'must_change', 'no_post'] as const;
export type AccountState = (typeof accountStates)[number];

const isAdministrator = (post: Post): boolean => administratorPosts.includes(post);

/** Whose password no other administrator may set: who could, would hold two of the three posts. */
export const keptByHimself = (held: readonly { post: Post }[]): boolean => held.some(({ post }) => isAdministrator(post));

/**
 * Why a post cannot be granted, as a code of the words `errors`; null when it can. System, security and audit administration stay with
 * three people (GB/T 22239-2019, 8.1.5), and none of them begins with a password that whoever made the account still knows.
 */
export function grantProblem(
  post: Post,
  unit: { readonly id: number; readonly kind: UnitKind },
  held: readonly { readonly post: Post; readonly unit_id: number }[],
  account: { readonly must_change_password: boolean },
) {
  if (posts[post].at !== unit.kind) return { unit_id: 'unit_does_not_fit' } as const;
  if (held.some((one) => one.post === post && one.unit_id === unit.id)) return { post: 'post_held' } as const;
  if (!isAdministrator(post)) return null;
  if (keptByHimself(held)) return { post: 'administrators_apart' } as const;
  return account.must_change_password ? ({ post: 'administrator_password_first' } as const) : null;
}
