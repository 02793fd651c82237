import type { Request, Response } from 'express';
import { listLikelyDuplicates } from '../../analysis/store.ts';
import { isEnded } from '../../appeals/rules.ts';
import { findAppeal, findVersion, getAppeal, type HeldAppeal, readableSql } from '../../appeals/store.ts';
import { rulebook } from '../../catalog/actions.ts';
import { spentPercent } from '../../clocks/rules.ts';
import { dayOf, startOfDay } from '../../core/clock.ts';
import type { World } from '../../core/world.ts';
import { actorOf } from '../../doors.ts';
import { file_accept } from '../../files/rules.ts';
import { isOpen } from '../../orders/rules.ts';
import type { Actor } from '../../people/rules.ts';
import { may } from '../../policy.ts';
import { cardLook } from '../../supervision/routes/cards.ts';
import { type Color, colors } from '../../supervision/rules.ts';
import { verify } from '../../trail/rules.ts';
import type { Views } from '../../views.ts';
import { callPath } from '../../web/call_path.ts';
import { blankForm, type FormState } from '../../web/form.ts';
import type { Topic } from '../../web/live.ts';
import { sharedOf, show } from '../../web/render.ts';
import { listOfAppeal } from '../../whistles/store/lists.ts';
import { findLastAct, readCaseFile } from '../store/case.ts';
import { type Failed, offeredActs } from './acts_view.ts';
import { categoryPath, nameOf, orderToneOf, placeLines, shortOf, toneOf } from './labels.ts';
import { designates, returnsOf } from './returns_view.ts';
import { timesOf } from './times_view.ts';
import { pathSteps, pictures, timeline } from './trail_view.ts';

/** What a case page shows beyond the case itself: a refused form, somebody who was faster, a revealed caller. */
export interface Told {
  readonly failed?: Failed | undefined;
  readonly clash?: { readonly code: string; readonly typed: readonly { label: string; text: string }[] } | undefined;
  readonly revealed?: { readonly name: string; readonly phone: string } | undefined;
  readonly reveal_form?: FormState | undefined;
  /** The desk to go back to after acting. */
  readonly back?: string | undefined;
}

export type CaseView = Views['desks/case'];

/** Tells a case page that its case has changed; the page knows whether somebody is writing on it. */
export async function caseTopic({ db }: World, res: Response, address: string): Promise<Topic | null> {
  const number = /^\/appeals\/(\d{8}-\d+)$/.exec(address)?.[1];
  const appeal = number && (await findAppeal(db, number, actorOf(res)));
  if (!appeal) return null;
  return {
    key: `case ${appeal.id}`,
    concerns: (change) => change.appeal === appeal.id,
    render: async () => ({ event: 'case', data: await findVersion(db, appeal.id) }),
  };
}

