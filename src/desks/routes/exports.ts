import { z } from 'zod';
import type { World } from '../../core/world.ts';
import { actorOf, type Door, idOf } from '../../doors.ts';
import { may } from '../../policy.ts';
import { decideExport, mayBeTaken, takeExport } from '../../reports/actions/exports.ts';
import { type ExportRequestLine, listExportRequests, listExports } from '../../reports/store/exports.ts';
import { flash } from '../../web/flash.ts';
import { pick, readForm } from '../../web/form.ts';
import { sharedOf, show } from '../../web/render.ts';
import { readLedgerFilter } from '../store/ledger.ts';
import { sendExport } from './export.ts';
import { phoneOf } from './ledger.ts';

const decisionForm = z.object({ decision: pick(['granted', 'denied']) });

/** What somebody took out of the ledger, and what is large enough to be granted by another. */
export function exportRoutes(world: World, door: Door): void {
  const { db } = world;

  door.get('/exports', 'appeal.export', async (_req, res) => {
    const { t, now } = sharedOf(res);
    const actor = actorOf(res);
    const approves = may(actor, 'export.approve');
    const [rows, mine, open] = await Promise.all([
      listExports(db, actor.person_id),
      listExportRequests(db, actor.person_id),
      approves ? listExportRequests(db, 'open') : [],
    ]);
    const told = (row: ExportRequestLine) => ({
      ...row,
      list: `/appeals?${row.query}`,
      state: {
        tone: row.decision === null ? ('warn' as const) : ('done' as const),
        text: row.used_at ? t.ledger.taken : row.decision === null ? t.ledger.waits : t.ledger.decisions[row.decision],
      },
      take: mayBeTaken(row, now),
    });
    show(
      res,
      'desks/exports',
      { title: t.ledger.exports, nav: 'appeals', crumbs: [{ label: t.ledger.title, href: '/appeals' }] },
      { rows, mine: mine.map(told), open: open.filter((row) => row.requested_by !== actor.person_id).map(told) },
    );
  });

  door.post('/exports/requests/:id/decide', 'export.approve', async (req, res) => {
    const read = readForm(req.body, decisionForm);
    if (read.ok) {
      const { now } = sharedOf(res);
      await decideExport(db, { author: actorOf(res), now }, idOf(req.params['id']), read.value.decision);
      flash(req, 'ledger.decided_now');
    }
    res.redirect(303, '/exports');
  });

  door.post('/exports/requests/:id/take', 'appeal.export', async (req, res) => {
    const { now } = sharedOf(res);
    const { format, purpose, query } = await takeExport(db, { author: actorOf(res), now }, idOf(req.params['id']));
    const filter = readLedgerFilter(new URLSearchParams(query));
    await sendExport(world, res, { filter, query, phone_hash: phoneOf(world, res, filter), format, purpose });
  });
}
