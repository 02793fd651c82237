import { describe, expect } from 'vitest';
import { appointAdministrator } from '../../src/accounts/actions/appoint.ts';
import { endPost, grantPost, resetPassword, setDisabled, setDuty } from '../../src/accounts/actions.ts';
import { grantProblem } from '../../src/accounts/rules.ts';
import { createApp } from '../../src/app.ts';
import { administratorPosts } from '../../src/people/rules.ts';
import { listTrail } from '../../src/trail/store.ts';
import { browse, signIn } from '../support/browser.ts';
import { cast_password, makeCast, type PersonName } from '../support/cast.ts';
import { freshDb, test } from '../support/world.ts';

const fresh = '窗外的雨下了一整夜啊';

describe('the system administrator', () => {
  test('finds accounts by name, pinyin of the unit and username, and turns their pages', async ({ db, world }) => {
    await makeCast(db);
    const browser = await signIn(createApp(world), 'sys');
    const page = await browser.get('/accounts');
    expect(page.text).toContain('housing_clerk');
    const found = await page.send('/accounts', { q: '住房 leader' });
    expect([found.text.includes('housing_leader'), found.text.includes('housing_clerk')]).toEqual([true, false]);
    expect((await found.send('/accounts', { q: '', post: 'linked_member' })).text).toContain('park_member');
    expect((await found.send('/accounts', { q: 'nobody-at-all' })).text).toContain('没有符合条件的账号');
    expect((await browser.get('/accounts?state=bogus&after=x')).status).toBe(200);
  });

  test('opens an account whose password is shown once and must be replaced; a post makes it usable', async ({
    db,
    world,
    clock,
  }) => {
    const { people, units } = await makeCast(db);
    const app = createApp(world);
    const sys = await signIn(app, 'sys');
    const form = await sys.get('/accounts/new');
    const refused = await form.send('/accounts', { name: '', username: 'Sys', work_phone: '12' });
    expect(refused.status).toBe(422);
    expect(refused.form('/accounts').fields.get('username')?.given).toEqual(['Sys']);
    expect((await form.send('/accounts', { name: '王芳', username: 'sys' })).text).toContain('已被使用');
    const page = await form.send('/accounts', { name: '王芳', username: 'wang.fang', work_phone: '0535-8212345' });
    const password = /handed-out__word">([^<]+)</.exec(page.html)?.[1];
    expect(password).toMatch(/^([a-z2-9]{4}-){3}[a-z2-9]{4}$/);
    const again = await sys.get(page.path);
    expect(again.html).not.toContain(password);
    expect(JSON.stringify(await db('sessions'))).not.toContain(password);
    expect(JSON.stringify(await db('trail_inputs'))).not.toContain(password);

    const person_id = Number(page.path.split('/').at(-1));
    await expect(signIn(app, 'wang.fang', password)).rejects.toThrow('没有岗位');
    await grantPost(db, { author: people.sec, now: clock() }, person_id, {
      post: 'town_clerk',
      unit_id: units.quanshan.id,
      once: 'a',
    });
    const wang = await signIn(app, 'wang.fang', password);
    const must = await wang.get('/');
    expect(must.path).toBe('/account/password');
    await must.send('/account/password', { current_password: password!, new_password: fresh, repeat_password: fresh });
    expect((await wang.raw('/')).headers['location']).toBe('/desks/handling');
    expect((await listTrail(db, 'system', 0)).map((row) => row.act)).toEqual(['account.create', 'post.grant']);
  });

  test('resets a password, disables and enables: sessions end at once', async ({ db, world }) => {
    const { people } = await makeCast(db);
    const app = createApp(world);
    const [sys, clerk] = [await signIn(app, 'sys'), await signIn(app, 'housing_clerk')];
    const account = `/accounts/${people.housing_clerk.person_id}`;
    const reset = await (await sys.get(account)).send(`${account}/password`);
    const password = /handed-out__word">([^<]+)</.exec(reset.html)![1]!;
    expect((await clerk.raw('/account')).status).toBe(303);
    await expect(signIn(app, 'housing_clerk')).rejects.toThrow('422');
    const back = await signIn(app, 'housing_clerk', password);
    const disabled = await reset.send(`${account}/disable`);
    expect([
      disabled.text.includes('已停用'),
      disabled.offers(`${account}/enable`),
      disabled.offers(`${account}/disable`),
    ]).toEqual([true, true, false]);
    expect((await back.raw('/account/password')).status).toBe(303);
    const enabled = await disabled.send(`${account}/enable`);
    expect(enabled.offers(`${account}/disable`)).toBe(true);
    await signIn(app, 'housing_clerk', password);
  });

  test('changes name and phone; a form from before somebody else changed them comes back', async ({ db, world }) => {
    const { people } = await makeCast(db);
    const sys = await signIn(createApp(world), 'sys');
    const account = `/accounts/${people.housing_clerk.person_id}`;
    const [one, two] = [await sys.get(account), await sys.get(account)];
    expect((await one.send(account, { name: '新名字' })).text).toContain('已保存');
    const late = await two.send(account, { name: '另一个名字' });
    expect([late.status, late.text.includes('这个账号刚被别人改过')]).toEqual([409, true]);
    expect(late.form(account).fields.get('name')?.given).toEqual(['另一个名字']);
    expect((await late.send(account)).text).toContain('已保存');
    expect((await sys.get('/accounts?q=lygmz')).text).toContain('另一个名字');
  });

  test('sees posts but cannot change them, nor his own account, nor the password of another administrator', async ({
    db,
    world,
    clock,
  }) => {
    const { people, units } = await makeCast(db);
    const sys = await signIn(createApp(world), 'sys');
    const other = await sys.get(`/accounts/${people.housing_clerk.person_id}`);
    expect(other.text).toContain('部门经办');
    expect(other.forms.some((form) => form.action.includes('/posts'))).toBe(false);
    const own = await sys.get(`/accounts/${people.sys.person_id}`);
    expect(own.forms.map((form) => form.action)).not.toContain(`/accounts/${people.sys.person_id}/disable`);
    const sec = await sys.get(`/accounts/${people.sec.person_id}`);
    expect([
      sec.offers(`/accounts/${people.sec.person_id}/password`),
      sec.offers(`/accounts/${people.sec.person_id}/disable`),
    ]).toEqual([false, true]);
    for (const path of [
      `${people.housing_clerk.person_id}/posts`,
      `${people.housing_clerk.person_id}/posts/${people.housing_clerk.post_id}/end`,
    ])
      expect(
        (await sys.post(`/accounts/${path}`, { once: 'x', post: 'town_clerk', unit_id: String(units.quanshan.id) })).status,
      ).toBe(404);
    const doing = { author: people.sys, now: clock() };
    await expect(resetPassword(db, doing, people.sec.person_id, 'a')).rejects.toThrow('administrator_account');
    await expect(resetPassword(db, doing, people.sys.person_id, 'b')).rejects.toThrow('own_account');
    await expect(setDisabled(db, doing, people.sys.person_id, true)).rejects.toThrow('own_account');
  });
});

