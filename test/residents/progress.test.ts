import { describe, expect } from 'vitest';
import { createApp } from '../../src/app.ts';
import { progressTries } from '../../src/residents/rules.ts';
import { plainJpeg } from '../files/samples.ts';
import { browse, type Page } from '../support/browser.ts';
import { freshDb, makeWorld, test, testConfig } from '../support/world.ts';
import { openStreet, type Street } from './street.ts';

describe('the way in', () => {
  test('is number and code, however they are typed', async ({ world }) => {
    const street = await openStreet(world);
    const { number, code } = await street.report();
    for (const [typed_number, typed_code] of [
      [number, code],
      [number.replace('-', ''), code.toLowerCase().replaceAll('-', ' ')],
    ] as const) {
      const page = await street.look(typed_number, typed_code);
      expect(page.path).toBe('/progress/case');
      expect(page.text).toContain(number);
    }
  });

  test('answers a wrong number and a wrong code alike, and counts both', async ({ world }) => {
    const street = await openStreet(world);
    const { number, code } = await street.report();
    const plain = (text: string) => text.replaceAll(number, '#').replaceAll('20261123-9999', '#');
    const wrong_code = await street.look(number, '0000-0000-0000-0000');
    const wrong_number = await street.look('20261123-9999', code);
    expect([wrong_code.status, plain(wrong_code.html)]).toEqual([wrong_number.status, plain(wrong_number.html)]);
    expect(wrong_code.status).toBe(422);
    expect(wrong_code.text).not.toContain('楼道灯');
  });

  test('a case that came by the hotline has no code, and none opens it', async ({ world }) => {
    const street = await openStreet(world);
    const number = await street.register('hotline');
    expect((await street.look(number, '0000-0000-0000-0000')).status).toBe(422);
  });

  test('after five wrong tries an address waits fifteen minutes, with the right code too', async ({ world, clock }) => {
    const street = await openStreet(world);
    const { number, code } = await street.report();
    for (let n = 0; n < progressTries.most; n++)
      expect((await street.look(`20261123-900${n}`, '0000000000000000')).status).toBe(422);
    expect((await street.look(number, code)).status).toBe(429);
    clock.addMinutes(progressTries.minutes);
    expect((await street.look(number, code)).status).toBe(200);
  });

  test('so does a number that is guessed from many addresses; guesses at once count each', async () => {
    const { world } = await freshDb();
    const street = await openStreet(world);
    const { number, code } = await street.report();
    const guess = (n: number, given: string) =>
      street.passer().post('/progress', { number, code: given }, { 'x-forwarded-for': `203.0.113.${n}` });
    const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => guess(n, `000000000000000${n % 10}`)));
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(progressTries.most);
    expect((await guess(99, code)).status).toBe(429);
  });

  test('right pairs cost nothing', async ({ world }) => {
    const street = await openStreet(world);
    const { number, code } = await street.report();
    for (let n = 0; n < progressTries.most + 2; n++) expect((await street.look(number, code)).status).toBe(200);
  });

  test('closes after half an hour, and when somebody leaves; a made-up pass opens nothing', async ({ world, clock }) => {
    const street = await openStreet(world);
    const { number, code } = await street.report();
    const browser = street.passer();
    const inside = await street.look(number, code, browser);
    await inside.send('/progress/leave');
    expect((await browser.get('/progress/case')).status).toBe(403);
    await street.look(number, code, browser);
    clock.addMinutes(31);
    const closed = await browser.get('/progress/case');
    expect(closed.status).toBe(403);
    expect(closed.text).not.toContain(number);
    expect((await street.passer().raw('/progress/case', { cookie: `progress=${number}` })).status).toBe(403);
    expect((await street.passer().post('/progress/case/withdraw', { reason: '不用了' })).status).toBe(403);
  });

  test('behind TLS the pass is bound to the host; where a portal frames the pages, it is kept apart for that portal', async ({
    db,
    clock,
    world,
  }) => {
    const { number, code } = await (await openStreet(world)).report();
    const passFrom = async (env: Record<string, string>) => {
      const app = createApp(makeWorld(db, clock, testConfig({ PUBLIC_URL: 'https://12345.example.gov.cn', ...env })));
      return String((await browse(app).post('/progress', { number, code })).headers['set-cookie']);
    };
    expect(await passFrom({})).toMatch(/^__Host-progress=.*; HttpOnly; Secure; SameSite=Lax/);
    expect(await passFrom({ EMBED_ORIGINS: 'https://www.example.gov.cn' })).toMatch(
      /; HttpOnly; Secure; Partitioned; SameSite=None/,
    );
  });
});

