import type { Request, Response } from 'express';
import { z } from 'zod';
import { suggestCategory } from '../../analysis/actions.ts';
import { listLikelyDuplicates } from '../../analysis/store.ts';
import { phoneHash, type Registration } from '../../appeals/actions/register.ts';
import { registrationForm } from '../../appeals/forms.ts';
import { type Channel, emergencyLines, type Status } from '../../appeals/rules.ts';
import { findAppeal, readableSql } from '../../appeals/store.ts';
import { rulebook } from '../../catalog/actions.ts';
import { priorities } from '../../catalog/rules.ts';
import { dayOf } from '../../core/clock.ts';
import { token } from '../../core/hash.ts';
import { segment } from '../../core/text.ts';
import type { World } from '../../core/world.ts';
import { actorOf, type Door } from '../../doors.ts';
import { readFormWithFiles, refusedStatus } from '../../files/forms.ts';
import { file_accept } from '../../files/rules.ts';
import { register, type Then } from '../../orders/actions/perform.ts';
import type { Post } from '../../people/rules.ts';
import { findPlace, listPlaces } from '../../units/store/places.ts';
import type { Views } from '../../views.ts';
import { flash } from '../../web/flash.ts';
import { blankForm, type FormState, optionalPhone, readForm } from '../../web/form.ts';
import { renderPart, sharedOf, show } from '../../web/render.ts';
import { uploads } from '../../web/uploads.ts';
import type { ErrorCode } from '../../words/words.ts';
import { listByPhone } from '../store/case.ts';
import { categoryGroups, optionsOf } from './acts_view.ts';
import { categoryName, categoryPath, nameOf, toneOf } from './labels.ts';

/** Through which channels each post may take an appeal in, the usual one first. */
const channelsOf = (post: Post): readonly Channel[] =>
  post === 'hotline_agent'
    ? ['hotline', 'web']
    : post === 'linked_member'
      ? ['app_snapshot', 'app_voice', 'proactive_patrol']
      : ['walk_in', 'superior_assigned', 'proactive_patrol'];

