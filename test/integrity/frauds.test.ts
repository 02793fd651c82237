import sharp from 'sharp';
import { describe, expect } from 'vitest';
import { createApp } from '../../src/app.ts';
import { assess } from '../../src/assessment/actions/assess.ts';
import { decideExclusion, requestExclusion } from '../../src/assessment/actions/requests.ts';
import { differenceHash } from '../../src/files/actions/take.ts';
import { flagEvaluation, judgeFinding, lookForGaming, purgeMarks, settleFinding } from '../../src/integrity/actions.ts';
import { alike, type FindingKind, mondayOf } from '../../src/integrity/rules.ts';
import { sendOutbox } from '../../src/messages/actions/send.ts';
import { performOnOrder } from '../../src/orders/actions/perform.ts';
import { evaluationLink } from '../../src/residents/actions/links.ts';
import { openStreet } from '../residents/street.ts';
import { signIn } from '../support/browser.ts';
import type { PersonName } from '../support/cast.ts';
import { makeStage, type Stage } from '../support/make.ts';
import { test } from '../support/world.ts';

const rated = { level: 'satisfied', contacted: true, solved: true } as const;
const network = '203.0.113.0/24';
const doing = (stage: Stage, who: PersonName) => ({ author: stage.people[who], now: stage.world.clock() });
/** What the job of the next Monday finds of a kind. */
async function found(stage: Stage, kind: FindingKind) {
  await lookForGaming(stage.world, new Date('2026-11-30T04:30:00+08:00'));
  return stage.world.db('integrity_findings').where({ kind }).orderBy('id');
}
const phoneOf = (stage: Stage, who: PersonName, work_phone: string) =>
  stage.world.db('people').where({ id: stage.people[who].person_id }).update({ work_phone });
async function rateOnline(stage: Stage, number: string): Promise<void> {
  const { id, round } = await stage.appeal(number);
  await stage.appellant(number, 'rate', rated);
  await flagEvaluation(stage.world, { appeal_id: id, round }, network, stage.world.clock());
}

describe('ratings for the resident', () => {
  test('from a number of ours: it counts, and is on the list; of one’s own unit’s case more so', async ({ world, db }) => {
    const stage = await makeStage(world);
    await phoneOf(stage, 'member2', '100-0000-0077');
    await phoneOf(stage, 'housing_clerk', '10000000088');
    const strange = await stage.finished({ phone: '10000000077' });
    const own = await stage.finished({ phone: '10000000088' });
    const honest = await stage.finished({ phone: '10000000099' });
    for (const number of [strange, own, honest]) await rateOnline(stage, number);
    expect(await db('evaluation_flags').where({ staff_phone: true }).count('* as n').first()).toMatchObject({ n: 2 });
    expect(await db('evaluation_flags').where({ own_case: true }).count('* as n').first()).toMatchObject({ n: 1 });
    expect((await stage.appeal(own)).level).toBe('satisfied');
    expect(await found(stage, 'staff_number')).toMatchObject([{ appeals: [strange], severity: 2 }]);
    expect(await found(stage, 'own_case')).toMatchObject([{ appeals: [own], severity: 3, unit_id: stage.units.housing.id }]);
  });

  test('from a network several of us signed in from; no number and no network lies there in clear, and the mark goes after its days', async ({
    world,
    db,
    clock,
  }) => {
    const stage = await makeStage(world);
    const [home, office] = [await stage.finished(), await stage.finished()];
    await rateOnline(stage, home);
    await db('sign_ins').insert(
      (['housing_clerk', 'housing_leader', 'member1'] as const).map(
        (username) =>
          ({ username, person_id: stage.people[username].person_id, network, outcome: 'ok', happened_at: clock() }) as never,
      ),
    );
    await rateOnline(stage, office);
    expect(await found(stage, 'workplace_network')).toMatchObject([{ appeals: [office] }]);
    const kept = JSON.stringify(await db('evaluation_flags'));
    expect(kept).not.toContain('203.0.113');
    expect(kept).not.toContain('10000000001');
    clock.set('2027-03-01T10:00:00+08:00');
    expect(await purgeMarks(db, clock())).toEqual({ rating_marks: 2 });
    expect(await db('evaluation_flags')).toMatchObject([{ workplace_network: true, network_mark: null }]);
  });

  test('the resident’s own page marks by itself, opened by number and code or by the link of a text', async ({ world, db }) => {
    const street = await openStreet(world);
    const good = { solved: 'yes', contacted: 'yes', level: 'satisfied' };
    const { number, code } = await street.handled();
    const own = await (await street.look(number, code)).send('/progress/case/evaluate', good);
    expect(own.text).toContain('谢谢您的评价');
    await street.handled({ phone: '10000000001' });
    const texts: string[] = [];
    await sendOutbox(world, world.clock(), { send: async (sms) => void texts.push(sms.text) }, evaluationLink);
    const link = /\/e\/[\w-]+/.exec(texts.join('\n'))![0];
    expect((await (await street.passer().get(link)).send(link, good)).text).toContain('谢谢您的评价');
    const flags = await db('evaluation_flags');
    expect(flags).toHaveLength(2);
    for (const flag of flags) expect(flag.network_mark).toMatch(/^[0-9a-f]{64}$/);
    expect(await db('evaluations').select('source')).toEqual([{ source: 'page' }, { source: 'page' }]);
  });
});

