import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { describe, expect } from 'vitest';
import { incomingDir, newIncoming } from '../../src/core/incoming.ts';
import type { World } from '../../src/core/world.ts';
import { drawWaiting } from '../../src/files/actions/draw.ts';
import { purgeFiles } from '../../src/files/actions/purge.ts';
import { storeFiles } from '../../src/files/actions/take.ts';
import { keepBytes, pathOf, touch, undrawnDir } from '../../src/files/actions/vault.ts';
import { kindRules, max_mb, megabyte, nameFor, pictureRules } from '../../src/files/rules.ts';
import { insertAttachments } from '../../src/files/store.ts';
import { words } from '../../src/words/words.ts';
import { makeStage } from '../support/make.ts';
import { test } from '../support/world.ts';
import { bombPng, clearPng, gif, heic, mp4, pdf, phonePhoto, plainJpeg, wav, webm } from './samples.ts';

async function store(world: World, name: string, bytes: Buffer) {
  const at = await newIncoming(world.files_dir);
  await writeFile(at, bytes);
  return storeFiles(world, [{ path: at, name, bytes: bytes.length, too_large: false }]);
}
async function kept(world: World, name: string, bytes: Buffer) {
  const stored = await store(world, name, bytes);
  if (!stored.ok) throw new Error(JSON.stringify(stored));
  const [file] = stored.files;
  const sha256 = file!.sha256!;
  return { ...file!, sha256, content: await readFile(pathOf(world.files_dir, sha256)) };
}

describe('a picture', () => {
  test('is written anew: upright, no larger than needed, and without place, camera or name in it', async ({ world }) => {
    const photo = await phonePhoto();
    expect(photo.includes('Secretphone')).toBe(true);
    const file = await kept(world, '我家门口.JPG', photo);
    expect(file).toMatchObject({
      kind: 'image',
      media_type: 'image/jpeg',
      name: '我家门口.jpg',
      width: 1500,
      height: pictureRules.side,
    });
    const { exif, xmp, iptc, orientation } = await sharp(file.content).metadata();
    expect({ exif, xmp, iptc, orientation }).toEqual({});
    expect(file.content.includes('Secretphone') || file.content.includes('GPS')).toBe(false);
    const small = await sharp(pathOf(world.files_dir, file.thumb_sha256!)).metadata();
    expect(small).toMatchObject({ format: 'webp', width: 240, height: pictureRules.thumb });
    expect(small.exif).toBeUndefined();
  });

  test('that is also a program or a page keeps only its pixels', async ({ world }) => {
    const polyglot = Buffer.concat([await plainJpeg(), Buffer.from('<?php system($_GET["c"]); ?><script>alert(1)</script>')]);
    const file = await kept(world, 'a.php.jpg', polyglot);
    expect(file.content.includes('<?php')).toBe(false);
    expect(file.content.includes('<script')).toBe(false);
    expect(file.name).toBe('a.php.jpg');
  });

  test('stored in passes may have half the pixels: it is held whole in memory', async ({ world }) => {
    const large = sharp({ create: { width: 5200, height: 5200, channels: 3, background: '#123' } });
    expect(await store(world, 'a.jpg', await large.clone().jpeg({ progressive: true }).toBuffer())).toMatchObject({
      ok: false,
      refused: [{ code: 'file_too_many_pixels' }],
    });
    expect(await store(world, 'a.jpg', await large.jpeg().toBuffer())).toMatchObject({ ok: true });
  });

  test('with a clear background keeps it, as WebP', async ({ world }) => {
    expect(await kept(world, 'stamp.png', await clearPng())).toMatchObject({
      media_type: 'image/webp',
      name: 'stamp.webp',
      width: 50,
    });
  });

  test('sent twice lies there once', async ({ world }) => {
    const [first, second] = [
      await kept(world, 'a.jpg', await plainJpeg(70, 70)),
      await kept(world, 'b.jpg', await plainJpeg(70, 70)),
    ];
    expect(second.sha256).toBe(first.sha256);
    expect(second.name).toBe('b.jpg');
  });
});

