import { describe, expect, test as plain } from 'vitest';
import {
  activateSet,
  dropSet,
  offerSet,
  rejectSet,
  removeChange,
  simulate,
  takeBackSet,
} from '../../src/catalog/actions/rule_sets.ts';
import { findSet, listRuleChanges, listStandingRules } from '../../src/catalog/store/rule_sets.ts';
import { listUnitSuggestions } from '../../src/catalog/store.ts';
import { addDays } from '../../src/core/clock.ts';
import { listChanges } from '../../src/trail/store.ts';
import { makeStage, type Stage } from '../support/make.ts';
import { race } from '../support/races.ts';
import { add, doingOf, inForce, offer } from '../support/rules.ts';
import { freshDb, test } from '../support/world.ts';

const today = '2026-11-23';
const from = new Date('2026-11-01T00:00:00+08:00');
const to = new Date('2026-12-01T00:00:00+08:00');

const suggested = async ({ world, units }: Stage, place: 'grid1' | 'park' = 'grid1', day = today) =>
  (await listUnitSuggestions(world.db, '0208', units[place].path, day)).map(({ unit_id }) => unit_id);

describe('changes of the dispatch catalogue', () => {
  test('what is proposed changes nothing until another activates it; then the narrower area wins', async ({ world }) => {
    const stage = await makeStage(world);
    const { works, quanshan, heating, housing } = stage.units;
    const before = await suggested(stage);
    expect(before).toEqual([works.id, quanshan.id]);
    await add(stage, { unit: 'heating' });
    const id = await add(stage, { unit: 'housing', area: 'quanshan' });
    await offer(stage, id);
    expect(await suggested(stage)).toEqual(before);
    await activateSet(world.db, doingOf(stage, 'supervision'), id);
    expect(await suggested(stage)).toEqual([housing.id, heating.id, works.id, quanshan.id]);
    expect(await suggested(stage, 'park')).toEqual([heating.id, works.id, stage.units.xinzhuang.id]);
  });

  test('a new lead takes the place of the one before it from its day on; nothing is deleted', async ({ world, db }) => {
    const stage = await makeStage(world);
    const { units } = stage;
    await inForce(stage, [{ unit: 'heating' }, { unit: 'housing', role: 'co' }]);
    const day = '2026-12-01';
    const id = await inForce(stage, [{ unit: 'works' }], day);
    expect(
      await db('dispatch_rules').orderBy('id').select('unit_id', 'role', 'valid_from', 'valid_to', 'ended_by_set_id', 'set_id'),
    ).toMatchObject([
      { unit_id: units.heating.id, role: 'lead', valid_from: today, valid_to: '2026-11-30', ended_by_set_id: id },
      { unit_id: units.housing.id, role: 'co', valid_from: today, valid_to: null, ended_by_set_id: null },
      { unit_id: units.works.id, role: 'lead', valid_from: day, valid_to: null, set_id: id },
    ]);
    expect((await suggested(stage, 'grid1', '2026-11-30'))[0]).toBe(units.heating.id);
    expect((await suggested(stage, 'grid1', day))[0]).toBe(units.works.id);
    expect((await suggested(stage, 'grid1', day)).includes(units.heating.id)).toBe(false);
  });

  test('a rule is ended by a proposal too; of a rule that does not hold there is no end', async ({ world, db }) => {
    const stage = await makeStage(world);
    await expect(add(stage, { kind: 'end', unit: 'heating' })).rejects.toMatchObject({ status: 404 });
    await inForce(stage, [{ unit: 'heating' }, { unit: 'housing', role: 'co' }]);
    await inForce(stage, [{ kind: 'end', unit: 'heating' }], '2026-12-01');
    expect(await listStandingRules(db, ['0208'], '2026-12-01')).toMatchObject([{ unit_id: stage.units.housing.id }]);
  });

  test('the same rule stands once, also in a draft; area and unit must be what they are for', async ({ world }) => {
    const stage = await makeStage(world);
    await inForce(stage, [{ unit: 'heating' }]);
    await expect(add(stage, { unit: 'heating' })).rejects.toMatchObject({ detail: { unit_id: 'rule_exists' } });
    await add(stage, { unit: 'heating', note: '仅限主干道' });
    await expect(add(stage, { unit: 'works' })).rejects.toMatchObject({ detail: { unit_id: 'in_draft' } });
    await expect(add(stage, { unit: 'works', area: 'housing' })).rejects.toMatchObject({ detail: { area_id: 'not_found' } });
    await expect(add(stage, { unit: 'huayuan' })).rejects.toMatchObject({ detail: { unit_id: 'not_found' } });
    await expect(add(stage, { unit: 'works', code: '02' })).rejects.toMatchObject({
      detail: { category_code: 'not_an_option' },
    });
  });

  test('nobody activates or rejects what he proposed, in whichever post; nobody edits another’s draft', async ({ world, db }) => {
    const stage = await makeStage(world);
    const id = await add(stage, { unit: 'heating' });
    const [change] = await listRuleChanges(db, id);
    for (const act of [
      () => removeChange(db, doingOf(stage, 'dispatch2'), id, change!.id),
      () => offer(stage, id, today, 'dispatch2'),
      () => dropSet(db, doingOf(stage, 'dispatch2'), id),
    ])
      await expect(act()).rejects.toMatchObject({ status: 403, code: 'not_own_set' });
    await offer(stage, id);
    const { person_id } = stage.people.dispatch;
    const otherPost = { author: { ...stage.people.supervision, person_id }, now: world.clock() };
    await expect(activateSet(db, doingOf(stage, 'dispatch'), id)).rejects.toMatchObject({ status: 403, code: 'own_set' });
    await expect(activateSet(db, otherPost, id)).rejects.toMatchObject({ status: 403, code: 'own_set' });
    await expect(rejectSet(db, otherPost, id, '不同意')).rejects.toMatchObject({ status: 403, code: 'own_set' });
    for (const who of ['review', 'leader', 'housing_leader', 'quanshan_leader', 'sys', 'sec'] as const) {
      await expect(activateSet(db, doingOf(stage, who), id), who).rejects.toMatchObject({ status: 403 });
      await expect(add(stage, { unit: 'works' }, who), who).rejects.toMatchObject({ status: 403 });
    }
    await expect(add(stage, { unit: 'works' }, 'supervision')).rejects.toMatchObject({ status: 403 });
  });

  test('only a draft is edited, only what was handed over is decided, and that once', async ({ world, db }) => {
    const stage = await makeStage(world);
    const id = await add(stage, { unit: 'heating' });
    const second = doingOf(stage, 'dispatch2');
    await expect(activateSet(db, second, id)).rejects.toMatchObject({ status: 409 });
    await offer(stage, id);
    const [change] = await listRuleChanges(db, id);
    await expect(removeChange(db, doingOf(stage, 'dispatch'), id, change!.id)).rejects.toMatchObject({ status: 409 });
    await takeBackSet(db, doingOf(stage, 'dispatch'), id);
    await removeChange(db, doingOf(stage, 'dispatch'), id, change!.id);
    await expect(offer(stage, id)).rejects.toMatchObject({ status: 409, code: 'set_empty' });
    expect(await add(stage, { unit: 'works' })).toBe(id);
    await offer(stage, id);
    await rejectSet(db, second, id, '不同意');
    for (const act of [activateSet, (...[d, s, i]: Parameters<typeof activateSet>) => rejectSet(d, s, i, '不')])
      await expect(act(db, second, id)).rejects.toMatchObject({ status: 409 });
    await expect(dropSet(db, doingOf(stage, 'dispatch'), id)).rejects.toMatchObject({ status: 409 });
    expect(await findSet(db, id)).toMatchObject({ decision: 'rejected', ruling: '不同意', decider: 'dispatch2', changes: 1 });
    expect(await db('dispatch_rules')).toEqual([]);
  });

  test('of two drafts one is handed over before the other is taken back', async ({ world, db }) => {
    const stage = await makeStage(world);
    const first = await add(stage, { unit: 'heating' });
    await offer(stage, first);
    const second = await add(stage, { unit: 'works' });
    expect(second).not.toBe(first);
    await expect(takeBackSet(db, doingOf(stage, 'dispatch'), first)).rejects.toMatchObject({ code: 'draft_open' });
    await dropSet(db, doingOf(stage, 'dispatch'), second);
    await takeBackSet(db, doingOf(stage, 'dispatch'), first);
    expect(await add(stage, { unit: 'housing', area: 'quanshan' })).toBe(first);
  });

  test('it holds from today or later, never from a day that has passed', async ({ world, db, clock }) => {
    const stage = await makeStage(world);
    const id = await add(stage, { unit: 'heating' });
    await expect(offer(stage, id, '2026-11-22')).rejects.toMatchObject({ detail: { valid_from: 'in_the_past' } });
    await offer(stage, id);
    clock.set('2026-11-24T09:00:00+08:00');
    await expect(activateSet(db, doingOf(stage, 'dispatch2'), id)).rejects.toMatchObject({ code: 'set_too_late' });
    expect(await findSet(db, id)).toMatchObject({ decision: null });
  });

  test('every step is in the trail of the system: the proposal, its end, and each rule', async ({ world, db }) => {
    const stage = await makeStage(world);
    await inForce(stage, [{ unit: 'heating' }]);
    const id = await inForce(stage, [{ unit: 'works' }], '2026-12-01');
    expect((await listChanges(db, `rule_set:${id}`)).map(({ act, person }) => [act, person]).reverse()).toEqual([
      ['rule_set.add', 'dispatch'],
      ['rule_set.offer', 'dispatch'],
      ['rule_set.activate', 'dispatch2'],
    ]);
    const [old, made] = await db('dispatch_rules').orderBy('id');
    expect((await listChanges(db, `rule:${old!.id}`))[0]).toMatchObject({ act: 'rule.end', after: { valid_to: '2026-11-30' } });
    expect((await listChanges(db, `rule:${made!.id}`))[0]).toMatchObject({
      act: 'rule.create',
      after: { unit_id: stage.units.works.id, valid_from: '2026-12-01' },
    });
  });

  test('the database too wants a second person, a day and a reason, and one draft of each person', async ({ world, db }) => {
    const stage = await makeStage(world);
    const id = await add(stage, { unit: 'heating' });
    const set = (changes: object) => db.transaction((trx) => trx('rule_sets').where({ id }).update(changes));
    const by = (who: 'dispatch' | 'dispatch2') => {
      const { person_id, post } = stage.people[who];
      return { decided_by: person_id, decided_post: post, decided_at: world.clock() };
    };
    const refused = { code: '23514' };
    await expect(set({ offered_at: world.clock() })).rejects.toMatchObject(refused);
    await expect(set({ decision: 'activated', ...by('dispatch2') })).rejects.toMatchObject(refused);
    await offer(stage, id);
    await expect(set({ decision: 'activated', ...by('dispatch') })).rejects.toMatchObject(refused);
    await expect(set({ decision: 'rejected', ...by('dispatch') })).rejects.toMatchObject(refused);
    await expect(set({ decision: 'dropped', ...by('dispatch2') })).rejects.toMatchObject(refused);
    await expect(set({ decision: 'activated' })).rejects.toMatchObject(refused);
    await add(stage, { unit: 'works' });
    await expect(set({ offered_at: null })).rejects.toMatchObject({ code: '23505' });
  });
});

