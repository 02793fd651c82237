import type { Response, Router } from 'express';
import { kinds } from '../appeals/rules.ts';
import { rulebook } from '../catalog/actions.ts';
import { notFound } from '../core/errors.ts';
import type { World } from '../core/world.ts';
import { actorOf, idOf, makeDoor } from '../doors.ts';
import { may, mayEver } from '../policy.ts';
import { unitName } from '../units/rules.ts';
import { flash } from '../web/flash.ts';
import { blankForm, type FormState } from '../web/form.ts';
import { sharedOf, show } from '../web/render.ts';
import { hrefOf, submit } from '../web/submit.ts';
import { words } from '../words/words.ts';
import { type Recall, recordRecall } from './actions.ts';
import { recallForm } from './forms.ts';
import { type Answers, answerNames, differences, isOpenRecall } from './rules.ts';
import { countDifferent, findRecall, listDraws, listRecalls, type RecallFacts, recallTabs } from './store.ts';

const most = 200;

/** What is asked at a callback, and the second calls that check the first. */
export function callbacks({ db, clock }: World): Router {
  const door = makeDoor('');
  const doing = (res: Response) => ({ author: actorOf(res), now: res.locals.now ?? clock() });

  door.get('/callbacks/script', 'desk.callback', (req, res) => {
    const { t } = sharedOf(res);
    const kind = kinds.find((one) => one === req.query['kind']) ?? 'help';
    show(
      res,
      'callbacks/script',
      { title: t.callbacks.script, nav: 'callback', crumbs: [{ label: t.menu.items.callback, href: '/desks/callback' }] },
      {
        tabs: kinds.map((one) => ({
          href: hrefOf('/callbacks/script', { kind: one }),
          label: t.domain.kinds[one],
          current: one === kind,
        })),
        scripts: (['zh', 'en'] as const).map((lang) => {
          const w = words[lang].callbacks;
          return { lang, label: t.callbacks.languages[lang], lines: [w.opening, ...w.asks[kind], w.closing] };
        }),
      },
    );
  });

  door.get('/recalls', 'recall.read', async (req, res) => {
    const { t, lang, fmt } = sharedOf(res);
    const actor = actorOf(res);
    const calls = mayEver(actor, 'recall.make');
    const tab = recallTabs.find((one) => one === req.query['tab']) ?? (calls ? 'open' : 'different');
    const [rows, counts, draws, book] = await Promise.all([
      listRecalls(db, tab, calls ? actor.person_id : null, most),
      countDifferent(db),
      listDraws(db, 14),
      rulebook(db),
    ]);
    show(
      res,
      'callbacks/recalls',
      { title: t.callbacks.recalls, nav: 'recalls' },
      {
        different: tab === 'different',
        tabs: recallTabs.map((one) => ({
          href: hrefOf('/recalls', { tab: one }),
          label: t.callbacks.tabs[one],
          current: one === tab,
        })),
        figures: [
          { label: t.callbacks.reached, value: fmt.number(counts.reached) },
          { label: t.callbacks.different, value: fmt.number(counts.different) },
          ...(counts.reached > 0 ? [{ label: t.callbacks.share, value: fmt.percent(counts.different / counts.reached) }] : []),
        ],
        rows: rows.map((row) => {
          const unit = book.units.get(row.lead_unit_id ?? 0);
          return {
            id: row.id,
            title: row.title,
            number: row.number,
            unit: unit ? unitName(unit, lang) : '',
            day: fmt.day(row.day),
            ...sides(row, res),
            outcome: row.outcome ? t.domain.callback_outcomes[row.outcome] : '',
          };
        }),
        draws: draws.map((one) => ({
          line: t.callbacks.draw_line(fmt.day(one.day), one.closed, one.percent, one.drawn),
          seed: one.seed,
        })),
      },
    );
  });

  door.get('/recalls/:id', 'recall.read', async (req, res) => showRecall(res, await getRecall(req.params['id']), blankForm()));

  door.post('/recalls/:id', 'recall.make', async (req, res) => {
    const recall = await getRecall(req.params['id']);
    const back = await submit(req, res, recallForm(req.body), async (value) => {
      const said = (one: string | null): boolean | null => (one === null ? null : one === 'yes');
      const given: Recall = {
        outcome: value.outcome,
        contacted: said(value.contacted as string | null),
        solved: said(value.solved as string | null),
        level: value.level as Recall['level'],
        remark: value.remark ?? '',
      };
      await recordRecall(db, doing(res), recall.id, given);
    });
    if (back) return showRecall(res, recall, back.form);
    flash(req, 'callbacks.saved');
    res.redirect(303, '/recalls?tab=open');
  });

  async function getRecall(text: string | undefined): Promise<RecallFacts> {
    const recall = await findRecall(db, idOf(text));
    if (!recall) throw notFound();
    return recall;
  }

  /** Both answers in words, and in what they differ. */
  function sides(row: RecallFacts, res: Response) {
    const { t } = sharedOf(res);
    const w = t.callbacks;
    const yes = (one: boolean | null) => (one === null ? t.common.none : one ? t.common.yes : t.common.no);
    const say = (one: Answers) =>
      answerNames
        .map((name) => `${w.answers[name]} ${name === 'level' ? t.domain.levels[one.level] : yes(one[name])}`)
        .join(' · ');
    const first: Answers = { level: row.first_level, contacted: row.first_contacted, solved: row.first_solved };
    const second: Answers | null = row.level ? { level: row.level, contacted: row.contacted, solved: row.solved } : null;
    return {
      first: { said: say(first), remark: row.first_remark, by: row.first_name ?? w.nobody },
      second: second ? { said: say(second), remark: row.remark, by: row.second_name ?? '' } : null,
      differs: second ? differences(first, second).map((name) => w.answers[name]) : [],
    };
  }

  function showRecall(res: Response, recall: RecallFacts, form: FormState): void {
    const { t } = sharedOf(res);
    const actor = actorOf(res);
    const w = t.callbacks;
    const answer = (['yes', 'no'] as const).map((value) => ({ value, label: t.common[value] }));
    show(
      res,
      'callbacks/recall',
      { title: `${w.recalls} ${recall.number}`, nav: 'recalls', crumbs: [{ label: w.recalls, href: '/recalls' }] },
      {
        id: recall.id,
        title: recall.title,
        number: recall.number,
        ...sides(recall, res),
        lines: w.asks[recall.kind as keyof typeof w.asks],
        form: isOpenRecall(recall.outcome) && may(actor, 'recall.make') && recall.first_caller !== actor.person_id ? form : null,
        outcomes: (['reached', 'no_answer', 'later', 'refused'] as const).map((value) => ({
          value,
          label: t.domain.callback_outcomes[value],
        })),
        answers: answer,
        levels: (['satisfied', 'basic', 'dissatisfied'] as const).map((value) => ({ value, label: t.domain.levels[value] })),
      },
    );
  }

  return door.routes;
}
