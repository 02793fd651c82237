import type { Rulebook } from '../../catalog/rules.ts';
import type { AttachmentRow } from '../../files/store.ts';
import { isOpen } from '../../orders/rules.ts';
import type { WorkOrderRow } from '../../orders/store.ts';
import type { Tier } from '../../units/rules.ts';
import type { Picture, TimelineEntry, Tone } from '../../views.ts';
import type { PathStep } from '../../web/call_path.ts';
import type { Format } from '../../web/format.ts';
import type { Lang, Words } from '../../words/words.ts';
import type { CaseFile, TrailLine } from '../store/case.ts';
import { categoryName, nameOf, shortOf } from './labels.ts';

export interface Telling {
  readonly t: Words;
  readonly lang: Lang;
  readonly fmt: Format;
  readonly book: Rulebook;
}

const text = (input: Record<string, unknown> | null, ...keys: string[]): string =>
  (keys.map((key) => input?.[key]).find((value) => typeof value === 'string' && value !== '') as string) ?? '';
const tones: Partial<Record<string, Tone>> = {
  register: 'new',
  make: 'new',
  escalate: 'warn',
  request_return: 'warn',
  request_extension: 'warn',
  request_suspension: 'warn',
  grant_suspension: 'warn',
  recompute: 'done',
  send_back: 'warn',
  rework: 'late',
  urge: 'warn',
  supervise: 'late',
  send_back_reply: 'warn',
  list_supervision: 'late',
  summon: 'late',
  decline: 'done',
  close: 'done',
  archive: 'done',
  withdraw: 'done',
};

const moved = (fmt: Format, t: Words, input: Record<string, unknown> | null): string =>
  t.desks.moved(fmt.full(new Date(text(input, 'due_before'))), fmt.full(new Date(text(input, 'due_after'))));

/** What an act says of itself in the trail: its text, by its input. */
function sayings({ t, lang, fmt, book }: Telling, row: TrailLine): { text: string; note: string } {
  const input = row.input;
  const unit = (key: string) => nameOf(book.units.get(Number(input?.[key])), lang);
  const d = t.domain;
  const label = <K extends keyof typeof d>(table: K, key: string): string =>
    (d[table] as Record<string, string>)[text(input, key)] ?? '';
  const notes: Record<string, () => string> = {
    register: () =>
      [label('channels', 'channel'), label('kinds', 'kind'), label('priorities', 'priority')].filter(Boolean).join(' · '),
    accept: () =>
      [categoryName(book.categories.get(text(input, 'category_code')), lang), label('priorities', 'priority')]
        .filter(Boolean)
        .join(' · '),
    correct: () =>
      [categoryName(book.categories.get(text(input, 'category_code')), lang), label('priorities', 'priority')]
        .filter(Boolean)
        .join(' · '),
    make: () => `${label('roles', 'role')} · ${unit('unit_id')}`,
    dispatch: () =>
      [
        unit('lead_unit_id'),
        ...(Array.isArray(input?.['co_unit_ids'])
          ? (input['co_unit_ids'] as number[]).map((id) => nameOf(book.units.get(id), lang))
          : []),
      ].join('、'),
    forward: () => unit('unit_id'),
    reassign: () => unit('unit_id'),
    decline: () => label('decline_reasons', 'decline_reason'),
    request_termination: () => label('decline_reasons', 'decline_reason'),
    request_return: () =>
      [categoryName(book.categories.get(text(input, 'category_code')), lang), unit('suggested_unit_id')]
        .filter(Boolean)
        .join(' → '),
    request_extension: () => `${t.desks.fields.extend_to} ${fmt.day(text(input, 'extend_to'))}`,
    grant_extension: () => moved(fmt, t, input),
    request_suspension: () => `${t.desks.fields.review_on} ${fmt.day(text(input, 'review_on'))}`,
    grant_suspension: () => t.desks.suspended_until(fmt.day(text(input, 'review_on'))),
    reach_milestone: () => t.desks.milestone(Number(input?.['step']), text(input, lang === 'zh' ? 'step_zh' : 'step_en')),
    recompute: () => moved(fmt, t, input),
    submit: () => label('outcomes', 'outcome'),
    contact: () => label('contact_ways', 'how'),
    close: () => label('levels', 'level'),
    rate: () => label('levels', 'level'),
    attempt: () => label('callback_outcomes', 'callback_outcome'),
    merge: () => text(input, 'target'),
    merged_here: () => text(input, 'number'),
    transfer: () => text(input, 'line'),
    supervise: () => (t.supervision.reasons as Record<string, string>)[text(input, 'reason')] ?? '',
    reply_supervision: () => text(input, 'supervision'),
    list_supervision: () => text(input, 'supervision'),
    summon: () => `${fmt.full(new Date(text(input, 'talk_at')))} ${text(input, 'place')}`,
    record_talk: () => text(input, 'attended'),
  };
  const said =
    row.act === 'register'
      ? ''
      : row.act === 'supervise'
        ? text(input, 'demand')
        : row.act === 'make' || row.act === 'dispatch'
          ? row.act === 'dispatch'
            ? text(input, 'instruction')
            : ''
          : text(
              input,
              'answer',
              'question',
              'supplement',
              'other_way',
              'reason',
              'instruction',
              'result',
              'progress',
              'result_of_contact',
              'ruling',
              'remark',
              'comment',
              'new_fact',
              'request',
              'reply',
              'minutes',
            );
  const climbs = row.act === 'escalate' ? [text(input, 'tried'), text(input, 'needed')].filter(Boolean).join('\n') : said;
  return { text: climbs, note: notes[row.act]?.() ?? '' };
}

