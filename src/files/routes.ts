import type { Response, Router } from 'express';
import { conflict, notFound } from '../core/errors.ts';
import type { World } from '../core/world.ts';
import { actorOf, idOf, makeDoor } from '../doors.ts';
import { pathOf } from './actions/vault.ts';
import { type AttachmentRow, findAttachment, type Readable } from './store.ts';

/** Attachments, to whoever may read the appeal they belong to. What is sent can do nothing in the browser but be seen or saved. */
export function files(world: World, readable: Readable): Router {
  const door = makeDoor('/files');
  const find = async (res: Response): Promise<AttachmentRow> => {
    const found = await findAttachment(world.db, idOf(String(res.req.params['id'])), actorOf(res), readable);
    if (!found) throw notFound();
    return found;
  };

  door.get('/:id', 'act', async (_req, res) => {
    sendFile(world, res, await find(res));
  });
  door.get('/:id/thumb', 'act', async (_req, res) => {
    sendThumb(world, res, await find(res));
  });
  return door.routes;
}

const a_while = 'private, max-age=600';

/** Whoever calls these has asked whether the reader may see it. A picture that is not drawn yet, or cannot be, says so. */
export function sendFile(world: World, res: Response, file: AttachmentRow, kept = a_while): void {
  if (file.sha256 === null) throw conflict(`picture_${file.undrawn}`);
  const seen = file.kind === 'image' ? 'inline' : 'attachment';
  send(world, res, file.sha256, file.media_type, `${seen}; filename*=UTF-8''${encoded(file.name)}`, kept);
}
export function sendThumb(world: World, res: Response, { thumb_sha256 }: AttachmentRow, kept = a_while): void {
  if (thumb_sha256 === null) throw notFound();
  send(world, res, thumb_sha256, 'image/webp', 'inline', kept);
}

function send({ files_dir }: World, res: Response, sha256: string, media_type: string, disposition: string, kept: string): void {
  res.set({
    'Content-Type': media_type,
    'Content-Disposition': disposition,
    'Content-Security-Policy': "default-src 'none'; sandbox",
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': kept,
  });
  res.sendFile(
    pathOf(files_dir, sha256),
    { cacheControl: false, etag: false, lastModified: false, dotfiles: 'allow' },
    (error) => {
      if (error && !res.headersSent) res.req.next?.(error);
    },
  );
}

// RFC 5987 leaves out a few characters that encodeURIComponent lets through.
const encoded = (name: string): string =>
  encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