/** Reads and words a case for one reader: the page, the console's preview and the print sheet are drawn from this. */
export async function caseView(world: World, res: Response, number: string, told: Told = {}): Promise<CaseView> {
  const { db } = world;
  const actor = actorOf(res);
  const shared = sharedOf(res);
  const { t, lang, fmt, now } = shared;
  const [appeal, book] = await Promise.all([getAppeal(db, number, actor), rulebook(db)]);
  const file = await readCaseFile(db, appeal.id, { person_id: actor.person_id, since: startOfDay(dayOf(now)) });
  const ended = isEnded(appeal.status);
  const [acts, whistles, related] = await Promise.all([
    offeredActs({ db, book, actor, now, t, lang }, appeal, file, told.failed ?? null),
    listOfAppeal(db, appeal.id, actor),
    ended
      ? []
      : listLikelyDuplicates(db, {
          except_id: appeal.id,
          words: appeal.words.split(' '),
          building_id: appeal.building_id,
          place_unit_id: appeal.place_unit_id,
          category_code: appeal.category_code,
          phone_hash: hidesCaller(appeal, actor) ? null : file.phone_hash,
          readable: readableSql(actor),
          now,
        }),
  ]);
  const telling = { t, lang, fmt, book };
  const verdict = verify(file.trail, { seq: appeal.trail_seq, hash: appeal.trail_hash });
  const clock = file.clocks.findLast((one) => one.stopped_at === null && one.paused_at === null && one.work_order_id === null);
  const due = appeal.status === 'in_handling' ? appeal.due_at : appeal.step_due_at;
  const started =
    appeal.status === 'in_handling' ? (file.orders[0]?.created_at ?? appeal.received_at) : (clock?.started_at ?? null);
  const evaluation = file.evaluations.at(-1);
  const hidden = hidesCaller(appeal, actor);
  const place = [
    ...placeLines(book, appeal.place_unit_id, lang),
    file.building ? `${file.building.estate} ${file.building.name}` : '',
    appeal.address,
  ]
    .filter(Boolean)
    .join(' ');
  const fact = (term: string, text: string | number | null | undefined, more: { href?: string; note?: string } = {}) =>
    text ? [{ term, text, ...more }] : [];
  const d = t.desks;
  const left = book.parameters['reveal.daily_limit'] - file.reveals;
  const reads_supervision = may(actor, 'supervision.read', { readable: true });
  return {
    number: appeal.number,
    title: appeal.title,
    content: appeal.content,
    tags: [
      { tone: toneOf[appeal.status], text: t.domain.statuses[appeal.status] },
      ...(appeal.round > 1 ? [{ tone: 'warn' as const, text: d.round(appeal.round) }] : []),
      ...(appeal.confidential ? [{ tone: 'warn' as const, text: d.hidden }] : []),
      ...standingCards(file).map((color) => ({ ...cardLook[color], text: t.supervision.colors[color] })),
      ...(appeal.level
        ? [{ tone: appeal.level === 'dissatisfied' ? ('late' as const) : ('done' as const), text: t.domain.levels[appeal.level] }]
        : []),
    ],
    priority: appeal.priority,
    due: due && !ended ? fmt.left(due, now, started) : null,
    path: callPath(pathSteps(telling, file, ended), lang),
    entries: timeline(telling, file),
    rows: file.trail.length,
    version: appeal.version,
    broken: verdict.ok ? null : verdict.seq,
    acts,
    whistle:
      may(actor, 'whistle.draft', { caller_unit_id: actor.unit_id }) &&
      file.orders.some((order) => order.unit_id === actor.unit_id && isOpen(order.status))
        ? `/whistles/new?appeal=${appeal.number}`
        : null,
    waiting: waitingFor(
      file.orders
        .filter((order) => isOpen(order.status))
        .map((order) => `${shortOf(book.units.get(order.unit_id), lang)} ${t.domain.orders[order.status]}`),
      t.domain.statuses[appeal.status],
      ended,
    ),
    facts: [
      ...fact(d.place, place),
      ...fact(d.category, categoryPath(book, appeal.category_code, lang)),
      ...fact(d.kind, t.domain.kinds[appeal.kind]),
      ...fact(
        d.channel,
        t.domain.channels[appeal.channel],
        file.registered_by ? { note: `${d.registered_by} ${file.registered_by}` } : {},
      ),
      ...fact(d.received, fmt.full(appeal.received_at)),
      ...fact(d.due, appeal.due_at ? fmt.full(appeal.due_at) : ''),
      ...fact(d.lead, nameOf(book.units.get(appeal.lead_unit_id ?? 0), lang)),
      ...fact(
        d.co,
        file.orders
          .filter((order) => order.role === 'co' && order.status !== 'returned')
          .map((order) => shortOf(book.units.get(order.unit_id), lang))
          .join(t.common.comma),
      ),
      ...whistles.flatMap((one) =>
        fact(t.whistles.on_appeal, one.title, { href: `/whistles/${one.id}`, note: t.whistles.statuses[one.status] }),
      ),
      ...fact(d.member, file.member?.name, file.member?.work_phone ? { note: file.member.work_phone } : {}),
      ...(hidden ? [] : fact(d.about, appeal.about_unit_id ? nameOf(book.units.get(appeal.about_unit_id), lang) : '')),
      ...(reads_supervision
        ? file.supervisions.flatMap((one) =>
            fact(t.supervision.orders_title, one.number, {
              href: `/supervision/${one.number}`,
              note: one.ended ? t.supervision.stages.ended : t.supervision.levels[one.level],
            }),
          )
        : []),
      ...fact(
        d.merged_into,
        file.merged_into?.title,
        file.merged_into ? { href: `/appeals/${file.merged_into.number}`, note: file.merged_into.number } : {},
      ),
      ...fact(
        d.evaluation,
        evaluation ? t.domain.levels[evaluation.level] : '',
        evaluation?.remark ? { note: evaluation.remark } : {},
      ),
    ],
    tellable: ['closed', 'archived'].includes(appeal.status) && !appeal.confidential && may(actor, 'case_story.edit'),
    answer: appeal.answer,
    returns: returnsOf(telling, file, actor),
    designates: designates(appeal.status, file),
    orders: file.orders.map((order) => ({
      id: order.id,
      role: t.domain.roles[order.role],
      unit: nameOf(book.units.get(order.unit_id), lang),
      tone: orderToneOf[order.status],
      status: t.domain.orders[order.status],
      instruction: order.instruction,
      result: order.result ?? '',
      outcome: order.outcome ? t.domain.outcomes[order.outcome] : '',
      part: order.parent_id !== null,
      due: isOpen(order.status) && order.status !== 'suspended' ? fmt.left(order.due_at, now, order.created_at) : null,
      spent: spentPercent(order.created_at, order.due_at, now),
      times: timesOf(telling, file, order, now),
    })),
    caller: hidden || !file.appellant ? null : { name: file.appellant.name_masked, phone: file.appellant.phone_masked },
    caller_hidden: hidden && file.appellant !== null,
    revealed: told.revealed ?? null,
    reveal:
      !hidden && file.appellant?.phone_masked && may(actor, 'appeal.reveal', { readable: true })
        ? { left: Math.max(0, left), form: told.reveal_form ?? blankForm({}, 'reveal') }
        : null,
    related: related.map((one) => ({
      number: one.number,
      title: one.title,
      why: one.reasons.map((reason) => d.why[reason]).join(t.common.comma),
      status: t.domain.statuses[one.status],
      tone: toneOf[one.status],
      day: fmt.day(one.received_at),
    })),
    repeat_of: file.repeat_of,
    followers: file.followers.map((one) => ({
      number: one.number,
      title: one.title,
      level: one.level ? t.domain.levels[one.level as 'basic'] : t.domain.levels.unrated,
    })),
    pictures: pictures(
      file.attachments.filter((one) => one.purpose === 'report' || one.purpose === 'supplement'),
      t,
    ),
    calls: file.callbacks.map((one) => ({ at: one.called_at, outcome: t.domain.callback_outcomes[one.outcome], note: one.note })),
    provisional: !ended && file.clocks.some((one) => one.provisional && one.stopped_at === null),
    script: actor.post === 'callback_officer' && !ended ? appeal.kind : null,
    clash: told.clash ? await clashView(world, res, appeal, told.clash) : null,
    back: told.back ?? null,
    file_accept,
    demo: world.config.demo,
  };
}

