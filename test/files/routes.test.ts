import { mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises';
import { request as ask } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import express, { type Express } from 'express';
import request from 'supertest';
import { describe, expect } from 'vitest';
import { z } from 'zod';
import { readableSql } from '../../src/appeals/store.ts';
import { incomingDir } from '../../src/core/incoming.ts';
import type { World } from '../../src/core/world.ts';
import { answerFailures } from '../../src/failures.ts';
import { keepBytes } from '../../src/files/actions/vault.ts';
import { readFormWithFiles, refusedStatus } from '../../src/files/forms.ts';
import { files } from '../../src/files/routes.ts';
import { insertAttachments, type StoredFile } from '../../src/files/store.ts';
import type { Actor } from '../../src/people/rules.ts';
import { text } from '../../src/web/form.ts';
import { registerViews } from '../../src/web/render.ts';
import { uploads } from '../../src/web/uploads.ts';
import { makeStage } from '../support/make.ts';
import { test } from '../support/world.ts';
import { gif, pdf, phonePhoto, plainJpeg } from './samples.ts';

/** A form with a text after its files, and the files themselves, as an actor sees them. */
function app(world: World, actor: Actor | null, max_files = 3): Express {
  const it = express();
  registerViews(it);
  it.use((_req, res, next) => {
    Object.assign(res.locals, { now: world.clock(), lang: 'zh', ...(actor && { actor }) });
    next();
  });
  it.post('/form', uploads(world, { max_files }), async (_req, res) => {
    const read = await readFormWithFiles(world, res, z.object({ progress: text(20) }));
    if (read.ok) res.json(read.value);
    else res.status(refusedStatus(read)).json({ errors: read.errors, typed: read.typed });
  });
  it.use('/files', files(world, readableSql));
  it.use(answerFailures(world));
  return it;
}

/** What still lies in the folder of arriving files; it is cleared once the answer is out, so it is given its time. */
const empty = async (world: World) => {
  for (let tries = 0; ; tries++) {
    const lying = await readdir(incomingDir(world.files_dir)).catch(() => []);
    if (lying.length === 0 || tries === 60) return lying;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

describe('a form with files', () => {
  test('brings its texts and its files, and leaves nothing lying about', async ({ world }) => {
    const { body, status } = await request(app(world, null))
      .post('/form')
      .attach('files', await plainJpeg(), '照片.jpg')
      .attach('voice', pdf(), 'b.pdf')
      .field('progress', '已到现场');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      progress: '已到现场',
      files: [
        { name: '照片.jpg', kind: 'image' },
        { name: 'b.pdf', kind: 'pdf' },
      ],
    });
    expect(await empty(world)).toEqual([]);
  });

  test('without files works as well, plain or not', async ({ world }) => {
    const it = express().use(express.urlencoded({ extended: false }), app(world, null));
    expect((await request(it).post('/form').type('form').send({ progress: 'x' })).body).toEqual({ progress: 'x', files: [] });
    expect((await request(it).post('/form').field('progress', 'x')).body).toEqual({ progress: 'x', files: [] });
  });

  test('of which a file is refused keeps what was typed, and the good files', async ({ world }) => {
    const it = app(world, null);
    const first = await request(it)
      .post('/form')
      .attach('files', gif(), 'x.gif')
      .attach('files', await plainJpeg(), 'a.jpg')
      .field('progress', '已到现场');
    expect(first.status).toBe(422);
    expect(first.body.errors).toEqual({ files: 'file_is_gif:x.gif' });
    expect(first.body.typed.progress).toBe('已到现场');
    expect(first.body.typed.kept_files).toHaveLength(1);
    const again = await request(it)
      .post('/form')
      .field('kept_files', first.body.typed.kept_files[0])
      .field('progress', '已到现场');
    expect(again.body).toMatchObject({ files: [{ name: 'a.jpg', kind: 'image', media_type: 'image/jpeg' }] });
  });

  test('does not believe a kept file that was made up, is another person’s, or is hours old', async ({ world, clock }) => {
    const stage = await makeStage(world);
    const mine = app(world, stage.people.member1);
    const sent = await request(mine)
      .post('/form')
      .attach('files', await plainJpeg(), 'a.jpg')
      .field('progress', '');
    expect(sent.status).toBe(422);
    const [token] = sent.body.typed.kept_files;
    const post = async (it: Express, kept: string) =>
      (await request(it).post('/form').field('kept_files', kept).field('progress', 'x')).body.files;
    expect(await post(app(world, stage.people.member2), token)).toEqual([]);
    expect(await post(mine, `${token.slice(0, -3)}AAA`)).toEqual([]);
    expect(await post(mine, 'a.jpg|{"file":{}}')).toEqual([]);
    expect(await post(mine, token)).toHaveLength(1);
    clock.addMinutes(7 * 60);
    expect(await post(mine, token)).toEqual([]);
  });

  test('says that a file of 30 MB is too large, and keeps what was typed after it', async ({ world }) => {
    const huge = Buffer.concat([await plainJpeg(), Buffer.alloc(30_000_000)]);
    const { status, body } = await request(app(world, null))
      .post('/form')
      .attach('files', huge, 'huge.jpg')
      .field('progress', '已到现场');
    expect([status, body.errors, body.typed.progress]).toEqual([422, { files: 'file_too_big:huge.jpg' }, '已到现场']);
    expect(await empty(world)).toEqual([]);
  });

  test('says that there are too many', async ({ world }) => {
    const post = request(app(world, null)).post('/form');
    for (let i = 0; i < 5; i++) post.attach('files', await plainJpeg(20 + i, 20), `${i}.jpg`);
    const { status, body } = await post.field('progress', 'x');
    expect([status, body.errors, body.typed.kept_files.length]).toEqual([422, { files: 'too_many_files:3' }, 3]);
  });

  test('that is cut off, has no boundary, or nests its names is a bad request and no fault of ours', async ({ world }) => {
    const it = app(world, null);
    const half = '--b\r\ncontent-disposition: form-data; name="files"; filename="a.jpg"\r\n\r\nabc';
    const sent = (type: string, body: string) => request(it).post('/form').set('content-type', type).send(body);
    expect((await sent('multipart/form-data; boundary=b', half)).status).toBe(400);
    expect((await sent('multipart/form-data', half)).status).toBe(400);
    expect(
      (
        await sent(
          'multipart/form-data; boundary=b',
          '--b\r\ncontent-disposition: form-data; name="a[__proto__][x]"\r\n\r\n1\r\n--b--\r\n',
        )
      ).status,
    ).toBe(400);
    expect((await sent('multipart/form-data; boundary=b', '')).status).toBe(400);
    expect(await empty(world)).toEqual([]);
  });

  test('whose sender hangs up half way leaves nothing lying about', async ({ world }) => {
    const server = app(world, null).listen(0);
    const { port } = server.address() as AddressInfo;
    await new Promise<void>((resolve) => {
      const req = ask({
        port,
        method: 'POST',
        path: '/form',
        headers: { 'content-type': 'multipart/form-data; boundary=b', 'content-length': 5_000_000 },
      });
      req.on('error', () => resolve());
      req.write(`--b\r\ncontent-disposition: form-data; name="files"; filename="a.jpg"\r\n\r\n${'x'.repeat(200_000)}`);
      setTimeout(() => req.destroy(), 100);
    });
    expect(await empty(world)).toEqual([]);
    await new Promise((resolve) => server.close(resolve));
  });

  test('longer than all files together may be is not even read', async ({ world }) => {
    const server = app(world, null, 1).listen(0);
    const { port } = server.address() as AddressInfo;
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const req = ask(
        {
          port,
          method: 'POST',
          path: '/form',
          headers: { 'content-type': 'multipart/form-data; boundary=b', 'content-length': 500_000_000 },
        },
        (res) => resolve(res.statusCode),
      );
      req.on('error', reject);
      req.write('--b\r\n');
    });
    expect(status).toBe(413);
    server.closeAllConnections();
    server.close();
  });

  test('for which the disk has no room says so with 507, and what was typed is still there', async ({ world }) => {
    const files_dir = await mkdtemp(path.join(os.tmpdir(), 'full-'));
    const full = { ...world, files_dir };
    const probe = await open(new URL(import.meta.url), 'r');
    const prototype = Object.getPrototypeOf(probe);
    await probe.close();
    const { writeFile } = prototype;
    prototype.writeFile = async () => {
      throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    };
    try {
      const { status, body } = await request(app(full, null))
        .post('/form')
        .attach('files', await plainJpeg(), 'a.jpg')
        .field('progress', '已到现场');
      expect([status, body.errors, body.typed.progress]).toEqual([507, { files: 'disk_full' }, '已到现场']);
      expect(await empty(full)).toEqual([]);
    } finally {
      prototype.writeFile = writeFile;
      await rm(files_dir, { recursive: true });
    }
  });
});

