import type { Response } from 'express';
import { addDays, dayOf } from '../../core/clock.ts';
import type { World } from '../../core/world.ts';
import { actorOf, type Door, idOf } from '../../doors.ts';
import { may, mayEver } from '../../policy.ts';
import { unitName } from '../../units/rules.ts';
import type { Groups, Tone } from '../../views.ts';
import { flash } from '../../web/flash.ts';
import { blankForm, type FormState } from '../../web/form.ts';
import { sharedOf, show } from '../../web/render.ts';
import { submit } from '../../web/submit.ts';
import { endSubstitute, nameSubstitute } from '../actions/substitute.ts';
import { substituteForm } from '../forms.ts';
import { listMemberChoices, listSubstitutes } from '../store/substitutes.ts';

const most = 100;
const tones: Record<'valid' | 'ended' | 'coming', Tone> = { valid: 'go', ended: 'done', coming: 'new' };

/** Who stands in for whom: named by the community, seen by both. */
export function substituteRoutes({ db, clock }: World, door: Door): void {
  const now = (res: Response) => res.locals.now ?? clock();
  const doing = (res: Response) => ({ author: actorOf(res), now: now(res) });

  door.get('/substitutes', 'substitute.read', async (_req, res) => {
    const { t, lang, fmt } = sharedOf(res);
    const actor = actorOf(res);
    const keeps = mayEver(actor, 'substitute.edit');
    const today = dayOf(now(res));
    const found = await listSubstitutes(db, keeps ? { under_path: actor.unit_path } : { person_id: actor.person_id }, most);
    show(
      res,
      'visits/substitutes',
      { title: t.visits.substitutes, nav: 'substitutes' },
      {
        keeps,
        rows: found.map((row) => {
          const state =
            row.valid_to < today ? ('ended' as const) : row.valid_from > today ? ('coming' as const) : ('valid' as const);
          return {
            ...row,
            grid: unitName({ name_zh: row.grid_zh, name_en: row.grid_en }, lang),
            days:
              row.valid_to < row.valid_from
                ? t.visits.never_began
                : t.units.valid_between(fmt.day(row.valid_from), fmt.day(row.valid_to)),
            state: t.visits.substitute_states[state],
            tone: tones[state],
            decided: t.visits.decided(row.decided_name, fmt.day(row.decided_at)),
            may_end: state !== 'ended' && may(actor, 'substitute.edit', { unit_path: row.grid_path }),
          };
        }),
      },
    );
  });

  door.get('/substitutes/new', 'substitute.edit', async (req, res) => {
    const today = dayOf(now(res));
    const absent = typeof req.query['absent'] === 'string' ? req.query['absent'] : '';
    await showNew(res, blankForm({ absent_person_id: absent, valid_from: today, valid_to: addDays(today, 6), asked: 'himself' }));
  });

  door.post('/substitutes/new', 'substitute.edit', async (req, res) => {
    const back = await submit(req, res, substituteForm, async ({ asked, ...value }) => {
      await nameSubstitute(db, doing(res), { ...value, asked_himself: asked === 'himself' });
    });
    if (back) return showNew(res, back.form);
    flash(req, 'visits.named');
    res.redirect(303, '/substitutes');
  });

  door.post('/substitutes/:id/end', 'substitute.edit', async (req, res) => {
    await endSubstitute(db, doing(res), idOf(req.params['id']));
    flash(req, 'visits.substitute_ended');
    res.redirect(303, '/substitutes');
  });

  async function showNew(res: Response, form: FormState): Promise<void> {
    const { t, lang } = sharedOf(res);
    const w = t.visits;
    const groups = new Map<string, { value: number; label: string }[]>();
    for (const { person_id, name, grid_zh, grid_en } of await listMemberChoices(db, actorOf(res).unit_path, dayOf(now(res)))) {
      const grid = unitName({ name_zh: grid_zh, name_en: grid_en }, lang);
      groups.set(grid, [...(groups.get(grid) ?? []), { value: person_id, label: name }]);
    }
    const members: Groups = [...groups].map(([label, options]) => ({ label, options }));
    show(
      res,
      'units/edit',
      { title: w.name_substitute, nav: 'substitutes', crumbs: [{ label: w.substitutes, href: '/substitutes' }] },
      {
        title: w.name_substitute,
        intro: w.substitute_intro,
        form,
        stale: false,
        action: '/substitutes/new',
        back: '/substitutes',
        rows: [
          [
            { name: 'absent_person_id', label: w.absent, kind: 'select', groups: members, required: true },
            { name: 'substitute_person_id', label: w.substitute, kind: 'select', groups: members, required: true },
          ],
          [
            { name: 'valid_from', label: w.first_day, kind: 'date', required: true },
            { name: 'valid_to', label: w.last_day, kind: 'date', required: true },
          ],
          [
            {
              name: 'asked',
              label: w.asked,
              kind: 'radios',
              inline: true,
              required: true,
              options: (['himself', 'community'] as const).map((value) => ({ value, label: w.asked_by[value] })),
            },
          ],
          [{ name: 'reason', label: w.reason, hint: w.reason_hint, required: true }],
        ],
      },
    );
  }
}
