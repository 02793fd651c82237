import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const places = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
];

/** Where a Chromium lies on this machine, if anywhere. In CI there must be one. */
export const chromiumPath = places.find((place) => place !== undefined && existsSync(place));
if (process.env['CI'] && !chromiumPath) throw new Error('CI has no Chromium: install one or name it in CHROMIUM');

export function openChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath ?? '',
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-quic', '--disable-background-networking'],
  });
}