describe('the case as its appellant sees it', () => {
  test('tells its way in plain words and times, and names no member of staff', async ({ world, clock }) => {
    const street = await openStreet(world);
    const { number, code } = await street.report({ name: '王小明', phone: '10000000001' });
    clock.set('2026-11-23T10:05:00+08:00');
    await street.order('member1', number, 'acknowledge', {});
    clock.set('2026-11-23T10:20:00+08:00');
    await street.order('member1', number, 'escalate', { tried: '线路烧毁，查过总闸', needed: '电工' });
    await street.act('huayuan_clerk', number, 'comment', { comment: '内部：住户常年欠费' });
    const page = await street.look(number, code);
    for (const said of ['11-23 10:00 您通过一码通反映', '10:05 您的网格签收', '10:20 您的网格上报社区', '您的社区收到'])
      expect(page.text).toContain(said);
    for (const hidden of ['member1', 'huayuan_clerk', '线路烧毁', '内部', '王小明', '10000000001', '100****0001'])
      expect(page.html).not.toContain(hidden);
    expect(page.html).toContain('aria-current="step"');
    expect(page.text).toMatch(/承办单位办结 \d\d-\d\d \d\d:\d\d 前/);
  });

  test('says how much more time was granted, and the reason that was asked with', async ({ world }) => {
    const street = await openStreet(world);
    const { number, code } = await street.report({ confidential: true });
    await street.act('review', number, 'accept', { kind: 'help', category_code: '0208', priority: 'general' });
    await street.act('dispatch', number, 'dispatch', { lead_unit_id: street.units.housing.id, instruction: '内部指示' });
    await street.order('housing_clerk', number, 'acknowledge', {});
    await street.order('housing_clerk', number, 'request_extension', { extend_to: '2026-12-04', reason: '等待配件到货' });
    await street.order('supervision', number, 'grant_extension', { ruling: '内部裁定' });
    const page = await street.look(number, code);
    for (const said of ['分派给市住房和城乡建设局', '办理期限延长至 2026-12-04', '等待配件到货', '12-04 17:30 前'])
      expect(page.text).toContain(said);
    expect(page.text).not.toMatch(/内部/);
  });

  test('is never that of another', async ({ world }) => {
    const street = await openStreet(world);
    const mine = await street.report({ content: '我家楼道灯坏了' });
    await street.report({ content: '邻居的暖气不热' });
    expect((await street.look(mine.number, mine.code)).text).not.toContain('邻居的暖气');
  });
});