describe('refused, with the file named', () => {
  const hostile: readonly [string, string, () => Buffer | Promise<Buffer>, string][] = [
    ['a program named as a picture', 'shell.jpg', () => Buffer.from('<?php system($_GET["c"]); ?>'), 'file_unknown'],
    ['a page named as a picture', 'page.png', () => Buffer.from('<!doctype html><script>alert(1)</script>'), 'file_unknown'],
    ['SVG', 'x.svg', () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'), 'file_unknown'],
    ['GIF', 'x.gif', gif, 'file_is_gif'],
    ['HEIC named as a picture', 'IMG_0001.jpg', heic, 'file_is_heic'],
    ['a picture of 256 million pixels in a few kB', 'bomb.png', () => bombPng(), 'file_too_many_pixels'],
    ['a picture cut short', 'half.jpg', async () => (await phonePhoto(800, 600)).subarray(0, 1500), 'file_broken'],
    ['a picture of 30 MB', 'huge.png', async () => Buffer.concat([await plainJpeg(), Buffer.alloc(30_000_000)]), 'file_too_big'],
    ['a video in WebM', 'v.webm', () => webm('V_VP8'), 'file_is_video'],
    ['a video in MP4', 'v.mp4', () => mp4('vide'), 'file_is_video'],
    ['a PDF that is only a first line', 'x.pdf', () => Buffer.from('%PDF-1.4\n<script>alert(1)</script>'), 'file_broken'],
    ['nothing', 'empty.jpg', () => Buffer.alloc(0), 'file_empty'],
    ['an archive', 'x.jpg', () => Buffer.from('504b0304140000000000', 'hex'), 'file_unknown'],
  ];
  for (const [what, name, bytes, code] of hostile) {
    test(what, async ({ world }) => {
      expect(await store(world, name, await bytes())).toMatchObject({ ok: false, refused: [{ name, code }], files: [] });
      expect(await readdir(incomingDir(world.files_dir))).toEqual([]);
    });
  }
});

describe('kept as it is', () => {
  const sounds: readonly [string, Buffer, string, string, string][] = [
    ['a recording of a browser', webm('A_OPUS'), 'audio', 'audio/webm', 'voice.webm'],
    ['a recording of Safari', mp4('soun'), 'audio', 'audio/mp4', 'voice.m4a'],
    ['WAV', wav(), 'audio', 'audio/wav', 'voice.wav'],
    ['PDF', pdf(), 'pdf', 'application/pdf', 'voice.pdf'],
  ];
  for (const [what, bytes, kind, media_type, name] of sounds) {
    test(what, async ({ world }) => {
      const file = await kept(world, 'voice.bin', bytes);
      expect(file).toMatchObject({ kind, media_type, name, bytes: bytes.length, thumb_sha256: null });
      expect(file.content.equals(bytes)).toBe(true);
    });
  }
});

test('of several files the good ones are kept and each bad one is named', async ({ world }) => {
  const received = await Promise.all(
    (
      [
        ['a.jpg', await plainJpeg(33, 33)],
        ['b.gif', gif()],
        ['c.heic', heic()],
      ] as const
    ).map(async ([name, bytes]) => {
      const at = await newIncoming(world.files_dir);
      await writeFile(at, bytes);
      return { path: at, name, bytes: bytes.length, too_large: false };
    }),
  );
  const stored = await storeFiles(world, received);
  expect(stored).toMatchObject({ ok: false, refused: [{ name: 'b.gif' }, { name: 'c.heic' }], files: [{ name: 'a.jpg' }] });
});

test('a name loses folders, hidden signs and a false ending', () => {
  expect(nameFor('C:\\fakepath\\photo.php', 'image/jpeg')).toBe('photo.jpg');
  expect(nameFor('../../etc/passwd', 'application/pdf')).toBe('passwd.pdf');
  expect(nameFor('gpj.\u202eexe', 'image/jpeg')).toBe('gpj.jpg');
  expect(nameFor('a\r\nSet-Cookie: x.png', 'image/webp')).toBe('aSet-Cookie: x.webp');
  expect(nameFor('\0', 'image/webp')).toBe('file.webp');
  expect([...nameFor('长'.repeat(300), 'audio/wav')].length).toBe(84);
});

test('the sentences say the limits of the rules', () => {
  expect(max_mb).toBe(15);
  for (const lang of ['zh', 'en'] as const) {
    const t = words[lang];
    expect(t.errors.file_too_big('x')).toContain(`${kindRules.image.max_mb} MB`);
    expect(t.errors.file_too_big('x')).toContain(`${kindRules.audio.max_mb} MB`);
    expect(t.files.kinds).toContain(`${kindRules.pdf.max_mb} MB`);
  }
  expect(words.zh.errors.file_too_many_pixels('x')).toContain(`${pictureRules.max_pixels / 10_000} 万`);
  expect(words.zh.errors.file_too_many_pixels('x')).toContain(`${pictureRules.max_pixels_in_passes / 10_000} 万`);
  expect(15 * megabyte).toBe(15_728_640);
});

test('what was sent and never attached goes after a week; what is attached stays', async ({ world, db }) => {
  const stage = await makeStage(world);
  const appeal = await stage.appeal(await stage.register('hotline'));
  // Files carry the disk's own time.
  const real = Date.now();
  const long_ago = new Date(real - 30 * 86_400_000);
  const lost = await keepBytes(world.files_dir, Buffer.from('lost'), long_ago);
  await touch(world.files_dir, lost, long_ago);
  const file = await kept(world, 'a.jpg', await plainJpeg(44, 44));
  await keepBytes(world.files_dir, file.content, long_ago);
  await insertAttachments(
    db,
    [
      {
        kind: 'image',
        media_type: 'image/jpeg',
        name: 'a.jpg',
        bytes: 1,
        sha256: file.sha256,
        thumb_sha256: file.thumb_sha256,
        width: 1,
        height: 1,
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
  const young = await keepBytes(world.files_dir, Buffer.from('young'), new Date(real));
  const left_over = path.join(incomingDir(world.files_dir), 'left-over');
  await writeFile(left_over, 'x');

  const gone = await purgeFiles(world, new Date(real));
  expect(gone.unattached).toBeGreaterThanOrEqual(1);
  const there = (sha: string) =>
    readFile(pathOf(world.files_dir, sha)).then(
      () => true,
      () => false,
    );
  expect([await there(lost), await there(file.sha256), await there(file.thumb_sha256!), await there(young)]).toEqual([
    false,
    true,
    true,
    true,
  ]);
  expect(await purgeFiles(world, new Date(real + 2 * 86_400_000))).toMatchObject({ incoming: 1 });
  expect(await there(file.sha256)).toBe(true);
});

describe('when many send pictures at once', () => {
  /** What was put off, attached to an appeal, and what it becomes when it is drawn at once. */
  async function putOff(world: World, bytes: readonly Buffer[]) {
    const stage = await makeStage(world);
    const appeal = await stage.appeal(await stage.register('hotline'));
    const stored = await Promise.all(bytes.map((one, i) => store(world, `${i}.jpg`, one)));
    const files = stored.flatMap((one) => one.files);
    const at = { appeal_id: appeal.id, trail_seq: 1, purpose: 'report', uploaded_by: null, uploaded_at: world.clock() } as const;
    await insertAttachments(world.db, files, at);
    return files;
  }
  const rows = (world: World) => world.db('attachments').orderBy('id');
  const originals = (world: World) => readdir(undrawnDir(world.files_dir));
  const many = () => Promise.all(Array.from({ length: 6 }, (_, i) => phonePhoto(900 + i, 700)));

  test('some are kept as they came, served to nobody, and drawn afterwards as if at once', async ({ world }) => {
    const before = new Set(await originals(world).catch(() => []));
    const photos = await many();
    const files = await putOff(world, photos);
    const waiting = files.filter((one) => one.undrawn === 'waiting');
    expect(waiting.length).toBeGreaterThan(0);
    expect(waiting.length).toBeLessThan(files.length);
    for (const one of waiting) expect(one).toMatchObject({ kind: 'image', sha256: null, thumb_sha256: null });
    expect(await drawWaiting(world)).toEqual({ pictures: waiting.length, unreadable: 0 });
    expect((await originals(world)).filter((one) => !before.has(one))).toEqual([]);
    for (const [i, row] of (await rows(world)).entries()) {
      const { content, before: _, ...at_once } = await kept(world, `${i}.jpg`, photos[i]!);
      expect(row).toMatchObject({ ...at_once, undrawn: null, original: null });
      expect(content.includes('Secretphone')).toBe(false);
    }
    expect(await drawWaiting(world)).toEqual({ pictures: 0, unreadable: 0 });
  });

  test('whoever is killed between the answer and the drawing, or in it, loses none', async ({ world }) => {
    await putOff(world, await many());
    const waiting = (await rows(world)).filter((one) => one.undrawn === 'waiting');
    // It ends after the picture is drawn, and before that is known.
    const { transaction } = world.db;
    const killed: World = {
      ...world,
      db: new Proxy(world.db, {
        get: (db, name) =>
          name !== 'transaction'
            ? Reflect.get(db, name)
            : (work: (trx: World['db']) => Promise<unknown>) =>
                transaction.call(db, async (trx) => {
                  await work(trx);
                  throw new Error('killed');
                }),
      }),
    };
    await expect(drawWaiting(killed)).rejects.toThrow('killed');
    expect((await rows(world)).filter((one) => one.undrawn === 'waiting')).toEqual(waiting);
    for (const one of waiting) expect(await originals(world)).toContain(one.original);
    expect(await drawWaiting(world)).toEqual({ pictures: waiting.length, unreadable: 0 });
  });

  test('what is no picture, too large or too many is still refused before the answer', async ({ world }) => {
    const busy = many().then((photos) => Promise.all(photos.map((one) => store(world, 'a.jpg', one))));
    expect(await store(world, 'a.jpg', Buffer.from('<?php'))).toMatchObject({ refused: [{ code: 'file_unknown' }] });
    expect(await store(world, 'a.png', await bombPng())).toMatchObject({ refused: [{ code: 'file_too_many_pixels' }] });
    await busy;
  });

  test('one that proves unreadable is marked so, and its original goes', async ({ world }) => {
    const photos = await many();
    await putOff(world, photos.map((one) => one.subarray(0, one.length / 2)).concat(photos));
    const waiting = (await rows(world)).filter((one) => one.undrawn === 'waiting');
    const done = await drawWaiting(world);
    expect(done.unreadable).toBeGreaterThan(0);
    expect(done.pictures + done.unreadable).toBe(waiting.length);
    const unreadable = await world.db('attachments').where({ undrawn: 'unreadable' });
    expect(unreadable).toHaveLength(done.unreadable);
    for (const one of unreadable) expect(one).toMatchObject({ sha256: null, thumb_sha256: null, original: null });
  });

  test('an original that was never attached goes after a day; one that waits stays', async ({ world }) => {
    await putOff(world, await many());
    const lost = path.join(undrawnDir(world.files_dir), '00000000-0000-4000-8000-000000000000');
    await writeFile(lost, 'x');
    await purgeFiles(world, new Date(Date.now() + 2 * 86_400_000));
    const waiting = (await rows(world)).flatMap((one) => one.original ?? []);
    expect((await originals(world)).sort()).toEqual(waiting.sort());
  });
});
