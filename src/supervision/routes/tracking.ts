import type { Request, Response } from 'express';
import { isEnded } from '../../appeals/rules.ts';
import { readableSql } from '../../appeals/store.ts';
import { rulebook } from '../../catalog/actions.ts';
import { addDays, dayOf } from '../../core/clock.ts';
import { notFound } from '../../core/errors.ts';
import type { World } from '../../core/world.ts';
import { actorOf, type Door, idOf } from '../../doors.ts';
import { may, mayEver } from '../../policy.ts';
import { unitName } from '../../units/rules.ts';
import type { Tone, TrackedLine } from '../../views.ts';
import { flash } from '../../web/flash.ts';
import { blankForm, type FormState } from '../../web/form.ts';
import { sharedOf, show } from '../../web/render.ts';
import { hrefOf, readFilter, submit } from '../../web/submit.ts';
import { markKept, noteMeeting, notePromise, solve, track } from '../actions/tracking.ts';
import { noteForm, promiseForm, solveForm, trackForm, trackingFilter } from '../forms.ts';
import {
  countTracked,
  findName,
  findTracked,
  listTracked,
  type PromiseRow,
  readTracked,
  type Tracked,
  trackedLists,
} from '../store/tracking.ts';

const page_size = 50;
/** A meeting's list is printed whole; a city that tracks more than this has no meeting that could go through it. */
const most_at_meeting = 300;
const path = '/key-tracking';
type Forms = Partial<Record<'promise' | 'note' | 'solve', FormState>>;

