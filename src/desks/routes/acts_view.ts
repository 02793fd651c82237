import {
  type AppealAct,
  actNames as appealActNames,
  canFollow as appealCanFollow,
  actRule as appealRule,
  callbackOutcomes,
  contactWays,
  declineReasons,
  emergencyLines,
  type Field,
  isEnded,
  kinds,
  levels,
  mayCountersign,
  outcomes,
} from '../../appeals/rules.ts';
import type { HeldAppeal } from '../../appeals/store.ts';
import { priorities, type Rulebook } from '../../catalog/rules.ts';
import { findRule } from '../../catalog/store/keeping.ts';
import { listInstructionTemplates, listUnitSuggestions } from '../../catalog/store.ts';
import { dayOf } from '../../core/clock.ts';
import type { Db } from '../../core/db.ts';
import { token } from '../../core/hash.ts';
import { approvingUnits } from '../../orders/actions/case.ts';
import {
  type OrderAct,
  actNames as orderActNames,
  canFollow as orderCanFollow,
  actRule as orderRule,
} from '../../orders/rules.ts';
import { findOpenTermination, type WorkOrderReturnRow, type WorkOrderRow } from '../../orders/store.ts';
import type { Actor } from '../../people/rules.ts';
import { may } from '../../policy.ts';
import { unitName } from '../../units/rules.ts';
import type { Option } from '../../views.ts';
import { blankForm, type FormState } from '../../web/form.ts';
import type { Lang, Words } from '../../words/words.ts';
import { actKeys, drawings, graveActs, likelyOnAppeal, likelyOnOrder, turnActs } from '../rules.ts';
import type { CaseFile } from '../store/case.ts';
import { categoryName, categoryPath, nameOf, shortOf } from './labels.ts';

/** One field of an act's form, ready for its part. */
export interface DrawnField {
  readonly name: string;
  readonly as: 'field' | 'combobox' | 'files' | 'lead' | 'units';
  readonly kind?: 'text' | 'textarea' | 'select' | 'radios' | 'date' | 'datetime-local' | undefined;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly required: boolean;
  readonly options?: readonly Option[] | undefined;
  readonly groups?: readonly { label: string; options: readonly Option[] }[] | undefined;
  readonly rows?: number | undefined;
  readonly max?: number | undefined;
  readonly url?: string | undefined;
  readonly placeholder?: string | undefined;
  readonly templates?: readonly string[] | undefined;
  readonly chosen?: readonly Option[] | undefined;
}

/** Something this person may do with this case now. */
export interface OfferedAct {
  readonly name: string;
  readonly label: string;
  readonly action: string;
  readonly key: string | undefined;
  readonly grave: boolean;
  readonly fields: readonly DrawnField[];
  readonly form: FormState;
  readonly once: string;
  readonly upload: boolean;
  /** The order it is about, in words, where the case has several. */
  readonly about: string;
  /** What one should know before acting: by which rule of the catalogue an order came. */
  readonly note: { readonly text: string; readonly href: string } | null;
  readonly open: boolean;
}

interface Asking {
  readonly db: Db;
  readonly book: Rulebook;
  readonly actor: Actor;
  readonly now: Date;
  readonly t: Words;
  readonly lang: Lang;
  /** What units objected to so far. */
  readonly returns?: readonly WorkOrderReturnRow[];
  /** Who could take it on: asked once, for however many fields. */
  suggested?: Promise<{ role: 'lead' | 'co'; option: Option }[]>;
}

/** A form that was refused, to be shown again where it stands. */
export interface Failed {
  readonly act: string;
  readonly order_id: number | null;
  readonly form: FormState;
}

const lists = {
  kinds,
  priorities,
  levels,
  decline_reasons: declineReasons,
  outcomes,
  contact_ways: contactWays,
  callback_outcomes: callbackOutcomes,
} as const;

