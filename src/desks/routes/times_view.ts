import type { WorkOrderRow } from '../../orders/store.ts';
import { cardLook } from '../../supervision/routes/cards.ts';
import type { TimeLine } from '../../views.ts';
import type { Format } from '../../web/format.ts';
import type { Lang, Words } from '../../words/words.ts';
import type { CaseFile } from '../store/case.ts';

/** What became of an order's time: its milestones, what moved it, and what is asked for it. */
export function timesOf(
  { t, lang, fmt }: { readonly t: Words; readonly lang: Lang; readonly fmt: Format },
  file: CaseFile,
  order: WorkOrderRow,
  now: Date,
): TimeLine[] {
  const d = t.desks;
  const milestones = file.clocks.filter((clock) => clock.kind === 'milestone' && clock.work_order_id === order.id);
  const confirmed = new Set(
    file.trail.filter((row) => row.act === 'reach_milestone' && row.work_order_id === order.id).map((row) => row.input?.['step']),
  );
  const cards = file.cards.filter((one) => one.work_order_id === order.id);
  const urges = file.urges.filter((one) => one.work_order_id === order.id);
  const w = t.supervision;
  return [
    ...cards
      .filter((one) => one.color !== 'reminder' || one.stands)
      .map(
        ({ color, kind, issued_at, stands }): TimeLine => ({
          ...cardLook[color],
          ...(!stands && { tone: 'done' }),
          text: w.card_at(w.colors[color], t.domain.clocks[kind], fmt.moment(issued_at)),
        }),
      ),
    ...urges.slice(-1).map(
      ({ name, urged_at }): TimeLine => ({
        tone: 'warn',
        icon_name: 'speakerphone',
        text: w.urged(urges.length, name, fmt.moment(urged_at)),
      }),
    ),
    ...milestones.map((clock): TimeLine => {
      const text = d.milestone(clock.step!, lang === 'zh' ? clock.step_zh! : clock.step_en!);
      const reached = clock.stopped_at !== null && confirmed.has(clock.step) ? clock.stopped_at : null;
      if (reached)
        return { tone: reached > clock.due_at ? 'late' : 'go', text: `${text} ${d.milestone_reached(fmt.moment(reached))}` };
      if (clock.stopped_at !== null || clock.paused_at !== null) return { tone: 'done', text: `${text} ${d.milestone_missed}` };
      return { tone: now > clock.due_at ? 'late' : 'new', text, due: fmt.left(clock.due_at, now, clock.started_at) };
    }),
    ...file.extensions
      .filter((one) => one.work_order_id === order.id && one.decision !== 'void')
      .map((one): TimeLine => {
        if (one.due_after !== null) return { tone: 'warn', text: d.moved(fmt.full(one.due_before), fmt.full(one.due_after)) };
        const day = fmt.day(one.due_on);
        return one.decision === null
          ? { tone: 'new', text: d.extension_open(day) }
          : { tone: 'done', text: d.extension_denied(day) };
      }),
    ...file.suspensions
      .filter((one) => one.work_order_id === order.id && (one.decision === null || one.decision === 'granted'))
      .map((one): TimeLine => {
        if (one.decision === null) return { tone: 'new', text: d.suspension_open(fmt.day(one.review_on)) };
        return one.resumed_at === null
          ? { tone: 'warn', text: d.suspended_until(fmt.day(one.review_on)) }
          : { tone: 'done', text: d.suspended_from_to(fmt.moment(one.decided_at!), fmt.moment(one.resumed_at)) };
      }),
  ];
}
