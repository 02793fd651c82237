import type { RequestHandler } from 'express';
import { forbidden } from '../core/errors.ts';

const safe = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses whatever changes something unless one of our own pages sent it. Browsers say so in Sec-Fetch-Site; where it is
 * missing (plain http, old browsers) the Origin must be one of `origins`; a request with neither is refused.
 */
export function sameOrigin(origins: readonly string[]): RequestHandler {
  const ours = new Set(origins.map((origin) => new URL(origin).origin));
  return (req, _res, next) => {
    if (safe.has(req.method)) return next();
    const site = req.get('sec-fetch-site');
    const own = site === undefined ? ours.has(req.get('origin') ?? '') : site === 'same-origin';
    next(own ? undefined : forbidden('cross_site'));
  };
}
