import { describe, expect } from 'vitest';
import type { Refusal } from '../../src/core/errors.ts';
import { versionOf } from '../../src/trail/actions/change.ts';
import { verify } from '../../src/trail/rules.ts';
import { listChanges, listTrail } from '../../src/trail/store.ts';
import { createUnit, editUnit, endUnit, resumeUnit, type UnitInput } from '../../src/units/actions.ts';
import { findUnit } from '../../src/units/store.ts';
import type { PersonName } from '../support/cast.ts';
import { makeStage, type Stage } from '../support/make.ts';
import { test } from '../support/world.ts';

const changing = (stage: Stage, who: PersonName) => ({ author: stage.people[who], now: stage.world.clock() });

const input: UnitInput = {
  unit_group: null,
  code: 'new',
  name_zh: '新社区',
  name_en: 'New Community',
  short_zh: '新',
  duty_phone: null,
  round_the_clock: false,
  sort: 1,
  valid_from: '2026-11-23',
};
const wrong = (fields: object) => expect.objectContaining({ status: 422, detail: fields }) as unknown as Refusal;

describe('units', () => {
  test('a new unit stands below its parent and is found by its initials; the trail says who made it', async ({ world, db }) => {
    const stage = await makeStage(world);
    const id = await createUnit(
      db,
      changing(stage, 'sys'),
      { parent_id: stage.units.quanshan.id, kind: 'community' },
      { ...input, venue_type: null },
    );
    expect(await findUnit(db, id)).toMatchObject({
      path: `${stage.units.quanshan.path}${id}/`,
      kind: 'community',
      search: expect.stringContaining('xsq'),
    });
    const [change] = await listChanges(db, `unit:${id}`);
    expect(change).toMatchObject({
      act: 'unit.create',
      person: 'sys',
      before: null,
      after: expect.objectContaining({ name_zh: '新社区' }),
    });
  });

  test('a new grid has its row of facts; an exclusive one needs a venue', async ({ world, db }) => {
    const stage = await makeStage(world);
    const at = { parent_id: stage.units.huayuan.id, kind: 'grid' } as const;
    const make = (unit_group: string | null, venue_type: 'school' | null, code: string) =>
      createUnit(db, changing(stage, 'sys'), at, { ...input, unit_group, venue_type, code });
    await expect(make('exclusive', null, 'g1')).rejects.toEqual(wrong({ venue_type: 'required' }));
    await expect(make(null, null, 'g1')).rejects.toEqual(wrong({ unit_group: 'required' }));
    const id = await make('exclusive', 'school', 'g1');
    expect(await db('grids').where({ unit_id: id }).first()).toMatchObject({
      kind: 'exclusive',
      venue_type: 'school',
      households: 0,
    });
  });

  test('a community stands below a town only, and a code is given once', async ({ world, db }) => {
    const stage = await makeStage(world);
    const sys = changing(stage, 'sys');
    await expect(
      createUnit(db, sys, { parent_id: stage.units.city.id, kind: 'community' }, { ...input, venue_type: null }),
    ).rejects.toMatchObject({ status: 404 });
    await expect(
      createUnit(
        db,
        sys,
        { parent_id: stage.units.quanshan.id, kind: 'community' },
        { ...input, code: 'huayuan', venue_type: null },
      ),
    ).rejects.toEqual(wrong({ code: 'taken' }));
  });

  test('only the system administrator keeps the tree', async ({ world, db }) => {
    const stage = await makeStage(world);
    const unit = (await findUnit(db, stage.units.huayuan.id))!;
    for (const who of ['dispatch', 'quanshan_clerk', 'huayuan_secretary', 'leader', 'sec', 'audit', 'housing_leader'] as const) {
      await expect(
        editUnit(db, changing(stage, who), unit.id, versionOf(unit), { ...input, code: unit.code }),
        who,
      ).rejects.toMatchObject({ status: 403 });
      await expect(
        endUnit(db, changing(stage, who), unit.id, versionOf(unit), { valid_to: '2026-12-01', successor_id: null }),
        who,
      ).rejects.toMatchObject({ status: 403 });
    }
  });

  test('an edit records only what became different, and nothing where nothing did', async ({ world, db }) => {
    const stage = await makeStage(world);
    const unit = (await findUnit(db, stage.units.housing.id))!;
    const same: UnitInput = { ...unit };
    expect(await editUnit(db, changing(stage, 'sys'), unit.id, versionOf(unit), same)).toBe(false);
    const after_search = (await findUnit(db, unit.id))!;
    expect(await editUnit(db, changing(stage, 'sys'), unit.id, versionOf(after_search), { ...same, short_zh: '住建局' })).toBe(
      true,
    );
    const [change] = await listChanges(db, `unit:${unit.id}`);
    expect([change?.before, change?.after]).toEqual([{ short_zh: unit.short_zh }, { short_zh: '住建局' }]);
    const rows = await listTrail(db, 'system', 0);
    const head = (await db('trail_heads').where({ subject_kind: 'system', subject_id: 0 }).first())!;
    expect(verify(rows, head)).toEqual({ ok: true, rows: rows.length });
  });

  test('of two who edit at once the second is told', async ({ world, db }) => {
    const stage = await makeStage(world);
    const unit = (await findUnit(db, stage.units.housing.id))!;
    const edit = (short_zh: string) => editUnit(db, changing(stage, 'sys'), unit.id, versionOf(unit), { ...unit, short_zh });
    await edit('住建');
    await expect(edit('住建局')).rejects.toMatchObject({ status: 409, code: 'changed_meanwhile' });
  });

  test('a unit ends only when no order is open, nothing stands below, no building and no member is left', async ({
    world,
    db,
  }) => {
    const stage = await makeStage(world);
    await stage.dispatched();
    const end = async (name: 'housing' | 'quanshan' | 'grid1' | 'park' | 'works', more: object = {}) => {
      const unit = (await findUnit(db, stage.units[name].id))!;
      return endUnit(db, changing(stage, 'sys'), unit.id, versionOf(unit), {
        valid_to: '2026-11-30',
        successor_id: null,
        ...more,
      });
    };
    await expect(end('housing')).rejects.toEqual(wrong({ valid_to: 'has_open_orders:1' }));
    await expect(end('quanshan')).rejects.toEqual(wrong({ valid_to: 'has_units_below:2' }));
    await expect(end('grid1')).rejects.toEqual(wrong({ valid_to: 'has_buildings:1' }));
    await expect(end('park')).rejects.toEqual(wrong({ valid_to: 'has_members:1' }));
    await expect(end('works', { valid_to: '2019-01-01' })).rejects.toEqual(wrong({ valid_to: 'before_start' }));
    await expect(end('works', { successor_id: stage.units.huayuan.id })).rejects.toEqual(
      wrong({ successor_id: 'not_a_successor' }),
    );
    await end('works', { successor_id: stage.units.housing.id });
    expect(await findUnit(db, stage.units.works.id)).toMatchObject({
      valid_to: '2026-11-30',
      successor_id: stage.units.housing.id,
    });
  });

  test('an ending is taken back while the unit above holds', async ({ world, db }) => {
    const stage = await makeStage(world);
    const { market } = stage.units;
    await db('units').where({ id: market.id }).update({ valid_to: '2026-11-01' });
    const version = versionOf((await findUnit(db, market.id))!);
    await db('units').where({ id: stage.units.huayuan.id }).update({ valid_to: '2026-11-01' });
    await expect(resumeUnit(db, changing(stage, 'sys'), market.id, version)).rejects.toEqual(wrong({ valid_to: 'parent_ended' }));
    await db('units').where({ id: stage.units.huayuan.id }).update({ valid_to: null });
    await resumeUnit(db, changing(stage, 'sys'), market.id, version);
    expect(await findUnit(db, market.id)).toMatchObject({ valid_to: null, successor_id: null });
  });
});
