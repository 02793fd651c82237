import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import ejs from 'ejs';
import type { Application, Request, Response } from 'express';
import type { Figure, Me, NavGroup, NavItem, OnShift, Page, Seat, Shared, SharedName, Views } from '../views.ts';
import { sharedNames } from '../views.ts';
import { explain, type Lang, words } from '../words/words.ts';
import { assetHref } from './assets.ts';
import { takeFlash } from './flash.ts';
import { formats } from './format.ts';
import { icon } from './icons.ts';
import { packageRoot } from './root.ts';

declare global {
  namespace Express {
    /** What a request brings along for its page; set by the middleware of app.ts. */
    interface Locals {
      lang?: Lang;
      now?: Date;
      me?: Me | null;
      seat?: Seat;
      nav?: readonly NavGroup[];
      figures?: readonly Figure[];
      bar?: readonly NavItem[];
      on_shift?: OnShift;
      counts?: { unread: number };
      demo?: boolean;
      elder?: boolean;
      nonce?: string;
      request_id?: string;
    }
  }
}

type View = keyof Views;
type Include = <V extends View>(path: `/${V}`, locals: Views[V]) => string;
type Template = (shared: Shared, own: unknown, include: Include, escapeFn: (value: unknown) => string) => string;

const folder = path.join(packageRoot, 'views');
const compiled = new Map<string, { template: Template; modified: number }>();
let watching = false;

/** Compiles every template and makes them Express's views; `watch` compiles a template again when its file has changed. */
export function registerViews(app: Application, { watch = false } = {}): void {
  watching = watch;
  if (compiled.size === 0) {
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (file.endsWith('.ejs')) load(file.slice(0, -4).split(path.sep).join('/'));
    }
  }
  app.set('views', folder);
  app.set('view engine', 'ejs');
  app.enable('view cache');
  app.engine('ejs', (file: string, given: object, done: (error: unknown, html?: string) => void) => {
    const { shared, own } = given as { shared: Shared; own: object };
    let html: string;
    try {
      html = render(path.relative(folder, file).slice(0, -4).split(path.sep).join('/'), shared, own);
    } catch (error) {
      return done(error);
    }
    done(null, html);
  });
}

function load(name: string): Template {
  const file = path.join(folder, `${name}.ejs`);
  const template = compile(name, readFileSync(file, 'utf8'));
  compiled.set(name, { template, modified: watching ? statSync(file).mtimeMs : 0 });
  return template;
}

/**
 * EJS 7 wraps each compiled template in copies of its locals and a look-up of every include. Only its parser is used here:
 * the body it generates becomes a function of the names in the `locals:` header, which halves the time of a long list.
 */
