import type { Response, Router } from 'express';
import { rulebook } from '../../catalog/actions.ts';
import { notFound } from '../../core/errors.ts';
import type { World } from '../../core/world.ts';
import { actorOf, idOf, makeDoor } from '../../doors.ts';
import { may } from '../../policy.ts';
import { versionOf } from '../../trail/actions/change.ts';
import { flash } from '../../web/flash.ts';
import { blankForm, type FormState } from '../../web/form.ts';
import { sharedOf, show } from '../../web/render.ts';
import { readFilter, submit } from '../../web/submit.ts';
import { approveStory, editStory, storyPart, withdrawStory, writeStory } from '../actions/stories.ts';
import { approvalForm, storyFilter, storyForm } from '../forms.ts';
import { findSource, findStory, listNames, listStories, type StoryRow } from '../store/bulletins.ts';

const stateOf = (row: StoryRow): 'draft' | 'published' | 'withdrawn' =>
  row.withdrawn_at ? 'withdrawn' : row.approved_at ? 'published' : 'draft';
const tones = { draft: 'warn', published: 'go', withdrawn: 'done' } as const;

/** Typical cases: rewritten by hand, approved by another, on the public page. */
export function storyPages({ db }: World): Router {
  const door = makeDoor('/case-stories');
  const doing = (res: Response) => ({ author: actorOf(res), now: sharedOf(res).now });
  const seesDrafts = (res: Response) => may(actorOf(res), 'case_story.edit') || may(actorOf(res), 'case_story.approve');

  async function read(res: Response, id: string | undefined): Promise<StoryRow> {
    const row = await findStory(db, idOf(id));
    if (!row || (stateOf(row) !== 'published' && !seesDrafts(res))) throw notFound();
    return row;
  }

  door.get('/', 'case_story.read', async (_req, res) => {
    const { t } = sharedOf(res);
    const rows = await listStories(db, !seesDrafts(res));
    show(
      res,
      'reports/stories',
      { title: t.reports.stories, nav: 'stories' },
      {
        write: may(actorOf(res), 'case_story.edit'),
        rows: rows.map((row) => ({
          title: row.title,
          href: `/case-stories/${row.id}`,
          text: row.lesson,
          state: { tone: tones[stateOf(row)], text: t.reports.story_states[stateOf(row)] },
        })),
      },
    );
  });

  door.get('/new', 'case_story.edit', async (req, res) => {
    const { appeal } = readFilter(req.query, storyFilter).value;
    await formPage(res, null, blankForm({ appeal }, 's'), false);
  });
  door.post('/', 'case_story.edit', async (req, res) => {
    let id = 0;
    const back = await submit(req, res, storyForm, async ({ version: _, appeal, ...input }) => {
      id = await writeStory(db, doing(res), input, appeal);
    });
    if (back) return formPage(res, null, back.form, back.stale);
    flash(req, 'reports.story_saved');
    res.redirect(303, `/case-stories/${id}`);
  });
  door.get('/:id', 'case_story.read', async (req, res) => page(res, await read(res, req.params['id'])));
  door.get('/:id/edit', 'case_story.edit', async (req, res) => {
    const row = await read(res, req.params['id']);
    if (stateOf(row) !== 'draft') throw notFound();
    const { appeal_id: _, ...written } = storyPart(row);
    const appeal = await findSource(db, row, actorOf(res));
    await formPage(res, row, blankForm({ ...written, appeal, version: versionOf(storyPart(row)) }, 's'), false);
  });
  door.post('/:id/edit', 'case_story.edit', async (req, res) => {
    const row = await read(res, req.params['id']);
    const back = await submit(req, res, storyForm, ({ version, appeal, ...input }) =>
      editStory(db, doing(res), row.id, version ?? '', input, appeal),
    );
    if (back) {
      const version = versionOf(storyPart(await read(res, req.params['id'])));
      const form = back.stale ? { ...back.form, typed: { ...back.form.typed, version } } : back.form;
      return formPage(res, row, form, back.stale);
    }
    flash(req, 'reports.story_saved');
    res.redirect(303, `/case-stories/${row.id}`);
  });
  door.post('/:id/approve', 'case_story.approve', async (req, res) => {
    const row = await read(res, req.params['id']);
    const back = await submit(req, res, approvalForm, ({ version }) => approveStory(db, doing(res), row.id, version));
    if (back) return page(res, await read(res, req.params['id']), true);
    flash(req, 'reports.story_approved');
    res.redirect(303, `/case-stories/${row.id}`);
  });
  door.post('/:id/withdraw', 'case_story.approve', async (req, res) => {
    const row = await read(res, req.params['id']);
    await withdrawStory(db, doing(res), row.id);
    flash(req, 'reports.withdrawn_now');
    res.redirect(303, `/case-stories/${row.id}`);
  });

  async function formPage(res: Response, row: StoryRow | null, form: FormState, stale: boolean): Promise<void> {
    const { t, lang } = sharedOf(res);
    const { categories } = await rulebook(db);
    show(
      res,
      'reports/story_edit',
      { title: t.reports.story_new, nav: 'stories', crumbs: [{ href: '/case-stories', label: t.reports.stories }] },
      {
        form,
        stale,
        source: form.errors['appeal'] ? null : String(form.typed['appeal'] ?? '') || null,
        action: row ? `/case-stories/${row.id}/edit` : '/case-stories',
        categories: [...categories.values()]
          .filter((one) => one.parent_code === null)
          .map((one) => ({ value: one.code, label: lang === 'zh' ? one.name_zh : one.name_en })),
      },
    );
  }

  async function page(res: Response, row: StoryRow, stale = false): Promise<void> {
    const { t, lang, fmt } = sharedOf(res);
    const actor = actorOf(res);
    const state = stateOf(row);
    const [{ categories }, names, source] = await Promise.all([
      rulebook(db),
      listNames(db, [row.written_by, row.approved_by]),
      findSource(db, row, actor),
    ]);
    const category = categories.get(row.category_code ?? '');
    show(
      res,
      'reports/story',
      { title: row.title, nav: 'stories', crumbs: [{ href: '/case-stories', label: t.reports.stories }] },
      {
        id: row.id,
        story: row,
        source,
        stale,
        category: category ? (lang === 'zh' ? category.name_zh : category.name_en) : null,
        state: { tone: tones[state], text: t.reports.story_states[state] },
        told: [
          t.reports.written_by(names.get(row.written_by) ?? '', fmt.full(row.written_at)),
          ...(row.approved_at ? [t.reports.approved_by(names.get(row.approved_by!) ?? '', fmt.full(row.approved_at))] : []),
        ],
        version: versionOf(storyPart(row)),
        edit: state === 'draft' && may(actor, 'case_story.edit'),
        approve: state === 'draft' && may(actor, 'case_story.approve') && row.written_by !== actor.person_id,
        withdraw: state !== 'withdrawn' && may(actor, 'case_story.approve'),
        open: state === 'published' ? `/bulletins/public/cases/${row.id}` : null,
      },
    );
  }

  return door.routes;
}
