import type { Router } from 'express';
import { notFound } from '../core/errors.ts';
import type { World } from '../core/world.ts';
import { actorOf, makeDoor } from '../doors.ts';
import { flash } from '../web/flash.ts';
import { readForm } from '../web/form.ts';
import { words } from '../words/words.ts';
import { postForm } from './forms.ts';
import { accountRoutes } from './routes/account.ts';
import { signInRoutes } from './routes/sign_in.ts';
import { posts } from './rules.ts';

export { signedIn } from './routes/session.ts';

/** Sign-in, the way out, the person's own account, and the first page of everybody. */
export function people(world: World): Router {
  const door = makeDoor('');
  door.get('/', 'signed_in', (_req, res) => res.redirect(303, posts[actorOf(res).post].home));
  signInRoutes(world, door);
  door.post('/session/post', 'signed_in', (req, res) => {
    const read = readForm(req.body, postForm);
    const held = read.ok && req.session.live?.posts.find((post) => post.post_id === read.value.post_id);
    if (!held) throw notFound();
    req.session.post_id = held.post_id;
    const t = words[res.locals.lang ?? 'zh'];
    flash(req, 'people.post_switched', [
      res.locals.lang === 'en' ? held.unit_name_en : held.unit_name,
      t.domain.posts[held.post],
    ]);
    res.redirect(303, '/');
  });

  accountRoutes(world, door);
  return door.routes;
}
