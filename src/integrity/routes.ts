import type { Response, Router } from 'express';
import { rulebook } from '../catalog/actions.ts';
import type { Rulebook } from '../catalog/rules.ts';
import { notFound } from '../core/errors.ts';
import type { World } from '../core/world.ts';
import { actorOf, idOf, makeDoor } from '../doors.ts';
import { may } from '../policy.ts';
import { unitName } from '../units/rules.ts';
import type { Tone } from '../views.ts';
import { flash } from '../web/flash.ts';
import { blankForm, type FormState } from '../web/form.ts';
import { sharedOf, show } from '../web/render.ts';
import { hrefOf, readFilter, submit } from '../web/submit.ts';
import { judgeFinding, settleFinding } from './actions.ts';
import { findingFilter, verdictForm } from './forms.ts';
import { findingNames, verdicts } from './rules.ts';
import { type FindingFacts, findFinding, listFindings } from './store.ts';

const most = 200;
const severityTones: readonly Tone[] = ['new', 'warn', 'late'];

/** The weekly list of what looks wrong, with its evidence, and what two people made of it. */
export function integrity({ db, clock }: World): Router {
  const door = makeDoor('');
  const doing = (res: Response) => ({ author: actorOf(res), now: res.locals.now ?? clock() });

  door.get('/integrity', 'integrity.read', async (req, res) => {
    const { t } = sharedOf(res);
    const { kind, settled } = readFilter(req.query, findingFilter).value;
    const [rows, book] = await Promise.all([listFindings(db, !settled, kind, most), rulebook(db)]);
    show(
      res,
      'integrity/findings',
      { title: t.integrity.title, nav: 'integrity' },
      {
        tabs: [false, true].map((one) => ({
          href: hrefOf('/integrity', { settled: one, kind }),
          label: one ? t.integrity.settled : t.integrity.open,
          current: settled === one,
        })),
        chips: [null, ...findingNames].map((one) => ({
          href: hrefOf('/integrity', { settled, kind: one }),
          label: one === null ? t.integrity.all : t.integrity.kinds[one],
          current: kind === one,
        })),
        rows: rows.map((row) => lineOf(row, book, res)),
      },
    );
  });

  door.get('/integrity/:id', 'integrity.read', async (req, res) =>
    showFinding(res, await getFinding(req.params['id']), blankForm()),
  );

  door.post('/integrity/:id/judge', 'integrity.judge', async (req, res) => {
    const finding = await getFinding(req.params['id']);
    const back = await submit(req, res, verdictForm, ({ verdict, reason }) =>
      judgeFinding(db, doing(res), finding.id, verdict, reason),
    );
    if (back) return showFinding(res, finding, back.form);
    flash(req, 'integrity.judged');
    res.redirect(303, `/integrity/${finding.id}`);
  });
  for (const answer of ['confirm', 'reject'] as const) {
    door.post(`/integrity/:id/${answer}`, 'integrity.judge', async (req, res) => {
      const finding = await getFinding(req.params['id']);
      await settleFinding(db, doing(res), finding.id, answer);
      flash(req, answer === 'confirm' ? 'integrity.confirmed' : 'integrity.rejected');
      res.redirect(303, `/integrity/${finding.id}`);
    });
  }

  async function getFinding(text: string | undefined): Promise<FindingFacts> {
    const finding = await findFinding(db, idOf(text));
    if (!finding) throw notFound();
    return finding;
  }

  function lineOf(row: FindingFacts, book: Rulebook, res: Response) {
    const { t, lang, fmt } = sharedOf(res);
    const w = t.integrity;
    const unit = book.units.get(row.unit_id ?? 0);
    const state = row.confirmed_at ? ('settled' as const) : row.verdict ? ('judged' as const) : ('open' as const);
    const numbers = Object.fromEntries(Object.entries(row.numbers).map(([name, n]) => [name, fmt.number(Number(n))]));
    return {
      id: row.id,
      kind: w.kinds[row.kind],
      said: w.said[row.kind](numbers),
      unit: unit ? unitName(unit, lang) : '',
      week: w.week(fmt.day(row.week)),
      severity: { tone: severityTones[row.severity - 1]!, text: w.severities[row.severity - 1]! },
      appeals: row.appeals.map((number) => ({ number, href: `/appeals/${number}` })),
      state: {
        tone: state === 'settled' ? ('done' as const) : state === 'judged' ? ('go' as const) : ('new' as const),
        text: w.states[state],
      },
    };
  }

  async function showFinding(res: Response, finding: FindingFacts, form: FormState): Promise<void> {
    const { t, fmt } = sharedOf(res);
    const w = t.integrity;
    const { author } = doing(res);
    const judges = may(author, 'integrity.judge');
    const line = lineOf(finding, await rulebook(db), res);
    const said = finding.verdict !== null;
    show(
      res,
      'integrity/finding',
      { title: line.kind, nav: 'integrity', crumbs: [{ label: w.title, href: '/integrity' }] },
      {
        ...line,
        facts: [
          { term: w.unit, text: line.unit || t.common.none },
          { term: w.found, text: fmt.full(finding.found_at) },
          ...(said
            ? [
                { term: w.verdict, text: w.verdicts[finding.verdict!] },
                { term: w.reason, text: finding.reason! },
                { term: w.judged_by, text: finding.judged_name ?? '', note: fmt.full(finding.judged_at!) },
              ]
            : []),
          ...(finding.confirmed_at
            ? [{ term: w.confirmed_by, text: finding.confirmed_name ?? '', note: fmt.full(finding.confirmed_at) }]
            : []),
        ],
        form: judges && !said ? form : null,
        verdicts: verdicts.map((value) => ({ value, label: w.verdicts[value] })),
        may_settle: judges && said && finding.confirmed_at === null && finding.judged_by !== author.person_id,
      },
    );
  }

  return door.routes;
}