describe('a stored file', () => {
  async function attached(world: World, file: Partial<StoredFile>) {
    const stage = await makeStage(world);
    const appeal = await stage.appeal(await stage.dispatched());
    const bytes = file.kind === 'pdf' ? pdf() : await phonePhoto(200, 100);
    const sha256 = await keepBytes(world.files_dir, bytes, world.clock());
    await insertAttachments(
      world.db,
      [
        {
          kind: 'image',
          media_type: 'image/jpeg',
          name: '门口.jpg',
          bytes: bytes.length,
          sha256,
          thumb_sha256: sha256,
          width: 1,
          height: 1,
          ...file,
        },
      ],
      {
        appeal_id: appeal.id,
        trail_seq: 1,
        purpose: 'report',
        uploaded_by: null,
        uploaded_at: world.clock(),
      },
    );
    const { id } = (await world.db('attachments').orderBy('id', 'desc').first('id'))!;
    return { stage, id, bytes };
  }

  test('is shown to whoever may read the appeal, and is not there for others', async ({ world }) => {
    const { stage, id } = await attached(world, {});
    const seen = async (who: Actor | null, at = '') => (await request(app(world, who)).get(`/files/${id}${at}`)).status;
    const { people } = stage;
    for (const who of [people.review, people.housing_clerk, people.member1, people.quanshan_leader])
      expect(await seen(who)).toBe(200);
    for (const who of [people.heating_clerk, people.member3, people.xinzhuang_clerk, people.sys, people.audit]) {
      expect(await seen(who)).toBe(404);
      expect(await seen(who, '/thumb')).toBe(404);
    }
    expect(await seen(null)).toBe(303);
    for (const no of ['0', '99999999', 'abc', '1e3', '../1', '%00'])
      expect((await request(app(world, people.review)).get(`/files/${no}`)).status).toBe(404);
  });

  test('can do nothing in a browser but be seen', async ({ world }) => {
    const { stage, id, bytes } = await attached(world, {});
    const { headers, body } = await request(app(world, stage.people.review)).get(`/files/${id}`);
    expect(headers).toMatchObject({
      'content-type': 'image/jpeg',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'private, max-age=600',
      'content-disposition': "inline; filename*=UTF-8''%E9%97%A8%E5%8F%A3.jpg",
    });
    expect(bytes.equals(body)).toBe(true);
    const small = await request(app(world, stage.people.review)).get(`/files/${id}/thumb`);
    expect([small.status, small.headers['content-type']]).toEqual([200, 'image/webp']);
  });

  test('that is no picture can only be saved, in parts if asked', async ({ world }) => {
    const { stage, id } = await attached(world, {
      kind: 'pdf',
      media_type: 'application/pdf',
      name: 'a"b;.pdf',
      thumb_sha256: null,
    });
    const it = request(app(world, stage.people.review));
    const { headers } = await it.get(`/files/${id}`);
    expect(headers['content-disposition']).toBe("attachment; filename*=UTF-8''a%22b%3B.pdf");
    const part = await it.get(`/files/${id}`).set('range', 'bytes=0-4');
    expect([part.status, part.body.toString() || part.text]).toEqual([206, '%PDF-']);
    expect((await it.get(`/files/${id}/thumb`)).status).toBe(404);
  });

  test('whose content is missing from the disk is unavailable, not unknown', async ({ world }) => {
    const { stage, id } = await attached(world, { sha256: '0'.repeat(64) });
    expect((await request(app(world, stage.people.review)).get(`/files/${id}`)).status).toBe(503);
  });

  test('lies outside what is served to anybody', async ({ world }) => {
    await keepBytes(world.files_dir, Buffer.from('secret'), world.clock());
    expect(path.relative(path.resolve('public'), world.files_dir).startsWith('..')).toBe(true);
    await expect(readFile(path.join('public', 'files'))).rejects.toThrow();
  });
});
