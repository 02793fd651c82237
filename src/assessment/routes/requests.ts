import type { Response, Router } from 'express';
import { notFound } from '../../core/errors.ts';
import type { World } from '../../core/world.ts';
import { actorOf, idOf, makeDoor } from '../../doors.ts';
import { may, mayEver, type Permission } from '../../policy.ts';
import { findUnit } from '../../units/store.ts';
import type { EditField, RequestLine } from '../../views.ts';
import { flash } from '../../web/flash.ts';
import { blankForm, type FormState } from '../../web/form.ts';
import { sharedOf, show } from '../../web/render.ts';
import { hrefOf, readFilter, submit } from '../../web/submit.ts';
import {
  confirmExclusion,
  confirmObjection,
  decideExclusion,
  decideObjection,
  fileObjection,
  requestExclusion,
} from '../actions/requests.ts';
import { confirmation, exclusionDecision, exclusionForm, listedFilter, objectionDecision, objectionForm } from '../forms.ts';
import { claims, exclusionReasons } from '../rules/requests.ts';
import {
  type AssessmentExclusionRow,
  type AssessmentObjectionRow,
  findFact,
  type Listed,
  listExclusions,
  listObjections,
} from '../store/requests.ts';

const page_size = 50;

/** Requests to leave an order out of an open month, and objections to a closed one: asked by the unit, seen by all, settled by two others. */
export function requestPages({ db }: World): Router {
  const door = makeDoor('');
  const doing = (res: Response) => ({ author: actorOf(res), now: sharedOf(res).now });

  door.get('/assessment/exclusions', 'assessment.read', async (req, res) => {
    const { t, lang, fmt } = sharedOf(res);
    const asked = readFilter(req.query, listedFilter).value;
    const found = await listExclusions(db, asked.period, asked, page_size);
    showList(res, {
      path: '/assessment/exclusions',
      nav: 'exclusions',
      intro: t.assessment.exclusions_intro,
      none: t.assessment.no_exclusions,
      ...found,
      period: asked.period,
      rows: found.rows.map((row) => ({
        ...toldOf(row, row.requested_at),
        what: t.assessment.reasons[row.reason],
        said: row.request,
        verdict: verdictOf(row, row.closed),
        acts: row.closed ? [] : actsOf(res, row, 'exclusion', row.decision === 'granted'),
      })),
    });
    function toldOf(row: AssessmentExclusionRow & Listed, at: Date) {
      return {
        number: row.number,
        unit: lang === 'zh' ? row.unit_zh : row.unit_en,
        period: fmt.month(row.period),
        at: fmt.full(at),
        by: row.asked_by,
        ruling: row.ruling,
        decider: row.decider,
        confirmer: row.confirmer,
      };
    }
    function verdictOf(row: AssessmentExclusionRow, closed: boolean): RequestLine['verdict'] {
      if (row.confirmation === 'confirmed') return { tone: 'done', text: t.assessment.verdicts.excluded };
      if (row.confirmation === 'refused' || row.decision === 'denied')
        return { tone: 'late', text: t.assessment.verdicts.denied };
      if (closed) return { tone: 'done', text: t.assessment.verdicts.lapsed };
      return row.decision === 'granted'
        ? { tone: 'warn', text: t.assessment.verdicts.to_confirm }
        : { tone: 'new', text: t.assessment.verdicts.to_decide };
    }
  });

  door.get('/assessment/objections', 'assessment.read', async (req, res) => {
    const { t, lang, fmt } = sharedOf(res);
    const asked = readFilter(req.query, listedFilter).value;
    const found = await listObjections(db, asked.period, asked, page_size);
    const verdictOf = (row: AssessmentObjectionRow): RequestLine['verdict'] => {
      if (row.confirmation === 'confirmed') return { tone: 'done', text: t.assessment.verdicts.revised(row.revised_to!) };
      if (row.confirmation === 'refused' || row.decision === 'rejected')
        return { tone: 'late', text: t.assessment.verdicts.denied };
      return row.decision === 'upheld'
        ? { tone: 'warn', text: t.assessment.verdicts.to_confirm }
        : { tone: 'new', text: t.assessment.verdicts.to_decide };
    };
    showList(res, {
      path: '/assessment/objections',
      nav: 'objections',
      intro: t.assessment.objections_intro,
      none: t.assessment.no_objections,
      ...found,
      period: asked.period,
      rows: found.rows.map((row) => ({
        number: row.number,
        unit: lang === 'zh' ? row.unit_zh : row.unit_en,
        period: fmt.month(row.period),
        at: fmt.full(row.filed_at),
        by: row.asked_by,
        ruling: row.ruling,
        decider: row.decider,
        confirmer: row.confirmer,
        what: t.assessment.claims[row.claim],
        said: row.grounds,
        verdict: verdictOf(row),
        acts: actsOf(res, row, 'objection', row.decision === 'upheld'),
      })),
    });
  });

  function actsOf(
    res: Response,
    row: { id: number; decision: string | null; confirmation: string | null },
    kind: 'exclusion' | 'objection',
    granted: boolean,
  ) {
    const { t } = sharedOf(res);
    const may_now = (permission: Permission) => mayEver(actorOf(res), permission);
    if (row.decision === null && may_now(`${kind}.decide`))
      return [{ href: `/assessment/${kind}s/${row.id}/decide`, label: t.assessment.decide }];
    if (granted && row.confirmation === null && may_now(`${kind}.confirm`))
      return [{ href: `/assessment/${kind}s/${row.id}/confirm`, label: t.assessment.confirm }];
    return [];
  }

  function showList(
    res: Response,
    page: {
      path: string;
      nav: 'exclusions' | 'objections';
      intro: string;
      none: string;
      rows: readonly RequestLine[];
      newer: string | null;
      older: string | null;
      period: string | null;
    },
  ): void {
    const { t, fmt } = sharedOf(res);
    const { path, nav, period, newer, older } = page;
    const title = t.menu.items[nav];
    show(
      res,
      'assessment/requests',
      { title, nav, crumbs: [{ href: '/assessment', label: t.assessment.title }] },
      {
        title,
        intro: page.intro,
        none: page.none,
        at: period ? { label: fmt.month(period), clear: path } : null,
        rows: page.rows,
        newer: newer ? hrefOf(path, { period, before: newer }) : undefined,
        older: older ? hrefOf(path, { period, after: older }) : undefined,
      },
    );
  }

  /** What a unit asks about one of its orders. */
  async function showAsk(res: Response, order_id: number, kind: 'exclusion' | 'objection', form: FormState): Promise<void> {
    const { t, fmt } = sharedOf(res);
    const fact = await findFact(db, order_id);
    const unit = fact && (await findUnit(db, fact.unit_id));
    if (
      !fact ||
      !unit ||
      !may(actorOf(res), kind === 'exclusion' ? 'exclusion.request' : 'objection.file', { unit_path: unit.path })
    )
      throw notFound();
    const w = t.assessment;
    const title = kind === 'exclusion' ? w.ask_exclusion : w.object;
    const first: EditField =
      kind === 'exclusion'
        ? {
            name: 'reason',
            label: w.reason,
            kind: 'radios',
            required: true,
            options: exclusionReasons.map((value) => ({ value, label: w.reasons[value] })),
          }
        : {
            name: 'claim',
            label: w.claim,
            kind: 'radios',
            required: true,
            options: claims.map((value) => ({ value, label: w.claims[value] })),
          };
    const back = hrefOf(`/assessment/units/${unit.id}/cases`, { period: fact.period });
    showForm(res, {
      title: `${title} · ${fact.number}`,
      intro: `${kind === 'exclusion' ? w.ask_exclusion_intro : w.object_intro} (${fmt.month(fact.period)})`,
      action: `/assessment/orders/${order_id}/${kind}`,
      back,
      nav: kind === 'exclusion' ? 'exclusions' : 'objections',
      form,
      rows: [
        [first],
        [
          {
            name: kind === 'exclusion' ? 'request' : 'grounds',
            label: w.grounds,
            kind: 'textarea',
            rows: 4,
            required: true,
            hint: w.grounds_hint,
          },
        ],
      ],
    });
  }

  door.get('/assessment/orders/:id/exclusion', 'exclusion.request', (req, res) =>
    showAsk(res, idOf(req.params['id']), 'exclusion', blankForm()),
  );
  door.post('/assessment/orders/:id/exclusion', 'exclusion.request', async (req, res) => {
    const id = idOf(req.params['id']);
    const back = await submit(req, res, exclusionForm, (value) => requestExclusion(db, doing(res), id, value));
    if (back) return showAsk(res, id, 'exclusion', back.form);
    flash(req, 'assessment.asked');
    res.redirect(303, '/assessment/exclusions');
  });
  door.get('/assessment/orders/:id/objection', 'objection.file', (req, res) =>
    showAsk(res, idOf(req.params['id']), 'objection', blankForm()),
  );
  door.post('/assessment/orders/:id/objection', 'objection.file', async (req, res) => {
    const id = idOf(req.params['id']);
    const back = await submit(req, res, objectionForm, (value) => fileObjection(db, doing(res), id, value));
    if (back) return showAsk(res, id, 'objection', back.form);
    flash(req, 'assessment.asked');
    res.redirect(303, '/assessment/objections');
  });

  const decisions = { exclusion: ['granted', 'denied'], objection: ['upheld', 'rejected'] } as const;

  function showDecide(res: Response, id: number, kind: 'exclusion' | 'objection', form: FormState): void {
    const { t } = sharedOf(res);
    const w = t.assessment;
    showForm(res, {
      title: w.decide,
      intro: w.decide_intro,
      action: `/assessment/${kind}s/${id}/decide`,
      back: `/assessment/${kind}s`,
      nav: `${kind}s`,
      form,
      rows: [
        [
          {
            name: 'decision',
            label: w.decision,
            kind: 'radios',
            inline: true,
            required: true,
            options: decisions[kind].map((value) => ({ value, label: w.decisions[value] })),
          },
        ],
        [{ name: 'ruling', label: w.ruling, kind: 'textarea', rows: 3, required: true }],
      ],
    });
  }
  function showConfirm(res: Response, id: number, kind: 'exclusion' | 'objection', form: FormState): void {
    const { t } = sharedOf(res);
    const w = t.assessment;
    showForm(res, {
      title: w.confirm,
      intro: kind === 'exclusion' ? w.confirm_intro : w.confirm_revision,
      action: `/assessment/${kind}s/${id}/confirm`,
      back: `/assessment/${kind}s`,
      nav: `${kind}s`,
      form,
      rows: [
        [
          {
            name: 'confirmation',
            label: w.decision,
            kind: 'radios',
            inline: true,
            required: true,
            options: (['confirmed', 'refused'] as const).map((value) => ({ value, label: w.decisions[value] })),
          },
        ],
      ],
    });
  }

  function showForm(
    res: Response,
    page: {
      title: string;
      intro: string;
      action: string;
      back: string;
      nav: 'exclusions' | 'objections';
      form: FormState;
      rows: EditField[][];
    },
  ): void {
    const { t } = sharedOf(res);
    const { nav, ...locals } = page;
    show(
      res,
      'units/edit',
      { title: page.title, nav, crumbs: [{ href: `/assessment/${nav}`, label: t.menu.items[nav] }] },
      { ...locals, stale: false },
    );
  }

  door.get('/assessment/exclusions/:id/decide', 'exclusion.decide', (req, res) =>
    showDecide(res, idOf(req.params['id']), 'exclusion', blankForm()),
  );
  door.post('/assessment/exclusions/:id/decide', 'exclusion.decide', async (req, res) => {
    const id = idOf(req.params['id']);
    const back = await submit(req, res, exclusionDecision, (value) => decideExclusion(db, doing(res), id, value));
    if (back) return showDecide(res, id, 'exclusion', back.form);
    flash(req, 'assessment.decided');
    res.redirect(303, '/assessment/exclusions');
  });
  door.get('/assessment/exclusions/:id/confirm', 'exclusion.confirm', (req, res) =>
    showConfirm(res, idOf(req.params['id']), 'exclusion', blankForm()),
  );
  door.post('/assessment/exclusions/:id/confirm', 'exclusion.confirm', async (req, res) => {
    const id = idOf(req.params['id']);
    const back = await submit(req, res, confirmation, (value) => confirmExclusion(db, doing(res), id, value.confirmation));
    if (back) return showConfirm(res, id, 'exclusion', back.form);
    flash(req, 'assessment.decided');
    res.redirect(303, '/assessment/exclusions');
  });
  door.get('/assessment/objections/:id/decide', 'objection.decide', (req, res) =>
    showDecide(res, idOf(req.params['id']), 'objection', blankForm()),
  );
  door.post('/assessment/objections/:id/decide', 'objection.decide', async (req, res) => {
    const id = idOf(req.params['id']);
    const back = await submit(req, res, objectionDecision, (value) => decideObjection(db, doing(res), id, value));
    if (back) return showDecide(res, id, 'objection', back.form);
    flash(req, 'assessment.decided');
    res.redirect(303, '/assessment/objections');
  });
  door.get('/assessment/objections/:id/confirm', 'objection.confirm', (req, res) =>
    showConfirm(res, idOf(req.params['id']), 'objection', blankForm()),
  );
  door.post('/assessment/objections/:id/confirm', 'objection.confirm', async (req, res) => {
    const id = idOf(req.params['id']);
    const back = await submit(req, res, confirmation, (value) => confirmObjection(db, doing(res), id, value.confirmation));
    if (back) return showConfirm(res, id, 'objection', back.form);
    flash(req, 'assessment.decided');
    res.redirect(303, '/assessment/objections');
  });

  return door.routes;
}
