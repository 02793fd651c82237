import { expect } from 'vitest';
import { endPost, grantPost, setDisabled } from '../../src/accounts/actions.ts';
import { createApp } from '../../src/app.ts';
import { browse, signIn } from '../support/browser.ts';
import { makeCast } from '../support/cast.ts';
import { makeStage } from '../support/make.ts';
import { test } from '../support/world.ts';

test('the audit administrator reads every change of the system, by person, act and day', async ({ db, world, clock }) => {
  const { people, units } = await makeCast(db);
  const person_id = people.housing_clerk.person_id;
  await grantPost(db, { author: people.sec, now: clock() }, person_id, {
    post: 'town_clerk',
    unit_id: units.quanshan.id,
    once: 'a',
  });
  clock.addMinutes(24 * 60);
  await setDisabled(db, { author: people.sys, now: clock() }, person_id, true);
  const audit = await signIn(createApp(world), 'audit');
  const page = await audit.get('/audit');
  expect(page.text).toContain('授予了岗位 housing_clerk');
  expect(page.text).toContain('镇街经办');
  const count = async (query: string) =>
    (await audit.get(`/audit?${query}`)).html.match(/<td class="code">\d+<\/td>/g)?.length ?? 0;
  expect([await count(''), await count('person=sec'), await count('person=nobody'), await count('act=account.disable')]).toEqual([
    2, 1, 0, 1,
  ]);
  expect([
    await count('from=2026-11-24'),
    await count('until=2026-11-23'),
    await count('from=2026-11-25'),
    await count('from=bogus'),
  ]).toEqual([1, 1, 0, 2]);
});

test('pages of the log follow each other and lead back', async ({ db, world, clock }) => {
  const { people } = await makeCast(db);
  for (let i = 0; i < 60; i++)
    await setDisabled(db, { author: people.sys, now: clock() }, people.housing_clerk.person_id, i % 2 === 0);
  const audit = await signIn(createApp(world), 'audit');
  const seqs = (html: string) => [...html.matchAll(/<td class="code">(\d+)<\/td>/g)].map(([, seq]) => Number(seq));
  const first = await audit.get('/audit');
  const second = await first.follow('下一页');
  const back = await second.follow('上一页');
  expect([seqs(first.html)[0], seqs(first.html).at(-1), seqs(second.html)[0], seqs(second.html).at(-1)]).toEqual([60, 11, 10, 1]);
  expect(seqs(back.html)).toEqual(seqs(first.html));
  expect(second.html).not.toContain('rel="next"');
  expect(back.html).not.toContain('rel="prev"');
});

test('a changed row of the system chain is found', async ({ db, world, clock }) => {
  const { people } = await makeCast(db);
  await endPost(db, { author: people.sec, now: clock() }, people.housing_clerk.person_id, people.housing_clerk.post_id);
  const audit = await signIn(createApp(world), 'audit');
  const page = await audit.get('/audit');
  expect((await page.send('/audit/verify')).text).toContain('系统变更链完整，共 1 行');
  await db('trail_inputs')
    .where({ subject_kind: 'system' })
    .update({ input: '{"thing":"person:1"}' as never });
  expect((await page.send('/audit/verify')).text).toContain('第 1 行校验失败：内容被改动');
});

test('every attempt to sign in is listed, with how it ended', async ({ db, world }) => {
  await makeCast(db);
  const app = createApp(world);
  await browse(app).post('/sign-in', { username: 'sys', password: 'not-the-password', next: '' });
  await browse(app).post('/sign-in', { username: 'who-is-this', password: 'not-the-password', next: '' });
  const audit = await signIn(app, 'audit');
  const page = await audit.get('/audit/sign-ins');
  expect(page.text).toContain('who-is-this 无此账号');
  expect((await audit.get('/audit/sign-ins?act=ok')).html.match(/<td class="code">/g)).toHaveLength(2);
  expect(page.text).not.toContain('可能有人在猜密码');
});

test('who revealed a caller and who exported what is listed without the caller', async ({ db, world, clock }) => {
  const stage = await makeStage(world);
  const number = await stage.dispatched();
  const { person_id, post, unit_id } = stage.people.housing_clerk;
  const appeal = await stage.appeal(number);
  await db('reveals').insert({
    appeal_id: appeal.id,
    person_id,
    post,
    unit_id,
    reason: '约定上门时间',
    revealed_at: clock(),
  } as never);
  await db('exports').insert({
    person_id,
    post,
    unit_id,
    format: 'csv',
    purpose: '周例会',
    query: 'status=closed',
    rows: 12,
    sha256: 'ab'.repeat(32),
    started_at: clock(),
    finished_at: clock(),
  } as never);
  const audit = await signIn(createApp(world), 'audit');
  const reveals = await audit.get('/audit/reveals?person=housing');
  expect(reveals.text).toContain(number);
  expect(reveals.text).toContain('约定上门时间');
  expect(reveals.text).not.toContain('10000000001');
  expect((await audit.get('/audit/exports')).text).toContain('周例会');
});
