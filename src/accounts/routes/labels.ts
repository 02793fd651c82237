import type { Response } from 'express';
import { postNames, posts } from '../../people/rules.ts';
import type { Option, Tone } from '../../views.ts';
import type { FormState } from '../../web/form.ts';
import { sharedOf } from '../../web/render.ts';
import type { AccountFile } from '../store.ts';

/** How serious the end of an attempt to sign in is. */
export const outcomeTones = {
  ok: 'go',
  wrong: 'warn',
  delayed: 'late',
  disabled: 'late',
  refused: 'late',
  signed_out: 'done',
  password_changed: 'new',
} as const satisfies Record<string, Tone>;

/** What is unusual about an account. */
export function tagsOf(
  account: Pick<AccountFile, 'disabled_at' | 'must_change_password' | 'demo'>,
  held: number,
  res: Response,
): { tone: Tone; text: string }[] {
  const t = sharedOf(res).t.accounts;
  return [
    ...(account.disabled_at ? [{ tone: 'late' as const, text: t.states.disabled }] : []),
    ...(account.must_change_password ? [{ tone: 'new' as const, text: t.states.must_change }] : []),
    ...(held === 0 ? [{ tone: 'warn' as const, text: t.states.no_post }] : []),
  ];
}

/** Every post under its group. */
export function postOptions(res: Response): { label: string; options: Option[] }[] {
  const { t } = sharedOf(res);
  const groups = [...new Set(postNames.map((post) => posts[post].group))];
  return groups.map((group) => ({
    label: t.people.groups[group],
    options: postNames.filter((post) => posts[post].group === group).map((value) => ({ value, label: t.domain.posts[value] })),
  }));
}

/** The unit that a form named, to be shown again. */
export function chosenUnit(form: FormState | undefined): Option[] {
  const [value, label] = [form?.typed['unit_id'], form?.typed['unit_id_text']];
  return typeof value === 'string' && value !== '' && typeof label === 'string' ? [{ value, label }] : [];
}
