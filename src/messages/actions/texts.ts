import type { Db } from '../../core/db.ts';
import { wrongFields } from '../../core/errors.ts';
import { type Changing, recordChange } from '../../trail/actions/change.ts';
import { type Lang, words } from '../../words/words.ts';
import { ownText, type TextEvent, textProblem } from '../rules.ts';
import { holdText, insertText, listTexts } from '../store/texts.ts';

/** The city's own texts, by event and language; where there is none the product's own holds. */
export type Texts = ReadonlyMap<`${TextEvent} ${Lang}`, string>;

export async function readTexts(db: Db): Promise<Texts> {
  const rows = await listTexts(db);
  return new Map(rows.flatMap(({ event, lang, body }) => (body === null ? [] : [[`${event} ${lang}` as const, body]])));
}

/** What fills the braces of a text, from what its event brought along. */
export function valuesOf(params: object, number: string, lang: Lang): Record<string, string> {
  const { messages, domain } = words[lang];
  const given: Record<string, unknown> = { number, ...params };
  const values = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)]));
  const reasons: Record<string, string> = domain.decline_reasons;
  return {
    ...values,
    ...(values['reason'] && { reason: reasons[values['reason']] ?? values['reason'] }),
    ...(values['follow'] && { follow: messages.sms_follow(values['follow']) }),
    ...(values['unit_en'] && lang === 'en' && { unit: values['unit_en'] }),
  };
}

/** A new version of a text, or (null) the product's own again; its braces must be those of its event. False where it is so already. */
export async function editText(db: Db, doing: Changing, event: TextEvent, lang: Lang, body: string | null): Promise<boolean> {
  const problem = body === null ? null : textProblem(event, body);
  if (problem) throw wrongFields({ body: problem });
  const { author, now } = doing;
  return db.transaction(async (trx) => {
    const before = await holdText(trx, event, lang);
    const own = ownText(event, lang);
    const next = body === own ? null : body;
    const [was, will] = [{ body: before ?? own }, { body: next ?? own }];
    if (!(await recordChange(trx, doing, 'message_text.edit', `message_text:${event}:${lang}`, was, will))) return false;
    await insertText(trx, { event, lang, body: next, made_by: author.person_id, made_at: now });
    return true;
  });
}