describe('races', () => {
  plain(
    'of two who activate at once one does; the rules stand once',
    async () => {
      const { world, db } = await freshDb({ max: 12, statement_timeout: 30_000 });
      const stage = await makeStage(world);
      const id = await add(stage, { unit: 'heating' });
      await offer(stage, id);
      const won = await race(
        () => activateSet(db, doingOf(stage, 'dispatch2'), id),
        () => activateSet(db, doingOf(stage, 'supervision'), id),
      );
      expect(won.filter(Boolean)).toHaveLength(1);
      expect(await db('dispatch_rules')).toHaveLength(1);
    },
    60_000,
  );

  plain(
    'two changes of one area that are activated at once leave one lead',
    async () => {
      const { world, db } = await freshDb({ max: 12, statement_timeout: 30_000 });
      const stage = await makeStage(world);
      await inForce(stage, [{ unit: 'housing' }]);
      const [mine, theirs] = [
        await add(stage, { unit: 'heating' }, 'dispatch'),
        await add(stage, { unit: 'works' }, 'dispatch2'),
      ];
      await offer(stage, mine, '2026-12-01');
      await offer(stage, theirs, '2026-12-01', 'dispatch2');
      expect(
        await race(
          () => activateSet(db, doingOf(stage, 'supervision'), mine),
          () => activateSet(db, doingOf(stage, 'supervision2'), theirs),
        ),
      ).toEqual([true, true]);
      const leads = await listStandingRules(db, ['0208'], '2026-12-01');
      expect(leads).toHaveLength(1);
    },
    60_000,
  );

  plain(
    'an activation and a taking back leave one of them',
    async () => {
      const { world, db } = await freshDb({ max: 12, statement_timeout: 30_000 });
      const stage = await makeStage(world);
      const id = await add(stage, { unit: 'heating' });
      await offer(stage, id);
      const [activated, taken] = await race(
        () => activateSet(db, doingOf(stage, 'dispatch2'), id),
        () => takeBackSet(db, doingOf(stage, 'dispatch'), id),
      );
      expect(activated).toBe(!taken);
      expect(await db('dispatch_rules')).toHaveLength(activated ? 1 : 0);
    },
    60_000,
  );
});

