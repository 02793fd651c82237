import { open, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { Request, RequestHandler, Response } from 'express';
import multer from 'multer';
import { Refusal } from '../core/errors.ts';
import { isDiskFull, newIncoming } from '../core/incoming.ts';
import type { World } from '../core/world.ts';

/** A file as it arrived, on disk, not looked at; gone when the request is over. */
export interface Upload {
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
  /** It went over the limit and was not kept. */
  readonly too_large: boolean;
  /** The field of the form that brought it. */
  readonly field: string;
}

export interface Uploads {
  readonly files: readonly Upload[];
  /** More came than were allowed; the rest was not kept. */
  readonly too_many: boolean;
  readonly disk_full: boolean;
  readonly max_files: number;
}

declare global {
  namespace Express {
    interface Locals {
      uploads?: Uploads;
    }
  }
}

const none: Uploads = { files: [], too_many: false, disk_full: false, max_files: 0 };
/** What the form brought along; nothing when it was sent without files. */
export const uploadsOf = (res: Response): Uploads => res.locals.uploads ?? none;

export interface UploadLimits {
  readonly max_files: number;
  readonly max_mb?: number;
}

const megabyte = 1_048_576;
const parts = {
  fields: 200,
  fieldSize: 65_536,
  fieldNameSize: 100,
  fieldNestingDepth: 0,
  headerPairs: 50,
  files: 50,
  parts: 260,
};

/**
 * Reads a form that may bring files: texts into `req.body`, files to disk. A file that is too large, one too many, or one for which
 * the disk has no room is read to its end and dropped, so that everything typed still arrives; the form then says what was wrong.
 * What is no whole form is refused (400), what is larger than all files together may be is not read to its end (413).
 */
export function uploads({ files_dir }: World, { max_files, max_mb = 15 }: UploadLimits): RequestHandler {
  const most_of_one = max_mb * megabyte;
  const most_of_all = max_files * most_of_one + 16 * megabyte;
  return (req, res, next) => {
    if (!req.is('multipart/form-data')) return next();
    if (Number(req.get('content-length') ?? 0) > most_of_all) throw new Refusal(413, 'too_large');
    const files: Upload[] = [];
    // A small file may be whole before a large one that was sent first: they are handed on as they were sent.
    const placed = new Map<Upload, number>();
    const seen = { too_many: false, disk_full: false, count: 0, bytes: 0 };
    res.on('close', () => void removeAll(files));

    async function take(field: string, name: string, stream: Readable): Promise<void> {
      const place = seen.count;
      seen.count += 1;
      const wanted = seen.count <= max_files;
      if (!wanted) seen.too_many = true;
      const path = wanted ? await newIncoming(files_dir) : null;
      const got = await receive(stream, path, most_of_one, (n) => {
        seen.bytes += n;
        if (seen.bytes > most_of_all) throw new Refusal(413, 'too_large');
      });
      if (got.disk_full) seen.disk_full = true;
      if (path === null || got.disk_full) return;
      const upload = { path, name, field, bytes: got.bytes, too_large: got.bytes > most_of_one };
      if (res.closed) await removeAll([upload]);
      else {
        placed.set(upload, place);
        files.push(upload);
      }
    }

    const storage: multer.StorageEngine = {
      _handleFile: (_req, file, done) => {
        take(file.fieldname, file.originalname, file.stream).then(
          () => done(null, {}),
          (error: unknown) => done(error),
        );
      },
      _removeFile: (_req, _file, done) => done(null),
    };
    multer({ storage, limits: parts, defParamCharset: 'utf8' }).any()(req, res, (error: unknown) => {
      files.sort((a, b) => placed.get(a)! - placed.get(b)!);
      res.locals.uploads = { files, too_many: seen.too_many, disk_full: seen.disk_full, max_files };
      next(meant(error, req));
    });
  };
}

/** What to hand on: a form cut short or without its boundary is the sender's mistake, whatever the parser calls it. */
function meant(error: unknown, req: Request): unknown {
  const code = (error as { code?: string } | undefined)?.code;
  if (!error || error instanceof Refusal || code === 'LIMIT_FILE_COUNT') return error;
  const foreign = req.destroyed || code === undefined || error instanceof multer.MulterError;
  return foreign ? new Refusal(400, 'bad_request') : error;
}

/** Reads a stream to its end; keeps it at `path` as far as it is allowed and there is room. */
async function receive(
  stream: Readable,
  path: string | null,
  most: number,
  counted: (bytes: number) => void,
): Promise<{ bytes: number; disk_full: boolean }> {
  let bytes = 0;
  let disk_full = false;
  const handle = path === null ? null : await open(path, 'wx', 0o600).catch(full);
  function full(error: unknown): null {
    if (!isDiskFull(error)) throw error;
    disk_full = true;
    return null;
  }
  let whole = false;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      counted(chunk.length);
      if (handle && !disk_full && bytes <= most) await handle.writeFile(chunk).catch(full);
    }
    whole = bytes <= most && !disk_full;
  } finally {
    await handle?.close();
    if (handle && path !== null && !whole) await rm(path, { force: true });
  }
  return { bytes, disk_full };
}

async function removeAll(files: readonly Upload[]): Promise<void> {
  await Promise.all(files.map((file) => rm(file.path, { force: true }).catch(() => undefined)));
}