/** Which clock an act stopped, so that the trail can say how long it took against its limit. */
const stopped: Partial<Record<string, string>> = {
  acknowledge: 'acknowledge',
  contact: 'contact',
  submit: 'handle',
  dispatch: 'dispatch',
  accept: 'review',
  approve: 'approve',
};

/** The trail as a conversation, newest on top. */
export function timeline(telling: Telling, file: CaseFile): TimelineEntry[] {
  const { t, fmt, book, lang } = telling;
  return file.trail
    .filter(
      (row) =>
        !(
          row.act === 'make' &&
          file.trail.some((one) => one.act === 'dispatch' && one.happened_at.getTime() === row.happened_at.getTime())
        ),
    )
    .map((row): TimelineEntry => {
      const acts = (row.work_order_id === null ? t.domain.acts : t.domain.order_acts) as Record<string, string>;
      const { text: said, note } = sayings(telling, row);
      const kind = stopped[row.act];
      const clock =
        kind === undefined
          ? undefined
          : file.clocks.find(
              (one) =>
                one.kind === kind &&
                one.work_order_id === row.work_order_id &&
                one.stopped_at !== null &&
                one.stopped_at.getTime() <= row.happened_at.getTime() + 1,
            );
      const span = (ms: number) => fmt.span(Math.max(0, Math.round(ms / 60_000)));
      const late = clock && clock.stopped_at !== null && clock.stopped_at > clock.due_at;
      const unit = row.unit_id === null ? '' : shortOf(book.units.get(row.unit_id), lang);
      return {
        at: row.happened_at,
        tone: late ? 'late' : (tones[row.act] ?? 'go'),
        who: [row.post === 'system' || row.post === 'appellant' ? '' : unit, row.person_name ?? t.domain.posts[row.post]]
          .filter(Boolean)
          .join(' '),
        act: acts[row.act] ?? row.act,
        text: said || undefined,
        note: note || undefined,
        took: clock?.stopped_at
          ? t.desks.took(
              span(clock.stopped_at.getTime() - clock.started_at.getTime()),
              span(clock.due_at.getTime() - clock.started_at.getTime()),
            )
          : undefined,
        pictures: pictures(
          file.attachments.filter((one) => one.trail_seq === row.seq),
          t,
        ),
      };
    })
    .reverse();
}

