import type { Request, Response } from 'express';
import { rulebook } from '../../catalog/actions.ts';
import { dayOf } from '../../core/clock.ts';
import type { World } from '../../core/world.ts';
import type { Door } from '../../doors.ts';
import { readFormWithFiles, refusedStatus, returned } from '../../files/forms.ts';
import type { StoredFile } from '../../files/store.ts';
import { readPlate } from '../../plates/actions.ts';
import { countScan, type PlatePlace } from '../../plates/store.ts';
import { findPlace, listAreaGroups, listPlaces } from '../../units/store/places.ts';
import { findUnit } from '../../units/store.ts';
import type { Views } from '../../views.ts';
import { blankForm, type FormState, type Read, readForm } from '../../web/form.ts';
import { sharedOf, show } from '../../web/render.ts';
import { uploads } from '../../web/uploads.ts';
import type { ErrorCode } from '../../words/words.ts';
import { isMet, newChallenge } from '../actions/challenge.ts';
import { isFormKey, newFormKey, newReceipt, readReceipt } from '../actions/keys.ts';
import { findEarlier, isTooMuch, type Report, report } from '../actions/report.ts';
import { openReportForm, plateReportForm, type ReportGiven } from '../forms.ts';
import { grouped } from '../rules.ts';
import { listCaretakers } from '../store.ts';
import { addressKey, todayOf, unkept } from './pages.ts';

const most_files = 9;
/** What is said above a form that comes back for another reason than a wrong field. */
interface Why {
  readonly said?: string;
  /** The key of the form has had its use, or its time. */
  readonly fresh?: true;
  readonly challenged?: 'asked' | 'wrong';
}
/** Where a report is about: what its form is built around. */
type About =
  | { readonly plate: PlatePlace; readonly link: string }
  | { readonly plate: null; readonly choices?: Views['residents/report']['choices'] };

