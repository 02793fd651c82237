import type { Request, Response } from 'express';
import { readableSql } from '../../appeals/store.ts';
import { rulebook } from '../../catalog/actions.ts';
import { notFound } from '../../core/errors.ts';
import { token } from '../../core/hash.ts';
import type { World } from '../../core/world.ts';
import { actorOf, type Door } from '../../doors.ts';
import { may } from '../../policy.ts';
import { unitName } from '../../units/rules.ts';
import type { SupervisionForm, Tone } from '../../views.ts';
import { flash } from '../../web/flash.ts';
import { blankForm, type FormState } from '../../web/form.ts';
import { sharedOf, show } from '../../web/render.ts';
import { hrefOf, readFilter, submit } from '../../web/submit.ts';
import { performOnSupervision } from '../actions/orders.ts';
import { actForms, listFilter } from '../forms.ts';
import { type Act, actNames, acts, type Level, type Stage, skipsToTalk, stageOf } from '../rules.ts';
import {
  countSupervisions,
  findSupervision,
  listSupervisions,
  lists,
  readSupervisionFile,
  type Supervision,
} from '../store/orders.ts';
import { readTurn, turnOf } from './turning.ts';

const page_size = 50;
const stageTone: Record<Stage, Tone> = { to_read: 'new', to_reply: 'warn', to_judge: 'warn', accepted: 'go', ended: 'done' };
export const levelLook: Record<Level, { readonly tone: Tone; readonly icon_name: string }> = {
  order: { tone: 'warn', icon_name: 'file-alert' },
  listed: { tone: 'late', icon_name: 'pin' },
  talk: { tone: 'late', icon_name: 'messages' },
};

