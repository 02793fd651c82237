import { describe, expect } from 'vitest';
import { createApp } from '../../src/app.ts';
import { giveHouseholdCodes, revokeHouseholdCode } from '../../src/plates/actions/codes.ts';
import { reviewMember, unpublishReview } from '../../src/plates/actions/reviews.ts';
import { publicLimits } from '../../src/plates/rules.ts';
import { listOwnReviews, memberReviews } from '../../src/plates/store/reviews.ts';
import { listChanges } from '../../src/trail/store.ts';
import { browse, signIn } from '../support/browser.ts';
import type { PersonName } from '../support/cast.ts';
import { makeStage, type Stage } from '../support/make.ts';
import { freshDb, test } from '../support/world.ts';

const doing = (stage: Stage, who: PersonName) => ({ author: stage.people[who], now: stage.world.clock() });
const month = '2026-11';

async function codesOf(stage: Stage, ...households: string[]): Promise<string[]> {
  const building = (await stage.world.db('buildings').first())!;
  const slips = await giveHouseholdCodes(stage.world, doing(stage, 'huayuan_clerk'), building.id, households);
  return slips.map(({ code }) => code);
}
const review = (
  stage: Stage,
  code: string,
  given: { who?: PersonName; stars?: number; words?: string; network?: string } = {},
) => {
  const { who = 'member1', stars = 5, words = '', network = '10.0.0.0/24' } = given;
  return reviewMember(stage.world, { code, person_id: stage.people[who].person_id, stars, words }, network, stage.world.clock());
};

describe('household codes', () => {
  test('a household has one live code, kept as a hash alone; a new one ends the old one', async ({ world, db }) => {
    const stage = await makeStage(world);
    const [first] = await codesOf(stage, '101', '102');
    const [second] = await codesOf(stage, '101');
    expect(JSON.stringify(await db('household_codes'))).not.toContain(first);
    expect(await db('household_codes').whereNull('revoked_at')).toHaveLength(2);
    await expect(review(stage, first!)).rejects.toMatchObject({ detail: { code: 'not_a_household_code' } });
    await review(stage, second!);
    // A new code is no second voice.
    const [third] = await codesOf(stage, '101');
    await expect(review(stage, third!)).rejects.toMatchObject({ detail: { person_id: 'reviewed_this_month' } });
  });

  test('the member of the grid and its community hand them out, nobody else', async ({ world, db }) => {
    const stage = await makeStage(world);
    const { id } = (await db('buildings').first())!;
    for (const who of ['member2', 'jincheng_clerk', 'quanshan_clerk', 'sys', 'dispatch'] as const)
      await expect(giveHouseholdCodes(world, doing(stage, who), id, ['101']), who).rejects.toMatchObject({ status: 404 });
    const [slip] = await giveHouseholdCodes(world, doing(stage, 'member1'), id, ['101']);
    const code = (await db('household_codes').first())!;
    await expect(revokeHouseholdCode(db, doing(stage, 'jincheng_clerk'), code.id)).rejects.toMatchObject({ status: 404 });
    await revokeHouseholdCode(db, doing(stage, 'huayuan_secretary'), code.id);
    await expect(review(stage, slip!.code)).rejects.toMatchObject({ status: 422 });
    const changes = await listChanges(db, `codes:${id}`);
    expect(changes.map(({ act }) => act)).toEqual(['household.revoke', 'household.code']);
    expect(JSON.stringify(changes)).not.toContain(slip!.code);
  });
});

