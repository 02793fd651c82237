import { expect, test } from 'vitest';
import { type AppealAct, actNames as appealActs, actRule as appealRule } from '../../src/appeals/rules.ts';
import { performOnAppeal, performOnOrder } from '../../src/orders/actions/perform.ts';
import { type OrderAct, actNames as orderActs, actRule as orderRule } from '../../src/orders/rules.ts';
import type { PersonName } from '../support/cast.ts';
import { makeStage, type Stage } from '../support/make.ts';
import { race, unbroken } from '../support/races.ts';
import { freshDb } from '../support/world.ts';

const good = { level: 'satisfied', contacted: true, solved: true } as const;
const bad = { level: 'dissatisfied', contacted: true, solved: false } as const;
const accepted = { kind: 'help', category_code: '0304', priority: 'general' } as const;
const asked = { reason: '不是', category_code: '0208' } as const;

interface Race {
  /** Brings an appeal to where the act is possible; the number, and the order it is about. */
  readonly ready: (stage: Stage) => Promise<string>;
  /** Who press the button at the same time, in turn. */
  readonly who: readonly PersonName[];
  readonly input: (stage: Stage) => object | Promise<object>;
}

const called = (stage: Stage) => stage.register('hotline');
const acknowledged = async (stage: Stage) => {
  const number = await stage.dispatched();
  await stage.order('housing_clerk', number, 'acknowledge', {});
  return number;
};
const askedFor = (of: 'extension' | 'suspension') => async (stage: Stage) => {
  const number = await acknowledged(stage);
  const day = '2026-12-04';
  if (of === 'extension') await stage.order('housing_clerk', number, 'request_extension', { extend_to: day, reason: '等' });
  else await stage.order('housing_clerk', number, 'request_suspension', { review_on: day, reason: '等' });
  return number;
};
const suspended = async (stage: Stage) => {
  const number = await askedFor('suspension')(stage);
  await stage.order('supervision', number, 'grant_suspension', { ruling: '同意' });
  return number;
};
const submitted = async (stage: Stage) => {
  const number = await acknowledged(stage);
  await stage.order('housing_clerk', number, 'submit', { result: '已修', outcome: 'solved' });
  return number;
};
const after =
  <T>(before: (stage: Stage) => Promise<string>, then: (stage: Stage, number: string) => Promise<T>) =>
  async (stage: Stage) => {
    const number = await before(stage);
    await then(stage, number);
    return number;
  };
const merged = (target: (stage: Stage) => Promise<string>) =>
  after(called, async (stage, number) => stage.act('review', number, 'merge', { target: await target(stage) }));
const answered = after(called, (stage, number) => stage.act('review', number, 'answer', { answer: '好' }));
const finished = (stage: Stage) => stage.finished();
const dissatisfied_twice = after(finished, async (stage, number) => {
  await stage.act('callback', number, 'rework', { reason: '不行' });
  await stage.order('housing_clerk', number, 'submit', { result: '再修', outcome: 'solved' });
  await stage.order('housing_leader', number, 'approve', {});
  await stage.act('callback', number, 'close', bad);
});
const termination = after(acknowledged, (stage, number) =>
  stage.order('housing_clerk', number, 'request_termination', { decline_reason: 'unlawful', request: '请' }),
);

