import type { RequestHandler } from 'express';
import session, { type SessionData, Store } from 'express-session';
import type { Config } from '../core/config.ts';
import { sha256, token } from '../core/hash.ts';

/** Where sessions lie, by the hash of what the cookie holds. `find` answers only what is still good; `touch` writes only when it must. */
export interface SessionShelf<D extends object> {
  find(sid: string): Promise<D | null>;
  insert(sid: string, data: D): Promise<void>;
  change(sid: string, data: D): Promise<void>;
  touch(sid: string, data: D): Promise<void> | undefined;
  end(sid: string): Promise<void>;
}

/** Behind TLS the browser itself holds the cookie to this host. */
export const cookieName = (config: Config): string => (config.public_url.startsWith('https:') ? '__Host-session' : 'session');

/** How the cookie's secret is named in the table. */
export const sidOf = (cookie: string): string => sha256(cookie);

/** Sessions of people: a cookie that ends with the browser, the rest on the shelf. None is made until something is put into it. */
export function sessions(config: Config, shelf: SessionShelf<object>): RequestHandler {
  return session({
    name: cookieName(config),
    secret: config.session_secret,
    genid: () => token(32),
    resave: false,
    saveUninitialized: false,
    cookie: { httpOnly: true, sameSite: 'lax', secure: config.public_url.startsWith('https:'), path: '/' },
    store: storeOn(shelf),
  });
}

// What was read from the shelf is changed there, and what is new is inserted: a session that ended meanwhile must not come back.
const read = new WeakSet<object>();

type Done = (error?: unknown) => void;
const settle = (work: Promise<unknown> | undefined, done: Done = () => {}) => {
  if (work) work.then(() => done(), done);
  else done();
};

/** express-session knows its stores by callbacks and by inheritance; this is the only place that does. */
function storeOn(shelf: SessionShelf<object>): Store {
  return Object.assign(Object.create(Store.prototype) as Store, {
    get(cookie: string, done: (error: unknown, data?: SessionData | null) => void) {
      shelf.find(sidOf(cookie)).then((data) => done(null, data as SessionData | null), done);
    },
    set(cookie: string, data: SessionData, done?: Done) {
      settle(
        read.has(data.cookie)
          ? shelf.change(sidOf(cookie), data)
          : shelf.insert(sidOf(cookie), data).then(() => read.add(data.cookie)),
        done,
      );
    },
    touch(cookie: string, data: SessionData, done?: Done) {
      settle(shelf.touch(sidOf(cookie), data), done);
    },
    destroy(cookie: string, done?: Done) {
      settle(shelf.end(sidOf(cookie)), done);
    },
    createSession(req: never, data: SessionData) {
      const made = Store.prototype.createSession.call(this, req, data);
      read.add(made.cookie);
      return made;
    },
  });
}

/**
 * Stores a changed session before a redirect leaves: a browser asks for the next page as soon as it has the headers, and what was to be
 * said there would not be found.
 */
export const redirectAfterSaving: RequestHandler = (req, res, next) => {
  if (req.method === 'GET' || req.method === 'HEAD') return next();
  const before = JSON.stringify(req.session);
  const redirect = res.redirect.bind(res) as (...given: unknown[]) => void;
  res.redirect = (...given: unknown[]) => {
    if (!req.session || JSON.stringify(req.session) === before) return redirect(...given);
    req.session.save((error) => (error ? next(error) : redirect(...given)));
  };
  next();
};
