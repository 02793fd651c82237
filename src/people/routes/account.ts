import type { Request, Response } from 'express';
import { notFound } from '../../core/errors.ts';
import type { World } from '../../core/world.ts';
import { actorOf, type Door } from '../../doors.ts';
import { flash } from '../../web/flash.ts';
import { blankForm, type FormState, readForm } from '../../web/form.ts';
import { sharedOf, show } from '../../web/render.ts';
import { sidOf } from '../../web/session.ts';
import { words } from '../../words/words.ts';
import { changeOwnPassword, chooseLanguage, endOwnSession, signOut } from '../actions.ts';
import { languageForm, passwordForm, sessionForm } from '../forms.ts';
import { ownPath } from '../rules.ts';
import { listSessions } from '../store.ts';
import { beginSession, keepLanguage, leave, networkOfRequest, password_page, wholePage } from './session.ts';

/** The person's own account: password, language, open sessions. */
export function accountRoutes(world: World, door: Door): void {
  async function showAccount(req: Request, res: Response, form: FormState) {
    const { t } = sharedOf(res);
    const { person_id } = actorOf(res);
    const live = req.session.live!;
    const kept = await listSessions(world.db, person_id, world.clock());
    const here = sidOf(req.sessionID);
    show(
      res,
      'people/account',
      { title: t.layout.my_account },
      {
        form,
        username: live.account!.username,
        posts: live.posts.map((held) => ({
          post: t.domain.posts[held.post],
          unit: res.locals.lang === 'en' ? held.unit_name_en : held.unit_name,
          current: held.post_id === actorOf(res).post_id,
        })),
        language: blankForm({ lang: live.account!.lang }, 'language'),
        languages: (['zh', 'en'] as const).map((value) => ({ value, label: words[value].people.language_name })),
        sessions: kept.map(({ sid, sess, expire }) => ({
          sid,
          here: sid === here,
          agent: sess.agent ?? '',
          network: sess.network ?? '',
          started_at: new Date(sess.started_at ?? 0),
          expire,
        })),
      },
    );
  }

  door.get('/account', 'signed_in', (req, res) => showAccount(req, res, blankForm({}, 'password')));

  const showPassword = (req: Request, res: Response, form: FormState) => {
    wholePage(req);
    show(
      res,
      'people/password',
      { title: sharedOf(res).t.people.new_password_title, layout: 'public' },
      { form, first: req.session.live!.account!.must_change_password },
    );
  };
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
    const changed = await changeOwnPassword(world, person_id, {
      current: read.value.current_password,
      next: read.value.new_password,
      network: networkOfRequest(req),
    });
    if (!changed.ok)
      return again({
        ...blankForm({}, 'password'),
        errors: { current_password: changed.wait_seconds > 0 ? `wait_seconds:${changed.wait_seconds}` : 'password_wrong' },
      });
    await beginSession(world, req, { person_id, revision: changed.revision, post_id });
    flash(req, 'people.password_changed');
    res.redirect(303, must_change_password ? '/' : '/account');
  });

  door.post('/account/language', 'signed_in', async (req, res) => {
    const read = readForm(req.body, languageForm);
    if (!read.ok) throw notFound();
    await chooseLanguage(world, actorOf(res).person_id, read.value.lang);
    keepLanguage(req, res, read.value.lang);
    flash(req, 'people.language_kept');
    res.redirect(303, ownPath(String(req.body?.back ?? '')) ?? '/account');
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
    return leave(world.config, req, res);
  });
}