describe('reviews', () => {
  test('one a month for each household and member; the next month opens again', async ({ world, clock, db }) => {
    const stage = await makeStage(world);
    const [code] = await codesOf(stage, '101');
    await review(stage, code!);
    await review(stage, code!, { who: 'member1b', stars: 2 });
    await expect(review(stage, code!, { stars: 1 })).rejects.toMatchObject({ detail: { person_id: 'reviewed_this_month' } });
    clock.set('2026-12-01T00:10:00+08:00');
    await review(stage, code!, { stars: 3 });
    expect(await memberReviews(db, stage.people.member1.person_id, month)).toEqual({ count: 1, mean: 5 });
    expect(await memberReviews(db, stage.people.member1.person_id, '2026-12')).toEqual({ count: 1, mean: 3 });
    expect(await memberReviews(db, stage.people.member2.person_id, month)).toEqual({ count: 0, mean: null });
  });

  test('only members of the building’s own grid can be reviewed', async ({ world }) => {
    const stage = await makeStage(world);
    const [code] = await codesOf(stage, '101');
    for (const who of ['member2', 'huayuan_clerk'] as const)
      await expect(review(stage, code!, { who })).rejects.toMatchObject({ detail: { person_id: 'not_an_option' } });
  });

  test('nothing that is kept names the household, its building, or the hour', async ({ world, db }) => {
    const stage = await makeStage(world);
    const [code] = await codesOf(stage, '101');
    await review(stage, code!, { words: '热心' });
    const { rows } = await db.raw(`select column_name from information_schema.columns where table_name = 'member_reviews'`);
    expect(rows.map((row: { column_name: string }) => row.column_name).sort()).toEqual([
      'demo',
      'grid_id',
      'id',
      'month',
      'person_id',
      'stars',
      'unpublished_at',
      'unpublished_by',
      'unpublished_why',
      'voucher',
      'words',
    ]);
    expect((await db('member_reviews').first())!.voucher).toMatch(/^[0-9a-f]{64}$/);
    expect(await listChanges(db, `reviews:${stage.people.member1.person_id}`)).toEqual([]);
  });

  test('wrong codes from one network are counted; after a few none is looked at, right or wrong, for an hour', async ({
    world,
    clock,
  }) => {
    const stage = await makeStage(world);
    const [code] = await codesOf(stage, '101');
    for (let i = 0; i < publicLimits.review.tries; i++)
      await expect(review(stage, 'WRNGWRNG')).rejects.toMatchObject({ status: 422 });
    await expect(review(stage, code!)).rejects.toMatchObject({ status: 429 });
    await review(stage, code!, { network: '10.0.1.0/24' });
    clock.addMinutes(61);
    await expect(review(stage, code!)).rejects.toMatchObject({ detail: { person_id: 'reviewed_this_month' } });
  });

  test('of two reviews of one household at once one counts', async () => {
    const { world, db } = await freshDb();
    const stage = await makeStage(world);
    const [code] = await codesOf(stage, '101');
    const ends = await Promise.allSettled([1, 5, 3].map((stars) => review(stage, code!, { stars })));
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const end of ends)
      if (end.status === 'rejected') expect(end.reason).toMatchObject({ detail: { person_id: 'reviewed_this_month' } });
    expect(await db('member_reviews')).toHaveLength(1);
  });

  test('a member reads words only from three reviews of a month on, and never those that were taken down', async ({
    world,
    db,
  }) => {
    const stage = await makeStage(world);
    const { person_id } = stage.people.member1;
    const codes = await codesOf(stage, '101', '102', '103');
    await review(stage, codes[0]!, { words: '常来' });
    await review(stage, codes[1]!, { stars: 4 });
    expect(await listOwnReviews(db, person_id)).toMatchObject([{ count: 2, mean: 4.5, words: [] }]);
    await review(stage, codes[2]!, { stars: 1, words: '骂人的话' });
    expect(await listOwnReviews(db, person_id)).toMatchObject([
      { month, count: 3, spread: [1, 1, 0, 0, 1], words: expect.arrayContaining(['常来', '骂人的话']) },
    ]);
    const bad = (await db('member_reviews').where({ words: '骂人的话' }).first())!;
    for (const [who, status] of [
      ['member1', 404],
      ['jincheng_clerk', 404],
      ['quanshan_clerk', 403],
    ] as const)
      await expect(unpublishReview(db, doing(stage, who), bad.id, '辱骂'), who).rejects.toMatchObject({ status });
    await unpublishReview(db, doing(stage, 'huayuan_clerk'), bad.id, '辱骂');
    await expect(unpublishReview(db, doing(stage, 'huayuan_clerk'), bad.id, '辱骂')).rejects.toMatchObject({ status: 409 });
    const [own] = await listOwnReviews(db, person_id);
    expect(own).toMatchObject({ count: 3, words: ['常来'] });
    expect(await memberReviews(db, person_id, month)).toMatchObject({ count: 3 });
    expect((await listChanges(db, `reviews:${person_id}`)).map(({ act, after }) => [act, after])).toEqual([
      ['review.unpublish', { month, why: '辱骂' }],
    ]);
  });
});

