import { z } from 'zod';
import { id, pick, text } from '../web/form.ts';
import { passwordProblem, passwordRules } from './rules.ts';

/** As it was typed: a space at its end belongs to a password. */
const password = () =>
  z
    .string()
    .min(1, { error: 'required' })
    .max(passwordRules.max * 2, { error: `too_long:${passwordRules.max}` });

export const signInForm = z.object({ username: text(64), password: password(), next: z.string() });

/** A person's own new password, judged by the rules together with his username. */
export const passwordForm = (username: string) =>
  z
    .object({ current_password: password(), new_password: password(), repeat_password: password() })
    .superRefine((given, context) => {
      const refuse = (message: string, field: string) => context.addIssue({ code: 'custom', message, path: [field] });
      const problem = passwordProblem(given.new_password, username);
      if (problem) refuse(problem, 'new_password');
      else if (given.new_password === given.current_password) refuse('password_same', 'new_password');
      if (given.repeat_password !== given.new_password) refuse('password_repeat', 'repeat_password');
    });

export const languageForm = z.object({ lang: pick(['zh', 'en']) });
export const postForm = z.object({ post_id: id() });
export const sessionForm = z.object({ sid: z.string().regex(/^[0-9a-f]{64}$/, { error: 'not_found' }) });
