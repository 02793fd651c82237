import sharp from 'sharp';
import { describe, expect } from 'vitest';
import { createApp } from '../../src/app.ts';
import { signIn } from '../support/browser.ts';
import type { PersonName } from '../support/cast.ts';
import { makeStage } from '../support/make.ts';
import { test } from '../support/world.ts';

const picture = () =>
  sharp({ create: { width: 40, height: 30, channels: 3, background: '#a61b1f' } })
    .jpeg()
    .toBuffer();

describe('the phone of a linked member', () => {
  test('it is where a member starts, and nobody else has it', async ({ world }) => {
    await makeStage(world);
    const app = createApp(world);
    const member = await signIn(app, 'member1');
    expect((await member.raw('/')).headers['location']).toBe('/phone');
    const pages = ['/phone', '/phone/report', '/phone/reports', '/phone/grid', '/phone/me'];
    for (const path of pages) expect([path, (await member.raw(path)).status]).toEqual([path, 200]);
    for (const who of ['huayuan_clerk', 'dispatch', 'sys'] as PersonName[]) {
      const other = await signIn(app, who);
      for (const path of pages) expect([who, path, (await other.raw(path)).status]).toEqual([who, path, 404]);
    }
  });

  test('a report begun at a building of his grid has its place; any other place is nobody’s guess', async ({ world }) => {
    await makeStage(world);
    const app = createApp(world);
    const own = (await world.db('buildings').first())!;
    const member = await signIn(app, 'member1');
    const href = `/phone/report?place=building:${own.id}`;
    expect((await member.get('/phone/grid')).html).toContain(`href="${href}"`);
    const given = async (path: string, who = member) =>
      (await who.get(path)).form('/phone/report').fields.get('building_id')!.given;
    expect(await given(href)).toEqual([String(own.id)]);
    for (const place of ['building:999999', 'building:x', 'unit:1', ''])
      expect(await given(`/phone/report?place=${place}`)).toEqual(['']);
    expect(await given(href, await signIn(app, 'member3'))).toEqual(['']);
  });

  test('what is due first stands first, and one case of another grid looks like none', async ({ world, clock }) => {
    const stage = await makeStage(world);
    const app = createApp(world);
    const slow = await stage.register('member1', { channel: 'app_snapshot', content: '楼道灯不亮' });
    const fast = await stage.register('member1', { channel: 'app_snapshot', content: '井盖缺失', priority: 'emergency' });
    clock.addMinutes(1);
    const member = await signIn(app, 'member1');
    const { html } = await member.get('/phone');
    expect(html.indexOf(`/phone/cases/${fast}`)).toBeGreaterThan(0);
    expect(html.indexOf(`/phone/cases/${fast}`)).toBeLessThan(html.indexOf(`/phone/cases/${slow}`));
    const stranger = await signIn(app, 'member3');
    expect((await stranger.get('/phone')).html).not.toContain(fast);
    expect((await stranger.raw(`/phone/cases/${fast}`)).status).toBe(404);
  });

  test('a case is taken up, called about, worked on and solved from the phone, and every answer leads back to it', async ({
    world,
  }) => {
    const stage = await makeStage(world);
    const number = await stage.register('member1', { channel: 'app_snapshot', content: '单元门锁坏了' });
    const { id } = await stage.orderOf(number, 'grid1');
    const member = await signIn(createApp(world), 'member1');
    const act = (name: string) => `/appeals/${number}/orders/${id}/${name}`;
    const list = await member.get('/phone');
    const opened = await list.send(act('acknowledge'));
    expect(opened.path).toBe(`/phone/cases/${number}`);

    const blank = await opened.send(`/appeals/${number}/reveal`, { reason: '' });
    expect([blank.status, blank.text.includes('下一步')]).toEqual([422, true]);
    const revealed = await blank.send(`/appeals/${number}/reveal`, { reason: '约上门时间' });
    expect(revealed.html).toContain('href="tel:10000000001"');
    expect(revealed.html).toContain('class="phone"');

    const refused = await opened.send(act('submit'), { result: '' });
    expect(refused.status).toBe(422);
    expect(refused.html).toContain('class="phone"');
    const gone = await (await member.get(`/phone/cases/${number}`)).send(act('contact'), {
      how: 'phone',
      result_of_contact: '约好下午',
    });
    expect(gone.path).toBe(`/phone/cases/${number}`);
    const solved = await gone.send(act('submit'), {
      result: '换了新锁',
      outcome: 'solved',
      before: { file: await picture(), filename: 'before.jpg', type: 'image/jpeg' },
      files: { file: await picture(), filename: 'after.jpg', type: 'image/jpeg' },
    });
    const kept = await world
      .db('attachments')
      .where({ appeal_id: (await stage.appeal(number)).id })
      .orderBy('id');
    expect(kept.map(({ purpose }) => purpose)).toEqual(['before', 'after']);
    expect(solved.path).toBe('/phone');
    expect((await stage.orderOf(number, 'grid1')).status).toBe('submitted');
  });

  test('what cannot be settled in the grid goes to the community with what was tried', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.register('member1', { channel: 'app_snapshot', content: '主管道爆裂' });
    const { id } = await stage.orderOf(number, 'grid1');
    const member = await signIn(createApp(world), 'member1');
    const page = await member.get(`/phone/cases/${number}?act=escalate`);
    const done = await page.send(`/appeals/${number}/orders/${id}/escalate`, { tried: '关了阀门', needed: '需要抢修' });
    expect(done.path).toBe('/phone');
    expect((await stage.orders(number)).at(-1)).toMatchObject({ unit_id: stage.units.huayuan.id, status: 'pending_ack' });
    const mine = await member.get('/phone/reports');
    expect(mine.text).toContain('主管道爆裂');
    expect(mine.text).toContain('花园社区 · 下达工单');
  });

  test('an act sent from anywhere else does not lead away from the product', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.register('member1', { channel: 'app_snapshot' });
    const { id } = await stage.orderOf(number, 'grid1');
    const member = await signIn(createApp(world), 'member1');
    const answer = await member.post(`/appeals/${number}/orders/${id}/acknowledge`, { back: '/phone.example.com/' });
    expect(answer.headers['location']).toBe(`/appeals/${number}`);
  });
});

