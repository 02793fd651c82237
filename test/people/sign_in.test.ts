import { expect } from 'vitest';
import { createApp } from '../../src/app.ts';
import { signIn, browse } from '../support/browser.ts';
import { cast_password, makeCast } from '../support/cast.ts';
import { test } from '../support/world.ts';

test('whoever signs in stands at the desk of his post, and is asked nothing twice', async ({ db, world }) => {
  await makeCast(db);
  const app = createApp(world);
  const browser = await signIn(app, 'sys');
  expect((await browser.raw('/')).headers['location']).toBe('/accounts');
  const account = await browser.get('/account');
  expect(account.status).toBe(200);
  expect(account.text).toContain('sys');
  const out = await account.send('/sign-out');
  expect(out.path).toBe('/sign-in?left=1');
  expect((await browser.raw('/account')).headers['location']).toBe('/sign-in?next=%2Faccount');
  expect((await db('sign_ins').orderBy('id')).map((row) => row.outcome)).toEqual(['ok', 'signed_out']);
});
