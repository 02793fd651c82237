import { expect, test } from 'vitest';
import type { Registration } from '../../src/appeals/actions/register.ts';
import { Refusal } from '../../src/core/errors.ts';
import { nightly } from '../../src/orders/actions/nightly.ts';
import { performOnAppeal, performOnOrder, register } from '../../src/orders/actions/perform.ts';
import { makeStage, type Stage } from '../support/make.ts';
import { race, unbroken } from '../support/races.ts';
import { freshDb } from '../support/world.ts';

const good = { level: 'satisfied', contacted: true, solved: true } as const;
const bad = { level: 'dissatisfied', contacted: true, solved: false } as const;

async function prepared(): Promise<
  Stage & { readonly two: <T>(a: () => Promise<T>, b: () => Promise<T>) => Promise<boolean[]> }
> {
  const { world } = await freshDb({ max: 12, statement_timeout: 30_000 });
  const stage = await makeStage(world);
  // Either may come first.
  let turn = 0;
  return Object.assign(stage, {
    two: async <T>(a: () => Promise<T>, b: () => Promise<T>) => (turn++ % 2 === 0 ? race(a, b) : (await race(b, a)).reverse()),
  });
}

const dispatchedToTwo = async (stage: Stage) => {
  const number = await stage.register('hotline');
  await stage.act('review', number, 'accept', { kind: 'help', category_code: '0304', priority: 'general' });
  await stage.act('dispatch', number, 'dispatch', {
    lead_unit_id: stage.units.housing.id,
    co_unit_ids: [stage.units.works.id],
    instruction: '办',
  });
  const [lead, co] = await stage.orders(number);
  return { number, lead: lead!.id, co: co!.id };
};

test('two last approvals at once finish the appeal exactly once', async () => {
  const stage = await prepared();
  for (let n = 0; n < 2; n++) {
    const { number, lead, co } = await dispatchedToTwo(stage);
    for (const [who, id] of [
      ['housing_clerk', lead],
      ['works_clerk', co],
    ] as const) {
      await stage.order(who, number, 'acknowledge', {}, id);
      await stage.order(who, number, 'submit', { result: '已办', outcome: 'solved' }, id);
    }
    expect(
      await stage.two(
        () => stage.order('housing_leader', number, 'approve', {}, lead),
        () => stage.order('works_leader', number, 'approve', {}, co),
      ),
    ).toEqual([true, true]);
    expect(await stage.appeal(number)).toMatchObject({ status: 'pending_callback' });
    expect((await stage.acts(number)).filter((act) => act === 'finish')).toHaveLength(1);
    await unbroken(stage, number);
  }
}, 60_000);

test('a last approval and the recall of the other order finish it exactly once', async () => {
  const stage = await prepared();
  for (let n = 0; n < 2; n++) {
    const { number, lead, co } = await dispatchedToTwo(stage);
    await stage.order('housing_clerk', number, 'acknowledge', {}, lead);
    await stage.order('housing_clerk', number, 'submit', { result: '已办', outcome: 'solved' }, lead);
    expect(
      await stage.two(
        () => stage.order('housing_leader', number, 'approve', {}, lead),
        () => stage.order('dispatch', number, 'recall', { reason: '不必' }, co),
      ),
    ).toEqual([true, true]);
    expect((await stage.acts(number)).filter((act) => act === 'finish')).toHaveLength(1);
    await unbroken(stage, number);
  }
}, 60_000);

