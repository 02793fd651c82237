import type { Request, Response } from 'express';
import { readableSql } from '../../appeals/store.ts';
import { rulebook } from '../../catalog/actions.ts';
import { dayOf } from '../../core/clock.ts';
import { notFound } from '../../core/errors.ts';
import type { World } from '../../core/world.ts';
import { actorOf, type Door, idOf } from '../../doors.ts';
import { may } from '../../policy.ts';
import { unitName } from '../../units/rules.ts';
import { findUnit } from '../../units/store.ts';
import { flash } from '../../web/flash.ts';
import { blankForm, type FormState } from '../../web/form.ts';
import { sharedOf, show } from '../../web/render.ts';
import { hrefOf, submit } from '../../web/submit.ts';
import { objectToScore, ruleOnObjection } from '../actions/entries.ts';
import { isWhole, proposeScores, settleScores, spanOf } from '../actions/score.ts';
import { objectionForm, rulingForm } from '../forms.ts';
import { isTerm, markKinds, objectableUntil, stateOf, type TermName, termNames } from '../rules.ts';
import { listCounted } from '../store/facts.ts';
import { findObjection, findScore, listMarksOf, listRevisions, type ScoreFacts } from '../store/scores.ts';
import { scoreTones } from './list.ts';

const path = '/member-scores';
const most = 500;

