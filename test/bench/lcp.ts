/** When a resident on a slow phone sees the page behind a plate: `npm run bench -- lcp [--keep DIR] [--appeals N]`. */
import path from 'node:path';
import { chromium } from 'playwright-core';
import { hangPlates } from './burst.ts';
import { openCity, serveProduct } from './city.ts';

/** Lighthouse's slow 4G and its mid-range phone. */
const network = { offline: false, latency: 150, downloadThroughput: (1.6e6 / 8) * 0.9, uploadThroughput: (750e3 / 8) * 0.9 };
const slower = 4;
const visits = 7;

export async function run(args: readonly string[]): Promise<void> {
  const option = (name: string): string | undefined =>
    args.includes(`--${name}`) ? args[args.indexOf(`--${name}`) + 1] : undefined;
  const keep = option('keep');
  const city = await openCity(
    Number(option('appeals') ?? 600),
    keep === undefined ? null : path.resolve(process.env['INIT_CWD'] ?? '.', keep),
    console.log,
  );
  const product = await serveProduct(city);
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  try {
    const [plate] = await hangPlates(city, 1);
    const times: number[] = [];
    for (let i = 0; i < visits; i++) {
      const context = await browser.newContext({ viewport: { width: 360, height: 780 } });
      const page = await context.newPage();
      const devtools = await context.newCDPSession(page);
      await devtools.send('Network.enable');
      await devtools.send('Network.emulateNetworkConditions', network);
      await devtools.send('Emulation.setCPUThrottlingRate', { rate: slower });
      await page.goto(product.origin + plate!, { waitUntil: 'load' });
      times.push(
        await page.evaluate(
          `new Promise((found) => new PerformanceObserver((list) => found(list.getEntries().at(-1).startTime)).observe({ type: 'largest-contentful-paint', buffered: true }))`,
        ),
      );
      await context.close();
    }
    times.sort((a, b) => a - b);
    console.log(
      `Largest contentful paint on slow 4G, a processor ${slower} times slower, empty cache, ${visits} visits: ${times[Math.floor(visits / 2)]!.toFixed(0)} ms in the middle, ${times.at(-1)!.toFixed(0)} ms at most (goal 1,500).`,
    );
  } finally {
    await browser.close();
    await product.stop();
    await city.stop();
  }
  process.exit();
}
