import { type Request, type RequestHandler, type Response, Router } from 'express';
import passportLocal from 'passport-local';
import passport from 'passport';
import { dayOf } from '../core/clock.ts';
import { notFound } from '../core/errors.ts';
import type { World } from '../core/world.ts';
import { actorOf, makeDoor } from '../doors.ts';
import { flash } from '../web/flash.ts';
import { blankForm, type FormState, readForm } from '../web/form.ts';
import { sharedOf, show } from '../web/render.ts';
import { cookieName, redirectAfterSaving, sessions, sidOf } from '../web/session.ts';
import { type Lang, words } from '../words/words.ts';
import { changeOwnPassword, checkSignIn, chooseLanguage, endOwnSession, type LiveSession, type SignInResult, sessionShelf, signOut } from './actions.ts';
import { languageForm, passwordForm, postForm, sessionForm, signInForm } from './forms.ts';
import { demo_password, demoUnits, networkOf, ownPath, postNames, posts } from './rules.ts';
import { type HeldPost, listDemoAccounts, listSessions } from './store.ts';

declare module 'express-session' {
  interface SessionData extends LiveSession {}
}

/** Who a request comes from: its session, and in which post of his the person acts. */
export function signedIn(world: World): RequestHandler[] {
  return [sessions(world.config, sessionShelf(world)), redirectAfterSaving, whoAmI];
}

const password_page = '/account/password';
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
    others: live.posts.filter((held) => held !== seat).map((held) => ({ id: held.post_id, label: `${unitOf(held)} · ${t.domain.posts[held.post]}` })),
  };
  next();
};

const networkOfRequest = (req: Request): string => networkOf(req.ip ?? '');

/** The middle of a user agent's long name that tells one device of a person from another. */
const agentOf = (req: Request): string => {
  const agent = req.get('user-agent') ?? '';
  const browser = /(MicroMessenger|Edg|OPR|Firefox|Chrome|Safari)\/(\d+)/.exec(agent);
  const system = /(Windows|Android|iPhone|iPad|Mac OS X|HarmonyOS|Linux)/.exec(agent);
  return [browser && `${browser[1]} ${browser[2]}`, system?.[1]].filter(Boolean).join(' · ');
};