describe('pages of codes and reviews', () => {
  test('slips are shown once; with one a household reviews, the community reads it, the member sees stars', async ({
    world,
    db,
  }) => {
    const stage = await makeStage(world);
    const app = createApp(world);
    const { id } = (await db('buildings').first())!;
    const clerk = await signIn(app, 'huayuan_clerk');
    const page = await clerk.get(`/plates/codes?building_id=${id}`);
    const refused = await page.send('/plates/codes', { households: '106-101' });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('106-101');
    const slips = await page.send('/plates/codes', { households: '101-103' });
    expect(slips.headers['cache-control']).toContain('no-store');
    const codes = [...slips.text.matchAll(/[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}/g)].map(([code]) => code);
    expect(codes).toHaveLength(3);
    const after = await clerk.get(`/plates/codes?building_id=${id}`);
    for (const code of codes) expect(after.text).not.toContain(code);

    const resident = browse(app);
    const start = await resident.get('/review');
    const wrong = await start.send('/review/open', { code: 'ABCD-2345' });
    expect(wrong.status).toBe(422);
    expect(wrong.html).toContain('ABCD-2345');
    const form = await wrong.send('/review/open', { code: codes[0]!.toLowerCase() });
    expect(form.text).toContain('花园小区12号楼');
    const forgot = await form.send('/review', { words: '随叫随到', person_id: stage.people.member1.person_id });
    expect(forgot.status).toBe(422);
    expect(forgot.text).toContain('随叫随到');
    const done = await forgot.send('/review', { stars: 5 });
    expect(done.path).toBe('/review/done');
    const again = await form.send('/review', { stars: 1, person_id: stage.people.member1.person_id });
    expect(again.status).toBe(422);
    expect(again.text).toContain('本月已经评价过');

    const list = await clerk.get('/reviews');
    expect(list.text).toContain('member1');
    const told = await clerk.get(`/reviews/members/${stage.people.member1.person_id}`);
    expect(told.text).toContain('随叫随到');
    expect(told.text).not.toContain('101');
    const { id: review_id } = (await db('member_reviews').first())!;
    expect((await told.send(`/reviews/${review_id}/unpublish`, { why: '泄露他人信息' })).text).toContain('留言已撤下');

    const mine = await (await signIn(app, 'member1')).get('/reviews/mine');
    expect(mine.text).toContain('5.00 星');
    expect(mine.text).not.toContain('随叫随到');
  });

  test('other communities neither read nor hand out here', async ({ world, db }) => {
    const stage = await makeStage(world);
    const { id } = (await db('buildings').first())!;
    const [code] = await codesOf(stage, '101');
    await review(stage, code!, { words: '好' });
    const { id: review_id } = (await db('member_reviews').first())!;
    const app = createApp(world);
    const other = await signIn(app, 'jincheng_clerk');
    for (const path of [`/plates/codes?building_id=${id}`, `/reviews/members/${stage.people.member1.person_id}`, '/reviews/mine'])
      expect((await other.raw(path)).status, path).toBe(404);
    expect((await other.post(`/reviews/${review_id}/unpublish`, { why: 'x' })).status).toBe(404);
    expect((await other.post('/plates/codes', { building_id: String(id), households: '1' })).status).toBe(404);
    expect((await other.get('/reviews')).text).not.toContain('member1');
    for (const path of ['/reviews', '/plates/codes'])
      expect((await (await signIn(app, 'housing_clerk')).raw(path)).status).toBe(404);
  });
});
