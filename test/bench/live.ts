/**
 * What it costs that pages show what others do: so many consoles open, so many changes a second, and the share of one core it takes.
 *   npm run bench -- live [--consoles 200] [--changes 5] [--seconds 30] [--appeals N] [--keep DIR]
 */
import http from 'node:http';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { real_count } from '../../seeds/demo.ts';
import { type City, openCity, processorTime, serveProduct, withCopy } from './city.ts';
import { signIn } from './pages.ts';

const say = (line = '') => console.log(line);
const allowed_share = 0.2;

/** The desks at which consoles stand, by the demo account that sits there. */
const seats = [
  ['review1', '/desks/review'],
  ['dispatch1', '/desks/dispatch'],
  ['supervision1', '/desks/supervision'],
  ['callback1', '/desks/callback'],
] as const;

/** One open console; what it hears is counted. */
function watch(origin: string, at: string, cookie: string, heard: () => void): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const request = http.get(`${origin}/live?at=${encodeURIComponent(at)}`, { headers: { cookie }, agent: false }, (answer) => {
      if (answer.statusCode !== 200) return reject(new Error(`${at}: ${answer.statusCode}`));
      answer.setEncoding('utf8');
      answer.on('data', (text: string) => text.includes('event:') && heard());
      answer.on('error', () => undefined);
      resolve(() => request.destroy());
    });
    request.on('error', reject);
  });
}

async function measure(city: City, options: { consoles: number; changes: number; seconds: number }): Promise<void> {
  const { consoles, changes, seconds } = options;
  const product = await serveProduct(city);
  try {
    const cookies = new Map<string, string>();
    for (const [username] of seats) cookies.set(username, await signIn(product.origin, username));
    let told = 0;
    const ends: (() => void)[] = [];
    for (let n = 0; n < consoles; n++) {
      const [username, at] = seats[n % seats.length]!;
      ends.push(await watch(product.origin, at, cookies.get(username)!, () => (told += 1)));
    }
    const { db } = city.world;
    const [{ ids }] = (
      await db.raw<{ rows: [{ ids: number[] }] }>(
        `select array(select id from appeals where status = 'in_handling' order by id desc limit 500) as ids`,
      )
    ).rows;
    const time = async () => (await processorTime(city, product, 'zhaojiban')) ?? Number.NaN;
    const span = async (busy: boolean): Promise<number> => {
      const before = await time();
      const began = performance.now();
      for (let n = 0; performance.now() - began < seconds * 1000; n++) {
        if (busy) await db.raw('update appeals set version = version + 1 where id = ?', [ids[n % ids.length]!]);
        await sleep(1000 / changes);
      }
      return ((await time()) - before) / ((performance.now() - began) / 1000);
    };
    const idle = await span(false);
    told = 0;
    const busy = await span(true);
    for (const end of ends) end();
    const share = busy - idle;
    const percent = (part: number) => `${(part * 100).toFixed(1)} %`;
    say(
      `${consoles} consoles, ${changes} changes a second, ${seconds} s: ${percent(busy)} of one core, of which ${percent(idle)} without any change.`,
    );
    say(
      `Live pages cost ${percent(share)} (at most ${percent(allowed_share)}: ${share <= allowed_share ? 'yes' : 'NO'}); ${(told / seconds / consoles).toFixed(2)} news a second at each console.`,
    );
  } finally {
    await product.stop();
  }
}

export async function run(args: readonly string[]): Promise<void> {
  const given = (name: string, usual: number) => {
    const at = args.indexOf(name);
    const value = at < 0 ? usual : Number(args[at + 1]);
    if (!Number.isFinite(value) || value <= 0) throw new Error(`${name} needs a number`);
    return value;
  };
  const keep = args.includes('--keep') ? path.resolve(process.env['INIT_CWD'] ?? '.', args[args.indexOf('--keep') + 1]!) : null;
  const city = await openCity(given('--appeals', real_count), keep, say);
  try {
    const options = { consoles: given('--consoles', 200), changes: given('--changes', 5), seconds: given('--seconds', 30) };
    await withCopy(city, (copy) => measure(copy, options));
  } finally {
    await city.stop();
  }
  process.exit();
}