/** The ledger of key tracking: what is on it, the list for this week's meeting, promises and whether they were kept. */
export function trackingRoutes({ db }: World, door: Door): void {
  const doing = (res: Response) => ({ author: actorOf(res), now: sharedOf(res).now });

  door.get(path, 'tracking.read', async (req, res) => {
    const { t, now } = sharedOf(res);
    const actor = actorOf(res);
    const today = dayOf(now);
    const asked = readFilter(req.query, trackingFilter).value;
    const list = asked.list ?? 'open';
    const after = /^\d{1,15}$/.test(asked.after ?? '') ? Number(asked.after) : 0;
    const [counts, found] = await Promise.all([
      countTracked(db, actor, readableSql, today),
      listTracked(db, actor, readableSql, list, today, after, page_size + 1),
    ]);
    const rows = found.slice(0, page_size);
    const w = t.supervision;
    show(
      res,
      'supervision/tracking',
      { title: w.tracking_title, nav: 'key_tracking' },
      {
        may_edit: mayEver(actor, 'tracking.edit'),
        tabs: trackedLists.map((one) => ({
          href: hrefOf(path, { list: one }),
          label: w.tracking_lists[one],
          count: counts[one],
          hot: one === 'broken' && counts.broken > 0,
          current: one === list,
        })),
        rows: await lines(res, rows),
        newer: after > 0 ? hrefOf(path, { list }) : undefined,
        older: found.length > page_size ? hrefOf(path, { list, after: rows.at(-1)!.id }) : undefined,
      },
    );
  });

  /** One list a week, from Monday: printed for the meeting. */
  door.get(`${path}/meeting`, 'tracking.read', async (req, res) => {
    const { t, lang, fmt, now } = sharedOf(res);
    const asked =
      typeof req.query['from'] === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(req.query['from']) ? req.query['from'] : dayOf(now);
    const monday = mondayOf(Number.isNaN(Date.parse(asked)) ? dayOf(now) : asked);
    const sunday = addDays(monday, 6);
    const actor = actorOf(res);
    const today = dayOf(now);
    const book = await rulebook(db);
    const found = (await listTracked(db, actor, readableSql, 'open', today, 0, most_at_meeting)).filter(
      (row) => dayOf(row.opened_at) <= sunday,
    );
    const file = await readTracked(
      db,
      found.map(({ id }) => id),
    );
    const told = await lines(res, found);
    const w = t.supervision;
    const heading = w.week_of(fmt.day(monday), fmt.day(sunday));
    show(
      res,
      'supervision/meeting',
      { title: w.meeting_title(heading), nav: 'key_tracking', crumbs: [{ label: w.tracking_title, href: path }] },
      {
        heading: w.meeting_title(heading),
        before: hrefOf(`${path}/meeting`, { from: addDays(monday, -7) }),
        after: hrefOf(`${path}/meeting`, { from: addDays(monday, 7) }),
        rows: told.map((line, index) => ({
          ...line,
          promised: file.promises
            .filter((one) => one.item_id === found[index]!.id && one.kept_at === null)
            .map((one) => ({
              unit: unitName(book.units.get(one.unit_id)!, lang),
              text: one.promise,
              by: w.promise_line(one.promised_by, fmt.day(one.due_on)),
              state: stateOf(res, one, today),
            })),
          last: file.notes.find((one) => one.item_id === found[index]!.id && one.met_on <= sunday)?.note ?? '',
        })),
      },
    );
  });

  door.get(`${path}/new`, 'tracking.edit', (req, res) =>
    showTrack(res, blankForm({ number: typeof req.query['number'] === 'string' ? req.query['number'] : '' })),
  );
  door.post(`${path}/new`, 'tracking.edit', async (req, res) => {
    const back = await submit(req, res, trackForm, ({ number, note }) => track(db, doing(res), number, note));
    if (back) return showTrack(res, back.form);
    flash(req, 'supervision.tracked_now');
    res.redirect(303, path);
  });

  door.get(`${path}/:id`, 'tracking.read', (req, res) => showItem(res, idOf(req.params['id']), {}));
  door.post(`${path}/:id/promise`, 'tracking.edit', (req, res) =>
    answer(req, res, 'promise', (id) => submit(req, res, promiseForm, (value) => notePromise(db, doing(res), id, value))),
  );
  door.post(`${path}/:id/note`, 'tracking.edit', (req, res) =>
    answer(req, res, 'note', (id) => submit(req, res, noteForm, (value) => noteMeeting(db, doing(res), id, value))),
  );
  door.post(`${path}/:id/solve`, 'tracking.edit', (req, res) =>
    answer(req, res, 'solve', (id) => submit(req, res, solveForm, ({ reason }) => solve(db, doing(res), id, reason))),
  );
  door.post(`${path}/:id/promises/:promise/kept`, 'tracking.edit', async (req, res) => {
    const id = idOf(req.params['id']);
    await markKept(db, doing(res), id, idOf(req.params['promise']));
    flash(req, 'supervision.noted');
    res.redirect(303, `${path}/${id}`);
  });

  async function answer(
    req: Request<Record<string, string>>,
    res: Response,
    which: keyof Forms,
    save: (id: number) => ReturnType<typeof submit>,
  ): Promise<void> {
    const id = idOf(req.params['id']);
    const back = await save(id);
    if (back) return showItem(res, id, { [which]: back.form });
    flash(req, which === 'solve' ? 'supervision.solved_now' : 'supervision.noted');
    res.redirect(303, `${path}/${id}`);
  }

  function showTrack(res: Response, form: FormState): void {
    const { t } = sharedOf(res);
    const w = t.supervision;
    show(
      res,
      'units/edit',
      { title: w.track, nav: 'key_tracking', crumbs: [{ label: w.tracking_title, href: path }] },
      {
        title: w.track,
        intro: w.track_intro,
        form,
        stale: false,
        action: `${path}/new`,
        back: path,
        rows: [
          [{ name: 'number', label: w.track_number, required: true }],
          [{ name: 'note', label: w.track_note, kind: 'textarea', rows: 3, required: true }],
        ],
      },
    );
  }

  async function showItem(res: Response, id: number, forms: Forms): Promise<void> {
    const { t, lang, fmt, now } = sharedOf(res);
    const actor = actorOf(res);
    const today = dayOf(now);
    const item = await findTracked(db, id, actor, readableSql, today);
    if (!item) throw notFound();
    const [file, book, [line]] = await Promise.all([readTracked(db, [id]), rulebook(db), lines(res, [item])]);
    const w = t.supervision;
    const edits = item.solved_at === null && may(actor, 'tracking.edit', { readable: true });
    const whoSolved =
      item.solved_at === null
        ? ''
        : item.solved_by === null
          ? w.solved_with_appeal
          : w.solved_for(await findName(db, item.solved_by), item.solved_for ?? '');
    const lead = item.lead_unit_id === null ? undefined : book.units.get(item.lead_unit_id);
    show(
      res,
      'supervision/tracked',
      { title: `${w.tracking_title} ${item.number}`, nav: 'key_tracking', crumbs: [{ label: w.tracking_title, href: path }] },
      {
        id,
        line: line!,
        facts: [
          { term: w.appeal, text: item.number, href: `/appeals/${item.number}` },
          { term: w.entry, text: w.reasons[item.reason], note: item.note ?? '' },
          { term: w.tracked_since, text: fmt.full(item.opened_at) },
          ...(lead ? [{ term: w.unit, text: unitName(lead, lang) }] : []),
          ...(item.solved_at ? [{ term: w.solved, text: fmt.full(item.solved_at), note: whoSolved }] : []),
        ],
        promises: file.promises.map((one) => ({
          id: one.id,
          unit: unitName(book.units.get(one.unit_id)!, lang),
          text: one.promise,
          by: w.promise_line(one.promised_by, fmt.day(one.due_on)),
          state: stateOf(res, one, today),
          open: one.kept_at === null,
        })),
        notes: file.notes.map((one) => ({ day: fmt.day(one.met_on), text: one.note, who: one.noter })),
        forms: edits
          ? {
              promise: { ...(forms.promise ?? blankForm({ due_on: addDays(today, 7) })), id: 'promise' },
              note: { ...(forms.note ?? blankForm({ met_on: today })), id: 'note' },
              solve: { ...(forms.solve ?? blankForm()), id: 'solve' },
              chosen: lead ? [{ value: lead.id, label: unitName(lead, lang) }] : [],
            }
          : null,
      },
    );
  }

  async function lines(res: Response, rows: readonly Tracked[]): Promise<TrackedLine[]> {
    const { t, lang, fmt, now } = sharedOf(res);
    const book = await rulebook(db);
    const w = t.supervision;
    return rows.map((row) => {
      const until = row.solved_at ?? now;
      const lead = row.lead_unit_id === null ? undefined : book.units.get(row.lead_unit_id);
      return {
        id: row.id,
        number: row.number,
        title: row.title,
        unit: lead ? unitName(lead, lang) : '',
        reason: w.reasons[row.reason],
        since: fmt.day(row.opened_at),
        days: w.days(Math.max(0, Math.floor((until.getTime() - row.received_at.getTime()) / 86_400_000))),
        status: { tone: isEnded(row.status) ? ('done' as const) : ('go' as const), text: t.domain.statuses[row.status] },
        promises: row.promises,
        broken: row.broken > 0 ? w.broken_count(row.broken) : '',
        next: row.next_on ? fmt.day(row.next_on) : '',
      };
    });
  }
}

/** What became of a promise: broken is derived from its day, never stored. */
function stateOf(res: Response, one: PromiseRow, today: string): { tone: Tone; text: string } {
  const w = sharedOf(res).t.supervision;
  if (one.kept_at) return { tone: 'go', text: w.kept };
  return one.due_on < today ? { tone: 'late', text: w.broken } : { tone: 'new', text: w.running };
}

// The first day of the epoch was a Thursday.
const mondayOf = (day: string): string => addDays(day, -((Math.round(Date.parse(`${day}T00:00:00Z`) / 86_400_000) + 3) % 7));
