import type { Response } from 'express';
import { notFound } from '../../core/errors.ts';
import type { World } from '../../core/world.ts';
import { actorOf, type Door, idOf } from '../../doors.ts';
import { mayEver } from '../../policy.ts';
import { unitName } from '../../units/rules.ts';
import { flash } from '../../web/flash.ts';
import { blankForm, type FormState } from '../../web/form.ts';
import { sharedOf, show } from '../../web/render.ts';
import { hrefOf, readFilter, submit } from '../../web/submit.ts';
import { acknowledge, ownShift, sitsThere, writeNote } from '../actions/handover.ts';
import { findRoster, type Roster } from '../actions.ts';
import { noteForm, rosterFilter } from '../forms.ts';
import { deskRule, isDutyDesk } from '../rules.ts';
import { listNotes } from '../store/handover.ts';
import { readRoster } from './roster.ts';
import { tabsOf } from './tabs.ts';

const most = 30;

/** What one shift leaves to the next. */
export function handoverRoutes({ db, clock }: World, door: Door): void {
  const now = (res: Response) => res.locals.now ?? clock();
  const doing = (res: Response) => ({ author: actorOf(res), now: now(res) });

  door.get('/handover', 'shift.keep', async (req, res) => {
    const { value } = readFilter(req.query, rosterFilter);
    await showNotes(res, await readRoster(db, actorOf(res), value.desk, value.unit, now(res)), blankForm({}));
  });
  door.post('/handover', 'shift.keep', async (req, res) => {
    const { desk, unit } = req.body as { desk?: unknown; unit?: unknown };
    if (typeof desk !== 'string' || !isDutyDesk(desk) || !/^[1-9]\d{0,14}$/.test(String(unit))) throw notFound();
    const roster = await findRoster(db, desk, Number(unit));
    const back = await submit(req, res, noteForm, ({ body, appeals }) => writeNote(db, doing(res), roster, body, appeals));
    if (back) return showNotes(res, roster, back.form);
    flash(req, 'shifts.note_written');
    res.redirect(303, hrefOf('/shifts/handover', { desk, unit: roster.unit.id }));
  });
  door.post('/handover/:id/acknowledge', 'shift.keep', async (req, res) => {
    await acknowledge(db, doing(res), idOf(req.params['id']));
    flash(req, 'shifts.note_taken');
    res.redirect(303, '/shifts/handover');
  });

  async function showNotes(res: Response, roster: Roster, form: FormState): Promise<void> {
    const { t, lang, fmt } = sharedOf(res);
    const w = t.shifts;
    const actor = actorOf(res);
    const { desk, unit } = roster;
    const shift = await ownShift(db, actor, roster, now(res));
    const sits = sitsThere(actor, roster);
    show(
      res,
      'shifts/handover',
      { title: w.handover, nav: 'shifts' },
      {
        tabs: tabsOf(t, 'handover'),
        desk,
        unit_id: unit.id,
        heading: deskRule(desk).at === 'city' ? w.desks[desk] : `${unitName(unit, lang)} · ${w.desks[desk]}`,
        form,
        shift: shift ? w.your_shift(fmt.full(shift.starts_at), fmt.time(shift.ends_at)) : null,
        notes: (await listNotes(db, desk, unit.id, most)).map((note) => ({
          id: note.id,
          body: note.body,
          appeals: note.appeals,
          written: w.written_by(note.writer, fmt.full(note.written_at)),
          taken: note.reader && note.acknowledged_at ? w.taken_by(note.reader, fmt.full(note.acknowledged_at)) : null,
          may_take: sits && mayEver(actor, 'shift.keep') && note.acknowledged_at === null && note.written_by !== actor.person_id,
        })),
      },
    );
  }
}