/** The highest card that stands on any clock of the case, if one does. */
const standingCards = ({ cards }: { readonly cards: readonly { color: Color; stands: boolean }[] }): Color[] =>
  colors.filter((color) => cards.some((one) => one.stands && one.color === color)).slice(-1);

/** Never shown to the holder of a confidential appeal, nor to whom the appeal is about. */
export function hidesCaller(appeal: HeldAppeal, actor: Actor): boolean {
  const about = appeal.about_path !== null && actor.unit_path.startsWith(appeal.about_path);
  return (appeal.confidential && actor.unit_kind !== 'city') || about;
}

function waitingFor(units: readonly string[], status: string, ended: boolean): string {
  return ended ? status : units.length > 0 ? units.join(' · ') : status;
}

/** Who was faster, and what became of the case. */
async function clashView(
  { db }: World,
  res: Response,
  appeal: HeldAppeal,
  clash: NonNullable<Told['clash']>,
): Promise<NonNullable<CaseView['clash']>> {
  const { t, fmt } = sharedOf(res);
  const last = await findLastAct(db, appeal.id);
  const words = t.failures as Record<string, { title: string; text: string }>;
  const acts = { ...t.domain.order_acts, ...t.domain.acts } as Record<string, string>;
  const who = last ? [t.domain.posts[last.post as 'system'], last.name].filter(Boolean).join(' ') : '';
  const known = clash.code === 'moved_on' || !words[clash.code];
  return {
    title: known ? t.desks.clash.title : words[clash.code]!.title,
    text:
      known && last
        ? t.desks.clash.text(who, acts[last.act] ?? last.act, fmt.moment(last.happened_at), t.domain.statuses[appeal.status])
        : (words[clash.code] ?? words['conflict']!).text,
    typed: clash.typed,
  };
}

export async function showCase(world: World, req: Request, res: Response, number: string, told: Told = {}): Promise<void> {
  const view = await caseView(world, res, number, told);
  const { t } = sharedOf(res);
  const back = told.back;
  void req;
  show(
    res,
    'desks/case',
    {
      title: `${view.title} ${number}`,
      nav: back?.startsWith('/desks/') ? back.slice(7).split('?')[0] : 'appeals',
      crumbs: [{ label: t.menu.items.appeals, href: '/appeals' }],
      live: { at: `/appeals/${number}`, version: view.version },
    },
    view,
  );
}
