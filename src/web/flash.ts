import type { Request } from 'express';
import type {} from 'express-session';
import type { Tone } from '../views.ts';
import type { Words } from '../words/words.ts';

/** Where a word stands: 'orders.dispatched' is `t.orders.dispatched`. */
export type FlashKey = { [F in keyof Words]: `${F}.${keyof Words[F] & string}` }[keyof Words];

interface Kept {
  readonly key: FlashKey;
  readonly params: readonly (string | number)[];
  readonly tone: Tone;
}

declare module 'express-session' {
  interface SessionData {
    flash?: Kept[];
  }
}

/** Says something on the next page this person sees, once. The word may be a function of `params`. */
export function flash(req: Request, key: FlashKey, params: readonly (string | number)[] = [], tone: Tone = 'go'): void {
  if (req.session) req.session.flash = [...(req.session.flash ?? []), { key, params, tone }];
}

/** Takes what is waiting to be said, in the reader's language. */
export function takeFlash(req: Request, t: Words): { text: string; tone: Tone }[] {
  const waiting = req.session?.flash;
  if (!waiting) return [];
  delete req.session.flash;
  return waiting.map(({ key, params, tone }) => ({ text: say(t, key, params), tone }));
}

function say(t: Words, key: FlashKey, params: readonly (string | number)[]): string {
  const [feature = '', name = ''] = key.split('.');
  const word: unknown = (t as unknown as Record<string, Record<string, unknown>>)[feature]?.[name];
  return typeof word === 'function' ? String(word(...params)) : String(word);
}
