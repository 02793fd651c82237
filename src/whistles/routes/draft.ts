import type { Request, Response } from 'express';
import { getAppeal } from '../../appeals/store.ts';
import { rulebook } from '../../catalog/actions.ts';
import { sayLimit } from '../../catalog/forms.ts';
import { dayOf } from '../../core/clock.ts';
import { notFound, wrongFields } from '../../core/errors.ts';
import { token } from '../../core/hash.ts';
import type { World } from '../../core/world.ts';
import { actorOf, type Door, idOf } from '../../doors.ts';
import { may } from '../../policy.ts';
import { unitName } from '../../units/rules.ts';
import { flash } from '../../web/flash.ts';
import { blankForm, type FormState } from '../../web/form.ts';
import { sharedOf, show } from '../../web/render.ts';
import { submit } from '../../web/submit.ts';
import { draft, perform } from '../actions/perform.ts';
import { draftForm } from '../forms.ts';
import { canFollow, kinds, limitFor, most_called } from '../rules.ts';
import { findWhistle, type HeldWhistle, holdsOrder, listCalled, listCandidates } from '../store.ts';

/** Writing a whistle down: about an appeal the unit holds, or about a project or enterprise. */
export function draftRoutes(world: World, door: Door): void {
  const { db } = world;

  door.get('/new', 'whistle.draft', async (req, res) => {
    const number = typeof req.query['appeal'] === 'string' ? req.query['appeal'] : '';
    const actor = actorOf(res);
    const appeal = number ? await getAppeal(db, number, actor) : null;
    if (appeal && !(await holdsOrder(db, appeal.id, actor.unit_id))) throw notFound();
    await showDraft(
      res,
      blankForm({
        once: token(),
        ...(appeal
          ? {
              appeal: number,
              subject: 'appeal',
              title: appeal.title,
              kind: appeal.priority === 'emergency' ? 'emergency' : 'routine',
              // What a confidential appeal says is for its holder alone.
              ...(appeal.confidential ? { title: '' } : { reason: appeal.content }),
            }
          : { kind: 'project', subject: 'project' }),
      }),
      '/whistles/new',
    );
  });

  door.post('/new', 'whistle.draft', async (req, res) => {
    let id = 0;
    let proposed = false;
    const back = await submit(req, res, draftForm, async ({ next, once, ...given }) => {
      mustHaveEnd(given);
      proposed = next === 'propose';
      id = await draft(db, { author: actorOf(res), now: sharedOf(res).now, once }, given, proposed);
    });
    if (back) return showDraft(res, back.form, '/whistles/new');
    flash(req, proposed ? 'whistles.proposed' : 'whistles.drafted');
    res.redirect(303, `/whistles/${id}`);
  });

  door.get('/:id/draft', 'whistle.draft', async (req, res) => {
    const whistle = await getDraft(req, res);
    const called = await listCalled(db, whistle.id);
    await showDraft(
      res,
      blankForm({
        once: token(),
        appeal: '',
        subject: whistle.subject,
        kind: whistle.kind,
        title: whistle.title,
        reason: whistle.reason,
        tried: whistle.tried,
        request: whistle.request,
        meeting_place: whistle.meeting_place,
        ends_on: whistle.ends_on,
        unit_ids: called.map(({ unit_id }) => String(unit_id)),
      }),
      `/whistles/${whistle.id}/draft`,
      whistle,
    );
  });

  door.post('/:id/draft', 'whistle.draft', async (req, res) => {
    const whistle = await getDraft(req, res);
    const back = await submit(req, res, draftForm, async ({ next, once, appeal: _, ...given }) => {
      mustHaveEnd(given);
      const doing = { author: actorOf(res), now: sharedOf(res).now };
      if ((given.subject === 'appeal') !== (whistle.subject === 'appeal')) throw wrongFields({ subject: 'invalid' });
      await perform(db, { ...doing, once }, whistle.id, 'draft', given);
      if (next === 'propose') await perform(db, doing, whistle.id, 'propose', {});
    });
    if (back) return showDraft(res, back.form, `/whistles/${whistle.id}/draft`, whistle);
    flash(req, 'whistles.drafted');
    res.redirect(303, `/whistles/${whistle.id}`);
  });

  async function getDraft(req: Request<Record<string, string>>, res: Response): Promise<HeldWhistle> {
    const actor = actorOf(res);
    const whistle = await findWhistle(db, idOf(req.params['id']), actor);
    if (!whistle || !may(actor, 'whistle.draft', { caller_unit_id: whistle.unit_id }) || !canFollow(whistle.status, 'draft'))
      throw notFound();
    return whistle;
  }

  async function showDraft(res: Response, form: FormState, action: string, whistle?: HeldWhistle): Promise<void> {
    const { t, lang, now } = sharedOf(res);
    const w = t.whistles;
    const [candidates, book] = await Promise.all([listCandidates(db, actorOf(res), dayOf(now)), rulebook(db)]);
    const appeal = typeof form.typed['appeal'] === 'string' ? form.typed['appeal'] : '';
    show(
      res,
      'whistles/draft',
      { title: whistle ? w.number(whistle.id) : w.new, nav: 'whistles', crumbs: [{ label: w.title, href: '/whistles' }] },
      {
        form,
        action,
        title: whistle ? w.number(whistle.id) : w.new,
        appeal,
        about_appeal: form.typed['subject'] === 'appeal',
        subjects: (['project', 'enterprise'] as const).map((value) => ({ value, label: w.subjects[value] })),
        kinds: kinds.map((value) => ({
          value,
          label: w.kinds[value],
          note: w.kind_notes[value](
            sayLimit(limitFor(book, value, 'whistle_acknowledge'), t),
            sayLimit(limitFor(book, value, 'check_in'), t),
          ),
        })),
        units: candidates.map((unit) => ({ value: unit.id, label: lang === 'zh' ? unit.short_zh : unitName(unit, lang) })),
        most: most_called,
        back: whistle ? `/whistles/${whistle.id}` : appeal ? `/appeals/${appeal}` : '/whistles',
      },
    );
  }
}

function mustHaveEnd({ kind, ends_on }: { readonly kind: string; readonly ends_on: string | null }): void {
  if (kind === 'project' && ends_on === null) throw wrongFields({ ends_on: 'required' });
}
