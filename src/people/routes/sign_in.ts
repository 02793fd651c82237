import type { Request, Response } from 'express';
import passport from 'passport';
import passportLocal from 'passport-local';
import { dayOf } from '../../core/clock.ts';
import { notFound } from '../../core/errors.ts';
import type { World } from '../../core/world.ts';
import type { Door } from '../../doors.ts';
import { blankForm, type FormState, readForm } from '../../web/form.ts';
import { show } from '../../web/render.ts';
import { cookieName } from '../../web/session.ts';
import { words } from '../../words/words.ts';
import { checkSignIn, type SignInResult, signOut } from '../actions.ts';
import { signInForm } from '../forms.ts';
import { demo_password, demoUnits, ownPath, postNames, posts } from '../rules.ts';
import { listDemoAccounts } from '../store.ts';
import { beginSession, forgetCookie, keepLanguage, leave, networkOfRequest, wholePage } from './session.ts';

/** The way in and the way out. */
export function signInRoutes(world: World, door: Door): void {
  const cookie = cookieName(world.config);
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
    if (ended) forgetCookie(world.config, res);
    const said = req.query['left'] === '1' ? t.people.signed_out : ended && !refusal ? t.people.session_ended : undefined;
    res.set('Cache-Control', 'no-store');
    wholePage(req);
    show(
      res,
      'people/sign_in',
      { title: t.layout.sign_in, layout: 'public' },
      { form, next: String(form.typed['next'] ?? ''), refusal, said, demo_groups: await demoGroups(res), demo_password },
    );
  }

  async function demoGroups(res: Response) {
    if (!world.config.demo) return [];
    const t = words[res.locals.lang ?? 'zh'];
    const accounts = await listDemoAccounts(world.db, dayOf(world.clock()), Object.values(demoUnits));
    const groups = [...new Set(postNames.map((post) => posts[post].group))];
    return groups
      .map((group) => ({
        label: t.people.groups[group],
        accounts: postNames
          .flatMap((post) => accounts.filter((one) => one.post === post && posts[post].group === group))
          .map((one) => ({
            username: one.username,
            name: one.name,
            post: t.domain.posts[one.post],
            unit: res.locals.lang === 'en' ? one.unit_en : one.unit_zh,
          })),
      }))
      .filter(({ accounts }) => accounts.length > 0);
  }

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
    await beginSession(world, req, { person_id, revision, post_id: result.post_id });
    if (!/(?:^|;\s*)lang=/.test(req.headers.cookie ?? '')) keepLanguage(req, res, lang);
    res.redirect(303, ownPath(read.value.next) ?? '/');
  });

  door.post('/sign-out', 'public', async (req, res) => {
    const { person_id } = req.session;
    if (person_id !== undefined) await signOut(world, person_id, networkOfRequest(req), false);
    return leave(world.config, req, res);
  });
}
