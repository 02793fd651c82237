import { describe, expect } from 'vitest';
import { createApp } from '../../src/app.ts';
import { sha256 } from '../../src/core/hash.ts';
import { zerosOf } from '../../src/residents/actions/challenge.ts';
import { isFormKey, newFormKey } from '../../src/residents/actions/keys.ts';
import { proof_bits, reportTries } from '../../src/residents/rules.ts';
import { heic, plainJpeg, wav } from '../files/samples.ts';
import { browse, type Page } from '../support/browser.ts';
import { freshDb, makeWorld, test, testConfig } from '../support/world.ts';
import { openStreet, readReceipt } from './street.ts';

describe('the page of a plate', () => {
  test('knows building, grid and member with a button to call, and counts the scan', async ({ world }) => {
    const street = await openStreet(world);
    const page = await street.passer().get(street.plate);
    expect(page.status).toBe(200);
    for (const said of ['花园小区12号楼', '花园社区第1网格', 'member1', 'member1b']) expect(page.text).toContain(said);
    expect(page.html).toContain('href="tel:0535-0000000"');
    expect(await world.db('plate_scans').first()).toMatchObject({ plate_id: street.plate_id, scans: 1 });
  });

  test('says what each field is for, and that nothing else is done with it', async ({ world }) => {
    const street = await openStreet(world);
    const page = await street.passer().get(street.plate);
    for (const said of ['用于核实和办理这件事', '用于找到现场', '只用于联系您', '不用于其他用途'])
      expect(page.text).toContain(said);
  });

  test('is kept by nobody on the way, because its key is for one', async ({ world }) => {
    const street = await openStreet(world);
    const [one, other] = [await street.passer().get(street.plate), await street.passer().get(street.plate)];
    expect(one.headers['cache-control']).toBe('no-store');
    expect(one.form(street.plate).fields.get('once')!.given).not.toEqual(other.form(street.plate).fields.get('once')!.given);
  });

  test('of a revoked plate leads to the hotline and the community; a made-up one to the hotline', async ({ world }) => {
    const street = await openStreet(world);
    await world.db('units').where({ id: street.units.huayuan.id }).update({ duty_phone: '0535-1111111' });
    await world.db('plates').update({ revoked_at: world.clock(), revoked_why: '丢失' });
    const revoked = await street.passer().get(street.plate);
    expect(revoked.status).toBe(410);
    expect(revoked.html).toContain('tel:12345');
    expect(revoked.html).toContain('tel:0535-1111111');
    const unknown = await street.passer().get('/q/aaaaaaaaaaaaaaaa.bbbbbbbb');
    expect(unknown.status).toBe(404);
    expect(unknown.html).toContain('tel:12345');
    expect(unknown.html).not.toContain('0535-1111111');
  });
});

