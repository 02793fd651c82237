import { describe, expect } from 'vitest';
import type { Cast, PersonName } from '../support/cast.ts';
import { makeStage, type Stage } from '../support/make.ts';
import { test } from '../support/world.ts';

const ask = { reason: '不属于我单位职责', category_code: '0208' } as const;
const upheld = { ruling: '同意' } as const;
type UnitName = keyof Cast['units'];

/** A unit returns the appeal, and the dispatch officer agrees. */
async function returned(stage: Stage, number: string, who: PersonName, suggested?: UnitName): Promise<void> {
  const named = suggested ? { suggested_unit_id: stage.units[suggested].id } : {};
  await stage.order(who, number, 'request_return', { ...ask, ...named });
  await stage.order('dispatch', number, 'uphold_return', upheld);
}
const again = (stage: Stage, number: string, unit: UnitName, co: UnitName[] = []) =>
  stage.act('dispatch', number, 'dispatch', {
    lead_unit_id: stage.units[unit].id,
    co_unit_ids: co.map((one) => stage.units[one].id),
    instruction: '请办理',
  });

describe('an objection to the dispatch', () => {
  test('names the unit that should handle it: one that could, and not itself', async ({ world, db }) => {
    const stage = await makeStage(world);
    const { units } = stage;
    const number = await stage.dispatched({ about_unit_id: units.works.id, kind: 'complaint' });
    const name = (id: number) => stage.order('housing_clerk', number, 'request_return', { ...ask, suggested_unit_id: id });
    await expect(name(units.housing.id)).rejects.toMatchObject({ status: 409, code: 'same_unit' });
    await expect(name(units.works.id)).rejects.toMatchObject({ status: 409, code: 'about_unit_leads' });
    await expect(name(units.city.id)).rejects.toMatchObject({ status: 409, code: 'no_handler' });
    await expect(name(999_999)).rejects.toMatchObject({ status: 404 });
    await name(units.heating.id);
    const { id } = await stage.appeal(number);
    expect(await db('work_order_returns')).toMatchObject([
      { appeal_id: id, unit_id: units.housing.id, suggested_unit_id: units.heating.id },
    ]);
  });

  test('one a unit: never again when the appeal comes back to it, in whichever role; another unit objects once too', async ({
    world,
  }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    await returned(stage, number, 'housing_clerk');
    await again(stage, number, 'works', ['housing']);
    const order = async (unit: UnitName) => (await stage.orderOf(number, unit)).id;
    const before = { status: 409, code: 'returned_before' };
    const co = await order('housing');
    await expect(stage.order('housing_leader', number, 'request_return', ask, co)).rejects.toMatchObject(before);
    await stage.order('works_clerk', number, 'request_return', ask, await order('works'));
    await stage.order('dispatch', number, 'reject_return', { ruling: '是你单位的' }, await order('works'));
    expect(await stage.orderOf(number, 'works')).toMatchObject({ status: 'in_progress', designated: true });
  });

  test('reassigned to a unit that has objected, it cannot be returned again', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    await returned(stage, number, 'housing_clerk');
    await again(stage, number, 'works');
    await stage.order('dispatch', number, 'reassign', { unit_id: stage.units.housing.id, reason: '还是你单位' });
    await expect(stage.order('housing_clerk', number, 'request_return', ask)).rejects.toMatchObject({ code: 'returned_before' });
  });

  test('the database holds it too: what is copied cannot be wrong, a unit stands once, nobody names himself', async ({
    world,
    db,
  }) => {
    const stage = await makeStage(world);
    const { units, people } = stage;
    const number = await stage.dispatched();
    await stage.order('housing_clerk', number, 'request_return', ask);
    const { id: appeal_id } = await stage.appeal(number);
    const other = await stage.dispatched();
    const row = (number_of: string, more: object = {}) =>
      db.transaction(async (trx) => {
        const work_order_id = (await stage.orders(number_of))[0]!.id;
        const asked = { requested_by: people.housing_clerk.person_id, requested_at: world.clock() };
        await trx('work_order_returns').insert({ work_order_id, reason: '不是', ...asked, ...more } as never);
      });
    await expect(row(number)).rejects.toMatchObject({ code: '23505', constraint: 'one_return_a_unit' });
    await expect(row(other, { suggested_unit_id: units.housing.id })).rejects.toMatchObject({ code: '23514' });
    await row(other, { appeal_id, unit_id: units.works.id });
    expect(await db('work_order_returns').orderBy('id', 'desc').first()).toMatchObject({
      appeal_id: (await stage.appeal(other)).id,
      unit_id: units.housing.id,
    });
  });
});

describe('ping-pong', () => {
  test('after two upheld returns the next lead is designated: a third return is refused', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    await returned(stage, number, 'housing_clerk', 'works');
    await again(stage, number, 'works');
    expect(await stage.orderOf(number, 'works')).toMatchObject({ designated: false });
    await returned(stage, number, 'works_clerk', 'housing');
    await again(stage, number, 'heating');
    expect(await stage.orderOf(number, 'heating')).toMatchObject({ designated: true });
    await expect(stage.order('heating_clerk', number, 'request_return', ask)).rejects.toMatchObject({
      status: 409,
      code: 'third_return',
    });
    await stage.order('dispatch', number, 'reassign', { unit_id: stage.units.quanshan.id, reason: '属地更合适' });
    await expect(stage.order('quanshan_clerk', number, 'request_return', ask)).rejects.toMatchObject({ code: 'third_return' });
  });

  test('co-handlers are not part of it: their returns do not count, and they are not designated', async ({ world }) => {
    const stage = await makeStage(world);
    const number = await stage.dispatched();
    await returned(stage, number, 'housing_clerk');
    await again(stage, number, 'works', ['heating', 'quanshan']);
    for (const [who, unit] of [
      ['heating_clerk', 'heating'],
      ['quanshan_clerk', 'quanshan'],
    ] as const) {
      const { id } = await stage.orderOf(number, unit);
      await stage.order(who, number, 'request_return', ask, id);
      await stage.order('dispatch', number, 'uphold_return', upheld, id);
    }
    const { id } = await stage.orderOf(number, 'works');
    await stage.order('works_clerk', number, 'request_return', ask, id);
    await stage.order('dispatch', number, 'uphold_return', upheld, id);
    await again(stage, number, 'xinzhuang', ['housing']);
    expect((await stage.orders(number)).slice(-2)).toMatchObject([{ designated: true }, { designated: false }]);
  });
});
