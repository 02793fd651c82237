import { createSession } from 'better-sse';
import type { Request, Response, Router } from 'express';
import type { World } from './core/world.ts';
import { makeDoor } from './doors.ts';
import { seatTopics } from './menu.ts';
import { makeHub, type Send, type Topic } from './web/live.ts';

/** What changes by itself on a page at this address: each feature knows its own pages. */
export type Finder = (world: World, res: Response, address: string) => Promise<Topic | null> | Topic | null;

const check_every_ms = 60_000;
const ping_every_ms = 25_000;

/**
 * One open line a visible page (`/live?at=ADDRESS`): the figures of the seat, and what of the page itself changes. The line ends with
 * the session; a page that comes back (`again`) is sent everything once, because nobody knows what it missed.
 */
export function live(world: World, finders: readonly Finder[]): Router {
  const door = makeDoor('');
  const hub = world.changes
    ? makeHub(world.changes, (error) => world.log.error({ err: error }, 'a live page could not be rendered'))
    : null;
  door.get('/live', 'signed_in', async (req, res) => {
    const at = typeof req.query['at'] === 'string' ? req.query['at'] : '';
    const topics = seatTopics(world, res);
    for (const find of finders) {
      const topic = await find(world, res, at);
      if (topic) topics.push(topic);
    }
    const line = await createSession(req, res, { keepAlive: ping_every_ms, retry: 2000, serializer: String, sanitizer: String });
    const send: Send = (event, json) => line.isConnected && line.push(json, event);
    const again = req.query['again'] === '1' || req.get('last-event-id') !== undefined;
    const ends = topics.map((topic) => hub?.watch(topic, send));
    const check = setInterval(() => void stillIn(req).then((good) => good || line.push('', 'gone')), check_every_ms);
    line.once('disconnected', () => {
      clearInterval(check);
      for (const end of ends) end?.();
    });
    if (again) await Promise.all(topics.map((topic) => hub?.once(topic, send)));
  });
  return door.routes;
}

/** Whether the session that opened the line is still good: read again, not touched. */
const stillIn = (req: Request): Promise<boolean> =>
  new Promise((resolve) => req.session.reload((error) => resolve(!error && req.session.person_id !== undefined)));
