import type { Request, Response } from 'express';
import { readableSql } from '../../appeals/store.ts';
import { rulebook } from '../../catalog/actions.ts';
import type { Rulebook } from '../../catalog/rules.ts';
import { token } from '../../core/hash.ts';
import type { World } from '../../core/world.ts';
import { caseView, type Told } from '../../desks/routes/case.ts';
import { categoryName, orderToneOf, shortOf, toneOf } from '../../desks/routes/labels.ts';
import { listQueue, type QueueFilter, type QueueRow } from '../../desks/store/queue.ts';
import { actorOf, type Door } from '../../doors.ts';
import { before_field } from '../../files/rules.ts';
import { sayMessage } from '../../messages/rules.ts';
import { listMessages } from '../../messages/store.ts';
import type { Views } from '../../views.ts';
import { sharedOf, show } from '../../web/render.ts';
import { listOwnReports, type OwnReport } from '../store.ts';
import { reportView } from './report.ts';

const everything: QueueFilter = { channel: null, town_id: null, category: null };
const soonest = (a: QueueRow, b: QueueRow): number =>
  (a.due_at?.getTime() ?? Number.POSITIVE_INFINITY) - (b.due_at?.getTime() ?? Number.POSITIVE_INFINITY);
const own_reports = 20;

/** What waits for the grid's members, one case with all that may be done, and what became of their own reports. */
export function todoRoutes(world: World, door: Door): void {
  const { db } = world;

  door.get('/phone', 'phone.use', async (_req, res) => {
    const actor = actorOf(res);
    const { t, lang, fmt, now } = sharedOf(res);
    const queue = (tab: 'pending_ack' | 'in_progress' | 'submitted') => listQueue(db, tab, actor, everything, null, now);
    const [fresh, begun, submitted, unread, reports, book, report] = await Promise.all([
      queue('pending_ack'),
      queue('in_progress'),
      queue('submitted'),
      listMessages(db, actor, readableSql, { before: null, unread: true, limit: 3 }),
      listOwnReports(db, actor, null, 3),
      rulebook(db),
      reportView(world, res),
    ]);
    const card = (row: QueueRow): Views['phone/todo']['cards'][number] => ({
      number: row.number,
      title: row.title,
      href: `/phone/cases/${row.number}`,
      category: categoryName(book.categories.get(row.category_code ?? ''), lang),
      place: row.address,
      priority: row.priority,
      priority_text: t.domain.priorities[row.priority],
      status: { tone: orderToneOf[row.order_status!], text: t.domain.orders[row.order_status!] },
      due: row.due_at ? fmt.left(row.due_at, now, row.started_at) : null,
      acknowledge: row.order_status === 'pending_ack' ? `/appeals/${row.number}/orders/${row.order_id}/acknowledge` : null,
      once: token(),
    });
    show(
      res,
      'phone/todo',
      { title: t.phone.bar.todo, nav: 'phone', layout: 'phone/layout' },
      {
        report,
        messages: unread.map((one) => ({
          id: one.id,
          text: sayMessage(one, t),
          about: one.title ?? '',
          back: one.event === 'cards' ? '/cards' : one.title === null ? '/phone' : `/phone/cases/${one.number}`,
        })),
        cards: [...fresh, ...begun].sort(soonest).map(card),
        submitted: submitted.map(card),
        reports: reports.map((one) => reportLine(res, book, one)),
      },
    );
  });

  door.get('/phone/cases/:number', 'phone.use', (req, res) => showPhoneCase(world, req, res, req.params['number']!));

  door.get('/phone/reports', 'phone.use', async (req, res) => {
    const { t } = sharedOf(res);
    const before =
      typeof req.query['before'] === 'string' && /^[1-9]\d{0,15}$/.test(req.query['before']) ? Number(req.query['before']) : null;
    const found = await listOwnReports(db, actorOf(res), before, own_reports + 1);
    const rows = found.slice(0, own_reports);
    const book = await rulebook(db);
    show(
      res,
      'phone/reports',
      { title: t.phone.mine.title, nav: 'phone_report', layout: 'phone/layout' },
      {
        rows: rows.map((one) => reportLine(res, book, one)),
        newer: before === null ? undefined : '/phone/reports',
        older: found.length > own_reports ? `/phone/reports?before=${rows.at(-1)!.id}` : undefined,
      },
    );
  });
}

function reportLine(res: Response, book: Rulebook, one: OwnReport): Views['phone/reports']['rows'][number] {
  const { t, lang, fmt } = sharedOf(res);
  const acts = { ...t.domain.order_acts, ...t.domain.acts } as Record<string, string>;
  return {
    href: `/phone/cases/${one.number}`,
    number: one.number,
    title: one.title,
    day: fmt.moment(one.received_at),
    status: { tone: toneOf[one.status], text: t.domain.statuses[one.status] },
    last: [shortOf(book.units.get(one.lead_unit_id ?? 0), lang), acts[one.last_act] ?? one.last_act, fmt.moment(one.last_at)]
      .filter(Boolean)
      .join(' · '),
  };
}

/** One case on the phone; also the answer to an act that was sent from there and refused. */
export async function showPhoneCase(world: World, req: Request, res: Response, number: string, told: Told = {}): Promise<void> {
  const view = await caseView(world, res, number, told);
  const wanted = req.method === 'GET' ? req.query['act'] : undefined;
  const { t } = sharedOf(res);
  const chosen = view.acts.some((act) => act.name === wanted);
  const acts = view.acts.map((act) => ({
    ...act,
    open: chosen ? act.name === wanted : act.open,
    fields: act.fields.map((field) =>
      act.name === 'submit' && field.as === 'files' ? { ...field, label: t.phone.case.after } : field,
    ),
  }));
  show(
    res,
    'phone/case',
    { title: view.title, nav: 'phone', layout: 'phone/layout' },
    { view: { ...view, acts }, here: `/phone/cases/${number}`, before_field },
  );
}