export function reportRoutes(world: World, door: Door): void {
  const { db } = world;
  const taking = uploads(world, { max_files: most_files }) as never;

  door.get('/q/:link', 'public', unkept, async (req, res) => {
    const link = String(req.params['link']);
    const plate = await readPlate(world, db, link);
    if (!plate || plate.revoked) return showUnknown(res, plate);
    await countScan(db, plate.id, todayOf(res));
    await showForm(res, { plate, link }, blankForm({}, 'q'));
  });

  door.post('/q/:link', 'public', unkept, taking, async (req, res) => {
    const link = String(req.params['link']);
    const plate = await readPlate(world, db, link);
    if (!plate || plate.revoked) return showUnknown(res, plate);
    const read = await readFormWithFiles(world, res, plateReportForm, 'q');
    await take(req, res, { plate, link }, read, {
      channel: 'qr_code',
      place_unit_id: plate.grid_id,
      building_id: plate.building_id,
    });
  });

  door.get('/report', 'public', unkept, async (_req, res) => {
    await showForm(res, { plate: null }, blankForm({}, 'q'));
  });

  /** Buildings, estates and areas by what is typed: names that stand on every plate, a dozen at most. */
  door.get('/report/places', 'public', async (req, res) => {
    const typed = typeof req.query['q'] === 'string' ? req.query['q'].slice(0, 60) : '';
    res.json(await listPlaces(db, typed, todayOf(res), res.locals.lang ?? 'zh'));
  });

  door.post('/report', 'public', unkept, taking, async (req, res) => {
    const lang = res.locals.lang ?? 'zh';
    const today = todayOf(res);
    const read = await readFormWithFiles(world, res, openReportForm, 'q');
    const where = readForm(req.body, openReportForm.pick({ area: true, place: true, place_text: true }));
    const given = where.ok ? where.value : { area: null, place: null, place_text: null };
    const named = given.place ? await findPlace(db, given.place, today, lang) : undefined;
    // Typed without a script: one answer is meant, several are shown to choose from, none is left to whoever reads it.
    const found = !named && given.place_text ? await listPlaces(db, given.place_text, today, lang) : [];
    const place = named ?? (found.length === 1 ? await findPlace(db, found[0]!.value, today, lang) : undefined);
    const area = !place && given.area ? await findUnit(db, given.area) : undefined;
    const errors: Record<string, ErrorCode> = {};
    if (!place && found.length > 1) errors['place'] = 'not_found';
    else if (!place && (!area || (area.kind !== 'town' && area.kind !== 'community'))) errors['area'] = 'required';
    const about: About = { plate: null, choices: place ? undefined : found };
    if (!read.ok) {
      res.status(refusedStatus(read));
      return showForm(res, about, { ...read, errors: { ...errors, ...read.errors } });
    }
    if (Object.keys(errors).length > 0) {
      res.status(422);
      return showForm(res, about, returned(world, res, openReportForm, read.value.files, errors, 'q'));
    }
    const unfound = place ? null : given.place_text;
    const address = [unfound, read.value.address].filter(Boolean).join(' ');
    await take(
      req,
      res,
      about,
      { ok: true, value: { ...read.value, address } },
      {
        channel: 'web',
        place_unit_id: place?.place_unit_id ?? area!.id,
        building_id: place?.building_id ?? null,
      },
    );
  });

  door.get('/report/sent/:receipt', 'public', unkept, async (req, res) => {
    const { t } = sharedOf(res);
    const receipt = readReceipt(world, String(req.params['receipt']), res.locals.now!);
    const book = await rulebook(db);
    res.status(receipt ? 200 : 410);
    show(
      res,
      'residents/sent',
      { title: receipt ? t.residents.sent_title : t.residents.receipt_over, layout: 'public' },
      {
        receipt: receipt && { number: receipt.number, code: grouped(receipt.code) },
        hotline: book.parameters['city.hotline'],
        address: new URL('/progress', world.config.public_url).href,
      },
    );
  });

  /** Registers what was read, or shows the form again with everything in it and the reason above it. */
  async function take(
    req: Request,
    res: Response,
    about: About,
    read: Read<ReportGiven & { readonly files: readonly StoredFile[] }>,
    at: Pick<Report, 'channel' | 'place_unit_id' | 'building_id'>,
  ): Promise<void> {
    if (!read.ok) {
      res.status(refusedStatus(read));
      return showForm(res, about, read);
    }
    const { once, challenge, proof, sum, files, ...given } = read.value;
    const { t, lang } = sharedOf(res);
    const now = res.locals.now!;
    const schema = about.plate ? plateReportForm : openReportForm;
    const again = (status: number, errors: Record<string, ErrorCode>, why: Why = {}) => {
      res.status(status);
      return showForm(res, about, returned(world, res, schema, files, errors, 'q'), why);
    };
    if (given.content === null && !files.some((file) => file.kind === 'audio')) return again(422, { content: 'say_or_record' });
    if (!once || !isFormKey(world, once, now)) return again(422, {}, { said: t.residents.key_old, fresh: true });
    const wanted: Report = { ...given, ...at, form_key: once, files, lang };
    const earlier = await findEarlier(world, wanted);
    if (!earlier) {
      const by = { address: addressKey(world, req), phone: given.phone, plate_id: about.plate?.id ?? null };
      const met = challenge !== null && isMet(world, once, { token: challenge, proof: proof ?? '', sum: sum ?? '' }, now);
      if (!met && (challenge !== null || (await isTooMuch(world, by, now))))
        return again(429, {}, { challenged: challenge === null ? 'asked' : 'wrong' });
    }
    const { number, code } = earlier ?? (await report(world, wanted, now));
    if (code === null) return again(422, {}, { said: t.residents.sent_before(number), fresh: true });
    res.redirect(303, `/report/sent/${newReceipt(world, number, code, now)}`);
  }

  async function showUnknown(res: Response, plate: PlatePlace | undefined): Promise<void> {
    const { t, lang } = sharedOf(res);
    const book = await rulebook(db);
    res.status(plate ? 410 : 404);
    show(
      res,
      'residents/unknown',
      { title: t.residents.unknown_title, layout: 'public' },
      {
        hotline: book.parameters['city.hotline'],
        above: plate?.above_phone ? { name: lang === 'zh' ? plate.above_zh : plate.above_en, phone: plate.above_phone } : null,
      },
    );
  }

  async function showForm(res: Response, about: About, form: FormState, why: Why = {}): Promise<void> {
    const { t, lang, now } = sharedOf(res);
    const today = dayOf(now);
    const { plate } = about;
    const typed = (name: string) => (typeof form.typed[name] === 'string' ? (form.typed[name] as string) : '');
    const key = why.fresh ? '' : typed('once');
    const once = isFormKey(world, key, now) ? key : newFormKey(world, now);
    const chosen = typed('place') ? await findPlace(db, typed('place'), today, lang) : undefined;
    const book = await rulebook(db);
    show(
      res,
      'residents/report',
      { title: t.residents.report, layout: 'public' },
      {
        form,
        action: plate ? `/q/${about.link}` : '/report',
        once,
        said: why.said,
        challenge: why.challenged && { ...newChallenge(world, once, now), wrong: why.challenged === 'wrong' },
        hotline: book.parameters['city.hotline'],
        plate: plate && {
          where: [plate.estate, plate.building].join('') || (lang === 'zh' ? plate.grid_zh : plate.grid_en),
          grid: lang === 'zh' ? plate.grid_zh : plate.grid_en,
          members: await listCaretakers(db, plate.grid_id, today),
        },
        areas: plate ? [] : await listAreaGroups(db, today, lang),
        place: chosen ? [{ value: chosen.value, label: chosen.label }] : [],
        choices: plate || !about.choices?.length ? undefined : about.choices,
        max_files: most_files,
      },
    );
  }
}
