import type { RequestHandler } from 'express';

const year_seconds = 365 * 24 * 3600;

/** The large-type version of the public pages: `?elder=1` or `0` is kept in a cookie and leads back to the same page. */
export const easeReading: RequestHandler = (req, res, next) => {
  const asked = req.query['elder'];
  if (req.method === 'GET' && (asked === '1' || asked === '0')) {
    res.cookie('elder', asked, { maxAge: year_seconds * 1000, sameSite: 'lax', httpOnly: true, secure: req.secure });
    const url = new URL(req.originalUrl, 'http://here');
    url.searchParams.delete('elder');
    return res.redirect(303, `${url.pathname.replace(/^\/{2,}/, '/')}${url.search}`);
  }
  res.locals.elder = /(?:^|;\s*)elder=1(?:;|$)/.test(req.headers.cookie ?? '');
  next();
};