describe('the simulator', () => {
  /** Appeals of three categories at four places, all dispatched to whomever. */
  async function month(stage: Stage): Promise<void> {
    const places = ['grid1', 'grid3', 'park', 'quanshan'] as const;
    for (const place of places)
      for (const category_code of ['0208', '0304', '0202'])
        await stage.dispatched({ place_unit_id: stage.units[place].id, category_code });
    await stage.register('hotline', { category_code: '0208' });
  }
  const leadNow = async ({ world }: Stage, code: string, path: string, day: string) =>
    (await listUnitSuggestions(world.db, code, path, day)).find(({ role }) => role === 'lead')?.unit_id ?? null;

  test('it says to the appeal what the desk suggests once the changes are in force', async ({ world, db }) => {
    const stage = await makeStage(world);
    await inForce(stage, [{ unit: 'works' }, { unit: 'housing', area: 'quanshan' }, { code: '0202', unit: 'heating' }]);
    await month(stage);
    const day = addDays(today, 7);
    await add(stage, { unit: 'heating', area: 'jincheng' });
    await add(stage, { kind: 'end', unit: 'housing', area: 'quanshan' });
    const id = await add(stage, { code: '0304', unit: 'xinzhuang', area: 'xinzhuang' });
    const said = await simulate(db, id, day, from, to);

    const appeals = await db('appeals as a')
      .join('units as u', 'u.id', 'a.place_unit_id')
      .whereNotNull('a.dispatched_at')
      .whereIn('a.category_code', ['0208', '0304'])
      .select('a.id', 'a.category_code', 'u.path');
    const leads = () => Promise.all(appeals.map((one) => leadNow(stage, one.category_code, one.path, day)));
    const before = await leads();
    await offerSet(db, doingOf(stage, 'dispatch'), id, { reason: '试', valid_from: day });
    await activateSet(db, doingOf(stage, 'dispatch2'), id);
    const after = await leads();
    const counted = new Map<string, number>();
    for (const [i, was] of before.entries())
      if (was !== after[i]) counted.set(`${was} ${after[i]}`, (counted.get(`${was} ${after[i]}`) ?? 0) + 1);

    expect(counted.size).toBeGreaterThan(1);
    expect(new Map(said.ways.map((way) => [`${way.from} ${way.to}`, way.appeals]))).toEqual(counted);
    expect([said.appeals, said.moved]).toEqual([appeals.length, [...counted.values()].reduce((a, b) => a + b, 0)]);
  });

  test('appeals of another month, and those that the city never dispatched, are not asked about', async ({
    world,
    db,
    clock,
  }) => {
    const stage = await makeStage(world);
    clock.set('2026-10-30T10:00:00+08:00');
    await stage.dispatched({ category_code: '0208' });
    clock.set('2026-11-23T10:00:00+08:00');
    await stage.register('hotline', { category_code: '0208' });
    await stage.dispatched({ category_code: '0208' });
    const id = await add(stage, { unit: 'heating' });
    expect(await simulate(db, id, today, from, to)).toMatchObject({
      appeals: 1,
      moved: 1,
      ways: [{ from: stage.units.works.id, to: stage.units.heating.id, appeals: 1 }],
    });
  });

  test('a change that names whoever led already moves nothing', async ({ world, db }) => {
    const stage = await makeStage(world);
    await month(stage);
    const id = await add(stage, { unit: 'works' });
    expect(await simulate(db, id, today, from, to)).toMatchObject({ moved: 0, ways: [] });
  });
});
