import type { Response, Router } from 'express';
import { notFound } from '../../core/errors.ts';
import type { World } from '../../core/world.ts';
import { actorOf, idOf, makeDoor } from '../../doors.ts';
import { may } from '../../policy.ts';
import { versionOf } from '../../trail/actions/change.ts';
import { flash } from '../../web/flash.ts';
import { blankForm, type FormState } from '../../web/form.ts';
import { renderPart, sharedOf, show } from '../../web/render.ts';
import { type Returned, submit } from '../../web/submit.ts';
import { approveBulletin, editBulletin, editedPart, publishBulletin, reviseBulletin } from '../actions/bulletins.ts';
import { approvalForm, bulletinForm, reviseForm } from '../forms.ts';
import { type BulletinState, stateOf } from '../rules/bulletins.ts';
import { type BulletinRow, findBulletin, listBulletins, listNames, listRevisions } from '../store/bulletins.ts';
import { documentOf } from './document.ts';

const tones = { draft: 'warn', approved: 'new', published: 'done' } as const satisfies Record<BulletinState, string>;

/** The monthly bulletin: drafted by a job, edited, approved by another, published. */
export function bulletinPages({ db }: World): Router {
  const door = makeDoor('/bulletins');
  const doing = (res: Response) => ({ author: actorOf(res), now: sharedOf(res).now });
  const seesDrafts = (res: Response) => may(actorOf(res), 'bulletin.edit') || may(actorOf(res), 'bulletin.approve');

  async function read(res: Response, id: string | undefined): Promise<BulletinRow> {
    const row = await findBulletin(db, idOf(id));
    if (!row || (!row.published_at && !seesDrafts(res))) throw notFound();
    return row;
  }

  door.get('/', 'bulletin.read', async (_req, res) => {
    const { t, fmt } = sharedOf(res);
    const rows = await listBulletins(db, seesDrafts(res));
    show(
      res,
      'reports/bulletins',
      { title: t.reports.bulletins, nav: 'bulletins' },
      {
        rows: rows.map((row) => ({
          title: t.reports.bulletin(fmt.month(row.period)),
          href: `/bulletins/${row.id}`,
          revision: row.revision > 1 ? t.reports.revision(row.revision) : null,
          state: { tone: tones[stateOf(row)], text: t.reports.bulletin_states[stateOf(row)] },
          at: row.published_at
            ? t.reports.published_at(fmt.day(row.published_at))
            : t.reports.drafted_at(fmt.full(row.drafted_at)),
        })),
      },
    );
  });

  door.get('/:id', 'bulletin.read', async (req, res) => page(res, await read(res, req.params['id'])));

  door.get('/:id/word', 'bulletin.read', async (req, res) => {
    const row = await read(res, req.params['id']);
    const shared = sharedOf(res);
    const { t, lang, fmt } = shared;
    const html = renderPart('reports/word', shared, { document: documentOf(row, 'inside', t, lang, fmt) });
    res.attachment(`bulletin-${row.period}.doc`).type('application/msword').send(html);
  });

  door.get('/:id/edit', 'bulletin.edit', async (req, res) => {
    const row = await read(res, req.params['id']);
    if (row.published_at) throw notFound();
    editPage(res, row, formOf(row), false);
  });
  door.post('/:id/edit', 'bulletin.edit', async (req, res) => {
    const row = await read(res, req.params['id']);
    const back = await submit(req, res, bulletinForm, ({ version, ...input }) =>
      editBulletin(db, doing(res), row.id, version, input),
    );
    if (back) return editPage(res, row, renewed(back, versionOf(editedPart(await read(res, req.params['id'])))), back.stale);
    flash(req, 'reports.saved');
    res.redirect(303, `/bulletins/${row.id}`);
  });
  door.post('/:id/approve', 'bulletin.approve', async (req, res) => {
    const row = await read(res, req.params['id']);
    const back = await submit(req, res, approvalForm, ({ version }) => approveBulletin(db, doing(res), row.id, version));
    if (back) return page(res, await read(res, req.params['id']), { stale: true });
    flash(req, 'reports.approved_now');
    res.redirect(303, `/bulletins/${row.id}`);
  });
  door.post('/:id/publish', 'bulletin.edit', async (req, res) => {
    const row = await read(res, req.params['id']);
    await publishBulletin(db, doing(res), row.id);
    flash(req, 'reports.published_now');
    res.redirect(303, `/bulletins/${row.id}`);
  });
  door.post('/:id/revise', 'bulletin.edit', async (req, res) => {
    const row = await read(res, req.params['id']);
    let next = row.id;
    const back = await submit(req, res, reviseForm, async ({ reason }) => {
      next = await reviseBulletin(db, doing(res), row.id, reason);
    });
    if (back) return page(res, row, { revise: back.form });
    flash(req, 'reports.revised_now');
    res.redirect(303, `/bulletins/${next}`);
  });

  /** Whoever has seen that the text was changed meanwhile may send his own again. */
  const renewed = ({ form, stale }: Returned, version: string): FormState =>
    stale ? { ...form, typed: { ...form.typed, version } } : form;
  const formOf = (row: BulletinRow): FormState =>
    blankForm(
      { text_zh: row.text_zh, text_en: row.text_en, ...(row.lists ? { lists: '1' } : {}), version: versionOf(editedPart(row)) },
      'b',
    );

  function editPage(res: Response, row: BulletinRow, form: FormState, stale: boolean): void {
    const { t, fmt } = sharedOf(res);
    const title = t.reports.bulletin(fmt.month(row.period));
    show(
      res,
      'reports/bulletin_edit',
      { title: `${t.reports.edit} · ${title}`, nav: 'bulletins', crumbs: [{ href: `/bulletins/${row.id}`, label: title }] },
      { title, form, stale, action: `/bulletins/${row.id}/edit` },
    );
  }

  async function page(res: Response, row: BulletinRow, { stale = false, revise = blankForm({}, 'r') } = {}): Promise<void> {
    const { t, lang, fmt } = sharedOf(res);
    const actor = actorOf(res);
    const state = stateOf(row);
    const document = documentOf(row, 'inside', t, lang, fmt);
    const [names, revisions] = await Promise.all([
      listNames(db, [row.edited_by, row.approved_by]),
      listRevisions(db, row.period),
    ]);
    const name = (id: number | null) => names.get(id ?? 0) ?? '';
    show(
      res,
      'reports/bulletin',
      { title: document.title, nav: 'bulletins', crumbs: [{ href: '/bulletins', label: t.reports.bulletins }] },
      {
        id: row.id,
        document,
        stale,
        state: { tone: tones[state], text: t.reports.bulletin_states[state] },
        version: versionOf(editedPart(row)),
        told: seesDrafts(res)
          ? [
              t.reports.drafted_at(fmt.full(row.drafted_at)),
              ...(row.edited_at ? [t.reports.edited_by(name(row.edited_by), fmt.full(row.edited_at))] : []),
              ...(row.approved_at ? [t.reports.approved_by(name(row.approved_by), fmt.full(row.approved_at))] : []),
            ]
          : [],
        edit: state !== 'published' && may(actor, 'bulletin.edit'),
        approve: state === 'draft' && may(actor, 'bulletin.approve') && row.edited_by !== actor.person_id,
        publish: state === 'approved' && may(actor, 'bulletin.edit'),
        revise: state === 'published' && may(actor, 'bulletin.edit') && revisions.at(-1)?.id === row.id ? revise : null,
        open: state === 'published' ? `/bulletins/public/${row.period}` : null,
      },
    );
  }

  return door.routes;
}