/** One score: how it comes about, what each term counts, and what may be done about it. */
export function scoreRoutes({ db, clock }: World, door: Door): void {
  const doing = (res: Response) => ({ author: actorOf(res), now: res.locals.now ?? clock() });

  door.get('/:id', 'act', async (req, res) => showScore(res, await getScore(req, res), {}));

  door.get('/:id/terms/:term', 'act', async (req, res) => {
    const { t, fmt } = sharedOf(res);
    const score = await getScore(req, res);
    const term = req.params['term'];
    if (!isTerm(term)) throw notFound();
    const { now } = doing(res);
    const counted =
      term === 'reviews'
        ? []
        : await listCounted(db, term, score.person_id, spanOf(score.month, now), readableSql(actorOf(res)), most);
    const steps: Readonly<Record<string, string>> = t.visits.follow_ups;
    const w = t.member_scores;
    show(
      res,
      'member_scores/term',
      { title: w.terms[term], nav: navOf(score, res), crumbs: crumbsOf(score, res, true) },
      {
        title: w.terms[term],
        who: `${score.name} · ${fmt.month(score.month)}`,
        said: sayTerm(score, term, res),
        about: w.about[term],
        rows: counted.map((one) => ({
          at: one.at ? fmt.moment(one.at) : '',
          text: one.watch_id !== null ? (steps[one.text] ?? one.text) : one.text || w.unreadable,
          href: one.number ? `/appeals/${one.number}` : one.watch_id !== null && mayWatch(res) ? `/watch/${one.watch_id}` : null,
          number: one.number ?? '',
          state: one.counts ? w.counts : w.counts_not,
          tone: one.counts ? ('go' as const) : ('warn' as const),
        })),
      },
    );
  });

  door.post('/:id/propose', 'member_score.propose', async (req, res) => {
    const id = idOf(req.params['id']);
    flash(req, 'member_scores.proposed_n', [await proposeScores(db, doing(res), [id])]);
    res.redirect(303, `${path}/${id}`);
  });
  door.post('/:id/confirm', 'member_score.confirm', async (req, res) => {
    const id = idOf(req.params['id']);
    flash(req, 'member_scores.confirmed_n', [await settleScores(db, doing(res), [id], 'confirm')]);
    res.redirect(303, `${path}/${id}`);
  });
  door.post('/:id/send-back', 'member_score.confirm', async (req, res) => {
    const id = idOf(req.params['id']);
    await settleScores(db, doing(res), [id], 'send_back');
    flash(req, 'member_scores.sent_back');
    res.redirect(303, `${path}/${id}`);
  });
  door.post('/:id/object', 'member_score.own', async (req, res) => {
    const score = await getScore(req, res);
    const back = await submit(req, res, objectionForm, ({ grounds }) => objectToScore(db, doing(res), score.id, grounds));
    if (back) return showScore(res, score, { object: { ...back.form, id: 'object' } });
    flash(req, 'member_scores.objected');
    res.redirect(303, `${path}/${score.id}`);
  });
  door.post('/:id/rule', 'member_score.confirm', async (req, res) => {
    const score = await getScore(req, res);
    const back = await submit(req, res, rulingForm, ({ decision, ruling }) =>
      ruleOnObjection(db, doing(res), score.id, decision, ruling),
    );
    if (back) return showScore(res, score, { rule: { ...back.form, id: 'rule' } });
    flash(req, 'member_scores.ruled');
    res.redirect(303, `${path}/${score.id}`);
  });

  const mayWatch = (res: Response) => actorOf(res).unit_kind === 'grid' || actorOf(res).unit_kind === 'community';

  /** A score that the reader is over, or his own once it is confirmed. */
  async function getScore(req: Request<Record<string, string>>, res: Response): Promise<ScoreFacts> {
    const actor = actorOf(res);
    const score = await findScore(db, idOf(req.params['id']));
    const own = score?.person_id === actor.person_id && score.confirmed_at !== null && may(actor, 'member_score.own');
    if (!score || !(own || may(actor, 'member_score.read', { unit_path: score.path }))) throw notFound();
    return score;
  }

  function sayTerm(score: ScoreFacts, name: TermName, res: Response): string {
    const { t, fmt } = sharedOf(res);
    const { count, of, target } = score.terms[name];
    return t.member_scores.said[name](fmt.number(count), fmt.number(of), fmt.number(target ?? 0));
  }

  function navOf(score: ScoreFacts, res: Response): string {
    return may(actorOf(res), 'member_score.read', { unit_path: score.path }) ? 'member_scores' : 'my_score';
  }
  function crumbsOf(score: ScoreFacts, res: Response, inside: boolean) {
    const { t, fmt } = sharedOf(res);
    const list =
      navOf(score, res) === 'member_scores'
        ? { label: t.member_scores.title, href: hrefOf(path, { month: score.month }) }
        : { label: t.member_scores.mine, href: `${path}/mine` };
    return inside ? [list, { label: `${score.name} ${fmt.month(score.month)}`, href: `${path}/${score.id}` }] : [list];
  }

  async function showScore(
    res: Response,
    score: ScoreFacts,
    told: { readonly object?: FormState; readonly rule?: FormState },
  ): Promise<void> {
    const { t, lang, fmt } = sharedOf(res);
    const w = t.member_scores;
    const { author, now } = doing(res);
    const [marks, revisions, objection, { calendar }, grid] = await Promise.all([
      listMarksOf(db, score.person_id, score.month),
      listRevisions(db, score.person_id, score.month),
      findObjection(db, score.id),
      rulebook(db),
      findUnit(db, score.grid_id),
    ]);
    const state = stateOf(score);
    const scores = may(author, 'member_score.propose', { unit_path: score.path }) && author.unit_id === grid?.parent_id;
    const confirms = may(author, 'member_score.confirm', { unit_path: score.path }) && score.proposed_by !== author.person_id;
    const own = score.person_id === author.person_id;
    const until = score.confirmed_at && objectableUntil(calendar, score.confirmed_at);
    const last = revisions.at(-1)!.id === score.id;
    show(
      res,
      'member_scores/score',
      { title: `${score.name} ${fmt.month(score.month)}`, nav: navOf(score, res), crumbs: crumbsOf(score, res, false) },
      {
        id: score.id,
        name: score.name,
        demo: score.demo,
        month: fmt.month(score.month),
        score: score.score,
        state: w.states[state],
        tone: scoreTones[state],
        revision: score.revision > 1 ? w.revision(score.revision) : '',
        terms: termNames.map((name) => ({
          name,
          label: w.terms[name],
          weight: score.terms[name].weight,
          said: sayTerm(score, name, res),
          points: score.terms[name].points,
        })),
        bonus: score.bonus,
        penalty: score.penalty,
        marks: marks.map((mark) => ({
          text: w.kinds[mark.kind],
          points: `${markKinds[mark.kind].sign > 0 ? '+' : '−'}${mark.points}`,
          reason: mark.reason,
          state: w.mark_states[mark.confirmed_at ? 'confirmed' : 'open'],
          tone: mark.confirmed_at ? ('done' as const) : ('new' as const),
        })),
        facts: [
          { term: w.grid, text: unitName({ name_zh: score.grid_zh, name_en: score.grid_en }, lang) },
          { term: w.kind_of_member, text: w[score.kind] },
          { term: w.days, text: score.days },
          ...(score.proposed_name ? [{ term: w.scored_by, text: score.proposed_name, note: fmt.full(score.proposed_at!) }] : []),
          ...(score.confirmed_name
            ? [{ term: w.confirmed_by, text: score.confirmed_name, note: fmt.full(score.confirmed_at!) }]
            : []),
          ...(score.reason ? [{ term: w.revised_because, text: score.reason }] : []),
          { term: w.checksum, text: score.checksum.slice(0, 16), note: isWhole(score) ? w.whole : w.broken },
        ],
        revisions:
          revisions.length > 1
            ? revisions
                .filter((one) => !own || one.confirmed_at !== null)
                .map((one) => ({
                  id: one.id,
                  label: w.revision(one.revision),
                  score: one.score,
                  state: w.states[stateOf(one)],
                  tone: scoreTones[stateOf(one)],
                  current: one.id === score.id,
                }))
            : [],
        may_propose: state === 'drafted' && scores && !own,
        may_confirm: state === 'proposed' && confirms && !own,
        objection: objection
          ? {
              grounds: objection.grounds,
              decision: objection.decision ? w.decisions[objection.decision] : w.open_objection,
              tone: objection.decision ? ('done' as const) : ('new' as const),
              ruling: objection.ruling ?? '',
              by: objection.decided_name ? `${objection.decided_name} ${fmt.full(objection.decided_at!)}` : '',
            }
          : null,
        object:
          own && last && until && now <= until && !objection
            ? { until: fmt.day(dayOf(until)), form: told.object ?? blankForm({}, 'object') }
            : null,
        rule:
          objection && !objection.decision && may(author, 'member_score.confirm', { unit_path: score.path })
            ? (told.rule ?? blankForm({}, 'rule'))
            : null,
        rulings: (['upheld', 'rejected'] as const).map((value) => ({
          value,
          label: value === 'upheld' ? w.uphold : w.reject,
        })),
      },
    );
  }
}
