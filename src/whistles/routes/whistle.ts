import type { Request, Response } from 'express';
import { readableSql } from '../../appeals/store.ts';
import { rulebook } from '../../catalog/actions.ts';
import type { Rulebook } from '../../catalog/rules.ts';
import { dayOf, startOfDay } from '../../core/clock.ts';
import { notFound, Refusal } from '../../core/errors.ts';
import type { World } from '../../core/world.ts';
import { actorOf, type Door, idOf } from '../../doors.ts';
import { readsEverything } from '../../policy.ts';
import { verify } from '../../trail/rules.ts';
import { listTrail } from '../../trail/store.ts';
import { unitName } from '../../units/rules.ts';
import type { RollCall, Shared, TimelineEntry, Tone, WhistleLocals } from '../../views.ts';
import { flash } from '../../web/flash.ts';
import { readForm } from '../../web/form.ts';
import type { Topic } from '../../web/live.ts';
import { renderPart, sharedFor, sharedOf, show, stream } from '../../web/render.ts';
import { submit } from '../../web/submit.ts';
import { type Inputs, type Marks, perform } from '../actions/perform.ts';
import { actForms, rateForm } from '../forms.ts';
import { type Act, actNames, actRule, answerOf, canFollow, hasAnswered, isOver, type PersonAct } from '../rules.ts';
import {
  type CalledRow,
  findPeople,
  findSubject,
  findVersion,
  findWhistle,
  type HeldWhistle,
  listCalled,
  listConsultations,
  listParts,
} from '../store.ts';
import { type Failed, offeredActs } from './acts_view.ts';
import { answerTone, toneOf } from './labels.ts';

interface Told {
  readonly failed?: Failed;
  readonly clash?: WhistleLocals['clash'];
}

const isPersonAct = (act: string | undefined): act is Exclude<PersonAct, 'draft'> =>
  actNames.some((known) => known === act && known !== 'draft' && actRule(known).by !== 'system');

export function whistleRoutes(world: World, door: Door): void {
  const { db } = world;

  door.get('/:id', 'whistle.read', async (req, res) => showWhistle(world, res, await getWhistle(req, res)));

  door.post('/:id/:act', 'act', async (req, res) => {
    const { act } = req.params;
    if (!isPersonAct(act)) throw notFound();
    const whistle = await getWhistle(req, res);
    const unit_ids = (await listCalled(db, whistle.id)).map(({ unit_id }) => unit_id);
    const schema = act === 'rate' ? rateForm(unit_ids) : actForms[act];
    try {
      const back = await submit(req, res, schema, async (value) => {
        const { once, ...given } = value as { once: string } & Record<string, never>;
        const doing = { author: actorOf(res), now: sharedOf(res).now, once };
        await perform(db, doing, whistle.id, act, inputOf(act, given, unit_ids) as Inputs[typeof act]);
      });
      if (back) return showWhistle(world, res, whistle, { failed: { act, form: back.form } });
    } catch (error) {
      // Somebody was faster, or a rule of the whistle says no: the page as it now is, with what was typed.
      if (!(error instanceof Refusal) || error.status !== 409) throw error;
      res.status(409);
      const now = await getWhistle(req, res);
      return showWhistle(world, res, now, clashOf(res, error.code, act, readForm(req.body, schema)));
    }
    flash(req, 'whistles.done', [act]);
    res.redirect(303, `/whistles/${whistle.id}`);
  });

  async function getWhistle(req: Request<Record<string, string>>, res: Response): Promise<HeldWhistle> {
    const whistle = await findWhistle(db, idOf(req.params['id']), actorOf(res));
    if (!whistle) throw notFound();
    return whistle;
  }
}