describe('the security administrator', () => {
  test('grants and ends a post; the open sessions of the person follow', async ({ db, world }) => {
    const { people, units } = await makeCast(db);
    const app = createApp(world);
    const [sec, clerk] = [await signIn(app, 'sec'), await signIn(app, 'housing_clerk')];
    const account = `/accounts/${people.housing_clerk.person_id}`;
    const page = await sec.get(account);
    expect([page.offers(`${account}/password`), page.offers(`${account}/disable`), page.offers(account)]).toEqual([
      false,
      false,
      false,
    ]);
    const unfit = await page.send(`${account}/posts`, {
      post: 'town_clerk',
      unit_id: units.huayuan.id,
      unit_id_text: '花园社区',
    });
    expect([unfit.status, unfit.text.includes('这个岗位不设在这类单位')]).toEqual([422, true]);
    const granted = await page.send(`${account}/posts`, {
      post: 'town_clerk',
      unit_id: units.quanshan.id,
      unit_id_text: '泉山街道',
    });
    expect(granted.text).toContain('泉山街道 · 镇街经办');
    expect((await clerk.raw('/account')).status).toBe(303);
    const again = await signIn(app, 'housing_clerk');
    expect((await again.get('/account')).offers('/session/post')).toBe(true);
    const ended = await granted.send(`${account}/posts/${people.housing_clerk.post_id}/end`);
    expect(ended.text).toContain('历任岗位');
    expect((await again.raw('/account')).status).toBe(303);
    expect((await (await signIn(app, 'housing_clerk')).get('/account')).offers('/session/post')).toBe(false);
    const [post] = await db('posts').where({ id: people.housing_clerk.post_id });
    expect(post!.valid_to).toBe('2026-11-22');
  });

  test('grants city posts without naming the city, and finds units as they are typed', async ({ db, world }) => {
    const { people } = await makeCast(db);
    const sec = await signIn(createApp(world), 'sec');
    const account = `/accounts/${people.housing_clerk.person_id}`;
    const page = await sec.get(account);
    expect((await page.send(`${account}/posts`, { post: 'dispatch_officer' })).text).toContain('招远市 · 任务分派岗');
    expect((await page.send(`${account}/posts`, { post: 'town_clerk' })).text).toContain('此项必填');
  });

  test('takes back a post on the day it was granted, and grants it once more', async ({ db, clock }) => {
    const { people, units } = await makeCast(db);
    const doing = { author: people.sec, now: clock() };
    const person_id = people.housing_clerk.person_id;
    const given = { post: 'town_clerk', unit_id: units.quanshan.id } as const;
    const held = () => db('posts').where({ person_id, post: 'town_clerk' });
    await grantPost(db, doing, person_id, { ...given, once: 'a' });
    await endPost(db, doing, person_id, (await held())[0]!.id);
    expect(await held()).toMatchObject([{ valid_from: '2026-11-23', valid_to: '2026-11-22' }]);
    await grantPost(db, doing, person_id, { ...given, once: 'b' });
    expect(await held()).toMatchObject([{ valid_to: null }]);
  });

  test('grants nothing to himself', async ({ db, world, clock }) => {
    const { people, units } = await makeCast(db);
    const sec = await signIn(createApp(world), 'sec');
    const own = await sec.get(`/accounts/${people.sec.person_id}`);
    expect(own.forms.filter((form) => form.action.startsWith('/accounts/'))).toEqual([]);
    expect((await sec.post(`/accounts/${people.sec.person_id}/posts`, { once: 'x', post: 'dispatch_officer' })).status).toBe(409);
    const doing = { author: people.sec, now: clock() };
    await expect(
      grantPost(db, doing, people.sec.person_id, { post: 'dispatch_officer', unit_id: units.city.id, once: 'a' }),
    ).rejects.toThrow('own_account');
    await expect(endPost(db, doing, people.sec.person_id, people.sec.post_id)).rejects.toThrow('own_account');
  });
});

