import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, watch } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { RequestHandler } from 'express';
import { packageRoot } from './root.ts';

const folder = path.join(packageRoot, 'public');
const turbo = path.join(path.dirname(createRequire(import.meta.url).resolve('@hotwired/turbo')), 'turbo.es2017-esm.js');

const types: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

type Encoding = 'br' | 'gzip';

interface Asset {
  readonly type: string;
  readonly plain: Buffer;
  /** filled by the first request for each */
  readonly packed: Partial<Record<Encoding, Buffer>>;
}
interface Tree {
  readonly hash: string;
  readonly files: ReadonlyMap<string, Asset>;
}

let loaded: Tree | undefined;
let watching = false;

/** Reads everything once. All files share one hash, so that modules import each other by relative paths. */
function tree(): Tree {
  if (loaded) return loaded;
  const sources = new Map<string, Buffer>();
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => name.split(path.sep).join('/'))
    .sort();
  const sheets: string[] = [];
  for (const name of names) {
    if (!(path.extname(name) in types)) continue;
    const content = readFileSync(path.join(folder, name));
    if (name.endsWith('.css')) sheets.push(content.toString());
    else sources.set(name, content);
  }
  sources.set('css/app.css', Buffer.from(sheets.join('\n')));
  sources.set('vendor/turbo.js', readFileSync(turbo));
  const hash = createHash('sha256');
  for (const [name, content] of sources) hash.update(name).update(content);
  loaded = {
    hash: hash.digest('hex').slice(0, 12),
    files: new Map([...sources].map(([name, plain]) => [name, { type: types[path.extname(name)] ?? '', plain, packed: {} }])),
  };
  return loaded;
}

const pack: Record<Encoding, (plain: Buffer) => Buffer> = {
  br: (plain) => brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
  gzip: (plain) => gzipSync(plain, { level: 9 }),
};

/** Compresses a file once for each encoding, when it is first asked for. */
function packed(asset: Asset, encoding: Encoding): Buffer {
  asset.packed[encoding] ??= pack[encoding](asset.plain);
  return asset.packed[encoding];
}

/** The address of a file under public/ ('css/app.css' is every sheet joined in the order of its layers); an unknown one throws. */
export function assetHref(name: string): string {
  const { hash, files } = tree();
  if (!files.has(name)) throw new Error(`asset('${name}'): no such file under public/`);
  return `/assets/${hash}/${name}`;
}

/** Reads public/ again whenever something in it changes (development). */
export function watchAssets(): void {
  if (watching) return;
  watching = true;
  watch(folder, { recursive: true }, () => {
    loaded = undefined;
  }).unref();
}

/** Answers /assets/<hash>/<path>. An outdated hash (a page from before an update) still gets the file, but not for keeps. */
export const serveAssets: RequestHandler = (req, res, next) => {
  const [, hash, name = ''] = /^\/assets\/([0-9a-f]+)\/(.+)$/.exec(req.baseUrl + req.path) ?? [];
  const current = tree();
  const file = current.files.get(name);
  if (!file || (req.method !== 'GET' && req.method !== 'HEAD')) return next();
  const compresses = !/^(image\/png|font\/)/.test(file.type);
  const encoding = (['br', 'gzip'] as const).find((one) => compresses && req.acceptsEncodings(one));
  const body = encoding ? packed(file, encoding) : file.plain;
  res.set({
    'Content-Type': file.type,
    'Content-Length': String(body.length),
    'Cache-Control': hash === current.hash ? 'public, max-age=31536000, immutable' : 'no-cache',
    Vary: 'Accept-Encoding',
    ...(encoding ? { 'Content-Encoding': encoding } : {}),
  });
  res.end(req.method === 'HEAD' ? undefined : body);
};