export function pictures(attachments: readonly AttachmentRow[], t: Telling['t']): Picture[] {
  return attachments.map((one) => ({
    href: `/files/${one.id}`,
    thumb: one.thumb_sha256 ? `/files/${one.id}/thumb` : '',
    alt: one.name,
    caption: one.undrawn ? t.files.undrawn[one.undrawn] : one.kind === 'image' ? undefined : one.name,
  }));
}

const tierOf = (book: Rulebook, unit_id: number | null): Tier => {
  const kind = unit_id === null ? 'city' : (book.units.get(unit_id)?.kind ?? 'city');
  return kind === 'department' ? 'city' : kind;
};

/** The call path from the trail: where it came in, each unit that got it, and where it stands now; what waits is dashed. */
export function pathSteps({ t, lang, book }: Telling, file: CaseFile, ended: boolean): PathStep[] {
  const steps: (PathStep & { order?: WorkOrderRow | undefined })[] = [];
  let climb = '';
  for (const row of file.trail) {
    const at = row.happened_at;
    const input = row.input;
    if (row.act === 'register') {
      steps.push({
        tier: tierOf(book, row.unit_id ?? (Number(input?.['place_unit_id']) || null)),
        at,
        label: t.domain.channels[text(input, 'channel') as 'hotline'] ?? t.domain.acts.register,
        who: row.person_name ?? undefined,
        state: 'past',
      });
    } else if (row.act === 'escalate') {
      const kind = book.units.get(row.unit_id ?? 0)?.kind ?? 'grid';
      climb = t.domain.calls[kind as 'grid'] ?? '';
    } else if (row.act === 'make') {
      const order = file.orders.find((one) => one.id === row.work_order_id);
      const unit = book.units.get(Number(input?.['unit_id'] ?? order?.unit_id));
      const role = t.domain.roles[(order?.role ?? 'lead') as 'lead'];
      const standing = order ? t.domain.orders[order.status] : '';
      steps.push({
        tier: tierOf(book, unit?.id ?? null),
        at: order?.status === 'pending_ack' ? null : at,
        label: climb || `${role} · ${shortOf(unit, lang)}`,
        who: climb ? shortOf(unit, lang) : standing,
        state: 'past',
        order,
      });
      climb = '';
    } else if (row.act === 'rework' && row.work_order_id !== null) {
      const order = file.orders.find((one) => one.id === row.work_order_id);
      const unit = order && book.units.get(order.unit_id);
      steps.push({
        tier: tierOf(book, unit?.id ?? null),
        at,
        label: t.domain.order_acts.rework,
        who: shortOf(unit, lang),
        state: 'past',
        order,
      });
    } else if (row.act === 'rereview' || row.act === 'redispatch') {
      steps.push({ tier: 'city', at, label: climb || t.domain.acts[row.act], state: 'past' });
      climb = '';
    } else if (row.act === 'accept' && row.work_order_id === null) {
      if (steps.at(-1)?.tier === 'city') steps.pop();
      steps.push({ tier: 'city', at, label: t.domain.acts.accept, who: row.person_name ?? undefined, state: 'past' });
    } else if (
      row.act === 'finish' ||
      row.act === 'close' ||
      row.act === 'decline' ||
      row.act === 'withdraw' ||
      row.act === 'answer'
    ) {
      if (row.work_order_id === null) steps.push({ tier: 'city', at, label: t.domain.acts[row.act], state: 'past' });
    }
  }
  const kept = steps.length > 9 ? [steps[0]!, ...steps.slice(-8)] : steps;
  const now = ended
    ? -1
    : kept.findLastIndex((step) =>
        step.order ? isOpen(step.order.status) && step.order.status !== 'pending_ack' : step === kept.at(-1),
      );
  return kept.map(({ order, ...step }, index) => ({
    ...step,
    state: order?.status === 'pending_ack' ? 'waiting' : index === now ? 'now' : 'past',
  }));
}