describe('the three administrators are three people', () => {
  test('the action refuses a second of the three posts, and a first one before the own password', async ({ db, clock }) => {
    const { people, units } = await makeCast(db);
    const doing = { author: people.sec, now: clock() };
    const grant = (person_id: number, post: 'audit_admin' | 'sys_admin', once: string) =>
      grantPost(db, doing, person_id, { post, unit_id: units.city.id, once });
    await expect(grant(people.sys.person_id, 'audit_admin', 'a')).rejects.toMatchObject({
      code: 'wrong_fields',
      detail: { post: 'administrators_apart' },
    });
    await db('accounts').where({ person_id: people.hotline.person_id }).update({ must_change_password: true });
    await expect(grant(people.hotline.person_id, 'sys_admin', 'b')).rejects.toMatchObject({
      detail: { post: 'administrator_password_first' },
    });
  });

  test('so does the database', async ({ db }) => {
    const { people, units } = await makeCast(db);
    const row = {
      person_id: people.sys.person_id,
      post: 'audit_admin',
      unit_id: units.city.id,
      on_duty: true,
      valid_from: '2026-11-23',
      valid_to: null,
    } as const;
    await expect(db.transaction((trx) => trx('posts').insert(row))).rejects.toThrow('one_administrator_post_each');
  });

  test('of two grants at once one wins', async () => {
    const { db, clock } = await freshDb();
    const { people, units } = await makeCast(db);
    const grants = administratorPosts.map((post, i) =>
      grantPost(db, { author: people.sec, now: clock() }, people.hotline.person_id, {
        post,
        unit_id: units.city.id,
        once: `k${i}`,
      }),
    );
    const settled = await Promise.allSettled(grants);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await db('posts').where({ person_id: people.hotline.person_id })).toHaveLength(2);
  });

  test('the unit must fit the post', () => {
    expect(grantProblem('town_clerk', { id: 1, kind: 'community' }, [], { must_change_password: false })).toEqual({
      unit_id: 'unit_does_not_fit',
    });
    expect(
      grantProblem('town_clerk', { id: 1, kind: 'town' }, [{ post: 'town_clerk', unit_id: 1 }], { must_change_password: false }),
    ).toEqual({ post: 'post_held' });
    expect(
      grantProblem('town_clerk', { id: 1, kind: 'town' }, [{ post: 'town_clerk', unit_id: 2 }], { must_change_password: true }),
    ).toBeNull();
  });
});