describe('a report', () => {
  test('is a photo alone, of the own grid, and nothing need be filled in', async ({ world, db }) => {
    const stage = await makeStage(world);
    const member = await signIn(createApp(world), 'member1');
    const sent = await (await member.get('/phone/report')).send('/phone/report', {
      shots: { file: await picture(), filename: 'a.jpg', type: 'image/jpeg' },
    });
    expect(sent.text).toContain('已上报，编号');
    const [appeal] = await db('appeals').orderBy('id', 'desc').limit(1);
    expect(appeal).toMatchObject({
      channel: 'app_snapshot',
      place_unit_id: stage.units.grid1.id,
      content: '随手拍：附件 1 个，文字未填。',
    });
    expect(await db('attachments').where({ appeal_id: appeal!.id })).toMatchObject([{ kind: 'image', purpose: 'report' }]);
  });

  test('with nothing in it is asked for a word, a photo or a recording', async ({ world }) => {
    await makeStage(world);
    const member = await signIn(createApp(world), 'member1');
    const page = await (await member.get('/phone/report')).send('/phone/report', { address: '2 单元门口' });
    expect(page.status).toBe(422);
    expect(page.text).toContain('请写一句话，或拍一张照片、录一段音。');
    expect(page.html).toContain('value="2 单元门口"');
  });

  test('keeps its photo when a word of it is refused', async ({ world }) => {
    await makeStage(world);
    const member = await signIn(createApp(world), 'member1');
    const page = await (await member.get('/phone/report')).send('/phone/report', {
      content: '一'.repeat(4001),
      shots: { file: await picture(), filename: 'a.jpg', type: 'image/jpeg' },
    });
    expect(page.status).toBe(422);
    expect(page.text).toContain('4000');
    expect(page.form('/phone/report').fields.get('kept_files')?.given).toHaveLength(1);
  });

  test('that arrives twice is one appeal, and both arrivals hear its number', async ({ world, db }) => {
    await makeStage(world);
    const member = await signIn(createApp(world), 'member1');
    const body = { channel: 'app_voice', content: '消防通道被占', once: 'kept-on-a-phone' };
    const script = { accept: 'application/json' };
    const before = Number((await db('appeals').count({ n: '*' }))[0]!.n);
    const first = await member.post('/phone/report', body, script);
    const second = await member.post('/phone/report', body, script);
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.body).toEqual(first.body);
    expect(first.body.number).toMatch(/^\d{8}-\d{4}$/);
    expect(Number((await db('appeals').count({ n: '*' }))[0]!.n)).toBe(before + 1);
  });

  test('that somebody else kept on this phone is not sent under the name of whoever signed in', async ({ world, db }) => {
    const stage = await makeStage(world);
    const member = await signIn(createApp(world), 'member1');
    const before = Number((await db('appeals').count({ n: '*' }))[0]!.n);
    const answer = await member.post(
      '/phone/report',
      { channel: 'app_snapshot', content: '垃圾没清', once: 'x', person: String(stage.people.member2.person_id) },
      { accept: 'application/json' },
    );
    expect([answer.status, answer.body.said]).toEqual([409, expect.stringContaining('本人')]);
    expect(Number((await db('appeals').count({ n: '*' }))[0]!.n)).toBe(before);
  });

  test('names no building of another grid', async ({ world, db }) => {
    await makeStage(world);
    const member = await signIn(createApp(world), 'member3');
    const foreign = await db('buildings').join('units', 'units.id', 'buildings.grid_id').first('buildings.id');
    const answer = await member.post(
      '/phone/report',
      { channel: 'app_snapshot', content: '墙皮脱落', building_id: String(foreign!.id), once: 'y' },
      { accept: 'application/json' },
    );
    expect(answer.status).toBe(422);
  });

  test('is answered with likely categories while it is typed', async ({ world }) => {
    await makeStage(world);
    const member = await signIn(createApp(world), 'member1');
    const answer = await member.post('/phone/suggest', { content: '家里暖气不热，室温只有十四度' });
    expect(answer.text).toContain('供暖不热');
    expect((await member.post('/phone/suggest', { content: '' })).text.trim()).toBe('');
  });
});

