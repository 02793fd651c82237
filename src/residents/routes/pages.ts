import type { Request, RequestHandler, Response } from 'express';
import { dayOf } from '../../core/clock.ts';
import { hmac } from '../../core/hash.ts';
import type { World } from '../../core/world.ts';
import { newPass, readPass } from '../actions/keys.ts';
import { networkOf, pass_minutes } from '../rules.ts';

/** Nothing of these pages is kept by whoever stands between: a form's key, a code, somebody's case. */
const keepNothing: RequestHandler = (_req, res, next) => {
  res.set('Cache-Control', 'no-store');
  next();
};
export const unkept = keepNothing as never;

/** An address as it is counted: by its network, and never in clear. */
export const addressKey = ({ config }: World, req: Request): string =>
  hmac(config.data_key, `address:${networkOf(req.ip ?? '')}`).slice(0, 32);

const secure = ({ config }: World): boolean => config.public_url.startsWith('https:');
const cookieOf = (world: World): string => (secure(world) ? '__Host-progress' : 'progress');

/** A browser inside the page of another site sends our cookie only when it is marked for that, and keeps it apart for that site. */
const howOf = (world: World) =>
  secure(world) && world.config.embed_origins.length > 0
    ? ({ sameSite: 'none', secure: true, partitioned: true } as const)
    : ({ sameSite: 'lax', secure: secure(world) } as const);

export function letIn(world: World, res: Response, number: string): void {
  const { now } = res.locals;
  res.cookie(cookieOf(world), newPass(world, number, now!), {
    ...howOf(world),
    httpOnly: true,
    path: '/',
    maxAge: pass_minutes * 60_000,
  });
}

export function letOut(world: World, res: Response): void {
  res.clearCookie(cookieOf(world), { ...howOf(world), httpOnly: true, path: '/' });
}

/** The number whose code this browser gave not long ago. */
export function whoIsIn(world: World, req: Request, now: Date): string | undefined {
  const name = cookieOf(world);
  const found = (req.headers.cookie ?? '')
    .split(/;\s*/)
    .find((one) => one.startsWith(`${name}=`))
    ?.slice(name.length + 1);
  return found === undefined ? undefined : readPass(world, decodeURIComponent(found), now);
}

export const todayOf = (res: Response): string => dayOf(res.locals.now!);