/** All that the actor may do with the case, the likely act first and open. */
export async function offeredActs(
  given: Asking,
  appeal: HeldAppeal,
  file: Pick<CaseFile, 'orders' | 'clocks' | 'extensions' | 'suspensions' | 'returns'>,
  failed: Failed | null,
): Promise<OfferedAct[]> {
  const asking: Asking = { ...given, returns: file.returns };
  const { actor, book, t, lang, db, now } = asking;
  const wanted: { scope: 'appeal' | 'order'; act: string; order: WorkOrderRow | null; rank: number }[] = [];
  for (const act of appealActNames) {
    if (
      appealRule(act).system ||
      !appealCanFollow(appeal.status, act) ||
      !may(actor, `appeal.${act}`, { readable: true, holder_unit_id: appeal.lead_unit_id }) ||
      !(await sensible(asking, appeal, act))
    )
      continue;
    wanted.push({ scope: 'appeal', act, order: null, rank: likelyOnAppeal.indexOf(act) });
  }
  if (!isEnded(appeal.status)) {
    for (const order of file.orders) {
      const unit = book.units.get(order.unit_id);
      if (!unit) continue;
      const held = { status: order.status, role: order.role, unit_kind: unit.kind };
      const approves =
        order.status === 'submitted' &&
        order.submitted_by !== actor.person_id &&
        (
          await approvingUnits(
            db,
            { unit_kind: unit.kind, unit_id: unit.id, unit_path: unit.path, submitted_by: order.submitted_by },
            dayOf(now),
          )
        ).some((one) => one.unit_id === actor.unit_id && one.posts.includes(actor.post));
      for (const act of orderActNames) {
        if (orderRule(act).system || !orderCanFollow(held, act)) continue;
        if (
          !may(actor, `order.${act}`, {
            readable: true,
            holder_unit_id: order.unit_id,
            maker_unit_id: order.made_by_unit_id,
            approves,
          })
        )
          continue;
        if (act === 'contact' && (order.contacted_at !== null || (actor.post === 'hotline_agent' && !appeal.confidential)))
          continue;
        if (act === 'request_return' && (order.designated || file.returns.some((one) => one.unit_id === order.unit_id))) continue;
        if (!isTimely(act, order, file, asking)) continue;
        wanted.push({ scope: 'order', act, order, rank: likelyOnOrder.indexOf(act) - 0.5 });
      }
    }
  }
  wanted.sort((a, b) => a.rank - b.rank);
  const several = new Set(wanted.flatMap(({ order }) => (order ? [order.id] : []))).size > 1;
  const offered: OfferedAct[] = [];
  for (const { scope, act, order } of wanted) {
    const rule = scope === 'appeal' ? appealRule(act as AppealAct) : orderRule(act as OrderAct);
    const refused = failed !== null && failed.act === act && failed.order_id === (order?.id ?? null) ? failed.form : null;
    // Where an appeal lies is the city's to correct, not the holder's.
    const asked = [...rule.needs, ...(rule.takes ?? [])].filter(
      (field) => act !== 'correct' || field !== 'place_unit_id' || actor.unit_kind === 'city',
    );
    const fields = await Promise.all(asked.map((field) => draw(asking, appeal, act, field, rule.needs.includes(field))));
    const id = `${act}${order?.id ?? ''}`;
    offered.push({
      name: act,
      label: (scope === 'appeal' ? t.domain.acts : t.domain.order_acts)[act as never],
      action: scope === 'appeal' ? `/appeals/${appeal.number}/${act}` : `/appeals/${appeal.number}/orders/${order!.id}/${act}`,
      key: offered.some((one) => one.key === actKeys[act as AppealAct]) ? undefined : actKeys[act as AppealAct],
      grave: graveActs.includes(act as AppealAct),
      fields,
      form: { ...(refused ?? blankForm(startingWith(appeal, act, asking))), id },
      once: token(),
      upload: fields.some((field) => field.as === 'files'),
      about: order && several ? `${t.domain.roles[order.role]} · ${nameOf(book.units.get(order.unit_id), lang)}` : '',
      note: act === 'request_return' ? await basisOf(asking, appeal, order!) : null,
      open: failed === null ? offered.length === 0 && turnActs.includes(act as AppealAct) : refused !== null,
    });
  }
  return offered;
}

/** Acts that the status allows but that make no sense yet: the button is absent rather than refused. */
async function sensible({ db, actor }: Asking, appeal: HeldAppeal, act: AppealAct): Promise<boolean> {
  if (act === 'countersign') return mayCountersign(appeal);
  if (act === 'rate') return appeal.status === 'merged';
  if (act === 'attempt') return appeal.appellant_id !== null;
  if (act === 'supply_details') return appeal.status === 'awaiting_details';
  if (act !== 'propose_termination' && act !== 'terminate') return true;
  const request = await findOpenTermination(db, appeal.id);
  if (!request) return false;
  return act === 'propose_termination'
    ? request.proposed_by === null
    : request.proposed_by !== null && request.proposed_by !== actor.person_id;
}

