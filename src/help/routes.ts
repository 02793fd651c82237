import type { Response, Router } from 'express';
import { rulebook } from '../catalog/actions.ts';
import { notFound } from '../core/errors.ts';
import type { World } from '../core/world.ts';
import { actorOf, makeDoor } from '../doors.ts';
import { isPost, type Post } from '../people/rules.ts';
import { sharedOf, show } from '../web/render.ts';
import { manualOf } from './routes/manual.ts';

/** The handbook: one page per post, open to everybody who works here. */
export function help({ db }: World): Router {
  const door = makeDoor('/help');
  const showPost = async (res: Response, post: Post) => {
    const shared = sharedOf(res);
    const { t } = shared;
    const view = manualOf(post, actorOf(res), await rulebook(db), shared);
    show(res, 'help/post', { title: `${view.name} · ${t.help.title}`, crumbs: [{ label: t.help.title, href: '/help' }] }, view);
  };

  door.get('/', 'signed_in', (_req, res) => showPost(res, actorOf(res).post));
  door.get('/:post', 'signed_in', (req, res) => {
    const post = req.params['post'] ?? '';
    if (!isPost(post)) throw notFound();
    return showPost(res, post);
  });
  return door.routes;
}