describe('the pictures of a case', () => {
  const photo = async (filename: string) => ({ file: await plainJpeg(), filename, type: 'image/jpeg' });
  const picturesOf = (page: Page) =>
    [...page.html.matchAll(/src="(\/progress\/case\/files\/\d+\/thumb)"/g)].map(([, path]) => path!);
  /** A file of staff, added to what happened last on the case. */
  async function attach(street: Street, number: string, purpose: 'progress' | 'after' | 'evidence') {
    const { id, trail_seq } = await street.appeal(number);
    const taken = (await street.world.db('attachments').first())!;
    const { id: _, ...file } = taken;
    const [row] = await street.world
      .db('attachments')
      .insert({ ...file, appeal_id: id, trail_seq, purpose, uploaded_by: street.people.member1.person_id })
      .returning('id');
    return `/progress/case/files/${row!.id}/thumb`;
  }

  test('are his own, small and whole, kept by no browser', async ({ world }) => {
    const street = await openStreet(world);
    const { number, code } = await street.report({ files: await photo('门口.jpg') });
    const browser = street.passer();
    const [thumb, ...more] = picturesOf(await street.look(number, code, browser));
    expect(more).toEqual([]);
    for (const path of [thumb!, thumb!.replace('/thumb', '')]) {
      const { status, headers } = await browser.raw(path);
      expect([status, headers['cache-control'], headers['x-content-type-options']]).toEqual([200, 'no-store', 'nosniff']);
    }
  });

  test('are there for whoever gave number and code, and for nobody else', async ({ world }) => {
    const street = await openStreet(world);
    const mine = await street.report({ files: await photo('门口.jpg') });
    const other = await street.report({ content: '邻居的暖气不热', files: await photo('暖气.jpg') });
    const browser = street.passer();
    const [thumb] = picturesOf(await street.look(mine.number, mine.code, browser));
    const another = street.passer();
    await street.look(other.number, other.code, another);
    for (const [who, path] of [
      [another, thumb!],
      [another, thumb!.replace('/thumb', '')],
      [street.passer(), thumb!],
      [await street.as('member1'), thumb!],
      [browser, '/progress/case/files/999999999'],
      [browser, '/progress/case/files/x/thumb'],
    ] as const)
      expect([path, (await who.raw(path)).status]).toEqual([path, 404]);
    await browser.post('/progress/leave');
    expect((await browser.raw(thumb!)).status).toBe(404);
  });

  test('of the result come with the answer; those that staff keep for their work, and those sent back, never', async ({
    world,
  }) => {
    const street = await openStreet(world);
    const { number, code } = await street.report({ files: await photo('门口.jpg') });
    const browser = street.passer();
    const [own] = picturesOf(await street.look(number, code, browser));
    await street.order('member1', number, 'acknowledge', {});
    await street.order('member1', number, 'progress', { progress: '已到现场' });
    const hidden = [await attach(street, number, 'progress'), await attach(street, number, 'evidence')];
    await street.order('member1', number, 'submit', { result: '没修好', outcome: 'solved' });
    hidden.push(await attach(street, number, 'after'));
    await street.order('huayuan_clerk', number, 'send_back', { reason: '照片不清楚' });
    await street.order('member1', number, 'submit', { result: '已换灯泡', outcome: 'solved' });
    const result = await attach(street, number, 'after');
    expect((await browser.raw(result)).status).toBe(404);
    await street.order('huayuan_clerk', number, 'approve', {});
    expect(picturesOf(await browser.get('/progress/case')).sort()).toEqual([own, result].sort());
    for (const path of hidden) expect((await browser.raw(path)).status).toBe(404);
  });

  test('that wait to be drawn, or cannot be, say so', async ({ world }) => {
    const street = await openStreet(world);
    const { number, code } = await street.report({ files: await photo('门口.jpg') });
    const set = (to: object) => world.db('attachments').update({ sha256: null, thumb_sha256: null, ...to } as never);
    const browser = street.passer();
    await set({ undrawn: 'waiting', original: '00000000-0000-4000-8000-000000000000' });
    expect((await street.look(number, code, browser)).text).toContain('图片正在处理');
    const { id } = (await world.db('attachments').first())!;
    expect((await browser.get(`/progress/case/files/${id}`)).text).toContain('一两分钟后可以查看');
    await set({ undrawn: 'unreadable', original: null });
    expect((await browser.get('/progress/case')).text).toContain('图片无法读取');
    const member = await street.as('member1');
    expect((await member.get(`/files/${id}`)).text).toContain('无法打开');
    expect((await member.get(`/appeals/${number}`)).text).toContain('图片无法读取');
  });
});

