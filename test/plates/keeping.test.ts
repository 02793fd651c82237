import QRCode from 'qrcode';
import { describe, expect } from 'vitest';
import { createApp } from '../../src/app.ts';
import { checkPlate, makePlate, recordPrinted, revokePlate } from '../../src/plates/actions/keeping.ts';
import { plateAddress, readPlate } from '../../src/plates/actions.ts';
import type { PlateOf } from '../../src/plates/rules.ts';
import { listVersions } from '../../src/plates/store/keeping.ts';
import { countPlates, findPlateFacts } from '../../src/plates/store/places.ts';
import { countScan } from '../../src/plates/store.ts';
import { listChanges } from '../../src/trail/store.ts';
import { qrPath } from '../../src/web/qr.ts';
import { browse, signIn } from '../support/browser.ts';
import type { PersonName } from '../support/cast.ts';
import { makeStage, type Stage } from '../support/make.ts';
import { race } from '../support/races.ts';
import { freshDb, test } from '../support/world.ts';

const doing = (stage: Stage, who: PersonName) => ({ author: stage.people[who], now: stage.world.clock() });
const today = '2026-11-23';
const hotline = '12345';

async function buildingOf(stage: Stage): Promise<PlateOf> {
  const { id } = (await stage.world.db('buildings').first())!;
  return { building_id: id, grid_id: null };
}
const factsOf = async (stage: Stage, place: PlateOf) => (await findPlateFacts(stage.world.db, { today, hotline }, place))!;

/** Prints what the place's plate says now. */
async function print(stage: Stage, who: PersonName, place: PlateOf): Promise<number> {
  const { plate_id, shows } = await factsOf(stage, place);
  return recordPrinted(stage.world.db, doing(stage, who), hotline, new Map([[plate_id!, shows]]));
}