describe('making one’s own figures', () => {
  test('nobody closes early: without a call or an evaluation an appeal does not close, and the handler cannot call', async ({
    world,
  }) => {
    const stage = await makeStage(world);
    const number = await stage.finished();
    await expect(stage.act('housing_leader', number, 'close', rated)).rejects.toMatchObject({ status: 403 });
    const handling = await stage.dispatched();
    await expect(stage.act('callback', handling, 'close', rated)).rejects.toMatchObject({ code: 'moved_on' });
  });

  test('done in minutes without a contact, again and again; calls of seconds', async ({ world, clock }) => {
    const stage = await makeStage(world);
    const numbers: string[] = [];
    for (let n = 0; n < 4; n++) numbers.push(await stage.finished());
    for (const number of numbers) {
      clock.addMinutes(0.1);
      await stage.act('callback', number, 'close', rated);
    }
    expect(await found(stage, 'no_contact')).toMatchObject([{ unit_id: stage.units.housing.id, numbers: { orders: 4 } }]);
    expect(await found(stage, 'quick_calls')).toMatchObject([{ appeals: numbers.slice(1), numbers: { calls: 3 } }]);
  });

  test('one matter reported several times: same person, same place, like words, within days', async ({ world, clock }) => {
    const stage = await makeStage(world);
    const report = (content: string, who: PersonName = 'member1') =>
      stage.register(who, { channel: 'app_snapshot', content, category_code: '0208' });
    const first = await report('三号楼东侧路灯不亮已经三天');
    clock.addMinutes(1440);
    const second = await report('三号楼东侧路灯不亮已经四天');
    await report('垃圾桶满了没有人清运');
    await report('三号楼东侧路灯不亮已经三天', 'member1b');
    expect(await found(stage, 'split')).toMatchObject([{ appeals: [first, second], numbers: { reports: 2 } }]);
    expect(alike(['a', 'b'], ['a', 'b'])).toBe(1);
    expect(alike(['a', 'b'], ['c'])).toBe(0);
  });

  test('a picture used again, in another size and quality, on another appeal', async ({ world, db, clock }) => {
    const stage = await makeStage(world);
    const [one, other] = [await stage.dispatched(), await stage.dispatched()];
    const scene = sharp(
      Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="960" height="720"><rect width="960" height="720" fill="#9bd"/>
        <rect y="430" width="960" height="290" fill="#575"/><rect x="90" y="180" width="260" height="360" fill="#b54"/>
        <circle cx="640" cy="250" r="120" fill="#fd3"/><rect x="540" y="370" width="330" height="90" fill="#333"/></svg>`),
    );
    const [large, small] = await Promise.all([
      scene.clone().resize(960, 720).jpeg({ quality: 90 }).toBuffer(),
      scene.clone().resize(400, 300).jpeg({ quality: 40 }).toBuffer(),
    ]);
    const turned = await scene.clone().flop().rotate(90).jpeg().toBuffer();
    const hashes = await Promise.all([large, small, turned].map(differenceHash));
    const picture = async (number: string, dhash: string) => ({
      appeal_id: (await stage.appeal(number)).id,
      trail_seq: 1,
      purpose: 'after' as const,
      kind: 'image' as const,
      media_type: 'image/jpeg',
      name: 'a.jpg',
      bytes: 1,
      sha256: 'a'.repeat(64),
      thumb_sha256: null,
      width: 1,
      height: 1,
      dhash,
      uploaded_by: stage.people.housing_clerk.person_id,
      uploaded_at: clock(),
    });
    await db('attachments').insert([await picture(one, hashes[0]!), await picture(other, hashes[2]!)] as never[]);
    expect(await found(stage, 'reused_picture')).toEqual([]);
    await db('attachments').insert((await picture(other, hashes[1]!)) as never);
    expect(await found(stage, 'reused_picture')).toMatchObject([
      { unit_id: stage.units.housing.id, severity: 3, appeals: [one, other], numbers: { pictures: 2 } },
    ]);
  });

  test('backdating: a time that is sent along changes nothing, the trail has the server’s', async ({ world, db, clock }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    const order = (await stage.orders(number)).at(-1)!;
    const forged = { happened_at: '2026-01-01T00:00:00Z', acknowledged_at: '2026-01-01T00:00:00Z', uploaded_at: '2026-01-01' };
    await performOnOrder(db, doing(stage, 'housing_clerk'), number, order.id, 'acknowledge', forged as never);
    expect((await stage.orders(number)).at(-1)!.acknowledged_at).toEqual(clock());
    const { id } = await stage.appeal(number);
    const last = await db('trail').where({ subject_kind: 'appeal', subject_id: id }).orderBy('seq', 'desc').first();
    expect(last!.happened_at).toEqual(clock());
  });
});

describe('hiding the dissatisfied', () => {
  test('persuading to withdraw: many of a unit’s in four weeks', async ({ world }) => {
    const stage = await makeStage(world);
    const gone: string[] = [];
    for (let n = 0; n < 3; n++) {
      const number = await stage.dispatched();
      await stage.act('hotline', number, 'withdraw', { reason: '不用了' });
      gone.push(number);
    }
    await stage.dispatched();
    expect(await found(stage, 'withdrawn')).toMatchObject([
      { unit_id: stage.units.housing.id, appeals: gone, numbers: { withdrawn: 3, of: 4 } },
    ]);
  });

  test('another category after the rating does not move the score, and is on the list', async ({ world, db, clock }) => {
    const stage = await makeStage(world);
    const number = await stage.finished();
    await stage.act('callback', number, 'rework', { reason: '还是漏' });
    clock.addMinutes(5);
    await assess(db, clock());
    const facts = async () => [
      await db('assessment_orders').orderBy('order_id'),
      await db('assessment_ratings').orderBy('evaluation_id'),
    ];
    const before = await facts();
    expect(before[1]).toHaveLength(1);
    await stage.act('housing_clerk', number, 'correct', { category_code: '0208', priority: 'complex' });
    clock.addMinutes(5);
    await assess(db, clock());
    expect(await facts()).toEqual(before);
    expect(await found(stage, 'recategorised')).toMatchObject([{ appeals: [number], severity: 1 }]);
  });

  test('an exclusion asked for once somebody was dissatisfied: never decided by the unit, and on the list', async ({
    world,
    db,
    clock,
  }) => {
    const stage = await makeStage(world);
    const number = await stage.finished();
    await stage.act('callback', number, 'rework', { reason: '还是漏' });
    clock.addMinutes(5);
    await assess(db, clock());
    const order = (await stage.orders(number)).at(-1)!;
    const id = await requestExclusion(db, doing(stage, 'housing_leader'), order.id, {
      reason: 'malicious',
      request: '恶意投诉，请予剔除',
    });
    await expect(
      decideExclusion(db, doing(stage, 'housing_clerk'), id, { decision: 'granted', ruling: '同意剔除' }),
    ).rejects.toMatchObject({ status: 403 });
    expect(await found(stage, 'late_exclusion')).toMatchObject([{ appeals: [number], unit_id: stage.units.housing.id }]);
  });
});

describe('the weekly list', () => {
  test('weeks begin on Monday; the same is found once; a second person confirms the verdict, and no score moves', async ({
    world,
    db,
    clock,
  }) => {
    expect(['2026-11-23', '2026-11-29', '2026-11-30'].map(mondayOf)).toEqual(['2026-11-23', '2026-11-23', '2026-11-30']);
    const stage = await makeStage(world);
    await phoneOf(stage, 'member2', '10000000077');
    await rateOnline(stage, await stage.finished({ phone: '10000000077' }));
    const [finding] = await found(stage, 'staff_number');
    expect(await found(stage, 'staff_number')).toHaveLength(1);
    clock.set('2026-11-30T09:00:00+08:00');
    const before = await db('evaluations');
    await expect(settleFinding(db, doing(stage, 'supervision'), finding!.id, 'confirm')).rejects.toMatchObject({ status: 409 });
    await judgeFinding(db, doing(stage, 'assessor'), finding!.id, 'explained', '本人作为居民反映自家问题');
    await expect(settleFinding(db, doing(stage, 'assessor'), finding!.id, 'confirm')).rejects.toMatchObject({
      code: 'another_person',
    });
    await expect(
      db.transaction((trx) =>
        trx('integrity_findings')
          .where({ id: finding!.id })
          .update({ confirmed_by: stage.people.assessor.person_id, confirmed_at: clock() }),
      ),
    ).rejects.toThrow('verdict_by_two');
    await expect(judgeFinding(db, doing(stage, 'housing_leader'), finding!.id, 'explained', '没有问题')).rejects.toMatchObject({
      status: 403,
    });
    await settleFinding(db, doing(stage, 'supervision'), finding!.id, 'confirm');
    expect(await db('evaluations')).toEqual(before);
  });

  test('assessor and supervision read and judge on the page; nobody else comes in; both languages', async ({ world, clock }) => {
    const stage = await makeStage(world);
    await phoneOf(stage, 'member2', '10000000077');
    const number = await stage.finished({ phone: '10000000077' });
    await rateOnline(stage, number);
    const [finding] = await found(stage, 'staff_number');
    clock.set('2026-11-30T09:00:00+08:00');
    const app = createApp(world);
    const assessor = await signIn(app, 'assessor');
    const list = await assessor.get('/integrity');
    expect(list.html).toContain(`href="/appeals/${number}"`);
    const page = await assessor.get(`/integrity/${finding!.id}`);
    expect((await page.send(`/integrity/${finding!.id}/judge`, { verdict: 'upheld' })).status).toBe(422);
    const judged = await page.send(`/integrity/${finding!.id}/judge`, { verdict: 'upheld', reason: '替居民评价' });
    expect(judged.text).toContain('待另一人确认');
    const supervision = await signIn(app, 'supervision');
    const settled = await (await supervision.get(`/integrity/${finding!.id}?lang=en`)).send(`/integrity/${finding!.id}/confirm`);
    expect(settled.text).toContain('Settled');
    expect((await supervision.get('/integrity?settled=1')).status).toBe(200);
    for (const who of ['callback', 'leader', 'housing_leader', 'quanshan_leader', 'member1'] as const)
      expect((await (await signIn(app, who)).raw(`/integrity/${finding!.id}`)).status).toBe(404);
  });
});
