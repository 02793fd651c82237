import { mkdirSync } from 'node:fs';
import path from 'node:path';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const widths = [1440, 360] as const;
const sideways = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';

/**
 * A page as it stands is readable for everybody: axe finds nothing (WCAG 2.2 AA and its own good practice), and neither on a desk nor on
 * a phone does it scroll sideways. Axe, which takes a second, runs once, at the width the window has: a test that looks at a page in
 * both languages opens one at each width. With LOOK=FOLDER a picture of each goes there.
 */
export async function expectReadable(page: Page, name = nameOf(page)): Promise<void> {
  const found = await faultsOf(page);
  const own = page.viewportSize()!;
  const wide: string[] = [];
  for (const width of [...widths.filter((one) => one !== own.width), own.width]) {
    await page.setViewportSize({ width, height: own.height });
    const over = await page.evaluate<number>(sideways);
    if (over > 0) wide.push(`${over} px too wide at ${width}`);
    await keepPicture(page, name, width);
  }
  expect.soft([name, ...found, ...wide]).toEqual([name]);
}

/** What axe finds. It runs in the page itself: its builder would open a second one for each look, which takes three times as long. */
export async function faultsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run({ resultTypes: ['violations'] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' ')}`);
  });
}

const nameOf = (page: Page): string => {
  const { pathname, search } = new URL(page.url());
  return pathname + search;
};

async function keepPicture(page: Page, name: string, width: number): Promise<void> {
  const folder = process.env['LOOK'];
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  const lang = await page.getAttribute('html', 'lang');
  await page.screenshot({ path: path.join(folder, `${name.replaceAll(/\W+/g, '_')}.${lang}.${width}.png`), fullPage: true });
}
