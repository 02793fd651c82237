import type { Response, Router } from 'express';
import { readTable } from '../../assessment/actions/table.ts';
import { decimal, decimalOrNull } from '../../assessment/rules/exact.ts';
import { listClosed } from '../../assessment/store/periods.ts';
import { notFound } from '../../core/errors.ts';
import type { World } from '../../core/world.ts';
import { actorOf, makeDoor } from '../../doors.ts';
import { unitName } from '../../units/rules.ts';
import { blankForm, type FormState, readForm } from '../../web/form.ts';
import { sharedOf, show } from '../../web/render.ts';
import { sendSheet } from '../../web/sheets.ts';
import { deductionForm } from '../forms.ts';
import { changeExport, insertExport } from '../store/exports.ts';

/** What each unit lost in a closed month, for the city's post-target assessment. */
export function deductionPages({ db, clock }: World): Router {
  const door = makeDoor('');

  door.get('/reports/deductions', 'deduction.export', (_req, res) => page(res));
  door.post('/reports/deductions', 'deduction.export', async (req, res) => {
    const read = readForm(req.body, deductionForm, 'd');
    if (!read.ok) {
      res.status(422);
      return page(res, read);
    }
    const { t, lang, fmt, now } = sharedOf(res);
    const { period, purpose, format } = read.value;
    const closed = (await listClosed(db)).find((one) => one.period === period);
    if (!closed) throw notFound();
    const actor = actorOf(res);
    const table = await readTable(db, period, 'city', closed);
    const id = await insertExport(db, {
      person_id: actor.person_id,
      post: actor.post,
      unit_id: actor.unit_id,
      format,
      purpose,
      query: `deductions=${period}`,
      started_at: now,
    });
    const rows = table.scores.map((one) => [
      period,
      String(closed.revision),
      unitName(table.units.get(one.unit_id)!, lang),
      t.reports.groups[one.group],
      String(one.counts.n),
      decimalOrNull(one.score) ?? '',
      decimalOrNull(table.bases.all ?? table.bases[one.group] ?? null) ?? '',
      decimalOrNull(one.gap) ?? '',
      decimal(one.deduction),
      one.rank === null ? '' : String(one.rank),
      t.assessment.states[one.state],
    ]);
    const sent = await sendSheet(
      res,
      format,
      {
        file: `deductions-${period}`,
        name: t.reports.deductions_sheet,
        headings: Object.values(t.reports.deductions_headings),
        watermark: t.ledger.watermark(`${actor.unit_name} ${actor.name}`, fmt.full(now), purpose),
      },
      [rows],
    );
    await changeExport(db, id, { ...sent, ...(sent.sha256 === null ? {} : { finished_at: clock() }) });
  });

  async function page(res: Response, form: FormState = blankForm({ format: 'xlsx' }, 'd')): Promise<void> {
    const { t, fmt } = sharedOf(res);
    const closed = await listClosed(db);
    show(
      res,
      'reports/deductions',
      { title: t.reports.deductions, nav: 'reports', crumbs: [{ href: '/reports', label: t.reports.title }] },
      { form, months: closed.map(({ period }) => ({ value: period, label: fmt.month(period) })) },
    );
  }

  return door.routes;
}
