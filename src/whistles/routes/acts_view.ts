import { dayOf } from '../../core/clock.ts';
import { token } from '../../core/hash.ts';
import type { Actor } from '../../people/rules.ts';
import { may } from '../../policy.ts';
import type { WhistleAct, WhistleField } from '../../views.ts';
import { blankForm, type FormState } from '../../web/form.ts';
import type { Words } from '../../words/words.ts';
import { actNames, actRule, best_mark, canFollow, marks, mayAnswer, needsDecision, type PersonAct } from '../rules.ts';
import type { CalledRow, HeldWhistle, PartRow } from '../store.ts';

export interface Failed {
  readonly act: PersonAct;
  readonly form: FormState;
}

interface Offering {
  readonly t: Words;
  readonly actor: Actor;
  readonly now: Date;
  readonly whistle: HeldWhistle;
  readonly called: readonly CalledRow[];
  readonly parts: readonly (PartRow & { unit_id: number })[];
  readonly nameOf: (unit_id: number) => string;
}

/** Whether the actor may do the act on this whistle now; the action asks the same again under the lock. */
function isOpen(act: PersonAct, { actor, whistle, called, parts }: Offering): boolean {
  const standing = { caller_unit_id: whistle.unit_id, called_unit_ids: called.map(({ unit_id }) => unit_id) };
  if (!canFollow(whistle.status, act) || !may(actor, `whistle.${act}`, standing)) return false;
  const own = called.find(({ unit_id }) => unit_id === actor.unit_id);
  switch (act) {
    case 'acknowledge':
    case 'check_in':
    case 'refuse':
      return own !== undefined && mayAnswer(act, own);
    case 'judge':
      return own?.judged_at === null;
    case 'issue':
      return actor.person_id !== whistle.drafted_by;
    case 'add_part':
      return called.some(({ refused_at }) => refused_at === null);
    case 'report_part':
      return parts.some((part) => part.unit_id === actor.unit_id && part.finished_at === null);
    case 'finish_part':
      return parts.some((part) => part.reported_at !== null && part.finished_at === null);
    default:
      return true;
  }
}