export function orderRoutes({ db }: World, door: Door): void {
  door.get('/supervision', 'supervision.read', async (req, res) => {
    const { t, lang, fmt, now } = sharedOf(res);
    const actor = actorOf(res);
    const asked = readFilter(req.query, listFilter).value;
    const [counts, book] = await Promise.all([countSupervisions(db, actor, readableSql), rulebook(db)]);
    const list = asked.list ?? lists.find((one) => counts[one] > 0) ?? lists[0];
    const turn = readTurn(asked.after);
    const found = await listSupervisions(db, actor, readableSql, list, turn, page_size + 1);
    const rows = found.slice(0, page_size);
    const last = rows.at(-1);
    const w = t.supervision;
    show(
      res,
      'supervision/orders',
      { title: w.orders_title, nav: 'supervision_orders' },
      {
        tabs: lists.map((one) => ({
          href: hrefOf('/supervision', { list: one }),
          label: w.lists[one],
          count: counts[one] > 1000 ? '1,000+' : counts[one],
          current: one === list,
        })),
        rows: rows.map((row) => {
          const stage = stageOf(row);
          return {
            number: row.number,
            appeal: row.appeal_number,
            title: row.title,
            unit: unitName(book.units.get(row.unit_id)!, lang),
            reason: [row.reason, ...row.further].map((one) => w.reasons[one]).join(t.common.comma),
            level: { ...levelLook[row.level], text: w.levels[row.level] },
            stage: { tone: stageTone[stage], text: w.stages[stage] },
            due: stage === 'to_read' || stage === 'to_reply' ? fmt.left(row.due_at, now, row.issued_at) : null,
            issued: fmt.day(row.issued_at),
          };
        }),
        newer: turn ? hrefOf('/supervision', { list }) : undefined,
        older:
          found.length > page_size && last
            ? hrefOf('/supervision', {
                list,
                after: turnOf({ at: list === 'ended' ? last.ended_at! : last.due_at, id: last.id }),
              })
            : undefined,
      },
    );
  });

  door.get('/supervision/:number', 'supervision.read', (req, res) => showOrder(res, req.params['number']!, null));

  for (const act of actNames) {
    door.post(`/supervision/:number/${act}`, acts[act].permission, (req, res) => perform(req, res, act));
  }

  async function perform(req: Request<Record<string, string>>, res: Response, act: Act): Promise<void> {
    const number = req.params['number']!;
    const once = (req.body as Record<string, unknown> | undefined)?.['once'];
    const doing = {
      author: actorOf(res),
      now: sharedOf(res).now,
      once: typeof once === 'string' && once !== '' ? once : undefined,
    };
    const back = await submit(req, res, actForms[act], (value) => performOnSupervision(db, doing, number, act, value as never));
    if (back) return showOrder(res, number, { act, form: back.form });
    flash(req, 'supervision.done', [sharedOf(res).t.domain.order_acts[act]]);
    res.redirect(303, `/supervision/${number}`);
  }

  async function showOrder(res: Response, number: string, failed: { act: Act; form: FormState } | null): Promise<void> {
    const { t, lang, fmt, now } = sharedOf(res);
    const actor = actorOf(res);
    const order = await findSupervision(db, number, actor, readableSql);
    if (!order) throw notFound();
    const [file, book] = await Promise.all([readSupervisionFile(db, order), rulebook(db)]);
    const w = t.supervision;
    const stage = stageOf(order);
    const name = (id: number | null) => (id === null ? w.by_rule : (file.names[id] ?? ''));
    const receipts: { label: string; at: Date; who: string; text: string }[] = [
      ...file.urges.map((one) => ({ label: w.urged_receipt, at: one.urged_at, who: one.name, text: one.remark })),
      { label: w.issued_receipt, at: order.issued_at, who: name(order.issued_by), text: order.demand || w.demand_of_rule },
      ...(order.read_at ? [{ label: w.read_receipt, at: order.read_at, who: name(order.read_by), text: '' }] : []),
      ...file.replies.flatMap((one) => [
        { label: w.replied_receipt, at: one.replied_at, who: one.replier, text: one.reply },
        ...(one.decided_at
          ? [
              {
                label: one.decision === 'accepted' ? w.accepted_receipt : w.sent_back_receipt,
                at: one.decided_at,
                who: one.decider ?? '',
                text: one.ruling ?? '',
              },
            ]
          : []),
      ]),
      ...(order.listed_at
        ? [
            {
              label: w.listed_receipt,
              at: order.listed_at,
              who: name(order.listed_by),
              text: (w.reasons as Record<string, string>)[order.listed_for!] ?? order.listed_for!,
            },
          ]
        : []),
      ...file.talks.flatMap((one) => [
        {
          label: w.called_receipt,
          at: one.called_at,
          who: one.caller,
          text: `${fmt.full(one.talk_at)} ${one.place}${t.common.comma}${one.reason}`,
        },
        ...(one.minuted_at
          ? [{ label: w.minuted_receipt, at: one.minuted_at, who: one.minuter ?? '', text: `${one.attended}\n${one.minutes}` }]
          : []),
      ]),
      ...(order.ended_at ? [{ label: w.ended_receipt, at: order.ended_at, who: '', text: w.work_done }] : []),
    ].sort((a, b) => a.at.getTime() - b.at.getTime());
    const unit = book.units.get(order.unit_id)!;
    show(
      res,
      'supervision/order',
      {
        title: `${w.orders_title} ${number}`,
        nav: 'supervision_orders',
        crumbs: [{ label: w.orders_title, href: '/supervision' }],
      },
      {
        number,
        title: order.title,
        level: { ...levelLook[order.level], text: w.levels[order.level] },
        stage: { tone: stageTone[stage], text: w.stages[stage] },
        due: stage === 'to_read' || stage === 'to_reply' ? fmt.left(order.due_at, now, order.issued_at) : null,
        facts: [
          { term: w.appeal, text: order.appeal_number, href: `/appeals/${order.appeal_number}` },
          { term: w.unit, text: unitName(unit, lang) },
          { term: w.reason, text: w.reasons[order.reason] },
          ...(order.further.length > 0
            ? [{ term: w.further, text: order.further.map((one) => w.reasons[one]).join(t.common.comma) }]
            : []),
          { term: w.issued, text: fmt.full(order.issued_at), note: name(order.issued_by) },
          { term: w.reply_due, text: fmt.full(order.due_at) },
          ...(order.skip_reason ? [{ term: w.skip_reason, text: order.skip_reason }] : []),
        ],
        receipts: receipts.map((one) => ({ ...one, at: fmt.full(one.at) })),
        forms: formsOf(res, order, stage, failed),
      },
    );
  }

  /** The acts that this person may do on it now, the first of them open. */
  function formsOf(
    res: Response,
    order: Supervision,
    stage: Stage,
    failed: { act: Act; form: FormState } | null,
  ): SupervisionForm[] {
    const { t } = sharedOf(res);
    const w = t.supervision;
    const fields: Record<Act, SupervisionForm['fields']> = {
      read_supervision: [],
      reply_supervision: [{ name: 'reply', label: w.reply, hint: w.reply_hint, kind: 'textarea', rows: 5, required: true }],
      accept_reply: [{ name: 'ruling', label: w.ruling, kind: 'textarea', rows: 2 }],
      send_back_reply: [{ name: 'ruling', label: w.ruling, kind: 'textarea', rows: 2, required: true }],
      list_supervision: [{ name: 'reason', label: w.list_reason, kind: 'textarea', rows: 2, required: true }],
      summon: [
        { name: 'talk_at', label: w.talk_at, kind: 'datetime-local', required: true },
        { name: 'place', label: w.talk_place, required: true },
        { name: 'reason', label: w.talk_reason, kind: 'textarea', rows: 2, required: true },
        ...(skipsToTalk(order.level)
          ? [{ name: 'skip_reason', label: w.skip_reason, hint: w.skip_hint, kind: 'textarea' as const, rows: 2, required: true }]
          : []),
      ],
      record_talk: [
        { name: 'attended', label: w.attended, required: true },
        { name: 'minutes', label: w.minutes, kind: 'textarea', rows: 5, required: true },
      ],
    };
    const actor = actorOf(res);
    const offered = actNames.filter(
      (act) =>
        may(actor, acts[act].permission, { readable: true, holder_unit_id: order.unit_id }) &&
        acts[act].when(stage, order) &&
        !(act === 'summon' && skipsToTalk(order.level) && actor.post !== 'supervision_officer'),
    );
    return offered.map((act, index) => ({
      act,
      label: t.domain.order_acts[act],
      hint: act === 'read_supervision' ? w.act_hints.read_supervision : '',
      form: { ...(failed?.act === act ? failed.form : blankForm()), id: act },
      fields: fields[act],
      once: token(),
      open: failed ? failed.act === act : index === 0,
    }));
  }
}
