/**
 * A burst of residents' reports with photos from plates, while the pages of staff are asked: none lost, none doubled, staff not kept waiting.
 *   npm run bench -- burst [--reports 300] [--seconds 60] [--appeals N] [--keep DIR]
 */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { real_count } from '../../seeds/demo.ts';
import { newPlateCode, plateAddress } from '../../src/plates/actions.ts';
import { type City, memoryOf, openCity, serveProduct, withCopy } from './city.ts';
import type { Asked } from './load.ts';
import { choose, readPages } from './pages.ts';

const say = (line = '') => console.log(line);
const photos_each = 2;
/** Of so many forms one is sent twice at once, as by a double press. */
const doubled_every = 5;

const shareOf = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

/** Photos as a phone's page sends them, some 700 kB each: noise, because a plain one would decode too easily. */
async function takePhotos(count: number): Promise<Blob[]> {
  const [width, height] = [1920, 1440];
  return Promise.all(
    Array.from({ length: count }, async (_, seed) => {
      const small = Buffer.alloc((width / 4) * (height / 4) * 3).map((_, i) => (i * (seed + 7919)) % 251);
      const bytes = await sharp(small, { raw: { width: width / 4, height: height / 4, channels: 3 } })
        .resize(width, height)
        .jpeg({ quality: 80 })
        .toBuffer();
      return new Blob([new Uint8Array(bytes)], { type: 'image/jpeg' });
    }),
  );
}

/** The paths of plates at so many buildings. */
export async function hangPlates({ world }: City, wanted: number): Promise<string[]> {
  const { db } = world;
  const live = await db('plates').whereNull('revoked_at').limit(wanted).select('code');
  const bare = await db('buildings')
    .whereNotIn('id', db('plates').whereNotNull('building_id').select('building_id'))
    .limit(wanted - live.length)
    .select('id');
  const made = bare.map(({ id }) => ({ code: newPlateCode(), building_id: id, version: 1, made_at: new Date() }));
  if (made.length > 0) await db('plates').insert(made);
  return [...live, ...made].map(({ code }) => new URL(plateAddress(world, code)).pathname);
}

interface Sent {
  readonly ms: number;
  readonly status: number;
}

/** One resident: opens the page, fills the form, sends it; now and then twice. */
async function report(origin: string, plate: string, n: number, photos: readonly Blob[]): Promise<Sent[]> {
  const headers = { 'x-forwarded-for': `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}` };
  const page = await (await fetch(origin + plate, { headers })).text();
  const once = /name="once" value="([^"]+)"/.exec(page)?.[1];
  if (!once) throw new Error(`${plate} shows no form: ${page.slice(0, 300)}`);
  const send = async (): Promise<Sent> => {
    const body = new FormData();
    body.set('once', once);
    body.set('content', contentOf(n));
    for (let i = 0; i < photos_each; i++) body.append('files', photos[(n * photos_each + i) % photos.length]!, `${n}-${i}.jpg`);
    const began = performance.now();
    const answer = await fetch(origin + plate, {
      method: 'POST',
      body,
      redirect: 'manual',
      headers: { ...headers, 'sec-fetch-site': 'same-origin' },
    });
    await answer.arrayBuffer();
    return { ms: performance.now() - began, status: answer.status };
  };
  return Promise.all(n % doubled_every === 0 ? [send(), send()] : [send()]);
}
const contentOf = (n: number): string => `突发 ${n}：楼道灯坏了三天，晚上看不见路。`;

/** Asks staff pages in turn, four a second, until told to stop; milliseconds of each. */
async function watchStaff(origin: string, requests: readonly Asked[], status: number, until: () => boolean): Promise<number[]> {
  const latencies: number[] = [];
  const asked: Promise<void>[] = [];
  for (let n = 0; !until(); n++) {
    const { path: where, headers } = requests[n % requests.length]!;
    const began = performance.now();
    asked.push(
      fetch(origin + where, { headers }).then(async (answer) => {
        await answer.arrayBuffer();
        if (answer.status !== status) throw new Error(`${where}: ${answer.status}`);
        latencies.push(performance.now() - began);
      }),
    );
    await sleep(250);
  }
  await Promise.all(asked);
  return latencies.sort((a, b) => a - b);
}

export async function run(args: readonly string[]): Promise<void> {
  const option = (name: string): string | undefined => {
    const at = args.indexOf(`--${name}`);
    return at < 0 ? undefined : args[at + 1];
  };
  const reports = Number(option('reports') ?? 300);
  const seconds = Number(option('seconds') ?? 60);
  const keep = option('keep');
  const loaded = await openCity(
    Number(option('appeals') ?? real_count),
    keep === undefined ? null : path.resolve(process.env['INIT_CWD'] ?? '.', keep),
    say,
  );
  try {
    await withCopy(loaded, (city) => burst(city, reports, seconds));
  } finally {
    await loaded.stop();
  }
}

async function burst(city: City, reports: number, seconds: number): Promise<void> {
  const product = await serveProduct(city);
  try {
    const photos = await takePhotos(20);
    const plates = await hangPlates(city, reports);
    const pages = (await readPages(city, product.origin, await choose(city))).filter(({ status }) => status === 200);
    const staff = pages.flatMap((page) => page.product.slice(0, 1));
    const empty = memoryOf(product);
    let over = false;
    const watching = watchStaff(product.origin, staff, 200, () => over);
    const began = performance.now();
    const sending = Array.from({ length: reports }, async (_, n) => {
      await sleep((n / reports) * seconds * 1000);
      return report(product.origin, plates[n % plates.length]!, n, photos);
    });
    const ends = await Promise.allSettled(sending);
    const took = (performance.now() - began) / 1000;
    over = true;
    const latencies = await watching;
    const sent = ends.flatMap((end) => (end.status === 'fulfilled' ? end.value : []));
    const failed = ends.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : []));
    const { rows } = await city.world.db.raw<{ rows: { content: string; n: number; files: number }[] }>(
      `select content, count(distinct a.id)::int as n, count(f.id)::int as files from appeals a left join attachments f on f.appeal_id = a.id
       where content = any(:contents) group by content`,
      { contents: Array.from({ length: reports }, (_, n) => contentOf(n)) },
    );
    const times = sent.map(({ ms }) => ms).sort((a, b) => a - b);
    say(`${reports} reports with ${photos_each} photos of ${Math.round(photos[0]!.size / 1024)} kB in ${took.toFixed(0)} s`);
    say(
      `lost ${reports - rows.length}, doubled ${rows.filter(({ n }) => n > 1).length}, without all photos ${rows.filter(({ files }) => files !== photos_each).length}`,
    );
    say(
      `refused ${sent.filter(({ status }) => status !== 303).length}, failed ${failed.length}${failed[0] ? `: ${failed[0]}` : ''}`,
    );
    say(`a report took ${shareOf(times, 0.5).toFixed(0)} ms (p50), ${shareOf(times, 0.95).toFixed(0)} ms (p95)`);
    say(
      `${latencies.length} staff pages: ${shareOf(latencies, 0.5).toFixed(0)} ms (p50), ${shareOf(latencies, 0.95).toFixed(0)} ms (p95), goal 500`,
    );
    const memory = memoryOf(product);
    if (memory) say(`resident memory: ${empty?.now} MB before, ${memory.now} MB after, ${memory.most} MB at most`);
  } finally {
    await product.stop();
  }
}
