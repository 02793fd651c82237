import { describe, expect } from 'vitest';
import { editDay } from '../../src/catalog/actions/calendar.ts';
import { rulebook } from '../../src/catalog/actions.ts';
import { daysOfYear } from '../../src/catalog/rules.ts';
import { performOnAppeal } from '../../src/orders/actions/perform.ts';
import { saveMoves } from '../../src/orders/actions/recompute.ts';
import { versionOf } from '../../src/trail/actions/change.ts';
import { makeStage } from '../support/make.ts';
import { freshDb, test } from '../support/world.ts';

const day_off = '2026-11-24';

/** Two processes on one database, both of which have just read the rulebook. */
async function twoProcesses() {
  const { db, world, anotherDb } = await freshDb();
  const stage = await makeStage(world);
  await db('calendar_days').insert(daysOfYear(2026).map((day) => ({ ...day, name: '' })));
  const number = await stage.register('hotline');
  await stage.act('review', number, 'accept', { kind: 'help', category_code: '0304', priority: 'general' });
  const elsewhere = anotherDb();
  await Promise.all([rulebook(db), rulebook(elsewhere)]);
  return {
    db,
    number,
    edit: async (save = saveMoves) => {
      const version = versionOf((await db('calendar_days').where({ day: day_off }).first())!);
      const input = { working: false, name: '停电', late_too: false };
      return editDay(db, { author: stage.people.sys, now: world.clock() }, day_off, version, input, save);
    },
    /** In the other process: it starts the clock of the handling. */
    dispatch: () =>
      performOnAppeal(elsewhere, stage.doing('dispatch'), number, 'dispatch', {
        lead_unit_id: stage.units.housing.id,
        instruction: '请办理',
      }),
    /** Somebody waits for a lock of this kind. */
    waits: (locktype: string) =>
      expect
        .poll(
          async () =>
            (await db.raw<{ rows: unknown[] }>(`select 1 from pg_locks where not granted and locktype = ?`, [locktype])).rows,
          { timeout: 5000, interval: 10 },
        )
        .not.toEqual([]),
    /** The clock is what it is for whoever is dispatched at the same moment under the edited calendar. */
    mustBeNew: async () => {
      const clockOf = async (of: string) => (await stage.clock(of, 'handle', (await stage.orderOf(of, 'housing')).id))!;
      const { due_at } = await clockOf(await stage.dispatched({ phone: '10000000002' }));
      expect(await clockOf(number)).toMatchObject({ calendar_version: 2, due_at });
    },
  };
}
/** A gate, and the key to it. */
function gate(): { closed: Promise<void>; open: () => void } {
  let open = () => {};
  const closed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { closed, open };
}

describe('an edit of the calendar', () => {
  test('holds in every other process for the next clock it starts, however lately that read the calendar', async () => {
    const { edit, dispatch, mustBeNew } = await twoProcesses();
    await edit();
    await dispatch();
    await mustBeNew();
  });

  test('waits for an act that is under way elsewhere, and moves the clock that it started', async () => {
    const { db, number, edit, dispatch, waits, mustBeNew } = await twoProcesses();
    const { closed, open } = gate();
    const held = gate();
    const holding = db.transaction(async (trx) => {
      await trx('appeals').where({ number }).forUpdate();
      held.open();
      await closed;
    });
    await held.closed;
    const act = dispatch();
    await waits('transactionid');
    const edited = edit();
    await waits('advisory');
    open();
    await Promise.all([holding, act, edited]);
    expect((await edited).moved).toBeGreaterThan(0);
    await mustBeNew();
  });

  test('is waited for by an act that begins meanwhile, and holds for it', async () => {
    const { edit, dispatch, waits, mustBeNew } = await twoProcesses();
    const { closed, open } = gate();
    const begun = gate();
    const edited = edit(async (...given) => {
      begun.open();
      await closed;
      return saveMoves(...given);
    });
    await begun.closed;
    const act = dispatch();
    await waits('advisory');
    open();
    await Promise.all([act, edited]);
    expect((await edited).moved).toBe(0);
    await mustBeNew();
  });
});