describe('a form sent twice', () => {
  test('opens one account and shows its password', async () => {
    const { db, world } = await freshDb();
    await makeCast(db);
    const sys = await signIn(createApp(world), 'sys');
    const once = String((await sys.get('/accounts/new')).form('/accounts').fields.get('once')?.given[0]);
    const body = { once, person_id: '', name: '王芳', username: 'wang.fang', work_phone: '' };
    const answers = await Promise.all([sys.post('/accounts', body), sys.post('/accounts', body)]);
    const places = answers.map((answer) => answer.headers['location']);
    expect(places[0]).toMatch(/^\/accounts\/\d+$/);
    expect(places[1]).toBe(places[0]);
    expect((await sys.get(places[0]!)).text).toContain('一次性密码');
    expect((await listTrail(db, 'system', 0)).map((row) => row.act)).toEqual(['account.create']);
  });

  test('resets, grants, ends and disables once', async () => {
    const { db, world } = await freshDb();
    const { people } = await makeCast(db);
    const app = createApp(world);
    const [sys, sec] = [await signIn(app, 'sys'), await signIn(app, 'sec')];
    const account = `/accounts/${people.housing_clerk.person_id}`;
    const twice = async (browser: typeof sys, path: string, body: Record<string, string> = {}) =>
      (await Promise.all([browser.post(path, body), browser.post(path, body)])).map((answer) => answer.status);
    expect(await twice(sys, `${account}/password`, { once: 'one' })).toEqual([303, 303]);
    expect(await twice(sys, `${account}/disable`)).toEqual([303, 303]);
    expect(
      await twice(sec, `${account}/posts`, { once: 'two', post: 'dispatch_officer', unit_id: '', unit_id_text: '' }),
    ).toEqual([303, 303]);
    expect(await twice(sec, `${account}/posts/${people.housing_clerk.post_id}/end`)).toEqual([303, 303]);
    expect((await listTrail(db, 'system', 0)).map((row) => row.act)).toEqual([
      'account.reset_password',
      'account.disable',
      'post.grant',
      'post.end',
    ]);
  });
});

