import { type Request, type Response, Router } from 'express';
import { notFound } from './core/errors.ts';
import type { Actor } from './people/rules.ts';
import { mayEver, type Permission } from './policy.ts';

declare global {
  namespace Express {
    interface Locals {
      /** Who acts in this request, in one post; absent for anybody not signed in. */
      actor?: Actor;
    }
  }
}

/**
 * What opens a route: anybody, anybody signed in, a permission of the policy that asks for the post alone, or `act`: signed in, and the
 * action itself asks the policy about the very case.
 */
export type Guard = 'public' | 'signed_in' | 'act' | Permission;
type Handler = (req: Request<Record<string, string>>, res: Response) => unknown;
type Method = 'get' | 'post';

export interface Door {
  readonly routes: Router;
  get(path: string, guard: Guard, ...handlers: Handler[]): void;
  post(path: string, guard: Guard, ...handlers: Handler[]): void;
}

/** Every route of the product: printed by `npm run routes`, and tested against the policy. */
export const registry: { readonly method: Method; readonly path: string; readonly guard: Guard }[] = [];

/** A router on which no route can stand without its guard. */
export function makeDoor(mount: string): Door {
  const routes = Router();
  const add =
    (method: Method) =>
    (path: string, guard: Guard, ...handlers: Handler[]) => {
      const whole = `${mount}${path}`.replace(/(.)\/$/, '$1');
      if (!registry.some((one) => one.method === method && one.path === whole)) registry.push({ method, path: whole, guard });
      routes[method](path, guarded(guard), ...(handlers as never[]));
    };
  return { routes, get: add('get'), post: add('post') };
}

function guarded(guard: Guard): (req: Request, res: Response, next: () => void) => void {
  return (req, res, next) => {
    if (guard === 'public') return next();
    const { actor } = res.locals;
    if (!actor) {
      const back = req.method === 'GET' ? `?next=${encodeURIComponent(req.originalUrl)}` : '';
      return res.redirect(303, `/sign-in${back}`);
    }
    if (guard !== 'signed_in' && guard !== 'act' && !mayEver(actor, guard)) throw notFound();
    next();
  };
}

/** The actor behind a guard other than `public`. */
export function actorOf(res: Response): Actor {
  if (!res.locals.actor) throw notFound();
  return res.locals.actor;
}

/** A number in a path, or nothing: what is malformed is as unknown as what does not exist. */
export function idOf(text: string | undefined): number {
  if (!text || !/^[1-9][0-9]{0,15}$/.test(text)) throw notFound();
  return Number(text);
}
