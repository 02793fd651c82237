import type { CookieOptions, Request, RequestHandler, Response } from 'express';
import type { Config } from '../../core/config.ts';
import type { World } from '../../core/world.ts';
import { cookieName, redirectAfterSaving, sessions } from '../../web/session.ts';
import { type Lang, words } from '../../words/words.ts';
import { type LiveSession, sessionShelf } from '../actions.ts';
import { networkOf } from '../rules.ts';
import type { HeldPost } from '../store.ts';

declare module 'express-session' {
  interface SessionData extends LiveSession {}
}

/** Who a request comes from: its session, and in which post of his the person acts. */
export function signedIn(world: World): RequestHandler[] {
  return [sessions(world.config, sessionShelf(world)), redirectAfterSaving, whoAmI];
}

/** The one page, beside the way out, that is open to a person who has yet to choose a password. */
export const password_page = '/account/password';
const open_before_password = new Set([password_page, '/sign-out']);

const whoAmI: RequestHandler = (req, res, next) => {
  const { person_id, post_id, live } = req.session;
  if (!live?.account || person_id === undefined) return next();
  const { name, must_change_password } = live.account;
  const seat = live.posts.find((post) => post.post_id === post_id) ?? live.posts[0]!;
  const { unit_name_en: _, ...post } = seat;
  Object.assign(res.locals, { actor: { person_id, name, ...post }, me: { name } });
  res.set('Cache-Control', 'private, no-store');
  if (must_change_password && !open_before_password.has(req.path)) return res.redirect(303, password_page);
  const t = words[res.locals.lang ?? 'zh'];
  const unitOf = (held: HeldPost) => (res.locals.lang === 'en' ? held.unit_name_en : held.unit_name);
  res.locals.seat = {
    unit: unitOf(seat),
    post: t.domain.posts[seat.post],
    others: live.posts
      .filter((held) => held !== seat)
      .map((held) => ({ id: held.post_id, label: `${unitOf(held)} · ${t.domain.posts[held.post]}` })),
  };
  next();
};

export const networkOfRequest = (req: Request): string => networkOf(req.ip ?? '');

// The more particular first: most browsers and systems name their ancestors too.
const browsers = [/MicroMessenger\/\d+/, /Edg\/\d+/, /OPR\/\d+/, /Firefox\/\d+/, /Chrome\/\d+/, /Safari\/\d+/];
const systems = ['HarmonyOS', 'Android', 'iPhone', 'iPad', 'Windows', 'Mac OS X', 'Linux'];

/** What of a user agent's long name tells one device of a person from another. */
function agentOf(req: Request): string {
  const agent = req.get('user-agent') ?? '';
  const browser = browsers.map((one) => one.exec(agent)?.[0]).find(Boolean);
  return [browser?.replace('/', ' '), systems.find((name) => agent.includes(name))].filter(Boolean).join(' · ');
}

/** A session under a new id: what somebody may have planted in the browser before is worth nothing. */
export async function beginSession(
  world: World,
  req: Request,
  given: { person_id: number; revision: number; post_id: number },
): Promise<void> {
  const started_at = world.clock().toISOString();
  await new Promise<void>((resolve, reject) => req.session.regenerate((error) => (error ? reject(error) : resolve())));
  Object.assign(req.session, given, { started_at, network: networkOfRequest(req), agent: agentOf(req) });
}

/** Ends this session, and has the browser forget what it kept of our pages. */
export async function leave(config: Config, req: Request, res: Response): Promise<void> {
  await new Promise<void>((resolve, reject) => req.session.destroy((error) => (error ? reject(error) : resolve())));
  forgetCookie(config, res);
  res.set('Clear-Site-Data', '"cache", "storage"');
  res.redirect(303, '/sign-in?left=1');
}

/** Takes the cookie of a session that is over. */
export function forgetCookie(config: Config, res: Response): void {
  const name = cookieName(config);
  const options: CookieOptions = { path: '/', secure: name.startsWith('__Host-'), httpOnly: true, sameSite: 'lax' };
  res.clearCookie(name, options);
}

/** A frame that asked for its content gets the page that stands in its way whole: the layout tells Turbo to go there. */
export function wholePage(req: Request): void {
  delete req.headers['turbo-frame'];
}

/** The language stays with the browser, where `?lang=` keeps it too. */
export function keepLanguage(req: Request, res: Response, lang: Lang): void {
  res.cookie('lang', lang, { maxAge: 365 * 24 * 3600_000, sameSite: 'lax', httpOnly: true, secure: req.secure });
}