/** Sign-in, the way out, the person's own account, and the first page of everybody. */
export function people(world: World): Router {
  const door = makeDoor('');
  const cookie = cookieName(world.config);
  const cookie_options = { path: '/', secure: cookie.startsWith('__Host-'), httpOnly: true, sameSite: 'lax' } as const;
  const authenticator = new passport.Passport();
  authenticator.use(
    new passportLocal.Strategy({ passReqToCallback: true }, (req, username, password, done) => {
      checkSignIn(world, { username, password, network: networkOfRequest(req) }).then((result) => done(null, result), done);
    }),
  );
  /** Resolves to what came of it, in this session of nobody's. */
  const authenticate = (req: Request, res: Response) =>
    new Promise<SignInResult>((resolve, reject) => {
      authenticator.authenticate('local', { session: false }, (error: unknown, result: SignInResult | false) =>
        error || !result ? reject(error ?? notFound()) : resolve(result),
      )(req, res, reject);
    });

  async function showSignIn(req: Request, res: Response, form: FormState, refusal?: string) {
    const t = words[res.locals.lang ?? 'zh'];
    const ended = !req.session?.person_id && new RegExp(`(?:^|;\\s*)${cookie}=`).test(req.headers.cookie ?? '');
    if (ended) res.clearCookie(cookie, cookie_options);
    const said = req.query['left'] === '1' ? t.people.signed_out : ended && !refusal ? t.people.session_ended : undefined;
    res.set('Cache-Control', 'no-store');
    show(res, 'people/sign_in', { title: t.layout.sign_in, layout: 'public' }, { form, next: String(form.typed['next'] ?? ''), refusal, said, demo_groups: await demoGroups(res), demo_password });
  }

  async function demoGroups(res: Response) {
    if (!world.config.demo) return [];
    const t = words[res.locals.lang ?? 'zh'];
    const accounts = await listDemoAccounts(world.db, dayOf(world.clock()), Object.values(demoUnits));
    const groups = [...new Set(postNames.map((post) => posts[post].group))];
    return groups
      .map((group) => ({
        label: t.people.groups[group],
        accounts: postNames.flatMap((post) => accounts.filter((one) => one.post === post && posts[post].group === group)).map((one) => ({
          username: one.username, name: one.name, post: t.domain.posts[one.post], unit: res.locals.lang === 'en' ? one.unit_en : one.unit_zh,
        })),
      }))
      .filter(({ accounts }) => accounts.length > 0);
  }

  door.get('/', 'signed_in', (_req, res) => res.redirect(303, posts[actorOf(res).post].home));

  door.get('/sign-in', 'public', (req, res) => {
    if (res.locals.actor) return res.redirect(303, '/');
    return showSignIn(req, res, blankForm({ next: String(req.query['next'] ?? '') }));
  });

  door.post('/sign-in', 'public', async (req, res) => {
    const t = words[res.locals.lang ?? 'zh'];
    const read = readForm(req.body, signInForm);
    if (!read.ok) {
      res.status(422);
      return showSignIn(req, res, read);
    }
    const result = await authenticate(req, res);
    if (!result.ok) {
      res.status(result.why === 'delayed' ? 429 : 422);
      if (result.why === 'delayed') res.set('Retry-After', String(result.wait_seconds));
      const { username, next } = read.value;
      return showSignIn(req, res, blankForm({ username, next }), t.people.refusals[result.why](result.wait_seconds));
    }
    const { person_id, revision, lang } = result.account;
    await beginSession(req, { person_id, revision, post_id: result.post_id });
    if (!/(?:^|;\s*)lang=/.test(req.headers.cookie ?? '')) keepLanguage(req, res, lang);
    res.redirect(303, ownPath(read.value.next) ?? '/');
  });

  /** A session under a new id: what somebody may have planted in the browser before is worth nothing. */
  async function beginSession(req: Request, given: { person_id: number; revision: number; post_id: number }) {
    const started_at = world.clock().toISOString();
    await new Promise<void>((resolve, reject) => req.session.regenerate((error) => (error ? reject(error) : resolve())));
    Object.assign(req.session, given, { started_at, network: networkOfRequest(req), agent: agentOf(req) });
    await new Promise<void>((resolve, reject) => req.session.save((error) => (error ? reject(error) : resolve())));
  }

  async function leave(req: Request, res: Response) {
    await new Promise<void>((resolve, reject) => req.session.destroy((error) => (error ? reject(error) : resolve())));
    res.clearCookie(cookie, cookie_options);
    res.set('Clear-Site-Data', '"cache", "storage"');
    res.redirect(303, '/sign-in?left=1');
  }

  door.post('/sign-out', 'public', async (req, res) => {
    const { person_id } = req.session;
    if (person_id !== undefined) await signOut(world, person_id, networkOfRequest(req), false);
    return leave(req, res);
  });

  door.post('/session/post', 'signed_in', (req, res) => {
    const read = readForm(req.body, postForm);
    const held = read.ok && req.session.live?.posts.find((post) => post.post_id === read.value.post_id);
    if (!held) throw notFound();
    req.session.post_id = held.post_id;
    const t = words[res.locals.lang ?? 'zh'];
    flash(req, 'people.post_switched', [res.locals.lang === 'en' ? held.unit_name_en : held.unit_name, t.domain.posts[held.post]]);
    res.redirect(303, '/');
  });

  async function showAccount(req: Request, res: Response, form: FormState) {
    const { t } = sharedOf(res);
    const { person_id } = actorOf(res);
    const live = req.session.live!;
    const kept = await listSessions(world.db, person_id, world.clock());
    const here = sidOf(req.sessionID);
    show(res, 'people/account', { title: t.layout.my_account }, {
      form,
      username: live.account!.username,
      posts: live.posts.map((held) => ({ post: t.domain.posts[held.post], unit: res.locals.lang === 'en' ? held.unit_name_en : held.unit_name, current: held.post_id === actorOf(res).post_id })),
      language: blankForm({ lang: live.account!.lang }, 'language'),
      languages: (['zh', 'en'] as const).map((value) => ({ value, label: languageName(value) })),
      sessions: kept.map(({ sid, sess, expire }) => ({
        sid, here: sid === here, agent: sess.agent ?? '', network: sess.network ?? '', started_at: new Date(sess.started_at ?? 0), expire,
      })),
    });
  }

  door.get('/account', 'signed_in', (req, res) => showAccount(req, res, blankForm({}, 'password')));

  const showPassword = (req: Request, res: Response, form: FormState) =>
    show(res, 'people/password', { title: sharedOf(res).t.people.new_password_title, layout: 'public' }, { form, first: req.session.live!.account!.must_change_password });
  door.get(password_page, 'signed_in', (req, res) => showPassword(req, res, blankForm({}, 'password')));

  door.post(password_page, 'signed_in', async (req, res) => {
    const { person_id, post_id } = actorOf(res);
    const { username, must_change_password } = req.session.live!.account!;
    const again = (form: FormState) => {
      res.status(422);
      return must_change_password ? showPassword(req, res, form) : showAccount(req, res, form);
    };
    const read = readForm(req.body, passwordForm(username), 'password');
    if (!read.ok) return again(read);
    const changed = await changeOwnPassword(world, person_id, { current: read.value.current_password, next: read.value.new_password, network: networkOfRequest(req) });
    if (!changed.ok) return again({ ...blankForm({}, 'password'), errors: { current_password: changed.wait_seconds > 0 ? `wait_seconds:${changed.wait_seconds}` : 'password_wrong' } });
    await beginSession(req, { person_id, revision: changed.revision, post_id });
    flash(req, 'people.password_changed');
    res.redirect(303, must_change_password ? '/' : '/account');
  });

  door.post('/account/language', 'signed_in', async (req, res) => {
    const read = readForm(req.body, languageForm);
    if (!read.ok) throw notFound();
    await chooseLanguage(world, actorOf(res).person_id, read.value.lang);
    keepLanguage(req, res, read.value.lang);
    flash(req, 'people.language_kept');
    res.redirect(303, '/account');
  });

  door.post('/account/sessions/end', 'signed_in', async (req, res) => {
    const read = readForm(req.body, sessionForm);
    if (!read.ok) throw notFound();
    await endOwnSession(world, actorOf(res).person_id, read.value.sid);
    flash(req, 'people.session_gone');
    res.redirect(303, '/account');
  });

  door.post('/account/sessions/end-all', 'signed_in', async (req, res) => {
    await signOut(world, actorOf(res).person_id, networkOfRequest(req), true);
    return leave(req, res);
  });

  return Router().use(door.routes);
}

/** What a language calls itself: the word by which the other one offers it. */
export const languageName = (lang: Lang): string => words[lang === 'zh' ? 'en' : 'zh'].layout.other_language;

/** The language stays with the browser, where `?lang=` keeps it too. */
function keepLanguage(req: Request, res: Response, lang: Lang): void {
  res.cookie('lang', lang, { maxAge: 365 * 24 * 3600_000, sameSite: 'lax', httpOnly: true, secure: req.secure });
}