/** Questions of time that can be asked or answered now: one at a time, an extension before it is due and once a round, never one's own. */
function isTimely(
  act: OrderAct,
  order: WorkOrderRow,
  { clocks, extensions, suspensions }: Pick<CaseFile, 'clocks' | 'extensions' | 'suspensions'>,
  { actor, now }: Asking,
): boolean {
  const open = <R extends { work_order_id: number; decision: unknown }>(rows: readonly R[]) =>
    rows.find((one) => one.work_order_id === order.id && one.decision === null);
  const [extension, suspension] = [open(extensions), open(suspensions)];
  const extended = extensions.some(
    (one) => one.work_order_id === order.id && one.round === order.round && one.decision !== 'void',
  );
  const others = (asked: { requested_by: number } | undefined) => asked !== undefined && asked.requested_by !== actor.person_id;
  const answers: Partial<Record<OrderAct, boolean>> = {
    request_extension: !extension && !suspension && !extended && now <= order.due_at,
    request_suspension: !extension && !suspension,
    grant_extension: others(extension),
    deny_extension: others(extension),
    grant_suspension: others(suspension),
    deny_suspension: others(suspension),
    reach_milestone: clocks.some(
      (clock) => clock.kind === 'milestone' && clock.work_order_id === order.id && clock.stopped_at === null,
    ),
  };
  return answers[act] ?? true;
}

/** What a form starts from: what is known already. */
function startingWith(appeal: HeldAppeal, act: string, { t }: Asking): Record<string, string | null> {
  const known: Record<string, Record<string, string | null>> = {
    accept: { kind: appeal.kind, category_code: appeal.category_code, priority: appeal.priority },
    correct: { category_code: appeal.category_code, priority: appeal.priority },
    request_return: { category_code: appeal.category_code },
    dispatch: { instruction: t.desks.placeholder.instruction },
    close: { level: appeal.level },
  };
  return known[act] ?? {};
}

async function draw(asking: Asking, appeal: HeldAppeal, act: string, field: Field, required: boolean): Promise<DrawnField> {
  const { t, book, lang, db } = asking;
  const drawing = drawings[field];
  const hint = (t.desks.hints as Record<string, string>)[
    field === 'category_code' && act === 'request_return' ? 'category_code_return' : field
  ];
  const base = { name: field, label: t.desks.fields[field], hint: hint || undefined, required };
  const unitLink = act === 'forward' ? `/units.json?under=${asking.actor.unit_id}` : '/units.json?kind=town,department';
  switch (drawing.as) {
    case 'text':
      return { ...base, as: 'field', kind: 'text', max: drawing.max };
    case 'textarea':
      return {
        ...base,
        as: 'field',
        kind: 'textarea',
        rows: drawing.rows,
        templates:
          field === 'instruction' ? (await listInstructionTemplates(db, appeal.category_code)).map((one) => one.body) : undefined,
      };
    case 'day':
      return { ...base, as: 'field', kind: 'date' };
    case 'moment':
      return { ...base, as: 'field', kind: 'datetime-local' };
    case 'yes_no':
      return {
        ...base,
        as: 'field',
        kind: 'radios',
        options: [
          { value: 'yes', label: t.common.yes },
          { value: 'no', label: t.common.no },
        ],
      };
    case 'choice':
    case 'radios':
      return { ...base, as: 'field', kind: drawing.as === 'choice' ? 'select' : 'radios', options: optionsOf(drawing.of, t) };
    case 'category':
      return { ...base, as: 'field', kind: 'select', groups: categoryGroups(book, lang) };
    case 'unit':
      return { ...base, as: 'combobox', url: unitLink, placeholder: t.desks.placeholder.unit };
    case 'units':
      return {
        ...base,
        as: 'units',
        url: '/units.json?kind=town,department',
        placeholder: t.desks.placeholder.unit,
        options: (await suggestions(asking, appeal)).filter((one) => one.role === 'co').map((one) => one.option),
      };
    case 'place':
      return { ...base, as: 'combobox', url: '/places', placeholder: t.desks.placeholder.building };
    case 'files':
      return { ...base, as: 'files' };
    case 'lead': {
      const found = (await suggestions(asking, appeal)).filter((one) => one.role === 'lead').map((one) => one.option);
      return {
        ...base,
        as: 'lead',
        options: found,
        url: '/units.json?kind=town,department',
        placeholder: t.desks.placeholder.unit,
      };
    }
  }
}