export function registerRoutes(world: World, door: Door): void {
  const { db } = world;

  door.get('/appeals/new', 'appeal.register', async (req, res) => {
    const actor = actorOf(res);
    // A visit or a plate leads here with its place.
    const given = (name: string) => (typeof req.query[name] === 'string' ? req.query[name] : '');
    await showRegister(
      res,
      blankForm({
        channel: channelsOf(actor.post)[0]!,
        kind: 'help',
        priority: 'general',
        next_step: 'review',
        place: given('place') || (actor.unit_kind === 'grid' ? `unit:${actor.unit_id}` : ''),
        address: given('address'),
      }),
    );
  });

  /** What is known while the call is still going on: the caller's history, likely duplicates, the category the text suggests. */
  door.post('/appeals/assist', 'appeal.register', async (req, res) => {
    const help = await assist(res, (req.body ?? {}) as Record<string, unknown>);
    res.send(renderPart('desks/assist', sharedOf(res), help));
  });

  door.post(
    '/appeals',
    'appeal.register',
    uploads(world, { max_files: 9 }) as never,
    async (req: Request<Record<string, string>>, res: Response) => {
      const actor = actorOf(res);
      const now = res.locals.now!;
      const read = await readFormWithFiles(world, res, registrationForm);
      if (!read.ok) {
        res.status(refusedStatus(read));
        return showRegister(res, read);
      }
      const given = read.value;
      const place = await findPlace(db, given.place, dayOf(now), res.locals.lang ?? 'zh');
      const wrong: Record<string, ErrorCode> = {};
      if (!place) wrong['place'] = 'not_found';
      if (!channelsOf(actor.post).includes(given.channel)) wrong['channel'] = 'not_an_option';
      if (given.next_step === 'answer' && !given.answer) wrong['answer'] = 'required';
      if (given.next_step === 'transfer' && !emergencyLines.some((line) => line === given.line)) wrong['line'] = 'required';
      const repeat_of_id = given.repeat_of ? (await findAppeal(db, given.repeat_of, actor))?.id : undefined;
      if (given.category_code !== null && !(await rulebook(db)).categories.has(given.category_code))
        wrong['category_code'] = 'not_an_option';
      if (Object.keys(wrong).length > 0) {
        res.status(422);
        return showRegister(res, { errors: wrong, typed: typedOf(req.body) });
      }
      const text = `${given.title ?? ''} ${given.content}`;
      const category_code = given.category_code ?? (await suggestCategory(db, text, 1))[0]?.category ?? null;
      const registration: Registration = {
        channel: given.channel,
        kind: given.kind,
        priority: given.priority,
        category_code,
        title: given.title ?? undefined,
        content: given.content,
        place_unit_id: place!.place_unit_id,
        building_id: place!.building_id,
        address: given.address ?? '',
        name: given.name ?? undefined,
        phone: given.phone ?? undefined,
        confidential: given.confidential,
        contact_wanted: !given.no_contact,
        about_unit_id: given.about_unit_id,
        repeat_of_id,
        files: read.value.files,
      };
      const then: Then =
        given.next_step === 'answer'
          ? { act: 'answer', input: { answer: given.answer! } }
          : given.next_step === 'transfer'
            ? { act: 'transfer', input: { line: given.line as never, transferred_at: now } }
            : null;
      const number = await register(
        world,
        { author: actor, now, once: given.once ?? undefined },
        registration,
        actor.post === 'hotline_agent' ? then : null,
      );
      flash(req, 'desks.registered', [number]);
      res.redirect(303, actor.post === 'hotline_agent' ? `/appeals/new?done=${number}` : `/appeals/${number}`);
    },
  );

  async function showRegister(res: Response, form: FormState): Promise<void> {
    const actor = actorOf(res);
    const { t, lang, now } = sharedOf(res);
    const book = await rulebook(db);
    const text = (name: string) => (typeof form.typed[name] === 'string' ? (form.typed[name] as string) : '');
    const place = text('place') ? await findPlace(db, text('place'), dayOf(now), lang) : undefined;
    const about = /^\d+$/.test(text('about_unit_id')) ? book.units.get(Number(text('about_unit_id'))) : undefined;
    // Sent without JavaScript: what was typed becomes a list to choose from.
    const choices = !place && text('place_text') ? await listPlaces(db, text('place_text'), dayOf(now), lang) : undefined;
    const view: Views['desks/register'] = {
      form: { ...form, id: 'r' },
      once: token(),
      hotline: actor.post === 'hotline_agent',
      channels: channelsOf(actor.post).map((value) => ({ value, label: t.domain.channels[value] })),
      kinds: optionsOf('kinds', t),
      priorities: priorities.map((value) => ({ value, label: t.domain.priorities[value] })),
      categories: categoryGroups(book, lang),
      lines: optionsOf('lines', t),
      file_accept,
      place: place ? [{ value: place.value, label: place.label }] : [],
      choices,
      about: about ? [{ value: about.id, label: nameOf(about, lang) }] : [],
      help: await assist(res, form.typed as Record<string, unknown>),
    };
    show(res, 'desks/register', { title: t.desks.register.title, nav: 'hotline' }, view);
  }

  async function assist(res: Response, typed: Record<string, unknown>): Promise<Views['desks/assist']> {
    const { t, lang, fmt, now } = sharedOf(res);
    const actor = actorOf(res);
    const text = (name: string) => (typeof typed[name] === 'string' ? (typed[name] as string).slice(0, 4000) : '');
    const content = `${text('title')} ${text('content')}`.trim();
    const read = readForm({ phone: text('phone') }, phoneOnly);
    const phone_hash = read.ok && read.value.phone ? phoneHash(world.config.data_key, read.value.phone) : null;
    const place = text('place') ? await findPlace(db, text('place'), dayOf(now), lang) : undefined;
    const [book, suggested, history] = await Promise.all([
      rulebook(db),
      [...content].length >= 4 ? suggestCategory(db, content) : [],
      phone_hash && actor.post === 'hotline_agent' ? listByPhone(db, phone_hash) : [],
    ]);
    const similar =
      place || phone_hash
        ? await listLikelyDuplicates(db, {
            phone_hash: actor.post === 'hotline_agent' ? phone_hash : null,
            building_id: place?.building_id,
            place_unit_id: place?.place_unit_id,
            category_code: text('category_code') || suggested[0]?.category,
            words: segment(content),
            readable: readableSql(actor),
            now,
            limit: 5,
          })
        : [];
    return {
      asked: phone_hash !== null || content !== '',
      hotline: actor.post === 'hotline_agent',
      history: history.map((one) => ({
        number: one.number,
        title: one.title,
        day: fmt.day(one.received_at),
        status: t.domain.statuses[one.status as Status],
        tone: toneOf[one.status as Status],
        category: categoryPath(book, one.category_code, lang),
      })),
      suggested: suggested.map((one) => ({
        value: one.category,
        label: categoryPath(book, one.category, lang),
        name: categoryName(book.categories.get(one.category), lang),
        percent: fmt.percent(one.score),
        priority: book.categories.get(one.category)?.priority ?? 'general',
        priority_text: t.domain.priorities[book.categories.get(one.category)?.priority ?? 'general'],
        reasons: one.reasons
          .slice(0, 4)
          .map((reason) => reason.word)
          .join(t.common.comma),
      })),
      similar: similar.map((one) => ({
        number: one.number,
        title: one.title,
        day: fmt.day(one.received_at),
        status: t.domain.statuses[one.status],
        tone: toneOf[one.status],
        why: one.reasons.map((reason) => t.desks.why[reason]).join(t.common.comma),
      })),
      place: place
        ? place.above
            .slice(1)
            .map((unit) => (lang === 'zh' ? unit.short_zh : unit.name_en))
            .join(' › ')
        : '',
    };
  }
}

const phoneOnly = z.object({ phone: optionalPhone() });

const typedOf = (body: unknown): FormState['typed'] =>
  Object.fromEntries(
    Object.entries((body ?? {}) as Record<string, unknown>).filter(
      (pair): pair is [string, string] => typeof pair[1] === 'string',
    ),
  );