function compile(name: string, source: string): Template {
  const header = /^<%#\s*locals:\s*(.*?)\s*-?%>/.exec(source)?.[1];
  if (header === undefined) throw new Error(`views/${name}.ejs: the first line must be <%# locals: … -%>`);
  const names = header.split(/\s*,\s*/).filter(Boolean);
  const shared = names.filter((one) => sharedNames.has(one as SharedName));
  const own = names.filter((one) => !sharedNames.has(one as SharedName));
  const parsed = new ejs.Template(source, { _with: false, filename: `views/${name}.ejs` });
  parsed.compile();
  for (const [, used = ''] of source.matchAll(/\bicon\('([^']+)'\)/g)) icon(used);
  const body = `"use strict"; const { ${shared.join(', ')} } = __shared; const { ${own.join(', ')} } = __own; let __line = 1;
    try { ${parsed.source} } catch (error) { throw __located(error, __line); }`;
  return new Function('__located', `return (__shared, __own, include, escapeFn) => { ${body} }`)((error: unknown, line: number) =>
    locate(error, `views/${name}.ejs:${line}`),
  );
}

const located = new WeakSet<object>();

/** Puts the innermost template and line in front of an error's message. */
function locate(error: unknown, where: string): unknown {
  if (error instanceof Error && !located.has(error)) {
    located.add(error);
    error.message = `${where}: ${error.message}`;
  }
  return error;
}

const special = /[&<>"']/;
const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' };

/** Most texts hold nothing to escape: looking first is several times faster than replacing. */
export function escapeHtml(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'string' ? value : String(value);
  return special.test(text) ? text.replace(/[&<>"']/g, (c) => entities[c] ?? c) : text;
}

function templateOf(name: string): Template {
  const known = compiled.get(name);
  if (known && (!watching || statSync(path.join(folder, `${name}.ejs`)).mtimeMs === known.modified)) return known.template;
  return load(name);
}

function render(name: string, shared: Shared, own: unknown): string {
  const include: Include = (target, locals) => templateOf(target.slice(1))(shared, locals, include, escapeHtml);
  return templateOf(name)(shared, own, include, escapeHtml);
}

/** One template without a layout: the content of a turbo-frame or a turbo-stream. */
export function renderPart<V extends View>(view: V, shared: Shared, locals: Views[V]): string {
  return render(view, shared, locals);
}

/** Content that takes the place of what an element holds, changing no more of it than differs. */
export const stream = (target: string, html: string): string =>
  `<turbo-stream action="update" method="morph" target="${target}"><template>${html}</template></turbo-stream>`;

/** What every template of this request may use beside its own locals. */
export function sharedOf(res: Response): Shared {
  const { lang = 'zh', me = null, now, nonce = '' } = res.locals;
  if (!now) throw new Error('res.locals.now is not set: the clock is read once, before the page');
  return sharedFor({ lang, me, now, nonce });
}

/** The same without a request: for jobs that write pages, and for tests. */
export function sharedFor({ lang, me, now, nonce = '' }: { lang: Lang; me: Me | null; now: Date; nonce?: string }): Shared {
  return {
    t: words[lang],
    lang,
    me,
    now,
    nonce,
    icon,
    fmt: formats[lang],
    asset: assetHref,
    explain: (code) => explain(lang, code),
  };
}

/** Sends a page: the view inside its layout, or alone when a turbo-frame asks for it. The only caller of res.render. */
export function show<V extends View>(res: Response, view: V, page: Page, locals: Views[V]): void {
  const { req } = res;
  const shared = sharedOf(res);
  const framed = req.get('turbo-frame') !== undefined;
  res.vary('Turbo-Frame');
  res.render(view, { shared, own: locals }, (error, body) => {
    if (error) return req.next?.(error);
    const layout = framed ? 'parts/frame' : (page.layout ?? 'layout');
    res.render(
      layout,
      { shared, own: framed ? { title: page.title, body } : around(res, shared, page, body) },
      (failed, html) => {
        if (failed) req.next?.(failed);
        else res.type('html').send(html);
      },
    );
  });
}

function around(res: Response, shared: Shared, page: Page, body: string): Views['layout'] {
  const { seat = null, nav = [], figures = [], bar, counts, demo = false, elder = false, on_shift } = res.locals;
  return {
    page,
    body,
    nav,
    figures,
    bar,
    demo,
    elder,
    seat,
    on_shift: on_shift && on_shift.desk === page.nav ? on_shift : null,
    unread: counts?.unread ?? 0,
    flashes: takeFlash(res.req, shared.t),
    other_language: withParam(res.req, 'lang', shared.lang === 'zh' ? 'en' : 'zh'),
    other_size: withParam(res.req, 'elder', elder ? '0' : '1'),
  };
}

/** The address of this page with one parameter set; what answers a POST has none, and the page that sent it is used. */
function withParam(req: Request, name: string, value: string): string {
  const from = req.method === 'GET' ? req.originalUrl : (req.get('referer') ?? '/');
  const url = URL.canParse(from, 'http://here') ? new URL(from, 'http://here') : new URL('http://here/');
  url.searchParams.set(name, value);
  return `${url.pathname.replace(/^\/{2,}/, '/')}${url.search}`;
}
