import { describe, expect } from 'vitest';
import { createApp } from '../../src/app.ts';
import { hashPassword } from '../../src/core/password.ts';
import { demo_password } from '../../src/people/rules.ts';
import { browse, signIn } from '../support/browser.ts';
import { cast_password, makeCast } from '../support/cast.ts';
import { freshDb, makeWorld, test, testConfig } from '../support/world.ts';

const wrong = { username: 'sys', password: 'not-the-password', next: '' };
const right = { username: 'sys', password: cast_password, next: '' };
const cookieOf = (response: { headers: Record<string, unknown> }) =>
  ([response.headers['set-cookie']].flat() as (string | undefined)[]).find((one) => one?.startsWith('session='))?.split(';')[0];

describe('signing in', () => {
  test('leads to the desk of the post; signing out ends the session and clears what the browser kept', async ({ db, world }) => {
    await makeCast(db);
    const browser = await signIn(createApp(world), 'sys');
    expect((await browser.raw('/')).headers['location']).toBe('/accounts');
    const account = await browser.get('/account');
    expect(account.headers['cache-control']).toBe('private, no-store');
    const out = await browser.post('/sign-out');
    expect(out.headers['clear-site-data']).toBe('"cache", "storage"');
    expect(await db('sessions')).toEqual([]);
    expect((await browser.raw('/account')).headers['location']).toBe('/sign-in?next=%2Faccount');
    expect((await db('sign_ins').orderBy('id')).map((row) => row.outcome)).toEqual(['ok', 'signed_out']);
  });

  test('goes on to the page asked for, and only to a page of ours', async ({ db, world }) => {
    await makeCast(db);
    const app = createApp(world);
    const page = await browse(app).get('/accounts?q=x');
    expect(page.path).toBe('/sign-in?next=%2Faccounts%3Fq%3Dx');
    expect((await page.send('/sign-in', { username: 'sys', password: cast_password })).path).toBe('/accounts?q=x');
    for (const next of ['//evil.example/', 'https://evil.example/', '/\\evil.example']) {
      expect((await browse(app).post('/sign-in', { ...right, next })).headers['location']).toBe('/');
    }
  });

  test('says the same of a wrong password and of an unknown name, and keeps the name typed', async ({ db, world }) => {
    await makeCast(db);
    const app = createApp(world);
    const start = await browse(app).get('/sign-in');
    const known = await start.send('/sign-in', { username: 'sys', password: 'not-the-password' });
    const unknown = await start.send('/sign-in', { username: 'nobody', password: 'not-the-password' });
    expect([known.status, unknown.status]).toEqual([422, 422]);
    expect(known.text.replace(/sys/g, '')).toBe(unknown.text.replace(/nobody/g, ''));
    expect(known.form('/sign-in').fields.get('username')?.given).toEqual(['sys']);
    expect(known.html).not.toContain('not-the-password');
    expect((await start.send('/sign-in')).text).toContain('此项必填');
  });

  test('is possible in capitals and full-width letters, as keyboards send them', async ({ db, world }) => {
    await makeCast(db);
    await signIn(createApp(world), ' ＳＹＳ ');
  });

  test('gives the session a new id: one planted before is worth nothing', async ({ db, world }) => {
    await makeCast(db);
    const app = createApp(world);
    const first = await signIn(app, 'sys');
    const planted = cookieOf(await browse(app).post('/sign-in', right))!;
    const again = await browse(app).post('/sign-in', { ...right, username: 'sec' }, { cookie: planted });
    expect(cookieOf(again)).not.toBe(planted);
    expect((await browse(app).raw('/account', { cookie: planted })).status).toBe(303);
    expect((await first.raw('/account')).status).toBe(200);
    const made_up = await browse(app).post('/sign-in', right, { cookie: 'session=s%3Amade-up.signature' });
    expect(cookieOf(made_up)).not.toContain('made-up');
  });

  test('behind TLS the cookie is held to this host, to TLS and away from scripts', async ({ db, clock }) => {
    await makeCast(db);
    const app = createApp(makeWorld(db, clock, testConfig({ PUBLIC_URL: 'https://12345.example.gov.cn' })));
    const answer = await browse(app).post('/sign-in', right, { 'x-forwarded-proto': 'https' });
    const cookie = String(([answer.headers['set-cookie']].flat() as string[]).find((one) => one.startsWith('__Host-session=')));
    expect(cookie.split('; ').slice(1).sort()).toEqual(['HttpOnly', 'Path=/', 'SameSite=Lax', 'Secure']);
  });

  test('the table of sessions holds no cookie', async ({ db, world }) => {
    await makeCast(db);
    const cookie = decodeURIComponent(
      cookieOf(await browse(createApp(world)).post('/sign-in', right))!.slice('session=s:'.length),
    );
    const [row] = await db('sessions');
    expect(row!.sid).toMatch(/^[0-9a-f]{64}$/);
    expect(cookie).not.toContain(row!.sid);
  });

  test('is asked for as a whole page, also where a frame of a page wanted its content', async ({ db, world }) => {
    await makeCast(db);
    const framed = await browse(createApp(world)).raw('/sign-in', { 'turbo-frame': 'case' });
    expect(framed.text).toContain('<meta name="turbo-visit-control" content="reload">');
    expect(framed.text).toContain('name="password"');
  });

  test('is refused from another site', async ({ db, world }) => {
    await makeCast(db);
    expect((await browse(createApp(world)).post('/sign-in', right, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  });

  test('demo accounts are listed in the demo and refused outside it', async ({ db, clock }) => {
    await makeCast(db);
    await db('accounts')
      .where({ username: 'dispatch' })
      .update({ demo: true, password_hash: await hashPassword(demo_password) });
    const demo = createApp(makeWorld(db, clock, testConfig({ DEMO: 'true' })));
    const page = await browse(demo).get('/sign-in');
    const forms = page.forms.filter((form) => form.action === '/sign-in');
    expect(forms.map((form) => form.fields.get('username')?.given[0])).toEqual(['', 'dispatch']);
    const browser = browse(demo);
    expect((await browser.post('/sign-in', { username: 'dispatch', password: demo_password, next: '' })).status).toBe(303);
    const cookie = String(
      browser.agent.jar.getCookie('session', { path: '/', domain: '127.0.0.1', secure: false, script: false })?.value,
    );

    const real = createApp(makeWorld(db, clock, testConfig({ DEMO: 'false' })));
    expect((await browse(real).get('/sign-in')).forms.filter((form) => form.action === '/sign-in')).toHaveLength(1);
    const refused = await browse(real).post('/sign-in', { username: 'dispatch', password: demo_password, next: '' });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('演示账号不能在正式环境中登录');
    expect((await browse(real).raw('/account', { cookie: `session=${cookie}` })).status).toBe(303);
  });

  test('a disabled account and one without a post are told so, to whoever knows the password', async ({ db, clock, world }) => {
    const { people } = await makeCast(db);
    const app = createApp(world);
    await db('accounts').where({ username: 'sys' }).update({ disabled_at: clock() });
    await db('posts').where({ person_id: people.sec.person_id }).update({ valid_to: '2026-11-22' });
    expect((await browse(app).post('/sign-in', right)).text).toContain('账号已停用');
    expect((await browse(app).post('/sign-in', { ...right, password: 'not-the-password' })).text).not.toContain('账号已停用');
    expect((await browse(app).post('/sign-in', { ...right, username: 'sec' })).text).toContain('没有岗位');
    expect((await db('sign_ins').orderBy('id')).map((row) => row.outcome)).toEqual(['disabled', 'wrong', 'refused']);
  });
});

describe('wrong passwords', () => {
  test('are answered slower and slower on that account from that network, and the wait is told', async ({ db, clock, world }) => {
    await makeCast(db);
    const app = createApp(world);
    const attempt = (body: Record<string, string>, from = '10.0.0.1') =>
      browse(app).post('/sign-in', body, { 'x-forwarded-for': from });
    for (let i = 0; i < 3; i++) expect((await attempt(wrong)).status).toBe(422);
    const early = await attempt(right, '10.0.0.77');
    expect([early.status, early.headers['retry-after']]).toEqual([429, '2']);
    expect(early.text).toContain('请 2 秒后再试');
    expect((await attempt(right, '10.0.1.1')).status, 'another network is not held up').toBe(303);
    expect((await attempt({ ...right, username: 'sec' })).status, 'nor another account').toBe(303);
    clock.addMinutes(0.05);
    expect((await attempt(wrong)).status).toBe(422);
    expect((await attempt(wrong)).headers['retry-after']).toBe('4');
    clock.addMinutes(0.1);
    expect((await attempt(right)).status, 'no lock: the right password still opens').toBe(303);
    expect((await attempt(wrong)).status, 'and what was wrong before is forgotten').toBe(422);
    expect((await db('sign_ins').orderBy('id')).map((row) => row.outcome)).toEqual([
      'wrong',
      'wrong',
      'wrong',
      'delayed',
      'ok',
      'ok',
      'wrong',
      'delayed',
      'ok',
      'wrong',
    ]);
  });

  test('are forgotten a day after the wait was over', async ({ db, clock, world }) => {
    await makeCast(db);
    const app = createApp(world);
    for (let i = 0; i < 3; i++) await browse(app).post('/sign-in', wrong);
    clock.addMinutes(24 * 60 + 1);
    expect((await browse(app).post('/sign-in', wrong)).status).toBe(422);
    expect((await db('rate_limits').first())?.points).toBe(1);
  });

  test('sent all at once are still counted one by one, in two processes too', async () => {
    const { db, clock, world, anotherDb } = await freshDb();
    await makeCast(db);
    const apps = [createApp(world), createApp(makeWorld(anotherDb(), clock))];
    const answers = await Promise.all(Array.from({ length: 24 }, (_, i) => browse(apps[i % 2]!).post('/sign-in', wrong)));
    const statuses = answers.map((answer) => answer.status);
    expect([statuses.filter((status) => status === 422).length, statuses.filter((status) => status === 429).length]).toEqual([
      3, 21,
    ]);
  });
});

describe('a session', () => {
  test('ends after 30 minutes without use, and no request sooner than 3 minutes after another writes it', async ({
    db,
    clock,
    world,
  }) => {
    await makeCast(db);
    const browser = await signIn(createApp(world), 'sys');
    const expire = async () => (await db('sessions').first())!.expire.toISOString();
    const began = await expire();
    clock.addMinutes(2);
    expect((await browser.raw('/account')).status).toBe(200);
    expect(await expire()).toBe(began);
    clock.addMinutes(20);
    expect((await browser.raw('/account')).status).toBe(200);
    expect(await expire()).toBe('2026-11-23T02:52:00.000Z');
    clock.addMinutes(29);
    expect((await browser.raw('/account')).status).toBe(200);
    clock.addMinutes(30);
    const late = await browser.get('/account');
    expect(late.path).toBe('/sign-in?next=%2Faccount');
    expect(late.text).toContain('登录已失效');
  });

  test('ends after 12 hours however busy it was', async ({ db, clock, world }) => {
    await makeCast(db);
    const browser = await signIn(createApp(world), 'sys');
    for (let passed = 0; passed < 700; passed += 20) {
      clock.addMinutes(20);
      expect((await browser.raw('/account')).status).toBe(200);
    }
    clock.set('2026-11-23T22:00:00+08:00');
    expect((await browser.raw('/account')).status).toBe(303);
  });

  test('ends when the account was changed or disabled, and does not come back by a request under way', async ({
    db,
    clock,
    world,
  }) => {
    await makeCast(db);
    const app = createApp(world);
    const first = await signIn(app, 'sys');
    await db('accounts').where({ username: 'sys' }).increment('revision', 1);
    expect((await first.raw('/account')).status).toBe(303);
    expect(await db('sessions')).toEqual([]);
    const second = await signIn(app, 'sys');
    await db('accounts').where({ username: 'sys' }).update({ disabled_at: clock() });
    expect((await second.raw('/account')).status).toBe(303);
  });

  test('is one of several that the person sees and can end, one by one or all', async ({ db, world }) => {
    await makeCast(db);
    const app = createApp(world);
    const [here, there, stranger] = [await signIn(app, 'sys'), await signIn(app, 'sys'), await signIn(app, 'sec')];
    const page = await here.get('/account');
    const ended = await page.send('/account/sessions/end');
    expect(ended.text).toContain('该设备已退出');
    expect((await there.raw('/account')).status).toBe(303);
    const foreign = (await db('sessions').orderBy('person_id')).at(-1)!;
    await here.post('/account/sessions/end', { sid: foreign.sid });
    expect((await stranger.raw('/account')).status, 'nobody ends the session of another').toBe(200);
    const third = await signIn(app, 'sys');
    expect((await (await here.get('/account')).send('/account/sessions/end-all')).path).toBe('/sign-in?left=1');
    expect((await third.raw('/account')).status).toBe(303);
    expect((await here.raw('/account')).status).toBe(303);
  });
});

describe('the own password', () => {
  const fresh = '窗外的雨下了一整夜啊';
  test('is changed with the current one; other sessions end, this one goes on under a new id', async ({ db, world }) => {
    await makeCast(db);
    const app = createApp(world);
    const [here, there] = [await signIn(app, 'sys'), await signIn(app, 'sys')];
    const before = await db('sessions').select('sid');
    const page = await here.get('/account');
    const bad = await page.send('/account/password', {
      current_password: 'not-the-password',
      new_password: fresh,
      repeat_password: fresh,
    });
    expect([bad.status, bad.text.includes('当前密码不正确')]).toEqual([422, true]);
    const unlike = await page.send('/account/password', {
      current_password: cast_password,
      new_password: 'short',
      repeat_password: 'other',
    });
    expect(unlike.text).toContain('至少 10 个字');
    expect(unlike.text).toContain('两次输入的新密码不一致');
    const done = await page.send('/account/password', {
      current_password: cast_password,
      new_password: fresh,
      repeat_password: fresh,
    });
    expect([done.status, done.path, done.text.includes('密码已修改')]).toEqual([200, '/account', true]);
    expect((await there.raw('/account')).status).toBe(303);
    expect(before.map((row) => row.sid)).not.toContain((await db('sessions').first())!.sid);
    await signIn(app, 'sys', fresh);
    await expect(signIn(app, 'sys')).rejects.toThrow('cannot sign in');
  });

  test('must be chosen before anything else after a first sign-in or a reset', async ({ db, world }) => {
    await makeCast(db);
    await db('accounts').where({ username: 'sys' }).update({ must_change_password: true });
    const browser = await signIn(createApp(world), 'sys');
    const page = await browser.get('/accounts');
    expect(page.path).toBe('/account/password');
    expect((await browser.post('/accounts/1/disable')).headers['location']).toBe('/account/password');
    const done = await page.send('/account/password', {
      current_password: cast_password,
      new_password: fresh,
      repeat_password: fresh,
    });
    expect(done.path).toBe('/accounts');
  });

  test('guessing the current one is slowed as at the door', async ({ db, world }) => {
    await makeCast(db);
    const page = await (await signIn(createApp(world), 'sys')).get('/account');
    const guess = () =>
      page.send('/account/password', { current_password: 'not-the-password', new_password: fresh, repeat_password: fresh });
    for (let i = 0; i < 3; i++) await guess();
    expect((await guess()).text).toContain('请 2 秒后再试');
  });
});

describe('posts', () => {
  test('a person acts in one of his posts at a time, and moves only into his own', async ({ db, world }) => {
    const { people, units } = await makeCast(db);
    const [held] = await db('posts')
      .insert({
        person_id: people.dispatch.person_id,
        post: 'town_clerk',
        unit_id: units.quanshan.id,
        on_duty: true,
        valid_from: '2020-01-01',
        valid_to: null,
      })
      .returning('id');
    const browser = await signIn(createApp(world), 'dispatch');
    const before = await browser.get('/account');
    expect(before.text).toContain('任务分派岗');
    expect((await browser.post('/session/post', { post_id: String(people.sys.post_id) })).status).toBe(404);
    const page = await before.send('/session/post');
    expect((await browser.raw('/')).headers['location']).toBe('/desks/handling');
    expect(page.status).toBeLessThan(500);
    const [session] = await db('sessions');
    expect(session!.sess.post_id).toBe(held!.id);
    await db('posts').where({ id: held!.id }).update({ valid_to: '2026-11-22' });
    expect((await browser.raw('/')).headers['location'], 'an ended post falls back to the first').toBe('/desks/dispatch');
  });
});