describe('a report from a plate', () => {
  test('is at once the grid’s own order, with photo and voice, on the member’s desk', async ({ world }) => {
    const street = await openStreet(world);
    const { page, number } = await street.report({
      content: '楼道灯坏了三天，晚上看不见路。',
      files: { file: await plainJpeg(), filename: '灯.jpg', type: 'image/jpeg' },
      voice: { file: wav(), filename: '说.wav', type: 'audio/wav' },
      phone: '+86 100 0000 0001',
      name: '王小明',
    });
    expect(page.status).toBe(200);
    expect(await street.appeal(number)).toMatchObject({
      channel: 'qr_code',
      status: 'in_handling',
      lead_unit_id: street.units.grid1.id,
      confidential: false,
    });
    expect((await world.db('attachments')).map((one) => one.kind).sort()).toEqual(['audio', 'image']);
    expect(await world.db('appellants').first()).toMatchObject({ phone_masked: '100****0001', name_masked: '王**' });
    expect((await (await street.as('member1')).get('/desks/handling')).text).toContain('楼道灯坏了三天');
    expect(await world.db('outbox').first()).toMatchObject({
      event: 'registered',
      params: { number, follow: 'http://localhost:8080/progress' },
    });
  });

  test('without a number is anonymous, and nobody is written to', async ({ world }) => {
    const street = await openStreet(world);
    const { number } = await street.report();
    expect(await street.appeal(number)).toMatchObject({ appellant_id: null });
    expect(await world.db('outbox')).toEqual([]);
  });

  test('may be told by voice alone, but not by nothing', async ({ world }) => {
    const street = await openStreet(world);
    const { number } = await street.report({ content: '', voice: { file: wav(), filename: 'a.wav', type: 'audio/wav' } });
    expect((await street.appeal(number)).content).toContain('录音');
    const form = await street.passer().get(street.plate);
    const refused = await form.send(street.plate, { content: '', address: '三单元' });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('请写几句，或录一段音');
    expect(refused.form(street.plate).fields.get('address')!.given).toEqual(['三单元']);
  });

  test.each([
    ['confidential', { confidential: true }],
    ['about the people of the grid', { about_own: true }],
  ])('that is %s goes to the city’s review, and never to the member', async (_, fill) => {
    const { world } = await freshDb();
    const street = await openStreet(world);
    const { number } = await street.report(fill);
    expect(await street.appeal(number)).toMatchObject({ status: 'pending_review', lead_unit_id: null });
    expect(await street.orders(number)).toEqual([]);
    expect((await (await street.as('member1')).get(`/appeals/${number}`)).status).toBe(404);
  });

  test('a code is stored as a hash alone', async ({ world }) => {
    const street = await openStreet(world);
    const { number, code } = await street.report();
    const stored = JSON.stringify([await street.appeal(number), await world.db('trail_inputs'), await world.db('submissions')]);
    expect(stored).not.toContain(code);
    expect(stored).not.toContain(code.replaceAll('-', ''));
    expect((await street.appeal(number)).code_hash).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('a form that is sent again', () => {
  test('leads to the same number and code', async ({ world }) => {
    const street = await openStreet(world);
    const form = await street.passer().get(street.plate);
    const [first, second] = [
      await form.send(street.plate, { content: '井盖松动' }),
      await form.send(street.plate, { content: '井盖松动' }),
    ];
    expect(readReceipt(second)).toEqual(readReceipt(first));
    expect(await world.db('appeals').count({ n: '*' })).toEqual([{ n: 1 }]);
  });

  test('by the back button with other words is asked about, keeps them, and may be sent as another report', async ({ world }) => {
    const street = await openStreet(world);
    const form = await street.passer().get(street.plate);
    const { number } = readReceipt(await form.send(street.plate, { content: '井盖松动' }));
    const back = await form.send(street.plate, { content: '垃圾没人清' });
    expect(back.status).toBe(422);
    expect(back.text).toContain(`这张表已经提交过，编号 ${number}`);
    expect(back.html).toContain('垃圾没人清');
    expect(back.text).not.toMatch(/[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}/);
    expect(readReceipt(await back.send(street.plate)).number).not.toBe(number);
  });

  test('from a page that is too old, or that was not ours, is checked once more and loses nothing', async ({ world, clock }) => {
    const street = await openStreet(world);
    const form = await street.passer().get(street.plate);
    clock.addMinutes(25 * 60);
    const late = await form.send(street.plate, { content: '井盖松动' });
    expect(late.status).toBe(422);
    expect(late.text).toContain('页面打开太久');
    expect(late.html).toContain('井盖松动');
    expect(await world.db('appeals')).toEqual([]);
    readReceipt(await late.send(street.plate));
    const key = newFormKey(world, clock());
    expect(isFormKey(world, key, clock())).toBe(true);
    expect(isFormKey(world, `${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`, clock())).toBe(false);
  });

  test('many times at once is one report, and everybody is told the same', async () => {
    const { world } = await freshDb();
    const street = await openStreet(world);
    const form = await street.passer().get(street.plate);
    const pages = await Promise.all(Array.from({ length: 8 }, () => form.send(street.plate, { content: '井盖松动' })));
    expect(new Set(pages.map((page) => JSON.stringify(readReceipt(page)))).size).toBe(1);
    expect(await world.db('appeals').count({ n: '*' })).toEqual([{ n: 1 }]);
  });
});

describe('what cannot be taken is said in a sentence, and everything typed stays', () => {
  const photo = (filename: string, file: Buffer) => ({ file, filename, type: 'image/jpeg' });
  test.each([
    ['a photo of 30 MB', photo('大.jpg', Buffer.alloc(30 * 1_048_576, 1)), '“大.jpg”太大'],
    ['an HEIC', photo('苹果.heic', heic()), 'HEIC 照片'],
    ['a PHP file named jpg', photo('x.jpg', Buffer.from('<?php system($_GET["c"]); ?>')), '不是支持的格式'],
  ])('%s', async (_, file, sentence) => {
    const { world } = await freshDb();
    const street = await openStreet(world);
    const form = await street.passer().get(street.plate);
    const good = { file: await plainJpeg(), filename: '好.jpg', type: 'image/jpeg' };
    const page = await form.send(street.plate, { content: '井盖松动，车压过去响', address: '北门', files: [good, file] });
    expect(page.status).toBe(422);
    expect(page.text).toContain(sentence);
    expect(page.html).toContain('井盖松动，车压过去响');
    expect(page.text).toContain('好.jpg');
    const { number } = readReceipt(await page.send(street.plate));
    expect(await world.db('attachments').where({ appeal_id: (await street.appeal(number)).id })).toHaveLength(1);
  });

  test.each([
    ['4,001 characters', { content: '长'.repeat(4001) }, '最多 4000 个字'],
    ['a number that is none', { phone: '12' }, '11 位手机号'],
  ])('%s', async (_, fill, sentence) => {
    const { world } = await freshDb();
    const street = await openStreet(world);
    const form = await street.passer().get(street.plate);
    const given = { content: '井盖松动', address: '北门', ...fill };
    const page = await form.send(street.plate, given);
    expect(page.status).toBe(422);
    expect(page.text).toContain(sentence);
    expect(page.html).toContain(given.content);
    expect(page.form(street.plate).fields.get('address')!.given).toEqual(['北门']);
  });

  test('4,000 characters and a number with spaces and +86 are taken', async ({ world }) => {
    const street = await openStreet(world);
    const { number } = await street.report({ content: '长'.repeat(4000), phone: ' +86 100 0000 0001 ' });
    expect([...(await street.appeal(number)).content]).toHaveLength(4000);
    expect(await world.db('appellants').first()).toMatchObject({ phone_masked: '100****0001' });
  });
});

describe('without a plate', () => {
  test('the community is chosen, and the city looks first', async ({ world }) => {
    const street = await openStreet(world);
    const form = await street.passer().get('/report');
    const page = await form.send('/report', { content: '路边垃圾成堆', area: street.units.huayuan.id });
    const { number } = readReceipt(page);
    expect(await street.appeal(number)).toMatchObject({
      channel: 'web',
      status: 'pending_review',
      place_unit_id: street.units.huayuan.id,
    });
  });

  test('a building is found by its initials', async ({ world }) => {
    const street = await openStreet(world);
    const found = JSON.parse((await street.passer().raw('/report/places?q=hyxq')).text) as { value: string }[];
    expect(found[0]!.value).toMatch(/^building:/);
    const form = await street.passer().get('/report');
    const page = await form.send('/report', { content: '路灯不亮', place: found[0]!.value });
    expect(await street.appeal(readReceipt(page).number)).toMatchObject({ place_unit_id: street.units.grid1.id });
  });

  test('typed without a script, several places are shown to choose from; an unknown one becomes part of the address', async ({
    world,
  }) => {
    const street = await openStreet(world);
    const form = await street.passer().get('/report');
    const several = await form.send('/report', { content: '路灯不亮', place_text: '花园' });
    expect(several.status).toBe(422);
    expect(several.form('/report').fields.get('place')!.values.length).toBeGreaterThan(1);
    const unknown = await form.send('/report', { content: '路灯不亮', place_text: '没有的小区', area: street.units.huayuan.id });
    expect((await street.appeal(readReceipt(unknown).number)).address).toBe('没有的小区');
  });

  test('no place at all is asked for at its field', async ({ world }) => {
    const street = await openStreet(world);
    const page = await (await street.passer().get('/report')).send('/report', { content: '路灯不亮' });
    expect(page.status).toBe(422);
    expect(page.html).toContain('id="q-area-error"');
    expect(page.html).toContain('路灯不亮');
  });
});

describe('past the limit of one number', () => {
  const over = async (world: Parameters<typeof openStreet>[0]) => {
    const street = await openStreet(world);
    const phone = '10000000001';
    for (let n = 0; n < reportTries.phone.most; n++) await street.report({ phone, content: `第${n}件` });
    const form = await street.passer().get(street.plate);
    const asked = await form.send(street.plate, {
      phone,
      content: '又一件',
      files: { file: await plainJpeg(), filename: '灯.jpg', type: 'image/jpeg' },
    });
    return { street, asked };
  };
  const sumIn = (page: Page): number => {
    const words = '零一二三四五六七八九';
    const value = (text: string) => {
      const [tens = '', ones = ''] = text.split('十');
      return (tens === '' ? 1 : words.indexOf(tens)) * 10 + (ones === '' ? 0 : words.indexOf(ones));
    };
    const [, a = '', b = ''] = /([一二三四五六七八九十]+)加([一二三四五六七八九十]+)等于/.exec(page.text)!;
    return value(a) + value(b);
  };

  test('a sum in words is asked, and with it everything that was typed and sent goes through', async ({ world }) => {
    const { street, asked } = await over(world);
    expect(asked.status).toBe(429);
    expect(asked.html).toContain('又一件');
    expect(asked.text).toContain('灯.jpg');
    expect(await world.db('appeals').where({ content: '又一件' })).toEqual([]);
    const wrong = await asked.send(street.plate, { sum: '1' });
    expect(wrong.status).toBe(429);
    expect(wrong.text).toContain('答案不对');
    const { number } = readReceipt(await wrong.send(street.plate, { sum: sumIn(wrong) }));
    expect(await world.db('attachments').where({ appeal_id: (await street.appeal(number)).id })).toHaveLength(1);
  });

  test('a browser may do work instead; what was worked for one form does not open another', async ({ world }) => {
    const { street, asked } = await over(world);
    const token = asked.form(street.plate).fields.get('challenge')!.given[0]!;
    let proof = 0;
    while (zerosOf(sha256(`${token}:${proof}`)) < proof_bits) proof++;
    const another = await street.passer().get(street.plate);
    const key = another.form(street.plate).fields.get('once')!.given[0]!;
    const stolen = await asked.send(street.plate, { proof: String(proof), once: key });
    expect(stolen.status).toBe(429);
    readReceipt(await asked.send(street.plate, { proof: String(proof) }));
  });

  test('the window over, nobody is asked', async ({ world, clock }) => {
    const { street } = await over(world);
    clock.addMinutes(reportTries.phone.minutes + 1);
    await street.report({ phone: '10000000001' });
  });

  test('addresses lie in no table', async ({ world }) => {
    await over(world);
    expect(JSON.stringify(await world.db('rate_limits'))).not.toMatch(/127\.0\.0\.1|10000000001/);
  });
});

test('pages for residents may be framed by the city portal that is configured, and by nobody else', async () => {
  const { db, clock } = await freshDb();
  const portal = 'https://www.example.gov.cn';
  const street = await openStreet(makeWorld(db, clock, testConfig({ EMBED_ORIGINS: portal })));
  const framed = async (browser: ReturnType<typeof street.passer>, path: string) => {
    const { headers } = await browser.get(path);
    return [/frame-ancestors ([^;]*)/.exec(headers['content-security-policy']!)![1], headers['x-frame-options']];
  };
  for (const path of [street.plate, '/report', '/progress'])
    expect([path, await framed(street.passer(), path)]).toEqual([path, [`'self' ${portal}`, undefined]]);
  expect(await framed(street.passer(), '/sign-in')).toEqual([`'self'`, undefined]);
  const alone = browse(createApp(makeWorld(db, clock)));
  expect(await framed(alone, '/report')).toEqual([`'self'`, 'SAMEORIGIN']);
});
