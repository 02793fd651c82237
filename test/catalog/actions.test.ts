import { describe, expect } from 'vitest';
import { editDay, loadYear } from '../../src/catalog/actions/calendar.ts';
import {
  type CategoryInput,
  createCategory,
  createTemplate,
  editCategory,
  editTemplate,
} from '../../src/catalog/actions/keeping.ts';
import { proposeParameter } from '../../src/catalog/actions/parameters.ts';
import { rulebook } from '../../src/catalog/actions.ts';
import { limitOf, minutes, workingDays } from '../../src/catalog/rules.ts';
import { findCategory, listInstructionTemplates } from '../../src/catalog/store.ts';
import type { Db } from '../../src/core/db.ts';
import { saveMoves } from '../../src/orders/actions/recompute.ts';
import { versionOf } from '../../src/trail/actions/change.ts';
import { listChanges } from '../../src/trail/store.ts';
import type { PersonName } from '../support/cast.ts';
import { makeStage, type Stage } from '../support/make.ts';
import { test } from '../support/world.ts';

const changing = (stage: Stage, who: PersonName) => ({ author: stage.people[who], now: stage.world.clock() });

const today = '2026-11-23';
const blank: Omit<CategoryInput, 'valid_to'> = {
  name_zh: '共享单车',
  name_en: 'Shared bicycles',
  lead_unit_id: null,
  priority: 'general',
  acknowledge_limit: null,
  contact_limit: null,
  handle_limit: null,
  milestones: [],
  valid_from: today,
};
async function edited(db: Db, code: string): Promise<CategoryInput & { version: string }> {
  const category = (await findCategory(db, code))!;
  return { ...category, version: versionOf(category) };
}

describe('categories', () => {
  test('a new category belongs to a group and needs a priority; a group has a name alone', async ({ world, db }) => {
    const stage = await makeStage(world);
    const make = (code: string, given: object = {}) =>
      createCategory(db, changing(stage, 'dispatch'), code, { ...blank, ...given });
    await expect(make('0901')).rejects.toMatchObject({ detail: { code: 'no_group' } });
    await make('09', { priority: 'urgent', lead_unit_id: stage.units.works.id });
    expect(await findCategory(db, '09')).toMatchObject({ priority: null, lead_unit_id: null, parent_code: null });
    await expect(make('0901', { priority: null })).rejects.toMatchObject({ detail: { priority: 'required' } });
    await make('0901', { lead_unit_id: stage.units.works.id, handle_limit: workingDays(2) });
    await expect(make('0901')).rejects.toMatchObject({ detail: { code: 'taken' } });
    expect(limitOf(await rulebook(db), 'handle', 'general', '0901')).toEqual(workingDays(2));
  });

  test('an own limit holds from the next order on, at once in this process; emptied, the priority decides again', async ({
    world,
    db,
  }) => {
    const stage = await makeStage(world);
    const before = await rulebook(db);
    const { version, ...category } = await edited(db, '0208');
    await editCategory(db, changing(stage, 'dispatch'), '0208', version, { ...category, handle_limit: minutes(180) });
    expect(limitOf(before, 'handle', 'general', '0208')).toEqual(workingDays(5));
    expect(limitOf(await rulebook(db), 'handle', 'general', '0208')).toEqual(minutes(180));
    const { version: next, ...same } = await edited(db, '0208');
    await editCategory(db, changing(stage, 'dispatch'), '0208', next, { ...same, handle_limit: null });
    expect(limitOf(await rulebook(db), 'handle', 'general', '0208')).toEqual(workingDays(5));
    const [last, first] = await listChanges(db, 'category:0208');
    expect([first?.after, last?.after]).toEqual([{ handle_limit: minutes(180) }, { handle_limit: null }]);
  });

  test('a group ends after its categories; a lead must be a unit that holds', async ({ world, db }) => {
    const stage = await makeStage(world);
    const { version, ...group } = await edited(db, '03');
    await expect(editCategory(db, changing(stage, 'sys'), '03', version, { ...group, valid_to: today })).rejects.toMatchObject({
      detail: { valid_to: 'has_subcategories:1' },
    });
    await db('units').where({ id: stage.units.works.id }).update({ valid_to: '2026-01-01' });
    const { version: other, ...category } = await edited(db, '0304');
    await expect(
      editCategory(db, changing(stage, 'sys'), '0304', other, { ...category, lead_unit_id: stage.units.works.id }),
    ).rejects.toMatchObject({ detail: { lead_unit_id: 'not_an_option' } });
  });

  test('only dispatchers and the system administrator keep the catalogue, only the administrator parameters and calendar', async ({
    world,
    db,
  }) => {
    const stage = await makeStage(world);
    await db('calendar_days').insert({ day: today, working: true, name: '' });
    const { version, ...category } = await edited(db, '0208');
    const refused = { status: 403 };
    for (const who of ['hotline', 'review', 'leader', 'quanshan_leader', 'housing_leader', 'sec', 'audit'] as const) {
      const doing = changing(stage, who);
      await expect(editCategory(db, doing, '0208', version, category), who).rejects.toMatchObject(refused);
      await expect(
        createTemplate(db, doing, { category_code: null, body: 'x', sort: 1, valid_to: null }),
        who,
      ).rejects.toMatchObject(refused);
    }
    for (const who of ['dispatch', 'leader', 'huayuan_clerk', 'sec', 'audit'] as const) {
      const doing = changing(stage, who);
      const four = { value: 4, reason: '试', valid_from: null, late_too: false };
      const day = { working: false, name: '', late_too: false };
      await expect(proposeParameter(db, doing, 'callback.attempts', versionOf({ value: 3 }), four), who).rejects.toMatchObject(
        refused,
      );
      await expect(editDay(db, doing, today, '', day, saveMoves), who).rejects.toMatchObject(refused);
      await expect(loadYear(db, doing, 2027, [], false, saveMoves), who).rejects.toMatchObject(refused);
    }
  });
});

describe('templates', () => {
  test('an instruction template is offered for its category until it ends', async ({ world, db }) => {
    const stage = await makeStage(world);
    await createTemplate(db, changing(stage, 'dispatch'), {
      category_code: '0208',
      body: '请查看路灯线路。',
      sort: 1,
      valid_to: null,
    });
    await createTemplate(db, changing(stage, 'dispatch'), { category_code: null, body: '请核实处理。', sort: 1, valid_to: null });
    const offered = async (code: string) => (await listInstructionTemplates(db, code)).map(({ body }) => body);
    expect([await offered('0208'), await offered('0304')]).toEqual([['请查看路灯线路。', '请核实处理。'], ['请核实处理。']]);
    const [template] = await listInstructionTemplates(db, '0208');
    await editTemplate(db, changing(stage, 'dispatch'), template!.id, versionOf(template!), {
      category_code: '0208',
      body: template!.body,
      sort: 1,
      valid_to: today,
    });
    expect(await offered('0208')).toEqual(['请核实处理。']);
  });
});
