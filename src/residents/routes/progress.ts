import type { Request, Response } from 'express';
import { canFollow, type Status, stageOf, stages } from '../../appeals/rules.ts';
import { rulebook } from '../../catalog/actions.ts';
import { dueAt } from '../../core/calendar.ts';
import { addMinutes } from '../../core/clock.ts';
import { notFound } from '../../core/errors.ts';
import type { World } from '../../core/world.ts';
import { readCaseFile } from '../../desks/store/case.ts';
import { type Door, idOf } from '../../doors.ts';
import { readFormWithFiles, refusedStatus } from '../../files/forms.ts';
import { sendFile, sendThumb } from '../../files/routes.ts';
import type { AttachmentRow, StoredFile } from '../../files/store.ts';
import { flagEvaluation } from '../../integrity/actions.ts';
import { performOnAppeal } from '../../orders/actions/perform.ts';
import { networkOfRequest } from '../../people/routes/session.ts';
import type { Picture, Views } from '../../views.ts';
import { blankForm, type FormState, type Read, readForm } from '../../web/form.ts';
import { sharedOf, show } from '../../web/render.ts';
import { uploads } from '../../web/uploads.ts';
import { isFormKey, newFormKey } from '../actions/keys.ts';
import { mayLook } from '../actions/look.ts';
import { progressForm, ratingForm, reopenForm, supplementForm, withdrawForm } from '../forms.ts';
import { actFor, type PageAct, pageActs } from '../rules.ts';
import { findOwnAppeal, listShownFiles, type OwnAppeal } from '../store.ts';
import { addressKey, letIn, letOut, unkept, whoIsIn } from './pages.ts';
import { storyOf } from './story.ts';

const most_files = 9;
/** What is said on the page that follows; in its address, because these pages keep no session. */
const doneWords = ['supplemented', 'withdrawn', 'rated', 'rated_bad', 'reopened'] as const;
type Done = (typeof doneWords)[number];
/** Nobody's: the case file counts the looks of a member of staff, and here is none. */
const nobody = 0;

