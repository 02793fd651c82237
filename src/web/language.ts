import type { RequestHandler } from 'express';
import type { Lang } from '../words/words.ts';

const year_seconds = 365 * 24 * 3600;
const isLang = (text: unknown): text is Lang => text === 'zh' || text === 'en';

/** Chooses the reader's language: `?lang=` is kept in a cookie and leads back to the same page; Chinese where nothing is said. */
export const speak: RequestHandler = (req, res, next) => {
  const asked = req.query['lang'];
  if (req.method === 'GET' && isLang(asked)) {
    res.cookie('lang', asked, { maxAge: year_seconds * 1000, sameSite: 'lax', httpOnly: true, secure: req.secure });
    const url = new URL(req.originalUrl, 'http://here');
    url.searchParams.delete('lang');
    return res.redirect(303, `${url.pathname.replace(/^\/{2,}/, '/')}${url.search}`);
  }
  const kept = /(?:^|;\s*)lang=(zh|en)(?:;|$)/.exec(req.headers.cookie ?? '')?.[1];
  res.locals.lang = isLang(kept) ? kept : 'zh';
  next();
};
