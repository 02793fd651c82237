import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { createApp } from '../../src/app.ts';
import { type Change, type Changes, type Hear, listenForChanges } from '../../src/core/changes.ts';
import type { Db } from '../../src/core/db.ts';
import { makeLog } from '../../src/core/log.ts';
import { makeHub, type Said } from '../../src/web/live.ts';
import { signIn } from '../support/browser.ts';
import { makeStage } from '../support/make.ts';
import { freshDb } from '../support/world.ts';

async function until(holds: () => boolean): Promise<void> {
  for (let waited = 0; waited < 10_000 && !holds(); waited += 20) await sleep(20);
  expect(holds()).toBe(true);
}

/** News that the test tells. */
function changesByHand(): { changes: Changes; tell: Hear } {
  const listeners = new Set<Hear>();
  return {
    changes: {
      listen(hear) {
        listeners.add(hear);
        return () => listeners.delete(hear);
      },
      stop: async () => {},
    },
    tell: (change) => {
      for (const hear of listeners) hear(change);
    },
  };
}

/** Waits until somebody listens on this database, and gives the connections that do. */
async function listening(db: Db): Promise<number[]> {
  for (let waited = 0; ; waited += 50) {
    const { rows } = await db.raw<{ rows: { pid: number }[] }>(
      `select pid from pg_stat_activity where application_name = 'zhaojiban changes' and datname = current_database() and query like 'listen%'`,
    );
    if (rows.length > 0 || waited > 10_000) return rows.map(({ pid }) => pid);
    await sleep(50);
  }
}

test('an act tells whom it concerns when it is committed, by ids alone', async () => {
  const { db, world, url } = await freshDb();
  const stage = await makeStage(world);
  const changes = listenForChanges(url, makeLog('silent'));
  onTestFinished(() => changes.stop());
  const heard: Change[] = [];
  changes.listen((change) => change !== 'anything' && heard.push(change));
  await listening(db);
  const number = await stage.register('member1', { channel: 'app_snapshot' });
  const { id } = await stage.appeal(number);
  const { grid1, huayuan, quanshan, city } = stage.units;
  await until(() => heard.some(({ appeal, units }) => appeal === id && units?.includes(grid1.id) === true));
  const concerned = new Set(heard.filter(({ appeal }) => appeal === id).flatMap(({ units }) => units ?? []));
  expect(concerned).toEqual(new Set([grid1.id, huayuan.id, quanshan.id, city.id]));
  expect(heard.filter(({ person }) => person !== undefined).length).toBeGreaterThan(0);
  expect(JSON.stringify(heard)).toMatch(/^[[\]{}",:\w]*$/);
});

test('a listener whose connection was cut comes back, and knows that it missed something', async () => {
  const { db, url } = await freshDb();
  const changes = listenForChanges(url, makeLog('silent'));
  onTestFinished(() => changes.stop());
  const heard: (Change | 'anything')[] = [];
  changes.listen((change) => heard.push(change));
  for (const pid of await listening(db)) await db.raw('select pg_terminate_backend(?)', [pid]);
  await until(() => heard.includes('anything'));
  await db.raw(`select pg_notify('changes', '{"appeal":7}')`);
  await until(() => heard.some((change) => change !== 'anything' && change.appeal === 7));
});

test('what several pages show alike is rendered once for all, and a burst of changes once more', async () => {
  const { changes, tell } = changesByHand();
  const hub = makeHub(changes, (error) => expect(error).toBeUndefined());
  onTestFinished(() => hub.stop());
  let renders = 0;
  const topic = () => ({
    key: 'desk',
    concerns: (change: Change) => change.units?.includes(1) ?? false,
    render: async (): Promise<Said> => ({ event: 'stream', data: ++renders }),
  });
  const got: string[] = [];
  const ends = Array.from({ length: 3 }, (_, page) => hub.watch(topic(), (_event, json) => got.push(`${page}:${json}`)));
  tell({ units: [2] });
  tell({ units: [1] });
  await until(() => got.length === 3);
  expect(got).toEqual(['0:1', '1:1', '2:1']);
  for (let i = 0; i < 20; i++) tell({ units: [1] });
  await until(() => got.length === 6);
  expect(renders).toBe(2);
  ends[0]!();
  ends[1]!();
  tell('anything');
  await until(() => got.length === 7);
  expect(got.at(-1)).toBe('2:3');
});

test('the counts of a desk are held until something of its unit changes, and never beyond an act of its own', async () => {
  const { world } = await freshDb();
  const { changes, tell } = changesByHand();
  const stage = await makeStage(world);
  const reviewer = await signIn(createApp({ ...world, changes }), 'review');
  const waiting = async () => {
    const page = await reviewer.get('/desks/review?tab=awaiting_details');
    return /待复核 (\d+)/.exec(page.text)?.[1];
  };
  const numbers = [await stage.register('hotline'), await stage.register('hotline')];
  expect(await waiting()).toBe('2');
  numbers.push(await stage.register('hotline'));
  tell({ units: [stage.units.huayuan.id] });
  expect(await waiting()).toBe('2');
  tell({ units: [stage.units.city.id] });
  expect(await waiting()).toBe('3');
  const { kind, category_code, priority } = await stage.appeal(numbers[0]!);
  const open = await reviewer.get(`/appeals/${numbers[0]}`);
  await open.send(`/appeals/${numbers[0]}/accept`, { kind, category_code, priority });
  expect(await waiting()).toBe('2');
});
