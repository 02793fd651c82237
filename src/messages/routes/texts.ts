import type { Request, Response } from 'express';
import { notFound } from '../../core/errors.ts';
import type { World } from '../../core/world.ts';
import { actorOf, type Door } from '../../doors.ts';
import { flash } from '../../web/flash.ts';
import { blankForm, type FormState, readForm } from '../../web/form.ts';
import { sharedOf, show } from '../../web/render.ts';
import { submit } from '../../web/submit.ts';
import { type Lang, type Words, words } from '../../words/words.ts';
import { textOf } from '../actions/send.ts';
import { editText, readTexts } from '../actions/texts.ts';
import { textForm } from '../forms.ts';
import {
  appellantEvents,
  asksEvaluation,
  bracesOf,
  isStaffEvent,
  ownText,
  sampleCards,
  sayMessage,
  staffEvents,
  type TextEvent,
  textProblem,
} from '../rules.ts';
import { listTexts, listVersionsOf } from '../store/texts.ts';

const langs: readonly Lang[] = ['zh', 'en'];
const most_versions = 20;
const sample_link = 'https://12345.example.gov.cn/e/Wf3k9';

const kinds = ['appellant', 'staff'] as const;
const listOf = (kind: (typeof kinds)[number]) => (kind === 'staff' ? '/message-texts?for=staff' : '/message-texts');
const backTo = (event: TextEvent) => listOf(isStaffEvent(event) ? 'staff' : 'appellant');
const nameOf = (event: TextEvent, t: Words) =>
  isStaffEvent(event) ? sayMessage({ event, params: sampleCards }, t) : t.messages.sms_events[event];

/** The texts that appellants and staff get: the product's own, or the city's in their place. */
export function textRoutes({ db, clock }: World, door: Door): void {
  const doing = (res: Response) => ({ author: actorOf(res), now: res.locals.now ?? clock() });

  door.get('/message-texts', 'message_text.edit', async (req, res) => {
    const { t, fmt } = sharedOf(res);
    const shown = req.query['for'] === 'staff' ? 'staff' : 'appellant';
    const events: readonly TextEvent[] = shown === 'staff' ? staffEvents : appellantEvents;
    const own = new Map((await listTexts(db)).map((row) => [`${row.event} ${row.lang}`, row]));
    const texts = await readTexts(db);
    show(
      res,
      'messages/texts',
      { title: t.messages.texts, nav: 'message_texts' },
      {
        tabs: kinds.map((kind) => ({ href: listOf(kind), label: t.messages.texts_for[kind], current: kind === shown })),
        rows: events.map((event) => ({
          event: nameOf(event, t),
          texts: langs.map((lang) => {
            const row = own.get(`${event} ${lang}`);
            return {
              lang,
              href: `/message-texts/${event}/${lang}`,
              body: texts.get(`${event} ${lang}`) ?? ownText(event, lang),
              changed: row && row.body !== null ? t.messages.text_by(row.person, fmt.full(row.made_at)) : null,
            };
          }),
        })),
      },
    );
  });

  door.get('/message-texts/:event/:lang', 'message_text.edit', async (req, res) => {
    const which = whichOf(req);
    await showText(res, which, blankForm({ body: await bodyOf(which) }));
  });
  door.post('/message-texts/:event/:lang', 'message_text.edit', async (req, res) => {
    const { event, lang } = whichOf(req);
    let changed = false;
    const back = await submit(req, res, textForm, async ({ body }) => {
      changed = await editText(db, doing(res), event, lang, body);
    });
    if (back) return showText(res, { event, lang }, back.form);
    flash(req, changed ? 'messages.text_saved' : 'units.nothing_changed');
    res.redirect(303, backTo(event));
  });
  door.post('/message-texts/:event/:lang/preview', 'message_text.edit', async (req, res) => {
    const which = whichOf(req);
    const read = readForm(req.body, textForm);
    const problem = read.ok ? textProblem(which.event, read.value.body) : null;
    const form = read.ok ? blankForm({ body: read.value.body }) : read;
    if (!read.ok || problem) res.status(422);
    await showText(res, which, problem ? { ...form, errors: { body: problem } } : form);
  });
  door.post('/message-texts/:event/:lang/reset', 'message_text.edit', async (req, res) => {
    const { event, lang } = whichOf(req);
    const changed = await editText(db, doing(res), event, lang, null);
    flash(req, changed ? 'messages.text_saved' : 'units.nothing_changed');
    res.redirect(303, backTo(event));
  });

  interface Which {
    readonly event: TextEvent;
    readonly lang: Lang;
  }
  function whichOf(req: Request<Record<string, string>>): Which {
    const event = [...appellantEvents, ...staffEvents].find((one) => one === req.params['event']);
    const lang = langs.find((one) => one === req.params['lang']);
    if (!event || !lang) throw notFound();
    return { event, lang };
  }
  const bodyOf = async ({ event, lang }: Which) => (await readTexts(db)).get(`${event} ${lang}`) ?? ownText(event, lang);
  const sampleOf = ({ event, lang }: Which, body: string) => {
    if (isStaffEvent(event)) return sayMessage({ event, params: sampleCards, own: { [lang]: body } }, words[lang]);
    const told = { event, number: '20261123-0042', params: words[lang].messages.sample, lang };
    return textOf(told, asksEvaluation(event) ? sample_link : null, new Map([[`${event} ${lang}` as const, body]]));
  };

  async function showText(res: Response, { event, lang }: Which, form: FormState): Promise<void> {
    const { t, fmt } = sharedOf(res);
    const w = t.messages;
    const typed = String(form.typed['body'] ?? '');
    const sound = typed !== '' && Object.keys(form.errors).length === 0;
    const names: Record<string, string> = w.placeholders;
    show(
      res,
      'messages/text',
      { title: nameOf(event, t), nav: 'message_texts', crumbs: [{ href: backTo(event), label: w.texts }] },
      {
        title: nameOf(event, t),
        lang_name: w.langs[lang],
        hint: isStaffEvent(event) ? w.staff_text_hint : w.text_hint,
        form,
        action: `/message-texts/${event}/${lang}`,
        holds: bracesOf(event).map((name) => ({ name: `{${name}}`, means: names[name] ?? '' })),
        preview: sound ? sampleOf({ event, lang }, typed) : null,
        versions: (await listVersionsOf(db, event, lang, most_versions)).map((row) => ({
          text: row.body ?? w.own_text,
          by: w.text_by(row.person, fmt.full(row.made_at)),
        })),
      },
    );
  }
}
