import type { Rulebook } from '../../catalog/rules.ts';
import { nameOf } from '../../desks/routes/labels.ts';
import type { CaseFile, TrailLine } from '../../desks/store/case.ts';
import type { Format } from '../../web/format.ts';
import type { Lang, Words } from '../../words/words.ts';

interface Telling {
  readonly t: Words;
  readonly lang: Lang;
  readonly fmt: Format;
  readonly book: Rulebook;
  readonly file: Pick<CaseFile, 'trail' | 'orders'>;
}

/** A sentence of the way that a case has gone, as its appellant may read it. */
export interface Told {
  readonly at: Date;
  readonly text: string;
  readonly note: string;
}

const textOf = (row: TrailLine, ...keys: string[]): string =>
  (keys.map((key) => row.input?.[key]).find((value) => typeof value === 'string' && value !== '') as string | undefined) ?? '';

/**
 * Units by their tier ("your community"), departments by name, people never. Whoever holds the order that the row is about, else whoever acted.
 */
function whoIn({ t, lang, book, file }: Telling, row: TrailLine): string {
  const order = file.orders.find((one) => one.id === row.work_order_id);
  const unit = book.units.get(order?.unit_id ?? row.unit_id ?? 0);
  if (!unit) return t.residents.tiers.city;
  return unit.kind === 'department'
    ? nameOf(unit, lang)
    : unit.kind === 'city'
      ? t.residents.tiers.city
      : t.residents.your(t.residents.tiers[unit.kind]);
}

/** Where an order went that was passed up: to the next order of the trail, else to the city. */
function upwardsOf({ t, book, file }: Telling, row: TrailLine): string {
  const next = file.trail.find((one) => one.seq > row.seq && ['make', 'rereview', 'redispatch'].includes(one.act));
  const unit = next?.act === 'make' ? book.units.get(Number(next.input?.['unit_id'])) : undefined;
  return t.residents.tiers[unit?.kind ?? 'city'];
}

type Sentence = (telling: Telling, row: TrailLine) => string | [string, string] | null;
const leadOf = ({ file }: Telling, row: TrailLine) => file.orders.find((one) => one.id === row.work_order_id)?.role === 'lead';

/** The reason with which was asked for what a row grants. */
function whyAsked({ file }: Telling, row: TrailLine, act: string): string {
  const asked = file.trail.findLast((one) => one.act === act && one.work_order_id === row.work_order_id && one.seq < row.seq);
  return asked ? textOf(asked, 'reason') : '';
}

/** What is told of each act on the appeal; what is not here is nobody's business but the city's own. */
const ofAppeal: Readonly<Record<string, Sentence>> = {
  register: ({ t }, row) => t.residents.said.register(t.domain.channels[textOf(row, 'channel') as 'web'] ?? ''),
  request_details: ({ t }, row) => [t.residents.said.request_details, textOf(row, 'question')],
  supply_details: ({ t }, row) => [t.residents.said.supply_details, textOf(row, 'supplement')],
  comment: ({ t }, row) => (row.post === 'appellant' ? [t.residents.said.comment, textOf(row, 'comment')] : null),
  accept: ({ t }) => t.residents.said.accept,
  dispatch: ({ t, lang, book }, row) =>
    t.residents.said.dispatch(nameOf(book.units.get(Number(row.input?.['lead_unit_id'])), lang)),
  redispatch: ({ t }) => t.residents.said.back,
  rereview: ({ t }) => t.residents.said.back,
  answer: ({ t }) => t.residents.said.answer,
  transfer: ({ t }, row) => t.residents.said.transfer(textOf(row, 'line')),
  decline: ({ t }, row) => [
    t.residents.said.decline,
    t.domain.decline_reasons[textOf(row, 'decline_reason') as 'unlawful'] ?? '',
  ],
  terminate: ({ t }) => t.residents.said.terminate,
  merge: ({ t }) => t.residents.said.merge,
  unmerge: ({ t }) => t.residents.said.unmerge,
  finish: ({ t }) => t.residents.said.finish,
  finish_own: ({ t }) => t.residents.said.close,
  answer_merged: ({ t }) => t.residents.said.finish,
  rework_merged: ({ t }) => t.residents.said.rework,
  close_merged: ({ t }) => t.residents.said.close,
  rate: ({ t }, row) => t.residents.said.rate(t.domain.levels[textOf(row, 'level') as 'basic'] ?? ''),
  rework: ({ t }) => t.residents.said.rework,
  rework_answer: ({ t }) => t.residents.said.rework,
  close: ({ t }) => t.residents.said.close,
  close_unreached: ({ t }) => t.residents.said.close,
  import_close: ({ t }) => t.residents.said.close,
  lapse: ({ t }) => t.residents.said.close,
  withdraw: ({ t }) => t.residents.said.withdraw,
  reopen: ({ t }, row) => [t.residents.said.reopen, row.post === 'appellant' ? textOf(row, 'new_fact') : ''],
  archive: ({ t }) => t.residents.said.archive,
};

/** And of each act on an order. The reasons given for more time are the appellant's to know; other notes of the work are not. */
const ofOrder: Readonly<Record<string, Sentence>> = {
  make: (telling, row) => (leadOf(telling, row) ? telling.t.residents.said.taken(whoIn(telling, row)) : null),
  acknowledge: (telling, row) => (leadOf(telling, row) ? telling.t.residents.said.acknowledge(whoIn(telling, row)) : null),
  contact: (telling, row) => telling.t.residents.said.contact(whoIn(telling, row)),
  progress: (telling, row) => telling.t.residents.said.progress(whoIn(telling, row)),
  forward: (telling, row) => telling.t.residents.said.forward(whoIn(telling, row)),
  escalate: (telling, row) => telling.t.residents.said.escalate(whoIn(telling, row), upwardsOf(telling, row)),
  submit: (telling, row) => (leadOf(telling, row) ? telling.t.residents.said.submit(whoIn(telling, row)) : null),
  send_back: (telling, row) => (leadOf(telling, row) ? telling.t.residents.said.send_back(whoIn(telling, row)) : null),
  reassign: ({ t }) => t.residents.said.reassign,
  grant_extension: (telling, row) => {
    const until = textOf(row, 'due_on');
    return [telling.t.residents.said.extended(until && telling.fmt.day(until)), whyAsked(telling, row, 'request_extension')];
  },
  grant_suspension: (telling, row) => [telling.t.residents.said.suspended, whyAsked(telling, row, 'request_suspension')],
  resume: ({ t }) => t.residents.said.resumed,
};

/** The way of a case in plain sentences, oldest first. */
export function storyOf(telling: Telling): Told[] {
  const dispatched = new Set(telling.file.trail.filter((row) => row.act === 'dispatch').map((row) => row.happened_at.getTime()));
  return telling.file.trail.flatMap((row): Told[] => {
    // The order that a dispatch makes is told of with the dispatch.
    if (row.act === 'make' && dispatched.has(row.happened_at.getTime())) return [];
    const said = (row.work_order_id === null ? ofAppeal : ofOrder)[row.act]?.(telling, row);
    if (!said) return [];
    const [text, note] = typeof said === 'string' ? [said, ''] : said;
    return [{ at: row.happened_at, text, note }];
  });
}