describe('what an appellant does there', () => {
  test('he adds words and photos while it is open, and whoever has it is told', async ({ world }) => {
    const street = await openStreet(world);
    const { number, code } = await street.report();
    const page = await street.look(number, code);
    const after = await page.send('/progress/case/supplement', {
      text: '是三单元二楼',
      files: { file: await plainJpeg(), filename: '门口.jpg', type: 'image/jpeg' },
    });
    expect(after.text).toContain('已补充');
    expect(after.text).toContain('是三单元二楼');
    expect(await street.inbox('member1', number)).toContain('comment');
    expect(await world.db('attachments').first()).toMatchObject({ purpose: 'supplement', uploaded_by: null });
    expect((await (await street.as('member1')).get(`/appeals/${number}`)).text).toContain('是三单元二楼');
  });

  test('the same sent twice is added once', async ({ world }) => {
    const street = await openStreet(world);
    const { number, code } = await street.report();
    const page = await street.look(number, code);
    await page.send('/progress/case/supplement', { text: '是三单元' });
    await page.send('/progress/case/supplement', { text: '是三单元' });
    expect((await street.acts(number)).filter((act) => act === 'comment')).toHaveLength(1);
  });

  test('asked for details he sees the question and until when, and his answer goes back to the review', async ({ world }) => {
    const street = await openStreet(world);
    const { number, code } = await street.report({ confidential: true });
    await street.act('review', number, 'request_details', { question: '请问是几单元？' });
    const page = await street.look(number, code);
    expect(page.text).toContain('请问是几单元？');
    expect(page.text).toMatch(/等待您补充.* 11-30 17:30 前/);
    await page.send('/progress/case/supplement', { text: '三单元' });
    expect((await street.appeal(number)).status).toBe('pending_review');
  });

  test('he withdraws with a reason, and the work ends', async ({ world }) => {
    const street = await openStreet(world);
    const { number, code } = await street.report();
    const page = await street.look(number, code);
    expect((await page.send('/progress/case/withdraw', { reason: '' })).status).toBe(422);
    expect((await page.send('/progress/case/withdraw', { reason: '已经自己修好' })).text).toContain('已撤回');
    expect(await street.appeal(number)).toMatchObject({ status: 'withdrawn' });
    expect((await street.orders(number))[0]!.status).toBe('recalled');
  });

  test('satisfied, he rates once, and sees no form again', async ({ world }) => {
    const street = await openStreet(world);
    const { number, code } = await street.handled();
    const page = await street.look(number, code);
    expect(page.text).toContain('已换灯泡');
    const after = await page.send('/progress/case/evaluate', { solved: 'yes', contacted: 'no', level: 'satisfied' });
    expect(after.text).toContain('谢谢您的评价');
    expect(after.offers('/progress/case/evaluate')).toBe(false);
    expect(await world.db('evaluations').first()).toMatchObject({
      source: 'page',
      level: 'satisfied',
      contacted: false,
      solved: true,
    });
  });

  test('not satisfied, he is asked why, and the grid works on it again', async ({ world }) => {
    const street = await openStreet(world);
    const { number, code } = await street.handled();
    const page = await street.look(number, code);
    const bad = { solved: 'no', contacted: 'yes', level: 'dissatisfied' };
    const asked = await page.send('/progress/case/evaluate', bad);
    expect(asked.status).toBe(422);
    expect(asked.html).toContain('id="evaluate-remark-error"');
    const after = await asked.send('/progress/case/evaluate', { ...bad, remark: '灯又灭了' });
    expect(after.text).toContain('将重新办理');
    expect(await street.appeal(number)).toMatchObject({ status: 'in_handling', round: 2, dissatisfied_rounds: 1 });
    expect(await street.inbox('member1', number)).toContain('rework');
  });

  test('within ninety days of its end he takes it up again, later not', async ({ world, clock }) => {
    const street = await openStreet(world);
    const { number, code } = await street.handled();
    await street.act('callback', number, 'close', { level: 'satisfied', contacted: true, solved: true });
    clock.addMinutes(91 * 1440);
    expect((await street.look(number, code)).offers('/progress/case/reopen')).toBe(false);
    clock.addMinutes(-2 * 1440);
    const page = await street.look(number, code);
    await page.send('/progress/case/reopen', { new_fact: '又坏了' });
    expect(await street.appeal(number)).toMatchObject({ status: 'pending_review', round: 2 });
  });
});
