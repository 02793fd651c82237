import jsqr from 'jsqr';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { giveHouseholdCodes } from '../../src/plates/actions/codes.ts';
import { makePlate } from '../../src/plates/actions/keeping.ts';
import { plateAddress } from '../../src/plates/actions.ts';
import { plateSizes } from '../../src/plates/rules.ts';
import { openScreen, without_chromium } from '../support/chromium.ts';
import { expectReadable } from '../support/readable.ts';

// Written for CommonJS: its types and what arrives here differ by one `default`.
const decode = ((jsqr as unknown as { default?: typeof jsqr.default }).default ?? jsqr) as unknown as typeof jsqr.default;

describe.skipIf(without_chromium)('plates in a real browser', () => {
  test('a printed batch is as many sheets of A4 as the size needs, nothing is cut off, and each code reads as its address', async () => {
    const { stage, as, address } = await openScreen();
    const { db, clock } = stage.world;
    const doing = { author: stage.people.huayuan_clerk, now: clock() };
    await db('linked_members').update({ services: '政策咨询、代办代缴、矛盾调解、上门走访、随手拍上报' });
    await db('units').update({ duty_phone: '0535-8000001' });
    await db('buildings').insert(
      Array.from({ length: 8 }, (_, i) => ({
        grid_id: stage.units.grid1.id,
        code: `C${i}`,
        estate: '花园社区第一生活小区东区',
        name: `${i + 20}号楼`,
        address: '花园东区',
        storeys: 6,
        households: 10,
        search: '',
        valid_from: '2020-01-01',
        valid_to: null,
      })),
    );
    for (const { id } of await db('buildings').select('id')) await makePlate(db, doing, { building_id: id, grid_id: null });
    const page = await as('huayuan_clerk');
    for (const [size, { across, down }] of Object.entries(plateSizes)) {
      await page.goto(`${address}/plates/print?size=${size}`);
      expect(await page.locator('.sign').count()).toBe(9);
      const over = await page.$$eval('.sign, .sign__body', (all) =>
        all
          .filter((one) => one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1)
          .map((one) => one.textContent),
      );
      expect([size, over]).toEqual([size, []]);
      const pdf = (await page.pdf({ preferCSSPageSize: true, printBackground: true })).toString('latin1');
      expect([size, pdf.match(/\/Type \/Page\b/g)?.length]).toEqual([size, Math.ceil(9 / (across * down))]);
      // 210 × 297 mm in points.
      for (const [, width, height] of pdf.matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)) {
        expect(Number(width)).toBeCloseTo(595, -0.5);
        expect(Number(height)).toBeCloseTo(842, -0.5);
      }
    }
    const read = [];
    for (const drawn of await page.locator('.sign__qr').all()) {
      const { data, info } = await sharp(await drawn.screenshot())
        .ensureAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true });
      read.push(decode(new Uint8ClampedArray(data), info.width, info.height)?.data);
    }
    const codes = (await db('plates').select('code')).map(({ code }) => plateAddress(stage.world, code));
    expect(read.sort()).toEqual(codes.sort());
  }, 120_000);

  test.each([
    [1440, 'zh'],
    [360, 'en'],
  ] as const)(
    'directory, review and a plate’s check are readable, at %i px in %s',
    async (width, lang) => {
      const { stage, as, address } = await openScreen();
      const { db, clock } = stage.world;
      const doing = { author: stage.people.huayuan_clerk, now: clock() };
      const { id } = (await db('buildings').first())!;
      await makePlate(db, doing, { building_id: id, grid_id: null });
      const [slip] = await giveHouseholdCodes(stage.world, doing, id, ['101']);
      const page = await as('member1', { width, lang });
      for (const path of [
        '/directory',
        '/directory?q=hyxq',
        `/directory/${stage.units.huayuan.id}`,
        `/directory/buildings/${id}`,
        `/directory/${stage.units.grid1.id}?elder=1`,
        '/review?elder=0',
        '/plates',
        `/plates/building/${id}`,
        `/plates/codes?building_id=${id}`,
        '/reviews/mine',
      ]) {
        await page.goto(address + path);
        await expectReadable(page);
      }
      await page.goto(`${address}/review`);
      await page.fill('input[name=code]', slip!.code);
      await Promise.all([page.waitForURL(/\/review\/open$/), page.click('form[action="/review/open"] button')]);
      await expectReadable(page);
      await page.check('input[name=person_id] >> nth=0');
      await page.check('input[name=stars][value="4"]');
      await Promise.all([page.waitForURL(/\/review\/done$/), page.click('form[action="/review"] button')]);
      await expectReadable(page);
      expect(await db('member_reviews').select('stars')).toEqual([{ stars: 4 }]);
      const clerk = await as('huayuan_clerk', { width, lang });
      for (const path of ['/reviews', `/reviews/members/${stage.people.member1.person_id}`, '/plates/print']) {
        await clerk.goto(address + path);
        await expectReadable(clerk);
      }
    },
    120_000,
  );
});