/** The fields of an act, and what stands in them before anybody types. */
function fieldsOf(act: PersonAct, offering: Offering): { fields: WhistleField[]; given: Record<string, string | number> } {
  const { t, actor, now, whistle, called, parts, nameOf } = offering;
  const { fields: label, hints, part_title, withdraw_reason, reject_reason, marks: markWords } = t.whistles;
  const area = { kind: 'textarea', rows: 3 } as const;
  const partOptions = (of: readonly PartRow[]) => of.map(({ id, title }) => ({ value: id, label: title }));
  const oneOf = (options: readonly { value: number }[]): Record<string, number> =>
    options.length === 1 ? { part_id: options[0]!.value } : {};
  const none = { fields: [], given: {} };
  switch (act) {
    case 'issue':
      return needsDecision(whistle.kind)
        ? { fields: [{ name: 'decision_number', label: label.decision_number, required: true }], given: {} }
        : none;
    case 'reject':
      return { fields: [{ name: 'reason', label: reject_reason, required: true, ...area }], given: {} };
    case 'withdraw':
      return { fields: [{ name: 'reason', label: withdraw_reason, required: true, ...area }], given: {} };
    case 'check_in':
      return {
        fields: [
          { name: 'attendee', label: label.attendee, required: true, hint: hints.one_tap },
          { name: 'place', label: label.place },
        ],
        given: { attendee: actor.name, place: whistle.meeting_place },
      };
    case 'refuse':
      return { fields: [{ name: 'refusal', label: label.refusal, required: true, hint: hints.refusal, ...area }], given: {} };
    case 'record_minutes':
      return {
        fields: [
          { name: 'held_at', label: label.held_at, kind: 'datetime-local', required: true },
          { name: 'place', label: label.place, required: true },
          { name: 'outsiders', label: label.outsiders, hint: hints.outsiders },
          { name: 'minutes', label: label.minutes, required: true, ...area, rows: 5 },
        ],
        given: { place: whistle.meeting_place },
      };
    case 'add_part':
      return {
        fields: [
          {
            name: 'unit_id',
            label: label.unit_id,
            kind: 'select',
            required: true,
            options: called
              .filter(({ refused_at }) => refused_at === null)
              .map(({ unit_id }) => ({ value: unit_id, label: nameOf(unit_id) })),
          },
          { name: 'title', label: part_title, required: true },
          { name: 'due_on', label: label.due_on, kind: 'date', required: true, min: dayOf(now) },
        ],
        given: {},
      };
    case 'report_part': {
      const options = partOptions(parts.filter((part) => part.unit_id === actor.unit_id && part.finished_at === null));
      return {
        fields: [
          { name: 'part_id', label: label.part_id, kind: 'select', required: true, options },
          { name: 'report', label: label.report, required: true, ...area },
        ],
        given: oneOf(options),
      };
    }
    case 'finish_part': {
      const options = partOptions(parts.filter((part) => part.reported_at !== null && part.finished_at === null));
      return {
        fields: [{ name: 'part_id', label: label.part_id, kind: 'select', required: true, options }],
        given: oneOf(options),
      };
    }
    case 'resolve':
      return { fields: [{ name: 'outcome', label: label.outcome, required: true, ...area }], given: {} };
    case 'rate':
      return {
        fields: called.flatMap(({ unit_id }) =>
          marks.map((mark, i) => ({
            name: `${mark}_${unit_id}`,
            label: markWords[mark],
            kind: 'select' as const,
            required: true,
            ...(i === 0 ? { heading: nameOf(unit_id) } : {}),
            options: Array.from({ length: best_mark + 1 }, (_, n) => ({ value: best_mark - n, label: String(best_mark - n) })),
          })),
        ),
        given: {},
      };
    case 'judge':
      return {
        fields: [
          {
            name: 'necessity',
            label: label.necessity,
            kind: 'select',
            required: true,
            hint: hints.necessity,
            options: Array.from({ length: best_mark + 1 }, (_, n) => ({ value: best_mark - n, label: String(best_mark - n) })),
          },
          { name: 'own_duty', label: label.own_duty, kind: 'check' },
          { name: 'judgement', label: label.judgement, kind: 'textarea', rows: 2 },
        ],
        given: {},
      };
    default:
      return none;
  }
}

/** What the actor may do now, the likely act first and open. */
export function offeredActs(offering: Offering, failed: Failed | null): WhistleAct[] {
  const { t, whistle, parts } = offering;
  const offered = actNames.filter(
    (act): act is PersonAct => act !== 'draft' && actRule(act).by !== 'system' && isOpen(act as PersonAct, offering),
  );
  // Who may check in needs no step before it; what is reported is looked at before a new part is given.
  const first = (['check_in', 'finish_part', 'report_part'] as const).find((act) => offered.includes(act));
  const ordered = first ? [first, ...offered.filter((act) => act !== first)] : offered;
  return ordered.map((act, i) => {
    const { fields, given } = fieldsOf(act, offering);
    const refused = failed?.act === act;
    const why = act === 'resolve' && parts.some(({ finished_at }) => finished_at === null) ? t.whistles.part_open : undefined;
    const label = t.whistles.acts[act];
    return {
      act,
      label,
      action: `/whistles/${whistle.id}/${act}`,
      grave: actRule(act).grave === true,
      open: refused || (failed === null && i === 0 && actRule(act).grave !== true),
      once: token(),
      hint: act === 'rate' ? t.whistles.hints.marks : undefined,
      why,
      fields,
      form: refused ? { ...failed.form, id: act } : blankForm(given, act),
      buttons:
        act === 'check_in'
          ? [
              { label: t.whistles.on_site, name: 'how', value: 'on_site', icon: 'map-pin-check' },
              { label: t.whistles.online, name: 'how', value: 'online', icon: 'video' },
            ]
          : [{ label }],
    };
  });
}