export function optionsOf(list: keyof typeof lists | 'lines', t: Words): Option[] {
  if (list === 'lines') return emergencyLines.map((line) => ({ value: line, label: line }));
  const labels = t.domain[list] as Record<string, string>;
  return lists[list].map((value) => ({ value, label: labels[value] ?? value }));
}

const grouped = new WeakMap<Rulebook, Map<Lang, readonly { label: string; options: readonly Option[] }[]>>();
/** The 80 categories under their 12, made once per rulebook and language. */
export function categoryGroups(book: Rulebook, lang: Lang): readonly { label: string; options: readonly Option[] }[] {
  const known = grouped.get(book)?.get(lang);
  if (known) return known;
  const all = [...book.categories.values()];
  const groups = all
    .filter((one) => one.parent_code === null)
    .map((top) => ({
      label: categoryName(top, lang),
      options: all
        .filter((one) => one.parent_code === top.code)
        .map((one) => ({ value: one.code, label: categoryName(one, lang) })),
    }));
  const byLang = grouped.get(book) ?? new Map();
  grouped.set(book, byLang.set(lang, groups));
  return groups;
}

function suggestions(asking: Asking, appeal: HeldAppeal): NonNullable<Asking['suggested']> {
  asking.suggested ??= suggest(asking, appeal);
  return asking.suggested;
}

async function suggest({ db, book, t, lang, now, returns = [] }: Asking, appeal: HeldAppeal): NonNullable<Asking['suggested']> {
  const found = await listUnitSuggestions(db, appeal.category_code, appeal.place_path, dayOf(now));
  const upheld = returns.filter(({ decision }) => decision === 'upheld');
  const returned = new Set(upheld.map(({ unit_id }) => unit_id));
  const options = found.map((one) => ({
    role: one.role,
    option: {
      value: one.unit_id,
      label: lang === 'zh' ? one.name_zh : one.name_en,
      note: returned.has(one.unit_id)
        ? t.desks.returned_it
        : one.share !== null && one.share > 0 && one.role === 'lead'
          ? t.desks.share(one.share)
          : t.domain.why_units[one.why],
    },
  }));
  // Whom the last objector named stands first, and who has returned it last: the form starts with the first.
  const last = upheld.at(-1);
  const named = last?.suggested_unit_id ? book.units.get(last.suggested_unit_id) : undefined;
  const first = named && !returned.has(named.id) ? named : undefined;
  const others = options.filter(({ role, option }) => role !== 'lead' || option.value !== first?.id);
  const note = last ? t.desks.suggested_by(shortOf(book.units.get(last.unit_id), lang)) : '';
  return [
    ...(first ? [{ role: 'lead' as const, option: { value: first.id, label: nameOf(first, lang), note } }] : []),
    ...others.filter(({ option }) => !returned.has(option.value)),
    ...others.filter(({ option }) => returned.has(option.value)),
  ];
}

/** By which rule of the catalogue, as it was then, an order came to its unit. */
async function basisOf({ db, book, t, lang }: Asking, appeal: HeldAppeal, order: WorkOrderRow): Promise<OfferedAct['note']> {
  const category = categoryPath(book, appeal.category_code, lang);
  const day = dayOf(order.created_at);
  const why = (await listUnitSuggestions(db, appeal.category_code, appeal.place_path, day)).find(
    (one) => one.unit_id === order.unit_id,
  );
  const rule = why?.rule_id ? await findRule(db, why.rule_id) : undefined;
  const area = unitName({ name_zh: rule?.area_zh ?? '', name_en: rule?.area_en ?? '' }, lang);
  const w = t.desks.basis;
  return {
    text: rule
      ? w.rule(rule.id, category, area, nameOf(book.units.get(order.unit_id), lang))
      : why
        ? w.other(category, t.domain.why_units[why.why])
        : w.none(category),
    href: appeal.category_code ? `/dispatch-rules?category_code=${appeal.category_code}` : '/dispatch-rules',
  };
}