describe('the app', () => {
  test('tells what it is called in the reader’s language and shows icons that are there', async ({ world }) => {
    await makeStage(world);
    const member = await signIn(createApp(world), 'member1');
    const manifest = JSON.parse((await member.raw('/manifest.webmanifest')).text);
    expect(manifest).toMatchObject({ start_url: '/phone', scope: '/', display: 'standalone', name: '招即办 · 联户' });
    for (const { src, sizes } of manifest.icons) {
      const icon = await member.agent.get(src).buffer(true);
      const { width, height } = await sharp(icon.body).metadata();
      expect(`${width}x${height}`).toBe(sizes);
    }
  });

  test('has its service worker at the root, never from a cache; it imports what changes with every release', async ({
    world,
  }) => {
    await makeStage(world);
    const member = await signIn(createApp(world), 'member1');
    const worker = await member.raw('/sw.js');
    expect(worker.headers['content-type']).toContain('text/javascript');
    expect(worker.headers['cache-control']).toBe('no-cache');
    const script = /'(\/assets\/[0-9a-f]+\/js\/worker\.js)'/.exec(worker.text)![1]!;
    expect((await member.raw(script)).status).toBe(200);
  });

  test('clears what the phone kept when its owner signs out', async ({ world }) => {
    await makeStage(world);
    const member = await signIn(createApp(world), 'member1');
    expect((await member.post('/sign-out')).headers['clear-site-data']).toBe('"cache", "storage"');
  });
});
