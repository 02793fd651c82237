import { type RequestHandler, Router } from 'express';
import { z } from 'zod';
import { notFound } from '../core/errors.ts';
import { hold } from '../core/hold.ts';
import type { World } from '../core/world.ts';
import { actorOf, idOf, makeDoor } from '../doors.ts';
import { ownPath } from '../people/rules.ts';
import { flash } from '../web/flash.ts';
import { id, readForm } from '../web/form.ts';
import { sharedOf, show } from '../web/render.ts';
import { words } from '../words/words.ts';
import { outboxRoutes } from './routes/outbox.ts';
import { textRoutes } from './routes/texts.ts';
import { pageOf, sayMessage } from './rules.ts';
import { countUnread, listMessages, markAllRead, markRead, most_unread, type Readable } from './store.ts';

const page_size = 50;
const hold_ms = 5000;

/** The inbox of whoever is signed in, and how much of it is unread. */
export function messages(world: World, readable: Readable): { unread: RequestHandler; routes: Router } {
  const { db } = world;
  const unread_counts = hold<number>(hold_ms);
  const drop = (person_id: number) => unread_counts.drop((key) => key === String(person_id));

  /** For the layout. Counted at most every 5 seconds for each person, so that no page waits for it. */
  const unread: RequestHandler = async (_req, res, next) => {
    const { actor } = res.locals;
    if (!actor) return next();
    const count = await unread_counts.get(String(actor.person_id), () => countUnread(db, actor.person_id, most_unread));
    res.locals.counts = { unread: count };
    next();
  };

  const door = makeDoor('/messages');
  door.get('/', 'signed_in', async (req, res) => {
    const t = words[res.locals.lang ?? 'zh'].messages;
    const only_unread = req.query['unread'] === '1';
    const before = typeof req.query['before'] === 'string' ? idOf(req.query['before']) : null;
    const found = await listMessages(db, actorOf(res), readable, { before, unread: only_unread, limit: page_size + 1 });
    const rows = found.slice(0, page_size);
    const last = rows.at(-1);
    const filter = only_unread ? '&unread=1' : '';
    show(
      res,
      'messages/inbox',
      { title: t.title },
      {
        rows: rows.map(({ id: message_id, created_at, read_at, number, title, whistle_id, ...told }) => ({
          id: message_id,
          text: sayMessage(told, sharedOf(res).t),
          at: created_at,
          unread: read_at === null,
          number: number ?? (whistle_id === null ? null : t.whistle(whistle_id)),
          title,
        })),
        only_unread,
        newest: before === null ? (rows[0]?.id ?? null) : null,
        latest: before === null ? undefined : `/messages${only_unread ? '?unread=1' : ''}`,
        older: found.length > page_size && last ? `/messages?before=${last.id}${filter}` : undefined,
      },
    );
  });
  door.post('/read', 'signed_in', async (req, res) => {
    const read = readForm(req.body, z.object({ until: id() }));
    if (!read.ok) throw notFound();
    const { person_id } = actorOf(res);
    const count = await markAllRead(db, person_id, read.value.until, world.clock());
    drop(person_id);
    flash(req, 'messages.marked', [count]);
    res.redirect(303, '/messages');
  });
  door.post('/:id/read', 'signed_in', async (req, res) => {
    const { person_id } = actorOf(res);
    const read = await markRead(db, person_id, idOf(req.params['id']), world.clock());
    if (!read) throw notFound();
    drop(person_id);
    const back = ownPath(String(req.body?.back ?? ''));
    const about = read.whistle_id === null ? read.number && `/appeals/${read.number}` : `/whistles/${read.whistle_id}`;
    res.redirect(303, back ?? about ?? pageOf(read));
  });
  const desks = makeDoor('');
  outboxRoutes(world, desks);
  textRoutes(world, desks);
  return { unread, routes: Router().use('/messages', door.routes).use(desks.routes) };
}
