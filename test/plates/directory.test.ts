import { describe, expect } from 'vitest';
import { createApp } from '../../src/app.ts';
import { countTries, countTry } from '../../src/core/limits.ts';
import { publicLimits } from '../../src/plates/rules.ts';
import { browse } from '../support/browser.ts';
import { makeStage } from '../support/make.ts';
import { freshDb, test } from '../support/world.ts';

describe('the public directory', () => {
  test('leads without a login from town to community to grid, and shows the three disclosures, help point and phones', async ({
    world,
    db,
  }) => {
    const { units, people } = await makeStage(world);
    await db('linked_members').where({ person_id: people.member1.person_id }).update({ services: '代办、调解' });
    await db('grids').where({ unit_id: units.grid1.id }).update({ help_point: '3号楼一层' });
    await db('units').where({ id: units.huayuan.id }).update({ duty_phone: '0535-8000001' });
    const visitor = browse(createApp(world));
    const start = await visitor.get('/directory');
    expect(start.headers['x-robots-tag']).toContain('noindex');
    expect(start.html).toContain('href="/bulletins/public#cases"');
    expect((await visitor.get('/bulletins/public')).text).toContain('还没有公布的通报');
    expect(start.text).not.toContain('member1');
    expect(start.text).not.toContain('市热力有限公司');
    const town = await visitor.get(`/directory/${units.quanshan.id}`);
    expect(town.text).toContain('花园社区');
    const community = await visitor.get(`/directory/${units.huayuan.id}`);
    expect(community.html).toContain(`/directory/${units.grid1.id}"`);
    expect(community.text).toContain('0535-8000001');
    const grid = await visitor.get(`/directory/${units.grid1.id}`);
    for (const said of ['member1', '0535-0000000', '代办、调解', '3号楼一层', '花园小区12号楼', '0535-8000001', '12345'])
      expect(grid.text).toContain(said);
  });

  test('finds a building by its estate in Chinese, pinyin and initials; whoever left is gone', async ({ world, db }) => {
    const { people } = await makeStage(world);
    await db('linked_members').where({ person_id: people.member1b.person_id }).update({ valid_to: '2026-11-22' });
    const visitor = browse(createApp(world));
    for (const q of ['花园小区', 'huayuanxiaoqu', 'hyxq']) {
      const found = await visitor.get(`/directory?q=${encodeURIComponent(q)}`);
      const [, href] = /href="(\/directory\/buildings\/\d+)"/.exec(found.html) ?? [];
      const page = await visitor.get(href!);
      expect(page.text, q).toContain('花园小区12号楼');
      expect(page.text, q).toContain('member1');
      expect(page.text, q).not.toContain('member1b');
    }
    expect((await visitor.get('/directory?q=nowhere')).text).toContain('没有找到');
  });

  test('holds areas only: departments, the city, what ended and what does not exist look the same', async ({ world, db }) => {
    const { units } = await makeStage(world);
    await db('units').where({ id: units.grid2.id }).update({ valid_to: '2026-11-01' });
    const visitor = browse(createApp(world));
    for (const id of [units.housing.id, units.city.id, units.grid2.id, 999_999, 'x'])
      expect((await visitor.raw(`/directory/${id}`)).status, String(id)).toBe(404);
  });

  test('a network reads so many pages in ten minutes and no more', async ({ world, db, clock }) => {
    await makeStage(world);
    const visitor = browse(createApp(world));
    const { tries, minutes } = publicLimits.directory;
    expect((await visitor.raw('/directory')).status).toBe(200);
    await db('rate_limits').where('key', 'like', 'directory:%').update({ points: tries });
    const refused = await visitor.get('/directory');
    expect(refused.status).toBe(429);
    expect(refused.text).toContain('操作过于频繁');
    clock.addMinutes(minutes);
    expect((await visitor.raw('/directory')).status).toBe(200);
  });
});

test('of tries at once none is missed, and a window that is over begins anew', async () => {
  const { db, clock } = await freshDb();
  const counts = await Promise.all(Array.from({ length: 8 }, () => countTry(db, 'k', 10, clock())));
  expect(counts.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(await countTries(db, 'k', clock())).toBe(8);
  expect(await countTries(db, 'other', clock())).toBe(0);
  clock.addMinutes(10);
  expect(await countTries(db, 'k', clock())).toBe(0);
  expect(await countTry(db, 'k', 10, clock())).toBe(1);
});
