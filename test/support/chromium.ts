import { existsSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { createApp } from '../../src/app.ts';
import { listenForChanges } from '../../src/core/changes.ts';
import { addDays, type Clock, dayOf } from '../../src/core/clock.ts';
import { makeLog } from '../../src/core/log.ts';
import { cast_password, type PersonName } from './cast.ts';
import { makeStage, type Stage } from './make.ts';
import { freshDb, makeWorld, testConfig } from './world.ts';

const candidates = [
  process.env['CHROMIUM'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
export const chromium_path = candidates.find((path) => path !== '' && existsSync(path));
/** In CI a missing browser is a failure, elsewhere the browser tests are left out, and the run says so. */
export const without_chromium = chromium_path === undefined && process.env['CI'] !== 'true';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--disable-background-networking',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
];
let running: Promise<Browser> | undefined;

export interface Screen {
  readonly stage: Stage;
  readonly address: string;
  /** A window of somebody's own, signed in, on the page where he begins or the one asked for. */
  as(who: PersonName, options?: WindowOptions & { readonly at?: string }): Promise<Page>;
  /** A window of nobody's, on nothing yet. */
  passer(options?: WindowOptions): Promise<Page>;
}
export interface WindowOptions {
  readonly width?: number;
  readonly lang?: 'zh' | 'en';
  readonly javaScript?: boolean;
}

/**
 * A running clock that begins at ten on the coming second Monday of a month, whenever the tests are run: what may be done
 * only by day can be done, and what is begun falls due before the month ends. It is never behind the browser's own
 * clock, by which that drops cookies that seem expired.
 */
function officeClock(): Clock {
  const now = Date.now();
  let day = dayOf(new Date(now));
  const begin = () => Date.parse(`${day}T10:00:00+08:00`);
  while (begin() < now || new Date(day).getUTCDay() !== 1 || Number(day.slice(8)) < 8 || Number(day.slice(8)) > 14)
    day = addDays(day, 1);
  const ahead = begin() - now;
  return () => new Date(Date.now() + ahead);
}

/** The product on a port with the cast in it, and a real browser before it. */
export async function openScreen(): Promise<Screen> {
  const { db, url } = await freshDb();
  const clock = officeClock();
  const server = http.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const changes = listenForChanges(url, makeLog('silent'));
  const world = { ...makeWorld(db, clock, testConfig({ PUBLIC_URL: address })), changes };
  const stage = await makeStage(world);
  server.on('request', createApp(world));
  running ??= chromium.launch({ executablePath: chromium_path!, args: flags });
  const browser = await running;
  const windows: BrowserContext[] = [];
  onTestFinished(async () => {
    for (const window of windows) await window.close();
    await changes.stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const passer = async ({ width = 1440, lang = 'zh', javaScript = true }: WindowOptions = {}): Promise<Page> => {
    const window = await browser.newContext({
      viewport: { width, height: width < 600 ? 780 : 900 },
      javaScriptEnabled: javaScript,
      locale: lang === 'zh' ? 'zh-CN' : 'en',
    });
    windows.push(window);
    const page = await window.newPage();
    page.setDefaultTimeout(10_000);
    return page;
  };
  return {
    stage,
    address,
    passer,
    as: async (who, options = {}) => {
      const { lang = 'zh', at = '' } = options;
      const page = await passer(options);
      await page.context().addCookies([{ name: 'lang', value: lang, url: address }]);
      const answer = await page.request.post(`${address}/sign-in`, {
        form: { username: who, password: cast_password, next: at },
        headers: { origin: address },
        maxRedirects: 0,
      });
      if (answer.status() !== 303) throw new Error(`${who} cannot sign in: ${answer.status()}`);
      await page.goto(new URL(answer.headers()['location']!, address).href);
      return page;
    },
  };
}