/** Every act that changes something once. */
const onAppeal: { readonly [A in AppealAct]?: Race } = {
  answer: { ready: called, who: ['hotline', 'review'], input: () => ({ answer: '好' }) },
  transfer: {
    ready: called,
    who: ['hotline', 'hotline2'],
    input: ({ world }) => ({ line: '119', transferred_at: world.clock() }),
  },
  request_details: { ready: called, who: ['review'], input: () => ({ question: '?' }) },
  supply_details: {
    ready: after(called, (stage, number) => stage.act('review', number, 'request_details', { question: '?' })),
    who: ['hotline', 'hotline2'],
    input: () => ({ supplement: '三单元' }),
  },
  decline: { ready: called, who: ['review'], input: () => ({ decline_reason: 'unlawful', other_way: '无' }) },
  accept: { ready: called, who: ['review'], input: () => accepted },
  merge: { ready: called, who: ['review', 'dispatch'], input: async (stage) => ({ target: await called(stage) }) },
  unmerge: { ready: merged(called), who: ['review'], input: () => ({ reason: '不同' }) },
  dispatch: {
    ready: after(called, (stage, number) => stage.act('review', number, 'accept', accepted)),
    who: ['dispatch', 'dispatch2'],
    input: ({ units }) => ({ lead_unit_id: units.housing.id, co_unit_ids: [units.works.id], instruction: '办' }),
  },
  rework: { ready: finished, who: ['callback'], input: () => ({ reason: '不行' }) },
  rework_answer: { ready: answered, who: ['callback'], input: () => ({ reason: '不行' }) },
  close: { ready: finished, who: ['callback'], input: () => good },
  countersign: { ready: dissatisfied_twice, who: ['supervision', 'supervision2'], input: () => ({ remark: '签' }) },
  propose_termination: {
    ready: termination,
    who: ['supervision', 'supervision2'],
    input: () => ({ decline_reason: 'unlawful', remark: '属实' }),
  },
  terminate: {
    ready: after(termination, (stage, number) =>
      stage.act('supervision', number, 'propose_termination', { decline_reason: 'unlawful', remark: '属实' }),
    ),
    who: ['supervision2', 'review'],
    input: () => ({ other_way: '起诉' }),
  },
  withdraw: { ready: acknowledged, who: ['hotline', 'hotline2'], input: () => ({ reason: '好了' }) },
  reopen: {
    ready: after(finished, (stage, number) => stage.act('callback', number, 'close', good)),
    who: ['callback'],
    input: () => ({ new_fact: '又漏' }),
  },
  rate: { ready: merged(finished), who: ['callback'], input: () => bad },
};
const onOrder: { readonly [A in OrderAct]?: Race } = {
  acknowledge: { ready: (stage) => stage.dispatched(), who: ['housing_clerk', 'housing_leader'], input: () => ({}) },
  forward: {
    ready: async (stage) => {
      const number = await called(stage);
      await stage.act('review', number, 'accept', accepted);
      await stage.act('dispatch', number, 'dispatch', { lead_unit_id: stage.units.quanshan.id, instruction: '办' });
      await stage.order('quanshan_clerk', number, 'acknowledge', {});
      return number;
    },
    who: ['quanshan_clerk', 'quanshan_leader'],
    input: ({ units }) => ({ unit_id: units.huayuan.id, instruction: '看', due_on: '2026-11-27' }),
  },
  escalate: {
    ready: (stage) => stage.register('member1', { channel: 'app_snapshot' }),
    who: ['member1', 'member1b'],
    input: () => ({ tried: '劝', needed: '执法' }),
  },
  request_return: { ready: (stage) => stage.dispatched(), who: ['housing_clerk', 'housing_leader'], input: () => asked },
  uphold_return: {
    ready: after(
      (stage) => stage.dispatched(),
      (stage, number) => stage.order('housing_clerk', number, 'request_return', asked),
    ),
    who: ['dispatch', 'dispatch2'],
    input: () => ({ ruling: '可' }),
  },
  reject_return: {
    ready: after(
      (stage) => stage.dispatched(),
      (stage, number) => stage.order('housing_clerk', number, 'request_return', asked),
    ),
    who: ['dispatch', 'dispatch2'],
    input: () => ({ ruling: '不可' }),
  },
  recall: { ready: (stage) => stage.dispatched(), who: ['dispatch', 'dispatch2'], input: () => ({ reason: '误' }) },
  reassign: {
    ready: acknowledged,
    who: ['dispatch', 'dispatch2'],
    input: ({ units }) => ({ unit_id: units.works.id, reason: '换' }),
  },
  request_extension: {
    ready: acknowledged,
    who: ['housing_clerk', 'housing_leader'],
    input: () => ({ extend_to: '2026-12-04', reason: '等材料' }),
  },
  grant_extension: { ready: askedFor('extension'), who: ['supervision', 'supervision2'], input: () => ({ ruling: '同意' }) },
  deny_extension: { ready: askedFor('extension'), who: ['supervision', 'supervision2'], input: () => ({ ruling: '不' }) },
  request_suspension: {
    ready: acknowledged,
    who: ['housing_clerk', 'housing_leader'],
    input: () => ({ review_on: '2026-12-04', reason: '等材料' }),
  },
  grant_suspension: { ready: askedFor('suspension'), who: ['supervision', 'supervision2'], input: () => ({ ruling: '同意' }) },
  deny_suspension: { ready: askedFor('suspension'), who: ['supervision', 'supervision2'], input: () => ({ ruling: '不' }) },
  resume: { ready: suspended, who: ['supervision', 'housing_clerk'], input: () => ({ reason: '到了' }) },
  request_termination: {
    ready: acknowledged,
    who: ['housing_clerk', 'housing_leader'],
    input: () => ({ decline_reason: 'unlawful', request: '请' }),
  },
  submit: { ready: acknowledged, who: ['housing_clerk', 'housing_leader'], input: () => ({ result: '已修', outcome: 'solved' }) },
  approve: { ready: submitted, who: ['housing_leader'], input: () => ({}) },
  supervise: {
    ready: after(acknowledged, (stage, number) => stage.order('supervision', number, 'urge', { remark: '请抓紧' })),
    who: ['supervision', 'supervision2'],
    input: () => ({ demand: '三日内书面回复' }),
  },
  send_back: { ready: submitted, who: ['housing_leader'], input: () => ({ reason: '不全' }) },
};