export function progressRoutes(world: World, door: Door): void {
  const { db } = world;

  door.get('/progress', 'public', unkept, (_req, res) => showFind(res, blankForm({}, 'p')));

  door.post('/progress', 'public', unkept, async (req, res) => {
    const { t, now } = sharedOf(res);
    const read = readForm(req.body, progressForm, 'p');
    if (!read.ok) {
      res.status(422);
      return showFind(res, read);
    }
    const looked = await mayLook(world, { ...read.value, address: addressKey(world, req) }, now);
    if (looked !== 'in') {
      res.status(looked === 'wait' ? 429 : 422);
      return showFind(
        res,
        blankForm({ number: read.value.number }, 'p'),
        looked === 'wait' ? t.residents.wait : t.residents.wrong_pair,
      );
    }
    letIn(world, res, read.value.number);
    res.redirect(303, '/progress/case');
  });

  door.post('/progress/leave', 'public', unkept, (_req, res) => {
    letOut(world, res);
    res.redirect(303, '/progress?left=1');
  });

  door.get('/progress/case', 'public', unkept, async (req, res) => {
    const appeal = await ownAppeal(req, res);
    if (appeal) await showCase(res, appeal);
  });

  // Kept by no browser: the next person at this one has another case.
  door.get('/progress/case/files/:id', 'public', unkept, async (req, res) => {
    sendFile(world, res, await ownFile(req, res), 'no-store');
  });
  door.get('/progress/case/files/:id/thumb', 'public', unkept, async (req, res) => {
    sendThumb(world, res, await ownFile(req, res), 'no-store');
  });

  door.post(
    '/progress/case/:wish',
    'public',
    unkept,
    uploads(world, { max_files: most_files }) as never,
    async (req: Request<Record<string, string>>, res: Response) => {
      const wish = pageActs.find((one) => one === req.params['wish']);
      if (!wish) throw notFound();
      const appeal = await ownAppeal(req, res);
      if (!appeal) return;
      const { now } = sharedOf(res);
      const read = await readWish(res, wish);
      if (!read.ok) {
        res.status(refusedStatus(read));
        return showCase(res, appeal, { wish, form: read });
      }
      const key = String((req.body as { once?: unknown }).once ?? '');
      const doing = { author: 'appellant', now, ...(isFormKey(world, key, now) && { once: `${key}:${wish}` }) } as const;
      await performWish[wish](appeal, doing, read.value);
      if (wish === 'evaluate')
        await flagEvaluation(world, { appeal_id: appeal.id, round: appeal.round }, networkOfRequest(req), now);
      res.redirect(303, `/progress/case?done=${done[wish](read.value)}`);
    },
  );

  const forms = (body: unknown) =>
    ({ supplement: supplementForm, withdraw: withdrawForm, evaluate: ratingForm(body), reopen: reopenForm }) as const;
  type Given = { files: readonly StoredFile[] } & Record<string, unknown>;
  const readWish = (res: Response, wish: PageAct): Promise<Read<Given>> =>
    readFormWithFiles(world, res, forms(res.req.body)[wish], wish) as Promise<Read<Given>>;

  type Doing = Parameters<typeof performOnAppeal>[1];
  const performWish: Record<PageAct, (appeal: OwnAppeal, doing: Doing, given: Given) => Promise<void>> = {
    supplement: (appeal, doing, given) => {
      const { text, files } = given as unknown as { text: string; files: readonly StoredFile[] };
      return appeal.status === 'awaiting_details'
        ? performOnAppeal(db, doing, appeal.number, 'supply_details', { supplement: text }, files)
        : performOnAppeal(db, doing, appeal.number, 'comment', { comment: text }, files);
    },
    withdraw: (appeal, doing, given) => performOnAppeal(db, doing, appeal.number, 'withdraw', given as never),
    evaluate: (appeal, doing, given) => performOnAppeal(db, doing, appeal.number, 'rate', given as never),
    reopen: (appeal, doing, given) => performOnAppeal(db, doing, appeal.number, 'reopen', given as never),
  };
  const done: Record<PageAct, (given: Given) => Done> = {
    supplement: () => 'supplemented',
    withdraw: () => 'withdrawn',
    evaluate: (given) => (given['level'] === 'dissatisfied' ? 'rated_bad' : 'rated'),
    reopen: () => 'reopened',
  };

  /** The appeal whose code this browser gave; without one the way in is shown, and nothing else. */
  async function ownAppeal(req: Request, res: Response): Promise<OwnAppeal | undefined> {
    const { t, now } = sharedOf(res);
    const number = whoIsIn(world, req, now);
    const appeal = number === undefined ? undefined : await findOwnAppeal(db, { number });
    if (!appeal) {
      res.status(403);
      showFind(res, blankForm({}, 'p'), t.residents.pass_over);
    }
    return appeal;
  }

  /** A file of the case whose code this browser gave; anything else looks as if it did not exist. */
  async function ownFile(req: Request, res: Response): Promise<AttachmentRow> {
    const number = whoIsIn(world, req, sharedOf(res).now);
    const appeal = number === undefined ? undefined : await findOwnAppeal(db, { number });
    const id = idOf(String(req.params['id']));
    const file = appeal && (await listShownFiles(db, appeal.id)).find((one) => one.id === id);
    if (!file) throw notFound();
    return file;
  }

  function showFind(res: Response, form: FormState, refusal?: string): void {
    const { t } = sharedOf(res);
    const left = res.req.query['left'] !== undefined;
    show(
      res,
      'residents/find',
      { title: t.residents.progress, layout: 'public' },
      { form, refusal, said: left ? t.residents.left : undefined },
    );
  }

  async function showCase(res: Response, appeal: OwnAppeal, back?: { wish: PageAct; form: FormState }): Promise<void> {
    const { t, lang, fmt, now } = sharedOf(res);
    const [book, file, files] = await Promise.all([
      rulebook(db),
      readCaseFile(db, appeal.id, { person_id: nobody, since: now }),
      listShownFiles(db, appeal.id),
    ]);
    const pictureOf = (one: AttachmentRow): Picture => ({
      href: `/progress/case/files/${one.id}`,
      thumb: one.thumb_sha256 ? `/progress/case/files/${one.id}/thumb` : '',
      alt: one.name,
      caption: one.undrawn ? t.files.undrawn[one.undrawn] : one.kind === 'image' ? undefined : one.name,
    });
    const status = appeal.status as Status;
    const done = stages.indexOf(stageOf[status]);
    const asked = file.clocks.find((clock) => clock.kind === 'review' && clock.stopped_at === null && clock.paused_at !== null);
    const due =
      status === 'in_handling'
        ? appeal.due_at
        : asked?.paused_at
          ? dueAt(book.calendar, asked.paused_at, book.parameters['limit.details']).due_at
          : appeal.step_due_at;
    const ended_at = appeal.closed_at ?? appeal.finished_at ?? appeal.received_at;
    const days = book.parameters['reopen.within_days'];
    const rated = file.evaluations.some((one) => one.round === appeal.round);
    const open = (wish: PageAct): boolean =>
      actFor(wish, status, canFollow) !== undefined &&
      (wish !== 'evaluate' ||
        (!rated && (status !== 'merged' || appeal.finished_at !== null) && appeal.emergency_line === null)) &&
      (wish !== 'reopen' || now <= addMinutes(ended_at, days * 1440));
    const key = back && typeof back.form.typed['once'] === 'string' ? back.form.typed['once'] : '';
    const said = back ? undefined : doneWords.find((one) => one === res.req.query['done']);
    const view: Views['residents/case'] = {
      said: said && t.residents[said],
      once: isFormKey(world, key, now) ? key : newFormKey(world, now),
      number: appeal.number,
      title: appeal.title,
      content: appeal.content,
      sent: files.filter((one) => one.uploaded_by === null).map(pictureOf),
      shown: files.filter((one) => one.uploaded_by !== null).map(pictureOf),
      steps: stages.map((stage, i) => ({
        label: t.domain.stages[stage],
        state: i < done ? 'past' : i === done ? 'now' : 'waiting',
      })),
      story: storyOf({ t, lang, fmt, book, file }),
      next: t.residents.due[status],
      due: due && fmt.moment(due),
      answer: appeal.answer,
      forms: (['evaluate', 'supplement', 'reopen', 'withdraw'] as const).filter(open).map((wish) => ({
        wish,
        open: back?.wish === wish || (wish === 'supplement' && status === 'awaiting_details') || wish === 'evaluate',
        form: back?.wish === wish ? back.form : blankForm({}, wish),
      })),
      reopen_days: days,
      max_files: most_files,
      hotline: book.parameters['city.hotline'],
    };
    show(res, 'residents/case', { title: appeal.number, layout: 'public' }, view);
  }
}
