import { expect } from 'vitest';
import { retrain, suggestCategory } from '../../src/analysis/actions.ts';
import { type DuplicateQuery, findModel, listLikelyDuplicates, recordModel } from '../../src/analysis/store.ts';
import { phoneHash } from '../../src/appeals/actions/register.ts';
import { readableSql } from '../../src/appeals/store.ts';
import { segment } from '../../src/core/text.ts';
import { makeStage, type Stage } from '../support/make.ts';
import { test } from '../support/world.ts';

test('a city that has learnt nothing yet is helped by the lexicon, with categories it uses and no others', async ({ world }) => {
  await makeStage(world);
  const found = await suggestCategory(world.db, '家里暖气不热,室温只有十四度');
  expect(found[0]).toMatchObject({ category: '0202' });
  expect(found[0]!.reasons.length).toBeGreaterThan(0);
  expect(found.map((one) => one.category).every((code) => ['0202', '0203', '0208', '0304'].includes(code))).toBe(true);
  await world.db('categories').where({ code: '0202' }).update({ valid_to: '2026-01-01' });
  await retrain(world, world.clock());
  expect((await suggestCategory(world.db, '家里暖气不热')).map((one) => one.category)).not.toContain('0202');
});

test('retraining learns from closed appeals only, is used at once, and repeated makes no second model of the same', async ({
  world,
  clock,
}) => {
  const stage = await makeStage(world);
  const content = '水帘洞景观台的玻璃栈道晃得厉害';
  for (let i = 0; i < 4; i++) await stage.register('hotline', { category_code: '0304', content });
  for (let i = 0; i < 4; i++) await stage.register('hotline', { category_code: '0208', content: '喷泉池子的彩灯一直闪' });
  expect(await retrain(world, clock())).toMatchObject({ documents: 0, first: null, among_three: null });
  expect((await suggestCategory(world.db, '景观台的栈道晃'))[0]?.category).not.toBe('0304');
  await world.db('appeals').update({ status: 'closed' });
  const trained = await retrain(world, clock());
  expect(trained).toMatchObject({ documents: 8, first: 1, among_three: 1 });
  expect((await suggestCategory(world.db, '景观台的栈道晃'))[0]).toMatchObject({ category: '0304' });
  expect(await retrain(world, clock())).toEqual(trained);
  expect(await world.db('category_models').pluck('id')).toHaveLength(2);
});

test('only the last dozen models are kept', async ({ world, clock }) => {
  await makeStage(world);
  await retrain(world, clock());
  const { model } = (await findModel(world.db))!;
  for (let i = 0; i < 14; i++)
    await recordModel(world.db, { trained_at: clock(), documents: i, model: { ...model, turn: i } as never });
  expect(await world.db('category_models').pluck('id')).toHaveLength(12);
});

function asking(stage: Stage, query: Partial<DuplicateQuery>): DuplicateQuery {
  return { words: segment('楼道墙皮脱落,下雨渗水'), now: stage.world.clock(), ...query };
}
const phone_hash = (stage: Stage, phone: string) => phoneHash(stage.world.config.data_key, phone);

test("a caller's earlier appeals are found by his number for ninety days", async ({ world, clock }) => {
  const stage = await makeStage(world);
  const number = await stage.register('hotline', { phone: '10000000007' });
  await stage.register('hotline', { phone: '10000000008', place_unit_id: stage.units.grid3.id });
  const find = () => listLikelyDuplicates(world.db, asking(stage, { phone_hash: phone_hash(stage, '10000000007'), words: [] }));
  clock.addMinutes(90 * 1440);
  expect(await find()).toMatchObject([{ number, reasons: ['same_phone'], score: 0.4 }]);
  clock.addMinutes(1);
  expect(await find()).toEqual([]);
});

test("another caller's appeal about the same matter is found by building, by place and category, and by its words", async ({
  world,
}) => {
  const stage = await makeStage(world);
  const building_id = (await world.db('buildings').first())!.id;
  const same = await stage.register('hotline', { building_id, phone: '10000000001' });
  const other = await stage.register('hotline', {
    building_id,
    phone: '10000000002',
    category_code: '0208',
    content: '楼前路灯坏了三天没人修',
  });
  await stage.register('hotline', { phone: '10000000003', place_unit_id: stage.units.grid3.id });

  const by_building = await listLikelyDuplicates(world.db, asking(stage, { building_id }));
  expect(by_building.map((found) => found.number)).toEqual([same]);
  expect(by_building[0]!.reasons).toContain('same_building');

  const by_place = await listLikelyDuplicates(
    world.db,
    asking(stage, { place_unit_id: stage.units.grid1.id, category_code: '0208', words: [] }),
  );
  expect(by_place).toMatchObject([{ number: other, reasons: ['same_place_and_category'] }]);

  const by_words = await listLikelyDuplicates(
    world.db,
    asking(stage, { place_unit_id: stage.units.grid1.id, words: segment('楼道墙皮脱落,下雨就渗水,请维修') }),
  );
  expect(by_words).toMatchObject([{ number: same, reasons: ['similar_words'] }]);
});

test('an appeal is no duplicate of itself, a merged one is not offered, and nobody sees what he may not read', async ({
  world,
}) => {
  const stage = await makeStage(world);
  const number = await stage.register('hotline');
  const { id } = await stage.appeal(number);
  const query = asking(stage, { phone_hash: phone_hash(stage, '10000000001') });
  expect(await listLikelyDuplicates(world.db, { ...query, except_id: id })).toEqual([]);
  expect(await listLikelyDuplicates(world.db, { ...query, readable: readableSql(stage.people.member1) })).toHaveLength(1);
  expect(await listLikelyDuplicates(world.db, { ...query, readable: readableSql(stage.people.heating_clerk) })).toEqual([]);
  const target = await stage.register('hotline', { phone: '10000000009' });
  await world
    .db('appeals')
    .where({ id })
    .update({ status: 'merged', merged_into_id: (await stage.appeal(target)).id });
  expect(await listLikelyDuplicates(world.db, query)).toEqual([]);
});

test('without a number and a place there is nothing to go by', async ({ world }) => {
  const stage = await makeStage(world);
  await stage.register('hotline');
  expect(await listLikelyDuplicates(world.db, asking(stage, { category_code: '0304' }))).toEqual([]);
});