const at_once = 8;

/** Presses it so many times at once: it has one effect, with its row in the trail, and whoever lost was told so. */
async function press(stage: Stage, number: string, act: string, run: (turn: number) => Promise<unknown>): Promise<void> {
  const before = (await stage.acts(number)).filter((one) => one === act).length;
  const won = await race(...Array.from({ length: at_once }, (_, turn) => () => run(turn)));
  expect(`${act}: ${won.filter(Boolean).length} of ${at_once}`).toBe(`${act}: 1 of ${at_once}`);
  const rows = (await stage.acts(number)).filter((one) => one === act).length - before;
  expect(`${act}: ${rows} in the trail`).toBe(`${act}: ${act === 'rework' ? 2 : 1} in the trail`);
  await unbroken(stage, number);
}

test('the list of races leaves out no act but those that may be repeated', () => {
  const repeatable = ['attempt', 'correct', 'comment', 'contact', 'progress', 'reach_milestone', 'urge'];
  const once = [...appealActs.filter((act) => !appealRule(act).system), ...orderActs.filter((act) => !orderRule(act).system)];
  expect([...Object.keys(onAppeal), ...Object.keys(onOrder), ...repeatable].sort()).toEqual([...once].sort());
});

test('every act on an appeal, pressed eight times at once, has one effect; the others are told', async () => {
  const { world } = await freshDb({ max: at_once, statement_timeout: 30_000 });
  const stage = await makeStage(world);
  for (const [act, { ready, who, input }] of Object.entries(onAppeal)) {
    const number = await ready(stage);
    const given = await input(stage);
    await press(stage, number, act, (turn) =>
      performOnAppeal(world.db, stage.doing(who[turn % who.length]!), number, act as AppealAct, given as never),
    );
  }
}, 60_000);

test('every act on a work order, pressed eight times at once, has one effect; the others are told', async () => {
  const { world } = await freshDb({ max: at_once, statement_timeout: 30_000 });
  const stage = await makeStage(world);
  for (const [act, { ready, who, input }] of Object.entries(onOrder)) {
    const number = await ready(stage);
    const given = await input(stage);
    const order_id = (await stage.orders(number)).at(-1)!.id;
    await press(stage, number, act, (turn) =>
      performOnOrder(world.db, stage.doing(who[turn % who.length]!), number, order_id, act as OrderAct, given as never),
    );
  }
}, 60_000);

test('acts that may be repeated are each recorded, in one unbroken chain; with one key, once', async () => {
  const { world } = await freshDb({ max: at_once, statement_timeout: 30_000 });
  const stage = await makeStage(world);
  const number = await acknowledged(stage);
  const [order] = await stage.orders(number);
  const eight = <T>(run: (turn: number) => Promise<T>) => Promise.all(Array.from({ length: at_once }, (_, turn) => run(turn)));
  await eight((turn) => stage.act('dispatch', number, 'comment', { comment: `第${turn}条` }));
  await eight(() => stage.order('housing_clerk', number, 'contact', { how: 'phone', result_of_contact: '已联系' }));
  await eight(() =>
    performOnOrder(world.db, { ...stage.doing('housing_clerk'), once: 'one press' }, number, order!.id, 'progress', {
      progress: '报料',
    }),
  );
  // Two supervisors press twice at once, each on a form of his own that also arrives a second time: two urges.
  await eight((turn) => {
    const who = turn % 2 === 0 ? 'supervision' : 'supervision2';
    return performOnOrder(world.db, { ...stage.doing(who), once: `urge of ${who}` }, number, order!.id, 'urge', {
      remark: '请抓紧',
    });
  });
  const acts = await stage.acts(number);
  expect(['comment', 'contact', 'progress', 'urge'].map((act) => acts.filter((one) => one === act).length)).toEqual([
    at_once,
    at_once,
    1,
    2,
  ]);
  expect(await world.db('urges').where({ work_order_id: order!.id })).toHaveLength(2);
  expect((await stage.inbox('housing_leader', number)).filter((event) => event === 'urged')).toHaveLength(2);
  await unbroken(stage, number);
}, 60_000);
