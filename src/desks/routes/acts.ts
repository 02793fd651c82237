import type { Request, Response } from 'express';
import { actSchema, revealForm } from '../../appeals/forms.ts';
import { type AppealAct, actNames as appealActNames, actRule as appealRule } from '../../appeals/rules.ts';
import { getAppeal } from '../../appeals/store.ts';
import { rulebook } from '../../catalog/actions.ts';
import { dayOf, startOfDay } from '../../core/clock.ts';
import { forbidden, notFound, Refusal } from '../../core/errors.ts';
import { open } from '../../core/seal.ts';
import type { World } from '../../core/world.ts';
import { actorOf, type Door, idOf } from '../../doors.ts';
import { readFormWithFiles, refusedStatus } from '../../files/forms.ts';
import { performOnAppeal, performOnOrder } from '../../orders/actions/perform.ts';
import { type OrderAct, actNames as orderActNames, actRule as orderRule } from '../../orders/rules.ts';
import { ownPath } from '../../people/rules.ts';
import { may } from '../../policy.ts';
import { flash } from '../../web/flash.ts';
import { readForm } from '../../web/form.ts';
import { sharedOf } from '../../web/render.ts';
import { uploads } from '../../web/uploads.ts';
import { countRevealsSince, findSealed, recordReveal } from '../store/case.ts';
import { hidesCaller, showCase, type Told } from './case.ts';
import { forgetCounts, showDesk } from './queue.ts';

/**
 * Pages of other features that send acts here, by the path they start with: where `back` leads to one of them, it shows the case after
 * a refusal.
 */
export type Senders = Readonly<Record<string, typeof showCase>>;

/** Every act of both tables has its address here; whether it may be done is asked of the case itself. */
export function actRoutes(world: World, door: Door, senders: Senders): void {
  const { db } = world;
  const senderOf = (path: string) =>
    Object.entries(senders).find(([start]) => path === start || path.startsWith(`${start}/`))?.[1];
  const backOf = (body: unknown): string | undefined => {
    const back = (body as Record<string, unknown> | undefined)?.['back'];
    return typeof back === 'string' && ownPath(back) && (back.startsWith('/desks/') || senderOf(back)) ? back : undefined;
  };

  door.post('/appeals/:number/reveal', 'act', async (req, res) => {
    const number = req.params['number']!;
    const actor = actorOf(res);
    const appeal = await getAppeal(db, number, actor);
    const now = res.locals.now!;
    if (!may(actor, 'appeal.reveal', { readable: true }) || appeal.appellant_id === null || hidesCaller(appeal, actor))
      throw notFound();
    const read = readForm(req.body, revealForm, 'reveal');
    if (!read.ok) {
      res.status(422);
      return answer(req, res, number, { reveal_form: read, back: backOf(req.body) });
    }
    const limit = (await rulebook(db)).parameters['reveal.daily_limit'];
    if ((await countRevealsSince(db, actor.person_id, startOfDay(dayOf(now)))) >= limit) throw forbidden('reveal_limit');
    await recordReveal(db, {
      appeal_id: appeal.id,
      person_id: actor.person_id,
      post: actor.post,
      unit_id: actor.unit_id,
      reason: read.value.reason,
      revealed_at: now,
    });
    const sealed = await findSealed(db, appeal.appellant_id);
    const opened = (text: string | null | undefined) => (text ? open(world.config.data_key, text) : '');
    await answer(req, res, number, {
      revealed: { name: opened(sealed?.name_sealed), phone: opened(sealed?.phone_sealed) },
      back: backOf(req.body),
    });
  });

  door.post('/appeals/:number/orders/:id/:act', 'act', uploads(world, { max_files: 9 }) as never, async (req, res) => {
    const act = orderActNames.find((known) => known === req.params['act']);
    if (!act || orderRule(act).system) throw notFound();
    await perform(req, res, act, idOf(req.params['id']));
  });

  door.post('/appeals/:number/:act', 'act', uploads(world, { max_files: 9 }) as never, async (req, res) => {
    const act = appealActNames.find((known) => known === req.params['act']);
    if (!act || appealRule(act).system) throw notFound();
    await perform(req, res, act, null);
  });

  async function perform(
    req: Request<Record<string, string>>,
    res: Response,
    act: AppealAct | OrderAct,
    order_id: number | null,
  ): Promise<void> {
    const number = req.params['number']!;
    const actor = actorOf(res);
    await getAppeal(db, number, actor);
    const body = pickOther((req.body ?? {}) as Record<string, unknown>);
    req.body = body;
    const back = backOf(body);
    const rule = order_id === null ? appealRule(act as AppealAct) : orderRule(act as OrderAct);
    const read = await readFormWithFiles(world, res, actSchema(rule, body));
    if (!read.ok) {
      res.status(refusedStatus(read));
      return answer(req, res, number, { failed: { act, order_id, form: read }, back });
    }
    const { files, ...input } = read.value as { files: readonly never[] } & Record<string, unknown>;
    const doing = {
      author: actor,
      now: res.locals.now!,
      once: typeof body['once'] === 'string' && body['once'] !== '' ? body['once'] : undefined,
    };
    try {
      if (order_id === null) await performOnAppeal(db, doing, number, act as AppealAct, input as never, files);
      else await performOnOrder(db, doing, number, order_id, act as OrderAct, input as never, files);
    } catch (error) {
      // Somebody was faster, or a rule of the case says no: the page as it now is, with what was typed.
      const code = error instanceof Refusal && error.status === 409 ? error.code : isRaced(error) ? 'moved_on' : null;
      if (code === null) throw error;
      res.status(409);
      forgetCounts(world, actor);
      return answer(req, res, number, { clash: { code, typed: typedTexts(res, body) }, back });
    }
    forgetCounts(world, actor);
    const { t } = sharedOf(res);
    const label = ((order_id === null ? t.domain.acts : t.domain.order_acts) as Record<string, string>)[act] ?? act;
    flash(req, 'desks.done', [label]);
    res.redirect(303, back ?? `/appeals/${number}`);
  }

  function answer(req: Request, res: Response, number: string, told: Told): Promise<void> {
    const { back } = told;
    if (back?.startsWith('/desks/')) return showDesk(world, req, res, back, number, told);
    return ((back && senderOf(back)) || showCase)(world, req, res, number, told);
  }
}

/** "Another unit" beside the suggestions: what its search field holds is what was chosen. */
function pickOther(body: Record<string, unknown>): Record<string, unknown> {
  const other = body['lead_unit_id_other'];
  return typeof other === 'string' && other !== '' ? { ...body, lead_unit_id: other } : body;
}

const isRaced = (error: unknown): boolean =>
  ['40P01', '40001', '55P03', '23505'].includes((error as { code?: string } | null)?.code ?? '');

function typedTexts(res: Response, body: Record<string, unknown>): { label: string; text: string }[] {
  const labels = sharedOf(res).t.desks.fields as Record<string, string>;
  return Object.entries(body).flatMap(([name, value]) =>
    labels[name] && typeof value === 'string' && value.length > 3 && !/_id$|_code$/.test(name)
      ? [{ label: labels[name], text: value }]
      : [],
  );
}
