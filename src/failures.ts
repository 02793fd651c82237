import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { notFound, Refusal } from './core/errors.ts';
import type { World } from './core/world.ts';
import { show } from './web/render.ts';
import { words } from './words/words.ts';

export const answerNothing: RequestHandler = () => {
  throw notFound();
};

/** Failures of others' making that a person should hear of in plain words: [what they carry, status, code of the words]. */
const known: readonly (readonly [(error: { code?: unknown; type?: unknown; name?: unknown }) => boolean, number, string])[] = [
  [(e) => e.type === 'entity.too.large' || e.code === 'LIMIT_FILE_SIZE' || e.code === 'LIMIT_FILE_COUNT', 413, 'too_large'],
  [(e) => typeof e.type === 'string' || e.name === 'MulterError' || e.name === 'URIError', 400, 'bad_request'],
  // Two transactions that waited for each other, or a row that a faster one took: somebody else was first.
  [(e) => e.code === '40P01' || e.code === '40001' || e.code === '55P03' || e.code === '23505', 409, 'conflict'],
  [
    (e) =>
      e.code === 'ECONNREFUSED' ||
      e.code === '57P01' ||
      e.code === '57P03' ||
      e.code === 'ECONNRESET' ||
      e.code === 'ENOENT' ||
      e.name === 'KnexTimeoutError' ||
      e.code === '57014',
    503,
    'unavailable',
  ],
];

/** Answers every refusal in one place, with a page that says what to do next; what is no refusal is a bug and only its number is shown. */
export function answerFailures({ log, config }: World): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    if (res.headersSent) return next(error);
    const plain = error instanceof Refusal ? { status: error.status, code: error.code } : recognised(error);
    const { status, code } = plain ?? { status: 500, code: 'broken' };
    if (status >= 500) log.error({ err: error, request_id: res.locals.request_id, path: req.path }, 'failed');
    if (status >= 500 && !config.production && config.log_level !== 'silent') console.error(error);
    refuse(req, res, status, code);
  };
}

function recognised(error: unknown): { status: number; code: string } | undefined {
  const row = known.find(([is]) => typeof error === 'object' && error !== null && is(error));
  return row && { status: row[1], code: row[2] };
}

type Failures = (typeof words)['zh']['failures'];

function refuse(req: Request, res: Response, status: number, code: string): void {
  const t = words[res.locals.lang ?? 'zh'];
  const text =
    t.failures[
      (Object.hasOwn(t.failures, code)
        ? code
        : status === 404
          ? 'not_found'
          : status === 409
            ? 'conflict'
            : 'forbidden') as keyof Failures
    ];
  res.status(status);
  const back = typeof req.get('referer') === 'string' ? new URL(req.get('referer')!).pathname : '/';
  show(
    res,
    'failures/refused',
    { title: text.title, layout: res.locals.actor ? 'layout' : 'public' },
    {
      status,
      title: text.title,
      text: text.text,
      request_id: status >= 500 ? res.locals.request_id : undefined,
      ways:
        status === 409
          ? [
              { href: back, label: t.layout.reload },
              { href: '/', label: t.layout.back_home },
            ]
          : [{ href: '/', label: t.layout.back_home }],
      typed: req.method === 'POST' ? typedTexts(req) : undefined,
    },
  );
}

/** What was typed, so that it can be copied: long texts only, never passwords or keys of the form. */
function typedTexts(req: Request): { label: string; text: string }[] {
  const body = (req.body ?? {}) as Record<string, unknown>;
  return Object.entries(body)
    .filter(([name, value]) => typeof value === 'string' && value.trim() !== '' && !/password|^once$|_id$|^id$/.test(name))
    .map(([name, value]) => ({ label: name, text: String(value) }));
}