describe('plates', () => {
  test('a place has one live plate; revoked, the next one is a version higher and the old address names its place still', async ({
    world,
    db,
  }) => {
    const stage = await makeStage(world);
    const place = await buildingOf(stage);
    const id = await makePlate(db, doing(stage, 'huayuan_clerk'), place);
    await expect(makePlate(db, doing(stage, 'huayuan_clerk'), place)).rejects.toMatchObject({ code: 'moved_on' });
    const first = await factsOf(stage, place);
    expect(first).toMatchObject({ plate_id: id, version: 1, member: 'member1', at_grid_id: stage.units.grid1.id });
    await revokePlate(db, doing(stage, 'huayuan_secretary'), id, '换位置', true);
    const second = await factsOf(stage, place);
    expect(second).toMatchObject({ version: 2 });
    expect(second.code).not.toBe(first.code);
    const link = plateAddress(world, first.code!).split('/q/')[1]!;
    expect(await readPlate(world, db, link)).toMatchObject({ revoked: true, above_zh: '花园社区' });
    await expect(revokePlate(db, doing(stage, 'huayuan_clerk'), id, '再来', false)).rejects.toMatchObject({ code: 'moved_on' });
    expect((await listVersions(db, place)).map(({ version, revoked_why }) => [version, revoked_why])).toEqual([
      [2, null],
      [1, '换位置'],
    ]);
    expect((await listChanges(db, `plate:building/${place.building_id}`)).map(({ act }) => act)).toEqual([
      'plate.make',
      'plate.revoke',
      'plate.make',
    ]);
  });

  test('an exclusive grid has its plate; a base grid, whose buildings have theirs, has none', async ({ world, db }) => {
    const stage = await makeStage(world);
    const { market, grid1, park } = stage.units;
    await makePlate(db, doing(stage, 'huayuan_clerk'), { building_id: null, grid_id: market.id });
    await makePlate(db, doing(stage, 'xinzhuang_clerk'), { building_id: null, grid_id: park.id });
    await expect(makePlate(db, doing(stage, 'huayuan_clerk'), { building_id: null, grid_id: grid1.id })).rejects.toMatchObject({
      status: 404,
    });
  });

  test('who keeps the place makes and revokes; its member only checks; of others’ plates nobody hears', async ({ world, db }) => {
    const stage = await makeStage(world);
    const place = await buildingOf(stage);
    for (const who of ['jincheng_clerk', 'xinzhuang_leader', 'member3', 'housing_clerk', 'sec'] as const)
      await expect(makePlate(db, doing(stage, who), place), who).rejects.toMatchObject({ status: 404 });
    for (const who of ['member1', 'dispatch'] as const)
      await expect(makePlate(db, doing(stage, who), place), who).rejects.toMatchObject({ status: 403 });
    const id = await makePlate(db, doing(stage, 'sys'), place);
    await expect(checkPlate(db, doing(stage, 'member2'), id, 'fine', '')).rejects.toMatchObject({ status: 404 });
    await expect(checkPlate(db, doing(stage, 'quanshan_clerk'), id, 'fine', '')).rejects.toMatchObject({ status: 403 });
    await checkPlate(db, doing(stage, 'member1'), id, 'damaged', '右下角撕破');
    await expect(revokePlate(db, doing(stage, 'member1'), id, 'x', false)).rejects.toMatchObject({ status: 403 });
    await expect(revokePlate(db, doing(stage, 'jincheng_clerk'), id, 'x', false)).rejects.toMatchObject({ status: 404 });
    expect(await factsOf(stage, place)).toMatchObject({ state: 'damaged' });
  });

  test('what is printed need not be printed again until the sheet would say something else', async ({ world, db }) => {
    const stage = await makeStage(world);
    const place = await buildingOf(stage);
    await makePlate(db, doing(stage, 'huayuan_clerk'), place);
    expect(await factsOf(stage, place)).toMatchObject({ to_print: true, printed_at: null });
    expect(await print(stage, 'huayuan_clerk', place)).toBe(1);
    expect(await factsOf(stage, place)).toMatchObject({ to_print: false });
    const { person_id } = stage.people.member1;
    const { plate_id, shows } = await factsOf(stage, place);
    for (const change of [
      () => db('people').where({ id: person_id }).update({ work_phone: '0535-1111111' }),
      () => db('linked_members').where({ person_id }).update({ services: '代办' }),
      () => db('linked_members').where({ person_id }).update({ valid_to: '2026-11-20' }),
      () => db('units').where({ id: stage.units.huayuan.id }).update({ duty_phone: '0535-2222222' }),
    ]) {
      await change();
      expect(await factsOf(stage, place)).toMatchObject({ to_print: true });
      await print(stage, 'huayuan_clerk', place);
      expect(await factsOf(stage, place)).toMatchObject({ to_print: false });
    }
    expect(await factsOf(stage, place)).toMatchObject({ member: 'member1b' });
    expect((await findPlateFacts(db, { today, hotline: '12346' }, place))?.to_print).toBe(true);
    // A sheet laid out before the change is not taken for today's.
    expect(await recordPrinted(db, doing(stage, 'huayuan_clerk'), hotline, new Map([[plate_id!, shows]]))).toBe(0);
  });

  test('nobody records a print of what he does not keep', async ({ world, db }) => {
    const stage = await makeStage(world);
    const place = await buildingOf(stage);
    await makePlate(db, doing(stage, 'huayuan_clerk'), place);
    expect(await print(stage, 'jincheng_clerk', place)).toBe(0);
    expect(await print(stage, 'member1', place)).toBe(0);
    expect(await db('plate_prints')).toEqual([]);
  });

  test('coverage counts what it lists: no plate, to be printed, never scanned, damaged', async ({ world, db }) => {
    const stage = await makeStage(world);
    const place = await buildingOf(stage);
    const market = { building_id: null, grid_id: stage.units.market.id };
    const id = await makePlate(db, doing(stage, 'huayuan_clerk'), place);
    await makePlate(db, doing(stage, 'huayuan_clerk'), market);
    await print(stage, 'huayuan_clerk', market);
    await countScan(db, id, '2026-11-22');
    await countScan(db, id, '2026-11-22');
    await countScan(db, id, '2026-08-01');
    await checkPlate(db, doing(stage, 'member1'), id, 'missing', '');
    const counts = await countPlates(db, { under_path: '/', today, hotline });
    expect(counts).toMatchObject({
      places: 3,
      plates: 2,
      no_plate: 1,
      to_print: 1,
      never_scanned: 1,
      damaged: 1,
      scans: 2,
    });
    const browser = await signIn(createApp(world), 'dispatch');
    for (const [matter, names] of [
      ['no_plate', ['辛庄科技园专属网格']],
      ['to_print', ['花园小区12号楼']],
      ['never_scanned', ['花园市场专属网格']],
      ['damaged', ['花园小区12号楼']],
    ] as const) {
      const { html } = await browser.get(`/plates?matter=${matter}`);
      expect(
        [...html.matchAll(/list__title" data-row-open[^>]*>([^<]+)</g)].map(([, name]) => name),
        matter,
      ).toEqual(names);
    }
    await checkPlate(db, doing(stage, 'huayuan_clerk'), id, 'fine', '已补贴');
    expect(await countPlates(db, { under_path: '/', today, hotline })).toMatchObject({ damaged: 0 });
  });

  test('of two who make a plate at once one comes second, and one lives', async () => {
    const { world, db } = await freshDb();
    const stage = await makeStage(world);
    const place = await buildingOf(stage);
    const make = (who: PersonName) => () => makePlate(db, doing(stage, who), place);
    expect((await race(make('huayuan_clerk'), make('huayuan_secretary'))).filter(Boolean)).toHaveLength(1);
    const [plate] = await db('plates');
    const revoke = (who: PersonName) => () => revokePlate(db, doing(stage, who), plate!.id, '旧', true);
    expect((await race(revoke('huayuan_clerk'), revoke('huayuan_secretary'))).filter(Boolean)).toHaveLength(1);
    expect((await listVersions(db, place)).map(({ version, revoked_at }) => [version, revoked_at === null])).toEqual([
      [2, true],
      [1, false],
    ]);
  });
});

describe('pages of plates', () => {
  test('a clerk makes, prints, revokes and makes anew; a member checks on his phone', async ({ world, db }) => {
    const stage = await makeStage(world);
    const place = await buildingOf(stage);
    const app = createApp(world);
    const clerk = await signIn(app, 'huayuan_clerk');
    const building = await clerk.get(`/buildings/${place.building_id}`);
    const empty = await building.follow('标识牌');
    expect(empty.text).toContain('还没有标识牌');
    const made = await empty.send('/plates');
    expect(made.text).toContain('标识牌已制作');
    const { plate_id, code } = await factsOf(stage, place);
    const address = plateAddress(world, code!);
    expect(made.text).toContain(address);

    const sheets = await clerk.get('/plates/print');
    expect(sheets.html.match(/class="a4 a4--a6"/g)).toHaveLength(1);
    expect(sheets.html).toContain(qrPath(address).path);
    expect(QRCode.create(address, { errorCorrectionLevel: 'Q' }).modules.size + 8).toBe(qrPath(address).size);
    for (const said of ['花园小区12号楼', '花园社区第1网格', 'member1', '0535-0000000', '12345'])
      expect(sheets.text).toContain(said);
    expect((await sheets.send('/plates/printed')).text).toContain('已记录打印 1 块');
    expect((await clerk.get('/plates/print')).text).toContain('没有需要打印的标识牌');

    const member = await signIn(app, 'member1');
    const page = await member.get(`/plates/building/${place.building_id}`);
    expect(page.offers(`/plates/${plate_id}/revoke`)).toBe(false);
    const refused = await member.post(`/plates/${plate_id}/check`, { note: '反光看不清' });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('反光看不清');
    expect((await page.send(`/plates/${plate_id}/check`, { state: 'damaged', note: '反光看不清' })).text).toContain('反光看不清');

    const again = await clerk.get(`/plates/building/${place.building_id}`);
    expect((await clerk.post(`/plates/${plate_id}/revoke`, { why: '', remake: '1' })).status).toBe(422);
    const remade = await again.send(`/plates/${plate_id}/revoke`, { why: '反光', remake: true });
    expect(remade.text).toContain('第 2 版');
    expect(remade.text).toContain('反光');
    expect(remade.text).not.toContain(address);
    expect(await db('plates').whereNull('revoked_at')).toHaveLength(1);
  });

  test('the places of an area that have none get theirs at once, and no other', async ({ world, db }) => {
    const stage = await makeStage(world);
    const clerk = await signIn(createApp(world), 'huayuan_clerk');
    expect((await clerk.get('/plates')).offers('/plates/missing')).toBe(false);
    const made = await (await clerk.get('/plates?matter=no_plate')).send('/plates/missing');
    expect(made.text).toContain('已制作 2 块标识牌');
    expect(await db('plates').select('grid_id', 'version').orderBy('grid_id')).toEqual([
      { grid_id: stage.units.market.id, version: 1 },
      { grid_id: null, version: 1 },
    ]);
    expect((await clerk.post('/plates/missing', { area_id: String(stage.units.jincheng.id) })).status).toBe(404);
    expect((await clerk.get('/plates?matter=no_plate')).offers('/plates/missing')).toBe(false);
  });

  test('another community’s plate is as unknown as none', async ({ world, db }) => {
    const stage = await makeStage(world);
    const place = await buildingOf(stage);
    const id = await makePlate(db, doing(stage, 'huayuan_clerk'), place);
    const app = createApp(world);
    for (const who of ['jincheng_clerk', 'member3', 'xinzhuang_clerk'] as const) {
      const browser = await signIn(app, who);
      expect((await browser.get('/plates')).text, who).not.toContain('12号楼');
      for (const path of [`/plates/building/${place.building_id}`, `/plates?area_id=${stage.units.huayuan.id}`])
        expect((await browser.raw(path)).status, `${who} ${path}`).toBe(404);
      if (who === 'member3') continue;
      for (const path of [`/plates/print?plate=${id}`, `/plates/print?area_id=${stage.units.huayuan.id}`])
        expect((await browser.raw(path)).status, `${who} ${path}`).toBe(404);
    }
    expect((await browse(app).raw('/plates')).headers['location']).toMatch(/^\/sign-in/);
  });

  test('plates are laid out in batches, and printing goes on where it stopped', async ({ world, db }) => {
    const stage = await makeStage(world);
    const grid_id = stage.units.grid1.id;
    await db('buildings').insert(
      Array.from({ length: 45 }, (_, i) => ({
        grid_id,
        code: `C${String(i).padStart(3, '0')}`,
        estate: '花园东区',
        name: `${i + 1}号楼`,
        address: '花园东区',
        storeys: 6,
        households: 10,
        search: '',
        valid_from: '2020-01-01',
        valid_to: null,
      })),
    );
    for (const { id } of await db('buildings').select('id'))
      await makePlate(db, doing(stage, 'huayuan_clerk'), { building_id: id, grid_id: null });
    const clerk = await signIn(createApp(world), 'huayuan_clerk');
    const first = await clerk.get('/plates/print?size=small');
    expect(first.text).toContain('本批 40 块，共 46 块');
    expect(first.html.match(/class="a4 a4--small"/g)).toHaveLength(5);
    const second = await first.send('/plates/printed');
    expect(second.text).toContain('本批 6 块，共 6 块');
    expect(second.html.match(/class="a4 a4--small"/g)).toHaveLength(1);
    const done = await second.send('/plates/printed');
    expect(done.text).toContain('没有需要打印的标识牌');
    expect((await clerk.get('/plates/print?all=1&size=a5')).text).toContain('本批 40 块，共 46 块');
  });
});