test('of two that exclude each other one has its way, whichever comes first', async () => {
  const stage = await prepared();
  const acknowledged = async () => {
    const number = await stage.dispatched();
    await stage.order('housing_clerk', number, 'acknowledge', {});
    return number;
  };
  const submitted = async () => {
    const number = await acknowledged();
    await stage.order('housing_clerk', number, 'submit', { result: '已办', outcome: 'solved' });
    return number;
  };
  const returning = async () => {
    const number = await stage.dispatched();
    await stage.order('housing_clerk', number, 'request_return', { reason: '不是', category_code: '0208' });
    return number;
  };
  const pairs: readonly (readonly [
    string,
    () => Promise<string>,
    (number: string) => Promise<void>,
    (number: string) => Promise<void>,
  ])[] = [
    [
      'close and rework',
      () => stage.finished(),
      (n) => stage.act('callback', n, 'close', good),
      (n) => stage.act('callback', n, 'rework', { reason: '不行' }),
    ],
    [
      'close and the appellant’s own dissatisfaction',
      () => stage.finished(),
      (n) => stage.act('callback', n, 'close', good),
      (n) => stage.appellant(n, 'rate', bad),
    ],
    [
      'answer and accept',
      () => stage.register('hotline'),
      (n) => stage.act('hotline', n, 'answer', { answer: '好' }),
      (n) => stage.act('review', n, 'accept', { kind: 'help', category_code: '0304', priority: 'general' }),
    ],
    [
      'approve and send back',
      submitted,
      (n) => stage.order('housing_leader', n, 'approve', {}),
      (n) => stage.order('housing_leader', n, 'send_back', { reason: '不全' }),
    ],
    [
      'uphold and reject a return',
      returning,
      (n) => stage.order('dispatch', n, 'uphold_return', { ruling: '可' }),
      (n) => stage.order('dispatch2', n, 'reject_return', { ruling: '不可' }),
    ],
    [
      'recall and acknowledge',
      () => stage.dispatched(),
      (n) => stage.order('dispatch', n, 'recall', { reason: '误' }),
      (n) => stage.order('housing_clerk', n, 'acknowledge', {}),
    ],
    [
      'withdraw and approve',
      submitted,
      (n) => stage.appellant(n, 'withdraw', { reason: '好了' }),
      (n) => stage.order('housing_leader', n, 'approve', {}),
    ],
    [
      'reassign and submit',
      acknowledged,
      (n) => stage.order('dispatch', n, 'reassign', { unit_id: stage.units.works.id, reason: '换' }),
      async (n) =>
        stage.order('housing_clerk', n, 'submit', { result: '已办', outcome: 'solved' }, (await stage.orders(n))[0]!.id),
    ],
  ];
  for (const [name, ready, one, other] of pairs) {
    for (let n = 0; n < 2; n++) {
      const number = await ready();
      const won = await stage.two(
        () => one(number),
        () => other(number),
      );
      expect([name, won.filter(Boolean).length]).toEqual([name, 1]);
      await unbroken(stage, number);
    }
  }
}, 60_000);

test('A merged into B while B is merged into A: at most one of them rests on the other', async () => {
  const stage = await prepared();
  for (let n = 0; n < 2; n++) {
    const [a, b] = [await stage.dispatched(), await stage.dispatched()];
    const won = await stage.two(
      () => stage.act('dispatch', a, 'merge', { target: b }),
      () => stage.act('dispatch2', b, 'merge', { target: a }),
    );
    expect(won.filter(Boolean)).toHaveLength(1);
    const statuses = [(await stage.appeal(a)).status, (await stage.appeal(b)).status].sort();
    expect(statuses).toEqual(['in_handling', 'merged']);
    await unbroken(stage, a, b);
  }
}, 60_000);

test('two followers who are dissatisfied at once bring one further round', async () => {
  const stage = await prepared();
  const target = await stage.finished();
  const followers = [await stage.register('hotline'), await stage.register('hotline2')];
  for (const number of followers) await stage.act('review', number, 'merge', { target });
  const won = await stage.two(
    () => stage.act('callback', followers[0]!, 'rate', bad),
    () => stage.appellant(followers[1]!, 'rate', bad),
  );
  expect(won.filter(Boolean)).toHaveLength(1);
  expect(await stage.appeal(target)).toMatchObject({ status: 'in_handling', round: 2, dissatisfied_rounds: 1 });
  for (const number of followers) expect(await stage.appeal(number)).toMatchObject({ status: 'merged', round: 2, level: null });
  await unbroken(stage, target, ...followers);
}, 60_000);

test('a follower’s dissatisfaction against the close of its target: closed with a closed target, or reworked with a reworked one', async () => {
  const stage = await prepared();
  for (let n = 0; n < 2; n++) {
    const target = await stage.finished();
    const follower = await stage.register('hotline');
    await stage.act('review', follower, 'merge', { target });
    const won = await stage.two(
      () => stage.act('callback', target, 'close', good),
      () => stage.appellant(follower, 'rate', bad),
    );
    expect(won.filter(Boolean)).toHaveLength(1);
    const [of_target, of_follower] = [(await stage.appeal(target)).status, (await stage.appeal(follower)).status];
    expect([of_target, of_follower]).toEqual(won[0] ? ['closed', 'closed'] : ['in_handling', 'merged']);
    await unbroken(stage, target, follower);
  }
}, 60_000);