/** What an act is told, from the fields of its form. */
function inputOf(act: PersonAct, given: Record<string, never>, unit_ids: readonly number[]): unknown {
  if (act === 'check_in')
    return { attendee: given['attendee'], place: given['how'] === 'online' ? null : (given['place'] ?? '') };
  if (act !== 'rate') return given;
  const of = (unit_id: number): Marks => ({
    timeliness: given[`timeliness_${unit_id}`]!,
    cooperation: given[`cooperation_${unit_id}`]!,
    result: given[`result_${unit_id}`]!,
  });
  return { marks: new Map(unit_ids.map((unit_id) => [unit_id, of(unit_id)])) };
}

/** Somebody was faster: what happened, and what was typed in vain. */
function clashOf(res: Response, code: string, act: PersonAct, read: ReturnType<typeof readForm>): Told {
  const { t } = sharedOf(res);
  const words = t.failures as Record<string, { title: string; text: string }>;
  const labels: Readonly<Record<string, string>> = t.whistles.fields;
  const typed = Object.entries(read.ok ? read.value : read.typed)
    .filter(([name, value]) => name !== 'once' && name !== 'how' && typeof value === 'string' && value !== '')
    .map(([name, value]) => ({ label: labels[name] ?? t.whistles.acts[act], text: String(value) }));
  const { title, text } = words[code] ?? words['conflict']!;
  return { clash: { title, text, typed } };
}

/** The board of a whistle, sent anew to everybody who has its page open. */
export async function whistleBoard({ db, clock }: World, res: Response, address: string): Promise<Topic | null> {
  const whistle = await findAt(db, res, address);
  if (!whistle) return null;
  const { lang } = sharedOf(res);
  const { id } = whistle;
  return {
    key: `whistle board ${id} ${lang}`,
    concerns: (change) => change.whistle === id,
    async render() {
      const shared = sharedFor({ lang, me: null, now: clock() });
      const [called, book] = await Promise.all([listCalled(db, id), rulebook(db)]);
      return {
        event: 'stream',
        data: stream('whistle-board', renderPart('whistles/board', shared, rollCall(shared, book, called))),
      };
    },
  };
}

/** Tells a page that its whistle has gone on; the page knows whether somebody is writing on it. */
export async function whistleNews({ db }: World, res: Response, address: string): Promise<Topic | null> {
  const whistle = await findAt(db, res, address);
  if (!whistle) return null;
  return {
    key: `whistle ${whistle.id}`,
    concerns: (change) => change.whistle === whistle.id,
    render: async () => ({ event: 'case', data: await findVersion(db, whistle.id) }),
  };
}

async function findAt(db: World['db'], res: Response, address: string): Promise<HeldWhistle | undefined> {
  const id = /^\/whistles\/([1-9]\d{0,14})$/.exec(address)?.[1];
  return id ? findWhistle(db, Number(id), actorOf(res)) : undefined;
}

function nameIn(book: Rulebook, lang: Shared['lang']): (unit_id: number) => string {
  return (unit_id) => {
    const unit = book.units.get(unit_id);
    return unit ? (lang === 'zh' ? unit.short_zh : unitName(unit, lang)) : String(unit_id);
  };
}

/** Who has checked in, who has not, and since when. */
function rollCall({ t, lang, fmt, now }: Shared, book: Rulebook, called: readonly CalledRow[]): RollCall {
  const w = t.whistles;
  const name = nameIn(book, lang);
  const late = (at: Date | null, due_at: Date | null) =>
    at && due_at && at > due_at ? w.late_by(fmt.span(Math.ceil((at.getTime() - due_at.getTime()) / 60_000))) : null;
  const issued = called.some(({ check_in_due_at }) => check_in_due_at !== null);
  return {
    there: issued ? w.called_count(called.filter(hasAnswered).length, called.length) : null,
    lines: called.map((one) => {
      const answer = answerOf(one, now);
      const acknowledged_late = late(one.acknowledged_at, one.acknowledge_due_at);
      const checked_in_late = late(one.checked_in_at, one.check_in_due_at);
      const waiting_for = !issued || hasAnswered(one) ? null : one.acknowledged_at ? one.check_in_due_at : one.acknowledge_due_at;
      return {
        unit: name(one.unit_id),
        tag: issued ? { tone: answerTone[answer], text: w.answers[answer] } : null,
        times: [
          ...(one.acknowledged_at ? [{ text: w.acknowledged_at(fmt.moment(one.acknowledged_at)), late: acknowledged_late }] : []),
          ...(one.checked_in_at ? [{ text: w.checked_in_at(fmt.moment(one.checked_in_at)), late: checked_in_late }] : []),
          ...(one.refused_at ? [{ text: fmt.moment(one.refused_at), late: null }] : []),
          ...(answer === 'absent' ? [{ text: w.absent_since(fmt.moment(one.check_in_due_at!)), late: null }] : []),
        ],
        who: one.attendee ? w.attendee(one.attendee, one.place ?? w.online_word) : null,
        refusal: one.refusal,
        due: waiting_for ? fmt.left(waiting_for, now) : null,
        due_word: one.acknowledged_at ? w.acts.check_in : w.acts.acknowledge,
      };
    }),
  };
}