describe('who reaches what', () => {
  const doors = ['/accounts', '/accounts/new', '/duty', '/audit', '/audit/sign-ins'] as const;
  const expected: Partial<Record<PersonName, readonly number[]>> = {
    sys: [200, 200, 200, 404, 404],
    sec: [200, 404, 404, 404, 404],
    audit: [404, 404, 404, 200, 200],
    dispatch: [404, 404, 404, 404, 404],
    leader: [404, 404, 404, 404, 404],
    quanshan_leader: [404, 404, 200, 404, 404],
    huayuan_clerk: [404, 404, 200, 404, 404],
    member1: [404, 404, 404, 404, 404],
  };
  test('accounts, duty and audit open to their posts and are unknown to all others', async ({ db, world }) => {
    await makeCast(db);
    const app = createApp(world);
    for (const [name, statuses] of Object.entries(expected)) {
      const browser = await signIn(app, name, cast_password);
      const found: number[] = [];
      for (const door of doors) found.push((await browser.raw(door)).status);
      expect([name, found]).toEqual([name, statuses]);
    }
    expect((await browse(app).raw('/accounts')).status).toBe(303);
    expect((await (await signIn(app, 'sys')).raw('/accounts/999999')).status).toBe(404);
  });
});

describe('duty', () => {
  test('is set for the own unit and below, is told, and warns when nobody is left', async ({ db, world, clock }) => {
    const { people } = await makeCast(db);
    const clerk = await signIn(createApp(world), 'huayuan_clerk');
    const page = await clerk.get('/duty');
    expect([page.text.includes('member1'), page.text.includes('member3'), page.text.includes('quanshan_clerk')]).toEqual([
      true,
      false,
      false,
    ]);
    const off = await page.send(`/duty/${people.member2.post_id}`);
    expect(off.text).toContain('没有人当班，新工单将落到上一级');
    expect((await off.send(`/duty/${people.member1.post_id}`)).text).toContain('member1 已设为未当班。');
    expect((await db('posts').where({ id: people.member2.post_id }).first())?.on_duty).toBe(false);
    expect((await (await clerk.get('/duty?off=1')).send(`/duty/${people.member2.post_id}`)).path).toBe('/duty?off=1');
    expect((await clerk.post(`/duty/${people.member3.post_id}`, { on_duty: '0' })).status).toBe(404);
    await expect(
      setDuty(db, { author: people.huayuan_clerk, now: clock() }, people.quanshan_clerk.post_id, false),
    ).rejects.toThrow('not_found');
    expect((await listTrail(db, 'system', 0)).map((row) => row.act)).toEqual(['post.duty', 'post.duty', 'post.duty']);
  });
});

describe('operations at the server', () => {
  test('appoint the first administrators of an empty database, who then open accounts in the browser', async ({ db, world }) => {
    const app = createApp(world);
    const password = await appointAdministrator(world, { username: 'first.sys', post: 'sys_admin', name: '王芳' });
    const sys = await signIn(app, 'first.sys', password);
    const must = await sys.get('/');
    const home = await must.send('/account/password', {
      current_password: password,
      new_password: fresh,
      repeat_password: fresh,
    });
    expect([home.path, home.status]).toEqual(['/accounts', 200]);
    expect((await listTrail(db, 'system', 0)).map((row) => [row.act, row.post])).toEqual([['account.appoint', 'system']]);
  });

  test('give a lost password anew, but no second of the three posts', async ({ db, world }) => {
    await makeCast(db);
    const app = createApp(world);
    const before = await signIn(app, 'sec');
    const password = await appointAdministrator(world, { username: 'sec', post: 'sec_admin', name: 'sec' });
    expect((await before.raw('/account')).status).toBe(303);
    expect((await (await signIn(app, 'sec', password)).get('/')).path).toBe('/account/password');
    await expect(appointAdministrator(world, { username: 'sec', post: 'audit_admin', name: 'sec' })).rejects.toThrow(
      'nobody holds two',
    );
    await expect(appointAdministrator(world, { username: 'sec', post: 'dispatch_officer', name: 'sec' })).rejects.toThrow(
      'npm run administrator',
    );
  });
});