test('two merges at once into one target both hold, and its chain is whole', async () => {
  const stage = await prepared();
  const target = await stage.dispatched();
  const followers = await Promise.all(
    ['hotline', 'hotline', 'hotline2', 'hotline2'].map((who) => stage.register(who as 'hotline')),
  );
  expect((await race(...followers.map((number) => () => stage.act('review', number, 'merge', { target })))).every(Boolean)).toBe(
    true,
  );
  expect((await stage.acts(target)).filter((act) => act === 'merged_here')).toHaveLength(4);
  await unbroken(stage, target, ...followers);
}, 60_000);

const call = (stage: Stage, content: string): Registration => ({
  channel: 'hotline',
  kind: 'help',
  priority: 'general',
  category_code: null,
  content,
  place_unit_id: stage.units.grid1.id,
  phone: '10000000001',
});

test('twenty registrations at once, some of them refused: the numbers of the day without gap or double', async () => {
  const stage = await prepared();
  const { world } = stage;
  const ends = await Promise.allSettled(
    Array.from({ length: 20 }, (_, turn) =>
      turn % 5 === 4
        ? stage.register('housing_leader')
        : register(world, stage.doing(turn % 2 === 0 ? 'hotline' : 'hotline2'), call(stage, `第${turn}个电话`)),
    ),
  );
  const refused = ends.filter((end) => end.status === 'rejected' && end.reason instanceof Refusal && end.reason.status === 403);
  expect(refused).toHaveLength(4);
  const numbers = await world.db('appeals').orderBy('number').pluck('number');
  expect(numbers).toEqual(Array.from({ length: 16 }, (_, index) => `20261123-${String(index + 1).padStart(4, '0')}`));
  await unbroken(stage, ...numbers);
}, 60_000);

test('one form sent eight times at once is one appeal, and everybody gets its number', async () => {
  const stage = await prepared();
  const numbers = await Promise.all(
    Array.from({ length: 8 }, (_, turn) =>
      register(stage.world, { ...stage.doing('hotline'), once: 'the one form' }, call(stage, `第${turn}次`)),
    ),
  );
  expect(new Set(numbers)).toEqual(new Set(['20261123-0001']));
  expect(await stage.world.db('appeals').pluck('number')).toEqual(['20261123-0001']);
  expect(await stage.told('20261123-0001')).toEqual(['registered']);
}, 60_000);

test('two forms with keys of their own: one acts, the other is told; the same key again is no second answer', async () => {
  const stage = await prepared();
  const number = await stage.dispatched();
  const [order] = await stage.orders(number);
  const acknowledge = (once: string) => () =>
    performOnOrder(stage.world.db, { ...stage.doing('housing_clerk'), once }, number, order!.id, 'acknowledge', {});
  expect((await race(acknowledge('a'), acknowledge('b'))).filter(Boolean)).toHaveLength(1);
  expect(await race(acknowledge('c'))).toEqual([false]);
  const withdraw = (once: string) => () =>
    performOnAppeal(stage.world.db, { ...stage.doing('hotline'), once }, number, 'withdraw', { reason: '好了' });
  expect(await race(withdraw('d'), withdraw('d'), withdraw('d'))).toEqual([true, true, true]);
  expect((await stage.acts(number)).filter((act) => act === 'withdraw' || act === 'acknowledge')).toHaveLength(2);
  await unbroken(stage, number);
}, 60_000);

test('the jobs in three processes at once do each appeal once', async () => {
  const { world, clock, anotherDb } = await freshDb({ statement_timeout: 30_000 });
  const stage = await makeStage(world);
  const numbers: string[] = [];
  for (let n = 0; n < 4; n++) {
    const number = await stage.register('hotline');
    await stage.act('hotline', number, 'withdraw', { reason: '好了' });
    numbers.push(number);
  }
  clock.set('2026-12-24T10:00:00+08:00');
  const done = await Promise.all([world.db, anotherDb(), anotherDb()].map((db) => nightly.archive(db, clock())));
  expect(done.reduce((sum, one) => sum + one, 0)).toBe(4);
  for (const number of numbers) expect(await stage.acts(number)).toEqual(['register', 'withdraw', 'archive']);
  await unbroken(stage, ...numbers);
}, 60_000);