async function showWhistle(world: World, res: Response, whistle: HeldWhistle, told: Told = {}): Promise<void> {
  const { db } = world;
  const shared = sharedOf(res);
  const { t, lang, fmt, now } = shared;
  const w = t.whistles;
  const actor = actorOf(res);
  const [called, parts, consultations, trail, book] = await Promise.all([
    listCalled(db, whistle.id),
    listParts(db, whistle.id),
    listConsultations(db, whistle.id),
    listTrail(db, 'whistle', whistle.id),
    rulebook(db),
  ]);
  const ids = [whistle.drafted_by, whistle.issued_by, ...trail.map(({ person_id }) => person_id)].flatMap((id) => id ?? []);
  const [people, subject] = await Promise.all([
    findPeople(db, ids),
    whistle.appeal_id === null ? null : findSubject(db, whistle.appeal_id, readableSql(actor)),
  ]);
  const name = nameIn(book, lang);
  const verdict = verify(trail, { seq: whistle.trail_seq, hash: whistle.trail_hash });
  const acts = offeredActs({ t, actor, now, whistle, called, parts, nameOf: name }, told.failed ?? null);
  const today = dayOf(now);
  // The caller and the command centre read all marks, a called unit its own.
  const calling = actor.unit_id === whistle.unit_id;
  const sees = (one: CalledRow) => calling || actor.unit_id === one.unit_id || readsEverything(actor);
  const fact = (term: string, text: string | null | undefined, href?: string) =>
    text ? [{ term, text, ...(href && { href }) }] : [];
  const started = whistle.issued_at;
  const awaited = called.filter((one) => !hasAnswered(one)).flatMap(({ check_in_due_at }) => check_in_due_at ?? []);
  const gathering = whistle.status === 'issued' || whistle.status === 'checking_in';
  const due =
    gathering && awaited[0]
      ? awaited[0]
      : whistle.ends_on && !isOver(whistle.status) && whistle.status !== 'rated' && whistle.status !== 'resolved'
        ? startOfDay(whistle.ends_on)
        : null;
  show(
    res,
    'whistles/whistle',
    {
      title: w.number(whistle.id),
      nav: 'whistles',
      crumbs: [{ label: w.title, href: '/whistles' }],
      live: { at: `/whistles/${whistle.id}`, version: whistle.trail_seq },
    },
    {
      id: whistle.id,
      number: w.number(whistle.id),
      title: whistle.title,
      demo: whistle.demo,
      tags: [
        { tone: toneOf[whistle.status], text: w.statuses[whistle.status] },
        { tone: whistle.kind === 'emergency' ? 'late' : 'done', text: w.kinds[whistle.kind] },
      ],
      due: due ? fmt.left(due, now, gathering ? started : null) : null,
      edit:
        canFollow(whistle.status, 'draft') && calling && actor.post.endsWith('_clerk') ? `/whistles/${whistle.id}/draft` : null,
      why: [
        { term: w.fields.reason, text: whistle.reason },
        { term: w.fields.tried, text: whistle.tried },
        { term: w.fields.request, text: whistle.request },
      ],
      outcome: whistle.outcome,
      closing_reason: whistle.closing_reason,
      clash: told.clash ?? null,
      board: rollCall(shared, book, called),
      issued: whistle.issued_at !== null,
      parts: parts.map((part) => ({
        title: part.title,
        unit: name(part.unit_id),
        due: part.finished_at ? null : fmt.left(new Date(startOfDay(part.due_on).getTime() + 24 * 3_600_000 - 1), now),
        day: fmt.day(part.due_on),
        report: part.report,
        tag: part.finished_at
          ? { tone: 'done' as const, text: w.part_states.finished }
          : part.reported_at
            ? { tone: 'warn' as const, text: w.part_states.reported }
            : part.due_on < today
              ? { tone: 'late' as const, text: w.part_states.late }
              : { tone: 'go' as const, text: w.part_states.open },
      })),
      consultations: consultations.map((one) => ({
        at: fmt.full(one.held_at),
        place: one.place,
        outsiders: one.outsiders ? w.with_outsiders(one.outsiders) : null,
        minutes: one.minutes,
        person: one.person,
      })),
      ratings: called.filter(sees).flatMap((one) => {
        const given =
          one.timeliness === null ? null : { timeliness: one.timeliness, cooperation: one.cooperation!, result: one.result! };
        if (!given && one.necessity === null) return [];
        return [
          {
            unit: name(one.unit_id),
            marks: given,
            judged: one.necessity === null ? null : w.necessity(one.necessity),
            own_duty: one.own_duty === true,
            judgement: one.judgement,
          },
        ];
      }),
      facts: [
        ...fact(w.caller, name(whistle.unit_id)),
        ...fact(w.subject, w.subjects[whistle.subject]),
        ...(subject ? fact(w.appeal, `${subject.number} ${subject.title}`, `/appeals/${subject.number}`) : []),
        ...fact(w.fields.meeting_place, whistle.meeting_place),
        ...fact(w.ends_on, whistle.ends_on ? fmt.day(whistle.ends_on) : null),
        ...fact(w.decision_number, whistle.decision_number),
        ...fact(w.drafted_by, `${people.get(whistle.drafted_by) ?? ''} ${fmt.moment(whistle.drafted_at)}`),
        ...fact(
          w.issued_by,
          whistle.issued_by && whistle.issued_at
            ? `${people.get(whistle.issued_by) ?? ''} ${fmt.moment(whistle.issued_at)}`
            : null,
        ),
      ],
      acts,
      waiting: w.waiting[whistle.status],
      entries: trail.map((row): TimelineEntry => {
        const act = row.act as Act;
        const person = row.person_id === null ? '' : (people.get(row.person_id) ?? '');
        return {
          at: row.happened_at,
          tone: trailTone[act] ?? 'go',
          who: row.person_id === null ? w.by_the_clock : [row.unit_id ? name(row.unit_id) : '', person].filter(Boolean).join(' '),
          act: act === 'draft' ? w.wrote : w.acts[act],
          text: sayingOf(row.input),
        };
      }),
      rows: trail.length,
      broken: verdict.ok ? null : verdict.seq,
    },
  );
}

const trailTone: Partial<Record<Act, Tone>> = {
  draft: 'new',
  propose: 'new',
  refuse: 'warn',
  reject: 'done',
  withdraw: 'done',
  end: 'done',
};

/** What an act says of itself in the trail. */
function sayingOf(input: object | null): string {
  const given = (input ?? {}) as Record<string, unknown>;
  return ['title', 'reason', 'refusal', 'attendee', 'part', 'report', 'outcome', 'decision_number', 'minutes']
    .flatMap((key) => (typeof given[key] === 'string' && given[key] !== '' ? [given[key]] : []))
    .slice(0, 2)
    .join(' · ');
}
